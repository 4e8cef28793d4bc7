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

/* Numbers beyond 2^±MC_BALL_TEXT_EXPONENT are written as this power, 0 or inf: on the safe side of a direction, and
 * to nearest as 0 or inf. */
#define MC_BALL_TEXT_EXPONENT 100000

/* x rounded down (direction < 0), to nearest (0) or up (> 0) to `digits` significant digits.  NULL: out of memory. */
char *mc_ball_arf_text(const arf_t x, int direction, size_t digits);

/* q := the exact value of a decimal ("-4.7750", "1e-7"), fraction ("2031/1000") or C hex float ("0x1.8p-3").  The
 * whole text must be one number: else MC_BAD_INPUT.  Exponents beyond +-4096 are refused. */
mc_status mc_ball_fmpq_set_text(fmpq_t q, const char *text, mc_error *e);

/* q := the exact value of a finite double. */
void mc_ball_fmpq_set_double(fmpq_t q, double x);

/* Does the processor round to nearest, with gradual underflow, as all bounds in doubles assume?  MC_INTERNAL: no. */
mc_status mc_ball_check_arithmetic(mc_error *e);

/* ---- Exact digit matrices (digits.c, combine.c, sum.c, product.c, check.c) ----
 *
 * X = sum over planes s of D_s 2^(-w (first + s + 1)), D_s a matrix of integers in doubles, of magnitude at most
 * 2^(w-1) but for the leading plane, where 2^(w+2) is allowed.  Products of planes are error-free DGEMMs (K. Ozaki,
 * T. Ogita, S. Oishi, S. M. Rump, Numer. Algorithms 59 (2012)): all sums stay within 2^52, so they are the same
 * whatever the BLAS, its order of summation, its threads or its use of FMA.  What is dropped at the small end is
 * bounded.  All of it needs rounding to nearest, which is checked. */

/* How products are computed.  Where nothing is dropped, the digits of a result are the same to the last bit. */
typedef enum {
  MC_DIGITS_DGEMM, /* plane by plane, by the BLAS */
  MC_DIGITS_LIMBS, /* two planes at once, by 52-bit integer limbs in plain C (limbs.c) */
  MC_DIGITS_IFMA   /* the same with AVX-512 IFMA */
} mc_digits_backend;

/* "dgemm", "limbs", "avx512-ifma". */
const char *mc_digits_backend_name(mc_digits_backend backend);

/* Does the processor have what it takes, and agree with plain C on a sample? */
bool mc_digits_backend_runs(mc_digits_backend backend);

/* For all sums that begin from now on; false: it does not run here, and nothing changes.  Without a choice: AVX-512
 * IFMA where it runs, else DGEMM. */
bool mc_digits_backend_select(mc_digits_backend backend);
mc_digits_backend mc_digits_backend_selected(void);

typedef struct {
  size_t m, n, planes;
  slong first;
  int w;
  double *d; /* entry (i, j) of plane s: d[(i * planes + s) * n + j] */
} mc_digits;

/* The width for sums of `products` products of planes with contraction length k: by DGEMM the largest, up to 25, for
 * which they stay within 2^52; in limbs always 24. */
int mc_digits_width(size_t k, size_t products);

/* The width for which two products of planes fit one sum if their digits are spread like random ones; where they are
 * not, that is found, and MC_UNDECIDED. */
int mc_digits_width_likely(size_t k);

/* All zero.  MC_NO_MEMORY. */
mc_status mc_digits_init(mc_digits *x, size_t m, size_t n, size_t planes, slong first, int w, mc_error *e);

/* The same with entries that are yet to be set. */
mc_status mc_digits_reserve(mc_digits *x, size_t m, size_t n, size_t planes, slong first, int w, mc_error *e);
void mc_digits_clear(mc_digits *x);

/* X := a 2^shift, row-major, as far as the planes reach; *error (may be NULL) bounds the Frobenius distance.
 * MC_UNDECIDED: an entry is larger than 2^(-w first).  MC_INTERNAL: the processor does not round to nearest. */
mc_status mc_digits_set_double(mc_digits *x, mag_t error, const double *a, slong shift, mc_error *e);

/* Upper bound of ||X||_F. */
void mc_digits_frobenius_upper(mag_t bound, const mc_digits *x);

/* a := about 2^(w first) X, row-major (four planes of it). */
void mc_digits_get_double_approx(double *a, const mc_digits *x);

/* A := X exactly (A m by n). */
void mc_digits_get_mat(arb_mat_t A, const mc_digits *x);

/* Drop leading and trailing planes that are all zero (one plane stays). */
void mc_digits_trim(mc_digits *x);

/* Merge the leading plane into the next one where the digits stay within 2^(w+2): one plane less to multiply. */
void mc_digits_fold(mc_digits *x);

/* Drop the positions from `end` on; error (added to) bounds the Frobenius norm of what is lost. */
void mc_digits_truncate(mc_digits *x, mag_t error, slong end);

/* Y := X.  Y is not initialised. */
mc_status mc_digits_copy(mc_digits *y, const mc_digits *x, mc_error *e);

/* Y := X^T.  Y is not initialised. */
mc_status mc_digits_transpose(mc_digits *y, const mc_digits *x, mc_error *e);

/* Z := alpha X + beta Y + gamma Y^T, nothing dropped, with small factors.  Z is not initialised, and empty on failure:
 * MC_INTERNAL: a digit is out of range or no integer, or the processor does not round to nearest. */
mc_status mc_digits_combine(mc_digits *z, int alpha, const mc_digits *x, int beta, const mc_digits *y, int gamma,
                            mc_error *e);

/* X := X + Y, nothing dropped.  Fails as above, and X then stays as it is. */
mc_status mc_digits_add(mc_digits *x, const mc_digits *y, mc_error *e);

/* n residues modulo 2^61 - 1, each as four doubles x0 + 2^16 x1 + 2^32 x2 + 2^48 x3 with parts below 2^16, so that
 * sums of products with digits are exact. */
typedef struct {
  size_t n;
  double *parts; /* part p of entry i: parts[p * n + i] */
} mc_residues;

/* A sum of products in the making: raw planes of integers up to 2^52, and what a check modulo 2^61 - 1 expects of
 * them (R. Freivalds, 1977): a wrong product goes unnoticed with probability at most 2^-60 (in limbs: a product whose
 * value is off by other than multiples of 2^61 - 1). */
typedef struct {
  mag_t dropped; /* bounds the Frobenius norm of all that did not fit at the small end */
  mc_digits raw;
  size_t kept;            /* raw planes that are no guard */
  double *bound;          /* of each raw plane */
  mc_residues x, zx;      /* n of them; z_t x_j for all raw planes t, once there are products */
  uint64_t *z, *expected; /* planes and m residues */
  size_t unset;           /* so many leading raw planes are not set, but to be understood as zero */
  bool filled, products;  /* matrices, products added?  Sums of matrices alone need no check */
  bool limbs;             /* products are those of limbs */
} mc_digits_sum;

/* Zero, with planes first, …, first + planes - 1. */
mc_status mc_digits_sum_init(mc_digits_sum *s, size_t m, size_t n, size_t planes, slong first, int w, mc_error *e);
void mc_digits_sum_clear(mc_digits_sum *s);

/* s += alpha X, s += alpha A B or alpha A^T B, with |alpha| small.  Before a matrix
 * is added, the products that are there are checked.  MC_UNDECIDED: a sum could pass 2^52, or a leading plane would not
 * fit.  MC_INTERNAL: a digit is out of range or no integer, the products are wrong, or the processor does not round to
 * nearest.  s is then worthless and is to be cleared. */
mc_status mc_digits_sum_add(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e);
mc_status mc_digits_sum_addmul(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                               mc_error *e);

/* s += alpha X^T X, at about half the price. */
mc_status mc_digits_sum_addgram(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e);

/* s += alpha X diag(d), d the digits of a 1 by n matrix.  Fails as above. */
mc_status mc_digits_sum_addscaled(mc_digits_sum *s, int alpha, const mc_digits *x, const mc_digits *d, mc_error *e);

/* Check the sum modulo 2^61 - 1, carry, and give it to x (not initialised) as digits; s is cleared either way, and
 * on failure x is empty.  MC_INTERNAL: the products are wrong.  MC_UNDECIDED: the result does not fit.  error bounds
 * what was dropped. */
mc_status mc_digits_sum_finish(mc_digits *x, mag_t error, mc_digits_sum *s, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
