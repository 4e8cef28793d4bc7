/* The quintic map on matrices: against the scalar map by hand, the campaigns, and their false neighbours. */
#include "../../props/props.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "campaigns.h"

#define PRECISION 256

/* x := rho(x) with the exact decimal coefficients, by Horner's rule in x^2. */
static void quintic(arb_t x) {
  static const long coefficients[] = {20315, -47750, 34445};
  arb_t square, sum, term;
  arb_init(square);
  arb_init(sum);
  arb_init(term);
  arb_mul(square, x, x, PRECISION);
  for (size_t i = 0; i < 3; i++) {
    arb_set_si(term, coefficients[i]);
    arb_div_ui(term, term, 10000, PRECISION);
    arb_mul(sum, sum, square, PRECISION);
    arb_add(sum, sum, term, PRECISION);
  }
  arb_mul(x, x, sum, PRECISION);
  arb_clear(square);
  arb_clear(sum);
  arb_clear(term);
}

/* diag(3, -4): singular values 0.6 and 0.8 after normalisation. */
static void image_of_a_diagonal_matrix(void **state) {
  (void)state;
  mc_prop_instance x = {0};
  double *g = mc_prop_instance_add(&x, "G", 2, 2);
  g[0] = 3;
  g[3] = -4;
  arb_ptr q = _arb_vec_init(4), t = _arb_vec_init(2);
  assert_int_equal(mc_props_quintic_image.measure(q, &x, 128, NULL), MC_OK);
  for (size_t i = 0; i < 2; i++) {
    arb_set_si(t + i, i == 0 ? 3 : 4);
    arb_div_ui(t + i, t + i, 5, PRECISION);
    assert_true(arb_overlaps(q + i, t + i));
    for (size_t step = 0; step < 5; step++)
      quintic(t + i);
  }
  size_t least = arb_lt(t, t + 1) ? 0 : 1;
  assert_true(arb_contains(q + 2, t + least) && arb_contains(q + 3, t + 1 - least));
  assert_true(arb_rel_accuracy_bits(q + 2) > 40 && arb_rel_accuracy_bits(q + 3) > 40);
  g[0] = 0.75;
  g[3] = 1;
  assert_int_equal(mc_props_quintic_step.measure(q, &x, 128, NULL), MC_OK);
  arb_set_d(t, 0.75);
  arb_one(t + 1);
  quintic(t);
  quintic(t + 1);
  assert_true(arb_contains(q + 2, t + 1) && arb_contains(q + 3, t));
  _arb_vec_clear(q, 4);
  _arb_vec_clear(t, 2);
  mc_prop_instance_clear(&x);
}

static void bounds_hold(void **state) {
  (void)state;
  static const char spec[] = "dimension_free_escape_campaigns.claim";
  campaign_holds(spec, "quintic_amplification", 20);
  campaign_holds(spec, "quintic_floor", 20);
  campaign_holds(spec, "quintic_band", 20);
  campaign_holds(spec, "quintic_invariant_interval", 20);
}

static void neighbours(void **state) {
  (void)state;
  neighbours_are_violated("quintic_bounds_false.claim", 40, 64);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(image_of_a_diagonal_matrix),
      cmocka_unit_test(bounds_hold),
      cmocka_unit_test(neighbours),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
