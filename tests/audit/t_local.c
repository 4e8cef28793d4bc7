/* The bounds of one step: what it may be off by, powers of two below entries, 2-norms of magnitudes, the steepest slope,
 * coefficients as they are held. */
#include "support.h"

#include "../../src/audit/sound.h"

static mc_kernel_model one_step(mc_kernel_rounding rule) {
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  model.rounding = rule;
  assert_int_equal(mc_schedule_resize(&model.schedule, 1, NULL), MC_OK);
  return model;
}

static double power_below(double x) {
  int exponent;
  (void)frexp(x, &exponent);
  return x == 0 ? 0 : ldexp(1, exponent - 1);
}

/* One step from the orthogonal matrix I, where every rounding is at the mercy of a vector of signs: diagonal matrices have
 * magnitudes that are not larger than they are, and all entries err alike. */
static void test_local_errors(void **state) {
  enum { N = 64 };
  double x[N * N] = {0}, at = 0.9;
  (void)state;
  for (int rule = 0; rule < MC_ROUNDING_GRAM; rule++) {
    mc_kernel_model model = one_step((mc_kernel_rounding)rule);
    mc_audit_stage g = {.top = at};
    mc_error e = {0};
    mc_audit_rounding k = rounding_of(&model, N, N, MC_AUDIT_EXACT_SUMS);
    double a = 3.4445, b = -4.7750, c = 2.0315, t = at * at, u = 0x1p-8, root = 8, one = 0;
    for (size_t i = 0; i < N; i++)
      x[i * N + i] = at;
    mc_audit_polynomials_init(&g.f);
    mc_audit_polynomials_set(&g.f, &model.schedule.steps[0], &model);
    g.x = root * at;
    g.gram = root * t;
    g.q = root * fabs(b * t + c * t * t);
    g.h = g.q * at;
    g.p = root * at * (a + b * t + c * t * t);
    need(mc_audit_magnitudes_set(&g.two, &g.f, x, 1e-12, N, N, &e), &e);
    mc_audit_bounds local = mc_audit_local_error(&k, &g, &(mc_audit_distance){1e-9, at}, &model);
    /* to first order, all against p: A, B (cA, cAA, bA and B) and X (BX, aX and X); by half of a last place where the
     * bounds use that */
    double B = b * t + c * t * t, half = u * power_below(t), gram = fabs(b + 2 * c * t) * at * half;
    if (rule == MC_ROUNDING_SUMS)
      one = gram + at * u * power_below(fabs(B)) + u * power_below(at * (a + B));
    else
      one = gram + at * u * (2 * c * t * t - b * t + fabs(B)) + u * at * (fabs(B) + a + a + B);
    print_message("%s: %.4g, 2-norm %.4g; possible %.4g\n", mc_kernel_rounding_name((mc_kernel_rounding)rule),
                  local.f / root, local.two, one);
    assert_true(one <= local.two && one * root <= local.f && local.two < 2.1 * one && local.f <= 2.1 * one * root);
    mc_audit_polynomials_clear(&g.f);
    mc_kernel_model_clear(&model);
  }
}

/* Just above a tie, by less than a double shows and by less than float32 does; a tie; and a coefficient far from any. */
static void test_held_coefficients(void **state) {
  static const struct {
    const char *text;
    double least, most;
  } cases[] = {{"1.003906250000000000001", 1, 1.0078125},
               {"1.00390625093", 1, 1.0078125},
               {"1.00390625", 1, 1.0078125},
               {"3.4445", 3.4375, 3.4375}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double least, most;
    fmpq_t q;
    mc_error e = {0};
    fmpq_init(q);
    need(mc_ball_fmpq_set_text(q, cases[i].text, &e), &e);
    double held = mc_audit_held(&least, &most, q, MC_DTYPE_BFLOAT16);
    assert_true(least == cases[i].least && most == cases[i].most && held >= least && held <= most);
    fmpq_clear(q);
  }
}

/* Against matrices at that distance, spread evenly, or all on the entries that reach their next power of two first. */
static void test_units(void **state) {
  enum { COUNT = 4096 };
  static double x[COUNT], d[COUNT];
  mc_random r;
  mc_audit_units units;
  (void)state;
  mc_random_init(&r, 1, 3, 0);
  for (int i = 0; i < COUNT; i++)
    x[i] = i % 97 == 0 ? 0 : mc_matgen_normal(&r);
  mc_audit_units_set(&units, x, COUNT, 0);
  for (double share = 0; share < 1e3; share = share * 3 + 1e-4) {
    double spread = 0, crossing = 0, plain = 0, concentrated = 0, norm = 0;
    for (int i = 0; i < COUNT; i++) {
      double below = power_below(fabs(x[i])), gap = 2 * below - fabs(x[i]);
      d[i] = share * mc_matgen_normal(&r);
      spread = hypot(spread, d[i]);
      plain = hypot(plain, power_below(fabs(x[i] + d[i])));
      crossing = hypot(crossing, gap <= share * below ? gap : 0);
      concentrated = hypot(concentrated, gap <= share * below ? 2 * below : below);
      norm = hypot(norm, x[i]);
    }
    assert_true(plain <= mc_audit_units_norm(&units, spread));
    assert_true(concentrated <= mc_audit_units_norm(&units, crossing) * (1 + 1e-12));
    assert_true(mc_audit_units_norm(&units, 0) < 0.8 * norm);
    assert_true(mc_audit_units_norm(&units, crossing) < 2 * concentrated + 2 * crossing);
  }
  mc_audit_units_set(&units, x, COUNT, INFINITY);
  assert_true(isinf(mc_audit_units_norm(&units, 0)));
}

/* The largest quotient on a grid, and not much more. */
static void test_steepest(void **state) {
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  mc_audit_polynomials f;
  (void)state;
  mc_audit_polynomials_init(&f);
  mc_audit_polynomials_set(&f, &model.schedule.steps[0], &model);
  for (double top = 0.1; top < 1.4; top += 0.4)
    for (double s = top; s < 1.9; s += 0.3) {
      double most = 0, found = mc_audit_steepest(f.p, s, top);
      for (int i = -200; i <= 200; i++)
        for (int j = 0; j <= 200; j++) {
          double l = s * i / 200, m = top * j / 200 + 1e-9, p = l * (3.4445 + l * l * (-4.7750 + 2.0315 * l * l)),
                 q = m * (3.4445 + m * m * (-4.7750 + 2.0315 * m * m));
          most = fmax(most, fabs((p - q) / (l - m)));
        }
      assert_true(most <= found * (1 + 1e-6) && found <= 1.01 * most);
    }
  mc_audit_polynomials_clear(&f);
  mc_kernel_model_clear(&model);
}

/* || |M| ||_2 by powers, in double, for the Gram matrix and the next X. */
static void test_magnitudes(void **state) {
  enum { M = 130, N = 140 };
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  double *x = matrix_of("uniform", M, N, 5), *gram = mc_alloc(M * M, sizeof *gram), vector[M], next[M], norm = 0;
  mc_audit_polynomials f;
  mc_audit_magnitudes two;
  mc_error e = {0};
  (void)state;
  mc_audit_polynomials_init(&f);
  mc_audit_polynomials_set(&f, &model.schedule.steps[0], &model);
  need(mc_audit_magnitudes_set(&two, &f, x, 1e-12, M, N, &e), &e);
  for (size_t i = 0; i < M; i++)
    for (size_t j = 0; j < M; j++)
      for (size_t k = 0; k < N; k++)
        gram[i * M + j] += x[i * N + k] * x[j * N + k];
  for (size_t i = 0; i < M; i++)
    vector[i] = 1;
  for (int round = 0; round < 100; round++) {
    double size = 0;
    memset(next, 0, sizeof next);
    for (size_t i = 0; i < M; i++)
      for (size_t j = 0; j < M; j++)
        next[i] += fabs(gram[i * M + j]) * vector[j];
    for (size_t i = 0; i < M; i++)
      size = hypot(size, next[i]);
    for (size_t i = 0; i < M; i++)
      vector[i] = next[i] / size;
    norm = size;
  }
  assert_true(norm <= two.gram && two.gram < 1.5 * norm);
  assert_true(two.x >= sqrt(norm) * 0.99 && two.square > 0 && two.q <= 4.8 * two.gram + 2.1 * two.square);
  assert_true(two.p <= 3.5 * two.x + two.h + 1e-9 && isfinite(two.h));
  mc_audit_polynomials_clear(&f);
  mc_kernel_model_clear(&model);
  mc_free(x);
  mc_free(gram);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_local_errors), cmocka_unit_test(test_held_coefficients), cmocka_unit_test(test_units),
      cmocka_unit_test(test_steepest),     cmocka_unit_test(test_magnitudes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
