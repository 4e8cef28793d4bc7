/* What a kernel of a model should make of an input, and how far it may be off. */
#include "reference.h"

#include <math.h>

#include "ensemble.h"
#include "sound.h"

mc_audit_options mc_audit_default_options(void) {
  return (mc_audit_options){.seed = 1, .depth = 0, .false_alarm = 1e-6};
}

const mc_audit_limits *mc_audit_reference_limits(const mc_audit_reference *reference) {
  return &reference->limits;
}

void mc_audit_reference_free(mc_audit_reference *reference) {
  if (!reference)
    return;
  mc_enclosure_clear(&reference->image);
  mc_truth_polar_clear(&reference->polar);
  mc_audit_basis_clear(&reference->basis);
  mc_free(reference->approximate);
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
  if (s != MC_OK && e)
    *e = why;
  return s;
}

static mc_status find_sound(mc_audit_reference *r, const double *g, const mc_kernel_model *model, size_t depth,
                            mc_error *e) {
  slong count = (slong)(r->m < r->n ? r->m : r->n);
  arb_ptr sigma = _arb_vec_init(count);
  mc_enclosure x0;
  mc_enclosure_init(&x0);
  mc_status s = mc_truth_normalised_enclose(&x0, g, r->m, r->n, &model->normalisation, 60, e);
  if (s == MC_OK)
    s = mc_truth_sv_enclose_near(sigma, &x0, e);
  if (s == MC_OK)
    s = mc_audit_sound_bound(&r->limits.sound, &r->limits.spectrum, model, g, r->m, r->n, sigma, depth, e);
  mc_enclosure_clear(&x0);
  _arb_vec_clear(sigma, count);
  return s;
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

mc_status mc_audit_reference_new(mc_audit_reference **reference, const double *g, size_t m, size_t n,
                                 const mc_kernel_model *model, const mc_audit_options *options, mc_error *e) {
  mc_status s = check_input(g, m * n, e);
  *reference = NULL;
  if (s != MC_OK)
    return s;
  mc_audit_reference *r = mc_alloc(1, sizeof *r);
  if (!r)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  r->m = m;
  r->n = n;
  mc_enclosure_init(&r->image);
  mc_truth_polar_init(&r->polar);
  r->approximate = mc_alloc(m * n, sizeof *r->approximate);
  if (!r->approximate)
    s = mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK)
    s = mc_truth_ns_enclose(&r->image, g, m, n, &model->schedule, &model->normalisation, image_bits(model->storage), e);
  if (s == MC_OK)
    mc_enclosure_get_double(r->approximate, &r->radius, &r->image);
  if (s == MC_OK)
    s = find_polar(r, g, e);
  if (s == MC_OK)
    s = find_sound(r, g, model, options->depth, e);
  if (s == MC_OK)
    s = mc_audit_basis_init(&r->basis, g, m, n, e);
  if (s == MC_OK)
    s = mc_audit_ensemble_limits(&r->limits, model, g, r->approximate, &r->basis, options, e);
  if (s == MC_OK)
    *reference = r;
  else
    mc_audit_reference_free(r);
  return s;
}
