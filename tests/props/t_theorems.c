/* The theorems of the papers that are checked with the loops of src/dynamics: the campaigns on a few trials, and
 * their false neighbours, each of which must be found violated with a small witness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "campaigns.h"

static void preconditioning(void **state) {
  static const char spec[] = "preconditioning_benefits_campaigns.claim";
  (void)state;
  campaign_holds(spec, "symmetric_factorisation", 24);
  campaign_holds(spec, "linear_attention", 24);
  neighbours_are_violated("preconditioning_false.claim", 60, 60);
}

static void quadratics(void **state) {
  static const char spec[] = "simple_quadratics_campaigns.claim";
  (void)state;
  campaign_holds(spec, "grid_confinement", 16);
  campaign_holds(spec, "iterations_upper", 16);
  campaign_holds(spec, "iterations_lower", 24);
  campaign_holds(spec, "greedy_identity", 24);
  neighbours_are_violated("quadratics_false.claim", 60, 60);
}

static void noisy_sign(void **state) {
  static const char spec[] = "simple_quadratics_campaigns.claim";
  (void)state;
  campaign_holds(spec, "hitting_time_is_finite", 50);
  campaign_holds(spec, "hitting_time_without_noise", 200);
  campaign_holds(spec, "hitting_time_small_noise", 50);
  campaign_holds(spec, "hitting_time_large_noise", 50);
  campaign_holds(spec, "sweet_spot", 20);
  neighbours_are_violated("noisy_sign_false.claim", 60, 6);
}

static void factorisation(void **state) {
  static const char spec[] = "balanced_factorisation_campaigns.claim";
  (void)state;
  campaign_holds(spec, "muon_conserves_balance", 16);
  campaign_holds(spec, "equal_rates", 16);
  campaign_holds(spec, "stable_at_any_step", 16);
  campaign_holds(spec, "gradient_descent_is_unstable", 100);
  campaign_holds(spec, "gradient_descent_conserves_square_balance", 100);
  campaign_holds(spec, "alignment_rate", 60);
  campaign_holds(spec, "alignment_rate_wide", 16);
  campaign_holds(spec, "two_steps_keep_determinant", 12);
  campaign_holds(spec, "two_steps_determinant_trap", 24);
  campaign_holds(spec, "two_steps_align", 8);
  neighbours_are_violated("factorisation_false.claim", 100, 70);
}

static void rivals(void **state) {
  static const char spec[] = "dimension_free_escape_campaigns.claim";
  (void)state;
  campaign_holds(spec, "escape_directions", 16);
  campaign_holds(spec, "escape_gradient_descent", 12);
  campaign_holds(spec, "escape_sign_descent_pure_spike", 24);
  campaign_holds(spec, "escape_sign_descent_axis_spike", 24);
  campaign_holds(spec, "escape_adam_pure_spike", 12);
  campaign_holds(spec, "escape_adam_axis_spike", 12);
  neighbours_are_violated("escape_rivals_false.claim", 60, 200);
}

static void modes(void **state) {
  static const char spec[] = "dimension_free_escape_campaigns.claim";
  (void)state;
  campaign_holds(spec, "quintic_bounds_f32", 16);
  campaign_holds(spec, "quintic_bounds_f64", 16);
  neighbours_are_violated("quintic_modes_false.claim", 30, 1200);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(preconditioning), cmocka_unit_test(quadratics), cmocka_unit_test(noisy_sign),
      cmocka_unit_test(factorisation),   cmocka_unit_test(rivals),     cmocka_unit_test(modes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
