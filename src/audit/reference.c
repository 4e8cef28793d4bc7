/* What a kernel of a model should make of an input, and how far it may be off. */
#include "reference.h"

#include <math.h>
#include <string.h>

#include "sound.h"
#include "upward.h"

mc_audit_options mc_audit_default_options(void) {
  return (mc_audit_options){.seed = 1, .depth = 0, .false_alarm = 1e-6, .roundings = 0};
}

const double *mc_audit_reference_image_approx(const mc_audit_reference *reference) {
  return reference->image.high;
}

const double *mc_audit_reference_polar_approx(const mc_audit_reference *reference) {
  return reference->polar_approximate;
}

void mc_audit_reference_free(mc_audit_reference *reference) {
  if (!reference)
    return;
  mc_enclosure_clear(&reference->truth);
  mc_audit_image_clear(&reference->image);
  mc_truth_polar_clear(&reference->polar);
  mc_audit_basis_clear(&reference->basis);
  mc_audit_rules_free(reference->rules);
  mc_free(reference->polar_approximate);
  mc_free(reference->input);
  if (reference->sigma)
    _arb_vec_clear(reference->sigma, (slong)reference->count);
  mc_kernel_model_clear(&reference->model);
  mc_free(reference);
}

/* The image is enclosed to well below the last place of the storage format. */
static slong image_bits(mc_dtype storage) {
  return 2 * mc_kernel_precision(storage) + 30;
}

/* A question without a certified answer leaves the reference usable. */
static mc_status find_polar(mc_audit_reference *r, const double *g, mc_error *e) {
  mc_error why = {0};
  mc_status s = mc_truth_polar_certify(&r->polar, g, r->m, r->n, 40, &why);
  r->polar_certified = s == MC_OK;
  if (s == MC_UNDECIDED)
    return MC_OK;
  if (s != MC_OK) {
    if (e)
      *e = why;
    return s;
  }
  r->polar_approximate = mc_alloc(r->m * r->n, sizeof *r->polar_approximate);
  if (!r->polar_approximate)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_enclosure_get_double(r->polar_approximate, NULL, &r->polar.factor);
  return MC_OK;
}

/* Singular values of X_0. */
static mc_status find_sigma(arb_ptr sigma, const mc_audit_reference *r, const double *g, const mc_kernel_model *model,
                            mc_error *e) {
  mc_enclosure x0;
  mc_enclosure_init(&x0);
  mc_status s = mc_truth_normalised_enclose(&x0, g, r->m, r->n, &model->normalisation, 60, e);
  if (s == MC_OK)
    s = mc_truth_sv_enclose_near(sigma, &x0, e);
  mc_enclosure_clear(&x0);
  return s;
}

/* What the limits are derived from, kept for later. */
static mc_status keep(mc_audit_reference *r, const double *g, const mc_kernel_model *model,
                      const mc_audit_options *options, mc_error *e) {
  mc_normalisation norm = r->model.normalisation;
  mc_schedule schedule = r->model.schedule;
  r->model = *model;
  r->model.normalisation = norm;
  r->model.schedule = schedule;
  r->model.normalisation.kind = model->normalisation.kind;
  fmpq_set(r->model.normalisation.eps, model->normalisation.eps);
  fmpq_set(r->model.normalisation.safety, model->normalisation.safety);
  r->options = *options;
  r->count = r->m < r->n ? r->m : r->n;
  r->sigma = _arb_vec_init((slong)r->count);
  r->input = mc_alloc(r->m * r->n, sizeof *r->input);
  if (!r->input)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  memcpy(r->input, g, r->m * r->n * sizeof *r->input);
  return mc_schedule_set(&r->model.schedule, &model->schedule, e);
}

/* The model has three coefficients a step; errors of longer polynomials are bounded by nothing here. */
static mc_status check_schedule(const mc_schedule *s, mc_error *e) {
  for (size_t k = 0; k < s->count; k++)
    if (s->steps[k].terms > 3)
      return mc_fail(e, MC_BAD_INPUT, "step %zu of the schedule has %ld coefficients; audits take at most 3", k + 1,
                     (long)s->steps[k].terms);
  return MC_OK;
}

static mc_status check_input(const double *g, size_t count, mc_error *e) {
  bool zero = true;
  for (size_t i = 0; i < count; i++) {
    if (!isfinite(g[i]))
      return mc_fail(e, MC_UNDECIDED, "the input holds NaN or infinity");
    zero = zero && g[i] == 0;
  }
  return zero ? mc_fail(e, MC_UNDECIDED, "the input is zero: it has no polar factor") : MC_OK;
}

/* The image of every matrix that the kernel may have been meant to be given, against every one that may have been
 * meant to be judged. */
static void widen(mc_audit_reference *r, const double *g, const mc_audit_surroundings *around) {
  double spread = mc_audit_sound_spread(&r->model, g, r->m * r->n, around->input_radius);
  mag_t more;
  mag_init(more);
  mag_set_d(more, mc_up_add(spread, around->output_radius));
  mag_add(r->truth.radius, r->truth.radius, more);
  r->image.radius = mc_up_add(r->image.radius, mc_ball_mag_upper_double(more));
  mag_clear(more);
  r->basis.along = around->along;
}

/* Digits: for small matrices, wide formats and hard cases. */
static mc_status fill(mc_audit_reference *r, const double *g, mc_error *e) {
  mc_status s = mc_truth_ns_enclose(&r->truth, g, r->m, r->n, &r->model.schedule, &r->model.normalisation,
                                    image_bits(r->model.storage), e);
  if (s == MC_OK)
    s = mc_audit_image_init(&r->image, &r->truth, e);
  if (s == MC_OK)
    s = find_polar(r, g, e);
  if (s == MC_OK)
    s = mc_audit_basis_init(&r->basis, g, r->m, r->n, e);
  return s == MC_OK ? find_sigma(r->sigma, r, g, &r->model, e) : s;
}

mc_status mc_audit_sound_limit(double *sound, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                               const mc_audit_options *options, mc_error *e) {
  mc_audit_reference r = {.m = m, .n = n};
  slong count = (slong)(m < n ? m : n);
  double spectrum;
  *sound = INFINITY;
  mc_status s = check_schedule(&model->schedule, e);
  if (s == MC_OK)
    s = check_input(g, m * n, e);
  if (s != MC_OK)
    return s;
  arb_ptr sigma = _arb_vec_init(count);
  s = find_sigma(sigma, &r, g, model, e);
  if (s == MC_OK) {
    mc_audit_origin origin;
    mc_audit_origin_init(&origin, model, g, m, n, sigma, options);
    mc_audit_sound_bound(sound, &spectrum, model, &origin, m, n, options, INFINITY);
    mc_audit_origin_clear(&origin);
  }
  _arb_vec_clear(sigma, count);
  return s;
}

mc_status mc_audit_reference_new(mc_audit_reference **reference, const double *g, size_t m, size_t n,
                                 const mc_kernel_model *model, const mc_audit_options *options, mc_error *e) {
  mc_status s = check_schedule(&model->schedule, e);
  if (s == MC_OK)
    s = check_input(g, m * n, e);
  *reference = NULL;
  if (s != MC_OK)
    return s;
  mc_audit_reference *r = mc_alloc(1, sizeof *r);
  if (!r)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  r->m = m;
  r->n = n;
  mc_enclosure_init(&r->truth);
  mc_truth_polar_init(&r->polar);
  mc_kernel_model_init(&r->model);
  s = keep(r, g, model, options, e);
  if (s == MC_OK)
    s = mc_audit_reference_fill_plain(r, g, e);
  if (s == MC_OK && !r->plain)
    s = fill(r, g, e);
  if (s == MC_OK && options->around)
    widen(r, g, options->around);
  if (s == MC_OK)
    s = mc_audit_rules_new(&r->rules, r, e);
  if (s == MC_OK)
    *reference = r;
  else
    mc_audit_reference_free(r);
  return s;
}
