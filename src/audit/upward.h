/* Nonnegative doubles rounded upward: every result is an upper bound of the exact result for operands that are upper
 * bounds. Round to nearest is off by at most half a last place, so the next double is a bound; an indeterminate
 * result becomes infinite. */
#ifndef MUONCERT_AUDIT_UPWARD_H
#define MUONCERT_AUDIT_UPWARD_H

#include <math.h>

static inline double mc_up(double x) {
  return isnan(x) ? (double)INFINITY : nextafter(x, (double)INFINITY);
}

static inline double mc_up_add(double x, double y) {
  return x == 0 ? y : y == 0 ? x : mc_up(x + y);
}

static inline double mc_up_add3(double x, double y, double z) {
  return mc_up_add(mc_up_add(x, y), z);
}

static inline double mc_up_mul(double x, double y) {
  return x == 0 || y == 0 ? 0 : mc_up(x * y);
}

static inline double mc_up_sqrt(double x) {
  return mc_up(sqrt(x));
}

/* x / (1 - y); infinite where 1 - y may not be positive. */
static inline double mc_up_over_one_minus(double x, double y) {
  double lower = nextafter(1 - y, -(double)INFINITY);
  return y < 1 && lower > 0 ? mc_up(x / lower) : (double)INFINITY;
}

#endif
