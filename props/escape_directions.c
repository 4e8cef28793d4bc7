/* Muon leaves a saddle along several negative directions at once (papers.md S1.T2): G = A W with A symmetric, A u_i =
 * -lambda_i u_i for i < r, and W_0 = sum s_i u_i v_i^T + bulk, so that the blocks of G between different pairs vanish
 * up to rounding.
 *
 * slow, fast   the least and the largest (|s_{i,k+1}| - |s_{i,k}|)/eta over i and k, s_i = u_i^T W v_i
 * t            an upper bound of kappa_i/(2 |theta_i|) over the gradients used, eps of the rounding of the steps:
 *              with exact arithmetic both are 0, and the theorem says slow = fast = 1
 * contrast     the largest lambda_i over the least
 *
 * For each i by itself the corner lemma gives slow >= (1 - t^2)/(1 + t^2) - eps.  A case of k = min(rows, columns)
 * has at most 4
 * directions.  In one of eight instances the pairs are mixed, so that t is not small. */
#include "props.h"

#include <math.h>
#include <string.h>

#include "../src/dynamics/dynamics.h"

enum { SLOW, FAST, T, EPS, CONTRAST, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"slow", "fast", "t", "eps", "contrast"};

enum { MODEL, LEFT, RIGHT, START, SETTINGS };
#define STEPS 5

static double draw_in(mc_random *r, double low, double high) {
  return low + (high - low) * mc_random_unit(r);
}

/* The bases and the diagonals that an instance is made from; a owns the memory. */
typedef struct {
  size_t m, n, k, count;
  double *q1, *q2, *curvature, *corner, *work;
} drawing;

static mc_status draw_bases(drawing *d, const mc_prop_case *c, mc_random *r, mc_error *e) {
  d->q1 = mc_alloc(d->m * d->m + d->n * d->k + 2 * d->m + d->m * d->k, sizeof *d->q1);
  if (!d->q1)
    return mc_fail(e, MC_NO_MEMORY, "no memory for the factors of a %zu x %zu instance", d->m, d->n);
  d->q2 = d->q1 + d->m * d->m;
  d->curvature = d->q2 + d->n * d->k;
  d->corner = d->curvature + d->m;
  d->work = d->corner + d->m;
  mc_status status = mc_prop_draw_factor(d->q1, d->m, d->m, c, r, e);
  return status == MC_OK ? mc_prop_draw_factor(d->q2, d->n, d->k, c, r, e) : status;
}

/* -lambda_i, then curvatures of either sign; s_i, then the case's singular values. */
static mc_status draw_values(drawing *d, const mc_prop_case *c, mc_random *r, mc_error *e) {
  mc_status status = mc_prop_draw_spectrum(d->corner, d->k, c, r, e);
  for (size_t i = 0; i < d->m; i++)
    d->curvature[i] = (i < d->count || mc_random_below(r, 2) == 0 ? -1 : 1) * draw_in(r, 1, 10) *
                      (mc_random_below(r, 2) == 0 ? 0.1 : 0.01);
  for (size_t i = 0; i < d->k; i++) {
    double size = i < d->count ? draw_in(r, 0.05, 1) : d->corner[i] + 0.05;
    d->corner[i] = mc_random_below(r, 2) == 0 ? -size : size;
  }
  return status;
}

static void fill(mc_prop_instance *x, drawing *d, mc_random *r) {
  double *u = x->matrices[LEFT].entries, *v = x->matrices[RIGHT].entries;
  bool mixed = mc_random_below(r, 8) == 0;
  mc_matgen_compose(x->matrices[MODEL].entries, d->m, d->m, d->m, d->q1, d->curvature, d->q1);
  for (size_t i = 0; i < d->m; i++)
    for (size_t j = 0; j < d->k; j++)
      d->work[i * d->k + j] = d->q1[i * d->m + j];
  mc_matgen_compose(x->matrices[START].entries, d->m, d->n, d->k, d->work, d->corner, d->q2);
  for (size_t l = 0; l < d->count; l++) {
    for (size_t i = 0; i < d->m; i++)
      u[l * d->m + i] = d->q1[i * d->m + l] + (mixed ? 0.1 * d->q1[i * d->m + (l + 1) % d->k] : 0);
    for (size_t j = 0; j < d->n; j++)
      v[l * d->n + j] = d->q2[j * d->k + l];
  }
}

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  drawing d = {.m = c->rows, .n = c->columns, .k = c->rows < c->columns ? c->rows : c->columns};
  d.count = d.k < 4 ? d.k : 4;
  if (!mc_prop_instance_add(x, "A", d.m, d.m) || !mc_prop_instance_add(x, "u", d.count, d.m) ||
      !mc_prop_instance_add(x, "v", d.count, d.n) || !mc_prop_instance_add(x, "W0", d.m, d.n) ||
      !mc_prop_instance_add(x, "settings", 1, 2))
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu instance", d.m, d.n);
  mc_status status = draw_bases(&d, c, r, e);
  if (status == MC_OK)
    status = draw_values(&d, c, r, e);
  if (status == MC_OK) {
    double least = INFINITY, largest = 0, *settings = x->matrices[SETTINGS].entries;
    fill(x, &d, r);
    for (size_t i = 0; i < d.count; i++) {
      least = fmin(least, -d.curvature[i]);
      largest = fmax(largest, -d.curvature[i]);
    }
    settings[0] = draw_in(r, 0.02, 0.2);
    settings[1] = largest / least;
  }
  mc_free(d.q1);
  return status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const double *settings = x->matrices[SETTINGS].entries;
  const mc_dynamics_directions p = {.m = x->matrices[START].rows,
                                    .n = x->matrices[START].columns,
                                    .count = x->matrices[LEFT].rows,
                                    .steps = STEPS,
                                    .a = x->matrices[MODEL].entries,
                                    .u = x->matrices[LEFT].entries,
                                    .v = x->matrices[RIGHT].entries,
                                    .start = x->matrices[START].entries,
                                    .step_size = settings[0]};
  mc_dynamics_growth growth;
  if (!(settings[0] > 0))
    return mc_fail(e, MC_UNDECIDED, "the step size is not positive");
  mc_dynamics_growth_init(&growth);
  mc_status status = mc_dynamics_directions_follow(&growth, &p, 2 * precision, e);
  arb_swap(q + SLOW, growth.slow);
  arb_swap(q + FAST, growth.fast);
  arb_swap(q + T, growth.incoherence);
  arb_swap(q + EPS, growth.error);
  arb_set_d(q + CONTRAST, settings[1]);
  mc_dynamics_growth_clear(&growth);
  return status;
}

const mc_property mc_props_escape_directions = {"escape_directions", QUANTITIES, quantities, generate, measure};
