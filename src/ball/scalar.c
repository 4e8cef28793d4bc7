/* Scalars: directed conversions, and the largest value of a polynomial on an interval. */
#include "ball.h"

#include <math.h>

double mc_ball_lower_double(const arb_t x) {
  arf_t t;
  arf_init(t);
  arb_get_lbound_arf(t, x, 64);
  double d = arf_is_nan(t) ? -INFINITY : arf_get_d(t, ARF_RND_FLOOR);
  arf_clear(t);
  return d;
}

double mc_ball_upper_double(const arb_t x) {
  arf_t t;
  arf_init(t);
  arb_get_ubound_arf(t, x, 64);
  double d = arf_is_nan(t) ? INFINITY : arf_get_d(t, ARF_RND_CEIL);
  arf_clear(t);
  return d;
}

double mc_ball_mag_upper_double(const mag_t x) {
  arf_t t;
  arf_init(t);
  arf_set_mag(t, x);
  double d = arf_get_d(t, ARF_RND_CEIL);
  arf_clear(t);
  return d;
}

void mc_ball_add_error_nonnegative(arb_t x, const mag_t r, slong prec) {
  arf_t lo, hi;
  arf_init(lo);
  arf_init(hi);
  arb_add_error_mag(x, r);
  if (arb_is_finite(x)) {
    arb_get_interval_arf(lo, hi, x, prec);
    if (arf_sgn(lo) < 0)
      arf_zero(lo);
    arb_set_interval_arf(x, lo, hi, prec);
  } else {
    arb_zero_pm_inf(x);
  }
  arf_clear(lo);
  arf_clear(hi);
}

enum { POLY_PREC = 64, POLY_DEPTH = 48 };

/* A polynomial and its derivative in balls. */
typedef struct {
  arb_poly_t p, derivative;
  arf_t largest; /* a lower bound of max |p| met so far */
  mag_t bound;   /* an upper bound of max |p| over the boxes finished so far */
} poly_search;

/* y := an enclosure of p on the box [middle - radius, middle + radius]: Horner and the mean value form, intersected. */
static void box_evaluate(arb_t y, const poly_search *s, const arb_t box) {
  arb_t at, slope;
  mag_t shift;
  arb_init(at);
  arb_init(slope);
  mag_init(shift);
  arb_poly_evaluate(y, s->p, box, POLY_PREC);
  arb_poly_evaluate(slope, s->derivative, box, POLY_PREC);
  arb_get_mag(shift, slope);
  mag_mul(shift, shift, arb_radref(box));
  arb_set(at, box);
  mag_zero(arb_radref(at));
  arb_poly_evaluate(at, s->p, at, POLY_PREC);
  arb_add_error_mag(at, shift);
  if (mag_cmp(arb_radref(at), arb_radref(y)) < 0)
    arb_swap(y, at);
  arb_clear(at);
  arb_clear(slope);
  mag_clear(shift);
}

/* Raise s->largest to |p(middle of box)|, rounded down. */
static void box_sample(poly_search *s, const arb_t box) {
  arb_t y;
  arf_t low;
  arb_init(y);
  arf_init(low);
  arb_set(y, box);
  mag_zero(arb_radref(y));
  arb_poly_evaluate(y, s->p, y, POLY_PREC);
  arb_get_abs_lbound_arf(low, y, POLY_PREC);
  if (arf_cmp(low, s->largest) > 0)
    arf_set(s->largest, low);
  arb_clear(y);
  arf_clear(low);
}

/* Raise s->bound to an upper bound of |p| on [lo, hi]; boxes whose bound is within 2^-10 of the largest value met
 * need no split. */
static void box_bound(poly_search *s, const arf_t lo, const arf_t hi, int depth) {
  arb_t box, y;
  arf_t enough, middle;
  mag_t upper;
  arb_init(box);
  arb_init(y);
  arf_init(enough);
  arf_init(middle);
  mag_init(upper);
  arb_set_interval_arf(box, lo, hi, POLY_PREC);
  box_sample(s, box);
  box_evaluate(y, s, box);
  arb_get_mag(upper, y);
  arf_mul_ui(enough, s->largest, 1025, POLY_PREC, ARF_RND_DOWN);
  arf_mul_2exp_si(enough, enough, -10);
  if (depth == 0 || arf_cmpabs_mag(enough, upper) >= 0) {
    mag_max(s->bound, s->bound, upper);
  } else {
    arf_add(middle, lo, hi, POLY_PREC, ARF_RND_NEAR);
    arf_mul_2exp_si(middle, middle, -1);
    box_bound(s, middle, hi, depth - 1);
    box_bound(s, lo, middle, depth - 1);
  }
  arb_clear(box);
  arb_clear(y);
  arf_clear(enough);
  arf_clear(middle);
  mag_clear(upper);
}

static void poly_max_upper(mag_t bound, const arb_poly_t p, const mag_t end) {
  poly_search s;
  arf_t lo, hi;
  arf_init(lo);
  arf_init(hi);
  arb_poly_init(s.p);
  arb_poly_init(s.derivative);
  arf_init(s.largest);
  mag_init(s.bound);
  arb_poly_set(s.p, p);
  arb_poly_derivative(s.derivative, p, POLY_PREC);
  arf_set_mag(hi, end);
  box_bound(&s, lo, hi, POLY_DEPTH);
  mag_set(bound, s.bound);
  arb_poly_clear(s.p);
  arb_poly_clear(s.derivative);
  arf_clear(s.largest);
  mag_clear(s.bound);
  arf_clear(lo);
  arf_clear(hi);
}

void mc_ball_poly_max_upper(mag_t bound, mag_t slope, const fmpq *p, slong length, const mag_t s) {
  arb_poly_t balls;
  arb_t c;
  mag_t end; /* bound may be s itself */
  arb_poly_init(balls);
  arb_init(c);
  mag_init_set(end, s);
  for (slong j = 0; j < length; j++) {
    arb_set_fmpq(c, &p[j], POLY_PREC);
    arb_poly_set_coeff_arb(balls, j, c);
  }
  if (mag_is_inf(end)) {
    if (bound != NULL)
      mag_inf(bound);
    if (slope != NULL)
      mag_inf(slope);
  } else {
    if (bound != NULL)
      poly_max_upper(bound, balls, end);
    arb_poly_derivative(balls, balls, POLY_PREC);
    if (slope != NULL)
      poly_max_upper(slope, balls, end);
  }
  arb_poly_clear(balls);
  arb_clear(c);
  mag_clear(end);
}
