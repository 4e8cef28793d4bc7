/* Statistical limits of large matrices from one member.  docs/errors.md, section 5.2.
 *
 * The error of a kernel is E = t D + R.  t is the relative error of its divisor, which all entries share; D = U diag(s
 * f'(s)) V^T is how the image of the schedule f moves with the scale of X_0.  t spreads widely, but costs no matrix product:
 * it is drawn as often as elsewhere.  R is all else, a sum of so many independent roundings that its spread is known from
 * one member: in singular vectors of the input its columns, and its diagonal entries, are independent.  |t| and the norms
 * of R are limited one by one. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "ensemble.h"

enum { DIVISORS = 33 };

bool mc_audit_few_serve(const mc_kernel_model *model, size_t m, size_t n, const mc_audit_options *options) {
  return m * n >= MC_AUDIT_LARGE && mc_kernel_accumulator(model->storage) == model->storage && !options->around;
}

/* ---- The divisor ---- */

typedef struct {
  double mean, reach; /* a correct kernel's t is within `reach` of the mean */
} shift;

/* To long double's precision. */
static long double exact_divisor(const mc_normalisation *norm, const double *g, size_t count) {
  long double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += (long double)g[i] * (long double)g[i];
  arb_t safety, eps;
  arb_init(safety);
  arb_init(eps);
  arb_set_fmpq(safety, norm->safety, 64);
  arb_set_fmpq(eps, norm->eps, 64);
  long double size = sqrtl(sum) * (long double)arf_get_d(arb_midref(safety), ARF_RND_NEAR),
              least = (long double)arf_get_d(arb_midref(eps), ARF_RND_NEAR);
  arb_clear(safety);
  arb_clear(eps);
  return norm->kind == MC_NORM_FROBENIUS_ADD ? size + least : fmaxl(size, least);
}

static mc_status find_shift(shift *t, const mc_kernel_model *model, const double *g, size_t count, uint64_t seed,
                            double probability, mc_error *e) {
  double divisors[DIVISORS], scales[DIVISORS], squares = 0;
  *t = (shift){0, 0};
  if (model->normalisation.kind == MC_NORM_NONE)
    return MC_OK;
  long double exact = exact_divisor(&model->normalisation, g, count);
  mc_status s = mc_kernel_emulate_divisors(divisors, scales, DIVISORS, model, g, count, seed, e);
  for (int i = 0; i < DIVISORS && s == MC_OK; i++) {
    divisors[i] = (double)(1 - (long double)divisors[i] / (exact * (long double)scales[i]));
    t->mean += divisors[i] / DIVISORS;
  }
  for (int i = 0; i < DIVISORS && s == MC_OK; i++)
    squares += (divisors[i] - t->mean) * (divisors[i] - t->mean);
  t->reach = mc_audit_student_quantile_approx(probability / 2, DIVISORS - 1) * sqrt(squares / (DIVISORS - 1)) *
             sqrt(1 + 1.0 / DIVISORS);
  return s;
}

/* ---- How the image moves with the scale of X_0 ---- */

typedef struct {
  double *matrix;            /* D, m by n */
  double *diagonal;          /* s f'(s), k entries */
  double value[MC_MEASURES]; /* its measures */
} derivative;

static void derivative_clear(derivative *d) {
  mc_free(d->matrix);
  mc_free(d->diagonal);
}

/* s f'(s) for the polynomial f of the whole schedule. */
static double relative_slope(const mc_schedule *schedule, double s) {
  double x = s, slope = s, c[3];
  for (size_t k = 0; k < schedule->count; k++) {
    mc_audit_coefficients_approx(c, &schedule->steps[k]);
    slope *= c[0] + x * x * (3 * c[1] + x * x * 5 * c[2]);
    x *= c[0] + x * x * (c[1] + x * x * c[2]);
  }
  return slope;
}

/* (u diag(d)) v^T in single precision: it need not be sharp. */
static mc_status compose(double *out, const double *d, const mc_audit_basis *b, mc_error *e) {
  float *room = mc_alloc(b->m * b->k + b->n * b->k + b->m * b->n, sizeof *room);
  if (!room)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  float *left = room, *right = left + b->m * b->k, *product = right + b->n * b->k;
  for (size_t i = 0; i < b->m * b->k; i++)
    left[i] = (float)(b->u[i] * d[i % b->k]);
  for (size_t i = 0; i < b->n * b->k; i++)
    right[i] = (float)b->v[i];
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)b->m, (int)b->n, (int)b->k, 1, left, (int)b->k, right,
              (int)b->k, 0, product, (int)b->n);
  for (size_t i = 0; i < b->m * b->n; i++)
    out[i] = (double)product[i];
  mc_free(room);
  return MC_OK;
}

static mc_status find_derivative(derivative *d, const mc_kernel_model *model, arb_srcptr sigma, const mc_audit_basis *b,
                                 double *room, mc_error *e) {
  double sum = 0;
  *d =
      (derivative){.matrix = mc_alloc(b->m * b->n, sizeof *d->matrix), .diagonal = mc_alloc(b->k, sizeof *d->diagonal)};
  if (!d->matrix || !d->diagonal)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < b->k; i++) {
    d->diagonal[i] = relative_slope(&model->schedule, arf_get_d(arb_midref(sigma + i), ARF_RND_NEAR));
    sum += d->diagonal[i] * d->diagonal[i];
  }
  mc_status s = compose(d->matrix, d->diagonal, b, e);
  if (s != MC_OK)
    return s;
  for (int k = 0; k < MC_MEASURES; k++)
    d->value[k] = sqrt(sum); /* total, spectrum, profile */
  mc_audit_measure_blocks_approx(d->value, d->matrix, b->m, b->n, room);
  return MC_OK;
}

/* ---- Everything else ---- */

typedef struct {
  double value[MC_MEASURES];
  double total, spectrum; /* standard deviations of the logarithms of such norms */
} residual;

/* x := image + R */
static void remove_shift(double *x, const derivative *d, const mc_audit_image *image, size_t count) {
  double product = 0, square = 0;
  for (size_t i = 0; i < count; i++) {
    product += ((x[i] - image->high[i]) - image->low[i]) * d->matrix[i];
    square += d->matrix[i] * d->matrix[i];
  }
  for (size_t i = 0; i < count && square > 0; i++)
    x[i] -= product / square * d->matrix[i];
}

/* Of a sum of squares of independent Gaussian variables with the variances w_i: half the relative standard deviation,
 * sqrt(sum 2 w_i^2) / sum w_i / 2.  The sum of a column is one of at least one such square, so that w = its value bounds
 * the variance; of a single square x^2 the mean of x^4 is 3 w^2. */
static void find_spread(residual *r, const mc_audit_measured *measured, const mc_audit_basis *b) {
  double columns = 0, fourth = 0, total = r->value[MC_MEASURE_TOTAL], spectrum = r->value[MC_MEASURE_SPECTRUM],
         rest = total * total;
  for (size_t i = 0; i < b->k; i++) {
    columns += measured->columns[i] * measured->columns[i];
    rest -= measured->columns[i];
    fourth += pow(measured->diagonal[i], 4);
  }
  if (b->n > b->k && rest > 0) /* columns beyond the singular vectors, all alike */
    columns += rest * rest / (double)(b->n - b->k);
  r->total = sqrt(columns / 2) / (total * total);
  r->spectrum = sqrt(fourth / 6) / (spectrum * spectrum);
}

/* profile := the member's diagonal.  What a new one is off from it is at most sqrt(2) times what it is off from zero, in
 * the mean square; the rounding's own bias makes it less. */
static mc_status run_member(residual *r, double *profile, mc_kernel_probe *probe, const mc_kernel_model *model,
                            const double *g, const derivative *d, const mc_audit_image *image,
                            const mc_audit_basis *basis, mc_audit_measured *measured, uint64_t seed, mc_error *e) {
  mc_random draw;
  double *x = mc_alloc(basis->m * basis->n, sizeof *x);
  mc_random_init(&draw, seed, mc_random_stream_of("audit ensemble"), 0);
  mc_status s = mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted")
                : x                      ? mc_kernel_emulate_probed(x, probe, model, g, basis->m, basis->n, &draw, e)
                                         : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK) {
    remove_shift(x, d, image, basis->m * basis->n);
    mc_audit_measure_approx(measured, x, image, basis);
    memcpy(r->value, measured->value, sizeof r->value);
    r->value[MC_MEASURE_PROFILE] = sqrt(2) * r->value[MC_MEASURE_SPECTRUM];
    memcpy(profile, measured->diagonal, basis->k * sizeof *profile);
    find_spread(r, measured, basis);
  }
  mc_free(x);
  return s;
}

/* R is orthogonal to D, and so are their diagonals.  NaN where the member need not differ from the image. */
static void conclude(double limits[MC_MEASURES], const residual *r, const shift *t, const derivative *d,
                     const mc_audit_image *image, const mc_audit_basis *basis, double order, double probability) {
  double quantile = mc_audit_normal_quantile_approx(probability) * sqrt(2); /* of the difference of two logarithms */
  for (int k = 0; k < MC_MEASURES; k++) {
    bool projected = k == MC_MEASURE_SPECTRUM || k == MC_MEASURE_PROFILE;
    double spread = projected ? r->spectrum : r->total;
    double reach = k == MC_MEASURE_PROFILE ? t->reach : fabs(t->mean) + t->reach;
    double shifted = reach * d->value[k], rest = order * r->value[k] * exp(quantile * spread);
    bool orthogonal = projected || k == MC_MEASURE_TOTAL;
    double limit = orthogonal ? hypot(shifted, rest) : shifted + rest;
    double error = mc_audit_measure_error((mc_audit_measure)k, basis, 4 * r->value[MC_MEASURE_TOTAL], image->radius);
    limits[k] = isfinite(limit) && r->value[k] > error ? limit : (double)NAN;
  }
  limits[MC_MEASURE_ALONG] = INFINITY;
}

mc_status mc_audit_few_limits(mc_audit_limits *limits, mc_audit_centre *centre, const mc_kernel_model *model,
                              const double *g, arb_srcptr sigma, const mc_audit_image *image,
                              const mc_audit_basis *basis, const mc_audit_options *options, mc_error *e) {
  double probability = options->false_alarm / (MC_MEASURES + 1); /* and of the divisor */
  mc_kernel_probe probe = mc_audit_probe(options);
  mc_audit_measured measured;
  derivative d = {0};
  shift t;
  residual r;
  mc_status s = mc_audit_measured_init(&measured, basis, e);
  if (s == MC_OK)
    s = find_shift(&t, model, g, basis->m * basis->n, options->seed, probability, e);
  if (s == MC_OK)
    s = find_derivative(&d, model, sigma, basis, measured.room, e);
  if (s == MC_OK)
    s = run_member(&r, centre->profile, &probe, model, g, &d, image, basis, &measured, options->seed, e);
  if (s == MC_OK) {
    for (size_t i = 0; i < basis->k; i++)
      centre->profile[i] += t.mean * d.diagonal[i];
    centre->along = 0;
    double order =
        mc_audit_order_factor_approx(&probe, model, sigma, basis->k, basis->m > basis->n ? basis->m : basis->n);
    conclude(limits->statistical, &r, &t, &d, image, basis, order, probability);
  }
  mc_audit_measured_clear(&measured);
  derivative_clear(&d);
  return s;
}
