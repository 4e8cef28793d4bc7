/* The scalar sequences of S2.L1 and S1.T1': runs done by hand, the campaigns, and their false neighbours. */
#include "../../props/props.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ball/ball.h"
#include "campaigns.h"

static mc_prop_instance one_matrix(const char *name, const double *values, size_t rows, size_t columns) {
  mc_prop_instance x = {0};
  memcpy(mc_prop_instance_add(&x, name, rows, columns), values, rows * columns * sizeof *values);
  return x;
}

static void is_near(const arb_t x, double value, double error) {
  if (!(mc_ball_lower_double(x) >= value - error && mc_ball_upper_double(x) <= value + error))
    fail_msg("%.17g is not in [%.17g, %.17g]", value, mc_ball_lower_double(x), mc_ball_upper_double(x));
}

/* The same sequence in doubles: with q = 3/4 the last step is 3e-8, far above their rounding. */
static double ratio_in_doubles(double x, double lambda) {
  double step = 1, ratio = 0;
  for (int t = 0; t <= 60; t++, step *= 0.75) {
    ratio = fmax(ratio, fabs(fabs(x) - sqrt(lambda)) / step);
    x -= x * (x * x - lambda) > 0 ? step : -step;
  }
  return ratio;
}

static void sign_sequence_by_hand(void **state) {
  (void)state;
  static const double starts[] = {2.75, 1.3, -4.5, 0.01};
  double settings[5] = {0.75, 3, 1, 2, 0};
  arb_ptr q = _arb_vec_init(5);
  mc_prop_instance x = one_matrix("settings", settings, 1, 5);
  for (size_t i = 0; i < 4; i++) {
    x.matrices[0].entries[4] = starts[i];
    assert_int_equal(mc_props_sign_sequence.measure(q, &x, 64, NULL), MC_OK);
    is_near(q + 3, fabs(fabs(starts[i]) - sqrt(2)), 1e-15);
    is_near(q + 4, ratio_in_doubles(starts[i], 2), 1e-6);
  }
  x.matrices[0].entries[3] = x.matrices[0].entries[4] = 1; /* sign(0) */
  assert_int_equal(mc_props_sign_sequence.measure(q, &x, 64, NULL), MC_UNDECIDED);
  mc_prop_instance_clear(&x);
  _arb_vec_clear(q, 5);
}

/* A single mode: its normalised gradient is -1, so that every step is eta rho^5(1). */
static void single_mode_by_hand(void **state) {
  (void)state;
  const double w = 0.25, mu = 1, settings[3] = {2, 0.0625, 1};
  double y = 1;
  for (int step = 0; step < 5; step++)
    y = 3.4445 * y - 4.7750 * y * y * y + 2.0315 * y * y * y * y * y;
  mc_prop_instance x = one_matrix("w", &w, 1, 1);
  *mc_prop_instance_add(&x, "mu", 1, 1) = mu;
  memcpy(mc_prop_instance_add(&x, "settings", 1, 3), settings, sizeof settings);
  arb_ptr q = _arb_vec_init(6);
  assert_int_equal(mc_props_newton_schulz_escape.measure(q, &x, 256, NULL), MC_OK);
  assert_true(arb_equal_si(q, (slong)ceil(0.75 / (0.0625 * y))));
  is_near(q + 1, 0.25, 0);
  assert_true(mc_ball_upper_double(q + 5) >= 1 && mc_ball_upper_double(q + 5) < 2);
  mc_prop_instance_clear(&x);
  _arb_vec_clear(q, 6);
}

static void theorems_hold(void **state) {
  (void)state;
  campaign_holds("preconditioning_benefits_campaigns.claim", "sign_sequence", 400);
  campaign_holds("dimension_free_escape_campaigns.claim", "newton_schulz_escape", 32);
}

static void neighbours(void **state) {
  (void)state;
  neighbours_are_violated("sign_sequence_false.claim", 400, 5);
  neighbours_are_violated("newton_schulz_escape_false.claim", 60, 16);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sign_sequence_by_hand),
      cmocka_unit_test(single_mode_by_hand),
      cmocka_unit_test(theorems_hold),
      cmocka_unit_test(neighbours),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
