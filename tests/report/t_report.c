/* The pages that people and viewers read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../src/report/facts.h"
#include "../../src/report/page.h"
#include "../../src/report/report.h"

static json_t *parse(const char *text) {
  json_error_t why;
  json_t *value = json_loads(text, 0, &why);
  if (!value)
    fail_msg("%s: %s", why.text, text);
  return value;
}

static const char record[] =
    "{\"schema\":1,\"tool\":\"muoncert 0.1.0\",\"command\":\"verify\",\"verdict\":\"violated\",\"seconds\":61.2,"
    "\"parts\":["
    "{\"command\":\"claims\",\"verdict\":\"violated\",\"seconds\":1,\"items\":3,\"unexpected\":1,\"undecided\":0},"
    "{\"command\":\"audits\",\"verdict\":\"undecided\",\"seconds\":0,\"items\":0,\"unexpected\":0,\"undecided\":0,"
    "\"message\":\"nothing was checked\"}],"
    "\"claims\":["
    "{\"id\":\"bound\",\"file\":\"d/a.claim\",\"line\":4,\"verdict\":\"proved\",\"statement\":\"x < 1 & y\"},"
    "{\"id\":\"bound_as_printed\",\"file\":\"d/a.claim\",\"line\":9,\"verdict\":\"refuted\",\"expected\":\"refuted\","
    "\"witness\":{\"x\":\"1/50\"},\"statement\":\"x < 0\"},"
    "{\"id\":\"open \\u001b[31m\\u0001\",\"file\":\"d/a.claim\",\"line\":12,\"verdict\":\"refuted\","
    "\"witness\":{\"x\":\"3\",\"y\":\"-4/5\"},\"cite\":\"Müller, σ ≤ 1\",\"hypothesis\":\"z > 0\",\"message\":\"a "
    "\\\"<b>\\\"\"}],"
    "\"audits\":[]}";

static char *page_of(const char *text, mc_report_style style) {
  mc_error e = {0};
  mc_text out;
  json_t *document = parse(text);
  mc_text_init(&out);
  assert_int_equal(mc_report_terminal(&out, document, &style, &e), MC_OK);
  json_decref(document);
  return out.data;
}

static void expect_in(const char *page, const char *part) {
  if (!strstr(page, part))
    fail_msg("'%s' is not in:\n%s", part, page);
}

static void the_page_says_what_matters(void **state) {
  (void)state;
  char *page = page_of(record, (mc_report_style){false, true, 100});
  expect_in(page, "claims     3 claims        1 not as expected");
  expect_in(page, "nothing was checked");
  expect_in(page, "refuted, expected proved\n      at        d/a.claim:12\n");
  expect_in(page, "found     false at x = 3, y = -4/5");
  expect_in(page, "refuted    bound_as_printed");
  expect_in(page, "x = 1/50");
  expect_in(page, "where     z > 0");
  expect_in(page, "source    Müller, σ ≤ 1");
  expect_in(page, "(exit status 1)");
  assert_null(strchr(page, '\033')); /* no colour asked for, and none let in by a record */
  assert_null(strchr(page, '\001'));
  assert_true(strstr(page, "NOT AS EXPECTED") < strstr(page, "bound_as_printed")); /* worst first */
  mc_free(page);
}

static void long_names_keep_their_distance(void **state) {
  (void)state;
  char *page =
      page_of("{\"schema\":1,\"tool\":\"muoncert 0.1.0\",\"command\":\"claims\",\"verdict\":\"expected\",\"seconds\":1,"
              "\"claims\":[{\"id\":\"a_claim_whose_name_is_longer_than_the_column_is_wide\",\"verdict\":\"proved\","
              "\"cite\":\"Lemma 1\"}]}",
              (mc_report_style){false, true, 100});
  expect_in(page, "than_the_colum…  Lemma 1");
  mc_free(page);
}

static void ascii_terminals_get_ascii(void **state) {
  (void)state;
  char *page = page_of(record, (mc_report_style){false, false, 60});
  for (const char *c = page; *c; c++)
    assert_true((unsigned char)*c < 0x80);
  expect_in(page, "M?ller, sigma <= 1");
  mc_free(page);
}

static void colour_stands_beside_words(void **state) {
  (void)state;
  char *plain = page_of(record, (mc_report_style){false, true, 100});
  char *coloured = page_of(record, (mc_report_style){true, true, 100}), *to = coloured;
  assert_non_null(strchr(coloured, '\033'));
  for (const char *c = coloured; *c; c++) { /* take the colours away: the same page is left */
    if (*c == '\033')
      c = strchr(c, 'm');
    else
      *to++ = *c;
  }
  *to = '\0';
  assert_string_equal(coloured, plain);
  mc_free(plain);
  mc_free(coloured);
}

static void long_lists_show_the_remarkable(void **state) {
  (void)state;
  mc_text text;
  mc_text_init(&text);
  mc_text_printf(&text, "{\"command\":\"claims\",\"tool\":\"muoncert 0.1.0\",\"verdict\":\"expected\",\"claims\":[");
  for (int i = 0; i < 40; i++)
    mc_text_printf(&text, "{\"id\":\"plain%d\",\"verdict\":\"proved\"},", i);
  mc_text_printf(&text, "{\"id\":\"odd\",\"verdict\":\"proved\"},"
                        "{\"id\":\"odd_as_printed\",\"verdict\":\"refuted\",\"expected\":\"refuted\"}]}");
  char *page = page_of(text.data, (mc_report_style){false, true, 100});
  expect_in(page, "odd_as_printed");
  expect_in(page, "proved     odd\n");
  expect_in(page, "40 more claims, as expected");
  assert_null(strstr(page, "plain7"));
  mc_free(page);
  mc_text_clear(&text);
}

static void a_cell_fills_its_columns(void **state) {
  (void)state;
  static const struct {
    const char *text, *cell;
    size_t columns;
    bool utf8;
  } cases[] = {
      {"abc", "abc  ", 5, true},     {"σσσ", "σσσ  ", 5, true},     {"abcdef", "abcd…", 5, true},
      {"σσσσσσ", "σσσσ…", 5, true},  {"abcdef", "ab...", 5, false}, {"σ", "sigma", 5, false},
      {"a\tb\nc", "a b c", 5, true}, {"", "     ", 5, true},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    mc_report_style style = {false, cases[i].utf8, 80};
    mc_text out;
    mc_text_init(&out);
    mc_page_put(&out, &style, MC_INK_PLAIN, cases[i].text, cases[i].columns, true);
    assert_string_equal(out.data, cases[i].cell);
    mc_text_clear(&out);
  }
}

static void expect_enclosure(const char *lo, const char *hi, unsigned digits, const char *printed) {
  json_t *enclosure = json_pack("{s:s s:s}", "lo", lo, "hi", hi);
  mc_text out;
  mc_text_init(&out);
  mc_fact_enclosure(&out, enclosure, digits);
  assert_string_equal(out.data, printed);
  mc_text_clear(&out);
  json_decref(enclosure);
}

static void enclosures_are_shortened_outward(void **state) {
  (void)state;
  expect_enclosure("484.58271234", "484.58279876", 7, "[484.5827, 484.5828]");
  expect_enclosure("1.23456", "1.23456", 3, "[1.23, 1.24]");
  expect_enclosure("-1.23456", "-1.23456", 3, "[-1.24, -1.23]");
  expect_enclosure("-0.9996", "0.9996", 3, "[-1, 1]");
  expect_enclosure("9.999e-7", "9.999e-7", 2, "[9.9e-7, 1e-6]");
  expect_enclosure("0.000359501", "3.59502e-4", 4, "[0.0003595, 0.0003596]");
  expect_enclosure("123456789", "123456789", 4, "[1.234e8, 1.235e8]");
  expect_enclosure("1200", "0.5e3", 4, "[1200, 500]");
  expect_enclosure("0", "0.000", 4, "[0, 0]");
  expect_enclosure("-inf", "inf", 4, "[-inf, inf]");
  /* digits beyond the buffer still round outward */
  expect_enclosure("1.0000000000000000000000000000000000000000000000000000000000000000000000000000001",
                   "1.0000000000000000000000000000000000000000000000000000000000000000000000000000001", 3, "[1, 1.01]");
}

static void junit_is_escaped_and_complete(void **state) {
  (void)state;
  mc_error e = {0};
  mc_text out;
  json_t *document = parse(record);
  mc_text_init(&out);
  assert_int_equal(mc_report_junit(&out, document, &e), MC_OK);
  expect_in(out.data, "tests=\"4\" failures=\"1\" errors=\"1\"");
  expect_in(out.data, "classname=\"claims.a\" name=\"open [31m\"");
  expect_in(out.data, "<failure message=\"refuted, expected proved: false at x = 3, y = -4/5\" type=\"refuted\">at     "
                      "   d/a.claim:12\n");
  expect_in(out.data, "a &quot;&lt;b&gt;&quot;");
  expect_in(out.data, "x &lt; 1 &amp; y");
  expect_in(out.data, "<error message=\"nothing was checked\" type=\"undecided\">"); /* an empty suite is no pass */
  assert_null(strchr(out.data, '\001'));
  mc_text_clear(&out);
  json_decref(document);
}

static void an_audit_of_a_spec_folder_can_be_repeated(void **state) {
  (void)state;
  char *page = page_of(
      "{\"schema\":1,\"tool\":\"muoncert 0.1.0\",\"command\":\"audits\",\"verdict\":\"violated\",\"seconds\":1,"
      "\"audits\":[{\"id\":\"p.a\",\"file\":\"my/spec/audits.claim\",\"line\":3,\"verdict\":\"wrong\",\"input\":"
      "\"G.npy\",\"output\":\"X.npy\",\"preset\":\"torch\",\"dtype\":\"bfloat16\",\"shape\":[2,3],"
      "\"message\":\"it looks like: zeros\",\"diagnosis\":[{\"text\":\"zeros\"},{\"text\":\"ones\"}]}]}",
      (mc_report_style){false, true, 100});
  expect_in(page, "replay    muoncert verify --spec my/spec --only p.a\n");
  expect_in(page, "audited   X.npy against the image of G.npy under torch, 2 by 3, bfloat16\n");
  expect_in(page, "instead   ones\n"); /* the message says the other */
  mc_free(page);
}

static void html_is_self_contained(void **state) {
  (void)state;
  mc_error e = {0};
  mc_text out;
  json_t *document = parse(record);
  mc_text_init(&out);
  assert_int_equal(mc_report_html(&out, document, &e), MC_OK);
  expect_in(out.data, "Not as expected");
  expect_in(out.data, "<details open><summary><span class=\"badge bad\">refuted, expected proved</span>");
  expect_in(out.data, "x &lt; 1 &amp; y");
  expect_in(out.data, "a &quot;&lt;b&gt;&quot;");
  assert_null(strstr(out.data, "http"));
  assert_null(strstr(out.data, "<script"));
  assert_null(strstr(out.data, "url("));
  assert_null(strchr(out.data, '\001'));
  mc_text_clear(&out);
  json_decref(document);
}

/* A mark for each bug that a test of others rejects, no column for one that rejects correct kernels. */
static void the_kill_table_is_that_of_the_record(void **state) {
  (void)state;
  mc_text out;
  json_t *document =
      parse("{\"schema\":1,\"tool\":\"muoncert 0.1.0\",\"command\":\"mutants\",\"verdict\":\"expected\",\"seconds\":1,"
            "\"mutants\":["
            "{\"name\":\"a\",\"verdict\":\"wrong\",\"finite\":true,\"killed\":true,\"equivalent\":false,\"laws\":[],"
            "\"killed_by\":[\"judge\",\"harsh\"]},"
            "{\"name\":\"b\",\"verdict\":\"conforms\",\"finite\":true,\"killed\":true,\"equivalent\":false,\"laws\":["
            "\"odd\"],"
            "\"same_output\":true,\"killed_by\":[]},"
            "{\"name\":\"c\",\"verdict\":\"wrong\",\"finite\":false,\"killed\":true,\"equivalent\":false,\"laws\":[],"
            "\"killed_by\":[]}],"
            "\"rules\":[{\"name\":\"judge\",\"inputs\":2,\"survivors\":7},{\"name\":\"harsh\",\"inputs\":0,"
            "\"survivors\":9}]}");
  mc_text_init(&out);
  assert_int_equal(mc_report_html(&out, document, NULL), MC_OK);
  expect_in(out.data, "<td>a</td><td class=\"good\">wrong</td><td class=\"mark\">×</td></tr>");
  expect_in(out.data, "<td>b</td><td class=\"good\">conforms; breaks 1 law</td><td class=\"mark faint\">=</td></tr>");
  expect_in(out.data, "<td>c</td><td class=\"good\">not finite</td><td class=\"mark faint\">·</td></tr>");
  expect_in(out.data, "<td class=\"number\">7</td>");
  expect_in(out.data, "<td class=\"number\">rejects correct kernels</td>");
  mc_text_clear(&out);
  json_decref(document);
}

/* How often correct kernels were accused: well, not of this program, or badly. */
static void false_alarms_stand_in_the_report(void **state) {
  static const struct {
    int wrong;
    const char *stale, *line;
  } cases[] = {
      {0, "false",
       "<p class=\"good\">of 10395 runs of correct kernels none was called suspicious or wrong, 3 undecided"},
      {0, "true",
       "<p class=\"open\">of 10395 runs of correct kernels none was called suspicious or wrong, 3 undecided "
       "(sources 0123456789ab, which are not those of this program: the record is stale)"},
      {2, "false", "<p class=\"bad\">of 10395 runs of correct kernels 2 were called"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    mc_text given, out;
    mc_text_init(&given);
    mc_text_init(&out);
    mc_text_printf(
        &given,
        "{\"schema\":1,\"tool\":\"muoncert 0.1.0\",\"command\":\"mutants\",\"verdict\":\"expected\","
        "\"seconds\":1,\"mutants\":[{\"name\":\"a\",\"verdict\":\"wrong\",\"killed\":true,\"equivalent\":false}],"
        "\"rules\":[{\"name\":\"judge\",\"inputs\":2,\"survivors\":7}],\"false_alarms\":{\"runs\":10395,"
        "\"conforms\":10392,\"suspicious\":0,\"wrong\":%d,\"undecided\":3,\"sources\":\"0123456789abcdef\","
        "\"stale\":%s}}",
        cases[i].wrong, cases[i].stale);
    json_t *document = parse(given.data);
    assert_int_equal(mc_report_html(&out, document, NULL), MC_OK);
    expect_in(out.data, cases[i].line);
    out.length = 0;
    assert_int_equal(mc_report_terminal(&out, document, &(mc_report_style){false, true, 80}, NULL), MC_OK);
    expect_in(out.data, "of 10395 runs");
    mc_text_clear(&out);
    mc_text_clear(&given);
    json_decref(document);
  }
}

static void what_is_no_record_is_refused(void **state) {
  (void)state;
  mc_error e = {0};
  mc_text out;
  json_t *document = parse("{\"command\":\"truth\"}");
  mc_text_init(&out);
  assert_int_equal(mc_report_terminal(&out, document, &(mc_report_style){false, true, 80}, &e), MC_BAD_INPUT);
  assert_int_equal(mc_report_junit(&out, document, &e), MC_BAD_INPUT);
  assert_int_equal(out.length, 0);
  mc_text_clear(&out);
  json_decref(document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(long_names_keep_their_distance),   cmocka_unit_test(the_page_says_what_matters),
      cmocka_unit_test(ascii_terminals_get_ascii),        cmocka_unit_test(colour_stands_beside_words),
      cmocka_unit_test(long_lists_show_the_remarkable),   cmocka_unit_test(a_cell_fills_its_columns),
      cmocka_unit_test(enclosures_are_shortened_outward), cmocka_unit_test(junit_is_escaped_and_complete),
      cmocka_unit_test(html_is_self_contained),           cmocka_unit_test(an_audit_of_a_spec_folder_can_be_repeated),
      cmocka_unit_test(what_is_no_record_is_refused),     cmocka_unit_test(the_kill_table_is_that_of_the_record),
      cmocka_unit_test(false_alarms_stand_in_the_report),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
