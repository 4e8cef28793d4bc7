// Generated from spec/acsl/optimizers.h by tools/float_reference; edit that file.
// What the optimizers add to the float model: negation, the sign, Adam's quotient, the update scalings.
#ifndef MUONF_ACSL_OPTIMIZERS_H
#define MUONF_ACSL_OPTIMIZERS_H

#include "layout.h"

/*@ axiomatic Negation {
      logic float rn_neg(float x); // the C operator -x; exact
    }

    // 1 above 0, -1 below 0; +0, -0 and NaN are their own signs.
    logic float rn_sign(float x) =
      rn_less((float)0.0, x) ? (float)1.0 : (rn_less(x, (float)0.0) ? (float)(-1.0) : x);

    // The factor 1 - lr wd of decoupled weight decay.
    logic float rn_decay(float lr, float wd) = rn_sub((float)1.0, rn_mul(lr, wd));

    // What Adam moves a parameter by, in units of lr: the quotient of the moments, each with its bias removed.
    logic float rn_adam(float mean, float square, float power1, float power2, float eps) =
      rn_div(rn_div(mean, rn_sub((float)1.0, power1)),
             rn_add(rn_sqrt(rn_div(square, rn_sub((float)1.0, power2))), eps));

    // The weight of a new gradient in the momentum buffer: 0 average, 1 sum.
    logic float rn_gradient_weight(integer weight, float momentum) =
      weight == 1 ? (float)1.0 : rn_sub((float)1.0, momentum);

    // The direction of Muon: mu b + nu g (Nesterov) or b.
    logic float rn_direction(integer nesterov, float momentum, float b, float weight, float g) =
      nesterov == 0 ? b : rn_add(rn_mul(momentum, b), rn_mul(weight, g));

    // (1 - lr wd) w - lr scale o.
    logic float rn_update(float lr, float wd, float scale, float w, float o) =
      rn_add(rn_mul(rn_decay(lr, wd), w), rn_mul(rn_neg(rn_mul(lr, scale)), o));

    // The update scalings of Muon: 0 none, 1 sqrtf(max(1, m/n)), 2 sqrtf(max(m, n)) / 5.
    logic float rn_update_scale(integer how, integer m, integer n) =
      how == 1 ? (n < m ? rn_sqrt(rn_div((float)m, (float)n)) : (float)1.0)
               : (how == 2 ? rn_div(rn_sqrt((float)(n < m ? m : n)), (float)5.0) : (float)1.0);
*/

#endif
