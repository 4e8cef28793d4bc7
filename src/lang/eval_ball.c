/* Expressions over balls. */
#include "parser_state.h"

static void enclose(arb_t value, const mc_expr *expr, arb_srcptr environment, slong precision);

/* NaN and infinity poison what follows. */
static bool usable(const arb_t x) {
  return arb_is_finite(x);
}

/* x^n for whole n, else exp(y log x), as Arb defines it: roots and logarithms of what may be negative are
 * indeterminate. */
static void enclose_power(arb_t value, const arb_t base, const arb_t exponent, slong precision) {
  fmpz_t n;
  fmpz_init(n);
  if (arb_is_exact(exponent) && arb_get_unique_fmpz(n, exponent) && fmpz_bits(n) <= 30)
    arb_pow_fmpz(value, base, n, precision);
  else
    arb_pow(value, base, exponent, precision);
  fmpz_clear(n);
}

/* c[0] x + c[1] x^3 + …, by Horner's rule in x^2. */
static void enclose_row(arb_t x, const mc_schedule_row *row, slong precision) {
  arb_t square, sum, c;
  arb_init(square);
  arb_init(sum);
  arb_init(c);
  arb_mul(square, x, x, precision);
  for (size_t i = row->count; i-- > 0;) {
    enclose(c, row->coefficients[i], NULL, precision);
    arb_mul(sum, sum, square, precision);
    arb_add(sum, sum, c, precision);
  }
  arb_mul(x, x, sum, precision);
  arb_clear(square);
  arb_clear(sum);
  arb_clear(c);
}

static void enclose_apply(arb_t value, const mc_expr *expr, arb_srcptr environment, slong precision) {
  enclose(value, expr->arguments[0], environment, precision);
  for (size_t r = 0; r < expr->schedule->row_count; r++)
    for (unsigned long i = 0; i < expr->schedule->rows[r].repeat; i++)
      enclose_row(value, &expr->schedule->rows[r], precision);
}

static void enclose_iter(arb_t value, const mc_expr *expr, arb_srcptr environment, slong precision) {
  arb_t times;
  fmpz_t n;
  arb_init(times);
  fmpz_init(n);
  enclose(times, expr->arguments[0], environment, precision);
  enclose(value, expr->arguments[1], environment, precision);
  if (!arb_get_unique_fmpz(n, times) || fmpz_sgn(n) < 0 || fmpz_cmp_si(n, 1000) > 0) {
    arb_indeterminate(value);
  } else {
    arb_t x;
    arb_init(x);
    for (ulong i = fmpz_get_ui(n); i-- > 0;) {
      arb_set(x, value);
      enclose(value, expr->definition->body, x, precision);
    }
    arb_clear(x);
  }
  arb_clear(times);
  fmpz_clear(n);
}

static void enclose_call(arb_t value, const mc_expr *expr, arb_srcptr environment, slong precision) {
  arb_ptr arguments = _arb_vec_init((slong)expr->count);
  for (size_t i = 0; i < expr->count; i++)
    enclose(arguments + i, expr->arguments[i], environment, precision);
  enclose(value, expr->definition->body, arguments, precision);
  _arb_vec_clear(arguments, (slong)expr->count);
}

static void enclose_extremum(arb_t value, const mc_expr *expr, arb_srcptr environment, slong precision) {
  arb_t x;
  arb_init(x);
  enclose(value, expr->arguments[0], environment, precision);
  for (size_t i = 1; i < expr->count; i++) {
    enclose(x, expr->arguments[i], environment, precision);
    if (!usable(value) || !usable(x))
      arb_indeterminate(value);
    else if (expr->kind == MC_EXPR_MIN)
      arb_min(value, value, x, precision);
    else
      arb_max(value, value, x, precision);
  }
  arb_clear(x);
}

static void enclose_function(arb_t value, mc_expr_kind kind, const arb_t x, slong precision) {
  switch (kind) {
  case MC_EXPR_NEG:
    arb_neg(value, x);
    break;
  case MC_EXPR_SQRT:
    arb_sqrt(value, x, precision);
    break;
  case MC_EXPR_ABS:
    if (usable(x))
      arb_abs(value, x);
    else
      arb_indeterminate(value);
    break;
  case MC_EXPR_EXP:
    arb_exp(value, x, precision);
    break;
  case MC_EXPR_LOG:
    arb_log(value, x, precision);
    break;
  case MC_EXPR_SIN:
    arb_sin(value, x, precision);
    break;
  case MC_EXPR_COS:
    arb_cos(value, x, precision);
    break;
  default:
    arb_indeterminate(value);
  }
}

static void enclose_binary(arb_t value, mc_expr_kind kind, const arb_t a, const arb_t b, slong precision) {
  switch (kind) {
  case MC_EXPR_ADD:
    arb_add(value, a, b, precision);
    break;
  case MC_EXPR_SUB:
    arb_sub(value, a, b, precision);
    break;
  case MC_EXPR_MUL:
    arb_mul(value, a, b, precision);
    break;
  case MC_EXPR_DIV:
    arb_div(value, a, b, precision);
    break;
  case MC_EXPR_POW:
    enclose_power(value, a, b, precision);
    break;
  default:
    arb_indeterminate(value);
  }
}

static void enclose_operator(arb_t value, const mc_expr *expr, arb_srcptr environment, slong precision) {
  arb_t a, b;
  arb_init(a);
  arb_init(b);
  enclose(a, expr->arguments[0], environment, precision);
  if (expr->count == 1) {
    enclose_function(value, expr->kind, a, precision);
  } else {
    enclose(b, expr->arguments[1], environment, precision);
    enclose_binary(value, expr->kind, a, b, precision);
  }
  arb_clear(a);
  arb_clear(b);
}

static void enclose(arb_t value, const mc_expr *expr, arb_srcptr environment, slong precision) {
  switch (expr->kind) {
  case MC_EXPR_NUMBER:
    arb_set_fmpq(value, expr->value, precision);
    break;
  case MC_EXPR_PI:
    arb_const_pi(value, precision);
    break;
  case MC_EXPR_E:
    arb_const_e(value, precision);
    break;
  case MC_EXPR_UNKNOWN:
  case MC_EXPR_VARIABLE:
    if (environment)
      arb_set(value, environment + expr->index);
    else
      arb_indeterminate(value);
    break;
  case MC_EXPR_CALL:
    enclose_call(value, expr, environment, precision);
    break;
  case MC_EXPR_ITER:
    enclose_iter(value, expr, environment, precision);
    break;
  case MC_EXPR_APPLY:
    enclose_apply(value, expr, environment, precision);
    break;
  case MC_EXPR_MIN:
  case MC_EXPR_MAX:
    enclose_extremum(value, expr, environment, precision);
    break;
  default:
    enclose_operator(value, expr, environment, precision);
  }
}

void mc_lang_expr_enclose(arb_t value, const mc_expr *expr, arb_srcptr environment, slong precision) {
  enclose(value, expr, environment, precision);
  if (!usable(value))
    arb_indeterminate(value);
}

void mc_lang_comparison_margin(arb_t margin, const mc_comparison *comparison, arb_srcptr environment, slong precision) {
  arb_t right;
  arb_init(right);
  mc_lang_expr_enclose(margin, comparison->left, environment, precision);
  mc_lang_expr_enclose(right, comparison->right, environment, precision);
  arb_sub(margin, margin, right, precision);
  if (comparison->relation == MC_RELATION_LE || comparison->relation == MC_RELATION_LT)
    arb_neg(margin, margin);
  if (comparison->relation == MC_RELATION_EQ && usable(margin)) {
    arb_abs(margin, margin);
    arb_neg(margin, margin);
  }
  arb_clear(right);
}

static mc_truth decide(const arb_t margin, mc_relation relation) {
  if (!usable(margin))
    return MC_UNKNOWN;
  if (relation == MC_RELATION_GT || relation == MC_RELATION_LT)
    return arb_is_positive(margin) ? MC_TRUE : arb_is_nonpositive(margin) ? MC_FALSE : MC_UNKNOWN;
  return arb_is_nonnegative(margin) ? MC_TRUE : arb_is_negative(margin) ? MC_FALSE : MC_UNKNOWN;
}

mc_truth mc_lang_condition_decide(const mc_condition *condition, arb_srcptr environment, slong precision) {
  mc_truth result = MC_TRUE;
  arb_t margin;
  arb_init(margin);
  for (size_t i = 0; i < condition->count && result != MC_FALSE; i++) {
    mc_lang_comparison_margin(margin, &condition->comparisons[i], environment, precision);
    mc_truth one = decide(margin, condition->comparisons[i].relation);
    if (one != MC_TRUE)
      result = one;
  }
  arb_clear(margin);
  return result;
}
