/* The rules of an algebraic proof: p >= 0, or > 0 if strict, on the box where the side conditions hold.
 *
 *   constant, range, bernstein       p itself, by its value, by intervals, by its coefficients in Bernstein's basis
 *   orders [[c, d], …]               p itself, by differences of its variables in every order
 *   squares [[d, l], …]              p - sum d l^2 is a constant >= 0, all d > 0
 *   factors [[q, e, proof], …]       p = c prod q^e with c > 0; even powers need no proof unless p > 0 is to be shown
 *   given i m proof proof            p = m g + q, g side condition i or a tangent, m >= 0 (any m for an equation)
 *   root k which proof proof         p = a + b r: a, b >= 0; or a >= 0, a^2 >= b^2 r^2; or b >= 0, b^2 r^2 >= a^2
 *   side k sign proof proof          |w| = ± w, the sign of w being certain
 *   unfold k proof                   a name gives way to what it stands for
 *   monotone k l proof               p = c (f(u) - f(w)), f an increasing function: c (u - w) */
#include <string.h>

#include "algebra.h"
#include "size.h"

enum { DEEPEST = 40, MOST_STEPS = 4000 };

typedef struct {
  mc_letters x;
  unsigned steps;
} proof_state;

static bool shows(proof_state *s, const fmpq_mpoly_t p, bool strict, const json_t *proof, int depth);

/* ---- Values ---- */

/* z *= x^e, even powers as squares. */
static void multiply_by_power(mc_iv *z, const mc_iv *x, ulong e) {
  mc_iv power;
  mc_iv_init(&power);
  mpfi_set_ui(&power, 1);
  for (unsigned bit = (unsigned)FLINT_BIT_COUNT(e); bit-- > 0;) {
    mpfi_sqr(&power, &power);
    if ((e >> bit) & 1)
      mpfi_mul(&power, &power, x);
  }
  mpfi_mul(z, z, &power);
  mpfi_clear(&power);
}

/* Not usable where the time is over. */
static void enclose(mc_iv *z, const fmpq_mpoly_t p, const mc_letters *x) {
  ulong exponents[MC_MOST_LETTERS];
  mc_iv term;
  fmpq_t c;
  mc_iv_init(&term);
  fmpq_init(c);
  mpfi_set_ui(z, 0);
  for (slong i = 0; i < fmpq_mpoly_length(p, x->ring); i++) {
    fmpq_mpoly_get_term_coeff_fmpq(c, p, i, x->ring);
    fmpq_mpoly_get_term_exp_ui(exponents, p, i, x->ring);
    mc_iv_set_q(&term, c);
    for (size_t k = 0; k < x->count; k++)
      if (exponents[k] > 0)
        multiply_by_power(&term, &x->letters[k].value, exponents[k]);
    mpfi_add(z, z, &term);
  }
  if (!mc_program_in_time(x->program))
    mc_iv_spoil(z);
  mpfi_clear(&term);
  fmpq_clear(c);
}

static void enclose_letter(mc_letters *x, size_t k) {
  mc_letter *l = &x->letters[k];
  if (l->line != SIZE_MAX && mc_iv_usable(x->values + l->line)) {
    mpfi_set(&l->value, x->values + l->line);
    return;
  }
  mc_iv_spoil(&l->value);
  if (l->kind != MC_LETTER_LET && l->kind != MC_LETTER_ABS)
    return;
  enclose(&l->value, &l->of, x);
  if (l->kind == MC_LETTER_ABS && mc_iv_usable(&l->value))
    mpfi_abs(&l->value, &l->value);
}

static bool by_range(proof_state *s, const fmpq_mpoly_t p, bool strict) {
  mc_iv value;
  mc_iv_init(&value);
  enclose(&value, p, &s->x);
  bool shown = mc_iv_meets(&value, 1, strict);
  mpfi_clear(&value);
  return shown;
}

static int constant_sign(const fmpq_mpoly_t p, const mc_letters *x) {
  int sign = 2;
  fmpq_t c;
  fmpq_init(c);
  if (fmpq_mpoly_is_fmpq(p, x->ring)) {
    fmpq_mpoly_get_fmpq(c, p, x->ring);
    sign = fmpq_sgn(c);
  }
  fmpq_clear(c);
  return sign;
}

static bool by_constant(proof_state *s, const fmpq_mpoly_t p, bool strict) {
  int sign = constant_sign(p, &s->x);
  return sign == 1 || (sign == 0 && !strict);
}

/* ---- Squares and factors ---- */

static bool by_squares(proof_state *s, const fmpq_mpoly_t p, bool strict, const json_t *list) {
  const mc_letters *x = &s->x;
  fmpq_mpoly_t rest, line;
  fmpq_t d;
  fmpq_init(d);
  fmpq_mpoly_init(rest, x->ring);
  fmpq_mpoly_init(line, x->ring);
  fmpq_mpoly_set(rest, p, x->ring);
  bool ok = json_is_array(list);
  for (size_t i = 0; i < json_array_size(list) && ok; i++) {
    const json_t *one = json_array_get(list, i);
    const char *text = json_string_value(json_array_get(one, 0));
    ok = text && strlen(text) < 4000 && fmpq_set_str(d, text, 10) == 0 && !fmpz_is_zero(fmpq_denref(d)) &&
         mc_letters_read(line, x, json_array_get(one, 1), x->count) && mc_letters_multiply(line, line, line, x);
    if (!ok)
      break;
    fmpq_canonicalise(d);
    ok = fmpq_sgn(d) > 0;
    fmpq_mpoly_scalar_mul_fmpq(line, line, d, x->ring);
    fmpq_mpoly_sub(rest, rest, line, x->ring);
    ok = ok && mc_mpoly_fits(rest, x->ring);
  }
  ok = ok && by_constant(s, rest, strict);
  fmpq_mpoly_clear(rest, x->ring);
  fmpq_mpoly_clear(line, x->ring);
  fmpq_clear(d);
  return ok;
}

typedef struct {
  fmpq_mpoly_t q;
  ulong exponent;
  const json_t *proof;
} factor;

static bool read_factor(factor *f, const mc_letters *x, const json_t *json) {
  const json_t *exponent = json_array_get(json, 1);
  json_int_t e = json_integer_value(exponent);
  f->exponent = (ulong)e;
  f->proof = json_array_get(json, 2);
  return json_is_integer(exponent) && e >= 1 && e <= 1000 &&
         mc_letters_read(f->q, x, json_array_get(json, 0), x->count);
}

/* z *= q^e while that may still divide p. */
static bool multiply_by_factor(fmpq_mpoly_t z, const factor *f, const fmpq_mpoly_t p, const mc_letters *x) {
  slong degree = fmpq_mpoly_total_degree_si(p, x->ring);
  bool fits = true;
  for (ulong i = 0; i < f->exponent && fits; i++)
    fits = mc_letters_multiply(z, z, f->q, x) && fmpq_mpoly_total_degree_si(z, x->ring) <= degree;
  return fits;
}

/* p = c product with c > 0 */
static bool is_positive_multiple(const fmpq_mpoly_t p, fmpq_mpoly_t product, const mc_letters *x) {
  fmpq_t c, d;
  if (fmpq_mpoly_is_zero(p, x->ring) || fmpq_mpoly_is_zero(product, x->ring))
    return false;
  fmpq_init(c);
  fmpq_init(d);
  fmpq_mpoly_get_term_coeff_fmpq(c, p, 0, x->ring);
  fmpq_mpoly_get_term_coeff_fmpq(d, product, 0, x->ring);
  fmpq_div(c, c, d);
  fmpq_mpoly_scalar_mul_fmpq(product, product, c, x->ring);
  bool equal = fmpq_sgn(c) > 0 && fmpq_mpoly_equal(product, p, x->ring);
  fmpq_clear(c);
  fmpq_clear(d);
  return equal;
}

/* The product is compared first: nothing is shown of factors that p does not have. */
static bool by_factors(proof_state *s, const fmpq_mpoly_t p, bool strict, const json_t *list, int depth) {
  const mc_letters *x = &s->x;
  size_t count = json_array_size(list);
  fmpq_mpoly_t product;
  factor f;
  fmpq_mpoly_init(product, x->ring);
  fmpq_mpoly_init(f.q, x->ring);
  fmpq_mpoly_one(product, x->ring);
  bool ok = json_is_array(list);
  for (size_t i = 0; i < count && ok; i++)
    ok = read_factor(&f, x, json_array_get(list, i)) && multiply_by_factor(product, &f, p, x);
  ok = ok && is_positive_multiple(p, product, x);
  for (size_t i = 0; i < count && ok; i++)
    ok = read_factor(&f, x, json_array_get(list, i)) &&
         ((f.exponent % 2 == 0 && !strict) || shows(s, f.q, strict, f.proof, depth + 1));
  fmpq_mpoly_clear(product, x->ring);
  fmpq_mpoly_clear(f.q, x->ring);
  return ok;
}

/* ---- What is given ---- */

static bool set_given(fmpq_mpoly_t g, bool *strict, bool *equation, const mc_letters *x, const json_t *name) {
  const mc_program *p = x->program;
  *strict = *equation = false;
  if (json_is_array(name))
    return mc_tangent_is_read(g, x, name);
  if (!json_is_integer(name) || json_integer_value(name) < 0 || (size_t)json_integer_value(name) >= p->where_count)
    return false;
  size_t i = (size_t)json_integer_value(name);
  *strict = p->where[i].strict;
  *equation = p->where[i].equation || (i > 0 && p->where[i - 1].equation);
  return mc_letters_sign_polynomial(g, x, p->where[i].up);
}

static bool by_given(proof_state *s, const fmpq_mpoly_t p, bool strict, const json_t *proof, int depth) {
  const mc_letters *x = &s->x;
  fmpq_mpoly_t g, m;
  bool given_strict, equation;
  fmpq_mpoly_init(g, x->ring);
  fmpq_mpoly_init(m, x->ring);
  bool ok = set_given(g, &given_strict, &equation, x, json_array_get(proof, 1)) &&
            mc_letters_read(m, x, json_array_get(proof, 2), x->count);
  bool covers = ok && given_strict && constant_sign(m, x) == 1;
  ok = ok && (equation || shows(s, m, false, json_array_get(proof, 3), depth + 1)) && mc_letters_multiply(g, g, m, x);
  if (ok) {
    fmpq_mpoly_sub(g, p, g, x->ring);
    ok = mc_letters_reduce(g, x) && shows(s, g, strict && !covers, json_array_get(proof, 4), depth + 1);
  }
  fmpq_mpoly_clear(g, x->ring);
  fmpq_mpoly_clear(m, x->ring);
  return ok;
}

/* ---- Generators ---- */

static bool letter_of(size_t *k, const mc_letters *x, const json_t *proof, size_t at) {
  const json_t *letter = json_array_get(proof, at);
  if (!json_is_integer(letter) || json_integer_value(letter) < (json_int_t)x->program->n ||
      json_integer_value(letter) >= (json_int_t)x->count)
    return false;
  *k = (size_t)json_integer_value(letter);
  return true;
}

static bool by_root(proof_state *s, const fmpq_mpoly_t p, bool strict, const json_t *proof, int depth) {
  const mc_letters *x = &s->x;
  const char *which = json_string_value(json_array_get(proof, 2));
  const json_t *first = json_array_get(proof, 3), *second = json_array_get(proof, 4);
  size_t k;
  if (!which || !letter_of(&k, x, proof, 1) ||
      (x->letters[k].kind != MC_LETTER_SQRT && x->letters[k].kind != MC_LETTER_ABS) ||
      fmpq_mpoly_degree_si(p, (slong)k, x->ring) > 1)
    return false;
  fmpq_mpoly_t a, b, norm, t;
  fmpq_mpoly_init(a, x->ring);
  fmpq_mpoly_init(b, x->ring);
  fmpq_mpoly_init(norm, x->ring);
  fmpq_mpoly_init(t, x->ring);
  mc_letters_coefficient(a, p, k, 0, x);
  mc_letters_coefficient(b, p, k, 1, x);
  fmpq_mpoly_gen(t, (slong)k, x->ring);
  bool ok = mc_letters_multiply(t, t, b, x) && mc_letters_multiply(t, t, t, x) && mc_letters_multiply(norm, a, a, x);
  if (ok) {
    fmpq_mpoly_sub(norm, norm, t, x->ring);
    ok = mc_letters_reduce(norm, x);
  }
  if (ok && strcmp(which, "both") == 0) {
    ok = shows(s, a, strict, first, depth + 1) && shows(s, b, false, second, depth + 1);
  } else if (ok && strcmp(which, "a") == 0) {
    ok = shows(s, a, false, first, depth + 1) && shows(s, norm, strict, second, depth + 1);
  } else if (ok && strcmp(which, "b") == 0) {
    fmpq_mpoly_neg(norm, norm, x->ring);
    ok = shows(s, b, false, first, depth + 1) && shows(s, norm, strict, second, depth + 1);
  } else {
    ok = false;
  }
  fmpq_mpoly_clear(a, x->ring);
  fmpq_mpoly_clear(b, x->ring);
  fmpq_mpoly_clear(norm, x->ring);
  fmpq_mpoly_clear(t, x->ring);
  return ok;
}

static bool by_value(proof_state *s, const fmpq_mpoly_t p, bool strict, const json_t *proof, bool side, int depth) {
  const mc_letters *x = &s->x;
  const json_t *sign = json_array_get(proof, 2);
  size_t k;
  if (!letter_of(&k, x, proof, 1) || x->letters[k].kind != (side ? MC_LETTER_ABS : MC_LETTER_LET))
    return false;
  fmpq_mpoly_t by, q;
  fmpq_mpoly_init(by, x->ring);
  fmpq_mpoly_init(q, x->ring);
  fmpq_mpoly_set(by, &x->letters[k].of, x->ring);
  if (side && json_integer_value(sign) < 0)
    fmpq_mpoly_neg(by, by, x->ring);
  bool ok = (!side || shows(s, by, false, json_array_get(proof, 3), depth + 1)) && mc_letters_replace(q, p, k, by, x) &&
            mc_letters_reduce(q, x) && shows(s, q, strict, json_array_get(proof, side ? 4 : 2), depth + 1);
  fmpq_mpoly_clear(by, x->ring);
  fmpq_mpoly_clear(q, x->ring);
  return ok;
}

static bool by_monotony(proof_state *s, const fmpq_mpoly_t p, bool strict, const json_t *proof, int depth) {
  const mc_letters *x = &s->x;
  size_t k, l;
  if (!letter_of(&k, x, proof, 1) || !letter_of(&l, x, proof, 2) || x->letters[k].kind != x->letters[l].kind ||
      (x->letters[k].kind != MC_LETTER_EXP && x->letters[k].kind != MC_LETTER_LOG))
    return false;
  fmpq_mpoly_t c, d, t;
  fmpq_mpoly_init(c, x->ring);
  fmpq_mpoly_init(d, x->ring);
  fmpq_mpoly_init(t, x->ring);
  mc_letters_coefficient(c, p, k, 1, x);
  fmpq_mpoly_gen(d, (slong)k, x->ring);
  fmpq_mpoly_gen(t, (slong)l, x->ring);
  fmpq_mpoly_sub(d, d, t, x->ring);
  bool ok = fmpq_mpoly_is_fmpq(c, x->ring) && mc_letters_multiply(d, d, c, x) && fmpq_mpoly_equal(d, p, x->ring);
  if (ok) {
    fmpq_mpoly_sub(d, &x->letters[k].of, &x->letters[l].of, x->ring);
    ok = mc_letters_multiply(d, d, c, x) && shows(s, d, strict, json_array_get(proof, 3), depth + 1);
  }
  fmpq_mpoly_clear(c, x->ring);
  fmpq_mpoly_clear(d, x->ring);
  fmpq_mpoly_clear(t, x->ring);
  return ok;
}

/* ---- All of them ---- */

static bool shows(proof_state *s, const fmpq_mpoly_t p, bool strict, const json_t *proof, int depth) {
  const char *name = json_string_value(json_array_get(proof, 0));
  if (!name || depth > DEEPEST || s->steps++ > MOST_STEPS || !mc_program_in_time(s->x.program) ||
      !mc_mpoly_fits(p, s->x.ring))
    return false;
  if (strcmp(name, "constant") == 0)
    return by_constant(s, p, strict);
  if (strcmp(name, "range") == 0)
    return by_range(s, p, strict);
  if (strcmp(name, "bernstein") == 0)
    return mc_bernstein_is_nonnegative(p, &s->x, strict);
  if (strcmp(name, "orders") == 0)
    return mc_orders_are_nonnegative(p, &s->x, strict, json_array_get(proof, 1));
  if (strcmp(name, "squares") == 0)
    return by_squares(s, p, strict, json_array_get(proof, 1));
  if (strcmp(name, "factors") == 0)
    return by_factors(s, p, strict, json_array_get(proof, 1), depth);
  if (strcmp(name, "given") == 0)
    return by_given(s, p, strict, proof, depth);
  if (strcmp(name, "root") == 0)
    return by_root(s, p, strict, proof, depth);
  if (strcmp(name, "side") == 0 || strcmp(name, "unfold") == 0)
    return by_value(s, p, strict, proof, strcmp(name, "side") == 0, depth);
  return strcmp(name, "monotone") == 0 && by_monotony(s, p, strict, proof, depth);
}

bool mc_algebra_shows(mc_program *program, const mc_iv *box, const json_t *test, size_t line, int sign, bool strict) {
  proof_state s = {.steps = 0};
  const json_t *generators = json_array_get(test, 1);
  bool shown = json_is_array(generators) && mc_letters_init(&s.x, program, box, generators);
  if (!json_is_array(generators))
    return false;
  fmpq_mpoly_t p;
  fmpq_mpoly_init(p, s.x.ring);
  for (size_t k = 0; k < s.x.count && shown; k++)
    if (k < program->n)
      mpfi_set(&s.x.letters[k].value, box + k);
    else
      enclose_letter(&s.x, k);
  shown = shown && mc_letters_sign_polynomial(p, &s.x, line);
  if (shown && sign < 0)
    fmpq_mpoly_neg(p, p, s.x.ring);
  shown = shown && shows(&s, p, strict, json_array_get(test, 2), 0);
  fmpq_mpoly_clear(p, s.x.ring);
  mc_letters_clear(&s.x);
  return shown;
}
