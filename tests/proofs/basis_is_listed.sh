#!/bin/sh
# Every theorem that verdicts are said to rest on (src/run/basis.c) is one that proofs/coq/check compiles and whose assumptions it compares.
#   basis_is_listed.sh SOURCE
set -eu
cd "$1"
names=$(grep -o "\"[A-Z][A-Za-z0-9]*\.[A-Za-z0-9_']*\"" src/run/basis.c | tr -d '"' | sort -u)
test "$(printf '%s\n' "$names" | wc -l)" -ge 10
status=0
for name in $names; do
  cut -d ' ' -f 1 proofs/coq/theorems.txt | grep -qxF "$name" || { echo "$name: not in proofs/coq/theorems.txt"; status=1; }
  grep -qF "\`$name\`" docs/theorems.md || { echo "$name: not in docs/theorems.md"; status=1; }
done
exit $status
