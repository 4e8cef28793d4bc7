/* The residual of a polar factor in digits, tall or square (docs/certification.md). */
#include "digit_residual.h"

#include <math.h>
#include <string.h>

/* T = 2 (A + F), so that the entries of A are at most 1/2. */
enum { SCALE = 1 };

/* Where A is square, B is kept up to this position: about 80 bits. */
enum { PRODUCT_END = 4 };

static slong smaller(slong a, slong b) {
  return a < b ? a : b;
}

static slong larger(slong a, slong b) {
  return a > b ? a : b;
}

/* Positions from x->first to before this. */
static slong end_of(const mc_digits *x) {
  return x->first + (slong)x->planes;
}

/* What the product of A and B reaches: sums of many products of leading digits pass the plane before them. */
static slong product_first(const mc_digits *a, const mc_digits *b) {
  return a->first + b->first - 1;
}

static slong product_end(const mc_digits *a, const mc_digits *b) {
  return end_of(a) + end_of(b);
}

/* sum := zero, m by n, from position first to before end, or as many of these planes as are kept at all. */
static mc_status sum_init(mc_digits_sum *sum, size_t m, size_t n, slong first, slong end, size_t kept, int w,
                          mc_error *e) {
  end = smaller(end, (slong)kept);
  return mc_digits_sum_init(sum, m, n, first < end ? (size_t)(end - first) : 1, first, w, e);
}

/* x := op(A) B, digits beyond `planes` dropped. */
static mc_status product(mc_digits *x, mag_t error, const mc_digits *a, bool transpose, const mc_digits *b,
                         size_t planes, mc_error *e) {
  mc_digits_sum sum;
  mc_status status =
      sum_init(&sum, transpose ? a->n : a->m, b->n, product_first(a, b), product_end(a, b), planes, a->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, 1, a, transpose, b, e);
  return mc_digit_finish(x, error, &sum, status, e);
}

/* ---- Tall: R ---- */

/* residual := A - U B. */
static mc_status start_tall(mc_digit_residual *s, mc_error *e) {
  mc_digits_sum sum = {0};
  mag_t dropped;
  mag_init(dropped);
  mc_status status = sum_init(&sum, s->a.A.m, s->a.A.n, smaller(-1, product_first(&s->U, &s->B)),
                              larger(end_of(&s->a.A), product_end(&s->U, &s->B)), s->planes, s->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, -1, &s->U, false, &s->B, e);
  if (status == MC_OK)
    status = mc_digits_sum_add(&sum, 1, &s->a.A, e);
  status = mc_digit_finish(&s->residual, dropped, &sum, status, e);
  mag_mul(s->error, s->u_norm, s->b_error);
  mag_add(s->error, s->error, dropped);
  mag_clear(dropped);
  return status;
}

/* R := R - delta B - U N with N = A^T delta and B already B + N; the errors along with it. */
static mc_status update_tall(mc_digit_residual *s, const mc_digits *delta, const mc_digits *N, const mag_t n_error,
                             mc_error *e) {
  mc_digits_sum sum;
  mag_t dropped, norm;
  slong first = smaller(s->residual.first, smaller(delta->first + s->B.first, s->U.first + N->first)) - 1;
  slong end = larger(end_of(&s->residual), larger(product_end(delta, &s->B), product_end(&s->U, N)));
  mag_init(dropped);
  mag_init(norm);
  mc_status status = sum_init(&sum, s->residual.m, s->residual.n, first, end, s->planes, s->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, -1, delta, false, &s->B, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, -1, &s->U, false, N, e);
  if (status == MC_OK)
    status = mc_digits_sum_add(&sum, 1, &s->residual, e);
  mc_digits_clear(&s->residual);
  status = mc_digit_finish(&s->residual, dropped, &sum, status, e);
  if (status == MC_OK) {
    /* error += ||delta|| b_error + ||U|| n_error + dropped, U before the correction */
    mc_digits_frobenius_upper(norm, delta);
    mag_addmul(s->error, norm, s->b_error);
    mag_addmul(s->error, s->u_norm, n_error);
    mag_add(s->error, s->error, dropped);
  }
  mag_clear(dropped);
  mag_clear(norm);
  return status;
}

/* ---- Square: 2 E and K ---- */

/* residual := 2 I - 2 U^T U. */
static mc_status start_square(mc_digit_residual *s, mc_error *e) {
  mc_digits_sum sum = {0};
  mc_digits one = {0}, gram = {0};
  mc_status status = mc_digit_identity(&one, s->U.n, s->w, e);
  if (status == MC_OK)
    status = sum_init(&sum, s->U.n, s->U.n, -1, product_end(&s->U, &s->U), s->planes, s->w, e);
  if (status == MC_OK)
    status = mc_digits_sum_addgram(&sum, 1, &s->U, e);
  status = mc_digit_finish(&gram, s->error, &sum, status, e);
  if (status == MC_OK)
    status = mc_digits_combine(&s->residual, 2, &one, -2, &gram, 0, e);
  mag_mul_2exp_si(s->error, s->error, 1);
  mc_digits_clear(&one);
  mc_digits_clear(&gram);
  return status;
}

/* x := alpha x + beta y + gamma y^T; on failure x is empty. */
static mc_status combine(int alpha, mc_digits *x, int beta, const mc_digits *y, int gamma, mc_error *e) {
  mc_digits z;
  mc_status status = mc_digits_combine(&z, alpha, x, beta, y, gamma, e);
  mc_digits_clear(x);
  *x = z;
  return status;
}

/* 2 E := 2 E - factor (M + M^T) with M = V^T delta, known up to m_error. */
static mc_status update_by(mc_digit_residual *s, const mc_digits *V, const mc_digits *delta, int factor, mc_error *e) {
  mc_digits M = {0};
  mag_t m_error;
  mag_init(m_error);
  mc_status status = product(&M, m_error, V, true, delta, s->planes, e);
  if (status == MC_OK)
    status = combine(1, &s->residual, -factor, &M, -factor, e);
  mag_mul_ui(m_error, m_error, 2 * (ulong)factor);
  mag_add(s->error, s->error, m_error);
  mc_digits_clear(&M);
  mag_clear(m_error);
  return status;
}

/* 2 E := 2 E - V^T delta - delta^T V with V = 2 U + delta, U before the correction; where delta^T delta is less than
 * what U has no digits for, V = 2 U. */
static mc_status update_square(mc_digit_residual *s, const mc_digits *delta, mc_error *e) {
  mc_digits V = {0};
  mag_t square;
  mag_init(square);
  mc_digits_frobenius_upper(square, delta);
  mag_mul(square, square, square);
  mc_status status = MC_OK;
  if (mag_cmp_2exp_si(square, -(slong)s->factor_planes * s->w) > 0) {
    status = mc_digits_combine(&V, 2, &s->U, 1, delta, 0, e);
    if (status == MC_OK)
      status = update_by(s, &V, delta, 1, e);
  } else {
    mag_mul_2exp_si(square, square, 1);
    mag_add(s->error, s->error, square);
    status = update_by(s, &s->U, delta, 2, e);
  }
  mc_digits_clear(&V);
  mag_clear(square);
  return status;
}

/* K := K + N^T - N, N known up to n_error. */
static mc_status update_skew(mc_digit_residual *s, const mc_digits *N, const mag_t n_error, mc_error *e) {
  mag_add(s->skew_error, s->skew_error, n_error);
  mag_add(s->skew_error, s->skew_error, n_error);
  return combine(1, &s->skew, -1, N, 1, e);
}

/* B := B + N as far as B is needed. */
static mc_status update_product(mc_digit_residual *s, mc_digits *N, const mag_t n_error, mc_error *e) {
  mag_add(s->b_error, s->b_error, n_error);
  if (N->first < PRODUCT_END) {
    mc_digits_truncate(N, s->b_error, PRODUCT_END);
    return mc_digits_add(&s->B, N, e);
  }
  mag_t norm;
  mag_init(norm);
  mc_digits_frobenius_upper(norm, N);
  mag_add(s->b_error, s->b_error, norm);
  mag_clear(norm);
  return MC_OK;
}

/* norm := (||K|| + ||E|| ||B||_2) / sqrt(1 - ||E||), of the exact K, E, B; 1 / sqrt(1 - x) <= 1 + x for x <= 1/2. */
static void upper_square(mag_t norm, const mc_digit_residual *s, const mag_t product) {
  mag_t E, B, sum;
  mag_init(E);
  mag_init(B);
  mag_init(sum);
  mc_digits_frobenius_upper(E, &s->residual);
  mag_add(E, E, s->error);
  mag_mul_2exp_si(E, E, -1);
  if (mag_is_inf(product)) {
    mc_digits_frobenius_upper(B, &s->B);
    mag_add(B, B, s->b_error);
  } else {
    mag_set(B, product);
  }
  mc_digits_frobenius_upper(sum, &s->skew);
  mag_add(sum, sum, s->skew_error);
  mag_addmul(sum, E, B);
  mag_set(norm, sum);
  mag_addmul(norm, sum, E);
  if (mag_cmp_2exp_si(E, -1) > 0)
    mag_inf(norm);
  mag_clear(E);
  mag_clear(B);
  mag_clear(sum);
}

/* u_norm := bound of ||U||_F; for square U, ||U||_F^2 = n - tr E <= n + sqrt(n) ||E||_F. */
static void bound_factor(mc_digit_residual *s) {
  if (!s->square) {
    mc_digits_frobenius_upper(s->u_norm, &s->U);
    return;
  }
  mag_t E, n;
  mag_init(E);
  mag_init(n);
  mc_digits_frobenius_upper(E, &s->residual);
  mag_add(E, E, s->error);
  mag_mul_2exp_si(E, E, -1);
  mag_set_ui(n, s->U.n);
  mag_sqrt(s->u_norm, n);
  mag_addmul(n, s->u_norm, E);
  mag_sqrt(s->u_norm, n);
  mag_clear(E);
  mag_clear(n);
}

/* b->r := about 2^(w first) (K + E B). */
static void residual_square_approx(mc_polar_buffers *b, slong *first, const mc_digit_residual *s) {
  const size_t n = s->B.n;
  *first = smaller(s->skew.first, s->residual.first + s->B.first);
  mc_digits_get_double_approx(b->r, &s->skew);
  mc_digits_get_double_approx(b->y, &s->residual);
  mc_digits_get_double_approx(b->k, &s->B);
  double k_unit = ldexp(1, (int)(s->w * (*first - s->skew.first)));
  double e_unit = ldexp(1, (int)(s->w * (*first - s->residual.first - s->B.first)) - 1);
  mc_polar_gemm_approx(b->r, b->y, b->k, n, e_unit, k_unit);
}

/* ---- Both ---- */

mc_status mc_digit_residual_start(mc_digit_residual *s, const mc_input *in, double *room, mc_error *e) {
  s->square = in->m == in->n;
  mc_status status = mc_digit_input_init(&s->a, in, SCALE, s->planes, s->w, e);
  mc_polar_start_approx(room, s->svd);
  if (status == MC_OK)
    status = mc_digit_from_double(&s->U, room, in->m, in->n, s->start_planes, 0, s->w, 0, e);
  if (status == MC_OK)
    status = product(&s->B, s->b_error, &s->a.A, true, &s->U, s->planes, e);
  if (status == MC_OK && s->square)
    status = mc_digits_combine(&s->skew, -1, &s->B, 0, &s->B, 1, e);
  if (status == MC_OK && s->square) {
    mag_mul_2exp_si(s->skew_error, s->b_error, 1);
    mc_digits_truncate(&s->B, s->b_error, PRODUCT_END);
    status = start_square(s, e);
  }
  if (status == MC_OK)
    bound_factor(s);
  return status == MC_OK && !s->square ? start_tall(s, e) : status;
}

void mc_digit_residual_clear(mc_digit_residual *s) {
  mc_digit_input_clear(&s->a);
  mc_digits_clear(&s->U);
  mc_digits_clear(&s->B);
  mc_digits_clear(&s->residual);
  mc_digits_clear(&s->skew);
  mag_clear(s->skew_error);
  mag_clear(s->b_error);
  mag_clear(s->error);
  mag_clear(s->u_norm);
}

void mc_digit_residual_upper(mag_t norm, const mc_digit_residual *s, const mag_t product) {
  if (s->square) {
    upper_square(norm, s, product);
    return;
  }
  mc_digits_frobenius_upper(norm, &s->residual);
  mag_add(norm, norm, s->error);
}

static double largest_entry(const double *x, size_t count) {
  double largest = 0;
  for (size_t i = 0; i < count; i++)
    largest = fabs(x[i]) <= largest ? largest : fabs(x[i]); /* NaN stays, or is found later */
  return largest;
}

/* delta := the digits of d 2^(-w first), about as many as d is good for. */
static mc_status correction_digits(mc_digits *delta, const double *d, slong first, const mc_digit_residual *s,
                                   mc_error *e) {
  enum { GOOD_BITS = 44 };
  const size_t m = s->U.m, n = s->U.n;
  double largest = largest_entry(d, m * n);
  if (!isfinite(largest) || largest == 0)
    return mc_fail(e, MC_UNDECIDED, "the refinement broke down");
  int exponent = ilogb(largest) + 1;                                            /* d < 2^exponent */
  slong up = exponent > 0 ? (exponent + s->w - 1) / s->w : -(-exponent / s->w); /* planes that d begins above `first` */
  slong unused = up * s->w - exponent, planes = (unused + GOOD_BITS + s->w - 1) / s->w;
  planes = smaller(planes, (slong)s->factor_planes - (first - up));
  if (planes < 1)
    return mc_fail(e, MC_UNDECIDED, "the refinement is at the end of its digits");
  mc_status status = mc_digits_reserve(delta, m, n, (size_t)planes, first - up, s->w, e);
  if (status == MC_OK)
    status = mc_digits_set_double(delta, NULL, d, -(slong)s->w * first, e);
  return status;
}

/* B := B + N and what else belongs to N = A^T delta; U before the correction. */
static mc_status apply_tall(mc_digit_residual *s, const mc_digits *delta, mc_digits *N, const mag_t n_error,
                            mc_error *e) {
  mag_add(s->b_error, s->b_error, n_error);
  mc_status status = mc_digits_add(&s->B, N, e);
  return status == MC_OK ? update_tall(s, delta, N, n_error, e) : status;
}

static mc_status apply_square(mc_digit_residual *s, const mc_digits *delta, mc_digits *N, const mag_t n_error,
                              mc_error *e) {
  mc_status status = update_skew(s, N, n_error, e);
  if (status == MC_OK)
    status = update_product(s, N, n_error, e);
  return status == MC_OK ? update_square(s, delta, e) : status;
}

/* U := U + delta, and all that belongs to it. */
static mc_status apply(mc_digit_residual *s, const mc_digits *delta, mc_error *e) {
  mc_digits N = {0};
  mag_t n_error;
  mag_init(n_error);
  mc_status status = product(&N, n_error, &s->a.A, true, delta, s->planes, e);
  if (status == MC_OK)
    status = s->square ? apply_square(s, delta, &N, n_error, e) : apply_tall(s, delta, &N, n_error, e);
  if (status == MC_OK)
    status = mc_digits_add(&s->U, delta, e);
  if (status == MC_OK)
    bound_factor(s);
  mc_digits_clear(&N);
  mag_clear(n_error);
  return status;
}

mc_status mc_digit_residual_correct(mc_digit_residual *s, mc_polar_buffers *b, mc_error *e) {
  mc_digits delta = {0};
  slong first = s->residual.first;
  if (s->square) {
    residual_square_approx(b, &first, s);
    mc_polar_solve_square_approx(b, s->svd);
  } else {
    mc_digits_get_double_approx(b->r, &s->residual);
    mc_polar_solve_approx(b, s->svd);
  }
  const double factor = ldexp(1, (int)s->a.scale);
  for (size_t i = 0; i < s->U.m * s->U.n; i++)
    b->r[i] *= factor; /* the decomposition is that of T, about 2^scale A */
  mc_status status = correction_digits(&delta, b->r, first, s, e);
  if (status == MC_OK)
    status = apply(s, &delta, e);
  mc_digits_clear(&delta);
  return status;
}
