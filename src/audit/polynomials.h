/* The polynomials of a step, and the singular values of the exact iterates; private to this module. */
#ifndef MUONCERT_AUDIT_POLYNOMIALS_H
#define MUONCERT_AUDIT_POLYNOMIALS_H

#include "audit.h"

/* p = a x + b x^3 + c x^5; gram part q = b x^2 + c x^4; h = x q; centre = b/2 + c x^2. */
typedef struct {
  fmpq p[6], q[5], h[6], centre[3];
  double a, b, c;    /* absolute values, rounded up */
  double da, db, dc; /* how far the kernel's coefficients are from them */
} mc_audit_polynomials;

/* Singular values of X_k, as balls; signs may be negative where p is. */
typedef struct {
  arb_ptr sigma;
  slong count;
} mc_audit_trajectory;

void mc_audit_polynomials_init(mc_audit_polynomials *f);
void mc_audit_polynomials_clear(mc_audit_polynomials *f);

/* About q. */
double mc_audit_nearest(const fmpq_t q);

/* q as a kernel holds it, to nearest, between *least and *most: whichever way a tie goes, and to a narrow format perhaps by way
 * of float32. */
double mc_audit_held(double *least, double *most, const fmpq_t q, mc_dtype format);

/* Those of one step of the model. */
void mc_audit_polynomials_set(mc_audit_polynomials *f, const mc_schedule_step *step, const mc_kernel_model *model);

/* Upper bounds of max |f| and max |f'| on [0, s] (either may be NULL). */
void mc_audit_maxima(double *value, double *slope, const fmpq *f, slong length, double s);

/* y := f(x) */
void mc_audit_polynomial_at(arb_t y, const fmpq *f, slong length, const arb_t x);

/* Each singular value sigma := p(sigma). */
void mc_audit_trajectory_advance(mc_audit_trajectory *t, const fmpq *p);

/* Upper bound of sqrt(sum f(sigma_i)^2). */
double mc_audit_trajectory_norm(const mc_audit_trajectory *t, const fmpq *f, slong length);

/* Upper bound of max |sigma_i|. */
double mc_audit_trajectory_largest(const mc_audit_trajectory *t);

#endif
