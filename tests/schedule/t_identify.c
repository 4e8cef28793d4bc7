/* Which table is it, entry by entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/schedule/schedule.h"

static void assert_nearest(const char *text, const char *name, bool equal) {
  mc_schedule s;
  fmpq_t distance;
  size_t index = 0;
  mc_schedule_init(&s);
  fmpq_init(distance);
  assert_int_equal(mc_schedule_set_text(&s, text, NULL), MC_OK);
  assert_int_equal(mc_schedule_nearest(&index, distance, &s, NULL), MC_OK);
  if (strcmp(mc_schedule_name(index), name) != 0 || fmpq_is_zero(distance) != equal)
    fail_msg("%s: nearest is %s", text, mc_schedule_name(index));
  fmpq_clear(distance);
  mc_schedule_clear(&s);
}

static void nearest(void **state) {
  (void)state;
  assert_nearest("3.4445,-4.7750,2.0315", "jordan", true);
  assert_nearest("1.5,-.5", "cubic", true);
  assert_nearest("3.4445,-4.7750,2.0316", "jordan", false);
  assert_nearest("8.2051,-22.9019,16.4607; 4.0664,-2.8612,0.5184", "polar_express_4_digits", true);
  assert_nearest("8.2052,-22.9019,16.4607; 4.0664,-2.8612,0.5184", "polar_express_4_digits", false);
  /* Rows 4 and 5 from another table */
  assert_nearest("8.2051,-22.9019,16.4607; 4.0664,-2.8612,0.5184; 3.9096,-2.8234,0.5250; 3.2856,-2.4647,0.5074; "
                 "2.2779,-1.6447,0.4162",
                 "polar_express_4_digits", false);
  /* One step that is nothing known does not hide the others. */
  assert_nearest("8.2051,-22.9019,16.4607; 4.0664,-2.8612,0.5184; 7,1,1,1", "polar_express_4_digits", false);
}

static mc_likeness likeness(const char *given, const char *published) {
  fmpq_t a, b;
  fmpq_init(a);
  fmpq_init(b);
  mc_ball_fmpq_set_text(a, given, NULL);
  mc_ball_fmpq_set_text(b, published, NULL);
  mc_likeness x = mc_schedule_likeness(a, b);
  fmpq_clear(a);
  fmpq_clear(b);
  return x;
}

static void relations(void **state) {
  (void)state;
  assert_int_equal(likeness("3.4445", "3.4445"), MC_LIKENESS_EQUAL);
  assert_int_equal(likeness("3.44", "3.4445"), MC_LIKENESS_DECIMALS);
  assert_int_equal(likeness("3.45", "3.4445"), MC_LIKENESS_OTHER);
  assert_int_equal(likeness("3.4375", "3.4445"), MC_LIKENESS_BFLOAT16);
  assert_int_equal(likeness("0x1.b8e560p+1", "3.4445"), MC_LIKENESS_FLOAT32);
  assert_int_equal(likeness("0x1.b8cp+1", "3.4445"), MC_LIKENESS_OTHER);
  assert_int_equal(likeness("0x1.b90p+1", "3.4445"), MC_LIKENESS_FLOAT16);
}

static void rows(void **state) {
  (void)state;
  mc_schedule s;
  size_t index, row;
  mc_schedule_init(&s);
  assert_int_equal(mc_schedule_set_text(&s, "3.2866,-2.4647,.5074; 1,2,3", NULL), MC_OK);
  assert_true(mc_schedule_find_row(&index, &row, &s.steps[0]));
  assert_string_equal(mc_schedule_name(index), "cans");
  assert_int_equal(row, 3);
  assert_false(mc_schedule_find_row(&index, &row, &s.steps[1]));
  mc_schedule_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nearest), cmocka_unit_test(relations), cmocka_unit_test(rows)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
