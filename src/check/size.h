/* How large what is computed with may be.  Private to src/check.
 *
 * A certificate comes from anyone.  Between two questions for the time the checker does one operation, and the bounds
 * here are such that none takes more than a fraction of a second or some 100 MB; what exceeds them is not known. */
#ifndef MUONCERT_CHECK_SIZE_H
#define MUONCERT_CHECK_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "../ball/arb_headers.h"

/* Bits of a coefficient, numerator and denominator together; greatest exponent of a power of 2 that is made exact. */
enum { MC_MOST_BITS = 1 << 18, MC_GREATEST_EXPONENT = 1 << 14 };

/* Bits of one polynomial. */
#define MC_MOST_WEIGHT ((uint64_t)1 << 24)

/* Bits of all that is kept side by side, say of all lines of a program. */
#define MC_MOST_KEPT ((uint64_t)1 << 30)

/* Bits, counted as if all coefficients were as long as the longest and had the common denominator. */
uint64_t mc_poly_weight(const fmpq_poly_struct *p);
uint64_t mc_mpoly_weight(const fmpq_mpoly_struct *p, const fmpq_mpoly_ctx_t ring);

bool mc_poly_fits(const fmpq_poly_struct *p);
bool mc_poly_product_fits(const fmpq_poly_struct *a, const fmpq_poly_struct *b);
bool mc_poly_power_fits(const fmpq_poly_struct *p, ulong n);
bool mc_poly_gcd_fits(const fmpq_poly_struct *p); /* with its derivative, say */

/* Exponents stay far below what FLINT can hold in a word, too: it would end the process. */
bool mc_mpoly_fits(const fmpq_mpoly_struct *p, const fmpq_mpoly_ctx_t ring);
bool mc_mpoly_product_fits(const fmpq_mpoly_struct *a, const fmpq_mpoly_struct *b, const fmpq_mpoly_ctx_t ring);

/* Are a greatest common divisor, and the quotients by it, quickly found, by the terms that they could have? */
bool mc_mpoly_gcd_fits(const fmpq_mpoly_struct *a, const fmpq_mpoly_struct *b, const fmpq_mpoly_ctx_t ring);

#endif
