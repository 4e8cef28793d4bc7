#!/bin/sh
# Installs below a folder of its own and builds an outside project against that, by CMake (static and shared) and by pkg-config.
#   run.sh SOURCE BUILD CC
set -eu
source=$1 build=$2 cc=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cmake --install "$build" --prefix "$folder/prefix" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
cmake -S "$source/tests/install/consumer" -B "$folder/consumer" -G Ninja -DCMAKE_PREFIX_PATH="$folder/prefix" \
      -DCMAKE_C_COMPILER="$cc" >"$folder/log" 2>&1 && cmake --build "$folder/consumer" >>"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
"$folder/consumer/consumer_static"
"$folder/consumer/consumer_shared"

pc=$(dirname "$(find "$folder/prefix" -name muoncert.pc)")
PKG_CONFIG_PATH=$pc
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags --libs muoncert)
# shellcheck disable=SC2086  # words are meant to split
"$cc" "$source/tests/install/consumer/consumer.c" $flags -Wl,-rpath,"$(dirname "$pc")" -o "$folder/shared_by_pkg_config"
"$folder/shared_by_pkg_config"
everything=$(pkg-config --static --cflags --libs muoncert | sed 's/-lmuoncert /-l:libmuoncert.a /')
# shellcheck disable=SC2086
"$cc" "$source/tests/install/consumer/consumer.c" $everything -o "$folder/static_by_pkg_config"
"$folder/static_by_pkg_config"
if ldd "$folder/static_by_pkg_config" | grep libmuoncert; then echo "linked against the shared library"; exit 1; fi

# Every installed header compiles alone.
(cd "$folder/prefix/include" && find muoncert -name '*.h') | while read -r header; do
  printf '#include <%s>\n' "$header" >"$folder/alone.c"
  # shellcheck disable=SC2086
  "$cc" -std=c11 -Wall -Wextra -Werror -fsyntax-only $flags "$folder/alone.c"
done
"$folder/prefix/bin/muoncert" --version
