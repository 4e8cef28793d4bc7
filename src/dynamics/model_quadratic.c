/* Strongly convex quadratics with controlled spectra (papers.md S3.SPEC): L(W) = <W - W*, A (W - W*)>/2, A = Q
 * diag(s) Q^T with a Haar Q and s of the experiment's family, W_0 and W* with entries N(0, 1/columns). */
#include "model.h"

#include <math.h>

#include "../ref/ref.h"

static const mc_dynamics_parameter parameters[] = {{"rows", "rows of W", 32, 1, 1024, NULL},
                                                   {"columns", "columns of W", 32, 1, 1024, NULL},
                                                   {NULL, NULL, 0, 0, 0, NULL}};
enum { ROWS, COLUMNS };

typedef struct {
  double *a, *centre, *difference, *image, *work;
} quadratic;

static mc_status setup(mc_model_state *s, mc_error *e) {
  size_t m = (size_t)s->settings[ROWS], n = (size_t)s->settings[COLUMNS], count = m * n;
  double *more;
  mc_status status = mc_linear_begin(s, &more, 4 * count + m * m + m, m, n, sizeof(quadratic), e);
  if (status != MC_OK)
    return status;
  quadratic *d = s->data;
  d->centre = more;
  d->difference = d->centre + count;
  d->image = d->difference + count;
  d->work = d->image + count;
  d->a = d->work + count;
  double *values = d->a + m * m;
  status = mc_matgen_spectrum(values, m, s->spectrum, &s->random, e);
  if (status == MC_OK)
    status = mc_linear_draw_symmetric(d->a, values, m, &s->random, e);
  for (size_t i = 0; i < count; i++) {
    s->value[0][i] = mc_matgen_normal(&s->random) / sqrt((double)n);
    d->centre[i] = mc_matgen_normal(&s->random) / sqrt((double)n);
  }
  return status;
}

static void clear(mc_model_state *s) {
  mc_free(s->value[0]);
  mc_free(s->data);
}

/* image := A x */
static void apply(double *image, const mc_model_state *s, const double *x) {
  const quadratic *d = s->data;
  size_t m = s->rows[0], n = s->columns[0];
  muon_matrix_gemm_nn(image, n, 1, d->a, m, x, n, 0, d->work, m, n, m);
}

/* gradient := A (W - W*) */
static void differentiate(mc_model_state *s) {
  const quadratic *d = s->data;
  size_t m = s->rows[0], n = s->columns[0];
  muon_matrix_copy(d->difference, n, s->value[0], n, m, n);
  muon_matrix_axpy(d->difference, n, -1, d->centre, n, m, n);
  apply(s->gradient[0], s, d->difference);
}

static double loss(mc_model_state *s) {
  const quadratic *d = s->data;
  differentiate(s);
  return mc_linear_inner(d->difference, s->gradient[0], s->rows[0] * s->columns[0]) / 2;
}

static double curvature(mc_model_state *s, const double *x) {
  const quadratic *d = s->data;
  apply(d->image, s, x);
  return mc_linear_inner(x, d->image, s->rows[0] * s->columns[0]);
}

static size_t name(const mc_model_state *s, char (*names)[32]) {
  (void)s;
  (void)names;
  return 0;
}

static void observe(mc_model_state *s, double *cells) {
  (void)s;
  (void)cells;
}

const mc_model mc_model_quadratic = {
    {"quadratic", "a strongly convex quadratic with a controlled spectrum", parameters, "min_spiked(1e-3, 10)"},
    setup,
    clear,
    differentiate,
    loss,
    curvature,
    NULL,
    name,
    observe,
    NULL};
