/* Taylor coefficients of a program over a box.  Private to src/check.
 *
 * A jet is f, then f_j = df/dt_j, then the second-order Taylor coefficients (f_jj/2 on the diagonal), packed; in one
 * variable any order: f^(k)/k!. */
#ifndef MUONCERT_CHECK_JET_H
#define MUONCERT_CHECK_JET_H

#include "program.h"

typedef struct {
  size_t n, order, size; /* size: coefficients of one jet */
} mc_jets;

mc_jets mc_jets_of(size_t n, size_t order); /* order at most 2 for n > 1, 8 for n = 1 */

/* Place of the coefficient of t_j t_k, j <= k. */
size_t mc_jets_second(const mc_jets *s, size_t j, size_t k);

/* out[i * size …]: the jet of line i over the box t.  Kinks: the first coefficients are the hull of both sides', the
 * second ones not usable.  false: out of memory or time. */
bool mc_jets_evaluate(mc_iv *out, const mc_jets *s, mc_program *program, const mc_iv *t);

#endif
