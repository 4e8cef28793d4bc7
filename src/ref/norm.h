// The Frobenius norm, and the normalisation that stands before Newton–Schulz.
// Plain IEEE arithmetic: the sum of squares may overflow to infinity or underflow to 0, and a NaN anywhere makes the
// norm NaN. A zero matrix stays zero when eps > 0 and becomes NaN when eps = 0; a matrix whose norm overflows becomes
// zero.
#ifndef MUON_REF_NORM_H
#define MUON_REF_NORM_H

#include <stddef.h>

#ifdef __FRAMAC__
#include "../../spec/acsl/norm.h"
#endif

typedef enum {
  MUON_NORMALISE_ADD = 0,   // G / (||G|| + eps), S5.JORDAN
  MUON_NORMALISE_CLAMP = 1, // G / max(||G||, eps), S5.TORCH
  MUON_NORMALISE_NONE = 2   // G: the caller has scaled it
} muon_normalisation;

// The sum of the squares of the entries of A (m x n), row by row.
// Golub and Van Loan, Matrix Computations, 2.3.1.
/*@ requires shape:     shape(m, n, lda);
    requires valid:     \valid_read(A + (0 .. idx(m,lda,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  \result \from m, n, lda, A[0 .. idx(m,lda,0)-1];
    ensures  result:    identical(\result, rn_sum_of_squares{Pre}(A, lda, m, n));
*/
double muon_matrix_sum_of_squares(const double *A, size_t lda, size_t m, size_t n);

// ||A|| = sqrt(sum of the squares of the entries of A), A is m x n.
// Golub and Van Loan, Matrix Computations, 2.3.1.
/*@ requires shape:     shape(m, n, lda);
    requires valid:     \valid_read(A + (0 .. idx(m,lda,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  \result \from m, n, lda, A[0 .. idx(m,lda,0)-1];
    ensures  result:    identical(\result, rn_norm{Pre}(A, lda, m, n));
*/
double muon_matrix_norm(const double *A, size_t lda, size_t m, size_t n);

// X <- G / (||G|| + eps) or G / max(||G||, eps) or G, both m x n; how is one of muon_normalisation.
// S5.JORDAN and S5.TORCH.
/*@ requires shape:     shape(m, n, ldx) && shape(m, n, ldg);
    requires how:       how == MUON_NORMALISE_ADD || how == MUON_NORMALISE_CLAMP || how == MUON_NORMALISE_NONE;
    requires valid:     \valid(X + (0 .. idx(m,ldx,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1));
    requires separated: \separated(X + (0 .. idx(m,ldx,0)-1), G + (0 .. idx(m,ldg,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  X[0 .. idx(m,ldx,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(X,ldx,i,j), normalised{Pre}(G, ldg, m, n, eps, how, i, j));
    ensures  padding:   padding{Pre,Post}(X, ldx, m, n);
*/
void muon_matrix_normalise(double *X, size_t ldx, const double *G, size_t ldg, double eps, muon_normalisation how,
                           size_t m, size_t n);

#endif
