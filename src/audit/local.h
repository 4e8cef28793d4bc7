/* What one step of a kernel may be off by; private to this module.  docs/errors.md, sections 3.1, 3.2 and 3.5. */
#ifndef MUONCERT_AUDIT_LOCAL_H
#define MUONCERT_AUDIT_LOCAL_H

#include "polynomials.h"
#include "rounding.h"

/* Two bounds of one matrix M: of ||M||_F, and of || |M| ||_2 where M is a value, of ||M||_2 where it is an error. */
typedef struct {
  double f, two;
} mc_audit_bounds;

enum { MC_AUDIT_SCALES = 32 };

/* The powers of two below the entries of a matrix M (units.c): sum[i] serves the scale mu = 2^(i + 2). */
typedef struct {
  double sum[MC_AUDIT_SCALES], radius; /* M is known that far, in the Frobenius norm; infinite: not at all */
} mc_audit_units;

/* Of matrices along the exact path; infinite where that is not known. */
typedef struct {
  double x, gram, square, q, h, p; /* || |M| ||_2 of X, X X^T, (X X^T)^2 and q, h, p of X */
  mc_audit_units gram_units, q_units, p_units;
} mc_audit_magnitudes;

/* Nothing is known. */
void mc_audit_magnitudes_init(mc_audit_magnitudes *two);

/* For the step f at every matrix within `radius` of x (m by n) in the Frobenius norm.  MC_UNDECIDED, MC_INTERNAL: as
 * mc_truth_product_enclose (magnitudes.c). */
mc_status mc_audit_magnitudes_set(mc_audit_magnitudes *two, const mc_audit_polynomials *f, double *x, double radius,
                                  size_t m, size_t n, mc_error *e);

/* Those of x (count entries), which is within `radius` of M. */
void mc_audit_units_set(mc_audit_units *units, const double *x, size_t count, double radius);

/* Upper bound of the Frobenius norm of the powers of two below the entries of any matrix within `apart` of M: u times
 * that is what storing it may be off by. */
double mc_audit_units_norm(const mc_audit_units *units, double apart);

/* A step at the exact X_k: its polynomials, and norms of X_k, X_k X_k^T and q, h, p applied to X_k. */
typedef struct {
  mc_audit_polynomials f;
  mc_audit_trajectory t;
  double x, gram, q, h, p; /* Frobenius norms */
  mc_audit_magnitudes two;
  double top; /* ||X_k||_2 */
} mc_audit_stage;

/* What is known of the computed X: ||X - X_k||_F <= e, ||X||_2 <= s. */
typedef struct {
  double e, s;
} mc_audit_distance;

/* Of ||computed new X - p(X)|| for any X at that distance, infinite where an intermediate value could overflow. */
mc_audit_bounds mc_audit_local_error(const mc_audit_rounding *k, const mc_audit_stage *g, const mc_audit_distance *d,
                                     const mc_kernel_model *model);

#endif
