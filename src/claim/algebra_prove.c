/* The rules by which a polynomial is shown to be nonnegative, or positive, on a box.  What they say stands in
 * docs/certification.md; each leaves its name and what a checker needs to repeat it. */
#include "bernstein.h"
#include "prover.h"

enum { MOST_STEPS = 120, DEEPEST = 30 };

static json_t *by_range(mc_prover *v, const fmpq_mpoly_t p, bool strict) {
  mc_range value;
  mc_range_init(&value);
  mc_prover_enclose(&value, p, v);
  bool shown = strict ? mc_range_is_positive(&value) : mc_range_is_nonnegative(&value);
  mc_range_clear(&value);
  return shown ? json_pack("[s]", "range") : NULL;
}
json_t *mc_prover_show(mc_prover *v, const fmpq_mpoly_t p, bool strict, int depth) {
  int sign;
  if (mc_prover_is_constant(p, &sign, v))
    return (strict ? sign > 0 : sign >= 0) ? json_pack("[s]", "constant") : NULL;
  if (depth > DEEPEST || v->steps++ > MOST_STEPS || mc_prover_approx(p, v) < -1e-6)
    return NULL;
  json_t *proof = by_range(v, p, strict);
  bool plain = mc_prover_only_variables(p, v);
  if (!proof && plain && mc_bernstein_shows(p, v->a, v->s, strict))
    proof = json_pack("[s]", "bernstein");
  if (!proof)
    proof = mc_prove_by_squares(v, p, strict);
  if (!proof)
    proof = mc_prove_by_factors(v, p, strict, depth);
  if (!proof && plain)
    proof = mc_prove_by_orders(v, p, strict);
  if (!proof)
    proof = mc_prove_by_facts(v, p, strict, depth);
  if (!proof)
    proof = mc_prove_by_monotony(v, p, strict, depth);
  if (!proof && !plain)
    proof = mc_prove_by_generators(v, p, strict, depth);
  return proof;
}

static const char *const kinds[] = {"", "sqrt", "abs", "let", "exp", "log", "sin", "cos", "pi", "e"};

static json_t *generators_json(const mc_algebra *a) {
  json_t *list = json_array();
  for (size_t k = a->tape->variable_count; k < a->count; k++)
    json_array_append_new(list,
                          json_pack("[s o]", kinds[a->generators[k].kind], mc_algebra_json(&a->generators[k].of, a)));
  return list;
}

bool mc_algebra_certify(mc_workspace *s, bool side, size_t i, bool fails, slong precision) {
  const mc_algebra *a = s->algebra;
  const mc_algebra_atom *atom = !a ? NULL : side ? &a->where[i] : &a->body[i];
  if (!atom || !atom->known)
    return false;
  mc_prover v = {.a = a, .s = s, .ring = a->ring.context, .precision = precision};
  v.ranges = mc_range_vector_new(a->count);
  if (!v.ranges)
    return false;
  fmpq_mpoly_t p;
  fmpq_mpoly_init(p, v.ring);
  if (fails)
    fmpq_mpoly_neg(p, &atom->p, v.ring);
  else
    fmpq_mpoly_set(p, &atom->p, v.ring);
  mc_prover_enclose_generators(&v);
  json_t *proof = mc_prover_show(&v, p, fails ? !atom->strict : atom->strict, 0);
  fmpq_mpoly_clear(p, v.ring);
  mc_range_vector_free(v.ranges, a->count);
  if (proof && s->recording) {
    json_decref(s->test);
    s->test = json_pack("[s o O]", "algebra", generators_json(a), proof);
  }
  json_decref(proof);
  return proof != NULL;
}
