#include "saddle.h"

#include "matrix.h"
#include "vector.h"

size_t muon_saddle_workspace(size_t m, size_t n) {
  return n * m + 2 * m + 2 * n;
}

void muon_saddle_images(double *T, double *c, double *r, const double *W, size_t ldw, const double *u, const double *v,
                        size_t m, size_t n) {
  muon_matrix_transpose(T, m, W, ldw, m, n);
  //@ assert rte_help: unchanged{Pre,Here}(v, n);
  //@ assert rte_help: \forall integer i; 0 <= i < m ==> unchanged{Pre,Here}(W + idx(i,ldw,0), n);
  muon_matrix_dots(c, v, W, ldw, m, n);
  //@ ghost image: ;
  muon_matrix_dots(r, u, T, m, n, m);
  //@ assert rte_help: unchanged{image,Here}(u, m);
  //@ assert rte_help: \forall integer j; 0 <= j < n ==> unchanged{image,Here}(T + idx(j,m,0), m);
}

void muon_saddle_coefficients(double *b, double *a, muon_saddle k, const double *c, const double *r, const double *u,
                              const double *v, size_t m, size_t n) {
  double s = muon_vector_dot(u, c, m);
  muon_vector_copy(a, r, n);
  muon_vector_scale(a, k.row - k.bulk, n);
  muon_vector_axpy(a, (k.bulk - k.lambda - k.row - k.column) * s, v, n);
  muon_vector_copy(b, c, m);
  muon_vector_scale(b, k.column - k.bulk, m);
}

void muon_saddle_assemble(double *H, size_t ldh, double bulk, const double *W, size_t ldw, const double *b,
                          const double *a, const double *u, const double *v, size_t m, size_t n) {
  muon_matrix_copy(H, ldh, W, ldw, m, n);
  muon_matrix_scale(H, ldh, bulk, m, n);
  muon_matrix_rank_one(H, ldh, u, a, m, n);
  muon_matrix_rank_one(H, ldh, b, v, m, n);
}

void muon_saddle_gradient(double *H, size_t ldh, muon_saddle k, const double *W, size_t ldw, const double *u,
                          const double *v, double *work, size_t m, size_t n) {
  double *T = work, *c = work + n * m, *b = c + m, *r = b + m, *a = r + n;
  muon_saddle_images(T, c, r, W, ldw, u, v, m, n);
  muon_saddle_coefficients(b, a, k, c, r, u, v, m, n);
  muon_saddle_assemble(H, ldh, k.bulk, W, ldw, b, a, u, v, m, n);
}
