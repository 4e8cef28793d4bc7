#!/bin/sh
# Every theorem that proofs/coq lists has its row in docs/theorems.md.
#   theorems_are_documented.sh SOURCE
set -eu
grep -v '^#' "$1/proofs/coq/theorems.txt" | cut -d' ' -f1 | while read -r theorem; do
  grep -qF "\`$theorem\`" "$1/docs/theorems.md" || { echo "docs/theorems.md lacks $theorem"; exit 1; }
done
