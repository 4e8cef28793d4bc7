/* To what order a node vanishes at a point: truncated power series over the rationals. */
#include "series.h"

enum { LENGTH = MC_SERIES_ORDER };

/* p(a) for a series a, by Horner's rule. */
static void exact_compose(fmpq_poly_t z, const fmpq_poly_t p, const fmpq_poly_t a) {
  fmpq_t c;
  fmpq_poly_t term;
  fmpq_init(c);
  fmpq_poly_init(term);
  fmpq_poly_zero(z);
  for (slong i = fmpq_poly_length(p); i-- > 0;) {
    fmpq_poly_mullow(z, z, a, LENGTH);
    fmpq_poly_get_coeff_fmpq(c, p, i);
    fmpq_poly_set_fmpq(term, c);
    fmpq_poly_add(z, z, term);
  }
  fmpq_clear(c);
  fmpq_poly_clear(term);
}

static bool constant_term_is(const fmpq_poly_t a, ulong value) {
  fmpq_t c;
  fmpq_init(c);
  fmpq_poly_get_coeff_fmpq(c, a, 0);
  bool is = fmpz_is_one(fmpq_denref(c)) && fmpz_equal_ui(fmpq_numref(c), value);
  fmpq_clear(c);
  return is;
}

/* false: not known to be rational. */
static bool exact_node(fmpq_poly_t z, const mc_tape *tape, const mc_node *node, fmpq_poly_struct *series,
                       const fmpq_t t) {
  const fmpq_poly_struct *a = series + node->a, *b = series + node->b;
  switch (node->op) {
  case MC_OP_CONSTANT:
    fmpq_poly_set_fmpq(z, node->constant);
    return true;
  case MC_OP_VARIABLE:
    fmpq_poly_set_fmpq(z, t);
    fmpq_poly_set_coeff_ui(z, 1, 1);
    return true;
  case MC_OP_POLYNOMIAL:
    exact_compose(z, tape->images[node->image].p[0].exact, a);
    return true;
  case MC_OP_ADD:
    fmpq_poly_add(z, a, b);
    return true;
  case MC_OP_SUB:
    fmpq_poly_sub(z, a, b);
    return true;
  case MC_OP_MUL:
    fmpq_poly_mullow(z, a, b, LENGTH);
    return true;
  case MC_OP_DIV:
    if (constant_term_is(b, 0))
      return false;
    fmpq_poly_div_series(z, a, b, LENGTH);
    return true;
  case MC_OP_POWER:
    fmpq_poly_pow_trunc(z, a, node->exponent, LENGTH);
    return true;
  case MC_OP_SQRT:
    if (!constant_term_is(a, 1))
      return false;
    fmpq_poly_sqrt_series(z, a, LENGTH);
    return true;
  case MC_OP_LOG:
    if (!constant_term_is(a, 1))
      return false;
    fmpq_poly_log_series(z, a, LENGTH);
    return true;
  case MC_OP_EXP:
  case MC_OP_SIN:
  case MC_OP_COS:
    if (!constant_term_is(a, 0))
      return false;
    if (node->op == MC_OP_EXP)
      fmpq_poly_exp_series(z, a, LENGTH);
    else if (node->op == MC_OP_SIN)
      fmpq_poly_sin_series(z, a, LENGTH);
    else
      fmpq_poly_cos_series(z, a, LENGTH);
    return true;
  default:
    return false;
  }
}

static int operand_count(mc_op op) {
  switch (op) {
  case MC_OP_CONSTANT:
  case MC_OP_VARIABLE:
  case MC_OP_PI:
  case MC_OP_E:
    return 0;
  case MC_OP_ADD:
  case MC_OP_SUB:
  case MC_OP_MUL:
  case MC_OP_DIV:
  case MC_OP_MIN:
  case MC_OP_MAX:
    return 2;
  default:
    return 1;
  }
}

static bool operands_known(const mc_node *node, const bool *known) {
  int count = operand_count(node->op);
  return (count < 1 || known[node->a]) && (count < 2 || known[node->b]);
}

static bool is_nonzero_there(const mc_tape *tape, size_t node, const fmpq_t t) {
  mc_range *values = mc_range_vector_new(tape->node_count), point;
  mc_range_init(&point);
  mc_range_set_fmpq(&point, t, MC_IMAGE_PRECISION);
  if (values)
    mc_tape_enclose(values, tape, &point, MC_IMAGE_PRECISION);
  bool nonzero = values && (mc_range_is_positive(values + node) || mc_range_is_negative(values + node));
  mc_range_vector_free(values, tape->node_count);
  mc_range_clear(&point);
  return nonzero;
}

/* Where an end of the interval is irrational, t enters through w t alone, w a constant; as functions of s = w t all
 * other nodes vanish at 0 to the same order.  The node of w t, for t = 0; SIZE_MAX: there is no such thing. */
static size_t stretched_variable(const mc_tape *tape, const fmpq_t t) {
  size_t found = SIZE_MAX, uses = 0, factor = 0;
  bool *varies = mc_alloc(tape->node_count + 1, sizeof *varies);
  if (!varies || !fmpq_is_zero(t)) {
    mc_free(varies);
    return SIZE_MAX;
  }
  for (size_t i = 0; i < tape->node_count; i++) {
    const mc_node *node = &tape->nodes[i];
    int count = operand_count(node->op);
    bool left = count > 0 && varies[node->a], right = count > 1 && varies[node->b];
    varies[i] = node->op == MC_OP_VARIABLE || left || right;
    bool uses_left = count > 0 && tape->nodes[node->a].op == MC_OP_VARIABLE;
    bool uses_right = count > 1 && tape->nodes[node->b].op == MC_OP_VARIABLE;
    if (!uses_left && !uses_right)
      continue;
    uses++;
    factor = uses_left ? node->b : node->a;
    found = node->op == MC_OP_MUL && left != right ? i : SIZE_MAX;
  }
  mc_free(varies);
  return uses == 1 && found != SIZE_MAX && is_nonzero_there(tape, factor, t) ? found : SIZE_MAX;
}

/* Coefficients beyond this many bits are not worth their time. */
#define BIT_LIMIT ((flint_bitcnt_t)1 << 16)

static bool too_long(const fmpq_poly_t p) {
  return fmpz_bits(fmpq_poly_denref(p)) > BIT_LIMIT ||
         (flint_bitcnt_t)FLINT_ABS(_fmpz_vec_max_bits(p->coeffs, fmpq_poly_length(p))) > BIT_LIMIT;
}

int mc_series_vanishing_order(const mc_tape *tape, size_t node, const fmpq_t t) {
  int order = -1;
  fmpq_poly_struct *series = mc_alloc(node + 1, sizeof *series);
  bool *known = mc_alloc(node + 1, sizeof *known);
  size_t stretched = stretched_variable(tape, t);
  if (series && known) {
    for (size_t i = 0; i <= node; i++) {
      fmpq_poly_init(series + i);
      if (i == stretched)
        fmpq_poly_set_coeff_ui(series + i, 1, 1);
      known[i] = i == stretched || (operands_known(&tape->nodes[i], known) &&
                                    exact_node(series + i, tape, &tape->nodes[i], series, t) && !too_long(series + i));
    }
    fmpq_t c;
    fmpq_init(c);
    for (int k = 0; known[node] && order < 0 && k < LENGTH; k++) {
      fmpq_poly_get_coeff_fmpq(c, series + node, k);
      if (!fmpq_is_zero(c))
        order = k;
    }
    fmpq_clear(c);
    for (size_t i = 0; i <= node; i++)
      fmpq_poly_clear(series + i);
  }
  mc_free(series);
  mc_free(known);
  return order;
}
