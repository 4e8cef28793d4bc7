/* Polynomials with rational coefficients: exact signs by Sturm's theorem, ranges by their critical points.  Private to
 * src/check. */
#ifndef MUONCERT_CHECK_POLYNOMIAL_H
#define MUONCERT_CHECK_POLYNOMIAL_H

#include "../base/base.h"
#include "interval.h"

/* The sign of p(x); 2: unknown, since the value is too large to be made.  (sturm.c) */
int mc_polynomial_sign_at(const fmpq_poly_struct *p, const fmpq_t x);

/* Is p >= 0 on [lo, hi] (exactly; lo < hi)?  (sturm.c) */
bool mc_polynomial_nonnegative(const fmpq_poly_t p, const fmpq_t lo, const fmpq_t hi, mc_deadline deadline);

/* A narrow interval where p' may vanish. */
typedef struct {
  mc_iv where;
  bool known; /* p' vanishes at one point of it only, where p has this */
  mc_iv value;
} mc_critical;

/* p with its coefficients as intervals, and with narrow intervals outside of which p' does not vanish. */
typedef struct {
  fmpq_poly_t exact;
  slong length;
  mc_iv *coefficients;
  size_t critical_count, critical_capacity;
  mc_critical *critical;
  bool at_least_zero, at_most_zero; /* on the whole line */
  mc_deadline deadline;
} mc_ranged;

/* false: out of memory or time, or the critical points are not isolated; clear it all the same. */
bool mc_ranged_init(mc_ranged *p, const fmpq_poly_t exact, mc_deadline deadline);
void mc_ranged_clear(mc_ranged *p);

/* Encloses p(x); not usable: x is not, or the time is over. */
void mc_ranged_enclose(mc_iv *z, const mc_ranged *p, const mc_iv *x);

#endif
