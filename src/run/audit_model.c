/* The model that an audit request describes. */
#include "audits.h"

#include <string.h>

mc_status mc_run_choose(int *index, const char *const *words, const char *word, const char *what, mc_error *e) {
  mc_text known;
  for (*index = 0; words[*index]; ++*index)
    if (strcmp(words[*index], word) == 0)
      return MC_OK;
  mc_text_init(&known);
  for (int i = 0; words[i]; i++)
    mc_text_printf(&known, "%s%s", i ? ", " : "", words[i]);
  mc_fail(e, MC_BAD_INPUT, "'%.60s' is no %s; known are %s", word, what, known.failed ? "others" : known.data);
  mc_text_clear(&known);
  return MC_BAD_INPUT;
}

static mc_status read_norm(mc_kernel_model *model, const char *word, mc_error *e) {
  static const char *const words[] = {"none", "add", "clamp", NULL};
  static const mc_norm_kind kinds[] = {MC_NORM_NONE, MC_NORM_FROBENIUS_ADD, MC_NORM_FROBENIUS_CLAMP};
  int i;
  mc_status s = mc_run_choose(&i, words, word, "norm", e);
  if (s == MC_OK)
    model->normalisation.kind = kinds[i];
  return s;
}

static mc_status read_rounding(unsigned *roundings, const char *word, mc_error *e) {
  const char *words[MC_ROUNDINGS + 2] = {"any"};
  int i;
  for (int k = 0; k < MC_ROUNDINGS; k++)
    words[k + 1] = mc_kernel_rounding_name((mc_kernel_rounding)k);
  mc_status s = mc_run_choose(&i, words, word, "rounding", e);
  if (s == MC_OK)
    *roundings = i == 0 ? 0 : 1u << (i - 1);
  return s;
}

static mc_status read_nonnegative(fmpq_t q, const char *text, const char *what, bool positive, mc_error *e) {
  mc_status s = mc_ball_fmpq_set_text(q, text, e);
  if (s == MC_OK && (positive ? fmpq_sgn(q) <= 0 : fmpq_sgn(q) < 0))
    s = mc_fail(e, MC_BAD_INPUT, "%s %.60s is not %s", what, text, positive ? "positive" : "zero or positive");
  return s;
}

/* TF32 is no format of values: they are float32, and products round their factors. */
static mc_status read_dtype(mc_kernel_model *model, const char *word, mc_error *e) {
  model->tf32 = strcmp(word, "tf32") == 0;
  return mc_kernel_dtype_parse(&model->storage, model->tf32 ? "f32" : word, e);
}

static mc_status read_accumulator(mc_kernel_model *model, const char *word, mc_error *e) {
  static const char *const words[] = {"nearest", "truncate", "flush", NULL};
  int i;
  mc_status s = mc_run_choose(&i, words, word, "accumulator", e);
  if (s == MC_OK)
    model->truncate = i == 1, model->flush = i == 2;
  return s;
}

const char *mc_run_dtype_name(const mc_kernel_model *model) {
  return model->tf32 ? "tf32" : mc_dtype_name(model->storage);
}

mc_status mc_run_read_model(mc_kernel_model *model, unsigned *roundings, const mc_run_audit_request *r, mc_error *e) {
  mc_status s = mc_kernel_model_set_preset(model, r->preset ? r->preset : MC_RUN_AUDIT_PRESET, e);
  if (s == MC_OK && r->schedule)
    s = mc_schedule_set_name(&model->schedule, r->schedule, e);
  if (s == MC_OK)
    s = mc_schedule_resize(&model->schedule, r->steps, e);
  if (s == MC_OK && r->norm)
    s = read_norm(model, r->norm, e);
  if (s == MC_OK && r->eps)
    s = read_nonnegative(model->normalisation.eps, r->eps, "eps", false, e);
  if (s == MC_OK && r->safety)
    s = read_nonnegative(model->normalisation.safety, r->safety, "safety factor", true, e);
  if (s == MC_OK && r->dtype)
    s = read_dtype(model, r->dtype, e);
  if (s == MC_OK && r->accumulator)
    s = read_accumulator(model, r->accumulator, e);
  if (s == MC_OK && r->rounding)
    s = read_rounding(roundings, r->rounding, e);
  return s;
}
