/* The rules by which a polynomial is shown to be nonnegative, or positive, on a box.  What they say stands in
 * docs/certification.md; each leaves its name and what a checker needs to repeat it. */
#include <math.h>

#include "algebra.h"
#include "bernstein.h"

enum {
  MOST_STEPS = 120,
  DEEPEST = 30,
  FACTOR_TERMS = 100,
  FACTOR_DEGREE = 32,
  FACTOR_BITS = 200 /* of coefficients */
};

typedef struct {
  const mc_algebra *a;
  const mc_workspace *s;
  const fmpq_mpoly_ctx_struct *ring;
  slong precision;
  mc_range *ranges;                     /* of the generators on the box */
  double centre[MC_ALGEBRA_GENERATORS]; /* their values at its centre, roughly */
  int steps;
} prover;

static json_t *prove(prover *v, const fmpq_mpoly_t p, bool strict, int depth);

/* ---- Values ---- */

static void enclose(mc_range *z, const fmpq_mpoly_t p, const prover *v) {
  ulong exponents[MC_ALGEBRA_GENERATORS];
  mc_range term, power;
  fmpq_t c;
  fmpq_init(c);
  mc_range_init(&term);
  mc_range_init(&power);
  mc_range_set_si(z, 0);
  for (slong i = 0; i < fmpq_mpoly_length(p, v->ring); i++) {
    fmpq_mpoly_get_term_coeff_fmpq(c, p, i, v->ring);
    fmpq_mpoly_get_term_exp_ui(exponents, p, i, v->ring);
    mc_range_set_fmpq(&term, c, v->precision);
    for (size_t k = 0; k < v->a->count; k++)
      if (exponents[k] > 0) {
        mc_range_pow_ui(&power, v->ranges + k, exponents[k], v->precision);
        mc_range_mul(&term, &term, &power, v->precision);
      }
    mc_range_add(z, z, &term, v->precision);
  }
  fmpq_clear(c);
  mc_range_clear(&term);
  mc_range_clear(&power);
}

static double approx(const fmpq_mpoly_t p, const prover *v) {
  ulong exponents[MC_ALGEBRA_GENERATORS];
  double sum = 0;
  fmpq_t c;
  fmpq_init(c);
  for (slong i = 0; i < fmpq_mpoly_length(p, v->ring); i++) {
    fmpq_mpoly_get_term_coeff_fmpq(c, p, i, v->ring);
    fmpq_mpoly_get_term_exp_ui(exponents, p, i, v->ring);
    double term = fmpz_get_d(fmpq_numref(c)) / fmpz_get_d(fmpq_denref(c));
    for (size_t k = 0; k < v->a->count; k++)
      term *= exponents[k] > 0 ? pow(v->centre[k], (double)exponents[k]) : 1;
    sum += term;
  }
  fmpq_clear(c);
  return sum;
}

static double approx_generator(const mc_generator *g, const prover *v) {
  double of = approx(&g->of, v);
  switch (g->kind) {
  case MC_GENERATOR_ROOT:
    return sqrt(fmax(of, 0));
  case MC_GENERATOR_ABS:
    return fabs(of);
  case MC_GENERATOR_EXP:
    return exp(of);
  case MC_GENERATOR_LOG:
    return log(of);
  case MC_GENERATOR_SIN:
    return sin(of);
  case MC_GENERATOR_COS:
    return cos(of);
  case MC_GENERATOR_PI:
    return 3.141592653589793;
  case MC_GENERATOR_E:
    return 2.718281828459045;
  default:
    return of;
  }
}

static void enclose_generator(prover *v, size_t k) {
  const mc_generator *g = &v->a->generators[k];
  mc_range *z = v->ranges + k;
  mc_range_set_undefined(z);
  if (g->node != SIZE_MAX)
    mc_range_set(z, v->s->on_box.values + g->node);
  if (!mc_range_is_undefined(z))
    return;
  if (g->kind == MC_GENERATOR_LET || g->kind == MC_GENERATOR_ABS || g->kind == MC_GENERATOR_ROOT)
    enclose(z, &g->of, v);
  if (g->kind == MC_GENERATOR_ABS)
    mc_range_abs(z, z);
  if (g->kind == MC_GENERATOR_ROOT && !mc_range_is_undefined(z) && arf_sgn(&z->hi) >= 0) {
    if (arf_sgn(&z->lo) < 0) /* where the root is defined, its operand is not negative */
      arf_zero(&z->lo);
    mc_range_sqrt(z, z, v->precision);
  } else if (g->kind == MC_GENERATOR_ROOT) {
    mc_range_set_undefined(z);
  }
}

static void enclose_generators(prover *v) {
  for (size_t k = 0; k < v->a->count; k++) {
    if (k < v->s->n) {
      const mc_range *side = v->s->box + k;
      mc_range_set(v->ranges + k, side);
      v->centre[k] = 0.5 * (arf_get_d(&side->lo, ARF_RND_NEAR) + arf_get_d(&side->hi, ARF_RND_NEAR));
    } else {
      enclose_generator(v, k);
      v->centre[k] = approx_generator(&v->a->generators[k], v);
    }
  }
}

/* ---- Rules ---- */

static bool is_constant(const fmpq_mpoly_t p, int *sign, const prover *v) {
  fmpq_t c;
  if (!fmpq_mpoly_is_fmpq(p, v->ring))
    return false;
  fmpq_init(c);
  fmpq_mpoly_get_fmpq(c, p, v->ring);
  *sign = fmpq_sgn(c);
  fmpq_clear(c);
  return true;
}

static bool uses(const fmpq_mpoly_t p, size_t k, const prover *v) {
  return fmpq_mpoly_degree_si(p, (slong)k, v->ring) > 0;
}

static bool only_variables(const fmpq_mpoly_t p, const prover *v) {
  for (size_t k = v->s->n; k < v->a->count; k++)
    if (uses(p, k, v))
      return false;
  return true;
}

static json_t *by_range(prover *v, const fmpq_mpoly_t p, bool strict) {
  mc_range value;
  mc_range_init(&value);
  enclose(&value, p, v);
  bool shown = strict ? mc_range_is_positive(&value) : mc_range_is_nonnegative(&value);
  mc_range_clear(&value);
  return shown ? json_pack("[s]", "range") : NULL;
}

/* p = sum_i d_i l_i^2 by completing squares, one generator after the other; strict: the last l is 1. */
static json_t *by_squares(prover *v, const fmpq_mpoly_t p, bool strict) {
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
    if (!uses(rest, k, v))
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
  ok = ok && is_constant(rest, &sign, v) && (strict ? sign > 0 : sign >= 0);
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
static json_t *by_factor(prover *v, fmpq_mpoly_t q, ulong exponent, bool strict, int *sign, int depth) {
  if (exponent % 2 == 0 && !strict)
    return json_pack("[o I]", mc_algebra_json(q, v->a), (json_int_t)exponent);
  bool negative = approx(q, v) < 0;
  for (int attempt = 0; attempt < 2; attempt++, negative = !negative) {
    if (negative)
      fmpq_mpoly_neg(q, q, v->ring);
    json_t *proof = prove(v, q, strict, depth + 1);
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

static json_t *by_factors(prover *v, const fmpq_mpoly_t p, bool strict, int depth) {
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

/* ---- What is given: side conditions, and tangents of exp and log ---- */

typedef struct {
  const fmpq_mpoly_struct *g;
  bool strict, equation;
  json_t *name; /* of where it comes from */
} given;

/* p = m g + q with m, q >= 0 (m of any sign for an equation). */
static json_t *by_multiple(prover *v, const fmpq_mpoly_t p, const fmpq_mpoly_t m, const given *x, bool strict,
                           int depth) {
  int sign = 0;
  bool constant = is_constant(m, &sign, v);
  if (fmpq_mpoly_is_zero(m, v->ring))
    return NULL;
  fmpq_mpoly_t rest;
  fmpq_mpoly_init(rest, v->ring);
  json_t *first = NULL, *second = NULL, *proof = NULL;
  if (mc_ring_multiply(rest, m, x->g, &v->a->ring)) {
    fmpq_mpoly_sub(rest, p, rest, v->ring);
    if (mc_algebra_reduce(rest, v->a))
      second = prove(v, rest, strict && !(x->strict && constant && sign > 0), depth + 1);
  }
  if (second && !x->equation)
    first = prove(v, m, false, depth + 1);
  if (second && (first || x->equation))
    proof = json_pack("[s O o O O]", "given", x->name, mc_algebra_json(m, v->a), first ? first : json_null(), second);
  json_decref(first);
  json_decref(second);
  fmpq_mpoly_clear(rest, v->ring);
  return proof;
}

/* Multiples that make a monomial of p vanish, then the one of division. */
static json_t *by_given(prover *v, const fmpq_mpoly_t p, const given *x, bool strict, int depth) {
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
static bool set_fact(fmpq_mpoly_t z, const prover *v, size_t k, int which) {
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

static json_t *by_facts(prover *v, const fmpq_mpoly_t p, bool strict, int depth) {
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
    for (int which = 0; which < FACTS && !proof && uses(p, k, v); which++) {
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

/* ---- Generators ---- */

/* r = sqrt(A), p = a + b r: both nonnegative; or b >= 0 and b^2 A >= a^2; or a >= 0 and a^2 >= b^2 A. */
static json_t *by_root(prover *v, const fmpq_mpoly_t p, size_t k, bool strict, int depth) {
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
    if (which > 0 && approx(norm, v) < -1e-9)
      continue;
    /* The signs first: they cost less. */
    first = prove(v, which == 2 ? b : a, strict && which == 0, depth + 1);
    second = !first ? NULL : which == 0 ? prove(v, b, false, depth + 1) : prove(v, norm, strict, depth + 1);
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
static json_t *by_value(prover *v, const fmpq_mpoly_t p, size_t k, bool strict, int depth) {
  const mc_generator *g = &v->a->generators[k];
  fmpq_mpoly_t by, q;
  json_t *proof = NULL, *rest = NULL, *side = NULL;
  fmpq_mpoly_init(by, v->ring);
  fmpq_mpoly_init(q, v->ring);
  fmpq_mpoly_set(by, &g->of, v->ring);
  bool is_abs = g->kind == MC_GENERATOR_ABS, negative = is_abs && approx(by, v) < 0;
  if (negative)
    fmpq_mpoly_neg(by, by, v->ring);
  if (is_abs)
    side = prove(v, by, false, depth + 1);
  if ((!is_abs || side) && mc_algebra_substitute(q, p, k, by, v->a))
    rest = prove(v, q, strict, depth + 1);
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
static json_t *by_monotony(prover *v, const fmpq_mpoly_t p, bool strict, int depth) {
  size_t found[2], count = 0;
  for (size_t k = v->s->n; k < v->a->count; k++)
    if (uses(p, k, v) && count < 2)
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
    rest = prove(v, t, strict, depth + 1);
  }
  fmpq_mpoly_clear(d, v->ring);
  fmpq_mpoly_clear(t, v->ring);
  fmpq_clear(c);
  return rest ? json_pack("[s I I o]", "monotone", (json_int_t)found[0], (json_int_t)found[1], rest) : NULL;
}

static json_t *by_generators(prover *v, const fmpq_mpoly_t p, bool strict, int depth) {
  json_t *proof = NULL;
  for (size_t k = v->a->count; k-- > v->s->n && !proof;) {
    mc_generator_kind kind = v->a->generators[k].kind;
    if (!uses(p, k, v))
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

/* ---- All of them ---- */

static json_t *prove(prover *v, const fmpq_mpoly_t p, bool strict, int depth) {
  int sign;
  if (is_constant(p, &sign, v))
    return (strict ? sign > 0 : sign >= 0) ? json_pack("[s]", "constant") : NULL;
  if (depth > DEEPEST || v->steps++ > MOST_STEPS || approx(p, v) < -1e-6)
    return NULL;
  json_t *proof = by_range(v, p, strict);
  bool plain = only_variables(p, v);
  if (!proof && plain && mc_bernstein_shows(p, v->a, v->s, strict))
    proof = json_pack("[s]", "bernstein");
  if (!proof)
    proof = by_squares(v, p, strict);
  if (!proof)
    proof = by_factors(v, p, strict, depth);
  if (!proof)
    proof = by_facts(v, p, strict, depth);
  if (!proof)
    proof = by_monotony(v, p, strict, depth);
  if (!proof && !plain)
    proof = by_generators(v, p, strict, depth);
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
  prover v = {.a = a, .s = s, .ring = a->ring.context, .precision = precision};
  v.ranges = mc_range_vector_new(a->count);
  if (!v.ranges)
    return false;
  fmpq_mpoly_t p;
  fmpq_mpoly_init(p, v.ring);
  if (fails)
    fmpq_mpoly_neg(p, &atom->p, v.ring);
  else
    fmpq_mpoly_set(p, &atom->p, v.ring);
  enclose_generators(&v);
  json_t *proof = prove(&v, p, fails ? !atom->strict : atom->strict, 0);
  fmpq_mpoly_clear(p, v.ring);
  mc_range_vector_free(v.ranges, a->count);
  if (proof && s->recording) {
    json_decref(s->test);
    s->test = json_pack("[s o O]", "algebra", generators_json(a), proof);
  }
  json_decref(proof);
  return proof != NULL;
}
