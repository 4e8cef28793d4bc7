/* One HTML file that needs nothing beside it: no script, no font, no picture from elsewhere. */
#include "report.h"

#include <string.h>

#include "../run/run.h"
#include "claim_plot.h"
#include "embedded.h"
#include "error_plot.h"
#include "facts.h"
#include "heat_map.h"
#include "kill_table.h"
#include "markup.h"
#include "steps_plot.h"

enum { WHOLE_LIST = 16 }; /* a list of at most so many entries is not folded */

static const char *class_of(mc_exit x) {
  return x == MC_EXIT_EXPECTED ? "good" : x == MC_EXIT_UNDECIDED ? "open" : "bad";
}

/* <element class="class">text</element> */
static void put(mc_text *out, const char *element, const char *class, const char *text) {
  mc_text_printf(out, "<%s", element);
  if (*class)
    mc_markup_attribute(out, "class", class);
  mc_text_printf(out, ">");
  mc_markup_escape(out, text, false);
  mc_text_printf(out, "</%s>", element);
}

static void put_and_clear(mc_text *out, const char *element, const char *class, mc_text *text) {
  put(out, element, class, mc_fact_data(text));
  mc_text_clear(text);
}

/* ---- Summary ---- */

static void put_card(mc_text *out, const json_t *part) {
  mc_text text;
  mc_text_init(&text);
  mc_text_printf(out, "<div class=\"card\">");
  mc_fact_part_items(&text, part);
  put_and_clear(out, "b", "", &text);
  mc_fact_part(&text, part);
  put_and_clear(out, "p", class_of(mc_run_verdict_exit(part)), &text);
  if (*mc_fact_text(part, "message"))
    put(out, "p", "", mc_fact_text(part, "message"));
  mc_fact_duration(&text, json_number_value(json_object_get(part, "seconds")));
  put_and_clear(out, "p", "faint", &text);
  mc_text_printf(out, "</div>\n");
}

static void put_head(mc_text *out, const json_t *given, const json_t *merged) {
  static const char *const words[] = {
      [MC_EXIT_EXPECTED] = "Everything as expected.",
      [MC_EXIT_VIOLATED] = "Not as expected: something is violated, refuted, wrong or suspicious.",
      [MC_EXIT_UNDECIDED] = "Not settled: something is undecided, not proved or not checked.",
      [MC_EXIT_USAGE] = "Not checked: something could not be run.",
      [MC_EXIT_CRASHED] = "Not as expected: a kernel crashed or hung.",
  };
  mc_exit x = mc_run_exit(merged);
  const json_t *part;
  size_t i;
  mc_text text;
  mc_text_init(&text);
  put(out, "h1", "", "muoncert report");
  mc_text_printf(&text, "%s %s, ", mc_fact_text(given, "tool"), mc_fact_text(given, "command"));
  mc_fact_duration(&text, json_number_value(json_object_get(given, "seconds")));
  if (*mc_fact_text(given, "seed"))
    mc_text_printf(&text, ", seed %s", mc_fact_text(given, "seed"));
  if (*mc_fact_text(given, "spec"))
    mc_text_printf(&text, ", claims of %s", mc_fact_text(given, "spec"));
  put_and_clear(out, "p", "faint", &text);
  mc_text_printf(&text, "verdict %s", class_of(x));
  mc_text_printf(out, "<div class=\"%s\">", mc_fact_data(&text));
  mc_text_clear(&text);
  if (json_is_true(json_object_get(given, "interrupted")))
    put(out, "p", "", "Interrupted: this is what was done until then.");
  put(out, "p", "", words[x]);
  mc_text_printf(out, "</div>\n<div class=\"cards\">\n");
  json_array_foreach(json_object_get(merged, "parts"), i, part) put_card(out, part);
  mc_text_printf(out, "</div>\n");
}

/* ---- Entries ---- */

static void put_fact(void *context, const char *label, const char *text) {
  mc_text *out = context;
  bool code = strcmp(label, "where") == 0 || strcmp(label, "states") == 0 || strcmp(label, "replay") == 0;
  put(out, "dt", "", label);
  mc_text_printf(out, "<dd>");
  put(out, code ? "pre" : "span", "", text);
  mc_text_printf(out, "</dd>\n");
}

static void put_measures(mc_text *out, const json_t *entry) {
  const json_t *measures = json_object_get(entry, "measures"), *measure;
  size_t i;
  if (json_array_size(measures) == 0)
    return;
  mc_text_printf(out, "<div class=\"scroll\"><table><tr><th>norm of the error</th><th>certified</th>"
                      "<th>statistical limit</th></tr>\n");
  json_array_foreach(measures, i, measure) {
    mc_text text;
    mc_text_init(&text);
    mc_text_printf(out, "<tr>");
    put(out, "td", "", mc_fact_text(measure, "name"));
    mc_fact_enclosure(&text, json_object_get(measure, "error"), 4);
    put_and_clear(out, "td", "value", &text);
    put(out, "td", "value", mc_fact_text(measure, "limit"));
    mc_text_printf(out, "</tr>\n");
  }
  mc_text_printf(out, "</table></div>\n");
}

static void put_entry(mc_text *out, const mc_fact_kind *kind, const json_t *entry) {
  mc_exit x = mc_run_item_exit(kind->list, entry);
  mc_text text;
  mc_text_init(&text);
  mc_text_printf(out, "<details%s><summary>", x == MC_EXIT_EXPECTED ? "" : " open");
  mc_fact_headline(&text, kind, entry);
  mc_text class;
  mc_text_init(&class);
  mc_text_printf(&class, "badge %s", class_of(x));
  put_and_clear(out, "span", mc_fact_data(&class), &text);
  mc_text_clear(&class);
  put(out, "span", "name", mc_fact_name(entry));
  mc_fact_result(&text, kind, entry);
  put_and_clear(out, "span", "result", &text);
  mc_text_printf(out, "</summary><div class=\"body\"><dl>\n");
  mc_fact_visit(kind, entry, put_fact, out);
  mc_text_printf(out, "</dl>\n");
  mc_report_put_claim_plot(out, entry);
  mc_report_put_steps_plot(out, entry);
  mc_report_put_error_plot(out, entry);
  put_measures(out, entry);
  mc_report_put_heat_map(out, entry);
  mc_text_printf(out, "</div></details>\n");
}

typedef enum { SURPRISING, REMARKABLE, PLAIN } interest;

static interest interest_of(const mc_fact_kind *kind, const json_t *entries, const json_t *entry) {
  if (mc_run_item_exit(kind->list, entry) != MC_EXIT_EXPECTED)
    return SURPRISING;
  return mc_fact_is_remarkable(kind, entries, entry) ? REMARKABLE : PLAIN;
}

/* All entries of one interest; returns their number. */
static size_t put_entries(mc_text *out, const mc_fact_kind *kind, const json_t *entries, interest which) {
  size_t count = 0, i;
  const json_t *entry;
  json_array_foreach(entries, i, entry) {
    if (interest_of(kind, entries, entry) != which)
      continue;
    put_entry(out, kind, entry);
    count++;
  }
  return count;
}

static void put_plain_entries(mc_text *out, const mc_fact_kind *kind, const json_t *entries) {
  mc_text plain;
  mc_text_init(&plain);
  size_t count = put_entries(&plain, kind, entries, PLAIN);
  bool fold = json_array_size(entries) > WHOLE_LIST && count > 0;
  if (fold)
    mc_text_printf(out, "<details><summary>%zu %s %s, as expected</summary><div class=\"body\">\n", count,
                   count == 1 ? kind->one : kind->several, kind->usual);
  mc_text_append(out, mc_fact_data(&plain), plain.length);
  if (fold)
    mc_text_printf(out, "</div></details>\n");
  out->failed = out->failed || plain.failed;
  mc_text_clear(&plain);
}

/* A line, or for planted bugs a table that says more. */
static void put_overview(mc_text *out, const json_t *document, const mc_fact_kind *kind) {
  if (strcmp(kind->list, "mutants") == 0) {
    mc_report_put_kill_table(out, document);
    return;
  }
  mc_text overview;
  mc_text_init(&overview);
  mc_fact_overview(&overview, document, kind);
  if (overview.length > 0)
    put(out, "p", "", overview.data);
  mc_text_clear(&overview);
}

/* What is not as expected, what is remarkable, and then the rest, folded where the list is long. */
static void put_list(mc_text *out, const json_t *document, const mc_fact_kind *kind) {
  const json_t *entries = mc_fact_entries(document, kind);
  if (json_array_size(entries) == 0)
    return;
  put(out, "h2", "", kind->part);
  put_overview(out, document, kind);
  if (strcmp(kind->list, "campaigns") == 0)
    mc_report_put_steps_plots(out, entries);
  put_entries(out, kind, entries, SURPRISING);
  put_entries(out, kind, entries, REMARKABLE);
  put_plain_entries(out, kind, entries);
}

/* ---- What changed ---- */

/* A list of the changes that are merely new, or of the others; nothing if there are none. */
static void put_change_list(mc_text *out, const json_t *changes, bool merely_new) {
  size_t i;
  const json_t *change;
  mc_text_printf(out, "<ul>\n");
  json_array_foreach(changes, i, change) {
    mc_text text;
    mc_text_init(&text);
    if (mc_fact_is_merely_new(change) != merely_new)
      continue;
    bool bad = json_is_false(json_object_get(change, "is_expected"));
    mc_fact_change(&text, change);
    put_and_clear(out, "li", bad ? "bad" : "", &text);
  }
  mc_text_printf(out, "</ul>\n");
}

static void put_changes(mc_text *out, const json_t *changes) {
  size_t fresh = mc_fact_merely_new(changes);
  if (!changes)
    return;
  put(out, "h2", "",
      json_array_size(changes) > 0 ? "changed since the baseline" : "nothing changed since the baseline");
  if (json_array_size(changes) > fresh)
    put_change_list(out, changes, false);
  if (fresh == 0)
    return;
  mc_text_printf(out, "<details><summary>%zu new, as expected</summary><div class=\"body\">\n", fresh);
  put_change_list(out, changes, true);
  mc_text_printf(out, "</div></details>\n");
}

/* ---- What the verdicts rest on ---- */

static void put_versions(mc_text *out, const char *title, const json_t *versions) {
  const char *name;
  json_t *version;
  if (json_object_size(versions) == 0)
    return;
  put(out, "h2", "", title);
  mc_text_printf(out, "<dl>\n");
  json_object_foreach((json_t *)versions, name, version) {
    put_fact(out, name, json_is_string(version) ? json_string_value(version) : "");
  }
  mc_text_printf(out, "</dl>\n");
}

static void put_trusted(mc_text *out, const json_t *trusted) {
  const json_t *line;
  size_t i;
  if (json_array_size(trusted) == 0)
    return;
  put(out, "h2", "", "what the proofs trust");
  mc_text_printf(out, "<ul>\n");
  json_array_foreach(trusted, i, line) put(out, "li", "", json_string_value(line));
  mc_text_printf(out, "</ul>\n");
}

mc_status mc_report_html(mc_text *out, const json_t *document, mc_error *e) {
  json_t *merged = mc_run_merge(mc_fact_text(document, "command"), &document, 1, e);
  if (!merged)
    return MC_BAD_INPUT;
  const mc_report_embedded_file *style = mc_report_embedded_find("report.css");
  mc_text_printf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<link rel=\"icon\" href=\"data:,\">\n<title>muoncert report</title>\n<style>\n");
  mc_text_append(out, (const char *)style->bytes, style->length);
  mc_text_printf(out, "</style>\n</head>\n<body>\n");
  put_head(out, document, merged);
  put_changes(out, json_object_get(document, "changes"));
  for (size_t k = 0; k < MC_FACT_KINDS; k++)
    put_list(out, merged, &mc_fact_kinds[k]);
  put_trusted(out, json_object_get(json_object_get(merged, "proofs"), "trusted"));
  put_versions(out, "toolchain of the proofs", json_object_get(json_object_get(merged, "proofs"), "toolchain"));
  put_versions(out, "libraries that verdicts were computed with", json_object_get(merged, "versions"));
  mc_text_printf(out, "</body>\n</html>\n");
  json_decref(merged);
  return out->failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : MC_OK;
}
