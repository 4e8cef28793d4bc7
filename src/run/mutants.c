/* `muoncert audit --mutants`: what our verdicts, and the tolerances of others, let through. */
#include <math.h>
#include <string.h>

#include "false_alarms.h"
#include "kernels.h"
#include "stages.h"

/* One input, what is known of it, and what a correct kernel makes of it. */
typedef struct {
  double *g, *correct, *output;
  mc_audit_reference *reference;
  bool fair[MC_AUDIT_PEER_RULES]; /* the peer's rule accepts the correct kernel here */
} stage;

typedef struct {
  mc_run_bench bench; /* the laws */
  mc_kernel *sound;   /* the correct kernel */
  stage stages[MC_RUN_STAGES];
} theatre;

static void theatre_clear(theatre *t) {
  for (size_t i = 0; i < MC_RUN_STAGES; i++) {
    mc_free(t->stages[i].g);
    mc_free(t->stages[i].correct);
    mc_free(t->stages[i].output);
    mc_audit_reference_free(t->stages[i].reference);
  }
  mc_kernel_close(t->sound);
  mc_run_bench_close(&t->bench);
}

static size_t size_of(size_t i) {
  return mc_run_stages[i].m * mc_run_stages[i].n;
}

static mc_audit_exhibit exhibit_of(const theatre *t, const stage *s, size_t i) {
  mc_dtype storage = t->bench.model.storage;
  return (mc_audit_exhibit){.output = s->output,
                            .image = mc_audit_reference_image_approx(s->reference),
                            .polar = mc_audit_reference_polar_approx(s->reference),
                            .correct = s->correct,
                            .m = mc_run_stages[i].m,
                            .n = mc_run_stages[i].n,
                            .is_narrow = storage == MC_DTYPE_BFLOAT16 || storage == MC_DTYPE_FLOAT16,
                            .epsilon = ldexp(1, storage == MC_DTYPE_FLOAT64 ? -52 : -23)};
}

static mc_status run_on_stage(double *x, const theatre *t, size_t i, mc_kernel *kernel, mc_error *e) {
  mc_kernel_conduct conduct;
  mc_kernel_call call = {.model = &t->bench.model,
                         .count = 1,
                         .m = mc_run_stages[i].m,
                         .n = mc_run_stages[i].n,
                         .g = t->stages[i].g,
                         .x = x};
  return mc_kernel_run(&conduct, kernel, &call, e);
}

static mc_status set_stage(theatre *t, size_t i, mc_error *e) {
  stage *s = &t->stages[i];
  const mc_run_stage *which = &mc_run_stages[i];
  s->g = mc_run_stage_matrix(i, t->bench.options.seed, e);
  s->correct = mc_alloc(size_of(i), sizeof *s->correct);
  s->output = mc_alloc(size_of(i), sizeof *s->output);
  if (!s->g || !s->correct || !s->output)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_status status = run_on_stage(s->correct, t, i, t->sound, e);
  if (status == MC_OK)
    status = mc_audit_reference_new(&s->reference, s->g, which->m, which->n, &t->bench.model, &t->bench.options, e);
  if (status != MC_OK)
    return status;
  memcpy(s->output, s->correct, size_of(i) * sizeof *s->output);
  mc_audit_exhibit exhibit = exhibit_of(t, s, i);
  for (size_t k = 0; k < MC_AUDIT_PEER_RULES; k++)
    s->fair[k] = mc_audit_peer_rule_accepts_approx(k, &exhibit);
  return MC_OK;
}

/* ---- One kernel ---- */

typedef struct {
  mc_audit_verdict verdict;           /* the gravest over the stages */
  bool finite, equal;                 /* equal: to the output of the correct kernel, bit for bit, on all stages */
  bool accepted[MC_AUDIT_PEER_RULES]; /* by each peer's rule, on all stages */
  json_t *laws;                       /* names of those it violates */
} outcome;

static bool is_graver(mc_audit_verdict a, mc_audit_verdict b) {
  static const int rank[] = {
      [MC_AUDIT_CONFORMS] = 0, [MC_AUDIT_UNDECIDED] = 1, [MC_AUDIT_SUSPICIOUS] = 2, [MC_AUDIT_WRONG] = 3};
  return rank[a] > rank[b];
}

/* The output of the i-th stage judged.  A peer's rule is asked only where it accepts the correct kernel. */
static mc_status judge_output(outcome *o, const theatre *t, size_t i, mc_error *e) {
  const stage *s = &t->stages[i];
  mc_audit_exhibit exhibit = exhibit_of(t, s, i);
  mc_audit_finding f;
  mc_audit_finding_init(&f);
  mc_status status = mc_audit_judge(&f, s->reference, s->output, e);
  if (status == MC_OK && is_graver(f.verdict, o->verdict))
    o->verdict = f.verdict;
  mc_audit_finding_clear(&f);
  for (size_t k = 0; k < size_of(i); k++)
    o->finite = o->finite && isfinite(s->output[k]);
  o->equal = o->equal && memcmp(s->output, s->correct, size_of(i) * sizeof *s->output) == 0;
  for (size_t k = 0; k < MC_AUDIT_PEER_RULES; k++)
    o->accepted[k] = o->accepted[k] && (!s->fair[k] || mc_audit_peer_rule_accepts_approx(k, &exhibit));
  return status;
}

static outcome new_outcome(void) {
  outcome o = {.verdict = MC_AUDIT_CONFORMS, .finite = true, .equal = true, .laws = json_array()};
  for (size_t i = 0; i < MC_AUDIT_PEER_RULES; i++)
    o.accepted[i] = true;
  return o;
}

static mc_status judge_laws(outcome *o, theatre *t, mc_kernel *kernel, mc_error *e) {
  mc_run_bench *b = &t->bench;
  mc_law_outputs_free(b->outputs, b->suite);
  b->outputs = mc_law_outputs_new(b->suite);
  mc_status status =
      b->outputs ? mc_law_run(b->outputs, b->suite, kernel, e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; mc_law_get(i) && status == MC_OK; i++) {
    mc_law_finding f;
    status = mc_law_judge(&f, i, b->suite, b->outputs, e);
    if (status == MC_OK && f.verdict == MC_LAW_VIOLATED)
      json_array_append_new(o->laws, json_string(mc_law_get(i)->name));
  }
  return status;
}

/* The caller releases o->laws. */
static mc_status run_kernel(outcome *o, theatre *t, mc_kernel *kernel, mc_error *e) {
  mc_status status = MC_OK;
  *o = new_outcome();
  for (size_t i = 0; i < MC_RUN_STAGES && status == MC_OK; i++) {
    status = run_on_stage(t->stages[i].output, t, i, kernel, e);
    if (status == MC_OK)
      status = judge_output(o, t, i, e);
  }
  return status == MC_OK ? judge_laws(o, t, kernel, e) : status;
}

static bool is_killed(const outcome *o) {
  return o->verdict == MC_AUDIT_WRONG || o->verdict == MC_AUDIT_SUSPICIOUS || !o->finite ||
         json_array_size(o->laws) > 0;
}

static bool is_equivalent(const outcome *o) {
  return o->equal && !is_killed(o);
}

/* ---- The document ---- */

static json_t *mutant_json(const char *name, const char *source, const outcome *o) {
  json_t *killers = json_array();
  for (size_t i = 0; i < MC_AUDIT_PEER_RULES; i++)
    if (!o->accepted[i])
      json_array_append_new(killers, json_string(mc_audit_peer_rule_get(i)->name));
  return json_pack("{s:s s:s s:s s:b s:b s:b s:b s:O s:o}", "name", name, "source", source, "verdict",
                   mc_audit_verdict_name(o->verdict), "finite", o->finite, "same_output", o->equal, "killed",
                   is_killed(o), "equivalent", is_equivalent(o), "laws", o->laws, "killed_by", killers);
}

static json_t *rules_json(const theatre *t, const size_t *survivors) {
  json_t *rules = json_array();
  for (size_t k = 0; k < MC_AUDIT_PEER_RULES; k++) {
    const mc_audit_peer_rule *rule = mc_audit_peer_rule_get(k);
    json_int_t fair = 0;
    for (size_t i = 0; i < MC_RUN_STAGES; i++)
      fair += t->stages[i].fair[k];
    json_array_append_new(rules, json_pack("{s:s s:s s:I s:I}", "name", rule->name, "source", rule->source, "inputs",
                                           fair, "survivors", (json_int_t)survivors[k]));
  }
  return rules;
}

static json_t *inputs_json(void) {
  json_t *inputs = json_array();
  for (size_t i = 0; i < MC_RUN_STAGES; i++)
    json_array_append_new(inputs, json_string(mc_run_stages[i].name));
  return inputs;
}

/* Bugs in what is computed come first, then those that only a law can see. */
static size_t planted_count(void) {
  size_t laws = 0;
  while (mc_law_mutant_get(laws))
    laws++;
  return mc_kernel_mutant_count() + laws;
}

static mc_status open_planted(mc_kernel **kernel, const char **source, size_t k, const theatre *t, mc_error *e) {
  size_t first = mc_kernel_mutant_count();
  *source = k < first ? mc_kernel_mutant_get(k)->source : mc_law_mutant_get(k - first)->source;
  return k < first ? mc_kernel_open_mutant(kernel, k, t->bench.model.rounding, e)
                   : mc_kernel_open_code(kernel, &mc_law_mutant_get(k - first)->code, e);
}

/* ours: bugs that are not equivalent and pass; survivors[i]: those whose output is another one and that a peer's rule
 * accepts. */
typedef struct {
  json_t *list;
  size_t ours, survivors[MC_AUDIT_PEER_RULES];
} tally;

static mc_status run_planted(tally *all, theatre *t, size_t k, mc_error *e) {
  outcome o = {0};
  mc_kernel *kernel;
  const char *source;
  mc_status status = open_planted(&kernel, &source, k, t, e);
  if (status == MC_OK)
    status = run_kernel(&o, t, kernel, e);
  if (status == MC_OK) {
    all->ours += !is_killed(&o) && !is_equivalent(&o);
    for (size_t i = 0; i < MC_AUDIT_PEER_RULES; i++)
      all->survivors[i] += o.accepted[i] && !o.equal;
    json_array_append_new(all->list, mutant_json(mc_kernel_name(kernel), source, &o));
  }
  json_decref(o.laws);
  mc_kernel_close(kernel);
  return status;
}

static mc_status run_all(tally *all, theatre *t, const mc_run_options *options, mc_error *e) {
  mc_status status = MC_OK;
  mc_progress_begin(options->progress, "mutants", planted_count());
  for (size_t k = 0; k < planted_count() && status == MC_OK; k++) {
    status = mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted") : run_planted(all, t, k, e);
    mc_progress_add(options->progress, 1);
  }
  mc_progress_end(options->progress);
  return status;
}

/* Bugs are planted in a kernel that keeps its coefficients wide, as most do, unless the request names one rule. */
static mc_status set_theatre(theatre *t, const mc_run_audit_request *request, const mc_run_options *options,
                             mc_error *e) {
  static const char *const kernels[] = {"emulated-all", "emulated-operations", "emulated-sums"};
  mc_status status = mc_run_bench_open(&t->bench, request, NULL, options, e);
  mc_kernel_model *model = &t->bench.model;
  model->rounding = MC_ROUNDING_OPERATIONS;
  if (status == MC_OK && t->bench.options.roundings == 1u << MC_ROUNDING_GRAM)
    status = mc_fail(e, MC_BAD_INPUT, "bugs are planted in kernels that iterate X: --rounding all, operations or sums");
  for (unsigned rule = 0; rule < MC_ROUNDING_GRAM; rule++)
    if (t->bench.options.roundings == 1u << rule)
      model->rounding = (mc_kernel_rounding)rule;
  if (status == MC_OK)
    status = mc_kernel_open(&t->sound, kernels[model->rounding], NULL, e);
  for (size_t i = 0; i < MC_RUN_STAGES && status == MC_OK; i++)
    status = set_stage(t, i, e);
  return status;
}

json_t *mc_run_mutants(const mc_run_audit_request *request, const mc_run_options *options, mc_error *e) {
  double start = mc_clock_seconds();
  tally all = {.list = json_array()};
  theatre t = {0};
  outcome correct = {0};
  json_t *document = NULL;
  mc_status status = set_theatre(&t, request, options, e);
  if (status == MC_OK)
    status = run_kernel(&correct, &t, t.sound, e);
  bool ready = status == MC_OK;
  if (ready)
    status = run_all(&all, &t, options, e);
  if (status == MC_OK || (ready && status == MC_INTERRUPTED)) {
    bool alarm = correct.verdict != MC_AUDIT_CONFORMS || json_array_size(correct.laws) > 0;
    mc_exit exit_status = alarm ? MC_EXIT_VIOLATED : all.ours > 0 ? MC_EXIT_UNDECIDED : MC_EXIT_EXPECTED;
    document = json_pack("{s:s s:s s:o s:o s:O s:b s:o s:I}", "preset",
                         request->preset ? request->preset : MC_RUN_AUDIT_PRESET, "dtype",
                         mc_dtype_name(t.bench.model.storage), "inputs", inputs_json(), "rules",
                         rules_json(&t, all.survivors), "mutants", all.list, "false_alarm", alarm, "false_alarms",
                         mc_run_false_alarms_json(), "survivors", (json_int_t)all.ours);
    if (status == MC_INTERRUPTED)
      exit_status = mc_run_mark_interrupted(document, exit_status);
    mc_run_stamp(document, "mutants", exit_status, mc_clock_seconds() - start);
  }
  json_decref(correct.laws);
  json_decref(all.list);
  theatre_clear(&t);
  return document;
}
