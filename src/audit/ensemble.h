/* Statistical limits; private to this module. */
#ifndef MUONCERT_AUDIT_ENSEMBLE_H
#define MUONCERT_AUDIT_ENSEMBLE_H

#include "measure.h"

/* Fill limits->statistical, false_alarm and members from runs of emulated kernels.  image: the exact image in double. */
mc_status mc_audit_ensemble_limits(mc_audit_limits *limits, const mc_kernel_model *model, const double *g,
                                   const double *image, const mc_audit_basis *basis, const mc_audit_options *options,
                                   mc_error *e);

/* P(T > t) for Student's t with an even number of degrees of freedom, t >= 0. */
double mc_audit_student_tail_approx(double t, unsigned freedom);

#endif
