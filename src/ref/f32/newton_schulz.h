// Generated from src/ref/newton_schulz.h by tools/float_reference; edit that file.
// The Newton–Schulz iteration of Muon: the odd polynomials of a schedule, applied to the singular values of a matrix.
#ifndef MUONF_REF_NEWTON_SCHULZ_H
#define MUONF_REF_NEWTON_SCHULZ_H

#include <stddef.h>

#include "norm.h"

// The odd polynomial a x + b x^3 + c x^5.
typedef struct {
  float a, b, c;
} muonf_coefficients;

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/newton_schulz.h"
#endif

// P <- b A + c A A^T, which is b A + c A^2 for a symmetric A; A and P are m x m without padding.
// The polynomial of the Gram matrix in S5.JORDAN and S5.TORCH.
/*@ requires shape:     shape(m, m, m);
    requires valid:     \valid(P + (0 .. idx(m,m,0)-1)) && \valid_read(A + (0 .. idx(m,m,0)-1));
    requires separated: \separated(P + (0 .. idx(m,m,0)-1), A + (0 .. idx(m,m,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  P[0 .. idx(m,m,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < m ==>
                          identical(mat(P,m,i,j), rn_axpby(c, row_dot{Pre}(A, m, i, A, m, j, m), b, mat{Pre}(A,m,i,j)));
*/
void muonf_gram_polynomial(float *P, const float *A, float b, float c, size_t m);

// X <- a X + P X, with T = X^T on the way: X is m x n, T is n x m, P is m x m without padding.
// The last line of the step in S5.JORDAN and S5.TORCH.
/*@ requires shape:     shape(m, n, ldx) && shape(n, m, ldt) && shape(m, m, m);
    requires valid:     \valid(X + (0 .. idx(m,ldx,0)-1)) && \valid(T + (0 .. idx(n,ldt,0)-1)) &&
                        \valid_read(P + (0 .. idx(m,m,0)-1));
    requires separated: \separated(X + (0 .. idx(m,ldx,0)-1), T + (0 .. idx(n,ldt,0)-1), P + (0 .. idx(m,m,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  X[0 .. idx(m,ldx,0)-1], T[0 .. idx(n,ldt,0)-1];
    ensures  transpose: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(T,ldt,j,i), mat{Pre}(X,ldx,i,j));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(X,ldx,i,j),
                                    rn_axpby((float)1.0, row_dot{Post}(P, m, i, T, ldt, j, m), a, mat{Pre}(X,ldx,i,j)));
    ensures  padding:   padding{Pre,Post}(X, ldx, m, n);
    ensures  padding:   padding{Pre,Post}(T, ldt, n, m);
*/
void muonf_matrix_apply(float *X, size_t ldx, float *T, size_t ldt, const float *P, float a, size_t m, size_t n);

// One step: A = X X^T, P = b A + c A^2, T = X^T, then X <- a X + P X, so that every singular value s of X becomes
// a s + b s^3 + c s^5.  X is m x n, A and P are m x m, T is n x m, A, P without padding.  Source: S5.JORDAN, S5.TORCH.
/*@ requires shape:     shape(m, n, ldx) && shape(n, m, ldt) && shape(m, m, m);
    requires valid:     \valid(X + (0 .. idx(m,ldx,0)-1)) && \valid(T + (0 .. idx(n,ldt,0)-1)) &&
                        \valid(A + (0 .. idx(m,m,0)-1)) && \valid(P + (0 .. idx(m,m,0)-1));
    requires separated: \separated(X + (0 .. idx(m,ldx,0)-1), T + (0 .. idx(n,ldt,0)-1),
                                   A + (0 .. idx(m,m,0)-1), P + (0 .. idx(m,m,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  X[0 .. idx(m,ldx,0)-1], T[0 .. idx(n,ldt,0)-1], A[0 .. idx(m,m,0)-1], P[0 .. idx(m,m,0)-1];
    ensures  gram:      \forall integer i, j; 0 <= i < m ==> 0 <= j < m ==>
                          identical(mat(A,m,i,j), row_dot{Pre}(X, ldx, i, X, ldx, j, n));
    ensures  poly:      \forall integer i, j; 0 <= i < m ==> 0 <= j < m ==>
                          identical(mat(P,m,i,j),
                                    rn_axpby(c, row_dot{Post}(A, m, i, A, m, j, m), b, mat{Post}(A,m,i,j)));
    ensures  transpose: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(T,ldt,j,i), mat{Pre}(X,ldx,i,j));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(X,ldx,i,j),
                                    rn_axpby((float)1.0, row_dot{Post}(P, m, i, T, ldt, j, m), a, mat{Pre}(X,ldx,i,j)));
    ensures  padding:   padding{Pre,Post}(X, ldx, m, n);
    ensures  padding:   padding{Pre,Post}(T, ldt, n, m);
*/
void muonf_newton_schulz_step(float *X, size_t ldx, float *T, size_t ldt, float *A, float *P, float a, float b,
                             float c, size_t m, size_t n);

// How many elements of workspace muonf_newton_schulz wants for an m x n matrix: 2 r^2 + m n, r = min(m, n).
/*@ requires shape:     shape(m, n, n);
    terminates \true;
    exits    never:     \false;
    assigns  \result \from m, n;
    ensures  result:    \result == ns_workspace(m, n);
*/
size_t muonf_newton_schulz_workspace(size_t m, size_t n);

// X <- NS(G) for m <= n: the iteration runs in X itself; work holds A, P and X^T.  See muonf_newton_schulz.
// S5.JORDAN and S5.TORCH.
/*@ requires shape:     shape(m, n, ldx) && shape(m, n, ldg) && m <= n;
    requires how:       how == MUONF_NORMALISE_ADD || how == MUONF_NORMALISE_CLAMP || how == MUONF_NORMALISE_NONE;
    requires valid:     \valid(X + (0 .. idx(m,ldx,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1)) &&
                        \valid_read(schedule + (0 .. steps-1)) && \valid(work + (0 .. ns_workspace(m,n)-1));
    requires separated: \separated(X + (0 .. idx(m,ldx,0)-1), G + (0 .. idx(m,ldg,0)-1)) &&
                        \separated(X + (0 .. idx(m,ldx,0)-1), schedule + (0 .. steps-1)) &&
                        \separated(work + (0 .. ns_workspace(m,n)-1), X + (0 .. idx(m,ldx,0)-1)) &&
                        \separated(work + (0 .. ns_workspace(m,n)-1), G + (0 .. idx(m,ldg,0)-1)) &&
                        \separated(work + (0 .. ns_workspace(m,n)-1), schedule + (0 .. steps-1));
    terminates \true;
    exits    never:     \false;
    assigns  X[0 .. idx(m,ldx,0)-1], work[0 .. ns_workspace(m,n)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(X,ldx,i,j), ns{Pre}(0, G, ldg, m, n, eps, how, schedule, steps, i, j, 0));
    ensures  padding:   padding{Pre,Post}(X, ldx, m, n);
*/
void muonf_newton_schulz_wide(float *X, size_t ldx, const float *G, size_t ldg, const muonf_coefficients *schedule,
                             size_t steps, float eps, muonf_normalisation how, float *work, size_t m, size_t n);

// X <- NS(G) for m > n: the iteration runs on X^T in the workspace, next to A and P; X holds the transposes of the
// iterates, and of the result in the end.  See muonf_newton_schulz.  S5.JORDAN and S5.TORCH.
/*@ requires shape:     shape(m, n, ldx) && shape(m, n, ldg) && m > n;
    requires how:       how == MUONF_NORMALISE_ADD || how == MUONF_NORMALISE_CLAMP || how == MUONF_NORMALISE_NONE;
    requires valid:     \valid(X + (0 .. idx(m,ldx,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1)) &&
                        \valid_read(schedule + (0 .. steps-1)) && \valid(work + (0 .. ns_workspace(m,n)-1));
    requires separated: \separated(X + (0 .. idx(m,ldx,0)-1), G + (0 .. idx(m,ldg,0)-1)) &&
                        \separated(X + (0 .. idx(m,ldx,0)-1), schedule + (0 .. steps-1)) &&
                        \separated(work + (0 .. ns_workspace(m,n)-1), X + (0 .. idx(m,ldx,0)-1)) &&
                        \separated(work + (0 .. ns_workspace(m,n)-1), G + (0 .. idx(m,ldg,0)-1)) &&
                        \separated(work + (0 .. ns_workspace(m,n)-1), schedule + (0 .. steps-1));
    terminates \true;
    exits    never:     \false;
    assigns  X[0 .. idx(m,ldx,0)-1], work[0 .. ns_workspace(m,n)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(X,ldx,i,j), ns{Pre}(0, G, ldg, m, n, eps, how, schedule, steps, j, i, 0));
    ensures  padding:   padding{Pre,Post}(X, ldx, m, n);
*/
void muonf_newton_schulz_tall(float *X, size_t ldx, const float *G, size_t ldg, const muonf_coefficients *schedule,
                             size_t steps, float eps, muonf_normalisation how, float *work, size_t m, size_t n);

// X <- NS(G): G (m x n) is normalised to X_0, and X_{t+1} = a X_t + (b A + c A^2) X_t with A = X_t X_t^T and the t-th
// (a, b, c) of the schedule, `steps` times; when m > n on the transposed matrix, where A is smaller.  Entry (i, j) of
// every X_t, with each rounding in its place, is the logic function ns(0, ..., t, i, j, 0) of
// spec/acsl/newton_schulz.h.  S5.JORDAN and S5.TORCH.
/*@ requires shape:     shape(m, n, ldx) && shape(m, n, ldg);
    requires how:       how == MUONF_NORMALISE_ADD || how == MUONF_NORMALISE_CLAMP || how == MUONF_NORMALISE_NONE;
    requires valid:     \valid(X + (0 .. idx(m,ldx,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1)) &&
                        \valid_read(schedule + (0 .. steps-1)) && \valid(work + (0 .. ns_workspace(m,n)-1));
    requires separated: \separated(X + (0 .. idx(m,ldx,0)-1), G + (0 .. idx(m,ldg,0)-1)) &&
                        \separated(X + (0 .. idx(m,ldx,0)-1), schedule + (0 .. steps-1)) &&
                        \separated(work + (0 .. ns_workspace(m,n)-1), X + (0 .. idx(m,ldx,0)-1)) &&
                        \separated(work + (0 .. ns_workspace(m,n)-1), G + (0 .. idx(m,ldg,0)-1)) &&
                        \separated(work + (0 .. ns_workspace(m,n)-1), schedule + (0 .. steps-1));
    terminates \true;
    exits    never:     \false;
    assigns  X[0 .. idx(m,ldx,0)-1], work[0 .. ns_workspace(m,n)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(X,ldx,i,j), ns{Pre}(0, G, ldg, m, n, eps, how, schedule, steps,
                            m <= n ? i : j, m <= n ? j : i, 0));
    ensures  padding:   padding{Pre,Post}(X, ldx, m, n);
*/
void muonf_newton_schulz(float *X, size_t ldx, const float *G, size_t ldg, const muonf_coefficients *schedule,
                        size_t steps, float eps, muonf_normalisation how, float *work, size_t m, size_t n);

#endif
