/* Sums of products as if in twice the precision of doubles: T. Ogita, S. M. Rump, S. Oishi, Accurate sum and dot
 * product, SIAM J. Sci. Comput. 26 (2005). */
#include <math.h>

#include "plain_product.h"

enum { SCALAR_PREC = 128 };

/* Dot2: Prop. 5.5 bounds |sum + rest - x^T y| by u |x^T y| + gamma_count^2 |x|^T |y|, and 5 count 2^-1074 for
 * underflow. */
static void dot(double *sum, double *rest, const double *x, const double *y, size_t count) {
  *sum = *rest = 0;
  for (size_t i = 0; i < count; i++) {
    double product = x[i] * y[i], low = fma(x[i], y[i], -product);
    double next = *sum + product, part = next - *sum;
    *rest += ((*sum - (next - part)) + (product - part)) + low;
    *sum = next;
  }
}

/* gamma_count^2 size, and twice what underflow may do, rounded upward. */
static double error_of(double size, size_t count) {
  double gamma = mc_plain_gamma(count);
  return mc_plain_add_upper(mc_plain_mul_upper(size, mc_plain_mul_upper(gamma, gamma)), (double)count * 0x1p-1070);
}

void mc_plain_frobenius_enclose(arb_t x, const mc_input *in) {
  const size_t count = in->m * in->n;
  double sum, rest;
  mag_t error;
  dot(&sum, &rest, in->t, in->t, count);
  mag_init(error);
  mag_set_d(error, mc_plain_add_upper(mc_plain_mul_upper(sum, 0x1p-52), error_of(2 * sum, count)));
  arb_set_d(x, sum + rest);
  mc_ball_add_error_nonnegative(x, error, SCALAR_PREC);
  arb_sqrt(x, x, SCALAR_PREC);
  mc_ball_add_error_nonnegative(x, in->rounding, SCALAR_PREC);
  mag_clear(error);
}

/* A lower bound of ||v||^2: squares and sums of at most count terms, each rounded; 0 where v is no vector of about unit
 * length. */
static double square_lower(const double *v, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += v[i] * v[i];
  return sum > 0.5 && sum < 2 ? sum * (1 - 2 * mc_plain_gamma(count + 2)) : 0;
}

double mc_plain_stretch_upper(const mc_input *in, const double *v) {
  const double norm = mc_plain_norm_upper(v, in->n), least = square_lower(v, in->n);
  double *image = mc_alloc(in->m, sizeof *image), high = INFINITY;
  for (size_t i = 0; i < in->m && image != NULL; i++) {
    const double *row = in->t + i * in->n;
    double sum, rest;
    dot(&sum, &rest, row, v, in->n);
    sum = fabs(sum + rest) * (1 + 0x1p-51); /* |x^T y| (1 - u) <= |sum + rest| (1 + u) + the error */
    image[i] = mc_plain_add_upper(
        sum, mc_plain_mul_upper(2, error_of(mc_plain_mul_upper(mc_plain_norm_upper(row, in->n), norm), in->n)));
  }
  if (image != NULL) { /* infinite where least is 0 */
    high = mc_plain_norm_upper(image, in->m) / sqrt(least) * (1 + 0x1p-50);
    high = mc_plain_add_upper(high, mc_ball_mag_upper_double(in->rounding));
  }
  mc_free(image);
  return high;
}
