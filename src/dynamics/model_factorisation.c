/* Matrix factorisation (papers.md sections 2 and 4): L(P, Q) = ||M - P Q^T||_F^2/2 with M = U diag(s) V^T, and the
 * symmetric L(X) = ||X X^T - M||_F^2/4 with M = U diag(s) U^T.  Starts: Gaussian; orthogonal; or aligned, P = alpha U
 * O^T, Q = alpha V O^T. */
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../ref/ref.h"

static const char *const starts[] = {"gaussian", "orthogonal", "aligned", NULL};
enum { START_GAUSSIAN, START_ORTHOGONAL, START_ALIGNED };

#define MODES 32

static const mc_dynamics_parameter asymmetric_parameters[] = {
    {"dimension", "M is dimension x dimension", 16, 1, 1024, NULL},
    {"width", "columns of P and Q", 16, 1, 4096, NULL},
    {"start", "P_0 and Q_0: alpha times Gaussian entries, or orthogonal, or aligned with M", 0, 0, 2, starts},
    {"alpha", "size of the start", 0.005, 1e-12, 1e6, NULL},
    {NULL, NULL, 0, 0, 0, NULL}};
static const mc_dynamics_parameter symmetric_parameters[] = {
    {"dimension", "M is dimension x dimension", 16, 1, 1024, NULL},
    {"start", "X_0: alpha times Gaussian entries, or orthogonal, or the identity turned into M's basis", 1, 0, 2,
     starts},
    {"alpha", "size of the start", 0.005, 1e-12, 1e6, NULL},
    {NULL, NULL, 0, 0, 0, NULL}};

typedef struct {
  size_t n, d, modes;
  double *m, *u, *v, *s;                                     /* the target and its factors */
  double *residual, *transposed, *qt, *pt, *first, *zp, *zq; /* scratch; first: the balances at the start */
  bool started;
} factorisation;

static double *take(double **from, size_t count) {
  double *x = *from;
  *from += count;
  return x;
}

static mc_status allocate(mc_model_state *s, size_t n, size_t width, size_t count, mc_error *e) {
  factorisation *d = s->data = mc_alloc(1, sizeof *d);
  if (!d)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  size_t nd = n * width;
  double *x = s->value[0] = mc_alloc(8 * nd + 6 * n * n + 3 * width * width + n, sizeof *x);
  if (!x)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a factorisation of dimension %zu and width %zu", n, width);
  d->n = n;
  d->d = width;
  d->modes = n < MODES ? n : MODES;
  s->count = count;
  s->value[0] = take(&x, nd);
  for (size_t i = 0; i < 2; i++) {
    s->rows[i] = n;
    s->columns[i] = width;
  }
  s->value[1] = take(&x, nd);
  s->gradient[0] = take(&x, nd);
  s->gradient[1] = take(&x, nd);
  d->qt = take(&x, nd);
  d->pt = take(&x, nd);
  d->zp = take(&x, nd);
  d->zq = take(&x, nd);
  d->m = take(&x, n * n);
  d->u = take(&x, n * n);
  d->v = take(&x, n * n);
  d->residual = take(&x, n * n);
  d->transposed = take(&x, 2 * n * n);
  d->first = take(&x, 3 * width * width);
  d->s = take(&x, n);
  return MC_OK;
}

/* w (n x d) := alpha times the start; basis: M's singular vectors on this side. */
static mc_status draw_start(double *w, const factorisation *d, int kind, double alpha, const double *basis,
                            const mc_random *aligned, mc_random *r, mc_error *e) {
  size_t n = d->n, width = d->d, k = n < width ? n : width, longer = n < width ? width : n;
  if (kind == START_GAUSSIAN) {
    for (size_t i = 0; i < n * width; i++)
      w[i] = alpha * mc_matgen_normal(r);
    return MC_OK;
  }
  double *q = mc_alloc(longer * k + k, sizeof *q), *ones = q + longer * k;
  if (!q)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < k; i++)
    ones[i] = alpha;
  mc_random same = *aligned;
  mc_status status = MC_OK;
  if (kind == START_ALIGNED) { /* alpha basis[:, :k] O^T, the same O for both factors */
    status = mc_matgen_haar(q, width, k, &same, e);
    double *left = mc_alloc(n * k, sizeof *left);
    for (size_t i = 0; left && i < n; i++)
      for (size_t j = 0; j < k; j++)
        left[i * k + j] = basis[i * n + j];
    if (left)
      mc_matgen_compose(w, n, width, k, left, ones, q);
    else
      status = mc_fail(e, MC_NO_MEMORY, "out of memory");
    mc_free(left);
  } else {
    status = mc_matgen_haar(q, longer, k, r, e);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < width; j++)
        w[i * width + j] = alpha * (n >= width ? q[i * k + j] : q[j * k + i]);
  }
  mc_free(q);
  return status;
}

static mc_status draw_target(mc_model_state *s, bool symmetric, mc_error *e) {
  factorisation *d = s->data;
  mc_status status = mc_matgen_spectrum(d->s, d->n, s->spectrum, &s->random, e);
  if (status == MC_OK)
    status = mc_matgen_haar(d->u, d->n, d->n, &s->random, e);
  if (status == MC_OK && !symmetric)
    status = mc_matgen_haar(d->v, d->n, d->n, &s->random, e);
  if (symmetric)
    memcpy(d->v, d->u, d->n * d->n * sizeof *d->v);
  mc_matgen_compose(d->m, d->n, d->n, d->n, d->u, d->s, d->v);
  return status;
}

static mc_status setup_asymmetric(mc_model_state *s, mc_error *e) {
  mc_status status = allocate(s, (size_t)s->settings[0], (size_t)s->settings[1], 2, e);
  if (status == MC_OK)
    status = draw_target(s, false, e);
  if (status != MC_OK)
    return status;
  factorisation *d = s->data;
  const mc_random aligned = s->random;
  status = draw_start(s->value[0], d, (int)s->settings[2], s->settings[3], d->u, &aligned, &s->random, e);
  return status == MC_OK
             ? draw_start(s->value[1], d, (int)s->settings[2], s->settings[3], d->v, &aligned, &s->random, e)
             : status;
}

static mc_status setup_symmetric(mc_model_state *s, mc_error *e) {
  mc_status status = allocate(s, (size_t)s->settings[0], (size_t)s->settings[0], 1, e);
  if (status == MC_OK)
    status = draw_target(s, true, e);
  if (status != MC_OK)
    return status;
  factorisation *d = s->data;
  const mc_random aligned = s->random;
  return draw_start(s->value[0], d, (int)s->settings[1], s->settings[2], d->u, &aligned, &s->random, e);
}

static void clear(mc_model_state *s) {
  mc_free(s->value[0]);
  mc_free(s->data);
}

static void differentiate_asymmetric(mc_model_state *s) {
  factorisation *d = s->data;
  muon_factorisation_gradients(s->gradient[0], d->d, s->gradient[1], d->d, d->residual, d->transposed, d->qt, d->pt,
                               s->value[0], d->d, s->value[1], d->d, d->m, d->n, d->n, d->n, d->d);
}

/* (X X^T - M) X */
static void differentiate_symmetric(mc_model_state *s) {
  factorisation *d = s->data;
  muon_factorisation_residual(d->residual, s->value[0], d->d, s->value[0], d->d, d->m, d->n, d->n, d->n, d->d);
  muon_factorisation_product(s->gradient[0], d->d, d->transposed, d->residual, s->value[0], d->d, d->n, d->d, d->n);
}

/* ||P Q^T - M||_F^2, for X = P = Q too. */
static double square_residual(const mc_model_state *s) {
  const factorisation *d = s->data;
  const double *q = s->count == 2 ? s->value[1] : s->value[0];
  muon_factorisation_residual(d->residual, s->value[0], d->d, q, d->d, d->m, d->n, d->n, d->n, d->d);
  return mc_linear_inner(d->residual, d->residual, d->n * d->n);
}

static double loss_asymmetric(mc_model_state *s) {
  return square_residual(s) / 2;
}

static double loss_symmetric(mc_model_state *s) {
  return square_residual(s) / 4;
}

/* M = s u v and P, Q are numbers: then p = u P and q = v Q, for which M is s. */
static bool is_scalar(const mc_model_state *s) {
  const factorisation *d = s->data;
  return s->count == 2 && d->n == 1 && d->d == 1;
}

static size_t name(const mc_model_state *s, char (*names)[32]) {
  const factorisation *d = s->data;
  size_t count = 0;
  if (s->count == 2) {
    snprintf(names[count++], 32, "drift_root");
    snprintf(names[count++], 32, "drift_square");
    snprintf(names[count++], 32, "misalignment");
  }
  for (size_t i = 0; i < d->modes; i++)
    snprintf(names[count++], 32, "mode_%zu", i + 1);
  if (is_scalar(s)) {
    snprintf(names[count++], 32, "p");
    snprintf(names[count++], 32, "q");
  }
  return count;
}

/* sum over rows of (a^T b)_{kl} for a, b (n x d): c (d x d) += sign a^T b. */
static void add_gram(double *c, double sign, const double *a, const double *b, size_t n, size_t d) {
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < d; k++)
      for (size_t l = 0; l < d; l++)
        c[k * d + l] += sign * a[i * d + k] * b[i * d + l];
}

/* The distance of P^T P - Q^T Q, and of (P^T P)^(1/2) - (Q^T Q)^(1/2) (a^T b with a the polar factors), from the
 * start's. */
static double drift(double *now, double *first, const mc_model_state *s, const double *left, const double *right,
                    bool started) {
  const factorisation *d = s->data;
  size_t count = d->d * d->d;
  double sum = 0;
  memset(now, 0, count * sizeof *now);
  add_gram(now, 1, left, s->value[0], d->n, d->d);
  add_gram(now, -1, right, s->value[1], d->n, d->d);
  if (!started)
    memcpy(first, now, count * sizeof *now);
  for (size_t i = 0; i < count; i++)
    sum += (now[i] - first[i]) * (now[i] - first[i]);
  return sqrt(sum);
}

/* 1 - mean cos^2 of the principal angles: between the row spaces of P and Q where d >= n, between the column space of
 * P and that of the first d columns of U where d < n. */
static double misalignment(const factorisation *d) {
  size_t k = d->n < d->d ? d->n : d->d;
  double sum = 0;
  for (size_t i = 0; i < k; i++)
    for (size_t j = 0; j < k; j++) {
      double x = 0;
      if (d->d >= d->n)
        x = mc_linear_inner(d->zp + i * d->d, d->zq + j * d->d, d->d);
      else
        for (size_t l = 0; l < d->n; l++)
          x += d->u[l * d->n + i] * d->zp[l * d->d + j];
      sum += x * x;
    }
  return 1 - sum / (double)k;
}

static void observe_balance(mc_model_state *s, double *cells) {
  factorisation *d = s->data;
  size_t count = d->d * d->d;
  cells[0] = cells[1] = cells[2] = NAN;
  if (mc_dynamics_polar_approx(d->zp, s->value[0], d->n, d->d, NULL) == MC_OK &&
      mc_dynamics_polar_approx(d->zq, s->value[1], d->n, d->d, NULL) == MC_OK) {
    cells[0] = drift(d->first + 2 * count, d->first, s, d->zp, d->zq, d->started);
    cells[1] = drift(d->first + 2 * count, d->first + count, s, s->value[0], s->value[1], d->started);
    cells[2] = misalignment(d);
    d->started = true;
  }
}

/* u_i^T P Q^T v_i */
static double mode(const mc_model_state *s, size_t i) {
  const factorisation *d = s->data;
  const double *q = s->count == 2 ? s->value[1] : s->value[0];
  double sum = 0;
  for (size_t l = 0; l < d->d; l++) {
    double left = 0, right = 0;
    for (size_t k = 0; k < d->n; k++) {
      left += d->u[k * d->n + i] * s->value[0][k * d->d + l];
      right += d->v[k * d->n + i] * q[k * d->d + l];
    }
    sum += left * right;
  }
  return sum;
}

static void observe(mc_model_state *s, double *cells) {
  const factorisation *d = s->data;
  size_t first = s->count == 2 ? 3 : 0;
  if (s->count == 2)
    observe_balance(s, cells);
  for (size_t i = 0; i < d->modes; i++)
    cells[first + i] = mode(s, i);
  if (is_scalar(s)) {
    cells[first + 1] = *d->u * *s->value[0];
    cells[first + 2] = *d->v * *s->value[1];
  }
}

const mc_model mc_model_factorisation = {
    {"factorisation", "M ~ P Q^T from a small start", asymmetric_parameters, "power_law(0.625, 10)"},
    setup_asymmetric,
    clear,
    differentiate_asymmetric,
    loss_asymmetric,
    NULL,
    NULL,
    name,
    observe,
    NULL};

const mc_model mc_model_symmetric_factorisation = {
    {"symmetric-factorisation", "M ~ X X^T", symmetric_parameters, "log_spaced(1e-3, 1)"},
    setup_symmetric,
    clear,
    differentiate_symmetric,
    loss_symmetric,
    NULL,
    NULL,
    name,
    observe,
    NULL};
