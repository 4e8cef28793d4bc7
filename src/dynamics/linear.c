#include "model.h"

mc_status mc_linear_begin(mc_model_state *s, double **more, size_t count, size_t m, size_t n, size_t size,
                          mc_error *e) {
  s->data = mc_alloc(1, size);
  s->value[0] = s->data ? mc_alloc(2 * m * n + count, sizeof(double)) : NULL;
  if (!s->value[0])
    return mc_fail(e, MC_NO_MEMORY, "no memory for a model of %zu x %zu matrices", m, n);
  s->count = 1;
  s->rows[0] = m;
  s->columns[0] = n;
  s->gradient[0] = s->value[0] + m * n;
  *more = s->gradient[0] + m * n;
  return MC_OK;
}

double mc_linear_inner(const double *x, const double *y, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += x[i] * y[i];
  return sum;
}

mc_status mc_linear_draw_symmetric(double *a, const double *values, size_t n, mc_random *r, mc_error *e) {
  double *q = mc_alloc(n * n, sizeof *q);
  if (!q)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu matrix", n, n);
  mc_status status = mc_matgen_haar(q, n, n, r, e);
  if (status == MC_OK)
    mc_matgen_compose(a, n, n, n, q, values, q);
  mc_free(q);
  return status;
}
