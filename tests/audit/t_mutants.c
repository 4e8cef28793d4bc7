/* Planted bugs do not conform; those that cannot be told apart on an input are listed by name, with the reason. */
#include "../../src/report/report.h"
#include "../../src/run/run.h"
#include "support.h"

/* What one input cannot show: scaled-by-aspect is 1 for wide and square matrices; the other Gram matrix exists for
 * square inputs only; half-before-normalising loses nothing that bfloat16 keeps unless the input is tiny; and with
 * coefficients rounded to bfloat16, a c one last place higher makes up for the rounding of a and b, so that the
 * image is nearer than that of the correct kernel. */
static bool is_hidden(const char *name, size_t m, size_t n) {
  return (strcmp(name, "scaled-by-aspect") == 0 && m <= n) || (strcmp(name, "other-gram-matrix") == 0 && m != n) ||
         strcmp(name, "half-before-normalising") == 0 || strcmp(name, "c-plus-1-percent") == 0;
}

static void judge_all(const double *g, size_t m, size_t n) {
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
    if (f.verdict == MC_AUDIT_CONFORMS && !is_hidden(name, m, n)) {
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
  judge_all(g, 96, 48);
  mc_free(g);
}

static void test_real_gradient(void **state) {
  mc_matfile g = example("step300.bl.1.o.G");
  (void)state;
  judge_all(g.values, g.m, g.n);
  mc_matfile_clear(&g);
}

/* On the three inputs of `muoncert audit --mutants` nothing that is not equivalent survives, in any format; correct
 * kernels conform. */
static void test_kill_table(void **state) {
  static const char *const formats[] = {"bf16", "fp16", "f32", "f64"};
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    mc_run_audit_request request = {.dtype = formats[i]};
    mc_run_options options = {.seed = 1};
    mc_error e = {0};
    json_t *document = mc_run_mutants(&request, &options, &e);
    if (!document)
      fail_msg("%s", e.text);
    if (mc_report_check(document, true, "record", &e) != MC_OK)
      fail_msg("%s", e.text);
    assert_true(json_is_false(json_object_get(document, "false_alarm")));
    assert_int_equal(json_integer_value(json_object_get(document, "survivors")), 0);
    assert_true(json_array_size(json_object_get(document, "mutants")) >
                mc_kernel_mutant_count()); /* and those of laws */
    assert_int_equal(mc_run_verdict_exit(document), MC_EXIT_EXPECTED);
    json_decref(document);
  }
}

/* The rules of others are rules: each that is asked rejects something, and some accept what they should not. */
static void test_peers(void **state) {
  mc_run_audit_request request = {.dtype = "f32"};
  mc_run_options options = {.seed = 1};
  size_t i, lenient = 0;
  json_t *rule, *document = mc_run_mutants(&request, &options, NULL);
  (void)state;
  assert_non_null(document);
  json_array_foreach(json_object_get(document, "rules"), i, rule) {
    if (json_integer_value(json_object_get(rule, "inputs")) > 0) {
      assert_true(json_integer_value(json_object_get(rule, "survivors")) <
                  (json_int_t)json_array_size(json_object_get(document, "mutants")));
      lenient += json_integer_value(json_object_get(rule, "survivors")) >= 5;
    }
  }
  assert_true(lenient > 0);
  json_decref(document);
}

/* Every rule is asked: each accepts a correct kernel in float64 of a schedule that converges, on some input. */
static void test_peers_of_a_convergent_schedule(void **state) {
  mc_run_audit_request request = {.preset = "polar-express", .dtype = "f64"};
  mc_run_options options = {.seed = 1};
  mc_error e = {0};
  size_t i;
  json_t *rule, *document = mc_run_mutants(&request, &options, &e);
  (void)state;
  if (!document)
    fail_msg("%s", e.text);
  json_array_foreach(json_object_get(document, "rules"), i, rule) {
    print_message("%-14s %d inputs, %d survivors\n", json_string_value(json_object_get(rule, "name")),
                  (int)json_integer_value(json_object_get(rule, "inputs")),
                  (int)json_integer_value(json_object_get(rule, "survivors")));
    assert_true(json_integer_value(json_object_get(rule, "inputs")) > 0);
  }
  assert_int_equal(i, MC_AUDIT_PEER_RULES);
  json_decref(document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_tall_input),
      cmocka_unit_test(test_real_gradient),
      cmocka_unit_test(test_kill_table),
      cmocka_unit_test(test_peers),
      cmocka_unit_test(test_peers_of_a_convergent_schedule),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
