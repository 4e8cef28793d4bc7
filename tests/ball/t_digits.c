/* Digit matrices: exact where they are exact, bounded where they drop. */
#include "support.h"

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

/* Leading planes that are zero in the first rows, or in all of them, or in none. */
static void leading_zeros(void **state) {
  (void)state;
  enum { M = 20, N = 3, W = 20, PLANES = 4 };
  for (size_t row = 0; row < M; row++)
    for (size_t plane = 0; plane < PLANES; plane++) {
      mc_digits x, y;
      arb_mat_t exact, computed;
      arb_mat_init(exact, M, N);
      arb_mat_init(computed, M, N);
      assert_int_equal(mc_digits_init(&x, M, N, PLANES, 0, W, NULL), MC_OK);
      x.d[(row * PLANES + plane) * N + 1] = 5;
      for (size_t i = 0; i < M; i++)
        x.d[(i * PLANES + PLANES - 1) * N] = 3;
      mc_digits_get_mat(exact, &x);
      arb_mat_scalar_mul_si(exact, exact, -2, 400);
      assert_int_equal(mc_digits_combine(&y, -2, &x, 0, &x, 0, NULL), MC_OK);
      mc_digits_get_mat(computed, &y);
      assert_true(arb_mat_equal(exact, computed));
      assert_int_equal(y.first, plane);
      mc_digits_clear(&x);
      mc_digits_clear(&y);
      arb_mat_clear(exact);
      arb_mat_clear(computed);
    }
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(doubles_and_back),
      cmocka_unit_test(products),
      cmocka_unit_test(scaled),
      cmocka_unit_test(entrywise),
      cmocka_unit_test(leading_carry),
      cmocka_unit_test(leading_zeros),
      cmocka_unit_test(ties),
      cmocka_unit_test(symmetric_terms),
      cmocka_unit_test(sparse_plane),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
