/* Lines as quotients of polynomials in the generators that a certificate names.  What it does not name is unknown. */
#include "algebra.h"

#include <string.h>

#include "forms.h"
#include "jet.h"
#include "size.h"

enum { MOST_TERMS = 4000, GREATEST_EXPONENT = 2000, LONGEST_NUMBER = 8000, MOST_LINES = 4000 };

/* ---- Polynomials ---- */

bool mc_letters_multiply(fmpq_mpoly_t z, const fmpq_mpoly_t a, const fmpq_mpoly_t b, const mc_letters *x) {
  if (!mc_program_in_time(x->program) || !mc_mpoly_product_fits(a, b, x->ring))
    return false;
  fmpq_mpoly_mul(z, a, b, x->ring);
  return mc_mpoly_fits(z, x->ring);
}

void mc_letters_coefficient(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t letter, ulong power, const mc_letters *x) {
  const slong variable = (slong)letter;
  fmpq_mpoly_get_coeff_vars_ui(z, p, &variable, &power, 1, x->ring);
}

/* Horner's rule in one letter, or in its square. */
static bool horner(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t letter, const fmpq_mpoly_t by, bool square,
                   const mc_letters *x) {
  slong degree = fmpq_mpoly_degree_si(p, (slong)letter, x->ring), step = square ? 2 : 1;
  fmpq_mpoly_t sum, c, g;
  fmpq_mpoly_init(sum, x->ring);
  fmpq_mpoly_init(c, x->ring);
  fmpq_mpoly_init(g, x->ring);
  fmpq_mpoly_gen(g, (slong)letter, x->ring);
  bool fits = degree <= GREATEST_EXPONENT;
  for (slong i = degree / step; i >= 0 && fits; i--) {
    fits = mc_letters_multiply(sum, sum, by, x);
    for (slong odd = 0; odd < step && fits; odd++) {
      mc_letters_coefficient(c, p, letter, (ulong)(step * i + odd), x);
      if (odd == 1)
        fits = mc_letters_multiply(c, c, g, x);
      fmpq_mpoly_add(sum, sum, c, x->ring);
    }
    fits = fits && mc_mpoly_fits(sum, x->ring);
  }
  fmpq_mpoly_swap(z, sum, x->ring);
  fmpq_mpoly_clear(sum, x->ring);
  fmpq_mpoly_clear(c, x->ring);
  fmpq_mpoly_clear(g, x->ring);
  return fits;
}

bool mc_letters_replace(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t letter, const fmpq_mpoly_t by,
                        const mc_letters *x) {
  return horner(z, p, letter, by, false, x);
}

/* Letters are replaced from the last to the first, since what replaces them stands in earlier ones. */
bool mc_letters_reduce(fmpq_mpoly_t p, const mc_letters *x) {
  fmpq_mpoly_t square;
  bool fits = true;
  fmpq_mpoly_init(square, x->ring);
  for (size_t k = x->count; k-- > x->program->n && fits;) {
    const mc_letter *l = &x->letters[k];
    if (fmpq_mpoly_degree_si(p, (slong)k, x->ring) < 2)
      continue;
    if (l->kind == MC_LETTER_SQRT) {
      fmpq_mpoly_set(square, &l->of, x->ring);
    } else if (l->kind == MC_LETTER_ABS) {
      fits = mc_letters_multiply(square, &l->of, &l->of, x);
    } else if (l->kind == MC_LETTER_COS) {
      fmpq_mpoly_gen(square, (slong)k - 1, x->ring);
      fmpq_mpoly_mul(square, square, square, x->ring);
      fmpq_mpoly_neg(square, square, x->ring);
      fmpq_mpoly_add_ui(square, square, 1, x->ring);
    } else {
      continue;
    }
    fits = fits && horner(p, p, k, square, true, x);
  }
  fmpq_mpoly_clear(square, x->ring);
  return fits;
}

bool mc_letters_read(fmpq_mpoly_t p, const mc_letters *x, const json_t *json, size_t count) {
  size_t i, k;
  const json_t *term, *entry;
  fmpq_t c;
  bool ok = json_is_array(json) && json_array_size(json) <= MOST_TERMS;
  fmpq_init(c);
  fmpq_mpoly_zero(p, x->ring);
  for (i = 0; ok && i < json_array_size(json); i++) {
    ulong exponents[MC_MOST_LETTERS] = {0};
    term = json_array_get(json, i);
    const char *text = json_string_value(json_array_get(term, 0));
    ok = text && strlen(text) <= LONGEST_NUMBER && fmpq_set_str(c, text, 10) == 0 && !fmpz_is_zero(fmpq_denref(c)) &&
         json_array_size(term) <= count + 1;
    for (k = 1; ok && k < json_array_size(term); k++) {
      entry = json_array_get(term, k);
      ok = json_is_integer(entry) && json_integer_value(entry) >= 0 && json_integer_value(entry) <= GREATEST_EXPONENT;
      exponents[k - 1] = ok ? (ulong)json_integer_value(entry) : 0;
    }
    if (!ok)
      break;
    fmpq_canonicalise(c);
    fmpq_mpoly_push_term_fmpq_ui(p, c, exponents, x->ring);
    ok = mc_mpoly_weight(p, x->ring) <= MC_MOST_WEIGHT;
  }
  fmpq_clear(c);
  fmpq_mpoly_sort_terms(p, x->ring);
  fmpq_mpoly_combine_like_terms(p, x->ring);
  return ok && mc_mpoly_fits(p, x->ring);
}

/* ---- Generators ---- */

static bool read_letter(mc_letters *x, const json_t *json) {
  static const char *const names[] = {"", "sqrt", "abs", "let", "exp", "log", "sin", "cos", "pi", "e"};
  const char *name = json_string_value(json_array_get(json, 0));
  mc_letter *l = &x->letters[x->count];
  if (!name)
    return false;
  for (size_t i = MC_LETTER_SQRT; i <= MC_LETTER_E; i++)
    if (strcmp(name, names[i]) == 0)
      l->kind = (mc_letter_kind)i;
  if (l->kind == MC_LETTER_VARIABLE || !mc_letters_read(&l->of, x, json_array_get(json, 1), x->count))
    return false;
  /* A cosine stands right behind its sine. */
  if (l->kind == MC_LETTER_COS)
    return x->count > 0 && x->letters[x->count - 1].kind == MC_LETTER_SIN &&
           fmpq_mpoly_equal(&l->of, &x->letters[x->count - 1].of, x->ring);
  return true;
}

/* The generator that stands for the function of p, or for |c p|; SIZE_MAX: none. */
static size_t find_letter(const mc_letters *x, mc_letter_kind kind, const fmpq_mpoly_t of) {
  for (size_t k = x->program->n; k < x->count; k++)
    if (x->letters[k].kind == kind && fmpq_mpoly_equal(&x->letters[k].of, of, x->ring))
      return k;
  return SIZE_MAX;
}

static bool set_letter(fmpq_mpoly_t z, mc_letters *x, mc_letter_kind kind, const fmpq_mpoly_t of, size_t line) {
  size_t k = find_letter(x, kind, of);
  if (k == SIZE_MAX)
    return false;
  x->letters[k].met = true;
  if (line != SIZE_MAX)
    x->letters[k].line = line;
  fmpq_mpoly_gen(z, (slong)k, x->ring);
  return true;
}

/* |c p| = |c| |p|. */
static bool absolute(fmpq_mpoly_t z, mc_letters *x, const fmpq_mpoly_t of) {
  fmpq_t c;
  fmpq_mpoly_t monic;
  bool ok = true;
  if (fmpq_mpoly_is_zero(of, x->ring)) {
    fmpq_mpoly_zero(z, x->ring);
    return true;
  }
  fmpq_init(c);
  fmpq_mpoly_init(monic, x->ring);
  fmpq_mpoly_get_term_coeff_fmpq(c, of, 0, x->ring);
  fmpq_mpoly_scalar_div_fmpq(monic, of, c, x->ring);
  fmpq_abs(c, c);
  if (fmpq_mpoly_is_fmpq(monic, x->ring))
    fmpq_mpoly_one(z, x->ring);
  else
    ok = set_letter(z, x, MC_LETTER_ABS, monic, SIZE_MAX);
  fmpq_mpoly_scalar_mul_fmpq(z, z, c, x->ring);
  fmpq_clear(c);
  fmpq_mpoly_clear(monic, x->ring);
  return ok;
}

/* ---- Lines ---- */

typedef fmpq_mpoly_struct polynomial;

static bool set_sum(mc_letters *x, polynomial *up, polynomial *down, size_t a, size_t b, bool minus) {
  fmpq_mpoly_t t;
  fmpq_mpoly_init(t, x->ring);
  bool fits = mc_letters_multiply(up, &x->ups[a], &x->downs[b], x) &&
              mc_letters_multiply(t, &x->ups[b], &x->downs[a], x) &&
              mc_letters_multiply(down, &x->downs[a], &x->downs[b], x);
  if (minus)
    fmpq_mpoly_neg(t, t, x->ring);
  fmpq_mpoly_add(up, up, t, x->ring);
  fmpq_mpoly_clear(t, x->ring);
  return fits;
}

/* Down is not zero where the line is defined; neither is a common factor then.  Down becomes monic. */
static void cancel(mc_letters *x, polynomial *up, polynomial *down) {
  fmpq_mpoly_t g;
  fmpq_t c;
  fmpq_mpoly_init(g, x->ring);
  fmpq_init(c);
  if (!fmpq_mpoly_is_fmpq(down, x->ring) && mc_mpoly_gcd_fits(up, down, x->ring) &&
      fmpq_mpoly_gcd(g, up, down, x->ring) && !fmpq_mpoly_is_zero(g, x->ring)) {
    fmpq_mpoly_divides(up, up, g, x->ring);
    fmpq_mpoly_divides(down, down, g, x->ring);
  }
  fmpq_mpoly_get_term_coeff_fmpq(c, down, 0, x->ring);
  fmpq_mpoly_scalar_div_fmpq(up, up, c, x->ring);
  fmpq_mpoly_scalar_div_fmpq(down, down, c, x->ring);
  fmpq_mpoly_clear(g, x->ring);
  fmpq_clear(c);
}

/* sum_i p_i u^i d^(n - i) over d^n; a named operand is a letter. */
static bool set_composition(mc_letters *x, polynomial *up, polynomial *down, const fmpq_poly_t p, size_t a) {
  fmpq_mpoly_t u, term;
  fmpq_t c;
  slong n = fmpq_poly_degree(p);
  fmpq_mpoly_init(u, x->ring);
  fmpq_mpoly_init(term, x->ring);
  fmpq_init(c);
  if (!fmpq_mpoly_is_one(&x->downs[a], x->ring) || !set_letter(u, x, MC_LETTER_LET, &x->ups[a], a))
    fmpq_mpoly_set(u, &x->ups[a], x->ring);
  bool fits = true;
  fmpq_mpoly_zero(up, x->ring);
  fmpq_mpoly_one(down, x->ring);
  for (slong i = n; i >= 0 && fits; i--) {
    fmpq_poly_get_coeff_fmpq(c, p, i);
    fmpq_mpoly_scalar_mul_fmpq(term, down, c, x->ring);
    fits = mc_letters_multiply(up, up, u, x);
    if (fits)
      fmpq_mpoly_add(up, up, term, x->ring);
    fits = fits && (i == 0 || mc_letters_multiply(down, down, &x->downs[a], x));
  }
  fmpq_mpoly_clear(u, x->ring);
  fmpq_mpoly_clear(term, x->ring);
  fmpq_clear(c);
  return fits;
}

/* sqrt(u/d) = sqrt(u d)/|d|. */
static bool set_root(mc_letters *x, polynomial *up, polynomial *down, size_t a, size_t line) {
  fmpq_mpoly_t product;
  fmpq_mpoly_init(product, x->ring);
  bool plain = fmpq_mpoly_is_one(&x->downs[a], x->ring);
  bool ok = mc_letters_multiply(product, &x->ups[a], &x->downs[a], x) && mc_letters_reduce(product, x) &&
            set_letter(up, x, MC_LETTER_SQRT, product, plain ? line : SIZE_MAX) && absolute(down, x, &x->downs[a]);
  fmpq_mpoly_clear(product, x->ring);
  return ok;
}

/* min, max = (a + b ∓ |a - b|)/2 */
static bool set_extremum(mc_letters *x, polynomial *up, polynomial *down, const mc_line *l) {
  fmpq_mpoly_t u, d, s, t;
  fmpq_mpoly_init(u, x->ring);
  fmpq_mpoly_init(d, x->ring);
  fmpq_mpoly_init(s, x->ring);
  fmpq_mpoly_init(t, x->ring);
  bool ok = set_sum(x, u, d, l->a, l->b, true) && mc_letters_reduce(u, x) && mc_letters_reduce(d, x) &&
            !fmpq_mpoly_is_zero(d, x->ring);
  if (ok)
    cancel(x, u, d);
  ok = ok && absolute(u, x, u) && absolute(d, x, d) && set_sum(x, s, t, l->a, l->b, false) &&
       mc_letters_multiply(up, s, d, x) && mc_letters_multiply(s, u, t, x) && mc_letters_multiply(down, t, d, x);
  if (ok && l->code == MC_CODE_MIN)
    fmpq_mpoly_neg(s, s, x->ring);
  if (ok) {
    fmpq_mpoly_add(up, up, s, x->ring);
    fmpq_mpoly_scalar_mul_ui(down, down, 2, x->ring);
  }
  fmpq_mpoly_clear(u, x->ring);
  fmpq_mpoly_clear(d, x->ring);
  fmpq_mpoly_clear(s, x->ring);
  fmpq_mpoly_clear(t, x->ring);
  return ok;
}

/* exp(log(u)) = u, log(exp(u)) = u. */
static bool set_function(mc_letters *x, polynomial *up, mc_letter_kind kind, size_t a, size_t line) {
  mc_letter_kind inverse = kind == MC_LETTER_EXP   ? MC_LETTER_LOG
                           : kind == MC_LETTER_LOG ? MC_LETTER_EXP
                                                   : MC_LETTER_VARIABLE;
  if (!fmpq_mpoly_is_one(&x->downs[a], x->ring))
    return false;
  for (size_t k = x->program->n; k < x->count; k++)
    if (x->letters[k].kind == inverse && fmpq_mpoly_is_gen(&x->ups[a], (slong)k, x->ring)) {
      fmpq_mpoly_set(up, &x->letters[k].of, x->ring);
      return true;
    }
  return set_letter(up, x, kind, &x->ups[a], line);
}

static bool set_line(mc_letters *x, size_t i) {
  const mc_line *l = &x->program->lines[i];
  polynomial *up = &x->ups[i], *down = &x->downs[i];
  bool left = l->a < i && x->known[l->a], both = left && l->b < i && x->known[l->b];
  fmpq_mpoly_one(down, x->ring);
  switch (l->code) {
  case MC_CODE_CONSTANT:
    fmpq_mpoly_set_fmpq(up, l->constant, x->ring);
    return true;
  case MC_CODE_VARIABLE:
    fmpq_mpoly_gen(up, (slong)l->a, x->ring);
    return true;
  case MC_CODE_PI:
  case MC_CODE_E:
    fmpq_mpoly_zero(up, x->ring);
    return set_letter(up, x, l->code == MC_CODE_PI ? MC_LETTER_PI : MC_LETTER_E, up, i);
  case MC_CODE_POLYNOMIAL:
    return left && set_composition(x, up, down, x->program->polynomials[l->b].exact, l->a);
  case MC_CODE_ADD:
  case MC_CODE_SUB:
    return both && set_sum(x, up, down, l->a, l->b, l->code == MC_CODE_SUB);
  case MC_CODE_MUL:
    return both && mc_letters_multiply(up, &x->ups[l->a], &x->ups[l->b], x) &&
           mc_letters_multiply(down, &x->downs[l->a], &x->downs[l->b], x);
  case MC_CODE_DIV:
    return both && mc_letters_multiply(up, &x->ups[l->a], &x->downs[l->b], x) &&
           mc_letters_multiply(down, &x->downs[l->a], &x->ups[l->b], x);
  case MC_CODE_SQRT:
    return left && set_root(x, up, down, l->a, i);
  case MC_CODE_ABS:
    return left && absolute(up, x, &x->ups[l->a]) && absolute(down, x, &x->downs[l->a]);
  case MC_CODE_MIN:
  case MC_CODE_MAX:
    return both && set_extremum(x, up, down, l);
  case MC_CODE_EXP:
    return left && set_function(x, up, MC_LETTER_EXP, l->a, i);
  case MC_CODE_LOG:
    return left && set_function(x, up, MC_LETTER_LOG, l->a, i);
  case MC_CODE_SIN:
    return left && set_function(x, up, MC_LETTER_SIN, l->a, i);
  case MC_CODE_COS:
    return left && set_function(x, up, MC_LETTER_COS, l->a, i);
  }
  return false;
}

static void set_lines(mc_letters *x) {
  uint64_t kept = 0;
  for (size_t i = 0; i < x->program->line_count && mc_program_in_time(x->program); i++) {
    polynomial *up = &x->ups[i], *down = &x->downs[i];
    bool known =
        set_line(x, i) && mc_letters_reduce(up, x) && mc_letters_reduce(down, x) && !fmpq_mpoly_is_zero(down, x->ring);
    if (known)
      cancel(x, up, down);
    x->known[i] = known && mc_mpoly_fits(up, x->ring) && mc_mpoly_fits(down, x->ring) &&
                  (kept += mc_mpoly_weight(up, x->ring) + mc_mpoly_weight(down, x->ring)) < MC_MOST_KEPT;
    if (!x->known[i]) {
      fmpq_mpoly_zero(up, x->ring);
      fmpq_mpoly_zero(down, x->ring);
    }
  }
}

/* A root or logarithm that is none of the claim's need not exist. */
static bool all_exist(const mc_letters *x) {
  for (size_t k = x->program->n; k < x->count; k++)
    if ((x->letters[k].kind == MC_LETTER_SQRT || x->letters[k].kind == MC_LETTER_LOG) && !x->letters[k].met)
      return false;
  return true;
}

bool mc_letters_init(mc_letters *x, mc_program *program, const mc_iv *box, const json_t *generators) {
  size_t lines = program->line_count;
  *x = (mc_letters){.program = program, .box = box};
  fmpq_mpoly_ctx_init(x->ring, MC_MOST_LETTERS, ORD_LEX);
  for (size_t k = 0; k < MC_MOST_LETTERS; k++) {
    fmpq_mpoly_init(&x->letters[k].of, x->ring);
    mc_iv_init(&x->letters[k].value);
    x->letters[k].line = SIZE_MAX;
  }
  x->count = program->n;
  for (size_t i = 0; i < json_array_size(generators); i++) {
    if (x->count == MC_MOST_LETTERS || !read_letter(x, json_array_get(generators, i)))
      return false;
    x->count++;
  }
  x->ups = mc_alloc(lines + 1, sizeof *x->ups);
  x->downs = mc_alloc(lines + 1, sizeof *x->downs);
  x->known = mc_alloc(lines + 1, sizeof *x->known);
  x->values = mc_iv_vector_new(lines);
  for (size_t i = 0; x->ups && x->downs && i < lines; i++) {
    fmpq_mpoly_init(&x->ups[i], x->ring);
    fmpq_mpoly_init(&x->downs[i], x->ring);
  }
  mc_jets plain = mc_jets_of(program->n, 0);
  if (!x->ups || !x->downs || !x->known || !x->values || lines > MOST_LINES ||
      !mc_jets_evaluate(x->values, &plain, program, box))
    return false;
  set_lines(x);
  return all_exist(x);
}

void mc_letters_clear(mc_letters *x) {
  size_t lines = x->program->line_count;
  for (size_t i = 0; x->ups && x->downs && i < lines; i++) {
    fmpq_mpoly_clear(&x->ups[i], x->ring);
    fmpq_mpoly_clear(&x->downs[i], x->ring);
  }
  mc_free(x->ups);
  mc_free(x->downs);
  mc_free(x->known);
  mc_iv_vector_free(x->values, lines);
  for (size_t k = 0; k < MC_MOST_LETTERS; k++) {
    fmpq_mpoly_clear(&x->letters[k].of, x->ring);
    mpfi_clear(&x->letters[k].value);
  }
  fmpq_mpoly_ctx_clear(x->ring);
}

bool mc_letters_sign_polynomial(fmpq_mpoly_t p, const mc_letters *x, size_t line) {
  return x->known[line] && mc_letters_multiply(p, &x->ups[line], &x->downs[line], x) && mc_letters_reduce(p, x);
}
