/* Proofs that a polynomial in variables and generators is nonnegative, or positive, on a box.  Private to src/claim.
 *
 * A rule returns what stands in a certificate (docs/certification.md), or NULL where it does not apply. */
#ifndef MUONCERT_CLAIM_PROVER_H
#define MUONCERT_CLAIM_PROVER_H

#include "algebra.h"

typedef struct {
  const mc_algebra *a;
  const mc_workspace *s;
  const fmpq_mpoly_ctx_struct *ring;
  slong precision;
  mc_range *ranges;                     /* of the generators on the box */
  double centre[MC_ALGEBRA_GENERATORS]; /* their values at its centre, roughly */
  int steps;
} mc_prover;

/* By whatever rule applies; strict: p > 0. */
json_t *mc_prover_show(mc_prover *v, const fmpq_mpoly_t p, bool strict, int depth);

/* ---- Values (prover_values.c) ---- */

void mc_prover_enclose_generators(mc_prover *v);
void mc_prover_enclose(mc_range *z, const fmpq_mpoly_t p, const mc_prover *v);
double mc_prover_approx(const fmpq_mpoly_t p, const mc_prover *v); /* at the centre */
bool mc_prover_is_constant(const fmpq_mpoly_t p, int *sign, const mc_prover *v);
bool mc_prover_uses(const fmpq_mpoly_t p, size_t k, const mc_prover *v);
bool mc_prover_only_variables(const fmpq_mpoly_t p, const mc_prover *v);

/* ---- Rules ---- */

/* (prover_factors.c) */
json_t *mc_prove_by_squares(mc_prover *v, const fmpq_mpoly_t p, bool strict);
json_t *mc_prove_by_factors(mc_prover *v, const fmpq_mpoly_t p, bool strict, int depth);

/* In nonnegative variables, by their differences in every order.  (prover_orders.c) */
json_t *mc_prove_by_orders(mc_prover *v, const fmpq_mpoly_t p, bool strict);

/* (prover_given.c) */
json_t *mc_prove_by_facts(mc_prover *v, const fmpq_mpoly_t p, bool strict, int depth);

/* (prover_generators.c) */
json_t *mc_prove_by_monotony(mc_prover *v, const fmpq_mpoly_t p, bool strict, int depth);
json_t *mc_prove_by_generators(mc_prover *v, const fmpq_mpoly_t p, bool strict, int depth);

#endif
