/* Limits over observed errors, and what an audit costs beside LAPACK's dgesdd on the same matrix.  Ratios of one run, on
 * one thread; nothing is held to a figure here.   bench_audit [SIZE [SIZE OF THE TIMING]] */
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/audit/audit.h"
#include "../../src/matgen/matgen.h"

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fail(const mc_error *e) {
  fprintf(stderr, "bench_audit: %s\n", e->text);
  exit(3);
}

static void gaussian(double *g, size_t n) {
  mc_random r;
  mc_random_init(&r, 1, 11, 0);
  for (size_t i = 0; i < n * n; i++)
    g[i] = (double)(float)mc_matgen_normal(&r);
}

/* Singular values spread evenly over [1/3, 1]. */
static void condition_three(double *g, size_t n) {
  mc_matgen_family family;
  mc_random r;
  mc_error e = {0};
  mc_random_init(&r, 1, 12, 0);
  if (mc_matgen_family_parse(&family, "uniform(0.3333333333)", &e) != MC_OK ||
      mc_matgen_matrix(g, n, n, &family, &r, &e) != MC_OK)
    fail(&e);
  for (size_t i = 0; i < n * n; i++)
    g[i] = (double)(float)g[i];
}

/* One line: a correct kernel of one rule against the limits of that rule. */
static void print_limits(const char *input, const double *g, size_t n, mc_dtype storage, bool tf32,
                         mc_kernel_rounding rounding, size_t depth) {
  mc_kernel_model model;
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *reference = NULL;
  mc_audit_finding f;
  mc_error e = {0};
  double *x = mc_alloc(n * n, sizeof *x);
  mc_kernel_model_init(&model);
  mc_audit_finding_init(&f);
  options.depth = depth;
  options.roundings = 1u << rounding;
  if (!x || mc_kernel_model_set_preset(&model, "keller-jordan", &e) != MC_OK)
    fail(&e);
  model.storage = storage;
  model.tf32 = tf32;
  model.rounding = rounding;
  if (mc_kernel_emulate(x, &model, g, n, n, NULL, &e) != MC_OK ||
      mc_audit_reference_new(&reference, g, n, n, &model, &options, &e) != MC_OK ||
      mc_audit_judge(&f, reference, x, &e) != MC_OK || mc_audit_describe(&f, reference, x, &e) != MC_OK)
    fail(&e);
  double error = mc_ball_upper_double(f.error);
  printf("%-10s %-9s %-10s %-8s %9.3g %11.4g %11.4g %11.3g  %s\n", input, tf32 ? "tf32" : mc_dtype_name(storage),
         mc_kernel_rounding_name(rounding),
         depth == 0                     ? "any"
         : depth == MC_AUDIT_EXACT_SUMS ? "exact"
                                        : "depth:16",
         error, f.sound / error, f.spectrum / error, f.limits->statistical[MC_MEASURE_TOTAL] / error,
         mc_audit_verdict_name(f.verdict));
  fflush(stdout);
  mc_audit_reference_free(reference);
  mc_audit_finding_clear(&f);
  mc_kernel_model_clear(&model);
  mc_free(x);
}

static void print_all_limits(size_t n) {
  double *g = mc_alloc(n * n, sizeof *g);
  if (!g)
    exit(3);
  printf("Limits over the observed error, %zu by %zu, five Jordan steps\n", n, n);
  printf("%-10s %-9s %-10s %-8s %9s %11s %11s %11s\n", "input", "format", "rounding", "sums", "error", "sound",
         "spectrum", "statistical");
  for (int k = 0; k < 2; k++) {
    const char *name = k ? "condition3" : "gaussian";
    k ? condition_three(g, n) : gaussian(g, n);
    for (int rule = 0; rule < MC_ROUNDING_GRAM; rule++)
      print_limits(name, g, n, MC_DTYPE_BFLOAT16, false, (mc_kernel_rounding)rule, 16);
    print_limits(name, g, n, MC_DTYPE_FLOAT16, false, MC_ROUNDING_SUMS, 16);
    print_limits(name, g, n, MC_DTYPE_FLOAT32, true, MC_ROUNDING_SUMS, 16);
    print_limits(name, g, n, MC_DTYPE_FLOAT32, false, MC_ROUNDING_SUMS, 16);
    print_limits(name, g, n, MC_DTYPE_FLOAT32, false, MC_ROUNDING_SUMS, 0);
    print_limits(name, g, n, MC_DTYPE_FLOAT32, false, MC_ROUNDING_SUMS, MC_AUDIT_EXACT_SUMS);
    print_limits(name, g, n, MC_DTYPE_FLOAT64, false, MC_ROUNDING_SUMS, 16);
  }
  mc_free(g);
}

static double seconds_of_dgesdd(const double *g, size_t n) {
  double *a = mc_alloc(3 * n * n + n, sizeof *a), *u = a + n * n, *v = u + n * n, *s = v + n * n;
  lapack_int k = (lapack_int)n;
  memcpy(a, g, n * n * sizeof *a);
  double start = processor_seconds();
  lapack_int info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'S', k, k, a, k, s, u, k, v, k);
  double seconds = processor_seconds() - start;
  mc_free(a);
  return info == 0 ? seconds : NAN;
}

static const struct {
  const char *what;
  bool sound_only;
  unsigned roundings;
  bool spoiled; /* a row of the output is off by 2^-12 */
} audits[] = {{"certified, sound limits", true, 1u << MC_ROUNDING_SUMS, false},
              {"certified, sound and statistical limits", false, 1u << MC_ROUNDING_SUMS, false},
              {"the same for a kernel of any rule", false, 0, false},
              {"the same for an output that conforms to no rule", false, 0, true}};

static double seconds_of_audit(const char **verdict, const double *g, const double *x, size_t n,
                               const mc_kernel_model *model, size_t i) {
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *reference = NULL;
  mc_audit_finding f;
  mc_error e = {0};
  options.depth = 16;
  options.sound_only = audits[i].sound_only;
  options.roundings = audits[i].roundings;
  mc_audit_finding_init(&f);
  double start = processor_seconds();
  if (mc_audit_reference_new(&reference, g, n, n, model, &options, &e) != MC_OK ||
      mc_audit_judge(&f, reference, x, &e) != MC_OK || mc_audit_describe(&f, reference, x, &e) != MC_OK)
    fail(&e);
  double seconds = processor_seconds() - start;
  *verdict = mc_audit_verdict_name(f.verdict);
  mc_audit_reference_free(reference);
  mc_audit_finding_clear(&f);
  return seconds;
}

static void print_times(size_t n) {
  mc_kernel_model model;
  mc_error e = {0};
  double *g = mc_alloc(2 * n * n, sizeof *g), *x = g + n * n;
  mc_kernel_model_init(&model);
  if (!g || mc_kernel_model_set_preset(&model, "keller-jordan", &e) != MC_OK)
    fail(&e);
  model.storage = MC_DTYPE_FLOAT32;
  gaussian(g, n);
  if (mc_kernel_emulate(x, &model, g, n, n, NULL, &e) != MC_OK)
    fail(&e);
  double *spoiled = mc_alloc(n * n, sizeof *spoiled);
  if (!spoiled)
    exit(3);
  for (size_t i = 0; i < n * n; i++)
    spoiled[i] = i < n ? x[i] * (1 - 0x1p-12) : x[i];
  double lapack = fmin(seconds_of_dgesdd(g, n), seconds_of_dgesdd(g, n));
  printf("\nAudit of a float32 output, %zu by %zu; dgesdd: %.2f s (each the better of two)\n", n, n, lapack);
  for (size_t i = 0; i < sizeof audits / sizeof *audits; i++) {
    const char *verdict;
    const double *output = audits[i].spoiled ? spoiled : x;
    double seconds = seconds_of_audit(&verdict, g, output, n, &model, i),
           again = seconds_of_audit(&verdict, g, output, n, &model, i);
    printf("%-52s %6.2f s = %5.2f dgesdd  %s\n", audits[i].what, fmin(seconds, again), fmin(seconds, again) / lapack,
           verdict);
  }
  mc_kernel_model_clear(&model);
  mc_free(spoiled);
  mc_free(g);
}

int main(int argc, char **argv) {
  size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 512, large = argc > 2 ? strtoul(argv[2], NULL, 10) : 1024;
  print_times(large > 0 ? large : 1024);
  print_all_limits(n > 0 ? n : 512);
  return 0;
}
