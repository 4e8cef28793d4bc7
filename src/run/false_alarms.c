/* The record of runs of correct kernels, compiled in beside the hash of the sources (cmake/false_alarms.cmake). */
#include "false_alarms.h"

#include <string.h>

#include "run.h"

static const struct {
  json_int_t runs, conforms, suspicious, wrong, undecided;
  const char *sources, *now;
} record =
#include "embedded_false_alarms.h"
    ;

json_t *mc_run_false_alarms_json(void) {
  return json_pack("{s:I s:I s:I s:I s:I s:s s:b}", "runs", record.runs, "conforms", record.conforms, "suspicious",
                   record.suspicious, "wrong", record.wrong, "undecided", record.undecided, "sources", record.sources,
                   "stale", strcmp(record.sources, record.now) != 0);
}

static long long count_of(const json_t *r, const char *name) {
  return (long long)json_integer_value(json_object_get(r, name));
}

void mc_run_false_alarms_print(mc_text *out, const json_t *r) {
  const char *sources = json_string_value(json_object_get(r, "sources"));
  long long alarms = count_of(r, "suspicious") + count_of(r, "wrong");
  bool fresh = json_is_false(json_object_get(r, "stale"));
  if (!r)
    return;
  mc_text_printf(out, "of %lld runs of correct kernels ", count_of(r, "runs"));
  if (alarms > 0)
    mc_text_printf(out, "%lld were", alarms);
  else
    mc_text_printf(out, "none was");
  mc_text_printf(out, " called suspicious or wrong, %lld undecided (sources %.12s%s)", count_of(r, "undecided"),
                 sources ? sources : "", fresh ? "" : ", which are not those of this program: the record is stale");
}
