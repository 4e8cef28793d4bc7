/* Noisy sign dynamics (papers.md S3.E1, S3.E2): independent scalars w' = w - alpha (sign(w) + sigma xi), xi ~ N(0,
 * 1), the noise outside the sign.  One row a path, and the optimizer should be sign descent with the rate alpha. */
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ref/ref.h"

static const mc_dynamics_parameter parameters[] = {
    {"paths", "independent paths", 1000, 1, 1e6, NULL},
    {"sigma", "size of the noise in units of the step", 0.3, 0, 1e6, NULL},
    {"start", "w_0", 1.026, -1e6, 1e6, NULL},
    {"epsilon", "a path has arrived where |w| <= epsilon", 0.02, 0, 1e6, NULL},
    {NULL, NULL, 0, 0, 0, NULL}};
enum { PATHS, SIGMA, START, EPSILON };

typedef struct {
  double *sorted;
  unsigned char *arrived;
} paths;

static void mark(mc_model_state *s) {
  paths *d = s->data;
  for (size_t i = 0; i < s->rows[0]; i++)
    d->arrived[i] = d->arrived[i] || fabs(s->value[0][i]) <= s->settings[EPSILON];
}

static mc_status setup(mc_model_state *s, mc_error *e) {
  paths *d = s->data = mc_alloc(1, sizeof *d);
  size_t n = (size_t)s->settings[PATHS];
  if (!d)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  s->value[0] = mc_alloc(3 * n, sizeof(double));
  d->arrived = mc_alloc(n, 1);
  if (!s->value[0] || !d->arrived)
    return mc_fail(e, MC_NO_MEMORY, "no memory for %zu paths", n);
  s->count = 1;
  s->rows[0] = n;
  s->columns[0] = 1;
  s->gradient[0] = s->value[0] + n;
  d->sorted = s->gradient[0] + n;
  for (size_t i = 0; i < n; i++)
    s->value[0][i] = s->settings[START];
  mark(s);
  return MC_OK;
}

static void clear(mc_model_state *s) {
  paths *d = s->data;
  mc_free(s->value[0]);
  mc_free(d ? d->arrived : NULL);
  mc_free(d);
}

/* The gradient of |w|'s smooth stand-in w^2/2, whose sign is that of w. */
static void differentiate(mc_model_state *s) {
  memcpy(s->gradient[0], s->value[0], s->rows[0] * sizeof(double));
}

static double loss(mc_model_state *s) {
  double sum = 0;
  for (size_t i = 0; i < s->rows[0]; i++)
    sum += fabs(s->value[0][i]);
  return sum / (double)s->rows[0];
}

static void disturb(mc_model_state *s, double rate) {
  for (size_t i = 0; i < s->rows[0]; i++)
    s->value[0][i] -= rate * s->settings[SIGMA] * mc_matgen_normal(&s->random);
  mark(s);
}

static size_t name(const mc_model_state *s, char (*names)[32]) {
  (void)s;
  snprintf(names[0], 32, "median");
  snprintf(names[1], 32, "arrived");
  return 2;
}

static int compare(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

/* The median of |w|, and the share of paths that have arrived by now. */
static void observe(mc_model_state *s, double *cells) {
  paths *d = s->data;
  size_t n = s->rows[0], arrived = 0;
  for (size_t i = 0; i < n; i++) {
    d->sorted[i] = fabs(s->value[0][i]);
    arrived += d->arrived[i];
  }
  qsort(d->sorted, n, sizeof *d->sorted, compare);
  cells[0] = (d->sorted[(n - 1) / 2] + d->sorted[n / 2]) / 2;
  cells[1] = (double)arrived / (double)n;
}

const mc_model mc_model_noisy_sign = {
    {"noisy-sign", "scalar sign descent with noise outside the sign", parameters, NULL},
    setup,
    clear,
    differentiate,
    loss,
    NULL,
    disturb,
    name,
    observe,
    NULL};
