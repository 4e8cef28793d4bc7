// The annotated reference of Muon: every function stands under an ACSL contract that Frama-C proves.
// C11, no allocation, no I/O, nothing included but <stddef.h> and <math.h>; outputs come first, then inputs, then
// sizes. The contracts assume what the build sets: round to nearest, no contraction, no reassociation.
#ifndef MUON_REF_REF_H
#define MUON_REF_REF_H

#include "factorisation.h"
#include "matrix.h"
#include "momentum.h"
#include "muon.h"
#include "newton_schulz.h"
#include "norm.h"
#include "optimizers.h"
#include "quintic.h"
#include "saddle.h"
#include "vector.h"
#include "weight_decay.h"

#endif
