/* The sign of a polynomial on an interval, by its squarefree factors and Sturm's theorem. */
#include "polynomial.h"
#include "size.h"

enum { UNKNOWN = 2 };

/* Bits of a value that is made exactly. */
#define MOST_VALUE_BITS ((uint64_t)1 << 22)

int mc_polynomial_sign_at(const fmpq_poly_struct *p, const fmpq_t x) {
  fmpq_t value;
  if (!mc_poly_fits(p) || (uint64_t)p->length * (2 * fmpq_height_bits(x) + 2) > MOST_VALUE_BITS)
    return UNKNOWN;
  fmpq_init(value);
  fmpq_poly_evaluate_fmpq(value, p, x);
  int sign = fmpq_sgn(value);
  fmpq_clear(value);
  return sign > 0 ? 1 : sign < 0 ? -1 : 0;
}

/* ---- Sturm's theorem ---- */

typedef struct {
  fmpq_poly_struct *chain; /* p, p', -rem, … up to positive factors */
  slong count;
  mc_deadline deadline;
} sturm;

/* p over its content: the sign remains, and coefficients grow no faster than determinants. */
static void make_primitive(fmpq_poly_struct *p) {
  fmpq_t content;
  fmpq_init(content);
  fmpq_poly_content(content, p);
  if (!fmpq_is_zero(content))
    fmpq_poly_scalar_div_fmpq(p, p, content);
  fmpq_clear(content);
}

/* false: larger than is worth computing with, or out of time. */
static bool make_chain(sturm *s, const fmpq_poly_t p) {
  bool fits = true;
  uint64_t kept = 0;
  fmpq_poly_set(s->chain, p);
  fmpq_poly_derivative(s->chain + 1, p);
  make_primitive(s->chain);
  make_primitive(s->chain + 1);
  for (s->count = 2; fmpq_poly_length(s->chain + s->count - 1) > 1 && fits; s->count++) {
    fmpq_poly_struct *next = s->chain + s->count;
    fmpq_poly_rem(next, next - 2, next - 1);
    fmpq_poly_neg(next, next);
    make_primitive(next);
    fits = mc_poly_fits(next) && (kept += mc_poly_weight(next)) < MC_MOST_KEPT && !mc_deadline_passed(s->deadline);
  }
  return fits;
}

/* Sign changes in the chain at x; -1: unknown. */
static slong changes_at(const sturm *s, const fmpq_t x) {
  slong changes = 0;
  int last = 0;
  for (slong i = 0; i < s->count; i++) {
    int sign = mc_deadline_passed(s->deadline) ? UNKNOWN : mc_polynomial_sign_at(s->chain + i, x);
    if (sign == UNKNOWN)
      return -1;
    changes += sign != 0 && last != 0 && sign != last;
    last = sign != 0 ? sign : last;
  }
  return changes;
}

/* Has a squarefree polynomial certainly no root in the open interval?  Sturm's theorem counts those in (lo, hi]. */
static bool has_no_root_between(const fmpq_poly_t p, const fmpq_t lo, const fmpq_t hi, mc_deadline deadline) {
  slong length = fmpq_poly_length(p);
  if (length <= 1)
    return true;
  sturm s = {.chain = flint_malloc((size_t)(length + 1) * sizeof *s.chain), .deadline = deadline};
  for (slong i = 0; i <= length; i++)
    fmpq_poly_init(s.chain + i);
  bool none = false;
  if (make_chain(&s, p)) {
    slong below = changes_at(&s, lo), above = changes_at(&s, hi);
    int at_end = mc_polynomial_sign_at(p, hi);
    none = below >= 0 && above >= 0 && at_end != UNKNOWN && below - above == (at_end == 0);
  }
  for (slong i = 0; i <= length; i++)
    fmpq_poly_clear(s.chain + i);
  flint_free(s.chain);
  return none;
}

/* The sign of p at a point inside where it is not zero; 0: unknown. */
static int sign_inside(const fmpq_poly_t p, const fmpq_t lo, const fmpq_t hi, mc_deadline deadline) {
  fmpq_t x, step;
  fmpq_init(x);
  fmpq_init(step);
  fmpq_sub(step, hi, lo);
  fmpq_div_2exp(step, step, 10);
  fmpq_set(x, lo);
  int sign = 0;
  for (slong i = 0; i <= fmpq_poly_length(p) && i < 1000 && sign == 0 && !mc_deadline_passed(deadline); i++) {
    fmpq_add(x, x, step);
    sign = mc_polynomial_sign_at(p, x);
  }
  fmpq_clear(x);
  fmpq_clear(step);
  return sign == UNKNOWN ? 0 : sign;
}

/* The sign changes only at roots of odd multiplicity. */
bool mc_polynomial_nonnegative(const fmpq_poly_t p, const fmpq_t lo, const fmpq_t hi, mc_deadline deadline) {
  if (fmpq_poly_is_zero(p))
    return true;
  if (!mc_poly_gcd_fits(p) || fmpq_cmp(lo, hi) >= 0 || sign_inside(p, lo, hi, deadline) <= 0)
    return false;
  fmpz_poly_t numerator;
  fmpz_poly_factor_t factors;
  fmpq_poly_t factor;
  fmpz_poly_init(numerator);
  fmpz_poly_factor_init(factors);
  fmpq_poly_init(factor);
  fmpq_poly_get_numerator(numerator, p);
  fmpz_poly_factor_squarefree(factors, numerator);
  bool none = true;
  for (slong i = 0; i < factors->num && none; i++) {
    fmpq_poly_set_fmpz_poly(factor, factors->p + i);
    none = factors->exp[i] % 2 == 0 || has_no_root_between(factor, lo, hi, deadline);
  }
  fmpz_poly_clear(numerator);
  fmpz_poly_factor_clear(factors);
  fmpq_poly_clear(factor);
  return none;
}
