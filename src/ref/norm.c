#include "norm.h"

#include <math.h>

#include "matrix.h"
#include "vector.h"

double muon_matrix_sum_of_squares(const double *A, size_t lda, size_t m, size_t n) {
  double s = 0.0;
  for (size_t i = 0; i < m; i++)
    s = s + muon_vector_dot(A + i * lda, A + i * lda, n);
  return s;
}

double muon_matrix_norm(const double *A, size_t lda, size_t m, size_t n) {
  return sqrt(muon_matrix_sum_of_squares(A, lda, m, n));
}

void muon_matrix_normalise(double *X, size_t ldx, double eps, muon_normalisation how, size_t m, size_t n) {
  if (how == MUON_NORMALISE_NONE)
    return;
  double norm = muon_matrix_norm(X, ldx, m, n);
  double divisor = how == MUON_NORMALISE_ADD ? norm + eps : norm < eps ? eps : norm;
  muon_matrix_divide(X, ldx, divisor, m, n);
}
