/* Steps against dimension, of a campaign that counts them.  Private to src/report. */
#ifndef MUONCERT_REPORT_STEPS_PLOT_H
#define MUONCERT_REPORT_STEPS_PLOT_H

#include <jansson.h>

#include "../base/base.h"

/* An SVG of the entry's steps_by_dimension, if it has one. */
void mc_report_put_steps_plot(mc_text *out, const json_t *entry);

/* One SVG of all entries that have some, where these are several. */
void mc_report_put_steps_plots(mc_text *out, const json_t *entries);

#endif
