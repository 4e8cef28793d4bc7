/* Escape from the quadratic saddle: runs that can be done by hand, the campaigns, and their false neighbours. */
#include "../../props/props.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "campaigns.h"
#include "dynamics/dynamics.h"

/* W_0 = diag(1/4, 1), u = v = e_1, H = -W on the corner and W on the bulk: the polar factor is diag(-1, 1), and s
 * grows by exactly eta = 1/8 from 1/4 to 1, in 6 steps, all of it exact in doubles. */
static mc_dynamics_saddle by_hand(void) {
  static const double start[4] = {0.25, 0, 0, 1}, axis[2] = {1, 0};
  return (mc_dynamics_saddle){.m = 2,
                              .n = 2,
                              .curvature = {.lambda = 1, .bulk = 1},
                              .u = axis,
                              .v = axis,
                              .start = start,
                              .step_size = 0.125,
                              .target = 1,
                              .limit = 100};
}

static void an_exact_run(void **state) {
  (void)state;
  mc_dynamics_saddle p = by_hand();
  mc_dynamics_escape x;
  mc_dynamics_escape_init(&x);
  assert_int_equal(mc_dynamics_saddle_escape(&x, &p, 128, NULL), MC_OK);
  assert_true(arb_equal_si(x.steps, 6) && mc_ball_upper_double(x.start) == 0.25);
  assert_true(mc_ball_upper_double(x.noise) < 1e-30 && mc_ball_upper_double(x.incoherence) < 1e-30);
  assert_true(mc_ball_upper_double(x.error) < 1e-12);
  p.limit = 4;
  assert_int_equal(mc_dynamics_saddle_escape(&x, &p, 128, NULL), MC_OK);
  assert_true(arb_contains_si(x.steps, 5) && !arb_contains_si(x.steps, 4) && arb_contains_si(x.steps, 1 << 30));
  mc_dynamics_escape_clear(&x);
}

/* Adam on one number: the first direction is g/(|g| + eps), and what src/ref does is the exact direction up to rounding.
 * With beta1 = beta2 = 0 every direction is the first one's, and there are 6 steps as above; with the usual betas the
 * growing gradients are seen late, and no direction exceeds 1. */
static void adam_is_followed(void **state) {
  (void)state;
  mc_dynamics_saddle p = by_hand();
  mc_dynamics_escape x;
  p.method = MC_METHOD_ADAM;
  p.adam_eps = 0x1p-30;
  mc_dynamics_escape_init(&x);
  assert_int_equal(mc_dynamics_saddle_escape(&x, &p, 128, NULL), MC_OK);
  assert_true(arb_equal_si(x.steps, 7) && mc_ball_upper_double(x.error) < 1e-12); /* 6 steps of 1 - 2^-28 fall short */
  p.beta1 = 0.9;
  p.beta2 = 0.999;
  assert_int_equal(mc_dynamics_saddle_escape(&x, &p, 128, NULL), MC_OK);
  assert_true(arb_contains_si(x.steps, 7) && mc_ball_upper_double(x.error) < 1e-12);
  mc_dynamics_escape_clear(&x);
}

/* ||N||_2 = 1/16 for N = [[0, 1/16], [1/16, 0]] in every other step; kappa = 1/8 and theta = -1/4 in the first. */
static void noise_is_bounded(void **state) {
  (void)state;
  static const double noise[8] = {0, 0.0625, 0.0625, 0, 0, 0, 0, 0};
  mc_dynamics_saddle p = by_hand();
  p.noise = noise;
  p.noise_count = 2;
  mc_dynamics_escape x;
  mc_dynamics_escape_init(&x);
  assert_int_equal(mc_dynamics_saddle_escape(&x, &p, 128, NULL), MC_OK);
  assert_true(mc_ball_lower_double(x.noise) >= 0.0625 && mc_ball_upper_double(x.noise) < 0.0626);
  assert_true(mc_ball_lower_double(x.incoherence) >= 0.25 && mc_ball_upper_double(x.incoherence) < 0.2501);
  mc_dynamics_escape_clear(&x);
}

/* Directions that are not unit vectors stand for their normalisations; the difference is noise of the gradient. */
static void directions_are_normalised(void **state) {
  (void)state;
  static const double axis[2] = {1 + 0x1p-20, 0}, nothing[2] = {0, 0};
  mc_dynamics_saddle p = by_hand();
  mc_dynamics_escape x;
  mc_dynamics_escape_init(&x);
  p.u = axis;
  assert_int_equal(mc_dynamics_saddle_escape(&x, &p, 128, NULL), MC_OK);
  assert_true(mc_ball_lower_double(x.noise) > 1e-7 && mc_ball_upper_double(x.noise) < 1e-5);
  assert_true(mc_ball_upper_double(x.start) == 0.25);
  p.v = nothing;
  assert_int_equal(mc_dynamics_saddle_escape(&x, &p, 128, NULL), MC_UNDECIDED);
  mc_dynamics_escape_clear(&x);
}

static void theorems_hold(void **state) {
  (void)state;
  campaign_holds("dimension_free_escape_campaigns.claim", "escape_bracket", 16);
  campaign_holds("dimension_free_escape_campaigns.claim", "escape_bracket_noise", 16);
}

static void neighbours(void **state) {
  (void)state;
  neighbours_are_violated("saddle_escape_false.claim", 48, 40);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_exact_run),  cmocka_unit_test(noise_is_bounded), cmocka_unit_test(directions_are_normalised),
      cmocka_unit_test(theorems_hold), cmocka_unit_test(neighbours),       cmocka_unit_test(adam_is_followed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
