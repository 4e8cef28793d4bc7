/* Random claims whose truth is known exactly: no false one may be proved and no true one refuted.
 *
 * p has rational critical points, so its least value m on [lo, hi] is a rational number that exact arithmetic finds;
 * "p >= m + d" is true for d <= 0 and false for d > 0, "p > m" is false where m is attained.  In two variables p(x)
 * + q(y) has the sum of both least values, and a shear x + s y hides the separation. */
#include "settle.h"

#include <stdlib.h>

#include "../../src/base/base.h"
#include "../../src/check/check.h"

typedef struct {
  mc_text text; /* in x */
  fmpq_t least; /* on [lo, hi] */
  slong lo, hi; /* quarters */
} sample;

/* c[0] + c[1] v + … as text. */
static void print_polynomial(mc_text *out, const fmpq_poly_t p, const char *variable) {
  fmpq_t c;
  fmpq_init(c);
  mc_text_printf(out, "0");
  for (slong i = 0; i < fmpq_poly_length(p); i++) {
    fmpq_poly_get_coeff_fmpq(c, p, i);
    char *text = fmpq_get_str(NULL, 10, c);
    mc_text_printf(out, " + (%s)*%s^%ld", text, variable, (long)i);
    flint_free(text);
  }
  fmpq_clear(c);
}

static void take_less(fmpq_t least, const fmpq_poly_t p, const fmpq_t x, bool first) {
  fmpq_t value;
  fmpq_init(value);
  fmpq_poly_evaluate_fmpq(value, p, x);
  if (first || fmpq_cmp(value, least) < 0)
    fmpq_set(least, value);
  fmpq_clear(value);
}

static void make(sample *s, mc_random *r, const char *variable) {
  fmpq_poly_t p, factor;
  fmpq_t root, end;
  fmpq_poly_init(p);
  fmpq_poly_init(factor);
  fmpq_init(root);
  fmpq_init(end);
  fmpq_init(s->least);
  mc_text_init(&s->text);
  s->lo = (slong)mc_random_below(r, 8) - 8;
  s->hi = s->lo + 1 + (slong)mc_random_below(r, 12);
  /* p' = c prod (v - root). */
  slong count = 1 + (slong)mc_random_below(r, 5);
  fmpq roots[5];
  fmpq_poly_set_si(p, mc_random_below(r, 2) ? 1 + (slong)mc_random_below(r, 9) : -1 - (slong)mc_random_below(r, 9));
  for (slong i = 0; i < count; i++) {
    fmpq_init(roots + i);
    fmpq_set_si(roots + i, (slong)mc_random_below(r, 41) - 20, 1 + mc_random_below(r, 12));
    fmpq_poly_set_coeff_si(factor, 1, 1);
    fmpq_neg(root, roots + i);
    fmpq_poly_set_coeff_fmpq(factor, 0, root);
    fmpq_poly_mul(p, p, factor);
  }
  fmpq_poly_integral(p, p);
  fmpq_set_si(root, (slong)mc_random_below(r, 21) - 10, 7);
  fmpq_poly_set_coeff_fmpq(p, 0, root);
  fmpq_set_si(end, s->lo, 4);
  take_less(s->least, p, end, true);
  for (slong i = 0; i < count; i++) {
    fmpq_t lower, upper;
    fmpq_init(lower);
    fmpq_init(upper);
    fmpq_set_si(lower, s->lo, 4);
    fmpq_set_si(upper, s->hi, 4);
    if (fmpq_cmp(roots + i, lower) > 0 && fmpq_cmp(roots + i, upper) < 0)
      take_less(s->least, p, roots + i, false);
    fmpq_clear(lower);
    fmpq_clear(upper);
    fmpq_clear(roots + i);
  }
  fmpq_set_si(end, s->hi, 4);
  take_less(s->least, p, end, false);
  print_polynomial(&s->text, p, variable);
  fmpq_poly_clear(p);
  fmpq_poly_clear(factor);
  fmpq_clear(root);
  fmpq_clear(end);
}

static void clear(sample *s) {
  fmpq_clear(s->least);
  mc_text_clear(&s->text);
}

typedef struct {
  unsigned claims, proved, refuted, undecided, certified;
} tally;

/* least + d, with d = ± 10^-k, or 0. */
static int shift(fmpq_t bound, const fmpq_t least, mc_random *r) {
  int sign = (int)mc_random_below(r, 3) - 1;
  fmpq_t d, ten;
  fmpq_init(d);
  fmpq_init(ten);
  fmpq_set_si(ten, 10, 1);
  fmpq_pow_si(d, ten, -(slong)mc_random_below(r, 13));
  fmpq_mul_si(d, d, sign);
  fmpq_add(bound, least, d);
  fmpq_clear(d);
  fmpq_clear(ten);
  return sign;
}

/* Settled, and its certificate checked: one that is refused is counted, one that shows another verdict fails. */
static int settle_and_check(tally *t, const char *text) {
  mc_document *document;
  mc_error e = {0};
  if (mc_lang_statement_parse(&document, text, strlen(text), &e) != MC_OK)
    fail_msg("%s: %s", text, e.text);
  const mc_claim *claim = mc_lang_claim(document, 0);
  mc_claim_result result;
  mc_claim_options options = {.seconds = 5, .recording = true};
  mc_claim_result_init(&result);
  mc_claim_settle(&result, document, claim, &options);
  int verdict = result.status == MC_OK ? (int)result.verdict : -1;
  json_t *certificate = mc_claim_certificate(document, claim, &result);
  mc_check_result checked;
  mc_check_result_init(&checked);
  mc_check_certificate(&checked, certificate, NULL, 20);
  t->certified += checked.accepted;
  if (checked.accepted && strcmp(checked.verdict, mc_claim_verdict_name(result.verdict)) != 0)
    fail_msg("%s: the certificate shows %s", text, checked.verdict);
  if (!checked.accepted && certificate && getenv("MUONCERT_SHOW_UNDECIDED"))
    print_message("refused: %s\n  %s\n", text, checked.message);
  mc_check_result_clear(&checked);
  json_decref(certificate);
  mc_claim_result_clear(&result);
  mc_lang_document_free(document);
  return verdict;
}

static void judge(tally *t, const char *text, bool truth) {
  int verdict = settle_and_check(t, text);
  t->claims++;
  t->proved += verdict == MC_VERDICT_PROVED;
  t->refuted += verdict == MC_VERDICT_REFUTED;
  t->undecided += verdict == MC_VERDICT_UNDECIDED;
  if (verdict == MC_VERDICT_UNDECIDED && getenv("MUONCERT_SHOW_UNDECIDED"))
    print_message("undecided: %s\n", text);
  if (verdict == (truth ? MC_VERDICT_REFUTED : MC_VERDICT_PROVED) || verdict < 0)
    fail_msg("%s\n  is %s but was %s", text, truth ? "true" : "false", truth ? "refuted" : "proved");
}

/* The same claim in one of several guises, which take different ways through the prover. */
static void one_variable(tally *t, mc_random *r) {
  sample s;
  fmpq_t bound;
  fmpq_init(bound);
  make(&s, r, "y");
  int sign = shift(bound, s.least, r);
  bool strict = mc_random_below(r, 2);
  char *c = fmpq_get_str(NULL, 10, bound), *m = fmpq_get_str(NULL, 10, s.least);
  mc_text text;
  mc_text_init(&text);
  static const struct {
    const char *left, *right;
  } guises[] = {
      {"f(x)", "c"},
      {"exp(x)*(f(x) - c)", "0"},
      {"f(x)*(x^2 + 1)", "c*(x^2 + 1)"},
      {"(f(x) - c)/(x^2 + 2)", "0"},
      /* f in disguise, with kinks and roots that cancel */
      {"abs(f(x) - m) + m", "c"},
      {"f(x) + abs(x - 1/3) - abs(1/3 - x)", "c"},
      {"max(f(x), f(x) - abs(x - 1/4))", "c"},
      {"min(f(x), f(x) + abs(x))", "c"},
      {"sqrt((f(x) - m)^2) + m", "c"},
      {"f(x) + (abs(x) + x)/2 - max(x, 0)", "c"},
  };
  size_t guise = (size_t)mc_random_below(r, sizeof guises / sizeof guises[0]);
  /* Where "> 0" fails only because exp(x) multiplies an exact zero, no rational witness exists: that case is left
   * out. */
  if (guise == 1 && sign == 0)
    strict = false;
  mc_text_printf(&text, "def f(y) = %s let m = %s let c = %s forall x in [%ld/4, %ld/4] : %s %s %s", s.text.data, m, c,
                 (long)s.lo, (long)s.hi, guises[guise].left, strict ? ">" : ">=", guises[guise].right);
  judge(t, text.data, sign < 0 || (sign == 0 && !strict));
  mc_text_clear(&text);
  flint_free(c);
  flint_free(m);
  fmpq_clear(bound);
  clear(&s);
}

static void two_variables(tally *t, mc_random *r) {
  sample p, q;
  fmpq_t bound;
  fmpq_init(bound);
  make(&p, r, "u");
  make(&q, r, "v");
  fmpq_add(bound, p.least, q.least);
  int sign = shift(bound, bound, r);
  char *c = fmpq_get_str(NULL, 10, bound);
  mc_text text;
  mc_text_init(&text);
  mc_text_printf(&text,
                 "def f(u) = %s def g(v) = %s forall x in [%ld/4, %ld/4], y in [%ld/4, %ld/4] : f(x) + g(y) >= %s",
                 p.text.data, q.text.data, (long)p.lo, (long)p.hi, (long)q.lo, (long)q.hi, c);
  judge(t, text.data, sign <= 0);
  mc_text_clear(&text);
  flint_free(c);
  fmpq_clear(bound);
  clear(&p);
  clear(&q);
}

/* The number of claims may be given: a few for every day, ten thousand for the slow run. */
static unsigned trials = 400;

static void random_claims_are_judged_right(void **state) {
  (void)state;
  tally one = {0}, two = {0};
  for (unsigned i = 0; i < trials; i++) {
    mc_random r;
    mc_random_init(&r, 1, mc_random_stream_of("soundness"), i);
    if (i % 8 == 7)
      two_variables(&two, &r);
    else
      one_variable(&one, &r);
  }
  print_message("one variable: %u claims, %u proved, %u refuted, %u undecided, %u certified\n", one.claims, one.proved,
                one.refuted, one.undecided, one.certified);
  print_message("two variables: %u claims, %u proved, %u refuted, %u undecided, %u certified\n", two.claims, two.proved,
                two.refuted, two.undecided, two.certified);
  /* A prover that decided nothing would be sound. */
  assert_true(one.undecided * 200 <= one.claims);
  assert_true(two.undecided * 200 <= two.claims);
  /* Nor would a checker be of use that refused everything. */
  assert_true((one.certified + two.certified) * 1000 >= (one.proved + one.refuted + two.proved + two.refuted) * 999);
}

int main(int argc, char **argv) {
  if (argc > 1)
    trials = (unsigned)strtoul(argv[1], NULL, 10);
  const struct CMUnitTest tests[] = {cmocka_unit_test(random_claims_are_judged_right)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
