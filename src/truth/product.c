/* A product of doubles for other modules. */
#include <string.h>

#include "plain_product.h"

mc_status mc_truth_product_enclose(double *c, double *row, const double *x, const double *y, size_t m, size_t n,
                                   size_t k, mc_error *e) {
  mc_plain_product p;
  mc_status s = mc_ball_check_arithmetic(e);
  if (s == MC_OK)
    s = mc_plain_multiply_widened(&p, x, y, m, n, k, e);
  if (s != MC_OK)
    return s;
  memcpy(c, p.c, m * n * sizeof *c);
  memcpy(row, p.row, m * sizeof *row);
  mc_plain_product_clear(&p);
  return MC_OK;
}
