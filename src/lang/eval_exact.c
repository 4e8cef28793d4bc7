/* Expressions over the rationals, exactly. */
#include "parser_state.h"

/* Bits that one evaluation may touch in all: about a second of work. */
#define BIT_BUDGET 5e7
/* Bits of one number. */
#define BIT_LIMIT ((flint_bitcnt_t)1 << 21)

typedef struct {
  const char *file;
  mc_error *error;
  double bits_left;
} exact_context;

static mc_status evaluate(exact_context *c, fmpq_t value, const mc_expr *expr, const fmpq *environment);

static mc_status undefined(exact_context *c, const mc_expr *expr, const char *why) {
  return mc_fail_at(c->error, MC_BAD_INPUT, c->file, expr->line, expr->column, "%s", why);
}

static mc_status undecided(exact_context *c, const mc_expr *expr, const char *why) {
  return mc_fail_at(c->error, MC_UNDECIDED, c->file, expr->line, expr->column, "%s", why);
}

/* Before an operation whose result has at most `bits` bits. */
static mc_status charge(exact_context *c, const mc_expr *expr, double bits) {
  c->bits_left -= bits + 64;
  if (bits > (double)BIT_LIMIT || c->bits_left < 0)
    return undecided(c, expr, "too large for exact arithmetic");
  return MC_OK;
}

static double bits_of(const fmpq_t x) {
  return (double)fmpz_bits(fmpq_numref(x)) + (double)fmpz_bits(fmpq_denref(x));
}

static mc_status power(exact_context *c, const mc_expr *expr, fmpq_t value, const fmpq_t base, const fmpq_t exponent) {
  if (!fmpz_is_one(fmpq_denref(exponent)))
    return undecided(c, expr, "a power with a fractional exponent need not be rational");
  if (fmpq_is_zero(base) && fmpz_sgn(fmpq_numref(exponent)) < 0)
    return undefined(c, expr, "division by zero: a negative power of 0");
  if (fmpq_is_zero(base) || fmpq_is_one(base)) {
    if (fmpq_is_zero(exponent))
      fmpq_one(value);
    else
      fmpq_set(value, base);
    return MC_OK;
  }
  if (fmpz_bits(fmpq_numref(exponent)) > 30)
    return undecided(c, expr, "too large for exact arithmetic");
  slong n = fmpz_get_si(fmpq_numref(exponent));
  mc_status s = charge(c, expr, bits_of(base) * (double)(n < 0 ? -n : n));
  if (s == MC_OK)
    fmpq_pow_si(value, base, n);
  return s;
}

static mc_status square_root(exact_context *c, const mc_expr *expr, fmpq_t value, const fmpq_t x) {
  if (fmpq_sgn(x) < 0)
    return undefined(c, expr, "the square root of a negative number");
  if (!fmpz_is_square(fmpq_numref(x)) || !fmpz_is_square(fmpq_denref(x)))
    return undecided(c, expr, "this square root is not rational");
  fmpz_sqrt(fmpq_numref(value), fmpq_numref(x));
  fmpz_sqrt(fmpq_denref(value), fmpq_denref(x));
  return MC_OK;
}

static mc_status apply_schedule(exact_context *c, const mc_expr *expr, fmpq_t x) {
  mc_status s = MC_OK;
  fmpq_t square, sum, coefficient;
  fmpq_init(square);
  fmpq_init(sum);
  fmpq_init(coefficient);
  for (size_t r = 0; r < expr->schedule->row_count && s == MC_OK; r++) {
    const mc_schedule_row *row = &expr->schedule->rows[r];
    for (unsigned long step = 0; step < row->repeat && s == MC_OK; step++) {
      s = charge(c, expr, bits_of(x) * (2 * (double)row->count + 1));
      if (s != MC_OK)
        break;
      fmpq_mul(square, x, x);
      fmpq_zero(sum);
      for (size_t i = row->count; i-- > 0 && s == MC_OK;) {
        s = evaluate(c, coefficient, row->coefficients[i], NULL);
        fmpq_mul(sum, sum, square);
        fmpq_add(sum, sum, coefficient);
      }
      fmpq_mul(x, x, sum);
    }
  }
  fmpq_clear(square);
  fmpq_clear(sum);
  fmpq_clear(coefficient);
  return s;
}

static mc_status iterate(exact_context *c, const mc_expr *expr, fmpq_t x, const fmpq_t times) {
  if (!fmpz_is_one(fmpq_denref(times)) || fmpz_sgn(fmpq_numref(times)) < 0 || fmpz_cmp_si(fmpq_numref(times), 1000) > 0)
    return undefined(c, expr, "the number of iterations must be whole, from 0 to 1000");
  mc_status s = MC_OK;
  fmpq_t argument;
  fmpq_init(argument);
  for (ulong i = fmpz_get_ui(fmpq_numref(times)); i-- > 0 && s == MC_OK;) {
    fmpq_set(argument, x);
    s = evaluate(c, x, expr->definition->body, argument);
  }
  fmpq_clear(argument);
  return s;
}

static mc_status combine(exact_context *c, const mc_expr *expr, fmpq_t value, fmpq *a) {
  const fmpq *b = a + 1;
  mc_status s = MC_OK;
  if (expr->count == 2 && expr->kind != MC_EXPR_POW && expr->kind != MC_EXPR_ITER)
    s = charge(c, expr, bits_of(a) + bits_of(b));
  if (s != MC_OK)
    return s;
  switch (expr->kind) {
  case MC_EXPR_NEG:
    fmpq_neg(value, a);
    return MC_OK;
  case MC_EXPR_ADD:
    fmpq_add(value, a, b);
    return MC_OK;
  case MC_EXPR_SUB:
    fmpq_sub(value, a, b);
    return MC_OK;
  case MC_EXPR_MUL:
    fmpq_mul(value, a, b);
    return MC_OK;
  case MC_EXPR_DIV:
    if (fmpq_is_zero(b))
      return undefined(c, expr, "division by zero");
    fmpq_div(value, a, b);
    return MC_OK;
  case MC_EXPR_POW:
    return power(c, expr, value, a, b);
  case MC_EXPR_SQRT:
    return square_root(c, expr, value, a);
  case MC_EXPR_ABS:
    fmpq_abs(value, a);
    return MC_OK;
  case MC_EXPR_MIN:
  case MC_EXPR_MAX:
    fmpq_set(value, a);
    for (size_t i = 1; i < expr->count; i++)
      if ((fmpq_cmp(a + i, value) < 0) == (expr->kind == MC_EXPR_MIN))
        fmpq_set(value, a + i);
    return MC_OK;
  case MC_EXPR_LOG:
    if (fmpq_sgn(a) <= 0)
      return undefined(c, expr, "the logarithm of a number that is not positive");
    if (!fmpq_is_one(a))
      return undecided(c, expr, "this logarithm is not rational");
    fmpq_zero(value);
    return MC_OK;
  case MC_EXPR_EXP:
  case MC_EXPR_SIN:
  case MC_EXPR_COS:
    /* Rational at 0 alone (Hermite, Lindemann). */
    if (!fmpq_is_zero(a))
      return undecided(c, expr, "this value is not rational");
    if (expr->kind == MC_EXPR_SIN)
      fmpq_zero(value);
    else
      fmpq_one(value);
    return MC_OK;
  case MC_EXPR_CALL:
    return evaluate(c, value, expr->definition->body, a);
  case MC_EXPR_ITER:
    fmpq_set(value, b);
    return iterate(c, expr, value, a);
  case MC_EXPR_APPLY:
    fmpq_set(value, a);
    return apply_schedule(c, expr, value);
  default:
    return undecided(c, expr, "not a rational number");
  }
}

/* u for log(exp(u)) and log(e^u), whose values are rational where u is; NULL: none of these. */
static const mc_expr *exponent_undone(const mc_expr *expr) {
  const mc_expr *of = expr->kind == MC_EXPR_LOG ? expr->arguments[0] : NULL;
  if (of && of->kind == MC_EXPR_EXP)
    return of->arguments[0];
  return of && of->kind == MC_EXPR_POW && of->arguments[0]->kind == MC_EXPR_E ? of->arguments[1] : NULL;
}

static mc_status evaluate(exact_context *c, fmpq_t value, const mc_expr *expr, const fmpq *environment) {
  mc_status s = charge(c, expr, 0);
  const mc_expr *exponent = exponent_undone(expr);
  if (s != MC_OK)
    return s;
  if (exponent)
    return evaluate(c, value, exponent, environment);
  switch (expr->kind) {
  case MC_EXPR_NUMBER:
    fmpq_set(value, expr->value);
    return MC_OK;
  case MC_EXPR_PI:
  case MC_EXPR_E:
    return undecided(c, expr, "not a rational number");
  case MC_EXPR_UNKNOWN:
  case MC_EXPR_VARIABLE:
    if (!environment)
      return undecided(c, expr, "not a constant");
    fmpq_set(value, environment + expr->index);
    return MC_OK;
  default:
    break;
  }
  /* Few expressions have more arguments than this; they alone need memory. */
  fmpq few[4], *arguments = expr->count <= 4 ? few : mc_alloc(expr->count, sizeof *arguments);
  if (!arguments)
    return mc_fail(c->error, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < expr->count; i++)
    fmpq_init(arguments + i);
  for (size_t i = 0; i < expr->count && s == MC_OK; i++)
    s = evaluate(c, arguments + i, expr->arguments[i], environment);
  if (s == MC_OK)
    s = combine(c, expr, value, arguments);
  for (size_t i = 0; i < expr->count; i++)
    fmpq_clear(arguments + i);
  if (arguments != few)
    mc_free(arguments);
  return s;
}

mc_status mc_lang_expr_exact(fmpq_t value, const mc_expr *expr, const fmpq *environment, const char *file,
                             mc_error *e) {
  exact_context c = {.file = file, .error = e, .bits_left = BIT_BUDGET};
  return evaluate(&c, value, expr, environment);
}

mc_status mc_lang_constant(mc_parser *p, fmpq_t value, const mc_expr *expr, mc_error *e) {
  double begin = p->bits_left < BIT_BUDGET ? p->bits_left : BIT_BUDGET;
  exact_context c = {.error = e, .bits_left = begin};
  mc_status s = evaluate(&c, value, expr, NULL);
  p->bits_left -= begin - c.bits_left;
  if (p->bits_left < 0)
    mc_lang_error_at(p, (mc_span){expr->line, expr->column, 0, 0}, MC_LANG_TOO_LARGE);
  return s;
}

bool mc_lang_expr_is_constant(const mc_expr *expr) {
  if (expr->kind == MC_EXPR_VARIABLE || expr->kind == MC_EXPR_UNKNOWN)
    return false;
  for (size_t i = 0; i < expr->count; i++)
    if (!mc_lang_expr_is_constant(expr->arguments[i]))
      return false;
  return true;
}
