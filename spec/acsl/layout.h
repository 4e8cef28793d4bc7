// Row-major matrices: m rows, n columns, leading dimension ld >= n.  Element (i, j) stands at index i*ld + j; a matrix owns the
// whole block of idx(m, ld, 0) = m*ld elements; its columns n .. ld-1 are padding.
#ifndef MUON_ACSL_LAYOUT_H
#define MUON_ACSL_LAYOUT_H

#include "rounding.h"

/*@ logic integer idx(integer i, integer ld, integer j) = i*ld + j;
    logic integer max_elements = 1152921504606846976;   // 2^60: no object is larger, and sums of four sizes do not wrap

    predicate shape(integer m, integer n, integer ld) = 0 <= m && 0 <= n <= ld && idx(m, ld, 0) <= max_elements;

    logic double elem{L}(double *x, integer k) = \at(x[k], L);
    logic double mat{L}(double *A, integer ld, integer i, integer j) = elem{L}(A + idx(i, ld, 0), j);

    // The n elements at x are the same in states K and L.
    predicate unchanged{K,L}(double *x, integer n) =
      \forall integer k; 0 <= k < n ==> identical(elem{K}(x, k), elem{L}(x, k));

    // The entries of A, m x n, are the same in states K and L.
    predicate unchanged_matrix{K,L}(double *A, integer ld, integer m, integer n) =
      \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==> identical(mat{K}(A, ld, i, j), mat{L}(A, ld, i, j));

    // The padding of A is the same in states K and L.
    predicate padding{K,L}(double *A, integer ld, integer m, integer n) =
      \forall integer i, j; 0 <= i < m ==> n <= j < ld ==> identical(mat{L}(A, ld, i, j), mat{K}(A, ld, i, j));

    // Index arithmetic, so that no proof about a matrix has to multiply.
    lemma idx_row:   \forall integer i, m, ld; 0 <= i < m ==> 0 <= ld ==>
                       0 <= idx(i, ld, 0) && idx(i, ld, 0) + ld <= idx(m, ld, 0);
    lemma idx_split: \forall integer i, ld, j; idx(i, ld, j) == idx(i, ld, 0) + j;
    lemma idx_wider: \forall integer m, n, ld; 0 <= m ==> n <= ld ==> idx(m, n, 0) <= idx(m, ld, 0);
    lemma idx_swap:  \forall integer m, n; idx(m, n, 0) == idx(n, m, 0);
    lemma idx_rows:  \forall integer p, i, ld; p < i ==> 0 <= ld ==> idx(p, ld, 0) + ld <= idx(i, ld, 0);
*/

#endif
