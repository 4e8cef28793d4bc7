/* Rounding x to nearest is off by at most u B(x), B(x) the largest power of two that is not above |x|: not by u |x|, which
 * is up to twice that.
 *
 * For every x, d and mu >= 4,  B(x + d)^2 <= max(B^2, 4 B^2 - mu (2B - |x|)^2) + mu d^2,  B = B(x).  Where |x + d| < 2B that is
 * clear; below 4B the left side is 4 B^2, and |d| >= 2B - |x|; above, B(x + d) <= |x + d| <= 2 |d|, as |x| < 2B.  Summed over
 * the entries of a matrix this bounds the Frobenius norm for each mu; docs/errors.md, section 3.5. */
#include <math.h>

#include "local.h"

/* The largest power of two that is not above x > 0. */
static double power_below(double x) {
  int exponent;
  (void)frexp(x, &exponent);
  return ldexp(1, exponent - 1);
}

void mc_audit_units_set(mc_audit_units *units, const double *x, size_t count, double radius) {
  double all = 0;
  *units = (mc_audit_units){.radius = radius};
  for (size_t i = 0; i < count; i++) {
    double size = fabs(x[i]), below = size > 0 ? power_below(size) : 0, square = below * below;
    double distance = nextafter(2 * below - size, 0), mu = 4 * distance * distance * (1 - 0x1p-50);
    all += square;
    for (int k = 0; k < MC_AUDIT_SCALES && mu < 3 * square; k++, mu *= 2)
      units->sum[k] += 3 * square - mu;
  }
  for (int k = 0; k < MC_AUDIT_SCALES; k++) /* fewer than count + 8 roundings, and squares that underflow */
    units->sum[k] = mc_up_add(mc_up_mul(mc_up_add(all, units->sum[k]), 1 + ((double)count + 8) * 0x1p-52),
                              (double)count * 0x1p-1020);
}

double mc_audit_units_norm(const mc_audit_units *units, double apart) {
  double d = mc_up_add(apart, units->radius), mu = 4, least = INFINITY;
  for (int k = 0; k < MC_AUDIT_SCALES; k++, mu *= 2)
    least = fmin(least, mc_up_add(units->sum[k], mc_up_mul(mu, mc_up_mul(d, d))));
  return mc_up_sqrt(least);
}

void mc_audit_magnitudes_init(mc_audit_magnitudes *two) {
  *two = (mc_audit_magnitudes){INFINITY,
                               INFINITY,
                               INFINITY,
                               INFINITY,
                               INFINITY,
                               INFINITY,
                               {.radius = INFINITY},
                               {.radius = INFINITY},
                               {.radius = INFINITY}};
}
