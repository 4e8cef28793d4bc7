/* Sums of two digit matrices, exact: row by row, looked at, added and carried while they are at hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "residue.h"
#include "sum.h"

/* out := alpha x + beta y. */
MC_BALL_CLONES
static void add_two(double *out, const double *x, double alpha, const double *y, double beta, size_t n) {
  for (size_t j = 0; j < n; j++)
    out[j] = alpha * x[j] + beta * y[j];
}

/* out := alpha x. */
MC_BALL_CLONES
static void set_multiple(double *out, const double *x, double alpha, size_t n) {
  for (size_t j = 0; j < n; j++)
    out[j] = alpha * x[j];
}

/* The digits of row i at a position; NULL: it is none of X's. */
static const double *digits_at(const mc_digits *x, size_t i, slong position) {
  const slong s = position - x->first;
  return s >= 0 && s < (slong)x->planes ? x->d + (i * x->planes + (size_t)s) * x->n : NULL;
}

/* alpha X + beta Y + gamma Y^T in the making. */
typedef struct {
  int alpha, beta, gamma;
  const mc_digits *x, *y;
} sum_of_two;

/* Row i of z := row from + i of alpha x + beta y. */
static void set_row(const mc_digits *z, const sum_of_two *s, size_t from, size_t i) {
  const size_t n = z->n;
  for (size_t t = 0; t < z->planes; t++) {
    const slong position = z->first + (slong)t;
    const double *x = digits_at(s->x, from + i, position), *y = digits_at(s->y, from + i, position);
    double *out = z->d + (i * z->planes + t) * n;
    if (x != NULL && y != NULL)
      add_two(out, x, s->alpha, y, s->beta, n);
    else if (x != NULL || y != NULL)
      set_multiple(out, x != NULL ? x : y, x != NULL ? s->alpha : s->beta, n);
    else
      memset(out, 0, n * sizeof *out);
  }
}

enum { TILE = 8 };

/* out[k * stride + l] += gamma in[l * stride_in + k] for l < rows and k < columns, at most TILE: by way of a tile, so
 * that lines of memory are read once. */
MC_BALL_CLONES
static void add_tile(double *out, size_t stride, const double *in, size_t stride_in, double gamma, size_t rows,
                     size_t columns) {
  double tile[TILE][TILE];
  if (rows == TILE && columns == TILE) {
    for (size_t l = 0; l < TILE; l++)
      for (size_t k = 0; k < TILE; k++)
        tile[k][l] = in[l * stride_in + k];
    for (size_t k = 0; k < TILE; k++)
      for (size_t l = 0; l < TILE; l++)
        out[k * stride + l] += gamma * tile[k][l];
    return;
  }
  for (size_t k = 0; k < columns; k++)
    for (size_t l = 0; l < rows; l++)
      out[k * stride + l] += gamma * in[l * stride_in + k];
}

/* z += rows from on of gamma y^T. */
static void add_transposed(const mc_digits *z, const sum_of_two *s, size_t from) {
  const mc_digits *y = s->y;
  const size_t n = z->n, shift = (size_t)(y->first - z->first);
  for (size_t p = 0; p < y->planes; p++)
    for (size_t j = 0; j < n; j += TILE)
      add_tile(z->d + (shift + p) * n + j, z->planes * n, y->d + (j * y->planes + p) * n + from, y->planes * n,
               s->gamma, n - j < TILE ? n - j : TILE, z->m);
}

/* z := the sum's rows from on, their digits in range but for the leading ones, of which *most is made at least the
 * largest magnitude. */
static mc_status set_rows(const mc_digits *z, double *most, const sum_of_two *s, size_t from, mc_error *e) {
  for (size_t i = 0; i < z->m; i++) {
    if (!mc_digits_row_is_in_range(s->x, from + i) || (s->y != s->x && !mc_digits_row_is_in_range(s->y, from + i)))
      return mc_fail(e, MC_INTERNAL, "a digit is out of range");
    set_row(z, s, from, i);
  }
  if (s->gamma != 0)
    add_transposed(z, s, from);
  for (size_t i = 0; i < z->m; i++) {
    const double leading = mc_digits_carry_row(z, i, 0);
    *most = leading > *most ? leading : *most;
  }
  return MC_OK;
}

/* How many leading planes of x are all zero, but for one. */
static size_t leading_zeros(const mc_digits *x) {
  size_t least = x->planes - 1;
  for (size_t i = 0; i < x->m; i++)
    while (least > 0 && !mc_digits_are_zero(x->d + i * x->planes * x->n, least * x->n))
      least--;
  return least;
}

enum { UNKNOWN = MC_MAX_PLANES };

/* z := the sum, with the planes of `room` less `skip` leading ones, which are found from the first rows where skip is
 * UNKNOWN; *fits: they are zero in all rows.  room.d is for TILE rows. */
static mc_status set_all(mc_digits *z, double *most, bool *fits, const mc_digits *room, size_t skip,
                         const sum_of_two *s, mc_error *e) {
  const size_t m = s->x->m, n = room->n, length = room->planes * n;
  mc_status status = MC_OK;
  *most = 0;
  *fits = true;
  for (size_t from = 0; from < m && status == MC_OK && *fits; from += TILE) {
    mc_digits rows = *room;
    rows.m = m - from < TILE ? m - from : TILE;
    if (skip == 0 && z->d != NULL)
      rows.d = z->d + from * length;
    status = set_rows(&rows, most, s, from, e);
    const size_t zeros = status == MC_OK && skip > 0 ? leading_zeros(&rows) : 0;
    if (status == MC_OK && z->d == NULL) {
      skip = skip == UNKNOWN ? zeros : skip;
      status = mc_digits_reserve(z, m, n, room->planes - skip, room->first + (slong)skip, room->w, e);
    }
    *fits = zeros >= skip || skip == 0;
    for (size_t i = 0; i < rows.m && status == MC_OK && *fits && rows.d == room->d; i++)
      memcpy(z->d + (from + i) * z->planes * n, rows.d + i * length + skip * n, z->planes * n * sizeof *z->d);
  }
  return status;
}

/* z := the sum, as long as leading planes of up to 4 2^w do for it in positions from `first` on. */
static mc_status combine(mc_digits *z, double *most, const sum_of_two *s, slong first, slong end, mc_error *e) {
  mc_digits room;
  bool fits = true;
  mc_status status = mc_digits_reserve(&room, TILE, s->x->n, (size_t)(end - first), first, s->x->w, e);
  if (status == MC_OK)
    status = set_all(z, most, &fits, &room, UNKNOWN, s, e);
  if (status == MC_OK && !fits) {
    mc_digits_clear(z);
    status = set_all(z, most, &fits, &room, 0, s, e);
  }
  mc_digits_clear(&room);
  return status;
}

/* Before the carry, digits are at most (|alpha| + |beta| + |gamma|) 2^(w+2), and so are far below 2^51. */
mc_status mc_digits_combine(mc_digits *z, int alpha, const mc_digits *x, int beta, const mc_digits *y, int gamma,
                            mc_error *e) {
  const slong x_end = x->first + (slong)x->planes, y_end = y->first + (slong)y->planes;
  const slong first = x->first < y->first ? x->first : y->first, end = x_end > y_end ? x_end : y_end;
  const sum_of_two s = {alpha, beta, gamma, x, y};
  double most = INFINITY;
  *z = (mc_digits){0};
  if (x->w != y->w || x->m != y->m || x->n != y->n || (gamma != 0 && y->m != y->n) ||
      abs(alpha) + abs(beta) + abs(gamma) > 16)
    return mc_fail(e, MC_INTERNAL, "digit matrices that do not match");
  mc_status status = mc_ball_check_arithmetic(e);
  for (slong lead = 0; lead < 2 && status == MC_OK && !(most <= ldexp(4, x->w)); lead++) {
    mc_digits_clear(z); /* and once more with a plane for the carry */
    status = combine(z, &most, &s, first - lead, end, e);
  }
  if (status == MC_OK)
    mc_digits_trim(z);
  else
    mc_digits_clear(z);
  return status;
}

mc_status mc_digits_add(mc_digits *x, const mc_digits *y, mc_error *e) {
  mc_digits z;
  mc_status status = mc_digits_combine(&z, 1, x, 1, y, 0, e);
  if (status == MC_OK) {
    mc_digits_clear(x);
    *x = z;
  }
  return status;
}
