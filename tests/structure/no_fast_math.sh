#!/bin/sh
# No compile command may let the compiler change the meaning of floating point.
#   no_fast_math.sh compile_commands.json
set -eu
grep -q -- '-ffp-contract=off' "$1" || { echo "compile commands lack -ffp-contract=off"; exit 1; }
if grep -nE -- '(^|[ "])-(ffast-math|Ofast|funsafe-math-optimizations|fassociative-math|freciprocal-math|ffinite-math-only|ffp-contract=(fast|on))' "$1"; then
  exit 1
fi
echo "no compile command changes the meaning of floating point"
