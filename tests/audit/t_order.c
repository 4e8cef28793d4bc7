/* Correct kernels sum in orders of their own: none is suspicious for it, however long its sums; and limits from few members
 * still find small bugs in large matrices. */
#include "support.h"

#include "../../src/audit/ensemble.h"

enum { LONG = 384, LARGE = 512 };

static mc_audit_reference *reference_of_sums(const double *g, size_t n, const mc_kernel_model *model, size_t depth) {
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *reference;
  mc_error e = {0};
  options.roundings = 1u << MC_ROUNDING_SUMS;
  options.depth = depth;
  need(mc_audit_reference_new(&reference, g, n, n, model, &options, &e), &e);
  return reference;
}

static mc_audit_verdict verdict_on(const double *x, const mc_audit_reference *reference) {
  mc_audit_finding f;
  mc_error e = {0};
  mc_audit_finding_init(&f);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  mc_audit_verdict verdict = f.verdict;
  mc_audit_finding_clear(&f);
  return verdict;
}

static void run_builtin(double *x, const char *name, const mc_kernel_model *model, const double *g, size_t n) {
  mc_kernel *kernel;
  mc_kernel_conduct conduct;
  mc_kernel_call call = {.model = model, .count = 1, .m = n, .n = n, .g = g, .x = x};
  mc_error e = {0};
  need(mc_kernel_open(&kernel, name, NULL, &e), &e);
  need(mc_kernel_run(&conduct, kernel, &call, &e), &e);
  mc_kernel_close(kernel);
}

/* The reference adds 384 products one after another, the BLAS two halves: its errors are half as large again.  To a
 * kernel that promises sums of depth 16 no such allowance is made. */
static void test_long_sums(void **state) {
  double *g = matrix_of("uniform", LONG, LONG, 3), *x = mc_alloc(LONG * LONG, sizeof *x);
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  (void)state;
  run_builtin(x, "reference", &model, g, LONG);
  mc_audit_reference *any = reference_of_sums(g, LONG, &model, 0), *shallow = reference_of_sums(g, LONG, &model, 16);
  mc_audit_reference *exact = reference_of_sums(g, LONG, &model, MC_AUDIT_EXACT_SUMS);
  const double *wide = limits_of(any, 0)->statistical;
  const double *narrow = limits_of(shallow, 0)->statistical;
  assert_int_equal(verdict_on(x, any), MC_AUDIT_CONFORMS);
  assert_true(wide[MC_MEASURE_TOTAL] >= narrow[MC_MEASURE_TOTAL]);
  assert_true(wide[MC_MEASURE_TOTAL] > limits_of(exact, 0)->statistical[MC_MEASURE_TOTAL]);
  run_builtin(x, "openblas", &model, g, LONG);
  assert_int_equal(verdict_on(x, any), MC_AUDIT_CONFORMS);
  assert_int_equal(verdict_on(x, shallow), MC_AUDIT_CONFORMS);
  mc_audit_reference_free(any);
  mc_audit_reference_free(shallow);
  mc_audit_reference_free(exact);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
}

static void emulate(double *x, const mc_kernel_model *model, const double *g, size_t n, unsigned trial) {
  mc_random draw;
  mc_error e = {0};
  mc_random_init(&draw, 2027, 3, trial);
  need(mc_kernel_emulate(x, model, g, n, n, &draw, &e), &e);
}

/* A scale that is off by 2^-16; a row that is off by 2^-13, a tile by 2^-11; the last digit of a coefficient. */
static void check_bugs(const mc_audit_reference *reference, mc_kernel_model *model, const double *g, double *x,
                       double *y) {
  enum { TILE = 16 };
  mc_error e = {0};
  emulate(x, model, g, LARGE, 100);
  for (size_t i = 0; i < LARGE * LARGE; i++)
    y[i] = x[i] * (1 + 0x1p-16);
  assert_int_not_equal(verdict_on(y, reference), MC_AUDIT_CONFORMS);
  memcpy(y, x, LARGE * LARGE * sizeof *y);
  for (size_t j = 0; j < LARGE; j++)
    y[7 * LARGE + j] *= 1 - 0x1p-13;
  assert_int_equal(verdict_on(y, reference), MC_AUDIT_SUSPICIOUS);
  memcpy(y, x, LARGE * LARGE * sizeof *y);
  for (size_t i = 0; i < TILE; i++)
    for (size_t j = 0; j < TILE; j++)
      y[(32 + i) * LARGE + 48 + j] *= 1 - 0x1p-11;
  assert_int_equal(verdict_on(y, reference), MC_AUDIT_SUSPICIOUS);
  need(mc_schedule_set_text(&model->schedule,
                            "3.4445,-4.7750,2.0315; 3.4445,-4.7750,2.0315; 3.4445,-4.7750,2.0315; "
                            "3.4445,-4.7750,2.0315; 3.4445,-4.7750,2.0316",
                            &e),
       &e);
  emulate(y, model, g, LARGE, 101);
  assert_int_not_equal(verdict_on(y, reference), MC_AUDIT_CONFORMS);
}

static void check_format(mc_dtype dtype, const char *family) {
  double *g = matrix_of(family, LARGE, LARGE, 5), *x = mc_alloc(2 * LARGE * LARGE, sizeof *x);
  mc_kernel_model model = model_of(dtype);
  model.rounding = MC_ROUNDING_SUMS;
  mc_audit_reference *reference = reference_of_sums(g, LARGE, &model, 0);
  for (unsigned trial = 0; trial < 3; trial++) {
    emulate(x, &model, g, LARGE, trial);
    assert_int_equal(verdict_on(x, reference), MC_AUDIT_CONFORMS);
  }
  static const char *const kernels[] = {"openblas", "openblas-symmetric"};
  for (size_t i = 0; i < 2; i++) {
    run_builtin(x, kernels[i], &model, g, LARGE);
    assert_int_equal(verdict_on(x, reference), MC_AUDIT_CONFORMS);
  }
  check_bugs(reference, &model, g, x, x + LARGE * LARGE);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
}

static void test_few_members(void **state) {
  (void)state;
  check_format(MC_DTYPE_FLOAT32, "uniform(0.3333)");
}

/* Where all kernels of a rule err alike (singular values that are all but one equal are moved by what is held of the
 * coefficients), and where what they do not err alike in is common to a matrix (nothing divides by its norm): one member
 * knows how far another may be from it. */
static void test_common_errors(void **state) {
  static const struct {
    const char *family;
    bool normalised;
  } inputs[] = {{"max_spiked(1e-2)", true}, {"flat", false}, {"repeated", false}};
  double *x = mc_alloc(LARGE * LARGE, sizeof *x);
  (void)state;
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    double *g = matrix_of(inputs[i].family, LARGE, LARGE, 7), squares = 0;
    mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
    for (size_t k = 0; k < LARGE * LARGE; k++)
      squares += g[k] * g[k];
    for (size_t k = 0; k < LARGE * LARGE && !inputs[i].normalised; k++)
      g[k] = (double)(float)(0.99 * g[k] / sqrt(squares));
    if (!inputs[i].normalised)
      model.normalisation.kind = MC_NORM_NONE;
    model.rounding = MC_ROUNDING_SUMS;
    mc_audit_reference *reference = reference_of_sums(g, LARGE, &model, 16);
    for (unsigned trial = 0; trial < 4; trial++) {
      emulate(x, &model, g, LARGE, trial);
      assert_int_equal(verdict_on(x, reference), MC_AUDIT_CONFORMS);
    }
    mc_audit_reference_free(reference);
    mc_kernel_model_clear(&model);
    mc_free(g);
  }
  mc_free(x);
}

static mc_audit_finding judged(const mc_audit_reference *reference, const double *x) {
  mc_audit_finding f;
  mc_error e = {0};
  mc_audit_finding_init(&f);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  return f;
}

/* A large output that conforms to one rule is held to no other; one that does not, to all, and the limits of a rule do not
 * depend on which were tried. */
static void test_rules_one_after_another(void **state) {
  enum { M = 128, N = 2048 };
  double *g = matrix_of("uniform(0.3333)", M, N, 6), *x = mc_alloc(M * N, sizeof *x);
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *any = reference_of(g, M, N, &model), *all;
  mc_error e = {0};
  (void)state;
  options.roundings = 1u << MC_ROUNDING_ALL;
  need(mc_audit_reference_new(&all, g, M, N, &model, &options, &e), &e);
  model.rounding = MC_ROUNDING_SUMS;
  need(mc_kernel_emulate(x, &model, g, M, N, NULL, &e), &e);
  mc_audit_finding f = judged(any, x);
  assert_int_equal(f.verdict, MC_AUDIT_CONFORMS);
  assert_int_equal(f.limits->rounding, MC_ROUNDING_SUMS);
  assert_int_equal(f.untried, 1u << MC_ROUNDING_ALL);
  mc_audit_finding_clear(&f);
  for (size_t j = 0; j < N; j++)
    x[5 * N + j] *= 1 - 0x1p-10;
  f = judged(any, x);
  assert_int_equal(f.verdict, MC_AUDIT_SUSPICIOUS);
  assert_int_equal(f.untried, 0);
  mc_audit_finding_clear(&f);
  assert_int_equal(mc_audit_reference_rules(any), 2);
  assert_int_equal(mc_audit_reference_rules(all), 1);
  assert_memory_equal(limits_of(any, 0)->statistical, limits_of(all, 0)->statistical, sizeof(double[MC_MEASURES]));
  assert_memory_not_equal(limits_of(any, 0)->statistical, limits_of(any, 1)->statistical, sizeof(double[MC_MEASURES]));
  mc_audit_reference_free(any);
  mc_audit_reference_free(all);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
}

/* Every product four times as far off, squared: errors double.  A better order than the BLAS's changes nothing. */
static void test_order_factor(void **state) {
  enum { STEPS = 5, COUNT = 8 };
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_audit_options options = mc_audit_default_options();
  mc_kernel_probe probe = mc_audit_probe(&options);
  arb_ptr sigma = _arb_vec_init(COUNT);
  (void)state;
  for (slong i = 0; i < COUNT; i++)
    arb_set_d(sigma + i, 0.5 / (double)(i + 1));
  for (probe.products = 0; probe.products < 3 * STEPS; probe.products++) {
    probe.blas[probe.products] = 1 + (double)probe.products;
    probe.chains[probe.products] = 4 * probe.blas[probe.products];
  }
  double factor = mc_audit_order_factor_approx(&probe, &model, sigma, COUNT, COUNT + 3);
  assert_true(fabs(factor - 2) < 1e-12);
  probe.chains[3 * STEPS - 1] = 9 * probe.blas[3 * STEPS - 1];
  factor = mc_audit_order_factor_approx(&probe, &model, sigma, COUNT, COUNT + 3);
  assert_true(factor > 2 && factor < 3);
  model.rounding = MC_ROUNDING_GRAM;
  assert_true(fabs(mc_audit_order_factor_approx(&probe, &model, sigma, COUNT, COUNT) - 3) < 1e-12);
  model.rounding = MC_ROUNDING_SUMS;
  for (size_t i = 0; i < probe.products; i++)
    probe.chains[i] = probe.blas[i] / 2;
  assert_true(mc_audit_order_factor_approx(&probe, &model, sigma, COUNT, COUNT) == 1);
  /* an error that is not a number, or is beside none, leaves no factor */
  for (int gram = 0; gram < 2; gram++) {
    model.rounding = gram ? MC_ROUNDING_GRAM : MC_ROUNDING_SUMS;
    probe.chains[4] = NAN;
    assert_true(isnan(mc_audit_order_factor_approx(&probe, &model, sigma, COUNT, COUNT)));
    probe.chains[4] = 1;
    probe.blas[4] = NAN;
    assert_true(isnan(mc_audit_order_factor_approx(&probe, &model, sigma, COUNT, COUNT)));
    probe.blas[4] = 2;
  }
  memset(probe.blas, 0, sizeof probe.blas);
  assert_true(isnan(mc_audit_order_factor_approx(&probe, &model, sigma, COUNT, COUNT)));
  memset(probe.chains, 0, sizeof probe.chains);
  assert_true(mc_audit_order_factor_approx(&probe, &model, sigma, COUNT, COUNT) == 1);
  _arb_vec_clear(sigma, COUNT);
  mc_kernel_model_clear(&model);
}

static void test_normal_quantile(void **state) {
  (void)state;
  assert_true(fabs(mc_audit_normal_quantile_approx(1e-6) - 4.753424308822899) < 1e-9);
  assert_true(fabs(mc_audit_normal_quantile_approx(0.5)) < 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_long_sums),     cmocka_unit_test(test_few_members),
      cmocka_unit_test(test_common_errors), cmocka_unit_test(test_rules_one_after_another),
      cmocka_unit_test(test_order_factor),  cmocka_unit_test(test_normal_quantile)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
