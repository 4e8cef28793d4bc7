/* Shared inside src/run: documents of simulations, made of panels of series. */
#ifndef MUONCERT_RUN_FIGURE_H
#define MUONCERT_RUN_FIGURE_H

#include "../dynamics/dynamics.h"
#include "run.h"

typedef enum {
  MC_PANEL_LINES = 0,
  MC_PANEL_POINTS = 1,
  MC_PANEL_MAP = 2, /* series with x, y and z on a grid */
  MC_PANEL_LOG_X = 4,
  MC_PANEL_LOG_Y = 8
} mc_panel_flags;

/* {title, x, y, kind, log_x, log_y, series[]} */
json_t *mc_figure_panel(json_t *panels, const char *title, const char *x, const char *y, unsigned flags);

/* Add {label, x[], y[]}; what is not finite becomes null. */
void mc_figure_series(json_t *panel, const char *label, const double *x, const double *y, size_t count);

/* Add {label, x[], y[], z[]} from the first three columns of a table. */
void mc_figure_map(json_t *panel, const char *label, const mc_dynamics_table *t);

/* Add a column of a table against its first column; no series if there is no such column. */
void mc_figure_column(json_t *panel, const char *label, const mc_dynamics_table *t, const char *column);

/* The cells of a column; count: the table's rows, to be freed with mc_free.  NULL: no such column, or no memory. */
double *mc_figure_cells(const mc_dynamics_table *t, const char *column);

/* An experiment with the defaults of the model and room for its values. */
typedef struct {
  mc_dynamics_experiment x;
  double values[32];
} mc_figure_experiment;

void mc_figure_experiment_init(mc_figure_experiment *x, const char *model, mc_optimizer_kind kind, double rate,
                               size_t steps, uint64_t seed);
void mc_figure_set(mc_figure_experiment *x, const char *parameter, double value);
void mc_figure_spectrum(mc_figure_experiment *x, const char *family);

/* Run it; the progress of the options moves on by one. */
mc_status mc_figure_run(mc_dynamics_table *t, mc_figure_experiment *x, const mc_run_options *options, mc_error *e);

/* ---- The figures of the papers (figure_….c): fill panels[] ---- */

typedef mc_status mc_figure_make(json_t *panels, const mc_run_options *options, mc_error *e);

typedef struct {
  const char *id, *title;
  mc_figure_make *make;
  size_t runs; /* experiments, for the progress line */
} mc_figure;

/* Tables that end with a NULL id. */
extern const mc_figure mc_figures_escape[], mc_figures_preconditioning[], mc_figures_quadratics[],
    mc_figures_factorisation[];

#endif
