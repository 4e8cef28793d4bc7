/* Digit matrices of inputs, identities, and the end of sums. */
#include "digit.h"

#include <math.h>

static double clamp(double x) {
  return x > 1 ? 1 : x > -1 ? x : -1;
}

/* A copy of a 2^shift with entries beyond +-1 made +-1; NULL: no memory. */
static double *clamp_entries(const double *a, size_t count, slong shift) {
  double *t = mc_alloc(count, sizeof *t);
  for (size_t i = 0; t != NULL && i < count; i++)
    t[i] = clamp(shift == 0 ? a[i] : ldexp(a[i], (int)shift));
  return t;
}

mc_status mc_digit_from_double(mc_digits *x, const double *a, size_t m, size_t n, size_t planes, slong first, int w,
                               slong shift, mc_error *e) {
  mc_status status = mc_digits_reserve(x, m, n, planes, first, w, e);
  double *t = clamp_entries(a, m * n, shift + w * first);
  if (status == MC_OK && t == NULL)
    status = mc_fail(e, MC_NO_MEMORY, "no memory for a digit matrix of %zu by %zu", m, n);
  if (status == MC_OK)
    status = mc_digits_set_double(x, NULL, t, -w * first, e);
  mc_free(t);
  if (status == MC_OK)
    mc_digits_trim(x);
  else
    mc_digits_clear(x);
  return status;
}

mc_status mc_digit_identity(mc_digits *x, size_t n, int w, mc_error *e) {
  mc_status status = mc_digits_init(x, n, n, 1, 0, w, e);
  for (size_t i = 0; status == MC_OK && i < n; i++)
    x->d[i * n + i] = (double)(UINT64_C(1) << w);
  return status;
}

slong mc_digit_norm_scale(const mc_input *in) {
  mag_t norm;
  mag_init(norm);
  mc_ball_mat_frobenius_upper(norm, in->T);
  slong scale = mag_is_special(norm) ? 0 : fmpz_get_si(MAG_EXPREF(norm)) + 1;
  mag_clear(norm);
  return scale;
}

/* Planes of width w that hold all bits of T 2^-scale: down to the last bit of the smallest number that is not zero. */
static size_t planes_of(const mc_input *in, slong scale, int w) {
  double smallest = 1;
  for (size_t i = 0; i < in->m * in->n; i++) {
    const double size = fabs(in->t[i]);
    smallest = size < smallest && size > 0 ? size : smallest;
  }
  slong bits = 52 - ilogb(smallest) + scale;
  return bits > 0 ? (size_t)((bits + w - 1) / w) : 1;
}

mc_status mc_digit_input_init(mc_digit_input *a, const mc_input *in, slong scale, size_t planes, int w, mc_error *e) {
  const size_t all = planes_of(in, scale, w);
  mag_init(a->error);
  a->scale = scale;
  mc_status status = mc_digits_reserve(&a->A, in->m, in->n, all < planes ? all : planes, 0, w, e);
  if (status == MC_OK)
    status = mc_digits_set_double(&a->A, a->error, in->t, -a->scale, e);
  if (status == MC_OK) {
    mag_t rounding;
    mag_init(rounding);
    mag_mul_2exp_si(rounding, in->rounding, -a->scale);
    mag_add(a->error, a->error, rounding);
    mag_clear(rounding);
    mc_digits_trim(&a->A);
  }
  return status;
}

void mc_digit_input_clear(mc_digit_input *a) {
  mc_digits_clear(&a->A);
  mag_clear(a->error);
}

void mc_digit_entry(arf_t y, const mc_digits *x, size_t i, size_t j) {
  arf_t t;
  arf_init(t);
  arf_zero(y);
  for (size_t s = 0; s < x->planes; s++) {
    arf_set_d(t, x->d[(i * x->planes + s) * x->n + j]);
    arf_mul_2exp_si(t, t, -(slong)x->w * (x->first + (slong)s + 1));
    arf_add(y, y, t, ARF_PREC_EXACT, ARF_RND_DOWN);
  }
  arf_clear(t);
}

mc_status mc_digit_finish(mc_digits *x, mag_t error, mc_digits_sum *sum, mc_status status, mc_error *e) {
  *x = (mc_digits){0};
  if (status != MC_OK) {
    mc_digits_sum_clear(sum);
    return status;
  }
  status = mc_digits_sum_finish(x, error, sum, e);
  if (status == MC_OK)
    mc_digits_trim(x);
  return status;
}
