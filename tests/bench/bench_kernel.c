/* How fast the built-in float kernels are: medians of processor time on one thread in one run, and the ratio of the form
 * with three full products to each of the others.  Five Jordan steps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/kernel/kernel.h"
#include "../../src/matgen/matgen.h"

enum { MOST_RUNS = 15, STEPS = 5 };

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static const mc_kernel_code *kernel_named(const char *name) {
  size_t i = 0;
  while (strcmp(mc_kernel_builtin(i)->name, name) != 0)
    i++;
  return mc_kernel_builtin(i);
}

/* Milliseconds of one call of each of `count` kernels, which take turns so that all meet the same machine. */
static void measure(double *ms, const mc_kernel_code *const *codes, size_t count, const muoncert_orthogonalise *call) {
  double t[8][MOST_RUNS];
  for (size_t run = 0; run < MOST_RUNS; run++)
    for (size_t k = 0; k < count; k++) {
      double start = processor_seconds();
      codes[k]->orthogonalise(codes[k]->context, call);
      t[k][run] = processor_seconds() - start;
    }
  for (size_t k = 0; k < count; k++) {
    qsort(t[k], MOST_RUNS, sizeof **t, compare_doubles);
    ms[k] = 1e3 * t[k][MOST_RUNS / 2];
  }
}

/* The bfloat16 kernel on the same problem, g rounded in place; plain: milliseconds of three products in float32. */
static void bench_bfloat16(const muoncert_orthogonalise *of_floats, float *g, double plain) {
  const mc_kernel_code *code = kernel_named("avx512bf16");
  muoncert_orthogonalise call = *of_floats;
  size_t m = call.problem.m, n = call.problem.n;
  uint16_t *stored = mc_alloc(2 * m * n, sizeof *stored);
  double ms;
  for (size_t i = 0; i < m * n && stored; i++)
    stored[i] = (uint16_t)mc_dtype_encode(MC_DTYPE_BFLOAT16, g[i]);
  call.problem.dtype = MUONCERT_BFLOAT16;
  call.g.data = stored;
  call.x.data = stored + m * n;
  if (!code->is_available()) {
    printf("             bfloat16: this processor has no AVX-512 BF16\n");
  } else if (stored) {
    measure(&ms, &code, 1, &call);
    printf("             bfloat16 %8.2f ms, %.2f times as fast as three products in float32\n", ms, plain / ms);
  }
  mc_free(stored);
}

static void bench(size_t m, size_t n) {
  static const char *const names[] = {"openblas", "openblas-symmetric", "gram"};
  const mc_kernel_code *codes[] = {kernel_named(names[0]), kernel_named(names[1]), kernel_named(names[2])};
  muoncert_coefficients schedule[STEPS];
  float *g = mc_alloc(2 * m * n, sizeof *g);
  mc_random r;
  double ms[3];
  mc_random_init(&r, 1, 1, 1);
  for (size_t i = 0; i < m * n && g; i++)
    g[i] = (float)mc_matgen_normal(&r);
  for (size_t k = 0; k < STEPS; k++)
    schedule[k] = (muoncert_coefficients){3.4445, -4.7750, 2.0315};
  muoncert_orthogonalise call = {.problem = {.dtype = MUONCERT_FLOAT32,
                                             .normalisation = MUONCERT_NORM_ADD,
                                             .count = 1,
                                             .m = m,
                                             .n = n,
                                             .schedule = schedule,
                                             .steps = STEPS,
                                             .eps = 1e-7,
                                             .safety = 1},
                                 .g = {g, n, m * n},
                                 .x = {g + m * n, n, m * n}};
  measure(ms, codes, 3, &call);
  printf("%4zu x %4zu  three products %8.2f ms   symmetric %8.2f ms, %.2f times as fast   gram %8.2f ms, %.2f times\n",
         m, n, ms[0], ms[1], ms[0] / ms[1], ms[2], ms[0] / ms[2]);
  bench_bfloat16(&call, g, ms[0]);
  mc_free(g);
}

int main(void) {
  static const size_t shapes[][2] = {{256, 256}, {256, 1024}, {512, 512}, {512, 2048}, {1024, 1024}};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
    bench(shapes[i][0], shapes[i][1]);
  return 0;
}
