/* The sign of a rational function of one variable, exactly: by its squarefree factors and their real roots.  Private
 * to src/claim. */
#ifndef MUONCERT_CLAIM_ROOTS_H
#define MUONCERT_CLAIM_ROOTS_H

#include "tape.h"

/* Is the node, as a function of the one variable, nonnegative on the whole of the range t?  false: it is not, or it
 * is no rational function of small degree. */
bool mc_roots_nonnegative(const mc_tape *tape, size_t node, const mc_range *t);

/* An irreducible polynomial with integer coefficients that takes opposite signs at the ends of t and divides the
 * numerator of a node, the first such from node `from` on; its place, or SIZE_MAX: there is none.  One variable. */
size_t mc_roots_next(fmpq_poly_t p, const mc_tape *tape, size_t from, const mc_range *t);

#endif
