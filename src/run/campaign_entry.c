/* Entries of campaigns[]: what is known of a run, such that a later run goes on from it and shares of a run add up. */
#include "campaign.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../ball/ball.h"

static const char *const expectations[] = {"holds", "violated", "undecided"};
static const char *const trial_verdicts[] = {"violated", "undecided", "holds"};
enum { TRIAL_VERDICTS = sizeof trial_verdicts / sizeof trial_verdicts[0] };

static uint64_t count_of(const json_t *entry, const char *name) {
  return (uint64_t)json_integer_value(json_object_get(entry, name));
}

static void set_count(json_t *entry, const char *name, uint64_t value) {
  json_object_set_new(entry, name, json_integer((json_int_t)value));
}

/* ---- Numbers ---- */

#define DIGITS 12

static json_t *enclosure_json(const arb_t x) {
  char *lo, *hi;
  if (mc_ball_bounds_text(&lo, &hi, x, DIGITS, NULL) != MC_OK)
    return NULL;
  json_t *enclosure = json_pack("{s:s s:s}", "lo", lo, "hi", hi);
  mc_free(lo);
  mc_free(hi);
  return enclosure;
}

static json_t *margin_json(const mc_prop_outcome *outcome) {
  arb_t x;
  arf_t lower, upper;
  arb_init(x);
  arf_init(lower);
  arf_init(upper);
  arf_set_d(lower, outcome->margin_lower);
  arf_set_d(upper, outcome->margin_upper);
  arb_set_interval_arf(x, lower, upper, (slong)2 * MC_PROP_PRECISION);
  json_t *margin = enclosure_json(x);
  arb_clear(x);
  arf_clear(lower);
  arf_clear(upper);
  return margin;
}

/* ---- Replay lines and witnesses ---- */

/* 'text' for a shell. */
static void append_quoted(mc_text *out, const char *text) {
  mc_text_printf(out, "'");
  for (; *text; text++)
    if (*text == '\'')
      mc_text_printf(out, "'\\''");
    else
      mc_text_append(out, text, 1);
  mc_text_printf(out, "'");
}

static json_t *replay_json(const mc_campaign *c, const mc_prop_case *worst) {
  mc_text line, text;
  mc_text_init(&line);
  mc_text_init(&text);
  mc_prop_case_format(&text, worst);
  mc_text_printf(&line, "muoncert campaign %s --file ", c->block.id);
  append_quoted(&line, c->block.file);
  mc_text_printf(&line, " --replay ");
  append_quoted(&line, text.failed ? "" : text.data);
  json_t *replay = line.failed || text.failed ? NULL : json_string(line.data);
  mc_text_clear(&line);
  mc_text_clear(&text);
  return replay;
}

/* Rows of hexadecimal floats. */
static json_t *matrix_json(const mc_prop_matrix *a) {
  json_t *rows = json_array();
  for (size_t i = 0; i < a->rows; i++) {
    json_t *row = json_array();
    for (size_t j = 0; j < a->columns; j++)
      json_array_append_new(row, json_sprintf("%a", a->entries[i * a->columns + j]));
    json_array_append_new(rows, row);
  }
  return rows;
}

json_t *mc_run_campaign_witness(const mc_prop_plan *plan, const mc_prop_case *c) {
  mc_prop_instance x = {0};
  mc_prop_outcome outcome;
  json_t *quantities = json_object(), *matrices = json_object();
  arb_ptr q = _arb_vec_init((slong)plan->property->count);
  if (mc_prop_judge(&outcome, q, &x, plan, c, NULL) == MC_OK)
    for (size_t i = 0; i < plan->property->count; i++)
      json_object_set_new(quantities, plan->property->quantities[i], enclosure_json(q + i));
  for (size_t i = 0; i < x.count; i++)
    json_object_set_new(matrices, x.matrices[i].name, matrix_json(&x.matrices[i]));
  mc_prop_instance_clear(&x);
  _arb_vec_clear(q, (slong)plan->property->count);
  return json_pack("{s:o s:o}", "quantities", quantities, "matrices", matrices);
}

/* ---- Verdicts ---- */

/* Trials that the run of this entry is to make: of a share, its part. */
static uint64_t wanted(const json_t *entry) {
  const json_t *planned = json_object_get(entry, "planned"), *share = json_object_get(entry, "share");
  uint64_t total = planned ? (uint64_t)json_integer_value(planned) : count_of(entry, "trials");
  const mc_prop_plan plan = {
      .trials = total, .share = (unsigned)count_of(share, "index"), .shares = (unsigned)count_of(share, "of")};
  return share ? mc_prop_plan_share(&plan) : total;
}

/* Trials that must meet the hypotheses: of a share, its part.  Nothing holds of nothing. */
static uint64_t required(const json_t *entry) {
  uint64_t all = count_of(entry, "required"), total = count_of(entry, "planned");
  uint64_t own = json_object_get(entry, "share") && total > 0 ? all * wanted(entry) / total : all;
  return own > 0 ? own : 1;
}

static bool too_few_met(const json_t *entry) {
  return count_of(entry, "met") < required(entry);
}

const char *mc_run_campaign_entry_verdict(const json_t *entry) {
  if (count_of(entry, "violated") > 0)
    return "violated";
  bool open = count_of(entry, "undecided") > 0 || count_of(entry, "trials") < wanted(entry) || too_few_met(entry);
  return open ? "undecided" : "holds";
}

/* Why a campaign without a violation does not hold; NULL where the counts say it. */
static json_t *message_of(const json_t *entry) {
  unsigned long long trials = count_of(entry, "trials"), all = wanted(entry), met = count_of(entry, "met");
  const char *stopped = json_string_value(json_object_get(entry, "stopped"));
  if (trials < all)
    return json_sprintf("stopped after %llu of %llu trials: %s", trials, all, stopped ? stopped : "not all were run");
  if (count_of(entry, "violated") == 0 && count_of(entry, "undecided") == 0 && too_few_met(entry))
    return json_sprintf("only %llu of %llu trials met the hypotheses, and %llu were to", met, trials,
                        (unsigned long long)required(entry));
  return NULL;
}

void mc_run_campaign_entry_conclude(json_t *entry) {
  json_t *message = message_of(entry);
  json_object_set_new(entry, "verdict", json_string(mc_run_campaign_entry_verdict(entry)));
  json_object_del(entry, "message");
  if (message)
    json_object_set_new(entry, "message", message);
  if (count_of(entry, "trials") >= wanted(entry))
    json_object_del(entry, "stopped");
}

/* ---- Entries ---- */

json_t *mc_run_share_json(unsigned share, unsigned shares) {
  return json_pack("{s:i s:i}", "index", (int)share, "of", (int)shares);
}

json_t *mc_run_campaign_entry_new(const mc_campaign *c, const mc_run_campaign_plan *p) {
  json_t *entry = json_pack("{s:s s:s s:i s:s s:s}", "id", c->block.id, "file", c->block.file, "line",
                            (int)c->block.line, "expected", expectations[c->expected], "statement", c->block.statement);
  if (c->hypothesis)
    json_object_set_new(entry, "hypothesis", json_string(c->hypothesis));
  if (c->block.cite)
    json_object_set_new(entry, "cite", json_string(c->block.cite));
  if (p && p->fingerprint) {
    json_object_set_new(entry, "plan", json_sprintf("0x%016" PRIx64, p->fingerprint));
    set_count(entry, "planned", mc_prop_plan_total(&p->plan));
    set_count(entry, "required", p->required);
    set_count(entry, "corpus", p->plan.corpus_count);
  }
  if (p && p->fingerprint && p->plan.shares)
    json_object_set_new(entry, "share", mc_run_share_json(p->plan.share, p->plan.shares));
  return entry;
}

typedef struct {
  const char *name;
  size_t offset;
} member;

static const member counts[] = {
    {"trials", offsetof(mc_prop_tally, trials)},       {"met", offsetof(mc_prop_tally, met)},
    {"holds", offsetof(mc_prop_tally, holds)},         {"violated", offsetof(mc_prop_tally, violated)},
    {"undecided", offsetof(mc_prop_tally, undecided)}, {"missed", offsetof(mc_prop_tally, missed)},
    {"unclear", offsetof(mc_prop_tally, unclear)}};
enum { COUNTS = sizeof counts / sizeof counts[0] };

void mc_run_campaign_entry_set_counts(json_t *entry, const mc_prop_tally *tally) {
  for (size_t i = 0; i < COUNTS; i++)
    set_count(entry, counts[i].name, *(const uint64_t *)(const void *)((const char *)tally + counts[i].offset));
  mc_run_campaign_series_set(entry, tally);
}

/* The worst trial as it was run; margin and replay line may be those of what it was shrunk to. */
static json_t *worst_json(const mc_prop_tally *tally) {
  return json_pack("{s:I s:s s:i s:o s:o}", "trial", (json_int_t)tally->worst, "verdict",
                   trial_verdicts[tally->grade.verdict], "precision", (int)tally->grade.precision, "least",
                   json_sprintf("%a", tally->grade.margin_lower), "most",
                   json_sprintf("%a", tally->grade.margin_upper));
}

void mc_run_campaign_entry_set(json_t *entry, const mc_campaign *c, const mc_prop_tally *tally,
                               const mc_prop_case *worst, const mc_prop_outcome *outcome) {
  mc_run_campaign_entry_set_counts(entry, tally);
  if (tally->met > 0) {
    json_object_set_new(entry, "worst", worst_json(tally));
    json_object_set_new(entry, "margin", margin_json(outcome));
    json_object_set_new(entry, "replay", replay_json(c, worst));
  }
  mc_run_campaign_entry_conclude(entry);
}

void mc_run_campaign_entry_fail(json_t *entry, const mc_error *why) {
  char text[1024];
  mc_error_format(text, sizeof text, why);
  text[strcspn(text, "\n")] = '\0'; /* the first line; the rest shows the source */
  json_object_set_new(entry, "verdict", json_string("error"));
  json_object_set_new(entry, "message", json_string(text));
  mc_run_campaign_entry_set_counts(entry, &(mc_prop_tally){0});
}

static bool read_double(double *x, const json_t *object, const char *name) {
  const char *text = json_string_value(json_object_get(object, name));
  char *end;
  *x = text ? strtod(text, &end) : NAN;
  return text && end != text && *end == '\0' && !isnan(*x);
}

static bool get_worst(mc_prop_tally *tally, const json_t *worst) {
  const char *verdict = json_string_value(json_object_get(worst, "verdict"));
  size_t k = 0;
  while (verdict && k < TRIAL_VERDICTS && strcmp(trial_verdicts[k], verdict) != 0)
    k++;
  if (!verdict || k == TRIAL_VERDICTS)
    return false;
  tally->worst = count_of(worst, "trial");
  tally->grade.verdict = (mc_trial_verdict)k;
  tally->grade.precision = (slong)count_of(worst, "precision");
  return read_double(&tally->grade.margin_lower, worst, "least") &&
         read_double(&tally->grade.margin_upper, worst, "most");
}

bool mc_run_campaign_entry_get(mc_prop_tally *tally, const json_t *entry) {
  *tally = (mc_prop_tally){0};
  for (size_t i = 0; i < COUNTS; i++)
    *(uint64_t *)(void *)((char *)tally + counts[i].offset) = count_of(entry, counts[i].name);
  return json_object_get(entry, "planned") && tally->met == tally->holds + tally->violated + tally->undecided &&
         tally->trials == tally->met + tally->missed + tally->unclear && tally->trials <= wanted(entry) &&
         (tally->met == 0 || get_worst(tally, json_object_get(entry, "worst"))) &&
         mc_run_campaign_series_get(tally, entry);
}

void mc_run_campaigns_summarise(json_t *document) {
  const json_t *campaigns = json_object_get(document, "campaigns"), *entry;
  json_t *summary = json_pack("{s:I}", "campaigns", (json_int_t)json_array_size(campaigns));
  for (size_t k = 0; k < COUNTS; k++) {
    uint64_t sum = 0;
    size_t i;
    json_array_foreach(campaigns, i, entry) sum += count_of(entry, counts[k].name);
    set_count(summary, counts[k].name, sum);
  }
  json_object_set_new(document, "summary", summary);
}
