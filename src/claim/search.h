/* Branch and bound over one lowered claim.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_SEARCH_H
#define MUONCERT_CLAIM_SEARCH_H

#include <jansson.h>

#include "claim.h"
#include "tape.h"
#include "witness.h"

typedef struct {
  const mc_document *document;
  const mc_claim *claim;
  const mc_instance *instance;
  mc_deadline deadline;
  unsigned threads; /* 0: all processors; the verdict, the witness and the boxes do not depend on it */
  bool recording;   /* gather evidence for a certificate */
} mc_search_task;

/* Settle the tape.  Adds to *boxes; on refutation of forall and proof of exists fills *witness with a point or a place;
 * on undecided, and on MC_BAD_INPUT (undefined inside the domain), *e says why and where.  *evidence: where recording,
 * {"boxes"} for what holds everywhere, {"sign_change"}, {"root"} or {"point"} for what holds at a place, else NULL. */
mc_status mc_search_settle(mc_verdict *verdict, mc_witness *witness, json_t **evidence, uint64_t *boxes,
                           const mc_tape *tape, const mc_search_task *task, mc_error *e);

#endif
