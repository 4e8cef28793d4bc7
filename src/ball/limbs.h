/* Products of digit matrices by 52-bit integer limbs (docs/certification.md).  Private to this module. */
#ifndef MUONCERT_BALL_LIMBS_H
#define MUONCERT_BALL_LIMBS_H

#include "ball.h"

enum {
  MC_LIMB_ROWS = 4,
  MC_LIMB_COLUMNS = 16,
  MC_LIMB_GUARD = 2,        /* planes beyond the last, where products of kept planes end */
  MC_LIMB_WIDTH_LEAST = 17, /* widths of digits that two of them make a limb of: 3 w >= 51, */
  MC_LIMB_WIDTH = 24        /* and 2^(w+2) 2^w + 2^(w-1) < 2^51 */
};

/* For a tile of sums, row by row: lo += sum over k < count of the low 52 bits of a[k][i] b[k][j], and hi += that of
 * the high 52 bits; a holds MC_LIMB_ROWS, b MC_LIMB_COLUMNS numbers below 2^52 for each k. */
typedef void mc_limb_kernel(uint64_t *lo, uint64_t *hi, const uint64_t *a, const uint64_t *b, size_t count);
mc_limb_kernel mc_limb_multiply_plain;
mc_limb_kernel mc_limb_multiply_ifma; /* only where mc_limb_has_ifma() */
bool mc_limb_has_ifma(void);

/* Which products of limbs are computed: those in which some product of kept planes takes part. */
typedef struct {
  slong end;          /* the raw plane where the product of the leading limbs ends; each further one ends two later */
  slong most;         /* limbs P of A and Q of B are multiplied for P + Q <= most */
  size_t left, right; /* how many limbs A and B have */
} mc_limb_shape;

mc_limb_shape mc_limb_shape_of(const mc_digits_sum *s, const mc_digits *a, const mc_digits *b);

/* Account for what |alpha| op(A) B will add to the raw planes, from the maxima of planes.  MC_UNDECIDED: a sum could
 * pass 2^52, a leading plane would not fit, or the digits are too wide or too narrow for limbs. */
mc_status mc_limb_account(mc_digits_sum *s, int alpha, const mc_digits *a, const double *a_max, const mc_digits *b,
                          const double *b_max, mc_error *e);

/* raw += alpha op(A) B for all limbs of that shape, spread over the planes of digits; triangle: only on and above the
 * diagonal, and half of it there. */
mc_status mc_limb_multiply(double *raw, const mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a,
                           const mc_digits *b, bool triangle, mc_error *e);

#endif
