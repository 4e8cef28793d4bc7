/* The page for a terminal. */
#include <stdlib.h>
#include <string.h>

#include "../run/run.h"
#include "facts.h"
#include "page.h"

enum {
  WHOLE_LIST = 16,  /* a part of at most so many entries is listed whole, a larger one by what is remarkable */
  FULL_DETAILS = 10 /* so many surprises in full */
};

typedef struct {
  mc_text *out;
  const mc_report_style *style;
  const json_t *document; /* merged, with parts */
  const json_t *given;
} page;

static mc_ink ink_of(mc_exit x) {
  return x == MC_EXIT_EXPECTED ? MC_INK_GOOD : x == MC_EXIT_UNDECIDED ? MC_INK_OPEN : MC_INK_BAD;
}

static void put(page *p, mc_ink ink, const char *text) {
  mc_page_put(p->out, p->style, ink, text, SIZE_MAX, false);
}

static void put_cell(page *p, mc_ink ink, const char *text, size_t columns) {
  mc_page_put(p->out, p->style, ink, text, columns, true);
}

static void end_line(page *p) {
  while (p->out->length > 0 && p->out->data[p->out->length - 1] == ' ')
    p->out->data[--p->out->length] = '\0';
  mc_text_append(p->out, "\n", 1);
}

/* ---- A line a part ---- */

static void put_counts(page *p, const json_t *part, mc_exit x) {
  mc_text items, counts;
  mc_text_init(&items);
  mc_text_init(&counts);
  mc_fact_part_items(&items, part);
  mc_fact_part(&counts, part);
  put_cell(p, MC_INK_PLAIN, mc_fact_data(&items), 16);
  put_cell(p, ink_of(x), mc_fact_data(&counts), 36);
  mc_text_clear(&items);
  mc_text_clear(&counts);
}

static void put_parts(page *p) {
  size_t i;
  const json_t *part;
  json_array_foreach(json_object_get(p->document, "parts"), i, part) {
    mc_exit x = mc_run_verdict_exit(part);
    mc_text time;
    mc_text_init(&time);
    mc_fact_duration(&time, json_number_value(json_object_get(part, "seconds")));
    put(p, MC_INK_PLAIN, "  ");
    put_cell(p, MC_INK_STRONG, mc_fact_text(part, "command"), 11);
    put_counts(p, part, x);
    put(p, MC_INK_PLAIN, mc_fact_data(&time));
    end_line(p);
    mc_text_clear(&time);
    if (*mc_fact_text(part, "message")) {
      put(p, MC_INK_PLAIN, "             ");
      put(p, ink_of(x), mc_fact_text(part, "message"));
      end_line(p);
    }
  }
}

/* ---- What is not as expected, in full ---- */

static void put_indented(page *p, const char *lines) {
  while (*lines) {
    const char *end = strchr(lines, '\n');
    size_t n = end ? (size_t)(end - lines) : strlen(lines);
    mc_text line;
    mc_text_init(&line);
    mc_text_printf(&line, "      %.*s", (int)n, lines);
    put(p, MC_INK_PLAIN, mc_fact_data(&line));
    end_line(p);
    mc_text_clear(&line);
    lines += n + (end != NULL);
  }
}

static void put_surprise(page *p, const mc_fact_kind *kind, const json_t *entry, mc_exit x) {
  mc_text text;
  mc_text_init(&text);
  mc_text_printf(&text, "  %s %s: ", kind->one, mc_fact_name(entry));
  put(p, MC_INK_STRONG, mc_fact_data(&text));
  text.length = 0;
  mc_fact_headline(&text, kind, entry);
  put(p, ink_of(x), mc_fact_data(&text));
  end_line(p);
  mc_text_clear(&text);
  mc_fact_details(&text, kind, entry);
  put_indented(p, mc_fact_data(&text));
  mc_text_clear(&text);
}

static void put_surprises(page *p) {
  static const mc_exit worst_first[] = {MC_EXIT_USAGE, MC_EXIT_CRASHED, MC_EXIT_VIOLATED, MC_EXIT_UNDECIDED};
  size_t shown = 0, left = 0, i;
  const json_t *entry;
  for (size_t g = 0; g < sizeof worst_first / sizeof worst_first[0]; g++)
    for (size_t k = 0; k < MC_FACT_KINDS; k++)
      json_array_foreach(mc_fact_entries(p->document, &mc_fact_kinds[k]), i, entry) {
        if (mc_run_item_exit(mc_fact_kinds[k].list, entry) != worst_first[g])
          continue;
        if (shown == 0) {
          mc_text_append(p->out, "\n", 1);
          put(p, MC_INK_BAD, "NOT AS EXPECTED");
          end_line(p);
        }
        if (shown < FULL_DETAILS) {
          put_surprise(p, &mc_fact_kinds[k], entry, worst_first[g]);
          shown++;
        } else {
          left++;
        }
      }
  if (left > 0) {
    mc_text_printf(p->out, "  and %zu more\n", left);
  }
}

/* ---- What changed ---- */

static void put_changes(page *p) {
  const json_t *changes = json_object_get(p->given, "changes"), *change;
  size_t i;
  if (!changes)
    return;
  mc_text_append(p->out, "\n", 1);
  put(p, MC_INK_STRONG,
      json_array_size(changes) > 0 ? "changed since the baseline" : "nothing changed since the baseline");
  end_line(p);
  size_t fresh = mc_fact_merely_new(changes),
         listed = fresh <= WHOLE_LIST ? SIZE_MAX : json_array_size(changes) - fresh;
  json_array_foreach(changes, i, change) {
    if (i >= listed) /* merely new ones come last */
      break;
    mc_text text;
    mc_text_init(&text);
    mc_fact_change(&text, change);
    put(p, MC_INK_PLAIN, "  ");
    put(p, MC_INK_PLAIN, mc_fact_data(&text));
    end_line(p);
    mc_text_clear(&text);
  }
  if (listed != SIZE_MAX)
    mc_text_printf(p->out, "  and %zu new entries, all as expected\n", fresh);
}

/* ---- The entries ---- */

static size_t widest_name(const json_t *entries) {
  size_t widest = 0, i;
  const json_t *entry;
  json_array_foreach(entries, i, entry) {
    size_t n = mc_page_columns(mc_fact_name(entry));
    widest = n > widest ? n : widest;
  }
  return widest < 44 ? widest : 44;
}

/* stated: with the statement on a line of its own. */
static void put_entry(page *p, const mc_fact_kind *kind, const json_t *entry, size_t name_columns, bool stated) {
  mc_exit x = mc_run_item_exit(kind->list, entry);
  mc_text result;
  mc_text_init(&result);
  mc_fact_result(&result, kind, entry);
  if (*mc_fact_text(entry, "cite"))
    mc_text_printf(&result, "%s%s", result.length > 0 ? "  -  " : "", mc_fact_text(entry, "cite"));
  put(p, MC_INK_PLAIN, "  ");
  put_cell(p, ink_of(x), mc_fact_verdict(kind, entry), 11);
  put_cell(p, MC_INK_PLAIN, mc_fact_name(entry), name_columns);
  put(p, MC_INK_PLAIN, "  ");
  size_t used = 2 + 11 + name_columns + 2;
  mc_page_put(p->out, p->style, MC_INK_FAINT, mc_fact_data(&result),
              p->style->width > used + 20 ? p->style->width - used : 20, false);
  end_line(p);
  mc_text_clear(&result);
  if (stated && *mc_fact_text(entry, "statement")) {
    put(p, MC_INK_PLAIN, "             ");
    put(p, MC_INK_PLAIN, mc_fact_text(entry, "statement"));
    end_line(p);
  }
}

static void put_overview(page *p, const mc_fact_kind *kind) {
  mc_text text;
  mc_text_init(&text);
  mc_fact_overview(&text, p->document, kind);
  if (text.length > 0) {
    put(p, MC_INK_PLAIN, "  ");
    put(p, MC_INK_PLAIN, text.data);
    end_line(p);
  }
  mc_text_clear(&text);
}

static void put_list(page *p, const mc_fact_kind *kind) {
  const json_t *entries = mc_fact_entries(p->document, kind), *entry;
  size_t i, left = 0, columns = widest_name(entries);
  bool whole = json_array_size(entries) <= WHOLE_LIST && strcmp(kind->list, "functions") != 0;
  if (json_array_size(entries) == 0)
    return;
  mc_text_append(p->out, "\n", 1);
  put(p, MC_INK_STRONG, kind->part);
  end_line(p);
  json_array_foreach(entries, i, entry) {
    bool remarkable = mc_fact_is_remarkable(kind, entries, entry);
    if (whole || remarkable)
      put_entry(p, kind, entry, columns, remarkable && mc_run_item_exit(kind->list, entry) == MC_EXIT_EXPECTED);
    else
      left++;
  }
  put_overview(p, kind);
  if (left > 0) {
    mc_text_printf(p->out, "  %-10s %zu %s%s, as expected\n", kind->usual, left, left < i ? "more " : "",
                   left == 1 ? kind->one : kind->several);
  }
}

/* ---- The page ---- */

static void put_head(page *p) {
  mc_text head;
  mc_text_init(&head);
  mc_text_printf(&head, "%s %s, ", mc_fact_text(p->given, "tool"), mc_fact_text(p->given, "command"));
  mc_fact_duration(&head, json_number_value(json_object_get(p->given, "seconds")));
  if (*mc_fact_text(p->given, "seed"))
    mc_text_printf(&head, ", seed %s", mc_fact_text(p->given, "seed"));
  put(p, MC_INK_STRONG, mc_fact_data(&head));
  end_line(p);
  mc_text_clear(&head);
}

static void put_conclusion(page *p) {
  static const char *const words[] = {
      [MC_EXIT_EXPECTED] = "Everything as expected.",
      [MC_EXIT_VIOLATED] = "NOT as expected: something is violated, refuted, wrong or suspicious.",
      [MC_EXIT_UNDECIDED] = "NOT settled: something is undecided, not proved or not checked.",
      [MC_EXIT_USAGE] = "NOT checked: something could not be run.",
      [MC_EXIT_CRASHED] = "NOT as expected: a kernel crashed or hung.",
  };
  mc_exit x = mc_run_exit(p->document);
  mc_text_append(p->out, "\n", 1);
  if (json_is_true(json_object_get(p->document, "interrupted"))) {
    put(p, MC_INK_OPEN, "Interrupted: this is what was done until then. ");
  }
  put(p, ink_of(x), words[x]);
  mc_text_printf(p->out, " (exit status %d)\n", (int)x);
}

mc_status mc_report_terminal(mc_text *out, const json_t *document, const mc_report_style *style, mc_error *e) {
  json_t *merged = mc_run_merge(mc_fact_text(document, "command"), &document, 1, e);
  if (!merged)
    return MC_BAD_INPUT;
  page p = {out, style, merged, document};
  put_head(&p);
  put_parts(&p);
  put_surprises(&p);
  put_changes(&p);
  for (size_t k = 0; k < MC_FACT_KINDS; k++)
    put_list(&p, &mc_fact_kinds[k]);
  put_conclusion(&p);
  json_decref(merged);
  return out->failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : MC_OK;
}
