/* From syntax tree to tape. */
#include "tape.h"

#include <string.h>

enum {
  GREATEST_DEGREE = 32, /* to which products are expanded */
  MOST_NODES = 20000,
  SEARCHED = 64 /* nodes looked back for one that is the same */
};

/* A polynomial in one node; base NO_BASE: a constant. */
typedef struct {
  size_t base;
  fmpq_poly_t p;
} lowered;

#define NO_BASE SIZE_MAX

typedef struct {
  mc_tape *tape;
  const mc_document *document;
  const mc_instance *instance;
  mc_error *error;
  mc_status status;
} lowering;

static void fail(lowering *l, const mc_expr *at, const char *text) {
  if (l->status != MC_OK)
    return;
  mc_lang_fail(l->error, l->document, at->line, at->column, "%s", text);
  l->status = MC_BAD_INPUT;
}

static void too_long(lowering *l, const char *text) {
  if (l->status == MC_OK)
    l->status = mc_fail(l->error, MC_UNDECIDED, "%s", text);
}

/* ---- Nodes ---- */

static bool same_node(const mc_node *x, const mc_node *y) {
  return x->op == y->op && x->a == y->a && x->b == y->b && x->image == y->image && x->exponent == y->exponent &&
         (x->op != MC_OP_CONSTANT || fmpq_equal(x->constant, y->constant));
}

/* Takes the constant over. */
static size_t add_node(lowering *l, mc_node node) {
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
      too_long(l, "this claim expands to too many operations");
      fmpq_clear(node.constant);
      return 0;
    }
    t->nodes = nodes;
    t->node_capacity = capacity;
  }
  t->nodes[t->node_count] = node;
  return t->node_count++;
}

static size_t add_operation(lowering *l, mc_op op, size_t a, size_t b, const mc_expr *source) {
  mc_node node = {.op = op, .a = a, .b = b, .source = source};
  fmpq_init(node.constant);
  return add_node(l, node);
}

static size_t find_image(lowering *l, const fmpq_poly_t p) {
  mc_tape *t = l->tape;
  for (size_t i = 0; i < t->image_count; i++)
    if (fmpq_poly_equal(t->images[i].p[0].exact, p))
      return i;
  if (t->image_count == t->image_capacity) {
    size_t capacity = t->image_capacity ? 2 * t->image_capacity : 8;
    mc_image_family *images = mc_realloc(t->images, capacity, sizeof *images);
    if (!images) {
      too_long(l, "out of memory");
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
static size_t materialise(lowering *l, lowered *x, const mc_expr *source) {
  mc_node node = {.op = MC_OP_POLYNOMIAL, .a = x->base, .source = source};
  fmpq_init(node.constant);
  if (x->base == NO_BASE) {
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
  if (x->base != NO_BASE) {
    x->base = index;
    fmpq_poly_zero(x->p);
    fmpq_poly_set_coeff_ui(x->p, 1, 1);
  }
  return index;
}

static void lowered_init(lowered *x) {
  x->base = NO_BASE;
  fmpq_poly_init(x->p);
}

static void lowered_clear(lowered *x) {
  fmpq_poly_clear(x->p);
}

static void lowered_set(lowered *z, const lowered *x) {
  z->base = x->base;
  fmpq_poly_set(z->p, x->p);
}

static void set_node(lowered *z, size_t node) {
  z->base = node;
  fmpq_poly_zero(z->p);
  fmpq_poly_set_coeff_ui(z->p, 1, 1);
}

static void set_constant(lowered *z, const fmpq_t c) {
  z->base = NO_BASE;
  fmpq_poly_set_fmpq(z->p, c);
}

static bool is_constant(const lowered *x) {
  return x->base == NO_BASE;
}

static void get_constant(fmpq_t c, const lowered *x) {
  fmpq_poly_get_coeff_fmpq(c, x->p, 0);
}

/* A polynomial that lost its base by cancellation is a constant. */
static void tidy(lowered *x) {
  if (fmpq_poly_degree(x->p) <= 0)
    x->base = NO_BASE;
}

/* ---- Operators ---- */

static void binary_node(lowering *l, lowered *z, mc_op op, const lowered *x, const lowered *y, const mc_expr *source) {
  lowered a, b;
  lowered_init(&a);
  lowered_init(&b);
  lowered_set(&a, x);
  lowered_set(&b, y);
  size_t left = materialise(l, &a, source), right = materialise(l, &b, source);
  set_node(z, add_operation(l, op, left, right, source));
  lowered_clear(&a);
  lowered_clear(&b);
}

static void unary_node(lowering *l, lowered *z, mc_op op, const lowered *x, const mc_expr *source) {
  lowered a;
  lowered_init(&a);
  lowered_set(&a, x);
  set_node(z, add_operation(l, op, materialise(l, &a, source), 0, source));
  lowered_clear(&a);
}

static bool share_base(const lowered *x, const lowered *y) {
  return is_constant(x) || is_constant(y) || x->base == y->base;
}

static void lower_sum(lowering *l, lowered *z, bool minus, const lowered *x, const lowered *y, const mc_expr *source) {
  if (!share_base(x, y)) {
    binary_node(l, z, minus ? MC_OP_SUB : MC_OP_ADD, x, y, source);
    return;
  }
  size_t base = is_constant(x) ? y->base : x->base;
  if (minus)
    fmpq_poly_sub(z->p, x->p, y->p);
  else
    fmpq_poly_add(z->p, x->p, y->p);
  z->base = base;
  tidy(z);
}

static void lower_product(lowering *l, lowered *z, const lowered *x, const lowered *y, const mc_expr *source) {
  if (!share_base(x, y) || fmpq_poly_degree(x->p) + fmpq_poly_degree(y->p) > GREATEST_DEGREE) {
    binary_node(l, z, MC_OP_MUL, x, y, source);
    return;
  }
  size_t base = is_constant(x) ? y->base : x->base;
  fmpq_poly_mul(z->p, x->p, y->p);
  z->base = base;
  tidy(z);
}

static void lower_quotient(lowering *l, lowered *z, const lowered *x, const lowered *y, const mc_expr *source) {
  if (!is_constant(y)) {
    binary_node(l, z, MC_OP_DIV, x, y, source);
    return;
  }
  fmpq_t c;
  fmpq_init(c);
  get_constant(c, y);
  if (fmpq_is_zero(c)) {
    fail(l, source, "division by zero");
  } else {
    size_t base = x->base;
    fmpq_poly_scalar_div_fmpq(z->p, x->p, c);
    z->base = base;
  }
  fmpq_clear(c);
}

static void lower_whole_power(lowering *l, lowered *z, const lowered *x, ulong n, const mc_expr *source) {
  slong degree = fmpq_poly_degree(x->p);
  if (n <= 2 || degree <= 0 || (ulong)degree * n <= GREATEST_DEGREE) {
    if (n == 2 && degree > GREATEST_DEGREE / 2) {
      lower_product(l, z, x, x, source);
    } else if (degree <= 0 && n > 10000) {
      too_long(l, "a power with an exponent above 10000");
    } else {
      size_t base = x->base;
      fmpq_poly_pow(z->p, x->p, n);
      z->base = base;
      tidy(z);
    }
    return;
  }
  lowered a;
  lowered_init(&a);
  lowered_set(&a, x);
  mc_node node = {.op = MC_OP_POWER, .a = materialise(l, &a, source), .exponent = n, .source = source};
  fmpq_init(node.constant);
  set_node(z, add_node(l, node));
  lowered_clear(&a);
}

static void set_ui(lowered *z, ulong c) {
  z->base = NO_BASE;
  fmpq_poly_set_ui(z->p, c);
}

/* x^y = exp(y log x), for x > 0. */
static void lower_real_power(lowering *l, lowered *z, const lowered *x, const lowered *y, const mc_expr *source) {
  lowered t;
  lowered_init(&t);
  unary_node(l, &t, MC_OP_LOG, x, source);
  lower_product(l, &t, &t, y, source);
  unary_node(l, z, MC_OP_EXP, &t, source);
  lowered_clear(&t);
}

static void lower_power(lowering *l, lowered *z, const lowered *x, const lowered *y, const mc_expr *source) {
  if (!is_constant(y)) {
    lower_real_power(l, z, x, y, source);
    return;
  }
  fmpq_t exponent;
  lowered t;
  fmpq_init(exponent);
  lowered_init(&t);
  get_constant(exponent, y);
  bool halves = fmpz_cmp_ui(fmpq_denref(exponent), 2) == 0, whole = fmpz_is_one(fmpq_denref(exponent));
  if (fmpz_bits(fmpq_numref(exponent)) > 30) {
    too_long(l, "an exponent of more than 30 bits");
  } else if (whole || halves) {
    slong n = fmpz_get_si(fmpq_numref(exponent));
    lowered_set(&t, x);
    if (halves)
      unary_node(l, &t, MC_OP_SQRT, x, source);
    lower_whole_power(l, &t, &t, (ulong)(n < 0 ? -n : n), source);
    if (n < 0) {
      lowered one;
      lowered_init(&one);
      set_ui(&one, 1);
      lower_quotient(l, z, &one, &t, source);
      lowered_clear(&one);
    } else {
      lowered_set(z, &t);
    }
  } else {
    lower_real_power(l, z, x, y, source);
  }
  fmpq_clear(exponent);
  lowered_clear(&t);
}

/* ---- Expressions ---- */

static void lower(lowering *l, lowered *z, const mc_expr *expr, const lowered *environment);

/* The value of a constant subtree, exactly, where it is rational. */
static bool fold(lowering *l, lowered *z, const mc_expr *expr) {
  fmpq_t value;
  mc_error e = {0};
  fmpq_init(value);
  mc_status s = mc_lang_expr_exact(value, expr, NULL, NULL, &e);
  if (s == MC_OK)
    set_constant(z, value);
  else if (s == MC_BAD_INPUT && l->status == MC_OK) {
    mc_lang_fail(l->error, l->document, e.line, e.column, "%s", e.text);
    l->status = MC_BAD_INPUT;
  }
  fmpq_clear(value);
  return s == MC_OK || s == MC_BAD_INPUT;
}

static void lower_body(lowering *l, lowered *z, const mc_expr *body, lowered *arguments, size_t count,
                       const mc_expr *source) {
  for (size_t i = 0; i < count; i++)
    if (!is_constant(&arguments[i]))
      materialise(l, &arguments[i], source);
  lower(l, z, body, arguments);
}

static void lower_iterate(lowering *l, lowered *z, const mc_expr *expr, const lowered *environment) {
  lowered x;
  fmpq_t times;
  lowered_init(&x);
  fmpq_init(times);
  lower(l, &x, expr->arguments[0], environment);
  if (is_constant(&x))
    get_constant(times, &x);
  if (!is_constant(&x) || !fmpz_is_one(fmpq_denref(times)) || fmpz_sgn(fmpq_numref(times)) < 0 ||
      fmpz_cmp_si(fmpq_numref(times), 1000) > 0)
    fail(l, expr->arguments[0], "the number of iterations must be whole, from 0 to 1000");
  if (l->status == MC_OK) {
    lower(l, z, expr->arguments[1], environment);
    for (ulong i = fmpz_get_ui(fmpq_numref(times)); i-- > 0 && l->status == MC_OK;) {
      lowered_set(&x, z);
      lower_body(l, z, expr->definition->body, &x, 1, expr);
    }
  }
  lowered_clear(&x);
  fmpq_clear(times);
}

static void lower_apply(lowering *l, lowered *z, const mc_expr *expr, const lowered *environment) {
  lowered x, power, c, term;
  lowered_init(&x);
  lowered_init(&power);
  lowered_init(&c);
  lowered_init(&term);
  lower(l, z, expr->arguments[0], environment);
  for (size_t r = 0; r < expr->schedule->row_count && l->status == MC_OK; r++) {
    const mc_schedule_row *row = &expr->schedule->rows[r];
    for (unsigned long step = 0; step < row->repeat && l->status == MC_OK; step++) {
      lowered_set(&x, z);
      if (!is_constant(&x))
        materialise(l, &x, expr);
      set_ui(z, 0);
      for (size_t i = 0; i < row->count; i++) {
        lower_whole_power(l, &power, &x, 2 * i + 1, expr);
        lower(l, &c, row->coefficients[i], NULL);
        lower_product(l, &term, &c, &power, expr);
        lower_sum(l, z, false, z, &term, expr);
      }
    }
  }
  lowered_clear(&x);
  lowered_clear(&power);
  lowered_clear(&c);
  lowered_clear(&term);
}

static void lower_call(lowering *l, lowered *z, const mc_expr *expr, const lowered *environment) {
  lowered *arguments = mc_alloc(expr->count + 1, sizeof *arguments);
  if (!arguments) {
    too_long(l, "out of memory");
    return;
  }
  for (size_t i = 0; i < expr->count; i++) {
    lowered_init(&arguments[i]);
    lower(l, &arguments[i], expr->arguments[i], environment);
  }
  lower_body(l, z, expr->definition->body, arguments, expr->count, expr);
  for (size_t i = 0; i < expr->count; i++)
    lowered_clear(&arguments[i]);
  mc_free(arguments);
}

static void lower_unary(lowering *l, lowered *z, const mc_expr *expr, lowered *x) {
  fmpq_t c;
  fmpq_init(c);
  if (is_constant(x))
    get_constant(c, x);
  switch (expr->kind) {
  case MC_EXPR_NEG:
    z->base = x->base;
    fmpq_poly_neg(z->p, x->p);
    break;
  case MC_EXPR_ABS:
    if (is_constant(x)) {
      fmpq_abs(c, c);
      set_constant(z, c);
    } else {
      unary_node(l, z, MC_OP_ABS, x, expr);
    }
    break;
  case MC_EXPR_SQRT:
    if (is_constant(x) && fmpq_sgn(c) < 0) {
      fail(l, expr, "the square root of a negative number");
    } else if (is_constant(x) && fmpz_is_square(fmpq_numref(c)) && fmpz_is_square(fmpq_denref(c))) {
      fmpz_sqrt(fmpq_numref(c), fmpq_numref(c));
      fmpz_sqrt(fmpq_denref(c), fmpq_denref(c));
      set_constant(z, c);
    } else {
      unary_node(l, z, MC_OP_SQRT, x, expr);
    }
    break;
  case MC_EXPR_LOG:
    if (is_constant(x) && fmpq_sgn(c) <= 0)
      fail(l, expr, "the logarithm of a number that is not positive");
    else
      unary_node(l, z, MC_OP_LOG, x, expr);
    break;
  case MC_EXPR_EXP:
    unary_node(l, z, MC_OP_EXP, x, expr);
    break;
  case MC_EXPR_SIN:
    unary_node(l, z, MC_OP_SIN, x, expr);
    break;
  default:
    unary_node(l, z, MC_OP_COS, x, expr);
  }
  fmpq_clear(c);
}

static void lower_binary(lowering *l, lowered *z, mc_expr_kind kind, const lowered *x, const lowered *y,
                         const mc_expr *expr) {
  switch (kind) {
  case MC_EXPR_ADD:
  case MC_EXPR_SUB:
    lower_sum(l, z, kind == MC_EXPR_SUB, x, y, expr);
    break;
  case MC_EXPR_MUL:
    lower_product(l, z, x, y, expr);
    break;
  case MC_EXPR_DIV:
    lower_quotient(l, z, x, y, expr);
    break;
  case MC_EXPR_POW:
    lower_power(l, z, x, y, expr);
    break;
  default:
    binary_node(l, z, kind == MC_EXPR_MIN ? MC_OP_MIN : MC_OP_MAX, x, y, expr);
  }
}

static void lower_operator(lowering *l, lowered *z, const mc_expr *expr, const lowered *environment) {
  lowered x, y;
  lowered_init(&x);
  lowered_init(&y);
  lower(l, &x, expr->arguments[0], environment);
  if (expr->count == 1) {
    lower_unary(l, z, expr, &x);
  } else {
    for (size_t i = 1; i < expr->count; i++) {
      lower(l, &y, expr->arguments[i], environment);
      if (l->status == MC_OK)
        lower_binary(l, z, expr->kind, &x, &y, expr);
      lowered_set(&x, z);
    }
  }
  lowered_clear(&x);
  lowered_clear(&y);
}

static void lower(lowering *l, lowered *z, const mc_expr *expr, const lowered *environment) {
  if (l->status != MC_OK)
    return;
  if (expr->kind == MC_EXPR_NUMBER) {
    set_constant(z, expr->value);
    return;
  }
  switch (expr->kind) {
  case MC_EXPR_PI:
    set_node(z, add_operation(l, MC_OP_PI, 0, 0, expr));
    break;
  case MC_EXPR_E:
    set_node(z, add_operation(l, MC_OP_E, 0, 0, expr));
    break;
  case MC_EXPR_UNKNOWN:
    set_constant(z, l->instance->unknown);
    break;
  case MC_EXPR_VARIABLE:
    lowered_set(z, &environment[expr->index]);
    break;
  case MC_EXPR_CALL:
    if (expr->count > 0 || !fold(l, z, expr))
      lower_call(l, z, expr, environment);
    break;
  case MC_EXPR_ITER:
    lower_iterate(l, z, expr, environment);
    break;
  case MC_EXPR_APPLY:
    lower_apply(l, z, expr, environment);
    break;
  default:
    lower_operator(l, z, expr, environment);
  }
}

/* ---- The claim ---- */

/* One comparison as atoms: left - right or right - left, nonnegative or positive; equality is both. */
static size_t lower_comparison(lowering *l, mc_atom *atoms, const mc_comparison *c, const lowered *environment) {
  lowered left, right, difference;
  lowered_init(&left);
  lowered_init(&right);
  lowered_init(&difference);
  lower(l, &left, c->left, environment);
  lower(l, &right, c->right, environment);
  size_t count = 0;
  mc_relation r = c->relation;
  if (l->status == MC_OK && r != MC_RELATION_LE && r != MC_RELATION_LT) {
    lower_sum(l, &difference, true, &left, &right, c->left);
    atoms[count++] = (mc_atom){materialise(l, &difference, c->left), r == MC_RELATION_GT, r == MC_RELATION_EQ};
  }
  if (l->status == MC_OK && r != MC_RELATION_GE && r != MC_RELATION_GT) {
    lower_sum(l, &difference, true, &right, &left, c->left);
    atoms[count++] = (mc_atom){materialise(l, &difference, c->left), r == MC_RELATION_LT, false};
  }
  lowered_clear(&left);
  lowered_clear(&right);
  lowered_clear(&difference);
  return count;
}

static mc_atom *lower_condition(lowering *l, size_t *count, const mc_condition *condition, const lowered *environment) {
  mc_atom *atoms = mc_alloc(2 * condition->count + 1, sizeof *atoms);
  *count = 0;
  if (!atoms)
    too_long(l, "out of memory");
  for (size_t i = 0; atoms && i < condition->count && l->status == MC_OK; i++)
    *count += lower_comparison(l, atoms + *count, &condition->comparisons[i], environment);
  return atoms;
}

/* lower + (upper - lower) t. */
static void lower_domain(lowering *l, lowered *x, const mc_quantified *q, size_t index) {
  lowered lo, hi, t;
  lowered_init(&lo);
  lowered_init(&hi);
  lowered_init(&t);
  lower(l, &lo, q->lower, NULL);
  lower(l, &hi, q->upper, NULL);
  set_node(&t, add_operation(l, MC_OP_VARIABLE, index, 0, q->lower));
  lower_sum(l, &hi, true, &hi, &lo, q->lower);
  lower_product(l, &t, &t, &hi, q->lower);
  lower_sum(l, x, false, &lo, &t, q->lower);
  lowered_clear(&lo);
  lowered_clear(&hi);
  lowered_clear(&t);
}

static void lower_claim(lowering *l, const mc_claim *claim) {
  mc_tape *tape = l->tape;
  size_t n = claim->variable_count;
  lowered *environment = mc_alloc(n + 1, sizeof *environment);
  tape->lower_open = mc_alloc(n + 1, sizeof *tape->lower_open);
  tape->upper_open = mc_alloc(n + 1, sizeof *tape->upper_open);
  tape->variables = mc_alloc(n + 1, sizeof *tape->variables);
  if (!environment || !tape->lower_open || !tape->upper_open || !tape->variables) {
    too_long(l, "out of memory");
    mc_free(environment);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    const mc_quantified *q = &claim->variables[i];
    lowered_init(&environment[i]);
    if (q->integer) {
      set_constant(&environment[i], l->instance->integers + i);
    } else {
      size_t index = tape->variable_count++;
      tape->variables[index] = i;
      tape->lower_open[index] = q->lower_open;
      tape->upper_open[index] = q->upper_open;
      lower_domain(l, &environment[i], q, index);
    }
  }
  tape->where = lower_condition(l, &tape->where_count, &claim->where, environment);
  tape->body = lower_condition(l, &tape->body_count, &claim->body, environment);
  for (size_t i = 0; i < n; i++)
    lowered_clear(&environment[i]);
  mc_free(environment);
}

mc_status mc_tape_new(mc_tape **tape, const mc_document *document, const mc_claim *claim, const mc_instance *instance,
                      mc_error *e) {
  *tape = mc_alloc(1, sizeof **tape);
  if (!*tape)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  lowering l = {.tape = *tape, .document = document, .instance = instance, .error = e, .status = MC_OK};
  lower_claim(&l, claim);
  if (l.status != MC_OK) {
    mc_tape_free(*tape);
    *tape = NULL;
  }
  return l.status;
}

void mc_tape_free(mc_tape *tape) {
  if (!tape)
    return;
  for (size_t i = 0; i < tape->node_count; i++)
    fmpq_clear(tape->nodes[i].constant);
  for (size_t i = 0; i < tape->image_count; i++)
    for (int order = 0; order < 3; order++)
      mc_image_clear(&tape->images[i].p[order]);
  mc_free(tape->nodes);
  mc_free(tape->images);
  mc_free(tape->where);
  mc_free(tape->body);
  mc_free(tape->lower_open);
  mc_free(tape->upper_open);
  mc_free(tape->variables);
  mc_free(tape);
}
