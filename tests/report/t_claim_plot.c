/* The picture of a claim: from the record alone, with iterate, bound and witness; none where there is nothing to draw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/report/report.h"
#include "../../src/run/run.h"

static json_t *prove(const char *text) {
  mc_run_options options = {.seconds = 20};
  mc_error e = {0};
  json_t *document = mc_run_prove(text, &options, &e);
  if (!document)
    fail_msg("%s", e.text);
  if (mc_report_check(document, true, "record", &e) != MC_OK)
    fail_msg("%s", e.text);
  return document;
}

static char *page_of(const json_t *document) {
  mc_text out;
  mc_text_init(&out);
  assert_int_equal(mc_report_html(&out, document, NULL), MC_OK);
  return out.data;
}

static size_t count(const char *text, const char *what) {
  size_t n = 0;
  for (; (text = strstr(text, what)) != NULL; text++)
    n++;
  return n;
}

static const json_t *plot_of(const json_t *document) {
  return json_object_get(json_array_get(json_object_get(document, "claims"), 0), "plot");
}

#define RHO "def rho(x) = 3.4445*x - 4.7750*x^3 + 2.0315*x^5\n"

static void iterate_with_band(void **state) {
  (void)state;
  json_t *document = prove(RHO "forall x in [0.03, 1] : iter(rho, 5, x) in [0.68, 1.2]");
  const json_t *plot = plot_of(document), *curves = json_object_get(plot, "curves");
  assert_int_equal(json_array_size(curves), 3);
  assert_string_equal(json_string_value(json_object_get(json_array_get(curves, 0), "kind")), "iterate");
  /* The curve begins at rho^5(0.03) = 1.12233 and the band is where the claim says. */
  double first = json_number_value(json_array_get(json_object_get(json_array_get(curves, 0), "y"), 0));
  assert_true(first > 1.1223 && first < 1.1224);
  assert_true(json_number_value(json_array_get(json_object_get(json_array_get(curves, 1), "y"), 5)) == 0.68);
  char *page = page_of(document);
  assert_int_equal(count(page, "<svg class=\"plot\""), 1);
  assert_int_equal(count(page, "stroke-dasharray=\"5 4\""), 3); /* two ends of the band, and the key */
  assert_int_equal(count(page, "witness</text>"), 0);
  mc_free(page);
  json_decref(document);
}

static void witness_is_shown(void **state) {
  (void)state;
  json_t *document = prove(RHO "forall x in (0, 0.02] : iter(rho, 5, x) >= 483*x");
  char *page = page_of(document);
  assert_int_equal(count(page, "witness</text>"), 1);
  mc_free(page);
  json_decref(document);
}

/* ? is drawn at its value, in the conclusion and as an end; a wide interval has a logarithmic axis. */
static void derived(void **state) {
  (void)state;
  json_t *document = prove(RHO "forall x in [1e-4, 0.6] : iter(rho, 5, x) >= ?");
  const json_t *plot = plot_of(document), *curves = json_object_get(plot, "curves");
  assert_true(json_is_true(json_object_get(plot, "logarithmic")));
  double best = json_number_value(json_array_get(json_object_get(json_array_get(curves, 1), "y"), 0));
  assert_true(best > 0.04847 && best < 0.04848);
  json_decref(document);
  document = prove(RHO "forall x in (0, ?] : iter(rho, 5, x) >= 483*x");
  const json_t *x = json_object_get(plot_of(document), "x");
  double end = json_number_value(json_array_get(x, json_array_size(x) - 1));
  assert_true(end > 3.595e-4 && end < 3.5951e-4);
  json_decref(document);
}

static void nothing_to_draw(void **state) {
  (void)state;
  static const char *const texts[] = {"1 + 1 = 2", "forall x in [0, 1] : x^2 <= x",
                                      "def f(x) = x/2\nforall x in [0, 1], y in [0, 1] : iter(f, 2, x) <= 1 + y",
                                      "def f(x) = x/2\nforall k in {1..3} : iter(f, k, 1) <= 1"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    json_t *document = prove(texts[i]);
    assert_null(plot_of(document));
    char *page = page_of(document);
    assert_int_equal(count(page, "<svg class=\"plot\""), 0);
    mc_free(page);
    json_decref(document);
  }
}

/* Points that cannot be drawn leave the page whole. */
static void undrawable(void **state) {
  (void)state;
  static const char *const plots[] = {"{\"variable\": \"x\", \"logarithmic\": false, \"x\": [], \"curves\": []}",
                                      "{\"variable\": \"x\", \"logarithmic\": true, \"x\": [-1, 1], \"curves\": "
                                      "[{\"kind\": \"iterate\", \"y\": [1, 2]}]}",
                                      "{\"variable\": \"x\", \"logarithmic\": false, \"x\": [0, 1], \"curves\": "
                                      "[{\"kind\": \"bound\", \"y\": [null, 1]}]}"};
  for (size_t i = 0; i < sizeof plots / sizeof *plots; i++) {
    json_t *document = prove("1 + 1 = 2");
    json_object_set_new(json_array_get(json_object_get(document, "claims"), 0), "plot", json_loads(plots[i], 0, NULL));
    char *page = page_of(document);
    assert_int_equal(count(page, "<svg class=\"plot\""), 0);
    assert_int_equal(count(page, "</html>"), 1);
    mc_free(page);
    json_decref(document);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(iterate_with_band), cmocka_unit_test(witness_is_shown), cmocka_unit_test(derived),
      cmocka_unit_test(nothing_to_draw),   cmocka_unit_test(undrawable),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
