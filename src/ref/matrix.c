#include "matrix.h"

#include "vector.h"

void muon_matrix_copy(double *B, size_t ldb, const double *A, size_t lda, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(B,ldb,p,q), mat{Pre}(A,lda,p,q));
      loop invariant padding: padding{Pre,Here}(B, ldb, m, n);
      loop assigns   i, B[0 .. idx(m,ldb,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,ldb,0) == i*ldb && idx(i,lda,0) == i*lda;
    muon_vector_copy(B + i * ldb, A + i * lda, n);
  }
}

void muon_matrix_scale(double *A, size_t lda, double a, size_t m, size_t n) {
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
    muon_vector_scale(A + i * lda, a, n);
  }
}

void muon_matrix_divide(double *A, size_t lda, double d, size_t m, size_t n) {
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
    muon_vector_divide(A + i * lda, d, n);
  }
}

void muon_matrix_axpy(double *B, size_t ldb, double a, const double *A, size_t lda, size_t m, size_t n) {
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
    muon_vector_axpy(B + i * ldb, a, A + i * lda, n);
  }
}

void muon_matrix_set_column(double *B, size_t ldb, size_t j, const double *x, size_t m) {
  for (size_t i = 0; i < m; i++)
    B[i * ldb + j] = x[i];
}

void muon_matrix_transpose(double *B, size_t ldb, const double *A, size_t lda, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    muon_matrix_set_column(B, ldb, i, A + i * lda, n);
}

void muon_matrix_gemv(double *c, double alpha, const double *a, const double *B, size_t ldb, double beta, size_t n,
                      size_t k) {
  for (size_t j = 0; j < n; j++)
    c[j] = alpha * muon_vector_dot(a, B + j * ldb, k) + beta * c[j];
}

void muon_matrix_gemm_nt(double *C, size_t ldc, double alpha, const double *A, size_t lda, const double *B, size_t ldb,
                         double beta, size_t m, size_t n, size_t k) {
  for (size_t i = 0; i < m; i++)
    muon_matrix_gemv(C + i * ldc, alpha, A + i * lda, B, ldb, beta, n, k);
}

void muon_matrix_gemm_nn(double *C, size_t ldc, double alpha, const double *A, size_t lda, const double *B, size_t ldb,
                         double beta, double *work, size_t m, size_t n, size_t k) {
  muon_matrix_transpose(work, k, B, ldb, k, n);
  muon_matrix_gemm_nt(C, ldc, alpha, A, lda, work, k, beta, m, n, k);
}

void muon_matrix_gemm_tn(double *C, size_t ldc, double alpha, const double *A, size_t lda, const double *B, size_t ldb,
                         double beta, double *work, size_t m, size_t n, size_t k) {
  muon_matrix_transpose(work, k, A, lda, k, m);
  muon_matrix_transpose(work + m * k, k, B, ldb, k, n);
  muon_matrix_gemm_nt(C, ldc, alpha, work, k, work + m * k, k, beta, m, n, k);
}

void muon_matrix_dots(double *c, const double *a, const double *B, size_t ldb, size_t n, size_t k) {
  for (size_t j = 0; j < n; j++)
    c[j] = muon_vector_dot(a, B + j * ldb, k);
}

void muon_matrix_gram(double *G, size_t ldg, const double *X, size_t ldx, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    muon_matrix_dots(G + i * ldg, X + i * ldx, X, ldx, m, n);
}
