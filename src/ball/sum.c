/* Sums of digit matrices: what they may hold, what falls off their small end, and the carry that makes them digits. */
#include "sum.h"

#include <math.h>
#include <string.h>

#include "digits.h"
#include "limbs.h"
#include "residue.h"

static const double LIMIT = 0x1p52;

mc_status mc_digits_sum_init(mc_digits_sum *s, size_t m, size_t n, size_t planes, slong first, int w, mc_error *e) {
  const bool limbs = mc_digits_backend_selected() != MC_DIGITS_DGEMM;
  const size_t all = planes + (limbs ? MC_LIMB_GUARD : 0);
  *s = (mc_digits_sum){.kept = planes,
                       .limbs = limbs,
                       .bound = mc_alloc(all, sizeof(double)),
                       .z = mc_alloc(all, sizeof(uint64_t)),
                       .expected = mc_alloc(m, sizeof(uint64_t))};
  mag_init(s->dropped);
  mc_status status = mc_digits_init(&s->raw, m, n, all, first, w, e);
  bool room = mc_residues_init(&s->x, n) && s->bound != NULL && s->z != NULL && s->expected != NULL;
  if (status == MC_OK && !room)
    status = mc_fail(e, MC_NO_MEMORY, "no memory for a sum of products");
  if (status == MC_OK)
    mc_check_init(s);
  else
    mc_digits_sum_clear(s);
  return status;
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

/* ---- What goes in ---- */

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

/* The same for digits, which are so small that one rounding shows what is no integer: |x| <= 2^51. */
MC_BALL_CLONES
static void scan_digits(double worst[LANE], double off[LANE], const double *row, size_t n) {
  vector most = *(vector *)worst, wrong = *(vector *)off;
  for (size_t j = 0; j + LANE <= n; j += LANE) {
    vector x = *(const vector *)(row + j), difference = ((x + ROUNDING_MAGIC) - ROUNDING_MAGIC) - x;
    x = (vector)((mask)x & INT64_MAX);
    mask larger = x > most;
    most = (vector)((larger & (mask)x) | (~larger & (mask)most));
    wrong += difference * difference;
  }
  *(vector *)worst = most;
  *(vector *)off = wrong;
  for (size_t j = n - n % LANE; j < n; j++) {
    double difference = mc_digits_rint(row[j]) - row[j];
    worst[0] = fabs(row[j]) > worst[0] ? fabs(row[j]) : worst[0];
    off[0] += difference * difference;
  }
}

/* The largest magnitude that was met; negative when that is beyond the limit, or something was no integer. */
static double verdict(const double worst[LANE], const double off[LANE], double limit) {
  double largest = 0, sum = 0;
  for (size_t k = 0; k < LANE; k++) {
    largest = worst[k] > largest ? worst[k] : largest;
    sum += off[k];
  }
  return sum == 0 && largest <= limit ? largest : -1;
}

/* What plane s may hold. */
static double digit_limit(const mc_digits *x, size_t s) {
  return ldexp(1, s == 0 ? x->w + 2 : x->w - 1);
}

/* The largest magnitude in plane s; negative when some entry is no integer or beyond what its plane may hold. */
static double plane_max(const mc_digits *x, size_t s) {
  double worst[LANE] = {0}, off[LANE] = {0};
  for (size_t i = 0; i < x->m; i++)
    scan_digits(worst, off, x->d + (i * x->planes + s) * x->n, x->n);
  return verdict(worst, off, digit_limit(x, s));
}

mc_status mc_sum_plane_maxima(double *maxima, const mc_digits *x, mc_error *e) {
  if (x->planes > MC_MAX_PLANES)
    return mc_fail(e, MC_UNDECIDED, "more than %d planes", MC_MAX_PLANES);
  for (size_t s = 0; s < x->planes; s++) {
    maxima[s] = plane_max(x, s);
    if (maxima[s] < 0)
      return mc_fail(e, MC_INTERNAL, "a digit is out of range");
  }
  return MC_OK;
}

bool mc_sum_is_integral(const double *row, size_t n) {
  double worst[LANE] = {0}, off[LANE] = {0};
  scan(worst, off, row, n);
  return verdict(worst, off, LIMIT) >= 0;
}

mc_status mc_sum_raise(mc_digits_sum *s, slong t, double amount, mc_error *e) {
  if (t < 0)
    return amount == 0 ? MC_OK : mc_fail(e, MC_UNDECIDED, "a leading digit does not fit the sum");
  s->bound[t] += amount;
  return s->bound[t] <= LIMIT ? MC_OK : mc_fail(e, MC_UNDECIDED, "a sum of products could pass 2^52");
}

/* dropped += amount 2^(-w (position + 1)) sqrt(m n). */
void mc_sum_drop(mc_digits_sum *s, double amount, slong position) {
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

mc_status mc_sum_account(mc_digits_sum *s, slong position, double amount, mc_error *e) {
  slong t = position - s->raw.first;
  if (t < (slong)s->raw.planes)
    return mc_sum_raise(s, t, amount, e);
  mc_sum_drop(s, amount, position);
  return MC_OK;
}

mc_status mc_sum_check_operand(const mc_digits_sum *s, const mc_digits *x, size_t m, size_t n, mc_error *e) {
  if (x->w != s->raw.w || x->m != m || x->n != n)
    return mc_fail(e, MC_INTERNAL, "digit matrices that do not match");
  return mc_digits_round_to_nearest() ? MC_OK : mc_fail(e, MC_INTERNAL, "the processor does not round to nearest");
}

/* ---- Sums without products of matrices ---- */

MC_BALL_CLONES
static void add_multiple(double *to, const double *from, double alpha, size_t n) {
  for (size_t j = 0; j < n; j++)
    to[j] += alpha * from[j];
}

mc_status mc_digits_sum_add(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  double maxima[MC_MAX_PLANES];
  mc_status status = mc_sum_check_operand(s, x, s->raw.m, s->raw.n, e);
  if (status == MC_OK)
    status = mc_sum_plane_maxima(maxima, x, e);
  s->filled = true;
  for (size_t p = 0; p < x->planes && status == MC_OK; p++) {
    slong position = x->first + (slong)p, t = position - s->raw.first;
    status = mc_sum_account(s, position, fabs((double)alpha) * maxima[p], e);
    if (status != MC_OK || t < 0 || t >= (slong)s->raw.planes)
      continue;
    uint64_t factor = mc_residue_mul(mc_residue_of(alpha), s->z[t]);
    for (size_t i = 0; i < x->m; i++) {
      const double *from = x->d + (i * x->planes + p) * x->n;
      add_multiple(s->raw.d + (i * s->raw.planes + (size_t)t) * x->n, from, alpha, x->n);
      if (s->products)
        mc_check_expect(s, i, factor, mc_residues_dot(from, &s->x, x->w + 2));
    }
  }
  return status;
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
    mc_check_expect(s, i, s->z[t], mc_residues_dot(from, dx, x->w + 2));
  }
}

mc_status mc_digits_sum_addscaled(mc_digits_sum *s, int alpha, const mc_digits *x, const mc_digits *d, mc_error *e) {
  double x_max[MC_MAX_PLANES] = {0}, d_max[MC_MAX_PLANES] = {0};
  mc_residues dx;
  mc_status status = mc_residues_init(&dx, x->n) ? mc_sum_check_operand(s, x, s->raw.m, s->raw.n, e)
                                                 : mc_fail(e, MC_NO_MEMORY, "no memory for a check");
  if (status == MC_OK)
    status = mc_sum_check_operand(s, d, 1, x->n, e);
  if (status == MC_OK)
    status = mc_sum_plane_maxima(x_max, x, e);
  if (status == MC_OK)
    status = mc_sum_plane_maxima(d_max, d, e);
  if (status == MC_OK)
    status = mc_check_begin(s, e);
  for (size_t p = 0; p < d->planes && status == MC_OK; p++)
    for (size_t q = 0; q < x->planes && status == MC_OK; q++) {
      slong position = mc_sum_position(d, p, x, q), t = position - s->raw.first;
      status = mc_sum_account(s, position, fabs((double)alpha) * d_max[p] * x_max[q], e);
      if (status == MC_OK && t >= 0 && t < (slong)s->raw.planes)
        add_scaled_plane(s, alpha, x, q, d->d + p * x->n, (size_t)t, &dx);
    }
  mc_residues_clear(&dx);
  return status;
}

/* ---- The end ---- */

/* What exceeds half of 2^w goes one plane up.  Digits are in [-2^(w-1), 2^(w-1)), and so depend on the value alone. */
MC_BALL_CLONES
static void carry_row(double *row, double *above, double base, double unit, size_t n) {
  for (size_t j = 0; j < n; j++) {
    double q = mc_digits_rint(row[j] * unit), rest = row[j] - q * base;
    double tie = rest == base / 2 ? 1 : 0;
    row[j] = rest - tie * base;
    above[j] += q + tie;
  }
}

/* Row i from the last plane to the first; false: it does not fit. */
static bool carry_planes(const mc_digits *x, size_t i) {
  const double base = ldexp(1, x->w), unit = ldexp(1, -x->w);
  double *row = x->d + i * x->planes * x->n;
  bool good = true;
  for (size_t t = x->planes; t-- > 1;)
    carry_row(row + t * x->n, row + (t - 1) * x->n, base, unit, x->n);
  for (size_t j = 0; j < x->n; j++)
    good &= fabs(row[j]) <= base;
  return good;
}

static bool carry(const mc_digits *x) {
  bool good = true;
  for (size_t i = 0; i < x->m; i++)
    good &= carry_planes(x, i);
  return good;
}

/* Drop the guard planes: after the carry, together at most (1 + 2^-w) / 2 units of the last plane that stays. */
static void drop_guard(mc_digits_sum *s) {
  const size_t n = s->raw.n, all = s->raw.planes, kept = s->kept;
  bool any = false;
  if (all == kept)
    return;
  for (size_t i = 0; i < s->raw.m; i++) {
    double *row = s->raw.d + i * all * n;
    for (size_t j = kept * n; j < all * n; j++)
      any |= row[j] != 0;
    memmove(s->raw.d + i * kept * n, row, kept * n * sizeof *row);
  }
  s->raw.planes = kept;
  if (any)
    mc_sum_drop(s, (1 + ldexp(1, -s->raw.w)) / 2, s->raw.first + (slong)kept - 1);
}

mc_status mc_digits_sum_finish(mc_digits *x, mag_t error, mc_digits_sum *s, mc_error *e) {
  mc_status status = MC_OK;
  if (!mc_check_passes(s))
    status = mc_fail(e, MC_INTERNAL, "the BLAS returned a wrong product");
  else if (!mc_digits_round_to_nearest())
    status = mc_fail(e, MC_INTERNAL, "the processor does not round to nearest");
  else if (!carry(&s->raw))
    status = mc_fail(e, MC_UNDECIDED, "a result does not fit its digits");
  *x = (mc_digits){0};
  if (status == MC_OK) {
    drop_guard(s);
    *x = s->raw;
    s->raw.d = NULL;
    mag_set(error, s->dropped);
  }
  mc_digits_sum_clear(s);
  return status;
}

/* ---- x + y ---- */

/* Are the digits of row i integers in range? */
static bool row_is_in_range(const mc_digits *x, size_t i) {
  const double *row = x->d + i * x->planes * x->n;
  double worst[LANE] = {0}, off[LANE] = {0};
  scan_digits(worst, off, row, x->n);
  bool good = verdict(worst, off, digit_limit(x, 0)) >= 0;
  memset(worst, 0, sizeof worst);
  scan_digits(worst, off, row + x->n, (x->planes - 1) * x->n);
  return good && verdict(worst, off, digit_limit(x, 1)) >= 0;
}

/* Row i of z := row i of z plus that of y, where z reaches as far as y does. */
static void add_row_of(const mc_digits *z, const mc_digits *y, size_t i) {
  const size_t shift = (size_t)(y->first - z->first);
  add_multiple(z->d + (i * z->planes + shift) * z->n, y->d + i * y->planes * y->n, 1, y->planes * y->n);
}

mc_status mc_digits_add(mc_digits *x, const mc_digits *y, mc_error *e) {
  slong first = (x->first < y->first ? x->first : y->first) - 1; /* a plane for the carry */
  slong x_end = x->first + (slong)x->planes, y_end = y->first + (slong)y->planes;
  mc_digits z;
  if (x->w != y->w || x->m != y->m || x->n != y->n)
    return mc_fail(e, MC_INTERNAL, "digit matrices that do not match");
  if (!mc_digits_round_to_nearest())
    return mc_fail(e, MC_INTERNAL, "the processor does not round to nearest");
  mc_status status = mc_digits_init(&z, x->m, x->n, (size_t)((x_end > y_end ? x_end : y_end) - first), first, x->w, e);
  for (size_t i = 0; i < x->m && status == MC_OK; i++) {
    if (!row_is_in_range(x, i) || !row_is_in_range(y, i))
      status = mc_fail(e, MC_INTERNAL, "a digit is out of range");
    add_row_of(&z, x, i);
    add_row_of(&z, y, i);
    if (status == MC_OK && !carry_planes(&z, i))
      status = mc_fail(e, MC_UNDECIDED, "a result does not fit its digits");
  }
  if (status != MC_OK) {
    mc_digits_clear(&z);
    return status;
  }
  mc_digits_clear(x);
  *x = z;
  mc_digits_trim(x);
  if (x->first == first)
    mc_digits_fold(x);
  return MC_OK;
}
