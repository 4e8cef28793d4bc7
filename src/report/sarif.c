/* SARIF 2.1.0 (OASIS), for viewers that show results beside the lines that they are about. */
#include "report.h"

#include <string.h>

#include "../run/run.h"
#include "facts.h"

static const char *level_of(mc_exit x) {
  return x == MC_EXIT_UNDECIDED ? "warning" : "error";
}

/* A path as a relative or file: URI reference. */
static json_t *uri_of(const char *path) {
  mc_text uri;
  mc_text_init(&uri);
  mc_text_printf(&uri, "%s", *path == '/' ? "file://" : "");
  for (; *path; path++) {
    bool plain = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/", *path) != NULL;
    mc_text_printf(&uri, plain ? "%c" : "%%%02X", (unsigned char)*path);
  }
  json_t *string = json_string(mc_fact_data(&uri));
  mc_text_clear(&uri);
  return string;
}

/* The file that an entry is about: what states it, else the kernel or the output under audit, else what it was given.
 * Viewers drop a result, or the whole run, where a result has no place. */
static const char *file_of(const json_t *entry) {
  static const char *const members[] = {"file", "kernel", "output", "input"};
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
    if (*mc_fact_text(entry, members[i]))
      return mc_fact_text(entry, members[i]);
  return "muoncert";
}

static json_t *locations_of(const json_t *entry) {
  json_int_t line = json_integer_value(json_object_get(entry, "line"));
  return json_pack("[{s:{s:{s:o} s:{s:I}} s:[{s:s}]}]", "physicalLocation", "artifactLocation", "uri",
                   uri_of(file_of(entry)), "region", "startLine", line > 0 ? line : 1, "logicalLocations",
                   "fullyQualifiedName", mc_fact_name(entry));
}

/* SARIF 3.27.24: a result is new if the baseline has no such result, which it has not where all was as expected. */
static const char *baseline_state(const json_t *document, const mc_fact_kind *kind, const json_t *entry) {
  const json_t *change = mc_fact_change_of(document, kind, entry);
  if (!change)
    return "unchanged";
  return json_is_false(json_object_get(change, "was_expected")) ? "updated" : "new";
}

static json_t *result_of(const json_t *document, const mc_fact_kind *kind, const json_t *entry, mc_exit x) {
  mc_text message, rule;
  mc_text_init(&message);
  mc_text_init(&rule);
  mc_text_printf(&message, "%s %s: ", kind->one, mc_fact_name(entry));
  mc_fact_sentence(&message, kind, entry);
  mc_text_printf(&message, "\n\n");
  mc_fact_details(&message, kind, entry);
  mc_text_printf(&rule, "%s/%s", kind->part, mc_fact_verdict(kind, entry));
  json_t *result = json_pack("{s:s s:s s:{s:s} s:o s:{s:s}}", "ruleId", mc_fact_data(&rule), "level", level_of(x),
                             "message", "text", mc_fact_data(&message), "locations", locations_of(entry),
                             "partialFingerprints", "entry/v1", mc_fact_name(entry));
  if (json_object_get(document, "changes"))
    json_object_set_new(result, "baselineState", json_string(baseline_state(document, kind, entry)));
  mc_text_clear(&message);
  mc_text_clear(&rule);
  return result;
}

static json_t *results_of(const json_t *document) {
  json_t *results = json_array();
  const json_t *entry;
  size_t i;
  for (size_t k = 0; k < MC_FACT_KINDS; k++)
    json_array_foreach(mc_fact_entries(document, &mc_fact_kinds[k]), i, entry) {
      mc_exit x = mc_run_item_exit(mc_fact_kinds[k].list, entry);
      if (x != MC_EXIT_EXPECTED)
        json_array_append_new(results, result_of(document, &mc_fact_kinds[k], entry, x));
    }
  return results;
}

/* The rules are the ways in which an entry of a kind can be other than expected. */
static json_t *rules_of(const json_t *results) {
  json_t *rules = json_array(), *seen = json_object();
  const json_t *result;
  size_t i;
  json_array_foreach(results, i, result) {
    const char *id = mc_fact_text(result, "ruleId"), *verdict = strchr(id, '/') + 1;
    if (json_object_get(seen, id))
      continue;
    json_object_set_new(seen, id, json_true());
    json_array_append_new(rules, json_pack("{s:s s:{s:o}}", "id", id, "shortDescription", "text",
                                           json_sprintf("%.*s: %s, against expectation", (int)(verdict - id - 1), id,
                                                        *verdict ? verdict : "no verdict")));
  }
  json_decref(seen);
  return rules;
}

/* Parts that say why they could not be run, or that nothing was checked. */
static json_t *notifications_of(const json_t *document) {
  json_t *notifications = json_array();
  const json_t *part;
  size_t i;
  json_array_foreach(json_object_get(document, "parts"), i, part) {
    mc_exit x = mc_run_verdict_exit(part);
    if (x != MC_EXIT_EXPECTED && *mc_fact_text(part, "message"))
      json_array_append_new(notifications, json_pack("{s:s s:{s:o}}", "level", level_of(x), "message", "text",
                                                     json_sprintf("%s: %s", mc_fact_text(part, "command"),
                                                                  mc_fact_text(part, "message"))));
  }
  return notifications;
}

mc_status mc_report_sarif(mc_text *out, const json_t *document, mc_error *e) {
  json_t *merged = mc_run_merge(mc_fact_text(document, "command"), &document, 1, e);
  if (!merged)
    return MC_BAD_INPUT;
  json_t *results = results_of(merged), *notifications = notifications_of(merged);
  bool ran = json_array_size(notifications) == 0 && !json_is_true(json_object_get(document, "interrupted"));
  json_t *sarif =
      json_pack("{s:s s:s s:[{s:{s:{s:s s:s s:o}} s:[{s:b s:o}] s:o}]}", "$schema",
                "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs", "tool", "driver", "name",
                "muoncert", "version", mc_run_version(), "rules", rules_of(results), "invocations",
                "executionSuccessful", (int)ran, "toolExecutionNotifications", notifications, "results", results);
  char *text = json_dumps(sarif, JSON_INDENT(2));
  if (text)
    mc_text_printf(out, "%s\n", text);
  bool written = text != NULL && !out->failed;
  mc_free(text);
  json_decref(sarif);
  json_decref(merged);
  return written ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
}
