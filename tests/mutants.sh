#!/bin/sh
# Each line of a list breaks one line of the library; the named test must then fail.
#   mutants.sh SOURCE LIBRARY CC COMPILE_FLAGS LINK_FLAGS LIST
# A broken object comes before the library, so that the linker takes it instead of the library's own.
set -eu
source=$1 library=$2 cc=$3 compile=$4 link=$5 list=$6
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
survivors=0 count=0

wraps_of() {
  case $1 in
  t_digits_faults) echo -Wl,--wrap=cblas_dgemm -Wl,--wrap=cblas_dsyrk ;;
  t_limbs) echo -Wl,--wrap=mc_limb_multiply_plain ;;
  t_lying_blas) echo -Wl,--wrap=cblas_dgemm -Wl,--wrap=cblas_dsyrk ;;
  t_lying_lapack) echo -Wl,--wrap=LAPACKE_dgesdd -Wl,--wrap=LAPACKE_dpotrf ;;
  esac
}

# The folder is copied, so that the broken file finds its neighbours.
cp -R "$source/src" "$work/"
while IFS='|' read -r test file script; do
  test=$(echo "$test" | tr -d ' ') file=$(echo "$file" | tr -d ' ') script=${script# }
  case $test in '' | '#'*) continue ;; esac
  count=$((count + 1))
  sed "$script" "$source/$file" >"$work/$file"
  if cmp -s "$source/$file" "$work/$file"; then
    echo "$file: '$script' changes nothing"
    exit 3
  fi
  # shellcheck disable=SC2086
  $cc $compile -c "$work/$file" -o "$work/mutant.o"
  # shellcheck disable=SC2086,SC2046
  $cc $compile -I"$source/src" "$source"/tests/*/"$test.c" "$work/mutant.o" "$library" $link \
    $(wraps_of "$test") -o "$work/$test"
  if (cd "$work" && timeout 60 "./$test" >/dev/null 2>&1); then
    echo "survives $test: $file: $script"
    survivors=$((survivors + 1))
  fi
  cp "$source/$file" "$work/$file"
done <"$list"
echo "$count mutants, $survivors survive"
[ "$survivors" -eq 0 ]
