/* Figures of arXiv:2602.11948 (papers.md section 3). */
#include <math.h>
#include <stdio.h>

#include "figure.h"

/* The families of the paper's run script on [1e-3, 10]. */
static const char *const families[] = {"min_spiked(1e-3, 10)", "max_spiked(1e-3, 10)",     "uniform(1e-3, 10)",
                                       "gaussian(1e-3, 10)",   "geometric(0.9, 1e-3, 10)", "linear_decay(1e-3, 10)"};
enum { FAMILIES = sizeof families / sizeof families[0], SIZE = 64 };

/* ---- The spectra ---- */

static mc_status spectra(json_t *panels, const mc_run_options *options, mc_error *e) {
  json_t *panel =
      mc_figure_panel(panels, "64 eigenvalues of each family", "index", "eigenvalue", MC_PANEL_POINTS | MC_PANEL_LOG_Y);
  double index[SIZE], value[SIZE];
  for (size_t k = 0; k < FAMILIES; k++) {
    mc_matgen_family family;
    mc_random r;
    mc_random_init(&r, options->seed, mc_random_stream_of("spectra"), 0);
    mc_status status = mc_matgen_family_parse(&family, families[k], e);
    if (status == MC_OK)
      status = mc_matgen_spectrum(value, SIZE, &family, &r, e);
    if (status != MC_OK)
      return status;
    for (size_t i = 0; i < SIZE; i++)
      index[i] = (double)(i + 1);
    mc_figure_series(panel, families[k], index, value, SIZE);
    mc_progress_add(options->progress, 1);
  }
  return MC_OK;
}

/* ---- The ranking: least loss in 200 steps, of the best step size ---- */

static const struct {
  const char *label;
  mc_optimizer_kind kind;
} rivals[] = {{"gradient descent", MC_OPTIMIZER_GRADIENT},
              {"Adam", MC_OPTIMIZER_ADAM},
              {"Muon, exact polar factor", MC_OPTIMIZER_MUON},
              {"Muon, Newton-Schulz", MC_OPTIMIZER_MUON_SCHEDULE}};
enum { RIVALS = sizeof rivals / sizeof rivals[0] };
static const double rates[] = {5e-3, 1e-2, 5e-2, 1e-1}; /* the paper's */
enum { RATES = sizeof rates / sizeof rates[0] };

static double least(const mc_dynamics_table *t) {
  double *loss = mc_figure_cells(t, "loss"), x = INFINITY;
  for (size_t i = 0; loss && i < t->rows; i++)
    x = fmin(x, loss[i]);
  mc_free(loss);
  return x;
}

static mc_status best_loss(double *loss, size_t family, mc_optimizer_kind kind, const mc_run_options *options,
                           mc_error *e) {
  mc_status status = MC_OK;
  *loss = INFINITY;
  for (size_t k = 0; k < RATES && status == MC_OK; k++) {
    mc_figure_experiment x;
    mc_dynamics_table t;
    mc_figure_experiment_init(&x, "quadratic", kind, rates[k], 200, options->seed);
    mc_figure_set(&x, "rows", SIZE);
    mc_figure_set(&x, "columns", SIZE);
    mc_figure_spectrum(&x, families[family]);
    status = mc_figure_run(&t, &x, options, e);
    if (status == MC_OK)
      *loss = fmin(*loss, least(&t));
    mc_dynamics_table_clear(&t);
  }
  return status;
}

static mc_status ranking(json_t *panels, const mc_run_options *options, mc_error *e) {
  char axis[256];
  size_t length = 0;
  for (size_t k = 0; k < FAMILIES; k++)
    length += (size_t)snprintf(axis + length, sizeof axis - length, "%s%zu %s", k ? ", " : "", k + 1, families[k]);
  json_t *panel = mc_figure_panel(panels, "least loss in 200 steps, best of four step sizes", axis, "loss",
                                  MC_PANEL_POINTS | MC_PANEL_LOG_Y);
  double x[FAMILIES], y[FAMILIES];
  mc_status status = MC_OK;
  for (size_t i = 0; i < RIVALS && status == MC_OK; i++) {
    for (size_t k = 0; k < FAMILIES && status == MC_OK; k++) {
      x[k] = (double)(k + 1);
      status = best_loss(&y[k], k, rivals[i].kind, options, e);
    }
    if (status == MC_OK)
      mc_figure_series(panel, rivals[i].label, x, y, FAMILIES);
  }
  return status;
}

/* ---- Figure 4: the sweet spot of the noise (S3.F4) ---- */

#define ALPHA 0.1
#define EPSILON (ALPHA / 5)
#define START (10 * ALPHA + 1.3 * EPSILON)
enum { SIGMAS = 25, HORIZON = 1000 };

static double median_arrival(const mc_dynamics_table *t) {
  double *arrived = mc_figure_cells(t, "arrived"), k = HORIZON;
  for (size_t i = t->rows; arrived && i > 0 && arrived[i - 1] >= 0.5; i--)
    k = t->cells[(i - 1) * t->columns];
  mc_free(arrived);
  return k;
}

/* The lower bounds of S3.E2 on the median: gamma^2/(1.3234 alpha^2 sigma^2) and sqrt(2 pi) alpha sigma/(4 eps). */
static void add_bounds(json_t *panel, const double *sigma) {
  double low[SIGMAS], high[SIGMAS], gamma = START - 10 * ALPHA - EPSILON;
  for (size_t i = 0; i < SIGMAS; i++) {
    low[i] = fmin(HORIZON, gamma * gamma / (1.3234 * ALPHA * ALPHA * sigma[i] * sigma[i]));
    high[i] = sqrt(2 * acos(-1)) * ALPHA * sigma[i] / (4 * EPSILON);
  }
  mc_figure_series(panel, "bound for small noise", sigma, low, SIGMAS);
  mc_figure_series(panel, "bound for large noise", sigma, high, SIGMAS);
}

static mc_status sweet_spot(json_t *panels, const mc_run_options *options, mc_error *e) {
  json_t *panel = mc_figure_panel(panels, "steps until |w| <= alpha/5", "sigma", "median",
                                  MC_PANEL_LINES | MC_PANEL_LOG_X | MC_PANEL_LOG_Y);
  double sigma[SIGMAS], median[SIGMAS];
  mc_status status = MC_OK;
  for (size_t i = 0; i < SIGMAS && status == MC_OK; i++) {
    mc_figure_experiment x;
    mc_dynamics_table t;
    sigma[i] = pow(10, -3 + 4.0 * (double)i / (SIGMAS - 1));
    mc_figure_experiment_init(&x, "noisy-sign", MC_OPTIMIZER_SIGN, ALPHA, HORIZON, options->seed);
    mc_figure_set(&x, "sigma", sigma[i]);
    mc_figure_set(&x, "start", START);
    mc_figure_set(&x, "epsilon", EPSILON);
    mc_figure_set(&x, "paths", options->full ? 10000 : 1000);
    status = mc_figure_run(&t, &x, options, e);
    if (status == MC_OK)
      median[i] = median_arrival(&t);
    mc_dynamics_table_clear(&t);
  }
  if (status == MC_OK) {
    mc_figure_series(panel, "median", sigma, median, SIGMAS);
    add_bounds(panel, sigma);
  }
  return status;
}

/* ---- Figure 5: greedy against gradient descent, both with exact line search (S3.F5) ---- */

static mc_status greedy(json_t *panels, const mc_run_options *options, mc_error *e) {
  static const struct {
    const char *label;
    mc_optimizer_kind kind;
  } searches[] = {{"gradient descent", MC_OPTIMIZER_LINE_SEARCH}, {"greedy", MC_OPTIMIZER_GREEDY}};
  json_t *panel = mc_figure_panel(panels, "A = Q diag(1, ..., 1, 1000) Q^T, n = 100", "step", "loss",
                                  MC_PANEL_LINES | MC_PANEL_LOG_Y);
  mc_status status = MC_OK;
  for (size_t i = 0; i < 2 && status == MC_OK; i++) {
    mc_figure_experiment x;
    mc_dynamics_table t;
    mc_figure_experiment_init(&x, "quadratic", searches[i].kind, 0, 100, options->seed);
    mc_figure_set(&x, "rows", 100);
    mc_figure_set(&x, "columns", 100);
    mc_figure_spectrum(&x, "min_spiked(1, 1000)");
    status = mc_figure_run(&t, &x, options, e);
    mc_figure_column(panel, searches[i].label, &t, "loss");
    mc_dynamics_table_clear(&t);
  }
  return status;
}

const mc_figure mc_figures_quadratics[] = {
    {"2602.11948/spectra", "the controlled spectra", spectra, FAMILIES},
    {"2602.11948/fig2", "which optimizer wins depends on the spectrum", ranking, RIVALS *FAMILIES *RATES},
    {"2602.11948/fig4", "the sweet spot of the noise", sweet_spot, SIGMAS},
    {"2602.11948/fig5", "greedy steps do not pay", greedy, 2},
    {NULL, NULL, NULL, 0}};
