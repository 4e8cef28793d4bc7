/* Ten thousand runs of correct kernels, every format and rule, none of which may be called wrong or suspicious: the
 * statistical limits promise one in a million. */
#include "support.h"

enum { RUNS = 10000 };

static const struct {
  const char *family;
  size_t m, n;
} inputs[] = {{"uniform", 16, 16},
              {"log_uniform(1e-3)", 12, 30},
              {"log_uniform(1e-8)", 24, 16},
              {"clustered", 20, 20},
              {"uniform", 3, 5}};
enum { INPUTS = sizeof inputs / sizeof inputs[0], FORMATS = 4 };

/* Runs from seeds that the ensembles do not use. */
static void run_kernels(size_t k, mc_dtype dtype, unsigned runs) {
  size_t m = inputs[k].m, n = inputs[k].n;
  double *g = matrix_of(inputs[k].family, m, n, 100 + k), *x = mc_alloc(m * n, sizeof *x);
  mc_kernel_model model = model_of(dtype);
  mc_audit_reference *reference = reference_of(g, m, n, &model);
  for (unsigned trial = 0; trial < runs; trial++) {
    mc_random draw;
    mc_audit_finding f;
    mc_error e = {0};
    mc_random_init(&draw, 2026, mc_random_stream_of("false alarm"), trial);
    mc_audit_finding_init(&f);
    model.rounding = (mc_kernel_rounding)(trial % MC_ROUNDING_GRAM);
    need(mc_kernel_emulate(x, &model, g, m, n, &draw, &e), &e);
    need(mc_audit_judge(&f, reference, x, &e), &e);
    if (f.verdict == MC_AUDIT_WRONG || f.verdict == MC_AUDIT_SUSPICIOUS)
      fail_msg("%zu by %zu %s, %s, %s, trial %u: %s", m, n, inputs[k].family, mc_dtype_name(dtype),
               mc_kernel_rounding_name(model.rounding), trial, f.reason);
    mc_audit_finding_clear(&f);
  }
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
}

static void test_ten_thousand_correct_kernels(void **state) {
  (void)state;
  for (size_t k = 0; k < INPUTS; k++)
    for (int dtype = 0; dtype < FORMATS; dtype++)
      run_kernels(k, (mc_dtype)dtype, RUNS / (INPUTS * FORMATS));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ten_thousand_correct_kernels)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
