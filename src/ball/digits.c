/* Digit matrices: from and to doubles and balls. */
#include "ball.h"

#include <math.h>
#include <string.h>

#include "digits.h"
#include "limbs.h"

/* Two planes make one exact double: 2^(w+2) 2^w + 2^(w-1) < 2^53. */
enum { MAX_WIDTH = 25 };

bool mc_ball_rounds_to_nearest(void) {
  return mc_digits_round_to_nearest();
}

int mc_digits_width(size_t k, size_t products) {
  if (mc_digits_backend_selected() != MC_DIGITS_DGEMM)
    return MC_LIMB_WIDTH;
  int bits = (int)FLINT_BIT_COUNT(k > 0 ? k - 1 : 0) + (int)FLINT_BIT_COUNT(products > 0 ? products - 1 : 0);
  int width = (52 - bits) / 2 + 1;
  return width < MAX_WIDTH ? width : MAX_WIDTH;
}

mc_status mc_digits_init(mc_digits *x, size_t m, size_t n, size_t planes, slong first, int w, mc_error *e) {
  *x = (mc_digits){m, n, planes, first, w, mc_alloc(m * planes, n * sizeof(double))};
  return x->d != NULL ? MC_OK : mc_fail(e, MC_NO_MEMORY, "no memory for a digit matrix of %zu by %zu", m, n);
}

void mc_digits_clear(mc_digits *x) {
  mc_free(x->d);
  x->d = NULL;
}

/* The weight 2^(-w (first + s + 1)) of plane s as a power of two. */
static slong weight(const mc_digits *x, size_t s) {
  return -(slong)x->w * (x->first + (slong)s + 1);
}

/* a 2^scale; factor is 2^scale where that is a normal number, and the product then rounds as ldexp does. */
static inline double scale_by(double a, int scale, double factor) {
  return scale >= -1022 && scale <= 1023 ? a * factor : ldexp(a, scale);
}

mc_status mc_digits_set_double(mc_digits *x, mag_t error, const double *a, slong shift, mc_error *e) {
  const double base = ldexp(1, x->w);
  const int scale = (int)(shift + (slong)x->w * x->first);
  const double factor = ldexp(1, scale);
  double rest = 0;
  if (!mc_digits_round_to_nearest())
    return mc_fail(e, MC_INTERNAL, "the processor does not round to nearest");
  for (size_t i = 0; i < x->m; i++)
    for (size_t j = 0; j < x->n; j++) {
      double t = scale_by(a[i * x->n + j], scale, factor);
      if (!(fabs(t) <= 1))
        return mc_fail(e, MC_UNDECIDED, "an entry does not fit its digits");
      for (size_t s = 0; s < x->planes; s++) {
        t *= base;
        double digit = mc_digits_rint(t);
        x->d[(i * x->planes + s) * x->n + j] = digit;
        t -= digit; /* exact: both are multiples of the last place of t, and the difference is no larger */
      }
      rest = fabs(t) > rest ? fabs(t) : rest;
    }
  if (error != NULL) {
    /* largest remainder times sqrt(m n), and what ldexp lost by underflow: at most 2^-1074 an entry */
    mag_t count;
    mag_init(count);
    mag_set_ui(count, x->m * x->n);
    mag_sqrt(count, count);
    mag_set_d(error, rest);
    mag_mul_2exp_si(error, error, weight(x, x->planes - 1));
    if (scale < 0) {
      mag_t underflow;
      mag_init(underflow);
      mag_set_ui_2exp_si(underflow, 1, -1074 - (slong)x->w * x->first);
      mag_add(error, error, underflow);
      mag_clear(underflow);
    }
    mag_mul(error, error, count);
    mag_clear(count);
  }
  return MC_OK;
}

void mc_digits_frobenius_upper(mag_t bound, const mc_digits *x) {
  /* The leading two planes make an integer v of less than 2^52; the planes after them less than one unit of v. */
  const double base = ldexp(1, x->w);
  const size_t second = x->planes > 1 ? 1 : 0;
  double sum = 0;
  for (size_t i = 0; i < x->m; i++) {
    const double *row = x->d + i * x->planes * x->n;
    for (size_t j = 0; j < x->n; j++) {
      double v = second ? fabs(row[j] * base + row[x->n + j]) + 1 : fabs(row[j]);
      sum += v * v;
    }
  }
  /* m n squares and sums, each off by a factor of at most 1 + 2^-53: true sum <= sum (1 + (m n + 2) 2^-52) */
  mag_t slack;
  mag_init(slack);
  mag_set_ui_2exp_si(slack, x->m * x->n + 2, -52);
  mag_set_d(bound, sum);
  mag_mul(slack, slack, bound);
  mag_add(bound, bound, slack);
  mag_sqrt(bound, bound);
  mag_mul_2exp_si(bound, bound, weight(x, second));
  mag_clear(slack);
}

void mc_digits_get_double_approx(double *a, const mc_digits *x) {
  const double unit = ldexp(1, -x->w);
  for (size_t i = 0; i < x->m; i++) {
    const double *row = x->d + i * x->planes * x->n;
    for (size_t j = 0; j < x->n; j++) {
      double t = 0;
      for (size_t s = x->planes < 3 ? x->planes : 3; s-- > 0;)
        t = (t + row[s * x->n + j]) * unit;
      a[i * x->n + j] = t;
    }
  }
}

enum { MAX_LIMBS = 160 };

/* y := the integer sum over s of digits[s * stride] 2^(w (planes - 1 - s)) times 2^exponent: a two's complement
 * number, shifted in digit by digit. */
static void collect(arf_t y, mp_ptr limbs, mp_size_t size, const double *digits, size_t stride, size_t planes, int w,
                    slong exponent) {
  mpn_zero(limbs, size);
  for (size_t s = 0; s < planes; s++) {
    long digit = (long)digits[s * stride];
    mpn_lshift(limbs, limbs, size, (unsigned)w);
    if (digit >= 0)
      mpn_add_1(limbs, limbs, size, (mp_limb_t)digit);
    else
      mpn_sub_1(limbs, limbs, size, (mp_limb_t)-digit);
  }
  int negative = limbs[size - 1] >> (FLINT_BITS - 1) ? 1 : 0;
  if (negative)
    mpn_neg(limbs, limbs, size);
  while (size > 0 && limbs[size - 1] == 0)
    size--;
  if (size == 0) {
    arf_zero(y);
  } else {
    arf_set_mpn(y, limbs, size, negative);
    arf_mul_2exp_si(y, y, exponent);
  }
}

void mc_digits_get_mat(arb_mat_t A, const mc_digits *x) {
  mp_limb_t limbs[MAX_LIMBS];
  mp_size_t size = (mp_size_t)((x->planes + 1) * (size_t)x->w / FLINT_BITS + 2);
  for (size_t i = 0; i < x->m; i++)
    for (size_t j = 0; j < x->n; j++) {
      arb_struct *entry = arb_mat_entry(A, (slong)i, (slong)j);
      collect(arb_midref(entry), limbs, size, x->d + i * x->planes * x->n + j, x->n, x->planes, x->w,
              weight(x, x->planes - 1));
      mag_zero(arb_radref(entry));
    }
}

/* Is plane s all zero? */
static bool plane_is_zero(const mc_digits *x, size_t s) {
  for (size_t i = 0; i < x->m; i++)
    for (size_t j = 0; j < x->n; j++)
      if (x->d[(i * x->planes + s) * x->n + j] != 0)
        return false;
  return true;
}

void mc_digits_trim(mc_digits *x) {
  size_t first = 0, end = x->planes;
  while (end > 1 && plane_is_zero(x, end - 1))
    end--;
  while (first + 1 < end && plane_is_zero(x, first))
    first++;
  size_t kept = end - first;
  if (kept == x->planes)
    return;
  for (size_t i = 0; i < x->m; i++)
    memmove(x->d + i * kept * x->n, x->d + (i * x->planes + first) * x->n, kept * x->n * sizeof(double));
  x->planes = kept;
  x->first += (slong)first;
}

/* Do the leading two planes fit one of up to 2^(w+2)? */
static bool can_fold(const mc_digits *x) {
  const double base = ldexp(1, x->w);
  bool fits = x->planes > 1;
  for (size_t i = 0; i < x->m && fits; i++) {
    const double *row = x->d + i * x->planes * x->n;
    for (size_t j = 0; j < x->n; j++)
      fits &= fabs(row[j] * base + row[x->n + j]) <= 4 * base;
  }
  return fits;
}

void mc_digits_fold(mc_digits *x) {
  const double base = ldexp(1, x->w);
  if (!can_fold(x))
    return;
  for (size_t i = 0; i < x->m; i++) {
    double *row = x->d + i * x->planes * x->n;
    for (size_t j = 0; j < x->n; j++) {
      row[x->n + j] += row[j] * base;
      row[j] = 0;
    }
  }
  mc_digits_trim(x);
}

mc_status mc_digits_transpose(mc_digits *y, const mc_digits *x, mc_error *e) {
  enum { TILE = 16 };
  const size_t m = x->m, n = x->n, planes = x->planes;
  mc_status status = mc_digits_init(y, n, m, planes, x->first, x->w, e);
  for (size_t s = 0; status == MC_OK && s < planes; s++)
    for (size_t i = 0; i < m; i += TILE)
      for (size_t j = 0; j < n; j += TILE)
        for (size_t k = i; k < m && k < i + TILE; k++)
          for (size_t l = j; l < n && l < j + TILE; l++)
            y->d[(l * planes + s) * m + k] = x->d[(k * planes + s) * n + l];
  return status;
}

/* Entries of skew parts are kept times 2^SKEW_SCALE, so that neither the first nor the last digits leave the range of
 * doubles. */
enum { SKEW_SCALE = 600, SKEW_BITS = 1500 };

/* k := about 2^SKEW_SCALE K, K = X^T - X, on and below the diagonal.  Digits are added from the first on.  A partial sum
 * is rounded only where it has 2^53 units of its last digit, and is then at most (1 + 2^-51) |K|; so all roundings
 * together are at most planes 2^-52 |K|. */
static void subtract_from_transposed(double *k, const mc_digits *x) {
  enum { TILE = 16 };
  const size_t n = x->n, planes = x->planes;
  memset(k, 0, n * n * sizeof *k);
  for (size_t i = 0; i < n; i += TILE)
    for (size_t j = 0; j <= i; j += TILE)
      for (size_t s = 0; s < planes; s++) {
        const double unit = ldexp(1, SKEW_SCALE - x->w * (int)(s + 1));
        for (size_t p = i; p < n && p < i + TILE; p++)
          for (size_t q = j; q < n && q < j + TILE; q++)
            k[p * n + q] += (x->d[(q * planes + s) * n + p] - x->d[(p * planes + s) * n + q]) * unit;
      }
}

/* Scale by 2^shift, and copy what is below the diagonal to above it, with the other sign. */
static void complete_skew(double *k, size_t n, int shift) {
  const double factor = ldexp(1, shift);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++) {
      k[i * n + j] *= factor;
      k[j * n + i] = -k[i * n + j];
    }
}

void mc_digits_skew_part(double *k, slong *first, mag_t norm, const mc_digits *x) {
  const size_t n = x->n, count = n * n;
  double largest = 0, sum = 0;
  mag_t slack;
  *first = x->first;
  mag_inf(norm);
  if (x->w * (slong)x->planes > SKEW_BITS)
    return;
  subtract_from_transposed(k, x);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++)
      largest = fabs(k[i * n + j]) > largest ? fabs(k[i * n + j]) : largest;
  /* 2^SKEW_SCALE K < 2^exponent: so many planes are empty. */
  int exponent = largest > 0 ? ilogb(largest) + 1 : 0;
  int empty = (SKEW_SCALE - exponent) / x->w;
  complete_skew(k, n, x->w * empty - SKEW_SCALE);
  for (size_t i = 0; i < count; i++)
    sum += k[i] * k[i];
  *first += empty;
  /* As in mc_digits_frobenius_upper; sum is at least 2^(-2 w - 2), or 0, so that no underflow matters; and the
   * roundings of k. */
  mag_init(slack);
  mag_set_ui_2exp_si(slack, count + 2, -52);
  mag_set_d(norm, sum);
  mag_mul(slack, slack, norm);
  mag_add(norm, norm, slack);
  mag_sqrt(norm, norm);
  mag_set_ui_2exp_si(slack, x->planes, -51);
  mag_mul(slack, slack, norm);
  mag_add(norm, norm, slack);
  mag_mul_2exp_si(norm, norm, -(slong)x->w * *first);
  mag_clear(slack);
}
