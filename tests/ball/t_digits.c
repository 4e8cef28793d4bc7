/* Digit matrices: exact where they are exact, bounded where they drop, and not to be fooled. */
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cblas.h>
#include <cmocka.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

#include "../../src/ball/ball.h"

/* ---- A BLAS that may lie ---- */

static double lie; /* added to one entry of every product */

void __real_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc);
void __wrap_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc);

void __wrap_cblas_dgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
                        const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc) {
  __real_cblas_dgemm(layout, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  c[(m - 1) * ldc + n - 1] += lie;
}

/* ---- Helpers ---- */

static void fill(double *a, size_t count, int spread, mc_random *r) {
  for (size_t i = 0; i < count; i++)
    a[i] = ldexp(2 * mc_random_unit(r) - 1, -(int)mc_random_below(r, (uint64_t)spread + 1));
}

/* Frobenius distance of two exact matrices, and is it within the bound? */
static void assert_near(const arb_mat_t A, const arb_mat_t B, const mag_t bound) {
  arb_mat_t difference;
  arb_t norm, limit;
  arf_t t;
  arb_mat_init(difference, arb_mat_nrows(A), arb_mat_ncols(A));
  arb_init(norm);
  arb_init(limit);
  arf_init(t);
  arb_mat_sub(difference, A, B, 4000);
  arb_mat_frobenius_norm(norm, difference, 4000);
  arf_set_mag(t, bound);
  arb_set_arf(limit, t);
  assert_true(arb_le(norm, limit));
  arb_mat_clear(difference);
  arb_clear(norm);
  arb_clear(limit);
  arf_clear(t);
}

static mc_digits digits_of(const double *a, size_t m, size_t n, size_t planes, int w, mag_t error) {
  mc_digits x;
  assert_int_equal(mc_digits_init(&x, m, n, planes, 0, w, NULL), MC_OK);
  assert_int_equal(mc_digits_set_double(&x, error, a, 0, NULL), MC_OK);
  return x;
}

/* ---- Honest ---- */

static void doubles_and_back(void **state) {
  (void)state;
  for (uint32_t trial = 0; trial < 200; trial++) {
    double a[30];
    mc_random r;
    mag_t error, norm;
    arb_mat_t A, B;
    mc_random_init(&r, 1, mc_random_stream_of("doubles_and_back"), trial);
    fill(a, 30, 60, &r);
    mag_init(error);
    mag_init(norm);
    arb_mat_init(A, 5, 6);
    arb_mat_init(B, 5, 6);
    mc_ball_mat_set_double(B, a);
    size_t planes = 1 + mc_random_below(&r, 9);
    mc_digits x = digits_of(a, 5, 6, planes, 20, error);
    mc_digits_get_mat(A, &x);
    assert_near(A, B, error);
    assert_true(planes < 6 || mag_is_zero(error));
    mc_digits_frobenius_upper(norm, &x);
    arb_mat_zero(B);
    assert_near(A, B, norm);
    mc_digits_trim(&x);
    mc_digits_get_mat(B, &x);
    assert_true(arb_mat_equal(A, B));
    mc_digits_clear(&x);
    mag_clear(error);
    mag_clear(norm);
    arb_mat_clear(A);
    arb_mat_clear(B);
  }
}

/* alpha A B + X, or alpha A^T B + X, with few planes or many. */
static void products(void **state) {
  (void)state;
  for (uint32_t trial = 0; trial < 200; trial++) {
    double a[64], b[64], c[64];
    mc_random r;
    mc_random_init(&r, 1, mc_random_stream_of("products"), trial);
    size_t m = 1 + mc_random_below(&r, 8), k = 1 + mc_random_below(&r, 8), n = 1 + mc_random_below(&r, 8);
    size_t planes = 1 + mc_random_below(&r, 12);
    bool transpose = mc_random_u32(&r) & 1;
    int alpha = (int)mc_random_below(&r, 5) - 2, w = 22;
    mag_t ignored, dropped;
    mag_init(ignored);
    mag_init(dropped);
    fill(a, m * k, 30, &r);
    fill(b, k * n, 30, &r);
    fill(c, m * n, 30, &r);
    mc_digits A = transpose ? digits_of(a, k, m, 4, w, ignored) : digits_of(a, m, k, 4, w, ignored);
    mc_digits B = digits_of(b, k, n, 4, w, ignored), C = digits_of(c, m, n, 4, w, ignored), X;
    mc_digits_sum sum;
    assert_int_equal(mc_digits_sum_init(&sum, m, n, planes, -1, w, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_addmul(&sum, alpha, &A, transpose, &B, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_add(&sum, -1, &C, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_finish(&X, dropped, &sum, NULL), MC_OK);
    assert_true(planes < 9 || mag_is_zero(dropped));
    arb_mat_t exact_a, exact_b, exact_c, exact, transposed, computed;
    arb_mat_init(exact_a, (slong)A.m, (slong)A.n);
    arb_mat_init(transposed, (slong)A.n, (slong)A.m);
    arb_mat_init(exact_b, (slong)k, (slong)n);
    arb_mat_init(exact_c, (slong)m, (slong)n);
    arb_mat_init(exact, (slong)m, (slong)n);
    arb_mat_init(computed, (slong)m, (slong)n);
    mc_digits_get_mat(exact_a, &A);
    mc_digits_get_mat(exact_b, &B);
    mc_digits_get_mat(exact_c, &C);
    mc_digits_get_mat(computed, &X);
    arb_mat_transpose(transposed, exact_a);
    arb_mat_mul(exact, transpose ? transposed : exact_a, exact_b, 4000);
    arb_mat_scalar_mul_si(exact, exact, alpha, 4000);
    arb_mat_sub(exact, exact, exact_c, 4000);
    assert_near(exact, computed, dropped);
    arb_mat_clear(exact_a);
    arb_mat_clear(exact_b);
    arb_mat_clear(exact_c);
    arb_mat_clear(exact);
    arb_mat_clear(transposed);
    arb_mat_clear(computed);
    mc_digits_clear(&A);
    mc_digits_clear(&B);
    mc_digits_clear(&C);
    mc_digits_clear(&X);
    mag_clear(ignored);
    mag_clear(dropped);
  }
}

/* -2 X diag(d). */
static void scaled(void **state) {
  (void)state;
  double a[6], d[3];
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("scaled"), 0);
  for (int trial = 0; trial < 100; trial++) {
    mag_t ignored, dropped;
    arb_mat_t exact, computed, numbers;
    mc_digits_sum sum;
    mc_digits X;
    mag_init(ignored);
    mag_init(dropped);
    arb_mat_init(exact, 2, 3);
    arb_mat_init(computed, 2, 3);
    arb_mat_init(numbers, 1, 3);
    fill(a, 6, 10, &r);
    fill(d, 3, 5, &r);
    mc_digits A = digits_of(a, 2, 3, 4, 22, ignored), D = digits_of(d, 1, 3, 3, 22, ignored);
    assert_int_equal(mc_digits_sum_init(&sum, 2, 3, 2 + (size_t)trial % 6, -1, 22, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_addscaled(&sum, -2, &A, &D, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_finish(&X, dropped, &sum, NULL), MC_OK);
    mc_digits_get_mat(exact, &A);
    mc_digits_get_mat(numbers, &D);
    mc_digits_get_mat(computed, &X);
    for (int k = 0; k < 6; k++)
      arb_mul(arb_mat_entry(exact, k / 3, k % 3), arb_mat_entry(exact, k / 3, k % 3), arb_mat_entry(numbers, 0, k % 3),
              4000);
    arb_mat_scalar_mul_si(exact, exact, -2, 4000);
    assert_near(exact, computed, dropped);
    mc_digits_clear(&A);
    mc_digits_clear(&D);
    mc_digits_clear(&X);
    mag_clear(ignored);
    mag_clear(dropped);
    arb_mat_clear(exact);
    arb_mat_clear(computed);
    arb_mat_clear(numbers);
  }
}

/* X + Y with planes at different places. */
static void entrywise(void **state) {
  (void)state;
  enum { N = 7 };
  for (uint32_t trial = 0; trial < 200; trial++) {
    double a[N * N], b[N * N];
    mc_random r;
    arb_mat_t A, B;
    mc_random_init(&r, 1, mc_random_stream_of("entrywise"), trial);
    fill(a, N * N, 20, &r);
    fill(b, N * N, 20, &r);
    a[0] = b[0] < 0 ? -1 : 1; /* at the end of its range, and beyond it with b */
    arb_mat_init(A, N, N);
    arb_mat_init(B, N, N);
    mc_digits x = digits_of(a, N, N, 4, 20, NULL), y = digits_of(b, N, N, 4, 20, NULL);
    x.first = (slong)mc_random_below(&r, 3);
    y.first = x.first + (trial % 4 ? (slong)mc_random_below(&r, 30) : -1);
    mc_digits_get_mat(A, &x);
    mc_digits_get_mat(B, &y);
    arb_mat_add(A, A, B, 4000);
    assert_int_equal(mc_digits_add(&x, &y, NULL), MC_OK);
    mc_digits_get_mat(B, &x);
    assert_true(arb_mat_equal(A, B));
    mc_digits_clear(&x);
    mc_digits_clear(&y);
    arb_mat_clear(A);
    arb_mat_clear(B);
  }
}

/* 4 X + 4 Y^T of leading digits as large as they may be: the sum has one plane more, and digits in range. */
static void leading_carry(void **state) {
  (void)state;
  enum { N = 3, W = 20 };
  mc_digits x, sum, again;
  arb_mat_t exact, computed;
  arb_mat_init(exact, N, N);
  arb_mat_init(computed, N, N);
  assert_int_equal(mc_digits_init(&x, N, N, 2, 5, W, NULL), MC_OK);
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0; j < N; j++)
      x.d[(2 * i) * N + j] = i == j ? 0x1p22 : -1;
  mc_digits_get_mat(exact, &x);
  arb_mat_scalar_mul_si(exact, exact, 8, 4000);
  assert_int_equal(mc_digits_combine(&sum, 4, &x, 0, &x, 4, NULL), MC_OK);
  mc_digits_get_mat(computed, &sum);
  assert_true(arb_mat_equal(exact, computed));
  assert_int_equal(mc_digits_combine(&again, 1, &sum, 0, &x, 0, NULL), MC_OK);
  mc_digits_clear(&x);
  mc_digits_clear(&sum);
  mc_digits_clear(&again);
  arb_mat_clear(exact);
  arb_mat_clear(computed);
}

/* Digits are in [-2^(w-1), 2^(w-1)): half of 2^w goes up, whether columns are carried one by one or many at once. */
static void ties(void **state) {
  (void)state;
  for (size_t n = 1; n <= 40; n += 13) {
    mc_digits x, y;
    mc_digits_sum sum;
    mag_t dropped;
    mag_init(dropped);
    assert_int_equal(mc_digits_init(&x, 1, n, 2, 0, 20, NULL), MC_OK);
    for (size_t j = 0; j < n; j++)
      x.d[n + j] = 0x1p19;
    assert_int_equal(mc_digits_sum_init(&sum, 1, n, 2, 0, 20, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_add(&sum, 1, &x, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_finish(&y, dropped, &sum, NULL), MC_OK);
    for (size_t j = 0; j < n; j++)
      assert_true(y.d[j] == 1 && y.d[n + j] == -0x1p19);
    mc_digits_clear(&x);
    mc_digits_clear(&y);
    mag_clear(dropped);
  }
}

/* Y^T Y + 3 X - 2 (X + X^T), 3 X before or after the product, with few planes or many; and what a truncation loses. */
static void symmetric_terms(void **state) {
  (void)state;
  enum { MOST = 37 };
  for (uint32_t trial = 0; trial < 100; trial++) {
    static double a[MOST * MOST], b[MOST * MOST];
    mc_random r;
    mc_digits_sum sum;
    mc_digits z, Z;
    mag_t dropped;
    arb_mat_t X, Y, T, exact, computed;
    mc_random_init(&r, 1, mc_random_stream_of("symmetric_terms"), trial);
    const size_t n = 1 + mc_random_below(&r, MOST), planes = 1 + mc_random_below(&r, 10);
    fill(a, n * n, 30, &r);
    fill(b, n * n, 30, &r);
    mc_digits x = digits_of(a, n, n, 4, 20, NULL), y = digits_of(b, n, n, 3, 20, NULL);
    mag_init(dropped);
    arb_mat_init(X, (slong)n, (slong)n);
    arb_mat_init(Y, (slong)n, (slong)n);
    arb_mat_init(T, (slong)n, (slong)n);
    arb_mat_init(exact, (slong)n, (slong)n);
    arb_mat_init(computed, (slong)n, (slong)n);
    mc_digits_get_mat(X, &x);
    mc_digits_get_mat(Y, &y);
    arb_mat_transpose(T, Y);
    arb_mat_mul(exact, T, Y, 4000);
    arb_mat_transpose(T, X);
    for (int i = 0; i < 2; i++)
      arb_mat_sub(exact, exact, T, 4000);
    arb_mat_add(exact, exact, X, 4000);
    assert_int_equal(mc_digits_sum_init(&sum, n, n, planes, -1, 20, NULL), MC_OK);
    if (trial % 2)
      assert_int_equal(mc_digits_sum_add(&sum, 3, &x, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_addgram(&sum, 1, &y, NULL), MC_OK);
    if (trial % 2 == 0)
      assert_int_equal(mc_digits_sum_add(&sum, 3, &x, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_finish(&z, dropped, &sum, NULL), MC_OK);
    assert_int_equal(mc_digits_combine(&Z, 1, &z, -2, &x, -2, NULL), MC_OK);
    mc_digits_clear(&z);
    mc_digits_get_mat(computed, &Z);
    assert_near(exact, computed, dropped);
    mc_digits_truncate(&Z, dropped, (slong)mc_random_below(&r, 9) - 1);
    mc_digits_get_mat(computed, &Z);
    assert_near(exact, computed, dropped);
    mc_digits_clear(&x);
    mc_digits_clear(&y);
    mc_digits_clear(&Z);
    mag_clear(dropped);
    arb_mat_clear(X);
    arb_mat_clear(Y);
    arb_mat_clear(T);
    arb_mat_clear(exact);
    arb_mat_clear(computed);
  }
}

/* A plane with few digits is multiplied entry by entry. */
static void sparse_plane(void **state) {
  (void)state;
  enum { N = 20 };
  double a[N * N], b[N * N];
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("sparse_plane"), 0);
  for (int transpose = 0; transpose < 2; transpose++) {
    mc_digits_sum sum;
    mc_digits X;
    mag_t dropped;
    arb_mat_t A, B, exact, computed;
    fill(a, N * N, 0, &r);
    fill(b, N * N, 0, &r);
    for (int i = 0; i < N * N; i++)
      a[i] = i % 57 == 0 ? a[i] : rint(ldexp(a[i], 20)) * 0x1p-20;
    mc_digits x = digits_of(a, N, N, 3, 20, NULL), y = digits_of(b, N, N, 3, 20, NULL);
    mag_init(dropped);
    arb_mat_init(A, N, N);
    arb_mat_init(B, N, N);
    arb_mat_init(exact, N, N);
    arb_mat_init(computed, N, N);
    mc_digits_get_mat(A, &x);
    mc_digits_get_mat(B, &y);
    if (transpose)
      arb_mat_transpose(A, A);
    arb_mat_mul(exact, A, B, 4000);
    assert_int_equal(mc_digits_sum_init(&sum, N, N, 5, -1, 20, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_addmul(&sum, 1, &x, transpose, &y, NULL), MC_OK);
    assert_int_equal(mc_digits_sum_finish(&X, dropped, &sum, NULL), MC_OK);
    mc_digits_get_mat(computed, &X);
    assert_near(exact, computed, dropped);
    mc_digits_clear(&x);
    mc_digits_clear(&y);
    mc_digits_clear(&X);
    mag_clear(dropped);
    arb_mat_clear(A);
    arb_mat_clear(B);
    arb_mat_clear(exact);
    arb_mat_clear(computed);
  }
}

/* ---- Faults ---- */

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
      cmocka_unit_test(doubles_and_back),
      cmocka_unit_test(products),
      cmocka_unit_test(scaled),
      cmocka_unit_test(ties),
      cmocka_unit_test(entrywise),
      cmocka_unit_test(leading_carry),
      cmocka_unit_test(symmetric_terms),
      cmocka_unit_test(sparse_plane),
      cmocka_unit_test(tampered_digits),
      cmocka_unit_test(tampered_terms),
      cmocka_unit_test(tampered_anywhere),
      cmocka_unit_test(lying_blas),
      cmocka_unit_test(lie_before_a_term),
      cmocka_unit_test(tiny_fraction),
      cmocka_unit_test(other_rounding),
#ifdef __SSE2__
      cmocka_unit_test(flushed_to_zero),
#endif
      cmocka_unit_test(does_not_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
