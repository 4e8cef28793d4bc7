/* JUnit XML.  There is no standard; this is the subset that Jenkins, GitLab and the GitHub viewers agree on. */
#include "report.h"

#include <string.h>

#include "../run/run.h"
#include "facts.h"
#include "markup.h"

/* Bad against expectation is a failure; what was not settled or could not be run is an error. */
static const char *element_of(mc_exit x) {
  return x == MC_EXIT_VIOLATED ? "failure" : "error";
}

static void put_outcome(mc_text *out, mc_exit x, const char *message, const char *type, const char *body) {
  mc_text_printf(out, "      <%s", element_of(x));
  mc_markup_attribute(out, "message", message);
  mc_markup_attribute(out, "type", type);
  mc_text_printf(out, ">");
  mc_markup_escape(out, body, false);
  mc_text_printf(out, "</%s>\n", element_of(x));
}

/* "claims.dimension_free_escape": the part and the file without folder and suffix. */
static void put_class(mc_text *out, const mc_fact_kind *kind, const json_t *entry) {
  const char *file = mc_fact_text(entry, "file"), *slash = strrchr(file, '/');
  const char *stem = slash ? slash + 1 : file, *dot = strrchr(stem, '.');
  mc_text name;
  mc_text_init(&name);
  mc_text_printf(&name, "%s%s%.*s", kind->part, *stem ? "." : "", (int)(dot ? dot - stem : (long)strlen(stem)), stem);
  mc_markup_attribute(out, "classname", mc_fact_data(&name));
  mc_text_clear(&name);
}

/* The message of a bad case, with what it was in the baseline where that is another. */
static void print_message(mc_text *out, const json_t *document, const mc_fact_kind *kind, const json_t *entry) {
  const json_t *change = mc_fact_change_of(document, kind, entry);
  mc_fact_sentence(out, kind, entry);
  if (change)
    mc_text_printf(out, " (%s%s)", json_object_get(change, "was") ? "was " : "new", mc_fact_text(change, "was"));
}

static void put_case(mc_text *out, const json_t *document, const mc_fact_kind *kind, const json_t *entry) {
  mc_exit x = mc_run_item_exit(kind->list, entry);
  mc_text headline, details;
  mc_text_init(&headline);
  mc_text_init(&details);
  print_message(&headline, document, kind, entry);
  mc_fact_details(&details, kind, entry);

  mc_text_printf(out, "    <testcase");
  put_class(out, kind, entry);
  mc_markup_attribute(out, "name", mc_fact_name(entry));
  mc_text_printf(out, " time=\"%.3f\"", json_number_value(json_object_get(entry, "seconds")));
  if (*mc_fact_text(entry, "file"))
    mc_markup_attribute(out, "file", mc_fact_text(entry, "file"));
  if (json_is_integer(json_object_get(entry, "line")))
    mc_text_printf(out, " line=\"%lld\"", (long long)json_integer_value(json_object_get(entry, "line")));
  mc_text_printf(out, ">\n");
  if (x != MC_EXIT_EXPECTED) {
    put_outcome(out, x, mc_fact_data(&headline), mc_fact_verdict(kind, entry), mc_fact_data(&details));
  } else {
    mc_text_printf(out, "      <system-out>");
    mc_markup_escape(out, mc_fact_data(&headline), false);
    mc_text_printf(out, "\n");
    mc_markup_escape(out, mc_fact_data(&details), false);
    mc_text_printf(out, "</system-out>\n");
  }
  mc_text_printf(out, "    </testcase>\n");
  mc_text_clear(&headline);
  mc_text_clear(&details);
}

/* The case that stands for a part as a whole: it is there when the part's verdict is bad without an entry to blame. */
static void put_part_case(mc_text *out, const json_t *part, mc_exit x) {
  const char *message = mc_fact_text(part, "message");
  mc_text_printf(out, "    <testcase");
  mc_markup_attribute(out, "classname", mc_fact_text(part, "command"));
  mc_text_printf(out, " name=\"(the part as a whole)\" time=\"0.000\">\n");
  put_outcome(out, x, *message ? message : "not as expected", mc_fact_text(part, "verdict"), message);
  mc_text_printf(out, "    </testcase>\n");
}

typedef struct {
  size_t cases, failures, errors;
} tally;

static void count_outcome(tally *t, mc_exit x) {
  t->cases++;
  t->failures += x == MC_EXIT_VIOLATED;
  t->errors += x != MC_EXIT_EXPECTED && x != MC_EXIT_VIOLATED;
}

static bool blames_no_entry(const json_t *part) {
  return json_integer_value(json_object_get(part, "unexpected")) == 0 &&
         json_integer_value(json_object_get(part, "undecided")) == 0 && mc_run_verdict_exit(part) != MC_EXIT_EXPECTED;
}

/* A suite: all entries of a kind, and the parts of that kind that blame none. */
static tally put_suite(mc_text *out, const json_t *document, const mc_fact_kind *kind) {
  const json_t *entries = mc_fact_entries(document, kind), *entry;
  const json_t *parts = json_object_get(document, "parts"), *part;
  tally t = {0, 0, 0};
  double seconds = 0;
  mc_text cases;
  size_t i;
  mc_text_init(&cases);
  json_array_foreach(parts, i, part) {
    if (mc_fact_kind_of(mc_fact_text(part, "command")) != kind)
      continue;
    seconds += json_number_value(json_object_get(part, "seconds"));
    if (blames_no_entry(part)) {
      count_outcome(&t, mc_run_verdict_exit(part));
      put_part_case(&cases, part, mc_run_verdict_exit(part));
    }
  }
  json_array_foreach(entries, i, entry) {
    count_outcome(&t, mc_run_item_exit(kind->list, entry));
    put_case(&cases, document, kind, entry);
  }
  if (t.cases > 0) {
    mc_text_printf(out, "  <testsuite");
    mc_markup_attribute(out, "name", kind->part);
    mc_text_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" time=\"%.3f\">\n", t.cases,
                   t.failures, t.errors, seconds);
    mc_text_append(out, cases.data, cases.length);
    mc_text_printf(out, "  </testsuite>\n");
  }
  out->failed = out->failed || cases.failed;
  mc_text_clear(&cases);
  return t;
}

mc_status mc_report_junit(mc_text *out, const json_t *document, mc_error *e) {
  json_t *merged = mc_run_merge(mc_fact_text(document, "command"), &document, 1, e);
  if (!merged)
    return MC_BAD_INPUT;
  mc_text suites;
  tally all = {0, 0, 0};
  mc_text_init(&suites);
  for (size_t k = 0; k < MC_FACT_KINDS; k++) {
    tally t = put_suite(&suites, merged, &mc_fact_kinds[k]);
    all.cases += t.cases;
    all.failures += t.failures;
    all.errors += t.errors;
  }
  mc_text_printf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
  mc_markup_attribute(out, "name", mc_fact_text(document, "tool"));
  mc_text_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"%.3f\">\n", all.cases, all.failures,
                 all.errors, json_number_value(json_object_get(document, "seconds")));
  mc_text_append(out, suites.data, suites.length);
  mc_text_printf(out, "</testsuites>\n");
  out->failed = out->failed || suites.failed;
  mc_text_clear(&suites);
  json_decref(merged);
  return out->failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : MC_OK;
}
