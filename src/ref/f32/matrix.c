// Generated from src/ref/matrix.c by tools/float_reference; edit that file.
#include "matrix.h"

#include "vector.h"

void muonf_matrix_copy(float *B, size_t ldb, const float *A, size_t lda, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(B,ldb,p,q), mat{Pre}(A,lda,p,q));
      loop invariant padding: padding{Pre,Here}(B, ldb, m, n);
      loop assigns   i, B[0 .. idx(m,ldb,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,ldb,0) == i*ldb && idx(i,lda,0) == i*lda;
    //@ ghost before: ;
    muonf_vector_copy(B + i * ldb, A + i * lda, n);
    //@ assert rte_help: unchanged_but{before,Here}(B, idx(i,ldb,0), idx(i,ldb,0) + n, idx(m,ldb,0));
  }
}

void muonf_matrix_scale(float *A, size_t lda, float a, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(A,lda,p,q), rn_mul(a, mat{Pre}(A,lda,p,q)));
      loop invariant rest:    \forall integer p, q; i <= p < m ==> 0 <= q < n ==>
                                identical(mat(A,lda,p,q), mat{Pre}(A,lda,p,q));
      loop invariant padding: padding{Pre,Here}(A, lda, m, n);
      loop assigns   i, A[0 .. idx(m,lda,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,lda,0) == i*lda;
    //@ ghost before: ;
    muonf_vector_scale(A + i * lda, a, n);
    //@ assert rte_help: unchanged_but{before,Here}(A, idx(i,lda,0), idx(i,lda,0) + n, idx(m,lda,0));
  }
}

void muonf_matrix_divide(float *A, size_t lda, float d, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(A,lda,p,q), rn_div(mat{Pre}(A,lda,p,q), d));
      loop invariant rest:    \forall integer p, q; i <= p < m ==> 0 <= q < n ==>
                                identical(mat(A,lda,p,q), mat{Pre}(A,lda,p,q));
      loop invariant padding: padding{Pre,Here}(A, lda, m, n);
      loop assigns   i, A[0 .. idx(m,lda,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,lda,0) == i*lda;
    //@ ghost before: ;
    muonf_vector_divide(A + i * lda, d, n);
    //@ assert rte_help: unchanged_but{before,Here}(A, idx(i,lda,0), idx(i,lda,0) + n, idx(m,lda,0));
  }
}

void muonf_matrix_axpy(float *B, size_t ldb, float a, const float *A, size_t lda, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(B,ldb,p,q), rn_add(mat{Pre}(B,ldb,p,q), rn_mul(a, mat{Pre}(A,lda,p,q))));
      loop invariant rest:    \forall integer p, q; i <= p < m ==> 0 <= q < n ==>
                                identical(mat(B,ldb,p,q), mat{Pre}(B,ldb,p,q));
      loop invariant padding: padding{Pre,Here}(B, ldb, m, n);
      loop assigns   i, B[0 .. idx(m,ldb,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,ldb,0) == i*ldb && idx(i,lda,0) == i*lda;
    //@ ghost before: ;
    muonf_vector_axpy(B + i * ldb, a, A + i * lda, n);
    //@ assert rte_help: unchanged_but{before,Here}(B, idx(i,ldb,0), idx(i,ldb,0) + n, idx(m,ldb,0));
  }
}

void muonf_matrix_rank_one(float *A, size_t lda, const float *x, const float *y, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(A,lda,p,q),
                                          rn_add(mat{Pre}(A,lda,p,q), rn_mul(elem{Pre}(x,p), elem{Pre}(y,q))));
      loop invariant rest:    \forall integer p, q; i <= p < m ==> 0 <= q < n ==>
                                identical(mat(A,lda,p,q), mat{Pre}(A,lda,p,q));
      loop invariant padding: padding{Pre,Here}(A, lda, m, n);
      loop assigns   i, A[0 .. idx(m,lda,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,lda,0) == i*lda;
    //@ ghost before: ;
    muonf_vector_axpy(A + i * lda, x[i], y, n);
    //@ assert rte_help: unchanged_but{before,Here}(A, idx(i,lda,0), idx(i,lda,0) + n, idx(m,lda,0));
  }
}

void muonf_matrix_set_column(float *B, size_t ldb, size_t j, const float *x, size_t m) {
  /*@ loop invariant range: 0 <= i <= m;
      loop invariant done:  \forall integer p; 0 <= p < i ==> identical(mat(B,ldb,p,j), elem{Pre}(x,p));
      loop invariant rest:  \forall integer p, q; 0 <= p < m ==> 0 <= q < ldb ==> (i <= p || q != j) ==>
                              identical(mat(B,ldb,p,q), mat{Pre}(B,ldb,p,q));
      loop assigns   i, B[0 .. idx(m,ldb,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,ldb,0) == i*ldb;
    B[i * ldb + j] = x[i];
  }
}

void muonf_matrix_transpose(float *B, size_t ldb, const float *A, size_t lda, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(B,ldb,q,p), mat{Pre}(A,lda,p,q));
      loop invariant padding: padding{Pre,Here}(B, ldb, n, m);
      loop assigns   i, B[0 .. idx(n,ldb,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,lda,0) == i*lda;
    muonf_matrix_set_column(B, ldb, i, A + i * lda, n);
  }
}

void muonf_matrix_gemv(float *c, float alpha, const float *a, const float *B, size_t ldb, float beta, size_t n,
                      size_t k) {
  /*@ loop invariant range: 0 <= j <= n;
      loop invariant done:  \forall integer q; 0 <= q < j ==>
                              identical(elem(c,q), rn_add(rn_mul(alpha, rn_dot{Pre}(a, B + idx(q,ldb,0), k)),
                                                          rn_mul(beta, elem{Pre}(c,q))));
      loop invariant rest:  \forall integer q; j <= q < n ==> identical(elem(c,q), elem{Pre}(c,q));
      loop assigns   j, c[0 .. n-1];
      loop variant   n - j;
  */
  for (size_t j = 0; j < n; j++) {
    //@ assert rte_help: idx(j,ldb,0) == j*ldb;
    //@ assert rte_help: unchanged{Pre,Here}(a, k) && unchanged{Pre,Here}(B + idx(j,ldb,0), k);
    c[j] = alpha * muonf_vector_dot(a, B + j * ldb, k) + beta * c[j];
  }
}

void muonf_matrix_gemm_nt(float *C, size_t ldc, float alpha, const float *A, size_t lda, const float *B, size_t ldb,
                         float beta, size_t m, size_t n, size_t k) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(C,ldc,p,q), rn_add(rn_mul(alpha, row_dot{Pre}(A, lda, p, B, ldb, q, k)),
                                                                 rn_mul(beta, mat{Pre}(C,ldc,p,q))));
      loop invariant rest:    \forall integer p, q; i <= p < m ==> 0 <= q < n ==>
                                identical(mat(C,ldc,p,q), mat{Pre}(C,ldc,p,q));
      loop invariant padding: padding{Pre,Here}(C, ldc, m, n);
      loop assigns   i, C[0 .. idx(m,ldc,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,ldc,0) == i*ldc && idx(i,lda,0) == i*lda;
    //@ assert rte_help: unchanged{Pre,Here}(A, idx(m,lda,0));
    //@ assert rte_help: unchanged_matrix{Pre,Here}(A, lda, m, k);
    //@ assert rte_help: unchanged{Pre,Here}(B, idx(n,ldb,0));
    //@ assert rte_help: unchanged_matrix{Pre,Here}(B, ldb, n, k);
    //@ ghost before: ;
    muonf_matrix_gemv(C + i * ldc, alpha, A + i * lda, B, ldb, beta, n, k);
    //@ assert rte_help: unchanged_but{before,Here}(C, idx(i,ldc,0), idx(i,ldc,0) + n, idx(m,ldc,0));
  }
}

void muonf_matrix_gemm_nn(float *C, size_t ldc, float alpha, const float *A, size_t lda, const float *B, size_t ldb,
                         float beta, float *work, size_t m, size_t n, size_t k) {
  muonf_matrix_transpose(work, k, B, ldb, k, n);
  //@ assert rte_help: unchanged{Pre,Here}(C, idx(m,ldc,0));
  //@ assert rte_help: unchanged_matrix{Pre,Here}(C, ldc, m, ldc);
  //@ ghost transposed: ;
  muonf_matrix_gemm_nt(C, ldc, alpha, A, lda, work, k, beta, m, n, k);
  //@ assert rte_help: unchanged{transposed,Here}(A, idx(m,lda,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(A, lda, m, k);
  //@ assert rte_help: unchanged{transposed,Here}(work, idx(n,k,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(work, k, n, k);
}

void muonf_matrix_gemm_tn(float *C, size_t ldc, float alpha, const float *A, size_t lda, const float *B, size_t ldb,
                         float beta, float *work, size_t m, size_t n, size_t k) {
  //@ assert rte_help: idx(m,k,0) == m*k;
  muonf_matrix_transpose(work, k, A, lda, k, m);
  //@ assert rte_help: unchanged{Pre,Here}(B, idx(k,ldb,0));
  //@ assert rte_help: unchanged_matrix{Pre,Here}(B, ldb, k, n);
  //@ ghost left: ;
  muonf_matrix_transpose(work + m * k, k, B, ldb, k, n);
  //@ assert rte_help: unchanged{left,Here}(work, idx(m,k,0));
  //@ assert rte_help: unchanged{Pre,Here}(C, idx(m,ldc,0));
  //@ assert rte_help: unchanged_matrix{Pre,Here}(C, ldc, m, ldc);
  //@ ghost transposed: ;
  muonf_matrix_gemm_nt(C, ldc, alpha, work, k, work + m * k, k, beta, m, n, k);
  //@ assert rte_help: unchanged{transposed,Here}(work, idx(m,k,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(work, k, m, k);
  //@ assert rte_help: unchanged{transposed,Here}(work + idx(m,k,0), idx(n,k,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(work + idx(m,k,0), k, n, k);
}

void muonf_matrix_dots(float *c, const float *a, const float *B, size_t ldb, size_t n, size_t k) {
  /*@ loop invariant range: 0 <= j <= n;
      loop invariant done:  \forall integer q; 0 <= q < j ==>
                              identical(elem(c,q), rn_dot{Pre}(a, B + idx(q,ldb,0), k));
      loop assigns   j, c[0 .. n-1];
      loop variant   n - j;
  */
  for (size_t j = 0; j < n; j++) {
    //@ assert rte_help: idx(j,ldb,0) == j*ldb;
    //@ assert rte_help: unchanged{Pre,Here}(a, k) && unchanged{Pre,Here}(B + idx(j,ldb,0), k);
    c[j] = muonf_vector_dot(a, B + j * ldb, k);
  }
}

void muonf_matrix_multiply_nt(float *C, size_t ldc, const float *A, size_t lda, const float *B, size_t ldb, size_t m,
                             size_t n, size_t k) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(C,ldc,p,q), row_dot{Pre}(A, lda, p, B, ldb, q, k));
      loop invariant padding: padding{Pre,Here}(C, ldc, m, n);
      loop assigns   i, C[0 .. idx(m,ldc,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,ldc,0) == i*ldc && idx(i,lda,0) == i*lda;
    //@ assert rte_help: unchanged{Pre,Here}(A, idx(m,lda,0));
    //@ assert rte_help: unchanged_matrix{Pre,Here}(A, lda, m, k);
    //@ assert rte_help: unchanged{Pre,Here}(B, idx(n,ldb,0));
    //@ assert rte_help: unchanged_matrix{Pre,Here}(B, ldb, n, k);
    //@ ghost before: ;
    muonf_matrix_dots(C + i * ldc, A + i * lda, B, ldb, n, k);
    //@ assert rte_help: unchanged_but{before,Here}(C, idx(i,ldc,0), idx(i,ldc,0) + n, idx(m,ldc,0));
  }
}

void muonf_matrix_gram(float *G, size_t ldg, const float *X, size_t ldx, size_t m, size_t n) {
  muonf_matrix_multiply_nt(G, ldg, X, ldx, X, ldx, m, m, n);
}
