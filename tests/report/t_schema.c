/* Records against docs/schema: a good one passes, and every way to break it is found and located. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../src/report/report.h"

static const char good[] =
    "{'schema':1,'tool':'muoncert 0.1.0','command':'claims','verdict':'expected','seconds':0.5,'claims':["
    "{'id':'a','file':'f.claim','line':3,'verdict':'refuted','expected':'refuted','witness':{'x':'-1/50'},"
    "'derived':{'lo':'-1.5e-3','hi':'inf'},'boxes':7,'seconds':0.1}]}";

/* The good record with the first `from` replaced by `to`; single quotes stand for double ones. */
static json_t *edited(const char *from, const char *to) {
  char text[2048];
  const char *at = strstr(good, from);
  assert_non_null(at);
  snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
  for (char *c = text; *c; c++)
    if (*c == '\'')
      *c = '"';
  json_t *document = json_loads(text, 0, NULL);
  assert_non_null(document);
  return document;
}

static void expect_offence(const char *from, const char *to, bool strict, const char *pointer) {
  mc_error e = {0};
  json_t *document = edited(from, to);
  if (mc_report_check(document, strict, "r.json", &e) != MC_BAD_INPUT)
    fail_msg("taken for a good record: %s", to);
  if (strncmp(e.text, pointer, strlen(pointer)) != 0)
    fail_msg("%s: '%s' does not start with '%s'", to, e.text, pointer);
  assert_string_equal(e.file, "r.json");
  json_decref(document);
}

static void a_good_record_passes(void **state) {
  (void)state;
  mc_error e = {0};
  json_t *document = edited("a", "a");
  assert_int_equal(mc_report_check(document, true, NULL, &e), MC_OK);
  json_decref(document);
}

static void every_offence_is_located(void **state) {
  (void)state;
  expect_offence("'schema':1", "'schema':2", false, "/schema: ");
  expect_offence("'schema':1,", "", false, "/: missing: schema");
  expect_offence("muoncert 0.1.0", "other", false, "/tool: ");
  expect_offence("'verdict':'expected'", "'verdict':'fine'", false, "/verdict: ");
  expect_offence("'seconds':0.5", "'seconds':-1", false, "/seconds: less than 0");
  expect_offence("'seconds':0.5", "'seconds':'1'", false, "/seconds: expected number");
  expect_offence("'claims':[", "'claims':[1,", false, "/claims/0: expected object");
  expect_offence("'id':'a',", "", false, "/claims/0: missing: id");
  expect_offence("'id':'a'", "'id':''", false, "/claims/0/id: ");
  expect_offence("'line':3", "'line':3.5", false, "/claims/0/line: expected integer");
  expect_offence("'line':3", "'line':0", false, "/claims/0/line: less than 1");
  expect_offence("'verdict':'refuted'", "'verdict':'holds'", false, "/claims/0/verdict: expected one of");
  expect_offence("-1/50", "1/0", false, "/claims/0/witness/x: ");
  expect_offence("-1/50", "0.02", false, "/claims/0/witness/x: ");
  expect_offence("-1.5e-3", "nan", false, "/claims/0/derived/lo: ");
  expect_offence("'lo':'-1.5e-3',", "", false, "/claims/0/derived: missing: lo");
  expect_offence("'command':'claims'", "'command':'other'", false, "a record of the command 'other'");
  expect_offence("'command':'claims',", "", false, "not a record");
}

static void unknown_members_are_offences_only_when_strict(void **state) {
  (void)state;
  mc_error e = {0};
  json_t *document = edited("'boxes':7", "'boxes':7,'colour':1");
  assert_int_equal(mc_report_check(document, false, NULL, &e), MC_OK);
  json_decref(document);
  expect_offence("'boxes':7", "'boxes':7,'colour':1", true,
                 "/claims/0: a member that the schema does not name: colour");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_good_record_passes),
      cmocka_unit_test(every_offence_is_located),
      cmocka_unit_test(unknown_members_are_offences_only_when_strict),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
