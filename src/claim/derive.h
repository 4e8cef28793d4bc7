/* The best value of ?: what its search keeps.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_DERIVE_H
#define MUONCERT_CLAIM_DERIVE_H

#include "settle.h"

typedef struct {
  const mc_settling *settling;
  const mc_claim *claim;
  mc_claim_result *result;
  mc_error *error;
  mc_witness witness;
  bool true_below; /* the claim holds for small values of ? and fails for large ones; else the other way round */

  /* An end of an interval is origin + p or origin - p for p > 0; a constant is p itself. */
  bool is_end;
  fmpq_t origin;
  int direction;

  bool has_true, has_false;
  bool is_senseless;              /* some greater interval reaches beyond where the claim makes sense; *error says so */
  fmpq_t known_true, known_false; /* values of p */
} mc_derivation;

/* Does ? occur in the expression? */
bool mc_derive_mentions(const mc_expr *expr);

/* Prove that the comparison's margin rises (or falls) with ? on the whole domain.  evidence: as mc_settle_at.
 * (monotone.c) */
bool mc_derive_is_monotone(mc_derivation *d, const mc_comparison *c, bool rising, json_t **evidence);

/* The value of ? beyond which the claim fails at a point, least (true_below) or greatest over points near which that
 * is so; d->witness is the point.  A guess, and false where there is none.  (guess.c) */
bool mc_derive_guess(fmpq_t value, mc_derivation *d, bool from_witness);

#endif
