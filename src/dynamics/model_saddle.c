/* The quadratic saddle with spike, bulk and noise (papers.md S1.T1, S1.T1n): f(W) = <W, H(W)>/2 with the map H of
 * src/ref/saddle.h, gradients H(W) + N_k. */
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../ref/ref.h"

static const char *const spikes[] = {"dense", "axis", NULL};
static const char *const noises[] = {"none",    "gaussian", "rademacher",  "heteroskedastic",
                                     "student", "cauchy",   "adversarial", NULL};
enum {
  NOISE_NONE,
  NOISE_GAUSSIAN,
  NOISE_RADEMACHER,
  NOISE_HETEROSKEDASTIC,
  NOISE_STUDENT,
  NOISE_CAUCHY,
  NOISE_ADVERSARIAL
};

static const mc_dynamics_parameter parameters[] = {
    {"rows", "rows of W", 64, 1, 4096, NULL},
    {"columns", "columns of W", 64, 1, 4096, NULL},
    {"lambda", "negative curvature of the corner u v^T", 1, 1e-6, 1e6, NULL},
    {"row", "curvature of u times the complement of v", 0, -1e6, 1e6, NULL},
    {"column", "curvature of the complement of u times v", 0, -1e6, 1e6, NULL},
    {"bulk", "curvature of both complements", 1, -1e6, 1e6, NULL},
    {"start", "s_0 = u^T W_0 v", 0.001, 1e-12, 1e6, NULL},
    {"scale", "Frobenius norm of the rest of W_0", 1, 0, 1e6, NULL},
    {"spike", "direction of u and v: Gaussian or coordinate vectors", 0, 0, 1, spikes},
    {"noise", "kind of noise in the gradients", 0, 0, 6, noises},
    {"sigma", "size of the noise: an entry's scale, or the norm of adversarial noise", 0.1, 0, 1e6, NULL},
    {NULL, NULL, 0, 0, 0, NULL}};
enum { ROWS, COLUMNS, LAMBDA, ROW, COLUMN, BULK, START, SCALE, SPIKE, NOISE, SIGMA };

typedef struct {
  size_t m, n;
  muon_saddle curvature;
  double *u, *v, *noise, *rows, *columns, *work; /* rows, columns: the standard deviations of heteroskedastic noise */
  double last;                                   /* s one step ago */
} saddle;

static void draw_unit(double *x, size_t n, bool axis, mc_random *r) {
  for (size_t i = 0; i < n; i++)
    x[i] = axis ? i == 0 : mc_matgen_normal(r);
  double norm = sqrt(mc_linear_inner(x, x, n));
  for (size_t i = 0; i < n; i++)
    x[i] /= norm;
}

static double corner(const mc_model_state *s, const double *a) {
  const saddle *d = s->data;
  double sum = 0;
  for (size_t i = 0; i < d->m; i++)
    sum += d->u[i] * mc_linear_inner(a + i * d->n, d->v, d->n);
  return sum;
}

/* W_0: a Gaussian matrix of the given size whose corner is then s_0. */
static void place(mc_model_state *s) {
  saddle *d = s->data;
  size_t count = d->m * d->n;
  double *w = s->value[0];
  for (size_t i = 0; i < count; i++)
    w[i] = mc_matgen_normal(&s->random);
  muon_matrix_scale(w, d->n, s->settings[SCALE] / sqrt(mc_linear_inner(w, w, count)), d->m, d->n);
  double shift = s->settings[START] - corner(s, w);
  for (size_t i = 0; i < d->m; i++)
    for (size_t j = 0; j < d->n; j++)
      w[i * d->n + j] += shift * d->u[i] * d->v[j];
  d->last = NAN;
}

static mc_status setup(mc_model_state *s, mc_error *e) {
  size_t m = (size_t)s->settings[ROWS], n = (size_t)s->settings[COLUMNS], count = m * n;
  double *more;
  mc_status status = mc_linear_begin(s, &more, 2 * count + 4 * (m + n), m, n, sizeof(saddle), e);
  if (status != MC_OK)
    return status;
  saddle *d = s->data;
  d->m = m;
  d->n = n;
  d->noise = more;
  d->u = d->noise + count;
  d->v = d->u + m;
  d->rows = d->v + n;
  d->columns = d->rows + m;
  d->work = d->columns + n; /* b, a, T, c, r of src/ref/saddle.h */
  d->curvature = (muon_saddle){s->settings[LAMBDA], s->settings[ROW], s->settings[COLUMN], s->settings[BULK]};
  draw_unit(d->u, m, s->settings[SPIKE] != 0, &s->random);
  draw_unit(d->v, n, s->settings[SPIKE] != 0, &s->random);
  for (size_t i = 0; i < m + n; i++)
    d->rows[i] = 2 * mc_random_unit(&s->random);
  place(s);
  return MC_OK;
}

static void clear(mc_model_state *s) {
  mc_free(s->value[0]);
  mc_free(s->data);
}

/* Student's t with 3 degrees of freedom, and Cauchy's, as quotients of normal deviates. */
static double draw_student(mc_random *r) {
  double square = 0;
  for (int i = 0; i < 3; i++) {
    double x = mc_matgen_normal(r);
    square += x * x;
  }
  return mc_matgen_normal(r) / sqrt(square / 3);
}

static double draw_entry(const saddle *d, size_t kind, size_t i, size_t j, mc_random *r) {
  switch (kind) {
  case NOISE_RADEMACHER:
    return mc_random_below(r, 2) == 0 ? -1 : 1;
  case NOISE_HETEROSKEDASTIC:
    return d->rows[i] * d->columns[j] * mc_matgen_normal(r);
  case NOISE_STUDENT:
    return draw_student(r);
  case NOISE_CAUCHY:
    return mc_matgen_normal(r) / mc_matgen_normal(r);
  default:
    return mc_matgen_normal(r);
  }
}

/* Adversarial noise of norm sigma pushes the corner of the gradient towards zero and beyond. */
static void draw_noise(mc_model_state *s) {
  saddle *d = s->data;
  size_t kind = (size_t)s->settings[NOISE];
  double push = corner(s, s->value[0]) < 0 ? -1 : 1;
  for (size_t i = 0; i < d->m; i++)
    for (size_t j = 0; j < d->n; j++)
      d->noise[i * d->n + j] = s->settings[SIGMA] * (kind == NOISE_ADVERSARIAL ? push * d->u[i] * d->v[j]
                                                                               : draw_entry(d, kind, i, j, &s->random));
}

static void differentiate(mc_model_state *s) {
  saddle *d = s->data;
  size_t m = d->m, n = d->n;
  double *b = d->work, *a = b + m, *t = a + n, *c = t + m * n, *r = c + m;
  if (s->settings[NOISE] == NOISE_NONE) {
    muon_saddle_gradient(s->gradient[0], n, b, a, t, c, r, d->curvature, s->value[0], n, d->u, d->v, m, n);
    return;
  }
  draw_noise(s);
  muon_saddle_noisy_gradient(s->gradient[0], n, b, a, t, c, r, d->curvature, s->value[0], n, d->u, d->v, d->noise, n, m,
                             n);
}

/* <D, H(D)> */
static double curvature(mc_model_state *s, const double *x) {
  saddle *d = s->data;
  size_t m = d->m, n = d->n;
  double *h = mc_alloc(m * n, sizeof *h), *b = d->work, *a = b + m, *t = a + n, *c = t + m * n, *r = c + m, sum = NAN;
  if (h) {
    muon_saddle_gradient(h, n, b, a, t, c, r, d->curvature, x, n, d->u, d->v, m, n);
    sum = mc_linear_inner(x, h, m * n);
  }
  mc_free(h);
  return sum;
}

static double loss(mc_model_state *s) {
  return curvature(s, s->value[0]) / 2;
}

static size_t name(const mc_model_state *s, char (*names)[32]) {
  static const char *const of[] = {"s", "theta", "kappa", "z", "drift"};
  (void)s;
  for (size_t i = 0; i < 5; i++)
    snprintf(names[i], 32, "%s", of[i]);
  return 5;
}

/* kappa = |u^T G (I - v v^T)| + |(I - u u^T) G v|. */
static double incoherence(const mc_model_state *s, double theta) {
  const saddle *d = s->data;
  double left = 0, right = 0;
  for (size_t i = 0; i < d->m; i++) {
    double x = mc_linear_inner(s->gradient[0] + i * d->n, d->v, d->n) - theta * d->u[i];
    right += x * x;
  }
  for (size_t j = 0; j < d->n; j++) {
    double x = -theta * d->v[j];
    for (size_t i = 0; i < d->m; i++)
      x += d->u[i] * s->gradient[0][i * d->n + j];
    left += x * x;
  }
  return sqrt(left) + sqrt(right);
}

/* z = u^T Z v of the last step's W' = W - eta Z; drift is what |s| gained in it, in units of eta. */
static void observe(mc_model_state *s, double *cells) {
  saddle *d = s->data;
  double now = corner(s, s->value[0]), theta = corner(s, s->gradient[0]);
  cells[0] = now;
  cells[1] = theta;
  cells[2] = incoherence(s, theta);
  cells[3] = (d->last - now) / s->rate;
  cells[4] = (fabs(now) - fabs(d->last)) / s->rate;
  d->last = now;
}

static void direct(const mc_model_state *s, double *x) {
  const saddle *d = s->data;
  for (size_t i = 0; i < d->m; i++)
    for (size_t j = 0; j < d->n; j++)
      x[i * d->n + j] = d->u[i] * d->v[j];
}

const mc_model mc_model_saddle = {{"saddle", "the quadratic saddle with spike, bulk and noise", parameters, NULL},
                                  setup,
                                  clear,
                                  differentiate,
                                  loss,
                                  curvature,
                                  NULL,
                                  name,
                                  observe,
                                  direct};
