/* What is tried on one box.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_BOX_H
#define MUONCERT_CLAIM_BOX_H

#include "proof.h"
#include "workspace.h"

enum { MC_MOST_PENDING = 64 }; /* atoms whose progress a box remembers */

typedef struct {
  mc_workspace w; /* w.box is the box */
  mc_witness witness;
  mc_proof proof;
  bool by_algebra;  /* the box is worth algebra, and exact points */
  json_t *evidence; /* where MC_BOX_SETTLED came of no witness: {"sign_change"}, {"root"}, {"angle"} or {"point"};
                     where recording */
} mc_boxer;

typedef enum { MC_BOX_OPEN, MC_BOX_CLOSED, MC_BOX_SETTLED } mc_box_outcome;

/* One bit for each of the first 64 atoms of the body: those that are not yet certified. */
uint64_t mc_box_bit(size_t atom);

/* Try to close the box, or to settle the claim by a point of it.  Certified atoms leave *pending; place is the box in
 * the proof. */
mc_box_outcome mc_box_process(mc_boxer *b, uint64_t *pending, size_t place, slong precision);

/* The last resorts on a box next to nothing wide. */
mc_box_outcome mc_box_process_exactly(mc_boxer *b, uint64_t pending, size_t place);

/* Points that decide the claim and are not rational, or at which it is not: where the one equation of an exists changes
 * its sign, (one variable) where a polynomial does or a sine or cosine is taken of a multiple of pi/6, and the corners
 * of the box, by values in the field of pi and e.
 * mc_box_process leaves w.on_box.  (irrational.c) */
bool mc_box_settled_by_sign_change(mc_boxer *b);
bool mc_box_settled_by_root(mc_boxer *b);
bool mc_box_settled_at_angle(mc_boxer *b);
bool mc_box_settled_at_corner(mc_boxer *b);

/* Points that catch most false claims at once. */
bool mc_box_settled_by_sample(mc_boxer *b);

#endif
