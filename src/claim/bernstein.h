/* Polynomials in Bernstein's basis on a box, exactly.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_BERNSTEIN_H
#define MUONCERT_CLAIM_BERNSTEIN_H

#include "algebra.h"

/* Are the coefficients on the box nonnegative, so that p >= 0 there (Lorentz; Garloff 1986)?  strict: and on each face
 * that belongs to the domain one is positive, so that p > 0 in its interior.  p is a polynomial in the variables. */
bool mc_bernstein_shows(const fmpq_mpoly_t p, const mc_algebra *a, const mc_workspace *s, bool strict);

#endif
