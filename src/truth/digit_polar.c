/* Certified polar factor in digit arithmetic: U is its digits, B = A^T U and R = A - U B are carried along
 * incrementally, and every digit that is dropped on the way is accounted for (docs/certification.md). */
#include "digit_polar.h"

#include <lapacke.h>
#include <math.h>

#include "certificate.h"
#include "digit.h"
#include "search.h"

enum { DOUBLE_PLANES = 3, CHOLESKY_PLANES = 5, SCALAR_PREC = 128 };

/* With exact A0 = 2^-scale T, exact U: B = A0^T U up to b_error, R = A0 - U A0^T U up to r_error. */
typedef struct {
  const mc_input *in;
  const mc_svd *svd;
  mc_digit_input a;
  mc_digits U, B, R;
  mag_t b_error, r_error, u_norm;
  size_t planes; /* positions 0 … planes - 1 are kept */
  int w;
} state;

/* x := op(A) B, digits beyond `planes` dropped. */
static mc_status product(mc_digits *x, mag_t error, const mc_digits *a, bool transpose, const mc_digits *b,
                         size_t planes, mc_error *e) {
  mc_digits_sum sum;
  slong first = a->first + b->first;
  size_t kept = first < (slong)planes ? (size_t)((slong)planes - first) : 1;
  mc_status status = mc_digits_sum_init(&sum, transpose ? a->n : a->m, b->n, kept, first, a->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, 1, a, transpose, b, e);
  return mc_digit_finish(x, error, &sum, status, e);
}

static slong end_of(const mc_digits *x) {
  return x->first + (slong)x->planes;
}

static slong smaller(slong a, slong b) {
  return a < b ? a : b;
}

/* x := x + y, nothing dropped. */
static mc_status add(mc_digits *x, const mc_digits *y, mc_error *e) {
  mc_digits_sum sum;
  mag_t nothing;
  slong first = smaller(x->first, y->first), end = end_of(x) > end_of(y) ? end_of(x) : end_of(y);
  mag_init(nothing);
  mc_status status = mc_digits_sum_init(&sum, x->m, x->n, (size_t)(end - first), first, x->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_add(&sum, 1, x, e);
  if (status == MC_OK)
    status = mc_digits_sum_add(&sum, 1, y, e);
  mc_digits_clear(x);
  status = mc_digit_finish(x, nothing, &sum, status, e);
  mag_clear(nothing);
  return status;
}

/* U := the digits of W V^T, B := A^T U, R := A - U B. */
static mc_status start(state *s, double *u, mc_error *e) {
  mc_digits_sum sum = {0};
  mag_t dropped;
  mag_init(dropped);
  mc_polar_start_approx(u, s->svd);
  mc_status status = mc_digit_from_double(&s->U, u, s->in->m, s->in->n, DOUBLE_PLANES, s->w, 0, e);
  if (status == MC_OK)
    status = product(&s->B, s->b_error, &s->a.A, true, &s->U, s->planes, e);
  if (status == MC_OK)
    status = mc_digits_sum_init(&sum, s->in->m, s->in->n, s->planes, 0, s->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_add(&sum, 1, &s->a.A, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, -1, &s->U, false, &s->B, e);
  status = mc_digit_finish(&s->R, dropped, &sum, status, e);
  if (status == MC_OK) {
    mc_digits_frobenius_upper(s->u_norm, &s->U);
    mag_mul(s->r_error, s->u_norm, s->b_error);
    mag_add(s->r_error, s->r_error, dropped);
  }
  mag_clear(dropped);
  return status;
}

static double largest_entry(const double *x, size_t count) {
  double largest = 0;
  for (size_t i = 0; i < count; i++)
    largest = fmax(largest, fabs(x[i]));
  return largest;
}

/* delta := the digits of d 2^(-w first), about as many as d is good for. */
static mc_status correction_digits(mc_digits *delta, const double *d, slong first, const state *s, mc_error *e) {
  enum { GOOD_BITS = 40 };
  size_t m = s->in->m, n = s->in->n;
  double largest = largest_entry(d, m * n);
  if (!isfinite(largest) || largest == 0)
    return mc_fail(e, MC_UNDECIDED, "the refinement broke down");
  int exponent = ilogb(largest) + 1;                                            /* d < 2^exponent */
  slong up = exponent > 0 ? (exponent + s->w - 1) / s->w : -(-exponent / s->w); /* planes that d begins above `first` */
  slong unused = up * s->w - exponent, planes = (unused + GOOD_BITS + s->w - 1) / s->w;
  planes = smaller(planes, (slong)s->planes - (first - up));
  if (planes < 1)
    return mc_fail(e, MC_UNDECIDED, "the refinement is at the end of its digits");
  mc_status status = mc_digits_init(delta, m, n, (size_t)planes, first - up, s->w, e);
  if (status == MC_OK)
    status = mc_digits_set_double(delta, NULL, d, -(slong)s->w * first, e);
  return status;
}

/* R := R - delta B - U N with N = A^T delta and B already B + N; the errors along with it. */
static mc_status update_residual(state *s, const mc_digits *delta, const mc_digits *N, const mag_t n_error,
                                 mc_error *e) {
  mc_digits_sum sum;
  mag_t dropped, norm;
  slong first = smaller(s->R.first, smaller(delta->first + s->B.first + 1, s->U.first + N->first + 1));
  mag_init(dropped);
  mag_init(norm);
  size_t planes = first < (slong)s->planes ? (size_t)((slong)s->planes - first) : 1;
  mc_status status = mc_digits_sum_init(&sum, s->in->m, s->in->n, planes, first, s->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_add(&sum, 1, &s->R, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, -1, delta, false, &s->B, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, -1, &s->U, false, N, e);
  mc_digits_clear(&s->R);
  status = mc_digit_finish(&s->R, dropped, &sum, status, e);
  if (status == MC_OK) {
    /* r_error += ||delta|| b_error + ||U|| n_error + dropped, U before the correction */
    mc_digits_frobenius_upper(norm, delta);
    mag_addmul(s->r_error, norm, s->b_error);
    mag_addmul(s->r_error, s->u_norm, n_error);
    mag_add(s->r_error, s->r_error, dropped);
  }
  mag_clear(dropped);
  mag_clear(norm);
  return status;
}

/* U := U + delta, B := B + A^T delta, R := A - U B. */
static mc_status apply(state *s, const mc_digits *delta, mc_error *e) {
  mc_digits N = {0};
  mag_t n_error;
  mag_init(n_error);
  mc_status status = product(&N, n_error, &s->a.A, true, delta, s->planes, e);
  if (status == MC_OK)
    status = add(&s->B, &N, e);
  mag_add(s->b_error, s->b_error, n_error);
  if (status == MC_OK)
    status = update_residual(s, delta, &N, n_error, e);
  if (status == MC_OK)
    status = add(&s->U, delta, e);
  if (status == MC_OK)
    mc_digits_frobenius_upper(s->u_norm, &s->U);
  mc_digits_clear(&N);
  mag_clear(n_error);
  return status;
}

static mc_status correct(state *s, mc_polar_buffers *b, mc_error *e) {
  mc_digits delta = {0};
  mc_digits_get_double_approx(b->r, &s->R);
  mc_polar_solve_approx(b, s->svd);
  for (size_t i = 0; i < s->in->m * s->in->n; i++)
    b->r[i] = ldexp(b->r[i], (int)s->a.scale); /* the decomposition is that of T = 2^scale A0 */
  mc_status status = correction_digits(&delta, b->r, s->R.first, s, e);
  if (status == MC_OK)
    status = apply(s, &delta, e);
  mc_digits_clear(&delta);
  return status;
}

/* norm := bound of ||A0 - U A0^T U||_F. */
static void residual_upper(mag_t norm, const state *s) {
  mc_digits_frobenius_upper(norm, &s->R);
  mag_add(norm, norm, s->r_error);
}

/* Correct until the residual is at most target, or stops shrinking by a factor 4 a step. */
static mc_status refine(state *s, mc_polar_buffers *b, const mag_t target, mc_error *e) {
  mag_t norm, previous;
  mag_init(norm);
  mag_init(previous);
  mag_inf(previous);
  mc_status status = start(s, b->r, e);
  residual_upper(norm, s);
  while (status == MC_OK && mag_cmp(norm, target) > 0) {
    if (mag_cmp(norm, previous) >= 0)
      status = mc_fail(e, MC_UNDECIDED, "the refinement stopped converging");
    mag_mul_2exp_si(previous, norm, -2);
    if (status == MC_OK)
      status = mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted") : correct(s, b, e);
    if (status == MC_OK)
      residual_upper(norm, s);
  }
  mag_clear(norm);
  mag_clear(previous);
  return status;
}

/* l := LAPACK's Cholesky factor of sym(B) - shift I in doubles, zero above the diagonal; false: none. */
static bool factor_approx(double *l, const state *s, double shift) {
  size_t n = s->in->n;
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

/* difference := B + B^T - 2 shift - 2 L L^T, for L and shift as their digits are. */
static mc_status cholesky_difference(mc_digits *difference, mag_t dropped, const state *s, const mc_digits *L,
                                     const mc_digits *shift, mc_error *e) {
  mc_digits_sum sum = {0};
  mc_digits transposed = {0}, upper = {0};
  size_t n = s->in->n;
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
    status = mc_digits_sum_addmul(&sum, -2, L, false, &upper, e);
  status = mc_digit_finish(difference, dropped, &sum, status, e);
  mc_digits_clear(&transposed);
  mc_digits_clear(&upper);
  return status;
}

/* h := shift - ||B + B^T - 2 shift I - 2 L L^T||_F / 2 - b_error, rounded down: a lower bound of the eigenvalues of
 * sym(A0^T U). */
static mc_status eigenvalue_lower(arf_t h, const state *s, double *l, double guess, mc_error *e) {
  size_t n = s->in->n;
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
static mc_status best_eigenvalue_lower(arf_t h, const state *s, double *l, double sigma, mc_error *e) {
  double close = sigma - 0x1p-48 * (double)s->in->n;
  mc_status status = MC_OK;
  arf_neg_inf(h);
  if (close > 0.9 * sigma)
    status = eigenvalue_lower(h, s, l, close, e);
  if (status == MC_OK && arf_sgn(h) <= 0)
    status = eigenvalue_lower(h, s, l, 0.9 * sigma, e);
  return status;
}

/* T1' for A0 from what is known of A0 + E: the residual grows by ||E|| (1 + ||U||^2), h falls by ||E|| ||U||. */
static mc_status conclude(mag_t radius, arf_t sigma_low, const state *s, double *l, double sigma, mc_error *e) {
  mc_certificate c;
  mag_t t;
  arf_t loss;
  mag_init(t);
  arf_init(loss);
  mc_certificate_init(&c);
  mc_status status = best_eigenvalue_lower(c.h, s, l, sigma, e);
  c.square = s->in->m == s->in->n;
  mag_set(c.u_norm, s->u_norm);
  residual_upper(c.residual, s);
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

static void state_clear(state *s) {
  mc_digit_input_clear(&s->a);
  mc_digits_clear(&s->U);
  mc_digits_clear(&s->B);
  mc_digits_clear(&s->R);
  mag_clear(s->b_error);
  mag_clear(s->r_error);
  mag_clear(s->u_norm);
}

static mc_status run(state *s, mag_t radius, arf_t sigma_low, slong bits, double sigma, mc_error *e) {
  mc_polar_buffers b;
  mag_t target;
  mag_init(target);
  mag_set_d_lower(target, sigma);
  mag_mul_2exp_si(target, target, -bits - 2);
  mc_status status = mc_polar_buffers_init(&b, s->in->m, s->in->n, e);
  if (status == MC_OK)
    status = refine(s, &b, target, e);
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
  state s = {.in = in, .svd = svd};
  /* The width depends on the number of planes and the other way round: two passes settle it. */
  double smallest = svd->s[in->n - 1];
  s.w = mc_digits_width(in->m, 16);
  s.planes = planes_needed(in, bits, smallest, s.w);
  s.w = mc_digits_width(in->m, 2 * s.planes);
  mc_status status = mc_digit_input_init(&s.a, in, 1, s.w, e);
  double sigma = ldexp(smallest, -(int)s.a.scale);
  mc_digit_input_clear(&s.a);
  s.planes = planes_needed(in, bits, sigma, s.w);
  if (status == MC_OK)
    status = mc_digit_input_init(&s.a, in, s.planes, s.w, e);
  if (status == MC_OK)
    status = run(&s, radius, sigma_low, bits, sigma, e);
  if (status == MC_OK)
    mc_digits_get_mat(U, &s.U);
  state_clear(&s);
  return status;
}
