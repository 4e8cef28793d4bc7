/* LAPACK's divide-and-conquer SVD, its outcome checked for form. */
#include "svd.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

void mc_svd_clear(mc_svd *svd) {
  mc_free(svd->w);
  mc_free(svd->s);
  mc_free(svd->v);
  *svd = (mc_svd){0};
}

static bool all_finite(const double *x, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(x[i]))
      return false;
  return true;
}

static bool sorted_nonnegative(const double *s, size_t n) {
  for (size_t i = 0; i + 1 < n; i++)
    if (!(s[i] >= s[i + 1]))
      return false;
  return s[n - 1] >= 0;
}

static void transpose_square(double *x, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++) {
      double t = x[i * n + j];
      x[i * n + j] = x[j * n + i];
      x[j * n + i] = t;
    }
}

mc_status mc_svd_approx(mc_svd *svd, const double *a, size_t m, size_t n, mc_error *e) {
  *svd = (mc_svd){m, n, mc_alloc(m * n, sizeof(double)), mc_alloc(n, sizeof(double)), mc_alloc(n * n, sizeof(double))};
  double *work = mc_alloc(m * n, sizeof *work);
  mc_status status = MC_OK;
  if (svd->w == NULL || svd->s == NULL || svd->v == NULL || work == NULL) {
    status = mc_fail(e, MC_NO_MEMORY, "no memory for a singular value decomposition of %zu by %zu", m, n);
  } else {
    /* Row-major A is column-major A^T = V diag(s) W^T. */
    memcpy(work, a, m * n * sizeof *work);
    lapack_int info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'S', (lapack_int)n, (lapack_int)m, work, (lapack_int)n, svd->s,
                                     svd->v, (lapack_int)n, svd->w, (lapack_int)n);
    transpose_square(svd->v, n);
    if (info != 0)
      status = mc_fail(e, MC_UNDECIDED, "LAPACK's dgesdd failed with info = %d", (int)info);
    else if (!all_finite(svd->w, m * n) || !all_finite(svd->s, n) || !all_finite(svd->v, n * n) ||
             !sorted_nonnegative(svd->s, n))
      status = mc_fail(e, MC_UNDECIDED, "LAPACK's dgesdd returned singular values or vectors that cannot be right");
  }
  mc_free(work);
  if (status != MC_OK)
    mc_svd_clear(svd);
  return status;
}
