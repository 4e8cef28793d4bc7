/* The answer to one question, in one line. */
#include <string.h>

#include "../run/run.h"
#include "facts.h"
#include "page.h"

/* "x = 97/100, k = 3". */
static void put_point(mc_text *out, const json_t *witness) {
  const char *variable, *separator = "";
  json_t *value;
  json_object_foreach((json_t *)witness, variable, value) {
    mc_text_printf(out, "%s%s = %s", separator, variable, json_string_value(value));
    separator = ", ";
  }
}

/* Does ? stand as an end of an interval, and not in the conclusion? */
static bool derives_an_end(const char *statement) {
  const char *colon = strchr(statement, ':'), *unknown = strchr(statement, '?');
  return colon && unknown && unknown < colon;
}

static void put_verdict(mc_text *out, const json_t *entry) {
  const char *verdict = mc_fact_text(entry, "verdict");
  const json_t *witness = json_object_get(entry, "witness"), *derived = json_object_get(entry, "derived");
  if (derived && strcmp(verdict, "proved") == 0) {
    mc_text_printf(out, "%s in ",
                   derives_an_end(mc_fact_text(entry, "statement")) ? "interval ends at ?" : "best constant");
    mc_fact_enclosure(out, derived, 12);
    return;
  }
  mc_text_printf(out, "%s", strcmp(verdict, "error") == 0 ? "no sense" : verdict);
  if (json_object_size(witness) > 0) {
    mc_text_printf(out, strcmp(verdict, "proved") == 0 ? " by " : " at ");
    put_point(out, witness);
  }
  mc_fact_place(out, entry, strcmp(verdict, "proved") == 0 ? " with " : " at ");
  if (derived) {
    mc_text_printf(out, ", ? in ");
    mc_fact_enclosure(out, derived, 12);
  }
}

mc_status mc_report_answer(mc_text *out, const json_t *document, const mc_report_style *style, mc_error *e) {
  const json_t *entry = json_array_get(json_object_get(document, "claims"), 0);
  if (!entry)
    return mc_fail(e, MC_BAD_INPUT, "this record answers no question");
  mc_exit x = mc_run_item_exit("claims", entry);
  mc_ink ink = x == MC_EXIT_EXPECTED ? MC_INK_GOOD : x == MC_EXIT_UNDECIDED ? MC_INK_OPEN : MC_INK_BAD;
  bool settled = x == MC_EXIT_EXPECTED || x == MC_EXIT_VIOLATED;
  mc_text verdict;
  mc_text_init(&verdict);
  put_verdict(&verdict, entry);
  mc_page_put(out, style, ink, mc_fact_data(&verdict), SIZE_MAX, false);
  mc_text_clear(&verdict);
  mc_page_put(out, style, MC_INK_PLAIN, ": ", SIZE_MAX, false);
  const char *message = mc_fact_text(entry, "message");
  mc_page_put(out, style, MC_INK_PLAIN, settled || !*message ? mc_fact_text(entry, "statement") : message, SIZE_MAX,
              false);
  mc_text_append(out, "\n", 1);
  if (settled && *message) {
    mc_page_put(out, style, MC_INK_FAINT, message, SIZE_MAX, false);
    mc_text_append(out, "\n", 1);
  }
  return out->failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : MC_OK;
}
