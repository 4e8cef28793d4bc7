#include "prop.h"

double *mc_prop_instance_add(mc_prop_instance *x, const char *name, size_t rows, size_t columns) {
  if (x->count == MC_PROP_MATRICES)
    return NULL;
  double *entries = mc_alloc(rows * columns, sizeof *entries);
  if (entries)
    x->matrices[x->count++] = (mc_prop_matrix){name, rows, columns, entries};
  return entries;
}

void mc_prop_instance_clear(mc_prop_instance *x) {
  for (size_t i = 0; i < x->count; i++)
    mc_free(x->matrices[i].entries);
  *x = (mc_prop_instance){0};
}

size_t mc_prop_draw_count(const mc_prop_case *c, size_t own) {
  return c->batch && c->batch < own ? c->batch : own;
}

mc_status mc_prop_draw_spectrum(double *sigma, size_t k, const mc_prop_case *c, mc_random *r, mc_error *e) {
  mc_status status = mc_matgen_spectrum(sigma, k, &c->family, r, e);
  for (size_t i = c->rank ? c->rank : k; i < k && status == MC_OK; i++)
    sigma[i] = 0;
  return status;
}

mc_status mc_prop_draw_factor(double *q, size_t m, size_t n, const mc_prop_case *c, mc_random *r, mc_error *e) {
  if (!c->aligned)
    return mc_matgen_haar(q, m, n, r, e);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      q[i * n + j] = i == j;
  return MC_OK;
}

/* From the case's factors: sigma, q1, q2 share one block. */
static mc_status draw_composed(double *a, const mc_prop_case *c, mc_random *r, mc_error *e) {
  size_t m = c->rows, n = c->columns, k = m < n ? m : n;
  double *sigma = mc_alloc(k + m * k + n * k, sizeof *sigma);
  if (!sigma)
    return mc_fail(e, MC_NO_MEMORY, "no memory for the factors of a %zu x %zu matrix", m, n);
  double *q1 = sigma + k, *q2 = q1 + m * k;
  mc_status status = mc_prop_draw_spectrum(sigma, k, c, r, e);
  if (status == MC_OK)
    status = mc_prop_draw_factor(q1, m, k, c, r, e);
  if (status == MC_OK)
    status = mc_prop_draw_factor(q2, n, k, c, r, e);
  if (status == MC_OK)
    mc_matgen_compose(a, m, n, k, q1, sigma, q2);
  mc_free(sigma);
  return status;
}

mc_status mc_prop_draw_matrix(mc_prop_instance *x, const char *name, const mc_prop_case *c, mc_random *r, mc_error *e) {
  double *a = mc_prop_instance_add(x, name, c->rows, c->columns);
  if (!a)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu matrix", c->rows, c->columns);
  if (mc_matgen_family_is_spectrum(&c->family))
    return draw_composed(a, c, r, e);
  return mc_matgen_matrix(a, c->rows, c->columns, &c->family, r, e);
}
