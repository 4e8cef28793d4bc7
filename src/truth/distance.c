/* Distances of a given matrix from the truth, and from orthonormality. */
#include "truth.h"

#include "input.h"

enum { DISTANCE_PREC = 128 };

void mc_truth_distance_init(mc_truth_distance *d) {
  arb_init(d->frobenius);
  arb_init(d->spectral);
  arb_init(d->entry);
}

void mc_truth_distance_clear(mc_truth_distance *d) {
  arb_clear(d->frobenius);
  arb_clear(d->spectral);
  arb_clear(d->entry);
}

/* largest := max |entries|. */
static void largest_entry(arb_t largest, const arb_mat_t A) {
  arb_t x;
  arb_init(x);
  arb_zero(largest);
  for (slong i = 0; i < arb_mat_nrows(A); i++)
    for (slong j = 0; j < arb_mat_ncols(A); j++) {
      arb_abs(x, arb_mat_entry(A, i, j));
      arb_max(largest, largest, x, DISTANCE_PREC);
    }
  arb_clear(x);
}

/* difference := x - truth->value, rounded, as an enclosure of x - truth. */
static void set_difference(mc_enclosure *difference, const double *x, const mc_enclosure *truth) {
  mag_t rounding;
  mag_init(rounding);
  arb_mat_clear(difference->value);
  arb_mat_init(difference->value, arb_mat_nrows(truth->value), arb_mat_ncols(truth->value));
  mc_ball_mat_set_double(difference->value, x);
  arb_mat_sub(difference->value, difference->value, truth->value, DISTANCE_PREC);
  mc_ball_mat_trim(rounding, difference->value);
  mag_add(difference->radius, truth->radius, rounding);
  mag_clear(rounding);
}

mc_status mc_truth_distance_enclose(mc_truth_distance *d, const double *x, const mc_enclosure *truth, mc_error *e) {
  mc_enclosure difference;
  slong m = arb_mat_nrows(truth->value), n = arb_mat_ncols(truth->value), count = m < n ? m : n;
  arb_zero_pm_inf(d->frobenius);
  arb_zero_pm_inf(d->spectral);
  arb_zero_pm_inf(d->entry);
  mc_status status = mc_input_check(x, (size_t)m, (size_t)n, e);
  if (status != MC_OK)
    return status;
  mc_enclosure_init(&difference);
  set_difference(&difference, x, truth);
  arb_mat_frobenius_norm(d->frobenius, difference.value, DISTANCE_PREC);
  mc_ball_add_error_nonnegative(d->frobenius, difference.radius, DISTANCE_PREC);
  largest_entry(d->entry, difference.value);
  mc_ball_add_error_nonnegative(d->entry, difference.radius, DISTANCE_PREC);
  arb_ptr sigma = _arb_vec_init(count);
  status = mc_truth_sv_enclose_near(sigma, &difference, e);
  arb_set(d->spectral, &sigma[0]);
  _arb_vec_clear(sigma, count);
  mc_enclosure_clear(&difference);
  return status;
}

/* defect := I - T^T T for tall T. */
static void orthogonality_defect(arb_mat_t defect, const arb_mat_t T) {
  arb_mat_t transposed;
  arb_mat_init(transposed, arb_mat_ncols(T), arb_mat_nrows(T));
  arb_mat_transpose(transposed, T);
  arb_mat_mul(defect, transposed, T, DISTANCE_PREC);
  arb_mat_neg(defect, defect);
  for (slong i = 0; i < arb_mat_nrows(defect); i++)
    arb_add_ui(arb_mat_entry(defect, i, i), arb_mat_entry(defect, i, i), 1, DISTANCE_PREC);
  arb_mat_clear(transposed);
}

mc_status mc_truth_orthogonality_enclose(arb_t frobenius, arb_t spectral, const double *x, size_t m, size_t n,
                                         mc_error *e) {
  mc_input in;
  mc_enclosure defect;
  arb_zero_pm_inf(frobenius);
  arb_zero_pm_inf(spectral);
  mc_status status = mc_input_set_double(&in, x, m, n, 8, DISTANCE_PREC, e);
  if (status != MC_OK)
    return status;
  /* Undo the scaling: orthonormality is not scale-free. */
  arb_mat_scalar_mul_2exp_si(in.T, in.T, in.scale);
  mc_enclosure_init(&defect);
  arb_mat_clear(defect.value);
  arb_mat_init(defect.value, (slong)in.n, (slong)in.n);
  orthogonality_defect(defect.value, in.T);
  arb_mat_frobenius_norm(frobenius, defect.value, DISTANCE_PREC);
  mc_ball_mat_trim(defect.radius, defect.value);
  arb_ptr sigma = _arb_vec_init((slong)in.n);
  status = mc_truth_sv_enclose_near(sigma, &defect, e);
  arb_set(spectral, &sigma[0]);
  _arb_vec_clear(sigma, (slong)in.n);
  mc_enclosure_clear(&defect);
  mc_input_clear(&in);
  return status;
}
