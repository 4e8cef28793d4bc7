/* Certificates that mean to keep the checker busy: short ones that ask for numbers, polynomials or searches without end
 * are refused, within the time limit, in one line that says why. */
#include "certificates.h"

#define LIMIT 0.25
/* Between two questions for the time lies one operation of bounded size. */
#define GRACE 1.0

#define BOX(test) "{\"instances\": [{\"integers\": {}, \"boxes\": [[-1, [0, " test "]]]}]}"

static void refuse(const char *statement, const char *verdict, const char *evidence) {
  json_t *parsed = json_loads(evidence, JSON_REJECT_DUPLICATES, NULL);
  if (!parsed)
    fail_msg("no JSON: %.300s", evidence);
  json_t *certificate = json_pack("{s:i s:s s:o s:s s:s s:o}", "certificate", MC_CHECK_VERSION, "id", "hostile", "text",
                                  json_sprintf("claim c %s\n", statement), "statement", statement, "verdict", verdict,
                                  "evidence", parsed);
  mc_check_result r;
  mc_check_result_init(&r);
  mc_check_certificate(&r, certificate, NULL, LIMIT);
  print_message("%5.2f s  %.60s: %s\n", r.seconds, statement, r.message);
  if (r.accepted || strcspn(r.message, "\n") == 0)
    fail_msg("%.200s: accepted, or refused without a line that says why", statement);
  if (!(r.seconds < LIMIT + GRACE))
    fail_msg("%.200s: %g seconds", statement, r.seconds);
  mc_check_result_clear(&r);
  json_decref(certificate);
}

/* The format `count` times, its number in the place of %d, with something in between. */
static void repeat(mc_text *out, int count, const char *between, const char *format) {
  for (int i = 0; i < count; i++) {
    mc_text_printf(out, "%s", i > 0 ? between : "");
    mc_text_printf(out, format, i, i, i);
  }
}

/* ---- Numbers ---- */

static void numbers_without_end(void **state) {
  (void)state;
  refuse("(((2^2000)^2000)^2000)^2000 > 0", "proved", BOX("\"vertex\""));
  refuse("forall x in [0, 1] : ((((3 + x)^64)^2000)^2000)^2000 > 0", "proved", BOX("\"algebra\", [], [\"range\"]"));
  refuse("forall x in [0, 1] : exp(exp(20) + x)^2 - 2*exp(exp(20) + x) + 1 >= 0", "proved", BOX("\"range\""));
  refuse("forall x in [0, 1] : sin(exp(exp(20) + x)) >= 0", "proved", BOX("\"range\""));
  refuse("forall x in [0, 1] : (x*10^1900)*exp(x) + (x*10^1900)^60 > 0", "proved",
         BOX("\"algebra\", [[\"exp\", [[\"1\", 1]]]], [\"range\"]"));
}

/* What a text's constants cost is counted from its first line to its last. */
static void constants_of_a_text(void **state) {
  (void)state;
  mc_text claim;
  mc_text_init(&claim);
  mc_text_printf(&claim, "forall x in [0, 1] : x in [");
  repeat(&claim, 300, " + ", "3^60%03d/3^60%03d");
  mc_text_printf(&claim, ", 1000]");
  for (int i = 0; i < 60; i++) {
    mc_text_printf(&claim, " and x in [");
    repeat(&claim, 300, " + ", "3^60%03d/3^60%03d");
    mc_text_printf(&claim, ", 1000]");
  }
  refuse(claim.data, "proved", BOX("\"range\""));
  mc_text_clear(&claim);
}

/* ---- Polynomials ---- */

/* ((1 + 2 x + 3 x^2 …) …): dense, of degree up to 900. */
static void print_dense(mc_text *out, int groups) {
  for (int g = 0; g < groups; g++) {
    mc_text_printf(out, "%s(", g > 0 ? " + " : "");
    for (int i = 0; i < 50; i++)
      mc_text_printf(out, "%s%d*x^%d", i == 0 ? "" : i % 2 ? " - " : " + ", 7919 * (50 * g + i + 1) % 9973, 50 * g + i);
    mc_text_printf(out, ")");
  }
}

static void dense_polynomials(void **state) {
  (void)state;
  static const char *const tests[] = {BOX("\"range\""), BOX("\"second\""), BOX("\"roots\""), BOX("\"order\", 0, 8"),
                                      BOX("\"algebra\", [], [\"bernstein\"]")};
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    mc_text claim;
    mc_text_init(&claim);
    mc_text_printf(&claim, "forall x in [0, 1] : ");
    print_dense(&claim, i < 2 ? 18 : 8);
    mc_text_printf(&claim, " >= 100");
    refuse(claim.data, "proved", tests[i]);
    mc_text_clear(&claim);
  }
}

/* Roots 10^-400 apart. */
static void roots_close_together(void **state) {
  (void)state;
  refuse("forall x in [0, 1] : (x^31 - 2*(10^600*x - 1)^2)*(x^31 - 2*(10^601*x - 1)^2) >= 0", "proved",
         BOX("\"second\""));
}

static void quotients(void **state) {
  (void)state;
  refuse("forall x, y in [2, 3] : (x^900 - 1)*(y^900 - 1)/((x^899 - 1)*(y^899 - 1)) >= 1", "proved",
         BOX("\"algebra\", [], [\"range\"]"));
  refuse("forall x in [0, 2] : (x^1000 - 1)^1000 >= 0", "proved", BOX("\"algebra\", [], [\"range\"]"));
}

/* ---- Proofs ---- */

static void refuse_proof(const char *before, int count, const char *format, const char *after) {
  mc_text evidence;
  mc_text_init(&evidence);
  mc_text_printf(&evidence, "%s", before);
  repeat(&evidence, count, ", ", format);
  mc_text_printf(&evidence, "%s", after);
  refuse("forall x in [0, 1] : x + 1 >= 0", "proved", evidence.data);
  mc_text_clear(&evidence);
}

#define START "{\"instances\": [{\"integers\": {}, \"boxes\": [[-1, [0, \"algebra\", [], "
#define END "]]}]}"

static void long_proofs(void **state) {
  (void)state;
  /* factors of degree 2000 that the polynomial does not have, each with a proof of its own */
  refuse_proof(START "[\"factors\", [", 3000, "[[[\"%d\", 2000], [\"1\", 1999], [\"7\"]], 1, [\"bernstein\"]]",
               "]]]" END);
  /* squares of numbers without a small common denominator */
  refuse_proof(START "[\"squares\", [[\"1\", [", 1500, "[\"1/123456789012345678901234567890123456789%d1\", %d]",
               "]]]]]" END);
}

/* ---- Searches ---- */

static void searches(void **state) {
  (void)state;
  refuse("forall x, y in [1, 2] : (x + y)^60*(x - y)^60*(1 + x*y) = (x*x - y*y)^60*(1 + y*x) + 0/(1 + x^60*y^60)",
         "proved", "{\"instances\": [{\"integers\": {}, \"boxes\": [[-1, [0, \"identity\"], [1, \"identity\"]]]}]}");
  mc_text evidence;
  mc_text_init(&evidence);
  mc_text_printf(&evidence, "{\"instances\": [");
  repeat(&evidence, 10000, ",", "{\"integers\": {\"k\": \"%d\"}, \"boxes\": [[-1, [0, \"range\"]]]}");
  mc_text_printf(&evidence, "]}");
  refuse("forall k in {0..9999}, x in [0, 1] : min(sin(x + k), exp(x - k), cos(k*x) + 1) <= 1", "proved",
         evidence.data);
  mc_text_clear(&evidence);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_without_end),
      cmocka_unit_test(constants_of_a_text),
      cmocka_unit_test(dense_polynomials),
      cmocka_unit_test(roots_close_together),
      cmocka_unit_test(quotients),
      cmocka_unit_test(long_proofs),
      cmocka_unit_test(searches),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
