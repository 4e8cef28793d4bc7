/* What a kernel of a model should make of an input, and how far it may be off. */
#include "reference.h"

#include <math.h>
#include <string.h>

#include "sound.h"
#include "upward.h"

mc_audit_options mc_audit_default_options(void) {
  return (mc_audit_options){.seed = 1, .depth = 0, .false_alarm = 1e-6, .roundings = 0};
}

size_t mc_audit_reference_rules(const mc_audit_reference *reference) {
  return reference->rules;
}

const mc_audit_limits *mc_audit_reference_limits(const mc_audit_reference *reference, size_t rule) {
  return &reference->limits[rule];
}

void mc_audit_reference_sound(double *sound, double *spectrum, const mc_audit_reference *reference) {
  *sound = *spectrum = 0;
  for (size_t i = 0; i < reference->rules; i++) {
    *sound = fmax(*sound, reference->limits[i].sound);
    *spectrum = fmax(*spectrum, reference->limits[i].spectrum);
  }
}

void mc_audit_reference_sound_given(double *sound, double *spectrum, const mc_audit_reference *r, double output) {
  mc_kernel_model variant = r->model; /* shares the schedule, which is only read */
  const mc_audit_surroundings *around = r->options.around;
  if (around) /* the kernel's own output is this far from what is judged */
    output = mc_up_add3(output, around->output_bound, around->output_radius);
  *sound = *spectrum = 0;
  for (size_t i = 0; i < r->rules; i++) {
    double plain, divided;
    variant.rounding = r->limits[i].rounding;
    mc_audit_sound_bound(&plain, &divided, &variant, r->input, r->m, r->n, r->sigma, &r->options, output);
    *sound = fmax(*sound, plain);
    *spectrum = fmax(*spectrum, divided);
  }
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
  for (size_t i = 0; i < reference->rules; i++)
    mc_free(reference->centres[i].profile);
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

/* The rules that the kernel may follow and that differ from the others: where the accumulator's format is stored,
 * coefficients have the same format under `all` and `operations`. */
static unsigned distinct_rules(const mc_audit_reference *r) {
  unsigned asked = r->options.roundings, every = MC_ROUNDINGS_OF_X;
  bool wide = mc_kernel_accumulator(r->model.storage) == r->model.storage;
  return asked ? asked : wide ? every & ~(1u << MC_ROUNDING_OPERATIONS) : every;
}

/* Without normalisation only the order of sums differs between members, and that moves too few roundings of a 16-bit
 * format for a distribution. */
static bool has_ensemble(const mc_audit_reference *r) {
  bool moves = r->model.normalisation.kind != MC_NORM_NONE || mc_kernel_precision(r->model.storage) >= 24;
  return moves && !r->options.sound_only;
}

/* Have all rules one ensemble?  Not with the Gram form, which errs in another way. */
static bool is_shared(const mc_audit_reference *r) {
  return !(distinct_rules(r) >> MC_ROUNDING_GRAM & 1u && distinct_rules(r) != 1u << MC_ROUNDING_GRAM) &&
         mc_audit_few_serve(&r->model, r->m, r->n, &r->options);
}

/* The statistical limits of all rules together. */
static mc_status find_shared(mc_audit_reference *r, const double *g, mc_error *e) {
  mc_kernel_rounding rules[MC_ROUNDINGS];
  for (size_t i = 0; i < r->rules; i++)
    rules[i] = r->limits[i].rounding;
  mc_status s = mc_audit_few_limits(r->limits[0].statistical, &r->centres[0], &r->model, rules, r->rules, g, r->sigma,
                                    &r->image, &r->basis, &r->options, e);
  for (size_t i = 1; i < r->rules && s == MC_OK; i++) {
    memcpy(r->limits[i].statistical, r->limits[0].statistical, sizeof r->limits[i].statistical);
    memcpy(r->centres[i].profile, r->centres[0].profile, r->count * sizeof *r->centres[i].profile);
    r->centres[i].along = r->centres[0].along;
  }
  return s;
}

/* One rule's. */
static mc_status find_rule(mc_audit_reference *r, const double *g, mc_kernel_rounding rule, mc_error *e) {
  mc_kernel_model variant = r->model; /* shares the schedule; nothing below changes it */
  mc_audit_limits *limits = &r->limits[r->rules];
  mc_audit_centre *centre = &r->centres[r->rules];
  centre->profile = mc_alloc(r->count, sizeof *centre->profile);
  if (!centre->profile)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  r->rules++;
  variant.rounding = limits->rounding = rule;
  mc_audit_sound_bound(&limits->sound, &limits->spectrum, &variant, g, r->m, r->n, r->sigma, &r->options, INFINITY);
  if (has_ensemble(r) && !is_shared(r))
    return mc_audit_ensemble_limits(limits, centre, &variant, g, r->sigma, &r->image, &r->basis, &r->options, e);
  for (int k = 0; k < MC_MEASURES; k++)
    limits->statistical[k] = NAN;
  return MC_OK;
}

static mc_status find_limits(mc_audit_reference *r, const double *g, mc_error *e) {
  unsigned rules = distinct_rules(r);
  mc_status s = MC_OK;
  for (unsigned rule = 0; rule < MC_ROUNDINGS && s == MC_OK; rule++)
    if (rules >> rule & 1u)
      s = find_rule(r, g, (mc_kernel_rounding)rule, e);
  return s == MC_OK && has_ensemble(r) && is_shared(r) ? find_shared(r, g, e) : s;
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
  if (s == MC_OK)
    mc_audit_sound_bound(sound, &spectrum, model, g, m, n, sigma, options, INFINITY);
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
    s = find_limits(r, g, e);
  if (s == MC_OK)
    *reference = r;
  else
    mc_audit_reference_free(r);
  return s;
}
