/* Certificates of our own making: no test proves what is false, and nonsense is refused. */
#include "certificates.h"

/* A certificate of our own making. */
static json_t *forged(const char *statement, const char *verdict, const char *evidence) {
  json_t *parsed = json_loads(evidence, JSON_REJECT_DUPLICATES, NULL);
  if (!parsed)
    fail_msg("%s", evidence);
  return json_pack("{s:i s:s s:o s:s s:s s:o}", "certificate", MC_CHECK_VERSION, "id", "forged", "text",
                   json_sprintf("claim c %s\n", statement), "statement", statement, "verdict", verdict, "evidence",
                   parsed);
}

/* false: it is refused before its second box is read. */
static bool refuse_forged(const char *statement, const char *verdict, const char *evidence) {
  char why[400];
  json_t *certificate = forged(statement, verdict, evidence);
  if (accepts(certificate, NULL, why, sizeof why))
    fail_msg("%s %s by %s", statement, verdict, evidence);
  json_decref(certificate);
  return strncmp(why, "box 0: ", 7) != 0 && strncmp(why, "box 1: ", 7) != 0;
}

/* Nothing that a box may be closed by proves any of these. */
static void no_test_proves_what_is_false(void **state) {
  (void)state;
  static const char *const false_claims[] = {
      "forall x in [0, 1] : x <= 1/2",
      "forall x in [0, 1] : x > 0",
      "forall x in [0, 1] : x^2 - x + 1/4 > 0",
      "forall x in [0, 1] : (x - 1/3)^2*(x - 2/3) >= 0",
      "forall x in [0, 1] : exp(x)*((x - 1/3)^2*(2 - x) - 1e-80) >= 0",
      "forall x in [0, 1] : exp(x)*((x - 1/3)^2*(2 - x)) > 0",
      "forall x in [0, 1] : exp(x)*((x - 1/3)^2*((x - 2/3)^2 - 1/1000)) >= 0",
      "forall x in [-1, 1] : x^3 >= 0",
      "forall x in [0, 1] : sin(x) >= x",
      "forall x in [-1, 1] : abs(x) - x^2/100 - 1/1000 >= 0",
      "forall x in [-1, 1] : max(x, -x) <= abs(x) - 1/1000000",
      "forall x in [0, 1] : sqrt(1 + x) <= 1 + x/2.01",
      "forall x in (0, 1) : 1/x > 1.001",
      "forall x in (0, 1) : 1/x + 1/(1 - x) > 4",
      "forall x in [0, 1] : 1/(x - 1/3)^2 >= 0",
      "forall x in [-1, 1] : sqrt(x) >= -1",
      "forall x in [0, 1] : 0*log(x) >= 0",
      "forall x in [1/4, 1/2] : x^2 = x",
      "forall x in [0, 1] where x <= 1/2 : x <= 1/4",
      "forall x in [-127, 1] : -(abs(x) + x)/2 + 6*x^2 - 2*x^3 >= 0",
  };
  static const char *const tests[] = {
      "\"range\"",
      "\"vertex\"",
      "\"mean\"",
      "\"second\"",
      "\"ends\"",
      "\"roots\"",
      "\"cleared\"",
      "\"identity\"",
      "\"given\",0",
      "\"tangent\",\"0\"",
      "\"tangent\",\"1/2\"",
      "\"tangent\",\"127/128\"",
      "\"touch\",\"0\"",
      "\"touch\",\"1/3\"",
      "\"touch\",\"1/2\"",
      "\"touch\",\"127/128\"",
      "\"order\",0,1",
      "\"order\",0,2",
      "\"order\",0,3",
      "\"order\",1,1",
      "\"order\",1,2",
      "\"face\",[0],\"vertex\"",
      "\"face\",[1],\"vertex\"",
      "\"face\",[0],\"range\"",
      "\"face\",[1],\"touch\",\"1/3\"",
      "\"face\",[-1],\"second\"",
      "\"algebra\",[],[\"constant\"]",
      "\"algebra\",[],[\"range\"]",
      "\"algebra\",[],[\"bernstein\"]",
      "\"algebra\",[],[\"orders\",[[\"0\",\"1\"]]]",
      "\"algebra\",[],[\"orders\",[[\"-1\",\"1\"]]]",
      "\"algebra\",[],[\"squares\",[[\"1\",[[\"1\",1]]]]]",
      "\"algebra\",[],[\"squares\",[[\"-1\",[[\"1\",1],[\"-1/2\"]]]]]",
      "\"algebra\",[],[\"factors\",[[[[\"1\",1]],2],[[[\"1\",1]],1,[\"range\"]]]]",
      "\"algebra\",[],[\"factors\",[[[[\"1\",1],[\"-1/3\"]],2],[[[\"1\",1],[\"-2/3\"]],1,[\"bernstein\"]]]]",
      "\"algebra\",[],[\"given\",0,[[\"1\"]],[\"constant\"],[\"range\"]]",
      "\"algebra\",[],[\"given\",0,[[\"-1\"]],[\"constant\"],[\"range\"]]",
      "\"algebra\",[[\"sqrt\",[[\"-1\"]]]],[\"root\",1,\"a\",[\"range\"],[\"range\"]]",
      "\"algebra\",[[\"sqrt\",[[\"1\",1],[\"1\"]]]],[\"root\",1,\"a\",[\"range\"],[\"range\"]]",
      "\"algebra\",[[\"abs\",[[\"1\",1]]]],[\"root\",1,\"b\",[\"range\"],[\"range\"]]",
      "\"algebra\",[[\"abs\",[[\"1\",1]]]],[\"side\",1,1,[\"range\"],[\"bernstein\"]]",
      "\"algebra\",[[\"log\",[[\"-1\"]]]],[\"given\",[1,0],[[\"1\"]],[\"constant\"],[\"range\"]]",
  };
  enum { TESTS = sizeof tests / sizeof tests[0], IN_PAIRS = 26 };
  unsigned pairs = 0;
  for (size_t i = 0; i < sizeof false_claims / sizeof false_claims[0]; i++) {
    for (size_t k = 0; k < TESTS; k++) {
      char evidence[400];
      snprintf(evidence, sizeof evidence, "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,%s],[1,%s]]]}]}",
               tests[k], tests[k]);
      refuse_forged(false_claims[i], "proved", evidence);
      snprintf(evidence, sizeof evidence, "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,%s]]]}]}", tests[k]);
      refuse_forged(false_claims[i], "proved", evidence);
      /* Where the first does not show the lower half, the second is not asked. */
      bool lower_half = k < IN_PAIRS;
      for (size_t m = 0; m < IN_PAIRS && lower_half; m++) {
        snprintf(evidence, sizeof evidence,
                 "{\"instances\":[{\"integers\":{},\"boxes\":[[0],[-1,[0,%s]],[-1,[0,%s]]]}]}", tests[k], tests[m]);
        lower_half = refuse_forged(false_claims[i], "proved", evidence);
        pairs += lower_half;
      }
      snprintf(evidence, sizeof evidence, "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[\"where\",0,%s]]]}]}",
               tests[k]);
      refuse_forged(false_claims[i], "proved", evidence);
    }
  }
  print_message("%u pairs\n", pairs);
  assert_true(pairs > 400);
}

static void nonsense_is_refused(void **state) {
  (void)state;
  const char *const claim = "forall x in [0, 1] : x^2 <= x";
  static const char *const evidence[] = {
      "{}",
      "{\"instances\":[]}",
      "{\"instances\":{}}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[]}]}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1]]}]}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[0],[-1,[0,\"range\"]]]}]}",                    /* a gap */
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,\"range\"]],[-1,[0,\"range\"]]]}]}",     /* too much */
      "{\"instances\":[{\"integers\":{},\"boxes\":[[1],[-1,[0,\"range\"]],[-1,[0,\"range\"]]]}]}", /* no such axis */
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-2,[0,\"range\"]]]}]}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[1,\"range\"]]]}]}", /* no such atom */
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[-1,\"range\"]]]}]}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[9223372036854775807,\"range\"]]]}]}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,\"magic\"]]]}]}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[\"fails\",0,\"range\"]]]}]}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[\"where\",0,\"range\"]]]}]}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,\"order\",0,0]]]}]}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,\"order\",0,1000000]]]}]}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,\"touch\",\"1e9\"]]]}]}",
      "{\"instances\":[{\"integers\":{\"k\":\"1\"},\"boxes\":[[-1,[0,\"range\"]]]}]}",
      ("{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,\"order\",0,1],[0,\"range\"]]]},"
       "{\"integers\":{},\"boxes\":[[-1,[0,\"range\"]]]}]}"),
      "{\"witness\":{\"x\":\"1/2\"}}",
      "{\"sign_change\":[[\"0\"],[\"1\"]],\"integers\":{}}",
  };
  for (size_t i = 0; i < sizeof evidence / sizeof evidence[0]; i++)
    refuse_forged(claim, "proved", evidence[i]);
  static const char *const witnesses[] = {
      "{\"witness\":{}}",
      "{\"witness\":{\"x\":\"2\"}}",
      "{\"witness\":{\"x\":\"-1\"}}",
      "{\"witness\":{\"x\":\"1/0\"}}",
      "{\"witness\":{\"x\":\"1/2\",\"y\":\"1\"}}",
      "{\"witness\":{\"y\":\"1/2\"}}",
      "{\"witness\":{\"x\":1}}",
      "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,\"range\"]]]}]}",
  };
  for (size_t i = 0; i < sizeof witnesses / sizeof witnesses[0]; i++)
    refuse_forged(claim, "refuted", witnesses[i]);
  refuse_forged("exists x in (0, 1] : x = 1", "proved", "{\"sign_change\":[[\"0\"],[\"1\"]],\"integers\":{}}");
  refuse_forged("exists x in [0, 1] : x^2 = 2", "proved", "{\"sign_change\":[[\"0\"],[\"2\"]],\"integers\":{}}");
  refuse_forged("exists x in [-1, 1] : 1/x = 0", "proved", "{\"sign_change\":[[\"0\"],[\"1\"]],\"integers\":{}}");
  refuse_forged(claim, "undecided", "{}");
  /* roots that are none, lie outside, or decide nothing */
  static const char *const roots[] = {
      "[\"-2\",\"0\",\"1\"],\"from\":\"0\",\"to\":\"1\"",     /* of t^2 - 2: no change of sign */
      "[\"-1\",\"0\",\"2\"],\"from\":\"1\",\"to\":\"0\"",     /* the wrong way round */
      "[\"-3\",\"0\",\"2\"],\"from\":\"0\",\"to\":\"2\"",     /* outside the domain */
      "[\"-1\",\"0\",\"3\"],\"from\":\"1/2\",\"to\":\"3/4\"", /* where the claim holds */
      "[\"-1\",\"0\",\"2.0\"],\"from\":\"1/2\",\"to\":\"3/4\"",
      "[],\"from\":\"1/2\",\"to\":\"3/4\"",
      "[\"0\"],\"from\":\"0\",\"to\":\"1\"",
  };
  for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
    char one[200];
    snprintf(one, sizeof one, "{\"root\":{\"polynomial\":%s},\"integers\":{}}", roots[i]);
    refuse_forged("forall x in [0, 1] : (2*x^2 - 1)^2 > 0", "refuted", one);
    refuse_forged("forall x in [0, 1] : (2*x^2 - 1)^2 >= 0", "refuted", one);
    refuse_forged("exists x in [0, 1] : (2*x^2 - 1)^2 < 0", "proved", one);
  }
  /* angles that are none, lie outside or at an end, or decide nothing */
  static const char *const angles[] = {
      "[\"0\",\"1/3\"]",  "[\"0\",\"1/12\"]", "[\"1/7\",\"1/6\"]",     "[\"0\",\"-1/6\"]",
      "[\"0\",\"0\"]",    "[\"1\",\"0\"]",    "[\"1/10^60\",\"1/6\"]", "[\"1/6\"]",
      "[\"1/6\",\"pi\"]", "\"1/6\"",          "[\"0\",\"1/0\"]"};
  for (size_t i = 0; i < sizeof angles / sizeof angles[0]; i++) {
    char one[200];
    snprintf(one, sizeof one, "{\"angle\":%s,\"integers\":{}}", angles[i]);
    refuse_forged("exists x in [0, 3] : sin(x) = 1", "proved", one);
    refuse_forged("forall x in [0, 3] : sin(x) < 1", "refuted", one);
    refuse_forged("exists x in [0, 1] : x + 0*log(x - 1/2) > 2", "proved", one);
  }
  refuse_forged("exists x in [0, 3] : sin(x) >= 1 + 1/10^80", "proved", "{\"angle\":[\"0\",\"1/6\"],\"integers\":{}}");
  refuse_forged("forall x in [0, 3] : sin(x) <= 1", "refuted", "{\"angle\":[\"0\",\"1/6\"],\"integers\":{}}");
  /* where the claim is not defined nothing is decided */
  static const char *const at_zero[] = {"{\"witness\":{\"x\":\"0\"}}", "{\"point\":[\"1/2\"],\"integers\":{}}"};
  for (size_t i = 0; i < 2; i++) {
    refuse_forged("exists x in [-1, 1] : x + 0*(1/x) = 0", "proved", at_zero[i]);
    refuse_forged("exists x in [-1, 1] : 1 + 0*(1/x) > 0 and x = 0", "proved", at_zero[i]);
    refuse_forged("exists x in [-1, 1] where 0*(1/x) >= 0 : x = 0", "proved", at_zero[i]);
    refuse_forged("forall x in [-1, 1] : x^2 - 0*log(x) > 0", "refuted", at_zero[i]);
  }
  refuse_forged("forall x in (0, 1] : x > 0", "refuted", "{\"point\":[\"0\"],\"integers\":{}}");
  refuse_forged("forall x in [0, 1] : x <= 1", "refuted", "{\"point\":[\"3/2\"],\"integers\":{}}");
  refuse_forged("exists x in [0, 1] : x < 0", "proved", "{\"point\":[\"-1\"],\"integers\":{}}");
  refuse_forged("exists x in [0, 1] : x < 0", "proved", "{\"point\":[],\"integers\":{}}");
  refuse_forged("exists x in [0, 3] : sin(x) > 1", "proved", "{\"point\":[\"1\"],\"integers\":{}}");
  /* a condition that is not defined does not fail */
  refuse_forged("forall x in [-1, 0] where 1/x > 0 : x > 5", "proved",
                "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[\"where\",0,\"roots\"]]]}]}");
  refuse_forged("exists x in [-1, 1] : x/x > 2", "refuted",
                "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[\"fails\",0,\"roots\"]]]}]}");
}

/* Near 1/16 the second derivative of the numerator has four complex roots within 1e-30 of the axis, where bisection
 * gives up before it comes to the real one at 1/2.  The first derivative's range from its ends alone would prove the
 * claim, which fails from 0.53 on. */
static void half_found_critical_points_are_not_used(void **state) {
  (void)state;
  refuse_forged("forall x in (0, 3/5] : (30 + 5*(x - 3/10) - 1000000*(7/480*(x - 1/16)^6 - (x - 1/16)^7/42"
                " + 7/192*3e-60*(x - 1/16)^4 - 3e-60/20*(x - 1/16)^5 + 7/32*2e-120*(x - 1/16)^2"
                " - 2e-120/6*(x - 1/16)^3 - 0.0000015))/x > 0",
                "proved", "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,\"cleared\"]]]}]}");
}

/* A tree that only goes deeper, and a number without end, cost no more than a moment. */
static void absurd_sizes_are_refused(void **state) {
  (void)state;
  mc_text text;
  mc_text_init(&text);
  mc_text_printf(&text, "{\"instances\":[{\"integers\":{},\"boxes\":[");
  for (int i = 0; i < 100000; i++)
    mc_text_printf(&text, "[0],");
  mc_text_printf(&text, "[0]]}]}");
  double start = mc_clock_seconds();
  refuse_forged("forall x in [0, 1] : x^2 <= x", "proved", text.data);
  text.length = 0;
  mc_text_printf(&text, "{\"witness\":{\"x\":\"1");
  for (int i = 0; i < 1000000; i++)
    mc_text_append(&text, "0", 1);
  mc_text_printf(&text, "\"}}");
  refuse_forged("forall x in [0, 1] : x^2 <= x", "refuted", text.data);
  refuse_forged("forall x in [0, 1] : (1 + x)^2001 >= 0", "proved",
                "{\"instances\":[{\"integers\":{},\"boxes\":[[-1,[0,\"range\"]]]}]}");
  assert_true(mc_clock_seconds() - start < 20);
  mc_text_clear(&text);
}

/* Zero over what may be zero is not defined, whatever the certificate rests on. */
static void nothing_over_nothing(void **state) {
  (void)state;
#define RANGE "{\"instances\": [{\"integers\": {}, \"boxes\": [[-1, [0, \"range\"]]]}]}"
#define BOTH "{\"instances\": [{\"integers\": {}, \"boxes\": [[-1, [0, \"range\"], [1, \"range\"]]]}]}"
#define WHERE "{\"instances\": [{\"integers\": {}, \"boxes\": [[-1, [\"where\", 0, \"range\"]]]}]}"
#define SIGNS "{\"sign_change\": [[\"0\"], [\"1\"]], \"integers\": {}}"
  refuse_forged("0/0 = 0", "proved", BOTH);
  refuse_forged("forall x in [0, 1] : 0/x = 0", "proved", BOTH);
  refuse_forged("forall x in [-1, 1] : 1 + 0/x > 0", "proved", RANGE);
  refuse_forged("forall x in [-1, 1] : 1 + (x - x)/sin(x) > 0", "proved", RANGE);
  refuse_forged("exists x in [-1, 1] : x + 0/x = 0", "proved", SIGNS);
  refuse_forged("exists x in [-1, 1] : x = 0/0", "proved", SIGNS);
  refuse_forged("forall x in [0, 1] where 1 + 0/x < 0 : x > 5", "proved", WHERE);
}

/* ((x^64)^64)^…, to the power of 2^66, where FLINT would end the process: exact arithmetic refuses all of them; what
 * intervals see they show. */
static void towers_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *claim, *base;
    bool by_range;
  } claims[] = {{"%s >= 0", "pi", false}, /* beyond the range of numbers */
                {"%s > 0", "(pi/4)", false},
                {"%s >= 0", "(pi/4)", true},
                {"sin(%s) > 0", "e", false},
                {"forall x in [0, 1] : %s >= 0", "x", true}};
  static const char *const tests[] = {"\"range\"", "\"vertex\"", "\"algebra\", [], [\"bernstein\"]",
                                      "\"algebra\", [], [\"orders\", [[\"0\", \"1\"]]]",
                                      "\"algebra\", [[\"pi\", []]], [\"range\"]"};
  for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
    char tower[256], claim[320], evidence[256];
    snprintf(tower, sizeof tower, "%s", claims[i].base);
    for (int k = 0; k < 11; k++) {
      char inner[256];
      snprintf(inner, sizeof inner, "%s", tower);
      snprintf(tower, sizeof tower, "(%.200s^64)", inner);
    }
    snprintf(claim, sizeof claim, claims[i].claim, tower);
    for (size_t t = 0; t < sizeof tests / sizeof *tests; t++) {
      snprintf(evidence, sizeof evidence, "{\"instances\": [{\"integers\": {}, \"boxes\": [[-1, [0, %s]]]}]}",
               tests[t]);
      json_t *certificate = forged(claim, "proved", evidence);
      if (accepts(certificate, NULL, NULL, 0) != (t == 0 && claims[i].by_range))
        fail_msg("%s by %s", claim, tests[t]);
      json_decref(certificate);
    }
  }
}

/* What intervals cannot tell from what is true, as equalities of powers of e and of roots. */
static void laws_are_not_bent(void **state) {
  (void)state;
#define VERTICES "{\"instances\": [{\"integers\": {}, \"boxes\": [[-1, [0, \"vertex\"], [1, \"vertex\"]]]}]}"
  static const char *const claims[] = {
      "exp(1/2)^2 = e + 1/10^200",  "exp(1/60)^60 = e*(1 + 1/10^200)",       "log(exp(1/3)*(1 + 1/10^200)) = 1/3",
      "sqrt(pi^2) = pi - 1/10^200", "sqrt(pi^2*e) = pi*exp(1/2) + 1/10^200", "sqrt(e^2 + 1/10^200) = e"};
  for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
    refuse_forged(claims[i], "proved", VERTICES);
}

/* Each kind of tangent, away from where it touches, for claims that fail by little. */
static void tangents_are_not_bent(void **state) {
  (void)state;
  static const struct {
    const char *claim, *generator, *multiple;
    int letter; /* exp or log, behind x and e */
  } claims[] = {{"forall x in (0, 1] : x*log(x) >= -1/e + 1/10^60", "[\"log\", [[\"1\", 1]]]", "[\"1\"]", 2},
                {"forall x in [0, 3] : exp(x) >= e*x + 1/10^60", "[\"exp\", [[\"1\", 1]]]", "[\"3\"]", 2},
                {"forall x in [0, 2] : x*exp(-x) <= 1/e - 1/10^60", "[\"exp\", [[\"-2\", 1]]]", "[\"1\"]", 2},
                {"forall x in (0, 9] : log(x) <= x/e - 1/10^60", "[\"log\", [[\"9\", 1]]]", "[\"1\"]", 2}};
  for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
    for (int which = 0; which < 2; which++)
      for (int s = -3; s <= 3; s++) {
        char evidence[500];
        snprintf(evidence, sizeof evidence,
                 "{\"instances\": [{\"integers\": {}, \"boxes\": [[-1, [0, \"algebra\", [[\"e\", []], %s], [\"given\","
                 " [%d, %d, %d], [%s], [\"constant\"], [\"range\"]]]]]}]}",
                 claims[i].generator, claims[i].letter, which, s, claims[i].multiple);
        refuse_forged(claims[i].claim, "proved", evidence);
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_test_proves_what_is_false),
      cmocka_unit_test(nonsense_is_refused),
      cmocka_unit_test(half_found_critical_points_are_not_used),
      cmocka_unit_test(absurd_sizes_are_refused),
      cmocka_unit_test(nothing_over_nothing),
      cmocka_unit_test(towers_are_refused),
      cmocka_unit_test(laws_are_not_bent),
      cmocka_unit_test(tangents_are_not_bent),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
