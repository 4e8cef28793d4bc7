/* Taylor series of a tape in one variable, to settle a function where it vanishes exactly.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_SERIES_H
#define MUONCERT_CLAIM_SERIES_H

#include "tape.h"

/* Orders of vanishing that are told apart. */
#define MC_SERIES_ORDER 8

/* The first Taylor coefficient of the node at the rational point t that is not zero: its order, below
 * MC_SERIES_ORDER; -1: all are zero, or they are not provably rational.  One variable.
 * (vanishing.c) */
int mc_series_vanishing_order(const mc_tape *tape, size_t node, const fmpq_t t);

/* Enclose f^(k)(x)/k! for all x of the range t, for the node f. */
void mc_series_enclose_coefficient(mc_range *z, const mc_tape *tape, size_t node, int k, const mc_range *t,
                                   slong precision);

#endif
