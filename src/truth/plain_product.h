/* Products of doubles by the BLAS, with a proved bound of each row's error.  Private to this module. */
#ifndef MUONCERT_TRUTH_PLAIN_PRODUCT_H
#define MUONCERT_TRUTH_PLAIN_PRODUCT_H

#include "input.h"
#include "svd.h"

/* C = X Y + E, all row-major. */
typedef struct {
  size_t m, n;
  double *c;   /* m by n */
  double *row; /* row[i] >= ||row i of E||_2 */
} mc_plain_product;

/* X is m by k, Y k by n.  The bound holds for any order of summation, with or without FMA, and is checked on random
 * vectors (docs/certification.md): where it is false, that goes unnoticed with probability at most 2^-60.
 * MC_UNDECIDED: the check cannot tell, as for small sizes.  MC_INTERNAL: the BLAS returned a wrong product, or the
 * processor does not round to nearest.  p is empty on failure. */
mc_status mc_plain_multiply(mc_plain_product *p, const double *x, const double *y, size_t m, size_t n, size_t k,
                            mc_error *e);

/* The same, with bounds that are as wide as the check needs: it can tell for all sizes that it takes. */
mc_status mc_plain_multiply_widened(mc_plain_product *p, const double *x, const double *y, size_t m, size_t n, size_t k,
                                    mc_error *e);

/* The same for the Gram matrix Y^T Y of Y (k by n), given Y^T too; exactly symmetric. */
mc_status mc_plain_gram(mc_plain_product *p, const double *transposed, const double *y, size_t n, size_t k,
                        mc_error *e);
void mc_plain_product_clear(mc_plain_product *p);

/* *distance >= ||T - T'||_F for a T' whose singular values are svd->s exactly (T4, plain.c); T = in->t up to
 * in->rounding. Fails as above. */
mc_status mc_plain_distance(double *distance, const mc_input *in, const mc_svd *svd, mc_error *e);

/* *distance >= ||M - V' diag(s) V'^T||_F for the orthogonal V' nearest to V, M n by n (T4 with W = V): if M is
 * symmetric, its eigenvalues are that close to s.  Fails as above. */
mc_status mc_plain_eigen_distance(double *distance, double *matrix, const mc_svd *svd, mc_error *e);

/* x := an enclosure of ||T||_F (compensated.c). */
void mc_plain_frobenius_enclose(arb_t x, const mc_input *in);

/* At least ||T v|| / ||v||, to about 2^-52 of ||T v||, for v of about unit length (else infinite): no smaller than the
 * smallest singular value of T (compensated.c). */
double mc_plain_stretch_upper(const mc_input *in, const double *v);

/* At least the Euclidean norm of x; NaN or infinite where x is not finite or squares overflow. */
double mc_plain_norm_upper(const double *x, size_t count);

/* The sum of two nonnegative bounds and their product, rounded upward. */
double mc_plain_add_upper(double x, double y);
double mc_plain_mul_upper(double x, double y);

/* gamma_k = k u / (1 - k u), u = 2^-53, rounded upward (N. J. Higham, Accuracy and Stability, 2nd ed., Lemma 3.1). */
double mc_plain_gamma(size_t k);

#endif
