#include "kill_table.h"

#include <string.h>

#include "../run/run.h"
#include "facts.h"
#include "markup.h"

static void put_cell(mc_text *out, const char *element, const char *class, const char *text) {
  mc_text_printf(out, "<%s", element);
  if (*class)
    mc_markup_attribute(out, "class", class);
  mc_text_printf(out, ">");
  mc_markup_escape(out, text, false);
  mc_text_printf(out, "</%s>", element);
}

/* A rule that accepts no correct kernel rejects the bugs for another reason, and has no column. */
static bool is_judge(const json_t *rule) {
  return json_integer_value(json_object_get(rule, "inputs")) > 0;
}

/* What a rule lets through, unless it rejects correct kernels. */
static void put_survivors(mc_text *out, const json_t *rule) {
  mc_text text;
  mc_text_init(&text);
  if (is_judge(rule))
    mc_text_printf(&text, "%lld", (long long)json_integer_value(json_object_get(rule, "survivors")));
  put_cell(out, "td", "number", is_judge(rule) ? mc_fact_data(&text) : "rejects correct kernels");
  mc_text_clear(&text);
}

static void put_rules(mc_text *out, const json_t *rules) {
  size_t i;
  const json_t *rule;
  mc_text_printf(out, "<div class=\"scroll\"><table><tr><th>test of others</th><th>source</th>"
                      "<th class=\"number\">bugs let through</th></tr>\n");
  json_array_foreach(rules, i, rule) {
    mc_text_printf(out, "<tr>");
    put_cell(out, "td", "", mc_fact_text(rule, "name"));
    put_cell(out, "td", "", mc_fact_text(rule, "source"));
    put_survivors(out, rule);
    mc_text_printf(out, "</tr>\n");
  }
  mc_text_printf(out, "</table></div>\n");
}

static bool is_listed(const json_t *names, const char *name) {
  size_t i;
  const json_t *other;
  json_array_foreach(names, i,
                     other) if (json_is_string(other) && strcmp(json_string_value(other), name) == 0) return true;
  return false;
}

/* What muoncert itself says of a bug, and where the laws alone see it, that they do. */
static void put_our_verdict(mc_text *out, const json_t *mutant) {
  const json_t *laws = json_object_get(mutant, "laws");
  const char *verdict =
      json_is_false(json_object_get(mutant, "finite")) ? "not finite" : mc_fact_text(mutant, "verdict");
  mc_text text;
  mc_text_init(&text);
  mc_text_printf(&text, "%s", verdict);
  if (json_array_size(laws) > 0)
    mc_text_printf(&text, "; breaks %zu law%s", json_array_size(laws), json_array_size(laws) == 1 ? "" : "s");
  put_cell(out, "td", json_is_true(json_object_get(mutant, "killed")) ? "good" : "bad", mc_fact_data(&text));
  mc_text_clear(&text);
}

static void put_bug(mc_text *out, const json_t *mutant, const json_t *rules) {
  size_t i;
  const json_t *rule;
  bool same = json_is_true(json_object_get(mutant, "same_output"));
  mc_text_printf(out, "<tr>");
  put_cell(out, "td", "", mc_fact_text(mutant, "name"));
  put_our_verdict(out, mutant);
  json_array_foreach(rules, i, rule) {
    if (!is_judge(rule))
      continue;
    bool noticed = is_listed(json_object_get(mutant, "killed_by"), mc_fact_text(rule, "name"));
    put_cell(out, "td", noticed ? "mark" : "mark faint", noticed ? "×" : same ? "=" : "·");
  }
  mc_text_printf(out, "</tr>\n");
}

/* Whom the verdicts accuse though nothing was planted. */
static void put_false_alarms(mc_text *out, const json_t *document) {
  const json_t *record = json_object_get(document, "false_alarms");
  bool clean = json_integer_value(json_object_get(record, "suspicious")) == 0 &&
               json_integer_value(json_object_get(record, "wrong")) == 0;
  mc_text text;
  mc_text_init(&text);
  mc_run_false_alarms_print(&text, record);
  if (text.length > 0)
    put_cell(out, "p", !clean ? "bad" : json_is_false(json_object_get(record, "stale")) ? "good" : "open", text.data);
  mc_text_clear(&text);
}

void mc_report_put_kill_table(mc_text *out, const json_t *document) {
  const json_t *mutants = json_object_get(document, "mutants"), *rules = json_object_get(document, "rules"), *each;
  size_t i;
  if (json_array_size(mutants) == 0 || json_array_size(rules) == 0)
    return;
  put_rules(out, rules);
  put_false_alarms(out, document);
  mc_text_printf(out, "<details><summary>which test notices which bug</summary><div class=\"body scroll\">\n"
                      "<p class=\"faint\">× rejected; · let through; = the same output bit for bit, so that no test of "
                      "outputs can tell</p>\n<table class=\"kills\"><tr><th>planted bug</th><th>muoncert</th>");
  json_array_foreach(rules, i, each) if (is_judge(each)) {
    mc_text_printf(out, "<th class=\"upright\">");
    put_cell(out, "span", "", mc_fact_text(each, "name"));
    mc_text_printf(out, "</th>");
  }
  mc_text_printf(out, "</tr>\n");
  json_array_foreach(mutants, i, each) put_bug(out, each, rules);
  mc_text_printf(out, "</table></div></details>\n");
}
