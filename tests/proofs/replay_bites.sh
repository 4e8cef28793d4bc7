#!/bin/sh
# A reference of one function, proved and recorded by the tools themselves; then broken in each way that proofs/replay must notice.
#   replay_bites.sh SOURCE
set -eu
source=$1
for tool in frama-c why3 z3 cvc5 gappa; do
  command -v "$tool" > /dev/null || exit 77
done
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/src/ref" "$tree/spec/acsl" "$tree/proofs/session/script" "$tree/proofs/rounding"
cp "$source/CMakeLists.txt" "$tree"
for file in replay prover.py mutation.py rounding.py rounding/toolchain.txt rounding/rounding.driver toolchain.txt trusted.json cfloat.mlw float_model.mlw float_model.driver why3.conf.in \
            z3_uf.drv.in cvc5_uf.drv.in; do
  cp "$source/proofs/$file" "$tree/proofs/$file"
done
: > "$tree/proofs/mutants.txt"
sed -i 's/^GOAL_SECONDS = .*/GOAL_SECONDS = 1/' "$tree/proofs/prover.py"  # enough for one loop
cp "$source/spec/acsl/rounding.h" "$source/spec/acsl/sqrt.h" "$tree/spec/acsl"
sed -i '/"sqrtf"/d' "$tree/proofs/trusted.json"  # no binary32 here

cat > "$tree/src/ref/tiny.h" <<'END'
#include <stddef.h>
#include "../../spec/acsl/sqrt.h"
/*@ requires valid: \valid(x + (0 .. n-1));
    terminates \true;
    exits never: \false;
    assigns x[0 .. n-1];
    ensures result: \forall integer k; 0 <= k < n ==> identical(x[k], rn_sqrt(\at(x[k],Pre)));
*/
void muon_tiny(double *x, size_t n);
END
cat > "$tree/src/ref/tiny.c" <<'END'
#include "tiny.h"
void muon_tiny(double *x, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done: \forall integer k; 0 <= k < i ==> identical(x[k], rn_sqrt(\at(x[k],Pre)));
      loop invariant rest: \forall integer k; i <= k < n ==> identical(x[k], \at(x[k],Pre));
      loop assigns i, x[0 .. n-1];
      loop variant n - i;
  */
  for (size_t i = 0; i < n; i++)
    x[i] = sqrt(x[i]);
}
END

replay() {
  status=0
  "$tree/proofs/replay" --build "$tree/build" "$@" > "$tree/out" 2> "$tree/err" || status=$?
}

# Change a file, expect exit status 1 and a line that says what, and change it back.
notices() {
  file=$1 change=$2 message=$3
  cp "$tree/$file" "$tree/kept"
  sed -i "$change" "$tree/$file"
  if cmp -s "$tree/$file" "$tree/kept"; then echo "changes nothing: $file: $change" >&2; exit 1; fi
  replay
  if [ "$status" -ne 1 ] || ! grep -q "$message" "$tree/err"; then
    echo "not noticed (exit status $status): $file: $change" >&2
    cat "$tree/out" "$tree/err" >&2
    exit 1
  fi
  cp "$tree/kept" "$tree/$file"
}

replay
test "$status" -eq 1
grep -q 'not in proofs/record.json' "$tree/err"
replay --update
test "$status" -eq 0
replay
test "$status" -eq 0
cp "$tree/out" "$tree/first"

notices src/ref/tiny.c 's/sqrt(x\[i\]);/x[i];/'            'muon_tiny: goal muon_tiny_loop_invariant_done_preserved: '
notices src/ref/tiny.c 's/i < n; i++/i <= n; i++/'         'muon_tiny: goal muon_tiny_.*mem_access'
notices src/ref/tiny.c '$a int stray(int x) { return x; }' 'stray: no goals'
notices src/ref/tiny.h 's/\\valid(x/n > 1 \&\& n < 1 \&\& \\valid(x/' 'muon_tiny: goal muon_tiny_wp_smoke_default_requires'
notices src/ref/tiny.h 's/ensures result.*;/ /'            'muon_tiny: the contract has no ensures clause'
notices src/ref/tiny.h 's/ensures result: .*;/ensures result: \\true;/' 'muon_tiny: no clause says what it computes'
notices spec/acsl/rounding.h 's/predicate identical.*/&\n axiom all: \\forall double x, y; identical(x, y);/' 'axiom all is assumed and not listed'
notices proofs/cfloat.mlw 's/function add_f64 f64 f64/function add_f64 f64 f32/' 'add_f64: function f64 f32'
notices proofs/float_model.mlw 's/p (a + b)$/p (a - b)/'   'float_model.mlw: 0 of 1 lemmas proved'
notices proofs/record.json 's/"goals": [0-9]*/"goals": 1/' 'goals, proofs/record.json has 1'

# Frama-C ends before its report, by a signal and by a status: said as such with the end of its log, and never as functions without goals.
mkdir "$tree/bin"
breaks_off() {
  printf '#!/bin/sh\ncase " $* " in *" -wp "*) echo "last words"; %s;; esac\nexec "%s" "$@"\n' "$1" "$(command -v frama-c)" \
    > "$tree/bin/frama-c"
  chmod +x "$tree/bin/frama-c"
  status=0
  PATH="$tree/bin:$PATH" "$tree/proofs/replay" --build "$tree/broken" --json "$tree/broken.json" > "$tree/out" 2> "$tree/err" || status=$?
  test "$status" -eq 1
  grep -q "tiny\.c: Frama-C $2; nothing is known" "$tree/err"
  grep -q '  | last words' "$tree/err"
  grep -q "\"src/ref/tiny\.c: Frama-C $2;" "$tree/broken.json"
  ! grep -q 'no goals' "$tree/err"
}
breaks_off 'kill -KILL $$' 'was killed by signal 9 (SIGKILL), perhaps for want of memory'
breaks_off 'exit 7' 'ended with status 7'

# Unharmed again, and valid from scratch.
replay --fresh
test "$status" -eq 0

# A twin in binary32: once both are recorded one of the two is run and the other taken from the record, but for a change it is run again.
mkdir "$tree/tools"
cp "$source/tools/float_reference" "$tree/tools"
"$tree/tools/float_reference"
cp "$source/proofs/trusted.json" "$tree/proofs"
replay --update
test "$status" -eq 0
rm -r "$tree/build"
replay
test "$status" -eq 0
test "$(grep -l '"recorded": 0' "$tree/build/verdicts/tiny.json" "$tree/build/verdicts/f32_tiny.json" | wc -l)" -eq 1
rm -r "$tree/build"
notices src/ref/f32/tiny.c 's/sqrtf(x\[i\]);/x[i];/' 'muonf_tiny: goal muonf_tiny_loop_invariant_done_preserved: '
notices src/ref/tiny.c 's/sqrt(x\[i\]);/x[i];/' 'muon_tiny: goal muon_tiny_loop_invariant_done_preserved: '
