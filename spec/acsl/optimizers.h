// What the optimizers add to the float model: negation, the sign, Adam's quotient, the update scalings.
#ifndef MUON_ACSL_OPTIMIZERS_H
#define MUON_ACSL_OPTIMIZERS_H

#include "layout.h"

/*@ axiomatic Negation {
      logic double rn_neg(double x); // the C operator -x; exact
    }

    // 1 above 0, -1 below 0; +0, -0 and NaN are their own signs.
    logic double rn_sign(double x) =
      rn_less((double)0.0, x) ? (double)1.0 : (rn_less(x, (double)0.0) ? (double)(-1.0) : x);

    // The factor 1 - lr wd of decoupled weight decay.
    logic double rn_decay(double lr, double wd) = rn_sub((double)1.0, rn_mul(lr, wd));

    // What Adam moves a parameter by, in units of lr: the quotient of the moments, each with its bias removed.
    logic double rn_adam(double mean, double square, double power1, double power2, double eps) =
      rn_div(rn_div(mean, rn_sub((double)1.0, power1)),
             rn_add(rn_sqrt(rn_div(square, rn_sub((double)1.0, power2))), eps));

    // The weight of a new gradient in the momentum buffer: 0 average, 1 sum.
    logic double rn_gradient_weight(integer weight, double momentum) =
      weight == 1 ? (double)1.0 : rn_sub((double)1.0, momentum);

    // The direction of Muon: mu b + nu g (Nesterov) or b.
    logic double rn_direction(integer nesterov, double momentum, double b, double weight, double g) =
      nesterov == 0 ? b : rn_add(rn_mul(momentum, b), rn_mul(weight, g));

    // (1 - lr wd) w - lr scale o.
    logic double rn_update(double lr, double wd, double scale, double w, double o) =
      rn_add(rn_mul(rn_decay(lr, wd), w), rn_mul(rn_neg(rn_mul(lr, scale)), o));

    // The update scalings of Muon: 0 none, 1 sqrt(max(1, m/n)), 2 sqrt(max(m, n)) / 5.
    logic double rn_update_scale(integer how, integer m, integer n) =
      how == 1 ? (n < m ? rn_sqrt(rn_div((double)m, (double)n)) : (double)1.0)
               : (how == 2 ? rn_div(rn_sqrt((double)(n < m ? m : n)), (double)5.0) : (double)1.0);
*/

#endif
