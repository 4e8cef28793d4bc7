/* From syntax tree to nodes. */
#include "lower.h"

/* ---- Expressions ---- */

void mc_lower_expression(mc_lowering *l, mc_lowered *z, const mc_expr *expr, const mc_lowered *environment);

/* The value of a constant subtree, exactly, where it is rational. */
static bool fold(mc_lowering *l, mc_lowered *z, const mc_expr *expr) {
  fmpq_t value;
  mc_error e = {0};
  fmpq_init(value);
  mc_status s = mc_lang_expr_exact(value, expr, NULL, NULL, &e);
  if (s == MC_OK)
    mc_lowered_set_constant(z, value);
  else if (s == MC_BAD_INPUT && l->status == MC_OK) {
    mc_lang_fail(l->error, l->document, e.line, e.column, "%s", e.text);
    l->status = MC_BAD_INPUT;
  }
  fmpq_clear(value);
  return s == MC_OK || s == MC_BAD_INPUT;
}

static void lower_body(mc_lowering *l, mc_lowered *z, const mc_expr *body, mc_lowered *arguments, size_t count,
                       const mc_expr *source) {
  for (size_t i = 0; i < count; i++)
    if (!mc_lowered_is_constant(&arguments[i]))
      mc_lower_materialise(l, &arguments[i], source);
  mc_lower_expression(l, z, body, arguments);
}

static void lower_iterate(mc_lowering *l, mc_lowered *z, const mc_expr *expr, const mc_lowered *environment) {
  mc_lowered x;
  fmpq_t times;
  mc_lowered_init(&x);
  fmpq_init(times);
  mc_lower_expression(l, &x, expr->arguments[0], environment);
  if (mc_lowered_is_constant(&x))
    mc_lowered_get_constant(times, &x);
  if (!mc_lowered_is_constant(&x) || !fmpz_is_one(fmpq_denref(times)) || fmpz_sgn(fmpq_numref(times)) < 0 ||
      fmpz_cmp_si(fmpq_numref(times), 1000) > 0)
    mc_lower_fail(l, expr->arguments[0], "the number of iterations must be whole, from 0 to 1000");
  if (l->status == MC_OK) {
    mc_lower_expression(l, z, expr->arguments[1], environment);
    for (ulong i = fmpz_get_ui(fmpq_numref(times)); i-- > 0 && l->status == MC_OK;) {
      mc_lowered_set(&x, z);
      lower_body(l, z, expr->definition->body, &x, 1, expr);
    }
  }
  mc_lowered_clear(&x);
  fmpq_clear(times);
}

static void lower_apply(mc_lowering *l, mc_lowered *z, const mc_expr *expr, const mc_lowered *environment) {
  mc_lowered x, power, c, term;
  mc_lowered_init(&x);
  mc_lowered_init(&power);
  mc_lowered_init(&c);
  mc_lowered_init(&term);
  mc_lower_expression(l, z, expr->arguments[0], environment);
  for (size_t r = 0; r < expr->schedule->row_count && l->status == MC_OK; r++) {
    const mc_schedule_row *row = &expr->schedule->rows[r];
    for (unsigned long step = 0; step < row->repeat && l->status == MC_OK; step++) {
      mc_lowered_set(&x, z);
      if (!mc_lowered_is_constant(&x))
        mc_lower_materialise(l, &x, expr);
      mc_lowered_set_ui(z, 0);
      for (size_t i = 0; i < row->count; i++) {
        mc_lower_whole_power(l, &power, &x, 2 * i + 1, expr);
        mc_lower_expression(l, &c, row->coefficients[i], NULL);
        mc_lower_product(l, &term, &c, &power, expr);
        mc_lower_sum(l, z, false, z, &term, expr);
      }
    }
  }
  mc_lowered_clear(&x);
  mc_lowered_clear(&power);
  mc_lowered_clear(&c);
  mc_lowered_clear(&term);
}

static void lower_call(mc_lowering *l, mc_lowered *z, const mc_expr *expr, const mc_lowered *environment) {
  mc_lowered *arguments = mc_alloc(expr->count + 1, sizeof *arguments);
  if (!arguments) {
    mc_lower_give_up(l, "out of memory");
    return;
  }
  for (size_t i = 0; i < expr->count; i++) {
    mc_lowered_init(&arguments[i]);
    mc_lower_expression(l, &arguments[i], expr->arguments[i], environment);
  }
  lower_body(l, z, expr->definition->body, arguments, expr->count, expr);
  for (size_t i = 0; i < expr->count; i++)
    mc_lowered_clear(&arguments[i]);
  mc_free(arguments);
}

static void lower_unary(mc_lowering *l, mc_lowered *z, const mc_expr *expr, mc_lowered *x) {
  fmpq_t c;
  fmpq_init(c);
  if (mc_lowered_is_constant(x))
    mc_lowered_get_constant(c, x);
  switch (expr->kind) {
  case MC_EXPR_NEG:
    z->base = x->base;
    fmpq_poly_neg(z->p, x->p);
    break;
  case MC_EXPR_ABS:
    if (mc_lowered_is_constant(x)) {
      fmpq_abs(c, c);
      mc_lowered_set_constant(z, c);
    } else {
      mc_lower_unary_node(l, z, MC_OP_ABS, x, expr);
    }
    break;
  case MC_EXPR_SQRT:
    if (mc_lowered_is_constant(x) && fmpq_sgn(c) >= 0 && fmpz_is_square(fmpq_numref(c)) &&
        fmpz_is_square(fmpq_denref(c))) {
      fmpz_sqrt(fmpq_numref(c), fmpq_numref(c));
      fmpz_sqrt(fmpq_denref(c), fmpq_denref(c));
      mc_lowered_set_constant(z, c);
    } else {
      mc_lower_unary_node(l, z, MC_OP_SQRT, x, expr);
    }
    break;
  case MC_EXPR_LOG:
    mc_lower_unary_node(l, z, MC_OP_LOG, x, expr);
    break;
  case MC_EXPR_EXP:
    mc_lower_unary_node(l, z, MC_OP_EXP, x, expr);
    break;
  case MC_EXPR_SIN:
    mc_lower_unary_node(l, z, MC_OP_SIN, x, expr);
    break;
  default:
    mc_lower_unary_node(l, z, MC_OP_COS, x, expr);
  }
  fmpq_clear(c);
}

static void lower_binary(mc_lowering *l, mc_lowered *z, mc_expr_kind kind, const mc_lowered *x, const mc_lowered *y,
                         const mc_expr *expr) {
  switch (kind) {
  case MC_EXPR_ADD:
  case MC_EXPR_SUB:
    mc_lower_sum(l, z, kind == MC_EXPR_SUB, x, y, expr);
    break;
  case MC_EXPR_MUL:
    mc_lower_product(l, z, x, y, expr);
    break;
  case MC_EXPR_DIV:
    mc_lower_quotient(l, z, x, y, expr);
    break;
  case MC_EXPR_POW:
    mc_lower_power(l, z, x, y, expr);
    break;
  default:
    mc_lower_binary(l, z, kind == MC_EXPR_MIN ? MC_OP_MIN : MC_OP_MAX, x, y, expr);
  }
}

static void lower_operator(mc_lowering *l, mc_lowered *z, const mc_expr *expr, const mc_lowered *environment) {
  mc_lowered x, y;
  mc_lowered_init(&x);
  mc_lowered_init(&y);
  mc_lower_expression(l, &x, expr->arguments[0], environment);
  if (expr->count == 1) {
    lower_unary(l, z, expr, &x);
  } else {
    for (size_t i = 1; i < expr->count; i++) {
      mc_lower_expression(l, &y, expr->arguments[i], environment);
      if (l->status == MC_OK)
        lower_binary(l, z, expr->kind, &x, &y, expr);
      mc_lowered_set(&x, z);
    }
  }
  mc_lowered_clear(&x);
  mc_lowered_clear(&y);
}

void mc_lower_expression(mc_lowering *l, mc_lowered *z, const mc_expr *expr, const mc_lowered *environment) {
  if (l->status != MC_OK)
    return;
  if (expr->kind == MC_EXPR_NUMBER) {
    mc_lowered_set_constant(z, expr->value);
    return;
  }
  switch (expr->kind) {
  case MC_EXPR_PI:
    mc_lowered_set_node(z, mc_lower_operation(l, MC_OP_PI, 0, 0, expr));
    break;
  case MC_EXPR_E:
    mc_lowered_set_node(z, mc_lower_operation(l, MC_OP_E, 0, 0, expr));
    break;
  case MC_EXPR_UNKNOWN:
    mc_lowered_set_constant(z, l->instance->unknown);
    break;
  case MC_EXPR_VARIABLE:
    mc_lowered_set(z, &environment[expr->index]);
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
