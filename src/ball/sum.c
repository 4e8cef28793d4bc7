/* Sums of digit matrices: what they may hold, what falls off their small end, and the carry that makes them digits. */
#include "sum.h"

#include <math.h>
#include <stdlib.h>
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
  mc_status status = mc_digits_reserve(&s->raw, m, n, all, first, w, e);
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

/* Raise worst to |x|, lane by lane; what is no integer, or NaN, makes off differ from 0: one rounding shows that for
 * |x| <= 2^51, and beyond that limits do. */
MC_BALL_CLONES
static void scan_digits(double worst[LANE], double off[LANE], const double *row, size_t n) {
  const vector ones = (vector){0} + 1;
  vector most = *(vector *)worst;
  mask wrong = {0};
  for (size_t j = 0; j + LANE <= n; j += LANE) {
    vector x = *(const vector *)(row + j), rounded = (x + ROUNDING_MAGIC) - ROUNDING_MAGIC;
    wrong |= rounded != x; /* NaN too; infinity is beyond all limits */
    x = (vector)((mask)x & INT64_MAX);
    mask larger = x > most;
    most = (vector)((larger & (mask)x) | (~larger & (mask)most));
  }
  *(vector *)worst = most;
  *(vector *)off += (vector)(wrong & (mask)ones);
  for (size_t j = n - n % LANE; j < n; j++) {
    worst[0] = fabs(row[j]) > worst[0] ? fabs(row[j]) : worst[0];
    off[0] += mc_digits_rint(row[j]) == row[j] ? 0 : 1;
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

/* squares[j] += row[j]^2. */
MC_BALL_CLONES
static void add_squares(double *squares, const double *row, size_t n) {
  for (size_t j = 0; j < n; j++)
    squares[j] += row[j] * row[j];
}

/* The sum of squares of a row, in any order. */
MC_BALL_CLONES
static double sum_squares(const double *row, size_t n) {
  vector lane = {0};
  double sum = 0;
  for (size_t j = 0; j + LANE <= n; j += LANE)
    lane += *(const vector *)(row + j) * *(const vector *)(row + j);
  for (size_t j = n - n % LANE; j < n; j++)
    sum += row[j] * row[j];
  return sum + ((lane[0] + lane[1]) + (lane[2] + lane[3]));
}

static double largest_of(const double *x, size_t n) {
  double largest = 0;
  for (size_t j = 0; j < n; j++)
    largest = x[j] > largest ? x[j] : largest;
  return largest;
}

/* Sums of at most 2^31 squares of integers of doubles are off by a factor of at most 1 + 2^-21. */
mc_status mc_sum_measure(double *maxima, double *norms, const mc_digits *x, bool by_rows, mc_error *e) {
  if (x->planes > MC_MAX_PLANES)
    return mc_fail(e, MC_UNDECIDED, "more than %d planes", MC_MAX_PLANES);
  mc_status status = MC_OK;
  double *squares = mc_alloc(x->n, sizeof *squares);
  if (squares == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a product");
  for (size_t s = 0; s < x->planes && status == MC_OK; s++) {
    double worst[LANE] = {0}, off[LANE] = {0}, largest = 0;
    memset(squares, 0, x->n * sizeof *squares);
    for (size_t i = 0; i < x->m; i++) {
      const double *row = x->d + (i * x->planes + s) * x->n;
      scan_digits(worst, off, row, x->n);
      double sum = by_rows ? sum_squares(row, x->n) : 0;
      largest = sum > largest ? sum : largest;
      if (!by_rows)
        add_squares(squares, row, x->n);
    }
    maxima[s] = verdict(worst, off, digit_limit(x, s));
    norms[s] = sqrt((by_rows ? largest : largest_of(squares, x->n)) * (1 + 0x1p-20)) * (1 + 0x1p-20);
    if (maxima[s] < 0)
      status = mc_fail(e, MC_INTERNAL, "a digit is out of range");
  }
  mc_free(squares);
  return status;
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
  return mc_ball_check_arithmetic(e);
}

/* ---- Sums without products of matrices ---- */

MC_BALL_CLONES
static void add_multiple(double *to, const double *from, double alpha, size_t n) {
  for (size_t j = 0; j < n; j++)
    to[j] += alpha * from[j];
}

void mc_sum_zero(mc_digits_sum *s, size_t from, size_t end) {
  const size_t planes = s->raw.planes, n = s->raw.n;
  if (s->ready)
    return;
  for (size_t i = 0; i < s->raw.m; i++) {
    double *row = s->raw.d + i * planes * n;
    memset(row, 0, from * n * sizeof *row);
    memset(row + end * n, 0, (planes - end) * n * sizeof *row);
  }
  s->ready = true;
}

/* What products there are is checked now, so that what is added next needs no check. */
static mc_status settle(mc_digits_sum *s, mc_error *e) {
  if (!mc_check_passes(s))
    return mc_fail(e, MC_INTERNAL, "the BLAS returned a wrong product");
  mc_check_end(s);
  return MC_OK;
}

/* Room for alpha times the digits of X, in range as they must be. */
static mc_status announce_term(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  mc_status status = mc_sum_check_operand(s, x, s->raw.m, s->raw.n, e);
  if (status == MC_OK)
    status = settle(s, e);
  for (size_t p = 0; p < x->planes && status == MC_OK; p++)
    status = mc_sum_account(s, x->first + (slong)p, fabs((double)alpha) * digit_limit(x, p), e);
  mc_sum_zero(s, 0, 0);
  s->filled = true;
  return status;
}

mc_status mc_digits_sum_add(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  const slong shift = x->first - s->raw.first, room = (slong)s->raw.planes - shift;
  const size_t count = room < 0 ? 0 : (size_t)room < x->planes ? (size_t)room : x->planes;
  mc_status status = announce_term(s, alpha, x, e);
  for (size_t i = 0; i < x->m && status == MC_OK; i++) {
    if (!row_is_in_range(x, i))
      status = mc_fail(e, MC_INTERNAL, "a digit is out of range");
    else if (count > 0)
      add_multiple(s->raw.d + (i * s->raw.planes + (size_t)shift) * x->n, x->d + i * x->planes * x->n, alpha,
                   count * x->n);
  }
  return status;
}

/* Plane t of s += alpha X_p + beta X_p^T. */
static void add_with_transposed(mc_digits_sum *s, size_t t, const mc_digits *x, size_t p, double alpha, double beta) {
  enum { TILE = 8 };
  const size_t n = x->n;
  for (size_t i = 0; i < n; i += TILE)
    for (size_t j = 0; j < n; j += TILE)
      for (size_t k = i; k < n && k < i + TILE; k++) {
        double *to = s->raw.d + (k * s->raw.planes + t) * n;
        const double *row = x->d + (k * x->planes + p) * n;
        for (size_t l = j; l < n && l < j + TILE; l++)
          to[l] += alpha * row[l] + beta * x->d[(l * x->planes + p) * n + k];
      }
}

mc_status mc_digits_sum_add_symmetric(mc_digits_sum *s, int alpha, int beta, const mc_digits *x, mc_error *e) {
  mc_status status = announce_term(s, abs(alpha) + abs(beta), x, e);
  for (size_t i = 0; i < x->m && status == MC_OK; i++)
    if (!row_is_in_range(x, i))
      status = mc_fail(e, MC_INTERNAL, "a digit is out of range");
  for (size_t p = 0; p < x->planes && status == MC_OK; p++) {
    slong t = x->first + (slong)p - s->raw.first;
    if (t >= 0 && t < (slong)s->raw.planes)
      add_with_transposed(s, (size_t)t, x, p, alpha, beta);
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
  mc_sum_zero(s, 0, 0);
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

/* x := its digit in [-2^(w-1), 2^(w-1)), which depends on the value alone; returns what goes one plane up. */
static inline double carry_one(double *x, double base, double unit) {
  double q = mc_digits_rint(*x * unit), rest = *x - q * base;
  if (rest == base / 2) {
    rest -= base;
    q += 1;
  }
  *x = rest;
  return q;
}

/* The same for CHAINS times LANE columns at once, from the last plane to the first; returns the largest magnitude in
 * the first plane. */
enum { CHAINS = 4, COLUMNS = CHAINS * LANE };

MC_BALL_CLONES
static double carry_columns(double *row, size_t planes, double base, size_t n) {
  const double unit = 1 / base, half = base / 2;
  const vector bases = (vector){0} + base, ones = (vector){0} + 1;
  double most = 0;
  for (size_t j = 0; j + COLUMNS <= n; j += COLUMNS) {
    vector carry[CHAINS] = {{0}};
    for (size_t t = planes - 1; t > 0; t--)
      for (size_t c = 0; c < CHAINS; c++) {
        vector *at = (vector *)(row + t * n + j + c * LANE), x = *at + carry[c];
        vector q = (x * unit + ROUNDING_MAGIC) - ROUNDING_MAGIC, rest = x - q * base;
        mask tie = rest == half;
        *at = rest - (vector)(tie & (mask)bases);
        carry[c] = q + (vector)(tie & (mask)ones);
      }
    for (size_t c = 0; c < CHAINS; c++)
      *(vector *)(row + j + c * LANE) += carry[c];
  }
  for (size_t j = n - n % COLUMNS; j < n; j++) {
    double carry = 0;
    for (size_t t = planes - 1; t > 0; t--) {
      row[t * n + j] += carry;
      carry = carry_one(row + t * n + j, base, unit);
    }
    row[j] += carry;
  }
  for (size_t j = 0; j < n; j++)
    most = fabs(row[j]) > most ? fabs(row[j]) : most;
  return most;
}

/* Row i from the last plane to the first; false: it does not fit. */
static bool carry_planes(const mc_digits *x, size_t i) {
  const double base = ldexp(1, x->w);
  return carry_columns(x->d + i * x->planes * x->n, x->planes, base, x->n) <= base;
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
  mc_status status = mc_ball_check_arithmetic(e);
  mc_sum_zero(s, 0, 0);
  for (size_t i = 0; i < s->raw.m && status == MC_OK; i++)
    if (!mc_check_row_passes(s, i))
      status = mc_fail(e, MC_INTERNAL, "the BLAS returned a wrong product");
    else if (!carry_planes(&s->raw, i))
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
  if (mc_ball_check_arithmetic(e) != MC_OK)
    return MC_INTERNAL;
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
