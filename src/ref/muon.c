#include "muon.h"

#ifdef __FRAMAC__
#include "../../spec/acsl/sqrt.h"
#else
#include <math.h>
#endif

#include "matrix.h"
#include "momentum.h"
#include "optimizers.h"
#include "weight_decay.h"

double muon_update_scale(muon_scaling how, size_t m, size_t n) {
  if (how == MUON_SCALE_RECTANGULAR)
    return n < m ? sqrt((double)m / (double)n) : 1.0;
  if (how == MUON_SCALE_RMS)
    return sqrt((double)(n < m ? m : n)) / 5.0;
  return 1.0;
}

void muon_direction(double *D, size_t ldd, double *B, size_t ldb, muon_settings s, const double *G, size_t ldg,
                    size_t m, size_t n) {
  double nu = s.weight == MUON_MOMENTUM_SUM ? 1.0 : 1.0 - s.momentum;
  muon_momentum(B, ldb, s.momentum, nu, G, ldg, m, n);
  if (s.nesterov)
    muon_nesterov(D, ldd, s.momentum, B, ldb, nu, G, ldg, m, n);
  else
    muon_matrix_copy(D, ldd, B, ldb, m, n);
}

void muon_update(double *W, size_t ldw, muon_settings s, const double *O, size_t ldo, size_t m, size_t n) {
  muon_weight_decay(W, ldw, s.learning_rate, s.weight_decay, m, n);
  muon_gradient_step(W, ldw, s.learning_rate * muon_update_scale(s.scaling, m, n), O, ldo, m, n);
}

size_t muon_step_workspace(size_t m, size_t n) {
  return 2 * (m * n) + muon_newton_schulz_workspace(m, n);
}

void muon_step(double *W, size_t ldw, double *B, size_t ldb, muon_settings s, const double *G, size_t ldg,
               const muon_coefficients *schedule, size_t steps, double *work, size_t m, size_t n) {
  double *D = work, *O = work + m * n, *rest = work + 2 * (m * n);
  muon_direction(D, n, B, ldb, s, G, ldg, m, n);
  muon_newton_schulz(O, n, D, n, schedule, steps, s.eps, s.normalisation, rest, m, n);
  muon_update(W, ldw, s, O, n, m, n);
}
