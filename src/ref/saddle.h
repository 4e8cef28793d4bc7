// The quadratic saddle f(W) = <W, H(W)> / 2 of S1.T1: for unit vectors u (m) and v (n) the self-adjoint map H multiplies each of
// the four blocks of W by a curvature of its own,
//   H(W) = -lambda W_00 + row W_01 + column W_10 + bulk W_11,
//   W_00 = s u v^T,  W_01 = u (r - s v)^T,  W_10 = (c - s u) v^T,  W_11 = W - W_00 - W_01 - W_10,
// where c = W v, r = W^T u, s = u^T W v.  Collected by powers of u and v this is
//   H(W) = bulk W + u a^T + b v^T,  a = (row - bulk) r + (bulk - lambda - row - column) s v,  b = (column - bulk) c.
#ifndef MUON_REF_SADDLE_H
#define MUON_REF_SADDLE_H

#include <stddef.h>

#include "muon.h"

#ifdef __FRAMAC__
#include "../../spec/acsl/dot.h"
#include "../../spec/acsl/optimizers.h"
#endif

typedef struct {
  double lambda; // the corner u v^T has curvature -lambda
  double row;    // u times the complement of v
  double column; // the complement of u times v
  double bulk;   // both complements
} muon_saddle;

// How many elements of workspace muon_saddle_gradient wants: m n + 2 m + 2 n.
/*@ requires shape:     shape(m, n, n) && shape(n, m, m);
    requires small:     m <= max_elements && n <= max_elements;
    terminates \true;
    exits    never:     \false;
    assigns  \result \from m, n;
    ensures  result:    \result == idx(n,m,0) + 2*m + 2*n;
*/
size_t muon_saddle_workspace(size_t m, size_t n);

// H <- H(W), the gradient of f at W; H and W are m x n.  The workspace holds, in this order, W^T (n x m), c = W v (m),
// b (m), r = W^T u (n), a (n).
// S1.T1.
/*@ requires shape:     shape(m, n, ldh) && shape(m, n, ldw) && shape(n, m, m);
    requires small:     m <= max_elements && n <= max_elements;
    requires valid:     \valid(H + (0 .. idx(m,ldh,0)-1)) && \valid_read(W + (0 .. idx(m,ldw,0)-1)) &&
                        \valid_read(u + (0 .. m-1)) && \valid_read(v + (0 .. n-1)) &&
                        \valid(work + (0 .. idx(n,m,0)+2*m+2*n-1));
    requires separated: \separated(H + (0 .. idx(m,ldh,0)-1), work + (0 .. idx(n,m,0)+2*m+2*n-1),
                                   W + (0 .. idx(m,ldw,0)-1)) &&
                        \separated(H + (0 .. idx(m,ldh,0)-1), u + (0 .. m-1)) &&
                        \separated(H + (0 .. idx(m,ldh,0)-1), v + (0 .. n-1)) &&
                        \separated(work + (0 .. idx(n,m,0)+2*m+2*n-1), u + (0 .. m-1)) &&
                        \separated(work + (0 .. idx(n,m,0)+2*m+2*n-1), v + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  H[0 .. idx(m,ldh,0)-1], work[0 .. idx(n,m,0)+2*m+2*n-1];
    ensures  padding:   padding{Pre,Post}(H, ldh, m, n);
*/
void muon_saddle_gradient(double *H, size_t ldh, const double *W, size_t ldw, muon_saddle k, const double *u, const double *v,
                          double *work, size_t m, size_t n);

// H <- H(W) + N, the gradient with the noise N of S1.T1n.
void muon_saddle_noisy_gradient(double *H, size_t ldh, const double *W, size_t ldw, muon_saddle k, const double *u,
                                const double *v, const double *N, size_t ldn, double *work, size_t m, size_t n);

#endif
