/* The verdict on an output.  Every comparison fails closed: a NaN limit decides nothing. */
#include "reference.h"

#include <math.h>
#include <stdio.h>

const char *mc_audit_verdict_name(mc_audit_verdict verdict) {
  static const char *const names[] = {"conforms", "suspicious", "wrong", "undecided"};
  return names[verdict];
}

void mc_audit_finding_init(mc_audit_finding *f) {
  *f = (mc_audit_finding){.verdict = MC_AUDIT_UNDECIDED};
  arb_init(f->error);
  arb_init(f->polar_distance);
  arb_init(f->sigma_min);
  arb_init(f->sigma_max);
  arb_init(f->orthogonality);
  for (int k = 0; k < MC_MEASURES; k++)
    arb_init(f->measures[k]);
}

void mc_audit_finding_clear(mc_audit_finding *f) {
  arb_clear(f->error);
  arb_clear(f->polar_distance);
  arb_clear(f->sigma_min);
  arb_clear(f->sigma_max);
  arb_clear(f->orthogonality);
  for (int k = 0; k < MC_MEASURES; k++)
    arb_clear(f->measures[k]);
}

/* [0, inf] */
static void set_unknown(arb_t x) {
  arb_zero_pm_inf(x);
}

static void set_all_unknown(mc_audit_finding *f) {
  set_unknown(f->error);
  set_unknown(f->polar_distance);
  set_unknown(f->sigma_min);
  set_unknown(f->sigma_max);
  set_unknown(f->orthogonality);
  for (int k = 0; k < MC_MEASURES; k++)
    set_unknown(f->measures[k]);
}

static void decide(mc_audit_finding *f, mc_audit_verdict verdict, const char *reason) {
  f->verdict = verdict;
  snprintf(f->reason, sizeof f->reason, "%s", reason);
}

/* Of two sound bounds the smaller. */
static double sound_limit(const mc_audit_limits *limits) {
  return limits->spectrum < limits->sound ? limits->spectrum : limits->sound;
}

static void judge(mc_audit_finding *f, const mc_audit_reference *r) {
  const mc_audit_limits *limits = &r->limits;
  char text[256];
  if (mc_ball_lower_double(f->error) > sound_limit(limits)) {
    decide(f, MC_AUDIT_WRONG, "no kernel of this model can be so far from the image");
    return;
  }
  for (int k = 0; k < MC_MEASURES; k++) {
    double lower = mc_ball_lower_double(f->measures[k]);
    if (lower > limits->statistical[k]) {
      snprintf(text, sizeof text, "the error (%s) is %.3g times the statistical limit",
               mc_audit_measure_name((mc_audit_measure)k), lower / limits->statistical[k]);
      decide(f, MC_AUDIT_SUSPICIOUS, text);
      return;
    }
  }
  for (int k = 0; k < MC_MEASURES; k++) {
    if (!(mc_ball_upper_double(f->measures[k]) <= limits->statistical[k])) {
      snprintf(text, sizeof text, "%s: %s", mc_audit_measure_name((mc_audit_measure)k),
               isnan(limits->statistical[k]) ? "the rounding ensemble gives no limit for this input"
                                             : "the statistical limit lies inside the enclosure of the error");
      decide(f, MC_AUDIT_UNDECIDED, text);
      return;
    }
  }
  if (r->polar_certified)
    decide(f, MC_AUDIT_CONFORMS, "");
  else
    decide(f, MC_AUDIT_UNDECIDED,
           "the input is rank-deficient or too ill-conditioned: its polar factor is not certified");
}

static mc_status measure(mc_audit_finding *f, const mc_audit_reference *r, const double *x, mc_error *e) {
  double *room = mc_alloc(mc_audit_measure_room(r->m, r->n), sizeof *room);
  arb_ptr measures = _arb_vec_init(MC_MEASURES);
  mc_status s = MC_OK;
  if (room)
    mc_audit_measure_enclose(measures, x, r->approximate, r->radius, f->error, &r->basis, room);
  else
    s = mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (int k = 0; k < MC_MEASURES; k++)
    arb_set(f->measures[k], measures + k);
  _arb_vec_clear(measures, MC_MEASURES);
  mc_free(room);
  return s;
}

static mc_status find_distances(mc_audit_finding *f, const mc_audit_reference *r, const double *x, mc_error *e) {
  mc_truth_distance d;
  mc_truth_distance_init(&d);
  mc_status s = mc_truth_distance_enclose(&d, x, &r->image, e);
  if (s == MC_OK) {
    arb_set(f->error, d.frobenius);
    set_unknown(f->polar_distance);
    if (r->polar_certified && (s = mc_truth_distance_enclose(&d, x, &r->polar.factor, e)) == MC_OK)
      arb_set(f->polar_distance, d.frobenius);
  }
  mc_truth_distance_clear(&d);
  return s;
}

/* Singular values and orthogonality; what stays open is unbounded, not an error. */
static mc_status find_spectrum(mc_audit_finding *f, const mc_audit_reference *r, const double *x, mc_error *e) {
  slong count = (slong)(r->m < r->n ? r->m : r->n);
  arb_ptr sigma = _arb_vec_init(count);
  arb_t spectral;
  arb_init(spectral);
  mc_status s = mc_truth_sv_enclose(sigma, x, r->m, r->n, 40, e);
  if (s == MC_OK) {
    arb_set(f->sigma_max, sigma);
    arb_set(f->sigma_min, sigma + count - 1);
  } else if (s == MC_UNDECIDED) {
    set_unknown(f->sigma_max);
    set_unknown(f->sigma_min);
    s = MC_OK;
  }
  if (s == MC_OK)
    s = mc_truth_orthogonality_enclose(f->orthogonality, spectral, x, r->m, r->n, e);
  arb_clear(spectral);
  _arb_vec_clear(sigma, count);
  return s;
}

mc_status mc_audit_judge(mc_audit_finding *f, const mc_audit_reference *reference, const double *x, mc_error *e) {
  for (size_t i = 0; i < reference->m * reference->n; i++) {
    if (!isfinite(x[i])) {
      set_all_unknown(f);
      decide(f, MC_AUDIT_UNDECIDED, "the output holds NaN or infinity");
      return MC_OK;
    }
  }
  mc_status s = find_distances(f, reference, x, e);
  if (s == MC_OK)
    s = find_spectrum(f, reference, x, e);
  if (s == MC_OK)
    s = measure(f, reference, x, e);
  if (s == MC_OK)
    judge(f, reference);
  return s;
}
