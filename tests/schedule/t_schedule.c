/* Schedules: text, registry, length, rounding. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/schedule/schedule.h"

static void check_coefficient(const fmpq_t q, const char *text) {
  fmpq_t expected;
  fmpq_init(expected);
  assert_int_equal(mc_ball_fmpq_set_text(expected, text, NULL), MC_OK);
  assert_true(fmpq_equal(q, expected));
  fmpq_clear(expected);
}

static void from_text(void **state) {
  (void)state;
  mc_schedule s;
  mc_schedule_init(&s);
  assert_int_equal(mc_schedule_set_text(&s, "1.5,-0.5; 15/8, -10/8 ,3/8;2", NULL), MC_OK);
  assert_int_equal(s.count, 3);
  assert_int_equal(s.steps[0].terms, 2);
  assert_int_equal(s.steps[1].terms, 3);
  assert_int_equal(s.steps[2].terms, 1);
  check_coefficient(&s.steps[0].c[1], "-1/2");
  check_coefficient(&s.steps[1].c[1], "-5/4");
  check_coefficient(&s.steps[2].c[0], "2");
  mc_schedule_clear(&s);
}

static void bad_text(void **state) {
  (void)state;
  static const struct {
    const char *text, *words;
  } bad[] = {{"1,,2", "column 3"}, {"1,2;", "column 5"}, {"", "column 1"}, {"1,2;3,x", "column 7"}, {";1", "column 1"}};
  mc_schedule s;
  mc_schedule_init(&s);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    mc_error e = {0};
    assert_int_equal(mc_schedule_set_text(&s, bad[i].text, &e), MC_BAD_INPUT);
    assert_non_null(strstr(e.text, bad[i].words));
    assert_int_equal(s.count, 0);
  }
  mc_error e = {0};
  assert_int_equal(mc_schedule_set_name(&s, "jordon", &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "jordan"));
}

/* Slope at 0 of each published schedule, papers.md section 5: the product of the first coefficients. */
static void registry(void **state) {
  (void)state;
  static const struct {
    const char *name;
    size_t count;
    double slope;
  } known[] = {{"jordan", 5, 484.88},      {"cubic", 5, 7.59}, {"pade", 5, 23.17}, {"you", 5, 492.75},
               {"polar_express", 8, 6822}, {"cans", 5, 1049},  {"aol", 4, 104},    {"deepseek_v4", 10, 79263},
               {"cubic5", 5, 119},         {"dion", 5, 989.4}};
  mc_schedule s;
  mc_schedule_init(&s);
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    fmpq_t product;
    fmpq_init(product);
    fmpq_one(product);
    assert_int_equal(mc_schedule_set_name(&s, known[i].name, NULL), MC_OK);
    assert_int_equal(s.count, known[i].count);
    for (size_t k = 0; k < s.count; k++)
      fmpq_mul(product, product, &s.steps[k].c[0]);
    double slope = fmpz_get_d(fmpq_numref(product)) / fmpz_get_d(fmpq_denref(product));
    if (fabs(slope / known[i].slope - 1) > 5e-3)
      fail_msg("%s: slope %g", known[i].name, slope);
    fmpq_clear(product);
  }
  mc_schedule_clear(&s);
}

static void resized(void **state) {
  (void)state;
  mc_schedule s;
  mc_schedule_init(&s);
  assert_int_equal(mc_schedule_set_text(&s, "1,2;3,4", NULL), MC_OK);
  assert_int_equal(mc_schedule_resize(&s, 4, NULL), MC_OK);
  assert_int_equal(s.count, 4);
  check_coefficient(&s.steps[3].c[1], "4");
  assert_int_equal(mc_schedule_resize(&s, 1, NULL), MC_OK);
  assert_int_equal(s.count, 1);
  check_coefficient(&s.steps[0].c[1], "2");
  assert_int_equal(mc_schedule_resize(&s, 0, NULL), MC_OK);
  assert_int_equal(s.count, 1);
  mc_schedule_clear(&s);
}

/* Rounding is the processor's, ties to even included. */
static void rounded(void **state) {
  (void)state;
  static const char *const texts[] = {"3.4445", "-4.7750",   "2.0315", "1/3",       "1e-40",
                                      "1e-45",  "-7e-46",    "1e-50",  "16777217",  "16777219",
                                      "0.1",    "3.5e-46/1", "-1e30",  "8388609.5", "0"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    for (int single = 0; single < 2; single++) {
      mc_schedule s;
      fmpq_t expected;
      mc_schedule_init(&s);
      fmpq_init(expected);
      assert_int_equal(mc_schedule_set_text(&s, texts[i], NULL), MC_OK);
      double x = strcmp(texts[i], "1/3") == 0 ? 1.0 / 3 : strtod(texts[i], NULL);
      float y = strcmp(texts[i], "1/3") == 0 ? 1.0F / 3 : strtof(texts[i], NULL);
      mc_schedule_round(&s, single ? MC_COEFFICIENTS_FLOAT32 : MC_COEFFICIENTS_FLOAT64);
      mc_ball_fmpq_set_double(expected, single ? (double)y : x);
      assert_true(fmpq_equal(&s.steps[0].c[0], expected));
      fmpq_clear(expected);
      mc_schedule_clear(&s);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(from_text), cmocka_unit_test(bad_text), cmocka_unit_test(registry),
      cmocka_unit_test(resized),   cmocka_unit_test(rounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
