/* Vectors modulo 2^61 - 1: sums of products of short integers in doubles, exact as long as they stay below 2^53. */
#include "residue.h"

#include <math.h>
#include <string.h>

#include "digits.h"

#define PRIME ((UINT64_C(1) << 61) - 1)

typedef unsigned __int128 wide;
typedef __int128 wide_signed;

enum { PARTS = MC_RESIDUE_PARTS, PART_BITS = 16, HALF_BITS = 26 };

static uint64_t reduce(wide x) {
  uint64_t folded = (uint64_t)(x & PRIME) + (uint64_t)(x >> 61 & PRIME) + (uint64_t)(x >> 122);
  folded = (folded & PRIME) + (folded >> 61);
  return folded >= PRIME ? folded - PRIME : folded;
}

uint64_t mc_residue_add(uint64_t a, uint64_t b) {
  return reduce((wide)a + b);
}

uint64_t mc_residue_mul(uint64_t a, uint64_t b) {
  return reduce((wide)a * b);
}

uint64_t mc_residue_of(int64_t x) {
  uint64_t r = reduce(x < 0 ? -(wide)x : (wide)x);
  return x < 0 && r != 0 ? PRIME - r : r;
}

bool mc_residues_init(mc_residues *x, size_t n) {
  *x = (mc_residues){n, mc_alloc(PARTS * n, sizeof(double))};
  return x->parts != NULL;
}

void mc_residues_clear(mc_residues *x) {
  mc_free(x->parts);
  *x = (mc_residues){0};
}

void mc_residues_set(mc_residues *x, size_t i, uint64_t value) {
  for (size_t p = 0; p < PARTS; p++)
    x->parts[p * x->n + i] = (double)(value >> p * PART_BITS & ((UINT64_C(1) << PART_BITS) - 1));
}

uint64_t mc_residues_get(const mc_residues *x, size_t i) {
  uint64_t value = 0;
  for (size_t p = 0; p < PARTS; p++)
    value += (uint64_t)x->parts[p * x->n + i] << p * PART_BITS;
  return value;
}

void mc_residues_draw(mc_residues *x, mc_random *r) {
  for (size_t i = 0; i < x->n; i++)
    mc_residues_set(x, i, mc_random_below(r, PRIME));
}

/* sums[p] := sum of row[i] parts[p][i], exact while n 2^bits <= LANE 2^(52 - PART_BITS). */
MC_BALL_CLONES
static void dot_parts(double sums[PARTS], const double *row, const double *parts, size_t stride, size_t n) {
  vector total[PARTS] = {{0}};
  size_t i = 0;
  for (; i + LANE <= n; i += LANE) {
    vector digits = *(const vector *)(row + i);
    for (size_t p = 0; p < PARTS; p++)
      total[p] += digits * *(const vector *)(parts + p * stride + i);
  }
  for (size_t p = 0; p < PARTS; p++) {
    sums[p] = (total[p][0] + total[p][1]) + (total[p][2] + total[p][3]);
    for (size_t j = i; j < n; j++)
      sums[p] += row[j] * parts[p * stride + j];
  }
}

static uint64_t join(const double sums[PARTS], size_t stride) {
  wide_signed value = 0; /* below 2^(53 + 3 * 16 + 1) */
  for (size_t p = PARTS; p-- > 0;)
    value = value * (1 << PART_BITS) + (int64_t)sums[p * stride];
  uint64_t r = reduce(value < 0 ? -(wide)value : (wide)value);
  return value < 0 && r != 0 ? PRIME - r : r;
}

/* How many products of digits of so many bits by parts may be summed: together at most 2^52. */
static size_t terms_of(int bits) {
  return (size_t)1 << (52 - PART_BITS - bits);
}

uint64_t mc_residues_dot(const double *row, const mc_residues *x, int bits) {
  const size_t step = terms_of(bits);
  uint64_t value = 0;
  for (size_t from = 0; from < x->n; from += step) {
    double sums[PARTS];
    dot_parts(sums, row + from, x->parts + from, x->n, x->n - from < step ? x->n - from : step);
    value = mc_residue_add(value, join(sums, 1));
  }
  return value;
}

/* With 2^26 upper + lower = row, |lower| <= 2^25, |upper| <= 2^26: the sums of both by the parts, exact while n is at
 * most LANE 2^(52 - PART_BITS - HALF_BITS); false: some |row[i]| > 2^52, or is no integer. */
MC_BALL_CLONES
static bool dot_halves(double low[PARTS], double high[PARTS], const double *row, const double *parts, size_t stride,
                       size_t n) {
  vector lows[PARTS] = {{0}}, highs[PARTS] = {{0}};
  mask wrong = {0};
  bool good = true;
  size_t i = 0;
  for (; i + LANE <= n; i += LANE) {
    const vector x = *(const vector *)(row + i);
    const vector upper = (x * 0x1p-26 + MC_ROUNDING_MAGIC) - MC_ROUNDING_MAGIC, lower = x - upper * 0x1p26;
    wrong |= ((lower + MC_ROUNDING_MAGIC) - MC_ROUNDING_MAGIC) != lower; /* NaN too */
    wrong |= MC_MAGNITUDE(x) > 0x1p52;
    for (size_t p = 0; p < PARTS; p++) {
      const vector part = *(const vector *)(parts + p * stride + i);
      lows[p] += lower * part;
      highs[p] += upper * part;
    }
  }
  for (size_t p = 0; p < PARTS; p++) {
    low[p] = (lows[p][0] + lows[p][1]) + (lows[p][2] + lows[p][3]);
    high[p] = (highs[p][0] + highs[p][1]) + (highs[p][2] + highs[p][3]);
  }
  for (; i < n; i++) {
    const double upper = mc_digits_rint(row[i] * 0x1p-26), lower = row[i] - upper * 0x1p26;
    good &= mc_digits_rint(lower) == lower && fabs(row[i]) <= 0x1p52;
    for (size_t p = 0; p < PARTS; p++) {
      low[p] += lower * parts[p * stride + i];
      high[p] += upper * parts[p * stride + i];
    }
  }
  return good && (wrong[0] | wrong[1] | wrong[2] | wrong[3]) == 0;
}

bool mc_residues_dot_wide(uint64_t *value, const double *row, const mc_residues *x, size_t first) {
  enum { STEP = 1 << (52 - PART_BITS - HALF_BITS) };
  uint64_t low_value = 0, high_value = 0;
  for (size_t from = first; from < x->n; from += STEP) {
    const size_t count = x->n - from < STEP ? x->n - from : STEP;
    double low[PARTS], high[PARTS];
    if (!dot_halves(low, high, row + from, x->parts + from, x->n, count))
      return false;
    low_value = mc_residue_add(low_value, join(low, 1));
    high_value = mc_residue_add(high_value, join(high, 1));
  }
  *value = mc_residue_add(low_value, mc_residue_mul(high_value, UINT64_C(1) << HALF_BITS));
  return true;
}

enum { ROWS = 4 };

/* sums[p][j] += the sum over up to ROWS rows of row[j] factors[p]. */
MC_BALL_CLONES
static void add_rows(double *sums, const double *row, size_t stride, double factors[ROWS][PARTS], size_t rows,
                     size_t n) {
  for (size_t p = 0; p < PARTS && rows == ROWS; p++)
    for (size_t j = 0; j < n; j++)
      sums[p * n + j] += (row[j] * factors[0][p] + row[stride + j] * factors[1][p]) +
                         (row[2 * stride + j] * factors[2][p] + row[3 * stride + j] * factors[3][p]);
  for (size_t i = 0; i < rows && rows < ROWS; i++)
    for (size_t p = 0; p < PARTS; p++)
      for (size_t j = 0; j < n; j++)
        sums[p * n + j] += row[i * stride + j] * factors[i][p];
}

void mc_residues_apply_transposed(mc_residues *y, const double *a, size_t stride, size_t rows, const mc_residues *x,
                                  int bits, double *room) {
  const size_t step = terms_of(bits), n = y->n;
  for (size_t from = 0; from < rows; from += step) {
    const size_t end = rows - from < step ? rows : from + step;
    memset(room, 0, PARTS * n * sizeof *room);
    for (size_t i = from; i < end; i += ROWS) {
      const size_t count = end - i < ROWS ? end - i : ROWS;
      double factors[ROWS][PARTS];
      for (size_t k = 0; k < count; k++)
        for (size_t p = 0; p < PARTS; p++)
          factors[k][p] = x->parts[p * x->n + i + k];
      add_rows(room, a + i * stride, stride, factors, count, n);
    }
    for (size_t j = 0; j < n; j++)
      mc_residues_set(y, j, mc_residue_add(mc_residues_get(y, j), join(room + j, n)));
  }
}
