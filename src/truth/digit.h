/* What the digit paths share.  Private to this module. */
#ifndef MUONCERT_TRUTH_DIGIT_H
#define MUONCERT_TRUTH_DIGIT_H

#include "input.h"

/* T = 2^scale (A + F), ||F||_F <= error. */
typedef struct {
  mc_digits A;
  mag_t error;
  slong scale;
} mc_digit_input;

/* With planes 0 … planes - 1 of width w; entries of T are at most 2^scale. */
mc_status mc_digit_input_init(mc_digit_input *a, const mc_input *in, slong scale, size_t planes, int w, mc_error *e);

/* The scale that makes ||A||_F about 1/2. */
slong mc_digit_norm_scale(const mc_input *in);
void mc_digit_input_clear(mc_digit_input *a);

/* x (not initialised) := digits near a 2^shift, in planes from `first` on: entries beyond +-2^(-w first) become that,
 * and what the planes do not reach is dropped.  For matrices that are what their digits are. */
mc_status mc_digit_from_double(mc_digits *x, const double *a, size_t m, size_t n, size_t planes, slong first, int w,
                               slong shift, mc_error *e);

/* x (not initialised) := the n by n identity. */
mc_status mc_digit_identity(mc_digits *x, size_t n, int w, mc_error *e);

/* y := entry (i, j), exactly. */
void mc_digit_entry(arf_t y, const mc_digits *x, size_t i, size_t j);

/* The end of a sum that may have failed before: with status MC_OK, x := the sum, trimmed; otherwise the sum is
 * cleared, x is empty and the status stays. */
mc_status mc_digit_finish(mc_digits *x, mag_t error, mc_digits_sum *sum, mc_status status, mc_error *e);

#endif
