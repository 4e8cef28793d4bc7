// Generated from src/ref/muon.c by tools/float_reference; edit that file.
#include "muon.h"

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/sqrt.h"
#else
#include <math.h>
#endif

#include "matrix.h"
#include "momentum.h"
#include "optimizers.h"
#include "weight_decay.h"

float muonf_update_scale(muonf_scaling how, size_t m, size_t n) {
  if (how == MUONF_SCALE_RECTANGULAR)
    return n < m ? sqrtf((float)m / (float)n) : 1.0f;
  if (how == MUONF_SCALE_RMS)
    return sqrtf((float)(n < m ? m : n)) / 5.0f;
  return 1.0f;
}

void muonf_direction(float *D, size_t ldd, float *B, size_t ldb, muonf_settings s, const float *G, size_t ldg,
                    size_t m, size_t n) {
  float nu = s.weight == MUONF_MOMENTUM_SUM ? 1.0f : 1.0f - s.momentum;
  muonf_momentum(B, ldb, s.momentum, nu, G, ldg, m, n);
  //@ assert rte_help: block_g: unchanged{Pre,Here}(G, idx(m,ldg,0));
  //@ assert rte_help: same_g: unchanged_matrix{Pre,Here}(G, ldg, m, n);
  //@ assert rte_help: block_d: unchanged{Pre,Here}(D, idx(m,ldd,0));
  //@ assert rte_help: pad_d: padding{Pre,Here}(D, ldd, m, n);
  //@ ghost buffer: ;
  if (s.nesterov)
    muonf_nesterov(D, ldd, s.momentum, B, ldb, nu, G, ldg, m, n);
  else
    muonf_matrix_copy(D, ldd, B, ldb, m, n);
  //@ assert rte_help: block_b: unchanged{buffer,Here}(B, idx(m,ldb,0));
  //@ assert rte_help: same_b: unchanged_matrix{buffer,Here}(B, ldb, m, n);
  //@ assert rte_help: pad_b: padding{buffer,Here}(B, ldb, m, n);
}

void muonf_update(float *W, size_t ldw, muonf_settings s, const float *O, size_t ldo, size_t m, size_t n) {
  muonf_weight_decay(W, ldw, s.learning_rate, s.weight_decay, m, n);
  muonf_gradient_step(W, ldw, s.learning_rate * muonf_update_scale(s.scaling, m, n), O, ldo, m, n);
}

size_t muonf_step_workspace(size_t m, size_t n) {
  return 2 * (m * n) + muonf_newton_schulz_workspace(m, n);
}

void muonf_step(float *W, size_t ldw, float *B, size_t ldb, muonf_settings s, const float *G, size_t ldg,
               const muonf_coefficients *schedule, size_t steps, float *work, size_t m, size_t n) {
  //@ assert rte_help: size: idx(m,n,0) == m*n;
  float *D = work, *O = work + m * n, *rest = work + 2 * (m * n);
  muonf_direction(D, n, B, ldb, s, G, ldg, m, n);
  //@ assert rte_help: direction_w: unchanged{Pre,Here}(W, idx(m,ldw,0));
  //@ ghost direction: ;
  muonf_newton_schulz(O, n, D, n, schedule, steps, s.eps, s.normalisation, rest, m, n);
  //@ assert rte_help: block_w: unchanged{Pre,Here}(W, idx(m,ldw,0));
  //@ assert rte_help: same_w: unchanged_matrix{Pre,Here}(W, ldw, m, n);
  //@ assert rte_help: pad_w: padding{Pre,Here}(W, ldw, m, n);
  //@ assert rte_help: ns_b: unchanged{direction,Here}(B, idx(m,ldb,0));
  //@ assert rte_help: ns_d: unchanged{direction,Here}(D, idx(m,n,0));
  //@ ghost orthogonalised: ;
  muonf_update(W, ldw, s, O, n, m, n);
  //@ assert rte_help: block_b: unchanged{direction,Here}(B, idx(m,ldb,0));
  //@ assert rte_help: same_b: unchanged_matrix{direction,Here}(B, ldb, m, n);
  //@ assert rte_help: pad_b: padding{direction,Here}(B, ldb, m, n);
  //@ assert rte_help: block_d: unchanged{direction,Here}(D, idx(m,n,0));
  //@ assert rte_help: same_d: unchanged_matrix{direction,Here}(D, n, m, n);
  //@ assert rte_help: block_o: unchanged{orthogonalised,Here}(O, idx(m,n,0));
  //@ assert rte_help: same_o: unchanged_matrix{orthogonalised,Here}(O, n, m, n);
  //@ assert rte_help: same_s: same_coefficients{direction,Here}(schedule, steps);
  //@ assert rte_help: iterate: same_iterate{direction,Here}(D, n, m, n, s.eps, s.normalisation, schedule, steps);
}
