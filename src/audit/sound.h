/* The sound limit; private to this module.  Derivation: docs/errors.md, section 3. */
#ifndef MUONCERT_AUDIT_SOUND_H
#define MUONCERT_AUDIT_SOUND_H

#include "local.h"

/* Where theorem S begins: `steps` steps are done, each kernel's iterate is within `distance` of one matrix, which has these
 * singular values, and whose exact image under the steps that are left is within `apart` of the image of the input. */
typedef struct {
  size_t steps;
  double distance, apart;
  arb_ptr sigma; /* count entries */
  slong count;
  mc_audit_magnitudes *two; /* of the steps that are left; NULL: not known */
} mc_audit_origin;

/* At X_0, before the first step: sigma[0], …, sigma[min(m, n) - 1] are its singular values, g is the m by n input. */
void mc_audit_origin_init(mc_audit_origin *o, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                          arb_srcptr sigma, const mc_audit_options *options);
void mc_audit_origin_clear(mc_audit_origin *o);

/* *plain, *spectrum := upper bounds of ||output - image||_F for every kernel of the model, fed with an m by n matrix to
 * which the origin belongs, whose output has the 2-norm `output` at most (infinite: any). */
void mc_audit_sound_bound(double *plain, double *spectrum, const mc_kernel_model *model, const mc_audit_origin *o,
                          size_t m, size_t n, const mc_audit_options *options, double output);

/* Upper bound of |p(l) - p(m)| / |l - m| (at l = m of |p'|) for |l| <= s, 0 <= m <= top and an odd quintic p. */
double mc_audit_steepest(const fmpq *p, double s, double top);

/* Upper bound of ||p(X') - p(X)||_F for an odd quintic p (six coefficients), X with these singular values (and `zeros`
 * more columns than rows), ||X||_2, ||X'||_2 <= s and ||X' - X||_F <= e. */
double mc_audit_growth(arb_srcptr sigma, slong count, size_t zeros, const fmpq *p, double s, double e);

/* Bounds of ||g||_F and the divisor of g (start.c); the singular values of its image (signs may be negative) from those
 * of X_0 (polynomials.c). */
void mc_audit_sound_norm(double *lower, double *upper, const double *g, size_t count);
double mc_audit_norm_upper(const double *g, size_t count);
void mc_audit_sound_divisor(arb_t divisor, const mc_kernel_model *model, const double *g, size_t count);
void mc_audit_sound_image_sigma(arb_ptr image, const mc_kernel_model *model, arb_srcptr sigma, slong count);

/* Upper bound of ||image of g - image of g'||_F for all g' within `apart` of g (count entries) in the Frobenius
 * norm. */
double mc_audit_sound_spread(const mc_kernel_model *model, const double *g, size_t count, double apart);

#endif
