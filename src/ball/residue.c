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

/* 2^26 high + low = row, |low| <= 2^25, |high| <= 2^26; false: some |row[i]| > 2^52, or is no integer. */
MC_BALL_CLONES
static bool split(double *high, double *low, const double *row, size_t n) {
  const double magic = 0x1.8p52;
  bool good = true;
  mask wrong = {0};
  size_t i = 0;
  for (; i + LANE <= n; i += LANE) {
    vector x = *(const vector *)(row + i), h = (x * 0x1p-26 + magic) - magic, l = x - h * 0x1p26;
    wrong |= ((l + magic) - magic) != l; /* NaN too */
    wrong |= (vector)((mask)x & INT64_MAX) > 0x1p52;
    *(vector *)(high + i) = h;
    *(vector *)(low + i) = l;
  }
  for (; i < n; i++) {
    high[i] = mc_digits_rint(row[i] * 0x1p-26);
    low[i] = row[i] - high[i] * 0x1p26;
    good &= mc_digits_rint(low[i]) == low[i] && fabs(row[i]) <= 0x1p52;
  }
  return good && (wrong[0] | wrong[1] | wrong[2] | wrong[3]) == 0;
}

bool mc_residues_dot_wide(uint64_t *value, const double *row, const mc_residues *x, size_t first) {
  enum { STEP = 1 << (52 - PART_BITS - HALF_BITS) };
  uint64_t low_value = 0, high_value = 0;
  bool good = true;
  for (size_t from = first; from < x->n && good; from += STEP) {
    size_t count = x->n - from < STEP ? x->n - from : STEP;
    double high[STEP], low[STEP], sums[PARTS];
    good = split(high, low, row + from, count);
    if (!good)
      break;
    dot_parts(sums, low, x->parts + from, x->n, count);
    low_value = mc_residue_add(low_value, join(sums, 1));
    dot_parts(sums, high, x->parts + from, x->n, count);
    high_value = mc_residue_add(high_value, join(sums, 1));
  }
  *value = mc_residue_add(low_value, mc_residue_mul(high_value, UINT64_C(1) << HALF_BITS));
  return good;
}

/* sums[p][j] += row[j] factors[p]. */
MC_BALL_CLONES
static void add_row(double *sums, const double *row, const double factors[PARTS], size_t n) {
  for (size_t p = 0; p < PARTS; p++)
    for (size_t j = 0; j < n; j++)
      sums[p * n + j] += row[j] * factors[p];
}

void mc_residues_apply_transposed(mc_residues *y, const double *a, size_t stride, size_t rows, const mc_residues *x,
                                  int bits, double *room) {
  const size_t step = terms_of(bits), n = y->n;
  for (size_t from = 0; from < rows; from += step) {
    memset(room, 0, PARTS * n * sizeof *room);
    for (size_t i = from; i < rows && i < from + step; i++) {
      double factors[PARTS];
      for (size_t p = 0; p < PARTS; p++)
        factors[p] = x->parts[p * x->n + i];
      add_row(room, a + i * stride, factors, n);
    }
    for (size_t j = 0; j < n; j++)
      mc_residues_set(y, j, mc_residue_add(mc_residues_get(y, j), join(room + j, n)));
  }
}
