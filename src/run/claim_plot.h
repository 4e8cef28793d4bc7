/* Points of a plot of a claim.  Private to src/run. */
#ifndef MUONCERT_RUN_CLAIM_PLOT_H
#define MUONCERT_RUN_CLAIM_PLOT_H

#include "../claim/claim.h"
#include "run.h"

/* {variable logarithmic x[] curves[{kind y[]}]} of a claim about an iterate of one real variable, approx; NULL: of
 * another kind. */
json_t *mc_run_claim_plot(const mc_claim *claim, const mc_claim_result *result);

#endif
