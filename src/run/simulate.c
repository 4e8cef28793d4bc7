/* `muoncert simulate`: approximate trajectories of models under optimizers, and the figures of the papers. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"

/* ---- Settings ---- */

static mc_status unknown_model(const char *name, mc_error *e) {
  mc_text known;
  mc_text_init(&known);
  for (size_t i = 0; mc_dynamics_model_get(i); i++)
    mc_text_printf(&known, "%s%s", i ? ", " : "", mc_dynamics_model_get(i)->name);
  mc_fail(e, MC_BAD_INPUT, "there is no model '%s'; there are %s", name, known.failed ? "others" : known.data);
  mc_text_clear(&known);
  return MC_BAD_INPUT;
}

static mc_status read_number(double *x, const mc_run_setting *s, mc_error *e) {
  char *end;
  errno = 0;
  *x = strtod(s->value, &end);
  return end > s->value && *end == '\0' && isfinite(*x)
             ? MC_OK
             : mc_fail(e, MC_BAD_INPUT, "--%s: '%s' is not a number", s->name, s->value);
}

static mc_status read_count(size_t *x, const mc_run_setting *s, double most, mc_error *e) {
  double value;
  mc_status status = read_number(&value, s, e);
  if (status == MC_OK && !(value >= 0 && value <= most && value == floor(value)))
    status = mc_fail(e, MC_BAD_INPUT, "--%s: '%s' is not a whole number from 0 to %g", s->name, s->value, most);
  if (status == MC_OK)
    *x = (size_t)value;
  return status;
}

static mc_status read_choice(double *x, const mc_run_setting *s, const char *const *choices, mc_error *e) {
  mc_text known;
  mc_text_init(&known);
  for (size_t i = 0; choices[i]; i++) {
    if (strcmp(choices[i], s->value) == 0) {
      *x = (double)i;
      mc_text_clear(&known);
      return MC_OK;
    }
    mc_text_printf(&known, "%s%s", i ? ", " : "", choices[i]);
  }
  mc_fail(e, MC_BAD_INPUT, "--%s: '%s' is none of %s", s->name, s->value, known.failed ? "the choices" : known.data);
  mc_text_clear(&known);
  return MC_BAD_INPUT;
}

/* "0.02", or the rates of the first steps: "1e-4,1,0.5". */
static mc_status read_rates(mc_optimizer *o, const mc_run_setting *s, mc_error *e) {
  const char *text = s->value;
  for (o->rate_count = 0; o->rate_count < MC_OPTIMIZER_RATES; text++) {
    char *end;
    o->rates[o->rate_count++] = strtod(text, &end);
    if (end == text || !isfinite(o->rates[o->rate_count - 1]) || (*end != ',' && *end != '\0'))
      break;
    if (*end == '\0')
      return MC_OK;
    text = end;
  }
  return mc_fail(e, MC_BAD_INPUT, "--%s: '%s' is not a list of one to %d numbers", s->name, s->value,
                 MC_OPTIMIZER_RATES);
}

static mc_status read_kind(mc_optimizer_kind *kind, const mc_run_setting *s, mc_error *e) {
  const char *names[MC_OPTIMIZERS + 1] = {NULL};
  double index = 0;
  for (size_t i = 0; i < MC_OPTIMIZERS; i++)
    names[i] = mc_optimizer_name((mc_optimizer_kind)i);
  mc_status status = read_choice(&index, s, names, e);
  *kind = (mc_optimizer_kind)index;
  return status;
}

/* Numbers of the optimizer by the name of their option. */
static double *optimizer_number(mc_optimizer *o, const char *name) {
  const struct {
    const char *name;
    double *value;
  } numbers[] = {{"decay", &o->decay}, {"momentum", &o->momentum}, {"weight-decay", &o->weight_decay},
                 {"beta1", &o->beta1}, {"beta2", &o->beta2},       {"adam-eps", &o->eps}};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    if (strcmp(numbers[i].name, name) == 0)
      return numbers[i].value;
  return NULL;
}

static mc_status read_flag(bool *flag, const mc_run_setting *s, mc_error *e) {
  static const char *const choices[] = {"no", "yes", NULL};
  double x = 0;
  mc_status status = read_choice(&x, s, choices, e);
  *flag = x != 0;
  return status;
}

/* What every model has. */
static mc_status read_common(mc_figure_experiment *x, const mc_run_setting *s, bool *known, mc_error *e) {
  mc_optimizer *o = &x->x.optimizer;
  *known = true;
  if (strcmp(s->name, "optimizer") == 0)
    return read_kind(&o->kind, s, e);
  if (strcmp(s->name, "rate") == 0)
    return read_rates(o, s, e);
  if (strcmp(s->name, "nesterov") == 0)
    return read_flag(&o->nesterov, s, e);
  if (strcmp(s->name, "sum") == 0)
    return read_flag(&o->sum, s, e);
  if (strcmp(s->name, "reference") == 0)
    return read_flag(&o->reference, s, e);
  if (strcmp(s->name, "schedule-steps") == 0)
    return read_count(&o->schedule_steps, s, 1000, e);
  if (strcmp(s->name, "steps") == 0)
    return read_count(&x->x.steps, s, 1e7, e);
  if (strcmp(s->name, "every") == 0)
    return read_count(&x->x.every, s, 1e7, e);
  if (strcmp(s->name, "spectrum") == 0)
    return mc_matgen_family_parse(&x->x.spectrum, s->value, e);
  if (strcmp(s->name, "schedule") == 0) {
    o->schedule = s->value;
    return MC_OK;
  }
  double *number = optimizer_number(o, s->name);
  *known = number != NULL;
  return number ? read_number(number, s, e) : MC_OK;
}

static mc_status read_setting(mc_figure_experiment *x, const mc_run_setting *s, mc_error *e) {
  const mc_dynamics_parameter *p = x->x.model->parameters;
  bool known;
  mc_status status = read_common(x, s, &known, e);
  if (known)
    return status;
  for (size_t i = 0; p[i].name; i++)
    if (strcmp(p[i].name, s->name) == 0)
      return p[i].choices ? read_choice(&x->values[i], s, p[i].choices, e) : read_number(&x->values[i], s, e);
  return mc_fail(e, MC_BAD_INPUT, "the model %s has no parameter '%s'", x->x.model->name, s->name);
}

/* ---- One model ---- */

#define STEPS 100

static json_t *value_json(const mc_dynamics_parameter *p, double value) {
  return p->choices ? json_string(p->choices[(size_t)value]) : json_real(value);
}

static json_t *settings_json(const mc_figure_experiment *x) {
  const mc_dynamics_parameter *p = x->x.model->parameters;
  const mc_optimizer *o = &x->x.optimizer;
  json_t *settings = json_object();
  for (size_t i = 0; p[i].name; i++)
    json_object_set_new(settings, p[i].name, value_json(&p[i], x->values[i]));
  json_object_set_new(settings, "optimizer", json_string(mc_optimizer_name(o->kind)));
  json_object_set_new(settings, "rate", json_real(o->rates[0]));
  if (o->kind == MC_OPTIMIZER_MUON_SCHEDULE) {
    json_object_set_new(settings, "schedule", json_string(o->schedule));
    json_object_set_new(settings, "reference", json_boolean(o->reference));
  }
  return settings;
}

/* The loss in a panel of its own, numbered observables together, each other one by itself. */
static void add_panels(json_t *panels, const mc_dynamics_table *t) {
  json_t *modes = NULL;
  for (size_t k = 1; k < t->columns; k++) {
    const char *name = t->names[k];
    bool numbered = strpbrk(name, "0123456789") != NULL;
    if (numbered && !modes)
      modes = mc_figure_panel(panels, "modes", "step", "value", MC_PANEL_LINES);
    json_t *panel = numbered ? modes
                             : mc_figure_panel(panels, name, "step", name,
                                               MC_PANEL_LINES | (strcmp(name, "loss") == 0 ? MC_PANEL_LOG_Y : 0));
    mc_figure_column(panel, name, t, name);
  }
}

static json_t *finish(json_t *document, double start) {
  json_object_set_new(document, "approx", json_true());
  mc_run_stamp(document, "simulate", MC_EXIT_EXPECTED, mc_clock_seconds() - start);
  return document;
}

json_t *mc_run_simulate(const char *model, const mc_run_setting *settings, size_t count, const mc_run_options *options,
                        mc_error *e) {
  double start = mc_clock_seconds();
  mc_figure_experiment x;
  mc_dynamics_table t;
  if (!mc_dynamics_model_find(model)) {
    unknown_model(model, e);
    return NULL;
  }
  mc_figure_experiment_init(&x, model, MC_OPTIMIZER_MUON, mc_optimizer_default().rates[0], STEPS, options->seed);
  mc_status status = MC_OK;
  for (size_t i = 0; i < count && status == MC_OK; i++)
    status = read_setting(&x, &settings[i], e);
  if (status != MC_OK || mc_figure_run(&t, &x, options, e) != MC_OK)
    return NULL;
  json_t *panels = json_array();
  add_panels(panels, &t);
  mc_dynamics_table_clear(&t);
  return finish(json_pack("{s:s s:o s:I s:o s:o}", "model", model, "settings", settings_json(&x), "steps",
                          (json_int_t)x.x.steps, "seed", json_sprintf("0x%llx", (unsigned long long)options->seed),
                          "panels", panels),
                start);
}

/* ---- Figures ---- */

static const mc_figure *const papers[] = {mc_figures_escape, mc_figures_preconditioning, mc_figures_quadratics,
                                          mc_figures_factorisation};

static const mc_figure *figure_of(size_t i) {
  for (size_t k = 0; k < sizeof papers / sizeof papers[0]; k++)
    for (const mc_figure *f = papers[k]; f->id; f++)
      if (i-- == 0)
        return f;
  return NULL;
}

const char *mc_run_figure_id(size_t i, const char **title) {
  const mc_figure *f = figure_of(i);
  *title = f ? f->title : NULL;
  return f ? f->id : NULL;
}

static mc_status unknown_figure(const char *id, mc_error *e) {
  mc_text known;
  mc_text_init(&known);
  for (size_t i = 0; figure_of(i); i++)
    mc_text_printf(&known, "%s%s", i ? ", " : "", figure_of(i)->id);
  mc_fail(e, MC_BAD_INPUT, "there is no figure '%s'; there are %s", id, known.failed ? "others" : known.data);
  mc_text_clear(&known);
  return MC_BAD_INPUT;
}

json_t *mc_run_figure(const char *id, const mc_run_options *options, mc_error *e) {
  double start = mc_clock_seconds();
  size_t i = 0;
  while (figure_of(i) && strcmp(figure_of(i)->id, id) != 0)
    i++;
  const mc_figure *figure = figure_of(i);
  if (!figure) {
    unknown_figure(id, e);
    return NULL;
  }
  json_t *panels = json_array();
  mc_progress_begin(options->progress, id, figure->runs);
  mc_status status = figure->make(panels, options, e);
  mc_progress_end(options->progress);
  if (status != MC_OK) {
    json_decref(panels);
    return NULL;
  }
  return finish(json_pack("{s:s s:s s:o s:o}", "figure", id, "title", figure->title, "seed",
                          json_sprintf("0x%llx", (unsigned long long)options->seed), "panels", panels),
                start);
}
