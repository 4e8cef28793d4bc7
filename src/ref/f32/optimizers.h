// Generated from src/ref/optimizers.h by tools/float_reference; edit that file.
// The optimizers that Muon is compared with: gradient, sign and Adam(W) steps.
#ifndef MUONF_REF_OPTIMIZERS_H
#define MUONF_REF_OPTIMIZERS_H

#include <stddef.h>

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/optimizers.h"
#endif

// W <- W - lr G, both m x n; evaluated as W + (-lr) G, which has the same bits.
/*@ requires shape:     shape(m, n, ldw) && shape(m, n, ldg);
    requires valid:     \valid(W + (0 .. idx(m,ldw,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1));
    requires separated: \separated(W + (0 .. idx(m,ldw,0)-1), G + (0 .. idx(m,ldg,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  W[0 .. idx(m,ldw,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(W,ldw,i,j),
                                    rn_add(mat{Pre}(W,ldw,i,j), rn_mul(rn_neg(lr), mat{Pre}(G,ldg,i,j))));
    ensures  padding:   padding{Pre,Post}(W, ldw, m, n);
*/
void muonf_gradient_step(float *W, size_t ldw, float lr, const float *G, size_t ldg, size_t m, size_t n);

// The sign of x: 1 above 0, -1 below 0; zero and NaN are returned as they are, so that a NaN stays visible.
/*@ terminates \true;
    exits    never:     \false;
    assigns  \result \from x;
    ensures  result:    identical(\result, rn_sign(x));
*/
float muonf_sign(float x);

// w <- w - lr sign(g), n elements.
/*@ requires valid:     \valid(w + (0 .. n-1)) && \valid_read(g + (0 .. n-1));
    requires separated: \separated(w + (0 .. n-1), g + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  w[0 .. n-1];
    ensures  result:    \forall integer k; 0 <= k < n ==>
                          identical(elem(w,k), rn_sub(elem{Pre}(w,k), rn_mul(lr, rn_sign(elem{Pre}(g,k)))));
*/
void muonf_vector_sign_step(float *w, float lr, const float *g, size_t n);

// W <- W - lr sign(G), both m x n.
// S1.SIGN; Bernstein et al. 2018 (signSGD).
/*@ requires shape:     shape(m, n, ldw) && shape(m, n, ldg);
    requires valid:     \valid(W + (0 .. idx(m,ldw,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1));
    requires separated: \separated(W + (0 .. idx(m,ldw,0)-1), G + (0 .. idx(m,ldg,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  W[0 .. idx(m,ldw,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(W,ldw,i,j),
                                    rn_sub(mat{Pre}(W,ldw,i,j), rn_mul(lr, rn_sign(mat{Pre}(G,ldg,i,j)))));
    ensures  padding:   padding{Pre,Post}(W, ldw, m, n);
*/
void muonf_sign_step(float *W, size_t ldw, float lr, const float *G, size_t ldg, size_t m, size_t n);

// v <- beta v + (1 - beta) (g g), n elements.
/*@ requires valid:     \valid(v + (0 .. n-1)) && \valid_read(g + (0 .. n-1));
    requires separated: \separated(v + (0 .. n-1), g + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  v[0 .. n-1];
    ensures  result:    \forall integer k; 0 <= k < n ==>
                          identical(elem(v,k), rn_add(rn_mul(beta, elem{Pre}(v,k)),
                                                      rn_mul(rn_sub((float)1.0, beta),
                                                             rn_mul(elem{Pre}(g,k), elem{Pre}(g,k)))));
*/
void muonf_vector_second_moment(float *v, float beta, const float *g, size_t n);

// V <- beta V + (1 - beta) (G G) entry by entry, both m x n: Adam's average of the squared gradients.
// Kingma and Ba 2015, Algorithm 1.
/*@ requires shape:     shape(m, n, ldv) && shape(m, n, ldg);
    requires valid:     \valid(V + (0 .. idx(m,ldv,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1));
    requires separated: \separated(V + (0 .. idx(m,ldv,0)-1), G + (0 .. idx(m,ldg,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  V[0 .. idx(m,ldv,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(V,ldv,i,j),
                                    rn_add(rn_mul(beta, mat{Pre}(V,ldv,i,j)),
                                           rn_mul(rn_sub((float)1.0, beta),
                                                  rn_mul(mat{Pre}(G,ldg,i,j), mat{Pre}(G,ldg,i,j)))));
    ensures  padding:   padding{Pre,Post}(V, ldv, m, n);
*/
void muonf_second_moment(float *V, size_t ldv, float beta, const float *G, size_t ldg, size_t m, size_t n);

// The constants of step t of Adam, t = 1, 2, ...; the caller keeps the powers.
typedef struct {
  float learning_rate;
  float beta1, beta2;             // weights of the old moments
  float beta1_power, beta2_power; // beta1^t, beta2^t
  float eps;                      // added to the square root, outside it
} muonf_adam_settings;

// w <- w - lr (a / (1 - beta1^t)) / (sqrtf(v / (1 - beta2^t)) + eps), n elements.
/*@ requires valid:     \valid(w + (0 .. n-1)) && \valid_read(a + (0 .. n-1)) && \valid_read(v + (0 .. n-1));
    requires separated: \separated(w + (0 .. n-1), a + (0 .. n-1)) && \separated(w + (0 .. n-1), v + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  w[0 .. n-1];
    ensures  result:    \forall integer k; 0 <= k < n ==>
                          identical(elem(w,k), rn_sub(elem{Pre}(w,k),
                                                      rn_mul(s.learning_rate,
                                                             rn_adam(elem{Pre}(a,k), elem{Pre}(v,k), s.beta1_power,
                                                                     s.beta2_power, s.eps))));
*/
void muonf_vector_adam_update(float *w, muonf_adam_settings s, const float *a, const float *v, size_t n);

// W <- W - lr (A / (1 - beta1^t)) / (sqrtf(V / (1 - beta2^t)) + eps) entry by entry, all m x n.
// Plain IEEE arithmetic: where V and eps are 0 the quotient is infinite or NaN, where V is negative it is NaN.
// Kingma and Ba 2015, Algorithm 1.
/*@ requires shape:     shape(m, n, ldw) && shape(m, n, lda) && shape(m, n, ldv);
    requires valid:     \valid(W + (0 .. idx(m,ldw,0)-1)) && \valid_read(A + (0 .. idx(m,lda,0)-1)) &&
                        \valid_read(V + (0 .. idx(m,ldv,0)-1));
    requires separated: \separated(W + (0 .. idx(m,ldw,0)-1), A + (0 .. idx(m,lda,0)-1)) &&
                        \separated(W + (0 .. idx(m,ldw,0)-1), V + (0 .. idx(m,ldv,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  W[0 .. idx(m,ldw,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(W,ldw,i,j),
                                    rn_sub(mat{Pre}(W,ldw,i,j),
                                           rn_mul(s.learning_rate,
                                                  rn_adam(mat{Pre}(A,lda,i,j), mat{Pre}(V,ldv,i,j), s.beta1_power,
                                                          s.beta2_power, s.eps))));
    ensures  padding:   padding{Pre,Post}(W, ldw, m, n);
*/
void muonf_adam_update(float *W, size_t ldw, muonf_adam_settings s, const float *A, size_t lda, const float *V,
                      size_t ldv, size_t m, size_t n);

// One step of Adam: A <- beta1 A + (1 - beta1) G, V <- beta2 V + (1 - beta2) G G, then the update of W; all m x n.
// Kingma and Ba 2015, Algorithm 1.
/*@ requires shape:     shape(m, n, ldw) && shape(m, n, lda) && shape(m, n, ldv) && shape(m, n, ldg);
    requires valid:     \valid(W + (0 .. idx(m,ldw,0)-1)) && \valid(A + (0 .. idx(m,lda,0)-1)) &&
                        \valid(V + (0 .. idx(m,ldv,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1));
    requires separated: \separated(W + (0 .. idx(m,ldw,0)-1), A + (0 .. idx(m,lda,0)-1),
                                   V + (0 .. idx(m,ldv,0)-1), G + (0 .. idx(m,ldg,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  W[0 .. idx(m,ldw,0)-1], A[0 .. idx(m,lda,0)-1], V[0 .. idx(m,ldv,0)-1];
    ensures  mean:      \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(A,lda,i,j),
                                    rn_add(rn_mul(s.beta1, mat{Pre}(A,lda,i,j)),
                                           rn_mul(rn_sub((float)1.0, s.beta1), mat{Pre}(G,ldg,i,j))));
    ensures  square:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(V,ldv,i,j),
                                    rn_add(rn_mul(s.beta2, mat{Pre}(V,ldv,i,j)),
                                           rn_mul(rn_sub((float)1.0, s.beta2),
                                                  rn_mul(mat{Pre}(G,ldg,i,j), mat{Pre}(G,ldg,i,j)))));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(W,ldw,i,j),
                                    rn_sub(mat{Pre}(W,ldw,i,j),
                                           rn_mul(s.learning_rate,
                                                  rn_adam(mat(A,lda,i,j), mat(V,ldv,i,j), s.beta1_power, s.beta2_power,
                                                          s.eps))));
    ensures  padding_w: padding{Pre,Post}(W, ldw, m, n);
    ensures  padding_a: padding{Pre,Post}(A, lda, m, n);
    ensures  padding_v: padding{Pre,Post}(V, ldv, m, n);
*/
void muonf_adam_step(float *W, size_t ldw, float *A, size_t lda, float *V, size_t ldv, muonf_adam_settings s,
                    const float *G, size_t ldg, size_t m, size_t n);

// One step of AdamW: W <- (1 - lr wd) W, then the step of Adam.
// Loshchilov and Hutter 2019, Algorithm 2, in the order of S5.TORCH.
/*@ requires shape:     shape(m, n, ldw) && shape(m, n, lda) && shape(m, n, ldv) && shape(m, n, ldg);
    requires valid:     \valid(W + (0 .. idx(m,ldw,0)-1)) && \valid(A + (0 .. idx(m,lda,0)-1)) &&
                        \valid(V + (0 .. idx(m,ldv,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1));
    requires separated: \separated(W + (0 .. idx(m,ldw,0)-1), A + (0 .. idx(m,lda,0)-1),
                                   V + (0 .. idx(m,ldv,0)-1), G + (0 .. idx(m,ldg,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  W[0 .. idx(m,ldw,0)-1], A[0 .. idx(m,lda,0)-1], V[0 .. idx(m,ldv,0)-1];
    ensures  mean:      \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(A,lda,i,j),
                                    rn_add(rn_mul(s.beta1, mat{Pre}(A,lda,i,j)),
                                           rn_mul(rn_sub((float)1.0, s.beta1), mat{Pre}(G,ldg,i,j))));
    ensures  square:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(V,ldv,i,j),
                                    rn_add(rn_mul(s.beta2, mat{Pre}(V,ldv,i,j)),
                                           rn_mul(rn_sub((float)1.0, s.beta2),
                                                  rn_mul(mat{Pre}(G,ldg,i,j), mat{Pre}(G,ldg,i,j)))));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(W,ldw,i,j),
                                    rn_sub(rn_mul(rn_decay(s.learning_rate, wd), mat{Pre}(W,ldw,i,j)),
                                           rn_mul(s.learning_rate,
                                                  rn_adam(mat(A,lda,i,j), mat(V,ldv,i,j), s.beta1_power, s.beta2_power,
                                                          s.eps))));
    ensures  padding_w: padding{Pre,Post}(W, ldw, m, n);
    ensures  padding_a: padding{Pre,Post}(A, lda, m, n);
    ensures  padding_v: padding{Pre,Post}(V, ldv, m, n);
*/
void muonf_adamw_step(float *W, size_t ldw, float *A, size_t lda, float *V, size_t ldv, muonf_adam_settings s,
                     float wd, const float *G, size_t ldg, size_t m, size_t n);

#endif
