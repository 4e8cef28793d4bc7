// Generated from src/ref/optimizers.c by tools/float_reference; edit that file.
#include "optimizers.h"

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/sqrt.h"
#else
#include <math.h>
#endif

#include "matrix.h"
#include "momentum.h"
#include "weight_decay.h"

void muonf_gradient_step(float *W, size_t ldw, float lr, const float *G, size_t ldg, size_t m, size_t n) {
  muonf_matrix_axpy(W, ldw, -lr, G, ldg, m, n);
}

float muonf_sign(float x) {
  return 0.0f < x ? 1.0f : x < 0.0f ? -1.0f : x;
}

void muonf_vector_sign_step(float *w, float lr, const float *g, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done:  \forall integer k; 0 <= k < i ==>
                              identical(elem(w,k), rn_sub(elem{Pre}(w,k), rn_mul(lr, rn_sign(elem{Pre}(g,k)))));
      loop invariant rest:  \forall integer k; i <= k < n ==> identical(elem(w,k), elem{Pre}(w,k));
      loop assigns   i, w[0 .. n-1];
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    w[i] = w[i] - lr * muonf_sign(g[i]);
}

void muonf_sign_step(float *W, size_t ldw, float lr, const float *G, size_t ldg, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(W,ldw,p,q),
                                          rn_sub(mat{Pre}(W,ldw,p,q), rn_mul(lr, rn_sign(mat{Pre}(G,ldg,p,q)))));
      loop invariant rest:    \forall integer p, q; i <= p < m ==> 0 <= q < n ==>
                                identical(mat(W,ldw,p,q), mat{Pre}(W,ldw,p,q));
      loop invariant padding: padding{Pre,Here}(W, ldw, m, n);
      loop assigns   i, W[0 .. idx(m,ldw,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,ldw,0) == i*ldw && idx(i,ldg,0) == i*ldg;
    //@ assert rte_help: same_g: unchanged{Pre,Here}(G + idx(i,ldg,0), n);
    //@ ghost before: ;
    muonf_vector_sign_step(W + i * ldw, lr, G + i * ldg, n);
    //@ assert rte_help: block: unchanged_but{before,Here}(W, idx(i,ldw,0), idx(i,ldw,0) + n, idx(m,ldw,0));
  }
}

void muonf_vector_second_moment(float *v, float beta, const float *g, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done:  \forall integer k; 0 <= k < i ==>
                              identical(elem(v,k), rn_add(rn_mul(beta, elem{Pre}(v,k)),
                                                          rn_mul(rn_sub((float)1.0, beta),
                                                                 rn_mul(elem{Pre}(g,k), elem{Pre}(g,k)))));
      loop invariant rest:  \forall integer k; i <= k < n ==> identical(elem(v,k), elem{Pre}(v,k));
      loop assigns   i, v[0 .. n-1];
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    v[i] = beta * v[i] + (1.0f - beta) * (g[i] * g[i]);
}

void muonf_second_moment(float *V, size_t ldv, float beta, const float *G, size_t ldg, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(V,ldv,p,q),
                                          rn_add(rn_mul(beta, mat{Pre}(V,ldv,p,q)),
                                                 rn_mul(rn_sub((float)1.0, beta),
                                                        rn_mul(mat{Pre}(G,ldg,p,q), mat{Pre}(G,ldg,p,q)))));
      loop invariant rest:    \forall integer p, q; i <= p < m ==> 0 <= q < n ==>
                                identical(mat(V,ldv,p,q), mat{Pre}(V,ldv,p,q));
      loop invariant padding: padding{Pre,Here}(V, ldv, m, n);
      loop assigns   i, V[0 .. idx(m,ldv,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,ldv,0) == i*ldv && idx(i,ldg,0) == i*ldg;
    //@ assert rte_help: same_g: unchanged{Pre,Here}(G + idx(i,ldg,0), n);
    //@ ghost before: ;
    muonf_vector_second_moment(V + i * ldv, beta, G + i * ldg, n);
    //@ assert rte_help: block: unchanged_but{before,Here}(V, idx(i,ldv,0), idx(i,ldv,0) + n, idx(m,ldv,0));
  }
}

void muonf_vector_adam_update(float *w, muonf_adam_settings s, const float *a, const float *v, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done:  \forall integer k; 0 <= k < i ==>
                              identical(elem(w,k), rn_sub(elem{Pre}(w,k),
                                                          rn_mul(s.learning_rate,
                                                                 rn_adam(elem{Pre}(a,k), elem{Pre}(v,k),
                                                                         s.beta1_power, s.beta2_power, s.eps))));
      loop invariant rest:  \forall integer k; i <= k < n ==> identical(elem(w,k), elem{Pre}(w,k));
      loop assigns   i, w[0 .. n-1];
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++) {
    float mean = a[i] / (1.0f - s.beta1_power);
    float square = v[i] / (1.0f - s.beta2_power);
    w[i] = w[i] - s.learning_rate * (mean / (sqrtf(square) + s.eps));
  }
}

void muonf_adam_update(float *W, size_t ldw, muonf_adam_settings s, const float *A, size_t lda, const float *V,
                      size_t ldv, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(W,ldw,p,q),
                                          rn_sub(mat{Pre}(W,ldw,p,q),
                                                 rn_mul(s.learning_rate,
                                                        rn_adam(mat{Pre}(A,lda,p,q), mat{Pre}(V,ldv,p,q),
                                                                s.beta1_power, s.beta2_power, s.eps))));
      loop invariant rest:    \forall integer p, q; i <= p < m ==> 0 <= q < n ==>
                                identical(mat(W,ldw,p,q), mat{Pre}(W,ldw,p,q));
      loop invariant padding: padding{Pre,Here}(W, ldw, m, n);
      loop assigns   i, W[0 .. idx(m,ldw,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,ldw,0) == i*ldw && idx(i,lda,0) == i*lda && idx(i,ldv,0) == i*ldv;
    //@ assert rte_help: same_a: unchanged{Pre,Here}(A + idx(i,lda,0), n);
    //@ assert rte_help: same_v: unchanged{Pre,Here}(V + idx(i,ldv,0), n);
    //@ ghost before: ;
    muonf_vector_adam_update(W + i * ldw, s, A + i * lda, V + i * ldv, n);
    //@ assert rte_help: block: unchanged_but{before,Here}(W, idx(i,ldw,0), idx(i,ldw,0) + n, idx(m,ldw,0));
  }
}

void muonf_adam_step(float *W, size_t ldw, float *A, size_t lda, float *V, size_t ldv, muonf_adam_settings s,
                    const float *G, size_t ldg, size_t m, size_t n) {
  muonf_momentum(A, lda, s.beta1, 1.0f - s.beta1, G, ldg, m, n);
  muonf_second_moment(V, ldv, s.beta2, G, ldg, m, n);
  muonf_adam_update(W, ldw, s, A, lda, V, ldv, m, n);
}

void muonf_adamw_step(float *W, size_t ldw, float *A, size_t lda, float *V, size_t ldv, muonf_adam_settings s,
                     float wd, const float *G, size_t ldg, size_t m, size_t n) {
  muonf_weight_decay(W, ldw, s.learning_rate, wd, m, n);
  muonf_adam_step(W, ldw, A, lda, V, ldv, s, G, ldg, m, n);
}
