/* Rounding errors before the first step: the norm, the divisor, X_0.  docs/errors.md, section 3.3. */
#include "start.h"

#include <math.h>

#include "sound.h"

#define PRECISION 128

static void norm_by_balls(double *lower, double *upper, const double *g, size_t count) {
  arb_t sum, x;
  arb_init(sum);
  arb_init(x);
  for (size_t i = 0; i < count; i++) {
    arb_set_d(x, g[i]);
    arb_addmul(sum, x, x, PRECISION);
  }
  arb_sqrtpos(sum, sum, PRECISION);
  *lower = mc_ball_lower_double(sum);
  *upper = mc_ball_upper_double(sum);
  arb_clear(sum);
  arb_clear(x);
}

/* In double where squares are far from the ends of the range: the sum of count squares is off by at most a factor
 * 1 +- gamma_{count + 1}, and what underflows is less than another. */
void mc_audit_sound_norm(double *lower, double *upper, const double *g, size_t count) {
  double most = 0, sum = 0, gamma = ((double)count + 8) * 0x1p-52;
  for (size_t i = 0; i < count; i++)
    most = fmax(most, fabs(g[i]));
  if (!(most > 0x1p-300 && most < 0x1p300 && gamma < 0x1p-16)) {
    norm_by_balls(lower, upper, g, count);
    return;
  }
  for (size_t i = 0; i < count; i++)
    sum += g[i] * g[i];
  *lower = nextafter(sqrt(nextafter(sum * (1 - gamma), 0)), 0);
  *upper = mc_up_sqrt(mc_up_mul(sum, 1 + gamma));
}

double mc_audit_norm_upper(const double *g, size_t count) {
  double lower, upper;
  mc_audit_sound_norm(&lower, &upper, g, count);
  return upper;
}

void mc_audit_sound_divisor(arb_t divisor, const mc_kernel_model *model, const double *g, size_t count) {
  const mc_normalisation *norm = &model->normalisation;
  double lower, upper;
  arb_t t;
  arf_t lo, hi;
  arb_init(t);
  arf_init(lo);
  arf_init(hi);
  mc_audit_sound_norm(&lower, &upper, g, count);
  arf_set_d(lo, lower);
  arf_set_d(hi, upper);
  arb_set_interval_arf(divisor, lo, hi, PRECISION);
  arb_set_fmpq(t, norm->safety, PRECISION);
  arb_mul(divisor, divisor, t, PRECISION);
  arb_set_fmpq(t, norm->eps, PRECISION);
  if (norm->kind == MC_NORM_NONE)
    arb_one(divisor);
  else if (norm->kind == MC_NORM_FROBENIUS_ADD)
    arb_add(divisor, divisor, t, PRECISION);
  else
    arb_max(divisor, divisor, t, PRECISION);
  arb_clear(t);
  arf_clear(lo);
  arf_clear(hi);
}

/* Does the conversion to the storage format change an entry? */
static bool converts(const double *g, size_t count, mc_dtype storage) {
  for (size_t i = 0; i < count; i++)
    if (g[i] != mc_dtype_round(storage, g[i]))
      return true;
  return false;
}

static double compound(double theta, double x) {
  return mc_up_add3(theta, x, mc_up_mul(theta, x));
}

/* A norm below this overflows neither in the storage format nor, squared, in the accumulator. */
static double norm_limit(mc_dtype storage) {
  return storage == MC_DTYPE_FLOAT16 ? 0x1p15 : storage == MC_DTYPE_FLOAT64 ? 0x1p500 : 0x1p60;
}

/* |sqrt(1 + y) - 1| for |y| <= x is at most 1 - sqrt(1 - x) = x / (1 + sqrt(1 - x)). */
double mc_audit_root_error(double x) {
  double rest = nextafter(1 - x, 0), root = rest > 0 ? nextafter(sqrt(rest), 0) : 0;
  return x < 1 ? mc_up(x / nextafter(1 + root, 0)) : (double)INFINITY;
}

/* What holding eps moves the divisor by, relative to it: it is a part of a sum, or all of a maximum. */
static double eps_error(const mc_audit_rounding *k, const mc_normalisation *norm, double half) {
  arb_t eps;
  arb_init(eps);
  arb_set_fmpq(eps, norm->eps, PRECISION);
  double part = fmin(1, mc_up(mc_ball_upper_double(eps) / half));
  arb_clear(eps);
  return mc_up_add(mc_up_mul(k->ua, norm->kind == MC_NORM_FROBENIUS_ADD ? part : 1), mc_up(k->etaa / half));
}

/* |computed divisor / divisor - 1| is at most this; lower > 0 bounds ||g||_F, conversion its relative change by
 * storing g. */
static double divisor_error(const mc_audit_rounding *k, const mc_normalisation *norm, double lower, double conversion) {
  arb_t safety;
  arb_init(safety);
  arb_set_fmpq(safety, norm->safety, PRECISION);
  /* Below the computed norm, and its product with the safety factor, as long as the result stays below 1/2. */
  double half = lower / 2 * fmin(1, mc_ball_lower_double(safety));
  arb_clear(safety);
  double squares = sum_underflow(k, k->r * k->c), square = nextafter(half * half, 0);
  double sum = mc_audit_root_error(mc_up_add(norm_gamma(k, k->r * k->c), mc_up(squares / square)));
  double theta = compound(compound(conversion, sum), eps_error(k, norm, half));
  double operation = mc_up_add(k->ua, mc_up(k->etaa / half)), stored = mc_up_add(k->u, mc_up(k->eta / half));
  /* The root and the sum with eps are operations and stored; a maximum rounds nothing.  A safety factor other than 1 is
   * held, and its product is an operation and stored. */
  int stores = fmpq_is_one(norm->safety) ? 2 : 3, operations = fmpq_is_one(norm->safety) ? 2 : 4;
  for (int i = 0; i < operations; i++)
    theta = compound(theta, operation);
  for (int i = 0; i < stores; i++)
    theta = compound(theta, stored);
  return theta < 0.5 ? theta : (double)INFINITY;
}

double mc_audit_initial_error(const mc_audit_rounding *k, const mc_kernel_model *model, const double *g, double x0,
                              const mc_audit_surroundings *around) {
  size_t count = (size_t)(k->r * k->c);
  double lower, upper, conversion = 0, theta = 0;
  mc_audit_sound_norm(&lower, &upper, g, count);
  if (!(lower > 0) || !(upper < norm_limit(model->storage)))
    return INFINITY;
  /* What the kernel is given lies near g only, and then need not lie on the grid even where g does. */
  bool moved = around && around->input_bound > 0;
  if (moved || converts(g, count, model->storage)) {
    double eta = ldexp(1, mc_kernel_smallest_exponent(model->storage) - 1);
    /* to a narrow format perhaps by way of the accumulator's */
    double u = k->u > 0 ? k->uo : ldexp(1, -mc_kernel_precision(model->storage));
    conversion = mc_up_add(u, mc_up(mc_up_mul(eta, k->root_rc) / lower));
  }
  if (moved)
    conversion = compound(conversion, mc_up(mc_up_add(around->input_bound, around->input_radius) / lower));
  if (model->normalisation.kind != MC_NORM_NONE)
    theta = divisor_error(k, &model->normalisation, lower, conversion);
  double e = mc_up_mul(x0, mc_up_over_one_minus(mc_up_add(conversion, theta), theta));
  return mc_up_add(e, operation_error(k, mc_up_add(x0, e), k->root_rc));
}
