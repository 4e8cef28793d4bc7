#include "identity.h"

#include "quotient.h"

enum {
  MOST_TERMS = 20000,
  MOST_PRODUCTS = 4000000,
  MOST_OPERATIONS = 4000 /* of a tape that is worth expanding */
};

#define NO_NODE SIZE_MAX

typedef struct {
  mc_quotient value;
  bool known;
} expanded;

static bool expand_node(expanded *all, size_t i, const mc_tape *tape, const mc_ring *r) {
  const mc_node *node = &tape->nodes[i];
  mc_quotient *z = &all[i].value;
  const mc_quotient *a = &all[node->a].value, *b = &all[node->b].value;
  bool left = node->a < i && all[node->a].known, both = left && node->b < i && all[node->b].known;
  switch (node->op) {
  case MC_OP_CONSTANT:
    mc_quotient_set_constant(z, node->constant, r);
    return true;
  case MC_OP_VARIABLE:
    mc_quotient_set_variable(z, node->a, r);
    return true;
  case MC_OP_POLYNOMIAL:
    return left && mc_quotient_compose(z, tape->images[node->image].p[0].exact, a, r);
  case MC_OP_POWER:
    return left && mc_quotient_power(z, a, node->exponent, r);
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

/* Expands all nodes up to the later of a and b, and compares a with b, or with zero if b is NO_NODE. */
static bool compare(const mc_tape *tape, size_t a, size_t b) {
  size_t last = b != NO_NODE && b > a ? b : a;
  if (last >= MOST_OPERATIONS || tape->variable_count == 0)
    return false;
  mc_ring ring;
  expanded *all = mc_alloc(last + 1, sizeof *all);
  if (!all)
    return false;
  mc_ring_init(&ring, tape->variable_count, MOST_TERMS, MOST_PRODUCTS);
  for (size_t i = 0; i <= last; i++) {
    mc_quotient_init(&all[i].value, &ring);
    all[i].known = expand_node(all, i, tape, &ring);
  }
  bool equal = all[a].known;
  if (b == NO_NODE) {
    equal = equal && fmpq_mpoly_is_zero(&all[a].value.up, ring.context);
  } else if (equal && all[b].known) {
    mc_quotient difference;
    mc_quotient_init(&difference, &ring);
    equal = mc_quotient_add(&difference, &all[a].value, &all[b].value, true, &ring) &&
            fmpq_mpoly_is_zero(&difference.up, ring.context);
    mc_quotient_clear(&difference, &ring);
  } else {
    equal = false;
  }
  for (size_t i = 0; i <= last; i++)
    mc_quotient_clear(&all[i].value, &ring);
  mc_ring_clear(&ring);
  mc_free(all);
  return equal;
}

bool mc_identity_is_zero(const mc_tape *tape, size_t node) {
  return compare(tape, node, NO_NODE);
}

bool mc_identity_is_equal(const mc_tape *tape, size_t a, size_t b) {
  return a == b || compare(tape, a, b);
}
