/* The BLAS returns wrong products: the digit path says so, and no answer is given; it is never wrong. */
#include "support.h"

#include <cblas.h>

#include "../../src/truth/path.h"

/* After `delay` products, add `lie` to one entry of every product: the first, or the last that dsyrk computes. */
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

void __real_cblas_dsyrk(CBLAS_LAYOUT layout, CBLAS_UPLO uplo, CBLAS_TRANSPOSE trans, int n, int k, double alpha,
                        const double *a, int lda, double beta, double *c, int ldc);
void __wrap_cblas_dsyrk(CBLAS_LAYOUT layout, CBLAS_UPLO uplo, CBLAS_TRANSPOSE trans, int n, int k, double alpha,
                        const double *a, int lda, double beta, double *c, int ldc);

void __wrap_cblas_dsyrk(CBLAS_LAYOUT layout, CBLAS_UPLO uplo, CBLAS_TRANSPOSE trans, int n, int k, double alpha,
                        const double *a, int lda, double beta, double *c, int ldc) {
  __real_cblas_dsyrk(layout, uplo, trans, n, k, alpha, a, lda, beta, c, ldc);
  if (delay-- <= 0)
    c[n - 1] += lie;
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

/* The tier in plain doubles: lies of every size, down to below what it claims, in each of its products. */
static void plain_never_wrong(void **state) {
  (void)state;
  enum { M = 80, N = 64 };
  static double a[M * N], q[M * N], u[M * N];
  double d, radius, s[N];
  int certified = 0, told = 0;
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("plain_never_wrong"), 0);
  assert_int_equal(mc_matgen_exact_polar(a, q, &d, M, N, &r, NULL), MC_OK);
  for (int start = 0; start < 6; start++)
    for (int size = 0; size < 30; size++) {
      mc_truth_plain *p;
      mc_error e = {0};
      lie = size == 29 ? NAN : (size % 2 ? 1 : -1) * ldexp(1, -2 * size);
      delay = start;
      mc_status status = mc_truth_plain_new(&p, a, M, N, &e);
      if (status == MC_OK)
        status = mc_truth_plain_polar_certify(u, &radius, p, &e);
      if (status == MC_OK) {
        mc_enclosure x;
        mc_enclosure_init(&x);
        arb_mat_clear(x.value);
        arb_mat_init(x.value, M, N);
        mc_ball_mat_set_double(x.value, u);
        mag_set_d(x.radius, radius);
        assert_encloses_quotient(&x, q, d);
        assert_true(start > 3 || fabs(lie) <= 0x1p-30);
        mc_enclosure_clear(&x);
        certified++;
      } else {
        assert_true(status == MC_INTERNAL || status == MC_UNDECIDED);
        told += status == MC_INTERNAL;
      }
      if (p != NULL)
        mc_truth_plain_sv_enclose(s, &radius, p);
      mc_truth_plain_free(p);
    }
  lie = 0;
  print_message("%d certified, %d told that the BLAS is wrong, of 180\n", certified, told);
  assert_true(certified >= 30 && told >= 60);
}

/* Where balls certify the factor, singular values still come from products: their lie is told as well. */
static void told_beside_balls(void **state) {
  (void)state;
  enum { N = 32 };
  static double a[N * N];
  mc_truth_polar p;
  mc_error e = {0};
  for (int i = 0; i < N * N; i++)
    a[i] = i % (N + 1) == 0 ? 8 : (i * 7 % 11 - 5) / 8.0;
  mc_truth_polar_init(&p);
  lie = 1;
  delay = 2; /* not in LAPACK */
  mc_status status = mc_truth_polar_certify(&p, a, N, N, 1100, &e);
  lie = 0;
  assert_int_equal(status, MC_INTERNAL);
  assert_non_null(strstr(e.text, "wrong product"));
  mc_truth_polar_clear(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(never_wrong), cmocka_unit_test(told_beside_balls),
                                     cmocka_unit_test(images_never_wrong), cmocka_unit_test(plain_never_wrong)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
