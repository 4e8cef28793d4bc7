#include "dynamics.h"

bool mc_dynamics_unit_enclose(arb_mat_t x, const double *a, slong precision) {
  arb_t norm;
  arb_init(norm);
  mc_ball_mat_set_double(x, a);
  arb_mat_frobenius_norm(norm, x, precision);
  bool positive = arb_is_positive(norm);
  arb_mat_scalar_div_arb(x, x, norm, precision);
  arb_clear(norm);
  return positive;
}

void mc_dynamics_inner_enclose(arb_t p, const arb_mat_t x, const arb_mat_t y, slong precision) {
  slong n = arb_mat_nrows(x);
  arb_t sum;
  arb_init(sum);
  for (slong i = 0; i < n; i++)
    arb_addmul(sum, arb_mat_entry(x, i, 0), arb_mat_entry(y, i, 0), precision);
  arb_swap(p, sum);
  arb_clear(sum);
}

/* |x - s y| for columns x, y. */
static void deviation(arb_t norm, const arb_mat_t x, const arb_t s, const arb_mat_t y, slong precision) {
  arb_mat_t difference;
  arb_mat_init(difference, arb_mat_nrows(x), 1);
  arb_mat_scalar_mul_arb(difference, y, s, precision);
  arb_mat_sub(difference, x, difference, precision);
  arb_mat_frobenius_norm(norm, difference, precision);
  arb_mat_clear(difference);
}

void mc_dynamics_corner_enclose(arb_t theta, arb_t kappa, const arb_mat_t g, const arb_mat_t u, const arb_mat_t v,
                                slong precision) {
  arb_mat_t gv, gt, gtu;
  arb_t part;
  arb_init(part);
  arb_mat_init(gv, arb_mat_nrows(g), 1);
  arb_mat_init(gt, arb_mat_ncols(g), arb_mat_nrows(g));
  arb_mat_init(gtu, arb_mat_ncols(g), 1);
  arb_mat_transpose(gt, g);
  arb_mat_mul(gv, g, v, precision);
  arb_mat_mul(gtu, gt, u, precision);
  mc_dynamics_inner_enclose(theta, u, gv, precision);
  deviation(kappa, gtu, theta, v, precision);
  deviation(part, gv, theta, u, precision);
  arb_add(kappa, kappa, part, precision);
  arb_mat_clear(gv);
  arb_mat_clear(gt);
  arb_mat_clear(gtu);
  arb_clear(part);
}
