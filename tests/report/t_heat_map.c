/* The map of an audit's error: from the record alone, a square a block; none where there is nothing to draw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/report/report.h"

/* The page of a record of one audit with this heat. */
static char *page_of(const char *heat) {
  mc_error e = {0};
  mc_text out;
  json_t *document = json_pack("{s:i s:s s:s s:s s:i s:[{s:s s:s s:o}]}", "schema", 1, "tool", "muoncert 0.1.0",
                               "command", "audit", "verdict", "violated", "seconds", 1, "audits", "id", "pair",
                               "verdict", "wrong", "heat", json_loads(heat, 0, NULL));
  assert_non_null(document);
  if (mc_report_check(document, true, "record", &e) != MC_OK)
    fail_msg("%s", e.text);
  mc_text_init(&out);
  assert_int_equal(mc_report_html(&out, document, NULL), MC_OK);
  assert_non_null(strstr(out.data, "</html>"));
  json_decref(document);
  return out.data;
}

static size_t count(const char *text, const char *what) {
  size_t n = 0;
  for (; (text = strstr(text, what)) != NULL; text++)
    n++;
  return n;
}

static void squares(void **state) {
  (void)state;
  char *page = page_of("{\"block\": [3, 2], \"values\": [[0, 0, 0.25], [0.5, 0, 0]]}");
  assert_int_equal(count(page, "<rect"), 6);
  assert_int_equal(count(page, "fill-opacity=\"0.00\""), 4);
  /* Column 2 of row 0 is half as dark as column 0 of row 1, the darkest. */
  assert_non_null(
      strstr(page, "<rect x=\"49.0\" y=\"1.0\" width=\"24.0\" height=\"24.0\" fill=\"#123f83\" fill-opacity=\"0.50\""));
  assert_non_null(
      strstr(page, "<rect x=\"1.0\" y=\"25.0\" width=\"24.0\" height=\"24.0\" fill=\"#123f83\" fill-opacity=\"1.00\""));
  assert_non_null(strstr(page, "in blocks of 3 by 2 entries; white: 0, darkest: 0.5 (approx)"));
  mc_free(page);
}

static void not_finite(void **state) {
  (void)state;
  char *page = page_of("{\"block\": [1, 1], \"values\": [[null, 1e-3]]}");
  assert_int_equal(count(page, "fill=\"#b3261e\""), 1);
  assert_non_null(strstr(page, "darkest: 0.001; red: not finite (approx)"));
  mc_free(page);
  page = page_of("{\"block\": [1, 1], \"values\": [[null, null]]}");
  assert_int_equal(count(page, "fill=\"#b3261e\""), 2);
  assert_null(strstr(page, "darkest"));
  mc_free(page);
}

static void nothing_to_draw(void **state) {
  (void)state;
  static const char *const heats[] = {
      "{\"block\": [1, 1], \"values\": []}",           "{\"block\": [1, 1], \"values\": [[]]}",
      "{\"block\": [1, 1], \"values\": [[0, 0]]}",     "{\"block\": [1, 1], \"values\": [[1, 2], [3]]}",
      "{\"block\": [1, 1], \"values\": [[1, \"2\"]]}", "{\"block\": [1, 1], \"values\": [[1, -2]]}",
  };
  for (size_t i = 0; i < sizeof heats / sizeof *heats; i++) {
    char *page = page_of(heats[i]);
    assert_int_equal(count(page, "<rect"), 0);
    assert_int_equal(count(page, "<svg"), 0);
    mc_free(page);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(squares),
      cmocka_unit_test(not_finite),
      cmocka_unit_test(nothing_to_draw),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
