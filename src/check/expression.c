/* Expressions as lines. */
#include "compile.h"

/* What is passed on is a line, so that a definition becomes a polynomial in it. */
static void pass(mc_compiler *c, mc_value *x) {
  if (mc_term_is_one(&x->down) && !mc_term_is_constant(&x->up))
    mc_term_set_line(&x->up, mc_compile_line_of(c, &x->up));
}

static void compile_call(mc_compiler *c, mc_value *z, const mc_expr *x, const mc_value *environment) {
  mc_value *arguments = mc_alloc(x->count + 1, sizeof *arguments);
  if (!arguments) {
    mc_compile_fail(c, "out of memory");
    return;
  }
  for (size_t i = 0; i < x->count; i++) {
    mc_value_init(&arguments[i]);
    mc_compile_expression(c, &arguments[i], x->arguments[i], environment);
    pass(c, &arguments[i]);
  }
  mc_compile_expression(c, z, x->definition->body, arguments);
  for (size_t i = 0; i < x->count; i++)
    mc_value_clear(&arguments[i]);
  mc_free(arguments);
}

static void compile_iter(mc_compiler *c, mc_value *z, const mc_expr *x, const mc_value *environment) {
  mc_value times, argument;
  fmpq_t q;
  mc_value_init(&times);
  mc_value_init(&argument);
  fmpq_init(q);
  mc_compile_expression(c, &times, x->arguments[0], environment);
  fmpq_poly_get_coeff_fmpq(q, times.up.p, 0);
  if (!mc_term_is_constant(&times.up) || !mc_term_is_one(&times.down) || !fmpz_is_one(fmpq_denref(q)) ||
      fmpq_sgn(q) < 0 || fmpz_cmp_ui(fmpq_numref(q), 1000) > 0)
    mc_compile_fail(c, "a number of iterations that is not whole");
  mc_compile_expression(c, z, x->arguments[1], environment);
  for (ulong i = c->failed ? 0 : fmpz_get_ui(fmpq_numref(q)); i > 0 && !c->failed; i--) {
    mc_value_set(&argument, z);
    pass(c, &argument);
    mc_compile_expression(c, z, x->definition->body, &argument);
  }
  mc_value_clear(&times);
  mc_value_clear(&argument);
  fmpq_clear(q);
}

/* One step of a schedule: c_0 x + c_1 x^3 + … . */
static void compile_step(mc_compiler *c, mc_value *z, const mc_schedule_row *row, const mc_value *x) {
  mc_value power, coefficient, sum;
  mc_value_init(&power);
  mc_value_init(&coefficient);
  mc_value_init(&sum);
  for (size_t i = 0; i < row->count; i++) {
    mc_value_whole_power(c, &power, x, 2 * (slong)i + 1);
    mc_compile_expression(c, &coefficient, row->coefficients[i], NULL);
    mc_value_mul(c, &power, &power, &coefficient);
    mc_value_add(c, &sum, &sum, &power, false);
  }
  mc_value_set(z, &sum);
  mc_value_clear(&power);
  mc_value_clear(&coefficient);
  mc_value_clear(&sum);
}

static void compile_apply(mc_compiler *c, mc_value *z, const mc_expr *x, const mc_value *environment) {
  mc_value argument;
  mc_value_init(&argument);
  mc_compile_expression(c, z, x->arguments[0], environment);
  for (size_t r = 0; r < x->schedule->row_count; r++)
    for (unsigned long k = 0; k < x->schedule->rows[r].repeat && !c->failed; k++) {
      mc_value_set(&argument, z);
      pass(c, &argument);
      compile_step(c, z, &x->schedule->rows[r], &argument);
    }
  mc_value_clear(&argument);
}

static void combine(mc_compiler *c, mc_value *z, mc_expr_kind kind, const mc_value *x, const mc_value *y) {
  switch (kind) {
  case MC_EXPR_ADD:
  case MC_EXPR_SUB:
    mc_value_add(c, z, x, y, kind == MC_EXPR_SUB);
    break;
  case MC_EXPR_MUL:
    mc_value_mul(c, z, x, y);
    break;
  case MC_EXPR_DIV:
    mc_value_div(c, z, x, y);
    break;
  case MC_EXPR_POW:
    mc_value_power(c, z, x, y);
    break;
  default:
    mc_value_extremum(c, z, kind == MC_EXPR_MIN ? MC_CODE_MIN : MC_CODE_MAX, x, y);
  }
}

/* sqrt of a rational square stays a number. */
static bool square_root(mc_value *z, const mc_value *x) {
  fmpq_t q;
  fmpq_init(q);
  bool rational = false;
  if (mc_term_is_constant(&x->up) && mc_term_is_one(&x->down)) {
    fmpq_poly_get_coeff_fmpq(q, x->up.p, 0);
    rational = fmpq_sgn(q) >= 0 && fmpz_is_square(fmpq_numref(q)) && fmpz_is_square(fmpq_denref(q));
  }
  if (rational) {
    fmpz_sqrt(fmpq_numref(q), fmpq_numref(q));
    fmpz_sqrt(fmpq_denref(q), fmpq_denref(q));
    mc_term_set_q(&z->up, q);
    mc_term_set_ui(&z->down, 1);
  }
  fmpq_clear(q);
  return rational;
}

void mc_compile_function(mc_compiler *c, mc_value *z, mc_expr_kind kind, const mc_value *x) {
  static const struct {
    mc_expr_kind kind;
    mc_code code;
  } functions[] = {{MC_EXPR_SQRT, MC_CODE_SQRT}, {MC_EXPR_ABS, MC_CODE_ABS}, {MC_EXPR_EXP, MC_CODE_EXP},
                   {MC_EXPR_LOG, MC_CODE_LOG},   {MC_EXPR_SIN, MC_CODE_SIN}, {MC_EXPR_COS, MC_CODE_COS}};
  if (kind == MC_EXPR_NEG) {
    mc_value_set(z, x);
    fmpq_poly_neg(z->up.p, z->up.p);
    return;
  }
  if (kind == MC_EXPR_SQRT && square_root(z, x))
    return;
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
    if (functions[i].kind == kind) {
      mc_value_function(c, z, functions[i].code, x);
      return;
    }
  mc_compile_fail(c, "an expression of an unknown kind");
}

static void compile_operator(mc_compiler *c, mc_value *z, const mc_expr *x, const mc_value *environment) {
  mc_value left, right;
  mc_value_init(&left);
  mc_value_init(&right);
  mc_compile_expression(c, &left, x->arguments[0], environment);
  if (x->count == 1)
    mc_compile_function(c, z, x->kind, &left);
  for (size_t i = 1; i < x->count && !c->failed; i++) {
    mc_compile_expression(c, &right, x->arguments[i], environment);
    combine(c, z, x->kind, &left, &right);
    mc_value_set(&left, z);
  }
  mc_value_clear(&left);
  mc_value_clear(&right);
}

void mc_compile_expression(mc_compiler *c, mc_value *z, const mc_expr *x, const mc_value *environment) {
  if (c->failed)
    return;
  mc_term_set_ui(&z->down, 1);
  switch (x->kind) {
  case MC_EXPR_NUMBER:
    mc_term_set_q(&z->up, x->value);
    break;
  case MC_EXPR_PI:
  case MC_EXPR_E:
    mc_term_set_line(&z->up, mc_compile_add_line(c, x->kind == MC_EXPR_PI ? MC_CODE_PI : MC_CODE_E, 0, 0, NULL));
    break;
  case MC_EXPR_UNKNOWN:
    if (c->options->unknown)
      mc_term_set_q(&z->up, c->options->unknown);
    else
      mc_compile_fail(c, "? has no value here");
    break;
  case MC_EXPR_VARIABLE:
    if (environment)
      mc_value_set(z, &environment[x->index]);
    else
      mc_compile_fail(c, "a variable where a constant belongs");
    break;
  case MC_EXPR_CALL:
    compile_call(c, z, x, environment);
    break;
  case MC_EXPR_ITER:
    compile_iter(c, z, x, environment);
    break;
  case MC_EXPR_APPLY:
    compile_apply(c, z, x, environment);
    break;
  default:
    compile_operator(c, z, x, environment);
  }
}
