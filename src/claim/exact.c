/* Tapes over the rationals: exact values and gradients at a point, where they are rational. */
#include "tape.h"

/* Bits a number may have: beyond, balls are left to decide. */
#define BIT_LIMIT ((flint_bitcnt_t)1 << 18)

typedef struct {
  const mc_tape *tape;
  const fmpq *t;
  fmpq *value;
  fmpq *gradient; /* n for each node, or NULL */
  bool *known;    /* the value (and gradient) are exact */
} exact_state;

static bool too_big(const fmpq_t x) {
  return fmpz_bits(fmpq_numref(x)) + fmpz_bits(fmpq_denref(x)) > BIT_LIMIT;
}

/* gradient_i = factor_a gradient_a + factor_b gradient_b; factor_b may be NULL. */
static void chain(exact_state *s, size_t i, const fmpq_t factor_a, const fmpq *factor_b) {
  if (!s->gradient)
    return;
  size_t n = s->tape->variable_count;
  const mc_node *node = &s->tape->nodes[i];
  for (size_t j = 0; j < n; j++) {
    fmpq *out = s->gradient + i * n + j;
    fmpq_mul(out, factor_a, s->gradient + node->a * n + j);
    if (factor_b)
      fmpq_addmul(out, factor_b, s->gradient + node->b * n + j);
  }
}

static bool exact_polynomial(exact_state *s, size_t i) {
  const mc_node *node = &s->tape->nodes[i];
  const mc_image_family *family = &s->tape->images[node->image];
  const fmpq *a = s->value + node->a;
  flint_bitcnt_t bits = fmpz_bits(fmpq_numref(a)) + fmpz_bits(fmpq_denref(a));
  if (bits * (flint_bitcnt_t)family->p[0].length > BIT_LIMIT)
    return false;
  fmpq_poly_evaluate_fmpq(s->value + i, family->p[0].exact, a);
  if (s->gradient) {
    fmpq_t slope;
    fmpq_init(slope);
    fmpq_poly_evaluate_fmpq(slope, family->p[1].exact, a);
    chain(s, i, slope, NULL);
    fmpq_clear(slope);
  }
  return true;
}

static bool exact_quotient(exact_state *s, size_t i) {
  const mc_node *node = &s->tape->nodes[i];
  const fmpq *a = s->value + node->a, *b = s->value + node->b;
  if (fmpq_is_zero(b))
    return false;
  fmpq_div(s->value + i, a, b);
  fmpq_t inverse, slope;
  fmpq_init(inverse);
  fmpq_init(slope);
  fmpq_inv(inverse, b);
  fmpq_mul(slope, s->value + i, inverse);
  fmpq_neg(slope, slope);
  chain(s, i, inverse, slope);
  fmpq_clear(inverse);
  fmpq_clear(slope);
  return true;
}

/* min, max and abs have no derivative at a tie; there the gradient is not known. */
static bool exact_extremum(exact_state *s, size_t i) {
  const mc_node *node = &s->tape->nodes[i];
  const fmpq *a = s->value + node->a, *b = s->value + node->b;
  int order = fmpq_cmp(a, b);
  if (order == 0 && s->gradient)
    return false;
  bool first = (order <= 0) == (node->op == MC_OP_MIN);
  fmpq_set(s->value + i, first ? a : b);
  fmpq_t one, zero;
  fmpq_init(one);
  fmpq_init(zero);
  fmpq_one(one);
  chain(s, i, first ? one : zero, first ? zero : one);
  fmpq_clear(one);
  fmpq_clear(zero);
  return true;
}

static bool exact_power(exact_state *s, size_t i) {
  const mc_node *node = &s->tape->nodes[i];
  const fmpq *a = s->value + node->a;
  flint_bitcnt_t bits = fmpz_bits(fmpq_numref(a)) + fmpz_bits(fmpq_denref(a));
  if (node->exponent > BIT_LIMIT || bits * node->exponent > BIT_LIMIT)
    return false;
  fmpq_pow_si(s->value + i, a, (slong)node->exponent);
  fmpq_t slope;
  fmpq_init(slope);
  fmpq_pow_si(slope, a, (slong)node->exponent - 1);
  fmpq_mul_ui(slope, slope, node->exponent);
  chain(s, i, slope, NULL);
  fmpq_clear(slope);
  return true;
}

/* sqrt of a rational square; exp, sin and cos at 0, log at 1: elsewhere they are not rational. */
static bool exact_function(exact_state *s, size_t i) {
  const mc_node *node = &s->tape->nodes[i];
  const fmpq *a = s->value + node->a;
  fmpq *z = s->value + i;
  fmpq_t slope;
  bool known = true;
  fmpq_init(slope);
  switch (node->op) {
  case MC_OP_SQRT:
    known = fmpq_sgn(a) >= 0 && fmpz_is_square(fmpq_numref(a)) && fmpz_is_square(fmpq_denref(a)) &&
            (fmpq_sgn(a) > 0 || !s->gradient);
    if (known) {
      fmpz_sqrt(fmpq_numref(z), fmpq_numref(a));
      fmpz_sqrt(fmpq_denref(z), fmpq_denref(a));
    }
    if (known && s->gradient) {
      fmpq_mul_ui(slope, z, 2);
      fmpq_inv(slope, slope);
    }
    break;
  case MC_OP_EXP:
    known = fmpq_is_zero(a);
    fmpq_one(z);
    fmpq_one(slope);
    break;
  case MC_OP_LOG:
    known = fmpq_is_one(a);
    fmpq_zero(z);
    fmpq_one(slope);
    break;
  case MC_OP_SIN:
    known = fmpq_is_zero(a);
    fmpq_zero(z);
    fmpq_one(slope);
    break;
  case MC_OP_COS:
    known = fmpq_is_zero(a);
    fmpq_one(z);
    break;
  default:
    known = false;
  }
  if (known)
    chain(s, i, slope, NULL);
  fmpq_clear(slope);
  return known;
}

static bool exact_linear(exact_state *s, size_t i) {
  const mc_node *node = &s->tape->nodes[i];
  const fmpq *a = s->value + node->a, *b = s->value + node->b;
  fmpq_t one, sign;
  fmpq_init(one);
  fmpq_init(sign);
  fmpq_one(one);
  fmpq_set_si(sign, node->op == MC_OP_SUB ? -1 : 1, 1);
  fmpq_set(s->value + i, a);
  fmpq_addmul(s->value + i, sign, b);
  chain(s, i, one, sign);
  fmpq_clear(one);
  fmpq_clear(sign);
  return true;
}

/* A product of which one factor is zero, with zero gradient, whatever (finite) value the other has: an irrational
 * one is not known here, and mc_tape_exact is asked only where all nodes are defined. */
static bool exact_zero_product(exact_state *s, size_t i) {
  const mc_node *node = &s->tape->nodes[i];
  size_t n = s->tape->variable_count, zero = s->known[node->a] ? node->a : node->b;
  if (!s->known[zero] || !fmpq_is_zero(s->value + zero))
    return false;
  for (size_t j = 0; s->gradient && j < n; j++)
    if (!fmpq_is_zero(s->gradient + zero * n + j))
      return false;
  return true;
}

static bool exact_node(exact_state *s, size_t i) {
  const mc_node *node = &s->tape->nodes[i];
  size_t n = s->tape->variable_count;
  const fmpq *a = s->value + node->a, *b = s->value + node->b;
  bool binary = node->op == MC_OP_ADD || node->op == MC_OP_SUB || node->op == MC_OP_MUL || node->op == MC_OP_DIV ||
                node->op == MC_OP_MIN || node->op == MC_OP_MAX;
  bool leaf = node->op == MC_OP_CONSTANT || node->op == MC_OP_VARIABLE || node->op == MC_OP_PI || node->op == MC_OP_E;
  if (node->op == MC_OP_MUL && s->known[node->a] != s->known[node->b])
    return exact_zero_product(s, i);
  if ((!leaf && !s->known[node->a]) || (binary && !s->known[node->b]))
    return false;
  fmpq_t sign;
  switch (node->op) {
  case MC_OP_CONSTANT:
    fmpq_set(s->value + i, node->constant);
    return true;
  case MC_OP_VARIABLE:
    fmpq_set(s->value + i, s->t + node->a);
    if (s->gradient)
      fmpq_one(s->gradient + i * n + node->a);
    return true;
  case MC_OP_POLYNOMIAL:
    return exact_polynomial(s, i);
  case MC_OP_ADD:
  case MC_OP_SUB:
    return exact_linear(s, i);
  case MC_OP_MUL:
    fmpq_mul(s->value + i, a, b);
    chain(s, i, b, a);
    return true;
  case MC_OP_DIV:
    return exact_quotient(s, i);
  case MC_OP_POWER:
    return exact_power(s, i);
  case MC_OP_MIN:
  case MC_OP_MAX:
    return exact_extremum(s, i);
  case MC_OP_ABS:
    if (fmpq_is_zero(a) && s->gradient)
      return false;
    fmpq_abs(s->value + i, a);
    fmpq_init(sign);
    fmpq_set_si(sign, fmpq_sgn(a), 1);
    chain(s, i, sign, NULL);
    fmpq_clear(sign);
    return true;
  default:
    return exact_function(s, i);
  }
}

bool mc_tape_exact(fmpq_t value, fmpq *gradient, const mc_tape *tape, size_t node, const fmpq *t) {
  size_t n = tape->variable_count, count = node + 1, entries = gradient ? count * n : 0;
  exact_state s = {.tape = tape, .t = t};
  s.value = mc_alloc(count, sizeof *s.value);
  s.known = mc_alloc(count, sizeof *s.known);
  s.gradient = entries > 0 ? mc_alloc(entries, sizeof *s.gradient) : NULL;
  bool known = false;
  if (s.value && s.known && (entries == 0 || s.gradient)) {
    for (size_t i = 0; i < count; i++)
      fmpq_init(s.value + i);
    for (size_t i = 0; i < entries; i++)
      fmpq_init(s.gradient + i);
    for (size_t i = 0; i < count; i++)
      s.known[i] = exact_node(&s, i) && !too_big(s.value + i);
    known = s.known[node];
    if (known) {
      fmpq_set(value, s.value + node);
      for (size_t j = 0; j < n && gradient; j++)
        fmpq_set(gradient + j, s.gradient + node * n + j);
    }
    for (size_t i = 0; i < count; i++)
      fmpq_clear(s.value + i);
    for (size_t i = 0; i < entries; i++)
      fmpq_clear(s.gradient + i);
  }
  mc_free(s.value);
  mc_free(s.known);
  mc_free(s.gradient);
  return known;
}
