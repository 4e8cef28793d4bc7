#include "newton_schulz.h"

#include "matrix.h"

void muon_gram_polynomial(double *P, const double *A, double b, double c, size_t m) {
  muon_matrix_copy(P, m, A, m, m, m);
  //@ assert rte_help: unchanged{Pre,Here}(A, idx(m,m,0));
  //@ assert rte_help: unchanged_matrix{Pre,Here}(A, m, m, m);
  muon_matrix_gemm_nt(P, m, c, A, m, A, m, b, m, m, m);
}

void muon_matrix_apply(double *X, size_t ldx, double *T, size_t ldt, const double *P, double a, size_t m, size_t n) {
  muon_matrix_transpose(T, ldt, X, ldx, m, n);
  //@ assert rte_help: unchanged{Pre,Here}(X, idx(m,ldx,0));
  //@ assert rte_help: unchanged_matrix{Pre,Here}(X, ldx, m, ldx);
  //@ ghost transposed: ;
  muon_matrix_gemm_nt(X, ldx, 1.0, P, m, T, ldt, a, m, n, m);
  //@ assert rte_help: unchanged{transposed,Here}(P, idx(m,m,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(P, m, m, m);
  //@ assert rte_help: unchanged{transposed,Here}(T, idx(n,ldt,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(T, ldt, n, ldt);
}

void muon_newton_schulz_step(double *X, size_t ldx, double *T, size_t ldt, double *A, double *P, double a, double b,
                             double c, size_t m, size_t n) {
  muon_matrix_gram(A, m, X, ldx, m, n);
  //@ ghost formed: ;
  muon_gram_polynomial(P, A, b, c, m);
  //@ ghost applied: ;
  muon_matrix_apply(X, ldx, T, ldt, P, a, m, n);
  //@ assert rte_help: unchanged{formed,Here}(A, idx(m,m,0));
  //@ assert rte_help: unchanged_matrix{formed,Here}(A, m, m, m);
  //@ assert rte_help: unchanged{applied,Here}(P, idx(m,m,0));
  //@ assert rte_help: unchanged_matrix{applied,Here}(P, m, m, m);
}

size_t muon_newton_schulz_workspace(size_t m, size_t n) {
  size_t r = m <= n ? m : n;
  return 2 * (r * r) + m * n;
}

void muon_newton_schulz_wide(double *X, size_t ldx, const double *G, size_t ldg, const muon_coefficients *schedule,
                             size_t steps, double eps, muon_normalisation how, double *work, size_t m, size_t n) {
  /*@ assert rte_help: order(m, n) == m && breadth(m, n) == n && idx(m,m,0) == m*m && idx(m,n,0) == m*n &&
                       idx(n,m,0) == m*n; */
  double *A = work, *P = work + m * m, *T = work + 2 * (m * m);
  muon_matrix_normalise(X, ldx, G, ldg, eps, how, m, n);
  /*@ loop invariant range:   0 <= t <= steps;
      loop invariant iterate: holds_iterate{Pre,Here}(X, ldx, G, ldg, m, n, eps, how, schedule, t);
      loop invariant padding: padding{Pre,Here}(X, ldx, m, n);
      loop assigns   t, X[0 .. idx(m,ldx,0)-1], work[0 .. ns_workspace(m,n)-1];
      loop variant   steps - t;
  */
  for (size_t t = 0; t < steps; t++) {
    //@ ghost before: ;
    /*@ assert rte_help: \let q = t; identical(schedule[q].a, \at(schedule[q].a,Pre)) &&
                         identical(schedule[q].b, \at(schedule[q].b,Pre)) &&
                         identical(schedule[q].c, \at(schedule[q].c,Pre)); */
    muon_newton_schulz_step(X, ldx, T, m, A, P, schedule[t].a, schedule[t].b, schedule[t].c, m, n);
    /*@ assert rte_help: steps{before,Here}(X, ldx, T, m, A, P, \at(schedule[t].a,before), \at(schedule[t].b,before),
                                            \at(schedule[t].c,before), m, n); */
  }
}

void muon_newton_schulz_tall(double *X, size_t ldx, const double *G, size_t ldg, const muon_coefficients *schedule,
                             size_t steps, double eps, muon_normalisation how, double *work, size_t m, size_t n) {
  /*@ assert rte_help: order(m, n) == n && breadth(m, n) == m && idx(n,n,0) == n*n && idx(m,n,0) == m*n &&
                       idx(n,m,0) == m*n; */
  double *A = work, *P = work + n * n, *Z = work + 2 * (n * n);
  muon_matrix_normalise(X, ldx, G, ldg, eps, how, m, n);
  muon_matrix_transpose(Z, m, X, ldx, m, n);
  /*@ loop invariant range:   0 <= t <= steps;
      loop invariant iterate: holds_iterate{Pre,Here}(Z, m, G, ldg, m, n, eps, how, schedule, t);
      loop invariant padding: padding{Pre,Here}(X, ldx, m, n);
      loop assigns   t, X[0 .. idx(m,ldx,0)-1], work[0 .. ns_workspace(m,n)-1];
      loop variant   steps - t;
  */
  for (size_t t = 0; t < steps; t++) {
    //@ ghost before: ;
    /*@ assert rte_help: \let q = t; identical(schedule[q].a, \at(schedule[q].a,Pre)) &&
                         identical(schedule[q].b, \at(schedule[q].b,Pre)) &&
                         identical(schedule[q].c, \at(schedule[q].c,Pre)); */
    muon_newton_schulz_step(Z, m, X, ldx, A, P, schedule[t].a, schedule[t].b, schedule[t].c, n, m);
    /*@ assert rte_help: steps{before,Here}(Z, m, X, ldx, A, P, \at(schedule[t].a,before), \at(schedule[t].b,before),
                                            \at(schedule[t].c,before), n, m); */
  }
  muon_matrix_transpose(X, ldx, Z, m, n, m);
}

void muon_newton_schulz(double *X, size_t ldx, const double *G, size_t ldg, const muon_coefficients *schedule,
                        size_t steps, double eps, muon_normalisation how, double *work, size_t m, size_t n) {
  if (m <= n)
    muon_newton_schulz_wide(X, ldx, G, ldg, schedule, steps, eps, how, work, m, n);
  else
    muon_newton_schulz_tall(X, ldx, G, ldg, schedule, steps, eps, how, work, m, n);
}
