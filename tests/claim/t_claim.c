/* The prover: known answers, sharp constants that flip when moved, derived constants, domains where a claim makes no
 * sense. */
#include "settle.h"

#define RHO "let a = 3.4445 let b = -4.7750 let c = 2.0315 def rho(x) = a*x + b*x^3 + c*x^5 "
#define CUBIC "def q(x) = 1.5*x - 0.5*x^3 "

enum { ERROR = -1, PROVED = MC_VERDICT_PROVED, REFUTED = MC_VERDICT_REFUTED, UNDECIDED = MC_VERDICT_UNDECIDED };

static const struct {
  int verdict;
  const char *text;
} known[] = {
    /* constants */
    {PROVED, "1 + 1 = 2"},
    {REFUTED, "2 < 1"},
    {PROVED, "22/7 > pi"},
    {REFUTED, "e > pi"},
    {PROVED, "0.1 + 0.2 = 0.3"},
    /* ends, open and closed */
    {PROVED, "forall x in [0, 1] : x >= 0"},
    {REFUTED, "forall x in [0, 1] : x > 0"},
    {PROVED, "forall x in (0, 1] : x > 0"},
    {PROVED, "forall x in (0, 1) : x < 1"},
    {REFUTED, "forall x in (0, 1] : x < 1"},
    {PROVED, "forall x in [1/3, 1] : 3*x >= 1"},
    {REFUTED, "forall x in [1/3, 1] : 3*x > 1"},
    {PROVED, "forall x in (1/3, 1] : 3*x > 1"},
    {PROVED, "forall x in [5, 5] : x = 5"},
    {PROVED, "forall x in [sqrt(2), 2] : x >= 1.414213562373"},
    /* vanishing of higher order at an end */
    {PROVED, "forall x in [0, 1] : x^3 >= x^5"},
    {PROVED, "forall x in (0, 1) : x^3 > x^5"},
    {REFUTED, "forall x in [0, 1] : x^5 >= x^3"},
    {PROVED, "forall x in (0, 1) : (1 - x)^3/(1 + x) > 0"},
    {PROVED, "forall x in (0, 1] : x - x^3/6 < sin(x)"},
    {REFUTED, "forall x in (0, 1] : x - x^3/6.1 <= sin(x)"},
    {PROVED, "forall x in [0, 1] : exp(x) >= 1 + x + x^2/2"},
    {PROVED, "forall x in [0, 1] : log(1 + x) <= x"},
    {PROVED, "forall x in [0, 1] : sqrt(1 + x) <= 1 + x/2"},
    {PROVED, "forall x in [-1, 1] : cos(x) >= 1 - x^2/2"},
    /* tangency inside */
    {PROVED, "forall x in [0, 1] : (x - 1/3)^2 >= 0"},
    {PROVED, "forall x in [0, 1] : (x - 1/3)^4 >= 0"},
    {PROVED, "forall x in [0, 2] : (x^2 - 2)^2 >= 0"},
    {REFUTED, "forall x in [0, 2] : (x^2 - 2)^2 >= 1e-9"},
    {PROVED, CUBIC "forall x in [0, 1.7] : 1 - q(x)^2 >= 0"},
    {REFUTED, CUBIC "forall x in [0, 1.7] : 1 - 1.0001*q(x)^2 >= 0"},
    {PROVED, "forall x in [-2, 2] : exp(x) >= 1 + x"},
    {PROVED, "forall x in [0.1, 3] : log(x) <= x - 1"},
    {PROVED, "forall x, y in [-1, 1] : x^2 + y^2 - x*y >= 0"},
    {REFUTED, "forall x, y in [-1, 1] : x^2 + y^2 - 2.01*x*y >= 0"},
    {PROVED, "forall x, y, z in [-1, 1] : x^2 + y^2 + z^2 >= (x*y + y*z + z*x)/2"},
    /* false by less than any ball shows: the exact gradient at 1/3 is not zero */
    {UNDECIDED, "forall x in [0, 1] : ((x - 1/3)^2 + 1e-200*(x - 1/3))/(2 + x) >= 0"},
    /* several variables, side conditions */
    {PROVED, "forall x, y in [0, 1] : x*y <= x"},
    {PROVED, "forall x, y in [0, 1] where x + y <= 1 : x*y <= 0.26"},
    {REFUTED, "forall x, y in [0, 1] where x + y <= 1 : x*y <= 0.24"},
    {PROVED, "forall x in [0, 1] where x > 1/2 : x^2 > 0.24"},
    {PROVED, "forall x in [0, 1] where x > 2 : x < 0"},
    {PROVED, "forall w, x, y, z in [0, 1] : (w + x + y + z)^2 <= 16.5"},
    {REFUTED, "forall w, x, y, z in [0, 1] : (w + x + y + z)^2 <= 15.5"},
    {PROVED, "forall x in [0, 1] : 0 <= x^2 <= x <= 1"},
    {PROVED, "forall x in [0, 1] : x in [0, 1] and x^2 in [0, 1]"},
    {PROVED, "forall x in [-1, 1] : abs(x) = max(x, -x)"},
    /* convex on [0, 1], and below zero next to the kink at 0 */
    {REFUTED, "forall x in [-127, 1] : -(abs(x) + x)/2 + 6*x^2 - 2*x^3 >= 0"},
    {PROVED, "forall x in [-1, 1] : min(x, 1/2) <= 1/2"},
    /* identities */
    {PROVED, "forall x in [-2, 3] : (x + 1)^2 = x^2 + 2*x + 1"},
    {REFUTED, "forall x in [-2, 3] : (x + 1)^2 = x^2 + 2*x"},
    {PROVED, "def d(x) = 1 - x^2 " CUBIC "forall x in [-3, 3] : d(q(x)) = d(x)^2*(3 + d(x))/4"},
    {PROVED, "forall x, y in [-2, 3] : (x + y)^2 = x^2 + 2*x*y + y^2"},
    {REFUTED, "forall x, y in [-2, 3] : (x + y)^2 = x^2 + x*y + y^2"},
    {PROVED, "forall x, y in [1, 2] : 1/x + 1/y = (x + y)/(x*y)"},
    {PROVED, "forall q in [1/2, 0.999], c in [1, 1000] where c*(1 - q) <= 1 : c - 1 <= c*q"},
    {REFUTED, "forall q in [1/2, 0.999], c in [1, 1000] where c*(1 - q) <= 1.01 : c - 1 <= c*q"},
    /* integers */
    {PROVED, CUBIC "forall k in {0..10}, x in [0, 1] : iter(q, k, x) in [0, 1]"},
    {REFUTED, "forall k in {1..10} : k^2 < 100"},
    {PROVED, "exists k in {1..10} : k^2 = 49"},
    {REFUTED, "exists k in {1..10} : k^2 = 50"},
    {PROVED, "forall k in {2..6}, x in [0, 1] : (1 + x)^k >= 1 + k*x"},
    /* existence */
    {PROVED, "exists x in [0, 1] : x^2 > 0.99"},
    {REFUTED, "exists x in [0, 1] : x^2 > 1"},
    {PROVED, "exists x in [0, 1] : x^2 >= 1"},
    {PROVED, "exists x in [0, 2] : x^2 = 2"},
    {PROVED, "exists x in (1, 2) : x^3 - x = 1"},
    {REFUTED, "exists x in [0, 2] : x^2 = 5"},
    {PROVED, "exists x, y in [0, 1] : x^2 + y^2 = 1 and x > y"},
    {REFUTED, "exists x, y in [0, 1] : x^2 + y^2 = 2.1"},
    {PROVED, "exists x in [0, 1] where x > 1/2 : sin(x) = 1/2"},
    /* iterates of the quintic map */
    {PROVED, RHO "forall x in (0, 0.02/a^4] : iter(rho, 5, x) >= 483*x"},
    {REFUTED, RHO "forall x in (0, 0.02] : iter(rho, 5, x) >= 483*x"},
    {PROVED, RHO "forall x in [0.6, 1.205] : rho(x) in [0.6, 1.205]"},
    {PROVED, RHO "forall x in [0.001, 1] : iter(rho, 10, x) in [0.6818, 1.13436]"},
    {PROVED, RHO "schedule jordan = (a, b, c) repeat 5 forall x in [0.0073, 1] : apply(jordan, x) in [0.68, 1.21]"},
    {REFUTED, RHO "forall x in [0, 1] : iter(rho, 5, x) >= 0.71*x"},
    {PROVED, RHO "forall x in [0, 1] : iter(rho, 5, x) >= 0.69*x"},
    /* no sense on the whole domain */
    {ERROR, "forall x in [0, 1] : 1/(x - 1/3)^2 > 0"},
    {ERROR, "forall x in [-1, 1] : sqrt(x) >= -1"},
    {ERROR, "forall x in [0, 1] : x*log(x) >= -1"},
    {ERROR, "forall x in [0, 1] : 0/x = 0"},
    /* a change of sign where the equation holds but makes no sense */
    {ERROR, "exists x in [-1, 1] : x + (1/x - 1/x) = 0"},
    {ERROR, "exists x in [-1, 1] : x + 0*(1/x) = 0"},
    {PROVED, "exists x in [-1, 1] : x + 0*(1/(x + 2)) = 0.3"},
    {PROVED, "forall x in (0, 1] : 0*x = 0"},
    {PROVED, "forall x in [-1, 1] where x > 1/2 : 1/x < 2.1"},
    /* a side condition on integers protects what would not be defined */
    {PROVED, "forall k in {0..3} where k >= 1 : 1/k <= 1"},
    {ERROR, "forall k in {0..3} : 1/k <= 1"},
    {REFUTED, "forall k in {0..3} where k >= 1 : 1/k < 1"},
    {PROVED, "forall k in {-2..3} where k > 0 : log(k) >= 0 and sqrt(k) >= 1"},
    {ERROR, "forall k in {-2..3} where k >= 0 : log(k) >= 0"},
    {PROVED, CUBIC "forall k in {-2..3}, x in [0, 1] where k >= 0 : iter(q, k, x) <= 1"},
    {PROVED, "exists k in {0..3} where k >= 1 : 1/k = 1/3"},
    {PROVED, "forall k in {0..3}, x in [1, 2] where k*x >= 1 : x/k >= 1/3"},
    /* an exponent with a real variable makes exp(y log x), never a whole power of a negative number */
    {ERROR, "forall x in [-2, -1], y in [1, 3] : x^y <= 5"},
    {ERROR, "forall x in [-2, -1], y in [2, 2] : x^y >= 0"},
    {PROVED, "forall x in [1, 2], y in [1, 3] : x^y <= 8.001"},
    {PROVED, "forall k in {1..3}, x in [-1, 1] : x^k <= 1"},
    {PROVED, "def p(x, k) = x^k forall x in [-1, 1] : p(x, 3) <= 1"},
    /* poles at ends that do not belong to the domain */
    {PROVED, "forall x in (0, 1) : 1/x > 1"},
    {PROVED, "forall x in (0, 1] : 1/x >= 1"},
    {REFUTED, "forall x in (0, 1] : 1/x > 1"},
    {REFUTED, "forall x in (0, 1) : 1/x > 1.01"},
    {PROVED, "forall x in (-1, 0) : 1/x < -1"},
    {PROVED, "forall x in (-1, 1) : 1/(1 - x^2) >= 1"},
    {PROVED, "forall x in (0, 1) : 1/x + 1/(1 - x) >= 4"},
    {REFUTED, "forall x in (0, 1) : 1/x + 1/(1 - x) > 4"},
    {PROVED, "forall x, y in (0, 1) : 1/x + 1/y >= 2"},
    {PROVED, "forall x in (0, 1) : 1/x^2 > 1/x"},
    {REFUTED, "exists x in (0, 1) : 1/x <= 1"},
    {ERROR, "forall x in [0, 1) : 1/x >= 1"},
    {ERROR, "forall x in (0, 1) : 1/(x - 1/2)^2 >= 1 + 1/x - 1/x"},
    {PROVED, RHO "forall x in (0, 0.02/a^4] : iter(rho, 5, x)/x >= 483"},
};

static void known_answers(void **state) {
  (void)state;
  size_t wrong = 0;
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    int verdict = settle_text(known[i].text, 20, NULL);
    if (verdict != known[i].verdict) {
      print_error("%s\n  is %d, not %d\n", known[i].text, verdict, known[i].verdict);
      wrong++;
    }
  }
  assert_int_equal(wrong, 0);
}

/* A witness is what it says: re-evaluated here by the exact evaluation of src/lang alone. */
static void look_for_counterexample(const mc_claim *claim, const mc_claim_result *r) {
  assert_true(r->has_witness && r->witness_exact);
  fmpq_t left, right;
  fmpq_init(left);
  fmpq_init(right);
  bool contradicted = false;
  for (size_t i = 0; i < claim->body.count; i++) {
    const mc_comparison *c = &claim->body.comparisons[i];
    assert_int_equal(mc_lang_expr_exact(left, c->left, r->witness, NULL, NULL), MC_OK);
    assert_int_equal(mc_lang_expr_exact(right, c->right, r->witness, NULL, NULL), MC_OK);
    contradicted = contradicted || (c->relation == MC_RELATION_GE && fmpq_cmp(left, right) < 0) ||
                   (c->relation == MC_RELATION_LE && fmpq_cmp(left, right) > 0);
  }
  assert_true(contradicted);
  fmpq_clear(left);
  fmpq_clear(right);
}

static void witnesses_contradict(void **state) {
  (void)state;
  static const char *const texts[] = {
      RHO "forall x in (0, 0.02] : iter(rho, 5, x) >= 483*x",
      RHO "forall x in [0, 1] : iter(rho, 5, x) >= 0.71*x",
      "forall x, y in [-1, 1] : x^2 + y^2 - 2.01*x*y >= 0",
      "forall x in [0, 2] : (x^2 - 2)^2 >= 1e-9",
      "forall x in [0, 1] : x <= 0.9999999999",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    assert_int_equal(settle_text(texts[i], 20, look_for_counterexample), REFUTED);
}

/* Each sharp constant holds, and moved by one part in a hundred towards falsehood it does not. */
static void sharp_constants_flip(void **state) {
  (void)state;
  static const struct {
    const char *format;
    double constant, step; /* towards falsehood */
  } sharp[] = {
      {RHO "forall x in (0, 0.02/a^4] : iter(rho, 5, x) >= %.16g*x", 484.5827613424857, +0.01},
      {RHO "forall x in (0, %.16g] : iter(rho, 5, x) >= 483*x", 3.595021603923e-4, +0.01},
      {RHO "forall x in [1e-4, 0.6] : iter(rho, 5, x) >= %.16g", 0.04847308547, +0.01},
      {RHO "forall x in [%.16g, 1] : iter(rho, 5, x) > 0.03", 6.1878559225e-5, -0.01},
      {RHO "forall x in [0.03, 1] : iter(rho, 5, x) >= %.16g", 0.681831462177, +0.01},
      {RHO "forall x in [%.16g, 1] : iter(rho, 5, x) >= 0.681831462177", 1.50512306907e-3, -0.01},
      {RHO "forall x in [0.6, 1.205] : rho(x) <= %.16g", 1.19326944, -0.01},
      {RHO "forall x in [0.001, 1] : iter(rho, 5, x) <= %.16g", 1.20236860516322, -0.01},
      {RHO "forall x in [0, 1] : iter(rho, 5, x) >= %.16g*x", 0.69643640946, +0.01},
      {RHO "forall x in [0, 1] : iter(rho, 2, x) >= %.16g*x", 0.8923183136517, +0.01},
      {"forall x in [0, 1] : x*(1 - x) <= %.16g", 0.25, -0.01},
      {"forall x, y in [0, 1] : x*y*(1 - x)*(1 - y) <= %.16g", 0.0625, -0.01},
      {"forall x in [0, 1] : exp(x) >= 1 + %.16g*x", 1.0, +0.01},
  };
  for (size_t i = 0; i < sizeof sharp / sizeof sharp[0]; i++) {
    char text[400];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(text, sizeof text, sharp[i].format, sharp[i].constant);
    if (settle_text(text, 20, NULL) != PROVED)
      fail_msg("not proved: %s", text);
    snprintf(text, sizeof text, sharp[i].format, sharp[i].constant * (1 + sharp[i].step));
    if (settle_text(text, 20, NULL) != REFUTED)
      fail_msg("not refuted: %s", text);
#pragma GCC diagnostic pop
  }
}

static const char *wanted_lower, *wanted_upper;

static void look_at_bounds(const mc_claim *claim, const mc_claim_result *r) {
  (void)claim;
  assert_true(r->has_derived);
  fmpq_t best, bound;
  fmpq_init(best);
  fmpq_init(bound);
  assert_int_equal(fmpq_set_str(best, wanted_lower, 10), 0);
  arf_get_fmpq(bound, r->derived_upper);
  assert_true(fmpq_cmp(best, bound) <= 0);
  assert_int_equal(fmpq_set_str(best, wanted_upper, 10), 0);
  arf_get_fmpq(bound, r->derived_lower);
  assert_true(fmpq_cmp(bound, best) <= 0);
  arf_t width;
  arf_init(width);
  arf_sub(width, r->derived_upper, r->derived_lower, 64, ARF_RND_UP);
  arf_get_fmpq(bound, width);
  fmpq_div(bound, bound, best);
  fmpq_abs(bound, bound);
  fmpq_mul_2exp(bound, bound, 39);
  assert_true(fmpz_cmp(fmpq_numref(bound), fmpq_denref(bound)) <= 0); /* 11 digits and more */
  arf_clear(width);
  fmpq_clear(best);
  fmpq_clear(bound);
}

/* The best constant lies between the given rationals: derived bounds must enclose it, and narrowly. */
static void best_constants_are_enclosed(void **state) {
  (void)state;
  static const struct {
    const char *text, *lower, *upper;
  } cases[] = {
      {"forall x in [0, 1] : x*(1 - x) <= ?", "1/4", "1/4"},
      {"forall x in [0, 1] : ? <= x^2 - x", "-1/4", "-1/4"},
      {"forall x in [0, ?] : x^2 <= 2", "14142135623730950/10000000000000000", "14142135623730951/10000000000000000"},
      {"forall x in [?, 3] : x^2 >= 2", "14142135623730950/10000000000000000", "14142135623730951/10000000000000000"},
      {"exists x in [0, ?] : x^2 >= 2", "14142135623730950/10000000000000000", "14142135623730951/10000000000000000"},
      {"forall x in (0, 1] : sin(x) <= ?*x", "1", "1"},
      {"forall x in [0, 1] : abs(x - 1/3) <= ?", "2/3", "2/3"},
      {"forall x, y in [0, 1] : x + y - x*y <= ?", "1", "1"},
      {"forall x in [1, 2] : ? /x <= 1", "1", "1"},
      {"forall k in {1..5}, x in [0, 1] : k*x <= ?", "5", "5"},
      /* no greater interval makes sense */
      {"forall x in (0, ?] : 1/(1 - x) >= 1", "1", "1"},
      {"forall x in [0, ?] : sqrt(2 - x) >= 0", "2", "2"},
      {RHO "forall x in (0, 0.02/a^4] : iter(rho, 5, x) >= ? * x", "48458276134248575/100000000000000",
       "48458276134248576/100000000000000"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    wanted_lower = cases[i].lower;
    wanted_upper = cases[i].upper;
    if (settle_text(cases[i].text, 20, look_at_bounds) != PROVED)
      fail_msg("not derived: %s", cases[i].text);
  }
}

/* What has no best constant is said so, and a bound that does not exist is not invented. */
static void look_for_message(const mc_claim *claim, const mc_claim_result *r) {
  (void)claim;
  assert_true(strlen(r->message) > 0);
}

static void what_is_not_derivable_is_said(void **state) {
  (void)state;
  static const struct {
    int verdict;
    const char *text;
  } cases[] = {
      {ERROR, "forall x in [-1, 1] : x <= ?*x"},
      {ERROR, "forall x in [0, 1] : x = ?"},
      {ERROR, "forall x in [0, 1] : x <= ?^2"},
      {UNDECIDED, "forall x in [0, ?] : x >= 0"},
      {ERROR, "forall x in [pi, ?] : x^2 <= 100"},
      {ERROR, "forall x in [0, ?] : 1/x >= 1"},
      {UNDECIDED, "forall x in [0, 1] : ? >= 1/(x + 1) + x*0 - 1e99"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    if (settle_text(cases[i].text, 20, look_for_message) != cases[i].verdict)
      fail_msg("%s", cases[i].text);
}

/* Verdict, witness, bounds, boxes and evidence are the same on one thread and on several. */
static void threads_do_not_matter(void **state) {
  (void)state;
  static const char *const texts[] = {
      "forall x, y in [-1, 1] : abs(sin(9*x)*cos(8*y) + exp(x)*y) + abs(x*y - 1/3) >= 0.025",
      "forall x, y in [-1, 1] : abs(sin(9*x)*cos(8*y) + exp(x)*y) + abs(x*y - 1/3) >= 0.09",
      "forall x, y in [0, 1] : sin(40*x)*cos(37*y) + x*y <= 1.97",
      "forall x, y in [0, 1] : sin(7*x)*cos(9*y) + x*y <= 1.58",
      "exists x, y in [0, 1] : sin(7*x)*cos(9*y) + x*y = 1.5789 and x > y",
      "forall x, y in [0, 1] : x*exp(y) <= ? + y/2",
      "forall x, y in [0, 1] : abs(x - y) >= abs(x^2 - y^2)/2.01",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    mc_document *document;
    mc_error e = {0};
    mc_claim_result r[2];
    assert_int_equal(mc_lang_statement_parse(&document, texts[i], strlen(texts[i]), &e), MC_OK);
    for (unsigned k = 0; k < 2; k++) {
      mc_claim_options options = {.seconds = 60, .threads = 1 + 2 * k, .recording = true};
      mc_claim_result_init(&r[k]);
      mc_claim_settle(&r[k], document, mc_lang_claim(document, 0), &options);
    }
    if (r[0].verdict != r[1].verdict || r[0].boxes != r[1].boxes || r[0].witness_count != r[1].witness_count ||
        (r[0].evidence ? !json_equal(r[0].evidence, r[1].evidence) : r[1].evidence != NULL) ||
        !arf_equal(r[0].derived_lower, r[1].derived_lower) || !arf_equal(r[0].derived_upper, r[1].derived_upper) ||
        strcmp(r[0].message, r[1].message) != 0)
      fail_msg("%s: %d with %lu boxes on one thread, %d with %lu on three", texts[i], (int)r[0].verdict,
               (unsigned long)r[0].boxes, (int)r[1].verdict, (unsigned long)r[1].boxes);
    print_message("%lu boxes, %.2f s and %.2f s, verdict %d\n", (unsigned long)r[0].boxes, r[0].seconds, r[1].seconds,
                  (int)r[0].verdict);
    for (size_t j = 0; j < r[0].witness_count; j++)
      assert_true(fmpq_equal(r[0].witness + j, r[1].witness + j));
    for (unsigned k = 0; k < 2; k++)
      mc_claim_result_clear(&r[k]);
    mc_lang_document_free(document);
  }
}

/* A time limit ends the search with where it stood, and within a moment. */
static void look_for_time_limit(const mc_claim *claim, const mc_claim_result *r) {
  (void)claim;
  assert_non_null(strstr(r->message, "time limit"));
  assert_true(r->seconds < 10);
}

static void time_limits_are_kept(void **state) {
  (void)state;
  /* Equality holds where the side condition is met with equality: no box there ever closes. */
  assert_int_equal(
      settle_text("forall x, y in [0, 1] where x^3 + y^3 <= 1 : x*y <= 2^(-2/3)", 0.2, look_for_time_limit), UNDECIDED);
  assert_int_equal(settle_text("forall i, j in {1..300}, x in [0, 1] : abs(sin(i*x)*cos(j*x) + exp(x)) <= 4", 0.2,
                               look_for_time_limit),
                   UNDECIDED);
}

/* What is undecided says where, and how nearly. */
static void look_for_margin(const mc_claim *claim, const mc_claim_result *r) {
  (void)claim;
  assert_non_null(strstr(r->message, "stuck at x near 0.7853981634; margin of the comparison there: [-"));
}

static void look_for_neither(const mc_claim *claim, const mc_claim_result *r) {
  (void)claim;
  assert_non_null(strstr(r->message, "neither side is shown to be greater"));
}

static void undecided_claims_say_where(void **state) {
  (void)state;
  assert_int_equal(settle_text("exists x in [0, 3] : sin(x) + cos(x) = sqrt(2)", 5, look_for_margin), UNDECIDED);
  assert_int_equal(settle_text("exp(1/7)^7 = e", 5, look_for_neither), UNDECIDED);
}

/* A function that is not defined at an end that its interval leaves out is no error. */
static void excluded_ends_are_no_error(void **state) {
  (void)state;
  assert_int_not_equal(settle_text("forall x in (0, 1] : x*log(x) <= 0", 5, NULL), ERROR);
  assert_int_not_equal(settle_text("forall x in [0, 1) : (1 - x)*log(1 - x) <= 0", 5, NULL), ERROR);
  assert_int_equal(settle_text("forall x in [0, 1] : x*log(x) <= 0", 5, NULL), ERROR);
}

/* Fifteen steps come so near 1 that neither balls nor exact numbers of bearable length tell; that must not cost for
 * ever. */
static void look_for_patience(const mc_claim *claim, const mc_claim_result *r) {
  (void)claim;
  assert_true(r->seconds < 20);
}

static void saturated_iterates_are_given_up(void **state) {
  (void)state;
  assert_int_not_equal(settle_text(CUBIC "forall x in [0.007, 1] : iter(q, 15, x) <= 1", 1, look_for_patience),
                       REFUTED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers),
      cmocka_unit_test(witnesses_contradict),
      cmocka_unit_test(sharp_constants_flip),
      cmocka_unit_test(best_constants_are_enclosed),
      cmocka_unit_test(what_is_not_derivable_is_said),
      cmocka_unit_test(threads_do_not_matter),
      cmocka_unit_test(time_limits_are_kept),
      cmocka_unit_test(undecided_claims_say_where),
      cmocka_unit_test(excluded_ends_are_no_error),
      cmocka_unit_test(saturated_iterates_are_given_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
