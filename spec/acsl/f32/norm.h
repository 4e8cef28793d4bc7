// Generated from spec/acsl/norm.h by tools/float_reference; edit that file.
// The Frobenius norm and the normalisation as the reference evaluates them.
#ifndef MUONF_ACSL_NORM_H
#define MUONF_ACSL_NORM_H

#include "dot.h"

/*@ // The sum of the squares of A: the inner products of its rows with themselves, from the first row to the last.
    logic float rn_sum_of_squares{L}(float *A, integer lda, integer m, integer n) =
      m <= 0 ? (float)0.0
             : rn_add(rn_sum_of_squares{L}(A, lda, m - 1, n), row_dot{L}(A, lda, m - 1, A, lda, m - 1, n));

    logic float rn_norm{L}(float *A, integer lda, integer m, integer n) =
      rn_sqrt(rn_sum_of_squares{L}(A, lda, m, n));

    // What a matrix of the given norm is divided by: 0 norm + eps, 1 max(norm, eps), a NaN norm stays NaN.
    logic float divisor(float norm, float eps, integer how) =
      how == 0 ? rn_add(norm, eps) : (rn_less(norm, eps) ? eps : norm);

    // Entry (i, j) of A after normalisation: 2 leaves A as it is.
    logic float normalised{L}(float *A, integer lda, integer m, integer n, float eps, integer how,
                               integer i, integer j) =
      how == 2 ? mat{L}(A, lda, i, j)
               : rn_div(mat{L}(A, lda, i, j), divisor(rn_norm{L}(A, lda, m, n), eps, how));

    // Frame: the norm depends on the entries of A only.  By induction on m.
    predicate same_sum{K,L}(float *A, integer lda, integer m, integer n) =
      identical(rn_sum_of_squares{K}(A, lda, m, n), rn_sum_of_squares{L}(A, lda, m, n));
    lemma sum_frame_zero{K,L}: \forall float *A, integer lda, m, n; m <= 0 ==> same_sum{K,L}(A, lda, m, n);
    lemma unchanged_but_last{K,L}: \forall float *A, integer lda, m, n;
      unchanged_matrix{K,L}(A, lda, m, n) ==> unchanged_matrix{K,L}(A, lda, m - 1, n);
    lemma sum_frame_step{K,L}: \forall float *A, integer lda, m, n; 0 < m ==>
      unchanged_matrix{K,L}(A, lda, m, n) ==> same_sum{K,L}(A, lda, m - 1, n) ==> same_sum{K,L}(A, lda, m, n);
    lemma sum_frame{K,L}: \forall float *A, integer lda, m, n;
      unchanged_matrix{K,L}(A, lda, m, n) ==> same_sum{K,L}(A, lda, m, n);
*/

#endif
