/* The exact Newton–Schulz image, enclosed by one pass in midpoint arithmetic and the Lipschitz recursion of theorem
 * T2 (docs/certification.md): an odd polynomial f with |f'| <= L on [0, s] moves two matrices of spectral norm at
 * most s no further apart than L times their Frobenius distance.  Radii of balls are trimmed after every step and
 * never propagate through a product. */
#include "truth.h"

#include "input.h"

enum { MIN_BITS = 16, MAX_BITS = 4096, MAX_PREC = 32768 };

/* divisor := safety ||A||_F + eps, or max(safety ||A||_F, eps), for A = 2^scale T. */
static void set_divisor(arb_t divisor, const mc_input *in, const mc_normalisation *norm, slong prec) {
  arb_t t;
  arb_init(t);
  arb_mat_frobenius_norm(divisor, in->T, prec);
  arb_mul_2exp_si(divisor, divisor, in->scale);
  arb_set_fmpq(t, norm->safety, prec);
  arb_mul(divisor, divisor, t, prec);
  arb_set_fmpq(t, norm->eps, prec);
  if (norm->kind == MC_NORM_FROBENIUS_ADD)
    arb_add(divisor, divisor, t, prec);
  else
    arb_max(divisor, divisor, t, prec);
  arb_clear(t);
}

/* The iterate: truth within `radius` of X, both of spectral norm at most `bound`. */
typedef struct {
  arb_mat_t X;
  mag_t radius, bound;
} iterate;

static void iterate_init(iterate *x, const mc_input *in) {
  arb_mat_init(x->X, (slong)in->m, (slong)in->n);
  mag_init(x->radius);
  mag_init(x->bound);
}

static void iterate_clear(iterate *x) {
  arb_mat_clear(x->X);
  mag_clear(x->radius);
  mag_clear(x->bound);
}

/* X_0. */
static mc_status normalise(iterate *x, const mc_input *in, const mc_normalisation *norm, slong prec, mc_error *e) {
  arb_mat_scalar_mul_2exp_si(x->X, in->T, in->scale);
  if (norm->kind != MC_NORM_NONE) {
    arb_t divisor;
    arb_init(divisor);
    set_divisor(divisor, in, norm, prec);
    bool positive = arb_is_positive(divisor) != 0;
    if (positive)
      arb_mat_scalar_div_arb(x->X, x->X, divisor, prec);
    arb_clear(divisor);
    if (!positive)
      return mc_fail(e, MC_UNDECIDED, "the zero matrix cannot be normalised without eps");
  }
  mc_ball_mat_spectral_upper(x->bound, x->X);
  mc_ball_mat_trim(x->radius, x->X);
  return MC_OK;
}

/* Y := X q(X^T X), q(t) = c_0 + c_1 t + …, Horner in balls. */
static void apply_step(arb_mat_t Y, const arb_mat_t X, const mc_schedule_step *step, slong prec) {
  arb_mat_t transposed, gram, q;
  arb_t c;
  slong m = arb_mat_nrows(X), n = arb_mat_ncols(X);
  arb_mat_init(transposed, n, m);
  arb_mat_init(gram, n, n);
  arb_mat_init(q, n, n);
  arb_init(c);
  arb_mat_transpose(transposed, X);
  arb_mat_mul(gram, transposed, X, prec);
  for (slong j = step->terms - 1; j >= 0; j--) {
    if (j == step->terms - 2)
      arb_mat_scalar_mul_arb(q, gram, c, prec); /* the leading coefficient, still a scalar, times the Gram matrix */
    else if (j < step->terms - 2)
      arb_mat_mul(q, q, gram, prec);
    arb_set_fmpq(c, &step->c[j], prec);
    if (j < step->terms - 1)
      for (slong i = 0; i < n; i++)
        arb_add(arb_mat_entry(q, i, i), arb_mat_entry(q, i, i), c, prec);
  }
  if (step->terms == 1)
    arb_mat_scalar_mul_arb(Y, X, c, prec);
  else
    arb_mat_mul(Y, X, q, prec);
  arb_mat_clear(transposed);
  arb_mat_clear(gram);
  arb_mat_clear(q);
  arb_clear(c);
}

/* bound := max |f| and slope := max |f'| on [0, bound] for the polynomial of a step. */
static bool scalar_bounds(mag_t image, mag_t slope, const mc_schedule_step *step, const mag_t bound) {
  slong length = 2 * step->terms;
  fmpq *p = mc_alloc((size_t)length, sizeof *p);
  if (p == NULL)
    return false;
  for (slong j = 0; j < length; j++)
    fmpq_init(&p[j]);
  for (slong j = 0; j < step->terms; j++)
    fmpq_set(&p[2 * j + 1], &step->c[j]);
  mc_ball_poly_max_upper(image, slope, p, length, bound);
  for (slong j = 0; j < length; j++)
    fmpq_clear(&p[j]);
  mc_free(p);
  return true;
}

/* One step of the recursion: radius <- L radius + local, bound <- max |f| + local. */
static mc_status advance(iterate *x, const mc_schedule_step *step, slong prec, mc_error *e) {
  arb_mat_t Y;
  mag_t slope, local;
  mag_init(slope);
  mag_init(local);
  bool good = scalar_bounds(x->bound, slope, step, x->bound);
  if (good) {
    arb_mat_init(Y, arb_mat_nrows(x->X), arb_mat_ncols(x->X));
    apply_step(Y, x->X, step, prec);
    mc_ball_mat_trim(local, Y);
    arb_mat_swap(x->X, Y);
    arb_mat_clear(Y);
    mag_mul(x->radius, x->radius, slope);
    mag_add(x->radius, x->radius, local);
    mag_add(x->bound, x->bound, local);
  }
  mag_clear(slope);
  mag_clear(local);
  return good ? MC_OK : mc_fail(e, MC_NO_MEMORY, "no memory for a polynomial");
}

static mc_status run(iterate *x, const mc_input *in, const mc_schedule *schedule, const mc_normalisation *norm,
                     slong prec, mc_error *e) {
  mc_status status = normalise(x, in, norm, prec, e);
  for (size_t k = 0; k < schedule->count && status == MC_OK; k++)
    status =
        mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted") : advance(x, &schedule->steps[k], prec, e);
  return status;
}

/* How many more bits of precision the radius wants: at least 1; a large number when it is infinite. */
static slong deficit(const mag_t radius, slong bits) {
  if (mag_is_inf(radius))
    return MAX_PREC;
  const fmpz *exponent = MAG_EXPREF(radius);
  return fmpz_cmp_si(exponent, MAX_PREC) > 0 ? MAX_PREC : fmpz_get_si(exponent) + bits + 1;
}

static void set_enclosure(mc_enclosure *y, const iterate *x, const mc_input *in) {
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

/* Raise the precision by what was missing until the radius is small enough. */
static mc_status enclose(mc_enclosure *y, const mc_input *in, const mc_schedule *schedule, const mc_normalisation *norm,
                         slong bits, mc_error *e) {
  iterate x;
  mc_status status = MC_OK;
  slong prec = bits + 32 + 2 * (slong)FLINT_BIT_COUNT(in->m) + 2 * (slong)schedule->count;
  bool good = false;
  iterate_init(&x, in);
  while (status == MC_OK && !good) {
    status = run(&x, in, schedule, norm, prec, e);
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

mc_status mc_truth_ns_enclose(mc_enclosure *y, const double *a, size_t m, size_t n, const mc_schedule *schedule,
                              const mc_normalisation *norm, slong bits, mc_error *e) {
  mc_input in;
  mc_enclosure_clear(y);
  mc_enclosure_init(y);
  if (bits < MIN_BITS || bits > MAX_BITS)
    return mc_fail(e, MC_BAD_INPUT, "%ld bits asked; %d to %d are possible", bits, MIN_BITS, MAX_BITS);
  if (fmpq_sgn(norm->eps) < 0 || fmpq_sgn(norm->safety) <= 0)
    return mc_fail(e, MC_BAD_INPUT, "eps must not be negative, and the safety factor must be positive");
  mc_status status = mc_input_set_double(&in, a, m, n, 8, 2 * bits + 128, e);
  if (status != MC_OK)
    return status;
  status = enclose(y, &in, schedule, norm, bits, e);
  mc_input_clear(&in);
  return status;
}

mc_status mc_truth_normalised_enclose(mc_enclosure *x, const double *a, size_t m, size_t n,
                                      const mc_normalisation *norm, slong bits, mc_error *e) {
  mc_schedule none;
  mc_schedule_init(&none);
  return mc_truth_ns_enclose(x, a, m, n, &none, norm, bits, e);
}
