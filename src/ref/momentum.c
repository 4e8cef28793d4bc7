#include "momentum.h"

#include "matrix.h"

void muon_momentum(double *B, size_t ldb, double mu, double nu, const double *G, size_t ldg, size_t m, size_t n) {
  muon_matrix_scale(B, ldb, mu, m, n);
  muon_matrix_axpy(B, ldb, nu, G, ldg, m, n);
}

void muon_nesterov(double *U, size_t ldu, double mu, const double *B, size_t ldb, double nu, const double *G,
                   size_t ldg, size_t m, size_t n) {
  muon_matrix_copy(U, ldu, B, ldb, m, n);
  muon_momentum(U, ldu, mu, nu, G, ldg, m, n);
}
