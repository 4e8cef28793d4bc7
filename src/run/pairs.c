/* `muoncert gen --suite laws` and `muoncert audit --pairs`: the inputs of the laws in files, and a kernel's outputs for
 * them. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels.h"

#define MANIFEST "manifest.json"

static const mc_matfile_flags flags = MC_MATFILE_VOID2_IS_BFLOAT16;

/* folder/NAME.part */
static char *path_of(const char *folder, const char *name, const char *part, mc_error *e) {
  mc_text t;
  mc_text_init(&t);
  mc_text_printf(&t, "%s/%s%s%s", folder, name, *part ? "." : "", part);
  char *path = t.failed ? NULL : mc_strdup(t.data);
  mc_text_clear(&t);
  if (!path)
    mc_fail(e, MC_NO_MEMORY, "out of memory");
  return path;
}

/* ---- Writing ---- */

/* bfloat16 has no type in NumPy: its values are written as float32, which holds them exactly. */
static mc_status write_array(const char *folder, const char *name, const char *part, const mc_law_input *input,
                             const double *values, mc_dtype dtype, mc_error *e) {
  mc_matfile f = {.values = (double *)(uintptr_t)values,
                  .count = input->count,
                  .m = input->m,
                  .n = input->n,
                  .dtype = dtype == MC_DTYPE_BFLOAT16 ? MC_DTYPE_FLOAT32 : dtype};
  char *path = path_of(folder, name, part, e);
  mc_status s = path ? mc_matfile_write(&f, path, e) : MC_NO_MEMORY;
  mc_free(path);
  return s;
}

static json_t *case_json(const mc_law_input *input) {
  json_t *shape = input->count > 1
                      ? json_pack("[I I I]", (json_int_t)input->count, (json_int_t)input->m, (json_int_t)input->n)
                      : json_pack("[I I]", (json_int_t)input->m, (json_int_t)input->n);
  json_t *entry = json_pack("{s:s s:s s:o s:o}", "name", input->name, "statement", input->states, "shape", shape,
                            "input", json_sprintf("%s.G.npy", input->name));
  if (!input->is_step) {
    json_object_set_new(entry, "output", json_sprintf("%s.X.npy", input->name));
    return entry;
  }
  json_object_set_new(entry, "weights", json_sprintf("%s.W.npy", input->name));
  json_object_set_new(entry, "buffer", json_sprintf("%s.B.npy", input->name));
  json_object_set_new(entry, "weights_after", json_sprintf("%s.W_after.npy", input->name));
  json_object_set_new(entry, "buffer_after", json_sprintf("%s.B_after.npy", input->name));
  json_object_set_new(entry, "learning_rate", json_real(input->learning_rate));
  json_object_set_new(entry, "momentum", json_real(input->momentum));
  json_object_set_new(entry, "weight_decay", json_real(input->weight_decay));
  json_object_set_new(entry, "nesterov", json_boolean(input->nesterov));
  return entry;
}

static mc_status write_case(json_t *cases, const char *folder, const mc_law_input *input, mc_dtype dtype, mc_error *e) {
  mc_status s = write_array(folder, input->name, "G.npy", input, input->g, dtype, e);
  if (s == MC_OK && input->is_step)
    s = write_array(folder, input->name, "W.npy", input, input->weights, dtype, e);
  if (s == MC_OK && input->is_step)
    s = write_array(folder, input->name, "B.npy", input, input->buffer, dtype, e);
  if (s == MC_OK)
    json_array_append_new(cases, case_json(input));
  return s;
}

/* What --pairs needs to make the same suite again. */
static const struct {
  const char *name;
  size_t offset; /* of the text in a request */
} words[] = {{"preset", offsetof(mc_run_audit_request, preset)},
             {"schedule", offsetof(mc_run_audit_request, schedule)},
             {"norm", offsetof(mc_run_audit_request, norm)},
             {"eps", offsetof(mc_run_audit_request, eps)},
             {"safety", offsetof(mc_run_audit_request, safety)},
             {"dtype", offsetof(mc_run_audit_request, dtype)},
             {"rounding", offsetof(mc_run_audit_request, rounding)},
             {"momentum_rule", offsetof(mc_run_audit_request, momentum_rule)},
             {"scaling", offsetof(mc_run_audit_request, scaling)}};
enum { WORDS = sizeof words / sizeof words[0] };

static const char **word_of(mc_run_audit_request *r, size_t i) {
  return (const char **)(void *)((char *)r + words[i].offset);
}

static json_t *manifest_of(const mc_run_audit_request *request, const mc_run_bench *b, json_t *cases) {
  mc_run_audit_request r = *request;
  json_t *model = json_object();
  for (size_t i = 0; i < WORDS; i++)
    if (*word_of(&r, i))
      json_object_set_new(model, words[i].name, json_string(*word_of(&r, i)));
  if (!r.preset)
    json_object_set_new(model, "preset", json_string(MC_RUN_AUDIT_PRESET));
  json_object_set_new(model, "dtype", json_string(mc_dtype_name(b->model.storage)));
  if (r.steps)
    json_object_set_new(model, "steps", json_integer((json_int_t)r.steps));
  return json_pack("{s:s s:o s:o s:o}", "suite", "laws", "seed",
                   json_sprintf("0x%llx", (unsigned long long)b->options.seed), "model", model, "cases", cases);
}

static mc_status write_manifest(const char *folder, const json_t *manifest, mc_error *e) {
  char *path = path_of(folder, MANIFEST, "", e), *text = json_dumps(manifest, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
  mc_status s = path && text ? mc_file_write(path, text, strlen(text), e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  free(text);
  mc_free(path);
  return s;
}

json_t *mc_run_law_suite(const char *folder, const mc_run_audit_request *request, const mc_run_options *options,
                         mc_error *e) {
  double start = mc_clock_seconds();
  mc_run_bench b;
  json_t *document = NULL, *cases = json_array();
  mc_status s = mc_run_bench_open(&b, request, NULL, options, e);
  if (s == MC_OK && mkdir(folder, 0777) != 0 && errno != EEXIST)
    s = mc_fail_at(e, MC_IO, folder, 0, 0, "%s", strerror(errno));
  for (size_t i = 0; s == MC_OK && i < mc_law_suite_count(b.suite); i++)
    s = write_case(cases, folder, mc_law_suite_input(b.suite, i), b.model.storage, e);
  if (s == MC_OK) {
    document = manifest_of(request, &b, json_incref(cases));
    json_object_set_new(document, "folder", json_string(folder));
    mc_run_stamp(document, "gen", MC_EXIT_EXPECTED, mc_clock_seconds() - start);
    s = write_manifest(folder, document, e);
  }
  json_decref(cases);
  mc_run_bench_close(&b);
  if (s == MC_OK)
    return document;
  json_decref(document);
  return NULL;
}

/* ---- Reading ---- */

/* *request takes its texts from the manifest, which outlives it. */
static mc_status read_manifest(json_t **manifest, mc_run_audit_request *request, uint64_t *seed, const char *folder,
                               mc_error *e) {
  char *path = path_of(folder, MANIFEST, "", e);
  json_error_t why;
  if (!path)
    return MC_NO_MEMORY;
  *manifest = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
  const json_t *model = json_object_get(*manifest, "model");
  const char *suite = json_string_value(json_object_get(*manifest, "suite"));
  const char *number = json_string_value(json_object_get(*manifest, "seed"));
  mc_status s = MC_OK;
  if (!*manifest)
    s = mc_fail_at(e, MC_BAD_INPUT, path, why.line > 0 ? (unsigned)why.line : 0,
                   why.column > 0 ? (unsigned)why.column : 0, "%s", why.text);
  else if (!suite || strcmp(suite, "laws") != 0 || !json_is_object(model) || !number)
    s = mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "not the manifest of `muoncert gen --suite laws'");
  for (size_t i = 0; i < WORDS && s == MC_OK; i++)
    *word_of(request, i) = json_string_value(json_object_get(model, words[i].name));
  request->steps = (size_t)json_integer_value(json_object_get(model, "steps"));
  *seed = number ? strtoull(number, NULL, 0) : 0;
  mc_free(path);
  return s;
}

/* Read folder/NAME.part into values, if it is there. */
static mc_status read_array(double *values, bool *present, const char *folder, const mc_law_input *input,
                            const char *part, mc_error *e) {
  char *path = path_of(folder, input->name, part, e);
  mc_matfile f = {0};
  if (!path)
    return MC_NO_MEMORY;
  *present = access(path, F_OK) == 0;
  mc_status s = *present ? mc_matfile_read(&f, path, flags, e) : MC_OK;
  if (s == MC_OK && *present && (f.count != input->count || f.m != input->m || f.n != input->n))
    s = mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "shape %zu by %zu by %zu where the suite has %zu by %zu by %zu",
                   f.count, f.m, f.n, input->count, input->m, input->n);
  if (s == MC_OK && *present)
    memcpy(values, f.values, input->count * input->m * input->n * sizeof *values);
  mc_matfile_clear(&f);
  mc_free(path);
  return s;
}

/* The inputs must be the suite's: a law says nothing about others. */
static mc_status check_input(const char *folder, const mc_law_input *input, mc_error *e) {
  size_t size = input->count * input->m * input->n;
  double *g = mc_alloc(size, sizeof *g);
  bool present = false;
  mc_status s = g ? read_array(g, &present, folder, input, "G.npy", e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < size && s == MC_OK; i++)
    if (!present || (g[i] != input->g[i] && !(isnan(g[i]) && isnan(input->g[i]))))
      s = mc_fail_at(e, MC_BAD_INPUT, folder, 0, 0, "%s.G.npy is %s", input->name,
                     present ? "not the input that the manifest describes" : "missing");
  mc_free(g);
  return s;
}

static mc_status read_output(mc_law_output *o, const char *folder, const mc_law_input *input, mc_error *e) {
  bool present = false, also = false;
  mc_status s = check_input(folder, input, e);
  if (s == MC_OK)
    s = mc_law_output_make(o, input, e);
  if (s != MC_OK)
    return s;
  s = input->is_step ? read_array(o->weights_after, &present, folder, input, "W_after.npy", e)
                     : read_array(o->x, &present, folder, input, "X.npy", e);
  if (s == MC_OK && input->is_step)
    s = read_array(o->buffer_after, &also, folder, input, "B_after.npy", e);
  o->present = present && (also || !input->is_step);
  o->g_after = mc_alloc(input->count * input->m * input->n, sizeof *o->g_after);
  if (s == MC_OK && !o->g_after)
    s = mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK)
    s = read_array(o->g_after, &also, folder, input, "G_after.npy", e);
  if (s == MC_OK && !also) {
    mc_free(o->g_after);
    o->g_after = NULL;
  }
  return s;
}

json_t *mc_run_pairs(const char *folder, const mc_run_options *options, mc_error *e) {
  double start = mc_clock_seconds();
  mc_run_audit_request request = {0};
  mc_run_options own = *options;
  mc_run_bench b = {0};
  json_t *manifest = NULL, *document = NULL, *audits = json_array(), *laws = json_array();
  mc_status s = read_manifest(&manifest, &request, &own.seed, folder, e);
  if (s == MC_OK) {
    s = mc_run_bench_open(&b, &request, NULL, &own, e);
    for (size_t i = 0; s == MC_OK && i < mc_law_suite_count(b.suite); i++)
      s = read_output(&b.outputs[i], folder, mc_law_suite_input(b.suite, i), e);
    if (s == MC_OK)
      s = mc_run_bench_judge(audits, laws, &b, folder, e);
    mc_run_bench_close(&b);
  }
  if (s == MC_OK && json_array_size(laws) == 0)
    s = mc_fail_at(e, MC_BAD_INPUT, folder, 0, 0, "no output of a kernel, such as base.X.npy, is there");
  if (s == MC_OK || s == MC_INTERRUPTED)
    document = mc_run_bench_document(audits, laws, s, mc_clock_seconds() - start);
  json_decref(audits);
  json_decref(laws);
  json_decref(manifest);
  return document;
}
