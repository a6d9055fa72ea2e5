#!/usr/bin/env bash
# Compiles the program natively and compares its output with its output under the JIT. The exit code is 0 when both are
# the same, 77 (with the reason) when there is no linker, and 1 otherwise.
set -uo pipefail
cd "$(dirname "$0")"
. ../Common/linker.sh

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# First under the JIT, as the publication restores other packages.
dotnet build -c Release || exit 1
dotnet publish -c Release -p:Native=true -p:CppCompilerAndLinker="$linker" -o "$out/native" || exit 1
"$out/native/Functional.Optim.Aot" > "$out/native.txt" 2> "$out/native.mode" ||
    { echo "the native program failed"; exit 1; }
dotnet bin/Release/net10.0/Functional.Optim.Aot.dll > "$out/jit.txt" 2> "$out/jit.mode" ||
    { echo "the program failed under the JIT"; exit 1; }
diff <(echo "natively compiled") "$out/native.mode" && diff <(echo "with a JIT") "$out/jit.mode" || exit 1
diff "$out/jit.txt" "$out/native.txt" ||
    { echo "natively compiled, it prints other numbers than under the JIT"; exit 1; }
echo "native compilation: $(wc -l < "$out/native.txt") lines with the same bits as under the JIT"
