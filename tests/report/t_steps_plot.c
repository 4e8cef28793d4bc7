/* The picture of steps against dimension: from the record alone, a line an optimizer, the theorem's bracket as a band. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/report/report.h"

#define CAMPAIGN(name, points)                                                                                         \
  "{\"id\":\"" name "\",\"file\":\"a.claim\",\"line\":1,\"verdict\":\"holds\",\"trials\":1,\"met\":1,\"holds\":1,"     \
  "\"violated\":0,\"undecided\":0,\"missed\":0,\"steps_by_dimension\":[" points "]}"
#define BRACKETED(n, lo, hi)                                                                                           \
  "{\"n\":" n ",\"optimizer\":\"muon\",\"trials\":2,\"steps_min\":8,\"steps_max\":10,\"bracket_lo\":" lo               \
  ",\"bracket_hi\":" hi "}"
#define FREE(n, steps) "{\"n\":" n ",\"optimizer\":\"gd\",\"trials\":2,\"steps_min\":" steps ",\"steps_max\":" steps "}"

/* The page of a record of these campaigns. */
static char *page_of(const char *campaigns) {
  mc_error e = {0};
  mc_text text, out;
  mc_text_init(&text);
  mc_text_init(&out);
  mc_text_printf(&text,
                 "{\"schema\":1,\"tool\":\"muoncert 0.1.0\",\"command\":\"campaigns\",\"verdict\":\"expected\","
                 "\"seconds\":1,\"campaigns\":[%s]}",
                 campaigns);
  json_t *document = json_loads(text.data, 0, NULL);
  assert_non_null(document);
  if (mc_report_check(document, false, "record", &e) != MC_OK)
    fail_msg("%s", e.text);
  assert_int_equal(mc_report_html(&out, document, NULL), MC_OK);
  assert_non_null(strstr(out.data, "</html>"));
  assert_null(strstr(out.data, "nan"));
  assert_null(strstr(out.data, "inf\""));
  json_decref(document);
  mc_text_clear(&text);
  return out.data;
}

static size_t count(const char *text, const char *what) {
  size_t n = 0;
  for (; (text = strstr(text, what)) != NULL; text++)
    n++;
  return n;
}

static void a_line_for_each_optimizer(void **state) {
  (void)state;
  char *page = page_of(CAMPAIGN(
      "c", BRACKETED("16", "6", "12") "," FREE("16", "40") "," FREE("64", "160") "," BRACKETED("64", "6", "14")));
  assert_int_equal(count(page, "<svg class=\"plot\""), 1);
  assert_int_equal(count(page, "<path fill=\"none\" stroke=\"#1d5fbf\""), 1);
  assert_int_equal(count(page, "<path fill=\"none\" stroke=\"#b85c00\""), 1);
  assert_int_equal(count(page, "fill-opacity"), 1); /* one of the two has a theorem */
  assert_int_equal(count(page, "stroke-linecap=\"round\""), 4);
  assert_int_equal(count(page, ">muon</text>"), 1);
  assert_int_equal(count(page, ">gd</text>"), 1);
  mc_free(page);
}

/* The same count at every dimension, which the theorem names: a line in the middle, between 2.5 and 10. */
static void one_count_everywhere(void **state) {
  (void)state;
  char *page = page_of(CAMPAIGN("c", FREE("16", "5") "," FREE("64", "5")));
  assert_int_equal(count(page, "<svg class=\"plot\""), 1);
  assert_int_equal(count(page, " 100.0L"), 1);
  mc_free(page);
}

/* Rising dimension, in whatever order the points stand: a line does not turn back. */
static void points_are_put_in_order(void **state) {
  (void)state;
  char *sorted = page_of(CAMPAIGN("c", FREE("16", "40") "," FREE("64", "160") "," FREE("256", "640")));
  char *mixed = page_of(CAMPAIGN("c", FREE("64", "160") "," FREE("256", "640") "," FREE("16", "40")));
  assert_string_equal(sorted, mixed);
  mc_free(sorted);
  mc_free(mixed);
}

/* Several campaigns: each its own, and all in one. */
static void one_picture_of_all(void **state) {
  (void)state;
  char *page = page_of(
      CAMPAIGN("c", FREE("16", "40") "," FREE("64", "160")) "," CAMPAIGN("d", FREE("16", "4") "," FREE("64", "5")));
  assert_int_equal(count(page, "<svg class=\"plot\""), 3);
  assert_int_equal(count(page, ">gd (c)</text>"), 1);
  assert_int_equal(count(page, ">gd (d)</text>"), 1);
  mc_free(page);
}

static void nothing_to_draw(void **state) {
  (void)state;
  static const char *const campaigns[] = {CAMPAIGN("c", ""), CAMPAIGN("c", FREE("16", "40")),
                                          CAMPAIGN("c", FREE("16", "40") "," FREE("16", "50"))};
  for (size_t i = 0; i < sizeof campaigns / sizeof campaigns[0]; i++) {
    char *page = page_of(campaigns[i]);
    assert_int_equal(count(page, "<svg"), 0);
    mc_free(page);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_line_for_each_optimizer), cmocka_unit_test(one_count_everywhere),
      cmocka_unit_test(points_are_put_in_order),   cmocka_unit_test(one_picture_of_all),
      cmocka_unit_test(nothing_to_draw),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
