#include "quotient.h"

/* Far below what FLINT can hold in a word: it would end the process. */
enum { GREATEST_DEGREE = 1000000 };

void mc_ring_init(mc_ring *r, size_t variables, slong most_terms, slong most_products) {
  fmpq_mpoly_ctx_init(r->context, (slong)variables, ORD_LEX);
  r->most_terms = most_terms;
  r->most_products = most_products;
}

void mc_ring_clear(mc_ring *r) {
  fmpq_mpoly_ctx_clear(r->context);
}

bool mc_ring_multiply(fmpq_mpoly_t z, const fmpq_mpoly_t a, const fmpq_mpoly_t b, const mc_ring *r) {
  slong m = fmpq_mpoly_length(a, r->context), n = fmpq_mpoly_length(b, r->context);
  if (m > 0 && n > r->most_products / m)
    return false;
  fmpq_mpoly_mul(z, a, b, r->context);
  return fmpq_mpoly_length(z, r->context) <= r->most_terms && fmpq_mpoly_total_degree_fits_si(z, r->context) &&
         fmpq_mpoly_total_degree_si(z, r->context) <= GREATEST_DEGREE;
}

bool mc_ring_power(fmpq_mpoly_t z, const fmpq_mpoly_t a, ulong n, const mc_ring *r) {
  fmpq_mpoly_t t;
  fmpq_mpoly_init(t, r->context);
  fmpq_mpoly_one(t, r->context);
  bool fits = n <= 200;
  for (ulong i = 0; i < n && fits; i++)
    fits = mc_ring_multiply(t, t, a, r);
  fmpq_mpoly_swap(z, t, r->context);
  fmpq_mpoly_clear(t, r->context);
  return fits;
}

void mc_quotient_init(mc_quotient *x, const mc_ring *r) {
  fmpq_mpoly_init(&x->up, r->context);
  fmpq_mpoly_init(&x->down, r->context);
  fmpq_mpoly_one(&x->down, r->context);
}

void mc_quotient_clear(mc_quotient *x, const mc_ring *r) {
  fmpq_mpoly_clear(&x->up, r->context);
  fmpq_mpoly_clear(&x->down, r->context);
}

void mc_quotient_set_constant(mc_quotient *z, const fmpq_t c, const mc_ring *r) {
  fmpq_mpoly_set_fmpq(&z->up, c, r->context);
  fmpq_mpoly_one(&z->down, r->context);
}

void mc_quotient_set_variable(mc_quotient *z, size_t j, const mc_ring *r) {
  fmpq_mpoly_gen(&z->up, (slong)j, r->context);
  fmpq_mpoly_one(&z->down, r->context);
}

/* a/b ± c/d = (a d ± c b)/(b d). */
bool mc_quotient_add(mc_quotient *z, const mc_quotient *a, const mc_quotient *b, bool minus, const mc_ring *r) {
  fmpq_mpoly_t t;
  fmpq_mpoly_init(t, r->context);
  bool fits = mc_ring_multiply(&z->up, &a->up, &b->down, r) && mc_ring_multiply(t, &b->up, &a->down, r) &&
              mc_ring_multiply(&z->down, &a->down, &b->down, r);
  if (fits && minus)
    fmpq_mpoly_sub(&z->up, &z->up, t, r->context);
  else if (fits)
    fmpq_mpoly_add(&z->up, &z->up, t, r->context);
  fmpq_mpoly_clear(t, r->context);
  return fits;
}

bool mc_quotient_multiply(mc_quotient *z, const mc_quotient *a, const mc_quotient *b, const mc_ring *r) {
  return mc_ring_multiply(&z->up, &a->up, &b->up, r) && mc_ring_multiply(&z->down, &a->down, &b->down, r);
}

bool mc_quotient_divide(mc_quotient *z, const mc_quotient *a, const mc_quotient *b, const mc_ring *r) {
  return !fmpq_mpoly_is_zero(&b->up, r->context) && mc_ring_multiply(&z->up, &a->up, &b->down, r) &&
         mc_ring_multiply(&z->down, &a->down, &b->up, r);
}

bool mc_quotient_power(mc_quotient *z, const mc_quotient *a, ulong n, const mc_ring *r) {
  return mc_ring_power(&z->up, &a->up, n, r) && mc_ring_power(&z->down, &a->down, n, r);
}

/* sum_i p_i up^i down^(degree - i) over down^degree, by Horner's rule. */
bool mc_quotient_compose(mc_quotient *z, const fmpq_poly_t p, const mc_quotient *a, const mc_ring *r) {
  fmpq_t c;
  fmpq_mpoly_t up, down, term;
  bool fits = true;
  fmpq_init(c);
  fmpq_mpoly_init(up, r->context);
  fmpq_mpoly_init(down, r->context);
  fmpq_mpoly_init(term, r->context);
  fmpq_mpoly_one(down, r->context);
  for (slong i = fmpq_poly_degree(p); i >= 0 && fits; i--) {
    fmpq_poly_get_coeff_fmpq(c, p, i);
    fmpq_mpoly_scalar_mul_fmpq(term, down, c, r->context);
    fits = mc_ring_multiply(up, up, &a->up, r);
    if (!fits)
      break;
    fmpq_mpoly_add(up, up, term, r->context);
    fits = i == 0 || mc_ring_multiply(down, down, &a->down, r);
  }
  fmpq_mpoly_swap(&z->up, up, r->context);
  fmpq_mpoly_swap(&z->down, down, r->context);
  fmpq_clear(c);
  fmpq_mpoly_clear(up, r->context);
  fmpq_mpoly_clear(down, r->context);
  fmpq_mpoly_clear(term, r->context);
  return fits;
}

bool mc_quotient_operate(mc_quotient *z, const mc_node *node, const mc_tape *tape, const mc_quotient *a,
                         const mc_quotient *b, const mc_ring *r) {
  bool both = a && b;
  switch (node->op) {
  case MC_OP_CONSTANT:
    mc_quotient_set_constant(z, node->constant, r);
    return true;
  case MC_OP_POLYNOMIAL:
    return a && mc_quotient_compose(z, tape->images[node->image].p[0].exact, a, r);
  case MC_OP_POWER:
    return a && mc_quotient_power(z, a, node->exponent, r);
  case MC_OP_ADD:
  case MC_OP_SUB:
    return both && mc_quotient_add(z, a, b, node->op == MC_OP_SUB, r);
  case MC_OP_MUL:
    return both && mc_quotient_multiply(z, a, b, r);
  case MC_OP_DIV:
    return both && mc_quotient_divide(z, a, b, r);
  default:
    return false;
  }
}

void mc_quotient_cancel(mc_quotient *x, const mc_ring *r) {
  fmpq_mpoly_t common;
  fmpq_t c;
  fmpq_mpoly_init(common, r->context);
  fmpq_init(c);
  if (!fmpq_mpoly_is_fmpq(&x->down, r->context) && fmpq_mpoly_gcd(common, &x->up, &x->down, r->context) &&
      !fmpq_mpoly_is_zero(common, r->context)) {
    fmpq_mpoly_divides(&x->up, &x->up, common, r->context);
    fmpq_mpoly_divides(&x->down, &x->down, common, r->context);
  }
  fmpq_mpoly_get_term_coeff_fmpq(c, &x->down, 0, r->context);
  fmpq_mpoly_scalar_div_fmpq(&x->up, &x->up, c, r->context);
  fmpq_mpoly_scalar_div_fmpq(&x->down, &x->down, c, r->context);
  fmpq_mpoly_clear(common, r->context);
  fmpq_clear(c);
}
