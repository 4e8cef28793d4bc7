// Generated from spec/acsl/layout.h by tools/float_reference; edit that file.
// Row-major matrices: m rows, n columns, leading dimension ld >= n.  Element (i, j) stands at index i*ld + j; a matrix
// owns the whole block of idx(m, ld, 0) = m*ld elements; its columns n .. ld-1 are padding.
#ifndef MUONF_ACSL_LAYOUT_H
#define MUONF_ACSL_LAYOUT_H

#include "rounding.h"

/*@ logic integer idx(integer i, integer ld, integer j) = i*ld + j;
    logic integer max_elements = 1152921504606846976;   // 2^60: no object is larger, and sums of four sizes do not wrap

    predicate shape(integer m, integer n, integer ld) = 0 <= m && 0 <= n <= ld && idx(m, ld, 0) <= max_elements;

    logic float elem{L}(float *x, integer k) = \at(x[k], L);
    logic float mat{L}(float *A, integer ld, integer i, integer j) = elem{L}(A + idx(i, ld, 0), j);

    // The n elements at x are the same in states K and L.
    predicate unchanged{K,L}(float *x, integer n) =
      \forall integer k; 0 <= k < n ==> identical(elem{K}(x, k), elem{L}(x, k));

    // The entries of A, m x n, are the same in states K and L.
    predicate unchanged_matrix{K,L}(float *A, integer ld, integer m, integer n) =
      \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==> identical(mat{K}(A, ld, i, j), mat{L}(A, ld, i, j));

    // The padding of A is the same in states K and L.
    predicate padding{K,L}(float *A, integer ld, integer m, integer n) =
      \forall integer i, j; 0 <= i < m ==> n <= j < ld ==> identical(mat{L}(A, ld, i, j), mat{K}(A, ld, i, j));

    // Rows follow each other: the only multiplication that a proof about a matrix needs.
    lemma idx_row: \forall integer i, p, ld; 0 <= i < p ==> 0 <= ld ==>
                     0 <= idx(i, ld, 0) && idx(i, ld, 0) + ld <= idx(p, ld, 0);

    // What was not touched as a block of memory was not touched as a matrix.
    predicate unchanged_but{K,L}(float *x, integer low, integer high, integer n) =
      \forall integer k; (0 <= k < low || high <= k < n) ==> identical(elem{K}(x, k), elem{L}(x, k));
    predicate unchanged_but_row{K,L}(float *A, integer ld, integer m, integer row, integer n) =
      \forall integer i, j; 0 <= i < m ==> 0 <= j < ld ==> (i != row || n <= j) ==>
        identical(mat{K}(A, ld, i, j), mat{L}(A, ld, i, j));
    lemma block_row{K,L}: \forall float *A, integer ld, m, n, i;
      unchanged{K,L}(A, idx(m, ld, 0)) ==> 0 <= i < m ==> 0 <= n <= ld ==> unchanged{K,L}(A + idx(i, ld, 0), n);
    lemma block_matrix{K,L}: \forall float *A, integer ld, m, n;
      unchanged{K,L}(A, idx(m, ld, 0)) ==> 0 <= n <= ld ==> unchanged_matrix{K,L}(A, ld, m, n);
    lemma block_padding{K,L}: \forall float *A, integer ld, m, n;
      unchanged{K,L}(A, idx(m, ld, 0)) ==> 0 <= n <= ld ==> padding{K,L}(A, ld, m, n);
    lemma block_but_row{K,L}: \forall float *A, integer ld, m, row, n;
      0 <= row < m ==> 0 <= n <= ld ==> unchanged_but{K,L}(A, idx(row, ld, 0), idx(row, ld, 0) + n, idx(m, ld, 0)) ==>
      unchanged_but_row{K,L}(A, ld, m, row, n);
*/

#endif
