#include "prop.h"

#include <stdatomic.h>

uint64_t mc_prop_plan_total(const mc_prop_plan *plan) {
  return plan->corpus_count + plan->trials;
}

static uint64_t shares_of(const mc_prop_plan *plan) {
  return plan->shares ? plan->shares : 1;
}

/* The k-th trial of the plan's share. */
static uint64_t trial_of_share(const mc_prop_plan *plan, uint64_t k) {
  return k * shares_of(plan) + (plan->shares ? plan->share - 1 : 0);
}

uint64_t mc_prop_plan_share(const mc_prop_plan *plan) {
  uint64_t total = mc_prop_plan_total(plan), first = trial_of_share(plan, 0);
  return first < total ? (total - first - 1) / shares_of(plan) + 1 : 0;
}

void mc_prop_plan_case(mc_prop_case *c, const mc_prop_plan *plan, uint64_t i) {
  if (i < plan->corpus_count) {
    *c = plan->corpus[i];
    return;
  }
  uint64_t draw = i - plan->corpus_count;
  const mc_shape *shape = &plan->shapes[draw % plan->shape_count];
  *c = (mc_prop_case){.seed = plan->seed,
                      .trial = (uint32_t)draw,
                      .rows = shape->rows,
                      .columns = shape->columns,
                      .family = plan->families[draw / plan->shape_count % plan->family_count],
                      .bits = 53};
}

typedef struct {
  const mc_prop_plan *plan;
  uint64_t first;            /* the trial of the share that outcome 0 belongs to */
  mc_prop_outcome *outcomes; /* one a trial */
  mc_deadline deadline;
  atomic_bool failed;
  mc_error error; /* of the first trial that claimed `failed` */
} engine;

static void run_trial(void *context, size_t i) {
  engine *g = context;
  mc_prop_case c;
  mc_error e;
  if (mc_deadline_passed(g->deadline) || atomic_load(&g->failed))
    return;
  mc_prop_plan_case(&c, g->plan, trial_of_share(g->plan, g->first + i));
  mc_status status = mc_prop_judge(&g->outcomes[i], NULL, NULL, g->plan, &c, &e);
  if (status == MC_INTERRUPTED)
    g->outcomes[i].verdict = MC_TRIAL_SKIPPED;
  else if (status != MC_OK && !atomic_exchange(&g->failed, true))
    g->error = e;
  mc_progress_add(g->plan->progress, 1);
}

static bool is_worse(const mc_prop_tally *a, const mc_prop_tally *b) {
  if (a->grade.verdict != b->grade.verdict)
    return a->grade.verdict < b->grade.verdict;
  if (a->grade.margin_lower < b->grade.margin_lower || a->grade.margin_lower > b->grade.margin_lower)
    return a->grade.margin_lower < b->grade.margin_lower;
  return a->worst < b->worst;
}

void mc_prop_tally_add(mc_prop_tally *sum, const mc_prop_tally *tally) {
  if (tally->met > 0 && (sum->met == 0 || is_worse(tally, sum))) {
    sum->worst = tally->worst;
    sum->grade = tally->grade;
  }
  sum->trials += tally->trials;
  sum->met += tally->met;
  sum->holds += tally->holds;
  sum->violated += tally->violated;
  sum->undecided += tally->undecided;
  sum->missed += tally->missed;
  sum->unclear += tally->unclear;
  for (size_t i = 0; i < tally->point_count; i++)
    mc_prop_point_add(sum, &tally->points[i]);
}

static mc_prop_tally tally_of(uint64_t trial, const mc_prop_outcome *outcome) {
  mc_trial_verdict v = outcome->verdict;
  return (mc_prop_tally){.trials = 1,
                         .met = v <= MC_TRIAL_HOLDS,
                         .holds = v == MC_TRIAL_HOLDS,
                         .violated = v == MC_TRIAL_VIOLATED,
                         .undecided = v == MC_TRIAL_UNDECIDED,
                         .missed = v == MC_TRIAL_MISSED,
                         .unclear = v == MC_TRIAL_UNCLEAR,
                         .worst = trial,
                         .grade = *outcome};
}

/* Trials up to the first that did not run. */
static void count_all(mc_prop_tally *tally, const engine *g, uint64_t trials) {
  for (uint64_t i = 0; i < trials && g->outcomes[i].verdict != MC_TRIAL_SKIPPED; i++) {
    uint64_t trial = trial_of_share(g->plan, g->first + i);
    mc_prop_tally one = tally_of(trial, &g->outcomes[i]);
    mc_prop_case c;
    mc_prop_plan_case(&c, g->plan, trial);
    mc_prop_tally_add_steps(&one, g->plan, &c, &g->outcomes[i]);
    mc_prop_tally_add(tally, &one);
  }
}

mc_status mc_prop_run(mc_prop_tally *tally, const mc_prop_plan *plan, mc_error *e) {
  if (plan->trials > UINT32_MAX)
    return mc_fail(e, MC_BAD_INPUT, "at most 2^32 - 1 trials");
  if (!mc_prop_series_fit(plan))
    return mc_fail(e, MC_BAD_INPUT, "at most %d series, and %d of their points over all dimensions", MC_PROP_SERIES,
                   MC_PROP_POINTS);
  uint64_t left = mc_prop_plan_share(plan) - tally->trials;
  engine g = {.plan = plan,
              .first = tally->trials,
              .outcomes = mc_alloc(left + 1, sizeof *g.outcomes),
              .deadline = mc_deadline_in(plan->seconds)};
  if (!g.outcomes)
    return mc_fail(e, MC_NO_MEMORY, "no memory for the outcomes of the trials");
  atomic_init(&g.failed, false);
  for (uint64_t i = 0; i < left; i++)
    g.outcomes[i].verdict = MC_TRIAL_SKIPPED;
  mc_parallel_for(left, plan->threads, run_trial, &g);
  mc_status status = MC_OK;
  if (atomic_load(&g.failed)) {
    if (e)
      *e = g.error;
    status = g.error.status;
  } else
    count_all(tally, &g, left);
  mc_free(g.outcomes);
  return status;
}
