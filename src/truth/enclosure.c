/* An unknown matrix near a known one. */
#include "truth.h"

void mc_enclosure_init(mc_enclosure *x) {
  arb_mat_init(x->value, 0, 0);
  mag_init(x->radius);
  mag_inf(x->radius);
}

void mc_enclosure_clear(mc_enclosure *x) {
  arb_mat_clear(x->value);
  mag_clear(x->radius);
}

void mc_enclosure_get_balls(arb_mat_t B, const mc_enclosure *x, slong prec) {
  for (slong i = 0; i < arb_mat_nrows(B); i++)
    for (slong j = 0; j < arb_mat_ncols(B); j++) {
      arb_set_round(arb_mat_entry(B, i, j), arb_mat_entry(x->value, i, j), prec);
      arb_add_error_mag(arb_mat_entry(B, i, j), x->radius);
    }
}

void mc_enclosure_get_double(double *a, double *radius, const mc_enclosure *x) {
  mag_t error;
  mag_init(error);
  mc_ball_mat_get_double(a, error, x->value);
  mag_add(error, error, x->radius);
  if (radius != NULL)
    *radius = mc_ball_mag_upper_double(error);
  mag_clear(error);
}
