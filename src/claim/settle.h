/* What settling a claim and deriving its ? share.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_SETTLE_H
#define MUONCERT_CLAIM_SETTLE_H

#include "search.h"

typedef struct {
  const mc_document *document;
  mc_deadline deadline;
  unsigned threads;
  bool recording;
} mc_settling;

/* Settle all instances of a claim, with *unknown in place of ? (NULL: the claim has none).  evidence: NULL, or takes
 * {"instances"}, {"witness"}, or {"sign_change"}, {"root"} or {"point"} with {"integers"} (docs/certification.md), or
 * NULL where there is none. */
mc_status mc_settle_at(mc_verdict *verdict, mc_witness *witness, json_t **evidence, uint64_t *boxes,
                       const mc_settling *s, const mc_claim *claim, const fmpq *unknown, mc_error *e);

/* Settle a claim with ?.  (derive.c) */
void mc_settle_derive(mc_claim_result *result, const mc_settling *s, const mc_claim *claim, mc_error *e);

#endif
