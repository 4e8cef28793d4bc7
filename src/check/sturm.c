/* The sign of a polynomial on an interval, by its squarefree factors and Sturm's theorem. */
#include "polynomial.h"

/* Sign changes in the chain p, p', -rem, … at x. */
static slong changes_at(const fmpq_poly_struct *chain, slong count, const fmpq_t x) {
  slong changes = 0;
  int last = 0;
  fmpq_t value;
  fmpq_init(value);
  for (slong i = 0; i < count; i++) {
    fmpq_poly_evaluate_fmpq(value, chain + i, x);
    int sign = fmpq_sgn(value) > 0 ? 1 : fmpq_sgn(value) < 0 ? -1 : 0;
    changes += sign != 0 && last != 0 && sign != last;
    last = sign != 0 ? sign : last;
  }
  fmpq_clear(value);
  return changes;
}

/* Roots of a squarefree polynomial in the open interval, by Sturm's theorem; it counts those in (lo, hi]. */
static slong roots_between(const fmpq_poly_t p, const fmpq_t lo, const fmpq_t hi) {
  slong length = fmpq_poly_length(p), count = 0;
  if (length <= 1)
    return 0;
  fmpq_poly_struct *chain = flint_malloc((size_t)length * sizeof *chain);
  for (slong i = 0; i < length; i++)
    fmpq_poly_init(chain + i);
  fmpq_poly_set(chain, p);
  fmpq_poly_derivative(chain + 1, p);
  for (count = 2; count < length && fmpq_poly_length(chain + count - 1) > 1; count++) {
    fmpq_poly_rem(chain + count, chain + count - 2, chain + count - 1);
    fmpq_poly_neg(chain + count, chain + count);
  }
  fmpq_t value;
  fmpq_init(value);
  fmpq_poly_evaluate_fmpq(value, p, hi);
  slong roots = changes_at(chain, count, lo) - changes_at(chain, count, hi) - fmpq_is_zero(value);
  fmpq_clear(value);
  for (slong i = 0; i < length; i++)
    fmpq_poly_clear(chain + i);
  flint_free(chain);
  return roots;
}

/* The sign of p at a point inside where it is not zero. */
static int sign_inside(const fmpq_poly_t p, const fmpq_t lo, const fmpq_t hi) {
  fmpq_t x, step, value;
  fmpq_init(x);
  fmpq_init(step);
  fmpq_init(value);
  fmpq_sub(step, hi, lo);
  fmpq_div_2exp(step, step, 10);
  fmpq_set(x, lo);
  int sign = 0;
  for (slong i = 0; i <= fmpq_poly_length(p) && i < 1000 && sign == 0; i++) {
    fmpq_add(x, x, step);
    fmpq_poly_evaluate_fmpq(value, p, x);
    sign = fmpq_sgn(value) > 0 ? 1 : fmpq_sgn(value) < 0 ? -1 : 0;
  }
  fmpq_clear(x);
  fmpq_clear(step);
  fmpq_clear(value);
  return sign;
}

/* The sign changes only at roots of odd multiplicity. */
bool mc_polynomial_nonnegative(const fmpq_poly_t p, const fmpq_t lo, const fmpq_t hi) {
  if (fmpq_poly_is_zero(p))
    return true;
  if (fmpq_cmp(lo, hi) >= 0 || sign_inside(p, lo, hi) <= 0)
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
    none = factors->exp[i] % 2 == 0 || roots_between(factor, lo, hi) == 0;
  }
  fmpz_poly_clear(numerator);
  fmpz_poly_factor_clear(factors);
  fmpq_poly_clear(factor);
  return none;
}
