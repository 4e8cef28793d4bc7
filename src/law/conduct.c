/* Laws about what a kernel does beside computing: it leaves its input alone and writes all of its output. */
#include "bench.h"

mc_status mc_law_judge_untouched(mc_law_bench *b) {
  for (size_t i = 0; i < MC_INPUTS; i++) {
    const mc_law_output *o = &b->outputs[i];
    const mc_law_input *input = &b->suite->inputs[i];
    if (!o->watched && !o->g_after)
      continue;
    if (o->watched ? o->conduct.input_changed : mc_law_count_changes(o->g_after, input->g, mc_law_size_of(input)) > 0) {
      mc_law_decide(b, MC_LAW_VIOLATED, "the kernel writes into its input '%s'", input->name);
      return MC_OK;
    }
    mc_law_decide(b, MC_LAW_HOLDS, "to the last bit");
  }
  return MC_OK;
}

/* Where only files are there, what was not written is what holds NaN. */
static bool find_unwritten(mc_law_bench *b, const mc_law_input *input, const mc_law_output *o) {
  if (o->watched && o->conduct.unwritten > 0)
    mc_law_decide(b, MC_LAW_VIOLATED, "%zu entries of the output for '%s' are not written", o->conduct.unwritten,
                  input->name);
  else if (o->watched && o->conduct.strayed > 0)
    mc_law_decide(b, MC_LAW_VIOLATED, "%zu elements between the rows or matrices of the output for '%s' are written",
                  o->conduct.strayed, input->name);
  else if (!o->watched && input->finite && o->x && !mc_law_is_finite(o->x, mc_law_size_of(input)))
    mc_law_decide(b, MC_LAW_VIOLATED, "the output for '%s' holds NaN or infinity", input->name);
  else
    return false;
  return true;
}

mc_status mc_law_judge_written(mc_law_bench *b) {
  for (size_t i = 0; i < MC_INPUTS; i++) {
    if (!b->outputs[i].present || b->outputs[i].refused)
      continue;
    if (find_unwritten(b, &b->suite->inputs[i], &b->outputs[i]))
      return MC_OK;
    mc_law_decide(b, MC_LAW_HOLDS, "and nothing else");
  }
  return MC_OK;
}
