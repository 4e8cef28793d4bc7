/* What a suite is made of; private to this module. */
#ifndef MUONCERT_LAW_SUITE_H
#define MUONCERT_LAW_SUITE_H

#include "law.h"

/* The inputs, by the order in which a kernel meets them: `again` comes last, so that whatever a kernel keeps from one
 * call to the next may show. */
typedef enum {
  MC_INPUT_BASE,
  MC_INPUT_NEGATED,
  MC_INPUT_LARGER,
  MC_INPUT_SMALLER,
  MC_INPUT_TRANSPOSED,
  MC_INPUT_PERMUTED,
  MC_INPUT_ROTATED,
  MC_INPUT_ILL_CONDITIONED,
  MC_INPUT_ZERO,
  MC_INPUT_RANK_ONE,
  MC_INPUT_DENORMAL,
  MC_INPUT_HUGE,
  MC_INPUT_NAN,
  MC_INPUT_INFINITE,
  MC_INPUT_BATCH,
  MC_INPUT_SLICE_1,
  MC_INPUT_SLICE_2,
  MC_INPUT_AGAIN,
  MC_INPUT_STEP_TALL,
  MC_INPUT_STEP_WIDE,
  MC_INPUT_STEP_DECAY,
  MC_INPUTS
} mc_law_input_name;

struct mc_law_suite {
  const mc_kernel_model *model;
  mc_law_conventions conventions;
  mc_audit_options options;
  mc_law_input inputs[MC_INPUTS];
  double *rooms[MC_INPUTS]; /* the numbers of each input */
  mc_audit_reference *references[MC_INPUTS];
};

/* Exponents by which the base input is multiplied for `larger` and, negatively, `smaller`. */
enum { MC_LAW_SHIFT = 3 };

/* entry (i, j) of the permuted input is entry (*k, *l) of the base input. */
void mc_law_permute(size_t *k, size_t *l, size_t i, size_t j, size_t m, size_t n);

/* y := H x K with orthogonal H (m by m) and K (n by n), Kronecker products of [[1,1,1,1],[1,-1,1,-1],…]/2 and an
 * identity: they mix the four quarters of the rows, and of the columns.  m and n are multiples of 4. */
void mc_law_rotate(double *y, const double *x, size_t m, size_t n);

/* direction := what a step hands to Newton-Schulz, buffer_after := the buffer then; exact for the suite's numbers. */
void mc_law_momentum(double *direction, double *buffer_after, const mc_law_input *input,
                     const mc_law_conventions *conventions);

#endif
