/* One pass of the Newton–Schulz iteration at a given precision, in balls or in digits.  Private to this module. */
#ifndef MUONCERT_TRUTH_NS_H
#define MUONCERT_TRUTH_NS_H

#include "truth.h"

#include "input.h"

/* The truth is within `radius` of X, exact; truth and X have spectral norm at most `bound`. */
typedef struct {
  arb_mat_t X;
  mag_t radius, bound;
} mc_iterate;

/* divisor := what A is divided by to give the first iterate, from its Frobenius norm (may be the same variable);
 * MC_UNDECIDED when that is 0. */
mc_status mc_ns_divisor(arb_t divisor, const arb_t frobenius, const mc_normalisation *norm, slong prec, mc_error *e);

/* The same for A = T 2^scale, by balls. */
mc_status mc_ns_divisor_of(arb_t divisor, const mc_input *in, const mc_normalisation *norm, slong prec, mc_error *e);

/* The recursion of T2 for the polynomial f of a step: radius <- max |f'| radius, bound <- max |f|, maxima over [0,
 * bound]. */
mc_status mc_ns_advance_bounds(mag_t radius, mag_t bound, const mc_schedule_step *step, mc_error *e);

/* The whole iteration with about prec bits; x is initialised, X as large as in->T.  By digits: MC_UNDECIDED when
 * numbers do not fit, MC_INTERNAL when the BLAS lies or the processor does not round to nearest. */
mc_status mc_ns_run_by_balls(mc_iterate *x, const mc_input *in, const mc_schedule *schedule,
                             const mc_normalisation *norm, slong prec, mc_error *e);
mc_status mc_ns_run_by_digits(mc_iterate *x, const mc_input *in, const mc_schedule *schedule,
                              const mc_normalisation *norm, slong prec, mc_error *e);

#endif
