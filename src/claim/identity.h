/* Equations that hold identically.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_IDENTITY_H
#define MUONCERT_CLAIM_IDENTITY_H

#include "tape.h"

/* Is the node the zero function wherever it is defined?  Decided by expanding it as a quotient of polynomials with
 * rational coefficients; false also where it is no such quotient, or one too large to expand. */
bool mc_identity_is_zero(const mc_tape *tape, size_t node);

/* Are two nodes the same function wherever both are defined?  false also where that is not seen. */
bool mc_identity_is_equal(const mc_tape *tape, size_t a, size_t b);

#endif
