/* The first iterates of every kernel of a model, entry by entry; private to this module.  docs/errors.md, section 3.6. */
#ifndef MUONCERT_AUDIT_CONTAIN_H
#define MUONCERT_AUDIT_CONTAIN_H

#include "audit.h"

/* *steps: how many steps were followed; x (m by n, in the storage format), radius: entry by entry, the iterate after them of
 * every kernel of the model that is fed with g is within radius of x.  MC_UNDECIDED: there is no such x, for want of
 * bounds or since it would serve no one (the accumulator's format is stored, the form of Gram). */
mc_status mc_audit_contain(double *x, double *radius, size_t *steps, const mc_kernel_model *model, const double *g,
                           size_t m, size_t n, size_t depth, mc_error *e);

#endif
