/* Untrusted searches for the polar factor of an exact m by n matrix, m >= n.  Private to this module; T1' judges
 * what they find. */
#ifndef MUONCERT_TRUTH_SEARCH_H
#define MUONCERT_TRUTH_SEARCH_H

#include "input.h"
#include "svd.h"

/* Buffers of one correction: r and y are m by n, k is n by n. */
typedef struct {
  double *r, *y, *k;
} mc_polar_buffers;

mc_status mc_polar_buffers_init(mc_polar_buffers *b, size_t m, size_t n, mc_error *e);
void mc_polar_buffers_clear(mc_polar_buffers *b);

/* u := W V^T, m by n. */
void mc_polar_start_approx(double *u, const mc_svd *svd);

/* b->r := the correction D for the residual b->r; y and k are scratch. */
void mc_polar_solve_approx(mc_polar_buffers *b, const mc_svd *svd);

/* The same for square A from b->r = U^T R, with U about W V^T. */
void mc_polar_solve_square_approx(mc_polar_buffers *b, const mc_svd *svd);

/* c := alpha a b + beta c, n by n. */
void mc_polar_gemm_approx(double *c, const double *a, const double *b, size_t n, double alpha, double beta);

/* U := W V^T improved until ||T - U T^T U||_F <= target, by solving D P + U T^T D = R for the correction D with the
 * factors of the decomposition: 20 to 48 more good bits a step.  false: no further progress. */
bool mc_polar_refine_approx(arb_mat_t U, const mc_input *in, const mc_svd *svd, const mag_t target, slong prec);

/* U := the limit of the scaled Newton iteration X <- (mu X + X (X^T X)^-1 / mu) / 2 (N. J. Higham, Computing the
 * polar decomposition, SIAM J. Sci. Stat. Comput. 7 (1986)) from X = T.  For condition numbers up to about 2^(prec /
 * 2).  false: no convergence. */
bool mc_polar_newton_approx(arb_mat_t U, const arb_mat_t T, slong prec);

#endif
