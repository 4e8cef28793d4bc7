/* Errors on inputs so small that the schedule is nearly linear on them, relative to the image and not to 1. */
#include <math.h>

#include "audit.h"
#include "sound.h"

#define PRECISION 128

/* factor := an enclosure of P(x) / x for all 0 < x <= s, P the composition of all steps: the product of their own
 * factors a + b y + c y^2 at y = x_k^2, over intervals. */
static void enclose_factor(arb_t factor, const mc_schedule *schedule, const arb_t s) {
  arb_t x, y, own, coefficient;
  arb_init(x);
  arb_init(y);
  arb_init(own);
  arb_init(coefficient);
  arb_one(factor);
  arb_zero(x);
  arb_union(x, x, s, PRECISION); /* [0, s] */
  for (size_t k = 0; k < schedule->count; k++) {
    const mc_schedule_step *step = &schedule->steps[k];
    arb_sqr(y, x, PRECISION);
    arb_zero(own);
    for (slong j = step->terms; j-- > 0;) {
      arb_mul(own, own, y, PRECISION);
      arb_set_fmpq(coefficient, &step->c[j], PRECISION);
      arb_add(own, own, coefficient, PRECISION);
    }
    arb_mul(factor, factor, own, PRECISION);
    arb_mul(x, x, own, PRECISION);
  }
  arb_clear(x);
  arb_clear(y);
  arb_clear(own);
  arb_clear(coefficient);
}

/* norm := ||x - factor g||_F; x NULL: 0. */
static void enclose_distance(arb_t norm, const double *x, const arb_t factor, const double *g, size_t count) {
  arb_t t, value;
  arb_init(t);
  arb_init(value);
  arb_zero(norm);
  for (size_t i = 0; i < count; i++) {
    arb_set_d(t, g[i]);
    arb_mul(t, t, factor, PRECISION);
    arb_set_d(value, x ? x[i] : 0);
    arb_sub(t, value, t, PRECISION);
    arb_addmul(norm, t, t, PRECISION);
  }
  arb_sqrtpos(norm, norm, PRECISION);
  arb_clear(t);
  arb_clear(value);
}

/* With alpha the midpoint of the factor and rho its radius, |P(s) - alpha s| <= rho s at the singular values s of
 * X_0, so that ||image - alpha X_0||_F <= rho ||X_0||_F. */
void mc_audit_small_enclose(arb_t error, arb_t size, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                            const double *x) {
  double lower, upper;
  arb_t divisor, norm, factor;
  mag_t off;
  arb_init(divisor);
  arb_init(norm);
  arb_init(factor);
  mag_init(off);
  mc_audit_sound_divisor(divisor, model, g, m * n);
  mc_audit_sound_norm(&lower, &upper, g, m * n);
  arb_set_d(norm, upper);
  arb_div(norm, norm, divisor, PRECISION);
  enclose_factor(factor, &model->schedule, norm);
  arb_get_mag(off, norm);
  mag_mul(off, off, arb_radref(factor));
  mag_zero(arb_radref(factor));
  arb_div(factor, factor, divisor, PRECISION);
  enclose_distance(error, x, factor, g, m * n);
  enclose_distance(size, NULL, factor, g, m * n);
  mc_ball_add_error_nonnegative(error, off, PRECISION);
  mc_ball_add_error_nonnegative(size, off, PRECISION);
  arb_clear(divisor);
  arb_clear(norm);
  arb_clear(factor);
  mag_clear(off);
}
