/* Escape of exact-polar Muon from the quadratic saddle (papers.md S1.T1, S1.T1n).
 *
 * steps    K, the first k with |s_k| >= R, where s_k = u^T W_k v
 * s0, R    |s_0| and the target;  eta   the step size;  lambda   the negative curvature
 * mixed    the largest modulus of the curvatures of H on the two mixed blocks
 * t        an upper bound of kappa_k/(2 |theta_k|) over the gradients used
 * nu       an upper bound of ||N_k||_2, the given noise and the rounding of the gradient together
 * eps      an upper bound of the rounding of the steps, as a multiple of eta: W_{k+1} = W_k - eta (Z_k + E_k),
 *          ||E_k||_2 <= eps
 *
 * With rounding, the corner lemma gives at each step: |s_{k+1}| - |s_k| >= eta ((1 - t^2)/(1 + t^2) - eps), and it is
 * at most eta (1 + eps).  So the theorems hold with these in place of eta (1 - t^2)/(1 + t^2) and eta, provided that
 * the lower one is positive, since then |s| grows and s keeps its sign.
 *
 * The bulk curvature is between 1e-2 and 1e2 in modulus; in three of four trials H vanishes on the mixed blocks and W_0
 * is arbitrary, in the others only its bulk is.  Noise: none, matrices that push the corner towards its worst case,
 * or Gaussian.  escape_by_dimension has s0 = 1/8, R = 1, eta = 3/16, lambda = 1 in every trial, H = 0 on the mixed
 * blocks and no noise: only W_0, u, v and the curvature of the bulk are drawn. */
#include "props.h"

#include <math.h>

#include "../src/dynamics/dynamics.h"

enum { STEPS, S0, R, ETA, LAMBDA, MIXED, T, NU, EPS, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"steps", "s0", "R", "eta", "lambda", "mixed", "t", "nu", "eps"};

/* Matrices of an instance; settings: lambda, row, column, bulk, eta, R. */
enum { START, LEFT, RIGHT, NOISE, SETTINGS };
enum { SET_LAMBDA, SET_ROW, SET_COLUMN, SET_BULK, SET_ETA, SET_R, SETTING_COUNT };

#define NOISES 2
#define LIMIT 60

/* ---- Drawing ---- */

typedef struct {
  size_t m, n, noises;
  double *w, *u, *v, *noise, *settings; /* the instance */
  double *a, *b;                        /* unit vectors orthogonal to v and u, or 0 where there are none */
  double s0;
} drawing;

static double draw_in(mc_random *r, double low, double high) {
  return low + (high - low) * mc_random_unit(r);
}

/* Log-uniform over [1e-2, 1] times `scale`, of either sign if `either`. */
static double draw_curvature(mc_random *r, double scale, bool either) {
  double x = draw_in(r, 1, 10);
  x *= mc_random_below(r, 2) == 0 ? scale / 100 : scale / 10;
  return either && mc_random_below(r, 2) == 0 ? -x : x;
}

static double dot(const double *x, const double *y, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += x[i] * y[i];
  return sum;
}

static void scale_to_unit(double *x, size_t n) {
  double square = dot(x, x, n);
  for (size_t i = 0; i < n && square > 0; i++)
    x[i] /= sqrt(square);
}

static void draw_unit(double *x, size_t n, bool aligned, mc_random *r) {
  for (size_t i = 0; i < n; i++)
    x[i] = aligned ? i == 0 : mc_matgen_normal(r);
  scale_to_unit(x, n);
}

/* A unit vector orthogonal to y, up to rounding. */
static void draw_orthogonal(double *x, const double *y, size_t n, mc_random *r) {
  for (size_t i = 0; i < n; i++)
    x[i] = mc_matgen_normal(r);
  double part = dot(x, y, n);
  for (size_t i = 0; i < n; i++)
    x[i] = n > 1 ? x[i] - part * y[i] : 0;
  scale_to_unit(x, n);
}

/* w += s x y^T */
static void add_product(double *w, double s, const double *x, const double *y, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      w[i * n + j] += s * x[i] * y[j];
}

/* The corner of W_0 becomes s0, and its mixed blocks 0 if so wanted. */
static void place_start(drawing *d, bool mixed_vanish) {
  size_t m = d->m, n = d->n;
  for (size_t i = 0; mixed_vanish && i < m; i++) {
    double part = dot(d->w + i * n, d->v, n);
    for (size_t j = 0; j < n; j++)
      d->w[i * n + j] -= part * d->v[j];
  }
  for (size_t j = 0; mixed_vanish && j < n; j++) {
    double part = 0;
    for (size_t i = 0; i < m; i++)
      part += d->u[i] * d->w[i * n + j];
    for (size_t i = 0; i < m; i++)
      d->w[i * n + j] -= part * d->u[i];
  }
  double corner = 0;
  for (size_t i = 0; i < m; i++)
    corner += d->u[i] * dot(d->w + i * n, d->v, n);
  add_product(d->w, d->s0 - corner, d->u, d->v, m, n);
}

/* nu times the reflection with the block [[c, s], [s, -c]] in the bases (u, b), (v, a): its corner works against the
 * gradient's, and its mixed blocks are as large as its norm allows. */
static void add_reflection(double *noise, const drawing *d, double nu, mc_random *r) {
  double h = mc_random_unit(r), c = (1 - h * h) / (1 + h * h), s = 2 * h / (1 + h * h);
  c = d->s0 < 0 ? -c : c;
  add_product(noise, nu * c, d->u, d->v, d->m, d->n);
  add_product(noise, nu * s, d->u, d->a, d->m, d->n);
  add_product(noise, nu * s, d->b, d->v, d->m, d->n);
  add_product(noise, -nu * c, d->b, d->a, d->m, d->n);
}

static void draw_noise(drawing *d, mc_random *r) {
  static const double ratios[] = {0, 1.0 / 3, 0.45, 1.5};
  double nu = ratios[mc_random_below(r, 4)] * d->settings[SET_LAMBDA] * (d->s0 < 0 ? -d->s0 : d->s0);
  bool gaussian = mc_random_below(r, 2) == 0;
  double entry = nu / (sqrt((double)d->m) + sqrt((double)d->n));
  draw_orthogonal(d->a, d->v, d->n, r);
  draw_orthogonal(d->b, d->u, d->m, r);
  for (size_t k = 0; k < d->noises; k++) {
    double *noise = d->noise + k * d->m * d->n;
    if (!gaussian)
      add_reflection(noise, d, nu, r);
    for (size_t i = 0; gaussian && i < d->m * d->n; i++)
      noise[i] = entry * mc_matgen_normal(r);
  }
}

static void draw_settings(drawing *d, mc_random *r) {
  bool mixed = mc_random_below(r, 4) == 0;
  d->s0 = draw_in(r, 0.05, 0.4) * (mc_random_below(r, 2) == 0 ? 1 : -1);
  d->settings[SET_LAMBDA] = draw_curvature(r, 10, false);
  d->settings[SET_BULK] = draw_curvature(r, 100, true);
  d->settings[SET_ROW] = mixed ? draw_curvature(r, 100, true) : 0;
  d->settings[SET_COLUMN] = mixed ? draw_curvature(r, 100, true) : 0;
  d->settings[SET_R] = 1;
  d->settings[SET_ETA] = (1 - (d->s0 < 0 ? -d->s0 : d->s0)) / draw_in(r, 3, 7);
}

/* The same whatever the dimension; only the curvature of the bulk is drawn. */
static void fix_settings(drawing *d, mc_random *r) {
  d->s0 = 0.125;
  d->settings[SET_LAMBDA] = 1;
  d->settings[SET_BULK] = draw_curvature(r, 100, true);
  d->settings[SET_R] = 1;
  d->settings[SET_ETA] = 0.1875;
}

static mc_status draw(mc_prop_instance *x, const mc_prop_case *c, bool fixed, mc_random *r, mc_error *e) {
  drawing d = {.m = c->rows, .n = c->columns, .noises = fixed ? 0 : mc_prop_draw_count(c, NOISES)};
  mc_status status = mc_prop_draw_matrix(x, "W0", c, r, e);
  if (status != MC_OK)
    return status;
  d.w = x->matrices[START].entries;
  d.u = mc_prop_instance_add(x, "u", d.m, 1);
  d.v = mc_prop_instance_add(x, "v", d.n, 1);
  d.noise = mc_prop_instance_add(x, "N", d.noises * d.m, d.n);
  d.settings = mc_prop_instance_add(x, "settings", 1, SETTING_COUNT);
  d.a = mc_alloc(d.n + d.m, sizeof *d.a);
  d.b = d.a + d.n;
  if (!d.u || !d.v || !d.noise || !d.settings || !d.a) {
    mc_free(d.a);
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu instance", d.m, d.n);
  }
  if (fixed)
    fix_settings(&d, r);
  else
    draw_settings(&d, r);
  draw_unit(d.u, d.m, c->aligned, r);
  draw_unit(d.v, d.n, c->aligned, r);
  place_start(&d, d.settings[SET_ROW] != 0);
  if (!fixed)
    draw_noise(&d, r);
  mc_free(d.a);
  return MC_OK;
}

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  return draw(x, c, false, r, e);
}

static mc_status generate_fixed(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  return draw(x, c, true, r, e);
}

/* ---- Measuring ---- */

static void measure_settings(arb_ptr q, const double *settings) {
  double row = fabs(settings[SET_ROW]), column = fabs(settings[SET_COLUMN]);
  arb_set_d(q + R, settings[SET_R]);
  arb_set_d(q + ETA, settings[SET_ETA]);
  arb_set_d(q + LAMBDA, settings[SET_LAMBDA]);
  arb_set_d(q + MIXED, row > column ? row : column);
}

static mc_status measure(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const mc_prop_matrix *w = &x->matrices[START];
  const double *settings = x->matrices[SETTINGS].entries;
  const mc_dynamics_saddle p = {.m = w->rows,
                                .n = w->columns,
                                .curvature = {.lambda = settings[SET_LAMBDA],
                                              .row = settings[SET_ROW],
                                              .column = settings[SET_COLUMN],
                                              .bulk = settings[SET_BULK]},
                                .u = x->matrices[LEFT].entries,
                                .v = x->matrices[RIGHT].entries,
                                .start = w->entries,
                                .noise = x->matrices[NOISE].entries,
                                .noise_count = x->matrices[NOISE].rows / w->rows,
                                .step_size = settings[SET_ETA],
                                .target = settings[SET_R],
                                .limit = LIMIT};
  mc_dynamics_escape escape;
  mc_dynamics_escape_init(&escape);
  measure_settings(q, settings);
  mc_status status = mc_dynamics_saddle_escape(&escape, &p, 2 * precision, e);
  arb_swap(q + STEPS, escape.steps);
  arb_swap(q + S0, escape.start);
  arb_swap(q + T, escape.incoherence);
  arb_swap(q + NU, escape.noise);
  arb_swap(q + EPS, escape.error);
  mc_dynamics_escape_clear(&escape);
  return status;
}

const mc_property mc_props_saddle_escape = {"saddle_escape", QUANTITIES, quantities, generate, measure};
const mc_property mc_props_escape_by_dimension = {"escape_by_dimension", QUANTITIES, quantities, generate_fixed,
                                                  measure};
