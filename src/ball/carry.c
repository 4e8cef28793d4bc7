/* The carry from plane to plane, which makes digits of integers. */
#include <math.h>

#include "digits.h"
#include "residue.h"
#include "sum.h"

/* x := its digit in [-2^(w-1), 2^(w-1)), which depends on the value alone; returns what goes one plane up. */
static inline double carry_one(double *x, double base, double unit) {
  double q = mc_digits_rint(*x * unit), rest = *x - q * base;
  if (rest == base / 2) {
    rest -= base;
    q += 1;
  }
  *x = rest;
  return q;
}

/* The same for CHAINS times LANE columns at once, from the last plane to the first; returns the largest magnitude in
 * the first plane. */
enum { CHAINS = 4, COLUMNS = CHAINS * LANE };

MC_BALL_CLONES
static double carry_columns(double *row, size_t planes, double base, size_t n) {
  const double unit = 1 / base, half = base / 2;
  const vector bases = (vector){0} + base, ones = (vector){0} + 1;
  double most = 0;
  for (size_t j = 0; j + COLUMNS <= n; j += COLUMNS) {
    vector carry[CHAINS] = {{0}};
    for (size_t t = planes - 1; t > 0; t--)
      for (size_t c = 0; c < CHAINS; c++) {
        vector *at = (vector *)(row + t * n + j + c * LANE), x = *at + carry[c];
        vector q = (x * unit + MC_ROUNDING_MAGIC) - MC_ROUNDING_MAGIC, rest = x - q * base;
        mask tie = rest == half;
        *at = rest - (vector)(tie & (mask)bases);
        carry[c] = q + (vector)(tie & (mask)ones);
      }
    for (size_t c = 0; c < CHAINS; c++)
      *(vector *)(row + j + c * LANE) += carry[c];
  }
  for (size_t j = n - n % COLUMNS; j < n; j++) {
    double carry = 0;
    for (size_t t = planes - 1; t > 0; t--) {
      row[t * n + j] += carry;
      carry = carry_one(row + t * n + j, base, unit);
    }
    row[j] += carry;
  }
  for (size_t j = 0; j < n; j++)
    most = fabs(row[j]) > most ? fabs(row[j]) : most;
  return most;
}

double mc_digits_carry_row(const mc_digits *x, size_t i) {
  return carry_columns(x->d + i * x->planes * x->n, x->planes, ldexp(1, x->w), x->n);
}
