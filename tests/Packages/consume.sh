#!/usr/bin/env bash
# Packs the libraries, looks into the packages, and runs the first program of the README out of them, in a new project
# elsewhere: under the JIT, trimmed, and natively compiled. --no-build packs them as they were built, --no-native leaves
# native compilation out, which takes twice as long as all the rest. The exit code is 0 when all is as it should be, 77
# (with the reason) when only a linker is missing, and 1 otherwise.
set -uo pipefail
cd "$(dirname "$0")/../.."
fail() { echo "packages: $1"; exit 1; }

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
[[ " $* " == *" --no-build "* ]] || dotnet build -c Release || exit 1
# A version that was never restored before, so that no older package is taken for this one.
suffix=test-$(date +%s)-$$
dotnet pack -c Release --no-build --version-suffix "$suffix" -o "$out/feed" > "$out/pack.txt" ||
    { cat "$out/pack.txt"; fail "they cannot be packed"; }
! grep warning "$out/pack.txt" || fail "packing them gives warnings"
version=$(sed -nE '/^## /{s/^## ([0-9.]+) .*/\1/p;q;}' CHANGELOG.md)-$suffix
packages="Functional.Optim Functional.Optim.Autodiff Functional.Optim.Kernels Functional.Optim.Laws
    Functional.Optim.Mpi Functional.Optim.TorchSharp Functional.Optim.Training"

# What was downloaded before is taken from where it is; the packages under test go to a folder of their own.
downloaded=$(dotnet nuget locals global-packages --list)
mkdir "$out/program"
{
    cat << END
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <InvariantGlobalization>true</InvariantGlobalization>
    <IlcInstructionSet>native</IlcInstructionSet>
    <StackTraceSupport>false</StackTraceSupport>
    <NativeDebugSymbols>false</NativeDebugSymbols>
    <RestoreAdditionalProjectSources>../feed</RestoreAdditionalProjectSources>
    <RestorePackagesPath>packages</RestorePackagesPath>
    <RestoreFallbackFolders>${downloaded#global-packages: }</RestoreFallbackFolders>
  </PropertyGroup>
  <ItemGroup>
END
    for package in $packages; do echo "    <PackageReference Include=\"$package\" Version=\"$version\" />"; done
    echo "  </ItemGroup>"
    echo "</Project>"
} > "$out/program/program.csproj"
block() { awk -v fence="\`\`\`$1" '$0 == fence { inside = 1; next } inside && /^```$/ { exit } inside' README.md; }
block csharp > "$out/program/Program.cs"
block text > "$out/expected.txt"

run() { # KIND PROGRAM...
    "${@:2}" | tr -d '\r' | diff "$out/expected.txt" - || fail "$1, the program prints something else than the README"
}
publish() { # KIND OPTION...
    dotnet publish -c Release "$out/program" -o "$out/$1" "${@:2}" > "$out/$1.txt" ||
        { cat "$out/$1.txt"; fail "$1, the program cannot be published"; }
    # What LanguageExt does is not known to the trimmer; nothing else is to be warned of.
    ! grep warning "$out/$1.txt" | grep -v "'LanguageExt.Core'" || fail "$1, the program gets warnings"
    run "$1" "$out/$1/program"
}

dotnet build -c Release "$out/program" -warnaserror || fail "a program with them cannot be built"
for package in $packages; do
    folder=$out/program/packages/$(echo "$package" | tr '[:upper:]' '[:lower:]')/$version
    for file in README.md icon.png "lib/net10.0/$package.dll" "lib/net10.0/$package.xml"; do
        [ -s "$folder/$file" ] || fail "$package has no $file"
    done
    for part in "<id>$package<" '<license type="expression">MIT<' '<readme>README.md<' '<icon>icon.png<' '<tags>' \
        '<description>' '<repository type="git"'; do
        grep -q "$part" "$folder"/*.nuspec || fail "$package has no $part in its description"
    done
    grep -aq "lib/net10.0/$package.pdb" "$out/feed/$package.$version.snupkg" || fail "$package has no symbols"
done
kernels=$out/program/packages/functional.optim.kernels/$version
grep -q Functional.Optim.Kernels.targets "$out/program/obj/program.csproj.nuget.g.targets" ||
    fail "a program that is natively compiled is not told of slow instructions"
! grep '<dependency' "$kernels"/*.nuspec || fail "the kernels depend on a package"
[ "$(ls "$out/feed" | wc -l)" -eq 14 ] || fail "there are other packages: $(ls "$out/feed")"
refused=$(dotnet msbuild src/Functional.Optim.Kernels -t:CheckVersion -p:ChangelogFile=README.md)
[[ $refused == *"it has to be like '## 1.2.3 (unreleased)'"* ]] || fail "a changelog without a version is not refused"

run "with a JIT" dotnet "$out/program/bin/Release/net10.0/program.dll"
publish trimmed -p:PublishTrimmed=true --self-contained
if [[ " $* " == *" --no-native "* ]]; then
    echo "packages: the first program of the README runs out of them, with a JIT and trimmed"
    exit 0
fi
. tests/Common/linker.sh
publish native -p:PublishAot=true -p:CppCompilerAndLinker="$linker"
echo "packages: the first program of the README runs out of them, with a JIT, trimmed and natively compiled"
