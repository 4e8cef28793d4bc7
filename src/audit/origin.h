/* Where the sound limits of a rule begin; private to this module.  docs/errors.md, section 3.6. */
#ifndef MUONCERT_AUDIT_ORIGIN_H
#define MUONCERT_AUDIT_ORIGIN_H

#include "reference.h"

/* As far along the path as kernels of the variant's rule can be followed entry by entry; at X_0 where they cannot.  r:
 * with input, image and sigma. */
mc_status mc_audit_origin_set(mc_audit_origin *o, const mc_audit_reference *r, const mc_kernel_model *variant,
                              mc_error *e);

#endif
