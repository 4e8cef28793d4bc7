#include "field.h"

#include "../base/base.h"
#include "size.h"

/* PART is e^(1/60), so that exp is known at halves, thirds, quarters, fifths, … . */
enum { ROOT, PI, PART, LETTERS };
enum { LARGEST_DEGREE = 400, PARTS = 60, LARGEST_EXPONENTIAL = 100 * PARTS };

typedef struct {
  fmpq_mpoly_struct up, down;
  bool known;
} value;

typedef struct {
  const mc_program *program;
  const mc_place *at;
  fmpq_mpoly_ctx_t ring;
  fmpq_mpoly_t relation; /* of ROOT; 0: none */
  value *all;
} values;

/* ---- Fractions ---- */

static bool multiply(fmpq_mpoly_t z, const fmpq_mpoly_t x, const fmpq_mpoly_t y, const values *v) {
  bool fits = mc_mpoly_product_fits(x, y, v->ring);
  if (fits)
    fmpq_mpoly_mul(z, x, y, v->ring);
  return fits && mc_mpoly_fits(z, v->ring);
}

/* Modulo the relation.  Each division lowers the degree by one at least, and multiplies numbers by the relation's. */
static bool reduce(fmpq_mpoly_t p, const values *v) {
  if (fmpq_mpoly_is_zero(v->relation, v->ring))
    return true;
  slong steps = fmpq_mpoly_degree_si(p, ROOT, v->ring) - fmpq_mpoly_degree_si(v->relation, ROOT, v->ring) + 1;
  if (steps > 0 && (uint64_t)steps * mc_mpoly_weight(v->relation, v->ring) > MC_MOST_BITS)
    return false;
  fmpq_mpoly_t quotient;
  fmpq_mpoly_init(quotient, v->ring);
  fmpq_mpoly_divrem(quotient, p, p, v->relation, v->ring);
  fmpq_mpoly_clear(quotient, v->ring);
  return mc_mpoly_fits(p, v->ring);
}

/* In lowest terms, modulo the relation; false: too large, or not shown to be defined. */
static bool simplify(value *z, const values *v) {
  if (!mc_mpoly_fits(&z->up, v->ring) || !mc_mpoly_fits(&z->down, v->ring) || !reduce(&z->up, v) ||
      !reduce(&z->down, v) || !mc_mpoly_gcd_fits(&z->up, &z->down, v->ring))
    return false;
  fmpq_mpoly_t g;
  fmpq_mpoly_init(g, v->ring);
  bool ok = !fmpq_mpoly_is_zero(&z->down, v->ring) && fmpq_mpoly_gcd(g, &z->up, &z->down, v->ring);
  if (ok) {
    fmpq_t c;
    fmpq_init(c);
    fmpq_mpoly_divides(&z->up, &z->up, g, v->ring);
    fmpq_mpoly_divides(&z->down, &z->down, g, v->ring);
    fmpq_mpoly_get_term_coeff_fmpq(c, &z->down, 0, v->ring);
    fmpq_mpoly_scalar_div_fmpq(&z->up, &z->up, c, v->ring);
    fmpq_mpoly_scalar_div_fmpq(&z->down, &z->down, c, v->ring);
    fmpq_clear(c);
  }
  fmpq_mpoly_clear(g, v->ring);
  return ok;
}

static void set_rational(value *z, const fmpq_t c, const values *v) {
  fmpq_mpoly_set_fmpq(&z->up, c, v->ring);
}

static bool is_zero(const value *x, const values *v) {
  return fmpq_mpoly_is_zero(&x->up, v->ring);
}

static bool rational_value(fmpq_t c, const value *x, const values *v) {
  if (!fmpq_mpoly_is_fmpq(&x->up, v->ring) || !fmpq_mpoly_is_fmpq(&x->down, v->ring))
    return false;
  fmpq_mpoly_get_fmpq(c, &x->up, v->ring);
  return true;
}

static bool set_sum(value *z, const value *x, const value *y, bool minus, const values *v) {
  fmpq_mpoly_t t;
  fmpq_mpoly_init(t, v->ring);
  bool fits = multiply(&z->up, &x->up, &y->down, v) && multiply(t, &y->up, &x->down, v) &&
              multiply(&z->down, &x->down, &y->down, v);
  if (minus)
    fmpq_mpoly_neg(t, t, v->ring);
  fmpq_mpoly_add(&z->up, &z->up, t, v->ring);
  fmpq_mpoly_clear(t, v->ring);
  return fits;
}

/* Horner's rule on a fraction; z is 0. */
static bool set_polynomial(value *z, const fmpq_poly_t p, const value *x, const values *v) {
  fmpq_t c;
  fmpq_mpoly_t term;
  fmpq_init(c);
  fmpq_mpoly_init(term, v->ring);
  slong degree = fmpq_poly_degree(p);
  bool fits = degree <= LARGEST_DEGREE;
  for (slong i = degree; i >= 0 && fits; i--) {
    fmpq_poly_get_coeff_fmpq(c, p, i);
    fmpq_mpoly_scalar_mul_fmpq(term, &z->down, c, v->ring);
    fits = mc_program_in_time(v->program) && multiply(&z->up, &z->up, &x->up, v) && reduce(&z->up, v) &&
           (i == 0 || (multiply(&z->down, &z->down, &x->down, v) && reduce(&z->down, v)));
    fmpq_mpoly_add(&z->up, &z->up, term, v->ring);
  }
  fmpq_clear(c);
  fmpq_mpoly_clear(term, v->ring);
  return fits;
}

/* ---- Functions at the points where their values are known ---- */

/* p = c letter^k */
static bool is_monomial(fmpq_t c, slong *k, const fmpq_mpoly_t p, size_t letter, const values *v) {
  ulong exponents[LETTERS];
  bool alone = fmpq_mpoly_length(p, v->ring) == 1;
  if (!alone)
    return false;
  fmpq_mpoly_get_term_coeff_fmpq(c, p, 0, v->ring);
  fmpq_mpoly_get_term_exp_ui(exponents, p, 0, v->ring);
  for (size_t j = 0; j < LETTERS; j++)
    alone = alone && (j == letter || exponents[j] == 0);
  *k = (slong)exponents[letter];
  return alone;
}

/* e^(parts/60) */
static void set_power_of_e(fmpq_mpoly_t z, ulong parts, const values *v) {
  fmpq_mpoly_gen(z, PART, v->ring);
  fmpq_mpoly_pow_ui(z, z, parts, v->ring);
}

static bool set_exp(value *z, const value *x, const values *v) {
  fmpq_t c;
  fmpq_init(c);
  bool known = rational_value(c, x, v);
  fmpq_mul_ui(c, c, PARTS);
  known = known && fmpz_is_one(fmpq_denref(c)) && fmpz_cmp_si(fmpq_numref(c), LARGEST_EXPONENTIAL) <= 0 &&
          fmpz_cmp_si(fmpq_numref(c), -LARGEST_EXPONENTIAL) >= 0;
  slong n = known ? fmpz_get_si(fmpq_numref(c)) : 0;
  set_power_of_e(&z->up, n > 0 ? (ulong)n : 0, v);
  set_power_of_e(&z->down, n < 0 ? (ulong)-n : 0, v);
  fmpq_clear(c);
  return known;
}

/* log(e^k) = k, log(1/e^k) = -k */
static bool set_log(value *z, const value *x, const values *v) {
  fmpq_t c, d;
  slong k = 0, l = 0;
  fmpq_init(c);
  fmpq_init(d);
  bool known = is_monomial(c, &k, &x->up, PART, v) && is_monomial(d, &l, &x->down, PART, v) && fmpq_equal(c, d);
  fmpq_set_si(c, k - l, PARTS);
  set_rational(z, c, v);
  fmpq_clear(c);
  fmpq_clear(d);
  return known;
}

/* cos(k pi/6 - pi/2) = sin(k pi/6) */
static bool set_wave(value *z, const value *x, bool cosine, const values *v) {
  fmpq_t c;
  slong k = 1;
  fmpq_init(c);
  bool known = is_zero(x, v) || (fmpq_mpoly_is_fmpq(&x->down, v->ring) && is_monomial(c, &k, &x->up, PI, v) && k == 1);
  fmpq_mul_ui(c, c, 6);
  known = known && fmpz_is_one(fmpq_denref(c));
  ulong sixth = known ? (fmpz_fdiv_ui(fmpq_numref(c), 12) + (cosine ? 3 : 0)) % 12 : 0;
  ulong folded = sixth % 6; /* sin(x + pi) = -sin(x) */
  known = known && folded != 2 && folded != 4;
  fmpq_set_si(c, folded == 0 ? 0 : folded == 3 ? 2 : 1, 2);
  if (sixth >= 6)
    fmpq_neg(c, c);
  set_rational(z, c, v);
  fmpq_clear(c);
  return known;
}

/* z^2 = p and z >= 0, if p is 0 or a monomial; pi and the powers of e are positive. */
static bool set_root_of_square(fmpq_mpoly_t z, const fmpq_mpoly_t p, const values *v) {
  ulong exponents[LETTERS];
  fmpq_t c;
  fmpq_mpoly_zero(z, v->ring);
  if (fmpq_mpoly_length(p, v->ring) != 1)
    return fmpq_mpoly_is_zero(p, v->ring);
  fmpq_init(c);
  fmpq_mpoly_get_term_coeff_fmpq(c, p, 0, v->ring);
  fmpq_mpoly_get_term_exp_ui(exponents, p, 0, v->ring);
  bool known = exponents[ROOT] == 0 && exponents[PI] % 2 == 0 && exponents[PART] % 2 == 0 && fmpq_sgn(c) > 0 &&
               fmpz_is_square(fmpq_numref(c)) && fmpz_is_square(fmpq_denref(c));
  if (known) {
    fmpz_sqrt(fmpq_numref(c), fmpq_numref(c));
    fmpz_sqrt(fmpq_denref(c), fmpq_denref(c));
    exponents[PI] /= 2;
    exponents[PART] /= 2;
    fmpq_mpoly_set_coeff_fmpq_ui(z, c, exponents, v->ring);
  }
  fmpq_clear(c);
  return known;
}

static bool set_sqrt(value *z, const value *x, const values *v) {
  return set_root_of_square(&z->up, &x->up, v) && set_root_of_square(&z->down, &x->down, v);
}

static void copy(value *z, const value *x, const values *v) {
  fmpq_mpoly_set(&z->up, &x->up, v->ring);
  fmpq_mpoly_set(&z->down, &x->down, v->ring);
}

/* |x|, min, max: of the side that intervals tell; both sides of a tie are one. */
static bool set_piece(value *z, const mc_line *l, const values *v) {
  const value *x = &v->all[l->a], *y = &v->all[l->b];
  mc_iv difference;
  mc_iv_init(&difference);
  bool tie, first, second;
  if (l->code == MC_CODE_ABS) {
    tie = is_zero(x, v);
    first = mc_iv_nonnegative(v->at->values + l->a);
    second = mc_iv_nonpositive(v->at->values + l->a);
    copy(z, x, v);
    if (!tie && !first)
      fmpq_mpoly_neg(&z->up, &z->up, v->ring);
  } else {
    if (mc_iv_usable(v->at->values + l->a) && mc_iv_usable(v->at->values + l->b))
      mpfi_sub(&difference, v->at->values + l->a, v->at->values + l->b);
    else
      mc_iv_spoil(&difference);
    tie = set_sum(z, x, y, true, v) && simplify(z, v) && is_zero(z, v);
    first = l->code == MC_CODE_MAX ? mc_iv_nonnegative(&difference) : mc_iv_nonpositive(&difference);
    second = l->code == MC_CODE_MAX ? mc_iv_nonpositive(&difference) : mc_iv_nonnegative(&difference);
    copy(z, tie || first ? x : y, v);
  }
  mpfi_clear(&difference);
  return tie || first || second;
}

/* ---- Lines ---- */

static bool is_not_zero(const values *v, size_t line) {
  fmpq_t c;
  fmpq_init(c);
  bool shown = rational_value(c, &v->all[line], v)
                   ? !fmpq_is_zero(c)
                   : mc_iv_positive(v->at->values + line) || mc_iv_negative(v->at->values + line);
  fmpq_clear(c);
  return shown;
}

/* One factor is 0, the other some number: z, which is 0, is their product. */
static bool is_zero_times_number(const mc_line *l, const values *v) {
  const value *x = &v->all[l->a], *y = &v->all[l->b];
  return (x->known && is_zero(x, v) && mc_iv_usable(v->at->values + l->b)) ||
         (y->known && is_zero(y, v) && mc_iv_usable(v->at->values + l->a));
}

static void set_variable(value *z, size_t j, const values *v) {
  if (v->at->t) {
    set_rational(z, v->at->t + j, v);
  } else if (v->at->root) {
    fmpq_mpoly_gen(&z->up, ROOT, v->ring);
  } else {
    const ulong one[LETTERS] = {0}, pi[LETTERS] = {[PI] = 1};
    fmpq_mpoly_set_coeff_fmpq_ui(&z->up, v->at->angle, one, v->ring);
    fmpq_mpoly_set_coeff_fmpq_ui(&z->up, v->at->angle + 1, pi, v->ring);
  }
}

static bool set_line(values *v, size_t i) {
  const mc_line *l = &v->program->lines[i];
  value *z = &v->all[i];
  const value *x = &v->all[l->a], *y = &v->all[l->b];
  if (l->code == MC_CODE_MUL && x->known != y->known)
    return is_zero_times_number(l, v);
  bool binary = l->code == MC_CODE_ADD || l->code == MC_CODE_SUB || l->code == MC_CODE_MUL || l->code == MC_CODE_DIV ||
                l->code == MC_CODE_MIN || l->code == MC_CODE_MAX;
  if (l->code > MC_CODE_VARIABLE && (!x->known || (binary && !y->known)))
    return false;
  switch (l->code) {
  case MC_CODE_CONSTANT:
    set_rational(z, l->constant, v);
    return true;
  case MC_CODE_PI:
    fmpq_mpoly_gen(&z->up, PI, v->ring);
    return true;
  case MC_CODE_E:
    set_power_of_e(&z->up, PARTS, v);
    return true;
  case MC_CODE_VARIABLE:
    set_variable(z, l->a, v);
    return true;
  case MC_CODE_POLYNOMIAL:
    return set_polynomial(z, v->program->polynomials[l->b].exact, x, v);
  case MC_CODE_ADD:
  case MC_CODE_SUB:
    return set_sum(z, x, y, l->code == MC_CODE_SUB, v);
  case MC_CODE_MUL:
    return multiply(&z->up, &x->up, &y->up, v) && multiply(&z->down, &x->down, &y->down, v);
  case MC_CODE_DIV:
    return multiply(&z->up, &x->up, &y->down, v) && multiply(&z->down, &x->down, &y->up, v) && is_not_zero(v, l->b);
  case MC_CODE_SQRT:
    return set_sqrt(z, x, v);
  case MC_CODE_ABS:
  case MC_CODE_MIN:
  case MC_CODE_MAX:
    return set_piece(z, l, v);
  case MC_CODE_EXP:
    return set_exp(z, x, v);
  case MC_CODE_LOG:
    return set_log(z, x, v);
  case MC_CODE_SIN:
  case MC_CODE_COS:
    return set_wave(z, x, l->code == MC_CODE_COS, v);
  }
  return false;
}

static void set_relation(values *v) {
  fmpq_t c;
  fmpq_init(c);
  for (slong i = 0; i < fmpq_poly_length(v->at->root); i++) {
    const ulong exponents[LETTERS] = {[ROOT] = (ulong)i};
    fmpq_poly_get_coeff_fmpq(c, v->at->root, i);
    fmpq_mpoly_set_coeff_fmpq_ui(v->relation, c, exponents, v->ring);
  }
  fmpq_clear(c);
}

bool mc_place_is_zero(const mc_program *program, size_t line, const mc_place *at) {
  uint64_t kept = 0;
  values v = {.program = program, .at = at, .all = mc_alloc(line + 1, sizeof *v.all)};
  if (!v.all)
    return false;
  fmpq_mpoly_ctx_init(v.ring, LETTERS, ORD_LEX);
  fmpq_mpoly_init(v.relation, v.ring);
  if (at->root)
    set_relation(&v);
  for (size_t i = 0; i <= line; i++) {
    value *z = &v.all[i];
    fmpq_mpoly_init(&z->up, v.ring);
    fmpq_mpoly_init(&z->down, v.ring);
    fmpq_mpoly_one(&z->down, v.ring);
    z->known = mc_program_in_time(program) && set_line(&v, i) && simplify(z, &v) &&
               (kept += mc_mpoly_weight(&z->up, v.ring) + mc_mpoly_weight(&z->down, v.ring)) < MC_MOST_KEPT;
    if (!z->known) {
      fmpq_mpoly_zero(&z->up, v.ring);
      fmpq_mpoly_zero(&z->down, v.ring);
    }
  }
  bool zero = v.all[line].known && is_zero(&v.all[line], &v);
  for (size_t i = 0; i <= line; i++) {
    fmpq_mpoly_clear(&v.all[i].up, v.ring);
    fmpq_mpoly_clear(&v.all[i].down, v.ring);
  }
  fmpq_mpoly_clear(v.relation, v.ring);
  fmpq_mpoly_ctx_clear(v.ring);
  mc_free(v.all);
  return zero;
}
