// The quadratic saddle f(W) = <W, H(W)> / 2: for unit vectors u (m elements) and v (n elements) the self-adjoint map H
// multiplies each of the four blocks of W by a curvature of its own,
//   H(W) = -lambda W_00 + row W_01 + column W_10 + bulk W_11,
//   W_00 = s u v^T,  W_01 = u (r - s v)^T,  W_10 = (c - s u) v^T,  W_11 = W - W_00 - W_01 - W_10,
// where c = W v, r = W^T u, s = u^T W v.  Collected by powers of u and v,
//   H(W) = bulk W + u a^T + b v^T,  a = (row - bulk) r + (bulk - lambda - row - column) s v,  b = (column - bulk) c.
// S1.T1, S1.T1n.
#ifndef MUON_REF_SADDLE_H
#define MUON_REF_SADDLE_H

#include <stddef.h>

#include "muon.h"

#ifdef __FRAMAC__
#include "../../spec/acsl/dot.h"
#include "../../spec/acsl/models.h"
#endif

typedef struct {
  double lambda; // the corner u v^T has curvature -lambda
  double row;    // u times the complement of v
  double column; // the complement of u times v
  double bulk;   // both complements
} muon_saddle;

// The images of u and v: T <- W^T, c <- W v, r <- W^T u.  W is m x n, T is n x m without padding, c has m elements,
// r has n.
/*@ requires shape:     shape(m, n, ldw) && shape(n, m, m);
    requires valid:     \valid(T + (0 .. idx(n,m,0)-1)) && \valid(c + (0 .. m-1)) && \valid(r + (0 .. n-1)) &&
                        \valid_read(W + (0 .. idx(m,ldw,0)-1)) && \valid_read(u + (0 .. m-1)) &&
                        \valid_read(v + (0 .. n-1));
    requires separated: \separated(T + (0 .. idx(n,m,0)-1), c + (0 .. m-1), r + (0 .. n-1),
                                   W + (0 .. idx(m,ldw,0)-1), u + (0 .. m-1)) &&
                        \separated(T + (0 .. idx(n,m,0)-1), c + (0 .. m-1), r + (0 .. n-1), v + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  T[0 .. idx(n,m,0)-1], c[0 .. m-1], r[0 .. n-1];
    ensures  transpose: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(T,m,j,i), mat{Pre}(W,ldw,i,j));
    ensures  image:     \forall integer i; 0 <= i < m ==> identical(elem(c,i), rn_dot{Pre}(v, W + idx(i,ldw,0), n));
    ensures  coimage:   \forall integer j; 0 <= j < n ==> identical(elem(r,j), rn_dot{Post}(u, T + idx(j,m,0), m));
*/
void muon_saddle_images(double *T, double *c, double *r, const double *W, size_t ldw, const double *u, const double *v,
                        size_t m, size_t n);

// a <- (row - bulk) r + (bulk - lambda - row - column) s v and b <- (column - bulk) c, where s = <u, c>.
// b, c and u have m elements; a, r and v have n.
/*@ requires valid:     \valid(b + (0 .. m-1)) && \valid(a + (0 .. n-1)) && \valid_read(c + (0 .. m-1)) &&
                        \valid_read(r + (0 .. n-1)) && \valid_read(u + (0 .. m-1)) && \valid_read(v + (0 .. n-1));
    requires separated: \separated(b + (0 .. m-1), a + (0 .. n-1), c + (0 .. m-1), r + (0 .. n-1), u + (0 .. m-1)) &&
                        \separated(b + (0 .. m-1), a + (0 .. n-1), v + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  b[0 .. m-1], a[0 .. n-1];
    ensures  left:      \forall integer i; 0 <= i < m ==>
                          identical(elem(b,i), rn_mul(rn_sub(k.column, k.bulk), elem{Pre}(c,i)));
    ensures  right:     \forall integer j; 0 <= j < n ==>
                          identical(elem(a,j), rn_saddle_right(k.lambda, k.row, k.column, k.bulk, rn_dot{Pre}(u, c, m),
                                                               elem{Pre}(r,j), elem{Pre}(v,j)));
*/
void muon_saddle_coefficients(double *b, double *a, muon_saddle k, const double *c, const double *r, const double *u,
                              const double *v, size_t m, size_t n);

// The factors b (m elements) and a (n elements) of H(W) = bulk W + u a^T + b v^T, and on the way T = W^T (n x m without
// padding), c = W v (m elements), r = W^T u (n elements).
/*@ requires shape:     shape(m, n, ldw) && shape(n, m, m);
    requires valid:     \valid(b + (0 .. m-1)) && \valid(a + (0 .. n-1)) && \valid(T + (0 .. idx(n,m,0)-1)) &&
                        \valid(c + (0 .. m-1)) && \valid(r + (0 .. n-1)) && \valid_read(W + (0 .. idx(m,ldw,0)-1)) &&
                        \valid_read(u + (0 .. m-1)) && \valid_read(v + (0 .. n-1));
    requires separated: \separated(b + (0 .. m-1), a + (0 .. n-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1),
                                   r + (0 .. n-1), W + (0 .. idx(m,ldw,0)-1), u + (0 .. m-1)) &&
                        \separated(b + (0 .. m-1), a + (0 .. n-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1),
                                   r + (0 .. n-1), v + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  b[0 .. m-1], a[0 .. n-1], T[0 .. idx(n,m,0)-1], c[0 .. m-1], r[0 .. n-1];
    ensures  transpose: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(T,m,j,i), mat{Pre}(W,ldw,i,j));
    ensures  image:     \forall integer i; 0 <= i < m ==> identical(elem(c,i), rn_dot{Pre}(v, W + idx(i,ldw,0), n));
    ensures  coimage:   \forall integer j; 0 <= j < n ==> identical(elem(r,j), rn_dot{Post}(u, T + idx(j,m,0), m));
    ensures  left:      \forall integer i; 0 <= i < m ==>
                          identical(elem(b,i), rn_mul(rn_sub(k.column, k.bulk), elem(c,i)));
    ensures  right:     \forall integer j; 0 <= j < n ==>
                          identical(elem(a,j), rn_saddle_right(k.lambda, k.row, k.column, k.bulk, rn_dot{Post}(u, c, m),
                                                               elem(r,j), elem{Pre}(v,j)));
*/
void muon_saddle_factors(double *b, double *a, double *T, double *c, double *r, muon_saddle k, const double *W,
                         size_t ldw, const double *u, const double *v, size_t m, size_t n);

// H <- bulk W + u a^T + b v^T; H and W are m x n.
/*@ requires shape:     shape(m, n, ldh) && shape(m, n, ldw);
    requires valid:     \valid(H + (0 .. idx(m,ldh,0)-1)) && \valid_read(W + (0 .. idx(m,ldw,0)-1)) &&
                        \valid_read(b + (0 .. m-1)) && \valid_read(a + (0 .. n-1)) &&
                        \valid_read(u + (0 .. m-1)) && \valid_read(v + (0 .. n-1));
    requires separated: \separated(H + (0 .. idx(m,ldh,0)-1), W + (0 .. idx(m,ldw,0)-1)) &&
                        \separated(H + (0 .. idx(m,ldh,0)-1), b + (0 .. m-1)) &&
                        \separated(H + (0 .. idx(m,ldh,0)-1), a + (0 .. n-1)) &&
                        \separated(H + (0 .. idx(m,ldh,0)-1), u + (0 .. m-1)) &&
                        \separated(H + (0 .. idx(m,ldh,0)-1), v + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  H[0 .. idx(m,ldh,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(H,ldh,i,j),
                                    rn_saddle(bulk, mat{Pre}(W,ldw,i,j), elem{Pre}(u,i), elem{Pre}(a,j), elem{Pre}(b,i),
                                              elem{Pre}(v,j)));
    ensures  padding:   padding{Pre,Post}(H, ldh, m, n);
*/
void muon_saddle_assemble(double *H, size_t ldh, double bulk, const double *W, size_t ldw, const double *b,
                          const double *a, const double *u, const double *v, size_t m, size_t n);

// H <- H(W), the gradient of f at W; H and W are m x n.  b, a, T, c, r are workspace, filled by
// muon_saddle_factors.  S1.T1.
/*@ requires shape:     shape(m, n, ldh) && shape(m, n, ldw) && shape(n, m, m);
    requires valid:     \valid(H + (0 .. idx(m,ldh,0)-1)) && \valid(T + (0 .. idx(n,m,0)-1)) &&
                        \valid(c + (0 .. m-1)) && \valid(b + (0 .. m-1)) && \valid(r + (0 .. n-1)) &&
                        \valid(a + (0 .. n-1)) && \valid_read(W + (0 .. idx(m,ldw,0)-1)) &&
                        \valid_read(u + (0 .. m-1)) && \valid_read(v + (0 .. n-1));
    requires separated: \separated(H + (0 .. idx(m,ldh,0)-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1), b + (0 .. m-1),
                                   r + (0 .. n-1), a + (0 .. n-1), W + (0 .. idx(m,ldw,0)-1), u + (0 .. m-1)) &&
                        \separated(H + (0 .. idx(m,ldh,0)-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1), b + (0 .. m-1),
                                   r + (0 .. n-1), a + (0 .. n-1), v + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  H[0 .. idx(m,ldh,0)-1], T[0 .. idx(n,m,0)-1], c[0 .. m-1], b[0 .. m-1], r[0 .. n-1], a[0 .. n-1];
    ensures  transpose: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(T,m,j,i), mat{Pre}(W,ldw,i,j));
    ensures  image:     \forall integer i; 0 <= i < m ==> identical(elem(c,i), rn_dot{Pre}(v, W + idx(i,ldw,0), n));
    ensures  coimage:   \forall integer j; 0 <= j < n ==> identical(elem(r,j), rn_dot{Post}(u, T + idx(j,m,0), m));
    ensures  left:      \forall integer i; 0 <= i < m ==>
                          identical(elem(b,i), rn_mul(rn_sub(k.column, k.bulk), elem(c,i)));
    ensures  right:     \forall integer j; 0 <= j < n ==>
                          identical(elem(a,j), rn_saddle_right(k.lambda, k.row, k.column, k.bulk, rn_dot{Post}(u, c, m),
                                                               elem(r,j), elem{Pre}(v,j)));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(H,ldh,i,j),
                                    rn_saddle(k.bulk, mat{Pre}(W,ldw,i,j), elem{Pre}(u,i), elem(a,j), elem(b,i),
                                              elem{Pre}(v,j)));
    ensures  padding:   padding{Pre,Post}(H, ldh, m, n);
*/
void muon_saddle_gradient(double *H, size_t ldh, double *b, double *a, double *T, double *c, double *r, muon_saddle k,
                          const double *W, size_t ldw, const double *u, const double *v, size_t m, size_t n);

// H <- H(W) + N, the gradient under the noise N; H, W and N are m x n.  b, a, T, c, r are workspace, filled by
// muon_saddle_factors.  S1.T1n.
/*@ requires shape:     shape(m, n, ldh) && shape(m, n, ldw) && shape(m, n, ldn) && shape(n, m, m);
    requires valid:     \valid(H + (0 .. idx(m,ldh,0)-1)) && \valid(T + (0 .. idx(n,m,0)-1)) &&
                        \valid(c + (0 .. m-1)) && \valid(b + (0 .. m-1)) && \valid(r + (0 .. n-1)) &&
                        \valid(a + (0 .. n-1)) && \valid_read(W + (0 .. idx(m,ldw,0)-1)) &&
                        \valid_read(u + (0 .. m-1)) && \valid_read(v + (0 .. n-1)) &&
                        \valid_read(N + (0 .. idx(m,ldn,0)-1));
    requires separated: \separated(H + (0 .. idx(m,ldh,0)-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1), b + (0 .. m-1),
                                   r + (0 .. n-1), a + (0 .. n-1), W + (0 .. idx(m,ldw,0)-1), u + (0 .. m-1)) &&
                        \separated(H + (0 .. idx(m,ldh,0)-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1), b + (0 .. m-1),
                                   r + (0 .. n-1), a + (0 .. n-1), v + (0 .. n-1)) &&
                        \separated(H + (0 .. idx(m,ldh,0)-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1), b + (0 .. m-1),
                                   r + (0 .. n-1), a + (0 .. n-1), N + (0 .. idx(m,ldn,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  H[0 .. idx(m,ldh,0)-1], T[0 .. idx(n,m,0)-1], c[0 .. m-1], b[0 .. m-1], r[0 .. n-1], a[0 .. n-1];
    ensures  transpose: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(T,m,j,i), mat{Pre}(W,ldw,i,j));
    ensures  image:     \forall integer i; 0 <= i < m ==> identical(elem(c,i), rn_dot{Pre}(v, W + idx(i,ldw,0), n));
    ensures  coimage:   \forall integer j; 0 <= j < n ==> identical(elem(r,j), rn_dot{Post}(u, T + idx(j,m,0), m));
    ensures  left:      \forall integer i; 0 <= i < m ==>
                          identical(elem(b,i), rn_mul(rn_sub(k.column, k.bulk), elem(c,i)));
    ensures  right:     \forall integer j; 0 <= j < n ==>
                          identical(elem(a,j), rn_saddle_right(k.lambda, k.row, k.column, k.bulk, rn_dot{Post}(u, c, m),
                                                               elem(r,j), elem{Pre}(v,j)));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(H,ldh,i,j),
                                    rn_add(rn_saddle(k.bulk, mat{Pre}(W,ldw,i,j), elem{Pre}(u,i), elem(a,j), elem(b,i),
                                                     elem{Pre}(v,j)),
                                           rn_mul((double)1.0, mat{Pre}(N,ldn,i,j))));
    ensures  padding:   padding{Pre,Post}(H, ldh, m, n);
*/
void muon_saddle_noisy_gradient(double *H, size_t ldh, double *b, double *a, double *T, double *c, double *r,
                                muon_saddle k, const double *W, size_t ldw, const double *u, const double *v,
                                const double *N, size_t ldn, size_t m, size_t n);

// One step of Muon on the saddle under the noise N: H <- H(W) + N, then W, B and work by muon_step with the gradient H.
// W, B, H, N are m x n, H without padding; b, a, T, c, r as in muon_saddle_factors, work as in muon_step.
// S1.T1n with Newton–Schulz in the place of the exact polar factor, S1.T1'.
/*@ requires shape:     shape(m, n, ldw) && shape(m, n, ldb) && shape(m, n, ldn) && shape(m, n, n) && shape(n, m, m);
    requires weight:    s.weight == MUON_MOMENTUM_AVERAGE || s.weight == MUON_MOMENTUM_SUM;
    requires scaling:   s.scaling == MUON_SCALE_NONE || s.scaling == MUON_SCALE_RECTANGULAR ||
                        s.scaling == MUON_SCALE_RMS;
    requires how:       s.normalisation == MUON_NORMALISE_ADD || s.normalisation == MUON_NORMALISE_CLAMP ||
                        s.normalisation == MUON_NORMALISE_NONE;
    requires valid:     \valid(W + (0 .. idx(m,ldw,0)-1)) && \valid(B + (0 .. idx(m,ldb,0)-1)) &&
                        \valid(H + (0 .. idx(m,n,0)-1)) && \valid(T + (0 .. idx(n,m,0)-1)) &&
                        \valid(c + (0 .. m-1)) && \valid(b + (0 .. m-1)) && \valid(r + (0 .. n-1)) &&
                        \valid(a + (0 .. n-1)) && \valid(work + (0 .. 2*idx(m,n,0)+ns_workspace(m,n)-1)) &&
                        \valid_read(u + (0 .. m-1)) && \valid_read(v + (0 .. n-1)) &&
                        \valid_read(N + (0 .. idx(m,ldn,0)-1)) && \valid_read(schedule + (0 .. steps-1));
    requires separated: \separated(W + (0 .. idx(m,ldw,0)-1), B + (0 .. idx(m,ldb,0)-1), H + (0 .. idx(m,n,0)-1),
                                   b + (0 .. m-1), a + (0 .. n-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1),
                                   r + (0 .. n-1), work + (0 .. 2*idx(m,n,0)+ns_workspace(m,n)-1), u + (0 .. m-1)) &&
                        \separated(W + (0 .. idx(m,ldw,0)-1), B + (0 .. idx(m,ldb,0)-1), H + (0 .. idx(m,n,0)-1),
                                   b + (0 .. m-1), a + (0 .. n-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1),
                                   r + (0 .. n-1), work + (0 .. 2*idx(m,n,0)+ns_workspace(m,n)-1), v + (0 .. n-1)) &&
                        \separated(W + (0 .. idx(m,ldw,0)-1), B + (0 .. idx(m,ldb,0)-1), H + (0 .. idx(m,n,0)-1),
                                   b + (0 .. m-1), a + (0 .. n-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1),
                                   r + (0 .. n-1), work + (0 .. 2*idx(m,n,0)+ns_workspace(m,n)-1),
                                   N + (0 .. idx(m,ldn,0)-1)) &&
                        \separated(W + (0 .. idx(m,ldw,0)-1), B + (0 .. idx(m,ldb,0)-1), H + (0 .. idx(m,n,0)-1),
                                   b + (0 .. m-1), a + (0 .. n-1), T + (0 .. idx(n,m,0)-1), c + (0 .. m-1),
                                   r + (0 .. n-1), work + (0 .. 2*idx(m,n,0)+ns_workspace(m,n)-1),
                                   schedule + (0 .. steps-1));
    terminates \true;
    exits    never:     \false;
    assigns  W[0 .. idx(m,ldw,0)-1], B[0 .. idx(m,ldb,0)-1], H[0 .. idx(m,n,0)-1], b[0 .. m-1], a[0 .. n-1],
             T[0 .. idx(n,m,0)-1], c[0 .. m-1], r[0 .. n-1], work[0 .. 2*idx(m,n,0)+ns_workspace(m,n)-1];
    ensures  transpose: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(T,m,j,i), mat{Pre}(W,ldw,i,j));
    ensures  image:     \forall integer i; 0 <= i < m ==> identical(elem(c,i), rn_dot{Pre}(v, W + idx(i,ldw,0), n));
    ensures  coimage:   \forall integer j; 0 <= j < n ==> identical(elem(r,j), rn_dot{Post}(u, T + idx(j,m,0), m));
    ensures  left:      \forall integer i; 0 <= i < m ==>
                          identical(elem(b,i), rn_mul(rn_sub(k.column, k.bulk), elem(c,i)));
    ensures  right:     \forall integer j; 0 <= j < n ==>
                          identical(elem(a,j), rn_saddle_right(k.lambda, k.row, k.column, k.bulk, rn_dot{Post}(u, c, m),
                                                               elem(r,j), elem{Pre}(v,j)));
    ensures  gradient:  \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(H,n,i,j),
                                    rn_add(rn_saddle(k.bulk, mat{Pre}(W,ldw,i,j), elem{Pre}(u,i), elem(a,j), elem(b,i),
                                                     elem{Pre}(v,j)),
                                           rn_mul((double)1.0, mat{Pre}(N,ldn,i,j))));
    ensures  buffer:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(B,ldb,i,j),
                                    rn_add(rn_mul(s.momentum, mat{Pre}(B,ldb,i,j)),
                                           rn_mul(rn_gradient_weight(s.weight, s.momentum), mat(H,n,i,j))));
    ensures  direction: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(work,n,i,j),
                                    rn_direction(s.nesterov, s.momentum, mat(B,ldb,i,j),
                                                 rn_gradient_weight(s.weight, s.momentum), mat(H,n,i,j)));
    ensures  orthogonal: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(work+idx(m,n,0),n,i,j),
                                    ns(0, work, n, m, n, s.eps, s.normalisation, schedule, steps,
                                       m <= n ? i : j, m <= n ? j : i, 0));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(W,ldw,i,j),
                                    rn_update(s.learning_rate, s.weight_decay, rn_update_scale(s.scaling, m, n),
                                              mat{Pre}(W,ldw,i,j), mat(work+idx(m,n,0),n,i,j)));
    ensures  padding_w: padding{Pre,Post}(W, ldw, m, n);
    ensures  padding_b: padding{Pre,Post}(B, ldb, m, n);
*/
void muon_saddle_step(double *W, size_t ldw, double *B, size_t ldb, double *H, double *b, double *a, double *T,
                      double *c, double *r, double *work, muon_saddle k, const double *u, const double *v,
                      const double *N, size_t ldn, muon_settings s, const muon_coefficients *schedule, size_t steps,
                      size_t m, size_t n);

#endif
