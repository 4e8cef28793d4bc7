#!/bin/sh
# Every ensures of src/ref, in both formats, evaluated in the unit tests: all hold; wrong code and wrong contracts do not.
#   evaluate_bites.sh SOURCE
set -eu
source=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

"$source/proofs/evaluate" --build "$tree/build" > "$tree/out"
cat "$tree/out"
test "$(grep -c '^binary[63][42]: ensures evaluated at run time: \([1-9][0-9]*\) of \1, .*all hold' "$tree/out")" -eq 2

# Change one file, expect what is said.
notices() {
  file=$1 change=$2 message=$3
  rm -rf "$tree/ref"
  cp -r "$source/src/ref" "$tree/ref"
  sed -i "$change" "$tree/ref/$file"
  if cmp -s "$source/src/ref/$file" "$tree/ref/$file"; then echo "changes nothing: $file: $change" >&2; exit 1; fi
  status=0
  "$source/proofs/evaluate" --build "$tree/build" --reference "$tree/ref" "$source/tests/ref/t_ref.c" > "$tree/out" 2>&1 || status=$?
  if [ "$status" -ne 1 ] || ! grep -q "$message" "$tree/out"; then
    echo "not noticed (exit status $status): $file: $change" >&2
    cat "$tree/out" >&2
    exit 1
  fi
}
notices vector.c        's/s = s + x\[i\] \* y\[i\]/s = x[i] * y[i] + (s - 0x1p-60)/'  'VIOLATED: .*ensures'
notices matrix.c        's/c\[j\] = alpha \* muon/c[j] = muon/'                          'VIOLATED: matrix.h: muon_matrix_gemv: ensures result'
notices newton_schulz.c 's/schedule\[t\].b, schedule\[t\].c/schedule[t].c, schedule[t].b/'  'VIOLATED: newton_schulz.h: .*ensures'
notices matrix.h        's/rn_mul(a, mat{Pre}(A,lda,i,j))/rn_mul(mat{Pre}(A,lda,i,j), rn_add(a, a))/' 'VIOLATED: matrix.h: .*ensures result'
notices matrix.h        's/assigns  C\[0 .. idx(m,ldc,0)-1\], work/assigns  work/'            'written to, and not in assigns: matrix.h'
notices norm.h          's/\\valid_read(A + (0 .. idx(m,lda,0)-1))/\\true/'               'reads outside of its blocks: norm.h'
notices f32/vector.c    's/s = s + x\[i\] \* y\[i\]/s = (float)(s + (double)x[i] * y[i])/' 'VIOLATED: f32/vector.h: muonf_vector_dot: ensures'
