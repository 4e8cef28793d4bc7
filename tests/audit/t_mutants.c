/* Planted bugs do not conform; those that cannot be told apart on an input are listed by name, with the reason. */
#include "support.h"

#include "../../src/kernel/mutants.h"

/* Nothing to see: scaled-by-aspect is 1 for wide and square matrices; half-before-normalising loses nothing that bfloat16 keeps; the
 * other Gram matrix exists for square inputs only.  sums-in-storage-format rounds partial sums of 16 terms, which the noise of the other
 * roundings covers. */
static bool is_hidden(const char *name, size_t m, size_t n) {
  return (strcmp(name, "scaled-by-aspect") == 0 && m <= n) || strcmp(name, "half-before-normalising") == 0 ||
         (strcmp(name, "other-gram-matrix") == 0 && m != n) || strcmp(name, "sums-in-storage-format") == 0;
}

/* A change of c by 1 % is one last place of c in bfloat16. */
static bool may_hide(const char *name, size_t m, size_t n) {
  return is_hidden(name, m, n) || strcmp(name, "c-plus-1-percent") == 0;
}

static void judge_all(const double *g, size_t m, size_t n, bool (*excused)(const char *, size_t, size_t)) {
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  mc_audit_reference *reference = reference_of(g, m, n, &model);
  double *x = mc_alloc(m * n, sizeof *x);
  size_t survivors = 0;
  print_message("%-26s %-11s %s\n", "planted bug", "verdict", "why");
  for (size_t i = 0; i < mc_kernel_mutant_count(); i++) {
    const char *name = mc_kernel_mutant_get(i)->name;
    mc_audit_finding f;
    mc_error e = {0};
    mc_audit_finding_init(&f);
    need(mc_kernel_mutant_run(x, i, &model, g, m, n, NULL, &e), &e);
    need(mc_audit_judge(&f, reference, x, &e), &e);
    print_message("%-26s %-11s %s\n", name, mc_audit_verdict_name(f.verdict), f.reason);
    if (f.verdict == MC_AUDIT_CONFORMS && !excused(name, m, n)) {
      print_message("  %s should not conform\n", name);
      survivors++;
    }
    mc_audit_finding_clear(&f);
  }
  mc_free(x);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  assert_int_equal(survivors, 0);
}

static void test_tall_input(void **state) {
  double *g = matrix_of("uniform", 96, 48, 3);
  (void)state;
  for (size_t i = 0; i < 96 * 48; i++)
    g[i] /= 1024; /* so small that eps = 1e-2 matters, as gradients are */
  judge_all(g, 96, 48, may_hide);
  mc_free(g);
}

static void test_real_gradient(void **state) {
  mc_matfile g = example("step300.bl.1.o.G");
  (void)state;
  judge_all(g.values, g.m, g.n, may_hide);
  mc_matfile_clear(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_tall_input),
      cmocka_unit_test(test_real_gradient),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
