/* The Newton–Schulz iteration in balls: radii are trimmed after every step and never propagate through a product. */
#include "ns.h"

/* X_0. */
static mc_status normalise(mc_iterate *x, const mc_input *in, const mc_normalisation *norm, slong prec, mc_error *e) {
  arb_t divisor;
  arb_init(divisor);
  mc_status status = mc_ns_divisor_of(divisor, in, norm, prec, e);
  arb_mat_scalar_mul_2exp_si(x->X, in->T, in->scale);
  if (status == MC_OK)
    arb_mat_scalar_div_arb(x->X, x->X, divisor, prec);
  mc_ball_mat_spectral_upper(x->bound, x->X);
  mc_ball_mat_trim(x->radius, x->X);
  arb_clear(divisor);
  return status;
}

/* Y := X q(X^T X), q(t) = c_0 + c_1 t + …, Horner in balls. */
static void apply_step(arb_mat_t Y, const arb_mat_t X, const mc_schedule_step *step, slong prec) {
  arb_mat_t transposed, gram, q;
  arb_t c;
  slong m = arb_mat_nrows(X), n = arb_mat_ncols(X);
  arb_mat_init(transposed, n, m);
  arb_mat_init(gram, n, n);
  arb_mat_init(q, n, n);
  arb_init(c);
  arb_mat_transpose(transposed, X);
  arb_mat_mul(gram, transposed, X, prec);
  for (slong j = step->terms - 1; j >= 0; j--) {
    if (j == step->terms - 2)
      arb_mat_scalar_mul_arb(q, gram, c, prec); /* the leading coefficient, still a scalar, times the Gram matrix */
    else if (j < step->terms - 2)
      arb_mat_mul(q, q, gram, prec);
    arb_set_fmpq(c, &step->c[j], prec);
    if (j < step->terms - 1)
      for (slong i = 0; i < n; i++)
        arb_add(arb_mat_entry(q, i, i), arb_mat_entry(q, i, i), c, prec);
  }
  if (step->terms == 1)
    arb_mat_scalar_mul_arb(Y, X, c, prec);
  else
    arb_mat_mul(Y, X, q, prec);
  arb_mat_clear(transposed);
  arb_mat_clear(gram);
  arb_mat_clear(q);
  arb_clear(c);
}

/* One step: radius <- L radius + local, bound <- max |f| + local. */
static mc_status advance(mc_iterate *x, const mc_schedule_step *step, slong prec, mc_error *e) {
  arb_mat_t Y;
  mag_t local;
  mc_status status = mc_ns_advance_bounds(x->radius, x->bound, step, e);
  if (status != MC_OK)
    return status;
  mag_init(local);
  arb_mat_init(Y, arb_mat_nrows(x->X), arb_mat_ncols(x->X));
  apply_step(Y, x->X, step, prec);
  mc_ball_mat_trim(local, Y);
  arb_mat_swap(x->X, Y);
  mag_add(x->radius, x->radius, local);
  mag_add(x->bound, x->bound, local);
  arb_mat_clear(Y);
  mag_clear(local);
  return MC_OK;
}

mc_status mc_ns_run_by_balls(mc_iterate *x, const mc_input *in, const mc_schedule *schedule,
                             const mc_normalisation *norm, slong prec, mc_error *e) {
  mc_status status = normalise(x, in, norm, prec, e);
  for (size_t k = 0; k < schedule->count && status == MC_OK; k++)
    status =
        mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted") : advance(x, &schedule->steps[k], prec, e);
  return status;
}
