/* Emulated kernels behind the ABI of muoncert_kernel.h. */
#include <math.h>

#include "runner.h"

/* The inverse of what frame.c does: coefficients come back as the doubles that they were rounded to. */
static mc_status read_problem(mc_kernel_model *model, const muoncert_problem *p, mc_kernel_rounding rounding) {
  static const mc_dtype dtypes[] = {[MUONCERT_FLOAT16] = MC_DTYPE_FLOAT16,
                                    [MUONCERT_BFLOAT16] = MC_DTYPE_BFLOAT16,
                                    [MUONCERT_FLOAT32] = MC_DTYPE_FLOAT32,
                                    [MUONCERT_FLOAT64] = MC_DTYPE_FLOAT64};
  static const mc_norm_kind norms[] = {[MUONCERT_NORM_NONE] = MC_NORM_NONE,
                                       [MUONCERT_NORM_ADD] = MC_NORM_FROBENIUS_ADD,
                                       [MUONCERT_NORM_CLAMP] = MC_NORM_FROBENIUS_CLAMP};
  mc_text text;
  mc_text_init(&text);
  for (size_t k = 0; k < p->steps; k++)
    mc_text_printf(&text, "%s%a,%a,%a", k ? "; " : "", p->schedule[k].a, p->schedule[k].b, p->schedule[k].c);
  mc_status s = text.failed ? MC_NO_MEMORY : MC_OK;
  if (s == MC_OK && p->steps > 0)
    s = mc_schedule_set_text(&model->schedule, text.data, NULL);
  mc_text_clear(&text);
  model->storage = dtypes[p->dtype];
  model->rounding = rounding;
  model->normalisation.kind = norms[p->normalisation];
  mc_ball_fmpq_set_double(model->normalisation.eps, p->eps);
  mc_ball_fmpq_set_double(model->normalisation.safety, p->safety);
  return s;
}

/* g := the k-th input, or the k-th output := x. */
static void decode(double *g, const muoncert_orthogonalise *call, size_t k, mc_dtype d) {
  const muoncert_input *from = &call->g;
  for (size_t i = 0; i < call->problem.m; i++)
    for (size_t j = 0; j < call->problem.n; j++) {
      size_t element = k * from->batch_stride + i * from->row_stride + j;
      g[i * call->problem.n + j] =
          mc_kernel_element_get((const unsigned char *)from->data + element * mc_dtype_size(d), d);
    }
}

static void encode(const muoncert_orthogonalise *call, size_t k, const double *x, mc_dtype d) {
  const muoncert_output *to = &call->x;
  for (size_t i = 0; i < call->problem.m; i++)
    for (size_t j = 0; j < call->problem.n; j++) {
      size_t element = k * to->batch_stride + i * to->row_stride + j;
      mc_kernel_element_put((unsigned char *)to->data + element * mc_dtype_size(d), d, x[i * call->problem.n + j]);
    }
}

mc_status mc_kernel_emulate_plainly(double *x, const void *unused, const mc_kernel_model *model, const double *g,
                                    size_t m, size_t n) {
  (void)unused;
  return mc_kernel_emulate(x, model, g, m, n, NULL, NULL);
}

int mc_kernel_emulate_call(const muoncert_orthogonalise *call, mc_kernel_rounding rounding, mc_kernel_emulator *run,
                           const void *context) {
  size_t m = call->problem.m, n = call->problem.n;
  double *g = mc_alloc(2 * m * n, sizeof *g);
  mc_kernel_model model;
  mc_kernel_model_init(&model);
  mc_status s = g ? read_problem(&model, &call->problem, rounding) : MC_NO_MEMORY;
  for (size_t k = 0; k < call->problem.count && s == MC_OK; k++) {
    decode(g, call, k, model.storage);
    s = run(g + m * n, context, &model, g, m, n);
    if (s == MC_OK)
      encode(call, k, g + m * n, model.storage);
  }
  mc_kernel_model_clear(&model);
  mc_free(g);
  return s == MC_OK ? 0 : (int)s;
}

/* ---- Steps ---- */

/* Storage for one step: all m by n. */
typedef struct {
  double *weights, *buffer, *gradient, *image;
} step_room;

static void take(double *to, const muoncert_input *from, const muoncert_problem *p, size_t k, mc_dtype d) {
  muoncert_orthogonalise view = {.problem = *p, .g = *from};
  decode(to, &view, k, d);
}

static void give(const muoncert_output *to, const double *from, const muoncert_problem *p, size_t k, mc_dtype d) {
  muoncert_orthogonalise view = {.problem = *p, .x = *to};
  encode(&view, k, from, d);
}

/* a x + b y with every operation rounded. */
static double combine(mc_dtype d, double a, double x, double b, double y) {
  return mc_dtype_round(d, mc_dtype_round(d, a * x) + mc_dtype_round(d, b * y));
}

double mc_kernel_update_scale(uint32_t scaling, size_t m, size_t n) {
  double rows = (double)m, columns = (double)n, longest = fmax(rows, columns);
  return scaling == MUONCERT_SCALE_RECTANGULAR ? sqrt(fmax(1, rows / columns))
         : scaling == MUONCERT_SCALE_RMS       ? 0.2 * sqrt(longest)
         : scaling == MUONCERT_SCALE_SPECTRAL  ? sqrt(longest)
         : scaling == MUONCERT_SCALE_UNIT_RMS  ? sqrt(rows / columns)
                                               : 1;
}

static mc_status run_step(step_room *r, const muoncert_step *call, const mc_kernel_model *model) {
  const muoncert_problem *p = &call->problem;
  mc_dtype d = model->storage;
  double momentum = mc_dtype_round(d, call->momentum);
  double weight = call->momentum_weight == MUONCERT_MOMENTUM_SUM ? 1 : mc_dtype_round(d, 1 - call->momentum);
  double kept = mc_dtype_round(d, 1 - call->learning_rate * call->weight_decay);
  double factor = mc_dtype_round(d, call->learning_rate * mc_kernel_update_scale(call->scaling, p->m, p->n));
  for (size_t i = 0; i < p->m * p->n; i++) {
    r->buffer[i] = combine(d, momentum, r->buffer[i], weight, r->gradient[i]);
    r->gradient[i] = call->nesterov ? combine(d, momentum, r->buffer[i], weight, r->gradient[i]) : r->buffer[i];
  }
  mc_status s = mc_kernel_emulate(r->image, model, r->gradient, p->m, p->n, NULL, NULL);
  for (size_t i = 0; i < p->m * p->n && s == MC_OK; i++)
    r->weights[i] = combine(d, kept, r->weights[i], -factor, r->image[i]);
  return s;
}

int mc_kernel_emulate_step_call(const muoncert_step *call, mc_kernel_rounding rounding) {
  const muoncert_problem *p = &call->problem;
  size_t size = p->m * p->n;
  double *all = mc_alloc(4 * size, sizeof *all);
  step_room r = {all, all + size, all + 2 * size, all + 3 * size};
  mc_kernel_model model;
  mc_kernel_model_init(&model);
  mc_status s = all ? read_problem(&model, p, rounding) : MC_NO_MEMORY;
  for (size_t k = 0; k < p->count && s == MC_OK; k++) {
    take(r.weights, &call->weights, p, k, model.storage);
    take(r.buffer, &call->buffer, p, k, model.storage);
    take(r.gradient, &call->gradient, p, k, model.storage);
    s = run_step(&r, call, &model);
    give(&call->weights_after, r.weights, p, k, model.storage);
    give(&call->buffer_after, r.buffer, p, k, model.storage);
  }
  mc_kernel_model_clear(&model);
  mc_free(all);
  return s == MC_OK ? 0 : (int)s;
}
