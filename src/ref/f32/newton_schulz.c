// Generated from src/ref/newton_schulz.c by tools/float_reference; edit that file.
#include "newton_schulz.h"

#include "matrix.h"

void muonf_gram_polynomial(float *P, const float *A, float b, float c, size_t m) {
  muonf_matrix_copy(P, m, A, m, m, m);
  //@ assert rte_help: unchanged{Pre,Here}(A, idx(m,m,0));
  //@ assert rte_help: unchanged_matrix{Pre,Here}(A, m, m, m);
  muonf_matrix_gemm_nt(P, m, c, A, m, A, m, b, m, m, m);
}

void muonf_matrix_apply(float *X, size_t ldx, float *T, size_t ldt, const float *P, float a, size_t m, size_t n) {
  muonf_matrix_transpose(T, ldt, X, ldx, m, n);
  //@ assert rte_help: unchanged{Pre,Here}(X, idx(m,ldx,0));
  //@ assert rte_help: unchanged_matrix{Pre,Here}(X, ldx, m, ldx);
  //@ ghost transposed: ;
  muonf_matrix_gemm_nt(X, ldx, 1.0f, P, m, T, ldt, a, m, n, m);
  //@ assert rte_help: unchanged{transposed,Here}(P, idx(m,m,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(P, m, m, m);
  //@ assert rte_help: unchanged{transposed,Here}(T, idx(n,ldt,0));
  //@ assert rte_help: unchanged_matrix{transposed,Here}(T, ldt, n, ldt);
}

void muonf_newton_schulz_step(float *X, size_t ldx, float *T, size_t ldt, float *A, float *P, float a, float b,
                             float c, size_t m, size_t n) {
  muonf_matrix_gram(A, m, X, ldx, m, n);
  //@ ghost formed: ;
  muonf_gram_polynomial(P, A, b, c, m);
  //@ ghost applied: ;
  muonf_matrix_apply(X, ldx, T, ldt, P, a, m, n);
  //@ assert rte_help: unchanged{formed,Here}(A, idx(m,m,0));
  //@ assert rte_help: unchanged_matrix{formed,Here}(A, m, m, m);
  //@ assert rte_help: unchanged{applied,Here}(P, idx(m,m,0));
  //@ assert rte_help: unchanged_matrix{applied,Here}(P, m, m, m);
}

size_t muonf_newton_schulz_workspace(size_t m, size_t n) {
  size_t r = m <= n ? m : n;
  return 2 * (r * r) + m * n;
}

void muonf_newton_schulz_wide(float *X, size_t ldx, const float *G, size_t ldg, const muonf_coefficients *schedule,
                             size_t steps, float eps, muonf_normalisation how, float *work, size_t m, size_t n) {
  /*@ assert rte_help: order(m, n) == m && breadth(m, n) == n && idx(m,m,0) == m*m && idx(m,n,0) == m*n &&
                       idx(n,m,0) == m*n; */
  float *A = work, *P = work + m * m, *T = work + 2 * (m * m);
  muonf_matrix_normalise(X, ldx, G, ldg, eps, how, m, n);
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
    muonf_newton_schulz_step(X, ldx, T, m, A, P, schedule[t].a, schedule[t].b, schedule[t].c, m, n);
    /*@ assert rte_help: steps{before,Here}(X, ldx, T, m, A, P, \at(schedule[t].a,before), \at(schedule[t].b,before),
                                            \at(schedule[t].c,before), m, n); */
  }
}

void muonf_newton_schulz_tall(float *X, size_t ldx, const float *G, size_t ldg, const muonf_coefficients *schedule,
                             size_t steps, float eps, muonf_normalisation how, float *work, size_t m, size_t n) {
  /*@ assert rte_help: order(m, n) == n && breadth(m, n) == m && idx(n,n,0) == n*n && idx(m,n,0) == m*n &&
                       idx(n,m,0) == m*n; */
  float *A = work, *P = work + n * n, *Z = work + 2 * (n * n);
  muonf_matrix_normalise(X, ldx, G, ldg, eps, how, m, n);
  muonf_matrix_transpose(Z, m, X, ldx, m, n);
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
    muonf_newton_schulz_step(Z, m, X, ldx, A, P, schedule[t].a, schedule[t].b, schedule[t].c, n, m);
    /*@ assert rte_help: steps{before,Here}(Z, m, X, ldx, A, P, \at(schedule[t].a,before), \at(schedule[t].b,before),
                                            \at(schedule[t].c,before), n, m); */
  }
  muonf_matrix_transpose(X, ldx, Z, m, n, m);
}

void muonf_newton_schulz(float *X, size_t ldx, const float *G, size_t ldg, const muonf_coefficients *schedule,
                        size_t steps, float eps, muonf_normalisation how, float *work, size_t m, size_t n) {
  if (m <= n)
    muonf_newton_schulz_wide(X, ldx, G, ldg, schedule, steps, eps, how, work, m, n);
  else
    muonf_newton_schulz_tall(X, ldx, G, ldg, schedule, steps, eps, how, work, m, n);
}
