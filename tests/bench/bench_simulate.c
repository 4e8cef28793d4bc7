/* Newton–Schulz Muon on the saddle, n = 512, 500 steps: the share of the machine's GEMM rate that the simulation as a
 * whole attains, on one thread, by processor time of one run.  A step has five Newton–Schulz steps of three products, 15
 * products of 2 n^3 operations; all else counts as loss.  The proved reference does the same steps as a comparison. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../src/dynamics/dynamics.h"

enum { N = 512, STEPS = 500, REFERENCE_STEPS = 2, PRODUCTS = 15, SAMPLES = 15 };

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Median time of one product of the same size. */
static double product_seconds(void) {
  static double a[N * N], b[N * N], c[N * N];
  double t[SAMPLES];
  for (size_t i = 0; i < N * N; i++) {
    a[i] = (double)(i % 7) - 3;
    b[i] = (double)(i % 5) - 2;
  }
  for (int k = 0; k < SAMPLES; k++) {
    double start = processor_seconds();
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, N, N, N, 1, a, N, b, N, 0, c, N);
    t[k] = processor_seconds() - start;
  }
  qsort(t, SAMPLES, sizeof *t, compare_doubles);
  return t[SAMPLES / 2];
}

static double run_seconds(size_t steps, bool reference) {
  const mc_dynamics_model *model = mc_dynamics_model_find("saddle");
  double values[32], start = processor_seconds();
  for (size_t i = 0; i < mc_dynamics_parameter_count(model); i++)
    values[i] = i < 2 ? N : model->parameters[i].value; /* rows and columns come first */
  mc_dynamics_experiment x = {.model = model, .values = values, .optimizer = mc_optimizer_default(), .steps = steps};
  x.optimizer.kind = MC_OPTIMIZER_MUON_SCHEDULE;
  x.optimizer.reference = reference;
  mc_dynamics_table t;
  mc_error e = {0};
  if (mc_dynamics_simulate_approx(&t, &x, &e) != MC_OK) {
    fprintf(stderr, "bench_simulate: %s\n", e.text);
    exit(3);
  }
  mc_dynamics_table_clear(&t);
  return processor_seconds() - start;
}

int main(void) {
  openblas_set_num_threads(1);
  double before = product_seconds(), setup = run_seconds(0, false), run = run_seconds(STEPS, false);
  double product = (before + product_seconds()) / 2, ideal = PRODUCTS * product;
  double reference = (run_seconds(REFERENCE_STEPS, true) - setup) / REFERENCE_STEPS, step = run / STEPS;
  printf("Newton-Schulz Muon, n = %d, %d steps, one thread\n", N, STEPS);
  printf("dgemm %d            %8.2f ms  %6.1f GFLOP/s\n", N, 1e3 * product, 2e-9 * N * N * N / product);
  printf("a step, set-up incl. %8.2f ms  %6.1f GFLOP/s  %.0f %% of the GEMM rate\n", 1e3 * step,
         2e-9 * N * N * N * PRODUCTS / step, 100 * ideal / step);
  printf("by the reference     %8.2f ms  %6.1f GFLOP/s  %.0f times slower\n", 1e3 * reference,
         2e-9 * N * N * N * PRODUCTS / reference, reference / step);
  return 0;
}
