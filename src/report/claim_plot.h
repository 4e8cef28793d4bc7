/* The picture of a claim.  Private to src/report. */
#ifndef MUONCERT_REPORT_CLAIM_PLOT_H
#define MUONCERT_REPORT_CLAIM_PLOT_H

#include <jansson.h>

#include "../base/base.h"

/* An SVG of the entry's plot, if it has one. */
void mc_report_put_claim_plot(mc_text *out, const json_t *entry);

#endif
