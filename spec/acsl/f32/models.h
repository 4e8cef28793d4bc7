// Generated from spec/acsl/models.h by tools/float_reference; edit that file.
// What the model problems evaluate entry by entry.
#ifndef MUONF_ACSL_MODELS_H
#define MUONF_ACSL_MODELS_H

#include "layout.h"

/*@ // Entry of the right factor a of the saddle: (row - bulk) r + (bulk - lambda - row - column) s v.
    logic float rn_saddle_right(float lambda, float row, float column, float bulk, float s, float r, float v) =
      rn_add(rn_mul(rn_sub(row, bulk), r),
             rn_mul(rn_mul(rn_sub(rn_sub(rn_sub(bulk, lambda), row), column), s), v));

    // Entry of the gradient of the saddle: bulk w + u a + b v.
    logic float rn_saddle(float bulk, float w, float u, float a, float b, float v) =
      rn_add(rn_add(rn_mul(bulk, w), rn_mul(u, a)), rn_mul(b, v));
*/

#endif
