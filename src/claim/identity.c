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
  if (node->op == MC_OP_VARIABLE) {
    mc_quotient_set_variable(&all[i].value, node->a, r);
    return true;
  }
  const mc_quotient *a = node->a < i && all[node->a].known ? &all[node->a].value : NULL;
  const mc_quotient *b = node->b < i && all[node->b].known ? &all[node->b].value : NULL;
  return mc_quotient_operate(&all[i].value, node, tape, a, b, r);
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
