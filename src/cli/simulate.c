/* muoncert simulate: trajectories of Muon and its rivals, and the figures of the papers. */
#include "cli.h"

#include <argp.h>
#include <string.h>

#include "../dynamics/dynamics.h"
#include "../report/report.h"
#include "../run/run.h"
#include "gnuplot.h"

typedef struct {
  mc_run_options run;
  const char *model, *figure, *csv, *plot;
  mc_run_setting *settings; /* with room for every argument */
  size_t setting_count;
  bool list, json, quiet;
} arguments;

enum {
  OPTION_FIGURE = 256,
  OPTION_LIST,
  OPTION_PROFILE,
  OPTION_CSV,
  OPTION_PLOT,
  OPTION_SEED,
  OPTION_JSON,
  OPTION_SETTING
};

/* Options whose value goes to mc_run_simulate under their name. */
static const struct argp_option settings[] = {
    {"steps", 0, "N", 0, "steps to take (default 100)", 0},
    {"every", 0, "K", 0, "observe every K-th step (default 1)", 0},
    {"optimizer", 0, "NAME", 0,
     "muon (exact polar factor, default), muon-schedule, gradient, line-search, sign, adam, adamw, greedy", 0},
    {"rate", 0, "X[,X...]", 0, "step size; or those of the first steps, of which the last stays (default 0.02)", 0},
    {"decay", 0, "Q", 0, "the step size is multiplied by Q from step to step (default 1)", 0},
    {"momentum", 0, "MU", 0, "momentum (default 0)", 0},
    {"nesterov", 0, "yes|no", 0, "Nesterov's direction (default no)", 0},
    {"sum", 0, "yes|no", 0, "momentum sums gradients in place of averaging them (default no)", 0},
    {"weight-decay", 0, "X", 0, "of adamw and muon, decoupled (default 0)", 0},
    {"beta1", 0, "X", 0, "of adam (default 0.9)", 0},
    {"beta2", 0, "X", 0, "of adam (default 0.999)", 0},
    {"adam-eps", 0, "X", 0, "of adam (default 1e-8)", 0},
    {"schedule", 0, "NAME|LIST", 0, "of muon-schedule: a published name, or steps a,b,c;a,b,c (default jordan)", 0},
    {"schedule-steps", 0, "K", 0, "of muon-schedule: number of Newton-Schulz steps (past the table by its rule)", 0},
    {"reference", 0, "yes|no", 0, "Newton-Schulz by the proved reference in place of the BLAS (default no)", 0},
    {"spectrum", 0, "FAMILY", 0, "singular values of the model's matrix, as for gen", 0},
};
enum { SETTINGS = sizeof settings / sizeof settings[0] };

static const struct argp_option options[] = {
    {"figure", OPTION_FIGURE, "ID", 0, "make the data of a paper's figure, such as 2605.09331/fig1", 0},
    {"list", OPTION_LIST, NULL, 0, "list models and figures", 0},
    {"profile", OPTION_PROFILE, "NAME", 0, "of figures: quick (default), or full: larger sizes, more paths", 0},
    {"csv", OPTION_CSV, "F.csv", 0, "write the numbers", 0},
    {"plot", OPTION_PLOT, "F.svg", 0, "draw them (with gnuplot)", 0},
    {"seed", OPTION_SEED, "N", 0, "seed, decimal or 0x… (default 0)", 0},
    {"json", OPTION_JSON, NULL, 0, "print the numbers as JSON", 0},
    {"quiet", 'q', NULL, 0, "no progress", 0},
};
enum { OPTIONS = sizeof options / sizeof options[0], MOST_PARAMETERS = 64 };

/* ---- The table of options: the fixed ones, and one for each parameter of a model ---- */

static struct argp_option table[OPTIONS + SETTINGS + MOST_PARAMETERS + 1];
static char helps[MOST_PARAMETERS][256];
static size_t table_size;

static struct argp_option *find_option(const char *name) {
  for (size_t i = 0; i < table_size; i++)
    if (strcmp(table[i].name, name) == 0)
      return &table[i];
  return NULL;
}

/* "saddle: rows of W; quadratic: rows of W". */
static void add_parameter(const mc_dynamics_model *model, const mc_dynamics_parameter *p) {
  struct argp_option *o = find_option(p->name);
  size_t index = o ? (size_t)(o - table) - OPTIONS - SETTINGS : table_size - OPTIONS - SETTINGS;
  if (index >= MOST_PARAMETERS)
    return;
  size_t used = strlen(helps[index]);
  snprintf(helps[index] + used, sizeof helps[index] - used, "%s%s: %s", used ? "; " : "", model->name, p->help);
  if (!o) {
    table[table_size] = (struct argp_option){.name = p->name,
                                             .key = OPTION_SETTING + (int)table_size,
                                             .arg = p->choices ? "NAME" : "X",
                                             .doc = helps[index]};
    table_size++;
  }
}

static void make_table(void) {
  for (size_t i = 0; i < OPTIONS; i++)
    table[table_size++] = options[i];
  for (size_t i = 0; i < SETTINGS; i++) {
    table[table_size] = settings[i];
    table[table_size].key = OPTION_SETTING + (int)table_size;
    table_size++;
  }
  for (size_t i = 0; mc_dynamics_model_get(i); i++)
    for (const mc_dynamics_parameter *p = mc_dynamics_model_get(i)->parameters; p->name; p++)
      add_parameter(mc_dynamics_model_get(i), p);
}

/* ---- Parsing ---- */

static void check(const arguments *a, struct argp_state *state) {
  if (a->list)
    return;
  if (!a->model && !a->figure)
    argp_error(state, "name a model or say --figure; --list names them all");
  if (a->model && a->figure)
    argp_error(state, "a model or a figure, not both");
  if (a->figure && a->setting_count > 0)
    argp_error(state, "--%s is for a model, not for --figure", a->settings[0].name);
}

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case OPTION_FIGURE:
    a->figure = text;
    return 0;
  case OPTION_LIST:
    a->list = true;
    return 0;
  case OPTION_PROFILE:
    a->run.full = strcmp(text, "full") == 0;
    if (!a->run.full && strcmp(text, "quick") != 0)
      argp_error(state, "--profile is quick or full, not '%s'", text);
    return 0;
  case OPTION_CSV:
    a->csv = text;
    return 0;
  case OPTION_PLOT:
    a->plot = text;
    return 0;
  case OPTION_SEED:
    a->run.seed = mc_cli_number_of("seed", text, UINT64_MAX, state);
    return 0;
  case OPTION_JSON:
    a->json = true;
    return 0;
  case 'q':
    a->quiet = true;
    return 0;
  case ARGP_KEY_ARG:
    if (a->model)
      argp_error(state, "one model at a time: '%s' is a second", text);
    a->model = text;
    return 0;
  case ARGP_KEY_END:
    check(a, state);
    return 0;
  default:
    if (key < OPTION_SETTING || (size_t)(key - OPTION_SETTING) >= table_size)
      return ARGP_ERR_UNKNOWN;
    a->settings[a->setting_count++] = (mc_run_setting){table[key - OPTION_SETTING].name, text};
    return 0;
  }
}

static const struct argp parser = {table,
                                   parse,
                                   "MODEL\n--figure ID\n--list",
                                   "Run an optimizer on a model, or make the data of a paper's figure. Everything is "
                                   "computed in floating point: approx, "
                                   "nothing is certified.\v"
                                   "Every step is a call into the proved reference, but for polar factors (LAPACK) and "
                                   "Newton-Schulz steps through the "
                                   "BLAS. The same command gives the same numbers on one kind of CPU. Figures whose "
                                   "settings a paper does not say have "
                                   "ours.",
                                   NULL,
                                   NULL,
                                   NULL};

/* ---- Output ---- */

static int write_csv(const arguments *a, const json_t *document) {
  mc_error e = {0};
  mc_text text;
  mc_text_init(&text);
  mc_status status = mc_report_csv(&text, document, &e);
  if (status == MC_OK)
    status = mc_file_write(a->csv, text.data, text.length, &e);
  mc_text_clear(&text);
  return status == MC_OK ? MC_EXIT_EXPECTED : mc_cli_fail("simulate", &e);
}

static int write_plot(const arguments *a, const json_t *document) {
  mc_error e = {0};
  mc_text text;
  mc_text_init(&text);
  mc_status status = mc_report_gnuplot(&text, document, &e);
  if (status == MC_OK)
    status = mc_cli_gnuplot(a->plot, &text, &e);
  mc_text_clear(&text);
  return status == MC_OK ? MC_EXIT_EXPECTED : mc_cli_fail("simulate", &e);
}

/* Every digit: these numbers are all that there is. */
static int print_json(const json_t *document) {
  mc_error e = {0};
  char *text = json_dumps(document, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
  mc_text out;
  mc_text_init(&out);
  if (text)
    mc_text_printf(&out, "%s\n", text);
  mc_free(text);
  int printed = MC_EXIT_USAGE;
  if (out.length > 0 && !out.failed)
    printed = mc_cli_print_text(out.data, out.length);
  else {
    mc_fail(&e, MC_NO_MEMORY, "out of memory");
    mc_cli_fail("simulate", &e);
  }
  mc_text_clear(&out);
  return printed;
}

static int print_summary(const json_t *document) {
  mc_error e = {0};
  mc_text text;
  mc_text_init(&text);
  mc_status status = mc_report_series(&text, document, &e);
  int printed = status == MC_OK ? mc_cli_print_text(text.data, text.length) : mc_cli_fail("simulate", &e);
  mc_text_clear(&text);
  return printed;
}

static int finish(const arguments *a, const json_t *document) {
  mc_exit worst = MC_EXIT_EXPECTED;
  if (a->csv)
    worst = mc_exit_worse(worst, (mc_exit)write_csv(a, document));
  if (a->plot)
    worst = mc_exit_worse(worst, (mc_exit)write_plot(a, document));
  if (a->json)
    worst = mc_exit_worse(worst, (mc_exit)print_json(document));
  else if (!a->csv && !a->plot)
    worst = mc_exit_worse(worst, (mc_exit)print_summary(document));
  return (int)worst;
}

/* "  --rows=64  rows of W (1 to 4096)", a choice with its names in place of the range. */
static void print_parameter(mc_text *out, const mc_dynamics_parameter *p) {
  char given[64];
  if (p->choices)
    snprintf(given, sizeof given, "--%s=%s", p->name, p->choices[(size_t)p->value]);
  else
    snprintf(given, sizeof given, "--%s=%g", p->name, p->value);
  mc_text_printf(out, "    %-28s %s (", given, p->help);
  for (size_t i = 0; p->choices && p->choices[i]; i++)
    mc_text_printf(out, "%s%s", i ? ", " : "", p->choices[i]);
  if (!p->choices)
    mc_text_printf(out, "%g to %g", p->least, p->greatest);
  mc_text_printf(out, ")\n");
}

static int print_list(void) {
  mc_text out;
  const char *id, *title;
  mc_text_init(&out);
  mc_text_printf(&out, "models, with their parameters\n");
  for (size_t i = 0; mc_dynamics_model_get(i); i++) {
    const mc_dynamics_model *m = mc_dynamics_model_get(i);
    mc_text_printf(&out, "  %s: %s\n", m->name, m->summary);
    for (const mc_dynamics_parameter *p = m->parameters; p->name; p++)
      print_parameter(&out, p);
    if (m->spectrum)
      mc_text_printf(&out, "    --spectrum='%s'\n", m->spectrum);
  }
  mc_text_printf(&out, "figures\n");
  for (size_t i = 0; (id = mc_run_figure_id(i, &title)) != NULL; i++)
    mc_text_printf(&out, "  %-28s %s\n", id, title);
  int status = mc_cli_print_text(out.data, out.length);
  mc_text_clear(&out);
  return status;
}

static int run(arguments *a) {
  mc_error e = {0};
  if (mc_cli_require_writable("simulate", a->csv) != MC_EXIT_EXPECTED ||
      mc_cli_require_writable("simulate", a->plot) != MC_EXIT_EXPECTED)
    return MC_EXIT_USAGE;
  a->run.progress = mc_progress_new(stderr, a->quiet);
  json_t *document = a->figure ? mc_run_figure(a->figure, &a->run, &e)
                               : mc_run_simulate(a->model, a->settings, a->setting_count, &a->run, &e);
  mc_progress_free(a->run.progress);
  if (!document)
    return mc_cli_fail("simulate", &e);
  int status = finish(a, document);
  json_decref(document);
  return status;
}

int mc_cli_simulate(int argc, char **argv) {
  mc_error e = {0};
  arguments a = {.settings = mc_alloc((size_t)argc, sizeof *a.settings)};
  if (!a.settings) {
    mc_fail(&e, MC_NO_MEMORY, "out of memory");
    return mc_cli_fail("simulate", &e);
  }
  make_table();
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  int status = a.list ? print_list() : run(&a);
  mc_free(a.settings);
  return status;
}
