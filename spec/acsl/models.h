// What the model problems evaluate entry by entry.
#ifndef MUON_ACSL_MODELS_H
#define MUON_ACSL_MODELS_H

#include "layout.h"

/*@ // Entry of the right factor a of the saddle: (row - bulk) r + (bulk - lambda - row - column) s v.
    logic double rn_saddle_right(double lambda, double row, double column, double bulk, double s, double r, double v) =
      rn_add(rn_mul(rn_sub(row, bulk), r),
             rn_mul(rn_mul(rn_sub(rn_sub(rn_sub(bulk, lambda), row), column), s), v));

    // Entry of the gradient of the saddle: bulk w + u a + b v.
    logic double rn_saddle(double bulk, double w, double u, double a, double b, double v) =
      rn_add(rn_add(rn_mul(bulk, w), rn_mul(u, a)), rn_mul(b, v));
*/

#endif
