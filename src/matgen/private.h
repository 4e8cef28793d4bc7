/* Shared inside src/matgen. */
#ifndef MUONCERT_MATGEN_PRIVATE_H
#define MUONCERT_MATGEN_PRIVATE_H

#include "matgen.h"

/* x^e for x > 0 by square roots and products: deterministic, accurate to about 2^-46. */
double mc_matgen_power(double x, double e);

/* Draws k values in any order; the caller sorts and pins. */
typedef void mc_matgen_draw_spectrum(double *sigma, size_t k, const double *argument, mc_random *r);
typedef mc_status mc_matgen_draw_matrix(double *a, size_t m, size_t n, const double *argument, mc_random *r,
                                        mc_error *e);

typedef struct {
  double low, high, initial; /* range of the argument; its value where it is left out */
  bool required;
} mc_matgen_argument;

typedef struct {
  const char *name, *usage;
  mc_matgen_argument argument[MC_MATGEN_ARGUMENTS]; /* those with low < high exist */
  mc_matgen_draw_spectrum *spectrum;                /* one of the two is set */
  mc_matgen_draw_matrix *matrix;
  bool interval; /* arguments 0 and 1 are lo and hi: the extreme values are pinned to them where lo > 0 */
} mc_matgen_entry;

extern const mc_matgen_entry mc_matgen_spectra[], mc_matgen_structured[]; /* each ends with a NULL name */

#endif
