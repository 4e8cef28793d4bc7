/* The Newton–Schulz iteration in digit arithmetic.  Each step's own error, from digits that were dropped and from
 * constants that are not their digits, is bounded as it goes (docs/certification.md). */
#include "digit.h"
#include "ns.h"

/* All positions from FIRST on: entries of up to 2^w have room. */
enum { FIRST = -1 };

typedef struct {
  const mc_input *in;
  mc_digits X;
  size_t planes; /* positions FIRST … FIRST + planes - 1 */
  int w;
  slong prec;
} state;

/* x (not initialised) := c in n equal entries, 1 by n; |c - digits| <= error.  MC_UNDECIDED: c does not fit. */
static mc_status constant(mc_digits *x, mag_t error, const arb_t c, const state *s, size_t n, mc_error *e) {
  fmpz_t integer, digit, base, half;
  arb_t difference;
  mc_status status = mc_digits_init(x, 1, n, s->planes, FIRST, s->w, e);
  if (status != MC_OK)
    return status;
  slong scale = s->w * ((slong)s->planes + FIRST);
  fmpz_init(integer);
  fmpz_init(digit);
  fmpz_init(base);
  fmpz_init(half);
  arb_init(difference);
  arb_mul_2exp_si(difference, c, scale);
  arf_get_fmpz(integer, arb_midref(difference), ARF_RND_NEAR);
  arb_sub_fmpz(difference, difference, integer, s->prec + 64);
  arb_get_mag(error, difference);
  mag_mul_2exp_si(error, error, -scale);
  fmpz_one(base);
  fmpz_mul_2exp(base, base, (ulong)s->w);
  fmpz_tdiv_q_2exp(half, base, 1);
  for (size_t p = s->planes; p-- > 0;) {
    fmpz_set(digit, integer);
    if (p > 0) {
      fmpz_add(integer, integer, half);
      fmpz_fdiv_q_2exp(integer, integer, (ulong)s->w);
      fmpz_submul(digit, integer, base);
    }
    for (size_t j = 0; j < n; j++)
      x->d[p * n + j] = fmpz_get_d(digit);
  }
  if (fmpz_cmpabs(digit, base) > 0)
    status = mc_fail(e, MC_UNDECIDED, "a coefficient does not fit its digits");
  fmpz_clear(integer);
  fmpz_clear(digit);
  fmpz_clear(base);
  fmpz_clear(half);
  arb_clear(difference);
  if (status == MC_OK)
    mc_digits_trim(x);
  else
    mc_digits_clear(x);
  return status;
}

static mc_status constant_fmpq(mc_digits *x, mag_t error, const fmpq_t c, const state *s, size_t n, mc_error *e) {
  arb_t t;
  arb_init(t);
  arb_set_fmpq(t, c, s->prec + 64);
  mc_status status = constant(x, error, t, s, n, e);
  arb_clear(t);
  return status;
}

static mc_status sum_init(mc_digits_sum *sum, const state *s, size_t m, mc_error *e) {
  return mc_digits_sum_init(sum, m, s->in->n, s->planes, FIRST, s->w, e);
}

/* X := A0 (2^(all scales) / divisor); radius and bound along with it. */
static mc_status normalise(state *s, mc_iterate *x, const mc_normalisation *norm, mc_error *e) {
  mc_digit_input a = {0};
  mc_digits factor = {0};
  mc_digits_sum sum = {0};
  arb_t c;
  mag_t c_error, t;
  arb_init(c);
  mag_init(c_error);
  mag_init(t);
  mc_status status = mc_digit_input_init(&a, s->in, mc_digit_norm_scale(s->in), s->planes, s->w, e);
  if (status == MC_OK)
    status = mc_ns_divisor_of(c, s->in, norm, s->prec + 64, e);
  if (status == MC_OK) {
    arb_inv(c, c, s->prec + 64);
    arb_mul_2exp_si(c, c, s->in->scale + a.scale);
    status = constant(&factor, c_error, c, s, s->in->n, e);
  }
  if (status == MC_OK)
    status = sum_init(&sum, s, s->in->m, e);
  if (status == MC_OK)
    status = mc_digits_sum_addscaled(&sum, 1, &a.A, &factor, e);
  status = mc_digit_finish(&s->X, x->radius, &sum, status, e);
  if (status == MC_OK) {
    /* dropped + |c - factor| ||A0|| + |c| ||A0 - digits||, and ||X||_2 <= |c| ||T 2^-scale||_2 + radius */
    mc_digits_frobenius_upper(t, &a.A);
    mag_addmul(x->radius, c_error, t);
    arb_get_mag(t, c);
    mag_addmul(x->radius, t, a.error);
    mc_ball_mat_spectral_upper(x->bound, s->in->T);
    mag_mul_2exp_si(x->bound, x->bound, -a.scale);
    mag_mul(x->bound, x->bound, t);
    mag_add(x->bound, x->bound, x->radius);
  }
  mc_digit_input_clear(&a);
  mc_digits_clear(&factor);
  arb_clear(c);
  mag_clear(c_error);
  mag_clear(t);
  return status;
}

/* Horner in the Gram matrix: q is within `error` of c_j + c_(j+1) G + … for the exact Gram matrix G, itself within
 * gram_error. */
typedef struct {
  mc_digits gram, q, one;
  mag_t gram_error, gram_norm, error;
} horner;

static void horner_clear(horner *h) {
  mc_digits_clear(&h->gram);
  mc_digits_clear(&h->q);
  mc_digits_clear(&h->one);
  mag_clear(h->gram_error);
  mag_clear(h->gram_norm);
  mag_clear(h->error);
}

static mc_status horner_init(horner *h, const state *s, mc_error *e) {
  mc_digits_sum sum = {0};
  mc_status status = mc_digit_identity(&h->one, s->in->n, s->w, e);
  if (status == MC_OK)
    status = sum_init(&sum, s, s->in->n, e);
  if (status == MC_OK)
    status = mc_digits_sum_addgram(&sum, 1, &s->X, e);
  status = mc_digit_finish(&h->gram, h->gram_error, &sum, status, e);
  if (status == MC_OK) {
    mc_digits_fold(&h->gram);
    mc_digits_frobenius_upper(h->gram_norm, &h->gram);
  }
  return status;
}

/* error := what (q + dq)(G + dG) may differ from q G, for ||dq|| <= error, ||dG|| <= gram_error:
 * error ||G digits|| + (||q digits|| + error) gram_error. */
static void propagate(horner *h) {
  mag_t norm;
  mag_init(norm);
  mc_digits_frobenius_upper(norm, &h->q);
  mag_add(norm, norm, h->error);
  mag_mul(norm, norm, h->gram_error);
  mag_mul(h->error, h->error, h->gram_norm);
  mag_add(h->error, h->error, norm);
  mag_clear(norm);
}

/* sum += c I; error += |c - digits| sqrt(n). */
static mc_status add_constant(mc_digits_sum *sum, horner *h, const fmpq_t c, const state *s, mc_error *e) {
  mc_digits row = {0};
  mag_t t;
  mag_init(t);
  mc_status status = constant_fmpq(&row, t, c, s, s->in->n, e);
  if (status == MC_OK)
    status = mc_digits_sum_addscaled(sum, 1, &h->one, &row, e);
  mc_digits_clear(&row);
  if (status == MC_OK) {
    mag_t root;
    mag_init(root);
    mag_set_ui(root, s->in->n);
    mag_sqrt(root, root);
    mag_addmul(h->error, t, root);
    mag_clear(root);
  }
  mag_clear(t);
  return status;
}

/* sum += c S for digits S of a matrix known up to s_error; error += |c - digits| ||S|| + |c| s_error. */
static mc_status add_scaled(mc_digits_sum *sum, horner *h, const fmpq_t c, const mc_digits *S, const mag_t s_error,
                            const state *s, mc_error *e) {
  mc_digits row = {0};
  mag_t t, norm;
  arb_t size;
  mag_init(t);
  mag_init(norm);
  arb_init(size);
  mc_status status = constant_fmpq(&row, t, c, s, s->in->n, e);
  if (status == MC_OK)
    status = mc_digits_sum_addscaled(sum, 1, S, &row, e);
  mc_digits_frobenius_upper(norm, S);
  mag_addmul(h->error, t, norm);
  arb_set_fmpq(size, c, MAG_BITS);
  arb_get_mag(t, size);
  mag_addmul(h->error, t, s_error);
  mc_digits_clear(&row);
  mag_clear(t);
  mag_clear(norm);
  arb_clear(size);
  return status;
}

/* S := G^2, symmetric as G is; error := dropped + 2 ||G|| gram_error + gram_error^2. */
static mc_status square(mc_digits *S, mag_t error, const horner *h, const state *s, mc_error *e) {
  mc_digits_sum sum = {0};
  mc_status status = sum_init(&sum, s, s->in->n, e);
  if (status == MC_OK)
    status = mc_digits_sum_addgram(&sum, 1, &h->gram, e);
  status = mc_digit_finish(S, error, &sum, status, e);
  mag_addmul(error, h->gram_norm, h->gram_error);
  mag_addmul(error, h->gram_norm, h->gram_error);
  mag_addmul(error, h->gram_error, h->gram_error);
  return status;
}

/* q := the sum, folded; its own error from what was dropped. */
static mc_status finish(horner *h, mc_digits_sum *sum, mc_status status, mc_error *e) {
  mc_digits q = {0};
  mag_t dropped;
  mag_init(dropped);
  status = mc_digit_finish(&q, dropped, sum, status, e);
  mag_add(h->error, h->error, dropped);
  mag_clear(dropped);
  mc_digits_clear(&h->q);
  h->q = q;
  if (status == MC_OK)
    mc_digits_fold(&h->q);
  return status;
}

/* q := c_0 + c_1 G, and c_2 G^2 where there are three. */
static mc_status horner_first(horner *h, const fmpq *c, slong count, const state *s, mc_error *e) {
  mc_digits_sum sum = {0};
  mc_digits S = {0};
  mag_t s_error;
  mag_init(s_error);
  mc_status status = count > 2 ? square(&S, s_error, h, s, e) : MC_OK;
  if (status == MC_OK)
    status = sum_init(&sum, s, s->in->n, e);
  if (status == MC_OK && count > 2)
    status = add_scaled(&sum, h, &c[2], &S, s_error, s, e);
  if (status == MC_OK)
    status = add_scaled(&sum, h, &c[1], &h->gram, h->gram_error, s, e);
  if (status == MC_OK)
    status = add_constant(&sum, h, &c[0], s, e);
  mc_digits_clear(&S);
  mag_clear(s_error);
  return finish(h, &sum, status, e);
}

/* q := q G + c. */
static mc_status horner_then(horner *h, const fmpq *c, const state *s, mc_error *e) {
  mc_digits_sum sum = {0};
  mc_status status = sum_init(&sum, s, s->in->n, e);
  propagate(h);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, 1, &h->q, false, &h->gram, e);
  if (status == MC_OK)
    status = add_constant(&sum, h, c, s, e);
  return finish(h, &sum, status, e);
}

/* q := the whole polynomial of at least two terms. */
static mc_status horner_run(horner *h, const mc_schedule_step *step, const state *s, mc_error *e) {
  const slong count = step->terms > 2 ? 3 : 2;
  mc_status status = horner_init(h, s, e);
  if (status == MC_OK)
    status = horner_first(h, &step->c[step->terms - count], count, s, e);
  for (slong j = step->terms - count - 1; j >= 0 && status == MC_OK; j--)
    status = horner_then(h, &step->c[j], s, e);
  return status;
}

/* X := X q, and local := how far that is from the exact step of X: dropped + ||X|| error. */
static mc_status multiply(state *s, mag_t local, const horner *h, mc_error *e) {
  mc_digits_sum sum = {0};
  mc_digits Y = {0};
  mag_t norm;
  mag_init(norm);
  mc_status status = sum_init(&sum, s, s->in->m, e);
  if (status == MC_OK)
    status = mc_digits_sum_addmul(&sum, 1, &s->X, false, &h->q, e);
  status = mc_digit_finish(&Y, local, &sum, status, e);
  if (status == MC_OK)
    mc_digits_fold(&Y);
  mc_digits_frobenius_upper(norm, &s->X);
  mag_addmul(local, norm, h->error);
  mc_digits_clear(&s->X);
  s->X = Y;
  mag_clear(norm);
  return status;
}

/* X := c X for a polynomial of one term, and local as above. */
static mc_status scale(state *s, mag_t local, const fmpq_t c, mc_error *e) {
  mc_digits_sum sum = {0};
  mc_digits row = {0}, Y = {0};
  mag_t c_error, norm;
  mag_init(c_error);
  mag_init(norm);
  mc_status status = constant_fmpq(&row, c_error, c, s, s->in->n, e);
  if (status == MC_OK)
    status = sum_init(&sum, s, s->in->m, e);
  if (status == MC_OK)
    status = mc_digits_sum_addscaled(&sum, 1, &s->X, &row, e);
  status = mc_digit_finish(&Y, local, &sum, status, e);
  mc_digits_frobenius_upper(norm, &s->X);
  mag_addmul(local, norm, c_error);
  mc_digits_clear(&row);
  mc_digits_clear(&s->X);
  s->X = Y;
  mag_clear(c_error);
  mag_clear(norm);
  return status;
}

static mc_status advance(state *s, mc_iterate *x, const mc_schedule_step *step, mc_error *e) {
  horner h = {0};
  mag_t local;
  mag_init(local);
  mc_status status = mc_ns_advance_bounds(x->radius, x->bound, step, e);
  if (status == MC_OK && step->terms == 1) {
    status = scale(s, local, &step->c[0], e);
  } else if (status == MC_OK) {
    status = horner_run(&h, step, s, e);
    if (status == MC_OK)
      status = multiply(s, local, &h, e);
  }
  mag_add(x->radius, x->radius, local);
  mag_add(x->bound, x->bound, local);
  horner_clear(&h);
  mag_clear(local);
  return status;
}

mc_status mc_ns_run_by_digits(mc_iterate *x, const mc_input *in, const mc_schedule *schedule,
                              const mc_normalisation *norm, slong prec, mc_error *e) {
  state s = {.in = in, .prec = prec};
  /* The planes kept bound the number of products in one sum, and so the width.  Leading planes of up to 2^(w+2) count
   * for 64 products. */
  s.w = mc_digits_width(in->m, 64);
  s.w = mc_digits_width(in->m, FLINT_MAX(64, 2 * (size_t)(prec / s.w + 3)));
  s.planes = (size_t)((prec + s.w - 1) / s.w) + 2;
  mc_status status = normalise(&s, x, norm, e);
  for (size_t k = 0; k < schedule->count && status == MC_OK; k++)
    status =
        mc_interrupt_requested() ? mc_fail(e, MC_INTERRUPTED, "interrupted") : advance(&s, x, &schedule->steps[k], e);
  if (status == MC_OK)
    mc_digits_get_mat(x->X, &s.X);
  mc_digits_clear(&s.X);
  return status;
}
