/* Refinement of an approximate singular value decomposition in any precision.  Untrusted: T3 judges the outcome. */
#include "singular.h"

void mc_decomposition_init(mc_decomposition *d, const mc_svd *svd) {
  d->n = (slong)svd->n;
  arb_mat_init(d->W, (slong)svd->m, d->n);
  arb_mat_init(d->V, d->n, d->n);
  d->s = _arb_vec_init(d->n);
  mc_ball_mat_set_double(d->W, svd->w);
  mc_ball_mat_set_double(d->V, svd->v);
  for (slong i = 0; i < d->n; i++)
    arb_set_d(&d->s[i], svd->s[i]);
}

void mc_decomposition_clear(mc_decomposition *d) {
  arb_mat_clear(d->W);
  arb_mat_clear(d->V);
  _arb_vec_clear(d->s, d->n);
}

/* X := X (3 I - X^T X) / 2: orthonormal columns to second order. */
static void orthonormalise_approx(arb_mat_t X, slong prec) {
  arb_mat_t transposed, gram, product;
  slong m = arb_mat_nrows(X), n = arb_mat_ncols(X);
  arb_mat_init(transposed, n, m);
  arb_mat_init(gram, n, n);
  arb_mat_init(product, m, n);
  arb_mat_transpose(transposed, X);
  arb_mat_approx_mul(gram, transposed, X, prec);
  arb_mat_neg(gram, gram);
  for (slong i = 0; i < n; i++)
    arb_add_ui(arb_mat_entry(gram, i, i), arb_mat_entry(gram, i, i), 3, prec);
  arb_mat_approx_mul(product, X, gram, prec);
  arb_mat_scalar_mul_2exp_si(X, product, -1);
  arb_mat_get_mid(X, X);
  arb_mat_clear(transposed);
  arb_mat_clear(gram);
  arb_mat_clear(product);
}

/* Is a correction so large that it is no correction?  Then the singular values are clustered or zero to working
 * accuracy, and the vectors stay as they are. */
static bool is_large(const mag_t x) {
  return mag_cmp_2exp_si(x, -8) > 0;
}

/* x := (p di + q dj) / gap, or 0 where that is large. */
static void correction(arb_t x, const arb_t p, const arb_t di, const arb_t q, const arb_t dj, const arb_t gap,
                       slong prec) {
  mag_t size;
  mag_init(size);
  arb_mul(x, p, di, prec);
  arb_addmul(x, q, dj, prec);
  arb_div(x, x, gap, prec);
  arb_get_mag(size, x);
  if (is_large(size))
    arb_zero(x);
  mag_zero(arb_radref(x));
  mag_clear(size);
}

/* The skew corrections F of W and G of V that diagonalise O = W^T T V to second order. */
static void skew_corrections(arb_mat_t F, arb_mat_t G, const arb_mat_t O, slong prec) {
  arb_t gap, square;
  arb_init(gap);
  arb_init(square);
  for (slong i = 0; i < arb_mat_nrows(O); i++)
    for (slong j = 0; j < i; j++) {
      const arb_struct *di = arb_mat_entry(O, i, i), *dj = arb_mat_entry(O, j, j);
      const arb_struct *oij = arb_mat_entry(O, i, j), *oji = arb_mat_entry(O, j, i);
      arb_mul(gap, dj, dj, prec);
      arb_mul(square, di, di, prec);
      arb_sub(gap, gap, square, prec);
      correction(arb_mat_entry(F, i, j), oij, dj, oji, di, gap, prec);
      arb_neg(arb_mat_entry(F, j, i), arb_mat_entry(F, i, j));
      correction(arb_mat_entry(G, i, j), oij, di, oji, dj, gap, prec);
      arb_neg(arb_mat_entry(G, j, i), arb_mat_entry(G, i, j));
    }
  arb_clear(gap);
  arb_clear(square);
}

/* X := X (I + C). */
static void rotate_approx(arb_mat_t X, const arb_mat_t C, slong prec) {
  arb_mat_t product;
  arb_mat_init(product, arb_mat_nrows(X), arb_mat_ncols(X));
  arb_mat_approx_mul(product, X, C, prec);
  arb_mat_add(X, X, product, prec);
  arb_mat_get_mid(X, X);
  arb_mat_clear(product);
}

/* outside := (I - W W^T) T V D^-1, the part of the left singular vectors that W cannot reach; columns where that is
 * large, which belong to singular values that are zero to working accuracy, stay 0. */
static void outside_correction(arb_mat_t outside, const arb_mat_t TV, const arb_mat_t W, const arb_mat_t O,
                               slong prec) {
  mag_t size, entry;
  mag_init(size);
  mag_init(entry);
  arb_mat_approx_mul(outside, W, O, prec);
  arb_mat_sub(outside, TV, outside, prec);
  for (slong j = 0; j < arb_mat_ncols(W); j++) {
    mag_zero(size);
    for (slong i = 0; i < arb_mat_nrows(W); i++) {
      arb_struct *x = arb_mat_entry(outside, i, j);
      arb_div(x, x, arb_mat_entry(O, j, j), prec);
      arb_get_mag(entry, x);
      mag_add(size, size, entry);
      mag_zero(arb_radref(x));
    }
    for (slong i = 0; is_large(size) && i < arb_mat_nrows(W); i++)
      arb_zero(arb_mat_entry(outside, i, j));
  }
  mag_clear(size);
  mag_clear(entry);
}

static void swap_columns(arb_mat_t X, slong j, slong k) {
  for (slong i = 0; i < arb_mat_nrows(X); i++)
    arb_swap(arb_mat_entry(X, i, j), arb_mat_entry(X, i, k));
}

/* Largest first, columns along; negative values turn their column of W. */
static void sort_decomposition(mc_decomposition *d) {
  for (slong j = 0; j < d->n; j++)
    if (arf_sgn(arb_midref(&d->s[j])) < 0) {
      arb_neg(&d->s[j], &d->s[j]);
      for (slong i = 0; i < arb_mat_nrows(d->W); i++)
        arb_neg(arb_mat_entry(d->W, i, j), arb_mat_entry(d->W, i, j));
    }
  for (slong j = 1; j < d->n; j++)
    for (slong k = j; k > 0 && arf_cmp(arb_midref(&d->s[k]), arb_midref(&d->s[k - 1])) > 0; k--) {
      arb_swap(&d->s[k], &d->s[k - 1]);
      swap_columns(d->W, k, k - 1);
      swap_columns(d->V, k, k - 1);
    }
}

void mc_decomposition_refine(mc_decomposition *d, const arb_mat_t T, slong prec) {
  arb_mat_t TV, transposed, O, F, G, outside;
  slong m = arb_mat_nrows(T), n = d->n;
  arb_mat_init(TV, m, n);
  arb_mat_init(transposed, n, m);
  arb_mat_init(O, n, n);
  arb_mat_init(F, n, n);
  arb_mat_init(G, n, n);
  arb_mat_init(outside, m, n);
  orthonormalise_approx(d->W, prec);
  orthonormalise_approx(d->V, prec);
  arb_mat_approx_mul(TV, T, d->V, prec);
  arb_mat_transpose(transposed, d->W);
  arb_mat_approx_mul(O, transposed, TV, prec);
  skew_corrections(F, G, O, prec);
  outside_correction(outside, TV, d->W, O, prec);
  rotate_approx(d->W, F, prec);
  rotate_approx(d->V, G, prec);
  arb_mat_add(d->W, d->W, outside, prec);
  arb_mat_get_mid(d->W, d->W);
  orthonormalise_approx(d->W, prec);
  orthonormalise_approx(d->V, prec);
  arb_mat_approx_mul(TV, T, d->V, prec);
  arb_mat_transpose(transposed, d->W);
  arb_mat_approx_mul(O, transposed, TV, prec);
  for (slong j = 0; j < n; j++)
    arb_set(&d->s[j], arb_mat_entry(O, j, j));
  for (slong j = 0; j < n; j++)
    mag_zero(arb_radref(&d->s[j]));
  sort_decomposition(d);
  arb_mat_clear(TV);
  arb_mat_clear(transposed);
  arb_mat_clear(O);
  arb_mat_clear(F);
  arb_mat_clear(G);
  arb_mat_clear(outside);
}
