#include "aligned.h"

#include <math.h>

double mc_props_draw_dyadic(mc_random *r, double low, double high, int bits) {
  return ldexp(nearbyint(ldexp(low + (high - low) * mc_random_unit(r), bits)), -bits);
}

mc_status mc_props_draw_values(double *v, size_t n, double scale, int bits, bool positive, const mc_prop_case *c,
                               mc_random *r, mc_error *e) {
  mc_status status = mc_prop_draw_spectrum(v, n, c, r, e);
  double largest = status == MC_OK && v[0] > 0 ? v[0] : 1;
  for (size_t i = 0; i < n && status == MC_OK; i++) {
    v[i] = ldexp(nearbyint(ldexp(scale * v[i] / largest, bits)), -bits);
    if (positive && v[i] == 0)
      v[i] = ldexp(1, -bits);
  }
  return status;
}

void mc_props_draw_orthogonal(double *q, size_t n, const mc_prop_case *c, mc_random *r) {
  if (!c->aligned) {
    mc_dynamics_draw_exact_orthogonal(q, n, r);
    return;
  }
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      q[i * n + j] = i == j;
}

void mc_props_largest_error(arb_t x, arb_srcptr modes, arb_srcptr target, bool moduli, size_t n, slong precision) {
  arb_t error;
  arb_init(error);
  arb_zero(x);
  for (size_t i = 0; i < n; i++) {
    if (moduli)
      arb_abs(error, modes + i);
    else
      arb_set(error, modes + i);
    arb_sub(error, error, target + i, precision);
    arb_abs(error, error);
    arb_max(x, x, error, precision);
  }
  arb_clear(error);
}

size_t mc_props_count_zeros(arb_srcptr modes, size_t count) {
  size_t zeros = 0;
  for (size_t i = 0; i < count; i++)
    zeros += arb_is_zero(modes + i) != 0;
  return zeros;
}
