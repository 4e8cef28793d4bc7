/* Verdicts: real output, damaged output, inputs without an answer. */
#include "support.h"

static mc_audit_verdict verdict_of(const mc_audit_reference *reference, const double *x) {
  mc_audit_finding f;
  mc_error e = {0};
  mc_audit_finding_init(&f);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  mc_audit_verdict verdict = f.verdict;
  assert_true(verdict == MC_AUDIT_CONFORMS || *f.reason);
  mc_audit_finding_clear(&f);
  return verdict;
}

/* PyTorch's own output conforms, and the certified numbers are what the independent double-precision manifest says. */
static void test_real_output(void **state) {
  mc_matfile g = example("step300.bl.1.o.G"), x = example("step300.bl.1.o.X");
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  mc_audit_reference *reference = reference_of(g.values, g.m, g.n, &model);
  mc_audit_finding f;
  mc_error e = {0};
  (void)state;
  mc_audit_finding_init(&f);
  need(mc_audit_judge(&f, reference, x.values, &e), &e);
  need(mc_audit_describe(&f, reference, x.values, &e), &e);
  assert_int_equal(f.verdict, MC_AUDIT_CONFORMS);
  assert_int_equal(f.limits->rounding, MC_ROUNDING_ALL);
  assert_true(mc_ball_lower_double(f.error) > 0.4959719 && mc_ball_upper_double(f.error) < 0.4959720);
  assert_true(mc_ball_lower_double(f.sigma_max) > 1.19 && mc_ball_upper_double(f.sigma_max) < 1.2024);
  assert_true(mc_ball_lower_double(f.sigma_min) > 0);
  x.values[5] = NAN;
  assert_int_equal(verdict_of(reference, x.values), MC_AUDIT_UNDECIDED);
  x.values[5] = INFINITY;
  assert_int_equal(verdict_of(reference, x.values), MC_AUDIT_UNDECIDED);
  x.values[5] = 1e300;
  assert_int_equal(verdict_of(reference, x.values), MC_AUDIT_WRONG);
  mc_audit_finding_clear(&f);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_matfile_clear(&g);
  mc_matfile_clear(&x);
}

/* Where the sound limit is finite, gross errors are wrong, not only suspicious. */
static void test_wrong(void **state) {
  double *g = matrix_of("uniform", 12, 20, 1), x[12 * 20];
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_audit_reference *reference = reference_of(g, 12, 20, &model);
  mc_error e = {0};
  (void)state;
  need(mc_kernel_emulate(x, &model, g, 12, 20, NULL, &e), &e);
  assert_int_equal(verdict_of(reference, x), MC_AUDIT_CONFORMS);
  x[7] *= 1 + 0x1p-14;
  assert_int_equal(verdict_of(reference, x), MC_AUDIT_SUSPICIOUS);
  memset(x, 0, sizeof x);
  assert_int_equal(verdict_of(reference, x), MC_AUDIT_WRONG);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_free(g);
}

static void expect_no_reference(const double *g, size_t m, size_t n, const char *words) {
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *reference;
  mc_error e = {0};
  assert_int_equal(mc_audit_reference_new(&reference, g, m, n, &model, &options, &e), MC_UNDECIDED);
  assert_null(reference);
  assert_non_null(strstr(e.text, words));
  mc_kernel_model_clear(&model);
}

static void test_inputs_without_an_answer(void **state) {
  double zero[6] = {0}, nan[2] = {1, NAN}, infinite[2] = {1, -INFINITY};
  (void)state;
  expect_no_reference(zero, 2, 3, "zero");
  expect_no_reference(nan, 1, 2, "NaN");
  expect_no_reference(infinite, 2, 1, "infinity");
}

/* The image of a rank-deficient input is certified, its polar factor does not exist: a correct output is undecided,
 * a wrong one is not. */
static void test_rank_deficient_input(void **state) {
  double g[12] = {1, 2, 3, 4, 2, 4, 6, 8, 1, 0, 1, 0}, x[12];
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_audit_reference *reference = reference_of(g, 3, 4, &model);
  mc_error e = {0};
  (void)state;
  need(mc_kernel_emulate(x, &model, g, 3, 4, NULL, &e), &e);
  assert_int_equal(verdict_of(reference, x), MC_AUDIT_UNDECIDED);
  x[0] = -x[0];
  assert_int_equal(verdict_of(reference, x), MC_AUDIT_WRONG);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
}

/* Every order of summation rounds a vector of signs alike in float64: an ensemble of equal members gives no limit, and
 * an output that rounds a little otherwise is no suspect. */
static void test_equal_members(void **state) {
  const double g[8] = {1, -1, -1, 1, 1, 1, -1, 1};
  double x[8];
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT64);
  mc_audit_reference *reference = reference_of(g, 8, 1, &model);
  mc_error e = {0};
  (void)state;
  for (size_t rule = 0; rule < mc_audit_reference_rules(reference); rule++)
    for (int k = 0; k < MC_MEASURE_ALONG; k++)
      assert_true(isnan(limits_of(reference, rule)->statistical[k]));
  need(mc_kernel_emulate(x, &model, g, 8, 1, NULL, &e), &e);
  assert_int_equal(verdict_of(reference, x), MC_AUDIT_UNDECIDED);
  for (int i = 0; i < 8; i++)
    x[i] *= 1 + 0x1p-50;
  assert_int_equal(verdict_of(reference, x), MC_AUDIT_UNDECIDED);
  for (int i = 0; i < 8; i++)
    x[i] *= 1 + 0x1p-20;
  assert_int_equal(verdict_of(reference, x), MC_AUDIT_WRONG);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
}

/* Correct kernels that the ensemble has not seen conform: every format and rule, other seeds. */
static void test_no_false_alarm(void **state) {
  static const char *const families[] = {"uniform", "log_uniform(1e-3)"};
  static const size_t shapes[][2] = {{20, 20}, {24, 10}};
  (void)state;
  for (size_t k = 0; k < 2; k++)
    for (int dtype = 0; dtype <= MC_DTYPE_FLOAT64; dtype++) {
      size_t m = shapes[k][0], n = shapes[k][1];
      double *g = matrix_of(families[k], m, n, 10 + k), *x = mc_alloc(m * n, sizeof *x);
      mc_kernel_model model = model_of((mc_dtype)dtype);
      mc_audit_reference *reference = reference_of(g, m, n, &model);
      for (unsigned trial = 0; trial < 12; trial++) {
        mc_random draw;
        mc_error e = {0};
        mc_random_init(&draw, 12345, 1, trial);
        model.rounding = (mc_kernel_rounding)(trial % MC_ROUNDING_GRAM);
        need(mc_kernel_emulate(x, &model, g, m, n, &draw, &e), &e);
        if (verdict_of(reference, x) != MC_AUDIT_CONFORMS)
          fail_msg("%s, %s, trial %u", mc_dtype_name((mc_dtype)dtype), mc_kernel_rounding_name(model.rounding), trial);
      }
      mc_audit_reference_free(reference);
      mc_kernel_model_clear(&model);
      mc_free(g);
      mc_free(x);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_real_output),
      cmocka_unit_test(test_wrong),
      cmocka_unit_test(test_inputs_without_an_answer),
      cmocka_unit_test(test_rank_deficient_input),
      cmocka_unit_test(test_equal_members),
      cmocka_unit_test(test_no_false_alarm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
