#include "prop.h"

#include <math.h>
#include <stdatomic.h>

void mc_prop_plan_case(mc_prop_case *c, const mc_prop_plan *plan, uint64_t i) {
  const mc_shape *shape = &plan->shapes[i % plan->shape_count];
  *c = (mc_prop_case){.seed = plan->seed,
                      .trial = (uint32_t)i,
                      .rows = shape->rows,
                      .columns = shape->columns,
                      .family = plan->families[i / plan->shape_count % plan->family_count],
                      .bits = 53};
}

typedef struct {
  const mc_prop_plan *plan;
  mc_prop_outcome *outcomes; /* one a trial */
  mc_deadline deadline;
  atomic_bool failed;
  mc_error error; /* of the first trial that claimed `failed` */
} engine;

static void run_trial(void *context, size_t i) {
  engine *g = context;
  mc_prop_case c;
  mc_error e;
  g->outcomes[i].verdict = MC_TRIAL_SKIPPED;
  if (mc_deadline_passed(g->deadline) || atomic_load(&g->failed))
    return;
  mc_prop_plan_case(&c, g->plan, i);
  mc_status status = mc_prop_judge(&g->outcomes[i], NULL, NULL, g->plan, &c, &e);
  if (status == MC_INTERRUPTED)
    g->outcomes[i].verdict = MC_TRIAL_SKIPPED;
  else if (status != MC_OK && !atomic_exchange(&g->failed, true))
    g->error = e;
  flint_cleanup(); /* caches of this thread, which may end */
  mc_progress_add(g->plan->progress, 1);
}

static bool is_met(mc_trial_verdict v) {
  return v <= MC_TRIAL_HOLDS;
}

/* Is a graver than b, both of met trials? */
static bool is_graver(const mc_prop_outcome *a, const mc_prop_outcome *b) {
  return a->verdict < b->verdict || (a->verdict == b->verdict && a->margin_lower < b->margin_lower);
}

static void tally(mc_prop_result *result, const mc_prop_plan *plan, const mc_prop_outcome *outcomes) {
  uint64_t count[MC_TRIAL_SKIPPED + 1] = {0};
  const mc_prop_outcome *worst = NULL;
  for (uint64_t i = 0; i < plan->trials; i++) {
    count[outcomes[i].verdict]++;
    if (is_met(outcomes[i].verdict) && (!worst || is_graver(&outcomes[i], worst)))
      worst = &outcomes[i];
  }
  *result = (mc_prop_result){.trials = plan->trials - count[MC_TRIAL_SKIPPED],
                             .met = count[MC_TRIAL_HOLDS] + count[MC_TRIAL_VIOLATED] + count[MC_TRIAL_UNDECIDED],
                             .holds = count[MC_TRIAL_HOLDS],
                             .violated = count[MC_TRIAL_VIOLATED],
                             .undecided = count[MC_TRIAL_UNDECIDED],
                             .missed = count[MC_TRIAL_MISSED],
                             .unclear = count[MC_TRIAL_UNCLEAR],
                             .complete = count[MC_TRIAL_SKIPPED] == 0};
  if (worst) {
    result->grade = *worst;
    mc_prop_plan_case(&result->worst, plan, (uint64_t)(worst - outcomes));
  }
}

mc_status mc_prop_run(mc_prop_result *result, const mc_prop_plan *plan, mc_error *e) {
  if (plan->trials > UINT32_MAX)
    return mc_fail(e, MC_BAD_INPUT, "at most 2^32 - 1 trials");
  engine g = {
      .plan = plan, .outcomes = mc_alloc(plan->trials, sizeof *g.outcomes), .deadline = mc_deadline_in(plan->seconds)};
  if (!g.outcomes)
    return mc_fail(e, MC_NO_MEMORY, "no memory for the outcomes of the trials");
  atomic_init(&g.failed, false);
  for (uint64_t i = 0; i < plan->trials; i++)
    g.outcomes[i].verdict = MC_TRIAL_SKIPPED;
  mc_parallel_for(plan->trials, plan->threads, run_trial, &g);
  mc_status status = MC_OK;
  if (atomic_load(&g.failed)) {
    if (e)
      *e = g.error;
    status = g.error.status;
  } else
    tally(result, plan, g.outcomes);
  mc_free(g.outcomes);
  if (status == MC_OK && result->violated > 0)
    status = mc_prop_shrink(&result->worst, &result->grade, plan, e);
  return status;
}
