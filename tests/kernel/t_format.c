/* Rounding of arrays agrees with the rounding of one number, bit for bit, at and around every tie. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/kernel/format.h"

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* All floats whose last `cut` bits are near 0, 1/2 or 1 of the last place kept. */
static void check_all_ties(mc_dtype format, unsigned cut) {
  uint32_t half = UINT32_C(1) << (cut - 1), step = UINT32_C(1) << cut;
  const uint32_t offsets[] = {0, 1, half - 1, half, half + 1, step - 1};
  for (uint64_t head = 0; head <= UINT32_MAX; head += step)
    for (size_t k = 0; k < sizeof offsets / sizeof *offsets; k++) {
      float x = float_of((uint32_t)head + offsets[k]), rounded = x;
      mc_kernel_round_float(&rounded, 1, format);
      double expected = mc_dtype_round(format, (double)x);
      if (isnan(expected) ? !isnan(rounded) : (double)rounded != expected || !signbit(rounded) != !signbit(expected))
        fail_msg("%a becomes %a instead of %a", (double)x, (double)rounded, expected);
    }
}

static void test_bfloat16(void **state) {
  (void)state;
  check_all_ties(MC_DTYPE_BFLOAT16, 16);
}

static void test_float16(void **state) {
  (void)state;
  check_all_ties(MC_DTYPE_FLOAT16, 13);
}

static void test_wider_formats_stay(void **state) {
  float x = 0x1.fffffep-3f;
  double y = 0x1.fffffffffffffp-3;
  (void)state;
  mc_kernel_round_float(&x, 1, MC_DTYPE_FLOAT32);
  mc_kernel_round_double(&y, 1, MC_DTYPE_FLOAT64);
  assert_true(x == 0x1.fffffep-3f && y == 0x1.fffffffffffffp-3);
}

static void test_doubles(void **state) {
  static const double values[] = {1.0 / 3, -0x1.0000010000001p0, 0x1.000001p0, 0x1p-150, 0x1.8p-149, 1e300, -0.0};
  (void)state;
  for (int format = 0; format <= MC_DTYPE_FLOAT64; format++)
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
      double rounded = values[i];
      mc_kernel_round_double(&rounded, 1, (mc_dtype)format);
      assert_true(rounded == mc_dtype_round((mc_dtype)format, values[i]));
    }
}

static void test_names(void **state) {
  mc_dtype d;
  mc_error e = {0};
  (void)state;
  assert_int_equal(mc_kernel_dtype_parse(&d, "bf16", &e), MC_OK);
  assert_int_equal(d, MC_DTYPE_BFLOAT16);
  assert_int_equal(mc_kernel_dtype_parse(&d, "float32", &e), MC_OK);
  assert_int_equal(d, MC_DTYPE_FLOAT32);
  assert_int_equal(mc_kernel_dtype_parse(&d, "fp8", &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "fp8"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bfloat16), cmocka_unit_test(test_float16), cmocka_unit_test(test_wider_formats_stay),
      cmocka_unit_test(test_doubles),  cmocka_unit_test(test_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
