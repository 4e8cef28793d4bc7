/* What published implementations compute; each names its file. */
#include "kernel.h"

#include <string.h>

static const struct {
  const char *name, *schedule;
  size_t steps; /* 0: all of the schedule */
  mc_norm_kind kind;
  const char *eps, *safety;
  const char *divided; /* the input of the first divided_steps steps is divided by this; NULL: it is not */
  size_t divided_steps;
  const char *source;
} presets[] = {
    {"keller-jordan", "jordan", 0, MC_NORM_FROBENIUS_ADD, "1e-7", "1", NULL, 0,
     "KellerJordan/Muon, muon.py, zeropower_via_newtonschulz5"},
    {"torch", "jordan", 0, MC_NORM_FROBENIUS_CLAMP, "1e-7", "1", NULL, 0, "torch.optim.Muon, torch/optim/_muon.py"},
    {"moonlight", "jordan", 0, MC_NORM_FROBENIUS_ADD, "1e-7", "1", NULL, 0,
     "MoonshotAI/Moonlight, examples/toy_train.py"},
    {"dion", "dion", 0, MC_NORM_FROBENIUS_ADD, "1e-6", "1.02", NULL, 0, "microsoft/dion, polar_express.py"},
    {"emerging-optimizers", "you", 0, MC_NORM_FROBENIUS_CLAMP, "1e-15", "1", NULL, 0,
     "NVIDIA-NeMo/Emerging-Optimizers, \"quintic\""},
    {"polar-express", "polar_express", 0, MC_NORM_FROBENIUS_ADD, "1e-7", "1.01", "1.01", 7,
     "NoahAmsel/PolarExpress: the input of all steps but the last is divided by 1.01"},
    {"gram-ns", "polar_express", 5, MC_NORM_FROBENIUS_ADD, "1e-7", "1", "1.05", 5,
     "Dao-AILab/gram-newton-schulz, coefficients.py: the input of every step is divided by 1.05; its Gram form is "
     "--rounding gram"},
};
enum { PRESETS = sizeof presets / sizeof presets[0] };

const char *mc_kernel_preset_name(size_t i) {
  return i < PRESETS ? presets[i].name : NULL;
}

const char *mc_kernel_preset_source(size_t i) {
  return i < PRESETS ? presets[i].source : NULL;
}

const char *mc_kernel_preset_schedule(size_t i) {
  return i < PRESETS ? presets[i].schedule : NULL;
}

void mc_kernel_model_init(mc_kernel_model *model) {
  mc_schedule_init(&model->schedule);
  mc_normalisation_init(&model->normalisation, MC_NORM_FROBENIUS_ADD);
  model->storage = MC_DTYPE_BFLOAT16;
  model->rounding = MC_ROUNDING_ALL;
  model->tf32 = model->truncate = model->flush = false;
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

static mc_status set_schedule(mc_schedule *schedule, size_t i, mc_error *e) {
  fmpq_t factor;
  fmpq_init(factor);
  mc_status s = mc_schedule_set_name(schedule, presets[i].schedule, e);
  if (s == MC_OK)
    s = mc_schedule_resize(schedule, presets[i].steps, e);
  if (s == MC_OK && presets[i].divided)
    s = mc_ball_fmpq_set_text(factor, presets[i].divided, e);
  if (s == MC_OK && presets[i].divided)
    mc_schedule_divide_input(schedule, presets[i].divided_steps, factor);
  fmpq_clear(factor);
  return s;
}

mc_status mc_kernel_model_set_preset(mc_kernel_model *model, const char *name, mc_error *e) {
  for (size_t i = 0; i < PRESETS; i++) {
    if (strcmp(name, presets[i].name) != 0)
      continue;
    mc_status s = set_schedule(&model->schedule, i, e);
    model->normalisation.kind = presets[i].kind;
    if (s == MC_OK)
      s = mc_ball_fmpq_set_text(model->normalisation.eps, presets[i].eps, e);
    if (s == MC_OK)
      s = mc_ball_fmpq_set_text(model->normalisation.safety, presets[i].safety, e);
    return s;
  }
  return unknown_preset(name, e);
}
