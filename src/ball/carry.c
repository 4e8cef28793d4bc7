/* The carry from plane to plane, which makes digits of integers. */
#include <math.h>

#include "digits.h"
#include "residue.h"
#include "sum.h"

enum { CHAINS = 4, COLUMNS = CHAINS * LANE };

/* From the last plane to the first, many columns at once; returns the largest magnitude in the first plane.  Digits
 * are in [-2^(w-1), 2^(w-1)), and so depend on the value alone: for an integer x below 2^52 in magnitude, (x + 1/2) /
 * 2^w is exact and never halfway between two integers, and the nearest one is floor(x / 2^w + 1/2). */
MC_BALL_CLONES
static double carry_columns(double *row, size_t planes, size_t unset, double base, size_t n) {
  const double unit = 1 / base;
  vector largest[CHAINS] = {{0}};
  double most = 0;
  for (size_t j = 0; j + COLUMNS <= n; j += COLUMNS) {
    vector carry[CHAINS] = {{0}};
    for (size_t t = planes - 1; t > 0; t--)
      for (size_t c = 0; c < CHAINS; c++) {
        vector *at = (vector *)(row + t * n + j + c * LANE), x = carry[c];
        if (t >= unset)
          x += *at;
        carry[c] = ((x + 0.5) * unit + MC_ROUNDING_MAGIC) - MC_ROUNDING_MAGIC;
        *at = x - carry[c] * base;
      }
    for (size_t c = 0; c < CHAINS; c++) {
      vector *at = (vector *)(row + j + c * LANE), x = carry[c], size;
      if (unset == 0)
        x += *at;
      size = MC_MAGNITUDE(x);
      largest[c] = MC_LARGER(size, largest[c]);
      *at = x;
    }
  }
  for (size_t j = n - n % COLUMNS; j < n; j++) {
    double carry = 0;
    for (size_t t = planes - 1; t > 0; t--) {
      const double x = t < unset ? carry : row[t * n + j] + carry;
      carry = mc_digits_rint((x + 0.5) * unit);
      row[t * n + j] = x - carry * base;
    }
    row[j] = unset > 0 ? carry : row[j] + carry;
    most = fabs(row[j]) > most ? fabs(row[j]) : most;
  }
  for (size_t c = 0; c < CHAINS; c++)
    for (size_t k = 0; k < LANE; k++)
      most = largest[c][k] > most ? largest[c][k] : most;
  return most;
}

double mc_digits_carry_row(const mc_digits *x, size_t i, size_t unset) {
  return carry_columns(x->d + i * x->planes * x->n, x->planes, unset, ldexp(1, x->w), x->n);
}
