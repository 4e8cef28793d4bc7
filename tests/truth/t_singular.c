/* Singular values: exactly known ones are contained, and the enclosures are as tight as promised. */
#include "support.h"

#include "../../src/truth/singular.h"

/* Radius relative to the largest singular value. */
static double relative_radius(const arb_t x, const arb_t largest) {
  arb_t t;
  arb_init(t);
  arb_get_rad_arb(t, x);
  arb_div(t, t, largest, 64);
  double r = mc_ball_upper_double(t);
  arb_clear(t);
  return r;
}

/* (d I - 2 v v^T) diag(s): singular values d s_i, exactly; duplicates and zeros among the s_i. */
static void reflections(void **state) {
  (void)state;
  double a[32 * 32], q[32 * 32], d;
  for (uint32_t trial = 0; trial < 40; trial++) {
    mc_random r;
    mc_random_init(&r, 5, mc_random_stream_of("reflections"), trial);
    size_t n = 1 + mc_random_below(&r, 32), m = n + mc_random_below(&r, 32 - n + 1);
    int s[32];
    assert_int_equal(mc_matgen_exact_polar(a, q, &d, m, n, &r, NULL), MC_OK);
    for (size_t j = 0; j < n; j++)
      s[j] = (int)mc_random_below(&r, trial % 2 ? 4 : 1000);
    for (size_t i = 1; i < n; i++)
      for (size_t j = i; j > 0 && s[j] > s[j - 1]; j--) {
        int t = s[j];
        s[j] = s[j - 1];
        s[j - 1] = t;
      }
    for (size_t i = 0; i < m; i++)
      for (size_t j = 0; j < n; j++)
        a[i * n + j] = q[i * n + j] * s[j];
    arb_ptr sigma = _arb_vec_init((slong)n);
    slong bits = trial % 4 == 3 ? 100 : 46;
    assert_int_equal(mc_truth_sv_enclose(sigma, a, m, n, bits, NULL), MC_OK);
    for (size_t j = 0; j < n; j++) {
      assert_contains_double(&sigma[j], d * s[j]);
      assert_true(s[0] == 0 || relative_radius(&sigma[j], &sigma[0]) <= (bits == 100 ? 0x1p-100 : 1e-13));
    }
    _arb_vec_clear(sigma, (slong)n);
  }
}

/* Clusters, repeated, tiny and zero values: all of them reach the accuracy asked for, and the two accuracies overlap. */
static void clusters(void **state) {
  (void)state;
  static const char *const kinds[] = {"clustered(3)",      "repeated(2)",      "flat",
                                      "rank_deficient",    "one_tiny(1e-17)",  "one_tiny(0)",
                                      "min_spiked(1e-18)", "hilbert",          "log_uniform(1e-20)",
                                      "rademacher",        "log_spaced(1e-15)"};
  static double a[14 * 10];
  enum { BITS = 150 };
  for (uint32_t trial = 0; trial < 22; trial++) {
    mc_random r;
    mc_matgen_family family;
    const size_t n = 10, m = trial % 2 ? 14 : 10;
    arb_ptr coarse = _arb_vec_init((slong)n), fine = _arb_vec_init((slong)n);
    mc_random_init(&r, 3, mc_random_stream_of("clusters"), trial);
    assert_int_equal(mc_matgen_family_parse(&family, kinds[trial / 2], NULL), MC_OK);
    assert_int_equal(mc_matgen_matrix(a, m, n, &family, &r, NULL), MC_OK);
    assert_int_equal(mc_truth_sv_enclose(coarse, a, m, n, 46, NULL), MC_OK);
    assert_int_equal(mc_truth_sv_enclose(fine, a, m, n, BITS, NULL), MC_OK);
    for (size_t j = 0; j < n; j++) {
      assert_true(arb_overlaps(&coarse[j], &fine[j]));
      assert_true(relative_radius(&fine[j], &fine[0]) <= ldexp(1, -BITS));
    }
    _arb_vec_clear(coarse, (slong)n);
    _arb_vec_clear(fine, (slong)n);
  }
}

/* High precision: sqrt(1/2 (3 +- sqrt 5)) are those of (1 1; 0 1). */
static void golden(void **state) {
  (void)state;
  const double a[4] = {1, 1, 0, 1};
  arb_ptr sigma = _arb_vec_init(2);
  arb_t golden_ratio;
  arb_init(golden_ratio);
  arb_sqrt_ui(golden_ratio, 5, 2000);
  arb_add_ui(golden_ratio, golden_ratio, 1, 2000);
  arb_mul_2exp_si(golden_ratio, golden_ratio, -1);
  for (slong bits = 46; bits <= 1024; bits *= 2) {
    assert_int_equal(mc_truth_sv_enclose(sigma, a, 2, 2, bits, NULL), MC_OK);
    assert_true(arb_contains(&sigma[0], golden_ratio));
    assert_true(relative_radius(&sigma[0], &sigma[0]) <= ldexp(1, -(int)bits));
  }
  arb_inv(golden_ratio, golden_ratio, 2000);
  assert_true(arb_contains(&sigma[1], golden_ratio));
  arb_clear(golden_ratio);
  _arb_vec_clear(sigma, 2);
}

/* T3 is false for singular values out of order or negative.  A = diag(3, 2, 1), and each W diag(s) V^T below is A
 * exactly. */
static void hypotheses_of_t3(void **state) {
  (void)state;
  const double a[9] = {3, 0, 0, 0, 2, 0, 0, 0, 1};
  static const int order[][3] = {{2, 1, 0}, {1, 0, 2}, {0, 1, 2}};
  static const double signs[][3] = {{1, 1, 1}, {1, 1, 1}, {1, 1, -1}};
  mc_input in;
  arb_ptr sigma = _arb_vec_init(3);
  assert_int_equal(mc_input_set_double(&in, a, 3, 3, 1, 64, NULL), MC_OK);
  for (int k = 0; k < 3; k++) {
    double s[3], w[9] = {0}, v[9] = {0};
    for (int j = 0; j < 3; j++) {
      s[j] = signs[k][j] * a[4 * order[k][j]] / 4;
      w[3 * order[k][j] + j] = signs[k][j];
      v[3 * order[k][j] + j] = 1;
    }
    mc_svd svd = {3, 3, w, s, v};
    mc_decomposition d;
    mc_decomposition_init(&d, &svd);
    mc_decomposition_enclose(sigma, &d, &in, 128);
    for (int i = 0; i < 3; i++)
      assert_contains_double(&sigma[i], a[4 * i]);
    mc_decomposition_clear(&d);
  }
  _arb_vec_clear(sigma, 3);
  mc_input_clear(&in);
}

/* Any decomposition, however wrong, gives enclosures that hold: A = diag(3, 2, 1), random W, V and s. */
static void wrong_decompositions(void **state) {
  (void)state;
  const double a[9] = {3, 0, 0, 0, 2, 0, 0, 0, 1};
  mc_input in;
  arb_ptr sigma = _arb_vec_init(3);
  assert_int_equal(mc_input_set_double(&in, a, 3, 3, 1, 64, NULL), MC_OK);
  for (uint32_t trial = 0; trial < 500; trial++) {
    mc_random r;
    double w[9], v[9], s[3] = {0.75, 0.5, 0.25};
    mc_random_init(&r, 1, mc_random_stream_of("wrong_decompositions"), trial);
    double noise = ldexp(1, -(int)mc_random_below(&r, 40));
    for (int i = 0; i < 9; i++) {
      double vectors = trial % 2 ? noise : 0; /* or only the values are wrong */
      w[i] = (i % 4 == 0) + vectors * (mc_random_unit(&r) - 0.5);
      v[i] = (i % 4 == 0) + vectors * (mc_random_unit(&r) - 0.5);
    }
    for (int i = 0; i < 3; i++)
      s[i] += noise * (mc_random_unit(&r) - 0.5) / 8;
    mc_svd svd = {3, 3, w, s, v};
    mc_decomposition d;
    mc_decomposition_init(&d, &svd);
    mc_decomposition_enclose(sigma, &d, &in, 128);
    for (int i = 0; i < 3; i++)
      assert_contains_double(&sigma[i], a[4 * i]);
    mc_decomposition_clear(&d);
  }
  _arb_vec_clear(sigma, 3);
  mc_input_clear(&in);
}

/* Weyl: the identity is within 0.25 of the value 1.25 I (n = 1). */
static void near(void **state) {
  (void)state;
  mc_enclosure x;
  mc_enclosure_init(&x);
  arb_mat_clear(x.value);
  arb_mat_init(x.value, 1, 1);
  arb_set_d(arb_mat_entry(x.value, 0, 0), -1.25);
  mag_set_ui_2exp_si(x.radius, 1, -2);
  arb_t sigma;
  arb_init(sigma);
  assert_int_equal(mc_truth_sv_enclose_near(sigma, &x, NULL), MC_OK);
  assert_contains_double(sigma, 1);
  assert_contains_double(sigma, 1.5);
  arb_clear(sigma);
  mc_enclosure_clear(&x);
}

static void refused(void **state) {
  (void)state;
  const double nan[2] = {1, NAN};
  arb_t sigma;
  arb_init(sigma);
  assert_int_equal(mc_truth_sv_enclose(sigma, nan, 1, 2, 46, NULL), MC_UNDECIDED);
  assert_false(arb_is_finite(sigma));
  assert_int_equal(mc_truth_sv_enclose(NULL, nan, 0, 2, 46, NULL), MC_BAD_INPUT);
  assert_int_equal(mc_truth_sv_enclose(sigma, nan, 1, 1, 0, NULL), MC_BAD_INPUT);
  assert_int_equal(mc_truth_sv_enclose(sigma, nan, 1, 1, 9999, NULL), MC_BAD_INPUT);
  arb_clear(sigma);
}

static void zero_matrix(void **state) {
  (void)state;
  const double zero[6] = {0};
  arb_ptr sigma = _arb_vec_init(2);
  assert_int_equal(mc_truth_sv_enclose(sigma, zero, 2, 3, 46, NULL), MC_OK);
  assert_contains_double(&sigma[0], 0);
  assert_true(mc_ball_upper_double(&sigma[0]) == 0);
  _arb_vec_clear(sigma, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reflections),
      cmocka_unit_test(clusters),
      cmocka_unit_test(golden),
      cmocka_unit_test(hypotheses_of_t3),
      cmocka_unit_test(wrong_decompositions),
      cmocka_unit_test(near),
      cmocka_unit_test(refused),
      cmocka_unit_test(zero_matrix),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
