/* Products of digit matrices by integer limbs of two digits each (docs/certification.md).
 *
 * A limb x of A, |x| < 2^51, is held as x + 2^51, a number of 52 bits.  With such a and b, and S = sum (a + b - 2^51),
 *   sum (a - 2^51) (b - 2^51) = lo + 2^52 hi - 2^51 S = lo + 2^51 (2 hi - S)
 * for the sums lo and hi of the low and high halves of a b.  At most 2^12 products go into one sum, so that lo < 2^64;
 * hi and S are known modulo 2^64, which is enough: the sum itself is less than 2^12 2^(2 51), and so 2 hi - S is one of
 * 63 bits and a sign. */
#include "limbs.h"
#include "sum.h"

#include <math.h>
#include <string.h>

enum { OFFSET_BITS = 51, MOST_PRODUCTS = 1 << 12, ROWS = MC_LIMB_ROWS, COLUMNS = MC_LIMB_COLUMNS };

mc_limb_shape mc_limb_shape_of(const mc_digits_sum *s, const mc_digits *a, const mc_digits *b) {
  slong end = a->first + b->first + 3 - s->raw.first, room = (slong)s->raw.planes - 1 - end;
  return (mc_limb_shape){end, room >= 0 ? room / 2 : -1, (a->planes + 1) / 2, (b->planes + 1) / 2};
}

/* Limbs P of A and d - P of B for P from least to most (exclusive): all products on diagonal d. */
static void pairs_of(size_t *least, size_t *end, const mc_limb_shape *shape, size_t d) {
  *least = d + 1 > shape->right ? d + 1 - shape->right : 0;
  *end = d + 1 < shape->left ? d + 1 : shape->left;
}

/* Diagonals that are computed. */
static size_t diagonals_of(const mc_limb_shape *shape) {
  slong all = (slong)(shape->left + shape->right) - 1;
  return (size_t)(shape->most + 1 < all ? shape->most + 1 : all);
}

/* How much of the contraction goes into one sum. */
static size_t block_of(const mc_limb_shape *shape) {
  size_t pairs = shape->left < shape->right ? shape->left : shape->right;
  return MOST_PRODUCTS / (pairs > 0 ? pairs : 1);
}

/* ---- What the raw planes will hold ---- */

/* bound += |limb P of A| |limb d - P of B|, from the maxima of planes. */
static void add_pair(mag_t bound, const mc_digits *a, const double *a_max, size_t P, const mc_digits *b,
                     const double *b_max, size_t Q) {
  const double base = ldexp(1, a->w);
  mag_t x, y;
  mag_init(x);
  mag_init(y);
  mag_set_d(x, a_max[2 * P] * base + (2 * P + 1 < a->planes ? a_max[2 * P + 1] : 0));
  mag_set_d(y, b_max[2 * Q] * base + (2 * Q + 1 < b->planes ? b_max[2 * Q + 1] : 0));
  mag_addmul(bound, x, y);
  mag_clear(x);
  mag_clear(y);
}

/* The sum v of a diagonal is spread over raw planes end … end - 3, the last digits first, as parts of at most
 * 2^w + 2^(64 - 2 w) a block, and what is left of v. */
static mc_status account_diagonal(mc_digits_sum *s, double factor, slong end, const mag_t v, double blocks,
                                  mc_error *e) {
  const int w = s->raw.w;
  const double part = factor * blocks * (ldexp(1, w) + ldexp(1, 64 - 2 * w));
  slong top = end > 3 ? end - 3 : 0;
  mag_t left;
  mc_status status = MC_OK;
  mag_init(left);
  mag_set_d(left, factor);
  mag_mul(left, left, v);
  mag_mul_2exp_si(left, left, -w * (end - top));
  for (slong t = end; t > top && status == MC_OK; t--)
    status = mc_sum_raise(s, t, part, e);
  if (status == MC_OK)
    status = mc_sum_raise(s, top, ceil(mc_ball_mag_upper_double(left)) + part, e);
  mag_clear(left);
  return status;
}

mc_status mc_limb_account(mc_digits_sum *s, int alpha, const mc_digits *a, const double *a_max, const mc_digits *b,
                          const double *b_max, mc_error *e) {
  const mc_limb_shape shape = mc_limb_shape_of(s, a, b);
  const double blocks = ceil((double)b->m / (double)block_of(&shape));
  mc_status status = MC_OK;
  mag_t v;
  if (s->raw.w < MC_LIMB_WIDTH_LEAST || s->raw.w > MC_LIMB_WIDTH || block_of(&shape) == 0)
    return mc_fail(e, MC_UNDECIDED, "digits that limbs cannot hold");
  mag_init(v);
  for (size_t d = 0; d < diagonals_of(&shape) && status == MC_OK; d++) {
    size_t P, end;
    slong last = shape.end + 2 * (slong)d;
    mag_zero(v);
    for (pairs_of(&P, &end, &shape, d); P < end; P++)
      add_pair(v, a, a_max, P, b, b_max, d - P);
    mag_mul_ui(v, v, b->m);
    if (last >= 0)
      status = account_diagonal(s, fabs((double)alpha), last, v, blocks, e);
  }
  mag_clear(v);
  return status;
}

/* ---- Packing ---- */

/* A block of the contraction of one operand: for each tile of `width` rows of A or columns of B, for each limb, for
 * each index k, the tile's limbs; and their sums over k. */
typedef struct {
  uint64_t *limbs, *sums;
  size_t width, tiles, count, length; /* count limbs, up to `length` indices */
} panel;

static bool panel_init(panel *p, size_t width, size_t size, size_t count, size_t length) {
  *p = (panel){.width = width, .tiles = (size + width - 1) / width, .count = count, .length = length};
  p->limbs = mc_alloc(p->tiles * count * length, width * sizeof(uint64_t));
  p->sums = mc_alloc(p->tiles * count, width * sizeof(uint64_t));
  return p->limbs != NULL && p->sums != NULL;
}

static void panel_clear(panel *p) {
  mc_free(p->limbs);
  mc_free(p->sums);
}

static uint64_t *panel_limbs(const panel *p, size_t tile, size_t limb) {
  return p->limbs + (tile * p->count + limb) * p->length * p->width;
}

static uint64_t *panel_sums(const panel *p, size_t tile, size_t limb) {
  return p->sums + (tile * p->count + limb) * p->width;
}

/* high 2^w + low + 2^51, for digits in range a number of 52 bits: the fraction of itself plus 2^52. */
static inline uint64_t limb_of(double high, double low, double base) {
  const double x = high * base + low + (0x1p51 + 0x1p52);
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits & ((UINT64_C(1) << 52) - 1);
}

/* Indices from, …, from + count - 1 of the contraction; entry (i, k) of plane q is at q x->n + i step_i + k step_k. */
static void panel_pack(panel *p, const mc_digits *x, size_t size, size_t step_i, size_t step_k, size_t from,
                       size_t count) {
  const double base = ldexp(1, x->w);
  for (size_t tile = 0; tile < p->tiles; tile++)
    for (size_t limb = 0; limb < p->count; limb++) {
      uint64_t *to = panel_limbs(p, tile, limb), *sums = panel_sums(p, tile, limb);
      const size_t first = tile * p->width, width = size - first < p->width ? size - first : p->width;
      const double *high = x->d + 2 * limb * x->n + first * step_i + from * step_k;
      const bool has_low = 2 * limb + 1 < x->planes;
      memset(sums, 0, p->width * sizeof *sums);
      for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < width; i++) {
          const double *at = high + i * step_i + k * step_k;
          sums[i] += to[k * p->width + i] = limb_of(*at, has_low ? at[x->n] : 0, base);
        }
    }
}

/* ---- Spreading ---- */

/* Sums of one tile: v = lo + 2^51 high, high modulo 2^64. */
typedef struct {
  uint64_t lo[ROWS * COLUMNS], high[ROWS * COLUMNS];
} tile_sums;

/* The digits of v from the last on: v = part[0] + part[1] 2^w + part[2] 2^(2 w) + part[3] 2^(3 w), where high 2^51 =
 * high 2^s 2^(2 w) and all but part[3] are not negative. */
static void parts_of(int64_t part[4], uint64_t lo, uint64_t high, int w) {
  const int s = OFFSET_BITS - 2 * w;
  const uint64_t mask = (UINT64_C(1) << w) - 1;
  part[0] = (int64_t)(lo & mask);
  part[1] = (int64_t)(lo >> w & mask);
  part[2] = (int64_t)((lo >> 2 * w) + ((high << s) & mask));
  part[3] = (int64_t)high >> (w - s);
}

/* raw planes end - 3 … end of entry (i, j) += alpha v; planes before the first are part of the first. */
static void spread(double *raw, const mc_digits *shape, size_t i, size_t j, slong end, double alpha, uint64_t lo,
                   uint64_t high) {
  int64_t part[4], left = 0;
  parts_of(part, lo, high, shape->w);
  for (int k = 3; k >= 0; k--) {
    slong t = end - k;
    left = left * (INT64_C(1) << shape->w) + part[k];
    if (t < 0)
      continue;
    raw[(i * shape->planes + (size_t)t) * shape->n + j] += alpha * (double)left;
    left = 0;
  }
}

/* One multiplication in the making. */
typedef struct {
  const mc_digits_sum *s;
  double *raw;
  double alpha;
  mc_limb_shape shape;
  panel a, b;
  mc_limb_kernel *kernel;
  bool triangle;
} work;

/* The sums of one diagonal on one tile, over `count` indices. */
static void multiply_diagonal(tile_sums *sums, const work *m, size_t row_tile, size_t column_tile, size_t d,
                              size_t count) {
  size_t P, end;
  uint64_t hi[ROWS * COLUMNS] = {0}, row_sums[ROWS] = {0}, column_sums[COLUMNS] = {0};
  memset(sums, 0, sizeof *sums);
  pairs_of(&P, &end, &m->shape, d);
  const uint64_t offset = (uint64_t)(end - P) * count << OFFSET_BITS;
  for (; P < end; P++) {
    m->kernel(sums->lo, hi, panel_limbs(&m->a, row_tile, P), panel_limbs(&m->b, column_tile, d - P), count);
    for (size_t i = 0; i < ROWS; i++)
      row_sums[i] += panel_sums(&m->a, row_tile, P)[i];
    for (size_t j = 0; j < COLUMNS; j++)
      column_sums[j] += panel_sums(&m->b, column_tile, d - P)[j];
  }
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS; j++)
      sums->high[i * COLUMNS + j] = 2 * hi[i * COLUMNS + j] - (row_sums[i] + column_sums[j] - offset);
}

static size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

/* The part of a tile that is asked for. */
static void spread_tile(const work *m, const tile_sums *sums, size_t row_tile, size_t column_tile, slong end) {
  const mc_digits *shape = &m->s->raw;
  const size_t row = row_tile * ROWS, column = column_tile * COLUMNS;
  for (size_t i = row; i < smaller(row + ROWS, shape->m); i++)
    for (size_t j = column; j < smaller(column + COLUMNS, shape->n); j++) {
      const size_t at = (i - row) * COLUMNS + j - column;
      if (!m->triangle || i <= j)
        spread(m->raw, shape, i, j, end, m->triangle && i == j ? m->alpha / 2 : m->alpha, sums->lo[at], sums->high[at]);
    }
}

/* All tiles and diagonals, for the packed part of the contraction. */
static void multiply_block(const work *m, size_t count) {
  tile_sums sums;
  for (size_t j = 0; j < m->b.tiles; j++)
    for (size_t i = 0; i < m->a.tiles; i++)
      for (size_t d = 0; d < diagonals_of(&m->shape); d++) {
        slong end = m->shape.end + 2 * (slong)d;
        if (end < 0 || (m->triangle && i * ROWS >= (j + 1) * COLUMNS))
          continue; /* known to vanish; below the diagonal */
        multiply_diagonal(&sums, m, i, j, d, count);
        spread_tile(m, &sums, i, j, end);
      }
}

mc_status mc_limb_multiply(double *raw, const mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a,
                           const mc_digits *b, bool triangle, mc_error *e) {
  work m = {.s = s, .raw = raw, .alpha = alpha, .shape = mc_limb_shape_of(s, a, b), .triangle = triangle};
  m.kernel = mc_digits_backend_selected() == MC_DIGITS_IFMA ? mc_limb_multiply_ifma : mc_limb_multiply_plain;
  const size_t length = smaller(block_of(&m.shape), b->m), row_a = a->planes * a->n;
  bool room = panel_init(&m.a, ROWS, s->raw.m, m.shape.left, length);
  room = panel_init(&m.b, COLUMNS, s->raw.n, m.shape.right, length) && room;
  for (size_t from = 0; room && from < b->m; from += length) {
    const size_t count = smaller(length, b->m - from);
    panel_pack(&m.a, a, s->raw.m, transpose_a ? 1 : row_a, transpose_a ? row_a : 1, from, count);
    panel_pack(&m.b, b, s->raw.n, 1, b->planes * b->n, from, count);
    multiply_block(&m, count);
  }
  panel_clear(&m.a);
  panel_clear(&m.b);
  return room ? MC_OK : mc_fail(e, MC_NO_MEMORY, "no memory for a product");
}
