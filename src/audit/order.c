/* What another order of summation would make of errors: those of each product, as far as they reach the output.
 * docs/errors.md, section 5.1.
 *
 * A small error E of X, seen in singular vectors, moves f(X) by E_ij (f(s_i) - f(s_j)) / (s_i - s_j) in its symmetric part
 * and E_ij (f(s_i) + f(s_j)) / (s_i + s_j) in the other: the mean square of the two for errors that know of neither.  The
 * errors of a product are taken as spread evenly over all pairs of singular values, of which a sample is looked at. */
#include <math.h>

#include "ensemble.h"
#include "polynomials.h"

enum { SAMPLE = 32 };

mc_kernel_probe mc_audit_probe(const mc_audit_options *options) {
  bool exact = options->depth == MC_AUDIT_EXACT_SUMS; /* there is nothing worse than what the BLAS does */
  mc_kernel_probe probe = {.length = exact ? 0 : options->depth > 0 ? options->depth : SIZE_MAX};
  mc_random_init(&probe.draw, options->seed, mc_random_stream_of("audit probe"), 0);
  return probe;
}

void mc_audit_coefficients_approx(double c[3], const mc_schedule_step *step) {
  for (slong j = 0; j < 3; j++)
    c[j] = j < step->terms ? mc_audit_nearest(&step->c[j]) : 0;
}

static double image(const double c[3], double s) {
  return s * (c[0] + s * s * (c[1] + s * s * c[2]));
}

/* (f(s) - f(t)) / (s - t) */
static double difference(const double c[3], double s, double t) {
  double p = s * s, q = s * t, r = t * t;
  return c[0] + c[1] * (p + q + r) + c[2] * (p * p + p * q + q * q + q * r + r * r);
}

/* gains[3 k + j] += what the squared error of a pair's entry in the j-th product of step k comes to in the output. */
static void add_gains(double *gains, const mc_schedule *schedule, bool scaled, double s, double t, double weight) {
  size_t steps = schedule->count;
  double minus = weight / 2, plus = weight / 2, ends[2] = {s, t};
  double path[MC_KERNEL_PRODUCTS / 3][2];
  for (size_t k = 0; k < steps; k++) {
    double c[3];
    mc_audit_coefficients_approx(c, &schedule->steps[k]);
    for (int i = 0; i < 2; i++) {
      path[k][i] = ends[i];
      ends[i] = image(c, ends[i]);
    }
  }
  for (size_t k = steps; k-- > 0;) {
    double c[3], u = path[k][0], v = path[k][1], after = minus + plus;
    mc_audit_coefficients_approx(c, &schedule->steps[k]);
    gains[3 * k] += after * pow((c[1] + c[2] * (u * u + v * v)) * v, 2);
    gains[3 * k + 1] += after * pow((scaled ? c[2] : 1) * v, 2);
    gains[3 * k + 2] += after;
    minus *= pow(difference(c, u, v), 2);
    plus *= pow(difference(c, u, -v), 2);
  }
}

/* The root of the ratio, at least 1; NaN where that is not finite. */
static double factor_of(double chains, double blas) {
  double ratio = chains / blas;
  return chains <= blas ? 1 : isfinite(ratio) ? sqrt(ratio) : (double)NAN;
}

/* Of the Gram form, whose products are others: the product with the largest ratio. */
static double worst_of(const mc_kernel_probe *p) {
  double worst = 1;
  for (size_t i = 0; i < p->products && !isnan(worst); i++) {
    double factor = factor_of(p->chains[i], p->blas[i]);
    worst = factor <= worst ? worst : factor;
  }
  return worst;
}

double mc_audit_order_factor_approx(const mc_kernel_probe *probe, const mc_kernel_model *model, arb_srcptr sigma,
                                    size_t k, size_t columns) {
  const mc_schedule *schedule = &model->schedule;
  double gains[MC_KERNEL_PRODUCTS] = {0}, s[SAMPLE + 1], weight[SAMPLE + 1], blas = 0, chains = 0;
  if (model->rounding == MC_ROUNDING_GRAM || probe->products != 3 * schedule->count)
    return worst_of(probe);
  for (size_t i = 0; i < SAMPLE; i++) {
    s[i] = arf_get_d(arb_midref(sigma + i * (k - 1) / (SAMPLE - 1)), ARF_RND_NEAR);
    weight[i] = (double)k / SAMPLE;
  }
  s[SAMPLE] = 0; /* directions that X has not */
  weight[SAMPLE] = (double)(columns - k);
  for (size_t i = 0; i < SAMPLE; i++)
    for (size_t j = 0; j <= SAMPLE; j++)
      add_gains(gains, schedule, model->rounding == MC_ROUNDING_SUMS, s[i], s[j], weight[i] * weight[j]);
  for (size_t i = 0; i < probe->products; i++) {
    blas += gains[i] * probe->blas[i];
    chains += gains[i] * probe->chains[i];
  }
  return factor_of(chains, blas);
}
