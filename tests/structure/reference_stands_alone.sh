#!/bin/sh
# src/ref, copied into an empty folder, compiles there by itself and needs nothing but libm.
#   reference_stands_alone.sh SOURCE CC
set -eu
source=$1 cc=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R "$source/src/ref/." "$folder"
cd "$folder"
find . -name '*.c' >sources
[ -s sources ] || { echo "src/ref holds no sources"; exit 1; }
while read -r file; do
  "$cc" -std=c11 -pedantic -Wall -Wextra -Wconversion -Wshadow -Werror -ffreestanding -ffp-contract=off -c "$file" -o "$(echo "${file#./}" | tr / _).o"
done <sources
# Undefined symbols that no object of the folder defines: only sqrt and sqrtf are allowed.
nm -u ./*.o | awk '$1 == "U" { print $2 }' | sort -u >wanted
nm --defined-only ./*.o | awk 'NF == 3 { print $3 }' | sort -u >had
foreign=$(comm -23 wanted had | grep -vxE 'sqrtf?|memset|memcpy|memmove|_GLOBAL_OFFSET_TABLE_' || true)
[ -z "$foreign" ] || { echo "src/ref needs more than libm: $foreign"; exit 1; }
echo "$(wc -l <sources) files compile alone"
