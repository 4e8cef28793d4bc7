/* Polar factor, singular values and Newton–Schulz image from one decomposition in doubles: theorem T4 of
 * docs/certification.md.  With computed W, s, V and W', V' the orthonormal matrices nearest to W and V, A' = W' diag(s)
 * V'^T is a matrix whose decomposition is known exactly, at a bounded distance from A. */
#include <math.h>
#include <string.h>

#include "input.h"
#include "ns.h"
#include "plain_product.h"
#include "svd.h"

/* All of T = 2^-scale A, tall. */
struct mc_truth_plain {
  mc_input in;
  mc_svd svd;
  double *vt;      /* V^T */
  double distance; /* >= ||T - T'||_F */
  double w_gap;    /* >= ||W - W'||_F */
  double v_gap;    /* >= ||V - V'||_F */
  double vectors;  /* >= ||W||_2 ||V||_2 */
};

enum { SCALAR_PREC = 128 };

static double add(double x, double y) {
  return mc_plain_add_upper(x, y);
}

static double mul(double x, double y) {
  return mc_plain_mul_upper(x, y);
}

/* Upper bound of sqrt(1 + x). */
static double root_upper(double x) {
  return mul(1 + 0x1p-51, sqrt(add(1, x)));
}

/* Lower bound of sqrt(1 - x); 0 where that may not exist. */
static double root_lower(double x) {
  double rest = (1 - x) * (1 - 0x1p-52);
  return rest > 0 ? sqrt(rest) * (1 - 0x1p-52) : 0;
}

/* Upper bound of x / y for y >= divisor; infinite where divisor is not positive. */
static double quotient_upper(double x, double divisor) {
  return divisor > 0 ? mul(1 + 0x1p-51, x / divisor) : (double)INFINITY;
}

static void transpose(double *out, const double *in, size_t m, size_t n) {
  enum { TILE = 16 };
  for (size_t i = 0; i < m; i += TILE)
    for (size_t j = 0; j < n; j += TILE)
      for (size_t k = i; k < m && k < i + TILE; k++)
        for (size_t l = j; l < n && l < j + TILE; l++)
          out[l * m + k] = in[k * n + l];
}

/* Upper bound of ||C + E||_F for the rows of C in `norms` and those of E in p. */
static double total_upper(double *norms, const mc_plain_product *p) {
  for (size_t i = 0; i < p->m; i++)
    norms[i] = add(norms[i], p->row[i]);
  return mc_plain_norm_upper(norms, p->m);
}

/* *error := bound of ||I - Y^T Y||_F; Y is k by n. */
static mc_status orthogonality_upper(double *error, const double *transposed, const double *y, size_t n, size_t k,
                                     mc_error *e) {
  mc_plain_product gram;
  double *norms = mc_alloc(n, sizeof *norms);
  mc_status status = norms != NULL ? mc_plain_gram(&gram, transposed, y, n, k, e)
                                   : mc_fail(e, MC_NO_MEMORY, "no memory for a proof in doubles");
  if (status == MC_OK) {
    for (size_t i = 0; i < n; i++) {
      gram.c[i * n + i] -= 1; /* rounded once, relative to the result */
      norms[i] = mul(1 + 0x1p-52, mc_plain_norm_upper(gram.c + i * n, n));
    }
    *error = total_upper(norms, &gram);
    mc_plain_product_clear(&gram);
  }
  mc_free(norms);
  return status;
}

/* *error := bound of ||T V - W diag(s)||_F. */
static mc_status residual_upper(double *error, const mc_truth_plain *p, mc_error *e) {
  const mc_svd *d = &p->svd;
  mc_plain_product product;
  double *norms = mc_alloc(d->m, sizeof *norms);
  mc_status status = norms != NULL ? mc_plain_multiply(&product, p->in.t, d->v, d->m, d->n, d->n, e)
                                   : mc_fail(e, MC_NO_MEMORY, "no memory for a proof in doubles");
  if (status == MC_OK) {
    for (size_t i = 0; i < d->m; i++) {
      double *row = product.c + i * d->n, before = mc_plain_norm_upper(row, d->n);
      for (size_t j = 0; j < d->n; j++)
        row[j] -= d->w[i * d->n + j] * d->s[j];
      /* c - w s rounded twice: relative 2^-53 of w s, itself at most |c| + |result|, and of the result */
      norms[i] = mc_plain_norm_upper(row, d->n);
      norms[i] = add(norms[i], mul(0x1p-51, add(norms[i], before)));
      norms[i] = add(norms[i], (double)d->n * 0x1p-1073);
    }
    *error = total_upper(norms, &product);
    mc_plain_product_clear(&product);
  }
  mc_free(norms);
  return status;
}

/* T4: ||T - T'||_F <= ||F|| + ||T|| ||V - V'|| + s_1 ||W - W'||, with ||X - X'||_F <= e / (1 + sqrt(1 - e)) for e >= ||I
 * - X^T X||_F and ||T|| <= (s_1 sqrt(1 + e_W) + ||F||) / sqrt(1 - e_V). */
static mc_status conclude(mc_truth_plain *p, double residual, double w_error, double v_error, mc_error *e) {
  double largest = p->svd.s[0];
  residual =
      add(residual, mul(mc_ball_mag_upper_double(p->in.rounding), mc_plain_norm_upper(p->svd.v, p->svd.n * p->svd.n)));
  double norm = quotient_upper(add(mul(largest, root_upper(w_error)), residual), root_lower(v_error));
  p->w_gap = quotient_upper(w_error, 1 + root_lower(w_error) * (1 - 0x1p-52));
  p->v_gap = quotient_upper(v_error, 1 + root_lower(v_error) * (1 - 0x1p-52));
  p->vectors = mul(root_upper(w_error), root_upper(v_error));
  p->distance = add(residual, add(mul(norm, p->v_gap), mul(largest, p->w_gap)));
  return w_error < 0.5 && v_error < 0.5 && isfinite(p->distance)
             ? MC_OK
             : mc_fail(e, MC_UNDECIDED, "the decomposition in doubles is too far off");
}

static mc_status prove(mc_truth_plain *p, mc_error *e) {
  const mc_svd *d = &p->svd;
  double residual = INFINITY, w_error = INFINITY, v_error = INFINITY;
  double *wt = mc_alloc(d->m * d->n, sizeof *wt);
  p->vt = mc_alloc(d->n * d->n, sizeof *p->vt);
  if (wt == NULL || p->vt == NULL) {
    mc_free(wt);
    return mc_fail(e, MC_NO_MEMORY, "no memory for a proof in doubles");
  }
  transpose(wt, d->w, d->m, d->n);
  transpose(p->vt, d->v, d->n, d->n);
  mc_status status = residual_upper(&residual, p, e);
  if (status == MC_OK)
    status = orthogonality_upper(&w_error, wt, d->w, d->n, d->m, e);
  if (status == MC_OK)
    status = orthogonality_upper(&v_error, p->vt, d->v, d->n, d->n, e);
  mc_free(wt);
  return status == MC_OK ? conclude(p, residual, w_error, v_error, e) : status;
}

mc_status mc_plain_distance(double *distance, const mc_input *in, const mc_svd *svd, mc_error *e) {
  mc_truth_plain p = {.in = *in, .svd = *svd};
  mc_status status = prove(&p, e);
  *distance = status == MC_OK ? p.distance : (double)INFINITY;
  mc_free(p.vt);
  return status;
}

mc_status mc_plain_eigen_distance(double *distance, double *matrix, const mc_svd *svd, mc_error *e) {
  const size_t n = svd->n;
  mc_truth_plain p = {.in = {.t = matrix, .m = n, .n = n}, .svd = {n, n, svd->v, svd->s, svd->v}};
  double residual = INFINITY, error = INFINITY;
  *distance = INFINITY;
  p.vt = mc_alloc(n * n, sizeof *p.vt);
  if (p.vt == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a proof in doubles");
  transpose(p.vt, svd->v, n, n);
  mc_status status = residual_upper(&residual, &p, e);
  if (status == MC_OK)
    status = orthogonality_upper(&error, p.vt, svd->v, n, n, e);
  if (status == MC_OK)
    status = conclude(&p, residual, error, error, e);
  if (status == MC_OK)
    *distance = p.distance;
  mc_free(p.vt);
  return status;
}

mc_status mc_truth_plain_new(mc_truth_plain **out, const double *a, size_t m, size_t n, mc_error *e) {
  mc_truth_plain *p = mc_alloc(1, sizeof *p);
  *out = NULL;
  if (p == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a decomposition");
  mc_status status = mc_ball_check_arithmetic(e);
  if (status == MC_OK)
    status = mc_input_set_plain(&p->in, a, m, n, e);
  if (status == MC_OK)
    status = mc_svd_approx(&p->svd, p->in.t, p->in.m, p->in.n, e);
  if (status == MC_OK)
    status = prove(p, e);
  if (status == MC_OK)
    *out = p;
  else
    mc_truth_plain_free(p);
  return status;
}

void mc_truth_plain_free(mc_truth_plain *p) {
  if (p == NULL)
    return;
  mc_input_clear(&p->in);
  mc_svd_clear(&p->svd);
  mc_free(p->vt);
  mc_free(p);
}

const double *mc_truth_plain_left_approx(const mc_truth_plain *p) {
  return p->in.transposed ? p->svd.v : p->svd.w;
}

const double *mc_truth_plain_right_approx(const mc_truth_plain *p) {
  return p->in.transposed ? p->svd.w : p->svd.v;
}

/* x 2^scale rounded upward. */
static double scale_upper(double x, slong scale) {
  return add(ldexp(x, (int)scale), 0x1p-1074);
}

void mc_truth_plain_sv_enclose(double *s, double *radius, const mc_truth_plain *p) {
  for (size_t i = 0; i < p->svd.n; i++)
    s[i] = ldexp(p->svd.s[i], (int)p->in.scale);
  *radius = add(scale_upper(p->distance, p->in.scale), 0x1p-1074); /* and what s[i] loses by underflow */
  if (!isfinite(s[0]))
    *radius = INFINITY;
}

/* out := (W diag(d)) V^T as A lies; *error bounds the Frobenius norm of the rounding. */
static mc_status compose(double *out, double *error, const mc_truth_plain *p, const double *d, mc_error *e) {
  const mc_svd *v = &p->svd;
  mc_plain_product product;
  double *scaled = mc_alloc(v->m * v->n, sizeof *scaled);
  if (scaled == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a product");
  for (size_t i = 0; i < v->m; i++)
    for (size_t j = 0; j < v->n; j++)
      scaled[i * v->n + j] = v->w[i * v->n + j] * d[j];
  double rounded = mul(0x1p-52, mc_plain_norm_upper(scaled, v->m * v->n));
  mc_status status = mc_plain_multiply(&product, scaled, p->vt, v->m, v->n, v->n, e);
  if (status == MC_OK) {
    if (p->in.transposed)
      transpose(out, product.c, v->m, v->n);
    else
      memcpy(out, product.c, v->m * v->n * sizeof *out);
    *error = add(mc_plain_norm_upper(product.row, v->m), mul(add(rounded, 0x1p-1000), p->vectors));
    mc_plain_product_clear(&product);
  }
  mc_free(scaled);
  return status;
}

mc_status mc_truth_plain_polar_certify(double *u, double *radius, const mc_truth_plain *p, mc_error *e) {
  const size_t n = p->svd.n;
  double smallest = (p->svd.s[n - 1] - p->distance) * (1 - 0x1p-52), error; /* <= both smallest singular values */
  *radius = INFINITY;
  if (!(smallest > 0))
    return mc_fail(e, MC_UNDECIDED, "the smallest singular value is not proved to be positive in doubles");
  double *ones = mc_alloc(n, sizeof *ones);
  if (ones == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a polar factor");
  for (size_t j = 0; j < n; j++)
    ones[j] = 1;
  mc_status status = compose(u, &error, p, ones, e);
  if (status == MC_OK)
    *radius = add(quotient_upper(p->distance, smallest), add(error, add(mul(p->w_gap, p->vectors), p->v_gap)));
  mc_free(ones);
  return status;
}

/* y := f(x) for the polynomial of a step. */
static void step_evaluate(arb_t y, const arb_t x, const mc_schedule_step *step) {
  arb_t square, c;
  arb_init(square);
  arb_init(c);
  arb_mul(square, x, x, SCALAR_PREC);
  arb_zero(y);
  for (slong j = step->terms - 1; j >= 0; j--) {
    arb_mul(y, y, square, SCALAR_PREC);
    arb_set_fmpq(c, &step->c[j], SCALAR_PREC);
    arb_add(y, y, c, SCALAR_PREC);
  }
  arb_mul(y, y, x, SCALAR_PREC);
  arb_clear(square);
  arb_clear(c);
}

/* d[i] := about f(factor s[i]) for the whole schedule; *error bounds the Euclidean norm of the difference. */
static void image_values(double *d, double *error, const arb_t factor, const mc_truth_plain *p,
                         const mc_schedule *schedule) {
  arb_t x, y;
  arb_init(x);
  arb_init(y);
  *error = 0;
  for (size_t i = 0; i < p->svd.n; i++) {
    arb_set_d(x, p->svd.s[i]);
    arb_mul(x, x, factor, SCALAR_PREC);
    for (size_t k = 0; k < schedule->count; k++) {
      step_evaluate(y, x, &schedule->steps[k]);
      arb_swap(x, y);
    }
    d[i] = arf_get_d(arb_midref(x), ARF_RND_NEAR);
    arb_set_d(y, d[i]);
    arb_sub(x, x, y, SCALAR_PREC);
    arb_abs(x, x);
    *error = add(*error, mc_ball_upper_double(x)); /* the sum bounds the norm */
  }
  arb_clear(x);
  arb_clear(y);
}

/* radius, bound := those of T2 for the image of T factor, from ||T - T'|| and max(||T||, ||T'||). */
static mc_status image_bounds(mag_t radius, mag_t bound, const arb_t factor, const mc_truth_plain *p,
                              const mc_schedule *schedule, mc_error *e) {
  mag_t size;
  mc_status status = MC_OK;
  mag_init(size);
  arb_get_mag(size, factor);
  mag_set_d(radius, p->distance);
  mag_set_d(bound, add(p->svd.s[0], p->distance));
  mag_mul(radius, radius, size);
  mag_mul(bound, bound, size);
  for (size_t k = 0; k < schedule->count && status == MC_OK; k++)
    status = mc_ns_advance_bounds(radius, bound, &schedule->steps[k], e);
  mag_clear(size);
  return status;
}

mc_status mc_truth_plain_ns_enclose(double *y, double *radius, const mc_truth_plain *p, const mc_schedule *schedule,
                                    const mc_normalisation *norm, mc_error *e) {
  arb_t factor;
  mag_t lipschitz, bound;
  double *d = mc_alloc(p->svd.n, sizeof *d), values = INFINITY, rounding = INFINITY;
  *radius = INFINITY;
  if (d == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for an image");
  arb_init(factor);
  mag_init(lipschitz);
  mag_init(bound);
  mc_plain_frobenius_enclose(factor, &p->in);
  arb_mul_2exp_si(factor, factor, p->in.scale);
  mc_status status = mc_ns_divisor(factor, factor, norm, SCALAR_PREC, e);
  if (status == MC_OK) {
    arb_inv(factor, factor, SCALAR_PREC);
    arb_mul_2exp_si(factor, factor, p->in.scale);
    status = image_bounds(lipschitz, bound, factor, p, schedule, e);
  }
  if (status == MC_OK) {
    image_values(d, &values, factor, p, schedule);
    status = compose(y, &rounding, p, d, e);
  }
  if (status == MC_OK) {
    double gaps = add(mul(p->w_gap, p->vectors), p->v_gap);
    *radius = add(mc_ball_mag_upper_double(lipschitz), mul(mc_ball_mag_upper_double(bound), gaps));
    *radius = add(*radius, add(mul(values, p->vectors), rounding));
  }
  arb_clear(factor);
  mag_clear(lipschitz);
  mag_clear(bound);
  mc_free(d);
  return status;
}
