/* The twin of VDPBF16PS does what Intel's manual says of it, and the kernel on the instruction is the twin's, bit
 * for bit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/kernel/bfloat16.h"

static uint16_t bits_of(double x) {
  return (uint16_t)mc_dtype_encode(MC_DTYPE_BFLOAT16, x);
}

/* acc + x0 y0 + x1 y1 in the first lane; the second gets it with the pair swapped. */
static float dot_of(float acc, double x0, double y0, double x1, double y1, float *swapped) {
  float lanes[16] = {acc, acc};
  const uint16_t x[32] = {bits_of(x0), bits_of(x1), bits_of(x1), bits_of(x0)};
  const uint16_t y[32] = {bits_of(y0), bits_of(y1), bits_of(y1), bits_of(y0)};
  mc_bfloat16_dot_portable(lanes, x, y);
  *swapped = lanes[1];
  for (int i = 2; i < 16; i++)
    assert_true(lanes[i] == 0);
  return lanes[0];
}

static void test_order_and_rounding(void **state) {
  float swapped;
  (void)state;
  assert_true(dot_of(1, 2, 3, 4, 5, &swapped) == 27);
  /* the odd product comes first: 2^24 + 1 is rounded to even, and again; the other way round 2 ulp/2 are added at
   * once */
  assert_true(dot_of(0x1p24f, 1, 1, -0x1p12, 0x1p12, &swapped) == 1);
  assert_true(swapped == 0);
  /* ties to even: 2^24 + 1 goes down, 2^24 + 2 + 1 up */
  assert_true(dot_of(0x1p24f, 1, 1, 0, 0, &swapped) == 0x1p24f);
  assert_true(dot_of(0x1p24f + 2, 1, 1, 0, 0, &swapped) == 0x1p24f + 4);
  /* a product is not rounded before it is added: (1 + 2^-7)^2 - 1 - 2^-6 = 2^-14 */
  assert_true(dot_of(-1 - 0x1p-6f, 1 + 0x1p-7, 1 + 0x1p-7, 0, 0, &swapped) == 0x1p-14f);
}

static void test_subnormal_numbers_are_zero(void **state) {
  float swapped;
  (void)state;
  assert_true(dot_of(0, 0x1p-127, 0x1p20, 0, 0, &swapped) == 0);         /* a factor */
  assert_true(dot_of(0x1p-127f, 0, 0, 0, 0, &swapped) == 0);             /* the accumulator */
  assert_true(dot_of(0, 0x1p-64, 0x1p-63, 0, 0, &swapped) == 0);         /* the result */
  assert_true(dot_of(0, 0x1p-63, 0x1p-63, 0, 0, &swapped) == 0x1p-126f); /* the smallest that is kept */
  assert_true(isnan(dot_of(0, NAN, 1, 0, 0, &swapped)));
  assert_true(isinf(dot_of(0, INFINITY, 1, 0, 0, &swapped)));
}

static const mc_kernel_code *named(const char *name) {
  size_t i = 0;
  while (strcmp(mc_kernel_builtin(i)->name, name) != 0)
    i++;
  return mc_kernel_builtin(i);
}

/* 18 by 37: no multiple of a block or of an instruction's width. */
static void run_as(double *x, const char *name, const double *g) {
  mc_kernel *kernel;
  mc_kernel_model model;
  mc_kernel_conduct conduct;
  mc_error e = {0};
  mc_kernel_model_init(&model);
  assert_int_equal(mc_kernel_model_set_preset(&model, "keller-jordan", &e), MC_OK);
  assert_int_equal(mc_kernel_open_code(&kernel, named(name), &e), MC_OK);
  mc_kernel_call call = {.model = &model, .count = 1, .m = 18, .n = 37, .padding = 2, .g = g, .x = x};
  assert_int_equal(mc_kernel_run(&conduct, kernel, &call, &e), MC_OK);
  assert_int_equal(conduct.unwritten + conduct.strayed, 0);
  mc_kernel_close(kernel);
  mc_kernel_model_clear(&model);
}

static void test_instruction_is_its_twin(void **state) {
  double g[18 * 37], x[18 * 37], y[18 * 37];
  mc_random r;
  (void)state;
  if (!mc_bfloat16_is_native())
    skip(); /* this processor has no such instruction */
  mc_random_init(&r, 5, 1, 0);
  for (size_t i = 0; i < 18 * 37; i++)
    g[i] = mc_dtype_round(MC_DTYPE_BFLOAT16, mc_random_unit(&r) - 0.5);
  run_as(x, "bf16-dot", g);
  run_as(y, "avx512bf16", g);
  assert_memory_equal(x, y, sizeof x);
}

#if defined(__x86_64__)
#include <immintrin.h>

enum { ANY = 1000 };

__attribute__((target("avx512f,avx512bf16"))) static void instruction(float acc[16], const uint16_t x[32],
                                                                      const uint16_t y[32]) {
  const __m512i a = _mm512_loadu_si512(x), b = _mm512_loadu_si512(y);
  _mm512_storeu_ps(acc, _mm512_dpbf16_ps(_mm512_loadu_ps(acc), (__m512bh)a, (__m512bh)b));
}

/* Any bits, or a number of about 2^exponent. */
static uint16_t operand(mc_random *r, int exponent) {
  const uint32_t bits = mc_random_u32(r);
  const uint32_t biased = (uint32_t)(exponent + 126) + (bits >> 16) % 3;
  return (uint16_t)(exponent == ANY ? bits : (bits & 0x807f) | biased << 7);
}

static void test_single_instructions(void **state) {
  mc_random r;
  size_t numbers = 0, zeros = 0;
  /* products that are near the least normal number, small, near 1, near overflow */
  static const int exponents[] = {ANY, -63, -31, 0, 63};
  (void)state;
  if (!mc_bfloat16_is_native())
    skip();
  mc_random_init(&r, 6, 1, 0);
  for (int trial = 0; trial < 20000; trial++) {
    uint16_t x[32], y[32];
    float acc[16], twin[16];
    const int exponent = exponents[mc_random_below(&r, 5)];
    for (int i = 0; i < 32; i++) {
      x[i] = operand(&r, exponent);
      y[i] = operand(&r, exponent);
    }
    for (int i = 0; i < 16; i++) {
      const uint32_t high = operand(&r, exponent == ANY ? ANY : 2 * exponent);
      const uint32_t bits = high << 16 | (mc_random_u32(&r) & 0xffff);
      memcpy(&acc[i], &bits, sizeof bits);
    }
    memcpy(twin, acc, sizeof acc);
    mc_bfloat16_dot_portable(twin, x, y);
    instruction(acc, x, y);
    for (int i = 0; i < 16; i++) {
      assert_true(isnan(acc[i]) ? isnan(twin[i]) : memcmp(&acc[i], &twin[i], sizeof acc[i]) == 0);
      numbers += isfinite(acc[i]) != 0;
      zeros += acc[i] == 0;
    }
  }
  assert_true(numbers > 200000 && zeros > 5000);
}
#else
static void test_single_instructions(void **state) {
  (void)state;
  skip();
}
#endif

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order_and_rounding), cmocka_unit_test(test_subnormal_numbers_are_zero),
      cmocka_unit_test(test_single_instructions), cmocka_unit_test(test_instruction_is_its_twin)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
