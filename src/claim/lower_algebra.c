/* Arithmetic of polynomials in one node: what a claim is lowered with. */
#include "lower.h"

enum {
  MOST_NODES = 20000,
  SEARCHED = 64 /* nodes looked back for one that is the same */
};

void mc_lower_fail(mc_lowering *l, const mc_expr *at, const char *text) {
  if (l->status != MC_OK)
    return;
  mc_lang_fail(l->error, l->document, at->line, at->column, "%s", text);
  l->status = MC_BAD_INPUT;
}

void mc_lower_give_up(mc_lowering *l, const char *text) {
  if (l->status == MC_OK)
    l->status = mc_fail(l->error, MC_UNDECIDED, "%s", text);
}

/* ---- Nodes ---- */

static bool same_node(const mc_node *x, const mc_node *y) {
  return x->op == y->op && x->a == y->a && x->b == y->b && x->image == y->image && x->exponent == y->exponent &&
         (x->op != MC_OP_CONSTANT || fmpq_equal(x->constant, y->constant));
}

/* Takes the constant over. */
static size_t add_node(mc_lowering *l, mc_node node) {
  mc_tape *t = l->tape;
  for (size_t i = t->node_count; i-- > 0 && t->node_count - i <= SEARCHED;)
    if (same_node(&t->nodes[i], &node)) {
      fmpq_clear(node.constant);
      return i;
    }
  if (t->node_count == t->node_capacity) {
    size_t capacity = t->node_capacity ? 2 * t->node_capacity : 64;
    mc_node *nodes = capacity > MOST_NODES ? NULL : mc_realloc(t->nodes, capacity, sizeof *nodes);
    if (!nodes) {
      mc_lower_give_up(l, "this claim expands to too many operations");
      fmpq_clear(node.constant);
      return 0;
    }
    t->nodes = nodes;
    t->node_capacity = capacity;
  }
  t->nodes[t->node_count] = node;
  return t->node_count++;
}

size_t mc_lower_operation(mc_lowering *l, mc_op op, size_t a, size_t b, const mc_expr *source) {
  mc_node node = {.op = op, .a = a, .b = b, .source = source};
  fmpq_init(node.constant);
  return add_node(l, node);
}

static size_t find_image(mc_lowering *l, const fmpq_poly_t p) {
  mc_tape *t = l->tape;
  for (size_t i = 0; i < t->image_count; i++)
    if (fmpq_poly_equal(t->images[i].p[0].exact, p))
      return i;
  if (t->image_count == t->image_capacity) {
    size_t capacity = t->image_capacity ? 2 * t->image_capacity : 8;
    mc_image_family *images = mc_realloc(t->images, capacity, sizeof *images);
    if (!images) {
      mc_lower_give_up(l, "out of memory");
      return 0;
    }
    t->images = images;
    t->image_capacity = capacity;
  }
  mc_image_family *family = &t->images[t->image_count];
  fmpq_poly_t derivative;
  fmpq_poly_init(derivative);
  fmpq_poly_set(derivative, p);
  for (int order = 0; order < 3; order++) {
    mc_image_init(&family->p[order], derivative);
    fmpq_poly_derivative(derivative, derivative);
  }
  fmpq_poly_clear(derivative);
  return t->image_count++;
}

/* The node whose value x is; x becomes the identity on it. */
size_t mc_lower_materialise(mc_lowering *l, mc_lowered *x, const mc_expr *source) {
  mc_node node = {.op = MC_OP_POLYNOMIAL, .a = x->base, .source = source};
  fmpq_init(node.constant);
  if (x->base == MC_NO_BASE) {
    node.op = MC_OP_CONSTANT;
    node.a = 0;
    fmpq_poly_get_coeff_fmpq(node.constant, x->p, 0);
  } else {
    fmpq_poly_t identity;
    fmpq_poly_init(identity);
    fmpq_poly_set_coeff_ui(identity, 1, 1);
    bool plain = fmpq_poly_equal(x->p, identity);
    fmpq_poly_clear(identity);
    if (plain) {
      fmpq_clear(node.constant);
      return x->base;
    }
    node.image = find_image(l, x->p);
  }
  size_t index = add_node(l, node);
  if (x->base != MC_NO_BASE) {
    x->base = index;
    fmpq_poly_zero(x->p);
    fmpq_poly_set_coeff_ui(x->p, 1, 1);
  }
  return index;
}

void mc_lowered_init(mc_lowered *x) {
  x->base = MC_NO_BASE;
  fmpq_poly_init(x->p);
}

void mc_lowered_clear(mc_lowered *x) {
  fmpq_poly_clear(x->p);
}

void mc_lowered_set(mc_lowered *z, const mc_lowered *x) {
  z->base = x->base;
  fmpq_poly_set(z->p, x->p);
}

void mc_lowered_set_node(mc_lowered *z, size_t node) {
  z->base = node;
  fmpq_poly_zero(z->p);
  fmpq_poly_set_coeff_ui(z->p, 1, 1);
}

void mc_lowered_set_constant(mc_lowered *z, const fmpq_t c) {
  z->base = MC_NO_BASE;
  fmpq_poly_set_fmpq(z->p, c);
}

bool mc_lowered_is_constant(const mc_lowered *x) {
  return x->base == MC_NO_BASE;
}

void mc_lowered_get_constant(fmpq_t c, const mc_lowered *x) {
  fmpq_poly_get_coeff_fmpq(c, x->p, 0);
}

/* A polynomial that lost its base by cancellation is a constant. */
static void tidy(mc_lowered *x) {
  if (fmpq_poly_degree(x->p) <= 0)
    x->base = MC_NO_BASE;
}

/* ---- Operators ---- */

void mc_lower_binary(mc_lowering *l, mc_lowered *z, mc_op op, const mc_lowered *x, const mc_lowered *y,
                     const mc_expr *source) {
  mc_lowered a, b;
  mc_lowered_init(&a);
  mc_lowered_init(&b);
  mc_lowered_set(&a, x);
  mc_lowered_set(&b, y);
  size_t left = mc_lower_materialise(l, &a, source), right = mc_lower_materialise(l, &b, source);
  mc_lowered_set_node(z, mc_lower_operation(l, op, left, right, source));
  mc_lowered_clear(&a);
  mc_lowered_clear(&b);
}

/* log(exp(u)) = u and exp(log(u)) = u: what is undone stays on the tape, and so do its demands on u; log(e) = 1. */
static bool undoes(mc_lowered *z, const mc_tape *tape, mc_op op, size_t operand) {
  const mc_node *inner = &tape->nodes[operand];
  if (op == MC_OP_LOG && inner->op == MC_OP_E)
    mc_lowered_set_ui(z, 1);
  else if ((op == MC_OP_LOG && inner->op == MC_OP_EXP) || (op == MC_OP_EXP && inner->op == MC_OP_LOG))
    mc_lowered_set_node(z, inner->a);
  else
    return false;
  return true;
}

void mc_lower_unary_node(mc_lowering *l, mc_lowered *z, mc_op op, const mc_lowered *x, const mc_expr *source) {
  mc_lowered a;
  mc_lowered_init(&a);
  mc_lowered_set(&a, x);
  size_t operand = mc_lower_materialise(l, &a, source);
  if (l->status != MC_OK || !undoes(z, l->tape, op, operand))
    mc_lowered_set_node(z, mc_lower_operation(l, op, operand, 0, source));
  mc_lowered_clear(&a);
}

static flint_bitcnt_t bits_of(const fmpq_poly_t p) {
  return (flint_bitcnt_t)FLINT_ABS(_fmpz_vec_max_bits(p->coeffs, p->length)) + fmpz_bits(p->den);
}

/* Before numbers are made of so many bits. */
static bool may_have(mc_lowering *l, flint_bitcnt_t bits) {
  if (bits > MC_LOWER_BITS)
    mc_lower_give_up(l, "the claim's numbers are too large to be computed with");
  return bits <= MC_LOWER_BITS;
}

static bool share_base(const mc_lowered *x, const mc_lowered *y) {
  return mc_lowered_is_constant(x) || mc_lowered_is_constant(y) || x->base == y->base;
}

void mc_lower_sum(mc_lowering *l, mc_lowered *z, bool minus, const mc_lowered *x, const mc_lowered *y,
                  const mc_expr *source) {
  if (!share_base(x, y)) {
    mc_lower_binary(l, z, minus ? MC_OP_SUB : MC_OP_ADD, x, y, source);
    return;
  }
  size_t base = mc_lowered_is_constant(x) ? y->base : x->base;
  if (!may_have(l, bits_of(x->p) + bits_of(y->p)))
    return;
  if (minus)
    fmpq_poly_sub(z->p, x->p, y->p);
  else
    fmpq_poly_add(z->p, x->p, y->p);
  z->base = base;
  tidy(z);
}

void mc_lower_product(mc_lowering *l, mc_lowered *z, const mc_lowered *x, const mc_lowered *y, const mc_expr *source) {
  if (!share_base(x, y) || fmpq_poly_degree(x->p) + fmpq_poly_degree(y->p) > MC_LOWER_DEGREE) {
    mc_lower_binary(l, z, MC_OP_MUL, x, y, source);
    return;
  }
  size_t base = mc_lowered_is_constant(x) ? y->base : x->base;
  if (!may_have(l, bits_of(x->p) + bits_of(y->p)))
    return;
  fmpq_poly_mul(z->p, x->p, y->p);
  z->base = base;
  tidy(z);
}

void mc_lower_quotient(mc_lowering *l, mc_lowered *z, const mc_lowered *x, const mc_lowered *y, const mc_expr *source) {
  if (!mc_lowered_is_constant(y)) {
    mc_lower_binary(l, z, MC_OP_DIV, x, y, source);
    return;
  }
  fmpq_t c;
  fmpq_init(c);
  mc_lowered_get_constant(c, y);
  if (fmpq_is_zero(c)) {
    /* Undefined wherever it is evaluated; a side condition may see to it that it never is. */
    mc_lower_binary(l, z, MC_OP_DIV, x, y, source);
  } else {
    size_t base = x->base;
    if (may_have(l, bits_of(x->p) + bits_of(y->p)))
      fmpq_poly_scalar_div_fmpq(z->p, x->p, c);
    z->base = base;
  }
  fmpq_clear(c);
}

void mc_lower_whole_power(mc_lowering *l, mc_lowered *z, const mc_lowered *x, ulong n, const mc_expr *source) {
  slong degree = fmpq_poly_degree(x->p);
  if (n <= 2 || degree <= 0 || (ulong)degree * n <= MC_LOWER_DEGREE) {
    if (n == 2 && degree > MC_LOWER_DEGREE / 2) {
      mc_lower_product(l, z, x, x, source);
    } else if (degree <= 0 && n > 10000) {
      mc_lower_give_up(l, "a power with an exponent above 10000");
    } else if (n <= 1 || may_have(l, n * (bits_of(x->p) + 2))) {
      size_t base = x->base;
      fmpq_poly_pow(z->p, x->p, n);
      z->base = base;
      tidy(z);
    }
    return;
  }
  mc_lowered a;
  mc_lowered_init(&a);
  mc_lowered_set(&a, x);
  mc_node node = {.op = MC_OP_POWER, .a = mc_lower_materialise(l, &a, source), .exponent = n, .source = source};
  fmpq_init(node.constant);
  mc_lowered_set_node(z, add_node(l, node));
  mc_lowered_clear(&a);
}

void mc_lowered_set_ui(mc_lowered *z, ulong c) {
  z->base = MC_NO_BASE;
  fmpq_poly_set_ui(z->p, c);
}

/* x^y = exp(y log x), for x > 0. */
static void lower_real_power(mc_lowering *l, mc_lowered *z, const mc_lowered *x, const mc_lowered *y,
                             const mc_expr *source) {
  mc_lowered t;
  mc_lowered_init(&t);
  mc_lower_unary_node(l, &t, MC_OP_LOG, x, source);
  mc_lower_product(l, &t, &t, y, source);
  mc_lower_unary_node(l, z, MC_OP_EXP, &t, source);
  mc_lowered_clear(&t);
}

void mc_lower_power(mc_lowering *l, mc_lowered *z, const mc_lowered *x, const mc_lowered *y, const mc_expr *source) {
  if (!mc_lowered_is_constant(y)) {
    lower_real_power(l, z, x, y, source);
    return;
  }
  fmpq_t exponent;
  mc_lowered t;
  fmpq_init(exponent);
  mc_lowered_init(&t);
  mc_lowered_get_constant(exponent, y);
  bool halves = fmpz_cmp_ui(fmpq_denref(exponent), 2) == 0, whole = fmpz_is_one(fmpq_denref(exponent));
  if (fmpz_bits(fmpq_numref(exponent)) > 30) {
    mc_lower_give_up(l, "an exponent of more than 30 bits");
  } else if (whole || halves) {
    slong n = fmpz_get_si(fmpq_numref(exponent));
    mc_lowered_set(&t, x);
    if (halves)
      mc_lower_unary_node(l, &t, MC_OP_SQRT, x, source);
    mc_lower_whole_power(l, &t, &t, (ulong)(n < 0 ? -n : n), source);
    if (n < 0) {
      mc_lowered one;
      mc_lowered_init(&one);
      mc_lowered_set_ui(&one, 1);
      mc_lower_quotient(l, z, &one, &t, source);
      mc_lowered_clear(&one);
    } else {
      mc_lowered_set(z, &t);
    }
  } else {
    lower_real_power(l, z, x, y, source);
  }
  fmpq_clear(exponent);
  mc_lowered_clear(&t);
}
