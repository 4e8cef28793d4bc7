/* `muoncert audit KERNEL`: a kernel is run on inputs of ours; its outputs are held against the image, and against the
 * laws. */
#include "kernels.h"

#include <string.h>

#include "stages.h"
#include "steps.h"

/* ---- The suite ---- */

static mc_status read_conventions(mc_law_conventions *c, const mc_run_audit_request *r, mc_error *e) {
  static const uint32_t scalings[] = {[MC_STEP_NONE] = MUONCERT_SCALE_NONE,
                                      [MC_STEP_RECTANGULAR] = MUONCERT_SCALE_RECTANGULAR,
                                      [MC_STEP_RMS] = MUONCERT_SCALE_RMS,
                                      [MC_STEP_SPECTRAL] = MUONCERT_SCALE_SPECTRAL,
                                      [MC_STEP_UNIT_RMS] = MUONCERT_SCALE_UNIT_RMS};
  mc_audit_step_rule rule;
  mc_audit_step_rule_init(&rule);
  mc_status s = mc_run_read_conventions(&rule, r, e);
  if (s == MC_OK && (rule.decay != MC_STEP_DECOUPLED || !fmpq_is_one(rule.factor)))
    s = mc_fail(e, MC_BAD_INPUT, "kernels are run with decoupled weight decay and a scaling without a factor");
  *c = (mc_law_conventions){.sum = rule.rule == MC_STEP_SUM, .scaling = scalings[rule.scaling]};
  mc_audit_step_rule_clear(&rule);
  return s;
}

mc_status mc_run_bench_open(mc_run_bench *b, const mc_run_audit_request *request, const mc_kernel *kernel,
                            const mc_run_options *options, mc_error *e) {
  mc_law_conventions conventions = {0};
  *b = (mc_run_bench){.request = request, .options = mc_audit_default_options()};
  mc_kernel_model_init(&b->model);
  b->model.storage = kernel ? mc_kernel_usual_dtype(kernel) : MC_DTYPE_BFLOAT16;
  b->model.flush = kernel && mc_kernel_flushes(kernel);
  b->options.depth = request->depth;
  if (options->seed)
    b->options.seed = options->seed;
  mc_status s = mc_run_read_model(&b->model, &b->options.roundings, request, e);
  if (kernel && !request->rounding)
    b->options.roundings = mc_kernel_roundings(kernel);
  if (s == MC_OK)
    s = read_conventions(&conventions, request, e);
  if (s == MC_OK)
    s = mc_law_suite_new(&b->suite, &b->model, &conventions, &b->options, e);
  if (s == MC_OK && !(b->outputs = mc_law_outputs_new(b->suite)))
    s = mc_fail(e, MC_NO_MEMORY, "out of memory");
  return s;
}

void mc_run_bench_close(mc_run_bench *b) {
  mc_law_outputs_free(b->outputs, b->suite);
  mc_law_suite_free(b->suite);
  mc_kernel_model_clear(&b->model);
}

/* ---- Outputs against the image ---- */

/* Of an entry about a kernel that was run. */
static void add_replay(json_t *entry, const mc_run_bench *b) {
  if (b->request->kernel)
    json_object_set_new(entry, "replay", mc_run_audit_replay_json(b->request, b->options.seed));
}

json_t *mc_run_bench_entry(const mc_run_bench *b, const char *name, const char *input, size_t m, size_t n) {
  const char *preset = b->request->preset ? b->request->preset : MC_RUN_AUDIT_PRESET;
  json_t *entry = json_pack("{s:o s:s s:s s:s s:s s:[I I]}", "id", json_sprintf("%s on %s", name, input), "kernel",
                            name, "input", input, "preset", preset, "dtype", mc_dtype_name(b->model.storage), "shape",
                            (json_int_t)m, (json_int_t)n);
  add_replay(entry, b);
  return entry;
}

static void judge_output(json_t *entry, const mc_run_bench *b, const mc_audit_reference *reference, const double *g,
                         const double *x) {
  mc_error why = {0};
  mc_audit_finding f;
  mc_audit_finding_init(&f);
  mc_status s = mc_audit_judge(&f, reference, x, &why);
  if (s == MC_OK)
    s = mc_audit_describe(&f, reference, x, &why);
  if (s == MC_OK) {
    mc_run_describe_finding(entry, &f, b->options.false_alarm);
    if (f.verdict == MC_AUDIT_WRONG || f.verdict == MC_AUDIT_SUSPICIOUS || !f.limits)
      s = mc_run_describe_cause(entry, &f, reference, &b->model, g, x, &why);
  }
  if (s != MC_OK)
    mc_run_describe_failure(entry, &why);
  mc_audit_finding_clear(&f);
}

void mc_run_bench_audit(json_t *audits, const mc_run_bench *b, const char *name, const char *input, const double *g,
                        const double *x, size_t m, size_t n) {
  json_t *entry = mc_run_bench_entry(b, name, input, m, n);
  mc_audit_reference *reference;
  mc_error why = {0};
  double start = mc_clock_seconds();
  if (mc_audit_reference_new(&reference, g, m, n, &b->model, &b->options, &why) == MC_OK)
    judge_output(entry, b, reference, g, x);
  else
    mc_run_describe_failure(entry, &why);
  mc_audit_reference_free(reference);
  json_object_set_new(entry, "seconds", json_real(mc_clock_seconds() - start));
  json_array_append_new(audits, entry);
}

static mc_status judge_input(json_t *audits, mc_run_bench *b, size_t i, const char *name, mc_error *e) {
  const mc_law_input *input = mc_law_suite_input(b->suite, i);
  double start = mc_clock_seconds();
  const mc_audit_reference *reference = mc_law_suite_reference(b->suite, i, e);
  if (!reference)
    return e->status;
  json_t *entry = mc_run_bench_entry(b, name, input->name, input->m, input->n);
  judge_output(entry, b, reference, input->g, b->outputs[i].x);
  json_object_set_new(entry, "seconds", json_real(mc_clock_seconds() - start));
  json_array_append_new(audits, entry);
  return MC_OK;
}

/* ---- Laws ---- */

static mc_status judge_law(json_t *laws, mc_run_bench *b, size_t i, const char *name, mc_error *e) {
  const mc_law *law = mc_law_get(i);
  mc_law_finding f;
  mc_status s = mc_law_judge(&f, i, b->suite, b->outputs, e);
  if (s != MC_OK || f.verdict == MC_LAW_ABSENT)
    return s;
  json_t *entry = json_pack("{s:o s:s s:s s:s s:s s:s s:s}", "id", json_sprintf("%s.%s", name, law->name), "kernel",
                            name, "law", law->name, "statement", law->states, "cite", law->cite, "verdict",
                            mc_law_verdict_name(f.verdict), "message", f.reason);
  add_replay(entry, b);
  json_array_append_new(laws, entry);
  return MC_OK;
}

mc_status mc_run_bench_judge(json_t *audits, json_t *laws, mc_run_bench *b, const char *name, mc_error *e) {
  mc_error why = {0};
  mc_status s = MC_OK;
  for (size_t i = 0; i < mc_law_suite_count(b->suite) && s == MC_OK; i++)
    if (mc_law_suite_input(b->suite, i)->audited && b->outputs[i].present)
      s = judge_input(audits, b, i, name, &why);
  for (size_t i = 0; mc_law_get(i) && s == MC_OK; i++)
    s = mc_interrupt_requested() ? mc_fail(&why, MC_INTERRUPTED, "interrupted") : judge_law(laws, b, i, name, &why);
  if (s != MC_OK && e)
    *e = why;
  return s;
}

json_t *mc_run_bench_document(json_t *audits, json_t *laws, mc_status status, double seconds) {
  json_t *document = json_pack("{s:O s:O}", "audits", audits, "laws", laws);
  mc_exit x = mc_run_exit(document);
  if (status == MC_INTERRUPTED)
    x = mc_run_mark_interrupted(document, x);
  mc_run_stamp(document, "audit", x, seconds);
  return document;
}

/* ---- A kernel ---- */

/* A crash is a finding. */
static void describe_crash(json_t *audits, const mc_run_bench *b, const char *name, const mc_error *why) {
  char text[1024];
  json_t *entry = mc_run_bench_entry(b, name, "the laws' inputs", 0, 0);
  mc_error_format(text, sizeof text, why);
  json_object_del(entry, "shape");
  json_object_set_new(entry, "verdict", json_string(strncmp(why->text, "hung", 4) == 0 ? "hung" : "crashed"));
  json_object_set_new(entry, "message", json_string(text));
  json_array_append_new(audits, entry);
}

/* x rounded to the format; false if nothing is left of it. */
static bool round_to(double *x, size_t size, mc_dtype format) {
  bool any = false;
  for (size_t i = 0; i < size; i++) {
    x[i] = mc_dtype_round(format, x[i]);
    any = any || x[i] != 0;
  }
  return any;
}

/* float16 has no numbers for the smallest of the matrices. */
static mc_status run_on_stage(json_t *audits, const mc_run_bench *b, mc_kernel *kernel, size_t i, mc_error *e) {
  const mc_run_stage *stage = &mc_run_stages[i];
  size_t size = stage->m * stage->n;
  mc_kernel_conduct conduct;
  double *g = mc_run_stage_matrix(i, b->options.seed, e), *x = mc_alloc(size, sizeof *x);
  mc_kernel_call call = {.model = &b->model, .count = 1, .m = stage->m, .n = stage->n, .g = g, .x = x};
  mc_status s = g && x ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  bool lost = s == MC_OK && !round_to(g, size, b->model.storage);
  if (s == MC_OK && !lost)
    s = mc_kernel_run(&conduct, kernel, &call, e);
  if (s == MC_OK && !lost)
    mc_run_bench_audit(audits, b, mc_kernel_name(kernel), stage->name, g, x, stage->m, stage->n);
  mc_free(g);
  mc_free(x);
  return s;
}

static mc_status run_kernel(json_t *audits, json_t *laws, mc_run_bench *b, mc_kernel *kernel,
                            const mc_run_options *options, mc_error *e) {
  mc_status s = mc_law_run(b->outputs, b->suite, kernel, e);
  mc_progress_begin(options->progress, mc_kernel_name(kernel), MC_RUN_STAGES + 1);
  if (s == MC_OK)
    s = mc_run_bench_judge(audits, laws, b, mc_kernel_name(kernel), e);
  mc_progress_add(options->progress, 1);
  for (size_t i = 0; i < MC_RUN_STAGES && s == MC_OK && mc_kernel_has_orthogonalise(kernel); i++) {
    s = mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted") : run_on_stage(audits, b, kernel, i, e);
    mc_progress_add(options->progress, 1);
  }
  mc_progress_end(options->progress);
  return s;
}

json_t *mc_run_kernel(const mc_run_audit_request *request, const mc_run_options *options, mc_error *e) {
  double start = mc_clock_seconds();
  mc_kernel_limits limits = mc_kernel_default_limits();
  json_t *audits = json_array(), *laws = json_array(), *document = NULL;
  mc_kernel *kernel = NULL;
  mc_run_bench b = {0};
  mc_error why = {0};
  limits.seconds = options->seconds > 0 ? options->seconds : limits.seconds;
  limits.bytes = request->memory > 0 ? request->memory : limits.bytes;
  mc_status s = mc_kernel_open(&kernel, request->kernel, &limits, &why);
  mc_status opened = mc_run_bench_open(&b, request, kernel, options, s == MC_OK ? &why : NULL);
  s = s == MC_OK ? opened : s;
  if (s == MC_OK)
    s = run_kernel(audits, laws, &b, kernel, options, &why);
  if (s == MC_CRASHED)
    describe_crash(audits, &b, request->kernel, &why);
  if (s == MC_OK || s == MC_CRASHED || s == MC_INTERRUPTED)
    document = mc_run_bench_document(audits, laws, s, mc_clock_seconds() - start);
  else if (e)
    *e = why;
  mc_kernel_close(kernel);
  mc_run_bench_close(&b);
  json_decref(audits);
  json_decref(laws);
  return document;
}
