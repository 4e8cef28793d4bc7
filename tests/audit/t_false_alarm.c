/* Ten thousand runs of correct kernels: every built-in kernel in every format that it takes, on every family of singular
 * values; some hundreds more on matrices of 128 rows and columns and more, from 2^18 entries on with limits from one
 * member.  None may be called wrong or suspicious, where the statistical limits promise one in a million.
 *
 * A run is another one by the order of its sums: an emulated kernel draws it, any other is given P G Q with permutations P
 * and Q, and P^T X Q^T is judged.  The last line counts the verdicts, for false_alarm_record.py. */
#include "support.h"

#include "../../src/audit/ensemble.h"

enum { RUNS = 10000, FORMATS = 4 };

static const char *const families[] = {"uniform",
                                       "uniform(0.3333)",
                                       "log_uniform(1e-3)",
                                       "log_uniform(1e-8)",
                                       "log_spaced(1e-4)",
                                       "geometric(0.7)",
                                       "clustered",
                                       "repeated",
                                       "flat",
                                       "rank_deficient",
                                       "spiked",
                                       "heavy_tailed",
                                       "one_tiny",
                                       "max_spiked(1e-2)",
                                       "min_spiked(1e-2)",
                                       "gaussian(1e-2)",
                                       "linear_decay(1e-2)",
                                       "u_shaped(1e-2)",
                                       "power_law(1e-2)",
                                       "mirrored_power_law(1e-2)",
                                       "spikes(1e-2)"};
enum { FAMILIES = sizeof families / sizeof families[0] };

static const struct { size_t m, n; } shapes[] = {{16, 16}, {12, 30}, {24, 16}, {20, 20}, {3, 5}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

/* 2^18 entries, and fewer. */
static const struct { size_t m, n; } large_shapes[] = {{128, 2048}, {2048, 128}, {160, 192}, {192, 144}};
enum { LARGE_SHAPES = sizeof large_shapes / sizeof large_shapes[0], LONGEST = 2048 };

static const char *const large_families[] = {"uniform(0.3333)", "log_uniform(1e-3)", "flat",
                                             "repeated",        "max_spiked(1e-2)",  "power_law(1e-2)"};
enum { LARGE_FAMILIES = sizeof large_families / sizeof large_families[0] };

static size_t verdicts[4], skipped; /* by mc_audit_verdict; inputs that a format cannot hold */
static size_t large, single;        /* of 128 rows and columns; those held to limits from one member */

static void permutation(size_t *p, size_t count, mc_random *r) {
  for (size_t i = 0; i < count; i++)
    p[i] = i;
  for (size_t i = count; i > 1; i--) {
    size_t j = (size_t)mc_random_below(r, i), kept = p[i - 1];
    p[i - 1] = p[j];
    p[j] = kept;
  }
}

/* x := P^T X(P g Q) Q^T */
static void run_permuted(double *x, mc_kernel *kernel, const mc_kernel_model *model, const double *g, size_t m,
                         size_t n, mc_random *r) {
  double *in = mc_alloc(2 * m * n, sizeof *in), *out = in + m * n;
  size_t rows[LONGEST], columns[LONGEST];
  mc_kernel_conduct conduct;
  mc_error e = {0};
  mc_kernel_call call = {.model = model, .count = 1, .m = m, .n = n, .g = in, .x = out};
  permutation(rows, m, r);
  permutation(columns, n, r);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      in[i * n + j] = g[rows[i] * n + columns[j]];
  need(mc_kernel_run(&conduct, kernel, &call, &e), &e);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      x[rows[i] * n + columns[j]] = out[i * n + j];
  mc_free(in);
}

static void judge(const mc_audit_reference *reference, const double *x, const char *what) {
  mc_audit_finding f;
  mc_error e = {0};
  mc_audit_finding_init(&f);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  verdicts[f.verdict]++;
  if (f.verdict == MC_AUDIT_WRONG || f.verdict == MC_AUDIT_SUSPICIOUS)
    print_error("%s: %s: %s\n", what, mc_audit_verdict_name(f.verdict), f.reason);
  mc_audit_finding_clear(&f);
}

/* One kernel that is judged by one reference; code NULL: the emulated ones, with sums in orders of their own. */
static void run_kernel(const mc_kernel_code *code, const mc_audit_reference *reference, mc_kernel_model *model,
                       const double *g, size_t m, size_t n, const char *family, unsigned runs) {
  double *x = mc_alloc(m * n, sizeof *x);
  mc_kernel *kernel = NULL;
  mc_error e = {0};
  char what[128];
  if (code)
    need(mc_kernel_open_code(&kernel, code, &e), &e);
  for (unsigned trial = 0; trial < runs; trial++) {
    mc_random draw;
    mc_random_init(&draw, 2026, mc_random_stream_of(code ? code->name : "false alarm"), trial);
    model->rounding = (mc_kernel_rounding)(trial % MC_ROUNDING_GRAM);
    snprintf(what, sizeof what, "%s, %zu by %zu %s, %s, trial %u",
             code ? code->name : mc_kernel_rounding_name(model->rounding), m, n, family, mc_dtype_name(model->storage),
             trial);
    if (code)
      run_permuted(x, kernel, model, g, m, n, &draw);
    else
      need(mc_kernel_emulate(x, model, g, m, n, &draw, &e), &e);
    judge(reference, x, what);
    large += m >= 128 && n >= 128;
    single += m >= 128 && n >= 128 && m * n >= MC_AUDIT_LARGE && mc_kernel_precision(model->storage) >= 24;
  }
  mc_kernel_close(kernel);
  mc_free(x);
}

static bool takes(const mc_kernel_code *code, mc_dtype dtype) {
  mc_kernel *kernel;
  if (mc_kernel_open_code(&kernel, code, NULL) != MC_OK)
    return false; /* not on this processor */
  bool yes = mc_kernel_takes(kernel, dtype);
  mc_kernel_close(kernel);
  return yes;
}

/* The kernels that follow these rules (0: any of those that iterate X), on one input. */
static void run_rules(unsigned roundings, bool flush, mc_dtype dtype, const double *g, size_t m, size_t n,
                      const char *family, unsigned runs) {
  mc_kernel_model model = model_of(dtype);
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *reference;
  mc_error e = {0};
  model.flush = flush;
  options.roundings = roundings;
  mc_status s = mc_audit_reference_new(&reference, g, m, n, &model, &options, &e);
  if (s == MC_UNDECIDED)
    skipped++;
  else
    need(s, &e);
  for (size_t i = 0; mc_kernel_builtin(i) && s == MC_OK; i++) {
    const mc_kernel_code *code = mc_kernel_builtin(i);
    if (code->roundings == roundings && code->flush == flush && takes(code, dtype))
      run_kernel(code, reference, &model, g, m, n, family, runs);
  }
  if (s == MC_OK && roundings == 0)
    run_kernel(NULL, reference, &model, g, m, n, family, 3 * runs);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
}

static void run_input(const char *family, size_t m, size_t n, uint64_t seed, mc_dtype dtype, unsigned runs) {
  double *g = matrix_of(family, m, n, seed);
  for (size_t i = 0; i < m * n; i++)
    g[i] = mc_dtype_round(dtype, g[i]);
  run_rules(0, false, dtype, g, m, n, family, runs);
  if (mc_kernel_precision(dtype) >= 24)
    run_rules(1u << MC_ROUNDING_GRAM, false, dtype, g, m, n, family, runs);
  if (dtype == MC_DTYPE_BFLOAT16)
    run_rules(1u << MC_ROUNDING_SUMS, true, dtype, g, m, n, family, runs);
  mc_free(g);
}

/* Digits would take long for float64; where one member is enough there is no narrower format. */
static void run_large(size_t family, size_t shape) {
  size_t m = large_shapes[shape].m, n = large_shapes[shape].n;
  for (int dtype = m * n >= MC_AUDIT_LARGE ? MC_DTYPE_FLOAT32 : 0; dtype <= MC_DTYPE_FLOAT32; dtype++)
    run_input(large_families[family], m, n, 200 + family, (mc_dtype)dtype, 1);
}

static void test_ten_thousand_correct_kernels(void **state) {
  enum { KERNELS = 35 }; /* of all formats together, at least */
  (void)state;
  for (size_t k = 0; k < FAMILIES; k++)
    for (int dtype = 0; dtype < FORMATS; dtype++)
      run_input(families[k], shapes[k % SHAPES].m, shapes[k % SHAPES].n, 100 + k, (mc_dtype)dtype,
                RUNS / (FAMILIES * KERNELS) + 2);
  for (size_t k = 0; k < LARGE_FAMILIES; k++)
    for (size_t shape = 0; shape < LARGE_SHAPES; shape++)
      run_large(k, shape);
  size_t all = verdicts[0] + verdicts[1] + verdicts[2] + verdicts[3];
  print_message("runs %zu conforms %zu suspicious %zu wrong %zu undecided %zu skipped %zu large %zu single %zu\n", all,
                verdicts[MC_AUDIT_CONFORMS], verdicts[MC_AUDIT_SUSPICIOUS], verdicts[MC_AUDIT_WRONG],
                verdicts[MC_AUDIT_UNDECIDED], skipped, large, single);
  assert_true(all >= RUNS);
  assert_int_equal(verdicts[MC_AUDIT_SUSPICIOUS] + verdicts[MC_AUDIT_WRONG], 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ten_thousand_correct_kernels)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
