/* The picture of an audit's error.  Private to src/report. */
#ifndef MUONCERT_REPORT_ERROR_PLOT_H
#define MUONCERT_REPORT_ERROR_PLOT_H

#include <jansson.h>

#include "../base/base.h"

/* An SVG of the entry's error and its three limits, if it has them. */
void mc_report_put_error_plot(mc_text *out, const json_t *entry);

#endif
