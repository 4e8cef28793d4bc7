/* The documents of `muoncert schedule`: their schema, what they must say of tables that go wrong, bad requests. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/report/report.h"
#include "../../src/run/run.h"
#include "../../src/schedule/schedule.h"

static void assert_schema(const json_t *document) {
  mc_error e = {0};
  assert_non_null(document);
  if (mc_report_check(document, true, "schedule.json", &e) != MC_OK)
    fail_msg("%s", e.text);
}

static json_t *show(const char *name, size_t steps) {
  mc_run_schedule_request r = {.name = name, .steps = steps, .digits = 25};
  mc_error e = {0};
  json_t *document = mc_run_schedule_show(&r, &e);
  if (!document)
    fail_msg("%s: %s", name, e.text);
  return document;
}

static double lower(const json_t *enclosure) {
  return strtod(json_string_value(json_object_get(enclosure, "lo")), NULL);
}

static const char *sign_of(const json_t *object) {
  return json_string_value(json_object_get(object, "sign"));
}

static void schemas(void **state) {
  (void)state;
  mc_error e = {0};
  json_t *document = mc_run_schedule_list(10, &e);
  assert_schema(document);
  json_decref(document);
  for (size_t i = 0; mc_schedule_name(i); i++) {
    document = show(mc_schedule_name(i), 0);
    assert_schema(document);
    assert_int_equal(mc_run_verdict_exit(document), MC_EXIT_EXPECTED);
    json_decref(document);
  }
  document = mc_run_schedule_identify("3.4445,-4.775,2.03; 2,-1.5,.5", 25, &e);
  assert_schema(document);
  json_decref(document);
}

/* Four steps of aol lose the sign above 0.8837; the fifth, cycled, reverses what the four brought near 1. */
static void aol(void **state) {
  (void)state;
  json_t *document = show("aol", 0), *composed = json_object_get(document, "composed");
  assert_string_equal(sign_of(composed), "lost");
  assert_true(fabs(lower(json_object_get(json_object_get(composed, "positive"), "until")) - 0.88369806346) < 1e-10);
  json_decref(document);
  mc_run_schedule_request r = {.name = "aol", .from = "0.02", .to = "0.87", .steps = 5, .digits = 25};
  document = mc_run_schedule_show(&r, NULL);
  assert_string_equal(sign_of(json_object_get(document, "composed")), "reversed");
  json_decref(document);
}

/* CANS: R is 54 single-precision ulps above 1 and less than one of bf16; cycled, nothing is bounded. */
static void cans(void **state) {
  (void)state;
  json_t *document = show("cans", 0), *basins = json_object_get(document, "basins");
  const json_t *ulps = json_object_get(json_array_get(basins, 0), "ulps_above_one");
  assert_true(fabs(lower(json_object_get(ulps, "fp32")) - 53.84) < 0.01);
  assert_true(lower(json_object_get(ulps, "bf16")) < 1);
  assert_true(lower(json_object_get(json_array_get(basins, 1), "radius")) == 0);
  json_decref(document);
}

static void step_counts(void **state) {
  (void)state;
  json_t *document = show("jordan", 0), *other;
  size_t i, cut = 0;
  json_array_foreach(json_object_get(document, "other_counts"), i, other) cut +=
      strcmp(json_string_value(json_object_get(other, "beyond")), "cut") == 0;
  assert_int_equal(json_array_size(json_object_get(document, "other_counts")), 5);
  assert_int_equal(cut, 1);
  json_decref(document);
}

/* A table as some code has it: NeMo's Polar Express with two rows of CANS in it. */
static void mixed_table(void **state) {
  (void)state;
  json_t *document = mc_run_schedule_identify(
      "8.2051,-22.9019,16.4607; 4.0664,-2.8612,0.5184; 3.9096,-2.8234,0.5250; 3.2856,-2.4647,0.5074; "
      "2.2779,-1.6447,0.4162; 1.8726,-1.2307,0.3585; 1.8564,-1.2132,0.3568; 1.8750,-1.2500,0.3750",
      25, NULL);
  assert_string_equal(json_string_value(json_object_get(document, "nearest")), "polar_express_4_digits");
  assert_true(json_is_false(json_object_get(document, "equal")));
  size_t i, j, different = 0;
  const json_t *step, *c;
  json_array_foreach(json_object_get(document, "given_steps"), i, step)
      json_array_foreach(json_object_get(step, "coefficients"), j, c) {
    bool off = strcmp(json_string_value(json_object_get(c, "likeness")), "equal") != 0;
    different += off;
    assert_true(!off || ((i == 3 || i == 4) && j > 0));
  }
  assert_int_equal(different, 4);
  json_decref(document);
  document = mc_run_schedule_identify("3.2866,-2.4647,.5074; 4,-7,2.4", 25, NULL);
  const json_t *equals = json_object_get(json_array_get(json_object_get(document, "given_steps"), 0), "equals");
  assert_string_equal(json_string_value(json_object_get(equals, "name")), "cans");
  assert_int_equal(json_integer_value(json_object_get(equals, "step")), 4);
  json_decref(document);
}

static void bad_requests(void **state) {
  (void)state;
  static const mc_run_schedule_request bad[] = {
      {.name = "jordon", .digits = 10},
      {.name = "jordan", .from = "1", .to = "1/2", .digits = 10},
      {.name = "jordan", .from = "-1", .digits = 10},
      {.name = "jordan", .to = "2000", .digits = 10},
      {.name = "jordan", .from = "x", .digits = 10},
      {.name = "1,,2", .digits = 10},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    mc_error e = {0};
    assert_null(mc_run_schedule_show(&bad[i], &e));
    assert_int_equal(e.status, MC_BAD_INPUT);
    assert_true(*e.text);
  }
  mc_error e = {0};
  assert_null(mc_run_schedule_identify("1,;2", 10, &e));
  assert_int_equal(e.status, MC_BAD_INPUT);
  /* A linear step: the basin is not enclosed. */
  json_t *document = show("0.5", 0);
  assert_int_equal(mc_run_verdict_exit(document), MC_EXIT_UNDECIDED);
  assert_schema(document);
  json_decref(document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(schemas),     cmocka_unit_test(aol),         cmocka_unit_test(cans),
      cmocka_unit_test(step_counts), cmocka_unit_test(mixed_table), cmocka_unit_test(bad_requests),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
