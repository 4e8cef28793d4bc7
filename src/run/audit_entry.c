/* What was found about one output, as members of an entry of audits[]. */
#include "audits.h"

#include <math.h>

#define DIGITS 12

static json_t *interval(char *lo, char *hi) {
  json_t *enclosure = lo && hi ? json_pack("{s:s s:s}", "lo", *lo == '-' ? "0" : lo, "hi", hi) : NULL;
  mc_free(lo);
  mc_free(hi);
  return enclosure;
}

/* Of a quantity that is nonnegative by its definition. */
json_t *mc_run_enclosure_json(const arb_t x) {
  char *lo, *hi;
  return mc_ball_bounds_text(&lo, &hi, x, DIGITS, NULL) == MC_OK ? interval(lo, hi) : NULL;
}

static json_t *singular_values_json(const mc_audit_finding *f) {
  char *lo, *hi, *unused;
  if (mc_ball_bounds_text(&lo, &unused, f->sigma_min, DIGITS, NULL) != MC_OK)
    return NULL;
  mc_free(unused);
  if (mc_ball_bounds_text(&unused, &hi, f->sigma_max, DIGITS, NULL) != MC_OK) {
    mc_free(lo);
    return NULL;
  }
  mc_free(unused);
  return interval(lo, hi);
}

/* A bound as text, rounded up; "inf" where there is none. */
json_t *mc_run_bound_json(double bound) {
  arf_t x;
  arf_init(x);
  arf_set_d(x, isnan(bound) ? (double)INFINITY : bound);
  char *text = mc_ball_arf_text(x, 1, DIGITS);
  arf_clear(x);
  json_t *string = text ? json_string(text) : NULL;
  mc_free(text);
  return string;
}

static json_t *rules_json(unsigned rules) {
  json_t *names = json_array();
  for (unsigned rule = 0; rule < MC_ROUNDINGS; rule++)
    if (rules >> rule & 1u)
      json_array_append_new(names, json_string(mc_kernel_rounding_name((mc_kernel_rounding)rule)));
  return names;
}

/* The statistical limits of the rule that fits best, the sound ones for all rules together. */
static void describe_limits(json_t *entry, const mc_audit_finding *f, double false_alarm) {
  json_t *measures = json_array();
  json_object_set_new(entry, "rounding", json_string(mc_kernel_rounding_name(f->limits->rounding)));
  if (f->untried)
    json_object_set_new(entry, "untried", rules_json(f->untried));
  json_object_set_new(entry, "tolerance",
                      json_pack("{s:o s:o s:o s:f}", "sound", mc_run_bound_json(f->sound), "spectrum",
                                mc_run_bound_json(f->spectrum), "statistical",
                                mc_run_bound_json(f->limits->statistical[MC_MEASURE_TOTAL]), "false_alarm",
                                false_alarm));
  for (int k = 0; k < MC_MEASURES && !(k == MC_MEASURE_ALONG && isinf(f->limits->statistical[k])); k++)
    json_array_append_new(measures, json_pack("{s:s s:o s:o}", "name", mc_audit_measure_name((mc_audit_measure)k),
                                              "error", mc_run_enclosure_json(f->measures[k]), "limit",
                                              mc_run_bound_json(f->limits->statistical[k])));
  json_object_set_new(entry, "measures", measures);
}

void mc_run_describe_finding(json_t *entry, const mc_audit_finding *f, double false_alarm) {
  json_object_set_new(entry, "verdict", json_string(mc_audit_verdict_name(f->verdict)));
  if (*f->reason)
    json_object_set_new(entry, "message", json_string(f->reason));
  json_object_set_new(entry, "error", mc_run_enclosure_json(f->error));
  json_object_set_new(entry, "polar_distance", mc_run_enclosure_json(f->polar_distance));
  json_object_set_new(entry, "sigma", singular_values_json(f));
  json_object_set_new(entry, "sigma_min", mc_run_enclosure_json(f->sigma_min));
  json_object_set_new(entry, "sigma_max", mc_run_enclosure_json(f->sigma_max));
  json_object_set_new(entry, "orthogonality", mc_run_enclosure_json(f->orthogonality));
  json_object_set_new(entry, "diagnosis", json_array());
  if (f->limits)
    describe_limits(entry, f, false_alarm);
}

static json_t *heat_json(const mc_audit_reference *reference, const double *x) {
  mc_audit_heat heat;
  json_t *values = json_array();
  mc_audit_heat_approx(&heat, reference, x);
  for (size_t i = 0; i < heat.rows; i++) {
    json_t *row = json_array();
    for (size_t j = 0; j < heat.columns; j++) {
      double value = heat.value[i * heat.columns + j];
      json_array_append_new(row, isfinite(value) ? json_real(value) : json_null());
    }
    json_array_append_new(values, row);
  }
  return json_pack("{s:[I I] s:o}", "block", (json_int_t)heat.height, (json_int_t)heat.width, "values", values);
}

/* diagnosis[], best first, and a map of the error; the message says the best. */
json_t *mc_run_diagnosis_json(const mc_audit_explanation *explanations, size_t count) {
  json_t *diagnosis = json_array();
  for (size_t i = 0; i < count; i++) {
    json_t *item = json_pack("{s:s}", "text", explanations[i].text);
    if (isfinite(explanations[i].distance))
      json_object_set_new(item, "distance", json_real(explanations[i].distance));
    json_array_append_new(diagnosis, item);
  }
  return diagnosis;
}

mc_status mc_run_describe_cause(json_t *entry, const mc_audit_finding *f, const mc_audit_reference *reference,
                                const mc_kernel_model *model, const double *g, const double *x, mc_error *e) {
  mc_audit_explanation explanations[MC_AUDIT_EXPLANATIONS];
  size_t count;
  mc_status s = mc_audit_explain_approx(explanations, &count, f, reference, model, g, x, e);
  if (s != MC_OK)
    return s;
  json_object_set_new(entry, "diagnosis", mc_run_diagnosis_json(explanations, count));
  json_object_set_new(entry, "heat", heat_json(reference, x));
  if (count > 0)
    json_object_set_new(entry, "message", json_sprintf("%s; it looks like: %s", f->reason, explanations[0].text));
  return MC_OK;
}

void mc_run_describe_failure(json_t *entry, const mc_error *why) {
  char text[1024];
  mc_error_format(text, sizeof text, why);
  bool open = why->status == MC_UNDECIDED || why->status == MC_INTERRUPTED;
  json_object_set_new(entry, "verdict", json_string(open ? "undecided" : "error"));
  json_object_set_new(entry, "message", json_string(text));
}
