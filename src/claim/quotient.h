/* Quotients of polynomials with rational coefficients in several variables.  Private to src/claim. */
#ifndef MUONCERT_CLAIM_QUOTIENT_H
#define MUONCERT_CLAIM_QUOTIENT_H

#include <stdbool.h>

#include "tape.h"

typedef struct {
  fmpq_mpoly_ctx_t context;
  slong most_terms, most_products; /* of a polynomial; of terms, in one multiplication */
} mc_ring;

typedef struct {
  fmpq_mpoly_struct up, down; /* down is not the zero polynomial */
} mc_quotient;

void mc_ring_init(mc_ring *r, size_t variables, slong most_terms, slong most_products);
void mc_ring_clear(mc_ring *r);

/* Like all below false where the result is larger than the ring allows; z may be an operand here. */
bool mc_ring_multiply(fmpq_mpoly_t z, const fmpq_mpoly_t a, const fmpq_mpoly_t b, const mc_ring *r);
bool mc_ring_power(fmpq_mpoly_t z, const fmpq_mpoly_t a, ulong n, const mc_ring *r);

void mc_quotient_init(mc_quotient *x, const mc_ring *r);
void mc_quotient_clear(mc_quotient *x, const mc_ring *r);
void mc_quotient_set_constant(mc_quotient *z, const fmpq_t c, const mc_ring *r);
void mc_quotient_set_variable(mc_quotient *z, size_t j, const mc_ring *r);

/* z is no operand. */
bool mc_quotient_add(mc_quotient *z, const mc_quotient *a, const mc_quotient *b, bool minus, const mc_ring *r);
bool mc_quotient_multiply(mc_quotient *z, const mc_quotient *a, const mc_quotient *b, const mc_ring *r);
bool mc_quotient_divide(mc_quotient *z, const mc_quotient *a, const mc_quotient *b, const mc_ring *r);
bool mc_quotient_power(mc_quotient *z, const mc_quotient *a, ulong n, const mc_ring *r);

/* p(a). */
bool mc_quotient_compose(mc_quotient *z, const fmpq_poly_t p, const mc_quotient *a, const mc_ring *r);

/* What a node makes of its operands, NULL where they are not known; false: no rational function of them, too. */
bool mc_quotient_operate(mc_quotient *z, const mc_node *node, const mc_tape *tape, const mc_quotient *a,
                         const mc_quotient *b, const mc_ring *r);

/* up/down is defined where down is not zero, so that a common factor does not vanish there.  down becomes monic. */
void mc_quotient_cancel(mc_quotient *x, const mc_ring *r);

#endif
