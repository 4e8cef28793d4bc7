/* The loop of a simulation: gradient, observation, step. */
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const mc_model *const models[] = {&mc_model_saddle,        &mc_model_quadratic,
                                         &mc_model_factorisation, &mc_model_symmetric_factorisation,
                                         &mc_model_attention,     &mc_model_noisy_sign};
enum { MODELS = sizeof models / sizeof models[0] };

const mc_dynamics_model *mc_dynamics_model_get(size_t i) {
  return i < MODELS ? &models[i]->model : NULL;
}

static const mc_model *find(const char *name) {
  for (size_t i = 0; i < MODELS; i++)
    if (!strcmp(models[i]->model.name, name))
      return models[i];
  return NULL;
}

const mc_dynamics_model *mc_dynamics_model_find(const char *name) {
  const mc_model *model = find(name);
  return model ? &model->model : NULL;
}

size_t mc_dynamics_parameter_count(const mc_dynamics_model *model) {
  size_t count = 0;
  while (model->parameters[count].name)
    count++;
  return count;
}

void mc_dynamics_table_clear(mc_dynamics_table *t) {
  mc_free(t->names);
  mc_free(t->cells);
  *t = (mc_dynamics_table){0};
}

static mc_status new_table(mc_dynamics_table *t, size_t rows, size_t columns, mc_error *e) {
  *t = (mc_dynamics_table){.rows = rows, .columns = columns};
  t->names = mc_alloc(columns, sizeof *t->names);
  t->cells = mc_alloc(rows * columns, sizeof *t->cells);
  return t->names && t->cells ? MC_OK
                              : mc_fail(e, MC_NO_MEMORY, "no memory for a table of %zu x %zu numbers", rows, columns);
}

/* ---- Setting up ---- */

/* A model at work: what it was asked, its state and its optimizer. */
typedef struct {
  const mc_model *model;
  double settings[32];
  mc_matgen_family spectrum;
  mc_model_state state;
  mc_optimizer_state *optimizer;
} simulation;

static mc_status take_values(simulation *x, const mc_dynamics_experiment *wish, mc_error *e) {
  const mc_dynamics_parameter *p = x->model->model.parameters;
  for (size_t i = 0; p[i].name; i++) {
    double value = wish->values ? wish->values[i] : p[i].value;
    if (!(value >= p[i].least && value <= p[i].greatest))
      return mc_fail(e, MC_BAD_INPUT, "%s: %s is %g, and lies between %g and %g", x->model->model.name, p[i].name,
                     value, p[i].least, p[i].greatest);
    x->settings[i] = value;
  }
  return MC_OK;
}

static mc_status take_spectrum(simulation *x, const mc_dynamics_experiment *wish, mc_error *e) {
  x->spectrum = wish->spectrum;
  if (!x->model->model.spectrum)
    return wish->spectrum.name[0] ? mc_fail(e, MC_BAD_INPUT, "%s has no spectrum", x->model->model.name) : MC_OK;
  if (!wish->spectrum.name[0])
    return mc_matgen_family_parse(&x->spectrum, x->model->model.spectrum, e);
  return mc_matgen_family_check(&x->spectrum, e);
}

static mc_status check_optimizer(const mc_optimizer *o, const mc_model *model, mc_error *e) {
  bool searches = o->kind == MC_OPTIMIZER_LINE_SEARCH || o->kind == MC_OPTIMIZER_GREEDY;
  if (o->kind >= MC_OPTIMIZERS || o->rate_count == 0 || o->rate_count > MC_OPTIMIZER_RATES)
    return mc_fail(e, MC_BAD_INPUT, "there is no such optimizer");
  return searches && !model->curvature ? mc_fail(e, MC_BAD_INPUT, "%s needs a quadratic model; %s is none",
                                                 mc_optimizer_name(o->kind), model->model.name)
                                       : MC_OK;
}

static mc_status begin(simulation *x, const mc_dynamics_experiment *wish, mc_error *e) {
  *x = (simulation){.model = wish->model ? find(wish->model->name) : NULL};
  if (!x->model)
    return mc_fail(e, MC_BAD_INPUT, "there is no such model");
  mc_status status = take_values(x, wish, e);
  if (status == MC_OK)
    status = take_spectrum(x, wish, e);
  if (status == MC_OK)
    status = check_optimizer(&wish->optimizer, x->model, e);
  if (status != MC_OK)
    return status;
  x->state.settings = x->settings;
  x->state.spectrum = &x->spectrum;
  x->state.rate = NAN;
  mc_random_init(&x->state.random, wish->seed, mc_random_stream_of(x->model->model.name), 0);
  status = x->model->setup(&x->state, e);
  return status == MC_OK ? mc_optimizer_new(&x->optimizer, &wish->optimizer, &x->state, e) : status;
}

static void end(simulation *x) {
  mc_optimizer_free(x->optimizer);
  if (x->model)
    x->model->clear(&x->state);
}

static mc_status advance(simulation *x, mc_error *e) {
  mc_status status = mc_optimizer_step(x->optimizer, x->model, &x->state, e);
  if (status == MC_OK && x->model->disturb)
    x->model->disturb(&x->state, x->state.rate);
  return status;
}

/* ---- Trajectories ---- */

static void fill_row(simulation *x, double *row, size_t t) {
  row[0] = (double)t;
  row[1] = x->model->loss(&x->state);
  x->model->differentiate(&x->state);
  x->model->observe(&x->state, row + 2);
}

mc_status mc_dynamics_simulate_approx(mc_dynamics_table *t, const mc_dynamics_experiment *wish, mc_error *e) {
  simulation x;
  char names[MC_MODEL_COLUMNS][32];
  size_t every = wish->every ? wish->every : 1;
  *t = (mc_dynamics_table){0};
  mc_status status = begin(&x, wish, e);
  if (status == MC_OK)
    status = new_table(t, wish->steps / every + 1, 2 + x.model->name(&x.state, names), e);
  if (status == MC_OK) {
    snprintf(t->names[0], sizeof *t->names, "step");
    snprintf(t->names[1], sizeof *t->names, "loss");
    for (size_t i = 2; i < t->columns; i++)
      memcpy(t->names[i], names[i - 2], sizeof *t->names);
    fill_row(&x, t->cells, 0);
  }
  for (size_t k = 1; k <= wish->steps && status == MC_OK; k++) {
    status = mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted at step %zu", k) : advance(&x, e);
    if (status == MC_OK && k % every == 0)
      fill_row(&x, t->cells + k / every * t->columns, k);
    else if (status == MC_OK)
      x.model->differentiate(&x.state);
  }
  end(&x);
  if (status != MC_OK)
    mc_dynamics_table_clear(t);
  return status;
}

/* ---- Landscapes ---- */

static void scale_to(double *d, double norm, size_t count) {
  double now = sqrt(mc_linear_inner(d, d, count));
  for (size_t i = 0; i < count; i++)
    d[i] *= norm / now;
}

/* d1: the model's direction or the gradient's; d2: Gaussian, orthogonal to it; both of norm radius. */
static void choose_directions(double *d1, double *d2, simulation *x, double radius, size_t count) {
  x->model->differentiate(&x->state);
  if (x->model->direct)
    x->model->direct(&x->state, d1);
  else
    memcpy(d1, x->state.gradient[0], count * sizeof *d1);
  scale_to(d1, 1, count);
  for (size_t i = 0; i < count; i++)
    d2[i] = mc_matgen_normal(&x->state.random);
  double part = mc_linear_inner(d1, d2, count);
  for (size_t i = 0; i < count; i++)
    d2[i] -= part * d1[i];
  scale_to(d2, radius, count);
  scale_to(d1, radius, count);
}

static void fill_landscape(mc_dynamics_table *t, simulation *x, const double *start, const double *d1, const double *d2,
                           size_t grid, size_t count) {
  for (size_t i = 0; i < grid * grid; i++) {
    double *row = t->cells + 3 * i, *w = x->state.value[0];
    row[0] = grid > 1 ? 2.0 * (double)(i % grid) / (double)(grid - 1) - 1 : 0;
    row[1] = grid > 1 ? 2.0 * (double)(i / grid) / (double)(grid - 1) - 1 : 0;
    for (size_t k = 0; k < count; k++)
      w[k] = start[k] + row[0] * d1[k] + row[1] * d2[k];
    row[2] = x->model->loss(&x->state);
  }
}

mc_status mc_dynamics_landscape_approx(mc_dynamics_table *t, const mc_dynamics_experiment *wish, size_t grid,
                                       double radius, mc_error *e) {
  static const char *const names[] = {"x", "y", "loss"};
  simulation x;
  double *start = NULL;
  *t = (mc_dynamics_table){0};
  mc_status status = begin(&x, wish, e);
  for (size_t k = 0; k < wish->steps && status == MC_OK; k++) {
    x.model->differentiate(&x.state);
    status = advance(&x, e);
  }
  size_t count = x.state.rows[0] * x.state.columns[0];
  if (status == MC_OK)
    status = new_table(t, grid * grid, 3, e);
  if (status == MC_OK && !(start = mc_alloc(3 * count, sizeof *start)))
    status = mc_fail(e, MC_NO_MEMORY, "no memory for the directions of a landscape");
  if (status == MC_OK) {
    for (size_t i = 0; i < 3; i++)
      snprintf(t->names[i], sizeof *t->names, "%s", names[i]);
    memcpy(start, x.state.value[0], count * sizeof *start);
    choose_directions(start + count, start + 2 * count, &x, radius, count);
    fill_landscape(t, &x, start, start + count, start + 2 * count, grid, count);
  }
  mc_free(start);
  end(&x);
  if (status != MC_OK)
    mc_dynamics_table_clear(t);
  return status;
}
