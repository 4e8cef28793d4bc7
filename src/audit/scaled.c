/* An output that was multiplied by a known scale: what it was before. */
#include <math.h>

#include "step.h"
#include "upward.h"

#define PRECISION 128

void mc_audit_unscale(double *y, double *amplitude, mc_audit_surroundings *around, const double *x, size_t m, size_t n,
                      const mc_audit_step_rule *rule, mc_dtype storage) {
  double u = ldexp(1, -mc_kernel_precision(storage)), eta = ldexp(1, mc_kernel_smallest_exponent(storage) - 1);
  double moved = 0, off = 0;
  arb_t scale, quotient, rounded;
  arb_init(scale);
  arb_init(quotient);
  arb_init(rounded);
  mc_audit_step_scale(scale, rule, m, n, PRECISION);
  double least = mc_ball_lower_double(scale);
  for (size_t i = 0; i < m * n; i++) {
    arb_set_d(quotient, x[i]);
    arb_div(quotient, quotient, scale, PRECISION);
    y[i] = arf_get_d(arb_midref(quotient), ARF_RND_NEAR);
    arb_set_d(rounded, y[i]);
    arb_sub(quotient, quotient, rounded, PRECISION);
    arb_abs(quotient, quotient);
    double away = mc_ball_upper_double(quotient);
    off = mc_up_add(off, mc_up_mul(away, away));
    /* the scale is held, the product is stored: relative to the result, (1 + u)^2 / (1 - u)^2 - 1 <= 5 u */
    double bound = mc_up_add(mc_up_mul(5 * u, fabs(y[i])), mc_up(2 * eta / least));
    moved = mc_up_add(moved, mc_up_mul(bound, bound));
    amplitude[i] = u * fabs(y[i]);
  }
  *around = (mc_audit_surroundings){.output = amplitude,
                                    .output_modes = {{y, u}},
                                    .output_bound = mc_up_sqrt(moved),
                                    .output_radius = mc_up_sqrt(off)};
  arb_clear(scale);
  arb_clear(quotient);
  arb_clear(rounded);
}
