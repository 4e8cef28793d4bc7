/* Statistical limits of large matrices from one member.  docs/errors.md, section 5.2.
 *
 * The error of a kernel is E = t D + R.  t is the relative error of its divisor, which all entries share; D = U diag(s
 * f'(s)) V^T is how the image of the schedule f moves with the scale of X_0.  t spreads widely, but costs no matrix product:
 * it is drawn as often as elsewhere, and known of the member.  R is all else, a sum of so many independent roundings that
 * its spread is known from one member: in singular vectors of the input its columns are independent, and what lies beside
 * its diagonal tells the diagonal's covariance.  |t| and the norms of R are limited one by one. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "ensemble.h"

/* So many singular values, at least, and so many neighbours on each side. */
enum { DIVISORS = 33, LEAST = 128, NEARBY = 8 };

bool mc_audit_few_serve(const mc_kernel_model *model, size_t m, size_t n, const mc_audit_options *options) {
  return m * n >= MC_AUDIT_LARGE && m >= LEAST && n >= LEAST &&
         mc_kernel_accumulator(model->storage) == model->storage && !options->around;
}

/* ---- The divisor ---- */

typedef struct {
  double mean, reach; /* a correct kernel's t is within `reach` of the mean */
  long double exact;  /* divisor; 0: none */
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

/* Of a kernel that divides `scale` times the input by the divisor; zero if it divides by nothing. */
static double divisor_error(double divisor, double scale, long double exact) {
  return exact > 0 ? (double)(1 - (long double)divisor / (exact * (long double)scale)) : 0;
}

static mc_status find_shift(shift *t, const mc_kernel_model *model, const double *g, size_t count, uint64_t seed,
                            double probability, mc_error *e) {
  double divisors[DIVISORS], scales[DIVISORS], squares = 0;
  *t = (shift){0};
  if (model->normalisation.kind == MC_NORM_NONE)
    return MC_OK;
  t->exact = exact_divisor(&model->normalisation, g, count);
  mc_status s = mc_kernel_emulate_divisors(divisors, scales, DIVISORS, model, g, count, seed, e);
  for (int i = 0; i < DIVISORS && s == MC_OK; i++) {
    divisors[i] = divisor_error(divisors[i], scales[i], t->exact);
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
  double value[MC_MEASURES]; /* the profile is left out */
  double spread;             /* standard deviation of the logarithms of such norms, at most */
  double trace, norm;        /* of the covariance of the diagonal, at most */
} residual;

/* x := image + R, of a member with this t */
static void remove_shift(double *x, double t, const derivative *d, size_t count) {
  for (size_t i = 0; i < count; i++)
    x[i] -= t * d->matrix[i];
}

/* Of a sum of squares of independent Gaussian variables with the variances w_i: half the relative standard deviation,
 * sqrt(sum 2 w_i^2) / sum w_i / 2.  The sum of a column is one of at least one such square, so that w = its value bounds
 * the variance. */
static double find_spread(const mc_audit_measured *measured, const mc_audit_basis *b) {
  double columns = 0, total = measured->value[MC_MEASURE_TOTAL], rest = total * total;
  for (size_t i = 0; i < b->k; i++) {
    columns += measured->columns[i] * measured->columns[i];
    rest -= measured->columns[i];
  }
  if (b->n > b->k && rest > 0) /* columns beyond the singular vectors, all alike */
    columns += rest * rest / (double)(b->n - b->k);
  return sqrt(columns / 2) / (total * total);
}

/* squares[i] := the mean of (u_j^T R v_i)^2 over the nearest j but i itself, R V = product; room: k entries. */
static void find_nearby(double *squares, const double *product, const mc_audit_basis *b, double *room) {
  size_t k = b->k;
  memset(squares, 0, k * sizeof *squares);
  for (size_t side = 0; side < 2; side++)
    for (size_t off = 1; off <= NEARBY; off++) {
      const double *u = side ? b->u : b->u + off, *p = side ? product + off : product;
      memset(room, 0, k * sizeof *room);
      for (size_t i = 0; i < b->m; i++)
        for (size_t l = 0; l + off < k; l++)
          room[l] += u[i * k + l] * p[i * k + l];
      for (size_t l = 0; l + off < k; l++)
        squares[side ? l + off : l] += room[l] * room[l];
    }
  for (size_t i = 0; i < k; i++) {
    size_t before = i < NEARBY ? i : NEARBY, after = k - 1 - i < NEARBY ? k - 1 - i : NEARBY;
    squares[i] /= (double)(before + after);
  }
}

/* The errors of a symmetric product are symmetric.  Seen in singular vectors that have nothing to do with where they are,
 * an entry of the diagonal has at most three times the variance of its neighbours, and a third of that at most is common
 * to all of the diagonal. */
static mc_status find_covariance(residual *r, const mc_audit_measured *measured, const mc_audit_basis *b, mc_error *e) {
  double *squares = mc_alloc(2 * b->k, sizeof *squares), sum = 0, most = 0;
  if (!squares)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  find_nearby(squares, measured->room + b->m * b->n, b, squares + b->k);
  for (size_t i = 0; i < b->k; i++) {
    sum += 3 * squares[i];
    most = fmax(most, 3 * squares[i]);
  }
  r->trace = fmax(sum, pow(measured->value[MC_MEASURE_SPECTRUM], 2));
  r->norm = most + r->trace / 3;
  mc_free(squares);
  return MC_OK;
}

/* profile := the member's diagonal. */
static mc_status run_member(residual *r, double *profile, mc_kernel_probe *probe, const mc_kernel_model *model,
                            const double *g, const shift *t, const derivative *d, const mc_audit_image *image,
                            const mc_audit_basis *basis, mc_audit_measured *measured, uint64_t seed, mc_error *e) {
  size_t count = basis->m * basis->n;
  mc_random draw;
  double *x = mc_alloc(count, sizeof *x);
  mc_random_init(&draw, seed, mc_random_stream_of("audit ensemble"), 0);
  mc_status s = mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted")
                : x                      ? mc_kernel_emulate_probed(x, probe, model, g, basis->m, basis->n, &draw, e)
                                         : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK) {
    remove_shift(x, divisor_error(probe->divisor, probe->scale, t->exact), d, count);
    mc_audit_measure_approx(measured, x, image, basis);
    memcpy(r->value, measured->value, sizeof r->value);
    memcpy(profile, measured->diagonal, basis->k * sizeof *profile);
    r->spread = find_spread(measured, basis);
    s = find_covariance(r, measured, basis, e);
  }
  mc_free(x);
  return s;
}

/* Of an l8 norm over so many blocks: in a sum of independent terms with heavy tails a large deviation is made by one of them,
 * here at most as if the whole block were one square of their mean size. */
static double largest_block(double value, double blocks, double probability) {
  return mc_audit_normal_quantile_approx(probability / blocks / 2) * value / pow(blocks, 0.125);
}

/* rest[k] := what a measure of R exceeds with this probability at most. */
static void limit_rests(double rest[MC_MEASURES], const residual *r, const mc_audit_basis *b, double probability) {
  double quantile = mc_audit_normal_quantile_approx(probability);
  double grown = exp(quantile * sqrt(2) * r->spread); /* the difference of two logarithms */
  double blocks[MC_MEASURES] = {[MC_MEASURE_ROWS] = (double)b->m,
                                [MC_MEASURE_COLUMNS] = (double)b->n,
                                [MC_MEASURE_TILES] = (double)mc_audit_tiles(b->m, b->n)};
  /* The difference of two diagonals has twice the covariance; a Gaussian vector's norm is above the root of the trace by
   * at most that. */
  rest[MC_MEASURE_PROFILE] = sqrt(2) * (sqrt(r->trace) + quantile * sqrt(r->norm));
  rest[MC_MEASURE_SPECTRUM] = r->value[MC_MEASURE_SPECTRUM] + rest[MC_MEASURE_PROFILE];
  rest[MC_MEASURE_TOTAL] = hypot(grown * r->value[MC_MEASURE_TOTAL], rest[MC_MEASURE_SPECTRUM]);
  for (int k = MC_MEASURE_ROWS; k <= MC_MEASURE_TILES; k++)
    rest[k] = pow(pow(grown * r->value[k], 8) + pow(largest_block(r->value[k], blocks[k], probability), 8), 0.125);
}

/* NaN where the member need not differ from the image. */
static void conclude(double limits[MC_MEASURES], const residual *r, const shift *t, const derivative *d,
                     const mc_audit_image *image, const mc_audit_basis *basis, double order, double probability) {
  double rest[MC_MEASURES], size = 4 * r->value[MC_MEASURE_TOTAL];
  limit_rests(rest, r, basis, probability);
  for (int k = 0; k < MC_MEASURE_ALONG; k++) {
    double mean = k == MC_MEASURE_PROFILE ? 0 : fabs(t->mean),
           limit = (mean + t->reach) * d->value[k] + order * rest[k];
    double value = r->value[k == MC_MEASURE_PROFILE ? MC_MEASURE_SPECTRUM : k];
    double error = mc_audit_measure_error((mc_audit_measure)k, basis, size, image->radius);
    limits[k] = isfinite(limit) && value > error ? limit : (double)NAN;
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
  residual r = {0};
  mc_status s = mc_audit_measured_init(&measured, basis, e);
  if (s == MC_OK)
    s = find_shift(&t, model, g, basis->m * basis->n, options->seed, probability, e);
  if (s == MC_OK)
    s = find_derivative(&d, model, sigma, basis, measured.room, e);
  if (s == MC_OK)
    s = run_member(&r, centre->profile, &probe, model, g, &t, &d, image, basis, &measured, options->seed, e);
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
