#!/usr/bin/env bash
# Compiles the native library, and runs programs in C and Python with it. The exit code is 0 when they print what is
# expected, 77 (with the reason) when there is no linker, and 1 otherwise.
set -uo pipefail
cd "$(dirname "$0")"
if [ "$(uname -s)" != Linux ]; then echo "no native library: it is built on Linux only"; exit 77; fi
. ../Common/linker.sh

library=../../src/Functional.Optim.Native
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
dotnet publish -c Release -p:Native=true -p:CppCompilerAndLinker="$linker" -o "$out" $library || exit 1
[ "$(ls "$out" | tr '\n' ' ')" = "functional_optim.h libfunctional_optim.so " ] ||
    { echo "more is published than the library and its header: $(ls "$out")"; exit 1; }

compile() { # PROGRAM SOURCE OPTION...
    # Without contractions, so that every processor computes the same gradients.
    "$linker" -std=c11 -O2 -ffp-contract=off -Wall -Wextra -Werror -I$library "$2" -o "$out/$1" "${@:3}"
}
with_library=(-L"$out" -lfunctional_optim -Wl,-rpath,"$out" -pthread)
compile processor Native/processor.c -pthread && "$out/processor" || { echo "the check of the processor failed"; exit 1; }
compile bad_input Native/bad_input.c "${with_library[@]}" && "$out/bad_input" "$out/bad" || exit 1
compile no_threads Native/no_threads.c "${with_library[@]}" && "$out/no_threads" "$out/no_threads.safetensors" || exit 1
compile train $library/Examples/train.c "${with_library[@]}" &&
    "$out/train" "$out/c.safetensors" | diff $library/Examples/train.txt - ||
    { echo "the program in C prints something else"; exit 1; }
python=""
if command -v python3 > /dev/null; then
    python3 $library/Examples/train.py "$out/libfunctional_optim.so" "$out/python.safetensors" |
        diff $library/Examples/train.txt - || { echo "the program in Python prints something else"; exit 1; }
    cmp "$out/c.safetensors" "$out/python.safetensors" || exit 1
    python=" and Python"
fi
echo "native library: programs in C$python train with the same bits; $(stat -c %s "$out/libfunctional_optim.so") bytes"
