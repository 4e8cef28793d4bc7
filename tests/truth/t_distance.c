/* Distances and orthogonality defects with known values. */
#include "support.h"

/* x - truth with truth = 0 (radius 0 or 1/2) and x = diag(3, -4): norms 5, 4, 4. */
static void known_distances(void **state) {
  (void)state;
  const double x[4] = {3, 0, 0, -4}, half[] = {0, 0.5};
  for (int k = 0; k < 2; k++) {
    mc_enclosure truth;
    mc_truth_distance d;
    mc_enclosure_init(&truth);
    mc_truth_distance_init(&d);
    arb_mat_clear(truth.value);
    arb_mat_init(truth.value, 2, 2);
    mag_set_d(truth.radius, half[k]);
    assert_int_equal(mc_truth_distance_enclose(&d, x, &truth, NULL), MC_OK);
    for (int side = -1; side <= 1; side += 2) {
      assert_contains_double(d.frobenius, 5 + side * half[k]);
      assert_contains_double(d.spectral, 4 + side * half[k]);
      assert_contains_double(d.entry, 4 + side * half[k]);
    }
    assert_true(mc_ball_upper_double(d.spectral) < 4 + half[k] + 1e-8);
    mc_enclosure_clear(&truth);
    mc_truth_distance_clear(&d);
  }
}

/* A distance cannot be negative, however large the radius. */
static void clamped_at_zero(void **state) {
  (void)state;
  const double x[1] = {1};
  mc_enclosure truth;
  mc_truth_distance d;
  mc_enclosure_init(&truth);
  mc_truth_distance_init(&d);
  arb_mat_clear(truth.value);
  arb_mat_init(truth.value, 1, 1);
  mag_set_ui(truth.radius, 3);
  assert_int_equal(mc_truth_distance_enclose(&d, x, &truth, NULL), MC_OK);
  assert_contains_double(d.frobenius, 0);
  assert_contains_double(d.frobenius, 4);
  assert_true(mc_ball_lower_double(d.frobenius) > -1e-8);
  const double nan[1] = {NAN};
  assert_int_equal(mc_truth_distance_enclose(&d, nan, &truth, NULL), MC_UNDECIDED);
  assert_false(arb_is_finite(d.frobenius) || arb_is_finite(d.spectral) || arb_is_finite(d.entry));
  mc_enclosure_clear(&truth);
  mc_truth_distance_clear(&d);
}

/* I - X X^T for X = diag(1/2, 2) padded: diag(3/4, -3). */
static void known_defects(void **state) {
  (void)state;
  const double wide[6] = {0.5, 0, 0, 0, 2, 0}, tall[6] = {0.5, 0, 0, 2, 0, 0}, orthonormal[4] = {0, 1, -1, 0};
  arb_t frobenius, spectral;
  arb_init(frobenius);
  arb_init(spectral);
  for (int k = 0; k < 2; k++) {
    assert_int_equal(mc_truth_orthogonality_enclose(frobenius, spectral, k ? tall : wide, k ? 3 : 2, k ? 2 : 3, NULL),
                     MC_OK);
    arb_mul(frobenius, frobenius, frobenius, 64);
    assert_contains_double(frobenius, 0.5625 + 9);
    assert_contains_double(spectral, 3);
    assert_true(mc_ball_upper_double(spectral) < 3 + 1e-8);
  }
  assert_int_equal(mc_truth_orthogonality_enclose(frobenius, spectral, orthonormal, 2, 2, NULL), MC_OK);
  assert_true(mc_ball_upper_double(frobenius) < 1e-30);
  const double nan[1] = {NAN};
  assert_int_equal(mc_truth_orthogonality_enclose(frobenius, spectral, nan, 1, 1, NULL), MC_UNDECIDED);
  assert_false(arb_is_finite(frobenius) || arb_is_finite(spectral));
  arb_clear(frobenius);
  arb_clear(spectral);
}

/* Digits are decided only where the whole interval rounds alike: 0.125 +- 2^-40. */
static void decided_digits(void **state) {
  (void)state;
  mc_enclosure x;
  mc_enclosure_init(&x);
  arb_mat_clear(x.value);
  arb_mat_init(x.value, 1, 2);
  arb_set_d(arb_mat_entry(x.value, 0, 0), 0.125);
  mag_set_ui_2exp_si(x.radius, 1, -40);
  assert_true(mc_enclosure_entry_decided(&x, 0, 0, 3));
  assert_true(mc_enclosure_entry_decided(&x, 0, 0, 10));
  assert_false(mc_enclosure_entry_decided(&x, 0, 0, 2)); /* halfway between 0.12 and 0.13 */
  assert_false(mc_enclosure_entry_decided(&x, 0, 0, 14));
  assert_false(mc_enclosure_entry_decided(&x, 0, 1, 2)); /* zero has no digits */
  mag_inf(x.radius);
  assert_false(mc_enclosure_entry_decided(&x, 0, 0, 3));
  mc_enclosure_clear(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_distances),
      cmocka_unit_test(clamped_at_zero),
      cmocka_unit_test(known_defects),
      cmocka_unit_test(decided_digits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
