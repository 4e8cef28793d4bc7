/* `muoncert audit`: outputs of kernels against the exact image of their inputs. */
#include "steps.h"

#include <math.h>
#include <string.h>

#include "../audit/audit.h"
#include "../lang/lang.h"

#define DIGITS 12

/* ---- The model that a request describes ---- */

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
  return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0,
                    "the %s's shape %zu by %zu by %zu is not the input's %zu by %zu by %zu (batch by rows by columns)",
                    what, f->count, f->m, f->n, input->count, input->m, input->n);
}

/* One more file of the input's shape. */
static mc_status read_like(mc_matfile *f, const char *path, const char *what, const mc_matfile *input, mc_error *e) {
  mc_status s = mc_matfile_read(f, path, MC_MATFILE_VOID2_IS_BFLOAT16, e);
  return s == MC_OK ? check_shape(f, path, what, input, e) : s;
}

/* ---- One pair ---- */

static json_t *interval(char *lo, char *hi) {
  json_t *enclosure = lo && hi ? json_pack("{s:s s:s}", "lo", *lo == '-' ? "0" : lo, "hi", hi) : NULL;
  mc_free(lo);
  mc_free(hi);
  return enclosure;
}

/* Of a quantity that is nonnegative by its definition. */
json_t *mc_run_enclosure_json(const arb_t x) {
  char *lo, *hi;
  return mc_ball_bounds_text(&lo, &hi, x, DIGITS, NULL) == MC_OK ? interval(lo, hi) : NULL;
}

static json_t *singular_values_json(const mc_audit_finding *f) {
  char *lo, *hi, *unused;
  if (mc_ball_bounds_text(&lo, &unused, f->sigma_min, DIGITS, NULL) != MC_OK)
    return NULL;
  mc_free(unused);
  if (mc_ball_bounds_text(&unused, &hi, f->sigma_max, DIGITS, NULL) != MC_OK) {
    mc_free(lo);
    return NULL;
  }
  mc_free(unused);
  return interval(lo, hi);
}

/* A bound as text, rounded up; "inf" where there is none. */
json_t *mc_run_bound_json(double bound) {
  arf_t x;
  arf_init(x);
  arf_set_d(x, isnan(bound) ? (double)INFINITY : bound);
  char *text = mc_ball_arf_text(x, 1, DIGITS);
  arf_clear(x);
  json_t *string = text ? json_string(text) : NULL;
  mc_free(text);
  return string;
}

/* The statistical limits of the rule that fits best, the sound ones for all rules together. */
static void describe_limits(json_t *entry, const mc_audit_finding *f, double false_alarm) {
  json_t *measures = json_array();
  json_object_set_new(entry, "rounding", json_string(mc_kernel_rounding_name(f->limits->rounding)));
  json_object_set_new(entry, "tolerance",
                      json_pack("{s:o s:o s:o s:f}", "sound", mc_run_bound_json(f->sound), "spectrum",
                                mc_run_bound_json(f->spectrum), "statistical",
                                mc_run_bound_json(f->limits->statistical[MC_MEASURE_TOTAL]), "false_alarm",
                                false_alarm));
  for (int k = 0; k < MC_MEASURES && !(k == MC_MEASURE_ALONG && isinf(f->limits->statistical[k])); k++)
    json_array_append_new(measures, json_pack("{s:s s:o s:o}", "name", mc_audit_measure_name((mc_audit_measure)k),
                                              "error", mc_run_enclosure_json(f->measures[k]), "limit",
                                              mc_run_bound_json(f->limits->statistical[k])));
  json_object_set_new(entry, "measures", measures);
}

void mc_run_describe_finding(json_t *entry, const mc_audit_finding *f, double false_alarm) {
  json_object_set_new(entry, "verdict", json_string(mc_audit_verdict_name(f->verdict)));
  if (*f->reason)
    json_object_set_new(entry, "message", json_string(f->reason));
  json_object_set_new(entry, "error", mc_run_enclosure_json(f->error));
  json_object_set_new(entry, "polar_distance", mc_run_enclosure_json(f->polar_distance));
  json_object_set_new(entry, "sigma", singular_values_json(f));
  json_object_set_new(entry, "sigma_min", mc_run_enclosure_json(f->sigma_min));
  json_object_set_new(entry, "sigma_max", mc_run_enclosure_json(f->sigma_max));
  json_object_set_new(entry, "orthogonality", mc_run_enclosure_json(f->orthogonality));
  if (f->limits)
    describe_limits(entry, f, false_alarm);
}

static json_t *heat_json(const mc_audit_reference *reference, const double *x) {
  mc_audit_heat heat;
  json_t *values = json_array();
  mc_audit_heat_approx(&heat, reference, x);
  for (size_t i = 0; i < heat.rows; i++) {
    json_t *row = json_array();
    for (size_t j = 0; j < heat.columns; j++) {
      double value = heat.value[i * heat.columns + j];
      json_array_append_new(row, isfinite(value) ? json_real(value) : json_null());
    }
    json_array_append_new(values, row);
  }
  return json_pack("{s:[I I] s:o}", "block", (json_int_t)heat.height, (json_int_t)heat.width, "values", values);
}

/* diagnosis[], best first, and a map of the error; the message says the best. */
mc_status mc_run_describe_cause(json_t *entry, const mc_audit_finding *f, const mc_audit_reference *reference,
                                const mc_kernel_model *model, const double *g, const double *x, mc_error *e) {
  mc_audit_explanation explanations[MC_AUDIT_EXPLANATIONS];
  size_t count;
  mc_status s = mc_audit_explain_approx(explanations, &count, f, reference, model, g, x, e);
  if (s != MC_OK)
    return s;
  json_t *diagnosis = json_array();
  for (size_t i = 0; i < count; i++) {
    json_t *item = json_pack("{s:s}", "text", explanations[i].text);
    if (isfinite(explanations[i].distance))
      json_object_set_new(item, "distance", json_real(explanations[i].distance));
    json_array_append_new(diagnosis, item);
  }
  json_object_set_new(entry, "diagnosis", diagnosis);
  json_object_set_new(entry, "heat", heat_json(reference, x));
  if (count > 0)
    json_object_set_new(entry, "message", json_sprintf("%s; it looks like: %s", f->reason, explanations[0].text));
  return MC_OK;
}

void mc_run_describe_failure(json_t *entry, const mc_error *why) {
  char text[1024];
  mc_error_format(text, sizeof text, why);
  bool open = why->status == MC_UNDECIDED || why->status == MC_INTERRUPTED;
  json_object_set_new(entry, "verdict", json_string(open ? "undecided" : "error"));
  json_object_set_new(entry, "message", json_string(text));
}

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

static json_t *new_entry(const mc_run_audit_request *r, const mc_kernel_model *model, const mc_matfile *input,
                         size_t k) {
  const char *preset = r->preset ? r->preset : MC_RUN_AUDIT_PRESET, *output = output_of(r);
  json_t *entry = json_pack("{s:s s:s s:s s:s s:s s:[I I]}", "id", r->id ? r->id : output, "input", r->input, "output",
                            output, "preset", preset, "dtype", mc_run_dtype_name(model), "shape", (json_int_t)input->m,
                            (json_int_t)input->n);
  if (input->count > 1)
    json_object_set_new(entry, "id", json_sprintf("%s[%zu]", r->id ? r->id : output, k));
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
    json_t *entry = new_entry(r, &o->model, &o->input, 0);
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
    json_t *entry = new_entry(r, &o->model, &o->input, k);
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

/* strict: a request that cannot be opened fails the whole. */
static json_t *run_requests(const mc_run_audit_request *requests, size_t count, bool strict,
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
  json_t *document = json_pack("{s:o}", "audits", list);
  mc_run_stamp(document, strict ? "audit" : "audits", mc_run_exit(document), mc_clock_seconds() - start);
  return document;
}

json_t *mc_run_audit(const mc_run_audit_request *request, const mc_run_options *options, mc_error *e) {
  return run_requests(request, 1, true, options, e);
}

/* ---- Spec files ---- */

/* A name in an audit block, relative to the file that says it. */
static char *beside(const char *file, const char *name) {
  const char *slash = strrchr(file, '/');
  mc_text path;
  mc_text_init(&path);
  if (*name != '/' && slash)
    mc_text_append(&path, file, (size_t)(slash + 1 - file));
  mc_text_printf(&path, "%s", name);
  char *copy = path.failed ? NULL : mc_strdup(path.data);
  mc_text_clear(&path);
  return copy;
}

typedef struct {
  mc_document **documents;
  size_t document_count;
  mc_run_audit_request *requests;
  char **paths; /* two for each request */
  size_t count;
} plan;

static void plan_clear(plan *p) {
  for (size_t i = 0; i < 2 * p->count; i++)
    mc_free(p->paths[i]);
  for (size_t i = 0; i < p->document_count; i++)
    mc_lang_document_free(p->documents[i]);
  mc_free(p->documents);
  mc_free(p->requests);
  mc_free(p->paths);
}

static mc_status add_block(plan *p, const mc_audit_block *a, mc_error *e) {
  mc_run_audit_request *requests = mc_realloc(p->requests, p->count + 1, sizeof *requests);
  if (requests)
    p->requests = requests;
  char **paths = mc_realloc(p->paths, 2 * (p->count + 1), sizeof *paths);
  if (paths)
    p->paths = paths;
  if (!requests || !paths)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  char *input = beside(a->block.file, a->input), *output = beside(a->block.file, a->output);
  requests[p->count] = (mc_run_audit_request){.id = a->block.id,
                                              .file = a->block.file,
                                              .line = a->block.line,
                                              .cite = a->block.cite,
                                              .statement = a->block.statement,
                                              .expected = a->expected,
                                              .input = input,
                                              .output = output,
                                              .preset = a->preset,
                                              .dtype = a->dtype};
  paths[2 * p->count] = input;
  paths[2 * p->count + 1] = output;
  p->count++;
  return input && output ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

static mc_status read_file(plan *p, const char *file, const char *only, mc_error *e) {
  mc_document *d;
  mc_status s = mc_lang_document_read(&d, file, e);
  if (s != MC_OK)
    return s;
  p->documents[p->document_count++] = d;
  for (size_t i = 0; i < mc_lang_audit_count(d) && s == MC_OK; i++)
    if (!only || mc_glob_match(only, mc_lang_audit(d, i)->block.id))
      s = add_block(p, mc_lang_audit(d, i), e);
  return s;
}

json_t *mc_run_audits(const char *const *files, size_t count, const mc_run_options *options, mc_error *e) {
  plan p = {.documents = mc_alloc(count, sizeof *p.documents)};
  mc_status s = p.documents || count == 0 ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < count && s == MC_OK; i++)
    s = read_file(&p, files[i], options->only, e);
  json_t *document = s == MC_OK ? run_requests(p.requests, p.count, false, options, e) : NULL;
  plan_clear(&p);
  return document;
}
