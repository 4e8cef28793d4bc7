/* The sound limit is never exceeded by a kernel of the model and is finite where it should be; Student's quantiles;
 * no false alarm. */
#include "support.h"

#include "../../src/audit/ensemble.h"
#include "../../src/audit/sound.h"

static const struct {
  size_t m, n;
  const char *family;
} inputs[] = {{1, 1, "uniform"},
              {3, 2, "uniform"},
              {4, 4, "log_uniform(1e-6)"},
              {6, 20, "uniform"},
              {16, 9, "log_uniform(1e-3)"}};

static double error_of(const double *x, const mc_enclosure *image) {
  mc_truth_distance d;
  mc_error e = {0};
  mc_truth_distance_init(&d);
  need(mc_truth_distance_enclose(&d, x, image, &e), &e);
  double upper = mc_ball_upper_double(d.frobenius);
  mc_truth_distance_clear(&d);
  return upper;
}

/* Emulated kernels of every format and rule stay below the sound limits.  *tightest: the largest ratio met. */
static void check_input(double *tightest, size_t k, mc_dtype dtype, bool tf32, bool truncate) {
  size_t m = inputs[k].m, n = inputs[k].n;
  double *g = matrix_of(inputs[k].family, m, n, k), *x = mc_alloc(m * n, sizeof *x);
  mc_kernel_model model = model_of(dtype);
  mc_error e = {0};
  mc_enclosure image;
  model.tf32 = tf32;
  model.truncate = truncate;
  mc_enclosure_init(&image);
  need(mc_truth_ns_enclose(&image, g, m, n, &model.schedule, &model.normalisation, 150, &e), &e);
  mc_audit_reference *reference = reference_of(g, m, n, &model);
  for (size_t rule = 0; rule < mc_audit_reference_rules(reference); rule++) {
    const mc_audit_limits *limits = limits_of(reference, rule);
    assert_true(limits->spectrum <= limits->sound);
    if (mc_kernel_precision(dtype) >= 24 && !tf32)
      assert_true(isfinite(limits->sound));
    model.rounding = limits->rounding;
    for (unsigned trial = 0; trial < 20; trial++) {
      mc_random draw;
      mc_random_init(&draw, 99, 1, trial);
      need(mc_kernel_emulate(x, &model, g, m, n, trial ? &draw : NULL, &e), &e);
      double error = error_of(x, &image);
      if (!(error <= limits->spectrum))
        fail_msg("%zu by %zu, %s, %s: error %g, limit %g", m, n, mc_dtype_name(dtype),
                 mc_kernel_rounding_name(limits->rounding), error, limits->spectrum);
      *tightest = fmax(*tightest, error / limits->spectrum);
    }
  }
  mc_audit_reference_free(reference);
  mc_enclosure_clear(&image);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
}

/* A limit that is always far away would be no limit: somewhere an error comes within a factor of 25. */
static void test_sound_limits_hold(void **state) {
  double tightest = 0;
  (void)state;
  for (size_t k = 0; k < sizeof inputs / sizeof *inputs; k++)
    for (int dtype = 0; dtype <= MC_DTYPE_FLOAT64; dtype++)
      for (int truncate = 0; truncate < 2; truncate++)
        check_input(&tightest, k, (mc_dtype)dtype, false, truncate != 0);
  for (size_t k = 0; k < sizeof inputs / sizeof *inputs; k++)
    check_input(&tightest, k, MC_DTYPE_FLOAT32, true, true);
  print_message("largest error / sound limit: %.3f\n", tightest);
  assert_true(tightest > 1.0 / 25);
}

/* Members of an ensemble compute the image of the input itself, also where nothing is divided by its norm: they stay
 * below the sound limits, and an output that is too large by 2^-14 is beyond the statistical ones. */
static void test_without_normalisation(void **state) {
  enum { M = 12, N = 20 };
  double *g = matrix_of("uniform", M, N, 4), *x = mc_alloc(M * N, sizeof *x);
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_audit_finding f;
  mc_error e = {0};
  (void)state;
  mc_audit_finding_init(&f);
  model.normalisation.kind = MC_NORM_NONE;
  mc_audit_reference *reference = reference_of(g, M, N, &model);
  const mc_audit_limits *limits = limits_of(reference, 0);
  assert_true(limits->statistical[MC_MEASURE_TOTAL] <= limits->sound);
  need(mc_kernel_emulate(x, &model, g, M, N, NULL, &e), &e);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  assert_int_equal(f.verdict, MC_AUDIT_CONFORMS);
  for (size_t i = 0; i < M * N; i++)
    x[i] *= 1 + 0x1p-14;
  need(mc_audit_judge(&f, reference, x, &e), &e);
  assert_int_equal(f.verdict, MC_AUDIT_SUSPICIOUS);
  mc_audit_finding_clear(&f);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
}

/* In 16 bits the order of sums alone makes no ensemble: no limit, no verdict for what is within the sound one. */
static void test_too_few_roundings(void **state) {
  double *g = matrix_of("uniform", 8, 8, 4), x[64];
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT16);
  mc_audit_finding f;
  mc_error e = {0};
  (void)state;
  mc_audit_finding_init(&f);
  model.normalisation.kind = MC_NORM_NONE;
  mc_audit_reference *reference = reference_of(g, 8, 8, &model);
  for (int k = 0; k < MC_MEASURES; k++)
    assert_true(isnan(limits_of(reference, 0)->statistical[k]));
  need(mc_kernel_emulate(x, &model, g, 8, 8, NULL, &e), &e);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  assert_int_equal(f.verdict, MC_AUDIT_UNDECIDED);
  mc_audit_finding_clear(&f);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_free(g);
}

/* error / sound limit of one step on a 1 by 2 matrix. */
static double ratio_of_one_step(uint64_t seed, const mc_kernel_model *model) {
  double g[2], x[2], plain, spectrum;
  mc_random r;
  mc_error e = {0};
  mc_enclosure image, x0;
  arb_t sigma;
  mc_random_init(&r, seed, 3, 0);
  for (int i = 0; i < 2; i++)
    g[i] = (double)(float)mc_matgen_normal(&r);
  mc_enclosure_init(&image);
  mc_enclosure_init(&x0);
  arb_init(sigma);
  need(mc_truth_ns_enclose(&image, g, 1, 2, &model->schedule, &model->normalisation, 100, &e), &e);
  need(mc_truth_normalised_enclose(&x0, g, 1, 2, &model->normalisation, 100, &e), &e);
  need(mc_truth_sv_enclose_near(sigma, &x0, &e), &e);
  need(mc_kernel_emulate(x, model, g, 1, 2, NULL, &e), &e);
  mc_audit_options options = mc_audit_default_options();
  mc_audit_origin origin;
  mc_audit_origin_init(&origin, model, g, 1, 2, sigma, &options);
  mc_audit_sound_bound(&plain, &spectrum, model, &origin, 1, 2, &options, INFINITY);
  mc_audit_origin_clear(&origin);
  double error = error_of(x, &image);
  mc_enclosure_clear(&image);
  mc_enclosure_clear(&x0);
  arb_clear(sigma);
  return error / spectrum;
}

/* In one step on two entries few rounding errors can cancel: errors come within a factor of 12 of the limit. */
static void test_sound_limits_are_near(void **state) {
  (void)state;
  for (int rule = 0; rule < MC_ROUNDING_GRAM; rule++) {
    mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
    double largest = 0;
    assert_int_equal(mc_schedule_resize(&model.schedule, 1, NULL), MC_OK);
    model.rounding = (mc_kernel_rounding)rule;
    for (uint64_t seed = 0; seed < 1000; seed++)
      largest = fmax(largest, ratio_of_one_step(seed, &model));
    print_message("one step, rule %s: largest error / sound limit: %.3f\n", mc_kernel_rounding_name(model.rounding),
                  largest);
    assert_true(largest > 1.0 / 12 && largest <= 1);
    mc_kernel_model_clear(&model);
  }
}

static double sound_of(const double *g, size_t m, size_t n, const mc_kernel_model *model, size_t depth) {
  mc_audit_options options = mc_audit_default_options();
  mc_error e = {0};
  double sound;
  options.depth = depth;
  need(mc_audit_sound_limit(&sound, model, g, m, n, &options, &e), &e);
  return sound;
}

/* Less rounding, a narrower limit: exact sums, trees, any order, truncation, TF32 factors. */
static void test_models_are_ordered(void **state) {
  double *g = matrix_of("uniform", 12, 20, 6);
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  (void)state;
  double exact = sound_of(g, 12, 20, &model, MC_AUDIT_EXACT_SUMS), tree = sound_of(g, 12, 20, &model, 4),
         any = sound_of(g, 12, 20, &model, 0);
  model.truncate = true;
  double truncating = sound_of(g, 12, 20, &model, 0);
  model.tf32 = true;
  double tf32 = sound_of(g, 12, 20, &model, 0);
  assert_true(0 < exact && exact < tree && tree < any && any < truncating && truncating < tf32 / 50);
  mc_kernel_model_clear(&model);
  mc_free(g);
}

/* The kernel of another rule is beyond the limits of exact sums or of float32: they are not infinitely wide. */
static void test_limits_tell_models_apart(void **state) {
  double *g = matrix_of("uniform", 16, 16, 7), x[16 * 16];
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32), narrow = model_of(MC_DTYPE_FLOAT32);
  mc_error e = {0};
  mc_enclosure image;
  (void)state;
  narrow.tf32 = true;
  mc_enclosure_init(&image);
  need(mc_truth_ns_enclose(&image, g, 16, 16, &model.schedule, &model.normalisation, 100, &e), &e);
  need(mc_kernel_emulate(x, &narrow, g, 16, 16, NULL, &e), &e);
  assert_true(error_of(x, &image) > sound_of(g, 16, 16, &model, 4));
  mc_enclosure_clear(&image);
  mc_kernel_model_clear(&model);
  mc_kernel_model_clear(&narrow);
  mc_free(g);
}

/* What the norm of the output says of the path: with bfloat16 at 96 rows it makes a limit of the size of the output
 * from one that was of no use, and correct kernels stay within it. */
static void test_known_output(void **state) {
  double *g = matrix_of("uniform", 96, 96, 8), *x = mc_alloc(96 * 96, sizeof *x);
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *reference;
  mc_audit_finding f;
  mc_error e = {0};
  (void)state;
  mc_audit_finding_init(&f);
  options.roundings = 1u << MC_ROUNDING_SUMS;
  model.rounding = MC_ROUNDING_SUMS;
  need(mc_audit_reference_new(&reference, g, 96, 96, &model, &options, &e), &e);
  need(mc_kernel_emulate(x, &model, g, 96, 96, NULL, &e), &e);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  double before = f.spectrum;
  need(mc_audit_describe(&f, reference, x, &e), &e);
  assert_int_equal(f.verdict, MC_AUDIT_CONFORMS);
  assert_true(before > 1000 && f.spectrum < 40 && mc_ball_upper_double(f.error) < f.spectrum);
  for (size_t i = 0; i < 96 * 96; i++)
    x[i] = -x[i];
  need(mc_audit_judge(&f, reference, x, &e), &e);
  assert_int_equal(f.verdict, MC_AUDIT_SUSPICIOUS);
  need(mc_audit_describe(&f, reference, x, &e), &e);
  print_message("negated output: error %g, limit %g, %s\n", mc_ball_lower_double(f.error), f.spectrum,
                mc_audit_verdict_name(f.verdict));
  assert_true((f.verdict == MC_AUDIT_WRONG) == (mc_ball_lower_double(f.error) > fmin(f.sound, f.spectrum)));
  mc_audit_finding_clear(&f);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
}

/* The reference from plain doubles agrees with that from digits: same image, limits and verdicts. */
static void test_plain_reference(void **state) {
  enum { N = 130 };
  double *g = matrix_of("uniform(0.1)", N, N, 9), *x = mc_alloc(N * N, sizeof *x);
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *reference;
  mc_audit_finding f;
  mc_error e = {0};
  arb_ptr sigma = _arb_vec_init(N);
  mc_enclosure image;
  (void)state;
  mc_enclosure_init(&image);
  mc_audit_finding_init(&f);
  options.sound_only = true;
  need(mc_kernel_emulate(x, &model, g, N, N, NULL, &e), &e);
  need(mc_audit_reference_new(&reference, g, N, N, &model, &options, &e), &e);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  assert_int_equal(f.verdict, MC_AUDIT_UNDECIDED);
  assert_non_null(strstr(f.reason, "no rounding ensemble was run"));
  need(mc_audit_describe(&f, reference, x, &e), &e);
  need(mc_truth_ns_enclose(&image, g, N, N, &model.schedule, &model.normalisation, 60, &e), &e);
  need(mc_truth_sv_enclose(sigma, x, N, N, 40, &e), &e);
  assert_true(fabs(error_of(x, &image) - mc_ball_upper_double(f.error)) < 1e-6 * error_of(x, &image) + 1e-8);
  assert_true(arb_overlaps(f.sigma_max, sigma) && arb_overlaps(f.sigma_min, sigma + N - 1));
  assert_true(mc_ball_upper_double(f.sigma_max) - mc_ball_lower_double(f.sigma_max) < 1e-3);
  assert_true(mc_ball_upper_double(f.polar_distance) < INFINITY);
  memset(x, 0, N * N * sizeof *x);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  assert_int_equal(f.verdict, MC_AUDIT_WRONG);
  mc_audit_reference_free(reference);
  mc_audit_finding_clear(&f);
  mc_enclosure_clear(&image);
  _arb_vec_clear(sigma, N);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
}

/* A shallower summation tree narrows the sound limit. */
static void test_depth_narrows(void **state) {
  double *g = matrix_of("uniform", 16, 64, 5);
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *any, *tree;
  mc_error e = {0};
  double sound[2], spectrum[2];
  (void)state;
  need(mc_audit_reference_new(&any, g, 16, 64, &model, &options, &e), &e);
  options.depth = 8;
  need(mc_audit_reference_new(&tree, g, 16, 64, &model, &options, &e), &e);
  mc_audit_reference_sound(&sound[0], &spectrum[0], any);
  mc_audit_reference_sound(&sound[1], &spectrum[1], tree);
  assert_true(sound[1] < sound[0] && spectrum[1] < spectrum[0]);
  mc_audit_reference_free(any);
  mc_audit_reference_free(tree);
  mc_kernel_model_clear(&model);
  mc_free(g);
}

/* Bounds of errors whose squares underflow are no smaller than the errors: p = 3 x moves two matrices three times as
 * far apart. */
static void test_growth_underflows_upward(void **state) {
  arb_t sigma;
  fmpq p[6];
  (void)state;
  arb_init(sigma);
  for (int i = 0; i < 6; i++)
    fmpq_init(&p[i]);
  fmpq_set_si(&p[1], 3, 1);
  for (int exponent = -1000; exponent < 0; exponent += 20) {
    double s = ldexp(1, exponent / 2), e = ldexp(1, exponent);
    arb_set_d(sigma, s);
    assert_true(mc_audit_growth(sigma, 1, 0, p, s + e, e) >= 3 * e);
  }
  for (int i = 0; i < 6; i++)
    fmpq_clear(&p[i]);
  arb_clear(sigma);
}

/* No limit is derived for polynomials that the model does not have, whether an ensemble is run or not. */
static void test_long_polynomials_are_refused(void **state) {
  double *g = matrix_of("uniform", 4, 4, 1), sound;
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *reference;
  mc_error e = {0};
  (void)state;
  need(mc_schedule_set_text(&model.schedule, "2,-1.5,0.5; 2.1875,-2.1875,1.3125,-0.3125", &e), &e);
  for (int only = 0; only < 2; only++) {
    options.sound_only = only != 0;
    assert_int_equal(mc_audit_reference_new(&reference, g, 4, 4, &model, &options, &e), MC_BAD_INPUT);
    assert_null(reference);
    assert_non_null(strstr(e.text, "step 2 of the schedule has 4 coefficients"));
  }
  assert_int_equal(mc_audit_sound_limit(&sound, &model, g, 4, 4, &options, &e), MC_BAD_INPUT);
  mc_kernel_model_clear(&model);
  mc_free(g);
}

/* Against printed tables of Student's t. */
static void test_student(void **state) {
  static const struct {
    double probability, quantile;
    unsigned freedom;
  } table[] = {{0.025, 4.302653, 2}, {0.005, 3.169273, 10}, {0.025, 2.036933, 32}, {0.0005, 3.621802, 32}};
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    assert_true(fabs(mc_audit_student_quantile_approx(table[i].probability, table[i].freedom) - table[i].quantile) <
                1e-5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sound_limits_hold),
      cmocka_unit_test(test_sound_limits_are_near),
      cmocka_unit_test(test_without_normalisation),
      cmocka_unit_test(test_too_few_roundings),
      cmocka_unit_test(test_depth_narrows),
      cmocka_unit_test(test_models_are_ordered),
      cmocka_unit_test(test_limits_tell_models_apart),
      cmocka_unit_test(test_known_output),
      cmocka_unit_test(test_plain_reference),
      cmocka_unit_test(test_growth_underflows_upward),
      cmocka_unit_test(test_long_polynomials_are_refused),
      cmocka_unit_test(test_student),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
