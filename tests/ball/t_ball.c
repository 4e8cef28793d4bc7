/* Balls, scalars and decimal text: everything outward, everything exact where exactness is promised. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/ball/ball.h"

/* A double of any sign and exponent. */
static double any_double(mc_random *r) {
  double x = ldexp(mc_random_unit(r) + 1, (int)mc_random_below(r, 2040) - 1070);
  return mc_random_u32(r) & 1 ? -x : x;
}

static void bounds_text_encloses(void **state) {
  (void)state;
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("bounds_text"), 0);
  for (int trial = 0; trial < 2000; trial++) {
    arb_t x;
    fmpq_t exact, lo, hi;
    char *a, *b;
    double d = any_double(&r);
    arb_init(x);
    fmpq_init(exact);
    fmpq_init(lo);
    fmpq_init(hi);
    arb_set_d(x, d);
    mc_ball_fmpq_set_double(exact, d);
    assert_int_equal(mc_ball_bounds_text(&a, &b, x, 2 + mc_random_below(&r, 20), NULL), MC_OK);
    assert_int_equal(mc_ball_fmpq_set_text(lo, a, NULL), MC_OK);
    assert_int_equal(mc_ball_fmpq_set_text(hi, b, NULL), MC_OK);
    assert_true(fmpq_cmp(lo, exact) <= 0 && fmpq_cmp(exact, hi) <= 0);
    mc_free(a);
    mc_free(b);
    arb_clear(x);
    fmpq_clear(exact);
    fmpq_clear(lo);
    fmpq_clear(hi);
  }
}

static void check_text(double x, int direction, size_t digits, const char *expected) {
  arf_t t;
  arf_init(t);
  arf_set_d(t, x);
  char *text = mc_ball_arf_text(t, direction, digits);
  assert_string_equal(text, expected);
  mc_free(text);
  arf_clear(t);
}

static void texts(void **state) {
  (void)state;
  check_text(0, 1, 5, "0");
  check_text(0.5, -1, 5, "0.5");
  check_text(-0.5, 1, 5, "-0.5");
  check_text(100, 1, 5, "100");
  check_text(123456, -1, 3, "123000");
  check_text(123456, 1, 3, "124000");
  check_text(-123456, -1, 3, "-124000");
  check_text(1e-7, 1, 3, "1e-7");
  check_text(0x1p-12, 1, 3, "0.000245");
  check_text(1e300, 0, 6, "1e+300");
  check_text(INFINITY, 1, 5, "inf");
  check_text(-INFINITY, -1, 5, "-inf");
  check_text(NAN, -1, 5, "-inf");
  check_text(NAN, 1, 5, "inf");
}

/* Exponents that no decimal text needs to spell out stay on the safe side. */
static void absurd_exponents(void **state) {
  (void)state;
  arf_t t;
  arf_init(t);
  for (int sign = -1; sign <= 1; sign += 2) {
    arf_set_si_2exp_si(t, sign, 10000000);
    char *down = mc_ball_arf_text(t, -sign, 5), *up = mc_ball_arf_text(t, sign, 5);
    assert_string_equal(up, sign > 0 ? "inf" : "-inf");
    assert_int_equal(strncmp(down, sign > 0 ? "9.99" : "-9.99", 4), 0);
    mc_free(down);
    mc_free(up);
    arf_set_si_2exp_si(t, sign, -10000000);
    down = mc_ball_arf_text(t, -sign, 5);
    up = mc_ball_arf_text(t, sign, 5);
    assert_string_equal(down, "0");
    assert_non_null(strstr(up, "e-30103"));
    mc_free(down);
    mc_free(up);
  }
  arf_clear(t);
}

static void check_number(const char *text, slong numerator, ulong denominator) {
  fmpq_t q, expected;
  fmpq_init(q);
  fmpq_init(expected);
  fmpq_set_si(expected, numerator, denominator);
  assert_int_equal(mc_ball_fmpq_set_text(q, text, NULL), MC_OK);
  assert_true(fmpq_equal(q, expected));
  fmpq_clear(q);
  fmpq_clear(expected);
}

static void numbers(void **state) {
  (void)state;
  check_number("3.4445", 34445, 10000);
  check_number("-4.7750", -4775, 1000);
  check_number("+.5", 1, 2);
  check_number("5.", 5, 1);
  check_number("1e-7", 1, 10000000);
  check_number("2E3", 2000, 1);
  check_number("15/8", 15, 8);
  check_number("-1.5/0.25", -6, 1);
  check_number("0x1.8p-3", 3, 16);
  check_number("-0x10", -16, 1);
  check_number(" 7 ", 7, 1);
}

static void not_numbers(void **state) {
  (void)state;
  static const char *const bad[] = {"",    "-",    ".",   "1e",      "1e+",  "1.2.3", "0x",   "1/0",
                                    "1/",  "/2",   "nan", "inf",     "1,5",  "1 2",   "--1",  "1e99999",
                                    "0xp", "1p3x", "e5",  "1e-5000", "0x.p", "1//2",  "1e5e", "1/2/3"};
  fmpq_t q;
  mc_error e;
  fmpq_init(q);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    mc_error_clear(&e);
    assert_int_equal(mc_ball_fmpq_set_text(q, bad[i], &e), MC_BAD_INPUT);
    assert_true(strlen(e.text) > 0);
  }
  fmpq_clear(q);
}

static void double_is_exact(void **state) {
  (void)state;
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("double_is_exact"), 0);
  arb_t x, y;
  fmpq_t q;
  arb_init(x);
  arb_init(y);
  fmpq_init(q);
  for (int trial = 0; trial < 1000; trial++) {
    double d = trial == 0 ? 5e-324 : trial == 1 ? 0 : any_double(&r);
    mc_ball_fmpq_set_double(q, d);
    arb_set_fmpq(x, q, 4000);
    arb_set_d(y, d);
    assert_true(arb_equal(x, y));
  }
  arb_clear(x);
  arb_clear(y);
  fmpq_clear(q);
}

/* Directed conversions bracket the ball, and an unknown is unbounded. */
static void directed_doubles(void **state) {
  (void)state;
  arb_t x;
  arb_init(x);
  arb_set_d(x, 0.1);
  arb_div_ui(x, x, 3, 200);
  assert_true(mc_ball_lower_double(x) < mc_ball_upper_double(x));
  assert_true(nextafter(mc_ball_lower_double(x), 1) >= mc_ball_upper_double(x));
  arb_indeterminate(x);
  assert_true(mc_ball_lower_double(x) == -INFINITY && mc_ball_upper_double(x) == INFINITY);
  arb_one(x);
  arb_mul_2exp_si(x, x, 5000);
  assert_true(isfinite(mc_ball_lower_double(x)) && mc_ball_upper_double(x) == INFINITY);
  arb_mul_2exp_si(x, x, -10000);
  assert_true(mc_ball_lower_double(x) == 0 && mc_ball_upper_double(x) > 0);
  arb_clear(x);
}

/* max over [0, s] of the quintic of S1.L2 and of its slope: 1.20236860516… at c1, 3.4445 at 0, 3.9655… at s =
 * 1.2024. */
static void polynomial_maximum(void **state) {
  (void)state;
  static const char *const coefficients[] = {"0", "3.4445", "0", "-4.7750", "0", "2.0315"};
  fmpq p[6];
  mag_t s, bound, slope;
  mag_init(s);
  mag_init(bound);
  mag_init(slope);
  for (int j = 0; j < 6; j++) {
    fmpq_init(&p[j]);
    mc_ball_fmpq_set_text(&p[j], coefficients[j], NULL);
  }
  mag_one(s);
  mc_ball_poly_max_upper(bound, slope, p, 6, s);
  assert_true(mag_cmp_2exp_si(bound, 0) > 0);
  assert_true(mag_get_d(bound) >= 1.2023686051632127 && mag_get_d(bound) <= 1.2023686051632127 * 1.001);
  assert_true(mag_get_d(slope) >= 3.4445 && mag_get_d(slope) <= 3.4445 * 1.001);
  mag_set_d(s, 1.2024);
  mc_ball_poly_max_upper(bound, slope, p, 6, s);
  assert_true(mag_get_d(slope) >= 3.96 && mag_get_d(slope) <= 3.9655 * 1.001);
  mag_zero(s);
  mc_ball_poly_max_upper(bound, slope, p, 6, s);
  assert_true(mag_is_zero(bound) && mag_get_d(slope) <= 3.4445 * 1.001);
  mag_inf(s);
  mc_ball_poly_max_upper(bound, slope, p, 6, s);
  assert_true(mag_is_inf(bound) && mag_is_inf(slope));
  for (int j = 0; j < 6; j++)
    fmpq_clear(&p[j]);
  mag_clear(s);
  mag_clear(bound);
  mag_clear(slope);
}

/* The spectral bound of a rank-one sign matrix is sharp, and NaN makes every bound infinite. */
static void matrix_norms(void **state) {
  (void)state;
  double a[6] = {1, -1, 1, -1, 1, -1};
  arb_mat_t A;
  mag_t bound;
  mag_init(bound);
  arb_mat_init(A, 2, 3);
  mc_ball_mat_set_double(A, a);
  mc_ball_mat_spectral_upper(bound, A);
  assert_true(mag_get_d(bound) >= sqrt(6) * (1 - 1e-15) && mag_get_d(bound) <= sqrt(6) * (1 + 1e-6));
  arb_indeterminate(arb_mat_entry(A, 0, 0));
  mc_ball_mat_spectral_upper(bound, A);
  assert_true(mag_is_inf(bound));
  mc_ball_mat_trim(bound, A);
  assert_true(mag_is_inf(bound));
  arb_mat_clear(A);
  mag_clear(bound);
}

/* Rounding to double: the reported error covers what was lost. */
static void matrix_to_double(void **state) {
  (void)state;
  arb_mat_t A;
  mag_t error;
  double out[2];
  mag_init(error);
  arb_mat_init(A, 1, 2);
  arb_set_ui(arb_mat_entry(A, 0, 0), 1);
  arb_div_ui(arb_mat_entry(A, 0, 0), arb_mat_entry(A, 0, 0), 3, 200);
  arb_set_si(arb_mat_entry(A, 0, 1), -2);
  mc_ball_mat_get_double(out, error, A);
  assert_true(out[0] == 1.0 / 3 && out[1] == -2);
  assert_true(mag_cmp_2exp_si(error, -54) < 0 && mag_cmp_2exp_si(error, -58) > 0);
  arb_mul_2exp_si(arb_mat_entry(A, 0, 1), arb_mat_entry(A, 0, 1), 2000);
  mc_ball_mat_get_double(out, error, A);
  assert_true(isinf(out[1]) && mag_is_inf(error));
  arb_mat_clear(A);
  mag_clear(error);
}

static void sizes_saturate(void **state) {
  (void)state;
  assert_true(mc_ball_mat_bytes(SIZE_MAX, 2, 64) == UINT64_MAX);
  assert_true(mc_ball_mat_bytes(10, 10, 64) >= 100 * sizeof(arb_struct));
  assert_true(mc_ball_mat_bytes(10, 10, 4096) >= 100 * (sizeof(arb_struct) + 512));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bounds_text_encloses), cmocka_unit_test(texts),
      cmocka_unit_test(absurd_exponents),     cmocka_unit_test(numbers),
      cmocka_unit_test(not_numbers),          cmocka_unit_test(double_is_exact),
      cmocka_unit_test(directed_doubles),     cmocka_unit_test(polynomial_maximum),
      cmocka_unit_test(matrix_norms),         cmocka_unit_test(matrix_to_double),
      cmocka_unit_test(sizes_saturate),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
