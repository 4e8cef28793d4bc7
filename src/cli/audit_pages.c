/* What `muoncert audit` prints that is no record of verdicts: the built-in kernels and presets, and the kill table. */
#include "audit_pages.h"

#include <string.h>

#include "../audit/audit.h"
#include "../run/run.h"

/* ---- The list ---- */

static void print_formats(mc_text *out, unsigned dtypes) {
  static const struct {
    unsigned dtype;
    const char *name;
  } formats[] = {
      {MUONCERT_BFLOAT16, "bf16"}, {MUONCERT_FLOAT16, "fp16"}, {MUONCERT_FLOAT32, "f32"}, {MUONCERT_FLOAT64, "f64"}};
  const char *before = "";
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
    if (!(dtypes & 1u << formats[i].dtype))
      continue;
    mc_text_printf(out, "%s%s", before, formats[i].name);
    before = ", ";
  }
}

static void print_kernel(mc_text *out, const mc_kernel_code *code) {
  bool available = !code->is_available || code->is_available();
  mc_text_printf(out, "  %-20s %s (", code->name, code->summary);
  print_formats(out, code->dtypes);
  mc_text_printf(out, "%s)%s\n", code->step ? "; whole steps too" : "", available ? "" : "  [not on this processor]");
}

static void print_divisor(mc_text *out, const mc_normalisation *norm) {
  double safety = fmpq_get_d(norm->safety), eps = fmpq_get_d(norm->eps);
  mc_text_printf(out, norm->kind == MC_NORM_FROBENIUS_CLAMP ? "G / max(" : "G / (");
  if (safety != 1)
    mc_text_printf(out, "%g ", safety);
  mc_text_printf(out, "||G||_F%s %g)", norm->kind == MC_NORM_FROBENIUS_CLAMP ? "," : " +", eps);
}

static void print_step(mc_text *out, const char *preset) {
  mc_audit_step_rule rule;
  mc_audit_step_rule_init(&rule);
  if (mc_audit_step_rule_set_preset(&rule, preset, NULL) == MC_OK)
    mc_text_printf(out, "    a step: momentum %g, %s%s; scaling %s; learning rate %g, %s decay %g\n",
                   fmpq_get_d(rule.momentum), mc_audit_step_momentum_name(rule.rule), rule.nesterov ? ", Nesterov" : "",
                   mc_audit_step_scaling_name(rule.scaling), fmpq_get_d(rule.rate),
                   mc_audit_step_decay_name(rule.decay), fmpq_get_d(rule.weight_decay));
  mc_audit_step_rule_clear(&rule);
}

static void print_preset(mc_text *out, size_t i) {
  const char *name = mc_kernel_preset_name(i);
  mc_kernel_model model;
  mc_kernel_model_init(&model);
  if (mc_kernel_model_set_preset(&model, name, NULL) == MC_OK) {
    mc_text_printf(out, "  %-20s %s\n    %zu steps of %s on ", name, mc_kernel_preset_source(i), model.schedule.count,
                   mc_kernel_preset_schedule(i));
    print_divisor(out, &model.normalisation);
    mc_text_printf(out, "\n");
    print_step(out, name);
  }
  mc_kernel_model_clear(&model);
}

void mc_cli_audit_print_list(mc_text *out) {
  mc_text_printf(out, "kernels, with their formats\n");
  for (size_t i = 0; mc_kernel_builtin(i); i++)
    print_kernel(out, mc_kernel_builtin(i));
  mc_text_printf(out, "presets, with what they compute\n");
  for (size_t i = 0; mc_kernel_preset_name(i); i++)
    print_preset(out, i);
}

/* ---- The kill table ---- */

static const char *text_of(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static bool is_in(const json_t *list, const char *word) {
  size_t i;
  json_t *item;
  json_array_foreach(list, i, item) if (strcmp(json_string_value(item), word) == 0) return true;
  return false;
}

static void print_rules(mc_text *out, const json_t *document) {
  size_t i;
  json_t *rule;
  json_array_foreach(json_object_get(document, "rules"), i, rule) {
    json_int_t fair = json_integer_value(json_object_get(rule, "inputs"));
    mc_text_printf(out, "  %c  %-13s ", (char)('a' + i), text_of(rule, "name"));
    if (fair > 0)
      mc_text_printf(out, "%2lld survive on %lld input%s", json_integer_value(json_object_get(rule, "survivors")), fair,
                     fair == 1 ? " " : "s");
    else
      mc_text_printf(out, "rejects correct kernels");
    mc_text_printf(out, "  %s\n", text_of(rule, "source"));
  }
}

static void print_mutant(mc_text *out, const json_t *mutant, const json_t *rules) {
  bool equivalent = json_is_true(json_object_get(mutant, "equivalent"));
  bool finite = json_is_true(json_object_get(mutant, "finite"));
  bool same = json_is_true(json_object_get(mutant, "same_output"));
  const char *verdict = equivalent ? "equivalent" : finite ? text_of(mutant, "verdict") : "not finite";
  const json_t *laws = json_object_get(mutant, "laws");
  size_t i;
  json_t *item;
  mc_text_printf(out, "%-28s %-11s %4zu ", text_of(mutant, "name"), verdict, json_array_size(laws));
  json_array_foreach(rules, i, item) {
    bool asked = json_integer_value(json_object_get(item, "inputs")) > 0 && !same;
    bool killed = is_in(json_object_get(mutant, "killed_by"), text_of(item, "name"));
    mc_text_printf(out, " %c", killed ? '+' : asked ? '.' : ' ');
  }
  mc_text_printf(out, "  %s", text_of(mutant, "source"));
  json_array_foreach(laws, i, item) mc_text_printf(out, "%s%s", i == 0 ? "; breaks " : ", ", json_string_value(item));
  mc_text_printf(out, "\n");
}

/* Rows: planted bugs; our verdict, then a column for each rule of others. */
void mc_cli_audit_print_kill_table(mc_text *out, const json_t *document) {
  size_t i;
  json_t *item;
  const json_t *rules = json_object_get(document, "rules");
  mc_text_printf(out, "Planted bugs in a %s kernel of %s, on\n", text_of(document, "dtype"),
                 text_of(document, "preset"));
  json_array_foreach(json_object_get(document, "inputs"), i, item) {
    mc_text_printf(out, "  %s\n", json_string_value(item));
  }
  mc_text_printf(out, "\n%-28s %-11s %s ", "planted bug", "this audit", "laws");
  for (i = 0; i < json_array_size(rules); i++)
    mc_text_printf(out, " %c", (char)('a' + i));
  mc_text_printf(out, "  like\n");
  json_array_foreach(json_object_get(document, "mutants"), i, item) {
    print_mutant(out, item, rules);
  }
  mc_text_printf(out, "\nFalse alarms: ");
  mc_run_false_alarms_print(out, json_object_get(document, "false_alarms"));
  mc_text_printf(out, ".\n");
  if (json_is_true(json_object_get(document, "interrupted")))
    mc_text_printf(out, "\nInterrupted: these are the bugs that were tried until then.\n");
  mc_text_printf(
      out,
      "\nlaws: how many are violated. + rejected, . accepted, blank: the output is that of the correct kernel.\n"
      "Survivors of this audit: %lld%s. Of the rules of others, each asked\n"
      "about the inputs on which it accepts a correct kernel:\n",
      json_integer_value(json_object_get(document, "survivors")),
      json_is_true(json_object_get(document, "false_alarm")) ? ", and the correct kernel does not conform" : "");
  print_rules(out, document);
}
