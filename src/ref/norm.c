#include "norm.h"

#ifdef __FRAMAC__
#include "../../spec/acsl/sqrt.h"
#else
#include <math.h>
#endif

#include "matrix.h"
#include "vector.h"

double muon_matrix_sum_of_squares(const double *A, size_t lda, size_t m, size_t n) {
  double s = 0.0;
  /*@ loop invariant range: 0 <= i <= m;
      loop invariant sum:   identical(s, rn_sum_of_squares{Pre}(A, lda, i, n));
      loop assigns   i, s;
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,lda,0) == i*lda;
    s = s + muon_vector_dot(A + i * lda, A + i * lda, n);
  }
  return s;
}

double muon_matrix_norm(const double *A, size_t lda, size_t m, size_t n) {
  return sqrt(muon_matrix_sum_of_squares(A, lda, m, n));
}

void muon_matrix_normalise(double *X, size_t ldx, const double *G, size_t ldg, double eps, muon_normalisation how,
                           size_t m, size_t n) {
  double norm = muon_matrix_norm(G, ldg, m, n);
  double divisor = how == MUON_NORMALISE_ADD ? norm + eps : norm < eps ? eps : norm;
  muon_matrix_copy(X, ldx, G, ldg, m, n);
  if (how != MUON_NORMALISE_NONE)
    muon_matrix_divide(X, ldx, divisor, m, n);
}
