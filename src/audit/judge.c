/* The verdict on an output.  Every comparison fails closed: a NaN limit decides nothing. */
#include "reference.h"

#include <math.h>
#include <stdio.h>

#include "upward.h"

const char *mc_audit_verdict_name(mc_audit_verdict verdict) {
  static const char *const names[] = {"conforms", "suspicious", "wrong", "undecided"};
  return names[verdict];
}

void mc_audit_finding_init(mc_audit_finding *f) {
  f->verdict = MC_AUDIT_UNDECIDED;
  f->reason[0] = 0;
  f->limits = NULL;
  f->untried = 0;
  f->sound = f->spectrum = INFINITY;
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

static void set_all_unknown(mc_audit_finding *f) {
  arb_zero_pm_inf(f->error);
  arb_zero_pm_inf(f->polar_distance);
  arb_zero_pm_inf(f->sigma_min);
  arb_zero_pm_inf(f->sigma_max);
  arb_zero_pm_inf(f->orthogonality);
  for (int k = 0; k < MC_MEASURES; k++)
    arb_zero_pm_inf(f->measures[k]);
  f->limits = NULL;
  f->untried = 0;
}

static void decide(mc_audit_finding *f, mc_audit_verdict verdict, const char *reason) {
  f->verdict = verdict;
  snprintf(f->reason, sizeof f->reason, "%s", reason);
}

/* ---- One rule ---- */

typedef struct {
  mc_audit_verdict verdict; /* conforms, suspicious or undecided */
  double worst; /* the largest ratio of a measure's lower bound to its limit; infinite where no limit is known */
  mc_audit_measure measure; /* the one with that ratio */
} match;

/* Every comparison fails closed. */
static match match_rule(const mc_audit_limits *limits, const double *lower, const double *upper) {
  match found = {.verdict = MC_AUDIT_CONFORMS, .worst = 0};
  for (int k = 0; k < MC_MEASURES; k++) {
    double limit = limits->statistical[k], ratio = limit > 0 ? lower[k] / limit : (double)INFINITY;
    if (ratio > found.worst) {
      found.worst = ratio;
      found.measure = (mc_audit_measure)k;
    }
    if (lower[k] > limit)
      found.verdict = MC_AUDIT_SUSPICIOUS;
    else if (!(upper[k] <= limit) && found.verdict == MC_AUDIT_CONFORMS)
      found.verdict = MC_AUDIT_UNDECIDED;
  }
  return found;
}

/* The better of two matches. */
static bool is_better(const match *a, const match *b) {
  static const int rank[] = {[MC_AUDIT_CONFORMS] = 0, [MC_AUDIT_UNDECIDED] = 1, [MC_AUDIT_SUSPICIOUS] = 2};
  return rank[a->verdict] != rank[b->verdict] ? rank[a->verdict] < rank[b->verdict] : a->worst < b->worst;
}

/* ---- All rules ---- */

static void set_ball(arb_t x, double value, double error) {
  mag_t r;
  mag_init(r);
  if (isfinite(value) && isfinite(error)) {
    mag_set_d(r, error);
    arb_set_d(x, value);
    mc_ball_add_error_nonnegative(x, r, 64);
  } else {
    arb_zero_pm_inf(x);
  }
  mag_clear(r);
}

static double norm_upper(const double *x, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum = mc_up_add(sum, mc_up_mul(x[i], x[i]));
  return mc_up_sqrt(sum);
}

/* balls := the measures of the output whose evaluation is `measured`, under one rule. */
static void enclose_measures(arb_t *balls, const mc_audit_measured *measured, const arb_t error,
                             const mc_audit_reference *r, const mc_audit_centre *centre) {
  double size = mc_up_add(mc_ball_upper_double(error), r->image.radius);
  for (int k = 0; k < MC_MEASURES; k++) {
    double value = measured->value[k], reach = size;
    if (k == MC_MEASURE_PROFILE) {
      value = mc_audit_profile_distance_approx(measured->diagonal, centre->profile, r->basis.k);
      reach = mc_up_add(size, norm_upper(centre->profile, r->basis.k));
    } else if (k == MC_MEASURE_ALONG) {
      value = fabs(measured->along - centre->along);
      reach = mc_up_add(size, fabs(centre->along));
    }
    set_ball(balls[k], value, mc_audit_measure_error((mc_audit_measure)k, &r->basis, reach, r->image.radius));
  }
  arb_set(balls[MC_MEASURE_TOTAL], error);
}

/* How a rule fits; balls: the measures under it. */
static match try_rule(arb_t *balls, const mc_audit_measured *measured, const arb_t error, const mc_audit_reference *r,
                      const mc_audit_rule *rule) {
  double lower[MC_MEASURES], upper[MC_MEASURES];
  enclose_measures(balls, measured, error, r, &rule->centre);
  for (int k = 0; k < MC_MEASURES; k++) {
    lower[k] = mc_ball_lower_double(balls[k]);
    upper[k] = mc_ball_upper_double(balls[k]);
  }
  return match_rule(&rule->limits, lower, upper);
}

/* The rule that fits best, its measures in f.  Large matrices: of the rules from the last on, which rounds least, until
 * one accepts the output. */
static mc_status match_best(match *best, mc_audit_finding *f, const mc_audit_measured *measured,
                            const mc_audit_reference *r, mc_error *e) {
  bool all = r->m * r->n < MC_AUDIT_LARGE;
  mc_status s = MC_OK;
  *best = (match){.verdict = MC_AUDIT_SUSPICIOUS, .worst = INFINITY};
  arb_t balls[MC_MEASURES];
  for (int k = 0; k < MC_MEASURES; k++)
    arb_init(balls[k]);
  for (size_t i = r->rules->count; i-- > 0;) {
    const mc_audit_rule *rule;
    if (!all && best->verdict == MC_AUDIT_CONFORMS) {
      f->untried |= 1u << r->rules->rule[i].limits.rounding;
      continue;
    }
    s = mc_audit_rule_derive(&rule, r, i, e);
    if (s != MC_OK)
      break;
    match found = try_rule(balls, measured, f->error, r, rule);
    if (f->limits && is_better(best, &found))
      continue;
    *best = found;
    f->limits = &rule->limits;
    for (int k = 0; k < MC_MEASURES; k++)
      arb_swap(f->measures[k], balls[k]);
  }
  for (int k = 0; k < MC_MEASURES; k++)
    arb_clear(balls[k]);
  return s;
}

static void conclude(mc_audit_finding *f, const match *best, const mc_audit_reference *r) {
  char text[256];
  const char *measure = mc_audit_measure_name(best->measure);
  mc_audit_reference_sound(&f->sound, &f->spectrum, r);
  if (mc_ball_lower_double(f->error) > fmin(f->sound, f->spectrum)) {
    decide(f, MC_AUDIT_WRONG, "no kernel of this model can be so far from the image");
  } else if (best->verdict == MC_AUDIT_SUSPICIOUS) {
    snprintf(text, sizeof text, "the error (%s) is %.3g times the statistical limit", measure, best->worst);
    decide(f, MC_AUDIT_SUSPICIOUS, text);
  } else if (best->verdict == MC_AUDIT_UNDECIDED) {
    snprintf(text, sizeof text, "%s: %s", measure,
             r->options.sound_only ? "within the sound limits; no rounding ensemble was run"
             : isinf(best->worst)  ? "the rounding ensemble gives no limit for this input"
                                   : "the statistical limit lies inside the enclosure of the error");
    decide(f, MC_AUDIT_UNDECIDED, text);
  } else if (!r->polar_certified) {
    decide(f, MC_AUDIT_UNDECIDED,
           "the input is rank-deficient or too ill-conditioned: its polar factor is not certified");
  } else {
    decide(f, MC_AUDIT_CONFORMS, "");
  }
}

/* ||x - truth||_F: from the evaluation in double, or from balls where that overflows. */
static mc_status find_error(mc_audit_finding *f, const mc_audit_measured *measured, const mc_audit_reference *r,
                            const double *x, mc_error *e) {
  double total = measured->value[MC_MEASURE_TOTAL];
  if (isfinite(total)) {
    double size = mc_up_mul(2, total); /* the evaluation is off by a factor below 2 */
    set_ball(f->error, total, mc_audit_measure_error(MC_MEASURE_TOTAL, &r->basis, size, r->image.radius));
    return MC_OK;
  }
  mc_enclosure plain;
  mc_truth_distance d;
  mc_enclosure_init(&plain);
  mc_truth_distance_init(&d);
  if (r->plain)
    mc_audit_plain_truth(&plain, r);
  mc_status s = mc_truth_distance_enclose(&d, x, r->plain ? &plain : &r->truth, e);
  arb_set(f->error, d.frobenius);
  mc_truth_distance_clear(&d);
  mc_enclosure_clear(&plain);
  return s == MC_UNDECIDED ? MC_OK : s;
}

mc_status mc_audit_judge(mc_audit_finding *f, const mc_audit_reference *reference, const double *x, mc_error *e) {
  set_all_unknown(f);
  for (size_t i = 0; i < reference->m * reference->n; i++) {
    if (!isfinite(x[i])) {
      decide(f, MC_AUDIT_UNDECIDED, "the output holds NaN or infinity");
      return MC_OK;
    }
  }
  mc_audit_measured measured;
  mc_status s = mc_audit_measured_init(&measured, &reference->basis, e);
  if (s != MC_OK)
    return s;
  mc_audit_measure_approx(&measured, x, &reference->image, &reference->basis);
  match best;
  s = find_error(f, &measured, reference, x, e);
  if (s == MC_OK)
    s = match_best(&best, f, &measured, reference, e);
  if (s == MC_OK)
    conclude(f, &best, reference);
  mc_audit_measured_clear(&measured);
  return s;
}
