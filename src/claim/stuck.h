/* Where a search got stuck.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_STUCK_H
#define MUONCERT_CLAIM_STUCK_H

#include "workspace.h"

/* "WHY at x in [0, 0.5], y near 1; …": the box of s, and bounds of how far a comparison that is open there holds. */
void mc_stuck_describe(mc_workspace *s, const char *why, char *out, size_t size);

/* s->box is next to nothing wide and does not close.  Writes why.  MC_BAD_INPUT: the claim is certainly undefined at a
 * point of its domain, as *e says. */
mc_status mc_stuck_explain(mc_workspace *s, char *out, size_t size, mc_error *e);

#endif
