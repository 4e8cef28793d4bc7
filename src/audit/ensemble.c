/* Statistical limits from an ensemble of emulated kernels.  docs/errors.md, section 5.
 *
 * Assumption: the logarithms of a measure over correct kernels of the model, fed with this input, are Gaussian with the mean and
 * variance from which the ensemble is drawn.  Then (new - mean) / (s sqrt(1 + 1/N)) of N members is Student's t with N - 1 degrees of
 * freedom, whatever mean and variance are, and the limit is exceeded with exactly the probability asked for. */
#include "ensemble.h"

#include <math.h>
#include <string.h>

enum { MEMBERS = 33 }; /* 32 degrees of freedom */

/* Abramowitz and Stegun 26.7.4: P(|T| < t) = sin x (1 + 1/2 cos^2 x + (1 3)/(2 4) cos^4 x + …), x = arctan(t / sqrt(freedom)). */
double mc_audit_student_tail_approx(double t, unsigned freedom) {
  double cosine = 1 / sqrt(1 + t * t / freedom), sine = t / sqrt(freedom + t * t), term = 1, sum = 1;
  for (unsigned k = 2; k < freedom; k += 2) {
    term *= cosine * cosine * (k - 1) / k;
    sum += term;
  }
  return (1 - sine * sum) / 2;
}

/* The t that is exceeded with the given probability. */
static double student_quantile(double probability, unsigned freedom) {
  double lo = 0, hi = 1;
  while (mc_audit_student_tail_approx(hi, freedom) > probability && hi < 1e9)
    hi *= 2;
  for (int i = 0; i < 100; i++) {
    double middle = (lo + hi) / 2;
    *(mc_audit_student_tail_approx(middle, freedom) > probability ? &lo : &hi) = middle;
  }
  return hi;
}

/* NaN when a member has no finite positive value: then no limit is known. */
static double limit_of(const double *values, double quantile) {
  double mean = 0, squares = 0;
  for (size_t i = 0; i < MEMBERS; i++)
    mean += log(values[i]) / MEMBERS;
  for (size_t i = 0; i < MEMBERS; i++)
    squares += (log(values[i]) - mean) * (log(values[i]) - mean);
  double limit = exp(mean + quantile * sqrt(squares / (MEMBERS - 1)) * sqrt(1 + 1.0 / MEMBERS));
  return isfinite(limit) && limit > 0 ? limit : (double)NAN;
}

mc_status mc_audit_ensemble_limits(mc_audit_limits *limits, const mc_kernel_model *model, const double *g,
                                   const double *image, const mc_audit_basis *basis, const mc_audit_options *options,
                                   mc_error *e) {
  size_t m = basis->m, n = basis->n;
  double values[MC_MEASURES][MEMBERS], *x = mc_alloc(m * n, sizeof *x);
  double *room = mc_alloc(mc_audit_measure_room(m, n), sizeof *room);
  mc_status s = x && room ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (unsigned i = 0; i < MEMBERS && s == MC_OK; i++) {
    double measured[MC_MEASURES];
    mc_random draw;
    mc_random_init(&draw, options->seed, mc_random_stream_of("audit ensemble"), i);
    s = mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted")
                                 : mc_kernel_emulate(x, model, g, m, n, &draw, e);
    if (s == MC_OK) {
      mc_audit_measure_approx(measured, x, image, basis, room);
      for (int k = 0; k < MC_MEASURES; k++)
        values[k][i] = measured[k];
    }
  }
  double quantile = student_quantile(options->false_alarm / MC_MEASURES, MEMBERS - 1);
  for (int k = 0; k < MC_MEASURES && s == MC_OK; k++)
    limits->statistical[k] = limit_of(values[k], quantile);
  limits->false_alarm = options->false_alarm;
  limits->members = MEMBERS;
  mc_free(x);
  mc_free(room);
  return s;
}
