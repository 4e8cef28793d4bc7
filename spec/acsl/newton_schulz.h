// The Newton–Schulz iteration as one recursive function of the initial matrix.
#ifndef MUON_ACSL_NEWTON_SCHULZ_H
#define MUON_ACSL_NEWTON_SCHULZ_H

#include "norm.h"

#endif
