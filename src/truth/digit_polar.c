/* Certified polar factor in digit arithmetic: U is its digits, its residual is carried along incrementally, and every
 * digit that is dropped on the way is accounted for (docs/certification.md). */
#include "digit_polar.h"

#include <lapacke.h>
#include <math.h>

#include "certificate.h"
#include "digit_residual.h"

enum { DOUBLE_PLANES = 3, CHOLESKY_PLANES = 5, SCALAR_PREC = 128 };

/* Correct until the residual is at most target, or stops shrinking by a factor 4 a step. */
static mc_status refine(mc_digit_residual *s, const mc_input *in, mc_polar_buffers *b, const mag_t target,
                        mc_error *e) {
  mag_t norm, previous;
  mag_init(norm);
  mag_init(previous);
  mag_inf(previous);
  mc_status status = mc_digit_residual_start(s, in, b->r, e);
  mc_digit_residual_upper(norm, s);
  while (status == MC_OK && mag_cmp(norm, target) > 0) {
    if (mag_cmp(norm, previous) >= 0)
      status = mc_fail(e, MC_UNDECIDED, "the refinement stopped converging");
    mag_mul_2exp_si(previous, norm, -2);
    if (status == MC_OK)
      status =
          mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted") : mc_digit_residual_correct(s, b, e);
    mc_digit_residual_upper(norm, s);
  }
  mag_clear(norm);
  mag_clear(previous);
  return status;
}

/* l := LAPACK's Cholesky factor of sym(B) - shift I in doubles, zero above the diagonal; false: none. */
static bool factor_approx(double *l, const mc_digit_residual *s, double shift) {
  const size_t n = s->B.n;
  mc_digits_get_double_approx(l, &s->B);
  const double unit = ldexp(1, -(int)(s->B.first * s->w));
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j <= i; j++)
      l[i * n + j] = (l[i * n + j] + l[j * n + i]) / 2 * unit - (i == j ? shift : 0);
  bool good = LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', (lapack_int)n, l, (lapack_int)n) == 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = i + 1; j < n; j++)
      l[i * n + j] = 0;
  return good;
}

/* difference := B + B^T - 2 shift - 2 L L^T, for L and shift as their digits are; L L^T is the Gram matrix of L^T. */
static mc_status cholesky_difference(mc_digits *difference, mag_t dropped, const mc_digit_residual *s,
                                     const mc_digits *L, const mc_digits *shift, mc_error *e) {
  mc_digits_sum sum = {0};
  mc_digits transposed = {0}, upper = {0};
  const size_t n = s->B.n;
  mc_status status = mc_digits_transpose(&transposed, &s->B, e);
  if (status == MC_OK)
    status = mc_digits_transpose(&upper, L, e);
  if (status == MC_OK)
    status = mc_digits_sum_init(&sum, n, n, CHOLESKY_PLANES, 0, s->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_add(&sum, 1, &s->B, e);
  if (status == MC_OK)
    status = mc_digits_sum_add(&sum, 1, &transposed, e);
  if (status == MC_OK)
    status = mc_digits_sum_add(&sum, -2, shift, e);
  if (status == MC_OK)
    status = mc_digits_sum_addgram(&sum, -2, &upper, e);
  status = mc_digit_finish(difference, dropped, &sum, status, e);
  mc_digits_clear(&transposed);
  mc_digits_clear(&upper);
  return status;
}

/* h := shift - ||B + B^T - 2 shift I - 2 L L^T||_F / 2 - b_error, rounded down: a lower bound of the eigenvalues of
 * sym(A0^T U). */
static mc_status eigenvalue_lower(arf_t h, const mc_digit_residual *s, double *l, double guess, mc_error *e) {
  const size_t n = s->B.n;
  mc_digits L = {0}, shift = {0}, difference = {0};
  mag_t dropped, norm;
  arf_t t;
  double short_guess = (double)(float)guess; /* few bits: exact in its digits */
  arf_neg_inf(h);
  if (!factor_approx(l, s, short_guess))
    return MC_OK;
  mag_init(dropped);
  mag_init(norm);
  arf_init(t);
  mc_status status = mc_digit_from_double(&L, l, n, n, DOUBLE_PLANES, s->w, 0, e);
  for (size_t i = 0; i < n * n; i++)
    l[i] = i % (n + 1) == 0 ? short_guess : 0;
  if (status == MC_OK)
    status = mc_digit_from_double(&shift, l, n, n, CHOLESKY_PLANES, s->w, 0, e);
  if (status == MC_OK)
    status = cholesky_difference(&difference, dropped, s, &L, &shift, e);
  if (status == MC_OK) {
    mc_digits_frobenius_upper(norm, &difference);
    mag_add(norm, norm, dropped);
    mag_mul_2exp_si(norm, norm, -1);
    mag_add(norm, norm, s->b_error);
    arf_set_mag(t, norm);
    mc_digit_entry(h, &shift, 0, 0);
    arf_sub(h, h, t, SCALAR_PREC, ARF_RND_FLOOR);
  }
  mc_digits_clear(&L);
  mc_digits_clear(&shift);
  mc_digits_clear(&difference);
  mag_clear(dropped);
  mag_clear(norm);
  arf_clear(t);
  return status;
}

/* First a shift so close below that the bound is nearly sharp; if that fails, 0.9 of the smallest singular value. */
static mc_status best_eigenvalue_lower(arf_t h, const mc_digit_residual *s, double *l, double sigma, mc_error *e) {
  double close = sigma - 0x1p-48 * (double)s->B.n;
  mc_status status = MC_OK;
  arf_neg_inf(h);
  if (close > 0.9 * sigma)
    status = eigenvalue_lower(h, s, l, close, e);
  if (status == MC_OK && arf_sgn(h) <= 0)
    status = eigenvalue_lower(h, s, l, 0.9 * sigma, e);
  return status;
}

/* T1' for A0 from what is known of A0 + E: the residual grows by ||E|| (1 + ||U||^2), h falls by ||E|| ||U||. */
static mc_status conclude(mag_t radius, arf_t sigma_low, const mc_digit_residual *s, double *l, double sigma,
                          mc_error *e) {
  mc_certificate c;
  mag_t t;
  arf_t loss;
  mag_init(t);
  arf_init(loss);
  mc_certificate_init(&c);
  mc_status status = best_eigenvalue_lower(c.h, s, l, sigma, e);
  c.square = s->square;
  mag_set(c.u_norm, s->u_norm);
  mc_digit_residual_upper(c.residual, s);
  mag_mul(t, s->a.error, s->u_norm);
  arf_set_mag(loss, t);
  arf_sub(c.h, c.h, loss, SCALAR_PREC, ARF_RND_FLOOR);
  mag_mul(t, t, s->u_norm);
  mag_add(t, t, s->a.error);
  mag_add(c.residual, c.residual, t);
  if (status == MC_OK && !mc_certificate_conclude(radius, sigma_low, &c))
    status = mc_fail(e, MC_UNDECIDED, "the certificate does not close in digits");
  arf_mul_2exp_si(sigma_low, sigma_low, s->a.scale);
  mc_certificate_clear(&c);
  mag_clear(t);
  arf_clear(loss);
  return status;
}

/* The planes that 2^-bits needs: what is dropped beyond the last one is at most m n pairs of 2^(2 w - 2) units of
 * the next but one, with a contraction of length m. */
static size_t planes_needed(const mc_input *in, slong bits, double sigma, int w) {
  slong length = (slong)FLINT_BIT_COUNT(in->m), loss = -(slong)floor(log2(sigma));
  slong wanted = bits + loss + 2 * length + 4;
  return (size_t)((wanted + w - 1) / w + 1);
}

static mc_status run(mc_digit_residual *s, mag_t radius, arf_t sigma_low, const mc_input *in, slong bits, double sigma,
                     mc_error *e) {
  mc_polar_buffers b;
  mag_t target;
  mag_init(target);
  mag_set_d_lower(target, sigma);
  mag_mul_2exp_si(target, target, -bits - 2);
  mc_status status = mc_polar_buffers_init(&b, in->m, in->n, e);
  if (status == MC_OK)
    status = refine(s, in, &b, target, e);
  if (status == MC_OK)
    status = conclude(radius, sigma_low, s, b.k, sigma, e);
  if (status == MC_OK && mag_cmp_2exp_si(radius, -bits) > 0)
    status = mc_fail(e, MC_UNDECIDED, "the certificate is too weak");
  mc_polar_buffers_clear(&b);
  mag_clear(target);
  return status;
}

mc_status mc_polar_certify_by_digits(arb_mat_t U, mag_t radius, arf_t sigma_low, const mc_input *in, const mc_svd *svd,
                                     slong bits, mc_error *e) {
  mc_digit_residual s = {.svd = svd};
  double smallest = svd->s[in->n - 1];
  /* The scale of the digits is that of a norm, which one plane tells. */
  mc_digit_input scaled = {0};
  mc_status status = mc_digit_input_init(&scaled, in, 1, mc_digits_width(in->m, 16), e);
  double sigma = ldexp(smallest, -(int)scaled.scale);
  mc_digit_input_clear(&scaled);
  if (status != MC_OK)
    return status;
  /* The width depends on the number of planes and the other way round: two passes settle it. */
  s.w = mc_digits_width(in->m, 2 * planes_needed(in, bits, sigma, mc_digits_width(in->m, 16)));
  s.planes = planes_needed(in, bits, sigma, s.w);
  status = run(&s, radius, sigma_low, in, bits, sigma, e);
  if (status == MC_OK)
    mc_digits_get_mat(U, &s.U);
  mc_digit_residual_clear(&s);
  return status;
}
