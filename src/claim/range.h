/* Closed intervals with ends in Arb's floating point, every operation rounded outward.  Private to src/claim.
 *
 * Balls are a poor fit for wide intervals (a product of [0, 1] by itself is [-1/2, 1] as a ball), so the search uses
 * ends.  A range whose ends are NaN is undefined: the operation does not exist on the whole of its operands.
 * Undefined spreads. */
#ifndef MUONCERT_CLAIM_RANGE_H
#define MUONCERT_CLAIM_RANGE_H

#include <stdbool.h>

#include "../ball/arb_headers.h"

typedef struct {
  arf_struct lo, hi;
} mc_range;

void mc_range_init(mc_range *x);
void mc_range_clear(mc_range *x);
mc_range *mc_range_vector_new(size_t count); /* NULL: out of memory */
void mc_range_vector_free(mc_range *x, size_t count);

void mc_range_set(mc_range *z, const mc_range *x);
void mc_range_set_si(mc_range *z, slong x);
void mc_range_set_undefined(mc_range *z);
void mc_range_set_arb(mc_range *z, const arb_t x, slong precision);
void mc_range_set_fmpq(mc_range *z, const fmpq_t x, slong precision);
bool mc_range_is_undefined(const mc_range *x);
bool mc_range_is_fixed(const mc_range *x);      /* one number */
bool mc_range_contains_zero(const mc_range *x); /* true for undefined */

/* Certain signs; false for undefined. */
bool mc_range_is_positive(const mc_range *x);
bool mc_range_is_nonnegative(const mc_range *x);
bool mc_range_is_negative(const mc_range *x);
bool mc_range_is_nonpositive(const mc_range *x);

/* z may be an operand. */
void mc_range_neg(mc_range *z, const mc_range *x);
void mc_range_abs(mc_range *z, const mc_range *x);
void mc_range_hull(mc_range *z, const mc_range *x, const mc_range *y, slong precision);
void mc_range_min(mc_range *z, const mc_range *x, const mc_range *y, slong precision);
void mc_range_max(mc_range *z, const mc_range *x, const mc_range *y, slong precision);
void mc_range_add(mc_range *z, const mc_range *x, const mc_range *y, slong precision);
void mc_range_sub(mc_range *z, const mc_range *x, const mc_range *y, slong precision);
void mc_range_mul(mc_range *z, const mc_range *x, const mc_range *y, slong precision);
void mc_range_sqr(mc_range *z, const mc_range *x, slong precision);
void mc_range_div(mc_range *z, const mc_range *x, const mc_range *y, slong precision);
void mc_range_pow_ui(mc_range *z, const mc_range *x, ulong n, slong precision);
void mc_range_sqrt(mc_range *z, const mc_range *x, slong precision);
void mc_range_exp(mc_range *z, const mc_range *x, slong precision);
void mc_range_log(mc_range *z, const mc_range *x, slong precision);
void mc_range_sin(mc_range *z, const mc_range *x, slong precision);
void mc_range_cos(mc_range *z, const mc_range *x, slong precision);

#endif
