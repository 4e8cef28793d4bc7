/* Sums of error-free products of digit matrices, and their check modulo the prime 2^61 - 1. */
#include "ball.h"

#include <cblas.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "digits.h"

/* ---- Residues modulo 2^61 - 1 ---- */

#define PRIME ((UINT64_C(1) << 61) - 1)

typedef unsigned __int128 wide;
typedef __int128 wide_signed;

static uint64_t reduce(wide x) {
  uint64_t folded = (uint64_t)(x & PRIME) + (uint64_t)(x >> 61 & PRIME) + (uint64_t)(x >> 122);
  folded = (folded & PRIME) + (folded >> 61);
  return folded >= PRIME ? folded - PRIME : folded;
}

static uint64_t reduce_signed(wide_signed x) {
  uint64_t r = reduce((wide)(x < 0 ? -x : x));
  return x < 0 && r != 0 ? PRIME - r : r;
}

static uint64_t add_mod(uint64_t a, uint64_t b) {
  return reduce((wide)a + b);
}

static uint64_t multiply_mod(uint64_t a, uint64_t b) {
  return reduce((wide)a * b);
}

/* Sum of row[j] x[j]: integers of at most 2^53 by residues, at most 2^12 of them between reductions. */
static uint64_t dot_mod(const double *row, const uint64_t *x, size_t n) {
  uint64_t total = 0;
  for (size_t from = 0; from < n; from += 4096) {
    size_t to = n - from > 4096 ? from + 4096 : n;
    wide_signed even = 0, odd = 0; /* two chains of carries */
    size_t j = from;
    for (; j + 2 <= to; j += 2) {
      even += (wide_signed)(int64_t)row[j] * (int64_t)x[j];
      odd += (wide_signed)(int64_t)row[j + 1] * (int64_t)x[j + 1];
    }
    if (j < to)
      even += (wide_signed)(int64_t)row[j] * (int64_t)x[j];
    total = add_mod(total, reduce_signed(even + odd));
  }
  return total;
}

/* Uniform residues, fresh for every sum of the process. */
static void random_residues(uint64_t *x, size_t count, mc_random *r) {
  for (size_t i = 0; i < count; i++)
    x[i] = mc_random_below(r, PRIME);
}

/* ---- A sum ---- */

static const double LIMIT = 0x1p52;

mc_status mc_digits_sum_init(mc_digits_sum *s, size_t m, size_t n, size_t planes, slong first, int w, mc_error *e) {
  static atomic_uint serial;
  mc_random r;
  *s = (mc_digits_sum){.bound = mc_alloc(planes, sizeof(double)),
                       .x = mc_alloc(n, sizeof(uint64_t)),
                       .z = mc_alloc(planes, sizeof(uint64_t)),
                       .expected = mc_alloc(m, sizeof(uint64_t))};
  mag_init(s->dropped);
  mc_status status = mc_digits_init(&s->raw, m, n, planes, first, w, e);
  if (status == MC_OK && (s->bound == NULL || s->x == NULL || s->z == NULL || s->expected == NULL))
    status = mc_fail(e, MC_NO_MEMORY, "no memory for a sum of products");
  if (status != MC_OK) {
    mc_digits_sum_clear(s);
    return status;
  }
  mc_random_init(&r, 0, mc_random_stream_of("freivalds"), (uint32_t)atomic_fetch_add(&serial, 1));
  random_residues(s->x, n, &r);
  random_residues(s->z, planes, &r);
  return MC_OK;
}

void mc_digits_sum_clear(mc_digits_sum *s) {
  mc_digits_clear(&s->raw);
  mc_free(s->bound);
  mc_free(s->x);
  mc_free(s->z);
  mc_free(s->expected);
  mag_zero(s->dropped); /* and with it the memory of a large exponent */
  s->bound = NULL;
  s->x = s->z = s->expected = NULL;
}

enum { LANES = 8 };

/* Raise worst[k] to |x|; what is no integer, NaN or infinite makes off[k] differ from 0.  (Lanes, so that compilers can
 * use vectors without changing the meaning of a comparison with NaN.) */
static inline void scan_lane(double *worst, double *off, double x, int k) {
  double v = fabs(x);
  worst[k] = v > worst[k] ? v : worst[k];
  off[k] += fabs(mc_digits_rint(v) - v); /* NaN for NaN and infinity */
}

/* The largest magnitude in plane s; negative when some entry is no integer or beyond what its plane may hold. */
static double plane_max(const mc_digits *x, size_t s) {
  const double limit = ldexp(1, s == 0 ? x->w : x->w - 1);
  double worst[LANES] = {0}, off[LANES] = {0};
  for (size_t i = 0; i < x->m; i++) {
    const double *row = x->d + (i * x->planes + s) * x->n;
    size_t j = 0;
    for (; j + LANES <= x->n; j += LANES)
      for (int k = 0; k < LANES; k++)
        scan_lane(worst, off, row[j + (size_t)k], k);
    for (; j < x->n; j++)
      scan_lane(worst, off, row[j], 0);
  }
  double largest = 0, sum = 0;
  for (int k = 0; k < LANES; k++) {
    largest = worst[k] > largest ? worst[k] : largest;
    sum += off[k];
  }
  return sum == 0 && largest <= limit ? largest : -1;
}

static mc_status out_of_range(mc_error *e) {
  return mc_fail(e, MC_INTERNAL, "a digit is out of range");
}

enum { MAX_PLANES = 512 };

/* Maxima of all planes of x. */
static mc_status plane_maxima(double *maxima, const mc_digits *x, mc_error *e) {
  if (x->planes > MAX_PLANES)
    return mc_fail(e, MC_UNDECIDED, "more than %d planes", MAX_PLANES);
  for (size_t s = 0; s < x->planes; s++) {
    maxima[s] = plane_max(x, s);
    if (maxima[s] < 0)
      return out_of_range(e);
  }
  return MC_OK;
}

/* Add `amount` to the bound of raw plane t; t < 0 only with amount 0. */
static mc_status raise_bound(mc_digits_sum *s, slong t, double amount, mc_error *e) {
  if (t < 0)
    return amount == 0 ? MC_OK : mc_fail(e, MC_UNDECIDED, "a leading digit does not fit the sum");
  s->bound[t] += amount;
  return s->bound[t] <= LIMIT ? MC_OK : mc_fail(e, MC_UNDECIDED, "a sum of products could pass 2^52");
}

/* dropped += amount 2^(-w (position + 1)) sqrt(m n). */
static void add_dropped(mc_digits_sum *s, double amount, slong position) {
  mag_t t, count;
  mag_init(t);
  mag_init(count);
  mag_set_ui(count, s->raw.m * s->raw.n);
  mag_sqrt(count, count);
  mag_set_d(t, amount);
  mag_mul_2exp_si(t, t, -(slong)s->raw.w * (position + 1));
  mag_addmul(s->dropped, t, count);
  mag_clear(t);
  mag_clear(count);
}

/* Account for planes of magnitude `amount` at `position`: in the sum or dropped. */
static mc_status account(mc_digits_sum *s, slong position, double amount, mc_error *e) {
  slong t = position - s->raw.first;
  if (t < (slong)s->raw.planes)
    return raise_bound(s, t, amount, e);
  add_dropped(s, amount, position);
  return MC_OK;
}

static mc_status check_operand(const mc_digits_sum *s, const mc_digits *x, size_t m, size_t n, mc_error *e) {
  if (x->w != s->raw.w || x->m != m || x->n != n)
    return mc_fail(e, MC_INTERNAL, "digit matrices that do not match");
  return mc_digits_round_to_nearest() ? MC_OK : mc_fail(e, MC_INTERNAL, "the processor does not round to nearest");
}

/* y[i] := sum over j of plane s of x, row i (or column i when transposed), times v[j]. */
static void apply_mod(uint64_t *y, const mc_digits *x, size_t s, const uint64_t *v) {
  for (size_t i = 0; i < x->m; i++)
    y[i] = dot_mod(x->d + (i * x->planes + s) * x->n, v, x->n);
}

static uint64_t residue_of_alpha(int alpha) {
  return alpha < 0 ? PRIME - (uint64_t)-alpha : (uint64_t)alpha;
}

mc_status mc_digits_sum_add(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  mc_status status = check_operand(s, x, s->raw.m, s->raw.n, e);
  for (size_t p = 0; p < x->planes && status == MC_OK; p++) {
    double largest = plane_max(x, p);
    slong position = x->first + (slong)p, t = position - s->raw.first;
    status = largest < 0 ? out_of_range(e) : account(s, position, fabs((double)alpha) * largest, e);
    if (status != MC_OK || t < 0 || t >= (slong)s->raw.planes)
      continue;
    uint64_t factor = multiply_mod(residue_of_alpha(alpha), s->z[t]);
    for (size_t i = 0; i < x->m; i++) {
      const double *from = x->d + (i * x->planes + p) * x->n;
      double *to = s->raw.d + (i * s->raw.planes + (size_t)t) * x->n;
      for (size_t j = 0; j < x->n; j++)
        to[j] += alpha * from[j];
      s->expected[i] = add_mod(s->expected[i], multiply_mod(factor, dot_mod(from, s->x, x->n)));
    }
  }
  return status;
}

/* The products that fall within the sum: for plane p of A, planes 0 … count - 1 of B from raw plane `to` on. */
static void multiply_planes(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b) {
  const size_t m = s->raw.m, n = s->raw.n, k = b->m;
  for (size_t p = 0; p < a->planes; p++) {
    slong to = a->first + (slong)p + b->first + 1 - s->raw.first;
    slong skip = to < 0 ? -to : 0; /* planes of B whose products are known to vanish */
    slong count = (slong)s->raw.planes - to;
    count = count < (slong)b->planes ? count : (slong)b->planes;
    if (count <= skip)
      continue;
    cblas_dgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, CblasNoTrans, (int)m,
                (int)((size_t)(count - skip) * n), (int)k, alpha, a->d + p * a->n, (int)(a->planes * a->n),
                b->d + (size_t)skip * n, (int)(b->planes * n), 1, s->raw.d + (size_t)(to + skip) * n,
                (int)(s->raw.planes * n));
  }
}

/* v := alpha sum_q z_t B_q x over the planes q of B whose product with plane p of A falls into a raw plane t. */
static void weigh_planes(uint64_t *v, const mc_digits_sum *s, int alpha, slong position, const mc_digits *b,
                         const uint64_t *bx) {
  const size_t k = b->m;
  memset(v, 0, k * sizeof *v);
  for (size_t q = 0; q < b->planes; q++) {
    slong t = position + b->first + (slong)q + 1 - s->raw.first;
    if (t < 0 || t >= (slong)s->raw.planes)
      continue;
    uint64_t factor = multiply_mod(residue_of_alpha(alpha), s->z[t]);
    for (size_t i = 0; i < k; i++)
      v[i] = add_mod(v[i], multiply_mod(factor, bx[q * k + i]));
  }
}

/* columns[j] += sum_i (plane p of a)_ij v[i].  Digits are below 2^31, so 2^35 terms fit. */
static void apply_transposed(wide_signed *columns, const mc_digits *a, size_t p, const uint64_t *v) {
  for (size_t i = 0; i < a->m; i++) {
    const double *row = a->d + (i * a->planes + p) * a->n;
    for (size_t j = 0; j < a->n; j++)
      columns[j] += (wide_signed)(int64_t)row[j] * (int64_t)v[i];
  }
}

/* expected += alpha sum_p A_p (sum_q z_t B_q x), t the raw plane into which A_p B_q falls. */
static mc_status expect_product(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                                mc_error *e) {
  const size_t k = b->m, m = s->raw.m;
  uint64_t *bx = mc_alloc(b->planes * k, sizeof *bx), *v = mc_alloc(k, sizeof *v);
  wide_signed *columns = mc_alloc(m, sizeof *columns);
  bool good = bx != NULL && v != NULL && columns != NULL;
  for (size_t q = 0; q < b->planes && good; q++)
    apply_mod(bx + q * k, b, q, s->x);
  for (size_t p = 0; p < a->planes && good; p++) {
    weigh_planes(v, s, alpha, a->first + (slong)p, b, bx);
    if (transpose_a)
      apply_transposed(columns, a, p, v);
    for (size_t i = 0; !transpose_a && i < m; i++)
      s->expected[i] = add_mod(s->expected[i], dot_mod(a->d + (i * a->planes + p) * a->n, v, k));
  }
  for (size_t i = 0; transpose_a && good && i < m; i++)
    s->expected[i] = add_mod(s->expected[i], reduce_signed(columns[i]));
  mc_free(bx);
  mc_free(v);
  mc_free(columns);
  return good ? MC_OK : mc_fail(e, MC_NO_MEMORY, "no memory for a check");
}

mc_status mc_digits_sum_addmul(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                               mc_error *e) {
  double a_max[MAX_PLANES], b_max[MAX_PLANES];
  mc_status status = check_operand(s, a, transpose_a ? b->m : s->raw.m, transpose_a ? s->raw.m : b->m, e);
  if (status == MC_OK)
    status = check_operand(s, b, b->m, s->raw.n, e);
  if (status == MC_OK)
    status = plane_maxima(a_max, a, e);
  if (status == MC_OK)
    status = plane_maxima(b_max, b, e);
  for (size_t p = 0; p < a->planes && status == MC_OK; p++)
    for (size_t q = 0; q < b->planes && status == MC_OK; q++)
      status = account(s, a->first + (slong)p + b->first + (slong)q + 1,
                       fabs((double)alpha) * (double)b->m * a_max[p] * b_max[q], e);
  if (status == MC_OK)
    status = expect_product(s, alpha, a, transpose_a, b, e);
  if (status == MC_OK)
    multiply_planes(s, alpha, a, transpose_a, b);
  return status;
}

/* raw plane t += alpha (plane q of x) diag(plane p of d), and what the check expects of it. */
static void add_scaled_plane(mc_digits_sum *s, int alpha, const mc_digits *x, size_t q, const double *d, size_t t,
                             uint64_t *dx) {
  for (size_t j = 0; j < x->n; j++)
    dx[j] = multiply_mod(reduce_signed((wide_signed)(alpha * d[j])), s->x[j]);
  for (size_t i = 0; i < x->m; i++) {
    const double *from = x->d + (i * x->planes + q) * x->n;
    double *to = s->raw.d + (i * s->raw.planes + t) * x->n;
    for (size_t j = 0; j < x->n; j++)
      to[j] += alpha * d[j] * from[j];
    s->expected[i] = add_mod(s->expected[i], multiply_mod(s->z[t], dot_mod(from, dx, x->n)));
  }
}

mc_status mc_digits_sum_addscaled(mc_digits_sum *s, int alpha, const mc_digits *x, const mc_digits *d, mc_error *e) {
  double x_max[MAX_PLANES], d_max[MAX_PLANES];
  uint64_t *dx = mc_alloc(x->n, sizeof *dx);
  mc_status status =
      dx != NULL ? check_operand(s, x, s->raw.m, s->raw.n, e) : mc_fail(e, MC_NO_MEMORY, "no memory for a check");
  if (status == MC_OK)
    status = check_operand(s, d, 1, x->n, e);
  if (status == MC_OK)
    status = plane_maxima(x_max, x, e);
  if (status == MC_OK)
    status = plane_maxima(d_max, d, e);
  for (size_t p = 0; p < d->planes && status == MC_OK; p++)
    for (size_t q = 0; q < x->planes && status == MC_OK; q++) {
      slong position = d->first + (slong)p + x->first + (slong)q + 1, t = position - s->raw.first;
      status = account(s, position, fabs((double)alpha) * d_max[p] * x_max[q], e);
      if (status == MC_OK && t >= 0 && t < (slong)s->raw.planes)
        add_scaled_plane(s, alpha, x, q, d->d + p * x->n, (size_t)t, dx);
    }
  mc_free(dx);
  return status;
}

/* Does every row of the raw planes have the expected residue? */
static bool raw_is_right(const mc_digits_sum *s) {
  for (size_t i = 0; i < s->raw.m; i++) {
    uint64_t residue = 0;
    for (size_t t = 0; t < s->raw.planes; t++) {
      const double *row = s->raw.d + (i * s->raw.planes + t) * s->raw.n;
      for (size_t j = 0; j < s->raw.n; j++)
        if (!(fabs(row[j]) <= LIMIT && (double)(int64_t)row[j] == row[j]))
          return false; /* residues are of integers alone */
      residue = add_mod(residue, multiply_mod(s->z[t], dot_mod(row, s->x, s->raw.n)));
    }
    if (residue != s->expected[i])
      return false;
  }
  return true;
}

/* From the last plane to the first: what exceeds half of 2^w goes one plane up. */
static bool carry(mc_digits *x) {
  const double base = ldexp(1, x->w), unit = ldexp(1, -x->w);
  bool good = true;
  for (size_t i = 0; i < x->m; i++)
    for (size_t t = x->planes; t-- > 0;) {
      double *row = x->d + (i * x->planes + t) * x->n, *above = row - x->n;
      if (t > 0) {
        for (size_t j = 0; j < x->n; j++) {
          double q = mc_digits_rint(row[j] * unit);
          row[j] -= q * base;
          above[j] += q;
        }
      } else {
        for (size_t j = 0; j < x->n; j++)
          good &= fabs(row[j]) <= base;
      }
    }
  return good;
}

mc_status mc_digits_sum_finish(mc_digits *x, mag_t error, mc_digits_sum *s, mc_error *e) {
  mc_status status = MC_OK;
  if (!raw_is_right(s))
    status = mc_fail(e, MC_INTERNAL, "the BLAS returned a wrong product");
  else if (!mc_digits_round_to_nearest())
    status = mc_fail(e, MC_INTERNAL, "the processor does not round to nearest");
  else if (!carry(&s->raw))
    status = mc_fail(e, MC_UNDECIDED, "a result does not fit its digits");
  *x = (mc_digits){0};
  if (status == MC_OK) {
    *x = s->raw;
    s->raw.d = NULL;
    mag_set(error, s->dropped);
  }
  mc_digits_sum_clear(s);
  return status;
}
