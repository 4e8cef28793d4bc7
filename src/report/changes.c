/* What changed since an earlier report. */
#include <math.h>
#include <stdlib.h>
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

/* What is compared: the verdict and what was expected; for a function the goals too, and a constant where it moved. */
static json_t *state_of(const mc_fact_kind *kind, const json_t *entry, bool moved) {
  mc_text text;
  mc_text_init(&text);
  mc_fact_headline(&text, kind, entry);
  if (strcmp(kind->list, "functions") == 0) {
    mc_text_printf(&text, ", ");
    mc_fact_result(&text, kind, entry);
  } else if (mc_run_item_exit(kind->list, entry) == MC_EXIT_EXPECTED) {
    mc_text_printf(&text, ", as expected");
  }
  if (moved) {
    mc_text_printf(&text, ", ");
    mc_fact_result(&text, kind, entry);
  }
  json_t *state = json_string(mc_fact_data(&text));
  mc_text_clear(&text);
  return state;
}

static double end_of(const json_t *enclosure, const char *name) {
  const char *text = mc_fact_text(enclosure, name);
  return *text ? strtod(text, NULL) : NAN;
}

/* Do the enclosures of a derived constant exclude each other?  strtod is monotone: what is apart in doubles is
 * apart. */
static bool has_moved(const json_t *was, const json_t *is) {
  const json_t *a = json_object_get(was, "derived"), *b = json_object_get(is, "derived");
  return end_of(a, "hi") < end_of(b, "lo") || end_of(b, "hi") < end_of(a, "lo");
}

/* The entry's state as member `state`, and as `expected` whether it was the expected one. */
static void set_state(json_t *change, const mc_fact_kind *kind, const json_t *entry, bool moved, const char *state,
                      const char *expected) {
  if (!entry)
    return;
  json_object_set_new(change, state, state_of(kind, entry, moved));
  json_object_set_new(change, expected, json_boolean(mc_run_item_exit(kind->list, entry) == MC_EXIT_EXPECTED));
}

static void append_change(json_t *changes, const mc_fact_kind *kind, const char *name, const json_t *was,
                          const json_t *is) {
  bool moved = has_moved(was, is);
  json_t *change = json_pack("{s:s s:s}", "list", kind->list, "id", name);
  set_state(change, kind, was, moved, "was", "was_expected");
  set_state(change, kind, is, moved, "is", "is_expected");
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

/* What is not as expected comes first, then what was there before or is gone, then what is merely new. */
static unsigned rank_of(const json_t *change) {
  if (json_object_get(change, "is") && !json_is_true(json_object_get(change, "is_expected")))
    return 0;
  return mc_fact_is_merely_new(change) ? 2 : 1;
}

static json_t *by_rank(const json_t *changes) {
  json_t *ordered = json_array(), *change;
  size_t i;
  for (unsigned rank = 0; rank <= 2; rank++)
    json_array_foreach(changes, i, change) if (rank_of(change) == rank) json_array_append(ordered, change);
  return ordered;
}

mc_status mc_report_compare(json_t *document, const json_t *earlier, mc_error *e) {
  json_t *changes = json_array();
  for (size_t k = 0; k < MC_FACT_KINDS; k++)
    compare_lists(changes, &mc_fact_kinds[k], mc_fact_entries(document, &mc_fact_kinds[k]),
                  mc_fact_entries(earlier, &mc_fact_kinds[k]));
  json_t *ordered = by_rank(changes);
  json_decref(changes);
  return json_object_set_new(document, "changes", ordered) == 0 ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

bool mc_fact_is_merely_new(const json_t *change) {
  return !json_object_get(change, "was") && json_is_true(json_object_get(change, "is_expected"));
}

const json_t *mc_fact_change_of(const json_t *document, const mc_fact_kind *kind, const json_t *entry) {
  size_t i;
  const json_t *change;
  json_array_foreach(json_object_get(document, "changes"), i,
                     change) if (strcmp(mc_fact_text(change, "list"), kind->list) == 0 &&
                                 strcmp(mc_fact_text(change, "id"), mc_fact_name(entry)) == 0) return change;
  return NULL;
}

size_t mc_fact_merely_new(const json_t *changes) {
  size_t count = 0, i;
  const json_t *change;
  json_array_foreach(changes, i, change) count += mc_fact_is_merely_new(change);
  return count;
}

void mc_fact_change(mc_text *out, const json_t *change) {
  const char *was = mc_fact_text(change, "was"), *is = mc_fact_text(change, "is");
  mc_text_printf(out, "%s: ", mc_fact_text(change, "id"));
  if (*was && *is)
    mc_text_printf(out, "was %s; is %s", was, is);
  else
    mc_text_printf(out, *is ? "new; is %s" : "gone; was %s", *is ? is : was);
}
