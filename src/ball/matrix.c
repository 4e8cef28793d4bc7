/* Matrices of balls: exact input, outward-rounded norms, and the step from balls to a midpoint with one Frobenius
 * radius. */
#include "ball.h"

#include <math.h>

uint64_t mc_ball_mat_bytes(size_t m, size_t n, slong bits) {
  /* A ball keeps two limbs in place and allocates longer midpoints. */
  uint64_t limbs = bits <= (slong)2 * FLINT_BITS ? 0 : (uint64_t)bits / FLINT_BITS + 2;
  uint64_t each = sizeof(arb_struct) + 8 * limbs;
  uint64_t entries, bytes;
  if (__builtin_mul_overflow((uint64_t)m, (uint64_t)n, &entries) || __builtin_mul_overflow(entries, each, &bytes))
    return UINT64_MAX;
  return bytes;
}

void mc_ball_mat_set_double(arb_mat_t A, const double *a) {
  slong m = arb_mat_nrows(A), n = arb_mat_ncols(A);
  for (slong i = 0; i < m; i++)
    for (slong j = 0; j < n; j++)
      arb_set_d(arb_mat_entry(A, i, j), a[i * n + j]);
}

void mc_ball_mat_get_double(double *a, mag_t error, const arb_mat_t A) {
  slong m = arb_mat_nrows(A), n = arb_mat_ncols(A);
  mag_t sum, entry;
  arf_t d;
  mag_init(sum);
  mag_init(entry);
  arf_init(d);
  for (slong i = 0; i < m; i++)
    for (slong j = 0; j < n; j++) {
      const arb_struct *x = arb_mat_entry(A, i, j);
      double *out = &a[i * n + j];
      *out = arf_get_d(arb_midref(x), ARF_RND_NEAR);
      arf_set_d(d, *out);
      if (error == NULL || (arf_equal(d, arb_midref(x)) && mag_is_zero(arb_radref(x)) && arf_is_finite(d)))
        continue;
      arf_sub(d, d, arb_midref(x), ARF_PREC_EXACT, ARF_RND_DOWN);
      arf_get_mag(entry, d);
      mag_add(entry, entry, arb_radref(x));
      mag_addmul(sum, entry, entry);
    }
  if (error != NULL)
    mag_sqrt(error, sum);
  mag_clear(sum);
  mag_clear(entry);
  arf_clear(d);
}

bool mc_ball_mat_is_finite(const arb_mat_t A) {
  return arb_mat_is_finite(A) != 0;
}

void mc_ball_mat_trim(mag_t error, arb_mat_t A) {
  mag_t sum;
  mag_init(sum);
  for (slong i = 0; i < arb_mat_nrows(A); i++)
    for (slong j = 0; j < arb_mat_ncols(A); j++) {
      arb_struct *x = arb_mat_entry(A, i, j);
      if (!arb_is_finite(x))
        mag_inf(sum);
      mag_addmul(sum, arb_radref(x), arb_radref(x));
      mag_zero(arb_radref(x));
    }
  mag_sqrt(error, sum);
  mag_clear(sum);
}

void mc_ball_mat_frobenius_upper(mag_t bound, const arb_mat_t A) {
  arb_mat_bound_frobenius_norm(bound, A);
}

/* Upper bound of the largest row sum (rows) or column sum of |a_ij|. */
static void absolute_sum_upper(mag_t bound, const arb_mat_t A, bool rows) {
  slong outer = rows ? arb_mat_nrows(A) : arb_mat_ncols(A);
  slong inner = rows ? arb_mat_ncols(A) : arb_mat_nrows(A);
  mag_t sum, entry;
  mag_init(sum);
  mag_init(entry);
  mag_zero(bound);
  for (slong i = 0; i < outer; i++) {
    mag_zero(sum);
    for (slong j = 0; j < inner; j++) {
      arb_get_mag(entry, rows ? arb_mat_entry(A, i, j) : arb_mat_entry(A, j, i));
      mag_add(sum, sum, entry);
    }
    mag_max(bound, bound, sum);
  }
  mag_clear(sum);
  mag_clear(entry);
}

void mc_ball_mat_spectral_upper(mag_t bound, const arb_mat_t A) {
  mag_t one, inf;
  mag_init(one);
  mag_init(inf);
  absolute_sum_upper(one, A, false);
  absolute_sum_upper(inf, A, true);
  mag_mul(one, one, inf);
  mag_sqrt(one, one);
  mc_ball_mat_frobenius_upper(bound, A);
  mag_min(bound, bound, one);
  mag_clear(one);
  mag_clear(inf);
}
