/* The claim language: every construct parses to what it says, and every mistake is told at its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/lang/lang.h"

static mc_document *parse(const char *text) {
  mc_document *document;
  mc_error e = {0};
  if (mc_lang_document_parse(&document, "t.claim", text, strlen(text), &e) != MC_OK)
    fail_msg("%u:%u: %s\n%s", e.line, e.column, e.text, text);
  return document;
}

/* The language as the design shows it. */
static const char *const everything =
    "paper escape\n"
    "  title \"Dimension-Free Saddle-Point Escape in Muon\"\n"
    "  ref   \"arXiv:2605.09331\"\n"
    "let a = 3.4445                      # decimals and hex floats are exact rationals\n"
    "let b = -4.7750\n"
    "let c = 2.0315\n"
    "def rho(x) = a*x + b*x^3 + c*x^5\n"
    "def tangent(x, y) = sqrt(x) + abs(y) + min(x, y, 1) + max(x, y) + exp(x) + log(y) + sin(pi*x) + cos(e)\n"
    "schedule jordan = (a, b, c) repeat 5\n"
    "  cite \"KellerJordan/Muon, muon.py\"\n"
    "schedule mixed = (a, b, c) repeat 8, (2, -1.5, 0.5) repeat 2, (1.5, -0.5)\n"
    "claim lemma2.amplification\n"
    "  cite \"Lemma 2, case 1\"\n"
    "  forall x in (0, 0.02/a^4] : iter(rho, 5, x) >= 483*x\n"
    "claim S1.L2.a-sharp\n"
    "  expect ? in [484.5827, 484.5828]\n"
    "  forall x in (0, 0.02/a^4] : iter(rho, 5, x) >= ? * x\n"
    "claim largest\n"
    "  forall x in (0, ?] : iter(rho, 5, x) >= 483*x\n"
    "  expect ? in [3.5950e-4, 3.5951e-4]\n"
    "claim composed expect refuted\n"
    "  forall s in [0.0073, 1] : apply(jordan, s) in [0.68, 1.21)\n"
    "claim many\n"
    "  exists x, y in [0, 1), k in {1..10} where x < y and y^2 > x : 0 <= x + k < y <= 3 and x*y = 1\n"
    "claim closed rho(1) = 0.701\n"
    "campaign corner_lemma\n"
    "  cite \"S1.E1\"\n"
    "  measure theta, kappa, z by corner\n"
    "  where  theta > 0\n"
    "  holds  (1 - z) * (2*theta)^2 <= kappa^2 * (1 + z)\n"
    "  shapes 4 by 4, 8 by 3, 32 by 32\n"
    "  spectra uniform, log_uniform(1e-12), clustered\n"
    "  trials 500 met 200\n"
    "  profile full\n"
    "  series muon: kappa in [theta, 2*z)\n"
    "  series adam: z\n"
    "audit real-1\n"
    "  input \"G.npy\"\n"
    "  output \"X \\\"q\\\".npy\"\n"
    "  preset jordan5\n"
    "  dtype bf16\n"
    "  expect conforms\n"
    "  cite \"real gradients\"\n"
    "audit a_step\n"
    "  input \"G.npy\" weights \"W.npy\" buffer \"B.npy\" weights_after \"W2.npy\" buffer_after \"B2.npy\"\n"
    "  lr 2e-2 momentum .95 momentum_rule average nesterov yes weight_decay 0 decay decoupled\n"
    "  scaling \"unit-rms*0.2\"\n"
    "  expect wrong\n";

static void blocks_are_read(void **state) {
  (void)state;
  mc_document *d = parse(everything);
  assert_int_equal(mc_lang_claim_count(d), 6);
  assert_int_equal(mc_lang_campaign_count(d), 1);
  assert_int_equal(mc_lang_audit_count(d), 2);
  assert_int_equal(mc_lang_schedule_count(d), 2);
  const mc_claim *first = mc_lang_claim(d, 0);
  assert_string_equal(first->block.id, "escape.lemma2.amplification");
  assert_string_equal(first->block.cite, "Lemma 2, case 1");
  assert_string_equal(first->block.statement, "forall x in (0, 0.02/a^4] : iter(rho, 5, x) >= 483*x");
  assert_string_equal(first->block.paper->reference, "arXiv:2605.09331");
  assert_int_equal(first->block.line, 12);
  assert_true(first->variables[0].lower_open && !first->variables[0].upper_open);
  assert_null(first->unknown);
  assert_string_equal(mc_lang_claim(d, 1)->block.name, "S1.L2.a-sharp");
  assert_non_null(mc_lang_claim(d, 1)->unknown);
  assert_ptr_equal(mc_lang_claim(d, 2)->unknown, mc_lang_claim(d, 2)->variables[0].upper);
  const mc_claim *composed = mc_lang_claim(d, 3);
  assert_int_equal(composed->expected, MC_EXPECT_REFUTED);
  assert_int_equal(composed->body.count, 2);
  assert_int_equal(composed->body.comparisons[1].relation, MC_RELATION_LT);
  const mc_claim *many = mc_lang_claim(d, 4);
  assert_true(many->exists && many->variables[2].integer);
  assert_int_equal(many->variable_count, 3);
  assert_int_equal(many->where.count, 2);
  assert_int_equal(many->body.count, 4);
  const mc_campaign *c = mc_lang_campaign(d, 0);
  assert_string_equal(c->property, "corner");
  assert_string_equal(c->measures[2], "z");
  assert_int_equal(c->shapes[1].rows, 8);
  assert_int_equal(c->shapes[1].columns, 3);
  assert_string_equal(c->spectra[1].name, "log_uniform");
  assert_int_equal(c->spectra[1].count, 1);
  assert_int_equal(c->trials, 500);
  assert_int_equal(c->met, 200);
  assert_true(c->full);
  assert_int_equal(c->series_count, 2);
  assert_string_equal(c->series[0].optimizer, "muon");
  assert_true(c->series[0].lower && !c->series[0].lower_open && c->series[0].upper_open);
  assert_string_equal(c->series[1].optimizer, "adam");
  assert_null(c->series[1].upper);
  assert_non_null(strstr(c->hypothesis, "theta > 0"));
  assert_int_equal(c->holds.count, 3); /* the bracket is part of the conclusion */
  assert_string_equal(c->block.statement, "(1 - z) * (2*theta)^2 <= kappa^2 * (1 + z) and kappa in [theta, 2*z)");
  const mc_audit_block *a = mc_lang_audit(d, 0);
  assert_string_equal(a->output, "X \"q\".npy");
  assert_string_equal(a->preset, "jordan5");
  assert_string_equal(a->expected, "conforms");
  assert_null(a->weights);
  const mc_audit_block *step = mc_lang_audit(d, 1);
  assert_null(step->output);
  assert_string_equal(step->weights, "W.npy");
  assert_string_equal(step->buffer, "B.npy");
  assert_string_equal(step->weights_after, "W2.npy");
  assert_string_equal(step->buffer_after, "B2.npy");
  assert_string_equal(step->lr, "2e-2");
  assert_string_equal(step->momentum, ".95");
  assert_string_equal(step->momentum_rule, "average");
  assert_string_equal(step->nesterov, "yes");
  assert_string_equal(step->weight_decay, "0");
  assert_string_equal(step->decay, "decoupled");
  assert_string_equal(step->scaling, "unit-rms*0.2");
  assert_int_equal(mc_lang_schedule(d, 1)->row_count, 3);
  mc_lang_document_free(d);
}

/* Numbers, operators and functions: exact value, and a ball around it. */
static void values_are_exact(void **state) {
  (void)state;
  static const struct {
    const char *expression, *value;
  } cases[] = {
      {"3.4445", "6889/2000"},
      {".5", "1/2"},
      {"1e-3", "1/1000"},
      {"2.5E2", "250"},
      {"0x1.8p-3", "3/16"},
      {"0xff", "255"},
      {"1 - 2 - 3", "-4"},
      {"2/3/4", "1/6"},
      {"-2^2", "-4"},
      {"2^-2", "1/4"},
      {"2^3^2", "512"},
      {"(-2)^3", "-8"},
      {"-2*3", "-6"},
      {"0^0", "1"},
      {"sqrt(9/4)", "3/2"},
      {"abs(-3)", "3"},
      {"min(3, 1, 2)", "1"},
      {"max(1, 3, 2)", "3"},
      {"exp(0) + cos(0)", "2"},
      {"log(1) + sin(0)", "0"},
      {"iter(f, 3, 2)", "23"},
      {"g(2, 5)", "-1"},
      {"k", "7/2"},
      {"apply(s, 1/2)", "-47/64"},
      {"iter(f, 0, 9)", "9"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[400];
    snprintf(text, sizeof text,
             "def f(x) = 2*x + 1\ndef g(x, y) = 2*x - y\nlet k = 7/2\n"
             "schedule s = (1, -2) repeat 1, (-3, 1)\nclaim c %s >= 0\n",
             cases[i].expression);
    mc_document *d = parse(text);
    const mc_expr *expr = mc_lang_claim(d, 0)->body.comparisons[0].left;
    fmpq_t value, wanted;
    arb_t ball;
    fmpq_init(value);
    fmpq_init(wanted);
    arb_init(ball);
    assert_int_equal(fmpq_set_str(wanted, cases[i].value, 10), 0);
    assert_int_equal(mc_lang_expr_exact(value, expr, NULL, NULL, NULL), MC_OK);
    if (!fmpq_equal(value, wanted))
      fail_msg("%s is not %s", cases[i].expression, cases[i].value);
    mc_lang_expr_enclose(ball, expr, NULL, 200);
    assert_true(arb_contains_fmpq(ball, wanted));
    assert_true(arb_rel_accuracy_bits(ball) > 150 || arb_contains_zero(ball));
    fmpq_clear(value);
    fmpq_clear(wanted);
    arb_clear(ball);
    mc_lang_document_free(d);
  }
}

/* Conditions over balls: true and false only when certain, and never on NaN or infinity. */
static void conditions_fail_closed(void **state) {
  (void)state;
  mc_document *d = parse("campaign c measure x, y by m holds 0 < x <= y and x = x\n"
                         "campaign strict measure x, y by m holds x > y\n"
                         "campaign ratio measure x, y by m holds x/y > 0\n");
  const mc_condition *chain = &mc_lang_campaign(d, 0)->holds;
  const mc_condition *strict = &mc_lang_campaign(d, 1)->holds, *ratio = &mc_lang_campaign(d, 2)->holds;
  arb_ptr v = _arb_vec_init(2);
  arb_set_si(v, 1);
  arb_set_si(v + 1, 1);
  assert_int_equal(mc_lang_condition_decide(chain, v, 64), MC_TRUE);
  assert_int_equal(mc_lang_condition_decide(strict, v, 64), MC_FALSE);
  mag_set_d(arb_radref(v), 0.5);
  assert_int_equal(mc_lang_condition_decide(chain, v, 64), MC_UNKNOWN);
  assert_int_equal(mc_lang_condition_decide(strict, v, 64), MC_UNKNOWN);
  arb_set_si(v + 1, -2);
  assert_int_equal(mc_lang_condition_decide(chain, v, 64), MC_FALSE);
  assert_int_equal(mc_lang_condition_decide(ratio, v, 64), MC_FALSE);
  arb_zero(v + 1);
  assert_int_equal(mc_lang_condition_decide(ratio, v, 64), MC_UNKNOWN);
  arb_indeterminate(v);
  assert_int_equal(mc_lang_condition_decide(chain, v, 64), MC_UNKNOWN);
  arb_pos_inf(v);
  assert_int_equal(mc_lang_condition_decide(strict, v, 64), MC_UNKNOWN);
  _arb_vec_clear(v, 2);
  mc_lang_document_free(d);
}

static const struct {
  const char *text;
  unsigned line, column;
  const char *message; /* a part of it */
} mistakes[] = {
    {"claim c\n  forall x in [0, 1] : x >= ", 2, 29, "expected an expression, but the text ends here"},
    {"claim c\n  foral x in [0, 1] : x >= 0", 2, 9, "expected"},
    {"claim c forall x in [0, 1] x >= 0", 1, 28, "expected 'where', ',' or ':', found x"},
    {"claim c forall x in [0, 1] : x + 1", 1, 35, "a comparison"},
    {"claim c forall x in [0, 1] : (x + 1 >= 0", 1, 37, "expected ')'"},
    {"claim forall x in [0, 1] : x >= 0", 1, 7, "expected a block's name, found forall"},
    {"claim c forall x in [0, 1] : y >= 0", 1, 30, "name 'y' is not known"},
    {"let alpha = 1\nclaim c forall x in [0, 1] : alpa*x >= 0", 2, 30, "did you mean 'alpha'?"},
    {"claim c forall x in [0, 1] : sqr(x) >= 0", 1, 30, "did you mean 'sqrt'?"},
    {"claim c forall x in [0, quux) : x >= 0", 1, 25, "name 'quux' is not known\n"}, /* and nothing near it */
    {"claim c forall x in [0, oo) : x >= 0", 1, 25, "intervals are bounded"},
    {"claim c forall x in [0, 1] : tan(x) >= 0", 1, 30, "write sin(x)/cos(x)"},
    {"claim c forall x in [0, 1] : ln(x) >= 0", 1, 30, "written log(x)"},
    {"claim c for all x in [0, 1] : x >= 0", 1, 9, "write forall"},
    {"claim c there exists x in [0, 1] : x >= 0", 1, 9, "write exists"},
    {"claim c \xe2\x88\x80 x in [0, 1] : x >= 0", 1, 9, "write forall"},
    {"claim c forall x in [0, 1] : |x| >= 0", 1, 30, "written abs(x)"},
    {"claim c forall x in [0, 1] : x >= 0 && x <= 1", 1, 37, "write and"},
    {"claim c forall x in [0, 1] : x\xc2\xb2 >= 0", 1, 31, "^"},
    {"claim c forall x in [0, 1] : x <= 1.", 1, 36, "decimal point needs a digit"},
    {"claim c forall x in [0, 1] : sqrt(x, 2) >= 0", 1, 30, "'sqrt' takes 1 argument, not 2"},
    {"def f(x, y) = x\nclaim c forall x in [0, 1] : f(x) >= 0", 2, 30, "'f' takes 2 arguments, not 1"},
    {"def f(x, y) = x\nclaim c forall x in [0, 1] : iter(f, 2, x) >= 0", 2, 35,
     "iter needs a function of one argument"},
    {"def f(x) = x\nclaim c forall x in [0, 1] : f + x >= 0", 2, 30, "'f' takes 1 argument, not 0"},
    {"let k = 2\nclaim c forall x in [0, 1] : k(x) >= 0", 2, 30, "constant, not a function"},
    {"let k = 2\nlet k = 3", 2, 5, "already defined in line 1"},
    {"def f(x, x) = x", 1, 10, "bound twice"},
    {"def f(x) = f(x)", 1, 12, "function 'f' is not known"},
    {"claim c forall x in [1, 0] : x >= 0", 1, 21, "reversed"},
    {"claim c forall x in (1, 1] : x >= 0", 1, 21, "empty"},
    {"claim c forall x in [sqrt(2), 1.4] : x >= 0", 1, 21, "reversed"},
    {"claim c forall x in [0, 1/(2-2)] : x >= 0", 1, 26, "division by zero"},
    {"claim c forall x in [0, 1] : x in [2, 1]", 1, 35, "reversed"},
    {"claim c forall x in [0, 1] : x in [0, 2] <= 1", 1, 42, "expected"},
    {"claim c forall x in [0, 1] : 0 <= x in [0, 2]", 1, 37, "expected"},
    {"claim c forall x in [0, 1], y in [0, x] : x >= 0", 1, 38, "where"},
    {"claim c forall k in {1..2.5} : k >= 0", 1, 25, "whole numbers"},
    {"claim c forall k in {1..1000000} : k >= 0", 1, 21, "more than"},
    {"claim c forall x in [0, 1] : ? >= ?", 1, 35, "a second ?"},
    {"let k = ?", 1, 9, "? may stand"},
    {"claim c expect ? in [0, 1] forall x in [0, 1] : x >= 0", 1, 22, "has no ?"},
    {"claim c forall x in [0, 1] : x => 0", 1, 32, "write >="},
    {"claim c forall x in [0, 1] : x == 0", 1, 32, "equality is written ="},
    {"claim c forall x in [0, 1] : x != 0", 1, 32, "comparisons"},
    {"claim c forall x in [0, 1] : x**2 >= 0", 1, 31, "^"},
    {"claim c forall x in [0, 1] : 2x >= 0", 1, 30, "write *"},
    {"claim c forall x in [0, 1] : 2.*x >= 0", 1, 30, "decimal point"},
    {"claim c forall x in [0, 1] : x \xe2\x89\xa5 0", 1, 32, "write >="},
    {"claim c forall x in [0, 1] : x @ 0", 1, 32, "'@'"},
    {"claim c cite \"unfinished\nforall x in [0, 1] : x >= 0", 1, 14, "closing quotation mark"},
    {"claim c cite \"a\" cite \"b\" 1 >= 0", 1, 18, "a second 'cite'"},
    {"claim c 1 >= 0\nclaim c 1 >= 0", 2, 1, "already the name"},
    {"claim c forall x in [0, 1] : 1e99999 >= x", 1, 30, "digits"},
    {"claim c forall x in [0, 1] : apply(jordan, x) >= 0", 1, 36, "schedule 'jordan' is not known"},
    {"schedule s = (pi, 1)", 1, 15, "exact rational"},
    {"schedule s = (1, 2) repeat 0", 1, 28, "positive whole number"},
    {"schedule s = (1, 2)\nclaim c s >= 0", 2, 9, "is a schedule"},
    {"claim c forall v, w, x, y, z in [0, 1] : x >= 0", 1, 33, "more than 4 real variables"},
    {"campaign c holds 1 > 0", 1, 1, "has no 'measure"},
    {"campaign c measure x by m where x > 0", 1, 1, "has no 'holds'"},
    {"campaign c measure x by m holds x > ?", 1, 37, "? may stand"},
    {"campaign c measure x by m holds x > 0 profile quick", 1, 47, "the only profile"},
    {"campaign c measure x by m holds x > 0 trials 5 met 6", 1, 52, "more trials are to meet"},
    {"campaign c measure x by m series muon: x", 1, 1, "has no 'holds'"},
    {"campaign c measure x by m series muon: x in [2, 1]", 1, 45, "reversed"},
    {"campaign c measure x by m series muon: y", 1, 40, "'y'"},
    {"campaign c measure x by m series muon: x in [1, 2] series muon: x", 1, 59, "a second series"},
    {"campaign c measure x by m series muon: x in [1, 2] holds x > 0", 1, 52, "before the brackets"},
    {"audit a input \"x\"", 1, 1, "has no 'output'"},
    {"audit a output \"x\"", 1, 1, "has no 'input'"},
    {"audit a input \"x\" weights \"w\" buffer \"b\" buffer_after \"c\"", 1, 1, "has no 'weights_after'"},
    {"audit a input \"x\" output \"y\" weights \"w\" buffer \"b\" weights_after \"v\" buffer_after \"c\"", 1, 1,
     "whose output is 'weights_after'"},
    {"audit a input \"x\" output \"y\" lr 0.02", 1, 1, "has 'lr', which is said of a step"},
    {"audit a input \"x\" output \"y\" wieghts \"w\"", 1, 30, "did you mean 'weights'?"},
    {"audit a input \"x\" output \"y\" hello 1", 1, 30, "'hello' is no line of an audit"},
    {"audit a input \"x\" lr 1 lr 2", 1, 24, "a second 'lr'"},
    {"audit a input \"x\" lr (1)", 1, 22, "expected"},
    {"hello", 1, 1, "expected"},
};

static void mistakes_are_told_at_their_place(void **state) {
  (void)state;
  size_t wrong = 0;
  for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
    mc_document *d = (mc_document *)&d;
    mc_error e = {0};
    mc_status s = mc_lang_document_parse(&d, "t.claim", mistakes[i].text, strlen(mistakes[i].text), &e);
    if (s != MC_BAD_INPUT || e.line != mistakes[i].line || e.column != mistakes[i].column ||
        !strstr(e.text, mistakes[i].message)) {
      print_error("%s\nwanted %u:%u: …%s…\ngot    %u:%u: %s\n", mistakes[i].text, mistakes[i].line, mistakes[i].column,
                  mistakes[i].message, e.line, e.column, e.text);
      wrong++;
    }
    assert_null(d);
    assert_string_equal(e.file, "t.claim");
    assert_non_null(strchr(e.text, '^'));
  }
  assert_int_equal(wrong, 0);
}

/* Repeat `unit` so that `prefix unit unit … suffix` is parsed; it must be refused without crash or hang. */
static void refused(const char *prefix, const char *unit, size_t times, const char *suffix) {
  mc_text text;
  mc_text_init(&text);
  mc_text_printf(&text, "%s", prefix);
  for (size_t i = 0; i < times; i++)
    mc_text_append(&text, unit, strlen(unit));
  mc_text_printf(&text, "%s", suffix);
  mc_document *d;
  mc_error e = {0};
  assert_int_equal(mc_lang_document_parse(&d, "hostile", text.data, text.length, &e), MC_BAD_INPUT);
  assert_null(d);
  assert_true(strlen(e.text) > 0);
  mc_text_clear(&text);
}

static void hostile_texts_are_refused(void **state) {
  (void)state;
  mc_document *d;
  mc_error e = {0};
  refused("claim c ", "(", 300000, "1 >= 0");
  refused("claim c 1 >= ", "-", 300000, "1");
  refused("claim c 1 >= 1", " + 1", 200000, "");
  refused("claim c 2", "^2", 100000, " >= 0");
  refused("claim c ", "9", 500000, " >= 0");
  refused("", "let x = ", 100000, "");
  refused("claim ", "x", 600000, "");
  refused("claim c cite \"", "a", 1100000, "\"");
  /* Definitions that call each other twice: exponential when expanded. */
  mc_text bomb;
  mc_text_init(&bomb);
  mc_text_printf(&bomb, "def f0(x) = x*x\n");
  for (int i = 1; i < 60; i++)
    mc_text_printf(&bomb, "def f%d(x) = f%d(x) + f%d(x)\n", i, i - 1, i - 1);
  assert_int_equal(mc_lang_document_parse(&d, "bomb", bomb.data, bomb.length, &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "operations"));
  mc_text_clear(&bomb);
  static const char zero[] = "claim c 1 >= 0 # \0";
  assert_int_equal(mc_lang_document_parse(&d, "zero", zero, sizeof zero, &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "zero byte"));
  assert_int_equal(mc_lang_document_read(&d, "no/such/file.claim", &e), MC_IO);
}

/* Exact arithmetic declines what would not end. */
static void huge_values_are_declined(void **state) {
  (void)state;
  static const char *const claims[] = {"claim c 2^(2^40) >= 0", "claim c (9^999999)^999999 >= 0",
                                       "def f(x) = x*x\nclaim c iter(f, 60, 3) >= 0"};
  for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
    mc_document *d = parse(claims[i]);
    fmpq_t value;
    fmpq_init(value);
    mc_error e = {0};
    assert_int_equal(mc_lang_expr_exact(value, mc_lang_claim(d, 0)->body.comparisons[0].left, NULL, NULL, &e),
                     MC_UNDECIDED);
    fmpq_clear(value);
    mc_lang_document_free(d);
  }
}

/* Every prefix of a good text, and every text with one byte changed, is parsed or refused; nothing crashes. */
static void damaged_texts_do_no_harm(void **state) {
  (void)state;
  mc_document *d;
  mc_error e;
  size_t length = strlen(everything);
  char *copy = mc_strdup(everything);
  for (size_t i = 0; i <= length; i++) {
    mc_lang_document_parse(&d, "prefix", everything, i, &e);
    mc_lang_document_free(d);
  }
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("damage"), 0);
  for (int trial = 0; trial < 3000; trial++) {
    size_t at = (size_t)mc_random_below(&r, length);
    char kept = copy[at];
    copy[at] = (char)mc_random_below(&r, 256);
    mc_lang_document_parse(&d, "damaged", copy, length, &e);
    mc_lang_document_free(d);
    copy[at] = kept;
  }
  mc_free(copy);
}

static void statements_stand_alone(void **state) {
  (void)state;
  static const char *const good[] = {"forall x in [0,1] : x >= 0", "1 + 1 = 2", "(1) >= 0", "-1 < 0",
                                     "let a = 2 def f(x) = a*x forall x in [0,1] : f(x) >= x"};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    mc_document *d;
    mc_error e = {0};
    if (mc_lang_statement_parse(&d, good[i], strlen(good[i]), &e) != MC_OK)
      fail_msg("%s: %s", good[i], e.text);
    assert_int_equal(mc_lang_claim_count(d), 1);
    mc_lang_document_free(d);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_are_read),           cmocka_unit_test(values_are_exact),
      cmocka_unit_test(conditions_fail_closed),    cmocka_unit_test(mistakes_are_told_at_their_place),
      cmocka_unit_test(hostile_texts_are_refused), cmocka_unit_test(huge_values_are_declined),
      cmocka_unit_test(damaged_texts_do_no_harm),  cmocka_unit_test(statements_stand_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
