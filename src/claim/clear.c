/* Clearing denominators: f = up/down, so that a pole at an end that does not belong to the domain is no obstacle. */
#include "lower.h"

typedef struct {
  mc_lowered up, down;
  bool known;
} fraction;

/* p(up/down) = (sum_i p_i up^i down^(d-i))/down^d. */
static void compose(mc_lowering *l, fraction *z, const fmpq_poly_t p, const fraction *a, const mc_expr *source) {
  fmpq_t c;
  mc_lowered term;
  fmpq_init(c);
  mc_lowered_init(&term);
  mc_lowered_set_ui(&z->up, 0);
  mc_lowered_set_ui(&z->down, 1);
  for (slong i = fmpq_poly_degree(p); i >= 0; i--) {
    fmpq_poly_get_coeff_fmpq(c, p, i);
    mc_lowered_set_constant(&term, c);
    mc_lower_product(l, &term, &term, &z->down, source);
    mc_lower_product(l, &z->up, &z->up, &a->up, source);
    mc_lower_sum(l, &z->up, false, &z->up, &term, source);
    if (i > 0)
      mc_lower_product(l, &z->down, &z->down, &a->down, source);
  }
  fmpq_clear(c);
  mc_lowered_clear(&term);
}

static void add(mc_lowering *l, fraction *z, const fraction *a, const fraction *b, bool minus, const mc_expr *source) {
  mc_lowered term;
  mc_lowered_init(&term);
  mc_lower_product(l, &z->up, &a->up, &b->down, source);
  mc_lower_product(l, &term, &b->up, &a->down, source);
  mc_lower_sum(l, &z->up, minus, &z->up, &term, source);
  mc_lower_product(l, &z->down, &a->down, &b->down, source);
  mc_lowered_clear(&term);
}

static bool is_plain(const fraction *x) {
  return mc_lowered_is_constant(&x->down);
}

static bool is_leaf(mc_op op) {
  return op == MC_OP_CONSTANT || op == MC_OP_PI || op == MC_OP_E || op == MC_OP_VARIABLE;
}

static bool is_binary(mc_op op) {
  return op == MC_OP_ADD || op == MC_OP_SUB || op == MC_OP_MUL || op == MC_OP_DIV || op == MC_OP_MIN || op == MC_OP_MAX;
}

/* Node i as a quotient of nodes that divide by nothing; not known where a function is applied to a quotient. */
static void clear_node(mc_lowering *l, fraction *all, size_t i) {
  const mc_node node = l->tape->nodes[i];
  fraction *z = &all[i], *a = &all[node.a], *b = &all[node.b];
  bool binary = is_binary(node.op);
  if (is_leaf(node.op) || (node.op != MC_OP_DIV && a->known && is_plain(a) && (!binary || (b->known && is_plain(b))))) {
    mc_lowered_set_node(&z->up, i);
    mc_lowered_set_ui(&z->down, 1);
    z->known = true;
    return;
  }
  if (!a->known || (binary && !b->known))
    return;
  fmpq_poly_t p;
  z->known = true;
  switch (node.op) {
  case MC_OP_ADD:
  case MC_OP_SUB:
    add(l, z, a, b, node.op == MC_OP_SUB, node.source);
    break;
  case MC_OP_MUL:
    mc_lower_product(l, &z->up, &a->up, &b->up, node.source);
    mc_lower_product(l, &z->down, &a->down, &b->down, node.source);
    break;
  case MC_OP_DIV:
    mc_lower_product(l, &z->up, &a->up, &b->down, node.source);
    mc_lower_product(l, &z->down, &a->down, &b->up, node.source);
    break;
  case MC_OP_POLYNOMIAL:
    fmpq_poly_init(p); /* the images may move as nodes are added */
    fmpq_poly_set(p, l->tape->images[node.image].p[0].exact);
    compose(l, z, p, a, node.source);
    fmpq_poly_clear(p);
    break;
  case MC_OP_POWER:
    mc_lower_whole_power(l, &z->up, &a->up, node.exponent, node.source);
    mc_lower_whole_power(l, &z->down, &a->down, node.exponent, node.source);
    break;
  default:
    z->known = false;
  }
}

static bool has_pole(mc_op op) {
  return op == MC_OP_DIV || op == MC_OP_LOG;
}

/* A divisor u/d vanishes where u does; where d does it is none, by what it is itself divided by. */
static void add_pole(mc_lowering *l, fraction *all, size_t i) {
  const mc_node node = l->tape->nodes[i];
  bool positive = node.op == MC_OP_LOG;
  fraction *of = &all[positive ? node.a : node.b];
  if (of->known) {
    size_t vanishing = mc_lower_materialise(l, &of->up, node.source);
    l->tape->poles[l->tape->pole_count++] = (mc_pole){vanishing, positive};
  }
}

void mc_lower_cleared_forms(mc_lowering *l) {
  mc_tape *tape = l->tape;
  size_t count = tape->node_count, poles = 0;
  for (size_t i = 0; i < count; i++)
    poles += has_pole(tape->nodes[i].op);
  if (poles == 0)
    return;
  fraction *all = mc_alloc(count, sizeof *all);
  tape->poles = mc_alloc(poles, sizeof *tape->poles);
  if (!all || !tape->poles) {
    mc_lower_give_up(l, "out of memory");
    mc_free(all);
    return;
  }
  bool known = true;
  for (size_t i = 0; i < count; i++) {
    mc_lowered_init(&all[i].up);
    mc_lowered_init(&all[i].down);
    clear_node(l, all, i);
    known = known && all[i].known;
    if (has_pole(tape->nodes[i].op))
      add_pole(l, all, i);
  }
  for (size_t i = 0; known && i < tape->body_count; i++) {
    fraction *x = &all[tape->body[i].node];
    const mc_expr *source = tape->nodes[tape->body[i].node].source;
    tape->body[i].up = mc_lower_materialise(l, &x->up, source);
    tape->body[i].down = mc_lower_materialise(l, &x->down, source);
  }
  tape->clears = known && l->status == MC_OK;
  for (size_t i = 0; i < count; i++) {
    mc_lowered_clear(&all[i].up);
    mc_lowered_clear(&all[i].down);
  }
  mc_free(all);
}
