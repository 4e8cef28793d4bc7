/* Digits are looked at before they are used: integers in range, how large, and of what norms. */
#include <math.h>
#include <string.h>

#include "digits.h"
#include "residue.h"
#include "sum.h"

enum { CHAINS = 4, COLUMNS = CHAINS * LANE };

/* Raise worst to |x|, lane by lane; what is no integer, or NaN, makes off differ from 0: one rounding shows that for
 * |x| <= 2^51, and beyond that limits do. */
MC_BALL_CLONES
static void scan_digits(double worst[LANE], double off[LANE], const double *row, size_t n) {
  const vector ones = (vector){0} + 1;
  vector most[CHAINS] = {{0}};
  mask wrong[CHAINS] = {{0}};
  size_t j = 0;
  for (; j + COLUMNS <= n; j += COLUMNS)
    for (size_t c = 0; c < CHAINS; c++) {
      vector x = *(const vector *)(row + j + c * LANE), size = MC_MAGNITUDE(x);
      wrong[c] |= ((x + MC_ROUNDING_MAGIC) - MC_ROUNDING_MAGIC) != x; /* NaN too; infinity is beyond all limits */
      most[c] = MC_LARGER(size, most[c]);
    }
  for (size_t c = 0; c < CHAINS; c++) {
    *(vector *)off += (vector)(wrong[c] & (mask)ones);
    *(vector *)worst = MC_LARGER(most[c], *(vector *)worst);
  }
  for (; j < n; j++) {
    worst[0] = fabs(row[j]) > worst[0] ? fabs(row[j]) : worst[0];
    off[0] += mc_digits_rint(row[j]) == row[j] ? 0 : 1;
  }
}

/* Are these integers of magnitude at most limit <= 2^51? */
MC_BALL_CLONES
static bool are_within(const double *row, double limit, size_t n) {
  mask wrong = {0};
  bool good = true;
  size_t j = 0;
  for (; j + LANE <= n; j += LANE) {
    vector x = *(const vector *)(row + j);
    wrong |= ((x + MC_ROUNDING_MAGIC) - MC_ROUNDING_MAGIC) != x; /* NaN too */
    wrong |= MC_MAGNITUDE(x) > limit;
  }
  for (; j < n; j++)
    good &= mc_digits_rint(row[j]) == row[j] && fabs(row[j]) <= limit;
  return good && (wrong[0] | wrong[1] | wrong[2] | wrong[3]) == 0;
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

double mc_digit_limit(const mc_digits *x, size_t s) {
  return ldexp(1, s == 0 ? x->w + 2 : x->w - 1);
}

/* The largest magnitude in plane s; negative when some entry is no integer or beyond what its plane may hold. */
static double plane_max(const mc_digits *x, size_t s) {
  double worst[LANE] = {0}, off[LANE] = {0};
  for (size_t i = 0; i < x->m; i++)
    scan_digits(worst, off, x->d + (i * x->planes + s) * x->n, x->n);
  return verdict(worst, off, mc_digit_limit(x, s));
}

bool mc_digits_row_is_in_range(const mc_digits *x, size_t i) {
  const double *row = x->d + i * x->planes * x->n;
  return are_within(row, mc_digit_limit(x, 0), x->n) &&
         are_within(row + x->n, mc_digit_limit(x, 1), (x->planes - 1) * x->n);
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
    maxima[s] = verdict(worst, off, mc_digit_limit(x, s));
    norms[s] = sqrt((by_rows ? largest : largest_of(squares, x->n)) * (1 + 0x1p-20)) * (1 + 0x1p-20);
    if (maxima[s] < 0)
      status = mc_fail(e, MC_INTERNAL, "a digit is out of range");
  }
  mc_free(squares);
  return status;
}
