/* Figures of arXiv:2605.09331 (papers.md section 1), on the quadratic saddle: their captions are known, their numbers
 * are not, so the settings are ours. */
#include <math.h>
#include <stdio.h>

#include "figure.h"

typedef struct {
  const char *label;
  mc_optimizer_kind kind;
} rival;

static const rival rivals[] = {{"Muon, exact polar factor", MC_OPTIMIZER_MUON},
                               {"Muon, Newton-Schulz", MC_OPTIMIZER_MUON_SCHEDULE},
                               {"gradient descent", MC_OPTIMIZER_GRADIENT},
                               {"sign descent", MC_OPTIMIZER_SIGN},
                               {"Adam", MC_OPTIMIZER_ADAM}};
enum { RIVALS = sizeof rivals / sizeof rivals[0] };

/* Step sizes of equal Frobenius norm: eta for matrices of spectral norm 1, eta/sqrt(n) for matrices of signs.  Gradient
 * descent takes half of what is stable at bulk curvature 1. */
static double rate_of(mc_optimizer_kind kind, size_t n) {
  static const double eta = 0.02;
  if (kind == MC_OPTIMIZER_GRADIENT)
    return 0.5;
  return kind == MC_OPTIMIZER_SIGN || kind == MC_OPTIMIZER_ADAM ? eta / sqrt((double)n) : eta;
}

static void set_saddle(mc_figure_experiment *x, const rival *r, size_t n, size_t steps, uint64_t seed) {
  mc_figure_experiment_init(x, "saddle", r->kind, rate_of(r->kind, n), steps, seed);
  mc_figure_set(x, "rows", (double)n);
  mc_figure_set(x, "columns", (double)n);
}

/* ---- Figure 1: steps until |s| >= 1 against the dimension ---- */

#define SIZES 6

/* Steps after which nobody waits any more; elementwise steps along a coordinate need sqrt(n) times as many. */
static size_t patience(mc_optimizer_kind kind, bool axis) {
  bool elementwise = kind == MC_OPTIMIZER_SIGN || kind == MC_OPTIMIZER_ADAM;
  return axis && elementwise ? 2000 : 100;
}

/* The first row with |s| >= 1, or NaN. */
static double escape_step(const mc_dynamics_table *t) {
  double *s = mc_figure_cells(t, "s"), k = NAN;
  for (size_t i = 0; s && i < t->rows && isnan(k); i++)
    if (fabs(s[i]) >= 1)
      k = t->cells[i * t->columns];
  mc_free(s);
  return k;
}

typedef struct {
  const char *title;
  double spike, bulk; /* bulk: the spectral norm of the rest of W_0, about */
} setting;

static mc_status escape_curve(json_t *panel, const setting *g, const rival *r, const mc_run_options *options,
                              mc_error *e) {
  size_t sizes = options->full ? SIZES : SIZES - 1;
  double n[SIZES], steps[SIZES];
  mc_status status = MC_OK;
  for (size_t i = 0; i < sizes && status == MC_OK; i++) {
    mc_figure_experiment x;
    mc_dynamics_table t;
    n[i] = (double)((size_t)16 << i);
    set_saddle(&x, r, (size_t)16 << i, patience(r->kind, g->spike != 0), options->seed);
    mc_figure_set(&x, "spike", g->spike);
    mc_figure_set(&x, "scale", g->bulk * sqrt(n[i]) / 2); /* a Gaussian matrix of spectral norm `bulk` */
    status = mc_figure_run(&t, &x, options, e);
    if (status == MC_OK)
      steps[i] = escape_step(&t);
    mc_dynamics_table_clear(&t);
  }
  if (status == MC_OK)
    mc_figure_series(panel, r->label, n, steps, sizes);
  return status;
}

static mc_status escape_scaling(json_t *panels, const mc_run_options *options, mc_error *e) {
  static const setting settings[] = {{"dense spike, no bulk", 0, 0},
                                     {"dense spike, bulk of norm 0.1", 0, 0.1},
                                     {"axis-aligned spike, bulk of norm 0.1", 1, 0.1}};
  mc_status status = MC_OK;
  for (size_t k = 0; k < 3; k++) {
    json_t *panel = mc_figure_panel(panels, settings[k].title, "n", "steps until |s| >= 1",
                                    MC_PANEL_LINES | MC_PANEL_LOG_X | MC_PANEL_LOG_Y);
    for (size_t i = 0; i < RIVALS && status == MC_OK; i++)
      status = escape_curve(panel, &settings[k], &rivals[i], options, e);
  }
  return status;
}

/* ---- Figure 2: matrix factorisation ---- */

static mc_status factorisation(json_t *panels, const mc_run_options *options, mc_error *e) {
  static const double rates[RIVALS] = {0.02, 0.02, 0.02, 0.005, 0.005};
  json_t *panel = mc_figure_panel(panels, "||M - P Q^T||^2/2, n = 32", "step", "loss", MC_PANEL_LINES | MC_PANEL_LOG_Y);
  mc_status status = MC_OK;
  for (size_t i = 0; i < RIVALS && status == MC_OK; i++) {
    mc_figure_experiment x;
    mc_dynamics_table t;
    mc_figure_experiment_init(&x, "factorisation", rivals[i].kind, rates[i], 600, options->seed);
    mc_figure_set(&x, "dimension", 32);
    mc_figure_set(&x, "width", 32);
    x.x.every = 3;
    status = mc_figure_run(&t, &x, options, e);
    mc_figure_column(panel, rivals[i].label, &t, "loss");
    mc_dynamics_table_clear(&t);
  }
  return status;
}

/* ---- Figure 3: theta, kappa, z and drift on the way out ---- */

static mc_status kinematics(json_t *panels, const mc_run_options *options, mc_error *e) {
  static const char *const columns[] = {"theta", "kappa", "z", "drift"};
  json_t *panel[4];
  mc_status status = MC_OK;
  for (size_t k = 0; k < 4; k++)
    panel[k] = mc_figure_panel(panels, columns[k], "step", columns[k], MC_PANEL_LINES);
  for (size_t i = 0; i < 2 && status == MC_OK; i++) {
    mc_figure_experiment x;
    mc_dynamics_table t;
    set_saddle(&x, &rivals[i], 64, 80, options->seed);
    mc_figure_set(&x, "start", 0.05);
    mc_figure_set(&x, "noise", 1);
    mc_figure_set(&x, "sigma", 0.001);
    status = mc_figure_run(&t, &x, options, e);
    for (size_t k = 0; k < 4; k++)
      mc_figure_column(panel[k], rivals[i].label, &t, columns[k]);
    mc_dynamics_table_clear(&t);
  }
  return status;
}

/* ---- Figure 4: the landscape at step 100, on a grid over [-1, 1]^2 ---- */

static mc_status landscape(json_t *panels, const mc_run_options *options, mc_error *e) {
  static const size_t shown[] = {0, 2, 3};
  mc_status status = MC_OK;
  for (size_t i = 0; i < 3 && status == MC_OK; i++) {
    const rival *r = &rivals[shown[i]];
    mc_figure_experiment x;
    mc_dynamics_table t;
    set_saddle(&x, r, 32, 100, options->seed);
    if (r->kind == MC_OPTIMIZER_GRADIENT)
      x.x.optimizer.rates[0] = 0.05;
    x.x.values = x.values;
    json_t *panel = mc_figure_panel(panels, r->label, "u v^T", "a random direction", MC_PANEL_MAP);
    status = mc_dynamics_landscape_approx(&t, &x.x, 41, 1, e);
    if (status == MC_OK)
      mc_figure_map(panel, "loss", &t);
    mc_dynamics_table_clear(&t);
    mc_progress_add(options->progress, 1);
  }
  return status;
}

/* ---- Figure 5: noise of every kind ---- */

static mc_status noise(json_t *panels, const mc_run_options *options, mc_error *e) {
  static const char *const kinds[] = {"Gaussian",           "Rademacher", "heteroskedastic",
                                      "Student, 3 degrees", "Cauchy",     "adversarial"};
  static const double sigmas[] = {0.005, 0.005, 0.005, 0.005, 0.005, 0.02};
  mc_status status = MC_OK;
  for (size_t k = 0; k < 6; k++) {
    json_t *panel = mc_figure_panel(panels, kinds[k], "step", "s", MC_PANEL_LINES);
    for (size_t i = 0; i < RIVALS && status == MC_OK; i++) {
      mc_figure_experiment x;
      mc_dynamics_table t;
      set_saddle(&x, &rivals[i], 32, 100, options->seed);
      mc_figure_set(&x, "start", 0.05);
      mc_figure_set(&x, "noise", (double)(k + 1));
      mc_figure_set(&x, "sigma", sigmas[k]);
      if (rivals[i].kind == MC_OPTIMIZER_GRADIENT)
        x.x.optimizer.rates[0] = 0.05;
      status = mc_figure_run(&t, &x, options, e);
      mc_figure_column(panel, rivals[i].label, &t, "s");
      mc_dynamics_table_clear(&t);
    }
  }
  return status;
}

const mc_figure mc_figures_escape[] = {
    {"2605.09331/fig1", "escape time against the dimension", escape_scaling, 3 * RIVALS *(SIZES - 1)},
    {"2605.09331/fig2", "matrix factorisation", factorisation, RIVALS},
    {"2605.09331/fig3", "kinematics of the escape", kinematics, 2},
    {"2605.09331/fig4", "slices of the landscape at step 100", landscape, 3},
    {"2605.09331/fig5", "robustness to noise", noise, 6 * RIVALS},
    {NULL, NULL, NULL, 0}};
