/* The limits of each rule that a kernel may follow: sound ones at once, statistical ones when they are first asked for. */
#include <math.h>

#include "origin.h"
#include "upward.h"

/* The rules that the kernel may follow and that differ from the others: where the accumulator's format is stored,
 * coefficients have the same format under `all` and `operations`. */
static unsigned distinct_rules(const mc_audit_reference *r) {
  unsigned asked = r->options.roundings, every = MC_ROUNDINGS_OF_X;
  bool wide = mc_kernel_accumulator(r->model.storage) == r->model.storage;
  return asked ? asked : wide ? every & ~(1u << MC_ROUNDING_OPERATIONS) : every;
}

/* Without normalisation only the order of sums differs between members, and that moves too few roundings of a 16-bit
 * format for a distribution. */
static bool has_ensemble(const mc_audit_reference *r) {
  bool moves = r->model.normalisation.kind != MC_NORM_NONE || mc_kernel_precision(r->model.storage) >= 24;
  return moves && !r->options.sound_only;
}

/* One more rule, with its sound limits. */
static mc_status add_rule(mc_audit_rules *rules, const mc_audit_reference *r, mc_kernel_rounding rounding,
                          mc_error *e) {
  mc_kernel_model variant = r->model; /* shares the schedule, which is only read */
  mc_audit_rule *rule = &rules->rule[rules->count++];
  *rule = (mc_audit_rule){.centre = {.profile = mc_alloc(r->count, sizeof(double))}, .is_derived = !has_ensemble(r)};
  if (!rule->centre.profile)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  variant.rounding = rule->limits.rounding = rounding;
  mc_status s = mc_audit_origin_set(&rule->origin, r, &variant, e);
  if (s != MC_OK)
    return s;
  mc_audit_sound_bound(&rule->limits.sound, &rule->limits.spectrum, &variant, &rule->origin, r->m, r->n, &r->options,
                       INFINITY);
  for (int k = 0; k < MC_MEASURES; k++)
    rule->limits.statistical[k] = NAN;
  return MC_OK;
}

mc_status mc_audit_rules_new(mc_audit_rules **out, const mc_audit_reference *r, mc_error *e) {
  mc_audit_rules *rules = mc_alloc(1, sizeof *rules);
  mc_status s = MC_OK;
  *out = NULL;
  if (!rules || pthread_mutex_init(&rules->lock, NULL) != 0) {
    mc_free(rules);
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  }
  for (unsigned rounding = 0; rounding < MC_ROUNDINGS && s == MC_OK; rounding++)
    if (distinct_rules(r) >> rounding & 1u)
      s = add_rule(rules, r, (mc_kernel_rounding)rounding, e);
  if (s == MC_OK)
    *out = rules;
  else
    mc_audit_rules_free(rules);
  return s;
}

void mc_audit_rules_free(mc_audit_rules *rules) {
  if (!rules)
    return;
  for (size_t i = 0; i < rules->count; i++) {
    mc_free(rules->rule[i].centre.profile);
    mc_audit_origin_clear(&rules->rule[i].origin);
  }
  pthread_mutex_destroy(&rules->lock);
  mc_free(rules);
}

mc_status mc_audit_rule_derive(const mc_audit_rule **out, const mc_audit_reference *r, size_t i, mc_error *e) {
  mc_kernel_model variant = r->model;
  mc_audit_rule *rule = &r->rules->rule[i];
  mc_status s = MC_OK;
  variant.rounding = rule->limits.rounding;
  pthread_mutex_lock(&r->rules->lock);
  if (!rule->is_derived)
    s = mc_audit_ensemble_limits(&rule->limits, &rule->centre, &variant, r->input, r->sigma, &r->image, &r->basis,
                                 &r->options, e);
  rule->is_derived = s == MC_OK;
  pthread_mutex_unlock(&r->rules->lock);
  *out = s == MC_OK ? rule : NULL;
  return s;
}

size_t mc_audit_reference_rules(const mc_audit_reference *reference) {
  return reference->rules->count;
}

mc_status mc_audit_reference_limits(const mc_audit_limits **limits, const mc_audit_reference *reference, size_t rule,
                                    mc_error *e) {
  const mc_audit_rule *found;
  mc_status s = mc_audit_rule_derive(&found, reference, rule, e);
  *limits = s == MC_OK ? &found->limits : NULL;
  return s;
}

void mc_audit_reference_sound(double *sound, double *spectrum, const mc_audit_reference *reference) {
  *sound = *spectrum = 0;
  for (size_t i = 0; i < reference->rules->count; i++) {
    *sound = fmax(*sound, reference->rules->rule[i].limits.sound);
    *spectrum = fmax(*spectrum, reference->rules->rule[i].limits.spectrum);
  }
}

void mc_audit_reference_sound_given(double *sound, double *spectrum, const mc_audit_reference *r, double output) {
  mc_kernel_model variant = r->model;
  const mc_audit_surroundings *around = r->options.around;
  if (around) /* the kernel's own output is this far from what is judged */
    output = mc_up_add3(output, around->output_bound, around->output_radius);
  *sound = *spectrum = 0;
  for (size_t i = 0; i < r->rules->count; i++) {
    double plain, divided;
    const mc_audit_rule *rule = &r->rules->rule[i];
    variant.rounding = rule->limits.rounding;
    mc_audit_sound_bound(&plain, &divided, &variant, &rule->origin, r->m, r->n, &r->options, output);
    *sound = fmax(*sound, plain);
    *spectrum = fmax(*spectrum, divided);
  }
}
