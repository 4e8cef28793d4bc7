/* `muoncert audit --mutants`: what our verdicts, and the tolerances of others, let through. */
#include <math.h>
#include <string.h>

#include "../matgen/matgen.h"
#include "audits.h"

/* Square, tall and wide; small as gradients are, and so small that float16 would lose them. */
static const struct {
  const char *name, *family;
  size_t m, n;
  int exponent;
} suite[] = {
    {"256 by 256, uniform, 2^-10", "uniform", 256, 256, -10},
    {"160 by 64, uniform, 2^-10", "uniform", 160, 64, -10},
    {"48 by 96, log_uniform(1e-3), 2^-22", "log_uniform(1e-3)", 48, 96, -22},
};
enum { INPUTS = sizeof suite / sizeof suite[0] };

/* One input of the suite, what is known of it, and what a correct kernel makes of it. */
typedef struct {
  double *g, *correct, *output;
  mc_audit_reference *reference;
  bool fair[MC_AUDIT_PEER_RULES]; /* the peer's rule accepts the correct kernel here */
} stage;

typedef struct {
  mc_kernel_model model;
  mc_audit_options options;
  stage stages[INPUTS];
} theatre;

static void theatre_clear(theatre *t) {
  for (size_t i = 0; i < INPUTS; i++) {
    mc_free(t->stages[i].g);
    mc_free(t->stages[i].correct);
    mc_free(t->stages[i].output);
    mc_audit_reference_free(t->stages[i].reference);
  }
  mc_kernel_model_clear(&t->model);
}

static mc_audit_exhibit exhibit_of(const stage *s, size_t i) {
  return (mc_audit_exhibit){.output = s->output,
                            .image = mc_audit_reference_image_approx(s->reference),
                            .polar = mc_audit_reference_polar_approx(s->reference),
                            .correct = s->correct,
                            .m = suite[i].m,
                            .n = suite[i].n};
}

static mc_status set_stage(theatre *t, size_t i, mc_error *e) {
  stage *s = &t->stages[i];
  size_t m = suite[i].m, n = suite[i].n;
  mc_matgen_family family;
  mc_random r;
  s->g = mc_alloc(m * n, sizeof *s->g);
  s->correct = mc_alloc(m * n, sizeof *s->correct);
  s->output = mc_alloc(m * n, sizeof *s->output);
  if (!s->g || !s->correct || !s->output)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_random_init(&r, t->options.seed, mc_random_stream_of("mutants"), (uint32_t)i);
  mc_status status = mc_matgen_family_parse(&family, suite[i].family, e);
  if (status == MC_OK)
    status = mc_matgen_matrix(s->g, m, n, &family, &r, e);
  for (size_t k = 0; k < m * n; k++)
    s->g[k] = ldexp((double)(float)s->g[k], suite[i].exponent);
  if (status == MC_OK)
    status = mc_kernel_emulate(s->correct, &t->model, s->g, m, n, NULL, e);
  if (status == MC_OK)
    status = mc_audit_reference_new(&s->reference, s->g, m, n, &t->model, &t->options, e);
  if (status != MC_OK)
    return status;
  memcpy(s->output, s->correct, m * n * sizeof *s->output);
  mc_audit_exhibit exhibit = exhibit_of(s, i);
  for (size_t k = 0; k < MC_AUDIT_PEER_RULES; k++)
    s->fair[k] = mc_audit_peer_rule_accepts_approx(k, &exhibit);
  return MC_OK;
}

/* ---- One mutant ---- */

typedef struct {
  mc_audit_verdict verdict; /* the gravest over the suite */
  bool finite, equivalent;
  bool accepted[MC_AUDIT_PEER_RULES]; /* by each peer's rule, on the whole suite */
} outcome;

static bool is_graver(mc_audit_verdict a, mc_audit_verdict b) {
  static const int rank[] = {
      [MC_AUDIT_CONFORMS] = 0, [MC_AUDIT_UNDECIDED] = 1, [MC_AUDIT_SUSPICIOUS] = 2, [MC_AUDIT_WRONG] = 3};
  return rank[a] > rank[b];
}

/* The output of the i-th stage judged.  A peer's rule is asked only where it accepts the correct kernel. */
static mc_status judge_output(outcome *o, const stage *s, size_t i, mc_error *e) {
  size_t count = suite[i].m * suite[i].n;
  mc_audit_exhibit exhibit = exhibit_of(s, i);
  mc_audit_finding f;
  mc_audit_finding_init(&f);
  mc_status status = mc_audit_judge(&f, s->reference, s->output, e);
  if (status == MC_OK && is_graver(f.verdict, o->verdict))
    o->verdict = f.verdict;
  mc_audit_finding_clear(&f);
  for (size_t k = 0; k < count; k++)
    o->finite = o->finite && isfinite(s->output[k]);
  o->equivalent = o->equivalent && memcmp(s->output, s->correct, count * sizeof *s->output) == 0;
  for (size_t k = 0; k < MC_AUDIT_PEER_RULES; k++)
    o->accepted[k] = o->accepted[k] && (!s->fair[k] || mc_audit_peer_rule_accepts_approx(k, &exhibit));
  return status;
}

static outcome new_outcome(void) {
  outcome o = {.verdict = MC_AUDIT_CONFORMS, .finite = true, .equivalent = true};
  for (size_t i = 0; i < MC_AUDIT_PEER_RULES; i++)
    o.accepted[i] = true;
  return o;
}

/* mutant NULL: the correct kernel. */
static mc_status run_mutant(outcome *o, theatre *t, const size_t *mutant, mc_error *e) {
  mc_status status = MC_OK;
  *o = new_outcome();
  for (size_t i = 0; i < INPUTS && status == MC_OK; i++) {
    const stage *s = &t->stages[i];
    size_t m = suite[i].m, n = suite[i].n;
    if (mutant)
      status = mc_kernel_mutant_run(s->output, *mutant, &t->model, s->g, m, n, NULL, e);
    else
      memcpy(s->output, s->correct, m * n * sizeof *s->output);
    if (status == MC_OK)
      status = judge_output(o, s, i, e);
  }
  return status;
}

static bool is_killed(const outcome *o) {
  return o->verdict == MC_AUDIT_WRONG || o->verdict == MC_AUDIT_SUSPICIOUS || !o->finite;
}

/* ---- The document ---- */

static json_t *mutant_json(const mc_kernel_mutant *mutant, const outcome *o) {
  json_t *killers = json_array();
  for (size_t i = 0; i < MC_AUDIT_PEER_RULES; i++)
    if (!o->accepted[i])
      json_array_append_new(killers, json_string(mc_audit_peer_rule_get(i)->name));
  return json_pack("{s:s s:s s:s s:b s:b s:b s:o}", "name", mutant->name, "source", mutant->source, "verdict",
                   mc_audit_verdict_name(o->verdict), "finite", o->finite, "killed", is_killed(o), "equivalent",
                   o->equivalent, "killed_by", killers);
}

static json_t *rules_json(const theatre *t, const size_t *survivors) {
  json_t *rules = json_array();
  for (size_t k = 0; k < MC_AUDIT_PEER_RULES; k++) {
    const mc_audit_peer_rule *rule = mc_audit_peer_rule_get(k);
    json_int_t fair = 0;
    for (size_t i = 0; i < INPUTS; i++)
      fair += t->stages[i].fair[k];
    json_array_append_new(rules, json_pack("{s:s s:s s:I s:I}", "name", rule->name, "source", rule->source, "inputs",
                                           fair, "survivors", (json_int_t)survivors[k]));
  }
  return rules;
}

static json_t *inputs_json(void) {
  json_t *inputs = json_array();
  for (size_t i = 0; i < INPUTS; i++)
    json_array_append_new(inputs, json_string(suite[i].name));
  return inputs;
}

/* All mutants, in order; *ours and survivors[i] count those that are not equivalent and pass. */
static mc_status run_all(json_t *list, size_t *ours, size_t *survivors, theatre *t, const mc_run_options *options,
                         mc_error *e) {
  mc_status status = MC_OK;
  mc_progress_begin(options->progress, "mutants", mc_kernel_mutant_count());
  for (size_t k = 0; k < mc_kernel_mutant_count() && status == MC_OK; k++) {
    outcome o;
    status = mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted") : run_mutant(&o, t, &k, e);
    if (status != MC_OK)
      break;
    *ours += !is_killed(&o) && !o.equivalent;
    for (size_t i = 0; i < MC_AUDIT_PEER_RULES; i++)
      survivors[i] += o.accepted[i] && !o.equivalent;
    json_array_append_new(list, mutant_json(mc_kernel_mutant_get(k), &o));
    mc_progress_add(options->progress, 1);
  }
  mc_progress_end(options->progress);
  return status;
}

static mc_status set_theatre(theatre *t, const mc_run_audit_request *request, const mc_run_options *options,
                             mc_error *e) {
  mc_kernel_model_init(&t->model);
  t->options = mc_audit_default_options();
  t->options.depth = request->depth;
  if (options->seed)
    t->options.seed = options->seed;
  mc_status status = mc_run_read_model(&t->model, &t->options.roundings, request, e);
  /* Bugs are planted in a kernel that keeps its coefficients wide, as most do, unless the request names one rule. */
  t->model.rounding = MC_ROUNDING_OPERATIONS;
  for (unsigned rule = 0; rule < MC_ROUNDINGS; rule++)
    if (t->options.roundings == 1u << rule)
      t->model.rounding = (mc_kernel_rounding)rule;
  for (size_t i = 0; i < INPUTS && status == MC_OK; i++)
    status = set_stage(t, i, e);
  return status;
}

json_t *mc_run_mutants(const mc_run_audit_request *request, const mc_run_options *options, mc_error *e) {
  double start = mc_clock_seconds();
  size_t ours = 0, survivors[MC_AUDIT_PEER_RULES] = {0};
  theatre t = {0};
  outcome correct;
  json_t *document = NULL, *list = json_array();
  mc_status status = set_theatre(&t, request, options, e);
  if (status == MC_OK)
    status = run_mutant(&correct, &t, NULL, e);
  if (status == MC_OK)
    status = run_all(list, &ours, survivors, &t, options, e);
  if (status == MC_OK) {
    mc_exit exit_status = correct.verdict != MC_AUDIT_CONFORMS ? MC_EXIT_VIOLATED
                          : ours > 0                           ? MC_EXIT_UNDECIDED
                                                               : MC_EXIT_EXPECTED;
    document =
        json_pack("{s:s s:s s:o s:o s:O s:b s:I}", "preset", request->preset ? request->preset : MC_RUN_AUDIT_PRESET,
                  "dtype", mc_dtype_name(t.model.storage), "inputs", inputs_json(), "rules", rules_json(&t, survivors),
                  "mutants", list, "false_alarm", correct.verdict != MC_AUDIT_CONFORMS, "survivors", (json_int_t)ours);
    mc_run_stamp(document, "mutants", exit_status, mc_clock_seconds() - start);
  }
  json_decref(list);
  theatre_clear(&t);
  return document;
}
