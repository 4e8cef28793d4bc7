#include "range.h"

#include "../base/base.h"

#define DOWN ARF_RND_FLOOR
#define UP ARF_RND_CEIL

void mc_range_init(mc_range *x) {
  arf_init(&x->lo);
  arf_init(&x->hi);
}

void mc_range_clear(mc_range *x) {
  arf_clear(&x->lo);
  arf_clear(&x->hi);
}

mc_range *mc_range_vector_new(size_t count) {
  mc_range *x = mc_alloc(count > 0 ? count : 1, sizeof *x);
  for (size_t i = 0; x && i < count; i++)
    mc_range_init(x + i);
  return x;
}

void mc_range_vector_free(mc_range *x, size_t count) {
  for (size_t i = 0; x && i < count; i++)
    mc_range_clear(x + i);
  mc_free(x);
}

void mc_range_set(mc_range *z, const mc_range *x) {
  arf_set(&z->lo, &x->lo);
  arf_set(&z->hi, &x->hi);
}

void mc_range_set_si(mc_range *z, slong x) {
  arf_set_si(&z->lo, x);
  arf_set_si(&z->hi, x);
}

void mc_range_set_undefined(mc_range *z) {
  arf_nan(&z->lo);
  arf_nan(&z->hi);
}

void mc_range_set_arb(mc_range *z, const arb_t x, slong precision) {
  if (arb_is_finite(x))
    arb_get_interval_arf(&z->lo, &z->hi, x, precision);
  else
    mc_range_set_undefined(z);
}

void mc_range_set_fmpq(mc_range *z, const fmpq_t x, slong precision) {
  arf_fmpz_div_fmpz(&z->lo, fmpq_numref(x), fmpq_denref(x), precision, DOWN);
  arf_fmpz_div_fmpz(&z->hi, fmpq_numref(x), fmpq_denref(x), precision, UP);
}

/* An infinite end only arises where a number left the range of exponents; it is of no use and counts as undefined. */
bool mc_range_is_undefined(const mc_range *x) {
  return !arf_is_finite(&x->lo) || !arf_is_finite(&x->hi);
}

bool mc_range_is_fixed(const mc_range *x) {
  return arf_equal(&x->lo, &x->hi);
}

bool mc_range_contains_zero(const mc_range *x) {
  return mc_range_is_undefined(x) || (arf_sgn(&x->lo) <= 0 && arf_sgn(&x->hi) >= 0);
}

bool mc_range_is_positive(const mc_range *x) {
  return !mc_range_is_undefined(x) && arf_sgn(&x->lo) > 0;
}

bool mc_range_is_nonnegative(const mc_range *x) {
  return !mc_range_is_undefined(x) && arf_sgn(&x->lo) >= 0;
}

bool mc_range_is_negative(const mc_range *x) {
  return !mc_range_is_undefined(x) && arf_sgn(&x->hi) < 0;
}

bool mc_range_is_nonpositive(const mc_range *x) {
  return !mc_range_is_undefined(x) && arf_sgn(&x->hi) <= 0;
}

void mc_range_neg(mc_range *z, const mc_range *x) {
  if (z != x)
    mc_range_set(z, x);
  arf_swap(&z->lo, &z->hi);
  arf_neg(&z->lo, &z->lo);
  arf_neg(&z->hi, &z->hi);
}

void mc_range_abs(mc_range *z, const mc_range *x) {
  if (mc_range_is_undefined(x)) {
    mc_range_set_undefined(z);
  } else if (arf_sgn(&x->lo) >= 0) {
    mc_range_set(z, x);
  } else if (arf_sgn(&x->hi) <= 0) {
    mc_range_neg(z, x);
  } else {
    if (arf_cmpabs(&x->lo, &x->hi) > 0)
      arf_neg(&z->hi, &x->lo);
    else
      arf_set(&z->hi, &x->hi);
    arf_zero(&z->lo);
  }
}

/* *least = a or b; rounding is not needed, the ends are numbers already. */
static void set_least(arf_struct *z, const arf_struct *a, const arf_struct *b) {
  arf_set(z, arf_cmp(a, b) <= 0 ? a : b);
}

static void set_greatest(arf_struct *z, const arf_struct *a, const arf_struct *b) {
  arf_set(z, arf_cmp(a, b) >= 0 ? a : b);
}

void mc_range_hull(mc_range *z, const mc_range *x, const mc_range *y, slong precision) {
  (void)precision;
  if (mc_range_is_undefined(x) || mc_range_is_undefined(y)) {
    mc_range_set_undefined(z);
    return;
  }
  set_least(&z->lo, &x->lo, &y->lo);
  set_greatest(&z->hi, &x->hi, &y->hi);
}

void mc_range_min(mc_range *z, const mc_range *x, const mc_range *y, slong precision) {
  (void)precision;
  if (mc_range_is_undefined(x) || mc_range_is_undefined(y)) {
    mc_range_set_undefined(z);
    return;
  }
  set_least(&z->lo, &x->lo, &y->lo);
  set_least(&z->hi, &x->hi, &y->hi);
}

void mc_range_max(mc_range *z, const mc_range *x, const mc_range *y, slong precision) {
  (void)precision;
  if (mc_range_is_undefined(x) || mc_range_is_undefined(y)) {
    mc_range_set_undefined(z);
    return;
  }
  set_greatest(&z->lo, &x->lo, &y->lo);
  set_greatest(&z->hi, &x->hi, &y->hi);
}

void mc_range_add(mc_range *z, const mc_range *x, const mc_range *y, slong precision) {
  arf_add(&z->lo, &x->lo, &y->lo, precision, DOWN);
  arf_add(&z->hi, &x->hi, &y->hi, precision, UP);
}

void mc_range_sub(mc_range *z, const mc_range *x, const mc_range *y, slong precision) {
  arf_t lo;
  arf_init(lo);
  arf_sub(lo, &x->lo, &y->hi, precision, DOWN);
  arf_sub(&z->hi, &x->hi, &y->lo, precision, UP);
  arf_swap(&z->lo, lo);
  arf_clear(lo);
}

void mc_range_mul(mc_range *z, const mc_range *x, const mc_range *y, slong precision) {
  if (mc_range_is_undefined(x) || mc_range_is_undefined(y)) {
    mc_range_set_undefined(z);
    return;
  }
  if (x == y) {
    mc_range_sqr(z, x, precision);
    return;
  }
  arf_t lo, hi, t;
  arf_init(lo);
  arf_init(hi);
  arf_init(t);
  int sx = arf_sgn(&x->lo) >= 0 ? 1 : arf_sgn(&x->hi) <= 0 ? -1 : 0;
  int sy = arf_sgn(&y->lo) >= 0 ? 1 : arf_sgn(&y->hi) <= 0 ? -1 : 0;
  if (sx != 0 && sy != 0) {
    /* Each end is one product. */
    arf_mul(lo, sy > 0 ? &x->lo : &x->hi, sx > 0 ? &y->lo : &y->hi, precision, DOWN);
    arf_mul(hi, sy > 0 ? &x->hi : &x->lo, sx > 0 ? &y->hi : &y->lo, precision, UP);
  } else if (sx != 0 || sy != 0) {
    /* The one of certain sign contributes its end of greatest modulus. */
    const mc_range *sure = sx != 0 ? x : y, *other = sx != 0 ? y : x;
    int sign = sx != 0 ? sx : sy;
    const arf_struct *most = sign > 0 ? &sure->hi : &sure->lo;
    arf_mul(lo, most, sign > 0 ? &other->lo : &other->hi, precision, DOWN);
    arf_mul(hi, most, sign > 0 ? &other->hi : &other->lo, precision, UP);
  } else {
    arf_mul(lo, &x->lo, &y->hi, precision, DOWN);
    arf_mul(t, &x->hi, &y->lo, precision, DOWN);
    set_least(lo, lo, t);
    arf_mul(hi, &x->lo, &y->lo, precision, UP);
    arf_mul(t, &x->hi, &y->hi, precision, UP);
    set_greatest(hi, hi, t);
  }
  arf_swap(&z->lo, lo);
  arf_swap(&z->hi, hi);
  arf_clear(lo);
  arf_clear(hi);
  arf_clear(t);
}

void mc_range_sqr(mc_range *z, const mc_range *x, slong precision) {
  mc_range_pow_ui(z, x, 2, precision);
}

/* One end's power, in the wanted direction. */
static void power_of_end(arf_struct *z, const arf_struct *x, ulong n, slong precision, bool down) {
  arb_t t;
  arb_init(t);
  arb_set_arf(t, x);
  arb_pow_ui(t, t, n, precision + 30);
  if (down)
    arb_get_lbound_arf(z, t, precision);
  else
    arb_get_ubound_arf(z, t, precision);
  arb_clear(t);
}

void mc_range_pow_ui(mc_range *z, const mc_range *x, ulong n, slong precision) {
  mc_range t;
  if (mc_range_is_undefined(x)) {
    mc_range_set_undefined(z);
    return;
  }
  mc_range_init(&t);
  if (n % 2 == 0) {
    mc_range_abs(&t, x);
  } else {
    mc_range_set(&t, x);
  }
  if (n == 2) {
    arf_mul(&t.lo, &t.lo, &t.lo, precision, DOWN);
    arf_mul(&t.hi, &t.hi, &t.hi, precision, UP);
    mc_range_set(z, &t);
  } else {
    power_of_end(&z->lo, &t.lo, n, precision, true);
    power_of_end(&z->hi, &t.hi, n, precision, false);
  }
  mc_range_clear(&t);
}

void mc_range_div(mc_range *z, const mc_range *x, const mc_range *y, slong precision) {
  if (mc_range_is_undefined(x) || mc_range_contains_zero(y)) {
    mc_range_set_undefined(z);
    return;
  }
  mc_range inverse;
  mc_range_init(&inverse);
  /* 1/y is decreasing on either side of 0.  Two roundings lose one unit in the last place, which does not matter
   * here. */
  arf_ui_div(&inverse.lo, 1, &y->hi, precision + 10, DOWN);
  arf_ui_div(&inverse.hi, 1, &y->lo, precision + 10, UP);
  mc_range_mul(z, x, &inverse, precision);
  mc_range_clear(&inverse);
}

typedef void arb_function(arb_t, const arb_t, slong);

/* An increasing function, end by end. */
static void increasing(mc_range *z, const mc_range *x, arb_function *f, slong precision) {
  arb_t lower, upper;
  arb_init(lower);
  arb_init(upper);
  arb_set_arf(lower, &x->lo);
  arb_set_arf(upper, &x->hi);
  f(lower, lower, precision + 10);
  f(upper, upper, precision + 10);
  if (arb_is_finite(lower) && arb_is_finite(upper)) {
    arb_get_lbound_arf(&z->lo, lower, precision);
    arb_get_ubound_arf(&z->hi, upper, precision);
  } else {
    mc_range_set_undefined(z);
  }
  arb_clear(lower);
  arb_clear(upper);
}

void mc_range_sqrt(mc_range *z, const mc_range *x, slong precision) {
  if (mc_range_is_nonnegative(x))
    increasing(z, x, arb_sqrt, precision);
  else
    mc_range_set_undefined(z);
}

void mc_range_exp(mc_range *z, const mc_range *x, slong precision) {
  if (!mc_range_is_undefined(x))
    increasing(z, x, arb_exp, precision);
  else
    mc_range_set_undefined(z);
}

void mc_range_log(mc_range *z, const mc_range *x, slong precision) {
  if (mc_range_is_positive(x))
    increasing(z, x, arb_log, precision);
  else
    mc_range_set_undefined(z);
}

/* floor((x - shift)/pi), if the precision tells. */
static bool half_turns(fmpz_t n, const arf_struct *x, bool shifted, slong precision) {
  arb_t t, pi;
  arb_init(t);
  arb_init(pi);
  arb_set_arf(t, x);
  arb_const_pi(pi, precision + 30);
  arb_div(t, t, pi, precision + 30);
  if (shifted) {
    arb_set_d(pi, 0.5);
    arb_sub(t, t, pi, precision + 30);
  }
  arb_floor(t, t, precision + 30);
  bool told = arb_get_unique_fmpz(n, t);
  arb_clear(t);
  arb_clear(pi);
  return told;
}

/* cos has its extrema (-1)^k at k pi; sin, shifted, (-1)^k at k pi + pi/2. */
static void wave(mc_range *z, const mc_range *x, bool is_sin, slong precision) {
  if (mc_range_is_undefined(x)) {
    mc_range_set_undefined(z);
    return;
  }
  fmpz_t first, last;
  fmpz_init(first);
  fmpz_init(last);
  bool told = half_turns(first, &x->lo, is_sin, precision) && half_turns(last, &x->hi, is_sin, precision);
  fmpz_add_ui(first, first, 1);
  if (!told || fmpz_cmp(first, last) < 0) {
    mc_range_set_si(z, 1);
    arf_set_si(&z->lo, -1);
  } else {
    arb_t lower, upper;
    arb_init(lower);
    arb_init(upper);
    arb_set_arf(lower, &x->lo);
    arb_set_arf(upper, &x->hi);
    (is_sin ? arb_sin : arb_cos)(lower, lower, precision);
    (is_sin ? arb_sin : arb_cos)(upper, upper, precision);
    arf_t t;
    arf_init(t);
    arb_get_lbound_arf(&z->lo, lower, precision);
    arb_get_lbound_arf(t, upper, precision);
    set_least(&z->lo, &z->lo, t);
    arb_get_ubound_arf(&z->hi, lower, precision);
    arb_get_ubound_arf(t, upper, precision);
    set_greatest(&z->hi, &z->hi, t);
    arf_clear(t);
    if (fmpz_equal(first, last))
      arf_set_si(fmpz_is_even(last) ? &z->hi : &z->lo, fmpz_is_even(last) ? 1 : -1);
    arb_clear(lower);
    arb_clear(upper);
  }
  fmpz_clear(first);
  fmpz_clear(last);
}

void mc_range_sin(mc_range *z, const mc_range *x, slong precision) {
  wave(z, x, true, precision);
}

void mc_range_cos(mc_range *z, const mc_range *x, slong precision) {
  wave(z, x, false, precision);
}
