/* One-sided Jacobi rotations in MPFR, which prove nothing, land inside the enclosures of digits and of balls. */
#include "support.h"

#include "../../src/truth/path.h"

/* ||U - x->value||_F <= x->radius + slack. */
static void assert_inside(const arb_mat_t U, const mc_enclosure *x, double slack) {
  arb_mat_t difference;
  arb_t distance, limit;
  arf_t radius;
  arb_mat_init(difference, arb_mat_nrows(U), arb_mat_ncols(U));
  arb_init(distance);
  arb_init(limit);
  arf_init(radius);
  arb_mat_sub(difference, U, x->value, 2000);
  arb_mat_frobenius_norm(distance, difference, 2000);
  arf_set_mag(radius, x->radius);
  arb_set_d(limit, slack);
  arb_add_arf(limit, limit, radius, 2000);
  assert_true(arb_le(distance, limit));
  arb_mat_clear(difference);
  arb_clear(distance);
  arb_clear(limit);
  arf_clear(radius);
}

static void three_ways(void **state) {
  (void)state;
  static const char *const families[] = {"log_uniform(1e-6)", "log_uniform(1e-12)", "uniform", "clustered"};
  double a[12 * 12];
  int compared = 0;
  for (uint32_t trial = 0; trial < 32; trial++) {
    mc_random r;
    mc_matgen_family family;
    arb_mat_t U;
    mc_random_init(&r, 13, mc_random_stream_of("three_ways"), trial);
    size_t m = 1 + mc_random_below(&r, 12), n = 1 + mc_random_below(&r, 12), small = m < n ? m : n;
    if (mc_matgen_family_parse(&family, families[trial % 4], NULL) != MC_OK)
      continue;
    assert_int_equal(mc_matgen_matrix(a, m, n, &family, &r, NULL), MC_OK);
    arb_mat_init(U, (slong)m, (slong)n);
    arb_ptr approx = _arb_vec_init((slong)small), sigma = _arb_vec_init((slong)small);
    assert_int_equal(mc_truth_polar_approx(U, approx, a, m, n, 320, NULL), MC_OK);
    for (mc_path path = MC_PATH_DIGITS; path <= MC_PATH_BALLS; path++) {
      mc_truth_polar p;
      mc_truth_polar_init(&p);
      if (mc_polar_certify_by(&p, a, m, n, 100, path, NULL) == MC_OK) {
        assert_inside(U, &p.factor, 0x1p-250); /* 320 bits less the condition number and the sweeps */
        compared++;
      }
      mc_truth_polar_clear(&p);
      assert_int_equal(mc_sv_enclose_by(sigma, a, m, n, 46, path, NULL), MC_OK);
      for (size_t i = 0; i < small; i++)
        assert_true(arb_overlaps(&sigma[i], &approx[i]));
    }
    arb_mat_clear(U);
    _arb_vec_clear(approx, (slong)small);
    _arb_vec_clear(sigma, (slong)small);
  }
  assert_true(compared >= 40);
}

/* It knows what it cannot do. */
static void singular(void **state) {
  (void)state;
  const double zero[4] = {0}, nan[1] = {NAN};
  arb_mat_t U;
  arb_ptr sigma = _arb_vec_init(2);
  arb_mat_init(U, 2, 2);
  assert_int_equal(mc_truth_polar_approx(U, sigma, zero, 2, 2, 100, NULL), MC_UNDECIDED);
  assert_int_equal(mc_truth_polar_approx(U, sigma, nan, 1, 1, 100, NULL), MC_UNDECIDED);
  arb_mat_clear(U);
  _arb_vec_clear(sigma, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(three_ways), cmocka_unit_test(singular)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
