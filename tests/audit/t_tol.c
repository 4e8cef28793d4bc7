/* Tolerances: their record, their order, and what a number that somebody picked lets through. */
#include "../../src/report/report.h"
#include "../../src/run/run.h"
#include "support.h"

static const mc_run_options options = {.seed = 1};

static json_t *tolerance_of(mc_run_tolerance_request request) {
  mc_error e = {0};
  json_t *document = mc_run_tolerance(&request, &options, &e);
  if (!document)
    fail_msg("%s", e.text);
  if (mc_report_check(document, true, "record", &e) != MC_OK)
    fail_msg("%s", e.text);
  return document;
}

static double number_of(const json_t *object, const char *name) {
  return strtod(json_string_value(json_object_get(object, name)), NULL);
}

/* A sound limit lies above the statistical one of the total error; wider formats deserve narrower limits. */
static void test_limits(void **state) {
  static const char *const formats[] = {"bf16", "fp16", "f32", "f64"};
  double before = INFINITY;
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    json_t *document =
        tolerance_of((mc_run_tolerance_request){.model = {.dtype = formats[i]}, .rows = 12, .columns = 9});
    const json_t *rule = json_array_get(json_object_get(document, "rules"), 0);
    double total = number_of(json_object_get(rule, "statistical"), "total");
    assert_true(total > 0 && total < before);
    assert_true(total < number_of(rule, "spectrum") && number_of(rule, "spectrum") <= number_of(rule, "sound"));
    before = total;
    json_decref(document);
  }
}

static size_t accepted_by(double atol, double rtol, bool correct) {
  json_t *document = tolerance_of((mc_run_tolerance_request){.model = {.dtype = "f32"},
                                                             .rows = 24,
                                                             .columns = 32,
                                                             .family = "uniform",
                                                             .explain = true,
                                                             .atol = atol,
                                                             .rtol = rtol});
  const json_t *explanation = json_object_get(document, "explain");
  size_t accepted = json_array_size(json_object_get(explanation, "accepted"));
  assert_int_equal(json_is_true(json_object_get(explanation, "accepts_correct")), correct);
  json_decref(document);
  return accepted;
}

static void test_explain(void **state) {
  (void)state;
  assert_int_equal(accepted_by(0, 0, false), 0);
  assert_true(accepted_by(1e-5, 0, true) < accepted_by(0.1, 0, true));
  assert_true(accepted_by(0.1, 0, true) < accepted_by(10, 0, true));
}

static void test_refusals(void **state) {
  mc_run_tolerance_request request = {.rows = 3, .columns = 3, .family = "no_such_family"};
  mc_error e = {0};
  (void)state;
  assert_null(mc_run_tolerance(&request, &options, &e));
  assert_int_equal(e.status, MC_BAD_INPUT);
  request = (mc_run_tolerance_request){.model = {.input = "t_none.npy"}};
  assert_null(mc_run_tolerance(&request, &options, &e));
  assert_int_equal(mc_exit_of(e.status), MC_EXIT_USAGE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_limits),
      cmocka_unit_test(test_explain),
      cmocka_unit_test(test_refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
