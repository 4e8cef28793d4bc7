/* Every built-in kernel computes the image, in every format it takes, and leaves the rest of memory alone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/kernel/kernel.h"
#include "../../src/matgen/matgen.h"

static const struct { size_t m, n, padding; } shapes[] = {{1, 1, 0}, {8, 8, 0}, {6, 11, 3}, {11, 6, 1}, {40, 64, 2}};

static void draw(double *g, size_t m, size_t n, mc_dtype d) {
  mc_matgen_family family;
  mc_random r;
  mc_error e = {0};
  mc_random_init(&r, 7, 1, (uint32_t)(m * n));
  assert_int_equal(mc_matgen_family_parse(&family, "uniform(0.5)", &e), MC_OK);
  assert_int_equal(mc_matgen_matrix(g, m, n, &family, &r, &e), MC_OK);
  for (size_t i = 0; i < m * n; i++)
    g[i] = mc_dtype_round(d, g[i]);
}

/* Against the emulation of the same format: five Jordan steps amplify a rounding at most 485 times, and so many
 * roundings of either kernel meet in an entry. */
static double allowance(mc_dtype d, size_t m, size_t n) {
  return 485 * 2 * 5 * (double)(2 * m + n + 16) * ldexp(1, -mc_kernel_precision(d)) * sqrt((double)(m < n ? m : n));
}

static void check(const mc_kernel_code *code, mc_dtype d, const char *preset, size_t count, size_t m, size_t n,
                  size_t padding) {
  mc_kernel *kernel;
  mc_kernel_model model;
  mc_kernel_conduct conduct;
  mc_error e = {0};
  double *g = mc_alloc(3 * count * m * n, sizeof *g), *x = g + count * m * n, *y = x + count * m * n, sum = 0;
  mc_kernel_model_init(&model);
  assert_int_equal(mc_kernel_model_set_preset(&model, preset, &e), MC_OK);
  model.storage = d;
  for (size_t k = 0; k < count; k++) {
    draw(g + k * m * n, m, n, d);
    assert_int_equal(mc_kernel_emulate(y + k * m * n, &model, g + k * m * n, m, n, NULL, &e), MC_OK);
  }
  assert_int_equal(mc_kernel_open_code(&kernel, code, &e), MC_OK);
  mc_kernel_call call = {.model = &model, .count = count, .m = m, .n = n, .padding = padding, .g = g, .x = x};
  assert_int_equal(mc_kernel_run(&conduct, kernel, &call, &e), MC_OK);
  assert_true(!conduct.input_changed && conduct.unwritten == 0 && conduct.strayed == 0);
  for (size_t i = 0; i < count * m * n; i++)
    sum += (x[i] - y[i]) * (x[i] - y[i]);
  if (!(sqrt(sum) <= (double)count * allowance(d, m, n)))
    fail_msg("%s, %s, %s, %zu by %zu: %g away, allowed %g", code->name, preset, mc_dtype_name(d), m, n, sqrt(sum),
             allowance(d, m, n));
  mc_kernel_close(kernel);
  mc_kernel_model_clear(&model);
  mc_free(g);
}

static void test_computes_the_image(void **state) {
  static const char *const presets[] = {"keller-jordan", "dion", "torch"};
  (void)state;
  for (size_t i = 0; mc_kernel_builtin(i); i++)
    for (int d = 0; d <= MC_DTYPE_FLOAT64; d++) {
      mc_kernel *kernel;
      mc_error e = {0};
      const mc_kernel_code *code = mc_kernel_builtin(i);
      if (code->is_available && !code->is_available()) {
        assert_int_equal(mc_kernel_open(&kernel, code->name, NULL, &e), MC_BAD_INPUT);
        assert_non_null(strstr(e.text, "this processor lacks"));
        continue;
      }
      assert_int_equal(mc_kernel_open(&kernel, code->name, NULL, NULL), MC_OK);
      bool takes = mc_kernel_takes(kernel, (mc_dtype)d);
      mc_kernel_close(kernel);
      for (size_t s = 0; s < sizeof shapes / sizeof shapes[0] && takes; s++)
        for (size_t p = 0; p < 3; p++)
          check(mc_kernel_builtin(i), (mc_dtype)d, presets[p], 1 + s % 2, shapes[s].m, shapes[s].n, shapes[s].padding);
    }
}

/* The emulated kernels behind the ABI are the emulation, bit for bit. */
static void test_emulation_is_itself(void **state) {
  mc_kernel *kernel;
  mc_kernel_model model;
  mc_kernel_conduct conduct;
  mc_error e = {0};
  double g[60], x[60], y[60];
  (void)state;
  mc_kernel_model_init(&model);
  assert_int_equal(mc_kernel_model_set_preset(&model, "polar-express", &e), MC_OK);
  for (int d = 0; d <= MC_DTYPE_FLOAT64; d++) {
    model.storage = (mc_dtype)d;
    model.rounding = MC_ROUNDING_OPERATIONS;
    draw(g, 10, 6, (mc_dtype)d);
    mc_kernel_call call = {.model = &model, .count = 1, .m = 10, .n = 6, .padding = 1, .g = g, .x = x};
    assert_int_equal(mc_kernel_open(&kernel, "emulated-operations", NULL, &e), MC_OK);
    assert_int_equal(mc_kernel_run(&conduct, kernel, &call, &e), MC_OK);
    assert_int_equal(mc_kernel_emulate(y, &model, g, 10, 6, NULL, &e), MC_OK);
    for (size_t i = 0; i < 60; i++)
      y[i] = mc_dtype_round((mc_dtype)d, y[i]);
    assert_memory_equal(x, y, sizeof x);
    mc_kernel_close(kernel);
  }
  mc_kernel_model_clear(&model);
}

static int misbehave(const void *how, const muoncert_orthogonalise *call) {
  float *g = (float *)(uintptr_t)call->g.data, *x = call->x.data;
  int fault = *(const int *)how;
  for (uint64_t i = 0; i < call->problem.m; i++)
    for (uint64_t j = 0; j < call->problem.n; j++)
      if (fault != 1 || i > 0)
        x[i * call->x.row_stride + j] = 1;
  if (fault == 0)
    g[3] = 2;
  if (fault == 2)
    x[call->problem.n] = 1;
  if (fault == 3)
    x[(call->problem.m - 1) * call->x.row_stride + call->problem.n] = 1;
  return fault == 4;
}

/* Each kind of conduct is seen: a changed input, an entry not written, one written between rows, one behind. */
static void test_conduct(void **state) {
  mc_kernel_model model;
  mc_kernel_conduct conduct;
  mc_error e = {0};
  double g[12] = {0}, x[12];
  (void)state;
  mc_kernel_model_init(&model);
  assert_int_equal(mc_kernel_model_set_preset(&model, "keller-jordan", &e), MC_OK);
  model.storage = MC_DTYPE_FLOAT32;
  for (int fault = 0; fault < 5; fault++) {
    const mc_kernel_code code = {.name = "test",
                                 .dtypes = 1u << MUONCERT_FLOAT32,
                                 .usual = MC_DTYPE_FLOAT32,
                                 .context = &fault,
                                 .orthogonalise = misbehave};
    mc_kernel *kernel;
    mc_kernel_call call = {.model = &model, .count = 1, .m = 3, .n = 4, .padding = 2, .g = g, .x = x};
    assert_int_equal(mc_kernel_open_code(&kernel, &code, &e), MC_OK);
    mc_status s = mc_kernel_run(&conduct, kernel, &call, &e);
    assert_int_equal(s, fault == 3 ? MC_CRASHED : fault == 4 ? MC_BAD_INPUT : MC_OK);
    assert_int_equal(conduct.input_changed, fault == 0);
    assert_int_equal(conduct.unwritten, fault == 1 ? 4 : 0);
    assert_int_equal(conduct.strayed, fault == 2);
    call.step = &(mc_kernel_step){0};
    assert_int_equal(mc_kernel_run(&conduct, kernel, &call, &e), MC_BAD_INPUT);
    mc_kernel_close(kernel);
  }
  mc_kernel_model_clear(&model);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_computes_the_image),
      cmocka_unit_test(test_emulation_is_itself),
      cmocka_unit_test(test_conduct),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
