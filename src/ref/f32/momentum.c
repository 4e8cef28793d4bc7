// Generated from src/ref/momentum.c by tools/float_reference; edit that file.
#include "momentum.h"

#include "matrix.h"

void muonf_momentum(float *B, size_t ldb, float mu, float nu, const float *G, size_t ldg, size_t m, size_t n) {
  muonf_matrix_scale(B, ldb, mu, m, n);
  muonf_matrix_axpy(B, ldb, nu, G, ldg, m, n);
}

void muonf_nesterov(float *U, size_t ldu, float mu, const float *B, size_t ldb, float nu, const float *G,
                   size_t ldg, size_t m, size_t n) {
  muonf_matrix_copy(U, ldu, B, ldb, m, n);
  muonf_momentum(U, ldu, mu, nu, G, ldg, m, n);
}
