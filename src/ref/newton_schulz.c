#include "newton_schulz.h"

#include "matrix.h"

void muon_gram_polynomial(double *P, const double *A, double b, double c, size_t m) {
  muon_matrix_copy(P, m, A, m, m, m);
  //@ assert rte_help: unchanged_matrix{Pre,Here}(A, m, m, m);
  muon_matrix_gemm_nt(P, m, c, A, m, A, m, b, m, m, m);
}

void muon_matrix_apply(double *X, size_t ldx, double *T, size_t ldt, const double *P, double a, size_t m, size_t n) {
  muon_matrix_transpose(T, ldt, X, ldx, m, n);
  //@ assert rte_help: unchanged_matrix{Pre,Here}(X, ldx, m, ldx);
  //@ ghost transposed: ;
  muon_matrix_gemm_nt(X, ldx, 1.0, P, m, T, ldt, a, m, n, m);
  //@ assert rte_help: unchanged_matrix{transposed,Here}(P, m, m, m);
  //@ assert rte_help: unchanged_matrix{transposed,Here}(T, ldt, n, ldt);
}

void muon_newton_schulz_step(double *X, size_t ldx, double *T, size_t ldt, double *A, double *P, double a, double b,
                             double c, size_t m, size_t n) {
  muon_matrix_gram(A, m, X, ldx, m, n);
  //@ ghost formed: ;
  muon_gram_polynomial(P, A, b, c, m);
  //@ ghost applied: ;
  muon_matrix_apply(X, ldx, T, ldt, P, a, m, n);
  //@ assert rte_help: unchanged_matrix{formed,Here}(A, m, m, m);
  //@ assert rte_help: unchanged_matrix{applied,Here}(P, m, m, m);
}

size_t muon_newton_schulz_workspace(size_t m, size_t n) {
  size_t r = m <= n ? m : n;
  return 2 * (r * r) + m * n;
}

// Rows no longer than columns: iterate on X itself, transposes in the workspace.
static void iterate_wide(double *X, size_t ldx, const muon_coefficients *schedule, size_t steps, double *work, size_t m,
                         size_t n) {
  double *A = work, *P = work + m * m, *T = work + 2 * (m * m);
  for (size_t t = 0; t < steps; t++)
    muon_newton_schulz_step(X, ldx, T, m, A, P, schedule[t].a, schedule[t].b, schedule[t].c, m, n);
}

// More rows than columns: iterate on X^T in the workspace; X holds the transposes.
static void iterate_tall(double *X, size_t ldx, const muon_coefficients *schedule, size_t steps, double *work, size_t m,
                         size_t n) {
  double *A = work, *P = work + n * n, *Z = work + 2 * (n * n);
  muon_matrix_transpose(Z, m, X, ldx, m, n);
  for (size_t t = 0; t < steps; t++)
    muon_newton_schulz_step(Z, m, X, ldx, A, P, schedule[t].a, schedule[t].b, schedule[t].c, n, m);
  muon_matrix_transpose(X, ldx, Z, m, n, m);
}

void muon_newton_schulz(double *X, size_t ldx, const double *G, size_t ldg, const muon_coefficients *schedule,
                        size_t steps, double eps, muon_normalisation how, double *work, size_t m, size_t n) {
  muon_matrix_copy(X, ldx, G, ldg, m, n);
  muon_matrix_normalise(X, ldx, eps, how, m, n);
  if (m <= n)
    iterate_wide(X, ldx, schedule, steps, work, m, n);
  else
    iterate_tall(X, ldx, schedule, steps, work, m, n);
}
