/* Digit matrices are not to be fooled: lies of the BLAS, tampered digits, other rounding modes, what does not fit. */
#include <fenv.h>

#include <cblas.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

#include "support.h"

/* ---- A BLAS that may lie ---- */

static double lie;      /* added to one entry of every product */
static double gram_lie; /* and of every symmetric one */

void __real_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc);
void __wrap_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc);

void __wrap_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc) {
  __real_cblas_dgemm(layout, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  c[(m - 1) * ldc + n - 1] += lie;
}

void __real_cblas_dsyrk(CBLAS_LAYOUT layout, CBLAS_UPLO uplo, CBLAS_TRANSPOSE t, int n, int k, double alpha,
                        const double *a, int lda, double beta, double *c, int ldc);
void __wrap_cblas_dsyrk(CBLAS_LAYOUT layout, CBLAS_UPLO uplo, CBLAS_TRANSPOSE t, int n, int k, double alpha,
                        const double *a, int lda, double beta, double *c, int ldc);

void __wrap_cblas_dsyrk(CBLAS_LAYOUT layout, CBLAS_UPLO uplo, CBLAS_TRANSPOSE t, int n, int k, double alpha,
                        const double *a, int lda, double beta, double *c, int ldc) {
  __real_cblas_dsyrk(layout, uplo, t, n, k, alpha, a, lda, beta, c, ldc);
  c[n - 1] += gram_lie;
}

/* A 3 by 3 product after a fault was planted by `tamper`. */
static mc_status product_after(void (*tamper)(mc_digits *a)) {
  double a[9];
  mc_random r;
  mc_error e = {0};
  mc_digits_sum sum;
  mc_digits X = {0};
  mag_t error;
  mag_init(error);
  mc_random_init(&r, 1, mc_random_stream_of("product_after"), 0);
  fill(a, 9, 0, &r);
  mc_digits A = digits_of(a, 3, 3, 3, 22, error), B = digits_of(a, 3, 3, 3, 22, error);
  if (tamper != NULL)
    tamper(&A);
  assert_int_equal(mc_digits_sum_init(&sum, 3, 3, 5, -1, 22, NULL), MC_OK);
  mc_status status = mc_digits_sum_addmul(&sum, 1, &A, false, &B, &e);
  if (status == MC_OK)
    status = mc_digits_sum_finish(&X, error, &sum, &e);
  else
    mc_digits_sum_clear(&sum);
  assert_true(status == MC_OK || X.d == NULL);
  assert_true(status == MC_OK || strstr(e.text, tamper != NULL ? "digit is out of range" : "wrong product") != NULL);
  mc_digits_clear(&A);
  mc_digits_clear(&B);
  mc_digits_clear(&X);
  mag_clear(error);
  return status;
}

static void too_large(mc_digits *a) {
  a->d[4] = 0x1p21 + 1; /* second plane */
}

static void no_integer(mc_digits *a) {
  a->d[2] += 0.5;
}

static void not_a_number(mc_digits *a) {
  a->d[0] = NAN;
}

static void infinite(mc_digits *a) {
  a->d[8] = INFINITY;
}

static void tampered_digits(void **state) {
  (void)state;
  assert_int_equal(product_after(NULL), MC_OK);
  assert_int_equal(product_after(too_large), MC_INTERNAL);
  assert_int_equal(product_after(no_integer), MC_INTERNAL);
  assert_int_equal(product_after(not_a_number), MC_INTERNAL);
  assert_int_equal(product_after(infinite), MC_INTERNAL);
}

/* Sums of two matrices look at their digits too. */
static void tampered_terms(void **state) {
  (void)state;
  static void (*const faults[])(mc_digits *) = {too_large, no_integer, not_a_number, infinite};
  const double a[9] = {0.25, 0.5, 0.75, 0.5, 0.25, 0.5, 0.125, 0.5, 0.25};
  for (int fault = 0; fault < 4; fault++)
    for (int second = 0; second < 2; second++) {
      mc_digits x = digits_of(a, 3, 3, 3, 22, NULL), y = digits_of(a, 3, 3, 3, 22, NULL);
      double *before = x.d;
      faults[fault](second ? &y : &x);
      assert_int_equal(mc_digits_add(&x, &y, NULL), MC_INTERNAL);
      assert_ptr_equal(x.d, before);
      mc_digits_clear(&x);
      mc_digits_clear(&y);
    }
}

/* Wherever the fault is in a row. */
static void tampered_anywhere(void **state) {
  (void)state;
  enum { N = 21 };
  for (size_t at = 0; at < (size_t)2 * N; at++)
    for (int fraction = 0; fraction < 2; fraction++) {
      mc_digits x, y;
      assert_int_equal(mc_digits_init(&x, 1, N, 2, 0, 20, NULL), MC_OK);
      x.d[at] = fraction ? 0.5 : 0x1p22 + 1;
      assert_int_equal(mc_digits_combine(&y, 1, &x, 0, &x, 0, NULL), MC_INTERNAL);
      assert_null(y.d);
      mc_digits_clear(&x);
    }
}

/* A flipped bit of any weight in a product, also below the last place of an integer, NaN and infinity. */
static void lying_blas(void **state) {
  (void)state;
  for (int bit = -2; bit <= 50; bit++)
    for (int sign = -1; sign <= 1; sign += 2) {
      lie = ldexp(sign, bit);
      assert_int_equal(product_after(NULL), MC_INTERNAL);
    }
  lie = NAN;
  assert_int_equal(product_after(NULL), MC_INTERNAL);
  lie = -INFINITY;
  assert_int_equal(product_after(NULL), MC_INTERNAL);
  lie = 0;
  assert_int_equal(product_after(NULL), MC_OK);
}

/* A wrong entry of a square of planes. */
static void lying_gram(void **state) {
  (void)state;
  const double a[9] = {0.25, 0.5, 0.75, 0.5, 0.25, 0.5, 0.125, 0.5, 0.25};
  for (int bit = -2; bit <= 48; bit++) {
    mc_digits_sum sum;
    mc_digits x = digits_of(a, 3, 3, 2, 20, NULL), gram;
    mag_t error;
    mag_init(error);
    gram_lie = bit < 0 ? 0 : ldexp(1, bit);
    assert_int_equal(mc_digits_sum_init(&sum, 3, 3, 5, -2, 20, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_addgram(&sum, 1, &x, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_finish(&gram, error, &sum, NULL), bit < 0 ? MC_OK : MC_INTERNAL);
    mc_digits_clear(&gram);
    mc_digits_clear(&x);
    mag_clear(error);
  }
  gram_lie = 0;
}

/* 1 * 1 = 1 + 2^-40: residues, which are of integers, would not see it. */
static void tiny_fraction(void **state) {
  (void)state;
  mc_digits a, product;
  mc_digits_sum sum;
  mag_t error;
  mag_init(error);
  for (int lies = 0; lies < 2; lies++) {
    assert_int_equal(mc_digits_init(&a, 1, 1, 1, 0, 20, NULL), MC_OK);
    a.d[0] = 1;
    lie = lies ? 0x1p-40 : 0;
    assert_int_equal(mc_digits_sum_init(&sum, 1, 1, 2, 0, 20, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_addmul(&sum, 1, &a, false, &a, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_finish(&product, error, &sum, NULL), lies ? MC_INTERNAL : MC_OK);
    mc_digits_clear(&product);
    mc_digits_clear(&a);
  }
  lie = 0;
  mag_clear(error);
}

/* A wrong product is found before anything is added to it. */
static void lie_before_a_term(void **state) {
  (void)state;
  const double one[1] = {0.5};
  for (int lies = 0; lies < 2; lies++) {
    mc_digits_sum sum;
    mc_digits x = digits_of(one, 1, 1, 2, 20, NULL);
    lie = lies;
    assert_int_equal(mc_digits_sum_init(&sum, 1, 1, 4, -1, 20, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_addmul(&sum, 1, &x, false, &x, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_add(&sum, 1, &x, NULL), lies ? MC_INTERNAL : MC_OK);
    mc_digits_sum_clear(&sum);
    mc_digits_clear(&x);
  }
  lie = 0;
}

static void other_rounding(void **state) {
  (void)state;
  static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
  const double a = 0.5;
  for (int i = 0; i < 3; i++) {
    mc_digits x;
    assert_int_equal(mc_digits_init(&x, 1, 1, 1, 0, 22, NULL), MC_OK);
    fesetround(modes[i]);
    mc_status status = mc_digits_set_double(&x, NULL, &a, 0, NULL);
    fesetround(FE_TONEAREST);
    assert_int_equal(status, MC_INTERNAL);
    mc_digits_clear(&x);
  }
}

#ifdef __SSE2__
/* As a library linked with -ffast-math leaves the processor: subnormal results are zero, or operands, or both. */
static void flushed_to_zero(void **state) {
  (void)state;
  static const unsigned flush[] = {0x8000, 0x0040, 0x8040};
  const double a = 0.5;
  const unsigned before = _mm_getcsr();
  for (int i = 0; i < 3; i++) {
    mc_digits x;
    assert_int_equal(mc_digits_init(&x, 1, 1, 1, 0, 22, NULL), MC_OK);
    _mm_setcsr(before | flush[i]);
    mc_status status = mc_digits_set_double(&x, NULL, &a, 0, NULL);
    _mm_setcsr(before);
    assert_int_equal(status, MC_INTERNAL);
    mc_digits_clear(&x);
  }
}
#endif

/* What does not fit is refused: an entry above 1, and a contraction so long that a sum could pass 2^52. */
static void does_not_fit(void **state) {
  (void)state;
  const double two = 2, nan = NAN;
  mc_digits x;
  assert_int_equal(mc_digits_init(&x, 1, 1, 2, 0, 22, NULL), MC_OK);
  assert_int_equal(mc_digits_set_double(&x, NULL, &two, 0, NULL), MC_UNDECIDED);
  assert_int_equal(mc_digits_set_double(&x, NULL, &nan, 0, NULL), MC_UNDECIDED);
  mc_digits_clear(&x);
  for (size_t at = 0; at < 11; at++) { /* wherever it is */
    double many[11] = {0};
    assert_int_equal(mc_digits_init(&x, 1, 11, 2, 0, 22, NULL), MC_OK);
    assert_int_equal(mc_digits_set_double(&x, NULL, many, 0, NULL), MC_OK);
    many[at] = at % 2 ? NAN : 1.5;
    assert_int_equal(mc_digits_set_double(&x, NULL, many, 0, NULL), MC_UNDECIDED);
    mc_digits_clear(&x);
  }
  double row[600];
  for (int i = 0; i < 600; i++)
    row[i] = 0.5;
  mc_digits a = digits_of(row, 1, 600, 1, 24, NULL), b = digits_of(row, 600, 1, 1, 24, NULL);
  mc_digits_sum sum;
  assert_int_equal(mc_digits_sum_init(&sum, 1, 1, 3, -1, 24, NULL), MC_OK);
  assert_int_equal(mc_digits_sum_addmul(&sum, 1, &a, false, &b, NULL), MC_UNDECIDED);
  mc_digits_sum_clear(&sum);
  mc_digits_clear(&a);
  mc_digits_clear(&b);
  /* 512 products of 2^23 2^23 come to 2^55; but if only eight of them are not zero, to 2^49. */
  for (int i = 0; i < 600; i++)
    row[i] = i % 75 ? 0 : 0.5;
  a = digits_of(row, 1, 600, 1, 24, NULL), b = digits_of(row, 600, 1, 1, 24, NULL);
  assert_int_equal(mc_digits_sum_init(&sum, 1, 1, 3, -1, 24, NULL), MC_OK);
  assert_int_equal(mc_digits_sum_addmul(&sum, 1, &a, false, &b, NULL), MC_OK);
  mc_digits_sum_clear(&sum);
  mc_digits_clear(&a);
  mc_digits_clear(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tampered_digits),   cmocka_unit_test(tampered_terms), cmocka_unit_test(tampered_anywhere),
      cmocka_unit_test(lying_blas),        cmocka_unit_test(lying_gram),     cmocka_unit_test(tiny_fraction),
      cmocka_unit_test(lie_before_a_term), cmocka_unit_test(other_rounding),
#ifdef __SSE2__
      cmocka_unit_test(flushed_to_zero),
#endif
      cmocka_unit_test(does_not_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
