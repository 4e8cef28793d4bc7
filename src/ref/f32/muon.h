// Generated from src/ref/muon.h by tools/float_reference; edit that file.
// The Muon optimizer: momentum, orthogonalised direction, decoupled weight decay, scaled update.
#ifndef MUONF_REF_MUON_H
#define MUONF_REF_MUON_H

#include <stddef.h>

#include "newton_schulz.h"

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/optimizers.h"
#endif

typedef enum {
  MUONF_SCALE_NONE = 0,        // 1
  MUONF_SCALE_RECTANGULAR = 1, // sqrtf(max(1, m/n)), S5.JORDAN, S5.TORCH "original"
  MUONF_SCALE_RMS = 2          // 0.2 sqrtf(max(m, n)), S5.RMS, S5.TORCH "match_rms_adamw"; as sqrtf(max(m, n)) / 5
} muonf_scaling;

typedef enum {
  MUONF_MOMENTUM_AVERAGE = 0, // a new gradient has weight 1 - momentum (EMA), S5.TORCH
  MUONF_MOMENTUM_SUM = 1      // a new gradient has weight 1 (heavy ball), S5.RMS
} muonf_momentum_weight;

typedef struct {
  float learning_rate;
  float weight_decay;
  float momentum;
  float eps; // of the normalisation
  muonf_momentum_weight weight;
  int nesterov; // 0: the direction is the momentum buffer
  muonf_normalisation normalisation;
  muonf_scaling scaling;
} muonf_settings;

// The factor on the learning rate for an m x n matrix.
/*@ requires how:       how == MUONF_SCALE_NONE || how == MUONF_SCALE_RECTANGULAR || how == MUONF_SCALE_RMS;
    terminates \true;
    exits    never:     \false;
    assigns  \result \from how, m, n;
    ensures  result:    identical(\result, rn_update_scale(how, m, n));
*/
float muonf_update_scale(muonf_scaling how, size_t m, size_t n);

// The momentum half of a step, all matrices m x n:
//   B <- mu B + nu G            nu = 1 - mu or 1, see muonf_momentum_weight
//   D <- mu B + nu G, or B      the Nesterov direction, or the buffer itself
// S5.TORCH, S5.RMS.
/*@ requires shape:     shape(m, n, ldd) && shape(m, n, ldb) && shape(m, n, ldg);
    requires weight:    s.weight == MUONF_MOMENTUM_AVERAGE || s.weight == MUONF_MOMENTUM_SUM;
    requires valid:     \valid(D + (0 .. idx(m,ldd,0)-1)) && \valid(B + (0 .. idx(m,ldb,0)-1)) &&
                        \valid_read(G + (0 .. idx(m,ldg,0)-1));
    requires separated: \separated(D + (0 .. idx(m,ldd,0)-1), B + (0 .. idx(m,ldb,0)-1), G + (0 .. idx(m,ldg,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  D[0 .. idx(m,ldd,0)-1], B[0 .. idx(m,ldb,0)-1];
    ensures  buffer:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(B,ldb,i,j),
                                    rn_add(rn_mul(s.momentum, mat{Pre}(B,ldb,i,j)),
                                           rn_mul(rn_gradient_weight(s.weight, s.momentum), mat{Pre}(G,ldg,i,j))));
    ensures  direction: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(D,ldd,i,j),
                                    rn_direction(s.nesterov, s.momentum, mat(B,ldb,i,j),
                                                 rn_gradient_weight(s.weight, s.momentum), mat{Pre}(G,ldg,i,j)));
    ensures  padding_d: padding{Pre,Post}(D, ldd, m, n);
    ensures  padding_b: padding{Pre,Post}(B, ldb, m, n);
*/
void muonf_direction(float *D, size_t ldd, float *B, size_t ldb, muonf_settings s, const float *G, size_t ldg,
                    size_t m, size_t n);

// The update half of a step: W <- (1 - lr wd) W - lr scale O, both m x n.
// S5.TORCH, S5.RMS: the decay uses the learning rate before scaling.
/*@ requires shape:     shape(m, n, ldw) && shape(m, n, ldo);
    requires scaling:   s.scaling == MUONF_SCALE_NONE || s.scaling == MUONF_SCALE_RECTANGULAR ||
                        s.scaling == MUONF_SCALE_RMS;
    requires valid:     \valid(W + (0 .. idx(m,ldw,0)-1)) && \valid_read(O + (0 .. idx(m,ldo,0)-1));
    requires separated: \separated(W + (0 .. idx(m,ldw,0)-1), O + (0 .. idx(m,ldo,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  W[0 .. idx(m,ldw,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(W,ldw,i,j),
                                    rn_update(s.learning_rate, s.weight_decay, rn_update_scale(s.scaling, m, n),
                                              mat{Pre}(W,ldw,i,j), mat{Pre}(O,ldo,i,j)));
    ensures  padding:   padding{Pre,Post}(W, ldw, m, n);
*/
void muonf_update(float *W, size_t ldw, muonf_settings s, const float *O, size_t ldo, size_t m, size_t n);

// How many elements of workspace muonf_step wants for an m x n matrix: 3 m n + 2 r^2, r = min(m, n).
/*@ requires shape:     shape(m, n, n);
    terminates \true;
    exits    never:     \false;
    assigns  \result \from m, n;
    ensures  result:    \result == 2*idx(m,n,0) + ns_workspace(m,n);
*/
size_t muonf_step_workspace(size_t m, size_t n);

// One step of Muon on the m x n parameter W with gradient G and momentum buffer B, which starts at 0:
//   D, B  by muonf_direction     D is m x n without padding in work[0 .. mn-1]
//   O  =  NS(D)                 muonf_newton_schulz, m x n without padding in work[mn .. 2mn-1]
//   W     by muonf_update
// The rest of work is Newton–Schulz's own.  S5.TORCH, S5.RMS, S5.JORDAN.
/*@ requires shape:     shape(m, n, ldw) && shape(m, n, ldb) && shape(m, n, ldg) && shape(m, n, n);
    requires weight:    s.weight == MUONF_MOMENTUM_AVERAGE || s.weight == MUONF_MOMENTUM_SUM;
    requires scaling:   s.scaling == MUONF_SCALE_NONE || s.scaling == MUONF_SCALE_RECTANGULAR ||
                        s.scaling == MUONF_SCALE_RMS;
    requires how:       s.normalisation == MUONF_NORMALISE_ADD || s.normalisation == MUONF_NORMALISE_CLAMP ||
                        s.normalisation == MUONF_NORMALISE_NONE;
    requires valid:     \valid(W + (0 .. idx(m,ldw,0)-1)) && \valid(B + (0 .. idx(m,ldb,0)-1)) &&
                        \valid_read(G + (0 .. idx(m,ldg,0)-1)) && \valid_read(schedule + (0 .. steps-1)) &&
                        \valid(work + (0 .. 2*idx(m,n,0)+ns_workspace(m,n)-1));
    requires separated: \separated(W + (0 .. idx(m,ldw,0)-1), B + (0 .. idx(m,ldb,0)-1),
                                   work + (0 .. 2*idx(m,n,0)+ns_workspace(m,n)-1),
                                   G + (0 .. idx(m,ldg,0)-1)) &&
                        \separated(W + (0 .. idx(m,ldw,0)-1), schedule + (0 .. steps-1)) &&
                        \separated(B + (0 .. idx(m,ldb,0)-1), schedule + (0 .. steps-1)) &&
                        \separated(work + (0 .. 2*idx(m,n,0)+ns_workspace(m,n)-1),
                                   schedule + (0 .. steps-1));
    terminates \true;
    exits    never:     \false;
    assigns  W[0 .. idx(m,ldw,0)-1], B[0 .. idx(m,ldb,0)-1],
             work[0 .. 2*idx(m,n,0)+ns_workspace(m,n)-1];
    ensures  buffer:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(B,ldb,i,j),
                                    rn_add(rn_mul(s.momentum, mat{Pre}(B,ldb,i,j)),
                                           rn_mul(rn_gradient_weight(s.weight, s.momentum), mat{Pre}(G,ldg,i,j))));
    ensures  direction: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(work,n,i,j),
                                    rn_direction(s.nesterov, s.momentum, mat(B,ldb,i,j),
                                                 rn_gradient_weight(s.weight, s.momentum), mat{Pre}(G,ldg,i,j)));
    ensures  orthogonal: \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(work+idx(m,n,0),n,i,j),
                                    ns(0, work, n, m, n, s.eps, s.normalisation, schedule, steps,
                                       m <= n ? i : j, m <= n ? j : i, 0));
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(W,ldw,i,j),
                                    rn_update(s.learning_rate, s.weight_decay, rn_update_scale(s.scaling, m, n),
                                              mat{Pre}(W,ldw,i,j), mat(work+idx(m,n,0),n,i,j)));
    ensures  padding_w: padding{Pre,Post}(W, ldw, m, n);
    ensures  padding_b: padding{Pre,Post}(B, ldb, m, n);
*/
void muonf_step(float *W, size_t ldw, float *B, size_t ldb, muonf_settings s, const float *G, size_t ldg,
               const muonf_coefficients *schedule, size_t steps, float *work, size_t m, size_t n);

#endif
