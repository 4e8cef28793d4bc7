/* One step of each optimizer: calls into src/ref, but for the polar factor (LAPACK) and Newton–Schulz through the
 * BLAS. */
#include "model.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "../kernel/kernel.h"
#include "../ref/ref.h"

static const char *const names[MC_OPTIMIZERS] = {"gradient", "line-search", "sign",          "adam",
                                                 "adamw",    "muon",        "muon-schedule", "greedy"};

const char *mc_optimizer_name(mc_optimizer_kind kind) {
  return kind < MC_OPTIMIZERS ? names[kind] : NULL;
}

mc_optimizer mc_optimizer_default(void) {
  return (mc_optimizer){.kind = MC_OPTIMIZER_MUON,
                        .rate_count = 1,
                        .rates = {0.02},
                        .decay = 1,
                        .beta1 = 0.9,
                        .beta2 = 0.999,
                        .eps = 1e-8,
                        .schedule = "jordan"};
}

double mc_optimizer_rate(const mc_optimizer *o, size_t t) {
  size_t last = o->rate_count - 1;
  double rate = o->rates[t < last ? t : last];
  for (size_t k = last; k < t && o->decay != 1; k++)
    rate *= o->decay;
  return rate;
}

/* ---- The polar factor ---- */

mc_status mc_dynamics_polar_approx(double *z, const double *g, size_t m, size_t n, mc_error *e) {
  size_t k = m < n ? m : n;
  double *a = mc_alloc(m * n + (m + n) * k + k, sizeof *a);
  if (!a)
    return mc_fail(e, MC_NO_MEMORY, "no memory for the singular vectors of a %zu x %zu matrix", m, n);
  double *u = a + m * n, *vt = u + m * k, *s = vt + k * n;
  memcpy(a, g, m * n * sizeof *a);
  bool finite = true;
  for (size_t i = 0; i < m * n; i++)
    finite = finite && isfinite(g[i]);
  openblas_set_num_threads(1);
  lapack_int failed = !finite ? 1
                              : LAPACKE_dgesdd(LAPACK_ROW_MAJOR, 'S', (lapack_int)m, (lapack_int)n, a, (lapack_int)n, s,
                                               u, (lapack_int)k, vt, (lapack_int)n);
  size_t rank = 0;
  while (!failed && rank < k && s[rank] > (double)(m + n) * DBL_EPSILON * s[0])
    rank++;
  memset(z, 0, m * n * sizeof *z);
  if (!failed && rank > 0)
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)n, (int)rank, 1, u, (int)k, vt, (int)n, 0, z,
                (int)n);
  mc_free(a);
  return failed ? mc_fail(e, MC_UNDECIDED, finite ? "LAPACK's SVD failed" : "the gradient is not finite") : MC_OK;
}

/* ---- State ---- */

struct mc_optimizer_state {
  mc_optimizer settings;
  muon_settings muon;
  mc_kernel_model kernel;
  muon_coefficients *coefficients;
  struct {
    double *buffer, *second, *direction, *factor, *work;
  } of[2]; /* one for each parameter; buffer owns the memory */
  double beta1_power, beta2_power;
};

static muon_settings muon_settings_of(const mc_optimizer *o) {
  return (muon_settings){.weight_decay = o->weight_decay,
                         .momentum = o->momentum,
                         .weight = o->sum ? MUON_MOMENTUM_SUM : MUON_MOMENTUM_AVERAGE,
                         .nesterov = o->nesterov,
                         .normalisation = MUON_NORMALISE_ADD,
                         .scaling = MUON_SCALE_NONE};
}

static mc_status load_schedule(mc_optimizer_state *o, mc_error *e) {
  mc_schedule *schedule = &o->kernel.schedule;
  mc_status status = mc_schedule_set_name(schedule, o->settings.schedule, e);
  if (status == MC_OK)
    status = mc_schedule_resize(schedule, o->settings.schedule_steps, e);
  if (status != MC_OK)
    return status;
  mc_schedule_round(schedule, MC_COEFFICIENTS_FLOAT64);
  o->coefficients = mc_alloc(schedule->count, sizeof *o->coefficients);
  if (!o->coefficients)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t k = 0; k < schedule->count; k++) {
    double c[3] = {0};
    if (schedule->steps[k].terms > 3)
      return mc_fail(e, MC_BAD_INPUT, "step %zu of the schedule is of degree above 5", k + 1);
    for (slong j = 0; j < schedule->steps[k].terms; j++)
      c[j] = fmpq_get_d(schedule->steps[k].c + j);
    o->coefficients[k] = (muon_coefficients){c[0], c[1], c[2]};
  }
  return MC_OK;
}

static mc_status new_buffers(mc_optimizer_state *o, const mc_model_state *s, mc_error *e) {
  for (size_t i = 0; i < s->count; i++) {
    size_t count = s->rows[i] * s->columns[i];
    o->of[i].buffer = mc_alloc(4 * count + muon_step_workspace(s->rows[i], s->columns[i]), sizeof(double));
    if (!o->of[i].buffer)
      return mc_fail(e, MC_NO_MEMORY, "no memory for an optimizer of %zu x %zu matrices", s->rows[i], s->columns[i]);
    o->of[i].second = o->of[i].buffer + count;
    o->of[i].direction = o->of[i].second + count;
    o->of[i].factor = o->of[i].direction + count;
    o->of[i].work = o->of[i].factor + count;
  }
  return MC_OK;
}

mc_status mc_optimizer_new(mc_optimizer_state **out, const mc_optimizer *settings, const mc_model_state *s,
                           mc_error *e) {
  mc_optimizer_state *o = mc_alloc(1, sizeof *o);
  *out = NULL;
  if (!o)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  o->settings = *settings;
  o->muon = muon_settings_of(settings);
  o->beta1_power = o->beta2_power = 1;
  mc_kernel_model_init(&o->kernel);
  mc_normalisation_clear(&o->kernel.normalisation);
  mc_normalisation_init(&o->kernel.normalisation, MC_NORM_FROBENIUS_ADD);
  o->kernel.storage = MC_DTYPE_FLOAT64;
  o->kernel.rounding = MC_ROUNDING_SUMS;
  mc_status status = load_schedule(o, e);
  if (status == MC_OK)
    status = new_buffers(o, s, e);
  if (status == MC_OK)
    *out = o;
  else
    mc_optimizer_free(o);
  return status;
}

void mc_optimizer_free(mc_optimizer_state *o) {
  if (!o)
    return;
  mc_kernel_model_clear(&o->kernel);
  mc_free(o->coefficients);
  mc_free(o->of[0].buffer);
  mc_free(o->of[1].buffer);
  mc_free(o);
}

/* ---- Steps ---- */

/* The optimizers that step along the direction D of momentum: W <- (1 - eta wd) W - eta O, O made from D. */
static mc_status muon_like(mc_optimizer_state *o, mc_model_state *s, size_t i, double rate, mc_error *e) {
  size_t m = s->rows[i], n = s->columns[i];
  double *d = o->of[i].direction, *z = o->of[i].factor;
  muon_settings k = o->muon;
  k.learning_rate = rate;
  if (o->settings.kind == MC_OPTIMIZER_MUON_SCHEDULE && o->settings.reference) {
    muon_step(s->value[i], n, o->of[i].buffer, n, k, s->gradient[i], n, o->coefficients, o->kernel.schedule.count,
              o->of[i].work, m, n);
    return MC_OK;
  }
  muon_direction(d, n, o->of[i].buffer, n, k, s->gradient[i], n, m, n);
  mc_status status = MC_OK;
  if (o->settings.kind == MC_OPTIMIZER_MUON)
    status = mc_dynamics_polar_approx(z, d, m, n, e);
  else if (o->settings.kind == MC_OPTIMIZER_MUON_SCHEDULE)
    status = mc_kernel_emulate(z, &o->kernel, d, m, n, NULL, e);
  else
    z = d;
  if (status == MC_OK)
    muon_update(s->value[i], n, k, z, n, m, n);
  return status;
}

static void adam(mc_optimizer_state *o, mc_model_state *s, size_t i, double rate) {
  size_t m = s->rows[i], n = s->columns[i];
  const muon_adam_settings k = {rate,           o->settings.beta1, o->settings.beta2,
                                o->beta1_power, o->beta2_power,    o->settings.eps};
  if (o->settings.kind == MC_OPTIMIZER_ADAMW)
    muon_adamw_step(s->value[i], n, o->of[i].buffer, n, o->of[i].second, n, k, o->settings.weight_decay, s->gradient[i],
                    n, m, n);
  else
    muon_adam_step(s->value[i], n, o->of[i].buffer, n, o->of[i].second, n, k, s->gradient[i], n, m, n);
}

/* The decrease <D, G>^2/(2 <D, A D>) of a quadratic model along D, and the step <D, G>/<D, A D> that attains it. */
static double line_search(double *rate, const mc_model *model, mc_model_state *s, const double *d) {
  double slope = mc_linear_inner(d, s->gradient[0], s->rows[0] * s->columns[0]), curvature = model->curvature(s, d);
  *rate = curvature > 0 ? slope / curvature : 0;
  return slope * *rate / 2;
}

static mc_status searched(mc_optimizer_state *o, const mc_model *model, mc_model_state *s, mc_error *e) {
  size_t m = s->rows[0], n = s->columns[0];
  double rate, polar_rate, *z = o->of[0].factor;
  const double *d = s->gradient[0];
  double decrease = line_search(&rate, model, s, d);
  if (o->settings.kind == MC_OPTIMIZER_GREEDY) {
    mc_status status = mc_dynamics_polar_approx(z, d, m, n, e);
    if (status != MC_OK)
      return status;
    if (line_search(&polar_rate, model, s, z) > decrease) {
      d = z;
      rate = polar_rate;
    }
  }
  muon_gradient_step(s->value[0], n, rate, d, n, m, n);
  return MC_OK;
}

mc_status mc_optimizer_step(mc_optimizer_state *o, const mc_model *model, mc_model_state *s, mc_error *e) {
  double rate = mc_optimizer_rate(&o->settings, s->step);
  mc_status status = MC_OK;
  o->beta1_power *= o->settings.beta1;
  o->beta2_power *= o->settings.beta2;
  for (size_t i = 0; i < s->count && status == MC_OK; i++)
    switch (o->settings.kind) {
    case MC_OPTIMIZER_LINE_SEARCH:
    case MC_OPTIMIZER_GREEDY:
      status = searched(o, model, s, e);
      break;
    case MC_OPTIMIZER_SIGN:
      muon_sign_step(s->value[i], s->columns[i], rate, s->gradient[i], s->columns[i], s->rows[i], s->columns[i]);
      break;
    case MC_OPTIMIZER_ADAM:
    case MC_OPTIMIZER_ADAMW:
      adam(o, s, i, rate);
      break;
    default:
      status = muon_like(o, s, i, rate, e);
    }
  s->step++;
  s->rate = rate;
  return status;
}
