/* `muoncert audit --weights …`: a whole step of the optimizer. */
#include "steps.h"

#include <stdlib.h>
#include <string.h>

/* ---- The rule that a request describes ---- */

bool mc_run_is_step(const mc_run_audit_request *r) {
  return r->weights || r->buffer || r->weights_after || r->buffer_after;
}

static mc_status read_number(fmpq_t q, const char *text, const char *what, bool positive, mc_error *e) {
  mc_status s = mc_ball_fmpq_set_text(q, text, e);
  if (s == MC_OK && (positive ? fmpq_sgn(q) <= 0 : fmpq_sgn(q) < 0))
    s = mc_fail(e, MC_BAD_INPUT, "%s %.60s is not %s", what, text, positive ? "positive" : "zero or positive");
  return s;
}

static mc_status read_scaling_word(mc_audit_step_rule *rule, const char *word, mc_error *e) {
  const char *words[MC_STEP_SCALINGS + 1] = {NULL};
  int i;
  for (int k = 0; k < MC_STEP_SCALINGS; k++)
    words[k] = mc_audit_step_scaling_name((mc_audit_step_scaling)k);
  mc_status s = mc_run_choose(&i, words, word, "scaling", e);
  if (s == MC_OK)
    rule->scaling = (mc_audit_step_scaling)i;
  return s;
}

mc_status mc_run_read_scaling(mc_audit_step_rule *rule, const char *text, mc_error *e) {
  const char *star = strchr(text, '*');
  char word[64];
  fmpq_one(rule->factor);
  if (star == NULL && strchr("0123456789.", *text)) { /* a number alone */
    rule->scaling = MC_STEP_NONE;
    return read_number(rule->factor, text, "scaling", true, e);
  }
  snprintf(word, sizeof word, "%.*s", star ? (int)(star - text) : -1, text);
  mc_status s = read_scaling_word(rule, word, e);
  return s == MC_OK && star ? read_number(rule->factor, star + 1, "scaling", true, e) : s;
}

static mc_status read_words(mc_audit_step_rule *rule, const mc_run_audit_request *r, mc_error *e) {
  static const char *const answers[] = {"no", "yes", NULL};
  const char *momenta[MC_STEP_MOMENTA + 1] = {NULL}, *decays[MC_STEP_DECAYS + 1] = {NULL};
  int i = 0;
  mc_status s = MC_OK;
  for (int k = 0; k < MC_STEP_MOMENTA; k++)
    momenta[k] = mc_audit_step_momentum_name((mc_audit_step_momentum)k);
  for (int k = 0; k < MC_STEP_DECAYS; k++)
    decays[k] = mc_audit_step_decay_name((mc_audit_step_decay)k);
  if (r->momentum_rule && (s = mc_run_choose(&i, momenta, r->momentum_rule, "momentum rule", e)) == MC_OK)
    rule->rule = (mc_audit_step_momentum)i;
  if (s == MC_OK && r->decay && (s = mc_run_choose(&i, decays, r->decay, "decay", e)) == MC_OK)
    rule->decay = (mc_audit_step_decay)i;
  if (s == MC_OK && r->nesterov && (s = mc_run_choose(&i, answers, r->nesterov, "answer about Nesterov", e)) == MC_OK)
    rule->nesterov = i != 0;
  return s == MC_OK && r->scaling ? mc_run_read_scaling(rule, r->scaling, e) : s;
}

/* A preset without an optimizer leaves the rule as it is. */
mc_status mc_run_read_conventions(mc_audit_step_rule *rule, const mc_run_audit_request *r, mc_error *e) {
  (void)mc_audit_step_rule_set_preset(rule, r->preset ? r->preset : MC_RUN_AUDIT_PRESET, NULL);
  return read_words(rule, r, e);
}

mc_status mc_run_read_step_rule(mc_audit_step_rule *rule, const mc_run_audit_request *r, mc_error *e) {
  if (!r->weights || !r->buffer || !r->weights_after || !r->buffer_after)
    return mc_fail(e, MC_BAD_INPUT, "a step needs weights and buffer, before and after");
  mc_status s = mc_audit_step_rule_set_preset(rule, r->preset ? r->preset : MC_RUN_AUDIT_PRESET, e);
  if (s == MC_OK)
    s = read_words(rule, r, e);
  if (s == MC_OK && r->rate)
    s = read_number(rule->rate, r->rate, "learning rate", true, e);
  if (s == MC_OK && r->momentum)
    s = read_number(rule->momentum, r->momentum, "momentum", false, e);
  if (s == MC_OK && r->weight_decay)
    s = read_number(rule->weight_decay, r->weight_decay, "weight decay", false, e);
  return s;
}

/* ---- The entry ---- */

static json_t *rational_json(const fmpq_t q) {
  char *text = fmpq_get_str(NULL, 10, q);
  json_t *string = json_string(text);
  flint_free(text);
  return string;
}

/* Adds the member "step"; returns the buffer's ratio. */
static double describe_step(json_t *entry, const mc_audit_step_rule *rule, const mc_audit_step_view *view) {
  arb_t error;
  double limit, ratio;
  arb_init(error);
  mc_audit_step_buffer(error, &limit, &ratio, view);
  json_object_set_new(entry, "step",
                      json_pack("{s:o s:o s:s s:b s:o s:s s:s s:o s:o s:o s:f}", "learning_rate",
                                rational_json(rule->rate), "momentum", rational_json(rule->momentum), "momentum_rule",
                                mc_audit_step_momentum_name(rule->rule), "nesterov", rule->nesterov, "weight_decay",
                                rational_json(rule->weight_decay), "decay", mc_audit_step_decay_name(rule->decay),
                                "scaling", mc_audit_step_scaling_name(rule->scaling), "factor",
                                rational_json(rule->factor), "buffer_error", mc_run_enclosure_json(error),
                                "buffer_limit", mc_run_bound_json(limit), "buffer_ratio", ratio));
  arb_clear(error);
  return ratio;
}

/* diagnosis[]: what the step did instead; what the kernel's output is instead, where the conventions explain nothing. */
static mc_status describe_cause(json_t *entry, const mc_audit_finding *f, const mc_audit_reference *reference,
                                const mc_audit_step_view *view, const mc_audit_step *step,
                                const mc_audit_step_rule *rule, const mc_kernel_model *model, mc_error *e) {
  mc_audit_explanation explanations[MC_AUDIT_EXPLANATIONS];
  size_t count;
  mc_status s = mc_audit_step_explain_approx(explanations, &count, step, rule, model, e);
  if (s == MC_OK && count == 0 && f->verdict != MC_AUDIT_CONFORMS)
    return mc_run_describe_cause(entry, f, reference, model, mc_audit_step_direction(view), mc_audit_step_update(view),
                                 e);
  if (s != MC_OK || count == 0)
    return s;
  json_object_set_new(entry, "diagnosis", mc_run_diagnosis_json(explanations, count));
  const char *why = json_string_value(json_object_get(entry, "message"));
  json_object_set_new(entry, "message", json_sprintf("%s; it looks like: %s", why ? why : "", explanations[0].text));
  return MC_OK;
}

static void find_wrong_buffer(json_t *entry, double ratio) {
  if (!(ratio > 1))
    return;
  json_object_set_new(entry, "verdict", json_string(mc_audit_verdict_name(MC_AUDIT_WRONG)));
  json_object_set_new(entry, "message",
                      json_sprintf("an entry of the buffer is off by %.3g times what rounding allows", ratio));
}

void mc_run_judge_step(json_t *entry, const mc_audit_step *step, const mc_audit_step_rule *rule,
                       const mc_kernel_model *model, const mc_audit_options *options) {
  mc_error why = {0};
  mc_audit_step_view *view;
  mc_audit_reference *reference = NULL;
  mc_audit_options around = *options;
  mc_audit_finding f;
  double ratio = 0;
  mc_audit_finding_init(&f);
  mc_status s = mc_audit_step_view_new(&view, step, rule, &why);
  if (s == MC_OK) {
    around.around = mc_audit_step_surroundings(view);
    ratio = describe_step(entry, rule, view);
    s = mc_audit_reference_new(&reference, mc_audit_step_direction(view), step->m, step->n, model, &around, &why);
  }
  if (s == MC_OK)
    s = mc_audit_judge(&f, reference, mc_audit_step_update(view), &why);
  if (s == MC_OK)
    s = mc_audit_describe(&f, reference, mc_audit_step_update(view), &why);
  if (s == MC_OK) {
    mc_run_describe_finding(entry, &f, options->false_alarm);
    find_wrong_buffer(entry, ratio);
    if (f.verdict == MC_AUDIT_WRONG || f.verdict == MC_AUDIT_SUSPICIOUS || ratio > 1)
      s = describe_cause(entry, &f, reference, view, step, rule, model, &why);
  }
  if (s != MC_OK)
    mc_run_describe_failure(entry, &why);
  if (s == MC_UNDECIDED)
    find_wrong_buffer(entry, ratio);
  mc_audit_reference_free(reference);
  mc_audit_step_view_free(view);
  mc_audit_finding_clear(&f);
}
