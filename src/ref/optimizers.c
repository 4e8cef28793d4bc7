#include "optimizers.h"

#include <math.h>

#include "matrix.h"
#include "momentum.h"
#include "weight_decay.h"

void muon_gradient_step(double *W, size_t ldw, double lr, const double *G, size_t ldg, size_t m, size_t n) {
  muon_matrix_axpy(W, ldw, -lr, G, ldg, m, n);
}

double muon_sign(double x) {
  return 0.0 < x ? 1.0 : x < 0.0 ? -1.0 : x;
}

void muon_vector_sign_step(double *w, double lr, const double *g, size_t n) {
  for (size_t i = 0; i < n; i++)
    w[i] = w[i] - lr * muon_sign(g[i]);
}

void muon_sign_step(double *W, size_t ldw, double lr, const double *G, size_t ldg, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    muon_vector_sign_step(W + i * ldw, lr, G + i * ldg, n);
}

void muon_vector_second_moment(double *v, double beta, const double *g, size_t n) {
  for (size_t i = 0; i < n; i++)
    v[i] = beta * v[i] + (1.0 - beta) * (g[i] * g[i]);
}

void muon_second_moment(double *V, size_t ldv, double beta, const double *G, size_t ldg, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    muon_vector_second_moment(V + i * ldv, beta, G + i * ldg, n);
}

void muon_vector_adam_update(double *w, muon_adam_settings s, const double *a, const double *v, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double mean = a[i] / (1.0 - s.beta1_power);
    double square = v[i] / (1.0 - s.beta2_power);
    w[i] = w[i] - s.learning_rate * (mean / (sqrt(square) + s.eps));
  }
}

void muon_adam_update(double *W, size_t ldw, muon_adam_settings s, const double *A, size_t lda, const double *V, size_t ldv,
                      size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    muon_vector_adam_update(W + i * ldw, s, A + i * lda, V + i * ldv, n);
}

void muon_adam_step(double *W, size_t ldw, double *A, size_t lda, double *V, size_t ldv, muon_adam_settings s,
                    const double *G, size_t ldg, size_t m, size_t n) {
  muon_momentum(A, lda, s.beta1, 1.0 - s.beta1, G, ldg, m, n);
  muon_second_moment(V, ldv, s.beta2, G, ldg, m, n);
  muon_adam_update(W, ldw, s, A, lda, V, ldv, m, n);
}

void muon_adamw_step(double *W, size_t ldw, double *A, size_t lda, double *V, size_t ldv, muon_adam_settings s, double wd,
                     const double *G, size_t ldg, size_t m, size_t n) {
  muon_weight_decay(W, ldw, s.learning_rate, wd, m, n);
  muon_adam_step(W, ldw, A, lda, V, ldv, s, G, ldg, m, n);
}
