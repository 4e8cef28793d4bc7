#include "saddle.h"

#include "matrix.h"
#include "vector.h"

size_t muon_saddle_workspace(size_t m, size_t n) {
  return n * m + 2 * m + 2 * n;
}

void muon_saddle_gradient(double *H, size_t ldh, const double *W, size_t ldw, muon_saddle k, const double *u, const double *v,
                          double *work, size_t m, size_t n) {
  double *T = work, *c = work + n * m, *b = c + m, *r = b + m, *a = r + n;
  muon_matrix_transpose(T, m, W, ldw, m, n);
  muon_matrix_dots(c, v, W, ldw, m, n);
  muon_matrix_dots(r, u, T, m, n, m);
  double s = muon_vector_dot(u, c, m);
  muon_vector_copy(a, r, n);
  muon_vector_scale(a, k.row - k.bulk, n);
  muon_vector_axpy(a, (((k.bulk - k.lambda) - k.row) - k.column) * s, v, n);
  muon_vector_copy(b, c, m);
  muon_vector_scale(b, k.column - k.bulk, m);
  muon_matrix_copy(H, ldh, W, ldw, m, n);
  muon_matrix_gemm_nt(H, ldh, 1.0, u, 1, a, 1, k.bulk, m, n, 1);
  muon_matrix_gemm_nt(H, ldh, 1.0, b, 1, v, 1, 1.0, m, n, 1);
}

