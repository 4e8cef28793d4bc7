/* In-context learning with linear attention (papers.md S2.T3): L(W) = E(x^T W S w - x^T w)^2/2 with S = sum x_i
 * x_i^T/N over N examples, x ~ N(0, Sigma), w ~ N(0, I).  grad L = Sigma (W A - Sigma), A = E S^2 = (1 + 1/N) Sigma^2
 * + (tr Sigma/N) Sigma, and L = <W, Sigma W A>/2 - <W, Sigma^2> + tr(Sigma)/2.  Starts at W = 0. */
#include "model.h"

#include <math.h>
#include <stdio.h>

#include "../ref/ref.h"

static const mc_dynamics_parameter parameters[] = {{"dimension", "of the inputs x", 12, 1, 1024, NULL},
                                                   {"examples", "N, in each context", 40, 1, 1e9, NULL},
                                                   {NULL, NULL, 0, 0, 0, NULL}};
enum { DIMENSION, EXAMPLES };

typedef struct {
  double *sigma, *second, *inner, *work, *optimum; /* Sigma, A, W A - Sigma, scratch, W* */
  double trace;
} attention;

/* Sigma, A and the optimum from the eigenvalues; one Haar basis, drawn again from the same state of the stream. */
static mc_status draw_model(attention *d, const double *values, double *image, size_t n, double examples, mc_random *r,
                            mc_error *e) {
  const mc_random start = *r;
  mc_status status = mc_linear_draw_symmetric(d->sigma, values, n, r, e);
  for (size_t i = 0; i < n; i++)
    d->trace += values[i];
  for (size_t i = 0; i < n; i++)
    image[i] = (1 + 1 / examples) * values[i] * values[i] + d->trace / examples * values[i];
  *r = start;
  if (status == MC_OK)
    status = mc_linear_draw_symmetric(d->second, image, n, r, e);
  for (size_t i = 0; i < n; i++)
    image[i] = 1 / ((1 + 1 / examples) * values[i] + d->trace / examples);
  *r = start;
  return status == MC_OK ? mc_linear_draw_symmetric(d->optimum, image, n, r, e) : status;
}

static mc_status setup(mc_model_state *s, mc_error *e) {
  size_t n = (size_t)s->settings[DIMENSION], count = n * n;
  double *more;
  mc_status status = mc_linear_begin(s, &more, 5 * count + 2 * n, n, n, sizeof(attention), e);
  if (status != MC_OK)
    return status;
  attention *d = s->data;
  d->sigma = more;
  d->second = d->sigma + count;
  d->inner = d->second + count;
  d->work = d->inner + count;
  d->optimum = d->work + count;
  double *values = d->optimum + count;
  status = mc_matgen_spectrum(values, n, s->spectrum, &s->random, e);
  return status == MC_OK ? draw_model(d, values, values + n, n, s->settings[EXAMPLES], &s->random, e) : status;
}

static void clear(mc_model_state *s) {
  mc_free(s->value[0]);
  mc_free(s->data);
}

static void differentiate(mc_model_state *s) {
  attention *d = s->data;
  size_t n = s->rows[0];
  muon_matrix_gemm_nn(d->inner, n, 1, s->value[0], n, d->second, n, 0, d->work, n, n, n);
  muon_matrix_axpy(d->inner, n, -1, d->sigma, n, n, n);
  muon_matrix_gemm_nn(s->gradient[0], n, 1, d->sigma, n, d->inner, n, 0, d->work, n, n, n);
}

/* <W, grad L - Sigma^2>/2 + tr(Sigma)/2, with <W, Sigma^2> = <Sigma W, Sigma>. */
static double loss(mc_model_state *s) {
  attention *d = s->data;
  size_t n = s->rows[0];
  differentiate(s);
  double quadratic = mc_linear_inner(s->value[0], s->gradient[0], n * n);
  muon_matrix_gemm_nn(d->inner, n, 1, d->sigma, n, s->value[0], n, 0, d->work, n, n, n);
  return (quadratic - mc_linear_inner(d->inner, d->sigma, n * n) + d->trace) / 2;
}

/* <D, Sigma D A> */
static double curvature(mc_model_state *s, const double *x) {
  attention *d = s->data;
  size_t n = s->rows[0];
  double *image = mc_alloc(n * n, sizeof *image), sum = NAN;
  if (image) {
    muon_matrix_gemm_nn(d->inner, n, 1, x, n, d->second, n, 0, d->work, n, n, n);
    muon_matrix_gemm_nn(image, n, 1, d->sigma, n, d->inner, n, 0, d->work, n, n, n);
    sum = mc_linear_inner(x, image, n * n);
  }
  mc_free(image);
  return sum;
}

static size_t name(const mc_model_state *s, char (*names)[32]) {
  (void)s;
  snprintf(names[0], 32, "distance");
  return 1;
}

/* ||W - W*||_F */
static void observe(mc_model_state *s, double *cells) {
  const attention *d = s->data;
  double sum = 0;
  for (size_t i = 0; i < s->rows[0] * s->rows[0]; i++)
    sum += (s->value[0][i] - d->optimum[i]) * (s->value[0][i] - d->optimum[i]);
  cells[0] = sqrt(sum);
}

const mc_model mc_model_attention = {
    {"linear-attention", "in-context learning of linear maps with linear attention", parameters, "log_spaced(1e-2, 1)"},
    setup,
    clear,
    differentiate,
    loss,
    curvature,
    NULL,
    name,
    observe,
    NULL};
