#!/bin/sh
# The stand-alone test must see a call that leaves libm, and an include that leaves the folder.
#   reference_stands_alone_bites.sh SOURCE CC
set -eu
source=$1 cc=$2
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
refused() {
  rm -rf "$tree/src"
  mkdir -p "$tree/src/ref"
  cp -R "$source/src/ref/." "$tree/src/ref"
  printf '%b' "$1" >"$tree/src/ref/planted.c"
  if sh "$source/tests/structure/reference_stands_alone.sh" "$tree" "$cc" >"$tree/log" 2>&1; then
    echo "not noticed: $1"
    exit 1
  fi
}
refused 'double cos(double);\ndouble muon_planted(double);\ndouble muon_planted(double x) {\n  return cos(x);\n}\n'
refused '#include "../base/base.h"\n'
echo "both planted faults were noticed"
