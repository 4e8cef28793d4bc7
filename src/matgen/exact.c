#include "matgen.h"

/* Entries of v are in {-2..2}, those of the unit lower triangular L in {-1, 0, 1}; p = I + L L^T.  With k = max(m, n)
 * <= 2^12: d <= 4k, |q| <= 4k + 8, |p| <= k + 1, so every partial sum of q p is below k (4k + 8)(k + 1) < 2^39 and
 * held exactly. */
#define LARGEST 4096

static double small_integer(mc_random *r, uint64_t radius) {
  return (double)mc_random_below(r, 2 * radius + 1) - (double)radius;
}

/* p (n x n) := I + L L^T */
static mc_status positive_definite(double *p, size_t n, mc_random *r, mc_error *e) {
  double *l = mc_alloc(n * n + 1, sizeof *l);
  if (!l)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu matrix", n, n);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j <= i; j++)
      l[i * n + j] = i == j ? 1 : small_integer(r, 1);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = i == j;
      for (size_t k = 0; k <= (i < j ? i : j); k++)
        sum += l[i * n + k] * l[j * n + k];
      p[i * n + j] = sum;
    }
  mc_free(l);
  return MC_OK;
}

/* The transpose of a wide matrix is stored entry by entry: at(i, j) of the tall m x n one. */
static size_t at(size_t i, size_t j, size_t m, size_t n, bool wide) {
  return wide ? j * m + i : i * n + j;
}

static mc_status tall_exact_polar(double *a, double *q, double *d, size_t m, size_t n, bool wide, mc_random *r,
                                  mc_error *e) {
  double *v = mc_alloc(m + n * n + 1, sizeof *v);
  if (!v)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu matrix", m, n);
  double *p = v + m;
  mc_status status = positive_definite(p, n, r, e);
  *d = 0;
  for (size_t i = 0; i < m; i++) {
    v[i] = i == 0 ? 1 : small_integer(r, 2); /* not the zero vector */
    *d += v[i] * v[i];
  }
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      q[at(i, j, m, n, wide)] = (i == j ? *d : 0) - 2 * v[i] * v[j];
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t k = 0; k < n; k++)
        sum += q[at(i, k, m, n, wide)] * p[k * n + j];
      a[at(i, j, m, n, wide)] = sum;
    }
  mc_free(v);
  return status;
}

mc_status mc_matgen_exact_polar(double *a, double *q, double *d, size_t m, size_t n, mc_random *r, mc_error *e) {
  if (m > LARGEST || n > LARGEST)
    return mc_fail(e, MC_BAD_INPUT, "exact polar factors are made up to size %d, not %zu x %zu", LARGEST, m, n);
  return m >= n ? tall_exact_polar(a, q, d, m, n, false, r, e) : tall_exact_polar(a, q, d, n, m, true, r, e);
}
