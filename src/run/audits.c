/* `muoncert audit`: outputs of kernels against the exact image of their inputs. */
#include "steps.h"

#include <string.h>

#include "../audit/audit.h"

/* ---- Files ---- */

/* Each matrix of f := its transpose. */
static mc_status transpose(mc_matfile *f, mc_error *e) {
  size_t m = f->m, n = f->n;
  double *values = mc_alloc(f->count * m * n, sizeof *values);
  if (!values)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t k = 0; k < f->count * m * n; k += m * n)
    for (size_t i = 0; i < m; i++)
      for (size_t j = 0; j < n; j++)
        values[k + j * m + i] = f->values[k + i * n + j];
  mc_free(f->values);
  f->values = values;
  f->m = n;
  f->n = m;
  return MC_OK;
}

static mc_status check_shape(const mc_matfile *f, const char *path, const char *what, const mc_matfile *input,
                             mc_error *e) {
  if (input->m == f->m && input->n == f->n && input->count == f->count)
    return MC_OK;
  return mc_fail_at(
      e, MC_BAD_INPUT, path, 0, 0,
      "the shape of the %s, %zu by %zu by %zu, is not the input's %zu by %zu by %zu (batch by rows by columns)", what,
      f->count, f->m, f->n, input->count, input->m, input->n);
}

/* One more file of the input's shape. */
static mc_status read_like(mc_matfile *f, const char *path, const char *what, const mc_matfile *input, mc_error *e) {
  mc_status s = mc_matfile_read(f, path, MC_MATFILE_VOID2_IS_BFLOAT16, e);
  return s == MC_OK ? check_shape(f, path, what, input, e) : s;
}

/* ---- One pair ---- */

static void judge_pair(json_t *entry, const double *g, const double *x, size_t m, size_t n,
                       const mc_kernel_model *model, const mc_audit_options *options) {
  mc_error why = {0};
  mc_audit_reference *reference;
  mc_audit_finding f;
  mc_audit_finding_init(&f);
  mc_status s = mc_audit_reference_new(&reference, g, m, n, model, options, &why);
  if (s == MC_OK)
    s = mc_audit_judge(&f, reference, x, &why);
  if (s == MC_OK)
    s = mc_audit_describe(&f, reference, x, &why);
  if (s == MC_OK) {
    mc_run_describe_finding(entry, &f, options->false_alarm);
    if (f.verdict == MC_AUDIT_WRONG || f.verdict == MC_AUDIT_SUSPICIOUS || !f.limits)
      s = mc_run_describe_cause(entry, &f, reference, model, g, x, &why);
  }
  if (s != MC_OK)
    mc_run_describe_failure(entry, &why);
  mc_audit_reference_free(reference);
  mc_audit_finding_clear(&f);
}

/* ---- All pairs of some requests, in parallel ---- */

/* What one request asks for: its model, its files, an entry for each matrix of the batch. */
typedef struct {
  mc_kernel_model model;
  unsigned roundings; /* as in mc_audit_options */
  mc_matfile input, output;
  mc_matfile weights, buffer, buffer_after; /* of a step, whose output is the weights after it */
  mc_audit_step_rule rule;                  /* of a step; the scaling also of outputs */
  bool sound_only;
} opened;

typedef struct {
  const mc_run_audit_request *request;
  const opened *from;
  size_t offset; /* of the matrix in the files */
  const double *g, *x;
  size_t m, n;
  json_t *entry;
} pair;

typedef struct {
  opened *requests;
  pair *pairs;
  size_t request_count, pair_count;
  const mc_run_options *options;
} work;

static void judge_step(json_t *entry, const pair *p, const mc_audit_options *options) {
  const opened *o = p->from;
  mc_audit_step step = {.m = p->m,
                        .n = p->n,
                        .gradient = p->g,
                        .weights = o->weights.values + p->offset,
                        .buffer = o->buffer.values + p->offset,
                        .weights_after = p->x,
                        .buffer_after = o->buffer_after.values + p->offset};
  mc_run_judge_step(entry, &step, &o->rule, &o->model, options);
}

/* An output that was scaled is judged as it was before. */
static void judge_scaled(json_t *entry, const pair *p, const mc_audit_options *options) {
  mc_audit_surroundings around;
  mc_audit_options scaled = *options;
  double *y = mc_alloc(2 * p->m * p->n, sizeof *y);
  if (!y) {
    mc_run_describe_failure(entry, &(mc_error){.status = MC_NO_MEMORY, .text = "out of memory"});
    return;
  }
  mc_audit_unscale(y, y + p->m * p->n, &around, p->x, p->m, p->n, &p->from->rule, p->from->model.storage);
  scaled.around = &around;
  judge_pair(entry, p->g, y, p->m, p->n, &p->from->model, &scaled);
  mc_free(y);
}

static void judge_one(void *context, size_t i) {
  work *w = context;
  pair *p = &w->pairs[i];
  double start = mc_clock_seconds();
  mc_audit_options options = mc_audit_default_options();
  options.depth = p->request->depth;
  options.roundings = p->from->roundings;
  options.sound_only = p->from->sound_only;
  if (w->options->seed)
    options.seed = w->options->seed;
  if (mc_run_is_step(p->request))
    judge_step(p->entry, p, &options);
  else if (p->request->scaling)
    judge_scaled(p->entry, p, &options);
  else
    judge_pair(p->entry, p->g, p->x, p->m, p->n, &p->from->model, &options);
  json_object_set_new(p->entry, "seconds", json_real(mc_clock_seconds() - start));
  mc_progress_add(w->options->progress, 1);
}

/* The file that is judged. */
static const char *output_of(const mc_run_audit_request *r) {
  return mc_run_is_step(r) ? r->weights_after : r->output;
}

static json_t *new_entry(const mc_run_audit_request *r, const mc_kernel_model *model, const mc_matfile *input, size_t k,
                         uint64_t seed) {
  const char *preset = r->preset ? r->preset : MC_RUN_AUDIT_PRESET, *output = output_of(r);
  json_t *entry = json_pack("{s:s s:s s:s s:s s:s s:[I I]}", "id", r->id ? r->id : output, "input", r->input, "output",
                            output, "preset", preset, "dtype", mc_run_dtype_name(model), "shape", (json_int_t)input->m,
                            (json_int_t)input->n);
  if (input->count > 1)
    json_object_set_new(entry, "id", json_sprintf("%s[%zu]", r->id ? r->id : output, k));
  json_object_set_new(entry, "replay", mc_run_audit_replay_json(r, seed));
  if (r->file)
    json_object_set_new(entry, "file", json_string(r->file));
  if (r->line)
    json_object_set_new(entry, "line", json_integer((json_int_t)r->line));
  if (r->expected)
    json_object_set_new(entry, "expected", json_string(r->expected));
  if (r->cite)
    json_object_set_new(entry, "cite", json_string(r->cite));
  if (r->statement)
    json_object_set_new(entry, "statement", json_string(r->statement));
  return entry;
}

static mc_status read_limits(bool *sound_only, const char *word, mc_error *e) {
  static const char *const words[] = {"all", "sound", NULL};
  int i = 0;
  mc_status s = mc_run_choose(&i, words, word, "kind of limits", e);
  *sound_only = i == 1;
  return s;
}

static mc_status read_files(opened *o, const mc_run_audit_request *r, mc_error *e) {
  bool step = mc_run_is_step(r);
  mc_status s = step ? mc_run_read_step_rule(&o->rule, r, e) : MC_OK;
  if (s == MC_OK && !step && r->scaling)
    s = mc_run_read_scaling(&o->rule, r->scaling, e);
  if (s == MC_OK)
    s = mc_matfile_read(&o->input, r->input, MC_MATFILE_VOID2_IS_BFLOAT16, e);
  if (s == MC_OK)
    s = mc_matfile_read(&o->output, output_of(r), MC_MATFILE_VOID2_IS_BFLOAT16, e);
  if (s == MC_OK && r->transposed)
    s = transpose(&o->output, e);
  if (s == MC_OK)
    s = check_shape(&o->output, output_of(r),
                    step            ? "new weights"
                    : r->transposed ? "transposed output"
                                    : "output",
                    &o->input, e);
  if (s == MC_OK && step)
    s = read_like(&o->weights, r->weights, "weights", &o->input, e);
  if (s == MC_OK && step)
    s = read_like(&o->buffer, r->buffer, "buffer", &o->input, e);
  if (s == MC_OK && step)
    s = read_like(&o->buffer_after, r->buffer_after, "new buffer", &o->input, e);
  return s;
}

/* Open one request and append its pairs, or an entry that says why it cannot be opened; then *e says it too. */
static mc_status open_request(work *w, json_t *list, const mc_run_audit_request *r, mc_error *e) {
  opened *o = &w->requests[w->request_count++];
  mc_error why = {0};
  mc_kernel_model_init(&o->model);
  mc_audit_step_rule_init(&o->rule);
  mc_status s = mc_run_read_model(&o->model, &o->roundings, r, &why);
  if (s == MC_OK && r->limits)
    s = read_limits(&o->sound_only, r->limits, &why);
  if (s == MC_OK)
    s = read_files(o, r, &why);
  if (s != MC_OK) {
    json_t *entry = new_entry(r, &o->model, &o->input, 0, w->options->seed);
    json_object_del(entry, "shape");
    mc_run_describe_failure(entry, &why);
    json_array_append_new(list, entry);
    if (e)
      *e = why;
    return s;
  }
  pair *grown = mc_realloc(w->pairs, w->pair_count + o->input.count, sizeof *grown);
  if (!grown)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  w->pairs = grown;
  size_t size = o->input.m * o->input.n;
  for (size_t k = 0; k < o->input.count; k++) {
    json_t *entry = new_entry(r, &o->model, &o->input, k, w->options->seed);
    json_array_append_new(list, entry);
    w->pairs[w->pair_count++] = (pair){.request = r,
                                       .from = o,
                                       .offset = k * size,
                                       .g = o->input.values + k * size,
                                       .x = o->output.values + k * size,
                                       .m = o->input.m,
                                       .n = o->input.n,
                                       .entry = entry};
  }
  return MC_OK;
}

static void work_clear(work *w) {
  for (size_t i = 0; i < w->request_count; i++) {
    opened *o = &w->requests[i];
    mc_matfile *const files[] = {&o->input, &o->output, &o->weights, &o->buffer, &o->buffer_after};
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
      mc_matfile_clear(files[k]);
    mc_kernel_model_clear(&o->model);
    mc_audit_step_rule_clear(&o->rule);
  }
  mc_free(w->requests);
  mc_free(w->pairs);
}

/* An entry that an interrupt kept from being judged is undecided. */
static void settle_interrupted(json_t *list) {
  size_t i;
  json_t *entry;
  json_array_foreach(list, i, entry) {
    if (!json_object_get(entry, "verdict")) {
      json_object_set_new(entry, "verdict", json_string("undecided"));
      json_object_set_new(entry, "message", json_string("interrupted"));
    }
  }
}

json_t *mc_run_audit_requests(const mc_run_audit_request *requests, size_t count, bool strict,
                              const mc_run_options *options, mc_error *e) {
  double start = mc_clock_seconds();
  json_t *list = json_array();
  work w = {.requests = mc_alloc(count, sizeof *w.requests), .options = options};
  mc_status s = w.requests || count == 0 ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < count && s == MC_OK; i++) {
    s = open_request(&w, list, &requests[i], e);
    s = strict || s == MC_NO_MEMORY ? s : MC_OK;
  }
  if (s != MC_OK) {
    work_clear(&w);
    json_decref(list);
    return NULL;
  }
  mc_progress_begin(options->progress, "audits", w.pair_count);
  mc_parallel_for(w.pair_count, options->threads, judge_one, &w);
  mc_progress_end(options->progress);
  settle_interrupted(list);
  work_clear(&w);
  json_t *document = json_pack("{s:o s:[]}", "audits", list, "laws");
  mc_run_stamp(document, strict ? "audit" : "audits", mc_run_exit(document), mc_clock_seconds() - start);
  return document;
}

json_t *mc_run_audit(const mc_run_audit_request *request, const mc_run_options *options, mc_error *e) {
  return mc_run_audit_requests(request, 1, true, options, e);
}
