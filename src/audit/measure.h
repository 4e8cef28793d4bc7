/* Measures of error matrices; private to this module. */
#ifndef MUONCERT_AUDIT_MEASURE_H
#define MUONCERT_AUDIT_MEASURE_H

#include "audit.h"

/* Computed singular vectors of the input; orthogonal only nearly, and nothing relies on it. */
typedef struct {
  size_t m, n, k;
  double *u;     /* m by k, row-major */
  double *v;     /* n by k, row-major */
  double weight; /* upper bound of ||u||_F ||v||_F >= ||E -> (u_i^T E v_i)_i|| */
} mc_audit_basis;

/* MC_UNDECIDED: LAPACK did not converge. */
mc_status mc_audit_basis_init(mc_audit_basis *basis, const double *g, size_t m, size_t n, mc_error *e);
void mc_audit_basis_clear(mc_audit_basis *basis);

/* value[k] := measure k of the m by n matrix x - image, evaluated in double.  room: m n + max(m, n, k) + (m/16 + 1)(n/16 + 1) doubles. */
void mc_audit_measure_approx(double value[MC_MEASURES], const double *x, const double *image,
                             const mc_audit_basis *basis, double *room);
size_t mc_audit_measure_room(size_t m, size_t n);

/* Balls around the measures of x - truth, for a truth within Frobenius distance `radius` of `image`; error encloses ||x - truth||_F. */
void mc_audit_measure_enclose(arb_ptr value, const double *x, const double *image, double radius, const arb_t error,
                              const mc_audit_basis *basis, double *room);

#endif
