#!/bin/sh
# tools/nightly runs every part, says how each ended, and ends as the first that failed.
#   nightly_says.sh SOURCE
set -eu
source=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/tools" "$tree/proofs/coq" "$tree/bin"
cp "$source/tools/nightly" "$tree/tools"
PATH=$tree/bin:$PATH

# Four parts that end with these statuses: expect that of the whole, and the words of each part's line.
ends() {
  for part in proofs/replay proofs/coq/check tools/mutants bin/ctest; do
    printf '#!/bin/sh\nexit %s\n' "$1" > "$tree/$part"
    chmod +x "$tree/$part"
    shift
  done
  status=0
  "$tree/tools/nightly" "$tree/build" > "$tree/out" || status=$?
  test "$status" -eq "$1"
  grep -q "^  $2 .*/proofs/replay --fresh" "$tree/out"
  grep -q "^  $3 .*/proofs/coq/check" "$tree/out"
  grep -q "^  $4 .*/tools/mutants" "$tree/out"
  grep -q "^  $5 .*ctest" "$tree/out"
  tail -n 4 "$tree/out" | cmp - "$tree/build/nightly/summary.txt"
}
ends 0 0 0 0 0 'passed' 'passed' 'passed' 'passed'
ends 0 0 5 8 5 'passed' 'passed' 'FAILED (5)' 'FAILED (8)'
ends 3 1 0 1 3 'FAILED (3)' 'FAILED (1)' 'passed' 'FAILED (1)'

printf '#!/bin/sh\nkill -TERM $PPID\n' > "$tree/tools/mutants"
status=0
"$tree/tools/nightly" "$tree/build" > "$tree/out" || status=$?
test "$status" -eq 130
tail -n 1 "$tree/out" | grep -q '^  interrupted  .*/tools/mutants'
