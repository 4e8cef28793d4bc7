/* Certified polar factor: an untrusted search at increasing precision, then the certificate T1'
 * (docs/certification.md). */
#include "truth.h"

#include <math.h>

#include "certificate.h"
#include "digit_polar.h"
#include "input.h"
#include "path.h"
#include "plain_product.h"
#include "search.h"
#include "singular.h"

enum { MIN_BITS = 16, MAX_BITS = 4096, MAX_PREC = 16384, SCALAR_PREC = 128, DOUBLE_BITS = 46, SIGHT_BITS = 47 };

void mc_truth_polar_init(mc_truth_polar *p) {
  mc_enclosure_init(&p->factor);
  arb_init(p->sigma_min);
  arb_init(p->sigma_max);
  arb_init(p->condition);
  arb_zero_pm_inf(p->sigma_min);
  arb_zero_pm_inf(p->sigma_max);
  arb_zero_pm_inf(p->condition);
  p->precision = 0;
}

void mc_truth_polar_clear(mc_truth_polar *p) {
  mc_enclosure_clear(&p->factor);
  arb_clear(p->sigma_min);
  arb_clear(p->sigma_max);
  arb_clear(p->condition);
}

/* What is known while the certificate is being searched; all of T, the scaled and perhaps transposed A. */
typedef struct {
  mc_input *in;
  const double *a;   /* what it is made from */
  const mc_svd *svd; /* NULL: LAPACK failed */
  arb_mat_t U;
  mag_t radius;
  arf_t sigma_low, sigma_high; /* proved bounds of the smallest singular value */
  double distance;             /* singular values of T are proved to be this close to svd->s */
  slong bits, precision;
  mc_path path;
} attempt;

/* Certify t->U at this precision; true: to the radius asked. */
static bool certify(attempt *t, const arf_t shift, slong prec) {
  mc_certificate c;
  mc_certificate_init(&c);
  mc_certificate_set(&c, t->in->T, t->U, shift, prec);
  bool good = mc_certificate_conclude(t->radius, t->sigma_low, &c) && mag_cmp_2exp_si(t->radius, -t->bits) <= 0;
  t->precision = prec;
  mc_certificate_clear(&c);
  return good;
}

static slong bit_length(size_t x) {
  return (slong)FLINT_BIT_COUNT(x);
}

/* Can doubles tell the smallest singular value from zero?  Up to condition numbers of 2^47 > 1e14. */
static bool in_sight(const attempt *t) {
  return t->svd->s[t->in->n - 1] > ldexp(t->svd->s[0], -SIGHT_BITS);
}

/* By LAPACK's decomposition and refinement: for condition numbers that doubles can see.  The radius is at most
 * ||R||_F / sigma_min, so the residual must be smaller than 2^-bits by sigma_min, and a bit for the proof's own
 * losses. */
static bool by_refinement(attempt *t) {
  double smallest = t->svd->s[t->in->n - 1];
  if (!in_sight(t))
    return false;
  slong loss = -(slong)floor(log2(smallest));
  slong prec = t->bits + loss + 2 * bit_length(t->in->m) + 24;
  mag_t target;
  arf_t shift;
  mag_init(target);
  arf_init(shift);
  mag_set_ui_2exp_si(target, 1, -t->bits - loss - 2);
  arf_set_d(shift, 0.9 * smallest);
  bool good = mc_polar_refine_approx(t->U, t->in, t->svd, target, prec) && certify(t, shift, prec);
  mag_clear(target);
  arf_clear(shift);
  return good;
}

/* high := ||T v|| / ||v|| rounded up, which no v puts below the smallest singular value. */
static void rayleigh_upper(arf_t high, const arb_mat_t T, const arb_mat_t v, slong prec) {
  arb_mat_t Tv;
  arb_t quotient, norm;
  arb_mat_init(Tv, arb_mat_nrows(T), 1);
  arb_init(quotient);
  arb_init(norm);
  arb_mat_mul(Tv, T, v, prec);
  arb_mat_frobenius_norm(quotient, Tv, prec);
  arb_mat_frobenius_norm(norm, v, prec);
  arb_div(quotient, quotient, norm, prec);
  arb_get_ubound_arf(high, quotient, SCALAR_PREC);
  if (arf_is_nan(high))
    arf_pos_inf(high);
  arb_mat_clear(Tv);
  arb_clear(quotient);
  arb_clear(norm);
}

/* Three steps of inverse iteration towards the last right singular vector, from the vector of ones. */
static void bound_sigma_above(attempt *t, const arb_mat_t inverse, slong prec) {
  arb_mat_t v;
  arb_mat_init(v, arb_mat_nrows(inverse), 1);
  arb_mat_ones(v);
  for (int step = 0; step < 3; step++)
    arb_mat_approx_mul(v, inverse, v, prec);
  arb_mat_get_mid(v, v);
  rayleigh_upper(t->sigma_high, t->in->T, v, prec);
  arb_mat_clear(v);
}

/* shift := a guess below the smallest eigenvalue of sym(T^T U): 0.9 / ||(T^T U)^-1||_F.  false: singular to this
 * precision. */
static bool guess_shift(arf_t shift, attempt *t, slong prec) {
  arb_mat_t transposed, B;
  mag_t norm;
  slong n = (slong)t->in->n;
  arb_mat_init(transposed, n, (slong)t->in->m);
  arb_mat_init(B, n, n);
  mag_init(norm);
  arb_mat_transpose(transposed, t->in->T);
  arb_mat_approx_mul(B, transposed, t->U, prec);
  bool good = arb_mat_approx_inv(B, B, prec) != 0;
  mc_ball_mat_frobenius_upper(norm, B);
  good = good && mag_is_finite(norm) && !mag_is_zero(norm);
  if (good) {
    bound_sigma_above(t, B, prec);
    arf_set_mag(shift, norm);
    arf_ui_div(shift, 9, shift, SCALAR_PREC, ARF_RND_DOWN);
    arf_div_ui(shift, shift, 10, SCALAR_PREC, ARF_RND_DOWN);
  }
  arb_mat_clear(transposed);
  arb_mat_clear(B);
  mag_clear(norm);
  return good;
}

/* By Newton's iteration, the precision doubled until the certificate closes. */
static bool by_newton(attempt *t) {
  bool good = false;
  arf_t shift;
  arf_init(shift);
  for (slong prec = 2 * t->bits + 128; prec <= MAX_PREC && !good && !mc_interrupt_requested(); prec *= 2)
    good = mc_polar_newton_approx(t->U, t->in->T, prec) && guess_shift(shift, t, prec) && certify(t, shift, prec);
  arf_clear(shift);
  return good;
}

/* The rank of T modulo a prime of 62 bits: at most the true rank, and equal to it unless the prime divides certain
 * minors. */
static slong rank_modulo_prime(const arb_mat_t T) {
  nmod_mat_t M;
  fmpz_t mantissa, exponent;
  mp_limb_t prime = n_nextprime(UWORD(1) << 61, 0);
  slong m = arb_mat_nrows(T), n = arb_mat_ncols(T);
  nmod_mat_init(M, m, n, prime);
  fmpz_init(mantissa);
  fmpz_init(exponent);
  for (slong i = 0; i < m; i++)
    for (slong j = 0; j < n; j++) {
      arf_get_fmpz_2exp(mantissa, exponent, arb_midref(arb_mat_entry(T, i, j)));
      mp_limb_t power = n_powmod2(2, fmpz_get_si(exponent), prime);
      nmod_mat_entry(M, i, j) = n_mulmod2(fmpz_fdiv_ui(mantissa, prime), power, prime);
    }
  slong rank = nmod_mat_rank(M);
  nmod_mat_clear(M);
  fmpz_clear(mantissa);
  fmpz_clear(exponent);
  return rank;
}

/* Doubles must see the smallest singular value, and products of very many planes are dearer than Arb's. */
static bool digits_apply(const attempt *t) {
  enum { MAX_DIGIT_BITS = 1024 };
  return t->path != MC_PATH_BALLS && t->svd != NULL && t->bits <= MAX_DIGIT_BITS && in_sight(t);
}

static mc_status by_digits(attempt *t, mc_error *e) {
  t->precision = t->bits;
  return mc_polar_certify_by_digits(t->U, t->radius, t->sigma_low, &t->distance, t->in, t->svd, t->bits, e);
}

static mc_status by_balls(attempt *t, mc_error *e) {
  if (t->svd != NULL && by_refinement(t))
    return MC_OK;
  slong rank = t->in->zero ? 0 : rank_modulo_prime(t->in->T);
  if (rank < (slong)t->in->n)
    return mc_fail(e, MC_UNDECIDED, "the matrix appears to be rank-deficient: rank %ld of %zu modulo a 62-bit prime",
                   rank, t->in->n);
  if (by_newton(t))
    return MC_OK;
  if (mc_interrupt_requested())
    return mc_fail(e, MC_INTERRUPTED, "interrupted");
  return mc_fail(e, MC_UNDECIDED, "no certificate closed with up to %d bits: the matrix is too ill-conditioned",
                 MAX_PREC);
}

/* Where digits do not do, balls may; where the BLAS lies, nothing is said. */
static mc_status search(attempt *t, mc_error *e) {
  mc_status status =
      digits_apply(t) ? by_digits(t, e) : mc_fail(e, MC_UNDECIDED, "the matrix is beyond digit arithmetic");
  if (status != MC_UNDECIDED || t->path == MC_PATH_DIGITS)
    return status;
  mc_input_complete(t->in, t->a);
  return by_balls(t, e);
}

/* x := x met with [low, high]; MC_INTERNAL if they do not meet. */
static mc_status narrow(arb_t x, const arf_t low, const arf_t high, mc_error *e) {
  arf_t lo, hi;
  mc_status status = MC_OK;
  arf_init(lo);
  arf_init(hi);
  arb_get_interval_arf(lo, hi, x, SCALAR_PREC);
  arf_max(lo, lo, low);
  arf_min(hi, hi, high);
  if (arf_cmp(lo, hi) > 0)
    status = mc_fail(e, MC_INTERNAL, "two proofs about the smallest singular value contradict each other");
  else
    arb_set_interval_arf(x, lo, hi, SCALAR_PREC);
  arf_clear(lo);
  arf_clear(hi);
  return status;
}

/* condition := sigma_max / sigma_min from the ends of both, so that the quotient is as tight as they allow. */
static void set_condition(mc_truth_polar *p) {
  arf_t a, b, lo, hi;
  arf_init(a);
  arf_init(b);
  arf_init(lo);
  arf_init(hi);
  arb_get_interval_arf(a, b, p->sigma_max, SCALAR_PREC);
  arb_get_interval_arf(lo, hi, p->sigma_min, SCALAR_PREC);
  if (arf_sgn(lo) > 0 && arf_is_finite(b)) {
    arf_div(a, a, hi, SCALAR_PREC, ARF_RND_FLOOR);
    arf_div(b, b, lo, SCALAR_PREC, ARF_RND_CEIL);
    arb_set_interval_arf(p->condition, a, b, SCALAR_PREC);
  }
  arf_clear(a);
  arf_clear(b);
  arf_clear(lo);
  arf_clear(hi);
}

/* x := y within radius. */
static void set_near(arb_t x, double y, double radius) {
  mag_t r;
  mag_init(r);
  mag_set_d(r, radius);
  arb_set_d(x, y);
  mc_ball_add_error_nonnegative(x, r, SCALAR_PREC);
  mag_clear(r);
}

/* Singular values into p from the decomposition and how far that is off. */
static void set_sigma_near(mc_truth_polar *p, const mc_svd *svd, const mc_input *in, double distance) {
  set_near(p->sigma_max, svd->s[0], distance);
  set_near(p->sigma_min, svd->s[in->n - 1], distance);
  arb_mul_2exp_si(p->sigma_max, p->sigma_max, in->scale);
  arb_mul_2exp_si(p->sigma_min, p->sigma_min, in->scale);
}

/* sigma_high := what the last computed right singular vector shows, unless out of memory. */
static void bound_sigma_by_vector(attempt *t) {
  const size_t n = t->in->n;
  double *v = mc_alloc(n, sizeof *v);
  for (size_t i = 0; i < n && v != NULL; i++)
    v[i] = t->svd->v[i * n + n - 1];
  if (v != NULL)
    arf_set_d(t->sigma_high, mc_plain_stretch_upper(t->in, v));
  mc_free(v);
}

/* Singular values into p; *svd stays empty when LAPACK fails. */
static mc_status set_sigma(mc_truth_polar *p, mc_svd *svd, mc_input *in, const double *a, mc_path path, mc_error *e) {
  arb_ptr sigma = _arb_vec_init((slong)in->n);
  mc_input_complete(in, a);
  mc_status status = mc_singular_enclose_input(sigma, svd, in, DOUBLE_BITS, path, e);
  arb_set(p->sigma_max, &sigma[0]);
  arb_set(p->sigma_min, &sigma[in->n - 1]);
  _arb_vec_clear(sigma, (slong)in->n);
  return status;
}

/* Hand the certified U over, transposed back; its own rounding is in the certificate, since U is what was certified. */
static void set_factor(mc_truth_polar *p, attempt *t) {
  slong m = (slong)t->in->m, n = (slong)t->in->n;
  arb_mat_clear(p->factor.value);
  if (t->in->transposed) {
    arb_mat_init(p->factor.value, n, m);
    arb_mat_transpose(p->factor.value, t->U);
  } else {
    arb_mat_init(p->factor.value, m, n);
    arb_mat_swap(p->factor.value, t->U);
  }
  mag_set(p->factor.radius, t->radius);
  p->precision = t->precision;
}

/* The singular values beside a certified factor: from its own proof, where that tells. */
static mc_status certify_input(mc_truth_polar *p, mc_input *in, const double *a, slong bits, mc_path path,
                               mc_error *e) {
  mc_svd svd = {0};
  const bool plain = path != MC_PATH_BALLS && mc_path_has_size(in->m, in->n);
  mc_status status = plain ? mc_svd_approx(&svd, in->t, in->m, in->n, e) : set_sigma(p, &svd, in, a, path, e);
  if (status != MC_OK && status != MC_UNDECIDED) {
    mc_svd_clear(&svd);
    return status;
  }
  attempt t = {.in = in, .a = a, .svd = svd.s != NULL ? &svd : NULL, .bits = bits, .path = path, .distance = INFINITY};
  arb_mat_init(t.U, (slong)in->m, (slong)in->n);
  mag_init(t.radius);
  mag_inf(t.radius);
  arf_init(t.sigma_low);
  arf_init(t.sigma_high);
  arf_pos_inf(t.sigma_high);
  status = search(&t, e);
  if (plain && status == MC_OK && isfinite(t.distance)) {
    set_sigma_near(p, &svd, in, t.distance);
    bound_sigma_by_vector(&t);
  } else if (plain) {
    mc_svd_clear(&svd);
    mc_error why = {0};
    mc_status found = set_sigma(p, &svd, in, a, path, &why);
    if (found != MC_OK && found != MC_UNDECIDED) /* a BLAS that lies is not believed in another place */
      status = mc_fail(e, found, "%s", why.text);
  }
  if (status == MC_OK) {
    arf_mul_2exp_si(t.sigma_low, t.sigma_low, in->scale);
    arf_mul_2exp_si(t.sigma_high, t.sigma_high, in->scale);
    status = narrow(p->sigma_min, t.sigma_low, t.sigma_high, e);
  }
  if (status == MC_OK)
    set_factor(p, &t);
  set_condition(p);
  arb_mat_clear(t.U);
  mag_clear(t.radius);
  arf_clear(t.sigma_low);
  arf_clear(t.sigma_high);
  mc_svd_clear(&svd);
  return status;
}

/* By one decomposition in plain doubles (T4); MC_UNDECIDED: that is not sharp enough. */
static mc_status by_plain_doubles(mc_truth_polar *p, const double *a, size_t m, size_t n, slong bits, mc_error *e) {
  const size_t k = m < n ? m : n;
  mc_truth_plain *plain;
  double *u = mc_alloc(m * n, sizeof *u), *s = mc_alloc(k, sizeof *s), radius;
  mc_status status = u != NULL && s != NULL ? mc_truth_plain_new(&plain, a, m, n, e)
                                            : mc_fail(e, MC_NO_MEMORY, "no memory for a polar factor");
  if (status == MC_OK) {
    status = mc_truth_plain_polar_certify(u, &radius, plain, e);
    if (status == MC_OK && !(radius <= ldexp(1, -(int)bits)))
      status = mc_fail(e, MC_UNDECIDED, "plain doubles are not sharp enough");
    if (status == MC_OK) {
      arb_mat_clear(p->factor.value);
      arb_mat_init(p->factor.value, (slong)m, (slong)n);
      mc_ball_mat_set_double(p->factor.value, u);
      mag_set_d(p->factor.radius, radius);
      mc_truth_plain_sv_enclose(s, &radius, plain);
      set_near(p->sigma_max, s[0], radius);
      set_near(p->sigma_min, s[k - 1], radius);
      set_condition(p);
      p->precision = 53;
    }
    mc_truth_plain_free(plain);
  }
  mc_free(u);
  mc_free(s);
  return status;
}

mc_status mc_truth_polar_certify(mc_truth_polar *p, const double *a, size_t m, size_t n, slong bits, mc_error *e) {
  return mc_polar_certify_by(p, a, m, n, bits, MC_PATH_ANY, e);
}

mc_status mc_polar_certify_by(mc_truth_polar *p, const double *a, size_t m, size_t n, slong bits, mc_path path,
                              mc_error *e) {
  mc_input in = {0};
  mc_truth_polar_clear(p);
  mc_truth_polar_init(p);
  if (bits < MIN_BITS || bits > MAX_BITS)
    return mc_fail(e, MC_BAD_INPUT, "%ld bits asked; %d to %d are possible", bits, MIN_BITS, MAX_BITS);
  mc_status status = mc_input_check(a, m, n, e);
  if (status == MC_OK && mc_path_tries_plain(path, m, n, bits) &&
      (status = by_plain_doubles(p, a, m, n, bits, e)) != MC_UNDECIDED)
    return status;
  if (status == MC_OK || status == MC_UNDECIDED)
    status = mc_input_set_plain(&in, a, m, n, e);
  if (status == MC_OK)
    status = mc_input_require(m, n, 16, 2 * bits + 128, e);
  if (status == MC_OK)
    status = certify_input(p, &in, a, bits, path, e);
  mc_input_clear(&in);
  return status;
}
