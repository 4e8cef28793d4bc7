// Generated from spec/acsl/dot.h by tools/float_reference; edit that file.
// Linear combinations, and the inner product as every kernel of the reference evaluates it: one accumulator, from left
// to right, starting at +0.
#ifndef MUONF_ACSL_DOT_H
#define MUONF_ACSL_DOT_H

#include "layout.h"

/*@ logic float rn_axpy(float y, float a, float x) = rn_add(y, rn_mul(a, x));
    logic float rn_axpby(float a, float x, float b, float y) = rn_add(rn_mul(a, x), rn_mul(b, y));

    logic float rn_dot{L}(float *x, float *y, integer n) =
      n <= 0 ? (float)0.0 : rn_axpy(rn_dot{L}(x, y, n - 1), elem{L}(x, n - 1), elem{L}(y, n - 1));

    // Row i of A times row j of B: entry (i, j) of A B^T, where A and B have k columns.
    logic float row_dot{L}(float *A, integer lda, integer i, float *B, integer ldb, integer j, integer k) =
      rn_dot{L}(A + idx(i, lda, 0), B + idx(j, ldb, 0), k);

    // Frame: the inner product depends on the elements of x and y only.  By induction on n.
    predicate same_dot{K,L}(float *x, float *y, integer n) = identical(rn_dot{K}(x, y, n), rn_dot{L}(x, y, n));
    lemma dot_frame_zero{K,L}: \forall float *x, *y, integer n; n <= 0 ==> same_dot{K,L}(x, y, n);
    lemma unchanged_last{K,L}: \forall float *x, integer n;
      0 < n ==> unchanged{K,L}(x, n) ==> identical(elem{K}(x, n - 1), elem{L}(x, n - 1));
    lemma unchanged_less{K,L}: \forall float *x, integer n; unchanged{K,L}(x, n) ==> unchanged{K,L}(x, n - 1);
    lemma dot_frame_step{K,L}: \forall float *x, *y, integer n; 0 < n ==>
      unchanged{K,L}(x, n) ==> unchanged{K,L}(y, n) ==> same_dot{K,L}(x, y, n - 1) ==> same_dot{K,L}(x, y, n);
    lemma dot_frame{K,L}: \forall float *x, *y, integer n;
      unchanged{K,L}(x, n) ==> unchanged{K,L}(y, n) ==> same_dot{K,L}(x, y, n);

    lemma unchanged_row{K,L}: \forall float *A, integer ld, m, n, i;
      unchanged_matrix{K,L}(A, ld, m, n) ==> 0 <= i < m ==> unchanged{K,L}(A + idx(i, ld, 0), n);
    lemma row_dot_frame{K,L}: \forall float *A, *B, integer lda, ldb, m, n, k, i, j;
      unchanged_matrix{K,L}(A, lda, m, k) ==> unchanged_matrix{K,L}(B, ldb, n, k) ==> 0 <= i < m ==> 0 <= j < n ==>
      identical(row_dot{K}(A, lda, i, B, ldb, j, k), row_dot{L}(A, lda, i, B, ldb, j, k));
*/

#endif
