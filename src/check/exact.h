/* Programs over the rationals.  Private to src/check. */
#ifndef MUONCERT_CHECK_EXACT_H
#define MUONCERT_CHECK_EXACT_H

#include "program.h"

/* The Taylor series of a line at the rational point t along coordinate j, `length` terms; length 1: the value.  false:
 * not provably rational, or larger than exact arithmetic should carry. */
bool mc_exact_series(fmpq_poly_t z, const mc_program *program, size_t line, const fmpq *t, size_t j, slong length);

/* In one variable: does the line vanish at the rational point to that order at least? */
bool mc_exact_vanishes(mc_program *program, size_t line, const fmpq *t, slong order);

/* The sign of a line at a point: -1, 0, 1, or 2 where neither intervals tell, nor rationals, nor the field of pi and e.
 * Where the line is not defined it says nothing. */
int mc_exact_sign(mc_program *program, size_t line, const fmpq *t);

/* Are all lines defined at a point, in a term that cancels too? */
bool mc_exact_is_defined(mc_program *program, const fmpq *t);

/* Is line a - line b (b NO line: SIZE_MAX) the zero function wherever it is defined?  Unit frame. */
bool mc_exact_identity(const mc_program *program, size_t a, size_t b);

/* Is a line, as a rational function of the one variable, nonnegative on [lo, hi]? */
bool mc_exact_nonnegative(const mc_program *program, size_t line, int sign, const fmpq_t lo, const fmpq_t hi);

#endif
