#include "identity.h"

enum {
  MOST_TERMS = 20000,
  MOST_PRODUCTS = 4000000, /* of terms, in one multiplication */
  MOST_OPERATIONS = 4000   /* of a tape that is worth expanding */
};

#define NO_NODE SIZE_MAX

typedef struct {
  fmpq_mpoly_struct up, down;
  bool known;
} quotient;

typedef struct {
  const mc_tape *tape;
  fmpq_mpoly_ctx_struct *ring;
  quotient *all;
} expansion;

static bool multiply(fmpq_mpoly_t z, const fmpq_mpoly_t a, const fmpq_mpoly_t b, const expansion *x) {
  slong m = fmpq_mpoly_length(a, x->ring), n = fmpq_mpoly_length(b, x->ring);
  if (m > 0 && n > MOST_PRODUCTS / m)
    return false;
  fmpq_mpoly_mul(z, a, b, x->ring);
  return fmpq_mpoly_length(z, x->ring) <= MOST_TERMS;
}

/* a/b ± c/d = (a d ± c b)/(b d). */
static bool add(quotient *z, const quotient *a, const quotient *b, bool minus, const expansion *x) {
  fmpq_mpoly_t t;
  fmpq_mpoly_init(t, x->ring);
  bool fits = multiply(&z->up, &a->up, &b->down, x) && multiply(t, &b->up, &a->down, x) &&
              multiply(&z->down, &a->down, &b->down, x);
  if (fits && minus)
    fmpq_mpoly_sub(&z->up, &z->up, t, x->ring);
  else if (fits)
    fmpq_mpoly_add(&z->up, &z->up, t, x->ring);
  fmpq_mpoly_clear(t, x->ring);
  return fits;
}

/* sum_i p_i up^i down^(degree - i) over down^degree, by Horner's rule. */
static bool compose(quotient *z, const fmpq_poly_t p, const quotient *a, const expansion *x) {
  fmpq_t c;
  fmpq_mpoly_t term;
  bool fits = true;
  fmpq_init(c);
  fmpq_mpoly_init(term, x->ring);
  fmpq_mpoly_zero(&z->up, x->ring);
  fmpq_mpoly_one(&z->down, x->ring);
  for (slong i = fmpq_poly_degree(p); i >= 0 && fits; i--) {
    fmpq_poly_get_coeff_fmpq(c, p, i);
    fmpq_mpoly_scalar_mul_fmpq(term, &z->down, c, x->ring);
    fits = multiply(&z->up, &z->up, &a->up, x);
    if (!fits)
      break;
    fmpq_mpoly_add(&z->up, &z->up, term, x->ring);
    fits = i == 0 || multiply(&z->down, &z->down, &a->down, x);
  }
  fmpq_clear(c);
  fmpq_mpoly_clear(term, x->ring);
  return fits;
}

static bool power(quotient *z, const quotient *a, ulong n, const expansion *x) {
  fmpq_mpoly_one(&z->up, x->ring);
  fmpq_mpoly_one(&z->down, x->ring);
  bool fits = n <= 200;
  for (ulong i = 0; i < n && fits; i++)
    fits = multiply(&z->up, &z->up, &a->up, x) && multiply(&z->down, &z->down, &a->down, x);
  return fits;
}

static bool expand_node(const expansion *x, size_t i) {
  const mc_node *node = &x->tape->nodes[i];
  quotient *z = &x->all[i];
  const quotient *a = &x->all[node->a], *b = &x->all[node->b];
  switch (node->op) {
  case MC_OP_CONSTANT:
    fmpq_mpoly_set_fmpq(&z->up, node->constant, x->ring);
    fmpq_mpoly_one(&z->down, x->ring);
    return true;
  case MC_OP_VARIABLE:
    fmpq_mpoly_gen(&z->up, (slong)node->a, x->ring);
    fmpq_mpoly_one(&z->down, x->ring);
    return true;
  case MC_OP_POLYNOMIAL:
    return a->known && compose(z, x->tape->images[node->image].p[0].exact, a, x);
  case MC_OP_POWER:
    return a->known && power(z, a, node->exponent, x);
  case MC_OP_ADD:
  case MC_OP_SUB:
    return a->known && b->known && add(z, a, b, node->op == MC_OP_SUB, x);
  case MC_OP_MUL:
    return a->known && b->known && multiply(&z->up, &a->up, &b->up, x) && multiply(&z->down, &a->down, &b->down, x);
  case MC_OP_DIV:
    return a->known && b->known && !fmpq_mpoly_is_zero(&b->up, x->ring) && multiply(&z->up, &a->up, &b->down, x) &&
           multiply(&z->down, &a->down, &b->up, x);
  default:
    return false;
  }
}

/* Expands all nodes up to the later of a and b, and compares a with b, or with zero if b is NO_NODE. */
static bool compare(const mc_tape *tape, size_t a, size_t b) {
  size_t last = b != NO_NODE && b > a ? b : a;
  if (last >= MOST_OPERATIONS || tape->variable_count == 0)
    return false;
  fmpq_mpoly_ctx_t ring;
  quotient *all = mc_alloc(last + 1, sizeof *all);
  if (!all)
    return false;
  fmpq_mpoly_ctx_init(ring, (slong)tape->variable_count, ORD_LEX);
  expansion x = {tape, ring, all};
  for (size_t i = 0; i <= last; i++) {
    fmpq_mpoly_init(&all[i].up, ring);
    fmpq_mpoly_init(&all[i].down, ring);
    all[i].known = expand_node(&x, i);
  }
  bool equal = all[a].known;
  if (b == NO_NODE) {
    equal = equal && fmpq_mpoly_is_zero(&all[a].up, ring);
  } else if (equal && all[b].known) {
    quotient difference;
    fmpq_mpoly_init(&difference.up, ring);
    fmpq_mpoly_init(&difference.down, ring);
    equal = add(&difference, &all[a], &all[b], true, &x) && fmpq_mpoly_is_zero(&difference.up, ring);
    fmpq_mpoly_clear(&difference.up, ring);
    fmpq_mpoly_clear(&difference.down, ring);
  } else {
    equal = false;
  }
  for (size_t i = 0; i <= last; i++) {
    fmpq_mpoly_clear(&all[i].up, ring);
    fmpq_mpoly_clear(&all[i].down, ring);
  }
  fmpq_mpoly_ctx_clear(ring);
  mc_free(all);
  return equal;
}

bool mc_identity_is_zero(const mc_tape *tape, size_t node) {
  return compare(tape, node, NO_NODE);
}

bool mc_identity_is_equal(const mc_tape *tape, size_t a, size_t b) {
  return a == b || compare(tape, a, b);
}
