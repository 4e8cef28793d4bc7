/* What is given: side conditions, and tangents of exp and log. */
#include "prover.h"

typedef struct {
  const fmpq_mpoly_struct *g;
  bool strict, equation;
  json_t *name; /* of where it comes from */
} given;

/* p = m g + q with m, q >= 0 (m of any sign for an equation). */
static json_t *by_multiple(mc_prover *v, const fmpq_mpoly_t p, const fmpq_mpoly_t m, const given *x, bool strict,
                           int depth) {
  int sign = 0;
  bool constant = mc_prover_is_constant(m, &sign, v);
  if (fmpq_mpoly_is_zero(m, v->ring))
    return NULL;
  fmpq_mpoly_t rest;
  fmpq_mpoly_init(rest, v->ring);
  json_t *first = NULL, *second = NULL, *proof = NULL;
  if (mc_ring_multiply(rest, m, x->g, &v->a->ring)) {
    fmpq_mpoly_sub(rest, p, rest, v->ring);
    if (mc_algebra_reduce(rest, v->a))
      second = mc_prover_show(v, rest, strict && !(x->strict && constant && sign > 0), depth + 1);
  }
  if (second && !x->equation)
    first = mc_prover_show(v, m, false, depth + 1);
  if (second && (first || x->equation))
    proof = json_pack("[s O o O O]", "given", x->name, mc_algebra_json(m, v->a), first ? first : json_null(), second);
  json_decref(first);
  json_decref(second);
  fmpq_mpoly_clear(rest, v->ring);
  return proof;
}

/* Multiples that make a monomial of p vanish, then the one of division. */
static json_t *by_given(mc_prover *v, const fmpq_mpoly_t p, const given *x, bool strict, int depth) {
  json_t *proof = NULL;
  fmpq_mpoly_t m, rest;
  fmpq_t c, d;
  ulong exponents[MC_ALGEBRA_GENERATORS];
  fmpq_mpoly_init(m, v->ring);
  fmpq_mpoly_init(rest, v->ring);
  fmpq_init(c);
  fmpq_init(d);
  for (slong i = 0; i < fmpq_mpoly_length(x->g, v->ring) && !proof; i++) {
    fmpq_mpoly_get_term_exp_ui(exponents, x->g, i, v->ring);
    fmpq_mpoly_get_term_coeff_fmpq(d, x->g, i, v->ring);
    fmpq_mpoly_get_coeff_fmpq_ui(c, p, exponents, v->ring);
    fmpq_div(c, c, d);
    if (fmpq_sgn(c) > 0 || x->equation) {
      fmpq_mpoly_set_fmpq(m, c, v->ring);
      proof = by_multiple(v, p, m, x, strict, depth);
    }
  }
  if (!proof) {
    fmpq_mpoly_divrem(m, rest, p, x->g, v->ring);
    if (!fmpq_mpoly_is_fmpq(m, v->ring))
      proof = by_multiple(v, p, m, x, strict, depth);
  }
  fmpq_mpoly_clear(m, v->ring);
  fmpq_mpoly_clear(rest, v->ring);
  fmpq_clear(c);
  fmpq_clear(d);
  return proof;
}

enum { FACTS = 2 };

/* exp(u) >= 1 + u and 1 >= (1 - u) exp(u); log(u) <= u - 1 and u log(u) >= u - 1. */
static bool set_fact(fmpq_mpoly_t z, const mc_prover *v, size_t k, int which) {
  const mc_generator *g = &v->a->generators[k];
  fmpq_mpoly_t u;
  bool is_exp = g->kind == MC_GENERATOR_EXP;
  if ((!is_exp && g->kind != MC_GENERATOR_LOG) || fmpq_mpoly_length(&g->of, v->ring) > 40)
    return false;
  fmpq_mpoly_init(u, v->ring);
  fmpq_mpoly_gen(z, (slong)k, v->ring);
  fmpq_mpoly_sub_ui(u, &g->of, 1, v->ring);
  if (which == 1)
    fmpq_mpoly_mul(z, z, is_exp ? u : &g->of, v->ring);
  else if (!is_exp)
    fmpq_mpoly_neg(z, z, v->ring);
  if (is_exp) { /* exp - u - 1, (u - 1) exp + 1 */
    if (which == 0)
      fmpq_mpoly_sub(z, z, &g->of, v->ring);
    if (which == 0)
      fmpq_mpoly_sub_ui(z, z, 1, v->ring);
    else
      fmpq_mpoly_add_ui(z, z, 1, v->ring);
  } else if (which == 0) { /* u - 1 - log */
    fmpq_mpoly_add(z, z, u, v->ring);
  } else { /* u log - u + 1 */
    fmpq_mpoly_sub(z, z, u, v->ring);
  }
  fmpq_mpoly_clear(u, v->ring);
  return mc_algebra_reduce(z, v->a);
}

json_t *mc_prove_by_facts(mc_prover *v, const fmpq_mpoly_t p, bool strict, int depth) {
  json_t *proof = NULL;
  for (size_t i = 0; i < v->a->where_count && !proof; i++) {
    const mc_algebra_atom *w = &v->a->where[i];
    if (!w->known || fmpq_mpoly_is_zero(&w->p, v->ring))
      continue;
    given x = {&w->p, w->strict, w->equation, json_integer((json_int_t)i)};
    proof = by_given(v, p, &x, strict, depth);
    json_decref(x.name);
  }
  for (size_t k = v->s->n; k < v->a->count && !proof; k++)
    for (int which = 0; which < FACTS && !proof && mc_prover_uses(p, k, v); which++) {
      fmpq_mpoly_t g;
      fmpq_mpoly_init(g, v->ring);
      if (set_fact(g, v, k, which)) {
        given x = {g, false, false, json_pack("[I i]", (json_int_t)k, which)};
        proof = by_given(v, p, &x, strict, depth);
        json_decref(x.name);
      }
      fmpq_mpoly_clear(g, v->ring);
    }
  return proof;
}
