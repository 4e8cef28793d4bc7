#include "exact.h"

#include "../base/base.h"
#include "field.h"
#include "jet.h"
#include "size.h"

static bool has_second(mc_code code) {
  return code == MC_CODE_ADD || code == MC_CODE_SUB || code == MC_CODE_MUL || code == MC_CODE_DIV ||
         code == MC_CODE_MIN || code == MC_CODE_MAX;
}

/* ---- Series ---- */

typedef struct {
  const mc_program *program;
  const fmpq *t;
  size_t along;
  slong length;
  fmpq_poly_struct *all;
  bool *known;
  bool demanding;   /* a product is known only if both factors are */
  size_t stretched; /* the line that is a constant times the variable; SIZE_MAX: none */
} series;

static void constant_of(fmpq_t c, const fmpq_poly_struct *a) {
  fmpq_poly_get_coeff_fmpq(c, a, 0);
}

/* p(a) by Horner's rule. */
static bool series_compose(const series *s, fmpq_poly_t z, const fmpq_poly_t p, const fmpq_poly_struct *a) {
  fmpq_t c;
  fmpq_poly_t term;
  fmpq_init(c);
  fmpq_poly_init(term);
  fmpq_poly_zero(z);
  bool fits = true;
  for (slong i = fmpq_poly_length(p); i-- > 0 && fits;) {
    fmpq_poly_mullow(z, z, a, s->length);
    fmpq_poly_get_coeff_fmpq(c, p, i);
    fmpq_poly_set_fmpq(term, c);
    fmpq_poly_add(z, z, term);
    fits = mc_poly_fits(z) && mc_program_in_time(s->program);
  }
  fmpq_clear(c);
  fmpq_poly_clear(term);
  return fits;
}

static bool series_sqrt(fmpq_poly_t z, const fmpq_poly_struct *a, slong length) {
  fmpq_t c;
  fmpq_init(c);
  constant_of(c, a);
  bool square = fmpq_sgn(c) >= 0 && fmpz_is_square(fmpq_numref(c)) && fmpz_is_square(fmpq_denref(c)) &&
                (fmpq_sgn(c) > 0 || length == 1);
  if (square && length == 1) {
    fmpz_sqrt(fmpq_numref(c), fmpq_numref(c));
    fmpz_sqrt(fmpq_denref(c), fmpq_denref(c));
    fmpq_poly_set_fmpq(z, c);
  } else if (square) {
    /* sqrt(a) = sqrt(c) sqrt(a/c) */
    fmpq_poly_scalar_div_fmpq(z, a, c);
    fmpq_poly_sqrt_series(z, z, length);
    fmpz_sqrt(fmpq_numref(c), fmpq_numref(c));
    fmpz_sqrt(fmpq_denref(c), fmpq_denref(c));
    fmpq_poly_scalar_mul_fmpq(z, z, c);
  }
  fmpq_clear(c);
  return square;
}

/* exp, sin, cos at 0 and log at 1 have rational series. */
static bool series_function(fmpq_poly_t z, mc_code code, const fmpq_poly_struct *a, slong length) {
  fmpq_t c;
  fmpq_init(c);
  constant_of(c, a);
  bool known = code == MC_CODE_LOG ? fmpq_is_one(c) : fmpq_is_zero(c);
  fmpq_clear(c);
  if (!known)
    return false;
  switch (code) {
  case MC_CODE_EXP:
    fmpq_poly_exp_series(z, a, length);
    return true;
  case MC_CODE_LOG:
    fmpq_poly_log_series(z, a, length);
    return true;
  case MC_CODE_SIN:
    fmpq_poly_sin_series(z, a, length);
    return true;
  case MC_CODE_COS:
    fmpq_poly_cos_series(z, a, length);
    return true;
  default:
    return false;
  }
}

/* |a|, min, max: of the side on which the constant terms are; at a tie only the value is known. */
static bool series_piece(fmpq_poly_t z, mc_code code, const fmpq_poly_struct *a, const fmpq_poly_struct *b,
                         slong length) {
  fmpq_t x, y;
  fmpq_init(x);
  fmpq_init(y);
  constant_of(x, a);
  if (code != MC_CODE_ABS)
    constant_of(y, b);
  int order = fmpq_cmp(x, y);
  if (code == MC_CODE_ABS && order < 0)
    fmpq_poly_neg(z, a);
  else if (code == MC_CODE_ABS)
    fmpq_poly_set(z, a);
  else
    fmpq_poly_set(z, (order <= 0) == (code == MC_CODE_MIN) ? a : b);
  fmpq_clear(x);
  fmpq_clear(y);
  return order != 0 || length == 1;
}

/* A zero factor settles a product, whatever number the other is. */
static bool series_product(series *s, fmpq_poly_t z, const mc_line *x) {
  const fmpq_poly_struct *a = s->all + x->a, *b = s->all + x->b;
  bool both = s->known[x->a] && s->known[x->b];
  if (both)
    fmpq_poly_mullow(z, a, b, s->length);
  return both ||
         (!s->demanding && ((s->known[x->a] && fmpq_poly_is_zero(a)) || (s->known[x->b] && fmpq_poly_is_zero(b))));
}

static bool series_quotient(fmpq_poly_t z, const fmpq_poly_struct *a, const fmpq_poly_struct *b, slong length) {
  fmpq_t c;
  fmpq_init(c);
  constant_of(c, b);
  bool defined = !fmpq_is_zero(c);
  if (defined)
    fmpq_poly_div_series(z, a, b, length);
  fmpq_clear(c);
  return defined;
}

static bool series_line(series *s, size_t i) {
  const mc_line *x = &s->program->lines[i];
  fmpq_poly_struct *z = s->all + i;
  const fmpq_poly_struct *a = s->all + x->a, *b = s->all + x->b;
  bool binary = has_second(x->code);
  if (x->code == MC_CODE_MUL)
    return series_product(s, z, x);
  if (x->code > MC_CODE_VARIABLE && (!s->known[x->a] || (binary && !s->known[x->b])))
    return false;
  switch (x->code) {
  case MC_CODE_CONSTANT:
    fmpq_poly_set_fmpq(z, x->constant);
    return true;
  case MC_CODE_VARIABLE:
    fmpq_poly_set_fmpq(z, s->t + x->a);
    if (x->a == s->along && s->length > 1)
      fmpq_poly_set_coeff_ui(z, 1, 1);
    return true;
  case MC_CODE_POLYNOMIAL:
    return series_compose(s, z, s->program->polynomials[x->b].exact, a);
  case MC_CODE_ADD:
    fmpq_poly_add(z, a, b);
    return true;
  case MC_CODE_SUB:
    fmpq_poly_sub(z, a, b);
    return true;
  case MC_CODE_DIV:
    return series_quotient(z, a, b, s->length);
  case MC_CODE_SQRT:
    return series_sqrt(z, a, s->length);
  case MC_CODE_ABS:
  case MC_CODE_MIN:
  case MC_CODE_MAX:
    return series_piece(z, x->code, a, b, s->length);
  default:
    return series_function(z, x->code, a, s->length);
  }
}

/* The lines up to `count`; false: out of memory or time. */
static bool series_init(series *s, size_t count) {
  uint64_t kept = 0;
  s->all = mc_alloc(count + 1, sizeof *s->all);
  s->known = mc_alloc(count + 1, sizeof *s->known);
  if (!s->all || !s->known)
    return false;
  for (size_t i = 0; i < count; i++)
    fmpq_poly_init(s->all + i);
  for (size_t i = 0; i < count && mc_program_in_time(s->program); i++) {
    if (i == s->stretched)
      fmpq_poly_set_coeff_ui(s->all + i, 1, 1);
    s->known[i] = (i == s->stretched || series_line(s, i)) && mc_poly_fits(s->all + i) &&
                  (kept += mc_poly_weight(s->all + i)) < MC_MOST_KEPT;
    if (!s->known[i])
      fmpq_poly_zero(s->all + i);
  }
  return mc_program_in_time(s->program);
}

static void series_clear(series *s, size_t count) {
  for (size_t i = 0; s->all && s->known && i < count; i++)
    fmpq_poly_clear(s->all + i);
  mc_free(s->all);
  mc_free(s->known);
}

bool mc_exact_series(fmpq_poly_t z, const mc_program *program, size_t line, const fmpq *t, size_t j, slong length) {
  series s = {.program = program, .t = t, .along = j, .length = length, .stretched = SIZE_MAX};
  bool known = series_init(&s, line + 1) && s.known[line];
  if (known)
    fmpq_poly_set(z, s.all + line);
  series_clear(&s, line + 1);
  return known;
}

/* The values of all lines at a rational point; NULL: out of memory. */
static mc_iv *values_at(mc_program *program, const fmpq *t) {
  mc_jets s = mc_jets_of(program->n, 0);
  mc_iv *box = mc_iv_vector_new(program->n), *values = mc_iv_vector_new(program->line_count);
  for (size_t j = 0; box && j < program->n; j++)
    mc_iv_set_q(box + j, t + j);
  bool ok = box && values && mc_jets_evaluate(values, &s, program, box);
  mc_iv_vector_free(box, program->n);
  if (ok)
    return values;
  mc_iv_vector_free(values, program->line_count);
  return NULL;
}

/* In one variable: does t enter through one product with a constant alone, which is not 0?  Its line; SIZE_MAX: no. */
static size_t stretched_line(mc_program *program, const fmpq *t) {
  size_t products = 0, others = 0, product = SIZE_MAX, constant = 0;
  bool *varies = mc_alloc(program->line_count + 1, sizeof *varies);
  mc_iv *values = values_at(program, t);
  for (size_t i = 0; varies && i < program->line_count; i++) {
    const mc_line *x = &program->lines[i];
    bool first = x->code > MC_CODE_VARIABLE, second = has_second(x->code);
    varies[i] = x->code == MC_CODE_VARIABLE || (first && varies[x->a]) || (second && varies[x->b]);
    bool at_a = first && program->lines[x->a].code == MC_CODE_VARIABLE;
    bool at_b = second && program->lines[x->b].code == MC_CODE_VARIABLE;
    if (x->code == MC_CODE_MUL && at_a != at_b && !varies[at_a ? x->b : x->a]) {
      products++;
      product = i;
      constant = at_a ? x->b : x->a;
    } else if (at_a || at_b) {
      others++;
    }
  }
  bool stretched = varies && values && products == 1 && others == 0 &&
                   (mc_iv_positive(values + constant) || mc_iv_negative(values + constant));
  mc_iv_vector_free(values, program->line_count);
  mc_free(varies);
  return stretched ? product : SIZE_MAX;
}

bool mc_exact_vanishes(mc_program *program, size_t line, const fmpq *t, slong order) {
  series s = {.program = program, .t = t, .length = order, .stretched = SIZE_MAX};
  /* As a function of w t a line vanishes at t = 0 to the same order as in t. */
  if (program->n == 1 && fmpq_is_zero(t))
    s.stretched = stretched_line(program, t);
  bool vanishes = series_init(&s, line + 1) && s.known[line] && fmpq_poly_is_zero(s.all + line);
  series_clear(&s, line + 1);
  return vanishes;
}

/* ---- Signs at points ---- */

static int interval_sign(mc_program *program, size_t line, const fmpq *t) {
  mc_iv *values = values_at(program, t);
  int sign = values && mc_iv_positive(values + line) ? 1 : values && mc_iv_negative(values + line) ? -1 : 2;
  mc_iv_vector_free(values, program->line_count);
  return sign;
}

static bool is_zero_in_field(mc_program *program, size_t line, const fmpq *t) {
  mc_iv *values = values_at(program, t);
  const mc_place at = {.t = t, .values = values};
  bool zero = values && mc_place_is_zero(program, line, &at);
  mc_iv_vector_free(values, program->line_count);
  return zero;
}

bool mc_exact_is_defined(mc_program *program, const fmpq *t) {
  mc_iv *values = values_at(program, t);
  series s = {.program = program, .t = t, .length = 1, .demanding = true, .stretched = SIZE_MAX};
  bool defined = series_init(&s, program->line_count) && values;
  for (size_t i = 0; i < program->line_count && defined; i++)
    defined = s.known[i] || mc_iv_usable(values + i);
  series_clear(&s, program->line_count);
  mc_iv_vector_free(values, program->line_count);
  return defined;
}

int mc_exact_sign(mc_program *program, size_t line, const fmpq *t) {
  int sign = interval_sign(program, line, t);
  fmpq_poly_t z;
  fmpq_t c;
  if (sign != 2)
    return sign;
  fmpq_poly_init(z);
  fmpq_init(c);
  if (mc_exact_series(z, program, line, t, 0, 1)) {
    constant_of(c, z);
    sign = fmpq_sgn(c) > 0 ? 1 : fmpq_sgn(c) < 0 ? -1 : 0;
  } else if (is_zero_in_field(program, line, t)) {
    sign = 0;
  }
  fmpq_poly_clear(z);
  fmpq_clear(c);
  return sign;
}
