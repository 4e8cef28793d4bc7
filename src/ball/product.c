/* Sums of error-free products of digit matrices, and their check modulo the prime 2^61 - 1. */
#include "ball.h"

#include <cblas.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "digits.h"
#include "residue.h"

/* ---- A sum ---- */

static const double LIMIT = 0x1p52;

mc_status mc_digits_sum_init(mc_digits_sum *s, size_t m, size_t n, size_t planes, slong first, int w, mc_error *e) {
  static atomic_uint serial;
  mc_random r;
  *s = (mc_digits_sum){.bound = mc_alloc(planes, sizeof(double)),
                       .z = mc_alloc(planes, sizeof(uint64_t)),
                       .expected = mc_alloc(m, sizeof(uint64_t))};
  mag_init(s->dropped);
  mc_status status = mc_digits_init(&s->raw, m, n, planes, first, w, e);
  bool room = mc_residues_init(&s->x, n) && s->bound != NULL && s->z != NULL && s->expected != NULL;
  if (status == MC_OK && !room)
    status = mc_fail(e, MC_NO_MEMORY, "no memory for a sum of products");
  if (status != MC_OK) {
    mc_digits_sum_clear(s);
    return status;
  }
  mc_random_init(&r, 0, mc_random_stream_of("freivalds"), (uint32_t)atomic_fetch_add(&serial, 1));
  mc_residues_draw(&s->x, &r);
  for (size_t t = 0; t < planes; t++)
    s->z[t] = mc_random_below(&r, (UINT64_C(1) << 61) - 1);
  return MC_OK;
}

void mc_digits_sum_clear(mc_digits_sum *s) {
  mc_digits_clear(&s->raw);
  mc_free(s->bound);
  mc_residues_clear(&s->x);
  mc_residues_clear(&s->zx);
  mc_free(s->z);
  mc_free(s->expected);
  mag_zero(s->dropped); /* and with it the memory of a large exponent */
  s->bound = NULL;
  s->z = s->expected = NULL;
}

enum { LANE = 4 };
typedef double vector __attribute__((vector_size(LANE * sizeof(double)), aligned(8), may_alias));
typedef int64_t mask __attribute__((vector_size(LANE * sizeof(double)), aligned(8), may_alias));

static const double ROUNDING_MAGIC = 0x1.8p52;

/* Raise worst to |x|, lane by lane; what is no integer, NaN or infinite makes off differ from 0.  For |x| <= 2^52: a
 * multiple of 2^26 is taken off first, so that the rest is one that the rounding can see. */
MC_BALL_CLONES
static void scan(double worst[LANE], double off[LANE], const double *row, size_t n) {
  vector most = *(vector *)worst, wrong = *(vector *)off;
  for (size_t j = 0; j + LANE <= n; j += LANE) {
    vector x = *(const vector *)(row + j), high = (x * 0x1p-26 + ROUNDING_MAGIC) - ROUNDING_MAGIC;
    vector low = x - high * 0x1p26, difference = ((low + ROUNDING_MAGIC) - ROUNDING_MAGIC) - low;
    x = (vector)((mask)x & INT64_MAX);
    mask larger = x > most;
    most = (vector)((larger & (mask)x) | (~larger & (mask)most));
    wrong += difference * difference; /* NaN for NaN and infinity */
  }
  *(vector *)worst = most;
  *(vector *)off = wrong;
  for (size_t j = n - n % LANE; j < n; j++) {
    double low = row[j] - mc_digits_rint(row[j] * 0x1p-26) * 0x1p26, difference = mc_digits_rint(low) - low;
    worst[0] = fabs(row[j]) > worst[0] ? fabs(row[j]) : worst[0];
    off[0] += difference * difference;
  }
}

/* The largest magnitude in plane s; negative when some entry is no integer or beyond what its plane may hold. */
static double plane_max(const mc_digits *x, size_t s) {
  const double limit = ldexp(1, s == 0 ? x->w + 2 : x->w - 1);
  double worst[LANE] = {0}, off[LANE] = {0}, largest = 0, sum = 0;
  for (size_t i = 0; i < x->m; i++)
    scan(worst, off, x->d + (i * x->planes + s) * x->n, x->n);
  for (size_t k = 0; k < LANE; k++) {
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

/* The residue of row i of the raw planes, which lie side by side. */
static uint64_t residue_of_row(const mc_digits_sum *s, size_t i) {
  return mc_residues_dot_wide(s->raw.d + i * s->zx.n, &s->zx);
}

/* Before the first product: what is there is expected. */
static mc_status begin_products(mc_digits_sum *s, mc_error *e) {
  const size_t n = s->raw.n;
  if (s->products)
    return MC_OK;
  if (!mc_residues_init(&s->zx, s->raw.planes * n))
    return mc_fail(e, MC_NO_MEMORY, "no memory for a check");
  for (size_t j = 0; j < n; j++) {
    uint64_t x = mc_residues_get(&s->x, j);
    for (size_t t = 0; t < s->raw.planes; t++)
      mc_residues_set(&s->zx, t * n + j, mc_residue_mul(s->z[t], x));
  }
  for (size_t i = 0; i < s->raw.m && s->filled; i++)
    s->expected[i] = residue_of_row(s, i);
  s->products = true;
  return MC_OK;
}

/* expected[i] += factor value. */
static void expect(mc_digits_sum *s, size_t i, uint64_t factor, uint64_t value) {
  s->expected[i] = mc_residue_add(s->expected[i], mc_residue_mul(factor, value));
}

MC_BALL_CLONES
static void add_multiple(double *to, const double *from, double alpha, size_t n) {
  for (size_t j = 0; j < n; j++)
    to[j] += alpha * from[j];
}

mc_status mc_digits_sum_add(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  mc_status status = check_operand(s, x, s->raw.m, s->raw.n, e);
  s->filled = true;
  for (size_t p = 0; p < x->planes && status == MC_OK; p++) {
    double largest = plane_max(x, p);
    slong position = x->first + (slong)p, t = position - s->raw.first;
    status = largest < 0 ? out_of_range(e) : account(s, position, fabs((double)alpha) * largest, e);
    if (status != MC_OK || t < 0 || t >= (slong)s->raw.planes)
      continue;
    uint64_t factor = mc_residue_mul(mc_residue_of(alpha), s->z[t]);
    for (size_t i = 0; i < x->m; i++) {
      const double *from = x->d + (i * x->planes + p) * x->n;
      add_multiple(s->raw.d + (i * s->raw.planes + (size_t)t) * x->n, from, alpha, x->n);
      if (s->products)
        expect(s, i, factor, mc_residues_dot(from, &s->x, x->w + 2));
    }
  }
  return status;
}

/* The products that fall within the sum: for plane p of A, planes 0 … count - 1 of B from raw plane `to` on. */
static void multiply_planes(double *raw, const mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a,
                            const mc_digits *b) {
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
                b->d + (size_t)skip * n, (int)(b->planes * n), 1, raw + (size_t)(to + skip) * n,
                (int)(s->raw.planes * n));
  }
}

/* v := alpha sum_q z_t B_q x over the planes q of B whose product with plane p of A falls into a raw plane t. */
static void weigh_planes(mc_residues *v, const mc_digits_sum *s, int alpha, slong position, const mc_digits *b,
                         const uint64_t *bx) {
  uint64_t factor[MAX_PLANES];
  for (size_t q = 0; q < b->planes; q++) {
    slong t = position + b->first + (slong)q + 1 - s->raw.first;
    bool inside = t >= 0 && t < (slong)s->raw.planes;
    factor[q] = inside ? mc_residue_mul(mc_residue_of(alpha), s->z[t]) : 0;
  }
  for (size_t i = 0; i < b->m; i++) {
    uint64_t sum = 0;
    for (size_t q = 0; q < b->planes; q++)
      if (factor[q] != 0)
        sum = mc_residue_add(sum, mc_residue_mul(factor[q], bx[q * b->m + i]));
    mc_residues_set(v, i, sum);
  }
}

/* expected += alpha sum_p A_p (sum_q z_t B_q x), t the raw plane into which A_p B_q falls. */
static mc_status expect_product(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                                mc_error *e) {
  const size_t k = b->m, m = s->raw.m;
  uint64_t *bx = mc_alloc(b->planes * k, sizeof *bx);
  double *room = mc_alloc(MC_RESIDUE_PARTS * m, sizeof *room);
  mc_residues v, columns = {0};
  bool good = mc_residues_init(&v, k);
  good = mc_residues_init(&columns, transpose_a ? m : 0) && good && bx != NULL && room != NULL;
  for (size_t q = 0; q < b->planes && good; q++)
    for (size_t i = 0; i < k; i++)
      bx[q * k + i] = mc_residues_dot(b->d + (i * b->planes + q) * b->n, &s->x, b->w + 2);
  for (size_t p = 0; p < a->planes && good; p++) {
    weigh_planes(&v, s, alpha, a->first + (slong)p, b, bx);
    if (transpose_a)
      mc_residues_apply_transposed(&columns, a->d + p * a->n, a->planes * a->n, k, &v, a->w + 2, room);
    for (size_t i = 0; !transpose_a && i < m; i++)
      expect(s, i, 1, mc_residues_dot(a->d + (i * a->planes + p) * a->n, &v, a->w + 2));
  }
  for (size_t i = 0; transpose_a && good && i < m; i++)
    expect(s, i, 1, mc_residues_get(&columns, i));
  mc_free(bx);
  mc_free(room);
  mc_residues_clear(&v);
  mc_residues_clear(&columns);
  return good ? MC_OK : mc_fail(e, MC_NO_MEMORY, "no memory for a check");
}

/* Check the digits, that all sums will fit, and add to what is expected. */
static mc_status announce_product(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                                  mc_error *e) {
  double a_max[MAX_PLANES], b_max[MAX_PLANES];
  mc_status status = check_operand(s, a, transpose_a ? b->m : s->raw.m, transpose_a ? s->raw.m : b->m, e);
  if (status == MC_OK)
    status = check_operand(s, b, b->m, s->raw.n, e);
  if (status == MC_OK)
    status = plane_maxima(a_max, a, e);
  if (status == MC_OK && b == a)
    memcpy(b_max, a_max, a->planes * sizeof *b_max);
  else if (status == MC_OK)
    status = plane_maxima(b_max, b, e);
  for (size_t p = 0; p < a->planes && status == MC_OK; p++)
    for (size_t q = 0; q < b->planes && status == MC_OK; q++)
      status = account(s, a->first + (slong)p + b->first + (slong)q + 1,
                       fabs((double)alpha) * (double)b->m * a_max[p] * b_max[q], e);
  if (status == MC_OK)
    status = begin_products(s, e);
  return status == MC_OK ? expect_product(s, alpha, a, transpose_a, b, e) : status;
}

mc_status mc_digits_sum_addmul(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                               mc_error *e) {
  mc_status status = announce_product(s, alpha, a, transpose_a, b, e);
  if (status == MC_OK)
    multiply_planes(s->raw.d, s, alpha, a, transpose_a, b);
  return status;
}

/* half := the products of planes p < q of X^T X, and half of those with p = q: multiples of 1/2 below 2^51, exact. */
static void multiply_half(double *half, const mc_digits_sum *s, const mc_digits *x) {
  const size_t n = x->n, width = s->raw.planes * n;
  for (size_t p = 0; p < x->planes; p++) {
    slong to = 2 * (x->first + (slong)p) + 1 - s->raw.first, count = (slong)s->raw.planes - to;
    count = count < (slong)(x->planes - p) ? count : (slong)(x->planes - p);
    const double *plane = x->d + p * n;
    for (int part = 0; part < 2; part++) { /* the square, then all planes after it at once */
      slong skip = part == 0 ? 0 : to + 1 < 0 ? -to : 1, planes = part == 0 ? 1 : count - skip;
      if (to + skip >= 0 && count > skip && planes > 0)
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n, (int)((size_t)planes * n), (int)x->m,
                    part == 0 ? 0.5 : 1, plane, (int)(x->planes * n), plane + (size_t)skip * n, (int)(x->planes * n), 1,
                    half + (size_t)(to + skip) * n, (int)width);
    }
  }
}

/* raw += alpha (half + half^T), plane by plane. */
static void add_symmetric(mc_digits_sum *s, double alpha, const double *half) {
  enum { TILE = 32 };
  const size_t n = s->raw.n, planes = s->raw.planes;
  for (size_t t = 0; t < planes; t++)
    for (size_t i = 0; i < n; i += TILE)
      for (size_t j = 0; j < n; j += TILE)
        for (size_t k = i; k < n && k < i + TILE; k++)
          for (size_t l = j; l < n && l < j + TILE; l++)
            s->raw.d[(k * planes + t) * n + l] +=
                alpha * (half[(k * planes + t) * n + l] + half[(l * planes + t) * n + k]);
}

mc_status mc_digits_sum_addgram(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  mc_status status = announce_product(s, alpha, x, true, x, e);
  if (status != MC_OK)
    return status;
  double *half = mc_alloc(s->raw.m * s->raw.planes, s->raw.n * sizeof *half);
  if (half == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a product");
  multiply_half(half, s, x);
  add_symmetric(s, alpha, half);
  mc_free(half);
  return MC_OK;
}

/* to[j] += alpha d[j] from[j]. */
MC_BALL_CLONES
static void add_scaled(double *to, const double *from, const double *d, double alpha, size_t n) {
  for (size_t j = 0; j < n; j++)
    to[j] += alpha * d[j] * from[j];
}

/* raw plane t += alpha (plane q of x) diag(plane p of d), and what the check expects of it. */
static void add_scaled_plane(mc_digits_sum *s, int alpha, const mc_digits *x, size_t q, const double *d, size_t t,
                             mc_residues *dx) {
  for (size_t j = 0; j < x->n; j++)
    mc_residues_set(dx, j, mc_residue_mul(mc_residue_of((int64_t)(alpha * d[j])), mc_residues_get(&s->x, j)));
  for (size_t i = 0; i < x->m; i++) {
    const double *from = x->d + (i * x->planes + q) * x->n;
    add_scaled(s->raw.d + (i * s->raw.planes + t) * x->n, from, d, alpha, x->n);
    expect(s, i, s->z[t], mc_residues_dot(from, dx, x->w + 2));
  }
}

mc_status mc_digits_sum_addscaled(mc_digits_sum *s, int alpha, const mc_digits *x, const mc_digits *d, mc_error *e) {
  double x_max[MAX_PLANES], d_max[MAX_PLANES];
  mc_residues dx;
  mc_status status = mc_residues_init(&dx, x->n) ? check_operand(s, x, s->raw.m, s->raw.n, e)
                                                 : mc_fail(e, MC_NO_MEMORY, "no memory for a check");
  if (status == MC_OK)
    status = check_operand(s, d, 1, x->n, e);
  if (status == MC_OK)
    status = plane_maxima(x_max, x, e);
  if (status == MC_OK)
    status = plane_maxima(d_max, d, e);
  if (status == MC_OK)
    status = begin_products(s, e);
  for (size_t p = 0; p < d->planes && status == MC_OK; p++)
    for (size_t q = 0; q < x->planes && status == MC_OK; q++) {
      slong position = d->first + (slong)p + x->first + (slong)q + 1, t = position - s->raw.first;
      status = account(s, position, fabs((double)alpha) * d_max[p] * x_max[q], e);
      if (status == MC_OK && t >= 0 && t < (slong)s->raw.planes)
        add_scaled_plane(s, alpha, x, q, d->d + p * x->n, (size_t)t, &dx);
    }
  mc_residues_clear(&dx);
  return status;
}

/* Residues are of integers alone, and exact up to 2^52. */
static bool is_integral(const double *row, size_t n) {
  double worst[LANE] = {0}, off[LANE] = {0}, largest = 0, sum = 0;
  scan(worst, off, row, n);
  for (size_t k = 0; k < LANE; k++) {
    largest = worst[k] > largest ? worst[k] : largest;
    sum += off[k];
  }
  return sum == 0 && largest <= LIMIT;
}

/* Does every row of the raw planes have the expected residue? */
static bool raw_is_right(const mc_digits_sum *s) {
  for (size_t i = 0; i < s->raw.m && s->products; i++) {
    if (!is_integral(s->raw.d + i * s->zx.n, s->zx.n) || residue_of_row(s, i) != s->expected[i])
      return false;
  }
  return true;
}

/* What exceeds half of 2^w goes one plane up. */
MC_BALL_CLONES
static void carry_row(double *row, double *above, double base, double unit, size_t n) {
  for (size_t j = 0; j < n; j++) {
    double q = mc_digits_rint(row[j] * unit);
    row[j] -= q * base;
    above[j] += q;
  }
}

/* From the last plane to the first. */
static bool carry(mc_digits *x) {
  const double base = ldexp(1, x->w), unit = ldexp(1, -x->w);
  bool good = true;
  for (size_t i = 0; i < x->m; i++) {
    double *row = x->d + i * x->planes * x->n;
    for (size_t t = x->planes; t-- > 1;)
      carry_row(row + t * x->n, row + (t - 1) * x->n, base, unit, x->n);
    for (size_t j = 0; j < x->n; j++)
      good &= fabs(row[j]) <= base;
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
