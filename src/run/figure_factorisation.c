/* Figures of arXiv:2606.30509 (papers.md S4.SETUPS). */
#include <math.h>
#include <stdio.h>

#include "figure.h"

/* N = d = 32, s_i = 10/i. */
static void set_up(mc_figure_experiment *x, mc_optimizer_kind kind, double rate, double alpha, size_t steps,
                   uint64_t seed) {
  mc_figure_experiment_init(x, "factorisation", kind, rate, steps, seed);
  mc_figure_set(x, "dimension", 32);
  mc_figure_set(x, "width", 32);
  mc_figure_set(x, "alpha", alpha);
  mc_figure_spectrum(x, "power_law(0.3125, 10)");
}

/* ---- Figure 1, a and b: the modes; e and f: what is conserved ---- */

static mc_status modes(json_t *panels, const char *title, mc_optimizer_kind kind, double rate,
                       const mc_run_options *options, mc_error *e) {
  static const size_t shown[] = {1, 2, 4, 8, 16, 32};
  mc_figure_experiment x;
  mc_dynamics_table t;
  json_t *panel = mc_figure_panel(panels, title, "step", "u_i^T P Q^T v_i", MC_PANEL_LINES);
  set_up(&x, kind, rate, 5e-3, 1000, options->seed);
  x.x.every = 5;
  mc_status status = mc_figure_run(&t, &x, options, e);
  for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
    char column[32];
    snprintf(column, sizeof column, "mode_%zu", shown[i]);
    mc_figure_column(panel, column, &t, column);
  }
  mc_dynamics_table_clear(&t);
  return status;
}

static mc_status conserved(json_t *panels, const char *title, mc_optimizer_kind kind, double rate,
                           const mc_run_options *options, mc_error *e) {
  mc_figure_experiment x;
  mc_dynamics_table t;
  json_t *panel = mc_figure_panel(panels, title, "step", "change since the start", MC_PANEL_LINES | MC_PANEL_LOG_Y);
  set_up(&x, kind, rate, 5e-3, 1200, options->seed);
  x.x.every = 10;
  mc_status status = mc_figure_run(&t, &x, options, e);
  mc_figure_column(panel, "(P^T P)^{1/2} - (Q^T Q)^{1/2}", &t, "drift_root");
  mc_figure_column(panel, "P^T P - Q^T Q", &t, "drift_square");
  mc_dynamics_table_clear(&t);
  return status;
}

/* ---- Figure 1, c and d: late loss against the step size ---- */

enum { RATES = 25 };

/* The last loss over the first. */
static double late_loss(const mc_dynamics_table *t) {
  double *loss = mc_figure_cells(t, "loss"), x = loss ? loss[t->rows - 1] / loss[0] : NAN;
  mc_free(loss);
  return x;
}

static mc_status sweep(json_t *panel, const char *label, mc_optimizer_kind kind, size_t steps,
                       const mc_run_options *options, mc_error *e) {
  double rates[RATES], losses[RATES];
  mc_status status = MC_OK;
  for (size_t i = 0; i < RATES && status == MC_OK; i++) {
    mc_figure_experiment x;
    mc_dynamics_table t;
    rates[i] = 0.14 * 0.05 * pow(400, (double)i / (RATES - 1)); /* [0.05, 20] times 0.14 */
    set_up(&x, kind, rates[i], 0.1, steps, options->seed);
    x.x.every = steps;
    status = mc_figure_run(&t, &x, options, e);
    if (status == MC_UNDECIDED) { /* a run that diverges to infinity has no polar factor any more */
      losses[i] = NAN;
      status = MC_OK;
    } else if (status == MC_OK)
      losses[i] = late_loss(&t);
    mc_dynamics_table_clear(&t);
  }
  if (status == MC_OK)
    mc_figure_series(panel, label, rates, losses, RATES);
  return status;
}

static mc_status dynamics(json_t *panels, const mc_run_options *options, mc_error *e) {
  mc_status status = modes(panels, "Muon: all modes at one rate", MC_OPTIMIZER_MUON, 5e-3, options, e);
  if (status == MC_OK)
    status = modes(panels, "gradient descent: large modes first", MC_OPTIMIZER_GRADIENT, 15e-3, options, e);
  json_t *panel = mc_figure_panel(panels, "last loss over the first; gradient descent is stable up to 0.1", "step size",
                                  "loss", MC_PANEL_LINES | MC_PANEL_LOG_X | MC_PANEL_LOG_Y);
  if (status == MC_OK)
    status = sweep(panel, "Muon", MC_OPTIMIZER_MUON, 200, options, e);
  if (status == MC_OK)
    status = sweep(panel, "gradient descent", MC_OPTIMIZER_GRADIENT, 800, options, e);
  if (status == MC_OK)
    status = conserved(panels, "conserved by Muon", MC_OPTIMIZER_MUON, 5e-4, options, e);
  return status == MC_OK ? conserved(panels, "conserved by gradient descent", MC_OPTIMIZER_GRADIENT, 25e-4, options, e)
                         : status;
}

/* ---- Figure 2: the scalar problem (1 - p q)^2/2 in the plane ---- */

enum { PATHS = 12 };

static mc_status paths(json_t *panels, const char *title, mc_optimizer_kind kind, const mc_run_options *options,
                       mc_error *e) {
  json_t *panel = mc_figure_panel(panels, title, "p", "q", MC_PANEL_LINES);
  mc_status status = MC_OK;
  for (uint64_t k = 0; k < PATHS && status == MC_OK; k++) {
    mc_figure_experiment x;
    mc_dynamics_table t;
    char label[32];
    snprintf(label, sizeof label, "start %d", (int)k + 1);
    mc_figure_experiment_init(&x, "factorisation", kind, 0.01, 1000, options->seed + k);
    mc_figure_set(&x, "dimension", 1);
    mc_figure_set(&x, "width", 1);
    mc_figure_set(&x, "alpha", 1);
    mc_figure_spectrum(&x, "flat");
    status = mc_figure_run(&t, &x, options, e);
    double *p = mc_figure_cells(&t, "p"), *q = mc_figure_cells(&t, "q");
    if (p && q)
      mc_figure_series(panel, label, p, q, t.rows);
    mc_free(p);
    mc_free(q);
    mc_dynamics_table_clear(&t);
  }
  return status;
}

static mc_status plane(json_t *panels, const mc_run_options *options, mc_error *e) {
  mc_status status =
      paths(panels, "Muon: |p| - |q| is constant until p or q changes sign", MC_OPTIMIZER_MUON, options, e);
  return status == MC_OK
             ? paths(panels, "gradient descent: p^2 - q^2 is nearly constant", MC_OPTIMIZER_GRADIENT, options, e)
             : status;
}

/* ---- Figure 3: alignment from a small random start ---- */

static mc_status alignment(json_t *panels, const mc_run_options *options, mc_error *e) {
  static const struct {
    const char *title;
    double width;
    size_t steps;
  } cases[] = {
      {"d/n = 1/4: with the leading modes", 8, 2000}, {"d/n = 2: P with Q", 64, 400}, {"d/n = 4: P with Q", 128, 400}};
  mc_status status = MC_OK;
  for (size_t k = 0; k < 3 && status == MC_OK; k++) {
    json_t *panel = mc_figure_panel(panels, cases[k].title, "step", "1 - mean cos^2",
                                    MC_PANEL_LINES | MC_PANEL_LOG_X | MC_PANEL_LOG_Y);
    mc_figure_experiment x;
    mc_dynamics_table t;
    double alpha = 1e-4 / sqrt(cases[k].width > 32 ? cases[k].width : 32);
    set_up(&x, MC_OPTIMIZER_MUON, 0.2 * 1e-4, alpha, cases[k].steps, options->seed);
    mc_figure_set(&x, "width", cases[k].width);
    x.x.every = 10;
    status = mc_figure_run(&t, &x, options, e);
    mc_figure_column(panel, "misalignment", &t, "misalignment");
    mc_dynamics_table_clear(&t);
  }
  return status;
}

/* ---- Figure 4: two steps align, then the steps are halved (S4.T3) ---- */

static mc_status two_steps(json_t *panels, const mc_run_options *options, mc_error *e) {
  json_t *panel = mc_figure_panel(panels, "n = d = 25; starts with det R = -1 stay misaligned", "step", "loss",
                                  MC_PANEL_LINES | MC_PANEL_LOG_Y);
  mc_status status = MC_OK;
  for (uint64_t k = 0; k < 8 && status == MC_OK; k++) {
    mc_figure_experiment x;
    mc_dynamics_table t;
    char label[32];
    snprintf(label, sizeof label, "start %d", (int)k + 1);
    mc_figure_experiment_init(&x, "factorisation", MC_OPTIMIZER_MUON, 1e-4, 16, options->seed + k);
    mc_figure_set(&x, "dimension", 25);
    mc_figure_set(&x, "width", 25);
    mc_figure_set(&x, "start", 1);
    mc_figure_set(&x, "alpha", 1e-4);
    mc_figure_spectrum(&x, "power_law(0.1724, 1)");
    x.x.optimizer.rate_count = 3;
    x.x.optimizer.rates[1] = 1; /* the root of the largest singular value */
    x.x.optimizer.rates[2] = 0.5;
    x.x.optimizer.decay = 0.5;
    status = mc_figure_run(&t, &x, options, e);
    mc_figure_column(panel, label, &t, "loss");
    mc_dynamics_table_clear(&t);
  }
  return status;
}

const mc_figure mc_figures_factorisation[] = {
    {"2606.30509/fig1", "modes, step sizes and conserved quantities", dynamics, 4 + 2 * RATES},
    {"2606.30509/fig2", "the scalar problem: lines against hyperbolas", plane, 2 * PATHS},
    {"2606.30509/fig3", "alignment from a small start", alignment, 3},
    {"2606.30509/fig4", "the two-step schedule", two_steps, 8},
    {NULL, NULL, NULL, 0}};
