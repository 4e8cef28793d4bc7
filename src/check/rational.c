/* Rational functions: identities by their values on a grid, signs by Sturm's theorem. */
#include <math.h>

#include "exact.h"

#include "../base/base.h"
#include "size.h"

enum { MOST_GRID = 20000, GREATEST_DEGREE = 200 };

/* ---- Degrees: line = up/down with up of degree at most up_j, down at most down_j in t_j ---- */

typedef struct {
  double up[4], down[4]; /* whole numbers; infinite: no rational function */
} degrees;

static void degrees_of(degrees *z, const mc_program *program, const mc_line *x, const degrees *all) {
  const degrees *a = &all[x->a], *b = &all[x->b];
  for (size_t j = 0; j < 4; j++) {
    double p;
    z->up[j] = z->down[j] = 0;
    switch (x->code) {
    case MC_CODE_CONSTANT:
      break;
    case MC_CODE_VARIABLE:
      z->up[j] = x->a == j;
      break;
    case MC_CODE_POLYNOMIAL:
      p = (double)fmpq_poly_degree(program->polynomials[x->b].exact);
      z->up[j] = p * (a->up[j] > a->down[j] ? a->up[j] : a->down[j]);
      z->down[j] = p * a->down[j];
      break;
    case MC_CODE_ADD:
    case MC_CODE_SUB:
      p = a->down[j] + b->up[j];
      z->up[j] = a->up[j] + b->down[j] > p ? a->up[j] + b->down[j] : p;
      z->down[j] = a->down[j] + b->down[j];
      break;
    case MC_CODE_MUL:
      z->up[j] = a->up[j] + b->up[j];
      z->down[j] = a->down[j] + b->down[j];
      break;
    case MC_CODE_DIV:
      z->up[j] = a->up[j] + b->down[j];
      z->down[j] = a->down[j] + b->up[j];
      break;
    default:
      z->up[j] = z->down[j] = INFINITY;
    }
  }
}

/* The value of line a - line b at a point, where both are defined: is it 0? */
static bool vanishes_at(const mc_program *program, size_t a, size_t b, const fmpq *t) {
  fmpq_poly_t x, y;
  fmpq_poly_init(x);
  fmpq_poly_init(y);
  bool zero = mc_exact_series(x, program, a, t, 0, 1) && (b == SIZE_MAX || mc_exact_series(y, program, b, t, 0, 1)) &&
              fmpq_poly_equal(x, y);
  fmpq_poly_clear(x);
  fmpq_poly_clear(y);
  return zero;
}

/* A polynomial of degree at most d_j in t_j that vanishes on a grid of (d_j + 1) points each is zero; so is up, if
 * up/down is defined and vanishes on the grid. */
static bool vanishes_on_grid(const mc_program *program, size_t a, size_t b, const degrees *d) {
  size_t n = program->n, size[4], at[4] = {0};
  double points = 1;
  for (size_t j = 0; j < n; j++) {
    points *= d->up[j] + 1;
    if (!(points <= MOST_GRID))
      return false;
    size[j] = (size_t)d->up[j] + 1;
  }
  fmpq t[4];
  for (size_t j = 0; j < 4; j++)
    fmpq_init(t + j);
  bool zero = true, more = true;
  while (zero && more) {
    for (size_t j = 0; j < n; j++)
      fmpq_set_si(t + j, (slong)(7 * at[j] + 3), 7 * size[j] + 5 + j);
    zero = vanishes_at(program, a, b, t); /* which has an eye on the time */
    size_t j = 0;
    while (j < n && ++at[j] == size[j])
      at[j++] = 0;
    more = j < n;
  }
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(t + j);
  return zero;
}

bool mc_exact_identity(const mc_program *program, size_t a, size_t b) {
  size_t last = b != SIZE_MAX && b > a ? b : a;
  degrees *all = mc_alloc(last + 2, sizeof *all);
  if (!all)
    return false;
  for (size_t i = 0; i <= last; i++)
    degrees_of(&all[i], program, &program->lines[i], all);
  if (b != SIZE_MAX) {
    mc_line difference = {.code = MC_CODE_SUB, .a = a, .b = b};
    degrees_of(&all[last + 1], program, &difference, all);
  } else {
    all[last + 1] = all[a];
  }
  bool zero = vanishes_on_grid(program, a, b, &all[last + 1]);
  mc_free(all);
  return zero;
}

/* ---- One variable: up and down as polynomials ---- */

typedef struct {
  fmpq_poly_t up, down;
  bool known;
} quotient;

static bool multiply(fmpq_poly_t z, const fmpq_poly_t a, const fmpq_poly_t b) {
  bool fits = mc_poly_product_fits(a, b);
  if (fits)
    fmpq_poly_mul(z, a, b);
  return fits;
}

static bool compose(quotient *z, const fmpq_poly_t p, const quotient *a) {
  fmpq_t c;
  fmpq_poly_t term;
  bool fits = true;
  fmpq_init(c);
  fmpq_poly_init(term);
  fmpq_poly_zero(z->up);
  fmpq_poly_one(z->down);
  for (slong i = fmpq_poly_degree(p); i >= 0 && fits; i--) {
    fmpq_poly_get_coeff_fmpq(c, p, i);
    fmpq_poly_scalar_mul_fmpq(term, z->down, c);
    fits = multiply(z->up, z->up, a->up) && (i == 0 || multiply(z->down, z->down, a->down));
    fmpq_poly_add(z->up, z->up, term);
  }
  fmpq_clear(c);
  fmpq_poly_clear(term);
  return fits;
}

static bool expand_line(quotient *z, const mc_program *program, const mc_line *x, const quotient *all) {
  const quotient *a = &all[x->a], *b = &all[x->b];
  fmpq_poly_t term;
  bool fits,
      binary = x->code == MC_CODE_ADD || x->code == MC_CODE_SUB || x->code == MC_CODE_MUL || x->code == MC_CODE_DIV;
  fmpq_poly_one(z->down);
  if (x->code == MC_CODE_CONSTANT) {
    fmpq_poly_set_fmpq(z->up, x->constant);
    return true;
  }
  if (x->code == MC_CODE_VARIABLE) {
    fmpq_poly_set_coeff_ui(z->up, 1, 1);
    return true;
  }
  if (!a->known || (binary && !b->known))
    return false;
  switch (x->code) {
  case MC_CODE_POLYNOMIAL:
    return compose(z, program->polynomials[x->b].exact, a);
  case MC_CODE_ADD:
  case MC_CODE_SUB:
    fmpq_poly_init(term);
    fits = multiply(z->up, a->up, b->down) && multiply(term, b->up, a->down) && multiply(z->down, a->down, b->down);
    if (x->code == MC_CODE_ADD)
      fmpq_poly_add(z->up, z->up, term);
    else
      fmpq_poly_sub(z->up, z->up, term);
    fmpq_poly_clear(term);
    return fits;
  case MC_CODE_MUL:
    return multiply(z->up, a->up, b->up) && multiply(z->down, a->down, b->down);
  case MC_CODE_DIV:
    return multiply(z->up, a->up, b->down) && multiply(z->down, a->down, b->up) && !fmpq_poly_is_zero(b->up);
  default:
    return false;
  }
}

bool mc_exact_nonnegative(const mc_program *program, size_t line, int sign, const fmpq_t lo, const fmpq_t hi) {
  uint64_t kept = 0;
  degrees *d = mc_alloc(line + 1, sizeof *d);
  quotient *all = mc_alloc(line + 1, sizeof *all);
  bool ready = d && all && program->n == 1, nonnegative = false;
  for (size_t i = 0; i <= line && ready; i++) {
    degrees_of(&d[i], program, &program->lines[i], d);
    fmpq_poly_init(all[i].up);
    fmpq_poly_init(all[i].down);
    all[i].known = mc_program_in_time(program) && d[i].up[0] + d[i].down[0] <= GREATEST_DEGREE &&
                   expand_line(&all[i], program, &program->lines[i], all) && mc_poly_fits(all[i].up) &&
                   mc_poly_fits(all[i].down) &&
                   (kept += mc_poly_weight(all[i].up) + mc_poly_weight(all[i].down)) < MC_MOST_KEPT;
    if (!all[i].known) {
      fmpq_poly_zero(all[i].up);
      fmpq_poly_zero(all[i].down);
    }
  }
  /* up/down has the sign of up down wherever it is defined. */
  if (ready && all[line].known && multiply(all[line].up, all[line].up, all[line].down)) {
    if (sign < 0)
      fmpq_poly_neg(all[line].up, all[line].up);
    nonnegative = mc_polynomial_nonnegative(all[line].up, lo, hi, program->deadline);
  }
  for (size_t i = 0; i <= line && ready; i++) {
    fmpq_poly_clear(all[i].up);
    fmpq_poly_clear(all[i].down);
  }
  mc_free(d);
  mc_free(all);
  return nonnegative;
}
