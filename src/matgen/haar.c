#include "matgen.h"

#include <math.h>

/* The reflector I - beta v v^T, beta = 2/(v^T v), that sends x to -sign(x_0) |x| e_0: v = x + sign(x_0) |x| e_0, in
 * place. */
static double reflector(double *x, size_t length, double *sign) {
  double square = 0;
  for (size_t i = 0; i < length; i++)
    square += x[i] * x[i];
  double norm = sqrt(square);
  *sign = x[0] < 0 ? -1 : 1;
  double corner = *sign * x[0] + norm; /* |v_0| */
  x[0] = *sign * corner;
  return norm > 0 ? 1 / (norm * corner) : 0;
}

/* q[k.., :] -= beta v (v^T q[k.., :]) */
static void reflect(double *q, size_t rows, size_t n, const double *v, double beta, double *w) {
  for (size_t j = 0; j < n; j++)
    w[j] = 0;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < n; j++)
      w[j] += v[i] * q[i * n + j];
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < n; j++)
      q[i * n + j] -= beta * v[i] * w[j];
}

mc_status mc_matgen_haar(double *q, size_t m, size_t n, mc_random *r, mc_error *e) {
  if (m < n)
    return mc_fail(e, MC_BAD_INPUT, "an orthogonal factor needs at least as many rows as columns, not %zu x %zu", m, n);
  double *v = mc_alloc(m * n + 3 * n + 1, sizeof *v); /* reflectors, betas, signs, one row */
  if (!v)
    return mc_fail(e, MC_NO_MEMORY, "no memory for the %zu x %zu orthogonal factor", m, n);
  double *beta = v + m * n, *sign = beta + n, *row = sign + n;
  for (size_t k = 0; k < n; k++) {
    for (size_t i = 0; i < m - k; i++)
      v[k * m + i] = mc_matgen_normal(r);
    beta[k] = reflector(v + k * m, m - k, &sign[k]);
  }
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      q[i * n + j] = i == j ? -sign[j] : 0; /* R_jj = -sign |x|: its sign times column j */
  for (size_t k = n; k-- > 0;)
    reflect(q + k * n, m - k, n, v + k * m, beta[k], row);
  mc_free(v);
  return MC_OK;
}

void mc_matgen_compose(double *a, size_t m, size_t n, size_t k, const double *q1, const double *sigma,
                       const double *q2) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t l = 0; l < k; l++)
        sum += q1[i * k + l] * sigma[l] * q2[j * k + l];
      a[i * n + j] = sum;
    }
}
