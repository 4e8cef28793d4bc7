/* An unknown matrix near a known one. */
#include "truth.h"

#include <string.h>

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

void mc_enclosure_text_radius(mag_t radius, const mc_enclosure *x, size_t digits) {
  /* Rounding to nearest at `digits` significant digits moves v by at most |v| 10^(1 - digits) / 2. */
  mag_t norm, unit;
  mag_init(norm);
  mag_init(unit);
  mag_set_ui(unit, 10);
  mag_inv(unit, unit);
  mag_pow_ui(unit, unit, digits > 0 ? digits - 1 : 0);
  mag_mul_2exp_si(unit, unit, -1);
  mc_ball_mat_frobenius_upper(norm, x->value);
  bool spelt = mag_cmp_2exp_si(norm, MC_BALL_TEXT_EXPONENT) < 0;
  mag_mul(norm, norm, unit);
  mag_add(radius, x->radius, norm);
  /* Entries below 2^-MC_BALL_TEXT_EXPONENT are written as 0. */
  mag_set_ui_2exp_si(norm, (ulong)(arb_mat_nrows(x->value) * arb_mat_ncols(x->value)), -MC_BALL_TEXT_EXPONENT);
  mag_add(radius, radius, norm);
  if (!spelt)
    mag_inf(radius);
  mag_clear(norm);
  mag_clear(unit);
}

char *mc_enclosure_entry_text(const mc_enclosure *x, size_t i, size_t j, size_t digits) {
  return mc_ball_arf_text(arb_midref(arb_mat_entry(x->value, (slong)i, (slong)j)), 0, digits);
}

/* One end of the interval in which an entry lies, as text. */
static char *end_text(const mc_enclosure *x, size_t i, size_t j, size_t digits, int side) {
  arf_t end;
  arf_init(end);
  arf_set_mag(end, x->radius);
  if (side < 0)
    arf_neg(end, end);
  arf_add(end, end, arb_midref(arb_mat_entry(x->value, (slong)i, (slong)j)), ARF_PREC_EXACT, ARF_RND_DOWN);
  char *text = mc_ball_arf_text(end, 0, digits);
  arf_clear(end);
  return text;
}

bool mc_enclosure_entry_decided(const mc_enclosure *x, size_t i, size_t j, size_t digits) {
  char *low = end_text(x, i, j, digits, -1), *high = end_text(x, i, j, digits, 1);
  bool decided = low != NULL && high != NULL && strcmp(low, high) == 0 && mag_is_finite(x->radius);
  mc_free(low);
  mc_free(high);
  return decided;
}
