#include "series.h"

/* ---- Exact: truncated power series over the rationals ---- */

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

/* ---- Enclosed: Taylor coefficients over a range (Moore, Kearfott and Cloud 2009, section 9.2) ---- */

typedef struct {
  int length; /* coefficients 0 … length - 1 */
  slong precision;
  mc_range *scratch; /* 3 length + 2 */
} arithmetic;

static void add_product(mc_range *z, const mc_range *x, const mc_range *y, const arithmetic *s) {
  mc_range *t = s->scratch;
  mc_range_mul(t, x, y, s->precision);
  mc_range_add(z, z, t, s->precision);
}

static void scale_si(mc_range *z, slong c, const arithmetic *s) {
  mc_range factor;
  mc_range_init(&factor);
  mc_range_set_si(&factor, c);
  mc_range_mul(z, z, &factor, s->precision);
  mc_range_clear(&factor);
}

static void divide_si(mc_range *z, slong c, const arithmetic *s) {
  mc_range divisor;
  mc_range_init(&divisor);
  mc_range_set_si(&divisor, c);
  mc_range_div(z, z, &divisor, s->precision);
  mc_range_clear(&divisor);
}

/* z = a b; z is neither. */
static void multiply(mc_range *z, const mc_range *a, const mc_range *b, const arithmetic *s) {
  for (int k = 0; k < s->length; k++) {
    mc_range_set_si(z + k, 0);
    for (int i = 0; i <= k; i++)
      add_product(z + k, a + i, b + k - i, s);
  }
}

/* p(a) by Taylor's formula about the range a_0: sum_j p^(j)(a_0)/j! (a - a_0)^j, where the first three coefficients
 * are exact images and the others Horner's values. */
static void compose(mc_range *z, const mc_image_family *p, const mc_range *a, const arithmetic *s) {
  mc_range *power = s->scratch + 1, *next = power + s->length, coefficient;
  mc_range_init(&coefficient);
  fmpq_poly_t derivative;
  fmpq_poly_init(derivative);
  fmpq_poly_set(derivative, p->p[0].exact);
  for (int k = 0; k < s->length; k++) {
    mc_range_set_si(z + k, 0);
    mc_range_set_si(power + k, k == 0);
  }
  for (int j = 0; j < s->length; j++) {
    /* p^(j)/j! at a_0. */
    if (j < 3) {
      mc_image_enclose(&coefficient, &p->p[j], a, s->precision);
      if (j == 2)
        divide_si(&coefficient, 2, s);
    } else {
      fmpq_t c;
      mc_range term;
      fmpq_init(c);
      mc_range_init(&term);
      mc_range_set_si(&coefficient, 0);
      for (slong i = fmpq_poly_length(derivative); i-- > 0;) {
        mc_range_mul(&coefficient, &coefficient, a, s->precision);
        fmpq_poly_get_coeff_fmpq(c, derivative, i);
        mc_range_set_fmpq(&term, c, s->precision);
        mc_range_add(&coefficient, &coefficient, &term, s->precision);
      }
      fmpq_clear(c);
      mc_range_clear(&term);
    }
    for (int k = 0; k < s->length; k++)
      add_product(z + k, &coefficient, power + k, s);
    /* power *= a - a_0. */
    for (int k = 0; k < s->length; k++) {
      mc_range_set_si(next + k, 0);
      for (int i = 1; i <= k; i++)
        add_product(next + k, a + i, power + k - i, s);
    }
    for (int k = 0; k < s->length; k++)
      mc_range_set(power + k, next + k);
    fmpq_poly_derivative(derivative, derivative);
    fmpq_poly_scalar_div_ui(derivative, derivative, (ulong)j + 1);
  }
  fmpq_poly_clear(derivative);
  mc_range_clear(&coefficient);
}

/* z b = a. */
static void divide(mc_range *z, const mc_range *a, const mc_range *b, const arithmetic *s) {
  mc_range sum;
  mc_range_init(&sum);
  for (int k = 0; k < s->length; k++) {
    mc_range_set_si(&sum, 0);
    for (int i = 1; i <= k; i++)
      add_product(&sum, b + i, z + k - i, s);
    mc_range_sub(&sum, a + k, &sum, s->precision);
    mc_range_div(z + k, &sum, b, s->precision);
  }
  mc_range_clear(&sum);
}

/* z z = a. */
static void square_root(mc_range *z, const mc_range *a, const arithmetic *s) {
  mc_range sum;
  mc_range_init(&sum);
  mc_range_sqrt(z, a, s->precision);
  for (int k = 1; k < s->length; k++) {
    mc_range_set_si(&sum, 0);
    for (int i = 1; i < k; i++)
      add_product(&sum, z + i, z + k - i, s);
    mc_range_sub(&sum, a + k, &sum, s->precision);
    mc_range_div(&sum, &sum, z, s->precision);
    divide_si(&sum, 2, s);
    mc_range_set(z + k, &sum);
  }
  mc_range_clear(&sum);
}

/* z' = z a'. */
static void exponential(mc_range *z, const mc_range *a, const arithmetic *s) {
  mc_range term;
  mc_range_init(&term);
  mc_range_exp(z, a, s->precision);
  for (int k = 1; k < s->length; k++) {
    mc_range_set_si(z + k, 0);
    for (int i = 1; i <= k; i++) {
      mc_range_set(&term, a + i);
      scale_si(&term, i, s);
      add_product(z + k, &term, z + k - i, s);
    }
    divide_si(z + k, k, s);
  }
  mc_range_clear(&term);
}

/* a z' = a'. */
static void logarithm(mc_range *z, const mc_range *a, const arithmetic *s) {
  mc_range sum, term;
  mc_range_init(&sum);
  mc_range_init(&term);
  mc_range_log(z, a, s->precision);
  for (int k = 1; k < s->length; k++) {
    mc_range_set_si(&sum, 0);
    for (int i = 1; i < k; i++) {
      mc_range_set(&term, z + i);
      scale_si(&term, i, s);
      add_product(&sum, &term, a + k - i, s);
    }
    divide_si(&sum, k, s);
    mc_range_sub(&sum, a + k, &sum, s->precision);
    mc_range_div(z + k, &sum, a, s->precision);
  }
  mc_range_clear(&sum);
  mc_range_clear(&term);
}

/* sin' = cos a', cos' = -sin a', together. */
static void wave(mc_range *z, const mc_range *a, bool want_sin, const arithmetic *s) {
  mc_range *sine = s->scratch + 1, *cosine = sine + s->length, term;
  mc_range_init(&term);
  mc_range_sin(sine, a, s->precision);
  mc_range_cos(cosine, a, s->precision);
  for (int k = 1; k < s->length; k++) {
    mc_range_set_si(sine + k, 0);
    mc_range_set_si(cosine + k, 0);
    for (int i = 1; i <= k; i++) {
      mc_range_set(&term, a + i);
      scale_si(&term, i, s);
      add_product(sine + k, &term, cosine + k - i, s);
      mc_range_neg(&term, &term);
      add_product(cosine + k, &term, sine + k - i, s);
    }
    divide_si(sine + k, k, s);
    divide_si(cosine + k, k, s);
  }
  for (int k = 0; k < s->length; k++)
    mc_range_set(z + k, (want_sin ? sine : cosine) + k);
  mc_range_clear(&term);
}

/* a^n by repeated multiplication, the constant term as an exact power. */
static void power(mc_range *z, const mc_range *a, ulong n, const arithmetic *s) {
  mc_range *product = s->scratch + 1 + s->length;
  for (int k = 0; k < s->length; k++)
    mc_range_set(z + k, a + k);
  for (ulong i = 1; i < n; i++) {
    multiply(product, z, a, s);
    for (int k = 0; k < s->length; k++)
      mc_range_set(z + k, product + k);
  }
  mc_range_pow_ui(z, a, n, s->precision);
}

static void set_undefined(mc_range *z, int length) {
  for (int k = 0; k < length; k++)
    mc_range_set_undefined(z + k);
}

static void enclose_node(mc_range *z, const mc_tape *tape, const mc_node *node, const mc_range *all,
                         const mc_range *values, const mc_range *t, const arithmetic *s) {
  const mc_range *a = all + node->a * (size_t)s->length, *b = all + node->b * (size_t)s->length;
  switch (node->op) {
  case MC_OP_CONSTANT:
  case MC_OP_PI:
  case MC_OP_E:
    for (int k = 0; k < s->length; k++)
      mc_range_set_si(z + k, 0);
    mc_range_set(z, values);
    break;
  case MC_OP_VARIABLE:
    for (int k = 0; k < s->length; k++)
      mc_range_set_si(z + k, k == 1);
    mc_range_set(z, t);
    break;
  case MC_OP_POLYNOMIAL:
    compose(z, &tape->images[node->image], a, s);
    break;
  case MC_OP_ADD:
    for (int k = 0; k < s->length; k++)
      mc_range_add(z + k, a + k, b + k, s->precision);
    break;
  case MC_OP_SUB:
    for (int k = 0; k < s->length; k++)
      mc_range_sub(z + k, a + k, b + k, s->precision);
    break;
  case MC_OP_MUL:
    multiply(z, a, b, s);
    break;
  case MC_OP_DIV:
    divide(z, a, b, s);
    break;
  case MC_OP_POWER:
    if (node->exponent <= 64)
      power(z, a, node->exponent, s);
    else
      set_undefined(z, s->length);
    break;
  case MC_OP_SQRT:
    square_root(z, a, s);
    break;
  case MC_OP_EXP:
    exponential(z, a, s);
    break;
  case MC_OP_LOG:
    logarithm(z, a, s);
    break;
  case MC_OP_SIN:
  case MC_OP_COS:
    wave(z, a, node->op == MC_OP_SIN, s);
    break;
  default:
    set_undefined(z, s->length); /* abs, min, max have kinks */
  }
}

void mc_series_enclose_coefficient(mc_range *z, const mc_tape *tape, size_t node, int k, const mc_range *t,
                                   slong precision) {
  size_t length = (size_t)k + 1, scratch = 3 * length + 2;
  mc_range *values = mc_range_vector_new(tape->node_count), *all = mc_range_vector_new((node + 1) * length);
  arithmetic s = {.length = k + 1, .precision = precision, .scratch = mc_range_vector_new(scratch)};
  mc_range_set_undefined(z);
  if (values && all && s.scratch) {
    mc_tape_enclose(values, tape, t, precision);
    for (size_t i = 0; i <= node; i++)
      enclose_node(all + i * length, tape, &tape->nodes[i], all, values + i, t, &s);
    mc_range_set(z, all + node * length + k);
  }
  mc_range_vector_free(values, tape->node_count);
  mc_range_vector_free(all, (node + 1) * length);
  mc_range_vector_free(s.scratch, scratch);
}
