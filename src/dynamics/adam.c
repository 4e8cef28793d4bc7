#include "adam.h"

mc_status mc_adam_course_init(mc_adam_course *x, muon_adam_settings settings, size_t m, size_t n, slong precision,
                              mc_error *e) {
  *x = (mc_adam_course){.m = m, .n = n, .precision = precision, .settings = settings};
  x->settings.beta1_power = x->settings.beta2_power = 1;
  x->mean = mc_alloc(2 * m * n, sizeof *x->mean);
  if (!x->mean)
    return mc_fail(e, MC_NO_MEMORY, "no memory for the moments of a %zu x %zu matrix", m, n);
  x->square = x->mean + m * n;
  arb_mat_init(x->exact_mean, (slong)m, (slong)n);
  arb_mat_init(x->exact_square, (slong)m, (slong)n);
  arb_init(x->weight1);
  arb_init(x->weight2);
  arb_init(x->left1);
  arb_init(x->left2);
  arb_set_d(x->weight1, settings.beta1);
  arb_set_d(x->weight2, settings.beta2);
  return MC_OK;
}

void mc_adam_course_clear(mc_adam_course *x) {
  if (!x->mean)
    return;
  mc_free(x->mean);
  arb_mat_clear(x->exact_mean);
  arb_mat_clear(x->exact_square);
  arb_clear(x->weight1);
  arb_clear(x->weight2);
  arb_clear(x->left1);
  arb_clear(x->left2);
  *x = (mc_adam_course){0};
}

/* moment := beta moment + (1 - beta) x */
static void average(arb_t moment, const arb_t beta, const arb_t x, slong precision) {
  arb_t rest;
  arb_init(rest);
  arb_sub_ui(rest, beta, 1, precision);
  arb_mul(moment, moment, beta, precision);
  arb_submul(moment, rest, x, precision);
  arb_clear(rest);
}

/* 1 - beta^t from 1 - beta^(t-1), as the average of ones, without cancellation. */
static void raise_left(arb_t left, const arb_t beta, slong precision) {
  arb_t one;
  arb_init(one);
  arb_one(one);
  average(left, beta, one, precision);
  arb_clear(one);
}

static void enclose_direction(arb_mat_t direction, mc_adam_course *x, const double *g) {
  const slong p = x->precision;
  arb_t gradient, root, eps;
  arb_init(gradient);
  arb_init(root);
  arb_init(eps);
  arb_set_d(eps, x->settings.eps);
  raise_left(x->left1, x->weight1, p);
  raise_left(x->left2, x->weight2, p);
  for (slong i = 0; i < (slong)x->m; i++)
    for (slong j = 0; j < (slong)x->n; j++) {
      arb_ptr mean = arb_mat_entry(x->exact_mean, i, j), square = arb_mat_entry(x->exact_square, i, j);
      arb_set_d(gradient, g[i * (slong)x->n + j]);
      average(mean, x->weight1, gradient, p);
      arb_mul(gradient, gradient, gradient, p);
      average(square, x->weight2, gradient, p);
      arb_div(root, square, x->left2, p);
      arb_sqrt(root, root, p);
      arb_add(root, root, eps, p);
      arb_mul(root, root, x->left1, p);
      arb_div(arb_mat_entry(direction, i, j), mean, root, p);
    }
  arb_clear(gradient);
  arb_clear(root);
  arb_clear(eps);
}

void mc_adam_course_step(double *w, arb_mat_t direction, mc_adam_course *x, const double *g) {
  x->settings.beta1_power *= x->settings.beta1;
  x->settings.beta2_power *= x->settings.beta2;
  muon_adam_step(w, x->n, x->mean, x->n, x->square, x->n, x->settings, g, x->n, x->m, x->n);
  enclose_direction(direction, x, g);
}
