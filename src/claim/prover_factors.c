/* Polynomials as sums of squares, and as products. */
#include "prover.h"

enum {
  FACTOR_TERMS = 100,
  FACTOR_DEGREE = 32,
  FACTOR_BITS = 200 /* of coefficients */
};

/* p = sum_i d_i l_i^2 by completing squares, one generator after the other; strict: the last l is 1. */
json_t *mc_prove_by_squares(mc_prover *v, const fmpq_mpoly_t p, bool strict) {
  fmpq_mpoly_t rest, line, square, coefficient;
  fmpq_t d, half;
  if (!fmpq_mpoly_total_degree_fits_si(p, v->ring) || fmpq_mpoly_total_degree_si(p, v->ring) != 2)
    return NULL;
  fmpq_mpoly_init(rest, v->ring);
  fmpq_mpoly_init(line, v->ring);
  fmpq_mpoly_init(square, v->ring);
  fmpq_mpoly_init(coefficient, v->ring);
  fmpq_init(d);
  fmpq_init(half);
  fmpq_mpoly_set(rest, p, v->ring);
  json_t *list = json_array();
  bool ok = true;
  for (size_t k = 0; k < v->a->count && ok; k++) {
    if (!mc_prover_uses(rest, k, v))
      continue;
    mc_algebra_coefficient(coefficient, rest, k, 2, v->a);
    fmpq_mpoly_get_fmpq(d, coefficient, v->ring);
    ok = fmpq_sgn(d) > 0;
    if (!ok)
      break;
    /* d (x + c/(2d))^2 = d x^2 + c x + … */
    mc_algebra_coefficient(line, rest, k, 1, v->a);
    fmpq_add(half, d, d);
    fmpq_mpoly_scalar_div_fmpq(line, line, half, v->ring);
    fmpq_mpoly_gen(square, (slong)k, v->ring);
    fmpq_mpoly_add(line, line, square, v->ring);
    fmpq_mpoly_mul(square, line, line, v->ring);
    fmpq_mpoly_scalar_mul_fmpq(square, square, d, v->ring);
    fmpq_mpoly_sub(rest, rest, square, v->ring);
    char *text = fmpq_get_str(NULL, 10, d);
    json_array_append_new(list, json_pack("[s o]", text, mc_algebra_json(line, v->a)));
    flint_free(text);
  }
  int sign = 0;
  ok = ok && mc_prover_is_constant(rest, &sign, v) && (strict ? sign > 0 : sign >= 0);
  fmpq_mpoly_clear(rest, v->ring);
  fmpq_mpoly_clear(line, v->ring);
  fmpq_mpoly_clear(square, v->ring);
  fmpq_mpoly_clear(coefficient, v->ring);
  fmpq_clear(d);
  fmpq_clear(half);
  json_t *proof = ok ? json_pack("[s O]", "squares", list) : NULL;
  json_decref(list);
  return proof;
}

/* The factor q of p, turned so that it is positive; even powers only where they must not vanish.  *sign is turned
 * with odd powers. */
static json_t *by_factor(mc_prover *v, fmpq_mpoly_t q, ulong exponent, bool strict, int *sign, int depth) {
  if (exponent % 2 == 0 && !strict)
    return json_pack("[o I]", mc_algebra_json(q, v->a), (json_int_t)exponent);
  bool negative = mc_prover_approx(q, v) < 0;
  for (int attempt = 0; attempt < 2; attempt++, negative = !negative) {
    if (negative)
      fmpq_mpoly_neg(q, q, v->ring);
    json_t *proof = mc_prover_show(v, q, strict, depth + 1);
    if (proof) {
      if (negative && exponent % 2 == 1)
        *sign = -*sign;
      return json_pack("[o I o]", mc_algebra_json(q, v->a), (json_int_t)exponent, proof);
    }
    if (negative)
      fmpq_mpoly_neg(q, q, v->ring);
  }
  return NULL;
}

json_t *mc_prove_by_factors(mc_prover *v, const fmpq_mpoly_t p, bool strict, int depth) {
  if (fmpq_mpoly_length(p, v->ring) > FACTOR_TERMS || FLINT_ABS(fmpz_mpoly_max_bits(p->zpoly)) > FACTOR_BITS ||
      !fmpq_mpoly_total_degree_fits_si(p, v->ring) || fmpq_mpoly_total_degree_si(p, v->ring) > FACTOR_DEGREE)
    return NULL;
  fmpq_mpoly_factor_t factors;
  fmpq_mpoly_factor_init(factors, v->ring);
  json_t *list = json_array();
  bool ok =
      fmpq_mpoly_factor(factors, p, v->ring) && (factors->num > 1 || (factors->num == 1 && !fmpz_is_one(factors->exp)));
  int sign = fmpq_sgn(factors->constant);
  for (slong i = 0; i < factors->num && ok; i++) {
    json_t *one = fmpz_cmp_ui(factors->exp + i, 1000) < 0
                      ? by_factor(v, factors->poly + i, fmpz_get_ui(factors->exp + i), strict, &sign, depth)
                      : NULL;
    ok = one != NULL;
    if (one)
      json_array_append_new(list, one);
  }
  ok = ok && sign > 0;
  fmpq_mpoly_factor_clear(factors, v->ring);
  json_t *proof = ok ? json_pack("[s O]", "factors", list) : NULL;
  json_decref(list);
  return proof;
}
