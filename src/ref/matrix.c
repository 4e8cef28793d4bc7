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
    //@ ghost before: ;
    muon_vector_copy(B + i * ldb, A + i * lda, n);
    //@ assert rte_help: unchanged_but{before,Here}(B, idx(i,ldb,0), idx(i,ldb,0) + n, idx(m,ldb,0));
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
    //@ ghost before: ;
    muon_vector_scale(A + i * lda, a, n);
    //@ assert rte_help: unchanged_but{before,Here}(A, idx(i,lda,0), idx(i,lda,0) + n, idx(m,lda,0));
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
    //@ ghost before: ;
    muon_vector_divide(A + i * lda, d, n);
    //@ assert rte_help: unchanged_but{before,Here}(A, idx(i,lda,0), idx(i,lda,0) + n, idx(m,lda,0));
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
    //@ ghost before: ;
    muon_vector_axpy(B + i * ldb, a, A + i * lda, n);
    //@ assert rte_help: unchanged_but{before,Here}(B, idx(i,ldb,0), idx(i,ldb,0) + n, idx(m,ldb,0));
  }
}

void muon_matrix_rank_one(double *A, size_t lda, const double *x, const double *y, size_t m, size_t n) {
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
    muon_vector_axpy(A + i * lda, x[i], y, n);
    //@ assert rte_help: unchanged_but{before,Here}(A, idx(i,lda,0), idx(i,lda,0) + n, idx(m,lda,0));
  }
}

void muon_matrix_set_column(double *B, size_t ldb, size_t j, const double *x, size_t m) {
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

void muon_matrix_transpose(double *B, size_t ldb, const double *A, size_t lda, size_t m, size_t n) {
  /*@ loop invariant range:   0 <= i <= m;
      loop invariant done:    \forall integer p, q; 0 <= p < i ==> 0 <= q < n ==>
                                identical(mat(B,ldb,q,p), mat{Pre}(A,lda,p,q));
      loop invariant padding: padding{Pre,Here}(B, ldb, n, m);
      loop assigns   i, B[0 .. idx(n,ldb,0)-1];
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,lda,0) == i*lda;
    muon_matrix_set_column(B, ldb, i, A + i * lda, n);
  }
}

void muon_matrix_gemv(double *c, double alpha, const double *a, const double *B, size_t ldb, double beta, size_t n,
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
    c[j] = alpha * muon_vector_dot(a, B + j * ldb, k) + beta * c[j];
  }
}

void muon_matrix_gemm_nt(double *C, size_t ldc, double alpha, const double *A, size_t lda, const double *B, size_t ldb,
                         double beta, size_t m, size_t n, size_t k) {
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
    muon_matrix_gemv(C + i * ldc, alpha, A + i * lda, B, ldb, beta, n, k);
    //@ assert rte_help: unchanged_but{before,Here}(C, idx(i,ldc,0), idx(i,ldc,0) + n, idx(m,ldc,0));
  }
}

void muon_matrix_gemm_nn(double *C, size_t ldc, double alpha, const double *A, size_t lda, const double *B, size_t ldb,
                         double beta, double *work, size_t m, size_t n, size_t k) {
  muon_matrix_transpose(work, k, B, ldb, k, n);
  //@ assert rte_help: unchanged{Pre,Here}(C, idx(m,ldc,0));
  //@ assert rte_help: unchanged_matrix{Pre,Here}(C, ldc, m, ldc);
  //@ ghost transposed: ;
  muon_matrix_gemm_nt(C, ldc, alpha, A, lda, work, k, beta, m, n, k);
  //@ assert rte_help: unchanged{transposed,Here}(A, idx(m,lda,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(A, lda, m, k);
  //@ assert rte_help: unchanged{transposed,Here}(work, idx(n,k,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(work, k, n, k);
}

void muon_matrix_gemm_tn(double *C, size_t ldc, double alpha, const double *A, size_t lda, const double *B, size_t ldb,
                         double beta, double *work, size_t m, size_t n, size_t k) {
  //@ assert rte_help: idx(m,k,0) == m*k;
  muon_matrix_transpose(work, k, A, lda, k, m);
  //@ assert rte_help: unchanged{Pre,Here}(B, idx(k,ldb,0));
  //@ assert rte_help: unchanged_matrix{Pre,Here}(B, ldb, k, n);
  //@ ghost left: ;
  muon_matrix_transpose(work + m * k, k, B, ldb, k, n);
  //@ assert rte_help: unchanged{left,Here}(work, idx(m,k,0));
  //@ assert rte_help: unchanged{Pre,Here}(C, idx(m,ldc,0));
  //@ assert rte_help: unchanged_matrix{Pre,Here}(C, ldc, m, ldc);
  //@ ghost transposed: ;
  muon_matrix_gemm_nt(C, ldc, alpha, work, k, work + m * k, k, beta, m, n, k);
  //@ assert rte_help: unchanged{transposed,Here}(work, idx(m,k,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(work, k, m, k);
  //@ assert rte_help: unchanged{transposed,Here}(work + idx(m,k,0), idx(n,k,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(work + idx(m,k,0), k, n, k);
}

void muon_matrix_dots(double *c, const double *a, const double *B, size_t ldb, size_t n, size_t k) {
  /*@ loop invariant range: 0 <= j <= n;
      loop invariant done:  \forall integer q; 0 <= q < j ==>
                              identical(elem(c,q), rn_dot{Pre}(a, B + idx(q,ldb,0), k));
      loop assigns   j, c[0 .. n-1];
      loop variant   n - j;
  */
  for (size_t j = 0; j < n; j++) {
    //@ assert rte_help: idx(j,ldb,0) == j*ldb;
    //@ assert rte_help: unchanged{Pre,Here}(a, k) && unchanged{Pre,Here}(B + idx(j,ldb,0), k);
    c[j] = muon_vector_dot(a, B + j * ldb, k);
  }
}

void muon_matrix_multiply_nt(double *C, size_t ldc, const double *A, size_t lda, const double *B, size_t ldb, size_t m,
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
    muon_matrix_dots(C + i * ldc, A + i * lda, B, ldb, n, k);
    //@ assert rte_help: unchanged_but{before,Here}(C, idx(i,ldc,0), idx(i,ldc,0) + n, idx(m,ldc,0));
  }
}

void muon_matrix_gram(double *G, size_t ldg, const double *X, size_t ldx, size_t m, size_t n) {
  muon_matrix_multiply_nt(G, ldg, X, ldx, X, ldx, m, m, n);
}
