/* Digit matrices: from and to doubles and balls. */
#include "ball.h"

#include <fenv.h>
#include <math.h>
#include <string.h>

#include "digits.h"
#include "limbs.h"
#include "residue.h"
#include "sum.h"

/* Two planes make one exact double: 2^(w+2) 2^w + 2^(w-1) < 2^53. */
enum { MAX_WIDTH = 25 };

/* The processor's mode, the rounding that mc_digits_rint actually shows, and subnormal numbers that stay what they are,
 * as a result and as an operand of the comparison (a library linked with -ffast-math makes them zero everywhere). */
static bool arithmetic_holds(void) {
  volatile double half = 0.5, three_halves = 1.5, normal = 0x1p-1022;
  return fegetround() == FE_TONEAREST && mc_digits_rint(half) == 0 && mc_digits_rint(three_halves) == 2 &&
         mc_digits_rint(-three_halves) == -2 && normal * half > 0;
}

mc_status mc_ball_check_arithmetic(mc_error *e) {
  return arithmetic_holds() ? MC_OK
                            : mc_fail(e, MC_INTERNAL, "the processor does not round to nearest with gradual underflow");
}

int mc_digits_width(size_t k, size_t products) {
  if (mc_digits_backend_selected() != MC_DIGITS_DGEMM)
    return MC_LIMB_WIDTH;
  int bits = (int)FLINT_BIT_COUNT(k > 0 ? k - 1 : 0) + (int)FLINT_BIT_COUNT(products > 0 ? products - 1 : 0);
  int width = (52 - bits) / 2 + 1;
  return width < MAX_WIDTH ? width : MAX_WIDTH;
}

/* Digits spread evenly over +-2^(w-1) have norms of sqrt(k / 3) 2^(w-1), and so two products come to at most about k
 * 2^(2 w - 2) / 1.2 <= 2^52. */
int mc_digits_width_likely(size_t k) {
  if (mc_digits_backend_selected() != MC_DIGITS_DGEMM)
    return MC_LIMB_WIDTH;
  int width = (54 - (int)FLINT_BIT_COUNT(k > 0 ? k - 1 : 0)) / 2;
  return width < MAX_WIDTH ? width : MAX_WIDTH;
}

mc_status mc_digits_init(mc_digits *x, size_t m, size_t n, size_t planes, slong first, int w, mc_error *e) {
  *x = (mc_digits){m, n, planes, first, w, mc_alloc(m * planes, n * sizeof(double))};
  return x->d != NULL ? MC_OK : mc_fail(e, MC_NO_MEMORY, "no memory for a digit matrix of %zu by %zu", m, n);
}

mc_status mc_digits_reserve(mc_digits *x, size_t m, size_t n, size_t planes, slong first, int w, mc_error *e) {
  size_t rows;
  *x = (mc_digits){m, n, planes, first, w, NULL};
  if (!__builtin_mul_overflow(m, planes, &rows) && n <= SIZE_MAX / sizeof(double))
    x->d = mc_realloc(NULL, rows, n * sizeof(double));
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

/* to := from 2^scale: by a multiplication where 2^scale is a normal number, as that then rounds as ldexp does. */
static void scale_row(double *to, const double *from, int scale, size_t n) {
  const double factor = ldexp(1, scale);
  if (scale >= -1022 && scale <= 1023)
    for (size_t j = 0; j < n; j++)
      to[j] = from[j] * factor;
  else
    for (size_t j = 0; j < n; j++)
      to[j] = ldexp(from[j], scale);
}

/* digits := rest base rounded, rest := rest base - digits, which is exact: both are multiples of the last place of the
 * former, and the difference is no larger. */
MC_BALL_CLONES
static void split_row(double *digits, double *rest, double base, size_t n) {
  for (size_t j = 0; j < n; j++) {
    const double t = rest[j] * base, digit = mc_digits_rint(t);
    digits[j] = digit;
    rest[j] = t - digit;
  }
}

/* Are all magnitudes at most limit?  Not where one is NaN. */
MC_BALL_CLONES
static bool are_at_most(const double *x, double limit, size_t n) {
  mask good = {-1, -1, -1, -1};
  bool rest = true;
  size_t j = 0;
  for (; j + LANE <= n; j += LANE)
    good &= MC_MAGNITUDE(*(const vector *)(x + j)) <= limit;
  for (; j < n; j++)
    rest &= fabs(x[j]) <= limit;
  return rest && (good[0] & good[1] & good[2] & good[3]) != 0;
}

/* The larger of most and all magnitudes. */
MC_BALL_CLONES
static double larger_of(double most, const double *x, size_t n) {
  vector lane = {0};
  size_t j = 0;
  for (; j + LANE <= n; j += LANE) {
    const vector size = MC_MAGNITUDE(*(const vector *)(x + j));
    lane = MC_LARGER(size, lane);
  }
  for (size_t k = 0; k < LANE; k++)
    most = lane[k] > most ? lane[k] : most;
  for (; j < n; j++)
    most = fabs(x[j]) > most ? fabs(x[j]) : most;
  return most;
}

mc_status mc_digits_set_double(mc_digits *x, mag_t error, const double *a, slong shift, mc_error *e) {
  const double base = ldexp(1, x->w);
  const int scale = (int)(shift + (slong)x->w * x->first);
  double most = 0, *rest = mc_alloc(x->n, sizeof *rest);
  if (rest == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for digits");
  mc_status status = mc_ball_check_arithmetic(e);
  for (size_t i = 0; i < x->m && status == MC_OK; i++) {
    scale_row(rest, a + i * x->n, scale, x->n);
    if (!are_at_most(rest, 1, x->n))
      status = mc_fail(e, MC_UNDECIDED, "an entry does not fit its digits");
    for (size_t s = 0; s < x->planes; s++)
      split_row(x->d + (i * x->planes + s) * x->n, rest, base, x->n);
    most = larger_of(most, rest, x->n);
  }
  mc_free(rest);
  if (status != MC_OK)
    return status;
  if (error != NULL) {
    /* largest remainder times sqrt(m n), and what ldexp lost by underflow: at most 2^-1074 an entry */
    mag_t count;
    mag_init(count);
    mag_set_ui(count, x->m * x->n);
    mag_sqrt(count, count);
    mag_set_d(error, most);
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

/* The sum of (|x_j base + y_j| + 1)^2. */
MC_BALL_CLONES
static double sum_squares(const double *x, const double *y, double base, size_t n) {
  vector lane = {0};
  double sum = 0;
  for (size_t j = 0; j + LANE <= n; j += LANE) {
    vector v = *(const vector *)(x + j) * base + *(const vector *)(y + j);
    v = (vector)((mask)v & INT64_MAX) + 1;
    lane += v * v;
  }
  for (size_t j = n - n % LANE; j < n; j++) {
    double v = fabs(x[j] * base + y[j]) + 1;
    sum += v * v;
  }
  return sum + ((lane[0] + lane[1]) + (lane[2] + lane[3]));
}

void mc_digits_frobenius_upper(mag_t bound, const mc_digits *x) {
  /* The leading two planes make an integer v of less than 2^52; the planes after them less than one unit of v. */
  const double base = ldexp(1, x->w);
  const size_t second = x->planes > 1 ? 1 : 0;
  double sum = 0;
  for (size_t i = 0; i < x->m; i++) {
    const double *row = x->d + i * x->planes * x->n;
    if (second)
      sum += sum_squares(row, row + x->n, base, x->n);
    for (size_t j = 0; j < x->n && !second; j++)
      sum += row[j] * row[j];
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

/* a := (a + digits) unit. */
MC_BALL_CLONES
static void append_row(double *a, const double *digits, double unit, size_t n) {
  for (size_t j = 0; j < n; j++)
    a[j] = (a[j] + digits[j]) * unit;
}

/* The same four times, from zero and the last row on. */
MC_BALL_CLONES
static void append_four(double *a, const double *digits, double unit, size_t n) {
  for (size_t j = 0; j < n; j++)
    a[j] = (((digits[3 * n + j] * unit + digits[2 * n + j]) * unit + digits[n + j]) * unit + digits[j]) * unit;
}

/* The leading plane may hold a few bits only. */
void mc_digits_get_double_approx(double *a, const mc_digits *x) {
  const double unit = ldexp(1, -x->w);
  for (size_t i = 0; i < x->m; i++) {
    double *row = a + i * x->n;
    if (x->planes >= 4) {
      append_four(row, x->d + i * x->planes * x->n, unit, x->n);
      continue;
    }
    memset(row, 0, x->n * sizeof *a);
    for (size_t s = x->planes; s-- > 0;)
      append_row(row, x->d + (i * x->planes + s) * x->n, unit, x->n);
  }
}

enum { MAX_LIMBS = 160 };

/* y := the integer sum over s of digits[s * stride] 2^(w (planes - 1 - s)) times 2^exponent: a two's complement
 * number, from the last digit on, two digits at a time: together they are an exact double. */
static void collect(arf_t y, const double *digits, size_t stride, size_t planes, int w, slong exponent) {
  const double base = (double)(UINT64_C(1) << w);
  mp_limb_t limbs[MAX_LIMBS];
  mp_size_t size = 0;
  __int128 rest = 0; /* what is not in the limbs yet, below 2^(64 + 53) */
  int at = 0;
  for (size_t s = planes; s > 0;) {
    double pair = digits[--s * stride];
    if (at >= FLINT_BITS) {
      limbs[size++] = (mp_limb_t)rest;
      rest >>= FLINT_BITS;
      at -= FLINT_BITS;
    }
    if (s > 0)
      pair += digits[--s * stride] * base;
    rest += (__int128)(int64_t)pair * ((__int128)1 << at);
    at += 2 * w;
  }
  const bool negative = rest < 0;
  limbs[size++] = (mp_limb_t)rest;
  limbs[size++] = (mp_limb_t)(rest >> FLINT_BITS);
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
  for (size_t i = 0; i < x->m; i++)
    for (size_t j = 0; j < x->n; j++) {
      arb_struct *entry = arb_mat_entry(A, (slong)i, (slong)j);
      collect(arb_midref(entry), x->d + i * x->planes * x->n + j, x->n, x->planes, x->w, weight(x, x->planes - 1));
      mag_zero(arb_radref(entry));
    }
}

MC_BALL_CLONES
bool mc_digits_are_zero(const double *row, size_t n) {
  vector any = {0};
  bool zero = true;
  for (size_t j = 0; j + LANE <= n; j += LANE)
    any = (vector)((mask)any | ((mask)(*(const vector *)(row + j) != 0)));
  for (size_t j = n - n % LANE; j < n; j++)
    zero &= row[j] == 0;
  mask found = (mask)any;
  return zero && (found[0] | found[1] | found[2] | found[3]) == 0;
}

/* Is plane s all zero? */
static bool plane_is_zero(const mc_digits *x, size_t s) {
  for (size_t i = 0; i < x->m; i++)
    if (!mc_digits_are_zero(x->d + (i * x->planes + s) * x->n, x->n))
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

void mc_digits_truncate(mc_digits *x, mag_t error, slong end) {
  const size_t planes = x->planes, kept = end > x->first ? (size_t)(end - x->first) : 1;
  mag_t lost, count;
  if (kept >= planes)
    return;
  for (size_t i = 0; i < x->m; i++)
    memmove(x->d + i * kept * x->n, x->d + i * planes * x->n, kept * x->n * sizeof(double));
  x->planes = kept;
  /* Digits of at most half of 2^w: together at most (1 + 2^(1-w)) / 2 units of the last plane that is kept. */
  mag_init(lost);
  mag_init(count);
  mag_set_ui(count, x->m * x->n);
  mag_sqrt(count, count);
  mag_set_ui_2exp_si(lost, (UWORD(1) << x->w) + 2, weight(x, kept - 1) - x->w - 1);
  mag_addmul(error, lost, count);
  mag_clear(lost);
  mag_clear(count);
}

mc_status mc_digits_copy(mc_digits *y, const mc_digits *x, mc_error *e) {
  mc_status status = mc_digits_reserve(y, x->m, x->n, x->planes, x->first, x->w, e);
  if (status == MC_OK)
    memcpy(y->d, x->d, x->m * x->n * x->planes * sizeof *x->d);
  return status;
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
  enum { TILE = 8 };
  const size_t m = x->m, n = x->n, planes = x->planes;
  mc_status status = mc_digits_reserve(y, n, m, planes, x->first, x->w, e);
  for (size_t s = 0; status == MC_OK && s < planes; s++)
    for (size_t i = 0; i < m; i += TILE)
      for (size_t j = 0; j < n; j += TILE)
        for (size_t k = i; k < m && k < i + TILE; k++)
          for (size_t l = j; l < n && l < j + TILE; l++)
            y->d[(l * planes + s) * m + k] = x->d[(k * planes + s) * n + l];
  return status;
}
