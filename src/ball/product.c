/* Products of digit matrices: announced, so that all sums are known to fit and the check knows what to expect, and then
 * computed by DGEMM, plane by plane, or by integer limbs. */
#include "ball.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "limbs.h"
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

/* Of planes: each product in its raw plane, or dropped.  What limbs put into raw planes,
 * mc_limb_account knows. */
static mc_status account_planes(mc_digits_sum *s, double factor, const mc_digits *a, const double *a_max,
                                const mc_digits *b, const double *b_max, mc_error *e) {
  mc_status status = MC_OK;
  for (size_t p = 0; p < a->planes && status == MC_OK; p++)
    for (size_t q = 0; q < b->planes && status == MC_OK; q++) {
      slong position = mc_sum_position(a, p, b, q), t = position - s->raw.first;
      double amount = factor * (double)b->m * a_max[p] * b_max[q];
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
  double a_max[MC_MAX_PLANES], b_max[MC_MAX_PLANES];
  mc_status status = mc_sum_check_operand(s, a, transpose_a ? b->m : s->raw.m, transpose_a ? s->raw.m : b->m, e);
  if (status == MC_OK)
    status = mc_sum_check_operand(s, b, b->m, s->raw.n, e);
  if (status == MC_OK)
    status = mc_sum_plane_maxima(a_max, a, e);
  if (status == MC_OK && b == a)
    memcpy(b_max, a_max, a->planes * sizeof *b_max);
  else if (status == MC_OK)
    status = mc_sum_plane_maxima(b_max, b, e);
  if (status == MC_OK)
    status = account_planes(s, abs(factor), a, a_max, b, b_max, e);
  if (status == MC_OK && s->limbs)
    status = mc_limb_account(s, factor, a, a_max, b, b_max, e);
  return status == MC_OK ? mc_check_begin(s, e) : status;
}

/* ---- By DGEMM ---- */

/* raw += alpha op(A) B for the products that fall within the sum: for plane p of A, all planes of B at once. */
static void multiply_planes(double *raw, const mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a,
                            const mc_digits *b) {
  const size_t m = s->raw.m, n = s->raw.n, k = b->m;
  for (size_t p = 0; p < a->planes; p++) {
    slong to = mc_sum_position(a, p, b, 0) - s->raw.first;
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

/* half += the products of planes p < q of X^T X, and half of those with p = q: multiples of 1/2 below 2^51, exact. */
static void multiply_half(double *half, const mc_digits_sum *s, const mc_digits *x) {
  const size_t n = x->n, width = s->raw.planes * n;
  for (size_t p = 0; p < x->planes; p++) {
    slong to = mc_sum_position(x, p, x, p) - s->raw.first, count = (slong)s->raw.planes - to;
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

/* ---- Sums ---- */

mc_status mc_digits_sum_addmul(mc_digits_sum *s, int alpha, const mc_digits *a, bool transpose_a, const mc_digits *b,
                               mc_error *e) {
  mc_status status = announce(s, alpha, a, transpose_a, b, e);
  if (status == MC_OK)
    status = mc_check_expect_product(s, alpha, a, transpose_a, b, e);
  if (status == MC_OK && s->limbs)
    status = mc_limb_multiply(s->raw.d, s, alpha, a, transpose_a, b, false, e);
  else if (status == MC_OK)
    multiply_planes(s->raw.d, s, alpha, a, transpose_a, b);
  return status;
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

static mc_status add_gram(mc_digits_sum *s, int alpha, const mc_digits *x, double *half, mc_error *e) {
  mc_status status = MC_OK;
  if (s->limbs)
    status = mc_limb_multiply(half, s, 1, x, true, x, true, e);
  else
    multiply_half(half, s, x);
  if (status == MC_OK)
    add_symmetric(s, alpha, half);
  return status;
}

mc_status mc_digits_sum_addgram(mc_digits_sum *s, int alpha, const mc_digits *x, mc_error *e) {
  mc_status status = announce(s, alpha, x, true, x, e);
  if (status == MC_OK)
    status = mc_check_expect_product(s, alpha, x, true, x, e);
  if (status != MC_OK)
    return status;
  double *half = mc_alloc(s->raw.m * s->raw.planes, s->raw.n * sizeof *half);
  status = half != NULL ? add_gram(s, alpha, x, half, e) : mc_fail(e, MC_NO_MEMORY, "no memory for a product");
  mc_free(half);
  return status;
}
