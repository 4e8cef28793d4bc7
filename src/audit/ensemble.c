/* Statistical limits from an ensemble of emulated kernels.  docs/errors.md, section 5.
 *
 * Assumption: the logarithms of a measure over correct kernels of the model, fed with this input, are Gaussian with
 * the mean and variance from which the ensemble is drawn.  Then (new - mean) / (s sqrt(1 + 1/N)) of N members is
 * Student's t with N - 1 degrees of freedom, whatever mean and variance are, and the limit is exceeded with exactly
 * the probability asked for. */
#include "ensemble.h"

#include <math.h>
#include <string.h>

/* An even number of degrees of freedom: 32, and 8 for matrices so large that all measures are averages over very many
 * entries and spread little.  (What is stored in the accumulator's format has limits from one: few.c.) */
enum { MEMBERS = 33, FEWER = 9 };

/* Abramowitz and Stegun 26.7.4: P(|T| < t) = sin x (1 + 1/2 cos^2 x + (1 3)/(2 4) cos^4 x + …), x = arctan(t /
 * sqrt(freedom)). */
static double student_tail(double t, unsigned freedom) {
  double cosine = 1 / sqrt(1 + t * t / freedom), sine = t / sqrt(freedom + t * t), term = 1, sum = 1;
  for (unsigned k = 2; k < freedom; k += 2) {
    term *= cosine * cosine * (k - 1) / k;
    sum += term;
  }
  return (1 - sine * sum) / 2;
}

double mc_audit_normal_quantile_approx(double probability) {
  double lo = 0, hi = 40;
  for (int i = 0; i < 100; i++) {
    double middle = (lo + hi) / 2;
    *(erfc(middle / sqrt(2)) / 2 > probability ? &lo : &hi) = middle;
  }
  return hi;
}

/* The t that is exceeded with the given probability. */
double mc_audit_student_quantile_approx(double probability, unsigned freedom) {
  double lo = 0, hi = 1;
  while (student_tail(hi, freedom) > probability && hi < 1e9)
    hi *= 2;
  for (int i = 0; i < 100; i++) {
    double middle = (lo + hi) / 2;
    *(student_tail(middle, freedom) > probability ? &lo : &hi) = middle;
  }
  return hi;
}

/* Of a quantity of either sign whose distance from its mean is judged. */
static double limit_of_signed(const double *values, size_t members, double mean, double error, double quantile) {
  double squares = 0;
  for (size_t i = 0; i < members; i++)
    squares += (values[i] - mean) * (values[i] - mean);
  double limit = quantile * sqrt(squares / (double)(members - 1)) * sqrt(1 + 1.0 / (double)members);
  return isfinite(limit) && limit > 2 * error ? limit : (double)NAN;
}

/* The values are known to within error.  NaN when a member's need not be positive and finite, or when all may be
 * equal: then no limit is known. */
static double limit_of(const double *values, size_t members, double error, double quantile) {
  double mean = 0, squares = 0, least = INFINITY, greatest = 0;
  for (size_t i = 0; i < members; i++) {
    least = values[i] < least ? values[i] : least;
    greatest = values[i] > greatest ? values[i] : greatest;
  }
  if (!(least > error && greatest - least > 2 * error))
    return NAN;
  for (size_t i = 0; i < members; i++)
    mean += log(values[i]) / (double)members;
  for (size_t i = 0; i < members; i++)
    squares += (log(values[i]) - mean) * (log(values[i]) - mean);
  double limit = exp(mean + quantile * sqrt(squares / (double)(members - 1)) * sqrt(1 + 1.0 / (double)members));
  return isfinite(limit) && limit > 0 ? limit : (double)NAN;
}

typedef struct {
  double value[MC_MEASURES][MEMBERS];
  double along[MEMBERS];
  double *diagonals; /* members by k */
  size_t members;
  double order; /* how much larger errors are if sums run in the worst order */
} ensemble;

/* Uniform on (-1, 1). */
static double either_way(mc_random *draw) {
  return 2 * mc_random_unit(draw) - 1;
}

/* out := in, each entry moved by a random part of its amplitude, and all by random multiples of the modes. */
static void disturb(double *out, const double *in, const double *amplitude, const mc_audit_mode modes[2], size_t count,
                    mc_random *draw) {
  for (size_t i = 0; i < count; i++)
    out[i] = in[i] + (amplitude ? amplitude[i] * either_way(draw) : 0);
  for (size_t k = 0; k < 2; k++) {
    double move = modes[k].size > 0 ? modes[k].size * either_way(draw) : 0;
    for (size_t i = 0; i < count && move != 0; i++)
      out[i] += move * modes[k].matrix[i];
  }
}

/* x := one correct output, with the roundings around the kernel. */
static mc_status run_member(double *x, double *input, mc_kernel_probe *probe, const mc_kernel_model *model,
                            const double *g, const mc_audit_basis *basis, const mc_audit_surroundings *around,
                            mc_random *draw, mc_error *e) {
  size_t count = basis->m * basis->n;
  if (!around)
    return mc_kernel_emulate_probed(x, probe, model, g, basis->m, basis->n, draw, e);
  disturb(input, g, around->input, around->input_modes, count, draw);
  mc_status status = mc_kernel_emulate_probed(x, probe, model, input, basis->m, basis->n, draw, e);
  disturb(x, x, around->output, around->output_modes, count, draw);
  return status;
}

static mc_status run_members(ensemble *s, const mc_kernel_model *model, const double *g, arb_srcptr sigma,
                             const mc_audit_image *image, const mc_audit_basis *basis, const mc_audit_options *options,
                             mc_error *e) {
  mc_audit_measured measured;
  mc_status status = mc_audit_measured_init(&measured, basis, e);
  size_t count = basis->m * basis->n;
  mc_kernel_probe probe = mc_audit_probe(options);
  double *x = mc_alloc(2 * count, sizeof *x);
  if (status == MC_OK && !x)
    status = mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (unsigned i = 0; i < s->members && status == MC_OK; i++) {
    mc_random draw;
    mc_random_init(&draw, options->seed, mc_random_stream_of("audit ensemble"), i);
    status = mc_interrupt_requested()
                 ? mc_fail(e, MC_INTERRUPTED, "interrupted")
                 : run_member(x, x + count, i == 0 ? &probe : NULL, model, g, basis, options->around, &draw, e);
    if (status != MC_OK)
      break;
    mc_audit_measure_approx(&measured, x, image, basis);
    memcpy(s->diagonals + i * basis->k, measured.diagonal, basis->k * sizeof *s->diagonals);
    s->along[i] = measured.along;
    for (int k = 0; k < MC_MEASURES; k++)
      s->value[k][i] = measured.value[k];
  }
  s->order = mc_audit_order_factor_approx(&probe, model, sigma, basis->k, basis->m > basis->n ? basis->m : basis->n);
  mc_audit_measured_clear(&measured);
  mc_free(x);
  return status;
}

/* profile := mean of the diagonals.  A member's own measure is its distance from the mean of the others, N / (N - 1)
 * times that from the mean of all. */
static void find_profiles(ensemble *s, double *profile, size_t k) {
  memset(profile, 0, k * sizeof *profile);
  for (size_t i = 0; i < s->members * k; i++)
    profile[i % k] += s->diagonals[i] / (double)s->members;
  for (size_t i = 0; i < s->members; i++)
    s->value[MC_MEASURE_PROFILE][i] = mc_audit_profile_distance_approx(s->diagonals + i * k, profile, k) *
                                      (double)s->members / (double)(s->members - 1);
}

/* Of every member's measure. */
static double evaluation_error(const ensemble *s, mc_audit_measure measure, const double *profile,
                               const mc_audit_image *image, const mc_audit_basis *basis) {
  double size = 0, centre = 0; /* profile: NULL for other measures */
  for (size_t i = 0; i < s->members; i++)
    size = fmax(size, 2 * s->value[MC_MEASURE_TOTAL][i]); /* the evaluation is off by a factor below 2 */
  for (size_t i = 0; i < basis->k && profile; i++)
    centre = hypot(centre, 2 * profile[i]);
  return mc_audit_measure_error(measure, basis, size + centre, image->radius);
}

/* The limit of one measure that is exceeded with this probability, whatever the order of sums; NaN: none is known. */
static double limit_of_measure(ensemble *s, mc_audit_measure measure, const mc_audit_centre *centre,
                               const mc_audit_image *image, const mc_audit_basis *basis, double probability) {
  unsigned freedom = (unsigned)s->members - 1;
  double error = evaluation_error(s, measure, measure == MC_MEASURE_PROFILE ? centre->profile : NULL, image, basis);
  if (measure == MC_MEASURE_ALONG && !basis->along)
    return INFINITY;
  double limit =
      measure == MC_MEASURE_ALONG
          ? limit_of_signed(s->along, s->members, centre->along, error,
                            mc_audit_student_quantile_approx(probability / 2, freedom))
          : limit_of(s->value[measure], s->members, error, mc_audit_student_quantile_approx(probability, freedom));
  return isfinite(s->order * limit) ? s->order * limit : (double)NAN;
}

mc_status mc_audit_ensemble_limits(mc_audit_limits *limits, mc_audit_centre *centre, const mc_kernel_model *model,
                                   const double *g, arb_srcptr sigma, const mc_audit_image *image,
                                   const mc_audit_basis *basis, const mc_audit_options *options, mc_error *e) {
  if (mc_audit_few_serve(model, basis->m, basis->n, options))
    return mc_audit_few_limits(limits, centre, model, g, sigma, image, basis, options, e);
  size_t members = basis->m * basis->n < MC_AUDIT_LARGE ? MEMBERS : FEWER;
  ensemble s = {.diagonals = mc_alloc(members * basis->k, sizeof *s.diagonals), .members = members};
  if (!s.diagonals)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_status status = run_members(&s, model, g, sigma, image, basis, options, e);
  if (status == MC_OK) {
    find_profiles(&s, centre->profile, basis->k);
    centre->along = 0;
    for (size_t i = 0; i < members; i++)
      centre->along += s.along[i] / (double)members;
    for (int k = 0; k < MC_MEASURES; k++)
      limits->statistical[k] =
          limit_of_measure(&s, (mc_audit_measure)k, centre, image, basis, options->false_alarm / MC_MEASURES);
  }
  mc_free(s.diagonals);
  return status;
}
