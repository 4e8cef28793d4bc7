// Generated from src/ref/matrix.h by tools/float_reference; edit that file.
// Row-major matrices with a leading dimension: element (i, j) of A stands at A[i*lda + j], and A owns the whole block
// of m*lda elements.  Padding is read and written by nobody.  Counts of rows or columns may be 0.
#ifndef MUONF_REF_MATRIX_H
#define MUONF_REF_MATRIX_H

#include <stddef.h>

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/dot.h"
#endif

// B <- A, both m x n.
// LAPACK xLACPY.
/*@ requires shape:     shape(m, n, ldb) && shape(m, n, lda);
    requires valid:     \valid(B + (0 .. idx(m,ldb,0)-1)) && \valid_read(A + (0 .. idx(m,lda,0)-1));
    requires separated: \separated(B + (0 .. idx(m,ldb,0)-1), A + (0 .. idx(m,lda,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  B[0 .. idx(m,ldb,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(B,ldb,i,j), mat{Pre}(A,lda,i,j));
    ensures  padding:   padding{Pre,Post}(B, ldb, m, n);
*/
void muonf_matrix_copy(float *B, size_t ldb, const float *A, size_t lda, size_t m, size_t n);

// A <- a A, A is m x n.
// The matrix form of BLAS xSCAL.
/*@ requires shape:     shape(m, n, lda);
    requires valid:     \valid(A + (0 .. idx(m,lda,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  A[0 .. idx(m,lda,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(A,lda,i,j), rn_mul(a, mat{Pre}(A,lda,i,j)));
    ensures  padding:   padding{Pre,Post}(A, lda, m, n);
*/
void muonf_matrix_scale(float *A, size_t lda, float a, size_t m, size_t n);

// A <- A / d, A is m x n, one rounding an element.
// The division of S5.TORCH and S5.JORDAN.
/*@ requires shape:     shape(m, n, lda);
    requires valid:     \valid(A + (0 .. idx(m,lda,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  A[0 .. idx(m,lda,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(A,lda,i,j), rn_div(mat{Pre}(A,lda,i,j), d));
    ensures  padding:   padding{Pre,Post}(A, lda, m, n);
*/
void muonf_matrix_divide(float *A, size_t lda, float d, size_t m, size_t n);

// B <- B + a A, both m x n.
// The matrix form of BLAS xAXPY.
/*@ requires shape:     shape(m, n, ldb) && shape(m, n, lda);
    requires valid:     \valid(B + (0 .. idx(m,ldb,0)-1)) && \valid_read(A + (0 .. idx(m,lda,0)-1));
    requires separated: \separated(B + (0 .. idx(m,ldb,0)-1), A + (0 .. idx(m,lda,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  B[0 .. idx(m,ldb,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(B,ldb,i,j), rn_add(mat{Pre}(B,ldb,i,j), rn_mul(a, mat{Pre}(A,lda,i,j))));
    ensures  padding:   padding{Pre,Post}(B, ldb, m, n);
*/
void muonf_matrix_axpy(float *B, size_t ldb, float a, const float *A, size_t lda, size_t m, size_t n);

// A <- A + x y^T: A is m x n, x has m elements, y has n.
// BLAS level 2, xGER.
/*@ requires shape:     shape(m, n, lda);
    requires valid:     \valid(A + (0 .. idx(m,lda,0)-1)) && \valid_read(x + (0 .. m-1)) && \valid_read(y + (0 .. n-1));
    requires separated: \separated(A + (0 .. idx(m,lda,0)-1), x + (0 .. m-1)) &&
                        \separated(A + (0 .. idx(m,lda,0)-1), y + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  A[0 .. idx(m,lda,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(A,lda,i,j),
                                    rn_add(mat{Pre}(A,lda,i,j), rn_mul(elem{Pre}(x,i), elem{Pre}(y,j))));
    ensures  padding:   padding{Pre,Post}(A, lda, m, n);
*/
void muonf_matrix_rank_one(float *A, size_t lda, const float *x, const float *y, size_t m, size_t n);

// Column j of B, which has m rows, becomes x; the rest of B stays as it is.
// The inner loop of the transposition.
/*@ requires shape:     shape(m, 0, ldb) && 0 <= j < ldb;
    requires valid:     \valid(B + (0 .. idx(m,ldb,0)-1)) && \valid_read(x + (0 .. m-1));
    requires separated: \separated(B + (0 .. idx(m,ldb,0)-1), x + (0 .. m-1));
    terminates \true;
    exits    never:     \false;
    assigns  B[0 .. idx(m,ldb,0)-1];
    ensures  result:    \forall integer i; 0 <= i < m ==> identical(mat(B,ldb,i,j), elem{Pre}(x,i));
    ensures  rest:      \forall integer i, q; 0 <= i < m ==> 0 <= q < ldb ==> q != j ==>
                          identical(mat(B,ldb,i,q), mat{Pre}(B,ldb,i,q));
*/
void muonf_matrix_set_column(float *B, size_t ldb, size_t j, const float *x, size_t m);

// B <- A^T, A is m x n, B is n x m.
// MKL and OpenBLAS xOMATCOPY.
/*@ requires shape:     shape(n, m, ldb) && shape(m, n, lda);
    requires valid:     \valid(B + (0 .. idx(n,ldb,0)-1)) && \valid_read(A + (0 .. idx(m,lda,0)-1));
    requires separated: \separated(B + (0 .. idx(n,ldb,0)-1), A + (0 .. idx(m,lda,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  B[0 .. idx(n,ldb,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(B,ldb,j,i), mat{Pre}(A,lda,i,j));
    ensures  padding:   padding{Pre,Post}(B, ldb, n, m);
*/
void muonf_matrix_transpose(float *B, size_t ldb, const float *A, size_t lda, size_t m, size_t n);

// c <- alpha B a + beta c: one row of gemm_nt.  B is n x k, a has k elements, c has n.
// BLAS level 2, xGEMV.
/*@ requires shape:     shape(n, k, ldb);
    requires valid:     \valid(c + (0 .. n-1)) && \valid_read(a + (0 .. k-1)) &&
                        \valid_read(B + (0 .. idx(n,ldb,0)-1));
    requires separated: \separated(c + (0 .. n-1), a + (0 .. k-1)) &&
                        \separated(c + (0 .. n-1), B + (0 .. idx(n,ldb,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  c[0 .. n-1];
    ensures  result:    \forall integer j; 0 <= j < n ==>
                          identical(elem(c,j), rn_add(rn_mul(alpha, rn_dot{Pre}(a, B + idx(j,ldb,0), k)),
                                                 rn_mul(beta, elem{Pre}(c,j))));
*/
void muonf_matrix_gemv(float *c, float alpha, const float *a, const float *B, size_t ldb, float beta, size_t n,
                      size_t k);

// C <- alpha A B^T + beta C: A is m x k, B is n x k, C is m x n; A and B may be the same matrix.
// BLAS level 3, xGEMM, 'N' 'T'.  C is read even when beta is 0.
/*@ requires shape:     shape(m, n, ldc) && shape(m, k, lda) && shape(n, k, ldb);
    requires valid:     \valid(C + (0 .. idx(m,ldc,0)-1)) && \valid_read(A + (0 .. idx(m,lda,0)-1)) &&
                        \valid_read(B + (0 .. idx(n,ldb,0)-1));
    requires separated: \separated(C + (0 .. idx(m,ldc,0)-1), A + (0 .. idx(m,lda,0)-1)) &&
                        \separated(C + (0 .. idx(m,ldc,0)-1), B + (0 .. idx(n,ldb,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  C[0 .. idx(m,ldc,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(C,ldc,i,j), rn_add(rn_mul(alpha, row_dot{Pre}(A, lda, i, B, ldb, j, k)),
                                                           rn_mul(beta, mat{Pre}(C,ldc,i,j))));
    ensures  padding:   padding{Pre,Post}(C, ldc, m, n);
*/
void muonf_matrix_gemm_nt(float *C, size_t ldc, float alpha, const float *A, size_t lda, const float *B, size_t ldb,
                         float beta, size_t m, size_t n, size_t k);

// C <- alpha A B + beta C: A is m x k, B is k x n, C is m x n; work holds B^T, n x k without padding.
// BLAS level 3, xGEMM, 'N' 'N'.
/*@ requires shape:     shape(m, n, ldc) && shape(m, k, lda) && shape(k, n, ldb) && shape(n, k, k);
    requires valid:     \valid(C + (0 .. idx(m,ldc,0)-1)) && \valid_read(A + (0 .. idx(m,lda,0)-1)) &&
                        \valid_read(B + (0 .. idx(k,ldb,0)-1)) && \valid(work + (0 .. idx(n,k,0)-1));
    requires separated: \separated(C + (0 .. idx(m,ldc,0)-1), A + (0 .. idx(m,lda,0)-1)) &&
                        \separated(C + (0 .. idx(m,ldc,0)-1), B + (0 .. idx(k,ldb,0)-1)) &&
                        \separated(work + (0 .. idx(n,k,0)-1), C + (0 .. idx(m,ldc,0)-1)) &&
                        \separated(work + (0 .. idx(n,k,0)-1), A + (0 .. idx(m,lda,0)-1)) &&
                        \separated(work + (0 .. idx(n,k,0)-1), B + (0 .. idx(k,ldb,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  C[0 .. idx(m,ldc,0)-1], work[0 .. idx(n,k,0)-1];
    ensures  work:      \forall integer l, j; 0 <= l < k ==> 0 <= j < n ==>
                          identical(mat(work,k,j,l), mat{Pre}(B,ldb,l,j));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(C,ldc,i,j), rn_add(rn_mul(alpha, row_dot{Post}(A, lda, i, work, k, j, k)),
                                                           rn_mul(beta, mat{Pre}(C,ldc,i,j))));
    ensures  padding:   padding{Pre,Post}(C, ldc, m, n);
*/
void muonf_matrix_gemm_nn(float *C, size_t ldc, float alpha, const float *A, size_t lda, const float *B, size_t ldb,
                         float beta, float *work, size_t m, size_t n, size_t k);

// C <- alpha A^T B + beta C: A is k x m, B is k x n, C is m x n; work holds A^T and then B^T, (m + n) x k without
// padding.  BLAS level 3, xGEMM, 'T' 'N'.
/*@ requires shape:     shape(m, n, ldc) && shape(k, m, lda) && shape(k, n, ldb) && shape(m, k, k) && shape(n, k, k);
    requires valid:     \valid(C + (0 .. idx(m,ldc,0)-1)) && \valid_read(A + (0 .. idx(k,lda,0)-1)) &&
                        \valid_read(B + (0 .. idx(k,ldb,0)-1)) && \valid(work + (0 .. idx(m,k,0)+idx(n,k,0)-1));
    requires separated: \separated(C + (0 .. idx(m,ldc,0)-1), A + (0 .. idx(k,lda,0)-1)) &&
                        \separated(C + (0 .. idx(m,ldc,0)-1), B + (0 .. idx(k,ldb,0)-1)) &&
                        \separated(work + (0 .. idx(m,k,0)+idx(n,k,0)-1), C + (0 .. idx(m,ldc,0)-1)) &&
                        \separated(work + (0 .. idx(m,k,0)+idx(n,k,0)-1), A + (0 .. idx(k,lda,0)-1)) &&
                        \separated(work + (0 .. idx(m,k,0)+idx(n,k,0)-1), B + (0 .. idx(k,ldb,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  C[0 .. idx(m,ldc,0)-1], work[0 .. idx(m,k,0)+idx(n,k,0)-1];
    ensures  left:      \forall integer l, i; 0 <= l < k ==> 0 <= i < m ==>
                          identical(mat(work,k,i,l), mat{Pre}(A,lda,l,i));
    ensures  right:     \forall integer l, j; 0 <= l < k ==> 0 <= j < n ==>
                          identical(mat(work+idx(m,k,0),k,j,l), mat{Pre}(B,ldb,l,j));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(C,ldc,i,j),
                                    rn_add(rn_mul(alpha, row_dot{Post}(work, k, i, work+idx(m,k,0), k, j, k)),
                                           rn_mul(beta, mat{Pre}(C,ldc,i,j))));
    ensures  padding:   padding{Pre,Post}(C, ldc, m, n);
*/
void muonf_matrix_gemm_tn(float *C, size_t ldc, float alpha, const float *A, size_t lda, const float *B, size_t ldb,
                         float beta, float *work, size_t m, size_t n, size_t k);

// c <- B a: one row of multiply_nt.  B is n x k, a has k elements, c has n.
// BLAS level 2, xGEMV with alpha = 1 and beta = 0, c not read.
/*@ requires shape:     shape(n, k, ldb);
    requires valid:     \valid(c + (0 .. n-1)) && \valid_read(a + (0 .. k-1)) &&
                        \valid_read(B + (0 .. idx(n,ldb,0)-1));
    requires separated: \separated(c + (0 .. n-1), a + (0 .. k-1)) &&
                        \separated(c + (0 .. n-1), B + (0 .. idx(n,ldb,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  c[0 .. n-1];
    ensures  result:    \forall integer j; 0 <= j < n ==> identical(elem(c,j), rn_dot{Pre}(a, B + idx(j,ldb,0), k));
*/
void muonf_matrix_dots(float *c, const float *a, const float *B, size_t ldb, size_t n, size_t k);

// C <- A B^T: A is m x k, B is n x k, C is m x n and is not read; A and B may be the same matrix.
// BLAS level 3, xGEMM, 'N' 'T', with alpha = 1 and beta = 0.
/*@ requires shape:     shape(m, n, ldc) && shape(m, k, lda) && shape(n, k, ldb);
    requires valid:     \valid(C + (0 .. idx(m,ldc,0)-1)) && \valid_read(A + (0 .. idx(m,lda,0)-1)) &&
                        \valid_read(B + (0 .. idx(n,ldb,0)-1));
    requires separated: \separated(C + (0 .. idx(m,ldc,0)-1), A + (0 .. idx(m,lda,0)-1)) &&
                        \separated(C + (0 .. idx(m,ldc,0)-1), B + (0 .. idx(n,ldb,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  C[0 .. idx(m,ldc,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(C,ldc,i,j), row_dot{Pre}(A, lda, i, B, ldb, j, k));
    ensures  padding:   padding{Pre,Post}(C, ldc, m, n);
*/
void muonf_matrix_multiply_nt(float *C, size_t ldc, const float *A, size_t lda, const float *B, size_t ldb, size_t m,
                             size_t n, size_t k);

// G <- X X^T, the Gram matrix of the rows of X: X is m x n, G is m x m.
// BLAS level 3, xSYRK, 'N', both triangles; Horn and Johnson, Matrix Analysis, 7.2.
/*@ requires shape:     shape(m, m, ldg) && shape(m, n, ldx);
    requires valid:     \valid(G + (0 .. idx(m,ldg,0)-1)) && \valid_read(X + (0 .. idx(m,ldx,0)-1));
    requires separated: \separated(G + (0 .. idx(m,ldg,0)-1), X + (0 .. idx(m,ldx,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  G[0 .. idx(m,ldg,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < m ==>
                          identical(mat(G,ldg,i,j), row_dot{Pre}(X, ldx, i, X, ldx, j, n));
    ensures  padding:   padding{Pre,Post}(G, ldg, m, m);
*/
void muonf_matrix_gram(float *G, size_t ldg, const float *X, size_t ldx, size_t m, size_t n);

#endif
