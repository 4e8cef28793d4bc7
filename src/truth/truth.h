/* muoncert: the truth about a given matrix of doubles, enclosed with proof: polar factor, singular values,
 * Newton–Schulz image, distances and orthogonality defect.
 *
 * Input matrices are row-major, contiguous, m rows and n columns, exact doubles; m, n >= 1 (else MC_BAD_INPUT).  A
 * matrix that holds NaN or infinity, or whose question has no certified answer (rank deficiency), gives MC_UNDECIDED
 * and the reason.  The theorems T1, T1', T2, T3 with their proofs: docs/certification.md. */
#ifndef MUONCERT_TRUTH_H
#define MUONCERT_TRUTH_H

#include "../ball/ball.h"
#include "../schedule/schedule.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- An unknown matrix, known to lie within a Frobenius distance of a known one (enclosure.c) ---- */

typedef struct {
  arb_mat_t value; /* exact entries: all radii are zero */
  mag_t radius;    /* ||truth - value||_F <= radius */
} mc_enclosure;

/* value 0 by 0, radius infinite. */
void mc_enclosure_init(mc_enclosure *x);
void mc_enclosure_clear(mc_enclosure *x);

/* B := balls, entry by entry, that contain the truth.  B is initialised and of the size of x->value. */
void mc_enclosure_get_balls(arb_mat_t B, const mc_enclosure *x, slong prec);

/* Row-major doubles nearest to x->value; *radius (may be NULL) bounds their Frobenius distance from the truth. */
void mc_enclosure_get_double(double *a, double *radius, const mc_enclosure *x);

/* Entry (i, j) of x->value to nearest with `digits` significant digits, and an upper bound of the Frobenius distance
 * of the matrix of all these texts from the truth.  NULL: out of memory.  Free with mc_free. */
char *mc_enclosure_entry_text(const mc_enclosure *x, size_t i, size_t j, size_t digits);
void mc_enclosure_text_radius(mag_t radius, const mc_enclosure *x, size_t digits);

/* Does every number that entry (i, j) of the truth can be round to the same `digits` significant digits, those of
 * mc_enclosure_entry_text? */
bool mc_enclosure_entry_decided(const mc_enclosure *x, size_t i, size_t j, size_t digits);

/* ---- Polar factor (polar.c) ---- */

typedef struct {
  /* Encloses Q in A = Q P (m >= n, Q^T Q = I) or A = P Q (m <= n, Q Q^T = I), P symmetric positive definite. */
  mc_enclosure factor;
  arb_t sigma_min; /* encloses the smallest of the min(m, n) singular values of A */
  arb_t sigma_max; /* encloses the largest */
  arb_t condition; /* encloses sigma_max / sigma_min; upper end infinite when sigma_min may be 0 */
  slong precision; /* working precision in bits at which the certificate closed */
} mc_truth_polar;

void mc_truth_polar_init(mc_truth_polar *p);
void mc_truth_polar_clear(mc_truth_polar *p);

/* Certify the polar factor to a Frobenius radius of at most 2^-bits, 16 <= bits <= 4096 (T1, T1').  MC_UNDECIDED: A
 * is rank-deficient or too ill-conditioned for the limit of precision; sigma_min, sigma_max and condition are then
 * still enclosures (possibly unbounded) and factor is not to be used.  NaN or infinity in A: MC_UNDECIDED with
 * unbounded enclosures. */
mc_status mc_truth_polar_certify(mc_truth_polar *p, const double *a, size_t m, size_t n, slong bits, mc_error *e);

/* ---- Singular values (singular.c) ---- */

/* sigma[0] >= … >= sigma[min(m,n)-1] (caller: _arb_vec_init): enclosures of all singular values, to about
 * 2^-bits times the largest, 1 <= bits <= 4096; where clusters or zeros resist refinement, about 1e-14.  The radii say
 * what was reached (T3, T4). */
mc_status mc_truth_sv_enclose(arb_ptr sigma, const double *a, size_t m, size_t n, slong bits, mc_error *e);

/* The same for every matrix within x->radius of x->value (Weyl). */
mc_status mc_truth_sv_enclose_near(arb_ptr sigma, const mc_enclosure *x, mc_error *e);

/* ---- A third way (jacobi.c) ---- */

/* U (m by n) := about the polar factor, sigma := about the min(m, n) singular values, largest first, by one-sided
 * Jacobi rotations in MPFR with prec bits.  Nothing is proved.  MC_UNDECIDED: a singular value is zero, no
 * convergence, NaN or infinity. */
mc_status mc_truth_polar_approx(arb_mat_t U, arb_ptr sigma, const double *a, size_t m, size_t n, slong prec,
                                mc_error *e);

/* ---- Newton–Schulz image (ns.c) ---- */

/* Enclose the exact Newton–Schulz image of A under the schedule, to a Frobenius radius of at most 2^-bits, 16 <=
 * bits <= 4096 (T2).  Transposing a tall or wide matrix first, as kernels do, does not change the exact image.  The
 * zero matrix with divisor 0 is MC_UNDECIDED. */
mc_status mc_truth_ns_enclose(mc_enclosure *y, const double *a, size_t m, size_t n, const mc_schedule *schedule,
                              const mc_normalisation *norm, slong bits, mc_error *e);

/* The normalised matrix X_0 alone. */
mc_status mc_truth_normalised_enclose(mc_enclosure *x, const double *a, size_t m, size_t n,
                                      const mc_normalisation *norm, slong bits, mc_error *e);

/* ---- All of these from one decomposition, in plain doubles (plain.c) ----
 *
 * Good to about 1e-9 for a thousand rows and condition 100, which is plenty for float32 and bfloat16, at little more
 * than the price of LAPACK's dgesdd (T4).  For min(m, n) from about 100 on; the functions above are for what is
 * smaller or must be sharper. */

/* A matrix, its computed decomposition, and how far that is proved to be off. */
typedef struct mc_truth_plain mc_truth_plain;

/* MC_UNDECIDED: A is not finite, LAPACK fails, or the proof does not close (small or extremely graded matrices).
 * MC_INTERNAL: the BLAS returned a wrong product, or the processor does not round to nearest.  *p is NULL on
 * failure. */
mc_status mc_truth_plain_new(mc_truth_plain **p, const double *a, size_t m, size_t n, mc_error *e);
void mc_truth_plain_free(mc_truth_plain *p);

/* s[0] >= … (min(m, n) of them): |sigma_i(A) - s[i]| <= *radius for each. */
void mc_truth_plain_sv_enclose(double *s, double *radius, const mc_truth_plain *p);

/* Computed singular vectors in columns, row-major: m by k and n by k, k = min(m, n).  They live with p. */
const double *mc_truth_plain_left_approx(const mc_truth_plain *p);
const double *mc_truth_plain_right_approx(const mc_truth_plain *p);

/* ||u - polar factor of A||_F <= *radius, u m by n.  MC_UNDECIDED: the smallest singular value may be 0. */
mc_status mc_truth_plain_polar_certify(double *u, double *radius, const mc_truth_plain *p, mc_error *e);

/* ||y - exact Newton–Schulz image of A||_F <= *radius, y m by n.  MC_UNDECIDED as mc_truth_ns_enclose. */
mc_status mc_truth_plain_ns_enclose(double *y, double *radius, const mc_truth_plain *p, const mc_schedule *schedule,
                                    const mc_normalisation *norm, mc_error *e);

/* c := about x y, x m by k, y k by n; row i of it is within row[i] of that of x y (m entries, Euclidean norm): for any
 * BLAS that sums in doubles, which is checked on random vectors (product.c).  MC_UNDECIDED: more than 2048
 * terms or columns.  MC_INTERNAL: the BLAS returned a wrong product, or the processor does not round to nearest. */
mc_status mc_truth_product_enclose(double *c, double *row, const double *x, const double *y, size_t m, size_t n,
                                   size_t k, mc_error *e);

/* ---- Distances (distance.c) ---- */

/* Of a given matrix x (the size of truth->value) from the truth. */
typedef struct {
  arb_t frobenius; /* ||x - truth||_F */
  arb_t spectral;  /* ||x - truth||_2 */
  arb_t entry;     /* max |x_ij - truth_ij| */
} mc_truth_distance;

void mc_truth_distance_init(mc_truth_distance *d);
void mc_truth_distance_clear(mc_truth_distance *d);

/* NaN or infinity in x: MC_UNDECIDED, and all three are [0, inf]. */
mc_status mc_truth_distance_enclose(mc_truth_distance *d, const double *x, const mc_enclosure *truth, mc_error *e);

/* How far x is from orthonormal rows (m <= n: I - x x^T) or columns (m >= n: I - x^T x), in both norms. */
mc_status mc_truth_orthogonality_enclose(arb_t frobenius, arb_t spectral, const double *x, size_t m, size_t n,
                                         mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
