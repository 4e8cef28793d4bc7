/* The residuals of T3 in digit arithmetic. */
#include "digit.h"
#include "singular.h"

/* Five planes of about 22 bits: products of doubles, and 2^-60 or less dropped. */
enum { PLANES = 5, DOUBLE_PLANES = 3, PRODUCTS = PLANES + 2, BOUND_PREC = 128 };

/* error := bound of ||I - X^T X||_F. */
static mc_status orthogonality(mag_t error, const mc_digits *x, mc_error *e) {
  mc_digits_sum sum;
  mc_digits one, defect = {0};
  mag_t dropped;
  mag_init(dropped);
  mc_status status = mc_digits_sum_init(&sum, x->n, x->n, PLANES + 1, -1, x->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, 1, x, true, x, e);
  if (status == MC_OK && (status = mc_digit_identity(&one, x->n, x->w, e)) == MC_OK) {
    status = mc_digits_sum_add(&sum, -1, &one, e);
    mc_digits_clear(&one);
  }
  status = mc_digit_finish(&defect, dropped, &sum, status, e);
  if (status == MC_OK) {
    mc_digits_frobenius_upper(error, &defect);
    mag_add(error, error, dropped);
  }
  mc_digits_clear(&defect);
  mag_clear(dropped);
  return status;
}

/* error := bound of ||T V - W diag(s)||_F 2^-scale.A, for the digits A of T. */
static mc_status residual(mag_t error, const mc_digit_input *a, const mc_digits *w, const mc_digits *s,
                          const mc_digits *v, mc_error *e) {
  mc_digits_sum sum;
  mc_digits F = {0};
  mag_t dropped, norm;
  mag_init(dropped);
  mag_init(norm);
  mc_status status = mc_digits_sum_init(&sum, w->m, w->n, PLANES + 1, -1, w->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, 1, &a->A, false, v, e);
  if (status == MC_OK)
    status = mc_digits_sum_addscaled(&sum, -1, w, s, e);
  status = mc_digit_finish(&F, dropped, &sum, status, e);
  if (status == MC_OK) {
    mc_digits_frobenius_upper(error, &F);
    mag_add(error, error, dropped);
    mc_digits_frobenius_upper(norm, v);
    mag_addmul(error, norm, a->error);
    mag_mul_2exp_si(error, error, a->scale);
  }
  mc_digits_clear(&F);
  mag_clear(dropped);
  mag_clear(norm);
  return status;
}

/* The digits of s are the singular values that T3 is told, exactly. */
static void digits_to_values(arb_ptr values, const mc_digits *s, slong scale) {
  arb_mat_t row;
  arb_mat_init(row, 1, (slong)s->n);
  mc_digits_get_mat(row, s);
  for (slong j = 0; j < arb_mat_ncols(row); j++)
    arb_mul_2exp_si(&values[j], arb_mat_entry(row, 0, j), scale);
  arb_mat_clear(row);
}

static mc_status enclose(arb_ptr sigma, const mc_digit_input *a, const mc_digits *w, const mc_digits *s,
                         const mc_digits *v, const mc_input *in, mc_error *e) {
  mc_residuals r;
  arb_ptr values = _arb_vec_init((slong)in->n);
  mc_residuals_init(&r);
  mc_status status = residual(r.residual, a, w, s, v, e);
  if (status == MC_OK)
    status = orthogonality(r.w_error, w, e);
  if (status == MC_OK)
    status = orthogonality(r.v_error, v, e);
  if (status == MC_OK) {
    digits_to_values(values, s, a->scale);
    mc_residuals_enclose(sigma, values, &r, in, BOUND_PREC);
  }
  mc_residuals_clear(&r);
  _arb_vec_clear(values, (slong)in->n);
  return status;
}

mc_status mc_singular_enclose_by_digits(arb_ptr sigma, const mc_svd *svd, const mc_input *in, mc_error *e) {
  mc_digit_input a = {0};
  mc_digits w = {0}, s = {0}, v = {0};
  int width = mc_digits_width(in->m, PRODUCTS);
  mc_status status = mc_digit_input_init(&a, in, mc_digit_norm_scale(in), PLANES, width, e);
  if (status == MC_OK)
    status = mc_digit_from_double(&w, svd->w, svd->m, svd->n, DOUBLE_PLANES, 0, width, 0, e);
  if (status == MC_OK)
    status = mc_digit_from_double(&s, svd->s, 1, svd->n, PLANES, 0, width, -a.scale, e);
  if (status == MC_OK)
    status = mc_digit_from_double(&v, svd->v, svd->n, svd->n, DOUBLE_PLANES, 0, width, 0, e);
  if (status == MC_OK)
    status = enclose(sigma, &a, &w, &s, &v, in, e);
  mc_digit_input_clear(&a);
  mc_digits_clear(&w);
  mc_digits_clear(&s);
  mc_digits_clear(&v);
  return status;
}
