/* `muoncert tol`: the tolerance that a kernel deserves on an input. */
#include <math.h>
#include <string.h>

#include "../matgen/matgen.h"
#include "audits.h"

/* Where the request names no family: singular values that a gradient may have. */
#define FAMILY "log_uniform(1e-3)"

/* ---- The input ---- */

typedef struct {
  double *g;
  size_t m, n;
} input;

static mc_status read_input(input *in, const char *path, mc_error *e) {
  mc_matfile f;
  mc_status s = mc_matfile_read(&f, path, MC_MATFILE_VOID2_IS_BFLOAT16, e);
  if (s == MC_OK && f.count > 1)
    s = mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "a batch of %zu matrices; a tolerance is that of one", f.count);
  if (s != MC_OK) {
    mc_matfile_clear(&f);
    return s;
  }
  in->m = f.m;
  in->n = f.n;
  in->g = mc_alloc(f.m * f.n, sizeof *in->g);
  if (in->g)
    memcpy(in->g, f.values, f.m * f.n * sizeof *in->g);
  mc_matfile_clear(&f);
  return in->g ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
}

static mc_status make_input(input *in, const mc_run_tolerance_request *r, uint64_t seed, mc_error *e) {
  mc_matgen_family family;
  mc_random draw;
  mc_status s = mc_matgen_family_parse(&family, r->family ? r->family : FAMILY, e);
  if (s != MC_OK)
    return s;
  in->m = r->rows;
  in->n = r->columns;
  in->g = mc_alloc(in->m * in->n, sizeof *in->g);
  if (!in->g)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_random_init(&draw, seed, mc_random_stream_of("tol"), 0);
  s = mc_matgen_matrix(in->g, in->m, in->n, &family, &draw, e);
  for (size_t i = 0; i < in->m * in->n; i++)
    in->g[i] = ldexp((double)(float)in->g[i], -10); /* as small as gradients are, so that eps matters */
  return s;
}

/* ---- What an elementwise tolerance lets through ---- */

static bool is_accepted(const double *x, const double *image, size_t count, double atol, double rtol) {
  for (size_t i = 0; i < count; i++)
    if (!(fabs(x[i] - image[i]) <= atol + rtol * fabs(image[i])))
      return false;
  return true;
}

static json_t *explain(const mc_run_tolerance_request *r, const input *in, const mc_audit_reference *reference,
                       const mc_kernel_model *model, mc_error *e) {
  const double *image = mc_audit_reference_image_approx(reference);
  size_t count = in->m * in->n, killed = 0;
  double *x = mc_alloc(2 * count, sizeof *x), *clean = x + count;
  if (!x) {
    mc_fail(e, MC_NO_MEMORY, "out of memory");
    return NULL;
  }
  json_t *accepted = json_array();
  mc_status s = mc_kernel_emulate(clean, model, in->g, in->m, in->n, NULL, e);
  bool correct = is_accepted(clean, image, count, r->atol, r->rtol);
  for (size_t i = 0; i < mc_kernel_mutant_count() && s == MC_OK; i++) {
    s = mc_kernel_mutant_run(x, i, model, in->g, in->m, in->n, NULL, e);
    if (memcmp(x, clean, count * sizeof *x) == 0)
      continue; /* no bug on this input */
    if (is_accepted(x, image, count, r->atol, r->rtol))
      json_array_append_new(accepted, json_string(mc_kernel_mutant_get(i)->name));
    else
      killed++;
  }
  mc_free(x);
  if (s != MC_OK) {
    json_decref(accepted);
    return NULL;
  }
  return json_pack("{s:f s:f s:b s:I s:o}", "atol", r->atol, "rtol", r->rtol, "accepts_correct", correct, "rejected",
                   (json_int_t)killed, "accepted", accepted);
}

/* ---- The document ---- */

/* Every rule's. */
static mc_status add_rules(json_t *rules, const mc_audit_reference *reference, mc_error *e) {
  for (size_t i = 0; i < mc_audit_reference_rules(reference); i++) {
    const mc_audit_limits *limits;
    mc_status s = mc_audit_reference_limits(&limits, reference, i, e);
    if (s != MC_OK)
      return s;
    json_t *statistical = json_object();
    for (int k = 0; k < MC_MEASURE_ALONG; k++) /* nothing goes along */
      json_object_set_new(statistical, mc_audit_measure_name((mc_audit_measure)k),
                          mc_run_bound_json(limits->statistical[k]));
    json_array_append_new(rules, json_pack("{s:s s:o s:o s:o}", "rounding", mc_kernel_rounding_name(limits->rounding),
                                           "sound", mc_run_bound_json(limits->sound), "spectrum",
                                           mc_run_bound_json(limits->spectrum), "statistical", statistical));
  }
  return MC_OK;
}

/* Bugs are planted in a kernel that follows the first rule asked about. */
static mc_status find_limits(json_t *document, const mc_run_tolerance_request *r, const input *in,
                             mc_kernel_model *model, const mc_audit_options *options, mc_error *e) {
  mc_audit_reference *reference;
  const mc_audit_limits *first;
  json_t *rules = json_array();
  json_object_set_new(document, "rules", rules);
  mc_status s = mc_audit_reference_new(&reference, in->g, in->m, in->n, model, options, e);
  if (s == MC_OK)
    s = add_rules(rules, reference, e);
  if (s == MC_OK)
    s = mc_audit_reference_limits(&first, reference, 0, e);
  if (s == MC_OK && r->explain) {
    model->rounding = first->rounding;
    json_t *explanation = explain(r, in, reference, model, e);
    s = explanation ? MC_OK : MC_INTERNAL;
    json_object_set_new(document, "explain", explanation);
  }
  mc_audit_reference_free(reference);
  return s;
}

json_t *mc_run_tolerance(const mc_run_tolerance_request *r, const mc_run_options *options, mc_error *e) {
  double start = mc_clock_seconds();
  mc_audit_options limits = mc_audit_default_options();
  mc_kernel_model model;
  input in = {0};
  json_t *document = NULL;
  limits.depth = r->model.depth;
  if (options->seed)
    limits.seed = options->seed;
  mc_kernel_model_init(&model);
  mc_status s = mc_run_read_model(&model, &limits.roundings, &r->model, e);
  if (s == MC_OK)
    s = r->model.input ? read_input(&in, r->model.input, e) : make_input(&in, r, limits.seed, e);
  if (s == MC_OK) {
    document = json_pack("{s:s s:s s:s s:[I I] s:f}", "preset", r->model.preset ? r->model.preset : MC_RUN_AUDIT_PRESET,
                         "dtype", mc_run_dtype_name(&model), "input",
                         r->model.input ? r->model.input : (r->family ? r->family : FAMILY), "shape", (json_int_t)in.m,
                         (json_int_t)in.n, "false_alarm", limits.false_alarm);
    s = find_limits(document, r, &in, &model, &limits, e);
  }
  mc_free(in.g);
  mc_kernel_model_clear(&model);
  if (s != MC_OK) {
    json_decref(document);
    return NULL;
  }
  mc_run_stamp(document, "tol", MC_EXIT_EXPECTED, mc_clock_seconds() - start);
  return document;
}
