/* The polar factor in digit arithmetic.  Private to this module. */
#ifndef MUONCERT_TRUTH_DIGIT_POLAR_H
#define MUONCERT_TRUTH_DIGIT_POLAR_H

#include "input.h"
#include "svd.h"

/* U := an approximation of the polar factor of T, with its certificate T1': ||U - polar(T)||_F <= radius <= 2^-bits,
 * and sigma_min(T) >= sigma_low; |sigma_i(T) - svd->s[i]| <= *distance (may be infinite).  Starts from LAPACK's
 * decomposition.  MC_UNDECIDED: does not close; MC_INTERNAL: the BLAS lies, or the processor does not round to
 * nearest. */
mc_status mc_polar_certify_by_digits(arb_mat_t U, mag_t radius, arf_t sigma_low, double *distance, const mc_input *in,
                                     const mc_svd *svd, slong bits, mc_error *e);

#endif
