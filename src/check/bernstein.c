/* p on the box in the variables s, t = (lo + hi s)/(1 + s) with s >= 0: times (1 + s)^d a polynomial in s whose
 * coefficients are those of Bernstein's basis, times binomials. */
#include "algebra.h"
#include "forms.h"

enum { MOST_COEFFICIENTS = 6000 };

/* lo + hi s_j, 1 + s_j */
static void set_substitution(fmpq_mpoly_t from_box, fmpq_mpoly_t one_plus, size_t j, const mc_letters *x) {
  fmpq_t end;
  fmpq_init(end);
  fmpq_mpoly_gen(one_plus, (slong)j, x->ring);
  mc_iv_end(end, x->box + j, true);
  fmpq_mpoly_scalar_mul_fmpq(from_box, one_plus, end, x->ring);
  mc_iv_end(end, x->box + j, false);
  fmpq_mpoly_add_fmpq(from_box, from_box, end, x->ring);
  fmpq_mpoly_add_ui(one_plus, one_plus, 1, x->ring);
  fmpq_clear(end);
}

/* z = sum_e c_e (lo + hi s)^e (1 + s)^(d - e) for p = sum_e c_e t_j^e, by Horner's rule. */
static bool substitute(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t j, ulong d, const mc_letters *x) {
  fmpq_mpoly_t sum, c, from_box, one_plus, power;
  fmpq_mpoly_init(sum, x->ring);
  fmpq_mpoly_init(c, x->ring);
  fmpq_mpoly_init(from_box, x->ring);
  fmpq_mpoly_init(one_plus, x->ring);
  fmpq_mpoly_init(power, x->ring);
  set_substitution(from_box, one_plus, j, x);
  fmpq_mpoly_one(power, x->ring);
  bool fits = true;
  for (ulong e = d + 1; e-- > 0 && fits;) {
    mc_letters_coefficient(c, p, j, e, x);
    fits = mc_letters_multiply(sum, sum, from_box, x) && mc_letters_multiply(c, c, power, x) &&
           mc_letters_multiply(power, power, one_plus, x);
    fmpq_mpoly_add(sum, sum, c, x->ring);
  }
  fmpq_mpoly_swap(z, sum, x->ring);
  fmpq_mpoly_clear(sum, x->ring);
  fmpq_mpoly_clear(c, x->ring);
  fmpq_mpoly_clear(from_box, x->ring);
  fmpq_mpoly_clear(one_plus, x->ring);
  fmpq_mpoly_clear(power, x->ring);
  return fits;
}

/* Has every face that belongs to the domain a term of its own?  On a lower face s_j = 0, on an upper one only the
 * highest power of s_j counts. */
static bool faces_have_terms(const fmpq_mpoly_t z, const ulong *degrees, const mc_letters *x) {
  size_t n = x->program->n, faces = 1;
  ulong exponents[MC_MOST_LETTERS];
  for (size_t j = 0; j < n; j++)
    faces *= 3;
  for (size_t f = 0; f < faces; f++) {
    bool belongs = true, met = false;
    size_t rest = f;
    for (size_t j = 0; j < n; j++, rest /= 3)
      belongs = belongs && (rest % 3 == 2 || !mc_box_end_is_excluded(x->program, x->box, j, rest % 3 == 1));
    for (slong i = 0; i < fmpq_mpoly_length(z, x->ring) && belongs && !met; i++) {
      fmpq_mpoly_get_term_exp_ui(exponents, z, i, x->ring);
      met = true;
      rest = f;
      for (size_t j = 0; j < n; j++, rest /= 3)
        met = met && (rest % 3 == 2 || exponents[j] == (rest % 3 == 1 ? degrees[j] : 0));
    }
    if (belongs && !met)
      return false;
  }
  return true;
}

bool mc_bernstein_is_nonnegative(const fmpq_mpoly_t p, const mc_letters *x, bool strict) {
  ulong degrees[4] = {0};
  double coefficients = 1;
  for (size_t k = 0; k < x->count; k++) {
    slong d = fmpq_mpoly_degree_si(p, (slong)k, x->ring);
    if (k >= x->program->n && d > 0)
      return false;
    if (k < x->program->n) {
      degrees[k] = d > 0 ? (ulong)d : 0;
      coefficients *= (double)degrees[k] + 1;
    }
  }
  if (!(coefficients <= MOST_COEFFICIENTS))
    return false;
  fmpq_mpoly_t z;
  fmpq_t c;
  fmpq_mpoly_init(z, x->ring);
  fmpq_init(c);
  fmpq_mpoly_set(z, p, x->ring);
  bool shown = true;
  for (size_t j = 0; j < x->program->n && shown; j++)
    shown = substitute(z, z, j, degrees[j], x);
  for (slong i = 0; i < fmpq_mpoly_length(z, x->ring) && shown; i++) {
    fmpq_mpoly_get_term_coeff_fmpq(c, z, i, x->ring);
    shown = fmpq_sgn(c) >= 0;
  }
  shown = shown && (!strict || faces_have_terms(z, degrees, x));
  fmpq_mpoly_clear(z, x->ring);
  fmpq_clear(c);
  return shown;
}
