/* The sound limit; private to this module.  Derivation: docs/errors.md, section 3. */
#ifndef MUONCERT_AUDIT_SOUND_H
#define MUONCERT_AUDIT_SOUND_H

#include "audit.h"

/* *plain, *spectrum := upper bounds of ||output - image||_F for every kernel of the model, fed with the m by n
 * matrix g, whose normalised form X_0 has singular values in sigma[0], …, sigma[min(m, n) - 1]. */
void mc_audit_sound_bound(double *plain, double *spectrum, const mc_kernel_model *model, const double *g, size_t m,
                          size_t n, arb_srcptr sigma, const mc_audit_options *options);

/* Upper bound of ||image of g - image of g'||_F for all g' within `apart` of g (count entries) in the Frobenius norm. */
double mc_audit_sound_spread(const mc_kernel_model *model, const double *g, size_t count, double apart);

#endif
