/* Taylor coefficients over a range (Moore, Kearfott and Cloud 2009, section 9.2). */
#include "series.h"

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
