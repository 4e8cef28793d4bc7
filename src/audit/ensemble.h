/* Statistical limits; private to this module. */
#ifndef MUONCERT_AUDIT_ENSEMBLE_H
#define MUONCERT_AUDIT_ENSEMBLE_H

#include "measure.h"

/* Means over correct kernels: of the profile (basis->k entries), and of the error along a matrix. */
typedef struct {
  double *profile, along;
} mc_audit_centre;

/* Fill limits->statistical and the centre from runs of emulated kernels of the model.
 * image: the exact image; sigma: singular values of X_0. */
mc_status mc_audit_ensemble_limits(mc_audit_limits *limits, mc_audit_centre *centre, const mc_kernel_model *model,
                                   const double *g, arb_srcptr sigma, const mc_audit_image *image,
                                   const mc_audit_basis *basis, const mc_audit_options *options, mc_error *e);

/* From so many entries on a run of a kernel costs about as much as all else in an audit. */
enum { MC_AUDIT_LARGE = 512 * 512 };

/* The same from one run, for matrices so large that errors are averages of very many roundings, and storage in the
 * accumulator's own format (few.c). */
bool mc_audit_few_serve(const mc_kernel_model *model, size_t m, size_t n, const mc_audit_options *options);
mc_status mc_audit_few_limits(mc_audit_limits *limits, mc_audit_centre *centre, const mc_kernel_model *model,
                              const double *g, arb_srcptr sigma, const mc_audit_image *image,
                              const mc_audit_basis *basis, const mc_audit_options *options, mc_error *e);

/* A probe of sums in the worst order that the options allow (order.c). */
mc_kernel_probe mc_audit_probe(const mc_audit_options *options);

/* By which factor that order makes errors larger than the BLAS's order does; at least 1, NaN where that is not known.
 * sigma: the k singular values of X_0; columns: of X in the orientation with rows <= columns. */
double mc_audit_order_factor_approx(const mc_kernel_probe *probe, const mc_kernel_model *model, arb_srcptr sigma,
                                    size_t k, size_t columns);

/* The coefficients of a step, those that it has not zero. */
void mc_audit_coefficients_approx(double c[3], const mc_schedule_step *step);

/* The x that a Gaussian variable of variance 1 exceeds with this probability, at most 1/2. */
double mc_audit_normal_quantile_approx(double probability);

/* The t that Student's t with an even number of degrees of freedom exceeds with this probability, at most 1/2. */
double mc_audit_student_quantile_approx(double probability, unsigned freedom);

#endif
