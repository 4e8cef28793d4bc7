/* Running a kernel on a suite. */
#include "suite.h"

mc_law_output *mc_law_outputs_new(const mc_law_suite *suite) {
  return mc_alloc(mc_law_suite_count(suite), sizeof(mc_law_output));
}

void mc_law_outputs_free(mc_law_output *outputs, const mc_law_suite *suite) {
  for (size_t i = 0; outputs && i < mc_law_suite_count(suite); i++) {
    mc_free(outputs[i].x);
    mc_free(outputs[i].weights_after);
    mc_free(outputs[i].buffer_after);
    mc_free(outputs[i].g_after);
  }
  mc_free(outputs);
}

mc_status mc_law_output_make(mc_law_output *o, const mc_law_input *input, mc_error *e) {
  size_t size = input->count * input->m * input->n;
  o->present = true;
  if (input->is_step) {
    o->weights_after = mc_alloc(size, sizeof *o->weights_after);
    o->buffer_after = mc_alloc(size, sizeof *o->buffer_after);
  } else {
    o->x = mc_alloc(size, sizeof *o->x);
  }
  return o->x || (o->weights_after && o->buffer_after) ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

/* Only what is not finite may be refused. */
static mc_status run_one(mc_law_output *o, const mc_law_suite *s, const mc_law_input *input, mc_kernel *kernel,
                         mc_error *e) {
  mc_status status = mc_law_output_make(o, input, e);
  if (status != MC_OK)
    return status;
  mc_kernel_step step = {.weights = input->weights,
                         .buffer = input->buffer,
                         .weights_after = o->weights_after,
                         .buffer_after = o->buffer_after,
                         .learning_rate = input->learning_rate,
                         .momentum = input->momentum,
                         .weight_decay = input->weight_decay,
                         .sum = s->conventions.sum,
                         .nesterov = input->nesterov,
                         .scaling = s->conventions.scaling};
  mc_kernel_call call = {.model = s->model,
                         .count = input->count,
                         .m = input->m,
                         .n = input->n,
                         .padding = input->padding,
                         .g = input->g,
                         .x = o->x,
                         .step = input->is_step ? &step : NULL};
  status = mc_kernel_run(&o->conduct, kernel, &call, e);
  o->watched = status == MC_OK;
  o->refused = status == MC_BAD_INPUT && !input->finite;
  return o->refused ? MC_OK : status;
}

mc_status mc_law_run(mc_law_output *outputs, const mc_law_suite *suite, mc_kernel *kernel, mc_error *e) {
  mc_status status = MC_OK;
  for (size_t i = 0; i < MC_INPUTS && status == MC_OK; i++) {
    const mc_law_input *input = &suite->inputs[i];
    if (input->is_step ? mc_kernel_has_step(kernel) : mc_kernel_has_orthogonalise(kernel))
      status = mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted")
                                        : run_one(&outputs[i], suite, input, kernel, e);
  }
  return status;
}
