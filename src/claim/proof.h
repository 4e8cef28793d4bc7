/* The evidence that a search gathers on its way: its tree of boxes, and on each box the tests that succeeded.  Private
 * to src/claim. */
#ifndef MUONCERT_CLAIM_PROOF_H
#define MUONCERT_CLAIM_PROOF_H

#include <jansson.h>

#include "../base/base.h"

/* Boxes that a certificate may have. */
#define MC_PROOF_BOXES 200000

typedef struct {
  int axis; /* along which the box is halved; -1: it is not */
  size_t lower, upper;
  json_t *steps; /* NULL: none */
} mc_proof_box;

/* Box 0 is the root. wanted false: nothing is kept. */
typedef struct {
  bool wanted, failed; /* failed: no memory, or too many boxes */
  size_t count, capacity;
  mc_proof_box *boxes;
} mc_proof;

void mc_proof_init(mc_proof *proof, bool wanted);
void mc_proof_clear(mc_proof *proof);

/* Takes the step over. */
void mc_proof_add_step(mc_proof *proof, size_t box, json_t *step);

/* Halve the box; *lower and *upper are its halves. */
void mc_proof_split(mc_proof *proof, size_t box, int axis, size_t *lower, size_t *upper);

/* Put a whole tree in the place of a box; takes its steps. */
void mc_proof_graft(mc_proof *proof, size_t box, mc_proof *tree);

/* The tree in preorder, lower halves first: [axis, step, …] for each box.  NULL: nothing was kept. */
json_t *mc_proof_flatten(const mc_proof *proof);

#endif
