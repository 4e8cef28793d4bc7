/* What else is certified of an output: distance from the polar factor, singular values, orthogonality. */
#include "reference.h"

#include <math.h>
#include <stdio.h>

/* An open question leaves its enclosure unbounded, and is not an error. */
static mc_status settled(mc_status s) {
  return s == MC_UNDECIDED ? MC_OK : s;
}

static mc_status find_polar_distance(mc_audit_finding *f, const mc_audit_reference *r, const double *x, mc_error *e) {
  mc_truth_distance d;
  mc_truth_distance_init(&d);
  mc_status s = settled(mc_truth_distance_enclose(&d, x, &r->polar.factor, e));
  arb_set(f->polar_distance, d.frobenius);
  mc_truth_distance_clear(&d);
  return s;
}

static mc_status find_singular_values(mc_audit_finding *f, const mc_audit_reference *r, const double *x, mc_error *e) {
  slong count = (slong)(r->m < r->n ? r->m : r->n);
  arb_ptr sigma = _arb_vec_init(count);
  mc_status s = mc_truth_sv_enclose(sigma, x, r->m, r->n, 40, e);
  if (s == MC_OK) {
    arb_set(f->sigma_max, sigma);
    arb_set(f->sigma_min, sigma + count - 1);
  }
  _arb_vec_clear(sigma, count);
  return settled(s);
}

/* Limits that are larger than the output say nothing: its norm says more. */
static void narrow_sound(mc_audit_finding *f, const mc_audit_reference *r, const double *x) {
  double size = 0, sound, spectrum, norm = mc_ball_upper_double(f->sigma_max);
  for (size_t i = 0; i < r->m * r->n; i++)
    size = hypot(size, x[i]);
  if (fmin(f->sound, f->spectrum) <= size || !isfinite(norm))
    return;
  mc_audit_reference_sound_given(&sound, &spectrum, r, norm);
  f->sound = fmin(f->sound, sound);
  f->spectrum = fmin(f->spectrum, spectrum);
  if (f->verdict != MC_AUDIT_WRONG && mc_ball_lower_double(f->error) > fmin(f->sound, f->spectrum)) {
    f->verdict = MC_AUDIT_WRONG;
    snprintf(f->reason, sizeof f->reason,
             "no kernel of this model with an output of this norm can be so far from the image");
  }
}

mc_status mc_audit_describe(mc_audit_finding *f, const mc_audit_reference *reference, const double *x, mc_error *e) {
  for (size_t i = 0; i < reference->m * reference->n; i++)
    if (!isfinite(x[i]))
      return MC_OK;
  if (reference->plain && mc_audit_describe_plain(f, reference, x)) {
    narrow_sound(f, reference, x);
    return MC_OK;
  }
  mc_status s = reference->polar_certified && !reference->plain ? find_polar_distance(f, reference, x, e) : MC_OK;
  if (s == MC_OK)
    s = find_singular_values(f, reference, x, e);
  if (s == MC_OK)
    narrow_sound(f, reference, x);
  if (s == MC_OK) {
    arb_t spectral;
    arb_init(spectral);
    s = settled(mc_truth_orthogonality_enclose(f->orthogonality, spectral, x, reference->m, reference->n, e));
    arb_clear(spectral);
  }
  return s;
}
