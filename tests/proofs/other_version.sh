#!/bin/sh
# Another version of a tool, and a missing tool: exit 3 and one line that names both, never a list of failed goals.
#   other_version.sh SOURCE
set -eu
source=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin"

fake() {
  printf '#!/bin/sh\necho "%s"\n' "$2" > "$folder/bin/$1"
  chmod +x "$folder/bin/$1"
}
fake frama-c '25.0-beta (Manganese)'
fake why3 'Why3 platform, version 1.5.1'
fake z3 'Z3 version 4.13.0 - 64 bit'

refused() {
  status=0
  PATH="$folder/bin:$PATH" "$source/proofs/replay" --build "$folder/build" --json "$folder/record.json" \
    > "$folder/out" 2> "$folder/err" || status=$?
  test "$status" -eq 3
  test ! -s "$folder/out"
  test "$(wc -l < "$folder/err")" -eq 1
  grep -q "$1" "$folder/err"
  grep -q '"verdict": "error"' "$folder/record.json"
  grep -q '"functions": \[\]' "$folder/record.json"
}
refused 'z3 4\.8\.12.*z3 4\.13\.0'

printf '#!/bin/sh\nexit 127\n' > "$folder/bin/z3"
refused 'z3 4\.8\.12.*not installed'
