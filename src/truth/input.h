/* The input matrix in the form that the certificates use.  Private to this module. */
#ifndef MUONCERT_TRUTH_INPUT_H
#define MUONCERT_TRUTH_INPUT_H

#include "../ball/ball.h"

/* A = 2^scale T, or A = 2^scale T^T where transposed: T is exact, has at least as many rows as columns and largest
 * entry in [1/2, 1) (or is zero).  t is T in doubles, tiny entries flushed: an approximation. */
typedef struct {
  arb_mat_t T;
  double *t;
  mag_t rounding; /* >= ||T - t||_F */
  size_t m, n;    /* of T: m >= n */
  slong scale;
  bool transposed, zero;
} mc_input;

/* From doubles.  MC_BAD_INPUT: an empty matrix; MC_UNDECIDED: NaN or infinity; MC_NO_MEMORY: `matrices` matrices of
 * this size with `bits` bits would not fit. */
mc_status mc_input_set_double(mc_input *in, const double *a, size_t m, size_t n, size_t matrices, slong bits,
                              mc_error *e);

/* The same without T, which stays 0 by 0: for work in doubles alone. */
mc_status mc_input_set_plain(mc_input *in, const double *a, size_t m, size_t n, mc_error *e);

/* And T after that, from the same a, if it is not there yet. */
void mc_input_complete(mc_input *in, const double *a);

/* MC_NO_MEMORY: `matrices` matrices of this size with `bits` bits would not fit. */
mc_status mc_input_require(size_t m, size_t n, size_t matrices, slong bits, mc_error *e);

/* From an exact matrix (radii zero, entries finite), at least 1 by 1. */
mc_status mc_input_set_mat(mc_input *in, const arb_mat_t A, mc_error *e);
void mc_input_clear(mc_input *in);

/* The trouble with a matrix of doubles: as mc_input_set_double says. */
mc_status mc_input_check(const double *a, size_t m, size_t n, mc_error *e);

#endif
