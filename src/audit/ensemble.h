/* Statistical limits; private to this module. */
#ifndef MUONCERT_AUDIT_ENSEMBLE_H
#define MUONCERT_AUDIT_ENSEMBLE_H

#include "measure.h"

/* Means over correct kernels: of the profile (basis->k entries), and of the error along a matrix. */
typedef struct {
  double *profile, along;
} mc_audit_centre;

/* Fill limits->statistical and the centre from runs of emulated kernels of the model.
 * image: the exact image. */
mc_status mc_audit_ensemble_limits(mc_audit_limits *limits, mc_audit_centre *centre, const mc_kernel_model *model,
                                   const double *g, const mc_audit_image *image, const mc_audit_basis *basis,
                                   const mc_audit_options *options, mc_error *e);

/* The t that Student's t with an even number of degrees of freedom exceeds with this probability, at most 1/2. */
double mc_audit_student_quantile_approx(double probability, unsigned freedom);

#endif
