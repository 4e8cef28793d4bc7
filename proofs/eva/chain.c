// One complete step of Muon (momentum, normalisation, STEPS quintic steps, scaled update) on a ROWS x COLUMNS parameter, for every
// weight, buffer and gradient with entries in [-100, 100].
//   Under Frama-C   Eva follows all of them at once; an alarm is a value that it cannot exclude.
//   Compiled        the same chain on random and on extreme matrices; what Eva leaves open is checked as it runs.
// CUT: the entries of each iterate that a quintic step starts from are within [-1.3, 1.3], which is assumed (Eva) or checked
// (compiled); alarms.txt gives the reason.  BINARY32: the same for the binary32 reference.
#ifdef BINARY32
#include "ref/f32/ref.h"
#define NAME(name) muonf_##name
#define VALUE(name) MUONF_##name
typedef float number;
#else
#include "ref/ref.h"
#define NAME(name) muon_##name
#define VALUE(name) MUON_##name
typedef double number;
#endif

#define BOUND 100
#define LARGEST_ENTRY ((number)1.3)

#ifdef __FRAMAC__
#include "__fc_builtin.h"

static number any(void) {
  return (number)Frama_C_double_interval(-BOUND, BOUND);
}

static void beyond(const char *what) {
  (void)what;
  for (;;)
    ;
}
#else
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t bits(void) {
  static uint64_t state = 20260101;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return state >> 11;
}

// A quarter of the values are extreme: 0, the bound, the smallest subnormal numbers.
static number any(void) {
  static const double extreme[] = {0, -BOUND, BOUND, 0x1p-149};
  double uniform = BOUND * ((double)bits() / 0x1p52 - 1);
  return (number)(bits() % 4 == 0 ? extreme[bits() % 4] : uniform);
}

static void beyond(const char *what) {
  fprintf(stderr, "%dx%d: %s\n", ROWS, COLUMNS, what);
  exit(1);
}

// Called by norm.c, which is compiled with this name for its square root.
number checked_root(number x);
number checked_root(number x) {
  if (!(x >= 0))
    beyond("the square root of a negative number");
  return (number)sqrt(x); // correctly rounded in binary32 too: 53 >= 2 * 24 + 2
}
#endif

// newton_schulz.c is compiled with this name for the Gram matrix, the first thing that a step computes.
void checked_gram(number *A, size_t lda, const number *X, size_t ldx, size_t m, size_t n);
void checked_gram(number *A, size_t lda, const number *X, size_t ldx, size_t m, size_t n) {
#ifdef CUT
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      if (!(-LARGEST_ENTRY <= X[i * ldx + j] && X[i * ldx + j] <= LARGEST_ENTRY))
        beyond("an entry of an iterate beyond 1.3");
#endif
  NAME(matrix_gram)(A, lda, X, ldx, m, n);
}

static void step(NAME(settings) s) {
  static number W[ROWS * COLUMNS], B[ROWS * COLUMNS], G[ROWS * COLUMNS], work[5 * ROWS * COLUMNS];
  NAME(coefficients) schedule[STEPS];
  for (size_t t = 0; t < STEPS; t++)
    schedule[t] = (NAME(coefficients)){(number)3.4445, (number)-4.7750, (number)2.0315};
  for (size_t i = 0; i < ROWS * COLUMNS; i++) {
    W[i] = any();
    B[i] = any();
    G[i] = any();
  }
  NAME(step)(W, COLUMNS, B, COLUMNS, s, G, COLUMNS, schedule, STEPS, work, ROWS, COLUMNS);
}

int main(void) {
  NAME(settings)
  s = {.learning_rate = (number)0.02,
       .weight_decay = (number)0.1,
       .momentum = (number)0.95,
       .eps = (number)1e-7,
       .weight = VALUE(MOMENTUM_AVERAGE),
       .nesterov = 1,
       .normalisation = VALUE(NORMALISE_CLAMP),
       .scaling = VALUE(SCALE_RMS)};
#ifdef __FRAMAC__
  step(s);
#else
  for (int run = 0; run < RUNS; run++)
    step(s);
  if (fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW))
    beyond("an operation overflowed or had no value");
#endif
  return 0;
}
