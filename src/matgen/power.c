#include "private.h"

#include <math.h>

/* x^f for 0 <= f < 1: the product of x^(2^-i) over the binary digits i of f. */
static double fractional_power(double x, double f) {
  double product = 1;
  while (f > 0) {
    x = sqrt(x);
    f *= 2;
    if (f >= 1) {
      product *= x;
      f -= 1;
    }
  }
  return product;
}

static double integer_power(double x, uint64_t k) {
  double product = 1;
  for (; k; k >>= 1) {
    if (k & 1)
      product *= x;
    x *= x;
  }
  return product;
}

double mc_matgen_power(double x, double e) {
  if (e < 0)
    return 1 / mc_matgen_power(x, -e);
  uint64_t whole = (uint64_t)e;
  return integer_power(x, whole) * fractional_power(x, e - (double)whole);
}
