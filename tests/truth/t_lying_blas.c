/* The BLAS returns wrong products: the digit path says so, and no answer is given; it is never wrong. */
#include "support.h"

#include <cblas.h>

#include "../../src/truth/path.h"

/* After `delay` products, add `lie` to one entry of every product. */
static double lie;
static int delay;

void __real_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc);
void __wrap_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc);

void __wrap_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc) {
  __real_cblas_dgemm(layout, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  if (delay-- <= 0)
    c[0] += lie;
}

/* An exactly known polar factor under a BLAS that begins to lie anywhere: certified and true, or an error. */
static void never_wrong(void **state) {
  (void)state;
  double a[24], q[24], d;
  mc_random r;
  int certified = 0, told = 0;
  mc_random_init(&r, 1, mc_random_stream_of("never_wrong"), 0);
  assert_int_equal(mc_matgen_exact_polar(a, q, &d, 6, 4, &r, NULL), MC_OK);
  for (int start = 0; start < 120; start++) {
    mc_truth_polar p;
    mc_error e = {0};
    mc_truth_polar_init(&p);
    lie = start % 3 == 0 ? 1 : start % 3 == 1 ? -0x1p30 : NAN;
    delay = start;
    mc_status status = mc_truth_polar_certify(&p, a, 6, 4, 100, &e);
    if (status == MC_OK) {
      assert_encloses_quotient(&p.factor, q, d);
      certified++;
    } else {
      assert_true(status == MC_INTERNAL || status == MC_UNDECIDED);
      assert_true(strlen(e.text) > 0);
      told += status == MC_INTERNAL;
    }
    mc_truth_polar_clear(&p);
  }
  lie = 0;
  assert_true(told >= 20);
  print_message("%d certified, %d told that the BLAS is wrong, of 120\n", certified, told);
}

/* Rank one, X_0 = A / 5: the image has the entries of A / 5 times rho(1). */
static void images_never_wrong(void **state) {
  (void)state;
  const double a[4] = {1, 2, 2, 4};
  mc_schedule s;
  mc_normalisation norm;
  mc_schedule_init(&s);
  mc_normalisation_init(&norm, MC_NORM_FROBENIUS_ADD);
  assert_int_equal(mc_schedule_set_text(&s, "3,-2.5,0.5", NULL), MC_OK); /* rho(1) = 1 */
  for (int start = 0; start < 40; start++) {
    mc_enclosure y;
    mc_enclosure_init(&y);
    lie = start % 2 ? 1 : -0x1p20;
    delay = start;
    mc_status status = mc_truth_ns_enclose(&y, a, 2, 2, &s, &norm, 80, NULL);
    assert_true(status == MC_OK || status == MC_INTERNAL);
    if (status == MC_OK)
      assert_encloses_quotient(&y, a, 5);
    else
      assert_true(mag_is_inf(y.radius));
    mc_enclosure_clear(&y);
  }
  lie = 0;
  mc_schedule_clear(&s);
  mc_normalisation_clear(&norm);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(never_wrong), cmocka_unit_test(images_never_wrong)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
