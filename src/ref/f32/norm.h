// Generated from src/ref/norm.h by tools/float_reference; edit that file.
// The Frobenius norm, and the normalisation that stands before Newton–Schulz.
// Plain IEEE arithmetic: the sum of squares may overflow to infinity or underflow to 0, and a NaN anywhere makes the
// norm NaN. A zero matrix stays zero when eps > 0 and becomes NaN when eps = 0; a matrix whose norm overflows becomes
// zero.
#ifndef MUONF_REF_NORM_H
#define MUONF_REF_NORM_H

#include <stddef.h>

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/norm.h"
#endif

typedef enum {
  MUONF_NORMALISE_ADD = 0,   // G / (||G|| + eps), S5.JORDAN
  MUONF_NORMALISE_CLAMP = 1, // G / max(||G||, eps), S5.TORCH
  MUONF_NORMALISE_NONE = 2   // G: the caller has scaled it
} muonf_normalisation;

// The sum of the squares of the entries of A (m x n), row by row.
// Golub and Van Loan, Matrix Computations, 2.3.1.
/*@ requires shape:     shape(m, n, lda);
    requires valid:     \valid_read(A + (0 .. idx(m,lda,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  \result \from m, n, lda, A[0 .. idx(m,lda,0)-1];
    ensures  result:    identical(\result, rn_sum_of_squares{Pre}(A, lda, m, n));
*/
float muonf_matrix_sum_of_squares(const float *A, size_t lda, size_t m, size_t n);

// ||A|| = sqrtf(sum of the squares of the entries of A), A is m x n.
// Golub and Van Loan, Matrix Computations, 2.3.1.
/*@ requires shape:     shape(m, n, lda);
    requires valid:     \valid_read(A + (0 .. idx(m,lda,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  \result \from m, n, lda, A[0 .. idx(m,lda,0)-1];
    ensures  result:    identical(\result, rn_norm{Pre}(A, lda, m, n));
*/
float muonf_matrix_norm(const float *A, size_t lda, size_t m, size_t n);

// X <- G / (||G|| + eps) or G / max(||G||, eps) or G, both m x n; how is one of muonf_normalisation.
// S5.JORDAN and S5.TORCH.
/*@ requires shape:     shape(m, n, ldx) && shape(m, n, ldg);
    requires how:       how == MUONF_NORMALISE_ADD || how == MUONF_NORMALISE_CLAMP || how == MUONF_NORMALISE_NONE;
    requires valid:     \valid(X + (0 .. idx(m,ldx,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1));
    requires separated: \separated(X + (0 .. idx(m,ldx,0)-1), G + (0 .. idx(m,ldg,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  X[0 .. idx(m,ldx,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(X,ldx,i,j), normalised{Pre}(G, ldg, m, n, eps, how, i, j));
    ensures  padding:   padding{Pre,Post}(X, ldx, m, n);
*/
void muonf_matrix_normalise(float *X, size_t ldx, const float *G, size_t ldg, float eps, muonf_normalisation how,
                           size_t m, size_t n);

#endif
