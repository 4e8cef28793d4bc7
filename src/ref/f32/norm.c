// Generated from src/ref/norm.c by tools/float_reference; edit that file.
#include "norm.h"

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/sqrt.h"
#else
#include <math.h>
#endif

#include "matrix.h"
#include "vector.h"

float muonf_matrix_sum_of_squares(const float *A, size_t lda, size_t m, size_t n) {
  float s = 0.0f;
  /*@ loop invariant range: 0 <= i <= m;
      loop invariant sum:   identical(s, rn_sum_of_squares{Pre}(A, lda, i, n));
      loop assigns   i, s;
      loop variant   m - i;
  */
  for (size_t i = 0; i < m; i++) {
    //@ assert rte_help: idx(i,lda,0) == i*lda;
    s = s + muonf_vector_dot(A + i * lda, A + i * lda, n);
  }
  return s;
}

float muonf_matrix_norm(const float *A, size_t lda, size_t m, size_t n) {
  return sqrtf(muonf_matrix_sum_of_squares(A, lda, m, n));
}

void muonf_matrix_normalise(float *X, size_t ldx, const float *G, size_t ldg, float eps, muonf_normalisation how,
                           size_t m, size_t n) {
  float norm = muonf_matrix_norm(G, ldg, m, n);
  float divisor = how == MUONF_NORMALISE_ADD ? norm + eps : norm < eps ? eps : norm;
  muonf_matrix_copy(X, ldx, G, ldg, m, n);
  if (how != MUONF_NORMALISE_NONE)
    muonf_matrix_divide(X, ldx, divisor, m, n);
}
