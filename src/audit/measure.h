/* Measures of error matrices; private to this module. */
#ifndef MUONCERT_AUDIT_MEASURE_H
#define MUONCERT_AUDIT_MEASURE_H

#include "audit.h"

/* A matrix known to a Frobenius radius, as an unevaluated sum of two doubles an entry. */
typedef struct {
  double *high, *low;
  double radius;
} mc_audit_image;

mc_status mc_audit_image_init(mc_audit_image *image, const mc_enclosure *truth, mc_error *e);
void mc_audit_image_clear(mc_audit_image *image);

/* Computed singular vectors of the input; orthogonal only nearly, and nothing relies on it. */
typedef struct {
  size_t m, n, k;
  double *u;     /* m by k, row-major */
  double *v;     /* n by k, row-major */
  double weight; /* upper bound of ||u||_F ||v||_F, at least 1: the norm of E -> (u_i^T E v_i)_i is not above it */
  const double *along; /* m by n, not owned; NULL: MC_MEASURE_ALONG is not taken */
} mc_audit_basis;

/* MC_UNDECIDED: LAPACK did not converge. */
mc_status mc_audit_basis_init(mc_audit_basis *basis, const double *g, size_t m, size_t n, mc_error *e);
void mc_audit_basis_clear(mc_audit_basis *basis);

/* Evaluated in double. */
typedef struct {
  double value[MC_MEASURES]; /* of x - image; the profile is left out */
  double along;              /* <x - image, along> / ||along||_F; 0 where it is not taken */
  double *diagonal;          /* k entries u_i^T (x - image) v_i */
  double *columns;           /* k entries ||(x - image) v_i||^2 */
  double *room;              /* E = x - image, and behind it E v, m by k */
} mc_audit_measured;

mc_status mc_audit_measured_init(mc_audit_measured *measured, const mc_audit_basis *basis, mc_error *e);
void mc_audit_measured_clear(mc_audit_measured *measured);

/* For m by n matrices x and image.  x - image is rounded once an entry, relative to itself. */
void mc_audit_measure_approx(mc_audit_measured *measured, const double *x, const mc_audit_image *image,
                             const mc_audit_basis *basis);

/* value[rows, columns, tiles] of an m by n error.  room: as many entries as it has rows, columns or tiles. */
void mc_audit_measure_blocks_approx(double value[MC_MEASURES], const double *error, size_t m, size_t n, double *room);

/* How many tiles an m by n matrix has. */
size_t mc_audit_tiles(size_t m, size_t n);

/* l2 distance of two profiles of k entries. */
double mc_audit_profile_distance_approx(const double *diagonal, const double *profile, size_t k);

/* Upper bound of how far a measure, evaluated in double for an image within Frobenius distance `radius` of the
 * truth, is from its value for the truth.  size: upper bound of ||x - image||_F, plus the norm of the profile for
 * MC_MEASURE_PROFILE, or the size of the mean for MC_MEASURE_ALONG. */
double mc_audit_measure_error(mc_audit_measure measure, const mc_audit_basis *basis, double size, double radius);

#endif
