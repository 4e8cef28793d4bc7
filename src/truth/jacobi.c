/* The polar factor and the singular values by one-sided Jacobi rotations in MPFR (M. R. Hestenes, J. SIAM 6 (1958);
 * J. Demmel, K. Veselić, SIAM J. Matrix Anal. Appl. 13 (1992)).  Nothing is proved here: it is a third way that
 * shares no arithmetic and no algorithm with the certified ones, for tests to hold against them. */
#include "truth.h"

#include "input.h"

/* Columns of W (m by n, m >= n) become orthogonal; V collects the rotations: W = T V. */
typedef struct {
  mpfr_t *w, *v; /* column-major */
  size_t m, n;
  mpfr_t alpha, beta, gamma, t, c, s, x, y;
} rotation;

static mpfr_t *column(mpfr_t *a, size_t rows, size_t j) {
  return a + j * rows;
}

static void dot(mpfr_t out, mpfr_t *a, mpfr_t *b, size_t count, mpfr_t scratch) {
  mpfr_set_zero(out, 1);
  for (size_t i = 0; i < count; i++) {
    mpfr_mul(scratch, a[i], b[i], MPFR_RNDN);
    mpfr_add(out, out, scratch, MPFR_RNDN);
  }
}

/* (a, b) := (c a - s b, s a + c b). */
static void rotate(rotation *r, mpfr_t *a, mpfr_t *b, size_t count) {
  for (size_t i = 0; i < count; i++) {
    mpfr_mul(r->x, r->c, a[i], MPFR_RNDN);
    mpfr_mul(r->y, r->s, b[i], MPFR_RNDN);
    mpfr_sub(r->x, r->x, r->y, MPFR_RNDN);
    mpfr_mul(r->y, r->s, a[i], MPFR_RNDN);
    mpfr_set(a[i], r->x, MPFR_RNDN);
    mpfr_mul(r->x, r->c, b[i], MPFR_RNDN);
    mpfr_add(b[i], r->y, r->x, MPFR_RNDN);
  }
}

/* t = tan of the angle that makes columns p and q orthogonal: z = (beta - alpha) / (2 gamma), t = sign(z) / (|z| +
 * sqrt(1 + z^2)). */
static void find_angle(rotation *r) {
  mpfr_sub(r->x, r->beta, r->alpha, MPFR_RNDN);
  mpfr_mul_2ui(r->y, r->gamma, 1, MPFR_RNDN);
  mpfr_div(r->x, r->x, r->y, MPFR_RNDN);
  mpfr_sqr(r->y, r->x, MPFR_RNDN);
  mpfr_add_ui(r->y, r->y, 1, MPFR_RNDN);
  mpfr_sqrt(r->y, r->y, MPFR_RNDN);
  int negative = mpfr_sgn(r->x) < 0;
  mpfr_abs(r->x, r->x, MPFR_RNDN);
  mpfr_add(r->y, r->y, r->x, MPFR_RNDN);
  mpfr_ui_div(r->t, 1, r->y, MPFR_RNDN);
  if (negative)
    mpfr_neg(r->t, r->t, MPFR_RNDN);
  mpfr_sqr(r->c, r->t, MPFR_RNDN);
  mpfr_add_ui(r->c, r->c, 1, MPFR_RNDN);
  mpfr_rec_sqrt(r->c, r->c, MPFR_RNDN);
  mpfr_mul(r->s, r->c, r->t, MPFR_RNDN);
}

/* Make columns p and q orthogonal; true if they were not to working precision. */
static bool orthogonalise(rotation *r, size_t p, size_t q, slong prec) {
  mpfr_t *wp = column(r->w, r->m, p), *wq = column(r->w, r->m, q);
  dot(r->alpha, wp, wp, r->m, r->x);
  dot(r->beta, wq, wq, r->m, r->x);
  dot(r->gamma, wp, wq, r->m, r->x);
  mpfr_mul(r->x, r->alpha, r->beta, MPFR_RNDN);
  mpfr_sqrt(r->x, r->x, MPFR_RNDN);
  mpfr_mul_2si(r->x, r->x, -(prec - 8), MPFR_RNDN);
  if (mpfr_cmpabs(r->gamma, r->x) <= 0)
    return false;
  find_angle(r);
  rotate(r, wp, wq, r->m);
  rotate(r, column(r->v, r->n, p), column(r->v, r->n, q), r->n);
  return true;
}

enum { SWEEPS = 200 };

static bool sweep_until_orthogonal(rotation *r, slong prec) {
  bool rotated = true;
  for (int sweep = 0; sweep < SWEEPS && rotated; sweep++) {
    rotated = false;
    for (size_t p = 0; p + 1 < r->n; p++)
      for (size_t q = p + 1; q < r->n; q++)
        rotated |= orthogonalise(r, p, q, prec);
  }
  return !rotated;
}

static void each_scalar(rotation *r, void (*act)(mpfr_t, mpfr_prec_t), mpfr_prec_t prec) {
  mpfr_t *scalars[] = {&r->alpha, &r->beta, &r->gamma, &r->t, &r->c, &r->s, &r->x, &r->y};
  for (size_t k = 0; k < sizeof scalars / sizeof *scalars; k++)
    act(*scalars[k], prec);
  for (size_t k = 0; k < r->m * r->n; k++)
    act(r->w[k], prec);
  for (size_t k = 0; k < r->n * r->n; k++)
    act(r->v[k], prec);
}

static void make(mpfr_t x, mpfr_prec_t prec) {
  mpfr_init2(x, prec);
  mpfr_set_zero(x, 1);
}

static void drop(mpfr_t x, mpfr_prec_t prec) {
  (void)prec;
  mpfr_clear(x);
}

static void load(rotation *r, const mc_input *in) {
  for (size_t j = 0; j < r->n; j++) {
    for (size_t i = 0; i < r->m; i++)
      arf_get_mpfr(column(r->w, r->m, j)[i], arb_midref(arb_mat_entry(in->T, (slong)i, (slong)j)), MPFR_RNDN);
    mpfr_set_ui(column(r->v, r->n, j)[j], 1, MPFR_RNDN);
  }
}

/* U += w_j v_j^T / |w_j|, and sigma := |w_j| 2^scale; false: |w_j| = 0. */
static bool store_column(arb_mat_t U, arb_t sigma, rotation *r, const mc_input *in, size_t j, slong prec) {
  arb_t x;
  mpfr_t *w = column(r->w, r->m, j), *v = column(r->v, r->n, j);
  dot(r->alpha, w, w, r->m, r->x);
  mpfr_sqrt(r->alpha, r->alpha, MPFR_RNDN);
  arf_set_mpfr(arb_midref(sigma), r->alpha);
  arb_mul_2exp_si(sigma, sigma, in->scale);
  if (mpfr_zero_p(r->alpha))
    return false;
  arb_init(x);
  for (size_t i = 0; i < r->m; i++) {
    mpfr_div(r->y, w[i], r->alpha, MPFR_RNDN);
    for (size_t k = 0; k < r->n; k++) {
      arb_struct *entry = in->transposed ? arb_mat_entry(U, (slong)k, (slong)i) : arb_mat_entry(U, (slong)i, (slong)k);
      mpfr_mul(r->x, r->y, v[k], MPFR_RNDN);
      arf_set_mpfr(arb_midref(x), r->x);
      arf_add(arb_midref(entry), arb_midref(entry), arb_midref(x), prec, ARF_RND_NEAR);
    }
  }
  arb_clear(x);
  return true;
}

static void sort_decreasing(arb_ptr sigma, size_t n) {
  for (size_t j = 1; j < n; j++)
    for (size_t k = j; k > 0 && arf_cmp(arb_midref(&sigma[k]), arb_midref(&sigma[k - 1])) > 0; k--)
      arb_swap(&sigma[k], &sigma[k - 1]);
}

static mc_status decompose(arb_mat_t U, arb_ptr sigma, rotation *r, const mc_input *in, slong prec, mc_error *e) {
  bool regular = true;
  each_scalar(r, make, prec);
  load(r, in);
  arb_mat_zero(U);
  bool orthogonal = sweep_until_orthogonal(r, prec);
  for (size_t j = 0; j < r->n; j++)
    regular &= store_column(U, &sigma[j], r, in, j, prec);
  sort_decreasing(sigma, r->n);
  each_scalar(r, drop, prec);
  return orthogonal && regular ? MC_OK
                               : mc_fail(e, MC_UNDECIDED, orthogonal ? "a singular value is zero" : "no convergence");
}

mc_status mc_truth_polar_approx(arb_mat_t U, arb_ptr sigma, const double *a, size_t m, size_t n, slong prec,
                                mc_error *e) {
  mc_input in;
  mc_status status = mc_input_set_double(&in, a, m, n, 8, prec, e);
  if (status != MC_OK)
    return status;
  rotation r = {
      .w = mc_alloc(in.m * in.n, sizeof(mpfr_t)), .v = mc_alloc(in.n * in.n, sizeof(mpfr_t)), .m = in.m, .n = in.n};
  status = r.w != NULL && r.v != NULL ? decompose(U, sigma, &r, &in, prec, e)
                                      : mc_fail(e, MC_NO_MEMORY, "no memory for a decomposition of %zu by %zu", m, n);
  mc_free(r.w);
  mc_free(r.v);
  mc_input_clear(&in);
  return status;
}
