#!/bin/sh
# The floor test must see each kind of violation: upward, sideways, private header, system header in src/ref, foreign path.
set -eu
check=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/src/base" "$tree/src/truth" "$tree/src/claim" "$tree/src/ref" "$tree/props"
touch "$tree/src/base/base.h" "$tree/src/base/inner.h" "$tree/src/truth/truth.h" "$tree/src/claim/claim.h" "$tree/src/ref/ref.h"

expect() { # status, file, text
  printf '%s\n' "$3" >"$tree/$2"
  if python3 "$check" "$tree" >"$tree/out" 2>&1; then status=0; else status=1; fi
  rm "$tree/$2"
  [ "$status" -eq "$1" ] || { echo "expected exit $1 for $2: $3"; cat "$tree/out"; exit 1; }
}
expect 0 src/truth/a.c '#include "../base/base.h"'
expect 1 src/base/a.c '#include "../truth/truth.h"'
expect 1 src/truth/a.c '#include "../claim/claim.h"'
expect 1 src/truth/a.c '#include "../base/inner.h"'
expect 1 src/ref/a.c '#include <string.h>'
expect 0 src/ref/a.c '#include <math.h>'
expect 1 src/truth/a.c '#include "../ref/ref.h"'
expect 0 props/a.c '#include "../src/ref/ref.h"'
expect 1 src/truth/a.c '#include "../base/absent.h"'
echo "the floor test sees all planted violations"
