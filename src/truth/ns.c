/* The exact Newton–Schulz image, enclosed by one pass at sufficient precision and the Lipschitz recursion of theorem
 * T2 (docs/certification.md): an odd polynomial f with |f'| <= L on [0, s] moves two matrices of spectral norm at
 * most s no further apart than L times their Frobenius distance. */
#include "ns.h"

#include <math.h>

#include "path.h"

enum { MIN_BITS = 16, MAX_BITS = 4096, MAX_PREC = 32768, MAX_DIGIT_PREC = 1024 };

mc_status mc_ns_divisor(arb_t divisor, const arb_t frobenius, const mc_normalisation *norm, slong prec, mc_error *e) {
  arb_t t;
  arb_init(t);
  arb_set_fmpq(t, norm->safety, prec);
  arb_mul(divisor, frobenius, t, prec);
  arb_set_fmpq(t, norm->eps, prec);
  if (norm->kind == MC_NORM_NONE)
    arb_one(divisor);
  else if (norm->kind == MC_NORM_FROBENIUS_ADD)
    arb_add(divisor, divisor, t, prec);
  else
    arb_max(divisor, divisor, t, prec);
  arb_clear(t);
  return arb_is_positive(divisor) ? MC_OK
                                  : mc_fail(e, MC_UNDECIDED, "the zero matrix cannot be normalised without eps");
}

mc_status mc_ns_divisor_of(arb_t divisor, const mc_input *in, const mc_normalisation *norm, slong prec, mc_error *e) {
  arb_mat_frobenius_norm(divisor, in->T, prec);
  arb_mul_2exp_si(divisor, divisor, in->scale);
  return mc_ns_divisor(divisor, divisor, norm, prec, e);
}

mc_status mc_ns_advance_bounds(mag_t radius, mag_t bound, const mc_schedule_step *step, mc_error *e) {
  slong length = 2 * step->terms;
  mag_t slope;
  fmpq *p = mc_alloc((size_t)length, sizeof *p);
  if (p == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a polynomial");
  mag_init(slope);
  for (slong j = 0; j < length; j++)
    fmpq_init(&p[j]);
  for (slong j = 0; j < step->terms; j++)
    fmpq_set(&p[2 * j + 1], &step->c[j]);
  mc_ball_poly_max_upper(bound, slope, p, length, bound);
  mag_mul(radius, radius, slope);
  for (slong j = 0; j < length; j++)
    fmpq_clear(&p[j]);
  mc_free(p);
  mag_clear(slope);
  return MC_OK;
}

static void iterate_init(mc_iterate *x, const mc_input *in) {
  arb_mat_init(x->X, (slong)in->m, (slong)in->n);
  mag_init(x->radius);
  mag_init(x->bound);
}

static void iterate_clear(mc_iterate *x) {
  arb_mat_clear(x->X);
  mag_clear(x->radius);
  mag_clear(x->bound);
}

/* How many more bits of precision the radius wants: at least 1; a large number when it is infinite. */
static slong deficit(const mag_t radius, slong bits) {
  if (mag_is_inf(radius))
    return MAX_PREC;
  const fmpz *exponent = MAG_EXPREF(radius);
  return fmpz_cmp_si(exponent, MAX_PREC) > 0 ? MAX_PREC : fmpz_get_si(exponent) + bits + 1;
}

static void set_enclosure(mc_enclosure *y, const mc_iterate *x, const mc_input *in) {
  slong m = (slong)in->m, n = (slong)in->n;
  arb_mat_clear(y->value);
  if (in->transposed) {
    arb_mat_init(y->value, n, m);
    arb_mat_transpose(y->value, x->X);
  } else {
    arb_mat_init(y->value, m, n);
    arb_mat_set(y->value, x->X);
  }
  mag_set(y->radius, x->radius);
}

/* One pass: digits where they do (*path says whether), else balls. */
static mc_status run(mc_iterate *x, mc_path *path, const mc_input *in, const mc_schedule *schedule,
                     const mc_normalisation *norm, slong prec, mc_error *e) {
  if (*path != MC_PATH_BALLS && prec <= MAX_DIGIT_PREC) {
    mc_status status = mc_ns_run_by_digits(x, in, schedule, norm, prec, e);
    if (status != MC_UNDECIDED || *path == MC_PATH_DIGITS)
      return status;
    *path = MC_PATH_BALLS;
  }
  return mc_ns_run_by_balls(x, in, schedule, norm, prec, e);
}

/* Raise the precision by what was missing until the radius is small enough. */
static mc_status enclose(mc_enclosure *y, const mc_input *in, const mc_schedule *schedule, const mc_normalisation *norm,
                         slong bits, mc_path path, mc_error *e) {
  mc_iterate x;
  mc_status status = MC_OK;
  slong prec = bits + 4 + 2 * (slong)FLINT_BIT_COUNT(in->m) + 2 * (slong)schedule->count;
  bool good = false;
  iterate_init(&x, in);
  while (status == MC_OK && !good) {
    status = run(&x, &path, in, schedule, norm, prec, e);
    good = mag_cmp_2exp_si(x.radius, -bits) <= 0;
    if (status == MC_OK && !good)
      prec += deficit(x.radius, bits) + 8;
    if (status == MC_OK && !good && prec > MAX_PREC)
      status = mc_fail(e, MC_UNDECIDED, "the iteration grows too fast to be enclosed with %d bits", MAX_PREC);
  }
  if (status == MC_OK)
    set_enclosure(y, &x, in);
  iterate_clear(&x);
  return status;
}

/* By one decomposition in plain doubles (T4); MC_UNDECIDED: that is not sharp enough. */
static mc_status by_plain_doubles(mc_enclosure *y, const double *a, size_t m, size_t n, const mc_schedule *schedule,
                                  const mc_normalisation *norm, slong bits, mc_error *e) {
  mc_truth_plain *plain;
  double *image = mc_alloc(m * n, sizeof *image), radius;
  mc_status status =
      image != NULL ? mc_truth_plain_new(&plain, a, m, n, e) : mc_fail(e, MC_NO_MEMORY, "no memory for an image");
  if (status == MC_OK) {
    status = mc_truth_plain_ns_enclose(image, &radius, plain, schedule, norm, e);
    mc_truth_plain_free(plain);
    if (status == MC_OK && !(radius <= ldexp(1, -(int)bits)))
      status = mc_fail(e, MC_UNDECIDED, "plain doubles are not sharp enough");
  }
  if (status == MC_OK) {
    arb_mat_clear(y->value);
    arb_mat_init(y->value, (slong)m, (slong)n);
    mc_ball_mat_set_double(y->value, image);
    mag_set_d(y->radius, radius);
  }
  mc_free(image);
  return status;
}

mc_status mc_truth_ns_enclose(mc_enclosure *y, const double *a, size_t m, size_t n, const mc_schedule *schedule,
                              const mc_normalisation *norm, slong bits, mc_error *e) {
  return mc_ns_enclose_by(y, a, m, n, schedule, norm, bits, MC_PATH_ANY, e);
}

mc_status mc_ns_enclose_by(mc_enclosure *y, const double *a, size_t m, size_t n, const mc_schedule *schedule,
                           const mc_normalisation *norm, slong bits, mc_path path, mc_error *e) {
  mc_input in;
  mc_enclosure_clear(y);
  mc_enclosure_init(y);
  if (bits < MIN_BITS || bits > MAX_BITS)
    return mc_fail(e, MC_BAD_INPUT, "%ld bits asked; %d to %d are possible", bits, MIN_BITS, MAX_BITS);
  if (fmpq_sgn(norm->eps) < 0 || fmpq_sgn(norm->safety) <= 0)
    return mc_fail(e, MC_BAD_INPUT, "eps must not be negative, and the safety factor must be positive");
  mc_status status = mc_input_check(a, m, n, e);
  if (status == MC_OK && mc_path_tries_plain(path, m, n, bits) &&
      (status = by_plain_doubles(y, a, m, n, schedule, norm, bits, e)) != MC_UNDECIDED)
    return status;
  status = mc_input_set_double(&in, a, m, n, 8, 2 * bits + 128, e);
  if (status != MC_OK)
    return status;
  status = enclose(y, &in, schedule, norm, bits, path, e);
  mc_input_clear(&in);
  return status;
}

mc_status mc_truth_normalised_enclose(mc_enclosure *x, const double *a, size_t m, size_t n,
                                      const mc_normalisation *norm, slong bits, mc_error *e) {
  mc_schedule none;
  mc_schedule_init(&none);
  return mc_truth_ns_enclose(x, a, m, n, &none, norm, bits, e);
}
