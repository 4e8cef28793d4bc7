/* How far U is from the polar factor, in digits: kept up to date while U is corrected.  Private to this module. */
#ifndef MUONCERT_TRUTH_DIGIT_RESIDUAL_H
#define MUONCERT_TRUTH_DIGIT_RESIDUAL_H

#include "digit.h"
#include "search.h"

/* For A and U as their digits are, T = 2^scale (A + F), ||F||_F <= a.error: B = A^T U up to b_error.  For tall A,
 * residual is R = A - U A^T U up to error.  For square A it is 2 E = 2 I - 2 U^T U up to error, skew is K = B^T - B up
 * to skew_error, and U^T R = K + E B: K and E shrink with the error of U, so that few of their planes are left, and
 * few of B are needed. */
typedef struct {
  const mc_svd *svd;
  mc_digit_input a;
  mc_digits U, B, residual, skew;
  mag_t b_error, error, skew_error, u_norm;
  size_t planes;        /* positions 0 … planes - 1 are kept, */
  size_t factor_planes; /* of U as many as the accuracy asked for needs, */
  size_t start_planes;  /* and of W V^T so many to start with */
  int w;
  bool square;
} mc_digit_residual;

/* U := the digits of W V^T, and all that belongs to it.  s is zero but for svd, all three planes and w. */
mc_status mc_digit_residual_start(mc_digit_residual *s, const mc_input *in, double *room, mc_error *e);
void mc_digit_residual_clear(mc_digit_residual *s);

/* norm := bound of ||A - U A^T U||_F, given a bound of ||A^T U||_2 (infinite: none is known). */
void mc_digit_residual_upper(mag_t norm, const mc_digit_residual *s, const mag_t product);

/* One correction of U: 20 to 48 good bits.  MC_UNDECIDED: no more digits. */
mc_status mc_digit_residual_correct(mc_digit_residual *s, mc_polar_buffers *b, mc_error *e);

#endif
