#include "campaign.h"

#include <string.h>

const char *mc_run_version(void) {
  return MUONCERT_VERSION;
}

/* ---- Words ---- */

static const char *const document_verdicts[] = {
    [MC_EXIT_EXPECTED] = "expected", [MC_EXIT_VIOLATED] = "violated", [MC_EXIT_UNDECIDED] = "undecided",
    [MC_EXIT_USAGE] = "error",       [MC_EXIT_CRASHED] = "crashed",
};
enum { DOCUMENT_VERDICTS = sizeof document_verdicts / sizeof document_verdicts[0] };

typedef struct {
  const char *list;        /* name of the list in a document */
  const char *expected;    /* the verdict that an entry should have unless it says otherwise */
  const char *verdicts[8]; /* all words that an entry's verdict may be */
} kind;

static const kind kinds[] = {
    {"claims", "proved", {"proved", "refuted", "undecided", "error"}},
    {"theorems", "proved", {"proved", "changed", "error"}},
    {"campaigns", "holds", {"holds", "violated", "undecided", "error"}},
    {"audits", "conforms", {"conforms", "wrong", "suspicious", "undecided", "crashed", "hung", "error"}},
    {"laws", "holds", {"holds", "violated", "undecided", "error"}},
    {"certificates", "accepted", {"accepted", "refused", "error"}},
};

static const struct {
  const char *command, *list;
} lists[] = {
    {"claims", "claims"},   {"prove", "claims"},       {"campaign", "campaigns"}, {"campaigns", "campaigns"},
    {"audit", "audits"},    {"audits", "audits"},      {"proofs", "functions"},   {"theorems", "theorems"},
    {"mutants", "mutants"}, {"check", "certificates"},
};

const char *mc_run_list_of(const char *command) {
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
    if (strcmp(lists[i].command, command) == 0)
      return lists[i].list;
  return NULL;
}

static const char *text_of(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* ---- Judging entries ---- */

/* What a verdict deserves that is not the expected one. */
static mc_exit unexpected_exit(const char *verdict) {
  if (strcmp(verdict, "undecided") == 0)
    return MC_EXIT_UNDECIDED;
  if (strcmp(verdict, "error") == 0)
    return MC_EXIT_USAGE;
  if (strcmp(verdict, "crashed") == 0 || strcmp(verdict, "hung") == 0)
    return MC_EXIT_CRASHED;
  return MC_EXIT_VIOLATED;
}

static bool is_verdict_of(const kind *k, const char *word) {
  for (size_t i = 0; k->verdicts[i]; i++)
    if (strcmp(k->verdicts[i], word) == 0)
      return true;
  return false;
}

/* A campaign's counts must carry its verdict: violated if any trial is, and holds only if they say so. */
static bool campaign_contradicts_itself(const json_t *item, const char *verdict) {
  json_int_t trials = json_integer_value(json_object_get(item, "trials"));
  json_int_t met = json_integer_value(json_object_get(item, "met"));
  json_int_t holds = json_integer_value(json_object_get(item, "holds"));
  json_int_t violated = json_integer_value(json_object_get(item, "violated"));
  json_int_t undecided = json_integer_value(json_object_get(item, "undecided"));
  if (holds < 0 || violated < 0 || undecided < 0 || met > trials || holds + violated > met)
    return true;
  const char *deserved = mc_run_campaign_entry_verdict(item);
  if (strcmp(verdict, "holds") == 0)
    return strcmp(deserved, "holds") != 0;
  return (violated > 0) != (strcmp(verdict, "violated") == 0) && strcmp(verdict, "error") != 0;
}

static mc_exit function_exit(const json_t *item) {
  const json_t *goals = json_object_get(item, "goals"), *valid = json_object_get(item, "valid");
  if (!json_is_integer(goals) || !json_is_integer(valid))
    return MC_EXIT_USAGE;
  json_int_t all = json_integer_value(goals), good = json_integer_value(valid);
  if (good < 0 || good > all)
    return MC_EXIT_USAGE;
  return all > 0 && good == all ? MC_EXIT_EXPECTED : MC_EXIT_UNDECIDED; /* not proved is not disproved */
}

/* A planted bug must be noticed, or be none: the output of a correct kernel, bit for bit. */
static mc_exit mutant_exit(const json_t *item) {
  const json_t *killed = json_object_get(item, "killed"), *equivalent = json_object_get(item, "equivalent");
  if (!json_is_boolean(killed) || !json_is_boolean(equivalent))
    return MC_EXIT_USAGE;
  return json_is_true(killed) || json_is_true(equivalent) ? MC_EXIT_EXPECTED : MC_EXIT_UNDECIDED;
}

mc_exit mc_run_item_exit(const char *list, const json_t *item) {
  if (strcmp(list, "mutants") == 0)
    return mutant_exit(item);
  if (strcmp(list, "functions") == 0)
    return function_exit(item);
  const char *verdict = text_of(item, "verdict"), *expected = text_of(item, "expected");
  for (size_t i = 0; verdict && i < sizeof kinds / sizeof kinds[0]; i++) {
    if (strcmp(kinds[i].list, list) != 0)
      continue;
    if (!is_verdict_of(&kinds[i], verdict))
      break;
    if (strcmp(list, "campaigns") == 0 && campaign_contradicts_itself(item, verdict))
      break;
    return strcmp(verdict, expected ? expected : kinds[i].expected) == 0 ? MC_EXIT_EXPECTED : unexpected_exit(verdict);
  }
  return MC_EXIT_USAGE;
}

/* ---- Judging documents ---- */

/* The members that hold entries, and the document they are in: a merged document keeps a proof record whole, as
 * "proofs". */
static const json_t *find_list(const json_t *document, const char *list) {
  const json_t *own = json_object_get(document, list);
  return own ? own : json_object_get(json_object_get(document, "proofs"), list);
}

static const char *const all_lists[] = {"functions", "theorems", "claims",  "campaigns",
                                        "audits",    "laws",     "mutants", "certificates"};
enum { LISTS = sizeof all_lists / sizeof all_lists[0] };

mc_exit mc_run_verdict_exit(const json_t *object) {
  const char *verdict = text_of(object, "verdict");
  for (size_t i = 0; verdict && i < DOCUMENT_VERDICTS; i++)
    if (strcmp(document_verdicts[i], verdict) == 0)
      return (mc_exit)i;
  return MC_EXIT_USAGE;
}

mc_exit mc_run_exit(const json_t *document) {
  mc_exit worst = json_object_get(document, "verdict") ? mc_run_verdict_exit(document) : MC_EXIT_EXPECTED;
  size_t entries = 0, i;
  const json_t *entry;
  for (size_t k = 0; k < LISTS; k++)
    json_array_foreach(find_list(document, all_lists[k]), i, entry) {
      worst = mc_exit_worse(worst, mc_run_item_exit(all_lists[k], entry));
      entries++;
    }
  json_array_foreach(json_object_get(document, "parts"), i, entry) worst =
      mc_exit_worse(worst, mc_run_verdict_exit(entry));
  return entries > 0 ? worst : mc_exit_worse(worst, MC_EXIT_UNDECIDED);
}

void mc_run_stamp(json_t *document, const char *command, mc_exit exit_status, double seconds) {
  json_t *stamped =
      json_pack("{s:i s:o s:s s:s s:f}", "schema", MC_RUN_SCHEMA, "tool", json_sprintf("muoncert %s", mc_run_version()),
                "command", command, "verdict", document_verdicts[exit_status], "seconds", seconds);
  json_object_update_missing(stamped, document);
  json_t *basis = mc_run_basis(command, text_of(document, "what"));
  if (basis)
    json_object_set_new(stamped, "rests_on", basis);
  json_object_clear(document);
  json_object_update(document, stamped);
  json_decref(stamped);
}

mc_exit mc_run_mark_interrupted(json_t *document, mc_exit exit_status) {
  json_object_set_new(document, "interrupted", json_true());
  return mc_exit_worse(exit_status, MC_EXIT_UNDECIDED);
}

/* ---- Merging ---- */

/* One entry of parts[]: what a document says as a whole. */
static json_t *summarise(const json_t *document) {
  const char *command = text_of(document, "command"), *message = text_of(document, "message");
  const char *list = mc_run_list_of(command);
  const json_t *entries = json_object_get(document, list), *entry;
  json_int_t unexpected = 0, undecided = 0;
  size_t i;
  json_array_foreach(entries, i, entry) {
    mc_exit x = mc_run_item_exit(list, entry);
    undecided += x == MC_EXIT_UNDECIDED;
    unexpected += x != MC_EXIT_EXPECTED && x != MC_EXIT_UNDECIDED;
  }
  json_t *part =
      json_pack("{s:s s:s s:f s:I s:I s:I}", "command", command, "verdict", document_verdicts[mc_run_exit(document)],
                "seconds", json_number_value(json_object_get(document, "seconds")), "items",
                (json_int_t)json_array_size(entries), "unexpected", unexpected, "undecided", undecided);
  if (json_object_get(document, "rests_on"))
    json_object_set(part, "rests_on", json_object_get(document, "rests_on"));
  if (message)
    json_object_set_new(part, "message", json_string(message));
  else if (json_array_size(entries) == 0)
    json_object_set_new(part, "message", json_string("nothing was checked"));
  return part;
}

static mc_status take_proofs(json_t *merged, json_t *record, mc_error *e) {
  if (json_object_get(merged, "proofs"))
    return mc_fail(e, MC_BAD_INPUT, "two proof records; a report holds one");
  return json_object_set(merged, "proofs", record) == 0 ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

static void take_list(json_t *merged, const json_t *document, const char *list) {
  json_t *to = json_object_get(merged, list);
  if (!to && json_object_get(document, list))
    json_object_set_new(merged, list, to = json_array());
  json_array_extend(to, json_object_get(document, list));
}

static mc_status take_document(json_t *merged, const json_t *document, mc_error *e) {
  const char *command = text_of(document, "command");
  json_t *parts = json_object_get(merged, "parts"), *proofs = json_object_get(document, "proofs");
  for (size_t k = 0; k < LISTS; k++)
    if (strcmp(all_lists[k], "functions") != 0)
      take_list(merged, document, all_lists[k]);
  take_list(merged, document, "rules"); /* of others, beside the planted bugs */
  if (json_object_get(document, "false_alarms"))
    json_object_set(merged, "false_alarms", json_object_get(document, "false_alarms"));
  if (json_is_true(json_object_get(document, "interrupted")))
    json_object_set_new(merged, "interrupted", json_true());
  if (json_object_get(document, "parts")) {
    json_array_extend(parts, json_object_get(document, "parts"));
    return proofs ? take_proofs(merged, proofs, e) : MC_OK;
  }
  if (!command || !mc_run_list_of(command))
    return mc_fail(e, MC_BAD_INPUT, "a document of the command '%s' holds no verdicts", command ? command : "");
  json_array_append_new(parts, summarise(document));
  return strcmp(command, "proofs") == 0 ? take_proofs(merged, (json_t *)document, e) : MC_OK;
}

static json_t *merge(const char *command, const json_t *const *documents, size_t count, mc_error *e) {
  json_t *merged = json_pack("{s:[]}", "parts");
  double seconds = 0;
  mc_exit worst = MC_EXIT_EXPECTED;
  for (size_t i = 0; i < count; i++) {
    worst = mc_exit_worse(worst, mc_run_exit(documents[i]));
    seconds += json_number_value(json_object_get(documents[i], "seconds"));
    if (take_document(merged, documents[i], e) != MC_OK) {
      json_decref(merged);
      return NULL;
    }
  }
  if (count == 1 && json_object_get(documents[0], "parts"))
    json_object_update_missing(merged, (json_t *)documents[0]);
  mc_run_stamp(merged, command, mc_exit_worse(worst, mc_run_exit(merged)), seconds);
  return merged;
}

json_t *mc_run_merge(const char *command, const json_t *const *documents, size_t count, mc_error *e) {
  json_t **joined = mc_alloc(count + 1, sizeof(json_t *)), *merged = NULL;
  size_t joined_count = 0;
  if (!joined)
    mc_fail(e, MC_NO_MEMORY, "out of memory");
  else if (mc_run_campaigns_join(joined, &joined_count, documents, count, e) == MC_OK)
    merged = merge(command, (const json_t *const *)joined, joined_count, e);
  while (joined_count > 0)
    json_decref(joined[--joined_count]);
  mc_free(joined);
  return merged;
}
