/* Audits of files: spec files, requests, records, and every way to ask for nonsense. */
#include <unistd.h>

#include "../../src/report/report.h"
#include "../../src/run/run.h"
#include "support.h"

static const mc_run_options options = {.seed = 1};

static void write_matrix(const char *path, const double *values, size_t m, size_t n) {
  mc_matfile f = {.values = (double *)values, .count = 1, .m = m, .n = n, .dtype = MC_DTYPE_FLOAT32};
  mc_error e = {0};
  need(mc_matfile_write(&f, path, &e), &e);
}

static const char *verdict_of(const json_t *document, size_t i) {
  return json_string_value(json_object_get(json_array_get(json_object_get(document, "audits"), i), "verdict"));
}

static void check_record(const json_t *document) {
  mc_error e = {0};
  if (mc_report_check(document, true, "record", &e) != MC_OK)
    fail_msg("%s", e.text);
}

/* One of the committed audits, from its spec file. */
static void test_committed_audit(void **state) {
  static const char *const file[] = {MUONCERT_SOURCE_DIR "/spec/audits.claim"};
  mc_run_options one = options;
  mc_error e = {0};
  (void)state;
  one.only = "*.step300.bl.1.o";
  json_t *document = mc_run_audits(file, 1, &one, &e);
  if (!document)
    fail_msg("%s", e.text);
  check_record(document);
  assert_int_equal(json_array_size(json_object_get(document, "audits")), 1);
  assert_string_equal(verdict_of(document, 0), "conforms");
  assert_int_equal(mc_run_exit(document), MC_EXIT_EXPECTED);
  json_decref(document);
}

/* A file that is missing is an error of its own audit; a bug that is expected is as expected. */
static void test_spec_file(void **state) {
  static const char text[] =
      "audit lost\n  input \"no.npy\"\n  output \"no.npy\"\n  preset torch\n"
      "audit zeros\n  input \"t_g.npy\"\n  output \"t_zero.npy\"\n  preset torch\n  dtype f32\n  expect wrong\n";
  static const char *const file[] = {"t_audits.claim"};
  double *g = matrix_of("uniform", 4, 5, 1), zero[20] = {0};
  mc_error e = {0};
  (void)state;
  write_matrix("t_g.npy", g, 4, 5);
  write_matrix("t_zero.npy", zero, 4, 5);
  need(mc_file_write(file[0], text, sizeof text - 1, &e), &e);
  json_t *document = mc_run_audits(file, 1, &options, &e);
  if (!document)
    fail_msg("%s", e.text);
  check_record(document);
  assert_string_equal(verdict_of(document, 0), "error");
  assert_string_equal(verdict_of(document, 1), "wrong");
  assert_int_equal(mc_run_item_exit("audits", json_array_get(json_object_get(document, "audits"), 1)),
                   MC_EXIT_EXPECTED);
  assert_int_equal(mc_run_exit(document), MC_EXIT_USAGE);
  json_decref(document);
  mc_free(g);
}

static void expect_undecided(const char *input, const char *output, const char *words) {
  mc_run_audit_request request = {.input = input, .output = output};
  json_t *document = mc_run_audit(&request, &options, NULL);
  assert_non_null(document);
  check_record(document);
  assert_string_equal(verdict_of(document, 0), "undecided");
  json_t *entry = json_array_get(json_object_get(document, "audits"), 0);
  assert_non_null(strstr(json_string_value(json_object_get(entry, "message")), words));
  assert_int_equal(mc_run_exit(document), MC_EXIT_UNDECIDED);
  json_decref(document);
}

static void test_no_answer(void **state) {
  double *g = matrix_of("uniform", 4, 5, 1), zero[20] = {0}, deficient[20] = {1, 2, 3, 4, 5, 2, 4, 6, 8, 10, 1};
  (void)state;
  write_matrix("t_g.npy", g, 4, 5);
  write_matrix("t_zero.npy", zero, 4, 5);
  write_matrix("t_deficient.npy", deficient, 4, 5);
  g[3] = NAN;
  write_matrix("t_nan.npy", g, 4, 5);
  expect_undecided("t_zero.npy", "t_zero.npy", "zero");
  expect_undecided("t_nan.npy", "t_g.npy", "NaN");
  expect_undecided("t_g.npy", "t_nan.npy", "1 of 20 values");
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  need(mc_kernel_emulate(g, &model, deficient, 4, 5, NULL, NULL), &(mc_error){0});
  write_matrix("t_x.npy", g, 4, 5);
  expect_undecided("t_deficient.npy", "t_x.npy", "not certified");
  mc_kernel_model_clear(&model);
  mc_free(g);
}

/* A step from files: gradient alone (no momentum yet), weights that stay; the record is whole and says what is wrong. */
static void test_step_record(void **state) {
  double *g = matrix_of("uniform", 6, 9, 2), zero[54] = {0}, after[54];
  mc_run_audit_request request = {.input = "t_g.npy",
                                  .weights = "t_w.npy",
                                  .buffer = "t_zero.npy",
                                  .weights_after = "t_w.npy",
                                  .buffer_after = "t_b.npy",
                                  .dtype = "f32",
                                  .rate = "0.02",
                                  .weight_decay = "0.1",
                                  .scaling = "rms*0.5"};
  mc_error e = {0};
  (void)state;
  for (int i = 0; i < 54; i++)
    after[i] = (double)(0.05f * (float)g[i]);
  write_matrix("t_g.npy", g, 6, 9);
  write_matrix("t_w.npy", g, 6, 9);
  write_matrix("t_zero.npy", zero, 6, 9);
  write_matrix("t_b.npy", after, 6, 9);
  json_t *document = mc_run_audit(&request, &options, &e);
  if (!document)
    fail_msg("%s", e.text);
  check_record(document);
  json_t *entry = json_array_get(json_object_get(document, "audits"), 0);
  assert_string_equal(verdict_of(document, 0), "wrong");
  assert_non_null(strstr(json_string_value(json_object_get(entry, "message")), "weight decay was not applied"));
  assert_true(json_real_value(json_object_get(json_object_get(entry, "step"), "buffer_ratio")) <= 1);
  assert_string_equal(json_string_value(json_object_get(json_object_get(entry, "step"), "factor")), "1/2");
  json_decref(document);
  mc_free(g);
}

/* An output that was scaled conforms when it is said so; one that does not conform comes with a map of its error. */
static void test_scaled_output(void **state) {
  double *g = matrix_of("uniform", 40, 20, 3), x[800];
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_run_audit_request request = {.input = "t_g.npy", .output = "t_x.npy", .dtype = "f32", .scaling = "rectangular"};
  mc_error e = {0};
  (void)state;
  need(mc_kernel_emulate(x, &model, g, 40, 20, NULL, &e), &e);
  for (int i = 0; i < 800; i++)
    x[i] = (double)((float)sqrt(2) * (float)x[i]);
  write_matrix("t_g.npy", g, 40, 20);
  write_matrix("t_x.npy", x, 40, 20);
  for (int said = 0; said < 2; said++) {
    request.scaling = said ? "rectangular" : NULL;
    json_t *document = mc_run_audit(&request, &options, &e);
    if (!document)
      fail_msg("%s", e.text);
    check_record(document);
    json_t *heat = json_object_get(json_array_get(json_object_get(document, "audits"), 0), "heat");
    assert_string_equal(verdict_of(document, 0), said ? "conforms" : "wrong");
    assert_int_equal(json_array_size(json_object_get(heat, "values")), said ? 0 : 20);
    json_decref(document);
  }
  mc_kernel_model_clear(&model);
  mc_free(g);
}

static void expect_refused(mc_run_audit_request request, const char *words) {
  mc_error e = {0};
  request.input = request.input ? request.input : "t_g.npy";
  request.output = request.output ? request.output : "t_g.npy";
  request.weights_after = request.weights && !request.weights_after ? "t_g.npy" : request.weights_after;
  json_t *document = mc_run_audit(&request, &options, &e);
  if (document)
    fail_msg("not refused: %s", words);
  if (!strstr(e.text, words))
    fail_msg("'%s' does not say '%s'", e.text, words);
  assert_int_equal(mc_exit_of(e.status), MC_EXIT_USAGE);
}

static void test_refusals(void **state) {
  double *g = matrix_of("uniform", 4, 5, 1);
  (void)state;
  write_matrix("t_g.npy", g, 4, 5);
  write_matrix("t_other.npy", g, 5, 4);
  expect_refused((mc_run_audit_request){.output = "t_other.npy"}, "shape");
  expect_refused((mc_run_audit_request){.input = "t_none.npy"}, "No such file");
  expect_refused((mc_run_audit_request){.preset = "nobody"}, "nobody");
  expect_refused((mc_run_audit_request){.schedule = "1,,2"}, "column");
  expect_refused((mc_run_audit_request){.norm = "spectral"}, "spectral");
  expect_refused((mc_run_audit_request){.eps = "-1e-7"}, "eps");
  expect_refused((mc_run_audit_request){.safety = "0"}, "safety");
  expect_refused((mc_run_audit_request){.dtype = "fp8"}, "fp8");
  expect_refused((mc_run_audit_request){.rounding = "up"}, "up");
  expect_refused((mc_run_audit_request){.scaling = "bigger"}, "'bigger' is no scaling");
  expect_refused((mc_run_audit_request){.scaling = "rms*"}, "number");
  expect_refused((mc_run_audit_request){.scaling = "0"}, "not positive");
  expect_refused((mc_run_audit_request){.accumulator = "up"}, "'up' is no accumulator");
  expect_refused((mc_run_audit_request){.limits = "none"}, "'none' is no kind of limits");
  expect_refused((mc_run_audit_request){.weights = "t_g.npy"}, "weights and buffer, before and after");
  mc_run_audit_request step = {.weights = "t_g.npy", .buffer = "t_g.npy", .buffer_after = "t_g.npy"};
  step.rate = "0";
  expect_refused(step, "learning rate 0 is not positive");
  step.rate = NULL;
  step.decay = "none";
  expect_refused(step, "'none' is no decay");
  step.decay = NULL;
  step.buffer = "t_other.npy";
  expect_refused(step, "the shape of the buffer");
  step.buffer = "t_g.npy";
  step.preset = "gram-ns";
  expect_refused(step, "has no optimizer");
  mc_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_committed_audit), cmocka_unit_test(test_spec_file),     cmocka_unit_test(test_no_answer),
      cmocka_unit_test(test_step_record),     cmocka_unit_test(test_scaled_output), cmocka_unit_test(test_refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
