#include "two_step_course.h"

#include <math.h>

#include "../src/ball/ball.h"
#include "../src/ref/ref.h"
#include "../src/truth/truth.h"

/* Distances from rounding need no more. */
#define BITS 128

/* ---- Rounding ---- */

/* x := max(x, ||A||_F + radius), from above. */
static void raise_norm(arb_t x, const arb_mat_t a, const mag_t radius) {
  mag_t norm;
  arb_t bound;
  mag_init(norm);
  arb_init(bound);
  mc_ball_mat_frobenius_upper(norm, a);
  mag_add(norm, norm, radius);
  arf_set_mag(arb_midref(bound), norm);
  arb_max(x, x, bound, BITS);
  mag_clear(norm);
  arb_clear(bound);
}

/* The exact gradients (P Q^T - M) Q and (P Q^T - M)^T P at the doubles P and Q, against the computed ones. */
static void raise_gradients(arb_t rounding, const two_step_course *x) {
  slong n = (slong)x->n;
  arb_mat_t p, q, r, g;
  mag_t none;
  mag_init(none);
  arb_mat_init(p, n, n);
  arb_mat_init(q, n, n);
  arb_mat_init(r, n, n);
  arb_mat_init(g, n, n);
  mc_ball_mat_set_double(p, x->p);
  mc_ball_mat_set_double(q, x->q);
  arb_mat_transpose(g, q);
  arb_mat_mul(r, p, g, BITS);
  arb_mat_sub(r, r, x->target, BITS);
  arb_mat_mul(q, r, q, BITS);
  mc_ball_mat_set_double(g, x->u);
  arb_mat_sub(g, g, q, BITS);
  raise_norm(rounding, g, none);
  arb_mat_transpose(r, r);
  arb_mat_mul(p, r, p, BITS);
  mc_ball_mat_set_double(g, x->v);
  arb_mat_sub(g, g, p, BITS);
  raise_norm(rounding, g, none);
  mag_clear(none);
  arb_mat_clear(p);
  arb_mat_clear(q);
  arb_mat_clear(r);
  arb_mat_clear(g);
}

/* (before - after)/rate against the polar factor. */
static void raise_update(arb_t rounding, const two_step_course *x, const double *after, const mc_enclosure *factor) {
  slong n = (slong)x->n;
  arb_mat_t a, b;
  arb_t rate;
  arb_mat_init(a, n, n);
  arb_mat_init(b, n, n);
  arb_init(rate);
  arb_set_d(rate, x->rate);
  mc_ball_mat_set_double(a, x->before);
  mc_ball_mat_set_double(b, after);
  arb_mat_sub(a, a, b, BITS);
  arb_mat_scalar_div_arb(a, a, rate, BITS);
  arb_mat_sub(a, a, factor->value, BITS);
  raise_norm(rounding, a, factor->radius);
  arb_mat_clear(a);
  arb_mat_clear(b);
  arb_clear(rate);
}

/* ---- Steps ---- */

/* One factor := itself - rate polar(gradient). */
static mc_status step_factor(arb_t rounding, two_step_course *x, double *factor, const double *gradient, mc_error *e) {
  size_t n = x->n;
  const muon_settings settings = {.learning_rate = x->rate, .scaling = MUON_SCALE_NONE};
  mc_truth_polar polar;
  mc_truth_polar_init(&polar);
  mc_status status = mc_truth_polar_certify(&polar, gradient, n, n, 44, e);
  if (status == MC_OK) {
    for (size_t i = 0; i < n * n; i++)
      x->before[i] = factor[i];
    mc_enclosure_get_double(x->z, NULL, &polar.factor);
    muon_update(factor, n, settings, x->z, n, n, n);
    raise_update(rounding, x, factor, &polar.factor);
  }
  mc_truth_polar_clear(&polar);
  return status;
}

static mc_status take_step(arb_t rounding, two_step_course *x, mc_error *e) {
  size_t n = x->n;
  double *residual = x->work, *transposed = residual + n * n, *qt = transposed + n * n, *pt = qt + n * n;
  muon_factorisation_gradients(x->u, n, x->v, n, residual, transposed, qt, pt, x->p, n, x->q, n, x->m, n, n, n, n);
  raise_gradients(rounding, x);
  mc_status status = step_factor(rounding, x, x->p, x->u, e);
  return status == MC_OK ? step_factor(rounding, x, x->q, x->v, e) : status;
}

/* ---- Looking ---- */

/* error, and after the second step near, for the present P. */
static mc_status look(two_step_result *r, const two_step_course *x, arb_srcptr roots, bool second, mc_error *e) {
  arb_ptr s = _arb_vec_init((slong)x->n);
  arb_t d, size;
  arb_init(d);
  arb_init(size);
  arb_set_d(size, x->rate);
  mc_status status = mc_truth_sv_enclose(s, x->p, x->n, x->n, 46, e);
  for (size_t i = 0; i < x->n && status == MC_OK; i++) {
    arb_sub(d, s + i, roots + i, x->precision);
    arb_abs(d, d);
    arb_div(d, d, size, x->precision);
    arb_max(r->error, r->error, d, x->precision);
    arb_sub(d, s + i, size, x->precision);
    arb_abs(d, d);
    if (second)
      arb_max(r->near, r->near, d, x->precision);
  }
  arb_clear(d);
  arb_clear(size);
  _arb_vec_clear(s, (slong)x->n);
  return status;
}

/* The second smallest of n numbers. */
static double second_smallest(const double *x, size_t n) {
  double first = INFINITY, second = INFINITY;
  for (size_t i = 0; i < n; i++)
    if (x[i] < first) {
      second = first;
      first = x[i];
    } else if (x[i] < second)
      second = x[i];
  return second;
}

/* gap := min(gap, the second smallest distance over the rate), and the distances |p_i - sqrt(s_i)| of the limit after
 * the step: from d it goes to |d - rate|, whichever side of the target the mode is on. */
static void follow_limit(arb_t gap, arb_ptr distance, double *lower, const two_step_course *x) {
  double *upper = lower + x->n;
  arb_t rate, second;
  arb_init(rate);
  arb_init(second);
  arb_set_d(rate, x->rate);
  for (size_t i = 0; i < x->n; i++) {
    lower[i] = mc_ball_lower_double(distance + i);
    upper[i] = mc_ball_upper_double(distance + i);
    arb_sub(distance + i, distance + i, rate, x->precision);
    arb_abs(distance + i, distance + i);
  }
  if (x->n > 1) { /* one mode has no other to collide with */
    arb_t end;
    arb_init(end);
    arb_set_d(second, second_smallest(lower, x->n));
    arb_set_d(end, second_smallest(upper, x->n));
    arb_union(second, second, end, x->precision);
    arb_div(second, second, rate, x->precision);
    arb_min(gap, gap, second, x->precision);
    arb_clear(end);
  }
  arb_clear(rate);
  arb_clear(second);
}

mc_status two_step_course_run(two_step_result *r, two_step_course *x, arb_srcptr roots, size_t halvings, mc_error *e) {
  double *room = mc_alloc(2 * x->n, sizeof *room);
  if (!room)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  arb_ptr distance = _arb_vec_init((slong)x->n);
  arb_set_si(r->gap, 1);
  mc_status status = take_step(r->rounding, x, e);
  if (status == MC_OK)
    status = look(r, x, roots, true, e);
  for (size_t i = 0; i < x->n; i++) { /* all modes of the limit are at the rate of the second step */
    arb_set_d(distance + i, x->rate);
    arb_sub(distance + i, distance + i, roots + i, x->precision);
    arb_abs(distance + i, distance + i);
  }
  for (size_t t = 0; t < halvings && status == MC_OK; t++) {
    x->rate /= 2;
    follow_limit(r->gap, distance, room, x);
    status = take_step(r->rounding, x, e);
    if (status == MC_OK)
      status = look(r, x, roots, false, e);
  }
  _arb_vec_clear(distance, (slong)x->n);
  mc_free(room);
  return status;
}
