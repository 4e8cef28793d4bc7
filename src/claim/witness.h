/* Points that decide a claim, judged by its text: exactly where it is rational, else in balls at exactly that point.
 * Nothing of the search is trusted here.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_WITNESS_H
#define MUONCERT_CLAIM_WITNESS_H

#include <jansson.h>

#include "tape.h"

typedef struct {
  bool found, exact;
  size_t count;  /* the claim's variables */
  fmpq *values;  /* count + 1: the last is the value of ?, if the claim has one */
  json_t *place; /* where the point is not rational: what encloses it, {variable: {"lo", "hi"}}; else NULL */
} mc_witness;

mc_status mc_witness_init(mc_witness *w, size_t count, mc_error *e);
void mc_witness_clear(mc_witness *w);
void mc_witness_swap(mc_witness *a, mc_witness *b);

/* Does w->values lie in the domain, satisfy the side conditions, and (forall) contradict the body or (exists) fulfil
 * it?  Sets found and exact.  exactly: in rational arithmetic wherever the values are rational; else balls, which
 * cost less and prove as much, are asked first. */
bool mc_witness_check(mc_witness *w, const mc_claim *claim, bool exactly);

/* Look for a simple point among those of the box lower <= t <= upper, which ought to be one as a whole (all) or at
 * the point `t`: simplest rationals first, then nearer and nearer to t. */
bool mc_witness_find(mc_witness *w, const mc_claim *claim, const mc_tape *tape, const mc_instance *instance,
                     const mc_range *box, const fmpq *t);

#endif
