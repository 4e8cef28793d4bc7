#!/bin/sh
# The theorems of EscapeClaims.v follow the claim file: a constant, an interval, an expectation or a claim that changes there is noticed.
#   export_bites.sh SOURCE
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/spec/claims" "$folder/proofs/coq"
cp "$1"/proofs/coq/export "$1"/proofs/coq/Escape*.v "$folder/proofs/coq"
claims=dimension_free_escape.claim
status=0
fresh() { PYTHONDONTWRITEBYTECODE=1 python3 "$folder/proofs/coq/export" --check 2> "$folder/said"; }
cp "$1/spec/claims/$claims" "$folder/spec/claims/$claims"
fresh || { echo "not fresh as it stands"; exit 1; }
for change in 's/iter(rho, 5, x) >= 483\*x/iter(rho, 5, x) >= 482*x/' 's/^let a = 3.4445/let a = 3.4446/' \
              's/x in \[0.6, 1.205\] : rho(x) in \[0.6, 1.205\]/x in [0.6, 1.205) : rho(x) in [0.6, 1.205]/' \
              '/^claim lemma2.amplification_as_printed/,/forall/s/  expect refuted//' \
              's/^claim lemma2.growth$/claim lemma2.grows/'; do
  sed "$change" "$1/spec/claims/$claims" > "$folder/spec/claims/$claims"
  cmp -s "$1/spec/claims/$claims" "$folder/spec/claims/$claims" && { echo "changes nothing: $change"; status=1; }
  if fresh; then echo "not noticed: $change"; status=1; fi
done
exit $status
