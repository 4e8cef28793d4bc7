#include "compile.h"
#include "size.h"

enum { GREATEST_DEGREE = 64, GREATEST_POWER = 2000, MOST_LINES = 20000 };

static const char too_large[] = "the claim's numbers are too large to be computed with";

void mc_compile_fail(mc_compiler *c, const char *why) {
  if (!c->failed)
    mc_fail(c->error, MC_BAD_INPUT, "%s", why);
  c->failed = true;
}

/* ---- Lines ---- */

/* Constants and polynomials are kept; false: they are too many, or the time is over. */
static bool may_keep(mc_compiler *c, uint64_t bits) {
  c->program->kept += bits;
  if (c->program->kept > MC_MOST_KEPT)
    mc_compile_fail(c, too_large);
  if (!mc_program_in_time(c->program))
    mc_compile_fail(c, "there is no time for the claim");
  return !c->failed;
}

size_t mc_compile_add_line(mc_compiler *c, mc_code code, size_t a, size_t b, const fmpq *constant) {
  mc_program *p = c->program;
  if (!may_keep(c, constant ? fmpq_height_bits(constant) : 0))
    return 0;
  for (size_t i = 0; i < p->line_count; i++) {
    const mc_line *x = &p->lines[i];
    if (x->code == code && x->a == a && x->b == b && (!constant || fmpq_equal(x->constant, constant)))
      return i;
  }
  if (p->line_count == p->line_capacity) {
    size_t capacity = p->line_capacity ? 2 * p->line_capacity : 64;
    mc_line *lines = capacity > MOST_LINES ? NULL : mc_realloc(p->lines, capacity, sizeof *lines);
    if (!lines) {
      mc_compile_fail(c, "the claim expands to too many operations");
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

static size_t find_polynomial(mc_compiler *c, const fmpq_poly_t exact) {
  mc_program *p = c->program;
  for (size_t i = 0; i < p->polynomial_count; i++)
    if (fmpq_poly_equal(p->polynomials[i].exact, exact))
      return i;
  if (p->polynomial_count == p->polynomial_capacity) {
    size_t capacity = p->polynomial_capacity ? 2 * p->polynomial_capacity : 8;
    mc_expansion *polynomials = mc_realloc(p->polynomials, capacity, sizeof *polynomials);
    if (!polynomials) {
      mc_compile_fail(c, "out of memory");
      return 0;
    }
    p->polynomials = polynomials;
    p->polynomial_capacity = capacity;
  }
  if (!may_keep(c, mc_poly_weight(exact)))
    return 0;
  mc_expansion *x = &p->polynomials[p->polynomial_count];
  x->count = 0;
  x->failed = false;
  fmpq_poly_init(x->exact);
  fmpq_poly_set(x->exact, exact);
  return p->polynomial_count++;
}

void mc_term_init(mc_term *x) {
  x->base = MC_NO_BASE;
  fmpq_poly_init(x->p);
}

void mc_term_clear(mc_term *x) {
  fmpq_poly_clear(x->p);
}

void mc_term_set(mc_term *z, const mc_term *x) {
  z->base = x->base;
  fmpq_poly_set(z->p, x->p);
}

void mc_term_set_line(mc_term *z, size_t line) {
  z->base = line;
  fmpq_poly_zero(z->p);
  fmpq_poly_set_coeff_ui(z->p, 1, 1);
}

void mc_term_set_q(mc_term *z, const fmpq_t q) {
  z->base = MC_NO_BASE;
  fmpq_poly_set_fmpq(z->p, q);
}

void mc_term_set_ui(mc_term *z, ulong x) {
  z->base = MC_NO_BASE;
  fmpq_poly_set_ui(z->p, x);
}

bool mc_term_is_constant(const mc_term *x) {
  return x->base == MC_NO_BASE;
}

bool mc_term_is_one(const mc_term *x) {
  return mc_term_is_constant(x) && fmpq_poly_is_one(x->p);
}

static bool is_identity(const mc_term *x) {
  fmpq_poly_t t;
  fmpq_poly_init(t);
  fmpq_poly_set_coeff_ui(t, 1, 1);
  bool same = fmpq_poly_equal(x->p, t);
  fmpq_poly_clear(t);
  return same;
}

/* The line that holds x. */
size_t mc_compile_line_of(mc_compiler *c, const mc_term *x) {
  fmpq_t q;
  size_t line;
  if (mc_term_is_constant(x)) {
    fmpq_init(q);
    fmpq_poly_get_coeff_fmpq(q, x->p, 0);
    line = mc_compile_add_line(c, MC_CODE_CONSTANT, 0, 0, q);
    fmpq_clear(q);
    return line;
  }
  return is_identity(x) ? x->base : mc_compile_add_line(c, MC_CODE_POLYNOMIAL, x->base, find_polynomial(c, x->p), NULL);
}

static bool share_base(const mc_term *x, const mc_term *y) {
  return mc_term_is_constant(x) || mc_term_is_constant(y) || x->base == y->base;
}

static void term_binary(mc_compiler *c, mc_term *z, mc_code code, const mc_term *x, const mc_term *y) {
  size_t a = mc_compile_line_of(c, x), b = mc_compile_line_of(c, y);
  mc_term_set_line(z, mc_compile_add_line(c, code, a, b, NULL));
}

static void term_unary(mc_compiler *c, mc_term *z, mc_code code, const mc_term *x) {
  mc_term_set_line(z, mc_compile_add_line(c, code, mc_compile_line_of(c, x), 0, NULL));
}

static void settle(mc_compiler *c, mc_term *z, size_t base) {
  if (!mc_poly_fits(z->p))
    mc_compile_fail(c, too_large);
  z->base = fmpq_poly_length(z->p) <= 1 ? MC_NO_BASE : base;
}

static void term_add(mc_compiler *c, mc_term *z, const mc_term *x, const mc_term *y, bool minus) {
  size_t base = mc_term_is_constant(x) ? y->base : x->base;
  if (!share_base(x, y)) {
    term_binary(c, z, minus ? MC_CODE_SUB : MC_CODE_ADD, x, y);
    return;
  }
  if (minus)
    fmpq_poly_sub(z->p, x->p, y->p);
  else
    fmpq_poly_add(z->p, x->p, y->p);
  settle(c, z, base);
}

static void term_mul(mc_compiler *c, mc_term *z, const mc_term *x, const mc_term *y) {
  size_t base = mc_term_is_constant(x) ? y->base : x->base;
  if (!share_base(x, y) || fmpq_poly_length(x->p) + fmpq_poly_length(y->p) > GREATEST_DEGREE + 2) {
    term_binary(c, z, MC_CODE_MUL, x, y);
    return;
  }
  if (mc_poly_product_fits(x->p, y->p))
    fmpq_poly_mul(z->p, x->p, y->p);
  else
    mc_compile_fail(c, too_large);
  settle(c, z, base);
}

static void term_pow(mc_compiler *c, mc_term *z, const mc_term *x, ulong n) {
  size_t base = x->base;
  ulong degree = fmpq_poly_length(x->p) > 0 ? (ulong)fmpq_poly_length(x->p) - 1 : 0;
  if (n > GREATEST_POWER) {
    mc_compile_fail(c, "an exponent above 2000");
  } else if (mc_term_is_constant(x) || n <= 1 || degree * n <= GREATEST_DEGREE) {
    if (n <= 1 || mc_poly_power_fits(x->p, n))
      fmpq_poly_pow(z->p, x->p, n);
    else
      mc_compile_fail(c, too_large);
    settle(c, z, base);
  } else {
    base = mc_compile_line_of(c, x);
    fmpq_poly_zero(z->p);
    fmpq_poly_set_coeff_ui(z->p, (slong)n, 1);
    z->base = base;
  }
}

/* ---- Values ---- */

void mc_value_init(mc_value *x) {
  mc_term_init(&x->up);
  mc_term_init(&x->down);
  mc_term_set_ui(&x->down, 1);
}

void mc_value_clear(mc_value *x) {
  mc_term_clear(&x->up);
  mc_term_clear(&x->down);
}

void mc_value_set(mc_value *z, const mc_value *x) {
  mc_term_set(&z->up, &x->up);
  mc_term_set(&z->down, &x->down);
}

void mc_value_add(mc_compiler *c, mc_value *z, const mc_value *x, const mc_value *y, bool minus) {
  if (mc_term_is_one(&x->down) && mc_term_is_one(&y->down)) {
    term_add(c, &z->up, &x->up, &y->up, minus);
    mc_term_set_ui(&z->down, 1);
    return;
  }
  mc_term other;
  mc_value sum;
  mc_term_init(&other);
  mc_value_init(&sum);
  term_mul(c, &sum.up, &x->up, &y->down);
  term_mul(c, &other, &y->up, &x->down);
  term_add(c, &sum.up, &sum.up, &other, minus);
  term_mul(c, &sum.down, &x->down, &y->down);
  mc_value_set(z, &sum);
  mc_value_clear(&sum);
  mc_term_clear(&other);
}

void mc_value_mul(mc_compiler *c, mc_value *z, const mc_value *x, const mc_value *y) {
  mc_value product;
  mc_value_init(&product);
  term_mul(c, &product.up, &x->up, &y->up);
  term_mul(c, &product.down, &x->down, &y->down);
  mc_value_set(z, &product);
  mc_value_clear(&product);
}

static void keep_pole(mc_compiler *c, const mc_term *x, bool positive) {
  mc_program *p = c->program;
  if (p->pole_count == p->pole_capacity) {
    size_t capacity = p->pole_capacity ? 2 * p->pole_capacity : 8;
    mc_pole_line *poles = mc_realloc(p->poles, capacity, sizeof *poles);
    if (!poles) {
      mc_compile_fail(c, "out of memory");
      return;
    }
    p->poles = poles;
    p->pole_capacity = capacity;
  }
  p->poles[p->pole_count++] = (mc_pole_line){mc_compile_line_of(c, x), positive};
}

void mc_value_div(mc_compiler *c, mc_value *z, const mc_value *x, const mc_value *y) {
  if (mc_term_is_constant(&y->up) && mc_term_is_one(&y->down) && !fmpq_poly_is_zero(y->up.p)) {
    fmpq_t q;
    fmpq_init(q);
    fmpq_poly_get_coeff_fmpq(q, y->up.p, 0);
    mc_value_set(z, x);
    fmpq_poly_scalar_div_fmpq(z->up.p, z->up.p, q);
    settle(c, &z->up, z->up.base);
    fmpq_clear(q);
    return;
  }
  if (!c->program->cleared) {
    mc_term quotient;
    mc_term_init(&quotient);
    term_binary(c, &quotient, MC_CODE_DIV, &x->up, &y->up);
    mc_term_set(&z->up, &quotient);
    mc_term_set_ui(&z->down, 1);
    mc_term_clear(&quotient);
    return;
  }
  mc_value inverse;
  mc_value_init(&inverse);
  keep_pole(c, &y->up, false);
  mc_term_set(&inverse.up, &y->down);
  mc_term_set(&inverse.down, &y->up);
  mc_value_mul(c, z, x, &inverse);
  mc_value_clear(&inverse);
}

/* log(e) = 1, log(exp(u)) = u, exp(log(u)) = u; the inner line remains, since it must be defined. */
static bool term_inverse(mc_compiler *c, mc_term *z, mc_code code, const mc_term *x) {
  size_t line = mc_compile_line_of(c, x);
  if (c->failed)
    return false;
  mc_code inner = c->program->lines[line].code;
  bool inverse = (code == MC_CODE_LOG && (inner == MC_CODE_EXP || inner == MC_CODE_E)) ||
                 (code == MC_CODE_EXP && inner == MC_CODE_LOG);
  if (inverse && inner == MC_CODE_E)
    mc_term_set_ui(z, 1);
  else if (inverse)
    mc_term_set_line(z, c->program->lines[line].a);
  return inverse;
}

/* Functions are applied to what does not divide. */
void mc_value_function(mc_compiler *c, mc_value *z, mc_code code, const mc_value *x) {
  if (!mc_term_is_one(&x->down))
    mc_compile_fail(c, "a function of a quotient cannot be cleared");
  if (code == MC_CODE_LOG && c->program->cleared)
    keep_pole(c, &x->up, true);
  mc_term result;
  mc_term_init(&result);
  if (!term_inverse(c, &result, code, &x->up))
    term_unary(c, &result, code, &x->up);
  mc_term_set(&z->up, &result);
  mc_term_set_ui(&z->down, 1);
  mc_term_clear(&result);
}

void mc_value_extremum(mc_compiler *c, mc_value *z, mc_code code, const mc_value *x, const mc_value *y) {
  if (!mc_term_is_one(&x->down) || !mc_term_is_one(&y->down))
    mc_compile_fail(c, "a function of a quotient cannot be cleared");
  mc_term result;
  mc_term_init(&result);
  term_binary(c, &result, code, &x->up, &y->up);
  mc_term_set(&z->up, &result);
  mc_term_set_ui(&z->down, 1);
  mc_term_clear(&result);
}

void mc_value_whole_power(mc_compiler *c, mc_value *z, const mc_value *x, slong n) {
  mc_value one, power;
  mc_value_init(&one);
  mc_value_init(&power);
  term_pow(c, &power.up, &x->up, (ulong)(n < 0 ? -n : n));
  term_pow(c, &power.down, &x->down, (ulong)(n < 0 ? -n : n));
  mc_term_set_ui(&one.up, 1);
  if (n < 0)
    mc_value_div(c, z, &one, &power);
  else
    mc_value_set(z, &power);
  mc_value_clear(&one);
  mc_value_clear(&power);
}

/* A whole exponent, or a multiple of 1/2, or exp(y log x). */
void mc_value_power(mc_compiler *c, mc_value *z, const mc_value *x, const mc_value *y) {
  fmpq_t q;
  mc_value t;
  fmpq_init(q);
  mc_value_init(&t);
  bool fixed = mc_term_is_constant(&y->up) && mc_term_is_one(&y->down);
  if (fixed)
    fmpq_poly_get_coeff_fmpq(q, y->up.p, 0);
  if (fixed && fmpz_bits(fmpq_numref(q)) <= 20 && fmpz_cmp_ui(fmpq_denref(q), 2) <= 0) {
    bool halves = !fmpz_is_one(fmpq_denref(q));
    mc_value_set(&t, x);
    if (halves)
      mc_value_function(c, &t, MC_CODE_SQRT, x);
    mc_value_whole_power(c, z, &t, fmpz_get_si(fmpq_numref(q)));
  } else {
    mc_value_function(c, &t, MC_CODE_LOG, x);
    mc_value_mul(c, &t, &t, y);
    mc_value_function(c, z, MC_CODE_EXP, &t);
  }
  fmpq_clear(q);
  mc_value_clear(&t);
}
