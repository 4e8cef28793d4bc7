/* muoncert: random and structured matrices.
 *
 * Every generator draws from a counter-based stream (mc_random) and computes with + - * / and sqrt alone, in a fixed
 * order, each rounded to nearest in double.  IEEE 754 fixes all of these, so equal streams give equal bits on every
 * machine; BLAS, LAPACK and libm are not used.  Matrices are row-major with leading dimension n.
 *
 * A generator is nobody's proof: a matrix with "prescribed" singular values has them up to rounding.  What must be
 * exact is measured on the matrix afterwards (src/truth), or comes from mc_matgen_exact_polar, which is exact. */
#ifndef MUONCERT_MATGEN_H
#define MUONCERT_MATGEN_H

#include "../base/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Distributions (gaussian.c) ---- */

/* One standard normal deviate by Karney's algorithm N (ACM Trans. Math. Softw. 42, 2016), which needs comparisons of
 * uniform deviates only; ours have 52 bits, so the fraction of the result lies on the grid (k + 1/2) 2^-52. */
double mc_matgen_normal(mc_random *r);

/* ---- Orthogonal factors (haar.c) ---- */

/* q (m x n, m >= n): the first n columns of a Haar-distributed orthogonal matrix, up to rounding: the Q factor, with
 * diag(R) > 0, of an m x n Gaussian matrix, by Stewart's method (SIAM J. Numer. Anal. 17, 1980).  MC_BAD_INPUT if m <
 * n. */
mc_status mc_matgen_haar(double *q, size_t m, size_t n, mc_random *r, mc_error *e);

/* a (m x n) := q1 diag(sigma) q2^T with q1 (m x k) and q2 (n x k). */
void mc_matgen_compose(double *a, size_t m, size_t n, size_t k, const double *q1, const double *sigma,
                       const double *q2);

/* ---- Families of matrices by name (family.c, spectrum.c, structured.c) ---- */

#define MC_MATGEN_ARGUMENTS 5

/* A family as a campaign or a command line names it: "log_uniform(1e-12)". */
typedef struct {
  char name[32];
  double argument[MC_MATGEN_ARGUMENTS];
  size_t arguments;
} mc_matgen_family;

/* MC_OK if the family exists, takes so many arguments and each is in its range; else MC_BAD_INPUT, naming what
 * exists. */
mc_status mc_matgen_family_check(const mc_matgen_family *f, mc_error *e);

/* Parse "name" or "name(a, b)"; numbers as strtod reads them in the C locale, hexadecimal included.  Checked as
 * above. */
mc_status mc_matgen_family_parse(mc_matgen_family *f, const char *text, mc_error *e);

/* Write the family as text with hexadecimal arguments, which mc_matgen_family_parse reads back bit for bit. */
void mc_matgen_family_format(mc_text *out, const mc_matgen_family *f);

/* The i-th family's usage, "log_uniform(lo, hi = 1): …", or NULL past the last. */
const char *mc_matgen_family_usage(size_t i);

/* True for a family of singular values (used with Haar factors), false for a family of matrices, such as "hilbert". */
bool mc_matgen_family_is_spectrum(const mc_matgen_family *f);

/* sigma: k singular values in decreasing order, k >= 1.  MC_BAD_INPUT for a family of matrices. */
mc_status mc_matgen_spectrum(double *sigma, size_t k, const mc_matgen_family *f, mc_random *r, mc_error *e);

/* a (m x n) of the family; for a family of singular values, q1 diag(sigma) q2^T with Haar factors, in this order of
 * drawing: sigma, q1, q2. */
mc_status mc_matgen_matrix(double *a, size_t m, size_t n, const mc_matgen_family *f, mc_random *r, mc_error *e);

/* ---- Exactly known polar factors (exact.c) ---- */

/* Integer matrices a = q p / d, held exactly, where the numerator q = d I - 2 v v^T (its first min(m, n) columns,
 * transposed if m < n) has q/d with orthonormal columns (rows) and the integer matrix p is positive definite: polar(a)
 * = q/d exactly. a and q are m x n; *d > 0.  MC_BAD_INPUT if max(m, n) > 4096, where exactness would no longer be
 * certain. */
mc_status mc_matgen_exact_polar(double *a, double *q, double *d, size_t m, size_t n, mc_random *r, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
