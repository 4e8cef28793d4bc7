/* The polynomials of a step, and the singular values of the exact iterates under them. */
#include "polynomials.h"

#include <math.h>

#include "sound.h"

#define PRECISION 128

void mc_audit_polynomials_init(mc_audit_polynomials *f) {
  for (int i = 0; i < 6; i++) {
    fmpq_init(&f->p[i]);
    fmpq_init(&f->h[i]);
    if (i < 5)
      fmpq_init(&f->q[i]);
    if (i < 3)
      fmpq_init(&f->centre[i]);
  }
}

void mc_audit_polynomials_clear(mc_audit_polynomials *f) {
  for (int i = 0; i < 6; i++) {
    fmpq_clear(&f->p[i]);
    fmpq_clear(&f->h[i]);
    if (i < 5)
      fmpq_clear(&f->q[i]);
    if (i < 3)
      fmpq_clear(&f->centre[i]);
  }
}

double mc_audit_nearest(const fmpq_t q) {
  arb_t x;
  arb_init(x);
  arb_set_fmpq(x, q, PRECISION);
  double nearest = arf_get_d(arb_midref(x), ARF_RND_NEAR);
  arb_clear(x);
  return nearest;
}

double mc_audit_held(double *least, double *most, const fmpq_t q, mc_dtype format) {
  double nearest = mc_audit_nearest(q);
  int p = mc_kernel_precision(format);
  double off = (p < 24 ? 0x1p-24 : p < 53 ? 0x1p-52 : 0) * fabs(nearest);
  *least = mc_dtype_round(format, nearest - off);
  *most = mc_dtype_round(format, nearest + off);
  return mc_dtype_round(format, nearest);
}

/* *size >= |q|; *error >= |q rounded to the format - q|. */
static void coefficient_bounds(double *size, double *error, const fmpq_t q, mc_dtype format) {
  double ends[2];
  arb_t exact, rounded;
  arb_init(exact);
  arb_init(rounded);
  arb_set_fmpq(exact, q, PRECISION);
  (void)mc_audit_held(&ends[0], &ends[1], q, format);
  *error = 0;
  for (int i = 0; i < 2; i++) {
    arb_set_d(rounded, ends[i]);
    arb_sub(rounded, rounded, exact, PRECISION);
    arb_abs(rounded, rounded);
    *error = fmax(*error, mc_ball_upper_double(rounded));
  }
  arb_abs(exact, exact);
  *size = mc_ball_upper_double(exact);
  arb_clear(exact);
  arb_clear(rounded);
}

void mc_audit_polynomials_set(mc_audit_polynomials *f, const mc_schedule_step *step, const mc_kernel_model *model) {
  mc_dtype held = model->rounding == MC_ROUNDING_ALL ? model->storage : mc_kernel_accumulator(model->storage);
  double *const sizes[] = {&f->a, &f->b, &f->c}, *const errors[] = {&f->da, &f->db, &f->dc};
  for (slong j = 0; j < 3; j++) {
    fmpq_t zero;
    fmpq_init(zero);
    const fmpq *q = j < step->terms ? &step->c[j] : zero;
    coefficient_bounds(sizes[j], errors[j], q, held);
    fmpq_set(&f->p[2 * j + 1], q);
    if (j > 0) {
      fmpq_set(&f->q[2 * j], q);
      fmpq_set(&f->h[2 * j + 1], q);
    }
    fmpq_clear(zero);
  }
  fmpq_div_2exp(&f->centre[0], &f->q[2], 1);
  fmpq_set(&f->centre[2], &f->q[4]);
}

void mc_audit_maxima(double *value, double *slope, const fmpq *f, slong length, double s) {
  mag_t at_most, v, d;
  if (!isfinite(s)) {
    if (value)
      *value = INFINITY;
    if (slope)
      *slope = INFINITY;
    return;
  }
  mag_init(at_most);
  mag_init(v);
  mag_init(d);
  mag_set_d(at_most, s);
  mc_ball_poly_max_upper(v, d, f, length, at_most);
  if (value)
    *value = mc_ball_mag_upper_double(v);
  if (slope)
    *slope = mc_ball_mag_upper_double(d);
  mag_clear(at_most);
  mag_clear(v);
  mag_clear(d);
}

/* ---- The exact trajectory ---- */

void mc_audit_polynomial_at(arb_t y, const fmpq *f, slong length, const arb_t x) {
  arb_t coefficient;
  arb_init(coefficient);
  arb_zero(y);
  for (slong i = length - 1; i >= 0; i--) {
    arb_mul(y, y, x, PRECISION);
    arb_set_fmpq(coefficient, &f[i], PRECISION);
    arb_add(y, y, coefficient, PRECISION);
  }
  arb_clear(coefficient);
}

void mc_audit_trajectory_advance(mc_audit_trajectory *t, const fmpq *p) {
  arb_t y;
  arb_init(y);
  for (slong i = 0; i < t->count; i++) {
    mc_audit_polynomial_at(y, p, 6, t->sigma + i);
    arb_swap(t->sigma + i, y);
  }
  arb_clear(y);
}

double mc_audit_trajectory_norm(const mc_audit_trajectory *t, const fmpq *f, slong length) {
  arb_t sum, y;
  arb_init(sum);
  arb_init(y);
  for (slong i = 0; i < t->count; i++) {
    mc_audit_polynomial_at(y, f, length, t->sigma + i);
    arb_addmul(sum, y, y, PRECISION);
  }
  arb_sqrtpos(sum, sum, PRECISION);
  double upper = mc_ball_upper_double(sum);
  arb_clear(sum);
  arb_clear(y);
  return upper;
}

double mc_audit_trajectory_largest(const mc_audit_trajectory *t) {
  double upper = 0;
  arb_t y;
  arb_init(y);
  for (slong i = 0; i < t->count; i++) {
    arb_abs(y, t->sigma + i);
    upper = fmax(upper, mc_ball_upper_double(y));
  }
  arb_clear(y);
  return upper;
}

void mc_audit_sound_image_sigma(arb_ptr image, const mc_kernel_model *model, arb_srcptr sigma, slong count) {
  mc_audit_trajectory t = {.sigma = image, .count = count};
  mc_audit_polynomials f;
  mc_audit_polynomials_init(&f);
  _arb_vec_set(image, sigma, count);
  for (size_t i = 0; i < model->schedule.count; i++) {
    mc_audit_polynomials_set(&f, &model->schedule.steps[i], model);
    mc_audit_trajectory_advance(&t, f.p);
  }
  mc_audit_polynomials_clear(&f);
}
