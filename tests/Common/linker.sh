# Sourced by the scripts that compile natively: sets linker to the compiler that links, or ends the script with 77 and
# the reason.
if command -v clang > /dev/null; then linker=clang
elif command -v gcc > /dev/null; then linker=gcc
else echo "no native compilation: neither clang nor gcc is here to link with"; exit 77; fi
if ! echo 'int main(void) { return 0; }' | "$linker" -x c - -lz -o /dev/null 2> /dev/null; then
    echo "no native compilation: $linker finds no zlib to link with (zlib1g-dev)"
    exit 77
fi
