/* Judging entries and documents, and merging them: what the exit status rests on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../src/run/run.h"

static json_t *parse(const char *text) {
  json_error_t why;
  json_t *value = json_loads(text, 0, &why);
  if (!value)
    fail_msg("%s: %s", why.text, text);
  return value;
}

static void expect_item(const char *list, const char *text, mc_exit x) {
  json_t *item = parse(text);
  mc_exit got = mc_run_item_exit(list, item);
  if (got != x)
    fail_msg("%s: exit status %d, expected %d", text, (int)got, (int)x);
  json_decref(item);
}

static void claims_are_judged_against_their_expectation(void **state) {
  (void)state;
  expect_item("claims", "{\"verdict\":\"proved\"}", MC_EXIT_EXPECTED);
  expect_item("claims", "{\"verdict\":\"proved\",\"expected\":\"refuted\"}", MC_EXIT_VIOLATED);
  expect_item("claims", "{\"verdict\":\"refuted\",\"expected\":\"refuted\"}", MC_EXIT_EXPECTED);
  expect_item("claims", "{\"verdict\":\"refuted\"}", MC_EXIT_VIOLATED);
  expect_item("claims", "{\"verdict\":\"undecided\"}", MC_EXIT_UNDECIDED);
  expect_item("claims", "{\"verdict\":\"undecided\",\"expected\":\"undecided\"}", MC_EXIT_EXPECTED);
  expect_item("claims", "{\"verdict\":\"error\"}", MC_EXIT_USAGE);
}

static void broken_entries_never_pass(void **state) {
  (void)state;
  expect_item("claims", "{}", MC_EXIT_USAGE);
  expect_item("claims", "{\"verdict\":1}", MC_EXIT_USAGE);
  expect_item("claims", "{\"verdict\":\"\"}", MC_EXIT_USAGE);
  expect_item("claims", "{\"verdict\":\"Proved\"}", MC_EXIT_USAGE);
  expect_item("claims", "{\"verdict\":\"holds\",\"expected\":\"holds\"}", MC_EXIT_USAGE);
  expect_item("claims", "{\"verdict\":\"proved refuted\",\"expected\":\"proved refuted\"}", MC_EXIT_USAGE);
  expect_item("nonsense", "{\"verdict\":\"proved\"}", MC_EXIT_USAGE);
}

static void campaigns_must_count_what_they_say(void **state) {
  (void)state;
#define COUNTS(t, m, h, v, u)                                                                                          \
  "\"trials\":" #t ",\"met\":" #m ",\"holds\":" #h ",\"violated\":" #v ",\"undecided\":" #u "}"
  expect_item("campaigns", "{\"verdict\":\"holds\"," COUNTS(9, 8, 8, 0, 0), MC_EXIT_EXPECTED);
  expect_item("campaigns", "{\"verdict\":\"violated\"," COUNTS(9, 8, 7, 1, 0), MC_EXIT_VIOLATED);
  expect_item("campaigns", "{\"verdict\":\"undecided\"," COUNTS(9, 8, 7, 0, 1), MC_EXIT_UNDECIDED);
  expect_item("campaigns", "{\"verdict\":\"undecided\"," COUNTS(9, 2, 2, 0, 0), MC_EXIT_UNDECIDED);
  expect_item("campaigns", "{\"verdict\":\"violated\",\"expected\":\"violated\"," COUNTS(9, 8, 7, 1, 0),
              MC_EXIT_EXPECTED);
  expect_item("campaigns", "{\"verdict\":\"holds\"," COUNTS(9, 8, 7, 1, 0), MC_EXIT_USAGE);
  expect_item("campaigns", "{\"verdict\":\"holds\"," COUNTS(9, 8, 7, 0, 1), MC_EXIT_USAGE);
  expect_item("campaigns", "{\"verdict\":\"holds\"," COUNTS(9, 0, 0, 0, 0), MC_EXIT_USAGE);
  expect_item("campaigns", "{\"verdict\":\"undecided\"," COUNTS(9, 8, 7, 1, 0), MC_EXIT_USAGE);
  expect_item("campaigns", "{\"verdict\":\"violated\"," COUNTS(9, 8, 8, 0, 0), MC_EXIT_USAGE);
  expect_item("campaigns", "{\"verdict\":\"holds\"," COUNTS(7, 8, 8, 0, 0), MC_EXIT_USAGE);
  expect_item("campaigns", "{\"verdict\":\"holds\"}", MC_EXIT_USAGE);
#undef COUNTS
}

static void audits_tell_crashes_apart(void **state) {
  (void)state;
  expect_item("audits", "{\"verdict\":\"conforms\"}", MC_EXIT_EXPECTED);
  expect_item("audits", "{\"verdict\":\"wrong\"}", MC_EXIT_VIOLATED);
  expect_item("audits", "{\"verdict\":\"suspicious\"}", MC_EXIT_VIOLATED);
  expect_item("audits", "{\"verdict\":\"crashed\"}", MC_EXIT_CRASHED);
  expect_item("audits", "{\"verdict\":\"hung\"}", MC_EXIT_CRASHED);
}

static void functions_need_every_goal(void **state) {
  (void)state;
  expect_item("functions", "{\"goals\":5,\"valid\":5}", MC_EXIT_EXPECTED);
  expect_item("functions", "{\"goals\":5,\"valid\":4}", MC_EXIT_UNDECIDED);
  expect_item("functions", "{\"goals\":0,\"valid\":0}", MC_EXIT_UNDECIDED);
  expect_item("functions", "{\"goals\":5,\"valid\":6}", MC_EXIT_USAGE);
  expect_item("functions", "{\"goals\":5}", MC_EXIT_USAGE);
}

static void theorems_must_assume_what_is_stored(void **state) {
  (void)state;
  expect_item("theorems", "{\"verdict\":\"proved\"}", MC_EXIT_EXPECTED);
  expect_item("theorems", "{\"verdict\":\"changed\"}", MC_EXIT_VIOLATED);
}

static void planted_bugs_must_be_noticed(void **state) {
  (void)state;
  expect_item("mutants", "{\"killed\":true,\"equivalent\":false}", MC_EXIT_EXPECTED);
  expect_item("mutants", "{\"killed\":false,\"equivalent\":true}", MC_EXIT_EXPECTED);
  expect_item("mutants", "{\"killed\":false,\"equivalent\":false}", MC_EXIT_UNDECIDED);
  expect_item("mutants", "{\"killed\":1,\"equivalent\":false}", MC_EXIT_USAGE);
  expect_item("mutants", "{\"verdict\":\"suspicious\"}", MC_EXIT_USAGE);
}

static void expect_document(const char *text, mc_exit x) {
  json_t *document = parse(text);
  mc_exit got = mc_run_exit(document);
  if (got != x)
    fail_msg("%s: exit status %d, expected %d", text, (int)got, (int)x);
  json_decref(document);
}

static void a_document_is_as_bad_as_its_worst(void **state) {
  (void)state;
  expect_document("{\"verdict\":\"expected\",\"claims\":[{\"verdict\":\"proved\"}]}", MC_EXIT_EXPECTED);
  /* its own verdict is not believed where an entry says otherwise, nor the other way round */
  expect_document("{\"verdict\":\"expected\",\"claims\":[{\"verdict\":\"proved\"},{\"verdict\":\"refuted\"}]}",
                  MC_EXIT_VIOLATED);
  expect_document("{\"verdict\":\"error\",\"claims\":[{\"verdict\":\"proved\"}]}", MC_EXIT_USAGE);
  expect_document("{\"verdict\":\"fine\",\"claims\":[{\"verdict\":\"proved\"}]}", MC_EXIT_USAGE);
  /* the order 3, 4, 1, 2 */
  expect_document("{\"claims\":[{\"verdict\":\"refuted\"},{\"verdict\":\"undecided\"}]}", MC_EXIT_VIOLATED);
  expect_document("{\"claims\":[{\"verdict\":\"refuted\"}],\"audits\":[{\"verdict\":\"hung\"}]}", MC_EXIT_CRASHED);
  expect_document("{\"claims\":[{\"verdict\":\"error\"}],\"audits\":[{\"verdict\":\"hung\"}]}", MC_EXIT_USAGE);
  /* nothing checked is nothing shown */
  expect_document("{\"verdict\":\"expected\",\"claims\":[]}", MC_EXIT_UNDECIDED);
  expect_document("{\"verdict\":\"expected\"}", MC_EXIT_UNDECIDED);
}

static void merging_keeps_every_entry_and_the_worst_verdict(void **state) {
  (void)state;
  mc_error e = {0};
  json_t *documents[] = {
      parse("{\"command\":\"claims\",\"verdict\":\"expected\",\"seconds\":1,\"claims\":[{\"verdict\":\"proved\"}]}"),
      parse("{\"command\":\"claims\",\"verdict\":\"violated\",\"seconds\":2,\"claims\":[{\"verdict\":\"refuted\"}]}"),
      parse("{\"command\":\"audits\",\"verdict\":\"error\",\"seconds\":0,\"message\":\"why\",\"audits\":[]}"),
      parse(
          "{\"command\":\"proofs\",\"verdict\":\"expected\",\"seconds\":4,\"functions\":[{\"goals\":2,\"valid\":2}]}"),
  };
  json_t *merged = mc_run_merge("report", (const json_t *const *)documents, 4, &e);
  assert_non_null(merged);
  assert_int_equal(json_array_size(json_object_get(merged, "claims")), 2);
  assert_int_equal(json_array_size(json_object_get(merged, "parts")), 4);
  assert_int_equal(mc_run_exit(merged), MC_EXIT_USAGE);
  assert_string_equal(json_string_value(json_object_get(merged, "verdict")), "error");

  /* merging what was merged changes nothing, and a second proof record has no place */
  const json_t *once[] = {merged}, *twice[] = {merged, documents[3]};
  json_t *again = mc_run_merge("report", once, 1, &e);
  assert_true(json_equal(again, merged));
  assert_null(mc_run_merge("report", twice, 2, &e));
  assert_int_equal(e.status, MC_BAD_INPUT);
  json_decref(again);
  json_decref(merged);
  for (size_t i = 0; i < 4; i++)
    json_decref(documents[i]);
}

static void what_holds_no_verdicts_is_not_merged(void **state) {
  (void)state;
  mc_error e = {0};
  json_t *document = parse("{\"command\":\"truth\",\"verdict\":\"expected\",\"seconds\":1}");
  assert_null(mc_run_merge("report", (const json_t *const *)&document, 1, &e));
  assert_int_equal(e.status, MC_BAD_INPUT);
  json_decref(document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(claims_are_judged_against_their_expectation),
      cmocka_unit_test(broken_entries_never_pass),
      cmocka_unit_test(campaigns_must_count_what_they_say),
      cmocka_unit_test(audits_tell_crashes_apart),
      cmocka_unit_test(functions_need_every_goal),
      cmocka_unit_test(planted_bugs_must_be_noticed),
      cmocka_unit_test(theorems_must_assume_what_is_stored),
      cmocka_unit_test(a_document_is_as_bad_as_its_worst),
      cmocka_unit_test(merging_keeps_every_entry_and_the_worst_verdict),
      cmocka_unit_test(what_holds_no_verdicts_is_not_merged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
