/* Intervals of MPFI at one precision.  An end that is NaN or infinite makes an interval unusable: the operation is not
 * defined on all of its operands, or left the range of numbers.  Private to src/check. */
#ifndef MUONCERT_CHECK_INTERVAL_H
#define MUONCERT_CHECK_INTERVAL_H

#include <mpfr.h>

#include <mpfi.h>
#include <stdbool.h>

#include "../ball/arb_headers.h"

#define MC_CHECK_BITS 320

typedef __mpfi_struct mc_iv;

void mc_iv_init(mc_iv *x);
mc_iv *mc_iv_vector_new(size_t count); /* NULL: out of memory */
void mc_iv_vector_free(mc_iv *x, size_t count);

bool mc_iv_usable(const mc_iv *x);
void mc_iv_spoil(mc_iv *x);

/* Certain signs; false where x is not usable. */
bool mc_iv_positive(const mc_iv *x);
bool mc_iv_nonnegative(const mc_iv *x);
bool mc_iv_negative(const mc_iv *x);
bool mc_iv_nonpositive(const mc_iv *x);
bool mc_iv_is_zero(const mc_iv *x); /* exactly */
bool mc_iv_is_point(const mc_iv *x);

/* sign * x >= 0, or > 0 if strict. */
bool mc_iv_meets(const mc_iv *x, int sign, bool strict);

void mc_iv_set_q(mc_iv *z, const fmpq_t x);
void mc_iv_hull(mc_iv *z, const mc_iv *x); /* z = hull of z and x */

/* Exactly; only where the exponents are moderate, since the number is written out. */
void mc_iv_end(fmpq_t z, const mc_iv *x, bool upper);
bool mc_iv_is_moderate(const mc_iv *x);

/* [-1, 1] where x is so large that its quadrant would need pi to as many bits as the exponent says. */
void mc_iv_sin(mc_iv *z, const mc_iv *x);
void mc_iv_cos(mc_iv *z, const mc_iv *x);

/* z = x/y, square root, logarithm: unusable where they are not defined. */
void mc_iv_div(mc_iv *z, const mc_iv *x, const mc_iv *y);
void mc_iv_sqrt(mc_iv *z, const mc_iv *x);
void mc_iv_log(mc_iv *z, const mc_iv *x);

/* z = x y, where an exact zero settles it even against what is not usable. */
void mc_iv_mul(mc_iv *z, const mc_iv *x, const mc_iv *y);

#endif
