#include "matgen.h"

/* True with probability exp(-1/2): von Neumann's method, the length of a decreasing run of deviates below 1/2
 * (algorithm H). */
static bool half_exponential(mc_random *r) {
  double a = mc_random_unit(r);
  if (a >= 0.5)
    return true;
  for (;;) {
    double b = mc_random_unit(r);
    if (b >= a)
      return false;
    a = mc_random_unit(r);
    if (a >= b)
      return true;
  }
}

/* True with probability exp(-x (2k + x)/(2k + 2)) (algorithm B). */
static bool fraction_accepted(double k, double x, mc_random *r) {
  bool even = true;
  double limit = (2 * k + x) / (2 * k + 2);
  for (double y = x;; even = !even) {
    double z = mc_random_unit(r);
    if (z >= y || mc_random_unit(r) >= limit)
      return even;
    y = z;
  }
}

static bool integer_accepted(uint64_t k, mc_random *r) {
  for (uint64_t i = 1; i < k; i++)
    for (uint64_t j = 0; j < k; j++)
      if (!half_exponential(r))
        return false;
  return true;
}

double mc_matgen_normal(mc_random *r) {
  for (;;) {
    uint64_t k = 0;
    while (half_exponential(r))
      k++;
    if (!integer_accepted(k, r))
      continue;
    double x = mc_random_unit(r);
    bool accepted = true;
    for (uint64_t i = 0; accepted && i <= k; i++)
      accepted = fraction_accepted((double)k, x, r);
    if (accepted)
      return mc_random_u32(r) & 1 ? (double)k + x : -((double)k + x);
  }
}
