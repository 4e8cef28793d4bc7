/* Polynomials in nonnegative variables, by successive differences (L. Yang, Difference substitution and automated
 * inequality proving, 2005).
 *
 * Where x_k is the least of the variables, x_j = x_k + y_j with y_j >= 0 for the others: p as a polynomial in x_k and
 * the y_j is shown for each k in turn, by the same for what remains, until no coefficient is negative.  Homogeneous
 * inequalities that are sharp where variables are equal come out like this on boxes that are as wide as one likes,
 * and at a corner where all variables vanish. */
#include "prover.h"

enum {
  ROUNDS = 3,
  MOST_SUBSTITUTIONS = 160,
  MOST_LENGTH = 400 /* terms */
};

typedef struct {
  mc_prover *v;
  size_t n;
  int substitutions;
} ordering;

/* A set of variables; bit j: variable j. */
typedef unsigned variables;

static bool has(variables set, size_t j) {
  return (set >> j & 1) != 0;
}

static void term(fmpq_t c, ulong *exponents, const fmpq_mpoly_t p, slong i, const mc_prover *v) {
  fmpq_mpoly_get_term_coeff_fmpq(c, p, i, v->ring);
  fmpq_mpoly_get_term_exp_ui(exponents, p, i, v->ring);
}

/* Is no coefficient negative, and (strict) one positive whose monomial stands in positive variables? */
static bool by_coefficients(const fmpq_mpoly_t p, bool strict, variables positive, const ordering *o) {
  ulong exponents[MC_ALGEBRA_GENERATORS];
  bool none_negative = true, one_positive = false;
  fmpq_t c;
  fmpq_init(c);
  for (slong i = 0; i < fmpq_mpoly_length(p, o->v->ring) && none_negative; i++) {
    term(c, exponents, p, i, o->v);
    none_negative = fmpq_sgn(c) > 0;
    bool counts = true;
    for (size_t j = 0; j < o->n; j++)
      counts = counts && (exponents[j] == 0 || has(positive, j));
    one_positive = one_positive || counts;
  }
  fmpq_clear(c);
  return none_negative && (!strict || one_positive);
}

/* Is p negative somewhere far out, or near zero, on an axis?  Powers of one variable come in falling order. */
static bool is_hopeless(const fmpq_mpoly_t p, const ordering *o) {
  ulong exponents[MC_ALGEBRA_GENERATORS];
  bool hopeless = false;
  fmpq_t c;
  fmpq_init(c);
  for (size_t k = 0; k < o->n && !hopeless; k++) {
    ulong least = 0, greatest = 0;
    int at_least = 0, at_greatest = 0;
    for (slong i = 0; i < fmpq_mpoly_length(p, o->v->ring); i++) {
      term(c, exponents, p, i, o->v);
      bool on_axis = true;
      for (size_t j = 0; j < o->n; j++)
        on_axis = on_axis && (j == k || exponents[j] == 0);
      if (on_axis && (at_greatest == 0 || exponents[k] > greatest)) {
        greatest = exponents[k];
        at_greatest = fmpq_sgn(c);
      }
      if (on_axis && (at_least == 0 || exponents[k] < least)) {
        least = exponents[k];
        at_least = fmpq_sgn(c);
      }
    }
    hopeless = at_least < 0 || at_greatest < 0;
  }
  fmpq_clear(c);
  return hopeless;
}

/* z = p with factor x_j + addend in place of x_j; addend: a polynomial. */
static bool substitute(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t j, const fmpq_t factor, const fmpq_mpoly_t addend,
                       const ordering *o) {
  fmpq_mpoly_t by;
  fmpq_mpoly_init(by, o->v->ring);
  fmpq_mpoly_gen(by, (slong)j, o->v->ring);
  fmpq_mpoly_scalar_mul_fmpq(by, by, factor, o->v->ring);
  fmpq_mpoly_add(by, by, addend, o->v->ring);
  bool fits = mc_algebra_substitute(z, p, j, by, o->v->a) && fmpq_mpoly_length(z, o->v->ring) <= MOST_LENGTH;
  fmpq_mpoly_clear(by, o->v->ring);
  return fits;
}

/* z = p with x_j + x_k in place of x_j, for all other j that are left. */
static bool take_least(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t k, variables left, const ordering *o) {
  bool fits = true;
  fmpq_t one;
  fmpq_mpoly_t least;
  fmpq_init(one);
  fmpq_one(one);
  fmpq_mpoly_init(least, o->v->ring);
  fmpq_mpoly_gen(least, (slong)k, o->v->ring);
  fmpq_mpoly_set(z, p, o->v->ring);
  for (size_t j = 0; j < o->n && fits; j++)
    if (j != k && has(left, j))
      fits = substitute(z, z, j, one, least, o);
  fmpq_clear(one);
  fmpq_mpoly_clear(least, o->v->ring);
  return fits;
}

/* left: variables without an order yet, all: those of the polynomial. */
static bool show(ordering *o, const fmpq_mpoly_t p, bool strict, variables positive, variables left, variables all,
                 int rounds) {
  if (by_coefficients(p, strict, positive, o))
    return true;
  if (is_hopeless(p, o))
    return false;
  if ((left & (left - 1)) == 0) { /* one left: all are in order */
    left = all;
    rounds--;
  }
  bool shown = rounds > 0;
  fmpq_mpoly_t q;
  fmpq_mpoly_init(q, o->v->ring);
  for (size_t k = 0; k < o->n && shown; k++)
    if (has(left, k)) {
      variables rest = left & ~(1U << k);
      shown = o->substitutions++ < MOST_SUBSTITUTIONS && take_least(q, p, k, left, o) &&
              show(o, q, strict, positive & ~rest, rest, all, rounds);
    }
  fmpq_mpoly_clear(q, o->v->ring);
  return shown;
}

/* t = c + d x with x >= 0 on the box: x is the claim's variable, if that is not negative there; else what t exceeds the
 * box's lower end by. */
static void choose_scale(fmpq_t c, fmpq_t d, size_t j, const mc_workspace *s) {
  const mc_quantified *q = &s->task->claim->variables[s->tape->variables[j]];
  fmpq_t lo;
  fmpq_init(lo);
  arf_get_fmpq(lo, &s->box[j].lo);
  if (mc_lang_expr_exact(c, q->lower, NULL, NULL, NULL) == MC_OK &&
      mc_lang_expr_exact(d, q->upper, NULL, NULL, NULL) == MC_OK && fmpq_cmp(c, d) < 0) {
    fmpq_sub(d, d, c);
    fmpq_inv(d, d);
    fmpq_mul(c, c, d);
    fmpq_neg(c, c);
  } else {
    fmpq_zero(c);
    fmpq_one(d);
  }
  if (fmpq_cmp(c, lo) > 0)
    fmpq_set(c, lo);
  fmpq_clear(lo);
}

static bool is_positive(size_t j, const fmpq_t c, const mc_workspace *s) {
  fmpq_t lo;
  fmpq_init(lo);
  arf_get_fmpq(lo, &s->box[j].lo);
  bool inside = fmpq_cmp(c, lo) < 0;
  fmpq_clear(lo);
  return inside || mc_workspace_end_is_excluded(s, s->box, j, false);
}

/* Each variable of p gives way to the x of its scale; the scales are appended to the list. */
static bool rescale(fmpq_mpoly_t z, variables *all, variables *positive, json_t *scales, const fmpq_mpoly_t p,
                    const ordering *o) {
  bool fits = true;
  fmpq_t c, d;
  fmpq_mpoly_t constant;
  fmpq_init(c);
  fmpq_init(d);
  fmpq_mpoly_init(constant, o->v->ring);
  fmpq_mpoly_set(z, p, o->v->ring);
  for (size_t j = 0; j < o->n && fits; j++) {
    choose_scale(c, d, j, o->v->s);
    char *text[2] = {fmpq_get_str(NULL, 10, c), fmpq_get_str(NULL, 10, d)};
    json_array_append_new(scales, json_pack("[s s]", text[0], text[1]));
    flint_free(text[0]);
    flint_free(text[1]);
    if (!mc_prover_uses(p, j, o->v))
      continue;
    *all |= 1U << j;
    *positive |= (unsigned)is_positive(j, c, o->v->s) << j;
    fmpq_mpoly_set_fmpq(constant, c, o->v->ring);
    fits = substitute(z, z, j, d, constant, o);
  }
  fmpq_clear(c);
  fmpq_clear(d);
  fmpq_mpoly_clear(constant, o->v->ring);
  return fits;
}

json_t *mc_prove_by_orders(mc_prover *v, const fmpq_mpoly_t p, bool strict) {
  ordering o = {.v = v, .n = v->s->n};
  variables all = 0, positive = 0;
  json_t *scales = json_array();
  fmpq_mpoly_t q;
  fmpq_mpoly_init(q, v->ring);
  bool shown = fmpq_mpoly_length(p, v->ring) <= MOST_LENGTH && rescale(q, &all, &positive, scales, p, &o) &&
               (all & (all - 1)) != 0 && show(&o, q, strict, positive, all, all, ROUNDS);
  fmpq_mpoly_clear(q, v->ring);
  json_t *proof = shown ? json_pack("[s O]", "orders", scales) : NULL;
  json_decref(scales);
  return proof;
}
