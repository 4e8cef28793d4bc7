/* Generators give way: roots and absolute values by their squares and signs, names by what they stand for, exp and
 * log by their monotony. */
#include "prover.h"

/* r = sqrt(A), p = a + b r: both nonnegative; or b >= 0 and b^2 A >= a^2; or a >= 0 and a^2 >= b^2 A. */
static json_t *by_root(mc_prover *v, const fmpq_mpoly_t p, size_t k, bool strict, int depth) {
  fmpq_mpoly_t a, b, norm, t;
  json_t *proof = NULL, *first, *second;
  if (fmpq_mpoly_degree_si(p, (slong)k, v->ring) != 1)
    return NULL;
  fmpq_mpoly_init(a, v->ring);
  fmpq_mpoly_init(b, v->ring);
  fmpq_mpoly_init(norm, v->ring);
  fmpq_mpoly_init(t, v->ring);
  mc_algebra_coefficient(a, p, k, 0, v->a);
  mc_algebra_coefficient(b, p, k, 1, v->a);
  /* norm = a^2 - b^2 r^2, where r^2 is reduced. */
  fmpq_mpoly_gen(t, (slong)k, v->ring);
  bool ok = mc_ring_multiply(t, t, b, &v->a->ring) && mc_ring_multiply(t, t, t, &v->a->ring) &&
            mc_ring_multiply(norm, a, a, &v->a->ring);
  if (ok) {
    fmpq_mpoly_sub(norm, norm, t, v->ring);
    ok = mc_algebra_reduce(norm, v->a);
  }
  for (int which = 0; which < 3 && ok && !proof; which++) {
    static const char *const names[] = {"both", "a", "b"};
    if (which == 2)
      fmpq_mpoly_neg(norm, norm, v->ring);
    if (which > 0 && mc_prover_approx(norm, v) < -1e-9)
      continue;
    /* The signs first: they cost less. */
    first = mc_prover_show(v, which == 2 ? b : a, strict && which == 0, depth + 1);
    second = !first       ? NULL
             : which == 0 ? mc_prover_show(v, b, false, depth + 1)
                          : mc_prover_show(v, norm, strict, depth + 1);
    if (first && second)
      proof = json_pack("[s I s O O]", "root", (json_int_t)k, names[which], first, second);
    json_decref(first);
    json_decref(second);
  }
  fmpq_mpoly_clear(a, v->ring);
  fmpq_mpoly_clear(b, v->ring);
  fmpq_mpoly_clear(norm, v->ring);
  fmpq_mpoly_clear(t, v->ring);
  return proof;
}

/* |w| = ±w where the sign of w is certain; a name is what it stands for. */
static json_t *by_value(mc_prover *v, const fmpq_mpoly_t p, size_t k, bool strict, int depth) {
  const mc_generator *g = &v->a->generators[k];
  fmpq_mpoly_t by, q;
  json_t *proof = NULL, *rest = NULL, *side = NULL;
  fmpq_mpoly_init(by, v->ring);
  fmpq_mpoly_init(q, v->ring);
  fmpq_mpoly_set(by, &g->of, v->ring);
  bool is_abs = g->kind == MC_GENERATOR_ABS, negative = is_abs && mc_prover_approx(by, v) < 0;
  if (negative)
    fmpq_mpoly_neg(by, by, v->ring);
  if (is_abs)
    side = mc_prover_show(v, by, false, depth + 1);
  if ((!is_abs || side) && mc_algebra_substitute(q, p, k, by, v->a))
    rest = mc_prover_show(v, q, strict, depth + 1);
  if (rest && is_abs)
    proof = json_pack("[s I i O O]", "side", (json_int_t)k, negative ? -1 : 1, side, rest);
  else if (rest)
    proof = json_pack("[s I O]", "unfold", (json_int_t)k, rest);
  json_decref(side);
  json_decref(rest);
  fmpq_mpoly_clear(by, v->ring);
  fmpq_mpoly_clear(q, v->ring);
  return proof;
}

/* c (f(u) - f(w)) for an increasing f: u - w. */
json_t *mc_prove_by_monotony(mc_prover *v, const fmpq_mpoly_t p, bool strict, int depth) {
  size_t found[2], count = 0;
  for (size_t k = v->s->n; k < v->a->count; k++)
    if (mc_prover_uses(p, k, v) && count < 2)
      found[count++] = k;
  if (count < 2 || fmpq_mpoly_length(p, v->ring) != 2)
    return NULL;
  const mc_generator *x = &v->a->generators[found[0]], *y = &v->a->generators[found[1]];
  if (x->kind != y->kind || (x->kind != MC_GENERATOR_EXP && x->kind != MC_GENERATOR_LOG))
    return NULL;
  fmpq_mpoly_t d, t;
  fmpq_t c;
  json_t *rest = NULL;
  fmpq_init(c);
  fmpq_mpoly_init(d, v->ring);
  fmpq_mpoly_init(t, v->ring);
  fmpq_mpoly_gen(d, (slong)found[0], v->ring);
  fmpq_mpoly_gen(t, (slong)found[1], v->ring);
  fmpq_mpoly_sub(d, d, t, v->ring);
  fmpq_mpoly_get_term_coeff_fmpq(c, p, 0, v->ring);
  fmpq_mpoly_scalar_mul_fmpq(d, d, c, v->ring);
  if (fmpq_mpoly_equal(d, p, v->ring)) {
    fmpq_mpoly_sub(t, &x->of, &y->of, v->ring);
    fmpq_mpoly_scalar_mul_fmpq(t, t, c, v->ring);
    rest = mc_prover_show(v, t, strict, depth + 1);
  }
  fmpq_mpoly_clear(d, v->ring);
  fmpq_mpoly_clear(t, v->ring);
  fmpq_clear(c);
  return rest ? json_pack("[s I I o]", "monotone", (json_int_t)found[0], (json_int_t)found[1], rest) : NULL;
}

json_t *mc_prove_by_generators(mc_prover *v, const fmpq_mpoly_t p, bool strict, int depth) {
  json_t *proof = NULL;
  for (size_t k = v->a->count; k-- > v->s->n && !proof;) {
    mc_generator_kind kind = v->a->generators[k].kind;
    if (!mc_prover_uses(p, k, v))
      continue;
    if (kind == MC_GENERATOR_ROOT || kind == MC_GENERATOR_ABS)
      proof = by_root(v, p, k, strict, depth);
    /* A name that is a factor by now: else the polynomial only grows. */
    if (!proof &&
        (kind == MC_GENERATOR_ABS || (kind == MC_GENERATOR_LET && fmpq_mpoly_degree_si(p, (slong)k, v->ring) == 1)))
      proof = by_value(v, p, k, strict, depth);
  }
  return proof;
}
