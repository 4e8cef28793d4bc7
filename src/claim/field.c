#include "field.h"

#include "quotient.h"

/* PART is e^(1/60). */
enum { XI, PI, PART, GENERATORS };
enum { PARTS = 60, MOST_TERMS = 300, MOST_PRODUCTS = 20000, GREATEST_DEGREE = 200, GREATEST_POWER_OF_E = 60 * PARTS };

/* Bits of a coefficient. */
#define BIT_LIMIT ((flint_bitcnt_t)1 << 14)

typedef struct {
  const mc_tape *tape;
  const mc_field_point *at;
  mc_ring ring;
  fmpq_mpoly_t modulus; /* in XI; 0: the point is rational */
  mc_quotient *all;
  bool *known;
} field;

/* ---- Elements ---- */

static bool is_small(const fmpq_mpoly_t p, const field *f) {
  return fmpq_mpoly_is_zero(p, f->ring.context) || (flint_bitcnt_t)FLINT_ABS(fmpz_mpoly_max_bits(p->zpoly)) +
                                                           fmpz_bits(fmpq_numref(p->content)) +
                                                           fmpz_bits(fmpq_denref(p->content)) <=
                                                       BIT_LIMIT;
}

static void reduce(fmpq_mpoly_t p, const field *f) {
  fmpq_mpoly_t q;
  if (fmpq_mpoly_is_zero(f->modulus, f->ring.context))
    return;
  fmpq_mpoly_init(q, f->ring.context);
  fmpq_mpoly_divrem(q, p, p, f->modulus, f->ring.context);
  fmpq_mpoly_clear(q, f->ring.context);
}

static bool is_zero(const mc_quotient *x, const field *f) {
  return fmpq_mpoly_is_zero(&x->up, f->ring.context);
}

static bool get_rational(fmpq_t c, const mc_quotient *x, const field *f) {
  bool rational = fmpq_mpoly_is_fmpq(&x->up, f->ring.context) && fmpq_mpoly_is_one(&x->down, f->ring.context);
  if (rational)
    fmpq_mpoly_get_fmpq(c, &x->up, f->ring.context);
  return rational;
}

/* p = c g^power for the generator g. */
static bool is_power_of(fmpq_t c, ulong *power, size_t generator, const fmpq_mpoly_t p, const field *f) {
  ulong exponents[GENERATORS];
  if (fmpq_mpoly_length(p, f->ring.context) != 1)
    return false;
  fmpq_mpoly_get_term_coeff_fmpq(c, p, 0, f->ring.context);
  fmpq_mpoly_get_term_exp_ui(exponents, p, 0, f->ring.context);
  *power = exponents[generator];
  exponents[generator] = 0;
  return exponents[XI] == 0 && exponents[PI] == 0 && exponents[PART] == 0;
}

/* e^(n/60). */
static void set_power_of_e(mc_quotient *z, slong n, const field *f) {
  fmpq_mpoly_t power;
  fmpq_mpoly_init(power, f->ring.context);
  fmpq_mpoly_gen(power, PART, f->ring.context);
  fmpq_mpoly_pow_ui(power, power, (ulong)(n < 0 ? -n : n), f->ring.context);
  fmpq_mpoly_one(&z->up, f->ring.context);
  fmpq_mpoly_one(&z->down, f->ring.context);
  fmpq_mpoly_swap(n < 0 ? &z->down : &z->up, power, f->ring.context);
  fmpq_mpoly_clear(power, f->ring.context);
}

/* ---- Functions ---- */

/* sin(k pi/6), doubled, where that is rational; 9: it is not. */
static int twice_sine(ulong k) {
  static const int values[] = {0, 1, 9, 2, 9, 1, 0, -1, 9, -2, 9, -1};
  return values[k % 12];
}

/* sin and cos at rational multiples of pi. */
static bool wave(mc_quotient *z, const mc_quotient *x, bool is_sine, const field *f) {
  fmpq_t c;
  ulong power = 1;
  fmpq_init(c);
  bool known = is_zero(x, f) ||
               (fmpq_mpoly_is_one(&x->down, f->ring.context) && is_power_of(c, &power, PI, &x->up, f) && power == 1);
  fmpq_mul_ui(c, c, 6);
  known = known && fmpz_is_one(fmpq_denref(c));
  int twice = known ? twice_sine(fmpz_fdiv_ui(fmpq_numref(c), 12) + (is_sine ? 0 : 3)) : 9;
  if (twice != 9) {
    fmpq_set_si(c, twice, 2);
    mc_quotient_set_constant(z, c, &f->ring);
  }
  fmpq_clear(c);
  return twice != 9;
}

static bool exponential(mc_quotient *z, const mc_quotient *x, const field *f) {
  fmpq_t c;
  fmpq_init(c);
  bool known = get_rational(c, x, f);
  fmpq_mul_ui(c, c, PARTS);
  known = known && fmpz_is_one(fmpq_denref(c)) && fmpz_cmp_si(fmpq_numref(c), GREATEST_POWER_OF_E) <= 0 &&
          fmpz_cmp_si(fmpq_numref(c), -GREATEST_POWER_OF_E) >= 0;
  if (known)
    set_power_of_e(z, fmpz_get_si(fmpq_numref(c)), f);
  fmpq_clear(c);
  return known;
}

/* log(e^(m/60)/e^(n/60)) = (m - n)/60. */
static bool logarithm(mc_quotient *z, const mc_quotient *x, const field *f) {
  fmpq_t c, d;
  ulong m = 0, n = 0;
  fmpq_init(c);
  fmpq_init(d);
  bool known = is_power_of(c, &m, PART, &x->up, f) && is_power_of(d, &n, PART, &x->down, f) && fmpq_equal(c, d);
  fmpq_set_si(c, (slong)m - (slong)n, PARTS);
  if (known)
    mc_quotient_set_constant(z, c, &f->ring);
  fmpq_clear(c);
  fmpq_clear(d);
  return known;
}

/* The root of c^2 pi^(2m) e^(2n/60), or of 0. */
static bool root_of_square(fmpq_mpoly_t z, const fmpq_mpoly_t p, const field *f) {
  ulong exponents[GENERATORS];
  fmpq_t c;
  fmpq_mpoly_zero(z, f->ring.context);
  if (fmpq_mpoly_length(p, f->ring.context) != 1)
    return fmpq_mpoly_is_zero(p, f->ring.context);
  fmpq_init(c);
  fmpq_mpoly_get_term_coeff_fmpq(c, p, 0, f->ring.context);
  fmpq_mpoly_get_term_exp_ui(exponents, p, 0, f->ring.context);
  bool known = exponents[XI] == 0 && exponents[PI] % 2 == 0 && exponents[PART] % 2 == 0 && fmpq_sgn(c) > 0 &&
               fmpz_is_square(fmpq_numref(c)) && fmpz_is_square(fmpq_denref(c));
  if (known) {
    fmpz_sqrt(fmpq_numref(c), fmpq_numref(c));
    fmpz_sqrt(fmpq_denref(c), fmpq_denref(c));
    exponents[PI] /= 2;
    exponents[PART] /= 2;
    fmpq_mpoly_set_coeff_fmpq_ui(z, c, exponents, f->ring.context);
  }
  fmpq_clear(c);
  return known;
}

static bool square_root(mc_quotient *z, const mc_quotient *x, const field *f) {
  return root_of_square(&z->up, &x->up, f) && root_of_square(&z->down, &x->down, f);
}

static void copy(mc_quotient *z, const mc_quotient *x, bool negative, const field *f) {
  fmpq_mpoly_set(&z->up, &x->up, f->ring.context);
  fmpq_mpoly_set(&z->down, &x->down, f->ring.context);
  if (negative)
    fmpq_mpoly_neg(&z->up, &z->up, f->ring.context);
}

static bool absolute(mc_quotient *z, const mc_quotient *x, const mc_range *value, const field *f) {
  bool nonnegative = is_zero(x, f) || mc_range_is_nonnegative(value);
  copy(z, x, !nonnegative, f);
  return nonnegative || mc_range_is_nonpositive(value);
}

static bool extremum(mc_quotient *z, const mc_node *node, const field *f) {
  const mc_quotient *x = &f->all[node->a], *y = &f->all[node->b];
  const mc_range *a = f->at->values + node->a, *b = f->at->values + node->b;
  mc_quotient difference;
  mc_quotient_init(&difference, &f->ring);
  bool equal = mc_quotient_add(&difference, x, y, true, &f->ring);
  reduce(&difference.up, f);
  equal = equal && is_zero(&difference, f);
  mc_quotient_clear(&difference, &f->ring);
  bool defined = !mc_range_is_undefined(a) && !mc_range_is_undefined(b);
  bool a_below = defined && arf_cmp(&a->hi, &b->lo) <= 0, b_below = defined && arf_cmp(&b->hi, &a->lo) <= 0;
  copy(z, equal || a_below == (node->op == MC_OP_MIN) ? x : y, false, f);
  return equal || a_below || b_below;
}

/* ---- Nodes ---- */

static bool set_variable(mc_quotient *z, size_t j, const field *f) {
  if (f->at->t) {
    mc_quotient_set_constant(z, f->at->t + j, &f->ring);
  } else if (f->at->root) {
    mc_quotient_set_variable(z, XI, &f->ring);
  } else {
    mc_quotient_set_variable(z, PI, &f->ring);
    fmpq_mpoly_scalar_mul_fmpq(&z->up, &z->up, f->at->angle + 1, f->ring.context);
    fmpq_mpoly_add_fmpq(&z->up, &z->up, f->at->angle, f->ring.context);
  }
  return true;
}

static bool divides(size_t divisor, const field *f) {
  fmpq_t c;
  const mc_range *value = f->at->values + divisor;
  fmpq_init(c);
  bool divides = get_rational(c, &f->all[divisor], f) ? !fmpq_is_zero(c)
                                                      : mc_range_is_positive(value) || mc_range_is_negative(value);
  fmpq_clear(c);
  return divides;
}

/* A zero factor settles a product, whatever number the other is. */
static bool is_zero_product(const mc_node *node, const mc_quotient *x, const mc_quotient *y, const field *f) {
  const mc_quotient *known = x ? x : y;
  const mc_range *other = f->at->values + (x ? node->b : node->a);
  return known && is_zero(known, f) && !mc_range_is_undefined(other);
}

static bool set_node(field *f, size_t i) {
  const mc_node *node = &f->tape->nodes[i];
  mc_quotient *z = &f->all[i];
  const mc_quotient *x = node->a < i && f->known[node->a] ? &f->all[node->a] : NULL;
  const mc_quotient *y = node->b < i && f->known[node->b] ? &f->all[node->b] : NULL;
  switch (node->op) {
  case MC_OP_VARIABLE:
    return set_variable(z, node->a, f);
  case MC_OP_PI:
    mc_quotient_set_variable(z, PI, &f->ring);
    return true;
  case MC_OP_E:
    set_power_of_e(z, PARTS, f);
    return true;
  case MC_OP_MUL:
    if (!x || !y)
      return is_zero_product(node, x, y, f); /* z is 0 */
    break;
  case MC_OP_DIV:
    return x && y && divides(node->b, f) && mc_quotient_divide(z, x, y, &f->ring);
  case MC_OP_SQRT:
    return x && square_root(z, x, f);
  case MC_OP_ABS:
    return x && absolute(z, x, f->at->values + node->a, f);
  case MC_OP_MIN:
  case MC_OP_MAX:
    return x && y && extremum(z, node, f);
  case MC_OP_EXP:
    return x && exponential(z, x, f);
  case MC_OP_LOG:
    return x && logarithm(z, x, f);
  case MC_OP_SIN:
  case MC_OP_COS:
    return x && wave(z, x, node->op == MC_OP_SIN, f);
  case MC_OP_POLYNOMIAL:
    if (fmpq_poly_degree(f->tape->images[node->image].p[0].exact) > GREATEST_DEGREE)
      return false;
    break;
  default:
    break;
  }
  return mc_quotient_operate(z, node, f->tape, x, y, &f->ring);
}

static bool set_reduced(field *f, size_t i) {
  mc_quotient *z = &f->all[i];
  if (!set_node(f, i) || !is_small(&z->up, f) || !is_small(&z->down, f))
    return false;
  reduce(&z->up, f);
  reduce(&z->down, f);
  if (fmpq_mpoly_is_zero(&z->down, f->ring.context))
    return false;
  mc_quotient_cancel(z, &f->ring);
  return true;
}

bool mc_field_vanishes(const mc_tape *tape, size_t node, const mc_field_point *at) {
  field f = {.tape = tape, .at = at};
  f.all = mc_alloc(node + 1, sizeof *f.all);
  f.known = mc_alloc(node + 1, sizeof *f.known);
  bool vanishes = false;
  mc_ring_init(&f.ring, GENERATORS, MOST_TERMS, MOST_PRODUCTS);
  fmpq_mpoly_init(f.modulus, f.ring.context);
  for (slong i = 0; at->root && i < fmpq_poly_length(at->root); i++) {
    const ulong exponents[GENERATORS] = {[XI] = (ulong)i};
    fmpq_t c;
    fmpq_init(c);
    fmpq_poly_get_coeff_fmpq(c, at->root, i);
    fmpq_mpoly_set_coeff_fmpq_ui(f.modulus, c, exponents, f.ring.context);
    fmpq_clear(c);
  }
  if (f.all && f.known) {
    for (size_t i = 0; i <= node; i++) {
      mc_quotient_init(&f.all[i], &f.ring);
      f.known[i] = set_reduced(&f, i);
    }
    vanishes = f.known[node] && is_zero(&f.all[node], &f);
    for (size_t i = 0; i <= node; i++)
      mc_quotient_clear(&f.all[i], &f.ring);
  }
  fmpq_mpoly_clear(f.modulus, f.ring.context);
  mc_ring_clear(&f.ring);
  mc_free(f.all);
  mc_free(f.known);
  return vanishes;
}
