/* Claims: instances over integer ranges, results. */
#include "settle.h"

#include <string.h>

enum { MOST_INSTANCES = 100000 };
#define DEFAULT_SECONDS 20

const char *mc_claim_verdict_name(mc_verdict verdict) {
  static const char *const names[] = {"proved", "refuted", "undecided"};
  return names[verdict];
}

void mc_claim_result_init(mc_claim_result *result) {
  memset(result, 0, sizeof *result);
  result->verdict = MC_VERDICT_UNDECIDED;
  arf_init(result->derived_lower);
  arf_init(result->derived_upper);
}

void mc_claim_result_clear(mc_claim_result *result) {
  for (size_t i = 0; i < result->witness_count; i++)
    fmpq_clear(result->witness + i);
  mc_free(result->witness);
  json_decref(result->place);
  json_decref(result->evidence);
  arf_clear(result->derived_lower);
  arf_clear(result->derived_upper);
}

/* ---- Instances: one value for each integer variable ---- */

static void integer_end(fmpq_t x, const mc_expr *end) {
  if (mc_lang_expr_exact(x, end, NULL, NULL, NULL) != MC_OK)
    fmpq_zero(x); /* the parser has seen to it that this is a whole number */
}

/* Count the integers up like an odometer; false after the last combination. */
static bool next_instance(fmpq *integers, const mc_claim *claim) {
  fmpq_t end;
  fmpq_init(end);
  for (size_t i = claim->variable_count; i-- > 0;) {
    if (!claim->variables[i].integer)
      continue;
    fmpq_add_si(integers + i, integers + i, 1);
    integer_end(end, claim->variables[i].upper);
    if (fmpq_cmp(integers + i, end) <= 0) {
      fmpq_clear(end);
      return true;
    }
    integer_end(integers + i, claim->variables[i].lower);
  }
  fmpq_clear(end);
  return false;
}

static mc_status settle_instance(mc_verdict *verdict, mc_witness *witness, json_t **evidence, uint64_t *boxes,
                                 const mc_settling *s, const mc_claim *claim, const mc_instance *instance,
                                 mc_error *e) {
  mc_tape *tape;
  mc_status status = mc_tape_new(&tape, s->document, claim, instance, e);
  *verdict = MC_VERDICT_UNDECIDED;
  *evidence = NULL;
  if (status == MC_UNDECIDED)
    return MC_OK;
  if (status != MC_OK)
    return status;
  mc_search_task task = {s->document, claim, instance, s->deadline, s->threads, s->recording};
  status = mc_search_settle(verdict, witness, evidence, boxes, tape, &task, e);
  mc_tape_free(tape);
  return status;
}

static json_t *integers_json(const mc_claim *claim, const fmpq *integers) {
  json_t *object = json_object();
  for (size_t i = 0; i < claim->variable_count; i++)
    if (claim->variables[i].integer) {
      char *text = fmpq_get_str(NULL, 10, integers + i);
      json_object_set_new(object, claim->variables[i].name, json_string(text));
      flint_free(text);
    }
  return object;
}

static json_t *witness_json(const mc_claim *claim, const mc_witness *w) {
  json_t *object = json_object();
  for (size_t i = 0; i < claim->variable_count; i++) {
    char *text = fmpq_get_str(NULL, 10, w->values + i);
    json_object_set_new(object, claim->variables[i].name, json_string(text));
    flint_free(text);
  }
  return object;
}

/* What speaks for a verdict that one instance decides. */
static json_t *decisive_evidence(const mc_claim *claim, const mc_instance *instance, const mc_witness *witness,
                                 json_t *found) {
  if (witness->found)
    return json_pack("{s:o}", "witness", witness_json(claim, witness));
  if (found)
    json_object_set_new(found, "integers", integers_json(claim, instance->integers));
  return json_incref(found);
}

typedef struct {
  const mc_settling *settling;
  const mc_claim *claim;
  fmpq *integers;
  json_t *instances; /* where recording; NULL once one has no evidence */
  bool undecided;
} counting;

/* Is the whole settled without a further instance?  The reason is an error of status MC_UNDECIDED. */
static bool must_stop(counting *c, size_t seen, mc_error *e) {
  if (seen >= MOST_INSTANCES)
    mc_fail(e, MC_UNDECIDED, "more than %d combinations of integers", MOST_INSTANCES);
  else if (seen > 0 && (mc_deadline_passed(c->settling->deadline) || mc_interrupt_requested()))
    /* Each search keeps the limit, but its first samples take their time. */
    mc_fail(e, MC_UNDECIDED, "%s after %zu combinations of integers",
            mc_interrupt_requested() ? "interrupted" : "time limit reached", seen);
  else
    return false;
  c->undecided = true;
  return true;
}

/* Keep the boxes of one instance. */
static void keep_instance(counting *c, json_t *found) {
  if (!c->instances)
    return;
  if (found) {
    json_object_set_new(found, "integers", integers_json(c->claim, c->integers));
    json_array_append(c->instances, found);
  } else {
    json_decref(c->instances);
    c->instances = NULL;
  }
}

mc_status mc_settle_at(mc_verdict *verdict, mc_witness *witness, json_t **evidence, uint64_t *boxes,
                       const mc_settling *s, const mc_claim *claim, const fmpq *unknown, mc_error *e) {
  size_t n = claim->variable_count, seen = 0;
  mc_verdict decisive = claim->exists ? MC_VERDICT_PROVED : MC_VERDICT_REFUTED, one = MC_VERDICT_UNDECIDED;
  counting c = {s, claim, mc_alloc(n + 1, sizeof *c.integers), s->recording ? json_array() : NULL, false};
  mc_status status = MC_OK;
  json_t *found = NULL, *kept = NULL;
  *verdict = MC_VERDICT_UNDECIDED;
  if (!c.integers)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < n; i++) {
    fmpq_init(c.integers + i);
    if (claim->variables[i].integer)
      integer_end(c.integers + i, claim->variables[i].lower);
  }
  mc_instance instance = {c.integers, unknown};
  while (!must_stop(&c, seen++, e)) {
    status = settle_instance(&one, witness, &found, boxes, s, claim, &instance, e);
    c.undecided = c.undecided || one == MC_VERDICT_UNDECIDED;
    if (status == MC_OK && one == decisive && s->recording)
      kept = decisive_evidence(claim, &instance, witness, found);
    else
      keep_instance(&c, found);
    json_decref(found);
    if (status != MC_OK || one == decisive || !next_instance(c.integers, claim))
      break;
  }
  if (status == MC_OK && one == decisive)
    *verdict = decisive;
  else if (status == MC_OK && !c.undecided) {
    *verdict = claim->exists ? MC_VERDICT_REFUTED : MC_VERDICT_PROVED;
    if (c.instances)
      kept = json_pack("{s:O}", "instances", c.instances);
  }
  if (evidence)
    *evidence = json_incref(kept);
  json_decref(kept);
  json_decref(c.instances);
  for (size_t i = 0; i < n; i++)
    fmpq_clear(c.integers + i);
  mc_free(c.integers);
  return status;
}

/* ---- Results ---- */

/* What is reported has been re-evaluated exactly. */
static void take_witness(mc_claim_result *result, mc_witness *w, const mc_claim *claim) {
  result->place = json_incref(w->place);
  if (!w->found || !mc_witness_check(w, claim, true))
    return;
  result->witness = mc_alloc(w->count + 1, sizeof *result->witness);
  if (!result->witness)
    return;
  result->has_witness = true;
  result->witness_exact = w->exact;
  result->witness_count = w->count;
  for (size_t i = 0; i < w->count; i++) {
    fmpq_init(result->witness + i);
    fmpq_set(result->witness + i, w->values + i);
  }
}

static void settle_plain(mc_claim_result *result, const mc_settling *s, const mc_claim *claim, mc_error *e) {
  mc_witness witness;
  result->status = mc_witness_init(&witness, claim->variable_count, e);
  if (result->status == MC_OK)
    result->status = mc_settle_at(&result->verdict, &witness, s->recording ? &result->evidence : NULL, &result->boxes,
                                  s, claim, NULL, e);
  if (result->status == MC_OK && result->verdict != MC_VERDICT_UNDECIDED)
    take_witness(result, &witness, claim);
  mc_witness_clear(&witness);
}

void mc_claim_settle(mc_claim_result *result, const mc_document *document, const mc_claim *claim,
                     const mc_claim_options *options) {
  double start = mc_clock_seconds(), limit = options && options->seconds > 0 ? options->seconds : DEFAULT_SECONDS;
  mc_settling s = {document, mc_deadline_in(limit), options ? options->threads : 0, options && options->recording};
  mc_error e = {0};
  static const mc_verdict wanted[] = {MC_VERDICT_PROVED, MC_VERDICT_REFUTED, MC_VERDICT_UNDECIDED};
  if (claim->unknown)
    mc_settle_derive(result, &s, claim, &e);
  else
    settle_plain(result, &s, claim, &e);
  if (result->status != MC_OK)
    result->verdict = MC_VERDICT_UNDECIDED;
  if (result->status != MC_OK || result->verdict == MC_VERDICT_UNDECIDED)
    mc_error_format(result->message, sizeof result->message, &e);
  result->expected = result->status == MC_OK && result->verdict == wanted[claim->expected];
  result->seconds = mc_clock_seconds() - start;
}
