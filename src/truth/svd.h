/* The untrusted floating-point singular value decomposition from which certificates start.  Private to this module. */
#ifndef MUONCERT_TRUTH_SVD_H
#define MUONCERT_TRUTH_SVD_H

#include "../ball/ball.h"

/* A ~ W diag(s) V^T, m >= n: W m by n, V n by n, both row-major.  Nothing about it is proved but that all entries
 * are finite and s[0] >= … >= s[n-1] >= 0. */
typedef struct {
  size_t m, n;
  double *w, *s, *v;
} mc_svd;

/* By LAPACK's dgesdd.  a: m by n row-major, m >= n.  MC_UNDECIDED when LAPACK fails or its result is not as
 * promised. */
mc_status mc_svd_approx(mc_svd *svd, const double *a, size_t m, size_t n, mc_error *e);
void mc_svd_clear(mc_svd *svd);

#endif
