#include "figure.h"

#include <math.h>
#include <string.h>

json_t *mc_figure_panel(json_t *panels, const char *title, const char *x, const char *y, unsigned flags) {
  static const char *const kinds[] = {"lines", "points", "map"};
  json_t *panel = json_pack("{s:s s:s s:s s:s s:b s:b s:[]}", "title", title, "x", x, "y", y, "kind", kinds[flags & 3],
                            "log_x", (flags & MC_PANEL_LOG_X) != 0, "log_y", (flags & MC_PANEL_LOG_Y) != 0, "series");
  json_array_append_new(panels, panel);
  return panel;
}

static json_t *numbers(const double *x, size_t count, size_t stride) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(list, isfinite(x[i * stride]) ? json_real(x[i * stride]) : json_null());
  return list;
}

void mc_figure_series(json_t *panel, const char *label, const double *x, const double *y, size_t count) {
  json_array_append_new(json_object_get(panel, "series"), json_pack("{s:s s:o s:o}", "label", label, "x",
                                                                    numbers(x, count, 1), "y", numbers(y, count, 1)));
}

void mc_figure_map(json_t *panel, const char *label, const mc_dynamics_table *t) {
  json_array_append_new(json_object_get(panel, "series"),
                        json_pack("{s:s s:o s:o s:o}", "label", label, "x", numbers(t->cells, t->rows, t->columns), "y",
                                  numbers(t->cells + 1, t->rows, t->columns), "z",
                                  numbers(t->cells + 2, t->rows, t->columns)));
}

static size_t find_column(const mc_dynamics_table *t, const char *column) {
  size_t k = 0;
  while (k < t->columns && strcmp(t->names[k], column) != 0)
    k++;
  return k;
}

void mc_figure_column(json_t *panel, const char *label, const mc_dynamics_table *t, const char *column) {
  size_t k = find_column(t, column);
  if (k < t->columns)
    json_array_append_new(json_object_get(panel, "series"),
                          json_pack("{s:s s:o s:o}", "label", label, "x", numbers(t->cells, t->rows, t->columns), "y",
                                    numbers(t->cells + k, t->rows, t->columns)));
}

double *mc_figure_cells(const mc_dynamics_table *t, const char *column) {
  size_t k = find_column(t, column);
  double *cells = k < t->columns ? mc_alloc(t->rows, sizeof *cells) : NULL;
  for (size_t i = 0; cells && i < t->rows; i++)
    cells[i] = t->cells[i * t->columns + k];
  return cells;
}

void mc_figure_experiment_init(mc_figure_experiment *x, const char *model, mc_optimizer_kind kind, double rate,
                               size_t steps, uint64_t seed) {
  *x = (mc_figure_experiment){
      .x = {.model = mc_dynamics_model_find(model), .optimizer = mc_optimizer_default(), .steps = steps, .seed = seed}};
  for (size_t i = 0; i < mc_dynamics_parameter_count(x->x.model); i++)
    x->values[i] = x->x.model->parameters[i].value;
  x->x.optimizer.kind = kind;
  x->x.optimizer.rates[0] = rate;
}

void mc_figure_set(mc_figure_experiment *x, const char *parameter, double value) {
  const mc_dynamics_parameter *p = x->x.model->parameters;
  for (size_t i = 0; p[i].name; i++)
    if (strcmp(p[i].name, parameter) == 0)
      x->values[i] = value;
}

void mc_figure_spectrum(mc_figure_experiment *x, const char *family) {
  mc_matgen_family_parse(&x->x.spectrum, family, NULL);
}

mc_status mc_figure_run(mc_dynamics_table *t, mc_figure_experiment *x, const mc_run_options *options, mc_error *e) {
  x->x.values = x->values;
  mc_status status = mc_dynamics_simulate_approx(t, &x->x, e);
  mc_progress_add(options->progress, 1);
  return status;
}
