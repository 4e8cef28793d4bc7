/* Conventions of the step around the kernel; each names its source. */
#include "step.h"

#include <string.h>

const char *mc_audit_step_momentum_name(mc_audit_step_momentum momentum) {
  static const char *const names[MC_STEP_MOMENTA] = {"average", "sum"};
  return names[momentum];
}

const char *mc_audit_step_decay_name(mc_audit_step_decay decay) {
  static const char *const names[MC_STEP_DECAYS] = {"decoupled", "coupled", "independent"};
  return names[decay];
}

const char *mc_audit_step_scaling_name(mc_audit_step_scaling scaling) {
  static const char *const names[MC_STEP_SCALINGS] = {"none", "rectangular", "rms", "spectral", "unit-rms"};
  return names[scaling];
}

static const struct {
  const char *name;
  mc_audit_step_momentum rule;
  bool nesterov;
  mc_audit_step_scaling scaling;
  const char *rate, *weight_decay;
} presets[] = {
    /* KellerJordan/Muon, muon.py: class Muon */
    {"keller-jordan", MC_STEP_AVERAGE, true, MC_STEP_RECTANGULAR, "0.02", "0"},
    /* torch/optim/_muon.py, adjust_lr_fn "original" */
    {"torch", MC_STEP_AVERAGE, true, MC_STEP_RECTANGULAR, "1e-3", "0.1"},
    /* MoonshotAI/Moonlight, examples/toy_train.py */
    {"moonlight", MC_STEP_SUM, true, MC_STEP_RMS, "1e-3", "0.1"},
    /* microsoft/dion, dion/muon.py, adjust_lr "spectral_norm" */
    {"dion", MC_STEP_SUM, false, MC_STEP_UNIT_RMS, "0.01", "0.01"},
    /* NVIDIA-NeMo/Emerging-Optimizers, orthogonalized_optimizers/muon.py, scale_mode "spectral" */
    {"emerging-optimizers", MC_STEP_AVERAGE, false, MC_STEP_SPECTRAL, "3e-4", "0.01"},
};
enum { PRESETS = sizeof presets / sizeof *presets };

static void set_from(mc_audit_step_rule *r, size_t i) {
  fmpq *const numbers[] = {r->rate, r->momentum, r->weight_decay, r->factor};
  const char *const texts[] = {presets[i].rate, "0.95", presets[i].weight_decay, "1"};
  r->rule = presets[i].rule;
  r->nesterov = presets[i].nesterov;
  r->decay = MC_STEP_DECOUPLED; /* all of them */
  r->scaling = presets[i].scaling;
  for (size_t k = 0; k < 4; k++)
    (void)mc_ball_fmpq_set_text(numbers[k], texts[k], NULL);
}

void mc_audit_step_rule_init(mc_audit_step_rule *rule) {
  fmpq_init(rule->rate);
  fmpq_init(rule->momentum);
  fmpq_init(rule->weight_decay);
  fmpq_init(rule->factor);
  set_from(rule, 0);
}

void mc_audit_step_rule_clear(mc_audit_step_rule *rule) {
  fmpq_clear(rule->rate);
  fmpq_clear(rule->momentum);
  fmpq_clear(rule->weight_decay);
  fmpq_clear(rule->factor);
}

mc_status mc_audit_step_rule_set_preset(mc_audit_step_rule *rule, const char *name, mc_error *e) {
  for (size_t i = 0; i < PRESETS; i++)
    if (strcmp(name, presets[i].name) == 0) {
      set_from(rule, i);
      return MC_OK;
    }
  return mc_fail(e, MC_BAD_INPUT,
                 "preset '%.60s' has no optimizer; of a step known are keller-jordan, torch, moonlight, dion, "
                 "emerging-optimizers",
                 name);
}

void mc_audit_step_scale(arb_t s, const mc_audit_step_rule *rule, size_t m, size_t n, slong prec) {
  size_t longest = m > n ? m : n;
  arb_t factor;
  arb_init(factor);
  arb_one(s);
  if (rule->scaling == MC_STEP_RMS || rule->scaling == MC_STEP_SPECTRAL) {
    arb_set_ui(s, longest);
  } else if (rule->scaling == MC_STEP_UNIT_RMS || (rule->scaling == MC_STEP_RECTANGULAR && m > n)) {
    arb_set_ui(s, m);
    arb_div_ui(s, s, n, prec);
  }
  arb_sqrt(s, s, prec);
  if (rule->scaling == MC_STEP_RMS)
    arb_div_ui(s, s, 5, prec);
  arb_set_fmpq(factor, rule->factor, prec);
  arb_mul(s, s, factor, prec);
  arb_clear(factor);
}
