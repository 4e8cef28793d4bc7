/* Refinement in doubles against residuals in balls, and Newton's iteration in any precision. */
#include "search.h"

#include <cblas.h>
#include <math.h>

#include "../base/base.h"

/* Row-major C := alpha op(A) op(B) + beta C, op(A) m by k. */
static void gemm(double *c, bool ta, const double *a, bool tb, const double *b, size_t m, size_t n, size_t k,
                 double alpha, double beta) {
  cblas_dgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k,
              alpha, a, (int)(ta ? m : k), b, (int)(tb ? k : n), beta, c, (int)n);
}

/* R := T - U T^T U. */
static void residual_approx(arb_mat_t R, const arb_mat_t T, const arb_mat_t transposed, const arb_mat_t U, slong prec) {
  arb_mat_t B;
  arb_mat_init(B, arb_mat_ncols(T), arb_mat_ncols(T));
  arb_mat_approx_mul(B, transposed, U, prec);
  arb_mat_approx_mul(R, U, B, prec);
  arb_mat_sub(R, T, R, prec);
  arb_mat_get_mid(R, R);
  arb_mat_clear(B);
}

mc_status mc_polar_buffers_init(mc_polar_buffers *b, size_t m, size_t n, mc_error *e) {
  *b = (mc_polar_buffers){mc_alloc(m * n, sizeof(double)), mc_alloc(m * n, sizeof(double)),
                          mc_alloc(n * n, sizeof(double))};
  return b->r != NULL && b->y != NULL && b->k != NULL ? MC_OK : mc_fail(e, MC_NO_MEMORY, "no memory for a refinement");
}

void mc_polar_buffers_clear(mc_polar_buffers *b) {
  mc_free(b->r);
  mc_free(b->y);
  mc_free(b->k);
}

void mc_polar_start_approx(double *u, const mc_svd *svd) {
  gemm(u, false, svd->w, true, svd->v, svd->m, svd->n, svd->n, 1, 0);
}

/* With Y = D V, K = W^T R V and P = V S V^T,
 * Y = W (K_ij / (s_i + s_j)) + (I - W W^T) R V S^-1. */
void mc_polar_solve_approx(mc_polar_buffers *b, const mc_svd *svd) {
  size_t m = svd->m, n = svd->n;
  gemm(b->y, false, b->r, false, svd->v, m, n, n, 1, 0);
  gemm(b->k, true, svd->w, false, b->y, n, n, m, 1, 0);
  gemm(b->y, false, svd->w, false, b->k, m, n, n, -1, 1);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      b->y[i * n + j] /= svd->s[j];
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      b->k[i * n + j] /= svd->s[i] + svd->s[j];
  gemm(b->y, false, svd->w, false, b->k, m, n, n, 1, 1);
  gemm(b->r, false, b->y, true, svd->v, m, n, n, 1, 0);
}

void mc_polar_solve_square_approx(mc_polar_buffers *b, const mc_svd *svd) {
  const size_t n = svd->n;
  gemm(b->y, false, b->r, false, svd->v, n, n, n, 1, 0);
  gemm(b->k, true, svd->v, false, b->y, n, n, n, 1, 0);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      b->k[i * n + j] /= svd->s[i] + svd->s[j];
  gemm(b->y, false, svd->w, false, b->k, n, n, n, 1, 0);
  gemm(b->r, false, b->y, true, svd->v, n, n, n, 1, 0);
}

void mc_polar_gemm_approx(double *c, const double *a, const double *b, size_t n, double alpha, double beta) {
  gemm(c, false, a, false, b, n, n, n, alpha, beta);
}

/* U := U + 2^scale d. */
static void add_scaled(arb_mat_t U, const double *d, slong scale, slong prec) {
  arb_t x;
  arb_init(x);
  for (slong i = 0; i < arb_mat_nrows(U); i++)
    for (slong j = 0; j < arb_mat_ncols(U); j++) {
      arb_set_d(x, d[i * arb_mat_ncols(U) + j]);
      arb_mul_2exp_si(x, x, scale);
      arb_add(arb_mat_entry(U, i, j), arb_mat_entry(U, i, j), x, prec);
      mag_zero(arb_radref(arb_mat_entry(U, i, j)));
    }
  arb_clear(x);
}

/* The exponent of the norm of the residual, so that it can be scaled into the range of double. */
static slong exponent_of(const mag_t norm) {
  fmpz_t e;
  fmpz_init(e);
  if (!mag_is_special(norm))
    fmpz_set(e, MAG_EXPREF(norm));
  slong exponent = fmpz_fits_si(e) ? fmpz_get_si(e) : 0;
  fmpz_clear(e);
  return exponent;
}

static void correct(arb_mat_t U, const arb_mat_t R, slong exponent, mc_polar_buffers *b, const mc_svd *svd,
                    slong prec) {
  arb_mat_t scaled;
  arb_mat_init(scaled, arb_mat_nrows(R), arb_mat_ncols(R));
  arb_mat_scalar_mul_2exp_si(scaled, R, -exponent);
  mc_ball_mat_get_double(b->r, NULL, scaled);
  mc_polar_solve_approx(b, svd);
  add_scaled(U, b->r, exponent, prec);
  arb_mat_clear(scaled);
}

/* Correct until the residual reaches the target or stops shrinking by a factor 4 a step. */
static bool refine(arb_mat_t U, mc_polar_buffers *b, const mc_input *in, const mc_svd *svd, const mag_t target,
                   slong prec) {
  arb_mat_t R, transposed;
  mag_t norm, previous;
  bool reached = false, progress = true;
  arb_mat_init(R, (slong)in->m, (slong)in->n);
  arb_mat_init(transposed, (slong)in->n, (slong)in->m);
  mag_init(norm);
  mag_init(previous);
  mag_inf(previous);
  arb_mat_transpose(transposed, in->T);
  while (!reached && progress && !mc_interrupt_requested()) {
    residual_approx(R, in->T, transposed, U, prec);
    mc_ball_mat_frobenius_upper(norm, R);
    reached = mag_cmp(norm, target) <= 0;
    progress = mag_is_finite(norm) && mag_cmp(norm, previous) < 0;
    mag_mul_2exp_si(previous, norm, -2);
    if (!reached && progress)
      correct(U, R, exponent_of(norm), b, svd, prec);
  }
  arb_mat_clear(R);
  arb_mat_clear(transposed);
  mag_clear(norm);
  mag_clear(previous);
  return reached;
}

bool mc_polar_refine_approx(arb_mat_t U, const mc_input *in, const mc_svd *svd, const mag_t target, slong prec) {
  mc_polar_buffers b;
  bool reached = false;
  if (mc_polar_buffers_init(&b, in->m, in->n, NULL) == MC_OK && svd->s[in->n - 1] > 0) {
    mc_polar_start_approx(b.r, svd);
    mc_ball_mat_set_double(U, b.r);
    reached = refine(U, &b, in, svd, target, prec);
  }
  mc_polar_buffers_clear(&b);
  return reached;
}

/* Y := X (X^T X)^-1; false: X^T X is singular to this precision. */
static bool pseudo_inverse_transposed_approx(arb_mat_t Y, const arb_mat_t X, slong prec) {
  arb_mat_t transposed, gram;
  slong m = arb_mat_nrows(X), n = arb_mat_ncols(X);
  arb_mat_init(transposed, n, m);
  arb_mat_init(gram, n, n);
  arb_mat_transpose(transposed, X);
  arb_mat_approx_mul(gram, transposed, X, prec);
  bool good = arb_mat_approx_inv(gram, gram, prec) != 0;
  if (good)
    arb_mat_approx_mul(Y, X, gram, prec);
  arb_mat_clear(transposed);
  arb_mat_clear(gram);
  return good;
}

/* scale := 2^k near sqrt(||Y||_F / ||X||_F), which balances the two terms of Newton's iteration. */
static slong balance(const arb_mat_t X, const arb_mat_t Y) {
  mag_t x, y;
  mag_init(x);
  mag_init(y);
  mc_ball_mat_frobenius_upper(x, X);
  mc_ball_mat_frobenius_upper(y, Y);
  slong k = (exponent_of(y) - exponent_of(x)) / 2;
  mag_clear(x);
  mag_clear(y);
  return k;
}

/* X := (2^k X + 2^-k Y) / 2; change := ||X - old X||_F. */
static void newton_step(arb_mat_t X, arb_mat_t Y, mag_t change, slong k, slong prec) {
  arb_mat_t old;
  arb_mat_init(old, arb_mat_nrows(X), arb_mat_ncols(X));
  arb_mat_set(old, X);
  arb_mat_scalar_mul_2exp_si(X, X, k - 1);
  arb_mat_scalar_mul_2exp_si(Y, Y, -k - 1);
  arb_mat_add(X, X, Y, prec);
  arb_mat_get_mid(X, X);
  arb_mat_sub(old, X, old, prec);
  mc_ball_mat_frobenius_upper(change, old);
  arb_mat_clear(old);
}

enum { NEWTON_STEPS = 64 };

bool mc_polar_newton_approx(arb_mat_t U, const arb_mat_t T, slong prec) {
  arb_mat_t Y;
  mag_t change;
  bool converged = false, good = true;
  arb_mat_init(Y, arb_mat_nrows(T), arb_mat_ncols(T));
  mag_init(change);
  arb_mat_set(U, T);
  for (int step = 0; step < NEWTON_STEPS && good && !converged && !mc_interrupt_requested(); step++) {
    good = pseudo_inverse_transposed_approx(Y, U, prec);
    if (!good)
      break;
    newton_step(U, Y, change, balance(U, Y), prec);
    /* Quadratic convergence: a change below 2^(-prec/2) was the last. */
    converged = mag_cmp_2exp_si(change, -prec / 2) < 0;
  }
  arb_mat_clear(Y);
  mag_clear(change);
  return converged;
}
