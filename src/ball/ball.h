/* muoncert: the arithmetic of truth.  Glue between doubles, exact rationals, Arb balls and decimal text.
 *
 * Everything here is exact or encloses; nothing is approximate but what a comment calls a midpoint. */
#ifndef MUONCERT_BALL_H
#define MUONCERT_BALL_H

#include "../base/base.h"
#include "arb_headers.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Matrices of balls (matrix.c) ---- */

/* Bytes that an m by n matrix of balls with midpoints of at most `bits` bits needs (saturating).  FLINT aborts when
 * memory runs out: give a multiple of this to mc_memory_require before allocating. */
uint64_t mc_ball_mat_bytes(size_t m, size_t n, slong bits);

/* A := a, exactly.  A is m by n (its own size), a is row-major and contiguous, every entry finite. */
void mc_ball_mat_set_double(arb_mat_t A, const double *a);

/* Midpoints of A rounded to nearest, row-major; *error (may be NULL) encloses the Frobenius distance of the result
 * from any matrix in A.  Entries beyond the range of double become infinite, and then *error does too. */
void mc_ball_mat_get_double(double *a, mag_t error, const arb_mat_t A);

/* Do all entries have a finite midpoint and radius? */
bool mc_ball_mat_is_finite(const arb_mat_t A);

/* Replace A by its midpoints; *error bounds the Frobenius distance from any matrix in the old A. */
void mc_ball_mat_trim(mag_t error, arb_mat_t A);

/* Upper bound of the Frobenius norm of every matrix in A (+inf when A is not finite). */
void mc_ball_mat_frobenius_upper(mag_t bound, const arb_mat_t A);

/* Upper bound of the spectral norm of every matrix in A: the least of the Frobenius norm and sqrt(||A||_1 ||A||_inf)
 * (Golub and Van Loan, 4th ed., Cor. 2.3.2). */
void mc_ball_mat_spectral_upper(mag_t bound, const arb_mat_t A);

/* ---- Scalars (scalar.c) ---- */

/* Directed conversions; -inf or +inf when x is not finite, so that comparisons fail closed. */
double mc_ball_lower_double(const arb_t x);
double mc_ball_upper_double(const arb_t x);
double mc_ball_mag_upper_double(const mag_t x);

/* x := [x - r, x + r] with the lower end clamped at 0, for quantities known to be nonnegative. */
void mc_ball_add_error_nonnegative(arb_t x, const mag_t r, slong prec);

/* Upper bounds of max |p(t)| and max |p'(t)| over 0 <= t <= s for a polynomial with exact rational coefficients (p =
 * sum p[j] t^j), within a relative 2^-10 of the truth (bisection with balls).  bound or slope may be NULL. */
void mc_ball_poly_max_upper(mag_t bound, mag_t slope, const fmpq *p, slong length, const mag_t s);

/* ---- Decimal text (decimal.c) ---- */

/* Shortest honest text: lo <= x <= hi as decimal strings with `digits` significant digits, rounded outward; "-inf",
 * "inf" where x is unbounded, and both when x is NaN.  Free both with mc_free.  MC_NO_MEMORY when out of memory. */
mc_status mc_ball_bounds_text(char **lo, char **hi, const arb_t x, size_t digits, mc_error *e);

/* x rounded down (direction < 0), to nearest (0) or up (> 0) to `digits` significant digits.  NULL: out of memory. */
char *mc_ball_arf_text(const arf_t x, int direction, size_t digits);

/* q := the exact value of a decimal ("-4.7750", "1e-7"), fraction ("2031/1000") or C hex float ("0x1.8p-3").  The
 * whole text must be one number: else MC_BAD_INPUT.  Exponents beyond +-4096 are refused. */
mc_status mc_ball_fmpq_set_text(fmpq_t q, const char *text, mc_error *e);

/* q := the exact value of a finite double. */
void mc_ball_fmpq_set_double(fmpq_t q, double x);

#ifdef __cplusplus
}
#endif
#endif
