/* Refinement of an approximate singular value decomposition in any precision.  Untrusted: T3 judges the outcome. */
#include "singular.h"

#include <lapacke.h>
#include <string.h>

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
  return mag_cmp_2exp_si(x, -24) > 0;
}

/* x := p / gap, or 0 where that is large; true: it was. */
static bool correction(arb_t x, const arb_t p, const arb_t gap, slong prec) {
  mag_t size;
  mag_init(size);
  arb_div(x, p, gap, prec);
  arb_get_mag(size, x);
  bool large = is_large(size);
  if (large)
    arb_zero(x);
  mag_zero(arb_radref(x));
  mag_clear(size);
  return large;
}

/* The skew corrections F of W and G of V that diagonalise O = W^T T V to second order.  With O's symmetric part s and
 * skew part k they are s / (d_j - d_i) ± k / (d_i + d_j).  linked[i] becomes true where the first term is large for some
 * pair around i, i + 1: these belong to one cluster.  lost[i] becomes true where the second one is: values of about
 * zero, whose left vectors are still arbitrary. */
static void skew_corrections(arb_mat_t F, arb_mat_t G, bool *linked, bool *lost, const arb_mat_t O, slong prec) {
  arb_t symmetric, skew, gap;
  arb_init(symmetric);
  arb_init(skew);
  arb_init(gap);
  for (slong i = 0; i < arb_mat_nrows(O); i++)
    for (slong j = 0; j < i; j++) {
      const arb_struct *di = arb_mat_entry(O, i, i), *dj = arb_mat_entry(O, j, j);
      const arb_struct *oij = arb_mat_entry(O, i, j), *oji = arb_mat_entry(O, j, i);
      arb_add(symmetric, oij, oji, prec);
      arb_sub(skew, oij, oji, prec);
      arb_mul_2exp_si(symmetric, symmetric, -1);
      arb_mul_2exp_si(skew, skew, -1);
      arb_sub(gap, dj, di, prec);
      bool large = correction(symmetric, symmetric, gap, prec);
      arb_add(gap, dj, di, prec);
      if (correction(skew, skew, gap, prec))
        lost[i] = lost[j] = true;
      for (slong k = j; k < i && large; k++)
        linked[k] = true;
      arb_add(arb_mat_entry(F, i, j), symmetric, skew, prec);
      arb_sub(arb_mat_entry(G, i, j), symmetric, skew, prec);
      arb_neg(arb_mat_entry(F, j, i), arb_mat_entry(F, i, j));
      arb_neg(arb_mat_entry(G, j, i), arb_mat_entry(G, i, j));
    }
  arb_clear(symmetric);
  arb_clear(skew);
  arb_clear(gap);
}

/* x := eigenvectors (columns) of the symmetric part of O's block from `first`, in doubles.  The block is shifted by
 * its first entry and scaled, so that what distinguishes the cluster is seen in full.  false: nothing to see. */
static bool cluster_vectors(double *x, double *values, const arb_mat_t O, slong first, slong count, slong prec) {
  arb_mat_t block;
  mag_t norm;
  arb_mat_init(block, count, count);
  mag_init(norm);
  for (slong i = 0; i < count; i++)
    for (slong j = 0; j < count; j++) {
      arb_struct *y = arb_mat_entry(block, i, j);
      arb_add(y, arb_mat_entry(O, first + i, first + j), arb_mat_entry(O, first + j, first + i), prec);
      arb_mul_2exp_si(y, y, -1);
      if (i == j)
        arb_sub(y, y, arb_mat_entry(O, first, first), prec);
    }
  mc_ball_mat_frobenius_upper(norm, block);
  bool good = !mag_is_special(norm) && fmpz_fits_si(MAG_EXPREF(norm));
  if (good) {
    arb_mat_scalar_mul_2exp_si(block, block, -fmpz_get_si(MAG_EXPREF(norm)));
    mc_ball_mat_get_double(x, NULL, block);
    good = LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'U', (lapack_int)count, x, (lapack_int)count, values) == 0;
  }
  arb_mat_clear(block);
  mag_clear(norm);
  return good;
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

/* R := the rotation that diagonalises the symmetric part of O within each cluster; false: there are none. */
static bool cluster_rotation(arb_mat_t R, const bool *linked, const arb_mat_t O, slong prec) {
  const slong n = arb_mat_nrows(O);
  double *x = mc_alloc((size_t)(n * n), sizeof *x), *values = mc_alloc((size_t)n, sizeof *values);
  bool any = false;
  arb_mat_zero(R);
  for (slong first = 0, end; first < n && x != NULL && values != NULL; first = end) {
    for (end = first + 1; end < n && linked[end - 1]; end++)
      ;
    bool rotated = end - first > 1 && cluster_vectors(x, values, O, first, end - first, prec);
    any |= rotated;
    for (slong i = first; i < end; i++)
      for (slong j = first; j < end; j++)
        arb_set_d(arb_mat_entry(R, i, j), rotated ? x[(i - first) * (end - first) + j - first] : i == j);
  }
  mc_free(x);
  mc_free(values);
  return any;
}

/* X := X R. */
static void turn_approx(arb_mat_t X, const arb_mat_t R, slong prec) {
  arb_mat_t product;
  arb_mat_init(product, arb_mat_nrows(X), arb_mat_ncols(X));
  arb_mat_approx_mul(product, X, R, prec);
  arb_mat_get_mid(X, product);
  arb_mat_clear(product);
}

/* sum of the magnitudes in column j. */
static void column_upper(mag_t sum, const arb_mat_t X, slong j) {
  mag_t entry;
  mag_init(entry);
  mag_zero(sum);
  for (slong i = 0; i < arb_mat_nrows(X); i++) {
    arb_get_mag(entry, arb_mat_entry(X, i, j));
    mag_add(sum, sum, entry);
  }
  mag_clear(entry);
}

/* outside := (I - W W^T) T V D^-1, the part of the left singular vectors that W cannot reach.  Columns where that is
 * large stay 0 and are lost; so stay 0 those where T v is mostly something else than d w, whose outside part would be
 * the error of W times that over d. */
static void outside_correction(arb_mat_t outside, bool *lost, const arb_mat_t TV, const arb_mat_t W, const arb_mat_t O,
                               slong prec) {
  const slong m = arb_mat_nrows(W);
  mag_t size, image, value;
  mag_init(size);
  mag_init(image);
  mag_init(value);
  arb_mat_approx_mul(outside, W, O, prec);
  arb_mat_sub(outside, TV, outside, prec);
  for (slong j = 0; j < arb_mat_ncols(W); j++) {
    for (slong i = 0; i < m; i++) {
      arb_struct *x = arb_mat_entry(outside, i, j);
      arb_div(x, x, arb_mat_entry(O, j, j), prec);
      mag_zero(arb_radref(x));
    }
    column_upper(size, outside, j);
    lost[j] |= is_large(size);
    column_upper(image, TV, j);
    arb_get_mag_lower(value, arb_mat_entry(O, j, j));
    mag_mul_ui(value, value, 2 * (ulong)m);
    for (slong i = 0; i < m && (is_large(size) || mag_cmp(image, value) > 0); i++)
      arb_zero(arb_mat_entry(outside, i, j));
  }
  mag_clear(size);
  mag_clear(image);
  mag_clear(value);
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

/* W and V orthonormal to second order, TV := T V, O := W^T T V. */
static void project(arb_mat_t TV, arb_mat_t O, mc_decomposition *d, const arb_mat_t T, slong prec) {
  arb_mat_t transposed;
  arb_mat_init(transposed, d->n, arb_mat_nrows(T));
  orthonormalise_approx(d->W, prec);
  orthonormalise_approx(d->V, prec);
  arb_mat_approx_mul(TV, T, d->V, prec);
  arb_mat_transpose(transposed, d->W);
  arb_mat_approx_mul(O, transposed, TV, prec);
  arb_mat_clear(transposed);
}

/* X := X - L (L^T X) for the first columns L of W: what they do not span. */
static void project_out_approx(arb_mat_t X, const arb_mat_t W, slong first, slong prec) {
  const slong m = arb_mat_nrows(X), count = arb_mat_ncols(X);
  arb_mat_t left, transposed, middle, spanned;
  arb_mat_init(left, m, first);
  arb_mat_init(transposed, first, m);
  arb_mat_init(middle, first, count);
  arb_mat_init(spanned, m, count);
  for (slong i = 0; i < m; i++)
    for (slong j = 0; j < first; j++)
      arb_set(arb_mat_entry(left, i, j), arb_mat_entry(W, i, j));
  arb_mat_transpose(transposed, left);
  arb_mat_approx_mul(middle, transposed, X, prec);
  arb_mat_approx_mul(spanned, left, middle, prec);
  arb_mat_sub(X, X, spanned, prec);
  arb_mat_get_mid(X, X);
  arb_mat_clear(left);
  arb_mat_clear(transposed);
  arb_mat_clear(middle);
  arb_mat_clear(spanned);
}

/* Are all columns of x (m by count) longer than 1/2? */
static bool columns_are_long(const double *x, slong m, slong count) {
  for (slong j = 0; j < count; j++) {
    double sum = 0;
    for (slong i = 0; i < m; i++)
      sum += x[i * count + j] * x[i * count + j];
    if (!(sum > 0.25))
      return false;
  }
  return true;
}

/* The columns from `first` on := those that a decomposition of what T V leaves over gives, in doubles; false: that is
 * too small or too few to tell, or LAPACK fails. */
static bool find_lost(mc_decomposition *d, const arb_mat_t TV, slong first, slong prec) {
  const slong m = arb_mat_nrows(TV), n = d->n, count = n - first;
  arb_mat_t M, turn;
  mag_t norm;
  mc_svd svd = {0};
  double *t = mc_alloc((size_t)(m * count), sizeof *t);
  arb_mat_init(M, m, count);
  arb_mat_init(turn, n, n);
  mag_init(norm);
  for (slong i = 0; i < m; i++)
    for (slong j = 0; j < count; j++)
      arb_set(arb_mat_entry(M, i, j), arb_mat_entry(TV, i, first + j));
  project_out_approx(M, d->W, first, prec);
  mc_ball_mat_frobenius_upper(norm, M);
  bool good = t != NULL && mag_is_finite(norm) && mag_cmp_2exp_si(norm, -prec / 2) > 0;
  if (good) {
    arb_mat_scalar_mul_2exp_si(M, M, -fmpz_get_si(MAG_EXPREF(norm)));
    mc_ball_mat_get_double(t, NULL, M);
    good = mc_svd_approx(&svd, t, (size_t)m, (size_t)count, NULL) == MC_OK;
  }
  if (good) {
    mc_ball_mat_set_double(M, svd.w);
    project_out_approx(M, d->W, first, prec);
    mc_ball_mat_get_double(t, NULL, M);
    good = columns_are_long(t, m, count);
  }
  if (good) {
    arb_mat_one(turn);
    for (slong i = 0; i < count; i++)
      for (slong j = 0; j < count; j++)
        arb_set_d(arb_mat_entry(turn, first + i, first + j), svd.v[i * count + j]);
    turn_approx(d->V, turn, prec);
    for (slong i = 0; i < m; i++)
      for (slong j = 0; j < count; j++)
        arb_set(arb_mat_entry(d->W, i, first + j), arb_mat_entry(M, i, j));
  }
  mc_free(t);
  mc_svd_clear(&svd);
  arb_mat_clear(M);
  arb_mat_clear(turn);
  mag_clear(norm);
  return good;
}

/* One refinement in the making. */
typedef struct {
  arb_mat_t TV, O, F, G, outside;
  bool *linked, *lost; /* n flags each */
  slong prec;
} step;

/* All that follows from W and V. */
static void prepare(step *s, mc_decomposition *d, const arb_mat_t T) {
  memset(s->linked, 0, (size_t)d->n * sizeof *s->linked);
  memset(s->lost, 0, (size_t)d->n * sizeof *s->lost);
  project(s->TV, s->O, d, T, s->prec);
  skew_corrections(s->F, s->G, s->linked, s->lost, s->O, s->prec);
  outside_correction(s->outside, s->lost, s->TV, d->W, s->O, s->prec);
}

/* Find the vectors of values of about zero, then turn those of clusters. */
static void untangle(step *s, mc_decomposition *d, const arb_mat_t T) {
  slong first = 0;
  arb_mat_t R;
  while (first < d->n && !s->lost[first])
    first++;
  if (first < d->n && find_lost(d, s->TV, first, s->prec))
    prepare(s, d, T);
  arb_mat_init(R, d->n, d->n);
  if (cluster_rotation(R, s->linked, s->O, s->prec)) {
    turn_approx(d->W, R, s->prec);
    turn_approx(d->V, R, s->prec);
    prepare(s, d, T);
  }
  arb_mat_clear(R);
}

static void refine(step *s, mc_decomposition *d, const arb_mat_t T) {
  slong m = arb_mat_nrows(T), n = d->n;
  arb_mat_init(s->TV, m, n);
  arb_mat_init(s->O, n, n);
  arb_mat_init(s->F, n, n);
  arb_mat_init(s->G, n, n);
  arb_mat_init(s->outside, m, n);
  prepare(s, d, T);
  untangle(s, d, T);
  rotate_approx(d->W, s->F, s->prec);
  rotate_approx(d->V, s->G, s->prec);
  arb_mat_add(d->W, d->W, s->outside, s->prec);
  arb_mat_get_mid(d->W, d->W);
  project(s->TV, s->O, d, T, s->prec);
  for (slong j = 0; j < n; j++)
    arb_get_mid_arb(&d->s[j], arb_mat_entry(s->O, j, j));
  sort_decomposition(d);
  arb_mat_clear(s->TV);
  arb_mat_clear(s->O);
  arb_mat_clear(s->F);
  arb_mat_clear(s->G);
  arb_mat_clear(s->outside);
}

void mc_decomposition_refine(mc_decomposition *d, const arb_mat_t T, slong prec) {
  step s = {
      .linked = mc_alloc((size_t)d->n, sizeof *s.linked), .lost = mc_alloc((size_t)d->n, sizeof *s.lost), .prec = prec};
  if (s.linked != NULL && s.lost != NULL)
    refine(&s, d, T);
  mc_free(s.linked);
  mc_free(s.lost);
}
