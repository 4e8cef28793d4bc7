/* Products of digit matrices: announced, so that all sums are known to fit and the check knows what to expect, and then
 * computed by DGEMM, plane by plane, or by integer limbs. */
#include "ball.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "limbs.h"
#include "residue.h"
#include "sum.h"

slong mc_sum_position(const mc_digits *a, size_t p, const mc_digits *b, size_t q) {
  return a->first + (slong)p + b->first + (slong)q + 1;
}

bool mc_sum_computes(const mc_digits_sum *s, const mc_digits *a, size_t p, const mc_digits *b, size_t q) {
  if (s->limbs)
    return (slong)(p / 2 + q / 2) <= mc_limb_shape_of(s, a, b).most;
  return mc_sum_position(a, p, b, q) - s->raw.first < (slong)s->raw.planes;
}

/* ---- What the product will hold ---- */

/* How large the digits of an operand's planes are. */
typedef struct {
  double most[MC_MAX_PLANES], norm[MC_MAX_PLANES]; /* in magnitude; of a row or column along the contraction */
} magnitudes;

/* Whatever the order of summation, partial sums are at most sum |x||y| <= ||x|| ||y|| and k max|x| max|y|; the slack is
 * for roundings here and where amounts are added up. */
static double amount_of(double factor, size_t k, const magnitudes *a, size_t p, const magnitudes *b, size_t q) {
  double by_norm = factor * a->norm[p] * b->norm[q] * (1 + 0x1p-20),
         by_most = factor * (double)k * a->most[p] * b->most[q];
  return by_norm < by_most ? by_norm : by_most;
}

/* Of planes: each product in its raw plane, or dropped.  What limbs put into raw planes,
 * mc_limb_account knows. */
static mc_status account_planes(mc_digits_sum *s, double factor, const mc_digits *a, const magnitudes *x,
                                const mc_digits *b, const magnitudes *y, mc_error *e) {
  mc_status status = MC_OK;
  for (size_t p = 0; p < a->planes && status == MC_OK; p++)
    for (size_t q = 0; q < b->planes && status == MC_OK; q++) {
      slong position = mc_sum_position(a, p, b, q), t = position - s->raw.first;
      double amount = amount_of(factor, b->m, x, p, y, q);
      if (!mc_sum_computes(s, a, p, b, q))
        mc_sum_drop(s, amount, position);
      else if (!s->limbs || t < 0)
        status = mc_sum_raise(s, t, amount, e);
    }
  return status;
}

/* Check the digits, that |factor| op(A) B will fit, and begin the check. */
static mc_status announce(mc_digits_sum *s, int factor, const mc_digits *a, bool transpose_a, const mc_digits *b,
                          mc_error *e) {
  magnitudes x, y;
  mc_status status = mc_sum_check_operand(s, a, transpose_a ? b->m : s->raw.m, transpose_a ? s->raw.m : b->m, e);
  if (status == MC_OK)
    status = mc_sum_check_operand(s, b, b->m, s->raw.n, e);
  if (status == MC_OK)
    status = mc_sum_measure(x.most, x.norm, a, !transpose_a, e);
  if (status == MC_OK && b == a && transpose_a)
    memcpy(&y, &x, sizeof y);
  else if (status == MC_OK)
    status = mc_sum_measure(y.most, y.norm, b, false, e);
  if (status == MC_OK)
    status = account_planes(s, abs(factor), a, &x, b, &y, e);
  if (status == MC_OK && s->limbs)
    status = mc_limb_account(s, factor, a, x.most, b, y.most, e);
  return status == MC_OK ? mc_check_begin(s, e) : status;
}

/* ---- By DGEMM ---- */

/* Planes first, …, first + count - 1 of B, whose products with one plane of A belong to raw planes from `to` on. */
typedef struct {
  size_t first, count, to;
} span;

/* Those that fall within the sum; count 0: none. */
static span span_of(const mc_digits_sum *s, const mc_digits *a, size_t p, const mc_digits *b) {
  slong to = mc_sum_position(a, p, b, 0) - s->raw.first;
  slong skip = to < 0 ? -to : 0; /* planes of B whose products are known to vanish */
  slong count = (slong)s->raw.planes - to;
  count = count < (slong)b->planes ? count : (slong)b->planes;
  return count > skip ? (span){(size_t)skip, (size_t)(count - skip), (size_t)(to + skip)} : (span){0};
}

/* Is at most one entry in 16 of plane p other than zero?  So it is with the last digits of doubles. */
static bool is_sparse(const mc_digits *a, size_t p) {
  const size_t limit = a->m * a->n / 16;
  size_t count = 0;
  for (size_t i = 0; i < a->m && count <= limit; i++)
    for (size_t j = 0; j < a->n; j++)
      count += a->d[(i * a->planes + p) * a->n + j] != 0;
  return count <= limit;
}

MC_BALL_CLONES
static void add_multiple(double *to, const double *from, double alpha, size_t n) {
  for (size_t j = 0; j < n; j++)
    to[j] += alpha * from[j];
}

/* raw += alpha op(A_p) B entry by entry of A_p. */
static void multiply_sparse(mc_digits_sum *s, double alpha, const mc_digits *a, size_t p, bool transpose_a,
                            const mc_digits *b, span r) {
  const size_t n = b->n;
  mc_sum_set(s, r.to, 0, 0);
  for (size_t i = 0; i < a->m; i++)
    for (size_t j = 0; j < a->n; j++) {
      const double entry = a->d[(i * a->planes + p) * a->n + j];
      const size_t row = transpose_a ? j : i, k = transpose_a ? i : j;
      if (entry != 0)
        add_multiple(s->raw.d + (row * s->raw.planes + r.to) * n, b->d + (k * b->planes + r.first) * n, alpha * entry,
                     r.count * n);
    }
}

/* raw += alpha op(A) B for the products that fall within the sum: for plane p of A, all planes of B at once. */
static void multiply_planes(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b) {
  for (size_t p = 0; p < a->planes; p++) {
    const span r = span_of(s, a, p, b);
    if (r.count > 0 && is_sparse(a, p)) {
      multiply_sparse(s, alpha, a, p, transpose_a, b, r);
    } else if (r.count > 0) {
      const bool fresh = r.to + r.count <= s->unset;
      mc_sum_set(s, r.to, fresh ? r.to : 0, fresh ? r.to + r.count : 0);
      cblas_dgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, CblasNoTrans, (int)s->raw.m,
                  (int)(r.count * b->n), (int)b->m, alpha, a->d + p * a->n, (int)(a->planes * a->n),
                  b->d + r.first * b->n, (int)(b->planes * b->n), !fresh, s->raw.d + r.to * b->n,
                  (int)(s->raw.planes * b->n));
    }
  }
}

/* half := the products of planes p < q of X^T X, and half of those with p = q, of which the lower triangle stays zero
 * and the diagonal is halved: multiples of 1/2 below 2^51, exact.  Squares of planes
 * belong to different places. */
static void multiply_half(double *half, const mc_digits_sum *s, const mc_digits *x) {
  const size_t n = x->n, width = s->raw.planes * n, row = x->planes * n;
  const slong first = mc_sum_position(x, 0, x, 0) - s->raw.first, end = (slong)s->raw.planes;
  for (size_t p = 0; p < x->planes; p++) {
    const slong to = first + 2 * (slong)p;
    if (to < 0 || to >= end)
      continue;
    double *square = half + (size_t)to * n;
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)n, (int)x->m, 1, x->d + p * n, (int)row, 0, square,
                (int)width);
    for (size_t i = 0; i < n; i++)
      square[i * width + i] /= 2;
  }
  for (size_t p = 0; p < x->planes; p++) { /* all planes after p at once */
    const slong to = first + 2 * (slong)p, skip = to + 1 < 0 ? -to : 1;
    const slong left = (slong)(x->planes - p), count = (end - to < left ? end - to : left) - skip;
    if (count > 0)
      cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n, (int)((size_t)count * n), (int)x->m, 1, x->d + p * n,
                  (int)row, x->d + (p + (size_t)skip) * n, (int)row, 1, half + (size_t)(to + skip) * n, (int)width);
  }
}

/* ---- Sums ---- */

static mc_status multiply_limbs(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                                mc_error *e) {
  mc_sum_set(s, 0, 0, 0);
  return mc_limb_multiply(s->raw.d, s, alpha, a, transpose_a, b, false, e);
}

mc_status mc_digits_sum_addmul(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                               mc_error *e) {
  mc_status status = announce(s, alpha, a, transpose_a, b, e);
  if (status == MC_OK)
    status = mc_check_expect_product(s, alpha, a, transpose_a, b, e);
  if (status == MC_OK && s->limbs)
    status = multiply_limbs(s, alpha, a, transpose_a, b, e);
  else if (status == MC_OK)
    multiply_planes(s, alpha, a, transpose_a, b);
  return status;
}

/* raw := raw + half + half^T, plane by plane. */
static void add_symmetric(mc_digits_sum *s, double alpha, const double *half) {
  enum { TILE = 8 };
  const size_t n = s->raw.n, planes = s->raw.planes;
  for (size_t t = 0; t < planes; t++)
    for (size_t i = 0; i < n; i += TILE)
      for (size_t j = 0; j < n; j += TILE)
        for (size_t k = i; k < n && k < i + TILE; k++)
          for (size_t l = j; l < n && l < j + TILE; l++)
            s->raw.d[(k * planes + t) * n + l] +=
                alpha * (half[(k * planes + t) * n + l] + half[(l * planes + t) * n + k]);
}

/* The same where there is nothing but half: raw := alpha (raw + raw^T), by pairs of tiles. */
static void make_symmetric(mc_digits_sum *s, double alpha) {
  enum { TILE = 8 };
  const size_t n = s->raw.n, planes = s->raw.planes;
  for (size_t t = s->unset; t < planes; t++)
    for (size_t i = 0; i < n; i += TILE)
      for (size_t j = 0; j <= i; j += TILE)
        for (size_t k = i; k < n && k < i + TILE; k++)
          for (size_t l = j; l <= k && l < j + TILE; l++) {
            double *lower = s->raw.d + (k * planes + t) * n + l, *upper = s->raw.d + (l * planes + t) * n + k;
            *lower = *upper = alpha * (*lower + *upper);
          }
}

static mc_status multiply_gram(double *half, const mc_digits_sum *s, const mc_digits *x, mc_error *e) {
  if (s->limbs)
    return mc_limb_multiply(half, s, 1, x, true, x, true, e);
  multiply_half(half, s, x);
  return MC_OK;
}

/* Beside what is there already. */
static mc_status add_gram(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  double *half = mc_alloc(s->raw.m * s->raw.planes, s->raw.n * sizeof *half);
  if (half == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a product");
  mc_status status = multiply_gram(half, s, x, e);
  if (status == MC_OK)
    add_symmetric(s, alpha, half);
  mc_free(half);
  return status;
}

mc_status mc_digits_sum_addgram(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  const bool empty = !s->filled && !s->products;
  mc_status status = announce(s, alpha, x, true, x, e);
  if (status == MC_OK)
    status = mc_check_expect_product(s, alpha, x, true, x, e);
  const slong first = mc_sum_position(x, 0, x, 0) - s->raw.first;
  mc_sum_set(s, empty && !s->limbs && first > 0 ? (size_t)first : 0, 0, 0);
  if (status == MC_OK && !empty)
    return add_gram(s, alpha, x, e);
  if (status == MC_OK)
    status = multiply_gram(s->raw.d, s, x, e);
  if (status == MC_OK)
    make_symmetric(s, alpha);
  return status;
}
