/* What published implementations compute.  Sources: papers.md section 5. */
#include "kernel.h"

#include <string.h>

static const struct {
  const char *name, *schedule;
  mc_norm_kind kind;
  const char *eps, *safety;
} presets[] = {
    /* KellerJordan/Muon, muon.py, zeropower_via_newtonschulz5 */
    {"keller-jordan", "jordan", MC_NORM_FROBENIUS_ADD, "1e-7", "1"},
    /* torch.optim.Muon, torch/optim/_muon.py */
    {"torch", "jordan", MC_NORM_FROBENIUS_CLAMP, "1e-7", "1"},
    /* MoonshotAI/Moonlight, examples/toy_train.py */
    {"moonlight", "jordan", MC_NORM_FROBENIUS_ADD, "1e-7", "1"},
    /* microsoft/dion, polar_express.py */
    {"dion", "dion", MC_NORM_FROBENIUS_ADD, "1e-6", "1.02"},
    /* NVIDIA-NeMo/Emerging-Optimizers, "quintic" */
    {"emerging-optimizers", "you", MC_NORM_FROBENIUS_CLAMP, "1e-15", "1"},
};
enum { PRESETS = sizeof presets / sizeof presets[0] };

const char *mc_kernel_preset_name(size_t i) {
  return i < PRESETS ? presets[i].name : NULL;
}

void mc_kernel_model_init(mc_kernel_model *model) {
  mc_schedule_init(&model->schedule);
  mc_normalisation_init(&model->normalisation, MC_NORM_FROBENIUS_ADD);
  model->storage = MC_DTYPE_BFLOAT16;
  model->rounding = MC_ROUNDING_ALL;
}

void mc_kernel_model_clear(mc_kernel_model *model) {
  mc_schedule_clear(&model->schedule);
  mc_normalisation_clear(&model->normalisation);
}

static mc_status unknown_preset(const char *name, mc_error *e) {
  mc_text t;
  mc_text_init(&t);
  for (size_t i = 0; i < PRESETS; i++)
    mc_text_printf(&t, "%s %s", i > 0 ? "," : "", presets[i].name);
  mc_status s =
      mc_fail(e, MC_BAD_INPUT, "no preset is called '%.60s'; known are%s", name, t.failed ? " others" : t.data);
  mc_text_clear(&t);
  return s;
}

mc_status mc_kernel_model_set_preset(mc_kernel_model *model, const char *name, mc_error *e) {
  for (size_t i = 0; i < PRESETS; i++) {
    if (strcmp(name, presets[i].name) != 0)
      continue;
    mc_status s = mc_schedule_set_name(&model->schedule, presets[i].schedule, e);
    model->normalisation.kind = presets[i].kind;
    if (s == MC_OK)
      s = mc_ball_fmpq_set_text(model->normalisation.eps, presets[i].eps, e);
    if (s == MC_OK)
      s = mc_ball_fmpq_set_text(model->normalisation.safety, presets[i].safety, e);
    return s;
  }
  return unknown_preset(name, e);
}
