/* T1': one residual and one proof of positive definiteness certify a polar factor (docs/certification.md). */
#include "certificate.h"

#include <lapacke.h>

void mc_certificate_init(mc_certificate *c) {
  arf_init(c->h);
  mag_init(c->u_norm);
  mag_init(c->residual);
  c->square = false;
}

void mc_certificate_clear(mc_certificate *c) {
  arf_clear(c->h);
  mag_clear(c->u_norm);
  mag_clear(c->residual);
}

/* h := shift - ||S - L L^T||_F rounded down, where S is already shifted. */
static void lower_by_factor(arf_t h, const arb_mat_t S, const arb_mat_t L, const arf_t shift, slong prec) {
  arb_mat_t product, transposed;
  arf_t residual;
  mag_t norm;
  slong n = arb_mat_nrows(S);
  arb_mat_init(product, n, n);
  arb_mat_init(transposed, n, n);
  arf_init(residual);
  mag_init(norm);
  arb_mat_transpose(transposed, L);
  arb_mat_mul(product, L, transposed, prec);
  arb_mat_sub(product, S, product, prec);
  mc_ball_mat_frobenius_upper(norm, product);
  arf_set_mag(residual, norm);
  arf_sub(h, shift, residual, prec, ARF_RND_FLOOR);
  arb_mat_clear(product);
  arb_mat_clear(transposed);
  arf_clear(residual);
  mag_clear(norm);
}

/* L := LAPACK's Cholesky factor of S in doubles, lower triangle; false: none. */
static bool factor_double_approx(arb_mat_t L, const arb_mat_t S) {
  slong n = arb_mat_nrows(S);
  double *l = mc_alloc((size_t)(n * n), sizeof *l);
  if (l == NULL)
    return false;
  mc_ball_mat_get_double(l, NULL, S);
  bool good = LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', (lapack_int)n, l, (lapack_int)n) == 0;
  for (slong i = 0; i < n; i++)
    for (slong j = i + 1; j < n; j++)
      l[i * n + j] = 0;
  if (good)
    mc_ball_mat_set_double(L, l);
  mc_free(l);
  return good;
}

/* L := the midpoint of Arb's Cholesky factor of the midpoint of S; false: none. */
static bool factor_arb_approx(arb_mat_t L, const arb_mat_t S, slong prec) {
  arb_mat_t middle;
  arb_mat_init(middle, arb_mat_nrows(S), arb_mat_ncols(S));
  arb_mat_get_mid(middle, S);
  bool good = arb_mat_cho(L, middle, prec) != 0;
  arb_mat_get_mid(L, L);
  arb_mat_clear(middle);
  return good;
}

void mc_certificate_eigenvalue_lower(arf_t h, const arb_mat_t S, const arf_t shift, slong prec) {
  arb_mat_t shifted, L;
  arf_t enough;
  slong n = arb_mat_nrows(S);
  arb_mat_init(shifted, n, n);
  arb_mat_init(L, n, n);
  arf_init(enough);
  arb_mat_set(shifted, S);
  for (slong i = 0; i < n; i++)
    arb_sub_arf(arb_mat_entry(shifted, i, i), arb_mat_entry(shifted, i, i), shift, prec);
  arf_mul_2exp_si(enough, shift, -1);
  arf_neg_inf(h);
  if (factor_double_approx(L, shifted))
    lower_by_factor(h, shifted, L, shift, prec);
  if (!(arf_cmp(h, enough) >= 0) && factor_arb_approx(L, shifted, prec))
    lower_by_factor(h, shifted, L, shift, prec);
  if (arf_is_nan(h))
    arf_neg_inf(h);
  arb_mat_clear(shifted);
  arb_mat_clear(L);
  arf_clear(enough);
}

void mc_certificate_set(mc_certificate *c, const arb_mat_t A, const arb_mat_t U, const arf_t shift, slong prec) {
  arb_mat_t transposed, B, R;
  slong m = arb_mat_nrows(A), n = arb_mat_ncols(A);
  arb_mat_init(transposed, n, m);
  arb_mat_init(B, n, n);
  arb_mat_init(R, m, n);
  c->square = m == n;
  mc_ball_mat_frobenius_upper(c->u_norm, U);
  arb_mat_transpose(transposed, A);
  arb_mat_mul(B, transposed, U, prec);
  arb_mat_mul(R, U, B, prec);
  arb_mat_sub(R, A, R, prec);
  mc_ball_mat_frobenius_upper(c->residual, R);
  arb_mat_clear(transposed);
  arb_mat_init(transposed, n, n);
  arb_mat_transpose(transposed, B);
  arb_mat_add(B, B, transposed, prec);
  arb_mat_scalar_mul_2exp_si(B, B, -1);
  mc_certificate_eigenvalue_lower(c->h, B, shift, prec);
  arb_mat_clear(transposed);
  arb_mat_clear(B);
  arb_mat_clear(R);
}

enum { SCALAR_PREC = 128 };

/* One pass of the bootstrap: delta := rho / (h / nu + mu) with mu = h s^2 - nu rho (square) or -nu rho (tall); false
 * when the divisor is not proved positive. */
static bool pass(mag_t delta, const mc_certificate *c, const mag_t nu, const arf_t s) {
  arb_t h, divisor, t, rho;
  arb_init(h);
  arb_init(divisor);
  arb_init(t);
  arb_init(rho);
  arb_set_arf(h, c->h);
  arf_set_mag(arb_midref(t), nu);
  arf_set_mag(arb_midref(rho), c->residual);
  arb_div(divisor, h, t, SCALAR_PREC);
  arb_submul(divisor, t, rho, SCALAR_PREC);
  if (c->square) {
    arb_set_arf(t, s);
    arb_mul(t, t, t, SCALAR_PREC);
    arb_addmul(divisor, h, t, SCALAR_PREC);
  }
  bool good = arb_is_positive(divisor) != 0;
  if (good) {
    arb_div(t, rho, divisor, SCALAR_PREC);
    arb_get_mag(delta, t);
  }
  arb_clear(h);
  arb_clear(divisor);
  arb_clear(t);
  arb_clear(rho);
  return good;
}

/* The second pass: ||U||_2 <= 1 + delta0, and sigma_min(U) >= max(0, 1 - delta0).  Without the clamp at 0 the square
 * of 1 - delta0 would grow with delta0 and certify falsehoods. */
static bool second_pass(mag_t delta, const mc_certificate *c, const mag_t first) {
  mag_t nu;
  arf_t s;
  mag_init(nu);
  arf_init(s);
  mag_one(nu);
  mag_add(nu, nu, first);
  mag_min(nu, nu, c->u_norm);
  arf_set_mag(s, first);
  arf_neg(s, s);
  arf_add_ui(s, s, 1, SCALAR_PREC, ARF_RND_FLOOR);
  if (arf_sgn(s) < 0)
    arf_zero(s);
  bool good = pass(delta, c, nu, s);
  mag_clear(nu);
  arf_clear(s);
  return good;
}

/* sigma_min := h / min(u_norm, 1 + radius), rounded down. */
static void sigma_min_lower(arf_t sigma_min, const mc_certificate *c, const mag_t radius) {
  mag_t nu;
  arf_t divisor;
  mag_init(nu);
  arf_init(divisor);
  mag_one(nu);
  mag_add(nu, nu, radius);
  mag_min(nu, nu, c->u_norm);
  arf_set_mag(divisor, nu);
  arf_div(sigma_min, c->h, divisor, SCALAR_PREC, ARF_RND_FLOOR);
  mag_clear(nu);
  arf_clear(divisor);
}

/* The first pass closes only if h / nu > nu rho >= 0, so h > 0 needs no test of its own. */
bool mc_certificate_conclude(mag_t radius, arf_t sigma_min, const mc_certificate *c) {
  mag_t first, second;
  arf_t zero;
  bool good = arf_is_finite(c->h) && mag_is_finite(c->u_norm) && !mag_is_zero(c->u_norm) && mag_is_finite(c->residual);
  mag_init(first);
  mag_init(second);
  arf_init(zero);
  if (good)
    good = pass(first, c, c->u_norm, zero);
  if (good && second_pass(second, c, first))
    mag_min(first, first, second);
  if (good) {
    mag_set(radius, first);
    sigma_min_lower(sigma_min, c, radius);
  } else {
    mag_inf(radius);
    arf_zero(sigma_min);
  }
  mag_clear(first);
  mag_clear(second);
  arf_clear(zero);
  return good;
}
