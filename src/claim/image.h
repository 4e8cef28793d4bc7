/* Exact images of intervals under polynomials: the ends and the critical points between them.
 * Private to src/claim. */
#ifndef MUONCERT_CLAIM_IMAGE_H
#define MUONCERT_CLAIM_IMAGE_H

#include "range.h"

/* Critical points and the values there are enclosed to this many bits once and for all. */
#define MC_IMAGE_PRECISION 320

/* A polynomial with rational coefficients, and where its derivative vanishes. */
typedef struct {
  fmpq_poly_t exact;
  slong length; /* degree + 1 */
  arb_ptr coefficients;
  double *approx; /* the coefficients */
  slong critical_count;
  arb_ptr critical_points, critical_values;
  arf_t floor, ceiling; /* of p on the whole line, where its degree is even; else infinite */
} mc_image;

void mc_image_init(mc_image *p, const fmpq_poly_t polynomial);
void mc_image_clear(mc_image *p);

/* p(x) for a range x: the exact range, rounded outward at `precision`. */
void mc_image_enclose(mc_range *z, const mc_image *p, const mc_range *x, slong precision);

#endif
