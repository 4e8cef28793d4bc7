#include "roots.h"

/* Expansion stops above this degree. */
#define GREATEST_DEGREE 160

/* ---- A node as a quotient of polynomials in t ---- */

typedef struct {
  fmpq_poly_struct up, down;
  bool known;
} quotient;

static bool small(const quotient *q) {
  return fmpq_poly_degree(&q->up) <= GREATEST_DEGREE && fmpq_poly_degree(&q->down) <= GREATEST_DEGREE;
}

/* z = p(a) = (sum_i p_i up^i down^(d-i)) / down^d. */
static void compose(quotient *z, const fmpq_poly_t p, const quotient *a) {
  slong degree = fmpq_poly_degree(p);
  fmpq_t c;
  fmpq_poly_t power, term;
  fmpq_init(c);
  fmpq_poly_init(power);
  fmpq_poly_init(term);
  fmpq_poly_one(power); /* down^(degree - i), from the top */
  fmpq_poly_zero(&z->up);
  for (slong i = degree; i >= 0; i--) {
    fmpq_poly_get_coeff_fmpq(c, p, i);
    fmpq_poly_scalar_mul_fmpq(term, power, c);
    fmpq_poly_mul(&z->up, &z->up, &a->up);
    fmpq_poly_add(&z->up, &z->up, term);
    if (i > 0)
      fmpq_poly_mul(power, power, &a->down);
  }
  fmpq_poly_set(&z->down, power);
  fmpq_clear(c);
  fmpq_poly_clear(power);
  fmpq_poly_clear(term);
}

static void add(quotient *z, const quotient *a, const quotient *b, bool minus) {
  fmpq_poly_t t;
  fmpq_poly_init(t);
  fmpq_poly_mul(&z->up, &a->up, &b->down);
  fmpq_poly_mul(t, &b->up, &a->down);
  if (minus)
    fmpq_poly_sub(&z->up, &z->up, t);
  else
    fmpq_poly_add(&z->up, &z->up, t);
  fmpq_poly_mul(&z->down, &a->down, &b->down);
  fmpq_poly_clear(t);
}

static bool expand_node(quotient *z, const mc_tape *tape, const mc_node *node, const quotient *all) {
  const quotient *a = all + node->a, *b = all + node->b;
  fmpq_poly_one(&z->down);
  switch (node->op) {
  case MC_OP_CONSTANT:
    fmpq_poly_set_fmpq(&z->up, node->constant);
    return true;
  case MC_OP_VARIABLE:
    fmpq_poly_set_coeff_ui(&z->up, 1, 1);
    return true;
  case MC_OP_POLYNOMIAL: {
    const fmpq_poly_struct *p = tape->images[node->image].p[0].exact;
    slong degree = fmpq_poly_degree(p);
    if (!a->known || degree * (fmpq_poly_degree(&a->up) + fmpq_poly_degree(&a->down)) > GREATEST_DEGREE)
      return false;
    compose(z, p, a);
    return true;
  }
  case MC_OP_ADD:
  case MC_OP_SUB:
    if (!a->known || !b->known)
      return false;
    add(z, a, b, node->op == MC_OP_SUB);
    return true;
  case MC_OP_MUL:
    if (!a->known || !b->known)
      return false;
    fmpq_poly_mul(&z->up, &a->up, &b->up);
    fmpq_poly_mul(&z->down, &a->down, &b->down);
    return true;
  case MC_OP_DIV:
    if (!a->known || !b->known || fmpq_poly_is_zero(&b->up))
      return false;
    fmpq_poly_mul(&z->up, &a->up, &b->down);
    fmpq_poly_mul(&z->down, &a->down, &b->up);
    return true;
  default:
    return false;
  }
}

/* The nodes up to the last; NULL: out of memory. */
static quotient *expand_all(const mc_tape *tape, size_t last) {
  quotient *all = mc_alloc(last + 1, sizeof *all);
  for (size_t i = 0; all && i <= last; i++) {
    fmpq_poly_init(&all[i].up);
    fmpq_poly_init(&all[i].down);
    all[i].known = expand_node(&all[i], tape, &tape->nodes[i], all) && small(&all[i]);
  }
  return all;
}

static void free_all(quotient *all, size_t last) {
  for (size_t i = 0; all && i <= last; i++) {
    fmpq_poly_clear(&all[i].up);
    fmpq_poly_clear(&all[i].down);
  }
  mc_free(all);
}

/* p = up * down has the sign of up/down wherever that is defined. */
static bool expand(fmpq_poly_t p, const mc_tape *tape, size_t node) {
  quotient *all = expand_all(tape, node);
  bool known = all && all[node].known;
  if (known)
    fmpq_poly_mul(p, &all[node].up, &all[node].down);
  free_all(all, node);
  return known;
}

/* ---- Signs ---- */

/* Does the squarefree polynomial certainly have no root in the open interval? */
static bool has_no_root_inside(const fmpz_poly_t squarefree, const mc_range *t) {
  slong degree = fmpz_poly_degree(squarefree);
  if (degree <= 0)
    return true;
  bool none = true;
  acb_ptr roots = _acb_vec_init(degree);
  arb_fmpz_poly_complex_roots(roots, squarefree, 0, MC_IMAGE_PRECISION);
  arb_t lo, hi;
  arb_init(lo);
  arb_init(hi);
  arb_set_arf(lo, &t->lo);
  arb_set_arf(hi, &t->hi);
  for (slong i = 0; i < degree && none; i++) {
    arb_srcptr x = acb_realref(roots + i);
    none = !arb_is_zero(acb_imagref(roots + i)) || arb_le(x, lo) || arb_ge(x, hi);
  }
  arb_clear(lo);
  arb_clear(hi);
  _acb_vec_clear(roots, degree);
  return none;
}

/* The sign of p at a rational point of the interval where it does not vanish. */
static int sign_inside(const fmpq_poly_t p, const mc_range *t) {
  fmpq_t lo, step, value;
  fmpq_init(lo);
  fmpq_init(step);
  fmpq_init(value);
  arf_get_fmpq(lo, &t->lo);
  arf_get_fmpq(step, &t->hi);
  fmpq_sub(step, step, lo);
  /* One of degree + 1 interior points is no root. */
  fmpq_div_2exp(step, step, 12);
  int sign = 0;
  for (slong i = 0; i <= fmpq_poly_degree(p) && sign == 0; i++) {
    fmpq_add(lo, lo, step);
    fmpq_poly_evaluate_fmpq(value, p, lo);
    sign = fmpq_sgn(value);
  }
  fmpq_clear(lo);
  fmpq_clear(step);
  fmpq_clear(value);
  return sign;
}

bool mc_roots_nonnegative(const mc_tape *tape, size_t node, const mc_range *t) {
  fmpq_poly_t p;
  fmpq_poly_init(p);
  bool nonnegative = expand(p, tape, node) && !arf_equal(&t->lo, &t->hi);
  if (nonnegative && !fmpq_poly_is_zero(p)) {
    /* The sign changes only at roots of odd multiplicity. */
    fmpz_poly_t numerator;
    fmpz_poly_factor_t factors;
    fmpz_poly_init(numerator);
    fmpz_poly_factor_init(factors);
    fmpq_poly_get_numerator(numerator, p);
    fmpz_poly_factor_squarefree(factors, numerator);
    for (slong i = 0; i < factors->num && nonnegative; i++)
      nonnegative = factors->exp[i] % 2 == 0 || has_no_root_inside(factors->p + i, t);
    fmpz_poly_clear(numerator);
    fmpz_poly_factor_clear(factors);
    nonnegative = nonnegative && sign_inside(p, t) > 0;
  }
  fmpq_poly_clear(p);
  return nonnegative;
}

/* ---- Roots ---- */

enum { FACTOR_DEGREE = 40, FACTOR_BITS = 2000 };

static int sign_at(const fmpq_poly_t p, const arf_struct *t) {
  fmpq_t x, value;
  fmpq_init(x);
  fmpq_init(value);
  arf_get_fmpq(x, t);
  fmpq_poly_evaluate_fmpq(value, p, x);
  int sign = fmpq_sgn(value);
  fmpq_clear(x);
  fmpq_clear(value);
  return sign;
}

/* Has q an irreducible factor that changes its sign on t? */
static bool find_factor(fmpq_poly_t p, const fmpq_poly_struct *q, const mc_range *t) {
  fmpz_poly_t numerator;
  fmpz_poly_factor_t factors;
  bool found = false;
  fmpz_poly_init(numerator);
  fmpz_poly_factor_init(factors);
  fmpq_poly_get_numerator(numerator, q);
  if (fmpz_poly_degree(numerator) >= 1 && fmpz_poly_degree(numerator) <= FACTOR_DEGREE &&
      FLINT_ABS(fmpz_poly_max_bits(numerator)) <= FACTOR_BITS)
    fmpz_poly_factor(factors, numerator);
  for (slong i = 0; i < factors->num && !found; i++) {
    fmpq_poly_set_fmpz_poly(p, factors->p + i);
    found = sign_at(p, &t->lo) * sign_at(p, &t->hi) < 0;
  }
  fmpz_poly_clear(numerator);
  fmpz_poly_factor_clear(factors);
  return found;
}

size_t mc_roots_next(fmpq_poly_t p, const mc_tape *tape, size_t from, const mc_range *t) {
  if (from >= tape->node_count)
    return SIZE_MAX;
  quotient *all = expand_all(tape, tape->node_count - 1);
  size_t found = SIZE_MAX;
  for (size_t i = from; all && i < tape->node_count && found == SIZE_MAX; i++)
    if (all[i].known && find_factor(p, &all[i].up, t))
      found = i;
  free_all(all, tape->node_count - 1);
  return found;
}
