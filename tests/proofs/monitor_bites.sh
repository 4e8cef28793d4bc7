#!/bin/sh
# The unit tests of the reference under E-ACSL: nothing is violated; planted violations of contracts are.
#   monitor_bites.sh SOURCE
set -eu
source=$1
for tool in frama-c gcc; do
  command -v "$tool" > /dev/null || exit 77
done
test -f "$(frama-c -print-share-path)/e-acsl/e_acsl_rtl.c" || exit 77
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

"$source/proofs/monitor" --build "$tree/build" > "$tree/out"
cat "$tree/out"
test "$(grep -c ': no clause violated$' "$tree/out")" -eq 3
grep -q 'clauses checked at run time: [1-9][0-9]* of [0-9]* requires' "$tree/out"
counts=$(sed -n 's/^clauses checked at run time: \(.* assert\), .*/\1/p' "$tree/out")
grep -qF "\`$counts\`" "$source/proofs/README.md" || { echo "proofs/README.md does not say: $counts" >&2; exit 1; }

# Change one file, expect the violation of one kind of clause.
notices() {
  file=$1 change=$2 message=$3
  rm -rf "$tree/ref"
  cp -r "$source/src/ref" "$tree/ref"
  sed -i "$change" "$tree/ref/$file"
  if cmp -s "$source/src/ref/$file" "$tree/ref/$file"; then echo "changes nothing: $file: $change" >&2; exit 1; fi
  status=0
  "$source/proofs/monitor" --build "$tree/build" --reference "$tree/ref" "$source/tests/ref/t_ref.c" > "$tree/out" 2>&1 || status=$?
  if [ "$status" -ne 1 ] || ! grep -q "$message" "$tree/out"; then
    echo "not noticed (exit status $status): $file: $change" >&2
    cat "$tree/out" >&2
    exit 1
  fi
}
notices newton_schulz.c 's/\*T = work + 2 \* (m \* m)/*T = work + m * m/' 'Precondition failed'
notices newton_schulz.c 's/return 2 \* (r \* r)/return r * r/'             'Postcondition failed'
notices vector.c        's/i < n; i++/i <= n; i++/'                        'Invariant failed'
