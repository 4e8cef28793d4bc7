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

/* Tangents of each kind are tried at e^s, |s| <= FARTHEST, if the claim has e; otherwise at s = 0. */
enum { FACTS = 2, FARTHEST = 2 };

/* e^s, or 1 for s < 0; false: e is no generator. */
static bool set_power_of_e(fmpq_mpoly_t z, const mc_prover *v, int s) {
  size_t k = v->s->n;
  while (k < v->a->count && v->a->generators[k].kind != MC_GENERATOR_E)
    k++;
  fmpq_mpoly_one(z, v->ring);
  if (k == v->a->count)
    return false;
  fmpq_mpoly_gen(z, (slong)k, v->ring);
  fmpq_mpoly_pow_ui(z, z, s > 0 ? (ulong)s : 0, v->ring);
  return true;
}

/* With e^s = b/a: a exp(u) >= b (1 + u - s) and b >= a (1 - u + s) exp(u);
 * b (log(u) - s + 1) <= a u and a u (log(u) - s - 1) >= -b. */
static bool set_fact(fmpq_mpoly_t z, const mc_prover *v, size_t k, int which, int s) {
  const mc_generator *g = &v->a->generators[k];
  fmpq_mpoly_t u, a, b;
  bool is_exp = g->kind == MC_GENERATOR_EXP;
  if ((!is_exp && g->kind != MC_GENERATOR_LOG) || fmpq_mpoly_length(&g->of, v->ring) > 40)
    return false;
  fmpq_mpoly_init(u, v->ring);
  fmpq_mpoly_init(a, v->ring);
  fmpq_mpoly_init(b, v->ring);
  bool has_e = set_power_of_e(a, v, -s);
  set_power_of_e(b, v, s);
  fmpq_mpoly_gen(z, (slong)k, v->ring);
  fmpq_mpoly_add_si(u, &g->of, is_exp ? (which == 0 ? 1 - s : -1 - s) : 0, v->ring);
  if (!is_exp)
    fmpq_mpoly_add_si(z, z, which == 0 ? 1 - s : -1 - s, v->ring);
  if (which == 1) { /* a u z + b */
    fmpq_mpoly_mul(z, z, u, v->ring);
    fmpq_mpoly_mul(z, z, a, v->ring);
    fmpq_mpoly_add(z, z, b, v->ring);
  } else { /* a z - b u, a u - b z */
    fmpq_mpoly_mul(z, z, is_exp ? a : b, v->ring);
    fmpq_mpoly_mul(u, u, is_exp ? b : a, v->ring);
    fmpq_mpoly_sub(z, is_exp ? z : u, is_exp ? u : z, v->ring);
  }
  fmpq_mpoly_clear(u, v->ring);
  fmpq_mpoly_clear(a, v->ring);
  fmpq_mpoly_clear(b, v->ring);
  return (has_e || s == 0) && mc_algebra_reduce(z, v->a);
}

/* The tangents of generator k. */
static json_t *by_tangents(mc_prover *v, const fmpq_mpoly_t p, size_t k, bool strict, int depth) {
  json_t *proof = NULL;
  fmpq_mpoly_t g;
  fmpq_mpoly_init(g, v->ring);
  for (int i = 0; i <= 2 * FARTHEST && !proof; i++)
    for (int which = 0; which < FACTS && !proof; which++) {
      int s = i % 2 ? (i + 1) / 2 : -i / 2; /* 0, 1, -1, … */
      if (set_fact(g, v, k, which, s)) {
        given x = {g, false, false, json_pack("[I i i]", (json_int_t)k, which, s)};
        proof = by_given(v, p, &x, strict, depth);
        json_decref(x.name);
      }
    }
  fmpq_mpoly_clear(g, v->ring);
  return proof;
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
    if (mc_prover_uses(p, k, v))
      proof = by_tangents(v, p, k, strict, depth);
  return proof;
}
