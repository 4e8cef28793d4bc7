#!/bin/sh
# An id that nothing covers, a form that nothing states, a cited id that is not listed: each must be noticed.
# covered_bites.sh ROOT FOLDER
root=$1 folder=$2 status=0
mkdir -p "$folder"
bites() { # WORDS SED_SCRIPT
  sed "$2" "$root/docs/papers.md" > "$folder/papers.md"
  if out=$(python3 "$root/tests/papers/covered.py" "$root" --doc "$folder/papers.md"); then
    echo "not noticed: $1"; status=1
  elif ! printf '%s' "$out" | grep -q "$1"; then
    echo "wanted '$1', got: $out"; status=1
  fi
}
bites 'S1.L9: no claim states it in its true form' 's/^| S1.L2.a |.*/&\n| S1.L9 | a lemma | ours | true | – |/'
bites 'S1.L2.a: no claim states it in its sharp form' 's/^\(| S1.L2.a |.*\) true trap /\1 true sharp trap /'
bites 'cites S1.E1, which papers.md does not list' '/^| S1.E1 /d'
bites 'does not say that S1.L2.b is ours' 's/^\(| S1.L2.b |.*\) paper /\1 ours /'
bites 'S3.1: a trap form is claimed' 's/^\(| S3.1 |.*\) true sharp trap /\1 true sharp /'
bites 'S2.T2: nothing settles it' 's/^\(| S2.T2 |.*\) see S4.T3 /\1 – /'
bites 'S3.E1: no campaign cites it\|S3.E1: no theorem' 's/^\(| S3.E1 |.*\)| [^|]* |$/\1| theorem |/'
exit $status
