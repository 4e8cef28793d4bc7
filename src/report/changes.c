/* What changed since an earlier report. */
#include <string.h>

#include "../run/run.h"
#include "facts.h"
#include "report.h"

static const json_t *find_entry(const json_t *entries, const char *name) {
  size_t i;
  const json_t *entry;
  json_array_foreach(entries, i, entry) if (strcmp(mc_fact_name(entry), name) == 0) return entry;
  return NULL;
}

/* What is compared: the verdict and what was expected; for a function the goals too. */
static json_t *state_of(const mc_fact_kind *kind, const json_t *entry) {
  mc_text text;
  mc_text_init(&text);
  mc_fact_headline(&text, kind, entry);
  if (strcmp(kind->list, "functions") == 0) {
    mc_text_printf(&text, ", ");
    mc_fact_result(&text, kind, entry);
  } else if (mc_run_item_exit(kind->list, entry) == MC_EXIT_EXPECTED) {
    mc_text_printf(&text, ", as expected");
  }
  json_t *state = json_string(mc_fact_data(&text));
  mc_text_clear(&text);
  return state;
}

static void append_change(json_t *changes, const mc_fact_kind *kind, const char *name, const json_t *was,
                          const json_t *is) {
  json_t *change = json_pack("{s:s s:s}", "list", kind->list, "id", name);
  if (was)
    json_object_set_new(change, "was", state_of(kind, was));
  if (is)
    json_object_set_new(change, "is", state_of(kind, is));
  if (json_equal(json_object_get(change, "was"), json_object_get(change, "is")))
    json_decref(change);
  else
    json_array_append_new(changes, change);
}

static void compare_lists(json_t *changes, const mc_fact_kind *kind, const json_t *now, const json_t *before) {
  size_t i;
  const json_t *entry;
  json_array_foreach(now, i, entry)
      append_change(changes, kind, mc_fact_name(entry), find_entry(before, mc_fact_name(entry)), entry);
  json_array_foreach(before, i, entry) if (!find_entry(now, mc_fact_name(entry)))
      append_change(changes, kind, mc_fact_name(entry), entry, NULL);
}

mc_status mc_report_compare(json_t *document, const json_t *earlier, mc_error *e) {
  json_t *changes = json_array();
  for (size_t k = 0; k < MC_FACT_KINDS; k++)
    compare_lists(changes, &mc_fact_kinds[k], mc_fact_entries(document, &mc_fact_kinds[k]),
                  mc_fact_entries(earlier, &mc_fact_kinds[k]));
  return json_object_set_new(document, "changes", changes) == 0 ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

void mc_fact_change(mc_text *out, const json_t *change) {
  const char *was = mc_fact_text(change, "was"), *is = mc_fact_text(change, "is");
  mc_text_printf(out, "%s: ", mc_fact_text(change, "id"));
  if (*was && *is)
    mc_text_printf(out, "was %s; is %s", was, is);
  else
    mc_text_printf(out, *is ? "new; is %s" : "gone; was %s", *is ? is : was);
}
