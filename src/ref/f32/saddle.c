// Generated from src/ref/saddle.c by tools/float_reference; edit that file.
#include "saddle.h"

#include "matrix.h"
#include "vector.h"

void muonf_saddle_images(float *T, float *c, float *r, const float *W, size_t ldw, const float *u, const float *v,
                        size_t m, size_t n) {
  muonf_matrix_transpose(T, m, W, ldw, m, n);
  //@ assert rte_help: unchanged{Pre,Here}(v, n);
  //@ assert rte_help: \forall integer i; 0 <= i < m ==> unchanged{Pre,Here}(W + idx(i,ldw,0), n);
  muonf_matrix_dots(c, v, W, ldw, m, n);
  //@ ghost image: ;
  muonf_matrix_dots(r, u, T, m, n, m);
  //@ assert rte_help: unchanged{image,Here}(u, m);
  //@ assert rte_help: \forall integer j; 0 <= j < n ==> unchanged{image,Here}(T + idx(j,m,0), m);
}

void muonf_saddle_coefficients(float *b, float *a, muonf_saddle k, const float *c, const float *r, const float *u,
                              const float *v, size_t m, size_t n) {
  float s = muonf_vector_dot(u, c, m);
  muonf_vector_copy(a, r, n);
  muonf_vector_scale(a, k.row - k.bulk, n);
  muonf_vector_axpy(a, (k.bulk - k.lambda - k.row - k.column) * s, v, n);
  //@ assert rte_help: ca: unchanged{Pre,Here}(c, m);
  //@ ghost right: ;
  muonf_vector_copy(b, c, m);
  muonf_vector_scale(b, k.column - k.bulk, m);
  //@ assert rte_help: ab: unchanged{right,Here}(a, n);
}

void muonf_saddle_factors(float *b, float *a, float *T, float *c, float *r, muonf_saddle k, const float *W,
                         size_t ldw, const float *u, const float *v, size_t m, size_t n) {
  muonf_saddle_images(T, c, r, W, ldw, u, v, m, n);
  //@ assert rte_help: vi: unchanged{Pre,Here}(v, n);
  //@ ghost images: ;
  muonf_saddle_coefficients(b, a, k, c, r, u, v, m, n);
  //@ assert rte_help: uc: unchanged{images,Here}(u, m) && unchanged{images,Here}(c, m) && unchanged{images,Here}(r, n);
  //@ assert rte_help: tc: unchanged{images,Here}(T, idx(n,m,0));
  //@ assert rte_help: rows: \forall integer j; 0 <= j < n ==> unchanged{images,Here}(T + idx(j,m,0), m);
  //@ assert rte_help: dots: \forall integer j; 0 <= j < n ==> same_dot{images,Here}(u, T + idx(j,m,0), m);
  //@ assert rte_help: dot: same_dot{images,Here}(u, c, m);
}

void muonf_saddle_assemble(float *H, size_t ldh, float bulk, const float *W, size_t ldw, const float *b,
                          const float *a, const float *u, const float *v, size_t m, size_t n) {
  muonf_matrix_copy(H, ldh, W, ldw, m, n);
  muonf_matrix_scale(H, ldh, bulk, m, n);
  //@ assert rte_help: ua: unchanged{Pre,Here}(u, m) && unchanged{Pre,Here}(a, n);
  muonf_matrix_rank_one(H, ldh, u, a, m, n);
  //@ assert rte_help: bv: unchanged{Pre,Here}(b, m) && unchanged{Pre,Here}(v, n);
  muonf_matrix_rank_one(H, ldh, b, v, m, n);
}

void muonf_saddle_gradient(float *H, size_t ldh, float *b, float *a, float *T, float *c, float *r, muonf_saddle k,
                          const float *W, size_t ldw, const float *u, const float *v, size_t m, size_t n) {
  muonf_saddle_factors(b, a, T, c, r, k, W, ldw, u, v, m, n);
  //@ assert rte_help: hf: unchanged{Pre,Here}(H, idx(m,ldh,0));
  //@ assert rte_help: hp: padding{Pre,Here}(H, ldh, m, n);
  //@ assert rte_help: wf: unchanged{Pre,Here}(W, idx(m,ldw,0));
  //@ assert rte_help: wm: unchanged_matrix{Pre,Here}(W, ldw, m, n);
  //@ assert rte_help: uf: unchanged{Pre,Here}(u, m) && unchanged{Pre,Here}(v, n);
  //@ ghost factors: ;
  muonf_saddle_assemble(H, ldh, k.bulk, W, ldw, b, a, u, v, m, n);
  /*@ assert rte_help: entry: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
        identical(mat(H,ldh,i,j), rn_saddle(k.bulk, mat{Pre}(W,ldw,i,j), elem{Pre}(u,i), elem{factors}(a,j),
                                            elem{factors}(b,i), elem{Pre}(v,j))); */
  //@ assert rte_help: ra: unchanged{factors,Here}(r, n);
  //@ assert rte_help: ua: unchanged{factors,Here}(u, m) && unchanged{factors,Here}(c, m);
  //@ assert rte_help: fa: unchanged{factors,Here}(a, n) && unchanged{factors,Here}(b, m);
  //@ assert rte_help: ta: unchanged{factors,Here}(T, idx(n,m,0));
  //@ assert rte_help: rows: \forall integer j; 0 <= j < n ==> unchanged{factors,Here}(T + idx(j,m,0), m);
  //@ assert rte_help: dots: \forall integer j; 0 <= j < n ==> same_dot{factors,Here}(u, T + idx(j,m,0), m);
  //@ assert rte_help: dot: same_dot{factors,Here}(u, c, m);
}

void muonf_saddle_noisy_gradient(float *H, size_t ldh, float *b, float *a, float *T, float *c, float *r,
                                muonf_saddle k, const float *W, size_t ldw, const float *u, const float *v,
                                const float *N, size_t ldn, size_t m, size_t n) {
  muonf_saddle_gradient(H, ldh, b, a, T, c, r, k, W, ldw, u, v, m, n);
  //@ assert rte_help: block_n: unchanged{Pre,Here}(N, idx(m,ldn,0));
  //@ assert rte_help: same_n: unchanged_matrix{Pre,Here}(N, ldn, m, n);
  //@ ghost gradient: ;
  muonf_matrix_axpy(H, ldh, 1.0f, N, ldn, m, n);
  //@ assert rte_help: uc: unchanged{gradient,Here}(u, m) && unchanged{gradient,Here}(c, m);
  //@ assert rte_help: ra: unchanged{gradient,Here}(r, n) && unchanged{gradient,Here}(a, n);
  //@ assert rte_help: ba: unchanged{gradient,Here}(b, m);
  //@ assert rte_help: block_t: unchanged{gradient,Here}(T, idx(n,m,0));
  //@ assert rte_help: same_t: unchanged_matrix{gradient,Here}(T, m, n, m);
  //@ assert rte_help: rows: \forall integer j; 0 <= j < n ==> unchanged{gradient,Here}(T + idx(j,m,0), m);
  //@ assert rte_help: dots: \forall integer j; 0 <= j < n ==> same_dot{gradient,Here}(u, T + idx(j,m,0), m);
  //@ assert rte_help: dot: same_dot{gradient,Here}(u, c, m);
}

void muonf_saddle_step(float *W, size_t ldw, float *B, size_t ldb, float *H, float *b, float *a, float *T,
                      float *c, float *r, float *work, muonf_saddle k, const float *u, const float *v,
                      const float *N, size_t ldn, muonf_settings s, const muonf_coefficients *schedule, size_t steps,
                      size_t m, size_t n) {
  muonf_saddle_noisy_gradient(H, n, b, a, T, c, r, k, W, ldw, u, v, N, ldn, m, n);
  //@ assert rte_help: block_w: unchanged{Pre,Here}(W, idx(m,ldw,0));
  //@ assert rte_help: same_w: unchanged_matrix{Pre,Here}(W, ldw, m, n);
  //@ assert rte_help: pad_w: padding{Pre,Here}(W, ldw, m, n);
  //@ assert rte_help: block_b: unchanged{Pre,Here}(B, idx(m,ldb,0));
  //@ assert rte_help: same_b: unchanged_matrix{Pre,Here}(B, ldb, m, n);
  //@ assert rte_help: pad_b: padding{Pre,Here}(B, ldb, m, n);
  //@ ghost gradient: ;
  muonf_step(W, ldw, B, ldb, s, H, n, schedule, steps, work, m, n);
  //@ assert rte_help: block_h: unchanged{gradient,Here}(H, idx(m,n,0));
  //@ assert rte_help: same_h: unchanged_matrix{gradient,Here}(H, n, m, n);
  //@ assert rte_help: keeps_b: unchanged{gradient,Here}(b, m);
  //@ assert rte_help: keeps_a: unchanged{gradient,Here}(a, n);
  //@ assert rte_help: keeps_c: unchanged{gradient,Here}(c, m);
  //@ assert rte_help: keeps_r: unchanged{gradient,Here}(r, n);
  //@ assert rte_help: keeps_u: unchanged{gradient,Here}(u, m);
  //@ assert rte_help: block_t: unchanged{gradient,Here}(T, idx(n,m,0));
  //@ assert rte_help: same_t: unchanged_matrix{gradient,Here}(T, m, n, m);
  //@ assert rte_help: rows: \forall integer j; 0 <= j < n ==> unchanged{gradient,Here}(T + idx(j,m,0), m);
  //@ assert rte_help: dots: \forall integer j; 0 <= j < n ==> same_dot{gradient,Here}(u, T + idx(j,m,0), m);
  //@ assert rte_help: dot: same_dot{gradient,Here}(u, c, m);
}
