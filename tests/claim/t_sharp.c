/* Each constant of a sharp claim of spec/, moved 1 % towards falsehood, flips the verdict; moved 1 % towards truth, it
 * does not.
 *
 * A claim with ? is sharp by what it asks for.  Its derived value takes the place of ?, and which way is falsehood is
 * read off the claim: outward for an end of an interval over which it holds, else from the side of the comparison.
 * The other claims cited as sharp are in a table with each constant that makes them so; one that is missing there
 * fails.  A claim that is expected to be refuted is false already, and left out: nothing flips it. */
#include "settle.h"

#include <ctype.h>

#include "../../src/run/run.h"

typedef enum { DOWN, UP, EITHER } direction; /* EITHER: of an equality, or of a bound on argument and value alike */

static const char *const factors[] = {"0.99", "1.01"}; /* DOWN, UP */

static const struct {
  const char *id, *constant; /* as written in the statement; all its occurrences move */
  direction falsehood;
} table[] = {
    {"escape.lemma2.amplification.fails_beyond", "3.595022e-4", DOWN},
    {"escape.lemma2.amplification.fails_beyond", "483", DOWN},
    {"escape.lemma2.amplification.by_hand", "a^5", UP},
    {"escape.lemma2.amplification.by_hand", "(b/a)", DOWN}, /* which is negative */
    {"escape.lemma2.amplification.by_hand", "a^10", DOWN},
    {"escape.lemma2.amplification.by_hand", "a^2", UP},
    {"escape.lemma2.attractor", "0.68183146217718", EITHER}, /* rho of what is below m is above rho(m) */
    {"escape.lemma2.attractor", "1.13435726456249", DOWN},
    {"escape.lemma2.attractor.second_step", "0.68183146217718", UP},
    {"escape.lemma2.attractor.second_step", "1.13435726456249", DOWN},
    {"escape.lemma2.docstring", "1.50512306907e-3", DOWN},
    {"escape.lemma2.docstring", "0.6818", UP},
    {"escape.lemma2.docstring", "1.2024", DOWN},
    {"escape.corner.equality", "0.5", EITHER},
    {"escape.corner.equality", " 0.6", EITHER},
    {"escape.corner.equality", "2^2", EITHER},
    {"escape.corner.equality", "-0.6", EITHER},
    {"quadratics.line_search.best", "g^2", EITHER},
    {"quadratics.line_search.best", "2*h", EITHER},
    {"quadratics.line_search.best", "a^2/2", EITHER},
    {"quadratics.line_search.best", "(g - h*a)^2", EITHER},
};
enum { ROWS = sizeof table / sizeof table[0] };

/* ---- The claim with another constant ---- */

/* The definitions that the claim needs, and its statement with `constant` replaced by `moved`. */
static void write_moved(mc_text *out, const mc_document *document, const mc_claim *claim, const char *constant,
                        const char *moved) {
  assert_int_equal(mc_lang_claim_text(out, document, claim), MC_OK);
  const char *at = claim->block.statement;
  /* mc_lang_claim_text: the definitions, "claim NAME ", what follows the name, and the end of the line. */
  out->length -= strlen("claim  \n") + strlen(claim->block.name) + (claim->block.end - claim->block.begin);
  if (!strstr(at, constant))
    fail_msg("%s has no constant %s", claim->block.id, constant);
  for (const char *next; (next = strstr(at, constant)); at = next + strlen(constant))
    mc_text_printf(out, "%.*s%s", (int)(next - at), at, moved);
  mc_text_printf(out, "%s", at);
  assert_false(out->failed);
}

static void expect_moved(const mc_document *document, const mc_claim *claim, const char *constant, const char *moved,
                         mc_verdict wanted) {
  mc_text text;
  mc_text_init(&text);
  write_moved(&text, document, claim, constant, moved);
  int verdict = settle_text(text.data, 20, NULL);
  if (verdict != (int)wanted)
    fail_msg("%s with %s for %s is %s, not %s", claim->block.id, moved, constant,
             verdict < 0 ? "in error" : mc_claim_verdict_name((mc_verdict)verdict), mc_claim_verdict_name(wanted));
  mc_text_clear(&text);
}

/* ---- Claims with ? ---- */

static bool mentions(const mc_expr *expr, const mc_expr *unknown) {
  bool found = expr == unknown;
  for (size_t i = 0; i < expr->count && !found; i++)
    found = mentions(expr->arguments[i], unknown);
  return found;
}

static direction falsehood(const mc_claim *claim) {
  for (size_t i = 0; i < claim->variable_count; i++) {
    if (claim->variables[i].upper == claim->unknown)
      return claim->exists ? DOWN : UP;
    if (claim->variables[i].lower == claim->unknown)
      return claim->exists ? UP : DOWN;
  }
  for (size_t i = 0; i < claim->body.count; i++) {
    const mc_comparison *c = &claim->body.comparisons[i];
    bool greater = c->relation == MC_RELATION_GE || c->relation == MC_RELATION_GT;
    if (mentions(c->right, claim->unknown))
      return greater ? UP : DOWN;
    if (mentions(c->left, claim->unknown))
      return greater ? DOWN : UP;
  }
  fail_msg("%s: no side of ? is known", claim->block.id);
  return EITHER;
}

/* 0.99 or 1.01 times the end of the enclosure on that side. */
static char *moved_bound(const mc_claim *claim, const mc_claim_result *r, direction way) {
  arf_t bound;
  fmpq_t value;
  arf_init(bound);
  fmpq_init(value);
  arf_set(bound, way == UP ? r->derived_upper : r->derived_lower);
  if (!arf_is_finite(bound) || arf_sgn(bound) <= 0)
    fail_msg("%s: the derived constant is not a positive number", claim->block.id);
  arf_mul_ui(bound, bound, way == UP ? 101 : 99, 300, ARF_RND_NEAR);
  arf_div_ui(bound, bound, 100, 60, way == UP ? ARF_RND_UP : ARF_RND_DOWN);
  arf_get_fmpq(value, bound);
  char *text = fmpq_get_str(NULL, 10, value);
  arf_clear(bound);
  fmpq_clear(value);
  return text;
}

static void move_derived(const mc_document *document, const mc_claim *claim) {
  mc_claim_result result;
  mc_claim_result_init(&result);
  mc_claim_settle(&result, document, claim, NULL);
  if (result.status != MC_OK || !result.has_derived || !result.expected)
    fail_msg("%s: %s", claim->block.id, result.message);
  direction wrong = falsehood(claim);
  for (direction way = DOWN; way <= UP; way++) {
    char *value = moved_bound(claim, &result, way);
    char moved[200];
    assert_true(snprintf(moved, sizeof moved, "(%s)", value) < (int)sizeof moved);
    expect_moved(document, claim, "?", moved, way == wrong ? MC_VERDICT_REFUTED : MC_VERDICT_PROVED);
    flint_free(value);
  }
  mc_claim_result_clear(&result);
}

/* ---- Claims cited as sharp ---- */

/* "sharp" as a word: not "sharpness". */
static bool says_sharp(const char *text) {
  static const char word[] = "sharp";
  for (const char *at = text; at && (at = strstr(at, word)); at += sizeof word - 1)
    if (!isalpha((unsigned char)at[sizeof word - 1]))
      return true;
  return false;
}

static void move_written(const mc_document *document, const mc_claim *claim) {
  size_t rows = 0;
  for (size_t i = 0; i < ROWS; i++) {
    if (strcmp(table[i].id, claim->block.id) != 0)
      continue;
    for (direction way = DOWN; way <= UP; way++) {
      bool wrong = table[i].falsehood == EITHER || table[i].falsehood == way;
      char moved[100];
      snprintf(moved, sizeof moved, "(%s*%s)", table[i].constant, factors[way]);
      expect_moved(document, claim, table[i].constant, moved, wrong ? MC_VERDICT_REFUTED : MC_VERDICT_PROVED);
    }
    rows++;
  }
  if (rows == 0)
    fail_msg("%s is cited as sharp and missing in the table", claim->block.id);
}

/* ---- All of spec/ ---- */

static void every_sharp_constant_flips_its_claim(void **state) {
  (void)state;
  char **files;
  size_t count, derived = 0, written = 0;
  mc_error e = {0};
  assert_int_equal(mc_run_spec_claims(&files, &count, MUONCERT_SOURCE_DIR "/spec", &e), MC_OK);
  for (size_t f = 0; f < count; f++) {
    mc_document *document;
    if (mc_lang_document_read(&document, files[f], &e) != MC_OK)
      fail_msg("%s: %s", files[f], e.text);
    for (size_t i = 0; i < mc_lang_claim_count(document); i++) {
      const mc_claim *claim = mc_lang_claim(document, i);
      bool sharp = says_sharp(claim->block.id) || (claim->block.cite && says_sharp(claim->block.cite));
      if (claim->unknown) {
        move_derived(document, claim);
        derived++;
      } else if (sharp && claim->expected == MC_EXPECT_PROVED) {
        move_written(document, claim);
        written++;
      }
    }
    mc_lang_document_free(document);
  }
  mc_run_spec_free(files, count);
  print_message("%zu claims with ?, %zu others cited as sharp\n", derived, written);
  assert_true(derived >= 39 && written >= 7);
}

/* What is not sharp does not flip, and the words that make a claim sharp are told from those that do not. */
static void a_loose_constant_is_noticed(void **state) {
  (void)state;
  static const char loose[] = "claim loose cite \"sharp\" forall x in [0, 1] : x*(1 - x) <= 0.26";
  mc_document *document;
  mc_error e = {0};
  mc_text text;
  assert_int_equal(mc_lang_document_parse(&document, "loose", loose, sizeof loose - 1, &e), MC_OK);
  mc_text_init(&text);
  write_moved(&text, document, mc_lang_claim(document, 0), "0.26", "(0.26*0.99)");
  assert_string_equal(text.data, "forall x in [0, 1] : x*(1 - x) <= (0.26*0.99)");
  assert_int_equal(settle_text(text.data, 20, NULL), MC_VERDICT_PROVED);
  mc_text_clear(&text);
  mc_lang_document_free(document);
  assert_true(says_sharp("S1.L2.a-sharp") && says_sharp("S2.L1, sharp: [1/q, 1]") && says_sharp("sharpness, sharp"));
  assert_false(says_sharp("S4.3: sharpness 2 s"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_sharp_constant_flips_its_claim),
      cmocka_unit_test(a_loose_constant_is_noticed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
