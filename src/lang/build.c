/* Builders of expressions and definitions: the parser's actions.  Here names are resolved. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "parser_state.h"

enum {
  LARGEST_EXPONENT = 10000, /* decimal digits that a number may have, or its exponent move it by */
  GREATEST_HEIGHT = 1000,   /* recursion of anything that walks a tree */
  MOST_NODES = 250000,
  MOST_ITERATIONS = 1000
};
/* Operations that one evaluation may take, definitions expanded. */
#define GREATEST_COST 1e6

static const struct {
  const char *name;
  mc_expr_kind kind;
  size_t least, most;
} functions[] = {
    {"sqrt", MC_EXPR_SQRT, 1, 1},      {"abs", MC_EXPR_ABS, 1, 1}, {"min", MC_EXPR_MIN, 2, SIZE_MAX},
    {"max", MC_EXPR_MAX, 2, SIZE_MAX}, {"exp", MC_EXPR_EXP, 1, 1}, {"log", MC_EXPR_LOG, 1, 1},
    {"sin", MC_EXPR_SIN, 1, 1},        {"cos", MC_EXPR_COS, 1, 1},
};
enum { FUNCTION_COUNT = sizeof functions / sizeof functions[0] };

static mc_expr *new_expr(mc_parser *p, mc_span where, mc_expr_kind kind) {
  if (p->document->expression_count >= MOST_NODES) {
    mc_lang_error_at(p, where, "more than %d terms in one text: too large", MOST_NODES);
    return NULL;
  }
  mc_expr *expr = mc_lang_allocate(p, 1, sizeof *expr);
  if (!expr)
    return NULL;
  p->document->expression_count++;
  expr->kind = kind;
  expr->line = where.line;
  expr->column = where.column;
  expr->height = 1;
  expr->cost = 1;
  return expr;
}

/* Attach arguments; height and cost follow.  body_height, body_cost: of what is called, `times` times. */
static mc_expr *with_arguments(mc_parser *p, mc_span where, mc_expr *expr, size_t count, mc_expr *const *arguments,
                               const mc_expr *body, double times) {
  if (!expr || !(expr->arguments = mc_lang_allocate(p, count, sizeof *arguments)))
    return NULL;
  expr->count = count;
  unsigned below = body ? body->height : 0;
  if (body)
    expr->cost += times * body->cost;
  for (size_t i = 0; i < count; i++) {
    expr->arguments[i] = arguments[i];
    expr->cost += arguments[i]->cost;
    if (arguments[i]->height > below)
      below = arguments[i]->height;
  }
  expr->height = below + 1;
  if (expr->height > GREATEST_HEIGHT)
    mc_lang_error_at(p, where, "nested more than %d deep", GREATEST_HEIGHT);
  else if (expr->cost > GREATEST_COST)
    mc_lang_error_at(p, where, "this expands to more than %.0f operations", GREATEST_COST);
  return p->failed ? NULL : expr;
}

/* ---- Numbers ---- */

/* Bounds the exponent, so that a short text cannot ask for a huge number; strtol saturates. */
static bool exponent_fits(const char *text) {
  long exponent = strtol(text, NULL, 10);
  return exponent >= -LARGEST_EXPONENT && exponent <= LARGEST_EXPONENT;
}

/* digits * base^power, where text holds digits of `base` with at most one point. */
static void set_digits(fmpq_t value, const char *text, size_t length, int base, unsigned bits_per_digit, char *digits) {
  size_t count = 0, fraction = 0;
  bool after_point = false;
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '.') {
      after_point = true;
    } else {
      digits[count++] = text[i];
      fraction += after_point;
    }
  }
  digits[count] = '\0';
  fmpz_t numerator, denominator;
  fmpz_init(numerator);
  fmpz_init(denominator);
  fmpz_set_str(numerator, digits, base);
  if (bits_per_digit > 0) {
    fmpz_one(denominator);
    fmpz_mul_2exp(denominator, denominator, bits_per_digit * fraction);
  } else {
    fmpz_ui_pow_ui(denominator, 10, fraction);
  }
  fmpq_set_fmpz_frac(value, numerator, denominator);
  fmpz_clear(numerator);
  fmpz_clear(denominator);
}

mc_expr *mc_lang_number(mc_parser *p, mc_span where, const char *text, size_t length) {
  bool hex = length > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  size_t mantissa = strcspn(text, hex ? "pP" : "eE");
  if (mantissa > LARGEST_EXPONENT || (mantissa < length && !exponent_fits(text + mantissa + 1))) {
    mc_lang_error_at(p, where, "a number of more than %d digits", LARGEST_EXPONENT);
    return NULL;
  }
  mc_expr *expr = new_expr(p, where, MC_EXPR_NUMBER);
  char *digits = mc_lang_allocate(p, mantissa + 1, 1);
  if (!expr || !digits || !mc_lang_list_add(p, &p->document->numbers, expr))
    return NULL;
  fmpq_init(expr->value);
  if (hex)
    set_digits(expr->value, text + 2, mantissa - 2, 16, 4, digits);
  else
    set_digits(expr->value, text, mantissa, 10, 0, digits);
  if (mantissa < length) {
    long exponent = strtol(text + mantissa + 1, NULL, 10);
    fmpz_t power;
    fmpz_init(power);
    fmpz_ui_pow_ui(power, hex ? 2 : 10, (ulong)(exponent < 0 ? -exponent : exponent));
    if (exponent < 0)
      fmpq_div_fmpz(expr->value, expr->value, power);
    else
      fmpq_mul_fmpz(expr->value, expr->value, power);
    fmpz_clear(power);
  }
  return expr;
}

unsigned long mc_lang_count(mc_parser *p, mc_span where, const mc_expr *number) {
  if (!number)
    return 0;
  if (!fmpz_is_one(fmpq_denref(number->value)) || fmpz_sgn(fmpq_numref(number->value)) <= 0 ||
      fmpz_cmp_ui(fmpq_numref(number->value), 1000000000) > 0) {
    mc_lang_error_at(p, where, "expected a positive whole number up to 1000000000");
    return 0;
  }
  return fmpz_get_ui(fmpq_numref(number->value));
}

/* ---- Names ---- */

static const mc_definition *find_definition(const mc_parser *p, const char *name) {
  for (size_t i = 0; i < p->document->definitions.count; i++) {
    const mc_definition *d = p->document->definitions.items[i];
    if (strcmp(d->name, name) == 0)
      return d;
  }
  return NULL;
}

/* What is written otherwise here; NULL: it says nothing. */
static const char *advice_on(const char *name) {
  static const char bounded[] = "intervals are bounded: state the claim on a large one, or with 1/x in place of x";
  static const struct {
    const char *name, *advice;
  } table[] = {
      {"oo", bounded},
      {"inf", bounded},
      {"infinity", bounded},
      {"tan", "write sin(x)/cos(x)"},
      {"ln", "the natural logarithm is written log(x)"},
      {"log2", "write log(x)/log(2)"},
      {"log10", "write log(x)/log(10)"},
      {"sinh", "write (exp(x) - exp(-x))/2"},
      {"cosh", "write (exp(x) + exp(-x))/2"},
      {"tanh", "write 1 - 2/(exp(2*x) + 1)"},
      {"pow", "write x^y"},
      {"cbrt", "write x^(1/3), for x > 0"},
      {"sgn", "write x/abs(x), for x other than 0"},
      {"sign", "write x/abs(x), for x other than 0"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
    if (strcmp(name, table[i].name) == 0)
      return table[i].advice;
  return NULL;
}

/* "what 'name' is not known", with advice or the nearest name that is. */
void mc_lang_unknown_name(mc_parser *p, mc_span where, const char *what, const char *name) {
  const char *advice = advice_on(name);
  if (advice) {
    mc_lang_error_at(p, where, "%s '%.60s' is not known: %s", what, name, advice);
    return;
  }
  mc_list known = {0};
  for (size_t i = 0; i < p->scope_count; i++)
    mc_lang_list_add(p, &known, (void *)p->scope[i]);
  for (size_t i = 0; i < p->document->definitions.count; i++)
    mc_lang_list_add(p, &known, (void *)((mc_definition *)p->document->definitions.items[i])->name);
  for (size_t i = 0; i < p->document->schedules.count; i++)
    mc_lang_list_add(p, &known, (void *)((mc_schedule_block *)p->document->schedules.items[i])->name);
  for (size_t i = 0; i < FUNCTION_COUNT; i++)
    mc_lang_list_add(p, &known, (void *)functions[i].name);
  const char *near = mc_lang_nearest(name, (const char *const *)known.items, known.count);
  if (near)
    mc_lang_error_at(p, where, "%s '%.60s' is not known; did you mean '%.60s'?", what, name, near);
  else
    mc_lang_error_at(p, where, "%s '%.60s' is not known", what, name);
}

static void wrong_arity(mc_parser *p, mc_span where, const char *name, size_t wanted, size_t given) {
  mc_lang_error_at(p, where, "'%.60s' takes %zu argument%s, not %zu", name, wanted, wanted == 1 ? "" : "s", given);
}

mc_expr *mc_lang_name(mc_parser *p, mc_span where, const char *name) {
  for (size_t i = 0; i < p->scope_count; i++)
    if (strcmp(p->scope[i], name) == 0) {
      mc_expr *expr = new_expr(p, where, MC_EXPR_VARIABLE);
      if (expr) {
        expr->name = p->scope[i];
        expr->index = i;
        expr->real = p->scope_real[i];
      }
      return expr;
    }
  const mc_definition *d = find_definition(p, name);
  if (d) {
    if (d->parameter_count > 0) {
      wrong_arity(p, where, name, d->parameter_count, 0);
      return NULL;
    }
    mc_expr *expr = new_expr(p, where, MC_EXPR_CALL);
    if (expr) {
      expr->definition = d;
      expr->name = d->name;
    }
    return with_arguments(p, where, expr, 0, NULL, d->body, 1);
  }
  if (strcmp(name, "pi") == 0)
    return new_expr(p, where, MC_EXPR_PI);
  if (strcmp(name, "e") == 0)
    return new_expr(p, where, MC_EXPR_E);
  if (mc_lang_find_schedule(p, name))
    mc_lang_error_at(p, where, "'%.60s' is a schedule: write apply(%.60s, …)", name, name);
  else
    mc_lang_unknown_name(p, where, "name", name);
  return NULL;
}

mc_expr *mc_lang_unknown(mc_parser *p, mc_span where) {
  if (!p->unknown_allowed)
    mc_lang_error_at(p, where, "? may stand once in the conclusion of a claim, or as an end of one of its intervals");
  else if (p->unknown)
    mc_lang_error_at(p, where, "a second ?: a claim derives one constant");
  if (p->failed)
    return NULL;
  return p->unknown = new_expr(p, where, MC_EXPR_UNKNOWN);
}

mc_expr *mc_lang_call(mc_parser *p, mc_span where, const char *name, mc_list *arguments) {
  for (size_t i = 0; i < FUNCTION_COUNT; i++) {
    if (strcmp(functions[i].name, name) != 0)
      continue;
    if (arguments->count < functions[i].least || arguments->count > functions[i].most) {
      if (functions[i].most == SIZE_MAX)
        mc_lang_error_at(p, where, "'%s' takes two or more arguments", name);
      else
        wrong_arity(p, where, name, functions[i].least, arguments->count);
      return NULL;
    }
    return with_arguments(p, where, new_expr(p, where, functions[i].kind), arguments->count,
                          (mc_expr **)arguments->items, NULL, 0);
  }
  const mc_definition *d = find_definition(p, name);
  if (!d) {
    if (mc_lang_find_schedule(p, name))
      mc_lang_error_at(p, where, "'%.60s' is a schedule: write apply(%.60s, …)", name, name);
    else
      mc_lang_unknown_name(p, where, "function", name);
    return NULL;
  }
  if (d->parameter_count == 0) {
    mc_lang_error_at(p, where, "'%.60s' is a constant, not a function; products are written with *", name);
    return NULL;
  }
  if (d->parameter_count != arguments->count) {
    wrong_arity(p, where, name, d->parameter_count, arguments->count);
    return NULL;
  }
  mc_expr *expr = new_expr(p, where, MC_EXPR_CALL);
  if (expr) {
    expr->definition = d;
    expr->name = d->name;
  }
  return with_arguments(p, where, expr, arguments->count, (mc_expr **)arguments->items, d->body, 1);
}

mc_expr *mc_lang_iterate(mc_parser *p, mc_span where, const char *function, mc_expr *times, mc_expr *start) {
  const mc_definition *d = find_definition(p, function);
  if (!d) {
    mc_lang_unknown_name(p, where, "function", function);
    return NULL;
  }
  if (d->parameter_count != 1) {
    mc_lang_error_at(p, where, "iter needs a function of one argument; '%.60s' has %zu", function, d->parameter_count);
    return NULL;
  }
  double most = MOST_ITERATIONS;
  if (mc_lang_expr_is_constant(times)) {
    fmpq_t value;
    fmpq_init(value);
    mc_span place = {times->line, times->column, 0, 0};
    if (mc_lang_constant(p, value, times, NULL) != MC_OK || !fmpz_is_one(fmpq_denref(value)) ||
        fmpz_sgn(fmpq_numref(value)) < 0 || fmpz_cmp_si(fmpq_numref(value), MOST_ITERATIONS) > 0)
      mc_lang_error_at(p, place, "the number of iterations must be whole, from 0 to %d", MOST_ITERATIONS);
    else
      most = (double)fmpz_get_ui(fmpq_numref(value));
    fmpq_clear(value);
    if (p->failed)
      return NULL;
  }
  mc_expr *expr = new_expr(p, where, MC_EXPR_ITER);
  if (expr) {
    expr->definition = d;
    expr->name = d->name;
  }
  mc_expr *arguments[] = {times, start};
  return with_arguments(p, where, expr, 2, arguments, d->body, most);
}

mc_expr *mc_lang_apply(mc_parser *p, mc_span where, const char *schedule, mc_expr *start) {
  const mc_schedule_block *s = mc_lang_find_schedule(p, schedule);
  if (!s) {
    mc_lang_unknown_name(p, where, "schedule", schedule);
    return NULL;
  }
  mc_expr *expr = new_expr(p, where, MC_EXPR_APPLY);
  if (!expr)
    return NULL;
  expr->schedule = s;
  expr->name = s->name;
  for (size_t i = 0; i < s->row_count; i++)
    expr->cost += (double)s->rows[i].repeat * 4 * (double)s->rows[i].count;
  return with_arguments(p, where, expr, 1, &start, NULL, 0);
}

static bool mentions_real_variable(const mc_expr *expr) {
  if (expr->kind == MC_EXPR_VARIABLE && expr->real)
    return true;
  for (size_t i = 0; i < expr->count; i++)
    if (mentions_real_variable(expr->arguments[i]))
      return true;
  return false;
}

/* x^y = exp(y log x). */
static mc_expr *real_power(mc_parser *p, mc_span where, mc_expr *left, mc_expr *right) {
  mc_expr *logarithm = mc_lang_operator(p, where, MC_EXPR_LOG, left, NULL);
  mc_expr *product = logarithm ? mc_lang_operator(p, where, MC_EXPR_MUL, right, logarithm) : NULL;
  return product ? mc_lang_operator(p, where, MC_EXPR_EXP, product, NULL) : NULL;
}

mc_expr *mc_lang_operator(mc_parser *p, mc_span where, mc_expr_kind kind, mc_expr *left, mc_expr *right) {
  if (kind == MC_EXPR_POW && mentions_real_variable(right))
    return real_power(p, where, left, right);
  mc_expr *arguments[] = {left, right};
  return with_arguments(p, where, new_expr(p, where, kind), right ? 2 : 1, arguments, NULL, 0);
}

void mc_lang_bind(mc_parser *p, mc_span where, const char *name, bool real) {
  for (size_t i = 0; i < p->scope_count; i++)
    if (strcmp(p->scope[i], name) == 0)
      mc_lang_error_at(p, where, "'%.60s' is bound twice", name);
  if (p->scope_count == sizeof p->scope / sizeof p->scope[0])
    mc_lang_error_at(p, where, "more than %zu names are bound here", sizeof p->scope / sizeof p->scope[0]);
  if (p->failed)
    return;
  p->scope[p->scope_count] = name;
  p->scope_real[p->scope_count++] = real;
}

/* ---- Definitions ---- */

bool mc_lang_refuse_taken_name(mc_parser *p, mc_span where, const char *name) {
  const mc_definition *d = find_definition(p, name);
  const mc_schedule_block *s = mc_lang_find_schedule(p, name);
  for (size_t i = 0; i < FUNCTION_COUNT; i++)
    if (strcmp(functions[i].name, name) == 0)
      mc_lang_error_at(p, where, "'%s' is a function of the language", name);
  if (strcmp(name, "pi") == 0)
    mc_lang_error_at(p, where, "'pi' is a constant of the language");
  if (d || s)
    mc_lang_error_at(p, where, "'%.60s' is already defined in line %u", name, d ? d->line : s->line);
  return p->failed;
}

void mc_lang_define(mc_parser *p, mc_span where, const char *name, mc_list *parameters, mc_expr *body) {
  p->scope_count = 0;
  if (mc_lang_refuse_taken_name(p, where, name))
    return;
  mc_definition *d = mc_lang_allocate(p, 1, sizeof *d);
  if (!d)
    return;
  *d = (mc_definition){.name = name, .line = where.line, .column = where.column, .body = body};
  if (parameters) {
    d->parameter_count = parameters->count;
    d->parameters = (const char **)parameters->items;
  }
  mc_lang_list_add(p, &p->document->definitions, d);
}
