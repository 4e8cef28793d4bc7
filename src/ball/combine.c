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

/* Row i of z := alpha x + beta y. */
static void set_row(const mc_digits *z, int alpha, const mc_digits *x, int beta, const mc_digits *y, size_t i) {
  const size_t n = z->n;
  for (size_t t = 0; t < z->planes; t++) {
    const slong position = z->first + (slong)t;
    const double *from_x = digits_at(x, i, position), *from_y = digits_at(y, i, position);
    double *out = z->d + (i * z->planes + t) * n;
    if (from_x != NULL && from_y != NULL)
      add_two(out, from_x, alpha, from_y, beta, n);
    else if (from_x != NULL || from_y != NULL)
      set_multiple(out, from_x != NULL ? from_x : from_y, from_x != NULL ? alpha : beta, n);
    else
      memset(out, 0, n * sizeof *out);
  }
}

enum { TILE = 8 };

/* out[k * stride + l] += gamma in[l * stride_in + k] for l < rows and k < columns, at most TILE: by way of a tile, so that
 * lines of memory are read once. */
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

/* Rows from, …, end - 1, at most TILE, of z += gamma y^T. */
static void add_transposed(const mc_digits *z, int gamma, const mc_digits *y, size_t from, size_t end) {
  const size_t n = z->n, shift = (size_t)(y->first - z->first);
  for (size_t p = 0; p < y->planes; p++)
    for (size_t j = 0; j < n; j += TILE)
      add_tile(z->d + (from * z->planes + shift + p) * n + j, z->planes * n, y->d + (j * y->planes + p) * n + from,
               y->planes * n, gamma, n - j < TILE ? n - j : TILE, end - from);
}

/* z := the sum, its digits in range but for the leading ones, of which *most is the largest magnitude. */
static mc_status combine(const mc_digits *z, double *most, int alpha, const mc_digits *x, int beta, const mc_digits *y,
                         int gamma, mc_error *e) {
  *most = 0;
  for (size_t from = 0; from < z->m; from += TILE) {
    const size_t end = from + TILE < z->m ? from + TILE : z->m;
    for (size_t i = from; i < end; i++) {
      if (!mc_digits_row_is_in_range(x, i) || !mc_digits_row_is_in_range(y, i))
        return mc_fail(e, MC_INTERNAL, "a digit is out of range");
      set_row(z, alpha, x, beta, y, i);
    }
    if (gamma != 0)
      add_transposed(z, gamma, y, from, end);
    for (size_t i = from; i < end; i++) {
      const double leading = mc_digits_carry_row(z, i, 0);
      *most = leading > *most ? leading : *most;
    }
  }
  return MC_OK;
}

/* Before the carry, digits are at most (|alpha| + |beta| + |gamma|) 2^(w+2), and so are far below 2^51. */
mc_status mc_digits_combine(mc_digits *z, int alpha, const mc_digits *x, int beta, const mc_digits *y, int gamma,
                            mc_error *e) {
  const slong x_end = x->first + (slong)x->planes, y_end = y->first + (slong)y->planes;
  const slong end = x_end > y_end ? x_end : y_end;
  slong first = x->first < y->first ? x->first : y->first;
  double most = INFINITY;
  *z = (mc_digits){0};
  if (x->w != y->w || x->m != y->m || x->n != y->n || (gamma != 0 && y->m != y->n) ||
      abs(alpha) + abs(beta) + abs(gamma) > 16)
    return mc_fail(e, MC_INTERNAL, "digit matrices that do not match");
  mc_status status = mc_ball_check_arithmetic(e);
  for (int lead = 0; lead < 2 && status == MC_OK && !(most <= ldexp(4, x->w)); lead++, first--) {
    mc_digits_clear(z); /* and once more with a plane for the carry */
    status = mc_digits_reserve(z, x->m, x->n, (size_t)(end - first), first, x->w, e);
    if (status == MC_OK)
      status = combine(z, &most, alpha, x, beta, y, gamma, e);
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
