/* The registry is spec/schedules.claim; rows that name an earlier schedule; what comes behind the last row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/schedule/embedded.h"
#include "../../src/schedule/schedule.h"

static void embedded_is_the_file(void **state) {
  (void)state;
  mc_text file;
  mc_text_init(&file);
  assert_int_equal(mc_text_read_file(&file, MUONCERT_SOURCE_DIR "/spec/schedules.claim", 1 << 20, NULL), MC_OK);
  assert_int_equal(mc_schedule_embedded[0].length, file.length);
  assert_memory_equal(mc_schedule_embedded[0].bytes, file.data, file.length);
  mc_text_clear(&file);
}

/* Every table that issue and papers name, each with a source. */
static void all_published(void **state) {
  (void)state;
  static const char *const names[] = {"jordan",
                                      "cubic",
                                      "pade",
                                      "you",
                                      "polar_express",
                                      "polar_express_1_01",
                                      "dion",
                                      "polar_express_1_05",
                                      "polar_express_4_digits",
                                      "cans",
                                      "aol",
                                      "deepseek_v4",
                                      "cubic5"};
  size_t count = sizeof names / sizeof *names;
  for (size_t i = 0; i < count; i++) {
    assert_string_equal(mc_schedule_name(i), names[i]);
    assert_true(strlen(mc_schedule_cite(i)) > 10);
  }
  assert_null(mc_schedule_name(count));
  assert_null(mc_schedule_cite(count));
}

static void check(const mc_schedule *s, size_t step, slong j, const char *expected) {
  fmpq_t q;
  fmpq_init(q);
  assert_int_equal(mc_ball_fmpq_set_text(q, expected, NULL), MC_OK);
  if (!fmpq_equal(&s->steps[step].c[j], q))
    fail_msg("step %zu, coefficient %ld is not %s", step + 1, (long)j, expected);
  fmpq_clear(q);
}

/* c / 1.01^(2j+1) for all steps but the last. */
static void divided_input(void **state) {
  (void)state;
  mc_schedule raw, divided;
  fmpq_t factor;
  mc_schedule_init(&raw);
  mc_schedule_init(&divided);
  fmpq_init(factor);
  assert_int_equal(mc_schedule_set_name(&raw, "polar_express", NULL), MC_OK);
  assert_int_equal(mc_schedule_set_name(&divided, "polar_express_1_01", NULL), MC_OK);
  assert_int_equal(mc_ball_fmpq_set_text(factor, "1.01", NULL), MC_OK);
  mc_schedule_divide_input(&raw, 7, factor);
  assert_int_equal(raw.count, 8);
  assert_int_equal(divided.count, 8);
  for (size_t k = 0; k < 8; k++)
    for (slong j = 0; j < 3; j++)
      assert_true(fmpq_equal(&raw.steps[k].c[j], &divided.steps[k].c[j]));
  check(&divided, 7, 0, "1.875");
  fmpq_clear(factor);
  mc_schedule_clear(&raw);
  mc_schedule_clear(&divided);
}

static void behind_the_last_row(void **state) {
  (void)state;
  mc_schedule s;
  mc_schedule_init(&s);
  assert_int_equal(mc_schedule_set_name(&s, "aol", NULL), MC_OK);
  assert_int_equal(mc_schedule_resize(&s, 10, NULL), MC_OK);
  check(&s, 4, 0, "4.0098"); /* NeMo cycles aol */
  check(&s, 9, 2, "2.5959");
  assert_int_equal(mc_schedule_set_name(&s, "cans", NULL), MC_OK);
  assert_int_equal(mc_schedule_resize(&s, 7, NULL), MC_OK);
  check(&s, 6, 0, "2.2737"); /* and repeats the last row of cans */
  assert_int_equal(mc_schedule_resize(&s, 2, NULL), MC_OK);
  assert_int_equal(mc_schedule_resize(&s, 3, NULL), MC_OK);
  check(&s, 2, 0, "4.1828");
  mc_schedule_clear(&s);
}

static void parsed_rows(void **state) {
  (void)state;
  static const char text[] = "schedule a = (1, 2), (3, 4) repeat 2, (5)\n"
                             "schedule b = a{2..4} / 2, a{1} repeat 2, (7, 8) then cycle\n"
                             "schedule c = a / 0.5 repeat 2 then last cite \"s\"\n";
  mc_document *d;
  assert_int_equal(mc_lang_document_parse(&d, "t", text, sizeof text - 1, NULL), MC_OK);
  static const char *const expected[] = {"3/2", "3/2", "5/2", "1", "1", "7"};
  const mc_schedule_block *b = mc_lang_schedule(d, 1);
  assert_int_equal(b->row_count, 6);
  assert_int_equal(b->beyond, MC_BEYOND_CYCLE);
  fmpq_t value, q;
  fmpq_init(value);
  fmpq_init(q);
  for (size_t r = 0; r < 6; r++) {
    assert_int_equal(mc_lang_expr_exact(value, b->rows[r].coefficients[0], NULL, NULL, NULL), MC_OK);
    mc_ball_fmpq_set_text(q, expected[r], NULL);
    assert_true(fmpq_equal(value, q));
  }
  assert_int_equal(mc_lang_expr_exact(value, b->rows[0].coefficients[1], NULL, NULL, NULL), MC_OK);
  mc_ball_fmpq_set_text(q, "1/2", NULL);
  assert_true(fmpq_equal(value, q)); /* 4 / 2^3 */
  assert_int_equal(mc_lang_schedule(d, 2)->row_count, 8);
  assert_int_equal(mc_lang_schedule(d, 2)->beyond, MC_BEYOND_LAST);
  assert_int_equal(mc_lang_schedule(d, 0)->beyond, MC_BEYOND_UNSAID);
  fmpq_clear(value);
  fmpq_clear(q);
  mc_lang_document_free(d);
}

static void mistakes(void **state) {
  (void)state;
  static const struct {
    const char *text;
    unsigned line, column;
    const char *words;
  } bad[] = {
      {"schedule s = (1, 2)\nschedule t = s{2}", 2, 14, "the steps 1 to 1"},
      {"schedule s = (1, 2) repeat 4\nschedule t = s{3..2}", 2, 14, "the steps 1 to 4"},
      {"schedule s = (1, 2)\nschedule t = r{1}", 2, 14, "schedule 'r' is not known"},
      {"schedule s = (1, 2)\nschedule t = s / 0", 2, 18, "positive"},
      {"schedule s = (1, 2)\nschedule t = s / pi", 2, 18, "positive"},
      {"schedule s = (1, 2) then again", 1, 26, "'cycle' or 'last'"},
      {"schedule s = (1, 2) repeat 600\nschedule t = s, s", 2, 10, "1000 steps"},
      {"schedule s = (1, 2) repeat 600\nschedule t = s repeat 2", 2, 14, "1000 steps"},
      {"schedule s = (1, 2)\nschedule t = s{0}", 2, 16, "positive whole"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    mc_error e = {0};
    mc_document *d;
    assert_int_equal(mc_lang_document_parse(&d, "t", bad[i].text, strlen(bad[i].text), &e), MC_BAD_INPUT);
    if (e.line != bad[i].line || e.column != bad[i].column || !strstr(e.text, bad[i].words))
      fail_msg("%s\nsays %u:%u: %s", bad[i].text, e.line, e.column, e.text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(embedded_is_the_file), cmocka_unit_test(all_published), cmocka_unit_test(divided_input),
      cmocka_unit_test(behind_the_last_row),  cmocka_unit_test(parsed_rows),   cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
