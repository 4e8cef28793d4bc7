#include "bernstein.h"

enum { MOST_COEFFICIENTS = 600 };

/* Coefficient (i_0, …, i_(n-1)) stands at sum_j i_j stride_j. */
typedef struct {
  size_t n, count;
  size_t size[4], stride[4]; /* size: degree + 1 */
  fmpz *at;                  /* each times something positive */
} array;

static bool array_init(array *x, const fmpq_mpoly_t p, const mc_algebra *a, size_t n) {
  *x = (array){.n = n, .count = 1};
  for (size_t j = 0; j < n; j++) {
    slong d = fmpq_mpoly_degree_si(p, (slong)j, a->ring.context);
    x->size[j] = d > 0 ? (size_t)d + 1 : 1;
    x->stride[j] = x->count;
    x->count *= x->size[j];
    if (x->size[j] > MOST_COEFFICIENTS || x->count > MOST_COEFFICIENTS)
      return false;
  }
  x->at = mc_alloc(x->count, sizeof *x->at);
  for (size_t i = 0; x->at && i < x->count; i++)
    fmpz_init(x->at + i);
  return x->at != NULL;
}

static void array_clear(array *x) {
  for (size_t i = 0; x->at && i < x->count; i++)
    fmpz_clear(x->at + i);
  mc_free(x->at);
}

static void fill(array *x, const fmpq_mpoly_t p, const mc_algebra *a) {
  ulong exponents[MC_ALGEBRA_GENERATORS];
  for (slong i = 0; i < fmpq_mpoly_length(p, a->ring.context); i++) {
    size_t place = 0;
    fmpq_mpoly_get_term_exp_ui(exponents, p, i, a->ring.context);
    for (size_t j = 0; j < x->n; j++)
      place += exponents[j] * x->stride[j];
    /* The denominator is common to all. */
    fmpz_mpoly_get_term_coeff_fmpz(x->at + place, p->zpoly, i, a->ring.context->zctx);
    fmpz_mul(x->at + place, x->at + place, fmpq_numref(p->content));
  }
}

/* sum_i c_i t^i with t = (lo + (hi - lo) s)/2^k, times 2^(k d): an integer shift. */
static void shift_line(fmpz *c, size_t size, size_t stride, const fmpz_t lo, const fmpz_t width, flint_bitcnt_t k) {
  fmpz_t power;
  for (size_t i = 0; i + 1 < size; i++)
    fmpz_mul_2exp(c + i * stride, c + i * stride, k * (size - 1 - i));
  for (size_t i = 0; i + 1 < size; i++)
    for (size_t m = size - 1; m-- > i;)
      fmpz_addmul(c + m * stride, lo, c + (m + 1) * stride);
  fmpz_init_set_ui(power, 1);
  for (size_t i = 1; i < size; i++) {
    fmpz_mul(power, power, width);
    fmpz_mul(c + i * stride, c + i * stride, power);
  }
  fmpz_clear(power);
}

/* C(d, i) b_i = sum_(k <= i) C(d - k, i - k) c_k: in reverse a shift by 1. */
static void bernstein_line(fmpz *c, size_t size, size_t stride) {
  for (size_t i = 1; i < size; i++)
    for (size_t m = 1; m <= size - i; m++)
      fmpz_add(c + m * stride, c + m * stride, c + (m - 1) * stride);
}

static flint_bitcnt_t bits_after_the_point(const arf_struct *x) {
  fmpz_t mantissa, exponent;
  fmpz_init(mantissa);
  fmpz_init(exponent);
  arf_get_fmpz_2exp(mantissa, exponent, x);
  flint_bitcnt_t bits = fmpz_sgn(exponent) < 0 ? (flint_bitcnt_t)-fmpz_get_si(exponent) : 0;
  fmpz_clear(mantissa);
  fmpz_clear(exponent);
  return bits;
}

static void along(array *x, size_t j, const mc_range *side) {
  flint_bitcnt_t low = bits_after_the_point(&side->lo), high = bits_after_the_point(&side->hi);
  flint_bitcnt_t k = low > high ? low : high;
  fmpz_t lo, width;
  arf_t scaled;
  fmpz_init(lo);
  fmpz_init(width);
  arf_init(scaled);
  arf_mul_2exp_si(scaled, &side->lo, (slong)k);
  arf_get_fmpz(lo, scaled, ARF_RND_DOWN);
  arf_mul_2exp_si(scaled, &side->hi, (slong)k);
  arf_get_fmpz(width, scaled, ARF_RND_DOWN);
  fmpz_sub(width, width, lo);
  for (size_t i = 0; i < x->count; i++)
    if (i / x->stride[j] % x->size[j] == 0) {
      shift_line(x->at + i, x->size[j], x->stride[j], lo, width, k);
      bernstein_line(x->at + i, x->size[j], x->stride[j]);
    }
  fmpz_clear(lo);
  fmpz_clear(width);
  arf_clear(scaled);
}

/* The face: ends[j] is 0 (lower), 1 (upper) or 2 (neither).  Has it a coefficient that is positive? */
static bool face_has_positive(const array *x, const int *ends) {
  for (size_t i = 0; i < x->count; i++) {
    bool on_face = fmpz_sgn(x->at + i) > 0;
    for (size_t j = 0; j < x->n && on_face; j++) {
      size_t k = i / x->stride[j] % x->size[j];
      on_face = ends[j] == 2 || k == (ends[j] == 0 ? 0 : x->size[j] - 1);
    }
    if (on_face)
      return true;
  }
  return false;
}

static bool is_strict(const array *x, const mc_workspace *s) {
  size_t faces = 1;
  for (size_t j = 0; j < x->n; j++)
    faces *= 3;
  for (size_t f = 0; f < faces; f++) {
    int ends[4] = {0};
    bool belongs = true;
    size_t rest = f;
    for (size_t j = 0; j < x->n; j++, rest /= 3) {
      ends[j] = (int)(rest % 3);
      belongs = belongs && (ends[j] == 2 || !mc_workspace_end_is_excluded(s, s->box, j, ends[j] == 1));
    }
    if (belongs && !face_has_positive(x, ends))
      return false;
  }
  return true;
}

bool mc_bernstein_shows(const fmpq_mpoly_t p, const mc_algebra *a, const mc_workspace *s, bool strict) {
  array x;
  if (!array_init(&x, p, a, s->n)) {
    array_clear(&x);
    return false;
  }
  fill(&x, p, a);
  for (size_t j = 0; j < x.n; j++)
    along(&x, j, s->box + j);
  bool shown = true;
  for (size_t i = 0; i < x.count && shown; i++)
    shown = fmpz_sgn(x.at + i) >= 0;
  shown = shown && (!strict || is_strict(&x, s));
  array_clear(&x);
  return shown;
}
