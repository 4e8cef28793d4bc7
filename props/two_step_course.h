/* Muon on M ~ P Q^T behind its first step, in doubles, with all that rounding does to it; private to this folder. */
#ifndef MUONCERT_PROPS_TWO_STEP_COURSE_H
#define MUONCERT_PROPS_TWO_STEP_COURSE_H

#include "../src/ball/arb_headers.h"
#include "../src/base/base.h"

typedef struct {
  size_t n;
  slong precision;
  double alpha;
  const double *b, *o1, *o2;
  const arb_mat_struct *target; /* M, exact */
  double rate;                  /* of the next step: about sqrt(s_1) at first */
  /* all n x n, m owning the memory: M rounded; P, Q; their gradients; a polar factor; what was before a step */
  double *m, *p, *q, *u, *v, *z, *before, *work;
} two_step_course;

/* What two_step_alignment.c calls near, gap, error and rounding. */
typedef struct {
  arb_ptr near, gap, error, rounding;
} two_step_result;

/* The second step and so many halvings.  roots: those of M's singular values, largest first.  MC_UNDECIDED: a polar
 * factor or a spectrum could not be certified. */
mc_status two_step_course_run(two_step_result *r, two_step_course *x, arb_srcptr roots, size_t halvings, mc_error *e);

#endif
