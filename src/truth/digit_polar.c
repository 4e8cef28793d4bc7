/* Certified polar factor in digit arithmetic: U is its digits, its residual is carried along incrementally, and every
 * digit that is dropped on the way is accounted for (docs/certification.md). */
#include "digit_polar.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>

#include "certificate.h"
#include "digit_residual.h"
#include "path.h"
#include "plain_product.h"

enum { DOUBLE_PLANES = 4, CHOLESKY_PLANES = 6, SCALAR_PREC = 128 };

/* Correct until the residual is at most target, given a bound of ||B||_2, or stops shrinking by a factor 4 a step.
 * The first correction may turn vectors of small singular values far, and the square of that makes the bound of the
 * residual grow. */
static mc_status refine(mc_digit_residual *s, mc_polar_buffers *b, const mag_t target, const mag_t product,
                        mc_error *e) {
  mag_t norm, previous;
  mc_status status = MC_OK;
  mag_init(norm);
  mag_init(previous);
  mag_inf(previous);
  mc_digit_residual_upper(norm, s, product);
  for (bool first = true; status == MC_OK && mag_cmp(norm, target) > 0; first = false) {
    if (mag_cmp(norm, previous) >= 0)
      status = mc_fail(e, MC_UNDECIDED, "the refinement stopped converging");
    if (!first)
      mag_mul_2exp_si(previous, norm, -2);
    if (status == MC_OK)
      status =
          mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted") : mc_digit_residual_correct(s, b, e);
    mc_digit_residual_upper(norm, s, product);
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
    status = mc_digits_sum_init(&sum, n, n, CHOLESKY_PLANES + 1, -2, s->w, e);
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
 * sym(A^T U). */
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
  mc_status status = mc_digit_from_double(&L, l, n, n, DOUBLE_PLANES, -1, s->w, 0, e);
  for (size_t i = 0; i < n * n; i++)
    l[i] = i % (n + 1) == 0 ? short_guess : 0;
  if (status == MC_OK)
    status = mc_digit_from_double(&shift, l, n, n, CHOLESKY_PLANES, -1, s->w, 0, e);
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
static mc_status best_eigenvalue_lower(arf_t h, const mc_digit_residual *s, double *l, double sigma, double norm,
                                       mc_error *e) {
  double close = sigma - 0x1p-47 * (double)s->B.n * norm;
  mc_status status = MC_OK;
  arf_neg_inf(h);
  if (close > 0.9 * sigma)
    status = eigenvalue_lower(h, s, l, close, e);
  if (status == MC_OK && arf_sgn(h) <= 0)
    status = eigenvalue_lower(h, s, l, 0.9 * sigma, e);
  return status;
}

/* matrix := about B + B^T; returns a bound of the Frobenius norm of the error.  Four planes are read: of their
 * sum only the last two additions are rounded, which is at most 2.1 2^-53 of it; the sum of two such numbers is rounded
 * once more; and the planes after them, if any, are together less than a unit of the fourth. */
static double symmetric_part(double *matrix, const mc_digits *B) {
  const size_t n = B->n;
  const double unit = ldexp(1, -(int)(B->first * B->w));
  mc_digits_get_double_approx(matrix, B);
  double read = mc_plain_mul_upper(0x1p-50 * unit, mc_plain_norm_upper(matrix, n * n));
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j <= i; j++)
      matrix[i * n + j] = matrix[j * n + i] = (matrix[i * n + j] + matrix[j * n + i]) * unit;
  const double unread = B->planes > 4 ? unit * ldexp(1, -4 * B->w) : 0;
  return mc_plain_add_upper(read, mc_plain_mul_upper(2 * (double)n, unread));
}

/* *distance := bound of ||2 sym(A^T U) - V' diag(s) V'^T||_F (T4); infinite where plain doubles do not do. */
static mc_status eigenvalues_approx(double *distance, const mc_digit_residual *s, double *room, mc_error *e) {
  *distance = INFINITY;
  if (!mc_path_has_size(s->B.n, s->B.n))
    return MC_OK;
  double error = symmetric_part(room, &s->B);
  mc_status status = mc_plain_eigen_distance(distance, room, s->svd, e);
  error = mc_plain_add_upper(error, mc_plain_mul_upper(2, mc_ball_mag_upper_double(s->b_error)));
  *distance = mc_plain_add_upper(*distance, error);
  return status == MC_UNDECIDED ? MC_OK : status;
}

/* h := a lower bound of the eigenvalues of sym(A^T U): from the decomposition if that is nearly sharp, otherwise by
 * Cholesky. */
static mc_status bound_eigenvalues(arf_t h, double *distance, const mc_digit_residual *s, double *room, mc_error *e) {
  const size_t n = s->B.n;
  const double smallest = s->svd->s[n - 1];
  mc_status status = eigenvalues_approx(distance, s, room, e);
  if (status == MC_OK && *distance < 0x1p-7 * smallest) {
    arf_set_d(h, (smallest - *distance) * (1 - 0x1p-52));
    arf_mul_2exp_si(h, h, -1);
    return MC_OK;
  }
  return status == MC_OK ? best_eigenvalue_lower(h, s, room, smallest / 2, cblas_dnrm2((int)n, s->svd->s, 1) / 2, e)
                         : status;
}

/* distance := bound of |sigma_i(T) - s_i| for all i: T^T Q is symmetric and positive, has the singular values of T, and
 * is off T^T U by at most ||T|| radius; T = 2 (A + F). */
static void add_distance(double *distance, const mc_digit_residual *s, const mag_t radius) {
  mag_t t, norm;
  mag_init(t);
  mag_init(norm);
  mc_digits_frobenius_upper(norm, &s->a.A);
  mag_add(norm, norm, s->a.error);
  mag_mul(t, norm, radius);
  mag_addmul(t, s->a.error, s->u_norm);
  mag_mul_2exp_si(t, t, 1);
  *distance = mc_plain_add_upper(*distance, mc_ball_mag_upper_double(t));
  mag_clear(t);
  mag_clear(norm);
}

/* norm := bound of ||B||_2, B = (B + B^T) / 2 - K / 2: the eigenvalues of B + B^T are within distance of svd->s. */
static void product_upper(mag_t norm, const mc_digit_residual *s, double distance) {
  mag_t skew;
  mag_init(skew);
  mag_set_d(norm, mc_plain_add_upper(s->svd->s[0], distance));
  mc_digits_frobenius_upper(skew, &s->skew);
  mag_add(norm, norm, skew);
  mag_add(norm, norm, s->skew_error);
  mag_mul_2exp_si(norm, norm, -1);
  mag_clear(skew);
}

/* T1' for A + F = T / 2 from what is known of A: the residual grows by ||F|| (1 + ||U||^2), h falls by ||F|| ||U||. */
static mc_status conclude(mag_t radius, arf_t sigma_low, double *distance, const mc_digit_residual *s, double *room,
                          mc_error *e) {
  mc_certificate c;
  mag_t t;
  arf_t loss;
  mag_init(t);
  arf_init(loss);
  mc_certificate_init(&c);
  mc_status status = bound_eigenvalues(c.h, distance, s, room, e);
  c.square = s->square;
  mag_set(c.u_norm, s->u_norm);
  mag_inf(t);
  if (status == MC_OK && s->square)
    product_upper(t, s, *distance);
  mc_digit_residual_upper(c.residual, s, t);
  mag_mul(t, s->a.error, s->u_norm);
  arf_set_mag(loss, t);
  arf_sub(c.h, c.h, loss, SCALAR_PREC, ARF_RND_FLOOR);
  mag_mul(t, t, s->u_norm);
  mag_add(t, t, s->a.error);
  mag_add(c.residual, c.residual, t);
  if (status == MC_OK && !mc_certificate_conclude(radius, sigma_low, &c))
    status = mc_fail(e, MC_UNDECIDED, "the certificate does not close in digits");
  arf_mul_2exp_si(sigma_low, sigma_low, s->a.scale);
  add_distance(distance, s, radius);
  mc_certificate_clear(&c);
  mag_clear(t);
  arf_clear(loss);
  return status;
}

/* The planes that 2^-bits needs: what is dropped beyond the last one is at most m n pairs of 2^(2 w - 2) units of
 * the next but one, with a contraction of length m. */
static size_t planes_needed(const mc_input *in, slong bits, double sigma, int w) {
  slong length = (slong)FLINT_BIT_COUNT(in->m - 1), loss = -(slong)floor(log2(sigma));
  slong wanted = bits + loss + 2 * length + 4;
  return (size_t)((wanted + w - 1) / w + 1);
}

/* The radius will be about ||R||_F / (2 sigma), or ||R||_F / sigma for tall matrices.  That ||B||_2 is about ||A||_2
 * is proved at the end; where it is not, there may be more corrections by ||B||_F. */
static mc_status run(mc_digit_residual *s, mag_t radius, arf_t sigma_low, double *distance, const mc_input *in,
                     slong bits, double sigma, mc_error *e) {
  mc_polar_buffers b;
  mag_t target, product;
  mag_init(target);
  mag_init(product);
  mag_set_d_lower(target, in->m == in->n ? 1.7 * sigma : 0.85 * sigma);
  mag_mul_2exp_si(target, target, -bits);
  mag_set_d(product, 0.51 * s->svd->s[0]);
  mc_status status = mc_polar_buffers_init(&b, in->m, in->n, e);
  if (status == MC_OK)
    status = mc_digit_residual_start(s, in, b.r, e);
  for (bool again = true; status == MC_OK && again;) {
    status = refine(s, &b, target, product, e);
    again = status == MC_OK && s->square && mag_is_finite(product);
    if (status == MC_OK)
      status = conclude(radius, sigma_low, distance, s, b.k, e);
    if (status == MC_OK && mag_cmp_2exp_si(radius, -bits) > 0)
      status = mc_fail(e, MC_UNDECIDED, "the certificate is too weak");
    again = again && status == MC_UNDECIDED;
    if (again)
      status = MC_OK;
    mag_inf(product);
  }
  mc_polar_buffers_clear(&b);
  mag_clear(target);
  mag_clear(product);
  return status;
}

/* How many corrections double the good bits, or add what doubles have beyond the condition number? */
static int count_corrections(double bits, double wanted, double condition, size_t n) {
  const double gain = fmax(1, fmin(50, 53 - log2(condition)));
  int count = 0;
  for (; bits < wanted; count++)
    bits = fmin(2 * bits + log2((double)n) / 2, bits + gain);
  return count;
}

/* W V^T is good for about 51 bits an entry: two planes of it, or a third one where that saves a correction. */
static size_t start_planes_needed(const mc_input *in, slong bits, double condition, int w) {
  const double wanted = (double)bits - 1 + log2(condition), lost = log2((double)in->n);
  int two = count_corrections(2 * w + 1 - lost, wanted, condition, in->n),
      three = count_corrections(fmin(3 * w, 51) - lost, wanted, condition, in->n);
  return three < two ? 3 : 2;
}

/* What U loses beyond its last plane is about sqrt(m n) of its units, and counts up to ||A|| times in the residual. */
static size_t factor_planes_needed(const mc_input *in, slong bits, double condition, int w) {
  slong wanted = bits + (slong)FLINT_BIT_COUNT(in->m - 1) + (slong)ceil(log2(condition)) + 1;
  return (size_t)((wanted + w - 1) / w);
}

static mc_status certify(arb_mat_t U, mag_t radius, arf_t sigma_low, double *distance, const mc_input *in,
                         const mc_svd *svd, slong bits, int w, size_t more, mc_error *e) {
  const double smallest = svd->s[in->n - 1];
  mc_digit_residual s = {.svd = svd, .w = w};
  s.planes = planes_needed(in, bits, smallest / 2, w) + more;
  s.factor_planes = factor_planes_needed(in, bits, svd->s[0] / smallest, w) + more;
  s.start_planes = start_planes_needed(in, bits, svd->s[0] / smallest, w);
  mc_status status = run(&s, radius, sigma_low, distance, in, bits, smallest / 2, e);
  if (status == MC_OK) {
    mc_digits_get_mat(U, &s.U);
  } else { /* radius, sigma_low and distance belong to a U that nobody gets */
    mag_inf(radius);
    arf_zero(sigma_low);
    *distance = INFINITY;
  }
  mc_digit_residual_clear(&s);
  return status;
}

/* First with digits as wide as random ones may be, where the proof in plain doubles is likely to close; if sums do not
 * fit then, so wide that they always do; and then with a plane more for what many small corrections drop. */
mc_status mc_polar_certify_by_digits(arb_mat_t U, mag_t radius, arf_t sigma_low, double *distance, const mc_input *in,
                                     const mc_svd *svd, slong bits, mc_error *e) {
  const double smallest = svd->s[in->n - 1];
  /* The width depends on the number of planes and the other way round: two passes settle it. */
  const int start = mc_digits_width(in->m, 16), likely = mc_digits_width_likely(in->m);
  const int safe = mc_digits_width(in->m, 2 * planes_needed(in, bits, smallest / 2, start));
  mc_status status = MC_UNDECIDED;
  if (likely > safe && mc_path_has_size(in->n, in->n) && smallest > 0x1p-30 * svd->s[0])
    status = certify(U, radius, sigma_low, distance, in, svd, bits, likely, 0, e);
  for (size_t more = 0; more < 2 && status == MC_UNDECIDED; more++)
    status = certify(U, radius, sigma_low, distance, in, svd, bits, safe, more, e);
  return status;
}
