#include "program.h"

enum { GREATEST_DEGREE = 64, GREATEST_POWER = 2000, MOST_LINES = 20000 };

#define NO_BASE SIZE_MAX

/* A polynomial in one line; base NO_BASE: a constant. */
typedef struct {
  size_t base;
  fmpq_poly_t p;
} term;

/* up/down; down is 1 unless the form is cleared. */
typedef struct {
  term up, down;
} value;

typedef struct {
  mc_program *program;
  const mc_program_options *options;
  mc_error *error;
  bool failed;
} compiler;

static void fail(compiler *c, const char *why) {
  if (!c->failed)
    mc_fail(c->error, MC_BAD_INPUT, "%s", why);
  c->failed = true;
}

/* ---- Lines ---- */

static size_t add_line(compiler *c, mc_code code, size_t a, size_t b, const fmpq *constant) {
  mc_program *p = c->program;
  for (size_t i = 0; i < p->line_count; i++) {
    const mc_line *x = &p->lines[i];
    if (x->code == code && x->a == a && x->b == b && (!constant || fmpq_equal(x->constant, constant)))
      return i;
  }
  if (p->line_count == p->line_capacity) {
    size_t capacity = p->line_capacity ? 2 * p->line_capacity : 64;
    mc_line *lines = capacity > MOST_LINES ? NULL : mc_realloc(p->lines, capacity, sizeof *lines);
    if (!lines) {
      fail(c, "the claim expands to too many operations");
      return 0;
    }
    p->lines = lines;
    p->line_capacity = capacity;
  }
  mc_line *x = &p->lines[p->line_count];
  *x = (mc_line){.code = code, .a = a, .b = b};
  fmpq_init(x->constant);
  if (constant)
    fmpq_set(x->constant, constant);
  return p->line_count++;
}

static size_t find_polynomial(compiler *c, const fmpq_poly_t exact) {
  mc_program *p = c->program;
  for (size_t i = 0; i < p->polynomial_count; i++)
    if (fmpq_poly_equal(p->polynomials[i].exact, exact))
      return i;
  if (p->polynomial_count == p->polynomial_capacity) {
    size_t capacity = p->polynomial_capacity ? 2 * p->polynomial_capacity : 8;
    mc_expansion *polynomials = mc_realloc(p->polynomials, capacity, sizeof *polynomials);
    if (!polynomials) {
      fail(c, "out of memory");
      return 0;
    }
    p->polynomials = polynomials;
    p->polynomial_capacity = capacity;
  }
  mc_expansion *x = &p->polynomials[p->polynomial_count];
  x->count = 0;
  fmpq_poly_init(x->exact);
  fmpq_poly_set(x->exact, exact);
  return p->polynomial_count++;
}

static void term_init(term *x) {
  x->base = NO_BASE;
  fmpq_poly_init(x->p);
}

static void term_clear(term *x) {
  fmpq_poly_clear(x->p);
}

static void term_set(term *z, const term *x) {
  z->base = x->base;
  fmpq_poly_set(z->p, x->p);
}

static void term_set_line(term *z, size_t line) {
  z->base = line;
  fmpq_poly_zero(z->p);
  fmpq_poly_set_coeff_ui(z->p, 1, 1);
}

static void term_set_q(term *z, const fmpq_t q) {
  z->base = NO_BASE;
  fmpq_poly_set_fmpq(z->p, q);
}

static void term_set_ui(term *z, ulong x) {
  z->base = NO_BASE;
  fmpq_poly_set_ui(z->p, x);
}

static bool is_constant(const term *x) {
  return x->base == NO_BASE;
}

static bool is_one(const term *x) {
  return is_constant(x) && fmpq_poly_is_one(x->p);
}

static bool is_identity(const term *x) {
  fmpq_poly_t t;
  fmpq_poly_init(t);
  fmpq_poly_set_coeff_ui(t, 1, 1);
  bool same = fmpq_poly_equal(x->p, t);
  fmpq_poly_clear(t);
  return same;
}

/* The line that holds x. */
static size_t line_of(compiler *c, const term *x) {
  fmpq_t q;
  size_t line;
  if (is_constant(x)) {
    fmpq_init(q);
    fmpq_poly_get_coeff_fmpq(q, x->p, 0);
    line = add_line(c, MC_CODE_CONSTANT, 0, 0, q);
    fmpq_clear(q);
    return line;
  }
  return is_identity(x) ? x->base : add_line(c, MC_CODE_POLYNOMIAL, x->base, find_polynomial(c, x->p), NULL);
}

static bool share_base(const term *x, const term *y) {
  return is_constant(x) || is_constant(y) || x->base == y->base;
}

static void term_binary(compiler *c, term *z, mc_code code, const term *x, const term *y) {
  size_t a = line_of(c, x), b = line_of(c, y);
  term_set_line(z, add_line(c, code, a, b, NULL));
}

static void term_unary(compiler *c, term *z, mc_code code, const term *x) {
  term_set_line(z, add_line(c, code, line_of(c, x), 0, NULL));
}

static void settle_base(term *z, size_t base) {
  z->base = fmpq_poly_length(z->p) <= 1 ? NO_BASE : base;
}

static void term_add(compiler *c, term *z, const term *x, const term *y, bool minus) {
  size_t base = is_constant(x) ? y->base : x->base;
  if (!share_base(x, y)) {
    term_binary(c, z, minus ? MC_CODE_SUB : MC_CODE_ADD, x, y);
    return;
  }
  if (minus)
    fmpq_poly_sub(z->p, x->p, y->p);
  else
    fmpq_poly_add(z->p, x->p, y->p);
  settle_base(z, base);
}

static void term_mul(compiler *c, term *z, const term *x, const term *y) {
  size_t base = is_constant(x) ? y->base : x->base;
  if (!share_base(x, y) || fmpq_poly_length(x->p) + fmpq_poly_length(y->p) > GREATEST_DEGREE + 2) {
    term_binary(c, z, MC_CODE_MUL, x, y);
    return;
  }
  fmpq_poly_mul(z->p, x->p, y->p);
  settle_base(z, base);
}

static void term_pow(compiler *c, term *z, const term *x, ulong n) {
  size_t base = x->base;
  ulong degree = fmpq_poly_length(x->p) > 0 ? (ulong)fmpq_poly_length(x->p) - 1 : 0;
  if (n > GREATEST_POWER) {
    fail(c, "an exponent above 2000");
  } else if (is_constant(x) || n <= 1 || degree * n <= GREATEST_DEGREE) {
    fmpq_poly_pow(z->p, x->p, n);
    settle_base(z, base);
  } else {
    base = line_of(c, x);
    fmpq_poly_zero(z->p);
    fmpq_poly_set_coeff_ui(z->p, (slong)n, 1);
    z->base = base;
  }
}

/* ---- Values ---- */

static void value_init(value *x) {
  term_init(&x->up);
  term_init(&x->down);
  term_set_ui(&x->down, 1);
}

static void value_clear(value *x) {
  term_clear(&x->up);
  term_clear(&x->down);
}

static void value_set(value *z, const value *x) {
  term_set(&z->up, &x->up);
  term_set(&z->down, &x->down);
}

static void value_add(compiler *c, value *z, const value *x, const value *y, bool minus) {
  if (is_one(&x->down) && is_one(&y->down)) {
    term_add(c, &z->up, &x->up, &y->up, minus);
    term_set_ui(&z->down, 1);
    return;
  }
  term other;
  value sum;
  term_init(&other);
  value_init(&sum);
  term_mul(c, &sum.up, &x->up, &y->down);
  term_mul(c, &other, &y->up, &x->down);
  term_add(c, &sum.up, &sum.up, &other, minus);
  term_mul(c, &sum.down, &x->down, &y->down);
  value_set(z, &sum);
  value_clear(&sum);
  term_clear(&other);
}

static void value_mul(compiler *c, value *z, const value *x, const value *y) {
  value product;
  value_init(&product);
  term_mul(c, &product.up, &x->up, &y->up);
  term_mul(c, &product.down, &x->down, &y->down);
  value_set(z, &product);
  value_clear(&product);
}

static void keep_divisor(compiler *c, const term *x) {
  mc_program *p = c->program;
  if (p->divisor_count == p->divisor_capacity) {
    size_t capacity = p->divisor_capacity ? 2 * p->divisor_capacity : 8;
    size_t *divisors = mc_realloc(p->divisors, capacity, sizeof *divisors);
    if (!divisors) {
      fail(c, "out of memory");
      return;
    }
    p->divisors = divisors;
    p->divisor_capacity = capacity;
  }
  p->divisors[p->divisor_count++] = line_of(c, x);
}

static void value_div(compiler *c, value *z, const value *x, const value *y) {
  if (is_constant(&y->up) && is_one(&y->down) && !fmpq_poly_is_zero(y->up.p)) {
    fmpq_t q;
    fmpq_init(q);
    fmpq_poly_get_coeff_fmpq(q, y->up.p, 0);
    value_set(z, x);
    fmpq_poly_scalar_div_fmpq(z->up.p, z->up.p, q);
    fmpq_clear(q);
    return;
  }
  if (!c->program->cleared) {
    term quotient;
    term_init(&quotient);
    term_binary(c, &quotient, MC_CODE_DIV, &x->up, &y->up);
    term_set(&z->up, &quotient);
    term_set_ui(&z->down, 1);
    term_clear(&quotient);
    return;
  }
  value inverse;
  value_init(&inverse);
  keep_divisor(c, &y->up);
  term_set(&inverse.up, &y->down);
  term_set(&inverse.down, &y->up);
  value_mul(c, z, x, &inverse);
  value_clear(&inverse);
}

/* Functions are applied to what does not divide. */
static void value_function(compiler *c, value *z, mc_code code, const value *x) {
  if (!is_one(&x->down))
    fail(c, "a function of a quotient cannot be cleared");
  term result;
  term_init(&result);
  term_unary(c, &result, code, &x->up);
  term_set(&z->up, &result);
  term_set_ui(&z->down, 1);
  term_clear(&result);
}

static void value_extremum(compiler *c, value *z, mc_code code, const value *x, const value *y) {
  if (!is_one(&x->down) || !is_one(&y->down))
    fail(c, "a function of a quotient cannot be cleared");
  term result;
  term_init(&result);
  term_binary(c, &result, code, &x->up, &y->up);
  term_set(&z->up, &result);
  term_set_ui(&z->down, 1);
  term_clear(&result);
}

static void value_whole_power(compiler *c, value *z, const value *x, slong n) {
  value one, power;
  value_init(&one);
  value_init(&power);
  term_pow(c, &power.up, &x->up, (ulong)(n < 0 ? -n : n));
  term_pow(c, &power.down, &x->down, (ulong)(n < 0 ? -n : n));
  term_set_ui(&one.up, 1);
  if (n < 0)
    value_div(c, z, &one, &power);
  else
    value_set(z, &power);
  value_clear(&one);
  value_clear(&power);
}

/* A whole exponent, or a multiple of 1/2, or exp(y log x). */
static void value_power(compiler *c, value *z, const value *x, const value *y) {
  fmpq_t q;
  value t;
  fmpq_init(q);
  value_init(&t);
  bool fixed = is_constant(&y->up) && is_one(&y->down);
  if (fixed)
    fmpq_poly_get_coeff_fmpq(q, y->up.p, 0);
  if (fixed && fmpz_bits(fmpq_numref(q)) <= 20 && fmpz_cmp_ui(fmpq_denref(q), 2) <= 0) {
    bool halves = !fmpz_is_one(fmpq_denref(q));
    value_set(&t, x);
    if (halves)
      value_function(c, &t, MC_CODE_SQRT, x);
    value_whole_power(c, z, &t, fmpz_get_si(fmpq_numref(q)));
  } else {
    value_function(c, &t, MC_CODE_LOG, x);
    value_mul(c, &t, &t, y);
    value_function(c, z, MC_CODE_EXP, &t);
  }
  fmpq_clear(q);
  value_clear(&t);
}

/* ---- Expressions ---- */

static void compile(compiler *c, value *z, const mc_expr *x, const value *environment);

/* What is passed on is a line, so that a definition becomes a polynomial in it. */
static void pass(compiler *c, value *x) {
  if (is_one(&x->down) && !is_constant(&x->up))
    term_set_line(&x->up, line_of(c, &x->up));
}

static void compile_call(compiler *c, value *z, const mc_expr *x, const value *environment) {
  value *arguments = mc_alloc(x->count + 1, sizeof *arguments);
  if (!arguments) {
    fail(c, "out of memory");
    return;
  }
  for (size_t i = 0; i < x->count; i++) {
    value_init(&arguments[i]);
    compile(c, &arguments[i], x->arguments[i], environment);
    pass(c, &arguments[i]);
  }
  compile(c, z, x->definition->body, arguments);
  for (size_t i = 0; i < x->count; i++)
    value_clear(&arguments[i]);
  mc_free(arguments);
}

static void compile_iter(compiler *c, value *z, const mc_expr *x, const value *environment) {
  value times, argument;
  fmpq_t q;
  value_init(&times);
  value_init(&argument);
  fmpq_init(q);
  compile(c, &times, x->arguments[0], environment);
  fmpq_poly_get_coeff_fmpq(q, times.up.p, 0);
  if (!is_constant(&times.up) || !is_one(&times.down) || !fmpz_is_one(fmpq_denref(q)) || fmpq_sgn(q) < 0 ||
      fmpz_cmp_ui(fmpq_numref(q), 1000) > 0)
    fail(c, "a number of iterations that is not whole");
  compile(c, z, x->arguments[1], environment);
  for (ulong i = c->failed ? 0 : fmpz_get_ui(fmpq_numref(q)); i > 0 && !c->failed; i--) {
    value_set(&argument, z);
    pass(c, &argument);
    compile(c, z, x->definition->body, &argument);
  }
  value_clear(&times);
  value_clear(&argument);
  fmpq_clear(q);
}

/* One step of a schedule: c_0 x + c_1 x^3 + … . */
static void compile_step(compiler *c, value *z, const mc_schedule_row *row, const value *x) {
  value power, coefficient, sum;
  value_init(&power);
  value_init(&coefficient);
  value_init(&sum);
  for (size_t i = 0; i < row->count; i++) {
    value_whole_power(c, &power, x, 2 * (slong)i + 1);
    compile(c, &coefficient, row->coefficients[i], NULL);
    value_mul(c, &power, &power, &coefficient);
    value_add(c, &sum, &sum, &power, false);
  }
  value_set(z, &sum);
  value_clear(&power);
  value_clear(&coefficient);
  value_clear(&sum);
}

static void compile_apply(compiler *c, value *z, const mc_expr *x, const value *environment) {
  value argument;
  value_init(&argument);
  compile(c, z, x->arguments[0], environment);
  for (size_t r = 0; r < x->schedule->row_count; r++)
    for (unsigned long k = 0; k < x->schedule->rows[r].repeat && !c->failed; k++) {
      value_set(&argument, z);
      pass(c, &argument);
      compile_step(c, z, &x->schedule->rows[r], &argument);
    }
  value_clear(&argument);
}

static void combine(compiler *c, value *z, mc_expr_kind kind, const value *x, const value *y) {
  switch (kind) {
  case MC_EXPR_ADD:
  case MC_EXPR_SUB:
    value_add(c, z, x, y, kind == MC_EXPR_SUB);
    break;
  case MC_EXPR_MUL:
    value_mul(c, z, x, y);
    break;
  case MC_EXPR_DIV:
    value_div(c, z, x, y);
    break;
  case MC_EXPR_POW:
    value_power(c, z, x, y);
    break;
  default:
    value_extremum(c, z, kind == MC_EXPR_MIN ? MC_CODE_MIN : MC_CODE_MAX, x, y);
  }
}

/* sqrt of a rational square stays a number. */
static bool square_root(value *z, const value *x) {
  fmpq_t q;
  fmpq_init(q);
  bool rational = false;
  if (is_constant(&x->up) && is_one(&x->down)) {
    fmpq_poly_get_coeff_fmpq(q, x->up.p, 0);
    rational = fmpq_sgn(q) >= 0 && fmpz_is_square(fmpq_numref(q)) && fmpz_is_square(fmpq_denref(q));
  }
  if (rational) {
    fmpz_sqrt(fmpq_numref(q), fmpq_numref(q));
    fmpz_sqrt(fmpq_denref(q), fmpq_denref(q));
    term_set_q(&z->up, q);
    term_set_ui(&z->down, 1);
  }
  fmpq_clear(q);
  return rational;
}

static void compile_function(compiler *c, value *z, mc_expr_kind kind, const value *x) {
  static const struct {
    mc_expr_kind kind;
    mc_code code;
  } functions[] = {{MC_EXPR_SQRT, MC_CODE_SQRT}, {MC_EXPR_ABS, MC_CODE_ABS}, {MC_EXPR_EXP, MC_CODE_EXP},
                   {MC_EXPR_LOG, MC_CODE_LOG},   {MC_EXPR_SIN, MC_CODE_SIN}, {MC_EXPR_COS, MC_CODE_COS}};
  if (kind == MC_EXPR_NEG) {
    value_set(z, x);
    fmpq_poly_neg(z->up.p, z->up.p);
    return;
  }
  if (kind == MC_EXPR_SQRT && square_root(z, x))
    return;
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
    if (functions[i].kind == kind) {
      value_function(c, z, functions[i].code, x);
      return;
    }
  fail(c, "an expression of an unknown kind");
}

static void compile_operator(compiler *c, value *z, const mc_expr *x, const value *environment) {
  value left, right;
  value_init(&left);
  value_init(&right);
  compile(c, &left, x->arguments[0], environment);
  if (x->count == 1)
    compile_function(c, z, x->kind, &left);
  for (size_t i = 1; i < x->count && !c->failed; i++) {
    compile(c, &right, x->arguments[i], environment);
    combine(c, z, x->kind, &left, &right);
    value_set(&left, z);
  }
  value_clear(&left);
  value_clear(&right);
}

static void compile(compiler *c, value *z, const mc_expr *x, const value *environment) {
  if (c->failed)
    return;
  term_set_ui(&z->down, 1);
  switch (x->kind) {
  case MC_EXPR_NUMBER:
    term_set_q(&z->up, x->value);
    break;
  case MC_EXPR_PI:
  case MC_EXPR_E:
    term_set_line(&z->up, add_line(c, x->kind == MC_EXPR_PI ? MC_CODE_PI : MC_CODE_E, 0, 0, NULL));
    break;
  case MC_EXPR_UNKNOWN:
    if (c->options->unknown)
      term_set_q(&z->up, c->options->unknown);
    else
      fail(c, "? has no value here");
    break;
  case MC_EXPR_VARIABLE:
    if (environment)
      value_set(z, &environment[x->index]);
    else
      fail(c, "a variable where a constant belongs");
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

/* ---- The derivative with respect to ? ---- */

static bool mentions_unknown(const mc_expr *x) {
  if (x->kind == MC_EXPR_UNKNOWN)
    return true;
  for (size_t i = 0; i < x->count; i++)
    if (mentions_unknown(x->arguments[i]))
      return true;
  return false;
}

static void compile_slope(compiler *c, value *z, const mc_expr *x, const value *environment) {
  value left, right;
  value_init(&left);
  value_init(&right);
  term_set_ui(&z->up, x->kind == MC_EXPR_UNKNOWN);
  term_set_ui(&z->down, 1);
  const mc_expr *a = x->count > 0 ? x->arguments[0] : NULL, *b = x->count > 1 ? x->arguments[1] : NULL;
  if (mentions_unknown(x) && x->kind != MC_EXPR_UNKNOWN) {
    bool second = b && mentions_unknown(b), linear = true;
    switch (x->kind) {
    case MC_EXPR_NEG:
      compile_slope(c, &left, a, environment);
      compile_function(c, z, MC_EXPR_NEG, &left);
      break;
    case MC_EXPR_ADD:
    case MC_EXPR_SUB:
      compile_slope(c, &left, a, environment);
      compile_slope(c, &right, b, environment);
      value_add(c, z, &left, &right, x->kind == MC_EXPR_SUB);
      break;
    case MC_EXPR_MUL:
      linear = !(mentions_unknown(a) && second);
      if (linear) {
        compile_slope(c, &left, second ? b : a, environment);
        compile(c, &right, second ? a : b, environment);
        value_mul(c, z, &left, &right);
      }
      break;
    case MC_EXPR_DIV:
      linear = !second;
      if (linear) {
        compile_slope(c, &left, a, environment);
        compile(c, &right, b, environment);
        value_div(c, z, &left, &right);
      }
      break;
    default:
      linear = false;
    }
    if (!linear)
      fail(c, "? does not enter linearly");
  }
  value_clear(&left);
  value_clear(&right);
}

/* ---- The claim ---- */

/* left - right, or right - left. */
static void add_atom(compiler *c, mc_check_atom *atoms, size_t *count, const value *left, const value *right,
                     bool strict, bool equation) {
  value difference;
  value_init(&difference);
  value_add(c, &difference, left, right, true);
  atoms[*count] = (mc_check_atom){line_of(c, &difference.up), line_of(c, &difference.down), strict, equation};
  ++*count;
  value_clear(&difference);
}

static void add_comparison(compiler *c, mc_check_atom *atoms, size_t *count, mc_relation r, const value *left,
                           const value *right) {
  if (r != MC_RELATION_LE && r != MC_RELATION_LT)
    add_atom(c, atoms, count, left, right, r == MC_RELATION_GT, r == MC_RELATION_EQ);
  if (r != MC_RELATION_GE && r != MC_RELATION_GT)
    add_atom(c, atoms, count, right, left, r == MC_RELATION_LT, false);
}

static mc_check_atom *compile_condition(compiler *c, size_t *count, const mc_condition *condition,
                                        const value *environment) {
  mc_check_atom *atoms = mc_alloc(2 * condition->count + 1, sizeof *atoms);
  value left, right;
  value_init(&left);
  value_init(&right);
  *count = 0;
  if (!atoms)
    fail(c, "out of memory");
  for (size_t i = 0; i < condition->count && !c->failed; i++) {
    compile(c, &left, condition->comparisons[i].left, environment);
    compile(c, &right, condition->comparisons[i].right, environment);
    add_comparison(c, atoms, count, condition->comparisons[i].relation, &left, &right);
  }
  value_clear(&left);
  value_clear(&right);
  return atoms;
}

/* The slope of left - right (or of right - left) with respect to ?, nonnegative (rising) or nonpositive. */
static mc_check_atom *compile_slope_atom(compiler *c, size_t *count, const mc_comparison *of, bool rising,
                                         const value *environment) {
  mc_check_atom *atoms = mc_alloc(2, sizeof *atoms);
  value left, right;
  bool greater = of->relation == MC_RELATION_GE || of->relation == MC_RELATION_GT;
  value_init(&left);
  value_init(&right);
  *count = 0;
  if (!atoms || of->relation == MC_RELATION_EQ)
    fail(c, "? in an equation");
  compile_slope(c, &left, of->left, environment);
  compile_slope(c, &right, of->right, environment);
  if (atoms && !c->failed)
    add_comparison(c, atoms, count, greater == rising ? MC_RELATION_GE : MC_RELATION_LE, &left, &right);
  value_clear(&left);
  value_clear(&right);
  return atoms;
}

/* One variable in its frame. */
static void compile_variable(compiler *c, value *x, size_t i) {
  mc_program *p = c->program;
  const mc_quantified *q = &p->claim->variables[i];
  value lower, upper, t;
  if (q->integer) {
    term_set_q(&x->up, c->options->integers + i);
    return;
  }
  value_init(&lower);
  value_init(&upper);
  value_init(&t);
  size_t j = p->n++;
  p->variables[j] = i;
  p->lower_open[j] = q->lower_open;
  p->upper_open[j] = q->upper_open;
  compile(c, &lower, q->lower, NULL);
  compile(c, &upper, q->upper, NULL);
  term_set_line(&t.up, add_line(c, MC_CODE_VARIABLE, j, 0, NULL));
  if (p->unit) {
    value_add(c, &upper, &upper, &lower, true);
    value_mul(c, &t, &t, &upper);
    value_add(c, x, &lower, &t, false);
  } else {
    value_set(x, &t);
    add_comparison(c, p->domain, &p->domain_count, q->lower_open ? MC_RELATION_GT : MC_RELATION_GE, &t, &lower);
    add_comparison(c, p->domain, &p->domain_count, q->upper_open ? MC_RELATION_LT : MC_RELATION_LE, &t, &upper);
  }
  value_clear(&lower);
  value_clear(&upper);
  value_clear(&t);
}

/* Is some side condition a constant that fails?  Then the body is not asked for. */
static bool is_vacuous(const mc_program *p) {
  for (size_t i = 0; i < p->where_count; i++) {
    const mc_line *x = &p->lines[p->where[i].up];
    if (x->code == MC_CODE_CONSTANT && fmpq_sgn(x->constant) < (p->where[i].strict ? 1 : 0) && !p->cleared)
      return true;
  }
  return false;
}

static void compile_claim(compiler *c) {
  static const mc_condition nothing = {0};
  mc_program *p = c->program;
  size_t n = p->claim->variable_count;
  value *environment = mc_alloc(n + 1, sizeof *environment);
  p->domain = mc_alloc(2 * n + 1, sizeof *p->domain);
  if (!environment || !p->domain) {
    fail(c, "out of memory");
    mc_free(environment);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    value_init(&environment[i]);
    compile_variable(c, &environment[i], i);
  }
  p->where = compile_condition(c, &p->where_count, &p->claim->where, environment);
  if (c->options->slope)
    p->body = compile_slope_atom(c, &p->body_count, &p->claim->body.comparisons[c->options->comparison],
                                 c->options->rising, environment);
  else
    p->body = compile_condition(c, &p->body_count, p->where && is_vacuous(p) ? &nothing : &p->claim->body, environment);
  for (size_t i = 0; i < n; i++)
    value_clear(&environment[i]);
  mc_free(environment);
}

mc_program *mc_program_new(const mc_claim *claim, const mc_program_options *options, mc_error *e) {
  mc_program *p = mc_alloc(1, sizeof *p);
  compiler c = {.program = p, .options = options, .error = e};
  if (!p) {
    mc_fail(e, MC_NO_MEMORY, "out of memory");
    return NULL;
  }
  p->claim = claim;
  p->unit = options->unit;
  p->cleared = options->cleared;
  compile_claim(&c);
  if (c.failed) {
    mc_program_free(p);
    return NULL;
  }
  return p;
}

void mc_program_free(mc_program *p) {
  if (!p)
    return;
  for (size_t i = 0; i < p->line_count; i++)
    fmpq_clear(p->lines[i].constant);
  for (size_t i = 0; i < p->polynomial_count; i++) {
    for (size_t k = 0; k < p->polynomials[i].count; k++)
      mc_ranged_clear(&p->polynomials[i].taylor[k]);
    fmpq_poly_clear(p->polynomials[i].exact);
  }
  mc_free(p->lines);
  mc_free(p->polynomials);
  mc_free(p->where);
  mc_free(p->body);
  mc_free(p->domain);
  mc_free(p->divisors);
  mc_free(p);
}

const mc_ranged *mc_program_taylor(mc_program *p, size_t i, size_t k) {
  mc_expansion *x = &p->polynomials[i];
  fmpq_poly_t derivative;
  bool ok = true;
  fmpq_poly_init(derivative);
  while (x->count <= k && ok) {
    fmpq_poly_set(derivative, x->exact);
    for (size_t j = 1; j <= x->count; j++) {
      fmpq_poly_derivative(derivative, derivative);
      fmpq_poly_scalar_div_ui(derivative, derivative, j);
    }
    ok = mc_ranged_init(&x->taylor[x->count], derivative);
    x->count++;
  }
  fmpq_poly_clear(derivative);
  return ok ? &x->taylor[k] : NULL;
}
