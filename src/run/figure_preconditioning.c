/* Figures of arXiv:2601.13474 (papers.md section 2): convergence whatever the condition number.  The paper's own
 * figures are not known; these show S2.T1 and S2.T3. */
#include <stdio.h>

#include "figure.h"

static const double conditions[] = {10, 1e3, 1e6};

/* Muon halves its steps from `rate`; gradient descent keeps its own. */
typedef struct {
  const char *model, *spectrum; /* spectrum: with the reciprocal of the condition number to be filled in */
  double muon_rate, gradient_rate;
  size_t steps, gradient_steps;
} comparison;

static mc_status compare(json_t *panels, const comparison *c, const mc_run_options *options, mc_error *e) {
  static const char *const titles[] = {"Muon, halved steps", "gradient descent"};
  mc_status status = MC_OK;
  for (size_t k = 0; k < 2; k++) {
    json_t *panel = mc_figure_panel(panels, titles[k], "step", "loss", MC_PANEL_LINES | MC_PANEL_LOG_Y);
    for (size_t i = 0; i < 3 && status == MC_OK; i++) {
      mc_figure_experiment x;
      mc_dynamics_table t;
      char spectrum[64], label[64];
      snprintf(spectrum, sizeof spectrum, c->spectrum, 1 / conditions[i]);
      snprintf(label, sizeof label, "condition number %g", conditions[i]);
      mc_figure_experiment_init(&x, c->model, k == 0 ? MC_OPTIMIZER_MUON : MC_OPTIMIZER_GRADIENT,
                                k == 0 ? c->muon_rate : c->gradient_rate, k == 0 ? c->steps : c->gradient_steps,
                                options->seed);
      x.x.optimizer.decay = k == 0 ? 0.5 : 1;
      x.x.every = k == 0 ? 1 : c->gradient_steps / 200;
      mc_figure_spectrum(&x, spectrum);
      status = mc_figure_run(&t, &x, options, e);
      mc_figure_column(panel, label, &t, "loss");
      mc_dynamics_table_clear(&t);
    }
  }
  return status;
}

static mc_status factorisation(json_t *panels, const mc_run_options *options, mc_error *e) {
  const comparison c = {"symmetric-factorisation", "log_spaced(%g, 1)", 1, 0.25, 30, 4000};
  return compare(panels, &c, options, e);
}

static mc_status attention(json_t *panels, const mc_run_options *options, mc_error *e) {
  const comparison c = {"linear-attention", "log_spaced(%g, 1)", 64, 0.5, 40, 4000};
  return compare(panels, &c, options, e);
}

const mc_figure mc_figures_preconditioning[] = {
    {"2601.13474/factorisation", "symmetric factorisation at three condition numbers", factorisation, 6},
    {"2601.13474/attention", "in-context learning by linear attention at three condition numbers", attention, 6},
    {NULL, NULL, NULL, 0}};
