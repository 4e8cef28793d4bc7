#include "interval.h"

#include "../base/base.h"
#include "size.h"

void mc_iv_init(mc_iv *x) {
  mpfi_init2(x, MC_CHECK_BITS);
  mpfi_set_ui(x, 0);
}

mc_iv *mc_iv_vector_new(size_t count) {
  mc_iv *x = mc_alloc(count + 1, sizeof *x);
  for (size_t i = 0; x && i < count; i++)
    mc_iv_init(x + i);
  return x;
}

void mc_iv_vector_free(mc_iv *x, size_t count) {
  for (size_t i = 0; x && i < count; i++)
    mpfi_clear(x + i);
  mc_free(x);
}

bool mc_iv_usable(const mc_iv *x) {
  return mpfr_number_p(&x->left) && mpfr_number_p(&x->right) && mpfr_lessequal_p(&x->left, &x->right);
}

void mc_iv_spoil(mc_iv *x) {
  mpfr_set_nan(&x->left);
  mpfr_set_nan(&x->right);
}

bool mc_iv_positive(const mc_iv *x) {
  return mc_iv_usable(x) && mpfr_sgn(&x->left) > 0;
}

bool mc_iv_nonnegative(const mc_iv *x) {
  return mc_iv_usable(x) && mpfr_sgn(&x->left) >= 0;
}

bool mc_iv_negative(const mc_iv *x) {
  return mc_iv_usable(x) && mpfr_sgn(&x->right) < 0;
}

bool mc_iv_nonpositive(const mc_iv *x) {
  return mc_iv_usable(x) && mpfr_sgn(&x->right) <= 0;
}

bool mc_iv_is_zero(const mc_iv *x) {
  return mc_iv_usable(x) && mpfr_zero_p(&x->left) && mpfr_zero_p(&x->right);
}

bool mc_iv_is_point(const mc_iv *x) {
  return mc_iv_usable(x) && mpfr_equal_p(&x->left, &x->right);
}

bool mc_iv_meets(const mc_iv *x, int sign, bool strict) {
  if (strict)
    return sign > 0 ? mc_iv_positive(x) : mc_iv_negative(x);
  return sign > 0 ? mc_iv_nonnegative(x) : mc_iv_nonpositive(x);
}

void mc_iv_set_q(mc_iv *z, const fmpq_t x) {
  mpq_t q;
  mpq_init(q);
  fmpq_get_mpq(q, x);
  mpfi_set_q(z, q);
  mpq_clear(q);
}

void mc_iv_hull(mc_iv *z, const mc_iv *x) {
  if (mc_iv_usable(z) && mc_iv_usable(x))
    mpfi_union(z, z, x);
  else
    mc_iv_spoil(z);
}

void mc_iv_end(fmpq_t z, const mc_iv *x, bool upper) {
  mpf_t f;
  mpq_t q;
  mpq_init(q);
  mpf_init2(f, MC_CHECK_BITS + 64);
  mpfr_get_f(f, upper ? &x->right : &x->left, MPFR_RNDN);
  mpq_set_f(q, f);
  fmpq_set_mpq(z, q);
  mpf_clear(f);
  mpq_clear(q);
}

static bool exponent_is_at_most(mpfr_srcptr x, mpfr_exp_t limit) {
  return mpfr_zero_p(x) || (mpfr_number_p(x) && mpfr_get_exp(x) <= limit);
}

bool mc_iv_is_moderate(const mc_iv *x) {
  mpfr_srcptr ends[] = {&x->left, &x->right};
  bool moderate = mc_iv_usable(x);
  for (int i = 0; i < 2 && moderate; i++)
    moderate = exponent_is_at_most(ends[i], MC_GREATEST_EXPONENT) &&
               (mpfr_zero_p(ends[i]) || mpfr_get_exp(ends[i]) >= -MC_GREATEST_EXPONENT);
  return moderate;
}

static void wave(mc_iv *z, const mc_iv *x, int (*of)(mpfi_ptr, mpfi_srcptr)) {
  if (!mc_iv_usable(x))
    mc_iv_spoil(z);
  else if (exponent_is_at_most(&x->left, MC_GREATEST_EXPONENT) && exponent_is_at_most(&x->right, MC_GREATEST_EXPONENT))
    of(z, x);
  else
    mpfi_interv_si(z, -1, 1);
}

void mc_iv_sin(mc_iv *z, const mc_iv *x) {
  wave(z, x, mpfi_sin);
}

void mc_iv_cos(mc_iv *z, const mc_iv *x) {
  wave(z, x, mpfi_cos);
}

void mc_iv_div(mc_iv *z, const mc_iv *x, const mc_iv *y) {
  if (mc_iv_usable(x) && (mc_iv_positive(y) || mc_iv_negative(y)))
    mpfi_div(z, x, y);
  else
    mc_iv_spoil(z);
}

void mc_iv_sqrt(mc_iv *z, const mc_iv *x) {
  if (mc_iv_nonnegative(x))
    mpfi_sqrt(z, x);
  else
    mc_iv_spoil(z);
}

void mc_iv_log(mc_iv *z, const mc_iv *x) {
  if (mc_iv_positive(x))
    mpfi_log(z, x);
  else
    mc_iv_spoil(z);
}

void mc_iv_mul(mc_iv *z, const mc_iv *x, const mc_iv *y) {
  if (mc_iv_is_zero(x) || mc_iv_is_zero(y))
    mpfi_set_ui(z, 0);
  else if (mc_iv_usable(x) && mc_iv_usable(y))
    mpfi_mul(z, x, y);
  else
    mc_iv_spoil(z);
}
