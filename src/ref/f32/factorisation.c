// Generated from src/ref/factorisation.c by tools/float_reference; edit that file.
#include "factorisation.h"

#include "matrix.h"
#include "optimizers.h"

void muonf_factorisation_residual(float *R, const float *P, size_t ldp, const float *Q, size_t ldq, const float *M,
                                 size_t ldm, size_t m, size_t n, size_t d) {
  muonf_matrix_multiply_nt(R, n, P, ldp, Q, ldq, m, n, d);
  //@ assert rte_help: block: unchanged{Pre,Here}(M, idx(m,ldm,0));
  //@ assert rte_help: same: unchanged_matrix{Pre,Here}(M, ldm, m, n);
  muonf_matrix_axpy(R, n, -1.0f, M, ldm, m, n);
}

void muonf_factorisation_product(float *C, size_t ldc, float *T, const float *A, const float *B, size_t ldb,
                                size_t m, size_t n, size_t k) {
  muonf_matrix_transpose(T, k, B, ldb, k, n);
  //@ assert rte_help: block: unchanged{Pre,Here}(C, idx(m,ldc,0));
  //@ assert rte_help: pad: padding{Pre,Here}(C, ldc, m, n);
  //@ ghost transposed: ;
  muonf_matrix_multiply_nt(C, ldc, A, k, T, k, m, n, k);
  //@ assert rte_help: left: unchanged{transposed,Here}(A, idx(m,k,0));
  //@ assert rte_help: right: unchanged{transposed,Here}(T, idx(n,k,0));
  //@ assert rte_help: same_a: unchanged_matrix{transposed,Here}(A, k, m, k);
  //@ assert rte_help: same_t: unchanged_matrix{transposed,Here}(T, k, n, k);
}

void muonf_factorisation_gradients(float *U, size_t ldu, float *V, size_t ldv, float *R, float *S, float *X,
                                  float *Y, const float *P, size_t ldp, const float *Q, size_t ldq, const float *M,
                                  size_t ldm, size_t m, size_t n, size_t d) {
  muonf_factorisation_residual(R, P, ldp, Q, ldq, M, ldm, m, n, d);
  //@ ghost residual: ;
  muonf_matrix_transpose(S, m, R, n, m, n);
  //@ assert rte_help: block_q: unchanged{Pre,Here}(Q, idx(n,ldq,0));
  //@ assert rte_help: same_q: unchanged_matrix{Pre,Here}(Q, ldq, n, d);
  //@ assert rte_help: block_u: unchanged{Pre,Here}(U, idx(m,ldu,0));
  //@ assert rte_help: pad_u: padding{Pre,Here}(U, ldu, m, d);
  //@ ghost transposed: ;
  muonf_factorisation_product(U, ldu, X, R, Q, ldq, m, d, n);
  //@ assert rte_help: block_p: unchanged{Pre,Here}(P, idx(m,ldp,0));
  //@ assert rte_help: same_p: unchanged_matrix{Pre,Here}(P, ldp, m, d);
  //@ assert rte_help: block_v: unchanged{Pre,Here}(V, idx(n,ldv,0));
  //@ assert rte_help: pad_v: padding{Pre,Here}(V, ldv, n, d);
  //@ ghost in_p: ;
  muonf_factorisation_product(V, ldv, Y, S, P, ldp, n, d, m);
  //@ assert rte_help: block_r: unchanged{residual,Here}(R, idx(m,n,0));
  //@ assert rte_help: same_r: unchanged_matrix{residual,Here}(R, n, m, n);
  //@ assert rte_help: block_s: unchanged{transposed,Here}(S, idx(n,m,0));
  //@ assert rte_help: same_s: unchanged_matrix{transposed,Here}(S, m, n, m);
  //@ assert rte_help: block_x: unchanged{in_p,Here}(X, idx(d,n,0));
  //@ assert rte_help: same_x: unchanged_matrix{in_p,Here}(X, n, d, n);
  //@ assert rte_help: block_u2: unchanged{in_p,Here}(U, idx(m,ldu,0));
  //@ assert rte_help: same_u: unchanged_matrix{in_p,Here}(U, ldu, m, d);
  //@ assert rte_help: pad_u2: padding{in_p,Here}(U, ldu, m, d);
  //@ assert rte_help: block_r2: unchanged{in_p,Here}(R, idx(m,n,0));
  //@ assert rte_help: same_r2: unchanged_matrix{in_p,Here}(R, n, m, n);
}

void muonf_factorisation_step(float *P, size_t ldp, float *Q, size_t ldq, float *U, float *V, float *R, float *S,
                             float *X, float *Y, float lr, const float *M, size_t ldm, size_t m, size_t n,
                             size_t d) {
  muonf_factorisation_gradients(U, d, V, d, R, S, X, Y, P, ldp, Q, ldq, M, ldm, m, n, d);
  //@ assert rte_help: block_p: unchanged{Pre,Here}(P, idx(m,ldp,0));
  //@ assert rte_help: same_p: unchanged_matrix{Pre,Here}(P, ldp, m, d);
  //@ assert rte_help: pad_p: padding{Pre,Here}(P, ldp, m, d);
  //@ assert rte_help: block_q: unchanged{Pre,Here}(Q, idx(n,ldq,0));
  //@ assert rte_help: same_q: unchanged_matrix{Pre,Here}(Q, ldq, n, d);
  //@ assert rte_help: pad_q: padding{Pre,Here}(Q, ldq, n, d);
  //@ ghost gradients: ;
  muonf_gradient_step(P, ldp, lr, U, d, m, d);
  //@ assert rte_help: block_q2: unchanged{Pre,Here}(Q, idx(n,ldq,0));
  //@ assert rte_help: same_q2: unchanged_matrix{Pre,Here}(Q, ldq, n, d);
  //@ assert rte_help: pad_q2: padding{Pre,Here}(Q, ldq, n, d);
  //@ assert rte_help: block_v2: unchanged{gradients,Here}(V, idx(n,d,0));
  //@ assert rte_help: same_v2: unchanged_matrix{gradients,Here}(V, d, n, d);
  //@ ghost stepped: ;
  muonf_gradient_step(Q, ldq, lr, V, d, n, d);
  //@ assert rte_help: block_p2: unchanged{stepped,Here}(P, idx(m,ldp,0));
  //@ assert rte_help: same_p2: unchanged_matrix{stepped,Here}(P, ldp, m, d);
  //@ assert rte_help: pad_p2: padding{stepped,Here}(P, ldp, m, d);
  //@ assert rte_help: block_u: unchanged{gradients,Here}(U, idx(m,d,0));
  //@ assert rte_help: same_u: unchanged_matrix{gradients,Here}(U, d, m, d);
  //@ assert rte_help: block_v: unchanged{gradients,Here}(V, idx(n,d,0));
  //@ assert rte_help: same_v: unchanged_matrix{gradients,Here}(V, d, n, d);
  //@ assert rte_help: block_r: unchanged{gradients,Here}(R, idx(m,n,0));
  //@ assert rte_help: same_r: unchanged_matrix{gradients,Here}(R, n, m, n);
  //@ assert rte_help: block_s: unchanged{gradients,Here}(S, idx(n,m,0));
  //@ assert rte_help: same_s: unchanged_matrix{gradients,Here}(S, m, n, m);
  //@ assert rte_help: block_x: unchanged{gradients,Here}(X, idx(d,n,0));
  //@ assert rte_help: same_x: unchanged_matrix{gradients,Here}(X, n, d, n);
  //@ assert rte_help: block_y: unchanged{gradients,Here}(Y, idx(d,m,0));
  //@ assert rte_help: same_y: unchanged_matrix{gradients,Here}(Y, m, d, m);
}
