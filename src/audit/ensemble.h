/* Statistical limits; private to this module. */
#ifndef MUONCERT_AUDIT_ENSEMBLE_H
#define MUONCERT_AUDIT_ENSEMBLE_H

#include "measure.h"

/* Fill limits->statistical and the mean profile (basis->k entries) from runs of emulated kernels of the model.
 * image: the exact image. */
mc_status mc_audit_ensemble_limits(mc_audit_limits *limits, double *profile, const mc_kernel_model *model,
                                   const double *g, const mc_audit_image *image, const mc_audit_basis *basis,
                                   const mc_audit_options *options, mc_error *e);

/* The t that Student's t with an even number of degrees of freedom exceeds with this probability, at most 1/2. */
double mc_audit_student_quantile_approx(double probability, unsigned freedom);

#endif
