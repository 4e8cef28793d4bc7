// Generated from src/ref/factorisation.h by tools/float_reference; edit that file.
// The factorisation model L(P, Q) = ||M - P Q^T||_F^2 / 2: M is m x n, P is m x d, Q is n x d.
// With the residual R = P Q^T - M the gradients are R Q in P and R^T P in Q.
// S4.1: the convention M ~ P Q^T, under which P^T P - Q^T Q is the conserved matrix.
#ifndef MUONF_REF_FACTORISATION_H
#define MUONF_REF_FACTORISATION_H

#include <stddef.h>

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/dot.h"
#include "../../../spec/acsl/f32/optimizers.h"
#endif

// R <- P Q^T - M; R has no padding.
/*@ requires shape:     shape(m, n, n) && shape(m, d, ldp) && shape(n, d, ldq) && shape(m, n, ldm);
    requires valid:     \valid(R + (0 .. idx(m,n,0)-1)) && \valid_read(P + (0 .. idx(m,ldp,0)-1)) &&
                        \valid_read(Q + (0 .. idx(n,ldq,0)-1)) && \valid_read(M + (0 .. idx(m,ldm,0)-1));
    requires separated: \separated(R + (0 .. idx(m,n,0)-1), P + (0 .. idx(m,ldp,0)-1)) &&
                        \separated(R + (0 .. idx(m,n,0)-1), Q + (0 .. idx(n,ldq,0)-1)) &&
                        \separated(R + (0 .. idx(m,n,0)-1), M + (0 .. idx(m,ldm,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  R[0 .. idx(m,n,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(R,n,i,j),
                                    rn_add(row_dot{Pre}(P, ldp, i, Q, ldq, j, d),
                                           rn_mul((float)(-1.0), mat{Pre}(M,ldm,i,j))));
*/
void muonf_factorisation_residual(float *R, const float *P, size_t ldp, const float *Q, size_t ldq, const float *M,
                                 size_t ldm, size_t m, size_t n, size_t d);

// C <- A B for A (m x k, no padding) and B (k x n); T <- B^T (n x k, no padding) is workspace.
/*@ requires shape:     shape(m, n, ldc) && shape(m, k, k) && shape(k, n, ldb) && shape(n, k, k);
    requires valid:     \valid(C + (0 .. idx(m,ldc,0)-1)) && \valid(T + (0 .. idx(n,k,0)-1)) &&
                        \valid_read(A + (0 .. idx(m,k,0)-1)) && \valid_read(B + (0 .. idx(k,ldb,0)-1));
    requires separated: \separated(C + (0 .. idx(m,ldc,0)-1), T + (0 .. idx(n,k,0)-1), A + (0 .. idx(m,k,0)-1)) &&
                        \separated(C + (0 .. idx(m,ldc,0)-1), T + (0 .. idx(n,k,0)-1), B + (0 .. idx(k,ldb,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  C[0 .. idx(m,ldc,0)-1], T[0 .. idx(n,k,0)-1];
    ensures  transpose: \forall integer l, j; 0 <= l < k ==> 0 <= j < n ==>
                          identical(mat(T,k,j,l), mat{Pre}(B,ldb,l,j));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(C,ldc,i,j), row_dot{Post}(A, k, i, T, k, j, k));
    ensures  padding:   padding{Pre,Post}(C, ldc, m, n);
*/
void muonf_factorisation_product(float *C, size_t ldc, float *T, const float *A, const float *B, size_t ldb,
                                size_t m, size_t n, size_t k);

// U <- R Q and V <- R^T P, the gradients in P and in Q: U is m x d, V is n x d.
// R (m x n), S = R^T (n x m), X = Q^T (d x n), Y = P^T (d x m), all without padding, are workspace and hold what is said.
// S4.1.
/*@ requires shape:     shape(m, d, ldu) && shape(n, d, ldv) && shape(m, n, n) && shape(n, m, m) && shape(d, n, n) &&
                        shape(d, m, m) && shape(m, d, ldp) && shape(n, d, ldq) && shape(m, n, ldm);
    requires valid:     \valid(U + (0 .. idx(m,ldu,0)-1)) && \valid(V + (0 .. idx(n,ldv,0)-1)) &&
                        \valid(R + (0 .. idx(m,n,0)-1)) && \valid(S + (0 .. idx(n,m,0)-1)) &&
                        \valid(X + (0 .. idx(d,n,0)-1)) && \valid(Y + (0 .. idx(d,m,0)-1)) &&
                        \valid_read(P + (0 .. idx(m,ldp,0)-1)) && \valid_read(Q + (0 .. idx(n,ldq,0)-1)) &&
                        \valid_read(M + (0 .. idx(m,ldm,0)-1));
    requires separated: \separated(U + (0 .. idx(m,ldu,0)-1), V + (0 .. idx(n,ldv,0)-1), R + (0 .. idx(m,n,0)-1),
                                   S + (0 .. idx(n,m,0)-1), X + (0 .. idx(d,n,0)-1), Y + (0 .. idx(d,m,0)-1),
                                   P + (0 .. idx(m,ldp,0)-1), Q + (0 .. idx(n,ldq,0)-1), M + (0 .. idx(m,ldm,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  U[0 .. idx(m,ldu,0)-1], V[0 .. idx(n,ldv,0)-1], R[0 .. idx(m,n,0)-1], S[0 .. idx(n,m,0)-1],
             X[0 .. idx(d,n,0)-1], Y[0 .. idx(d,m,0)-1];
    ensures  residual:  \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(R,n,i,j),
                                    rn_add(row_dot{Pre}(P, ldp, i, Q, ldq, j, d),
                                           rn_mul((float)(-1.0), mat{Pre}(M,ldm,i,j))));
    ensures  transpose_r: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(S,m,j,i), mat(R,n,i,j));
    ensures  transpose_q: \forall integer j, l; 0 <= j < n ==> 0 <= l < d ==>
                          identical(mat(X,n,l,j), mat{Pre}(Q,ldq,j,l));
    ensures  transpose_p: \forall integer i, l; 0 <= i < m ==> 0 <= l < d ==>
                          identical(mat(Y,m,l,i), mat{Pre}(P,ldp,i,l));
    ensures  in_p:      \forall integer i, l; 0 <= i < m ==> 0 <= l < d ==>
                          identical(mat(U,ldu,i,l), row_dot{Post}(R, n, i, X, n, l, n));
    ensures  in_q:      \forall integer j, l; 0 <= j < n ==> 0 <= l < d ==>
                          identical(mat(V,ldv,j,l), row_dot{Post}(S, m, j, Y, m, l, m));
    ensures  padding_u: padding{Pre,Post}(U, ldu, m, d);
    ensures  padding_v: padding{Pre,Post}(V, ldv, n, d);
*/
void muonf_factorisation_gradients(float *U, size_t ldu, float *V, size_t ldv, float *R, float *S, float *X,
                                  float *Y, const float *P, size_t ldp, const float *Q, size_t ldq, const float *M,
                                  size_t ldm, size_t m, size_t n, size_t d);

// One gradient step P <- P - lr U, Q <- Q - lr V with U and V the gradients at the old P and Q, evaluated as in
// muonf_gradient_step.  U (m x d) and V (n x d) have no padding; R, S, X, Y are as in muonf_factorisation_gradients.
// S4.1.
/*@ requires shape:     shape(m, d, ldp) && shape(n, d, ldq) && shape(m, d, d) && shape(n, d, d) && shape(m, n, n) &&
                        shape(n, m, m) && shape(d, n, n) && shape(d, m, m) && shape(m, n, ldm);
    requires valid:     \valid(P + (0 .. idx(m,ldp,0)-1)) && \valid(Q + (0 .. idx(n,ldq,0)-1)) &&
                        \valid(U + (0 .. idx(m,d,0)-1)) && \valid(V + (0 .. idx(n,d,0)-1)) &&
                        \valid(R + (0 .. idx(m,n,0)-1)) && \valid(S + (0 .. idx(n,m,0)-1)) &&
                        \valid(X + (0 .. idx(d,n,0)-1)) && \valid(Y + (0 .. idx(d,m,0)-1)) &&
                        \valid_read(M + (0 .. idx(m,ldm,0)-1));
    requires separated: \separated(P + (0 .. idx(m,ldp,0)-1), Q + (0 .. idx(n,ldq,0)-1), U + (0 .. idx(m,d,0)-1),
                                   V + (0 .. idx(n,d,0)-1), R + (0 .. idx(m,n,0)-1), S + (0 .. idx(n,m,0)-1),
                                   X + (0 .. idx(d,n,0)-1), Y + (0 .. idx(d,m,0)-1), M + (0 .. idx(m,ldm,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  P[0 .. idx(m,ldp,0)-1], Q[0 .. idx(n,ldq,0)-1], U[0 .. idx(m,d,0)-1], V[0 .. idx(n,d,0)-1],
             R[0 .. idx(m,n,0)-1], S[0 .. idx(n,m,0)-1], X[0 .. idx(d,n,0)-1], Y[0 .. idx(d,m,0)-1];
    ensures  residual:  \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(R,n,i,j),
                                    rn_add(row_dot{Pre}(P, ldp, i, Q, ldq, j, d),
                                           rn_mul((float)(-1.0), mat{Pre}(M,ldm,i,j))));
    ensures  transpose_r: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(S,m,j,i), mat(R,n,i,j));
    ensures  transpose_q: \forall integer j, l; 0 <= j < n ==> 0 <= l < d ==>
                          identical(mat(X,n,l,j), mat{Pre}(Q,ldq,j,l));
    ensures  transpose_p: \forall integer i, l; 0 <= i < m ==> 0 <= l < d ==>
                          identical(mat(Y,m,l,i), mat{Pre}(P,ldp,i,l));
    ensures  in_p:      \forall integer i, l; 0 <= i < m ==> 0 <= l < d ==>
                          identical(mat(U,d,i,l), row_dot{Post}(R, n, i, X, n, l, n));
    ensures  in_q:      \forall integer j, l; 0 <= j < n ==> 0 <= l < d ==>
                          identical(mat(V,d,j,l), row_dot{Post}(S, m, j, Y, m, l, m));
    ensures  step_p:    \forall integer i, l; 0 <= i < m ==> 0 <= l < d ==>
                          identical(mat(P,ldp,i,l),
                                    rn_add(mat{Pre}(P,ldp,i,l), rn_mul(rn_neg(lr), mat(U,d,i,l))));
    ensures  step_q:    \forall integer j, l; 0 <= j < n ==> 0 <= l < d ==>
                          identical(mat(Q,ldq,j,l),
                                    rn_add(mat{Pre}(Q,ldq,j,l), rn_mul(rn_neg(lr), mat(V,d,j,l))));
    ensures  padding_p: padding{Pre,Post}(P, ldp, m, d);
    ensures  padding_q: padding{Pre,Post}(Q, ldq, n, d);
*/
void muonf_factorisation_step(float *P, size_t ldp, float *Q, size_t ldq, float *U, float *V, float *R, float *S,
                             float *X, float *Y, float lr, const float *M, size_t ldm, size_t m, size_t n,
                             size_t d);

#endif
