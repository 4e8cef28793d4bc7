/* Singular values of a given matrix (theorem T3 of docs/certification.md, after S. M. Rump, Verified bounds for
 * singular values, BIT 51 (2011)): an approximate decomposition, untrusted, and the residuals that prove how good it
 * is. */
#include "singular.h"

#include <math.h>

/* Upper bound of ||I - X^T X||_F. */
static void orthogonality_upper(mag_t bound, const arb_mat_t X, slong prec) {
  arb_mat_t transposed, gram;
  slong m = arb_mat_nrows(X), n = arb_mat_ncols(X);
  arb_mat_init(transposed, n, m);
  arb_mat_init(gram, n, n);
  arb_mat_transpose(transposed, X);
  arb_mat_mul(gram, transposed, X, prec);
  for (slong i = 0; i < n; i++)
    arb_sub_ui(arb_mat_entry(gram, i, i), arb_mat_entry(gram, i, i), 1, prec);
  mc_ball_mat_frobenius_upper(bound, gram);
  arb_mat_clear(transposed);
  arb_mat_clear(gram);
}

/* Upper bound of ||T V - W diag(s)||_F. */
static void residual_upper(mag_t bound, const arb_mat_t T, const mc_decomposition *d, slong prec) {
  arb_mat_t F;
  arb_mat_init(F, arb_mat_nrows(T), d->n);
  arb_mat_mul(F, T, d->V, prec);
  for (slong i = 0; i < arb_mat_nrows(F); i++)
    for (slong j = 0; j < d->n; j++)
      arb_submul(arb_mat_entry(F, i, j), arb_mat_entry(d->W, i, j), &d->s[j], prec);
  mc_ball_mat_frobenius_upper(bound, F);
  arb_mat_clear(F);
}

/* low := sqrt(1 - min(error, 1)), high := sqrt(1 + error). */
static void roots_around_one(arb_t low, arb_t high, const mag_t error, slong prec) {
  arf_t e;
  arf_init(e);
  arf_set_mag(e, error);
  arb_set_arf(high, e);
  arb_add_ui(high, high, 1, prec);
  arb_sqrt(high, high, prec);
  if (arf_cmp_si(e, 1) < 0)
    arb_set_arf(low, e);
  else
    arb_one(low);
  arb_sub_ui(low, low, 1, prec);
  arb_neg(low, low);
  arb_sqrt(low, low, prec);
  arf_clear(e);
}

/* The constants of T3. */
typedef struct {
  arb_t w_low, w_high, v_low, v_high; /* sqrt(1 - eW), sqrt(1 + eW), sqrt(1 - eV), sqrt(1 + eV) */
  arb_t residual;
  arf_t largest; /* ||T||_2 is at most this */
  bool upper;    /* eV < 1: the theorem bounds from above too */
  slong prec;
} constants;

static void constants_init(constants *c, const mc_residuals *r, const mc_input *in, slong prec) {
  mag_t norm;
  mag_init(norm);
  arb_init(c->w_low);
  arb_init(c->w_high);
  arb_init(c->v_low);
  arb_init(c->v_high);
  arb_init(c->residual);
  arf_init(c->largest);
  c->prec = prec;
  arf_set_mag(arb_midref(c->residual), r->residual);
  roots_around_one(c->w_low, c->w_high, r->w_error, prec);
  roots_around_one(c->v_low, c->v_high, r->v_error, prec);
  c->upper = mag_cmp_2exp_si(r->v_error, 0) < 0;
  mc_ball_mat_frobenius_upper(norm, in->T);
  arf_set_mag(c->largest, norm);
  mag_clear(norm);
}

static void constants_clear(constants *c) {
  arb_clear(c->w_low);
  arb_clear(c->w_high);
  arb_clear(c->v_low);
  arb_clear(c->v_high);
  arb_clear(c->residual);
  arf_clear(c->largest);
}

/* T3 for one singular value, met with [0, ||T||]. */
static void enclose_one(arb_t sigma, const arb_t s, const constants *c) {
  arb_t t;
  arf_t low, high;
  arb_init(t);
  arf_init(low);
  arf_init(high);
  arb_mul(t, s, c->w_low, c->prec);
  arb_sub(t, t, c->residual, c->prec);
  arb_div(t, t, c->v_high, c->prec);
  arb_get_lbound_arf(low, t, c->prec);
  if (!(arf_sgn(low) > 0) || arf_is_nan(low))
    arf_zero(low);
  arb_mul(t, s, c->w_high, c->prec);
  arb_add(t, t, c->residual, c->prec);
  arb_div(t, t, c->v_low, c->prec);
  arb_get_ubound_arf(high, t, c->prec);
  if (!c->upper || !(arf_cmp(high, c->largest) < 0) || arf_is_nan(high))
    arf_set(high, c->largest);
  arb_set_interval_arf(sigma, low, high, c->prec);
  arb_clear(t);
  arf_clear(low);
  arf_clear(high);
}

/* The hypotheses of T3 on the approximate singular values. */
static bool sorted_nonnegative(arb_srcptr s, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const arf_struct *x = arb_midref(&s[i]);
    if (!arb_is_exact(&s[i]) || !arf_is_finite(x) || arf_sgn(x) < 0 || (i > 0 && arf_cmp(x, arb_midref(&s[i - 1])) > 0))
      return false;
  }
  return true;
}

/* Without a decomposition: [0, ||T||]. */
static void enclose_by_norm(arb_ptr sigma, const mc_input *in) {
  mag_t norm;
  mag_init(norm);
  mc_ball_mat_spectral_upper(norm, in->T);
  for (size_t i = 0; i < in->n; i++) {
    arb_zero(&sigma[i]);
    mc_ball_add_error_nonnegative(&sigma[i], norm, MAG_BITS);
    arb_mul_2exp_si(&sigma[i], &sigma[i], in->scale);
  }
  mag_clear(norm);
}

void mc_residuals_init(mc_residuals *r) {
  mag_init(r->residual);
  mag_init(r->w_error);
  mag_init(r->v_error);
}

void mc_residuals_clear(mc_residuals *r) {
  mag_clear(r->residual);
  mag_clear(r->w_error);
  mag_clear(r->v_error);
}

void mc_residuals_enclose(arb_ptr sigma, arb_srcptr s, const mc_residuals *r, const mc_input *in, slong prec) {
  if (!sorted_nonnegative(s, in->n)) {
    enclose_by_norm(sigma, in);
    return;
  }
  constants c;
  constants_init(&c, r, in, prec);
  for (size_t i = 0; i < in->n; i++) {
    enclose_one(&sigma[i], &s[i], &c);
    arb_mul_2exp_si(&sigma[i], &sigma[i], in->scale);
  }
  constants_clear(&c);
}

void mc_decomposition_enclose(arb_ptr sigma, const mc_decomposition *d, const mc_input *in, slong prec) {
  mc_residuals r;
  mc_residuals_init(&r);
  residual_upper(r.residual, in->T, d, prec);
  orthogonality_upper(r.w_error, d->W, prec);
  orthogonality_upper(r.v_error, d->V, prec);
  mc_residuals_enclose(sigma, d->s, &r, in, prec);
  mc_residuals_clear(&r);
}

/* LAPACK's decomposition is good to about 2^-46 times the largest singular value. */
enum { DOUBLE_BITS = 46, DOUBLE_PREC = 128, MAX_BITS = 4096 };

/* Keep the tighter of two enclosures of each singular value. */
static void tighten(arb_ptr sigma, arb_srcptr other, slong n) {
  for (slong i = 0; i < n; i++)
    if (mag_cmp(arb_radref(&other[i]), arb_radref(&sigma[i])) < 0)
      arb_set(&sigma[i], &other[i]);
}

/* Is every radius at most 2^-bits times the largest singular value? */
static bool accurate(arb_srcptr sigma, size_t n, slong bits) {
  mag_t allowed;
  bool good = true;
  mag_init(allowed);
  arb_get_mag_lower(allowed, &sigma[0]);
  mag_mul_2exp_si(allowed, allowed, -bits);
  for (size_t i = 0; i < n && good; i++)
    good = mag_cmp(arb_radref(&sigma[i]), allowed) <= 0;
  mag_clear(allowed);
  return good;
}

/* The largest radius. */
static void worst_radius(mag_t worst, arb_srcptr sigma, slong n) {
  mag_zero(worst);
  for (slong i = 0; i < n; i++)
    mag_max(worst, worst, arb_radref(&sigma[i]));
}

/* Refine until accurate, or until a step no longer gains four bits; the first few may only untangle vectors. */
static void refine(arb_ptr sigma, const mc_svd *svd, const mc_input *in, slong bits) {
  mc_decomposition d;
  mag_t before, after;
  slong n = (slong)in->n, prec = 2 * bits + 128;
  arb_ptr better = _arb_vec_init(n);
  bool progress = true;
  enum { PATIENCE = 3 };
  mag_init(before);
  mag_init(after);
  mc_decomposition_init(&d, svd);
  for (int step = 0; progress && !accurate(sigma, in->n, bits) && !mc_interrupt_requested(); step++) {
    worst_radius(before, sigma, n);
    mc_decomposition_refine(&d, in->T, prec);
    mc_decomposition_enclose(better, &d, in, prec);
    tighten(sigma, better, n);
    worst_radius(after, sigma, n);
    mag_mul_2exp_si(after, after, 4);
    progress = step < PATIENCE || mag_cmp(after, before) <= 0;
  }
  mag_clear(before);
  mag_clear(after);
  mc_decomposition_clear(&d);
  _arb_vec_clear(better, n);
}

/* T3 with residuals from balls. */
static void enclose_by_balls(arb_ptr sigma, const mc_svd *svd, const mc_input *in) {
  mc_decomposition d;
  mc_decomposition_init(&d, svd);
  mc_decomposition_enclose(sigma, &d, in, DOUBLE_PREC);
  mc_decomposition_clear(&d);
}

/* T3 with residuals from digits, or from balls where digits do not do or are not wanted. */
static mc_status enclose_by_svd(arb_ptr sigma, const mc_svd *svd, const mc_input *in, mc_path path, mc_error *e) {
  mc_status status = path == MC_PATH_BALLS ? MC_UNDECIDED : mc_singular_enclose_by_digits(sigma, svd, in, e);
  if (status == MC_UNDECIDED && path != MC_PATH_DIGITS) {
    enclose_by_balls(sigma, svd, in);
    return MC_OK;
  }
  return status;
}

mc_status mc_singular_enclose_input(arb_ptr sigma, mc_svd *svd, const mc_input *in, slong bits, mc_path path,
                                    mc_error *e) {
  mc_svd own = {0};
  if (svd == NULL)
    svd = &own;
  enclose_by_norm(sigma, in);
  mc_status status = mc_svd_approx(svd, in->t, in->m, in->n, e);
  if (status == MC_OK)
    status = enclose_by_svd(sigma, svd, in, path, e);
  if (status == MC_OK && bits > DOUBLE_BITS)
    refine(sigma, svd, in, bits);
  mc_svd_clear(&own);
  return status;
}

static mc_status check_bits(slong bits, mc_error *e) {
  return bits >= 1 && bits <= MAX_BITS
             ? MC_OK
             : mc_fail(e, MC_BAD_INPUT, "%ld bits asked; 1 to %d are possible", bits, MAX_BITS);
}

static void enclose_unknown(arb_ptr sigma, size_t count) {
  for (size_t i = 0; i < count; i++)
    arb_zero_pm_inf(&sigma[i]);
}

mc_status mc_truth_sv_enclose(arb_ptr sigma, const double *a, size_t m, size_t n, slong bits, mc_error *e) {
  return mc_sv_enclose_by(sigma, a, m, n, bits, MC_PATH_ANY, e);
}

/* By one decomposition in plain doubles (T4); MC_UNDECIDED: that is not sharp enough. */
static mc_status by_plain_doubles(arb_ptr sigma, const double *a, size_t m, size_t n, slong bits, mc_error *e) {
  const size_t k = m < n ? m : n;
  mc_truth_plain *plain;
  double *s = mc_alloc(k, sizeof *s), radius;
  mag_t r;
  mc_status status = s != NULL ? mc_truth_plain_new(&plain, a, m, n, e)
                               : mc_fail(e, MC_NO_MEMORY, "no memory for %zu singular values", k);
  if (status == MC_OK) {
    mc_truth_plain_sv_enclose(s, &radius, plain);
    mc_truth_plain_free(plain);
    if (!(radius <= ldexp(s[0], -(int)bits)))
      status = mc_fail(e, MC_UNDECIDED, "plain doubles are not sharp enough");
  }
  if (status == MC_OK) {
    mag_init(r);
    mag_set_d(r, radius);
    for (size_t i = 0; i < k; i++) {
      arb_set_d(&sigma[i], s[i]);
      mc_ball_add_error_nonnegative(&sigma[i], r, DOUBLE_PREC);
    }
    mag_clear(r);
  }
  mc_free(s);
  return status;
}

mc_status mc_sv_enclose_by(arb_ptr sigma, const double *a, size_t m, size_t n, slong bits, mc_path path, mc_error *e) {
  mc_input in;
  enclose_unknown(sigma, m < n ? m : n);
  mc_status status = check_bits(bits, e);
  if (status == MC_OK)
    status = mc_input_check(a, m, n, e);
  if (status == MC_OK && mc_path_tries_plain(path, m, n, bits) &&
      (status = by_plain_doubles(sigma, a, m, n, bits, e)) != MC_UNDECIDED)
    return status;
  if (status == MC_OK || status == MC_UNDECIDED)
    status = mc_input_set_double(&in, a, m, n, 8, 2 * bits + 128, e);
  if (status != MC_OK)
    return status;
  status = mc_singular_enclose_input(sigma, NULL, &in, bits, path, e);
  mc_input_clear(&in);
  return status;
}

mc_status mc_truth_sv_enclose_near(arb_ptr sigma, const mc_enclosure *x, mc_error *e) {
  mc_input in;
  slong m = arb_mat_nrows(x->value), n = arb_mat_ncols(x->value);
  size_t count = (size_t)(m < n ? m : n);
  enclose_unknown(sigma, count);
  if (count == 0)
    return mc_fail(e, MC_BAD_INPUT, "the matrix is empty");
  mc_status status = mc_input_set_mat(&in, x->value, e);
  if (status != MC_OK)
    return status;
  status = mc_singular_enclose_input(sigma, NULL, &in, DOUBLE_BITS, MC_PATH_ANY, e);
  for (size_t i = 0; i < count; i++)
    mc_ball_add_error_nonnegative(&sigma[i], x->radius, DOUBLE_PREC);
  mc_input_clear(&in);
  return status;
}
