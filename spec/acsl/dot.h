// The inner product as every kernel of the reference evaluates it: one accumulator, from left to right, starting at +0.
#ifndef MUON_ACSL_DOT_H
#define MUON_ACSL_DOT_H

#include "layout.h"

/*@ logic double rn_dot{L}(double *x, double *y, integer n) =
      n <= 0 ? (double)0.0 : rn_add(rn_dot{L}(x, y, n - 1), rn_mul(x[n - 1], y[n - 1]));

    // Row i of A times row j of B: entry (i, j) of A B^T, where A and B have k columns.
    logic double row_dot{L}(double *A, integer lda, integer i, double *B, integer ldb, integer j, integer k) =
      rn_dot{L}(A + idx(i, lda, 0), B + idx(j, ldb, 0), k);
*/

#endif
