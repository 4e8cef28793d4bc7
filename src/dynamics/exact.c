/* Exact polar factors of exact matrices, and orthogonal matrices of dyadic numbers. */
#include "model.h"

#include <math.h>

/* Is A B = C, all exact?  Products of dyadic numbers are exact where the precision suffices; radii tell. */
static bool product_is(const arb_mat_t c, const arb_mat_t a, const arb_mat_t b) {
  arb_mat_t p;
  arb_mat_init(p, arb_mat_nrows(a), arb_mat_ncols(b));
  arb_mat_mul(p, a, b, MC_DYNAMICS_EXACT);
  bool equal = arb_mat_is_exact(p) && arb_mat_equal(p, c);
  arb_mat_clear(p);
  return equal;
}

static bool is_symmetric(const arb_mat_t a) {
  for (slong i = 0; i < arb_mat_nrows(a); i++)
    for (slong j = 0; j < i; j++)
      if (!arb_equal(arb_mat_entry(a, i, j), arb_mat_entry(a, j, i)))
        return false;
  return arb_mat_is_exact(a);
}

/* Is P + I - Z^T Z positive definite?  By a Cholesky factorisation in balls. */
static bool is_positive(const arb_mat_t p, const arb_mat_t gram, slong precision) {
  slong n = arb_mat_nrows(p);
  arb_mat_t a;
  arb_mat_init(a, n, n);
  arb_mat_one(a);
  arb_mat_sub(a, a, gram, MC_DYNAMICS_EXACT);
  arb_mat_add(a, a, p, MC_DYNAMICS_EXACT);
  bool positive = arb_mat_cho(a, a, precision) != 0;
  arb_mat_clear(a);
  return positive;
}

/* The four conditions of dynamics.h. */
static bool is_polar_factor(const arb_mat_t z, const arb_mat_t g, slong precision) {
  slong n = arb_mat_nrows(g);
  arb_mat_t t, gram, p;
  arb_mat_init(t, n, n);
  arb_mat_init(gram, n, n);
  arb_mat_init(p, n, n);
  arb_mat_transpose(t, z);
  arb_mat_mul(gram, t, z, MC_DYNAMICS_EXACT);
  arb_mat_mul(p, t, g, MC_DYNAMICS_EXACT);
  arb_mat_one(t);
  bool orthogonal = arb_mat_equal(gram, t); /* then the first and the third hold */
  bool yes = arb_mat_is_exact(gram) && is_symmetric(p) &&
             (orthogonal || (product_is(z, z, gram) && product_is(g, z, p))) && is_positive(p, gram, precision);
  arb_mat_clear(t);
  arb_mat_clear(gram);
  arb_mat_clear(p);
  return yes;
}

mc_status mc_dynamics_polar_exact(double *z, const arb_mat_t g, int grid, slong precision, mc_error *e) {
  size_t n = (size_t)arb_mat_nrows(g);
  double *rounded = mc_alloc(n * n + 1, sizeof *rounded);
  if (!rounded)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu matrix", n, n);
  mc_ball_mat_get_double(rounded, NULL, g);
  mc_status status = mc_dynamics_polar_approx(z, rounded, n, n, e);
  mc_free(rounded);
  if (status != MC_OK)
    return status;
  for (size_t i = 0; i < n * n; i++)
    z[i] = ldexp(nearbyint(ldexp(z[i], grid)), -grid);
  arb_mat_t factor;
  arb_mat_init(factor, (slong)n, (slong)n);
  mc_ball_mat_set_double(factor, z);
  bool proved = is_polar_factor(factor, g, precision);
  arb_mat_clear(factor);
  return proved ? MC_OK : mc_fail(e, MC_UNDECIDED, "the polar factor was not proved to lie on the grid 2^-%d", grid);
}

/* ---- Orthogonal matrices ---- */

static void shuffle(size_t *order, size_t n, mc_random *r) {
  for (size_t i = 0; i < n; i++)
    order[i] = i;
  for (size_t i = n; i > 1; i--) {
    size_t j = (size_t)mc_random_below(r, i), x = order[i - 1];
    order[i - 1] = order[j];
    order[j] = x;
  }
}

/* (-1)^(number of ones of i & j): Sylvester's matrix. */
static int hadamard(size_t i, size_t j) {
  int sign = 1;
  for (size_t bits = i & j; bits; bits &= bits - 1)
    sign = -sign;
  return sign;
}

void mc_dynamics_draw_exact_orthogonal(double *q, size_t n, mc_random *r) {
  size_t *rows = mc_alloc(2 * n, sizeof *rows), *columns = rows + n, done = 0;
  for (size_t i = 0; i < n * n; i++)
    q[i] = 0;
  if (!rows) { /* the identity is one of them */
    for (size_t i = 0; i < n; i++)
      q[i * n + i] = 1;
    return;
  }
  shuffle(rows, n, r);
  shuffle(columns, n, r);
  while (done < n) {
    size_t order = 1, root = 1;
    while (4 * order <= n - done) {
      order *= 4;
      root *= 2;
    }
    for (size_t i = 0; i < order; i++)
      for (size_t j = 0; j < order; j++)
        q[rows[done + i] * n + columns[done + j]] = hadamard(i, j) / (double)root;
    done += order;
  }
  for (size_t i = 0; i < n; i++)
    if (mc_random_below(r, 2))
      for (size_t j = 0; j < n; j++)
        q[i * n + j] = -q[i * n + j];
  for (size_t j = 0; j < n; j++)
    if (mc_random_below(r, 2))
      for (size_t i = 0; i < n; i++)
        q[i * n + j] = -q[i * n + j];
  mc_free(rows);
}
