/* Certificates as a whole: the text, the verdict, the bounds of ?. */
#include "check.h"

#include <string.h>

#include "evidence.h"

typedef struct {
  mc_check_result *result;
  mc_document *document;
  const mc_claim *claim;
  mc_deadline deadline;
  mc_error error;
} checking;

void mc_check_result_init(mc_check_result *result) {
  memset(result, 0, sizeof *result);
  fmpq_init(result->lower);
  fmpq_init(result->upper);
}

void mc_check_result_clear(mc_check_result *result) {
  fmpq_clear(result->lower);
  fmpq_clear(result->upper);
}

static bool refuse(checking *c, const char *why) {
  if (!*c->error.text)
    mc_fail(&c->error, MC_BAD_INPUT, "%s", why);
  return false;
}

/* ---- The claim ---- */

/* The claim of the certificate's text, which must be the whole text. */
static bool read_claim(checking *c, const json_t *certificate, const char *text) {
  const char *own = json_string_value(json_object_get(certificate, "text"));
  if (!json_is_integer(json_object_get(certificate, "certificate")) ||
      json_integer_value(json_object_get(certificate, "certificate")) != MC_CHECK_VERSION)
    return refuse(c, "not a certificate of this version");
  if (!own)
    return refuse(c, "the text of the claim is missing");
  if (text && strcmp(own, text) != 0)
    return refuse(c, "a certificate for another claim");
  if (mc_lang_document_parse(&c->document, "text", own, strlen(own), &c->error) != MC_OK)
    return false;
  if (mc_lang_claim_count(c->document) != 1)
    return refuse(c, "the text does not state one claim");
  c->claim = mc_lang_claim(c->document, 0);
  snprintf(c->result->statement, sizeof c->result->statement, "%s", c->claim->block.statement);
  const char *statement = json_string_value(json_object_get(certificate, "statement"));
  if (!statement || strcmp(statement, c->claim->block.statement) != 0)
    return refuse(c, "the statement is not that of the text");
  return true;
}

static mc_evidence_task new_task(checking *c, const fmpq *unknown) {
  return (mc_evidence_task){
      .claim = c->claim, .unknown = unknown, .deadline = c->deadline, .boxes = &c->result->boxes, .error = &c->error};
}

/* ---- Bounds of ? ---- */

static bool mentions_unknown(const mc_expr *x) {
  if (x->kind == MC_EXPR_UNKNOWN)
    return true;
  for (size_t i = 0; i < x->count; i++)
    if (mentions_unknown(x->arguments[i]))
      return true;
  return false;
}

/* ? as an end: a claim about all points is true of smaller intervals too, one about some point of larger ones. */
static bool end_is_monotone(const checking *c, const fmpq_t good, const fmpq_t bad) {
  for (size_t i = 0; i < c->claim->variable_count; i++) {
    const mc_quantified *q = &c->claim->variables[i];
    if (q->upper->kind == MC_EXPR_UNKNOWN)
      return fmpq_cmp(good, bad) < 0 ? !c->claim->exists : c->claim->exists;
    if (q->lower->kind == MC_EXPR_UNKNOWN)
      return fmpq_cmp(good, bad) > 0 ? !c->claim->exists : c->claim->exists;
  }
  return false;
}

/* Does the interval that ends at the value have points?  Both values must lie on the same side of the other end. */
static bool interval_has_points(const checking *c, const fmpq_t value) {
  bool points = true;
  fmpq_t end;
  fmpq_init(end);
  for (size_t i = 0; i < c->claim->variable_count; i++) {
    const mc_quantified *q = &c->claim->variables[i];
    if (q->upper->kind == MC_EXPR_UNKNOWN)
      points = mc_lang_expr_exact(end, q->lower, NULL, NULL, NULL) == MC_OK && fmpq_cmp(end, value) < 0;
    else if (q->lower->kind == MC_EXPR_UNKNOWN)
      points = mc_lang_expr_exact(end, q->upper, NULL, NULL, NULL) == MC_OK && fmpq_cmp(value, end) < 0;
  }
  fmpq_clear(end);
  return points;
}

/* ? in the conclusion: each comparison's margin must be monotone in it, in the direction from bad to good. */
static bool body_is_monotone(checking *c, const json_t *slopes, const fmpq_t good, const fmpq_t bad) {
  size_t mentioned = 0;
  for (size_t i = 0; i < c->claim->body.count; i++) {
    const mc_comparison *x = &c->claim->body.comparisons[i];
    char name[24];
    if (!mentions_unknown(x->left) && !mentions_unknown(x->right))
      continue;
    mentioned++;
    snprintf(name, sizeof name, "%zu", i);
    mc_claim statement = *c->claim;
    statement.exists = false;
    mc_evidence_task task = new_task(c, NULL);
    task.claim = &statement;
    task.slope = true;
    task.comparison = i;
    task.rising = fmpq_cmp(good, bad) > 0;
    if (!mc_evidence_shows(&task, json_object_get(slopes, name), false))
      return refuse(c, "the claim is not shown to be monotone in ?");
  }
  return mentioned > 0;
}

static bool check_side(checking *c, fmpq_t value, const json_t *side, bool fails) {
  if (!mc_evidence_rational(value, json_object_get(side, "value")) || !interval_has_points(c, value))
    return refuse(c, "a side of the bracket without its value");
  mc_evidence_task task = new_task(c, value);
  return mc_evidence_shows(&task, json_object_get(side, "evidence"), fails);
}

/* The claim holds for one value of ? and fails for another, and is monotone: the best value lies between. */
static bool check_bracket(checking *c, const json_t *derived) {
  bool ok = false;
  fmpq_t good, bad;
  fmpq_init(good);
  fmpq_init(bad);
  if (json_is_object(derived) && check_side(c, good, json_object_get(derived, "holds"), false) &&
      check_side(c, bad, json_object_get(derived, "fails"), true)) {
    bool in_body = false;
    for (size_t i = 0; i < c->claim->body.count; i++)
      in_body = in_body || mentions_unknown(c->claim->body.comparisons[i].left) ||
                mentions_unknown(c->claim->body.comparisons[i].right);
    ok = !fmpq_equal(good, bad) &&
         (in_body ? body_is_monotone(c, json_object_get(derived, "slopes"), good, bad) : end_is_monotone(c, good, bad));
  }
  if (ok) {
    bool below = fmpq_cmp(good, bad) < 0;
    c->result->has_derived = true;
    fmpq_set(c->result->lower, below ? good : bad);
    fmpq_set(c->result->upper, below ? bad : good);
  }
  fmpq_clear(good);
  fmpq_clear(bad);
  return ok || refuse(c, "the bracket of ? is not shown");
}

/* `expect ? in [a, b]`: proved if the bracket lies in it, refuted if it lies beside it. */
static const char *verdict_of_bracket(const checking *c) {
  fmpq_t a, b;
  const char *verdict = "undecided";
  if (!c->claim->expected_lower)
    return "proved";
  fmpq_init(a);
  fmpq_init(b);
  if (mc_lang_expr_exact(a, c->claim->expected_lower, NULL, NULL, NULL) == MC_OK &&
      mc_lang_expr_exact(b, c->claim->expected_upper, NULL, NULL, NULL) == MC_OK) {
    if (fmpq_cmp(a, c->result->lower) <= 0 && fmpq_cmp(c->result->upper, b) <= 0)
      verdict = "proved";
    else if (fmpq_cmp(c->result->upper, a) < 0 || fmpq_cmp(b, c->result->lower) < 0)
      verdict = "refuted";
  }
  fmpq_clear(a);
  fmpq_clear(b);
  return verdict;
}

/* ---- The verdict ---- */

static bool check_verdict(checking *c, const json_t *certificate) {
  static const char *const words[] = {"proved", "refuted"};
  const char *verdict = json_string_value(json_object_get(certificate, "verdict"));
  const json_t *evidence = json_object_get(certificate, "evidence");
  bool refuted = verdict && strcmp(verdict, words[1]) == 0;
  if (!verdict || (!refuted && strcmp(verdict, words[0]) != 0))
    return refuse(c, "no verdict that a certificate can have");
  if (!json_is_object(evidence))
    return refuse(c, "there is no evidence");
  c->result->verdict = words[refuted];
  if (c->claim->unknown)
    return check_bracket(c, json_object_get(evidence, "derived")) &&
           (strcmp(verdict_of_bracket(c), verdict) == 0 || refuse(c, "the bracket of ? shows another verdict"));
  mc_evidence_task task = new_task(c, NULL);
  return mc_evidence_shows(&task, evidence, refuted);
}

void mc_check_certificate(mc_check_result *result, const json_t *certificate, const char *text, double seconds) {
  double start = mc_clock_seconds();
  checking c = {.result = result, .deadline = mc_deadline_in(seconds)};
  const char *id = json_string_value(json_object_get(certificate, "id"));
  snprintf(result->id, sizeof result->id, "%s", id ? id : "");
  result->accepted = read_claim(&c, certificate, text) && check_verdict(&c, certificate);
  if (!result->accepted) {
    refuse(&c, "the evidence does not show it"); /* where nothing else was said */
    if (mc_interrupt_requested())
      mc_fail(&c.error, MC_INTERRUPTED, "interrupted");
    else if (mc_deadline_passed(c.deadline)) /* which makes tests fail: what they say of the evidence is not so */
      mc_fail(&c.error, MC_UNDECIDED, "not checked within %g seconds", seconds);
    mc_error_format(result->message, sizeof result->message, &c.error);
  }
  mc_lang_document_free(c.document);
  result->seconds = mc_clock_seconds() - start;
}
