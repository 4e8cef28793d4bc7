#!/bin/sh
# Eva on the complete chain: the alarms are those listed; a loop that runs too far is an alarm that is not.
#   eva_bites.sh SOURCE
set -eu
source=$1
for tool in frama-c gcc; do
  command -v "$tool" > /dev/null || exit 77
done
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
"$source/proofs/eva/check" --build "$tree/build"

cp -r "$source/src/ref" "$tree/ref"
sed -i 's/for (size_t i = 0; i < m; i++)/for (size_t i = 0; i <= m; i++)/' "$tree/ref/matrix.c" "$tree/ref/f32/matrix.c"
status=0
"$source/proofs/eva/check" --build "$tree/build" --reference "$tree/ref" > "$tree/out" 2>&1 || status=$?
cat "$tree/out"
test "$status" -eq 1
grep -q '4x6 CUT: alarm that alarms.txt does not list: .*out of bounds' "$tree/out"
