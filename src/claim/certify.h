/* Certificates that sign * f >= 0, or > 0 if strict, on a box.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_CERTIFY_H
#define MUONCERT_CLAIM_CERTIFY_H

#include "workspace.h"

typedef struct {
  size_t node;
  int sign;
  bool strict;
} mc_goal;

/* z = sign * x. */
const mc_range *mc_goal_orient(mc_range *z, const mc_range *x, int sign);
bool mc_goal_is_met(const mc_range *x, bool strict);

/* v holds the derivatives on the box.  may_reduce: the box is not already a face.  true: certified, and noted in s. */
bool mc_certify(mc_workspace *s, const mc_range *box, const mc_evaluation *v, mc_goal g, slong precision,
                bool may_reduce);

/* The same by convexity.  (convex.c) */
bool mc_certify_convex(mc_workspace *s, const mc_range *box, const mc_evaluation *v, mc_goal g, slong precision);

/* Does atom i of the body hold (or, fails, certainly not) on the box, although it is not defined at ends that do not
 * belong to it?  For tapes that clear; s->on_box holds the derivatives on the box. */
bool mc_certify_cleared(mc_workspace *s, const mc_atom *atom, bool fails, slong precision);

/* Are all divisors certainly not zero on the box, but for ends that do not belong to it, and is nothing else undefined?
 */
bool mc_certify_divisors(mc_workspace *s, slong precision);

#endif
