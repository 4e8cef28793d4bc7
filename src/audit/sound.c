/* A bound that no kernel of the model can exceed: local rounding errors of each step, in the Frobenius norm, carried
 * along the exact trajectory by Lipschitz constants (T2).  docs/errors.md section 3 has the statement and the proof;
 * names are the same there. */
#include "sound.h"

#include <math.h>

#include "upward.h"

#define PRECISION 128

/* ---- The rounding model ---- */

typedef struct {
  double u, eta;   /* storing an accumulator's value: relative and absolute error of an entry */
  double uo, etao; /* one operation in the accumulator, then storing */
  double ua, etaa; /* one operation in the accumulator */
  double r, c, root_rr, root_rc;
  size_t depth;
} rounding;

static rounding rounding_of(const mc_kernel_model *model, size_t r, size_t c, size_t depth) {
  mc_dtype accumulator = mc_kernel_accumulator(model->storage);
  bool cast = accumulator != model->storage;
  rounding k = {.r = (double)r, .c = (double)c, .depth = depth};
  k.ua = ldexp(1, -mc_kernel_precision(accumulator));
  k.etaa = ldexp(1, mc_kernel_smallest_exponent(accumulator) - 1);
  k.u = cast ? ldexp(1, -mc_kernel_precision(model->storage)) : 0;
  k.eta = cast ? ldexp(1, mc_kernel_smallest_exponent(model->storage) - 1) : 0;
  k.uo = mc_up_add3(k.u, k.ua, mc_up_mul(k.u, k.ua));
  k.etao = mc_up_add(k.eta, 2 * k.etaa);
  k.root_rr = k.r;
  k.root_rc = mc_up_sqrt(mc_up_mul(k.r, k.c));
  return k;
}

/* gamma_K = K ua / (1 - K ua) for a sum of `terms` products. */
static double gamma_of(const rounding *k, double terms) {
  double depth = k->depth > 0 ? fmin(terms, (double)k->depth + 1) : terms;
  double x = mc_up_mul(depth, k->ua);
  return mc_up_over_one_minus(x, x);
}

/* Frobenius error of a product of factors of Frobenius norms f and g, with `terms` terms an entry and root =
 * sqrt(entries). */
static double product_error(const rounding *k, double terms, double f, double g, double root) {
  return mc_up_add(mc_up_mul(gamma_of(k, terms), mc_up_mul(f, g)), mc_up_mul(mc_up_mul(2 * terms, k->etaa), root));
}

static double store_error(const rounding *k, double norm, double root) {
  return mc_up_add(mc_up_mul(k->u, norm), mc_up_mul(k->eta, root));
}

static double operation_error(const rounding *k, double norm, double root) {
  return mc_up_add(mc_up_mul(k->uo, norm), mc_up_mul(k->etao, root));
}

/* ---- Polynomials of one step ---- */

/* p = a x + b x^3 + c x^5; gram part q = b x^2 + c x^4; h = x q; centre = b/2 + c x^2. */
typedef struct {
  fmpq p[6], q[5], h[6], centre[3];
  double a, b, c;    /* absolute values, rounded up */
  double da, db, dc; /* how far the kernel's coefficients are from them */
} step_polynomials;

static void step_polynomials_init(step_polynomials *f) {
  for (int i = 0; i < 6; i++) {
    fmpq_init(&f->p[i]);
    fmpq_init(&f->h[i]);
    if (i < 5)
      fmpq_init(&f->q[i]);
    if (i < 3)
      fmpq_init(&f->centre[i]);
  }
}

static void step_polynomials_clear(step_polynomials *f) {
  for (int i = 0; i < 6; i++) {
    fmpq_clear(&f->p[i]);
    fmpq_clear(&f->h[i]);
    if (i < 5)
      fmpq_clear(&f->q[i]);
    if (i < 3)
      fmpq_clear(&f->centre[i]);
  }
}

/* *size >= |q|; *error >= |q rounded to the format - q|. */
static void coefficient_bounds(double *size, double *error, const fmpq_t q, mc_dtype format) {
  arb_t exact, rounded;
  arb_init(exact);
  arb_init(rounded);
  arb_set_fmpq(exact, q, PRECISION);
  arb_set_d(rounded, mc_dtype_round(format, arf_get_d(arb_midref(exact), ARF_RND_NEAR)));
  arb_sub(rounded, rounded, exact, PRECISION);
  arb_abs(rounded, rounded);
  arb_abs(exact, exact);
  *error = mc_ball_upper_double(rounded);
  *size = mc_ball_upper_double(exact);
  arb_clear(exact);
  arb_clear(rounded);
}

static void step_polynomials_set(step_polynomials *f, const mc_schedule_step *step, const mc_kernel_model *model) {
  mc_dtype held = model->rounding == MC_ROUNDING_ALL ? model->storage : mc_kernel_accumulator(model->storage);
  double *const sizes[] = {&f->a, &f->b, &f->c}, *const errors[] = {&f->da, &f->db, &f->dc};
  for (slong j = 0; j < 3; j++) {
    fmpq_t zero;
    fmpq_init(zero);
    const fmpq *q = j < step->terms ? &step->c[j] : zero;
    coefficient_bounds(sizes[j], errors[j], q, held);
    fmpq_set(&f->p[2 * j + 1], q);
    if (j > 0) {
      fmpq_set(&f->q[2 * j], q);
      fmpq_set(&f->h[2 * j + 1], q);
    }
    fmpq_clear(zero);
  }
  fmpq_div_2exp(&f->centre[0], &f->q[2], 1);
  fmpq_set(&f->centre[2], &f->q[4]);
}

/* Upper bounds of max |f| and max |f'| on [0, s] (either may be NULL). */
static void maxima(double *value, double *slope, const fmpq *f, slong length, double s) {
  mag_t at_most, v, d;
  if (!isfinite(s)) {
    if (value)
      *value = INFINITY;
    if (slope)
      *slope = INFINITY;
    return;
  }
  mag_init(at_most);
  mag_init(v);
  mag_init(d);
  mag_set_d(at_most, s);
  mc_ball_poly_max_upper(v, d, f, length, at_most);
  if (value)
    *value = mc_ball_mag_upper_double(v);
  if (slope)
    *slope = mc_ball_mag_upper_double(d);
  mag_clear(at_most);
  mag_clear(v);
  mag_clear(d);
}

/* ---- The exact trajectory ---- */

/* Singular values of X_k, as balls; signs may be negative where p is. */
typedef struct {
  arb_ptr sigma;
  slong count;
} trajectory;

static void polynomial_at(arb_t y, const fmpq *f, slong length, const arb_t x) {
  arb_t coefficient;
  arb_init(coefficient);
  arb_zero(y);
  for (slong i = length - 1; i >= 0; i--) {
    arb_mul(y, y, x, PRECISION);
    arb_set_fmpq(coefficient, &f[i], PRECISION);
    arb_add(y, y, coefficient, PRECISION);
  }
  arb_clear(coefficient);
}

/* Upper bound of sqrt(sum f(sigma_i)^2). */
static double norm_along(const trajectory *t, const fmpq *f, slong length) {
  arb_t sum, y;
  arb_init(sum);
  arb_init(y);
  for (slong i = 0; i < t->count; i++) {
    polynomial_at(y, f, length, t->sigma + i);
    arb_addmul(sum, y, y, PRECISION);
  }
  arb_sqrtpos(sum, sum, PRECISION);
  double upper = mc_ball_upper_double(sum);
  arb_clear(sum);
  arb_clear(y);
  return upper;
}

static double largest(const trajectory *t) {
  double upper = 0;
  arb_t y;
  arb_init(y);
  for (slong i = 0; i < t->count; i++) {
    arb_abs(y, t->sigma + i);
    upper = fmax(upper, mc_ball_upper_double(y));
  }
  arb_clear(y);
  return upper;
}

/* ---- Lipschitz constant at the actual singular values ---- */

enum { CELLS = 128 };

/* D(l, m) = (p(l) - p(m)) / (l - m) = a + b (l^2 + l m + m^2) + c (l^4 + l^3 m + l^2 m^2 + l m^3 + m^4). */
static void divided_difference(arb_t d, const fmpq *p, const arb_t l, const arb_t m) {
  arb_t ll, mm, lm, quadratic, quartic;
  arb_init(ll), arb_init(mm), arb_init(lm), arb_init(quadratic), arb_init(quartic);
  arb_sqr(ll, l, PRECISION);
  arb_sqr(mm, m, PRECISION);
  arb_mul(lm, l, m, PRECISION);
  arb_add(quadratic, ll, mm, PRECISION); /* l^4 + l^3 m + … = (l^2 + m^2) (l^2 + l m + m^2) - l^2 m^2 */
  arb_add(quartic, quadratic, lm, PRECISION);
  arb_mul(quadratic, quadratic, quartic, PRECISION);
  arb_submul(quadratic, ll, mm, PRECISION);
  arb_set_fmpq(d, &p[5], PRECISION);
  arb_mul(d, d, quadratic, PRECISION);
  arb_set_fmpq(ll, &p[3], PRECISION);
  arb_addmul(d, ll, quartic, PRECISION);
  arb_set_fmpq(ll, &p[1], PRECISION);
  arb_add(d, d, ll, PRECISION);
  arb_clear(ll), arb_clear(mm), arb_clear(lm), arb_clear(quadratic), arb_clear(quartic);
}

/* Upper bound of |D| for -s <= l <= s and m in {0, |sigma_1|, …}, by cells of both (D(-l, -m) = D(l, m)). */
static double lipschitz_at(const trajectory *t, const fmpq *p, double s) {
  double top = largest(t), upper = 0;
  bool occupied[CELLS] = {true};
  arb_t l, m, y;
  if (!isfinite(s) || !isfinite(top) || top <= 0)
    return INFINITY;
  arb_init(l), arb_init(m), arb_init(y);
  for (slong i = 0; i < t->count; i++) {
    arb_abs(y, t->sigma + i);
    double lo = floor(mc_ball_lower_double(y) / top * CELLS) - 1, hi = floor(mc_ball_upper_double(y) / top * CELLS) + 1;
    for (double j = fmax(lo, 0); j <= fmin(hi, CELLS - 1); j++)
      occupied[(int)j] = true;
  }
  for (int j = 0; j < CELLS; j++) {
    for (int i = -CELLS; i < CELLS && occupied[j]; i++) {
      arb_set_d(l, i + 0.5);
      mag_set_ui_2exp_si(arb_radref(l), 1, -1);
      arb_set_d(y, s);
      arb_mul(l, l, y, PRECISION);
      arb_div_ui(l, l, CELLS, PRECISION);
      arb_set_d(m, j + 0.5);
      mag_set_ui_2exp_si(arb_radref(m), 1, -1);
      arb_set_d(y, top);
      arb_mul(m, m, y, PRECISION);
      arb_div_ui(m, m, CELLS, PRECISION);
      divided_difference(y, p, l, m);
      arb_abs(y, y);
      upper = fmax(upper, mc_ball_upper_double(y));
    }
  }
  arb_clear(l), arb_clear(m), arb_clear(y);
  return upper;
}

/* ---- One step ---- */

/* What is known of the computed X: ||X - X_k||_F <= e, ||X||_2 <= s. */
typedef struct {
  double e, s;
} distance;

/* Norms of functions of the computed X. */
typedef struct {
  double x;       /* ||X||_F */
  double gram;    /* ||X X^T||_F */
  double q, h, p; /* Frobenius norms of q, h, p applied to X */
  double p_max;   /* max |p| on [0, s] */
  double centre;  /* max |b/2 + c t^2| on [0, s] */
  double slope;   /* max |p'| on [0, s] */
} norms;

static double of_function(const rounding *k, const trajectory *t, const fmpq *f, slong length, const distance *d,
                          double factor, double *value, double *slope) {
  double v, l;
  maxima(&v, &l, f, length, d->s);
  if (value)
    *value = v;
  if (slope)
    *slope = l;
  double near = mc_up_add(norm_along(t, f, length), mc_up_mul(factor, mc_up_mul(l, d->e)));
  return fmin(near, mc_up_mul(mc_up_sqrt(k->r), v));
}

static norms norms_of(const rounding *k, const trajectory *t, const step_polynomials *f, const distance *d) {
  norms n;
  fmpq x[3], *square = x;
  for (int i = 0; i < 3; i++)
    fmpq_init(&x[i]);
  fmpq_one(&x[1]);
  n.x = of_function(k, t, x, 2, d, 1, NULL, NULL);
  fmpq_zero(&x[1]);
  fmpq_one(&x[2]);
  n.gram =
      fmin(mc_up_add(norm_along(t, square, 3), mc_up_mul(mc_up_add(d->s, largest(t)), d->e)), mc_up_mul(d->s, n.x));
  n.q = of_function(k, t, f->q, 5, d, mc_up_sqrt(2), NULL, NULL);
  n.h = of_function(k, t, f->h, 6, d, 1, NULL, NULL);
  n.p = of_function(k, t, f->p, 6, d, 1, &n.p_max, &n.slope);
  maxima(&n.centre, NULL, f->centre, 3, d->s);
  for (int i = 0; i < 3; i++)
    fmpq_clear(&x[i]);
  return n;
}

/* The computed A: ||A - X X^T||_F <= e, and bounds of its norms. */
typedef struct {
  double e, frobenius, spectral;
} gram_bounds;

static gram_bounds gram_of(const rounding *k, const norms *n, double s) {
  gram_bounds a;
  double sum = product_error(k, k->c, n->x, n->x, k->root_rr);
  a.e = mc_up_add(sum, store_error(k, mc_up_add(n->gram, sum), k->root_rr));
  a.frobenius = mc_up_add(n->gram, a.e);
  a.spectral = mc_up_add(mc_up_mul(s, s), a.e);
  return a;
}

/* ||(bA + cAA) - (b X X^T + c (X X^T)^2)||_F for the computed A. */
static double gram_polynomial_error(const step_polynomials *f, const norms *n, const gram_bounds *a) {
  return mc_up_add(mc_up_mul(mc_up_mul(2, n->centre), a->e), mc_up_mul(f->c, mc_up_mul(a->e, a->e)));
}

/* ||computed B - (bA + cAA)||_F, each operation rounded. */
static double b_error_operations(const rounding *k, const step_polynomials *f, const norms *n, const gram_bounds *a) {
  double e1 = mc_up_add(mc_up_mul(f->db, a->frobenius),
                        operation_error(k, mc_up_mul(mc_up_add(f->b, f->db), a->frobenius), k->root_rr));
  double e2 = mc_up_add(mc_up_mul(f->dc, a->frobenius),
                        operation_error(k, mc_up_mul(mc_up_add(f->c, f->dc), a->frobenius), k->root_rr));
  double factor = mc_up_add(mc_up_mul(f->c, a->frobenius), e2);
  double sum = product_error(k, k->r, factor, a->frobenius, k->root_rr);
  double e3 = mc_up_add3(mc_up_mul(e2, a->spectral), sum,
                         store_error(k, mc_up_add(mc_up_mul(factor, a->spectral), sum), k->root_rr));
  double errors = mc_up_add(e1, e3), value = mc_up_add3(n->q, gram_polynomial_error(f, n, a), errors);
  return mc_up_add(errors, operation_error(k, value, k->root_rr));
}

/* The same, rounded once from the accumulator. */
static double b_error_sums(const rounding *k, const step_polynomials *f, const norms *n, const gram_bounds *a) {
  double sum = product_error(k, k->r, a->frobenius, a->frobenius, k->root_rr);
  double square = mc_up_mul(a->frobenius, a->spectral), c = mc_up_add(f->c, f->dc), b = mc_up_add(f->b, f->db);
  double terms = mc_up_add(mc_up_mul(c, mc_up_add(square, sum)), mc_up_mul(b, a->frobenius));
  double errors = mc_up_add3(mc_up_mul(c, sum), mc_up_mul(f->dc, square), mc_up_mul(f->db, a->frobenius));
  errors = mc_up_add3(errors, mc_up_mul(mc_up_mul(3, k->ua), terms), mc_up_mul(mc_up_mul(6, k->etaa), k->root_rr));
  double value = mc_up_add3(n->q, gram_polynomial_error(f, n, a), errors);
  return mc_up_add(errors, store_error(k, value, k->root_rr));
}

/* ||computed new X - p(X)||_F, where eb bounds ||computed B - q(X)||_F. */
static double update_error(const rounding *k, const step_polynomials *f, const norms *n, double s, double eb,
                           mc_kernel_rounding rule) {
  double sum = product_error(k, k->r, mc_up_add(n->q, eb), n->x, k->root_rc);
  double ex = mc_up_add(mc_up_mul(eb, s), sum), a = mc_up_add(f->a, f->da), ea = mc_up_mul(f->da, n->x);
  if (rule == MC_ROUNDING_SUMS) {
    double terms = mc_up_add3(mc_up_mul(a, n->x), n->h, ex);
    double errors = mc_up_add(mc_up_add3(ex, ea, mc_up_mul(mc_up_mul(3, k->ua), terms)),
                              mc_up_mul(mc_up_mul(6, k->etaa), k->root_rc));
    return mc_up_add(errors, store_error(k, mc_up_add(n->p, errors), k->root_rc));
  }
  ex = mc_up_add(ex, store_error(k, mc_up_add(n->h, ex), k->root_rc));
  ea = mc_up_add(ea, operation_error(k, mc_up_mul(a, n->x), k->root_rc));
  double errors = mc_up_add(ex, ea);
  return mc_up_add(errors, operation_error(k, mc_up_add(n->p, errors), k->root_rc));
}

/* No intermediate value is near the overflow threshold of any format: with errors, all are far below 2^16. */
static bool is_in_range(const step_polynomials *f, const norms *n, const gram_bounds *a, double eb, double local) {
  double scaled = mc_up_mul(mc_up_add(f->b, f->c), a->frobenius), product = mc_up_mul(scaled, a->spectral);
  double update = mc_up_add3(mc_up_mul(f->a, n->x), mc_up_mul(mc_up_add(n->q, eb), n->x), n->p);
  return scaled < 0x1p13 && product < 0x1p13 && update < 0x1p13 && eb < 0x1p13 && local < 0x1p13;
}

static void advance(trajectory *t, const fmpq *p) {
  arb_t y;
  arb_init(y);
  for (slong i = 0; i < t->count; i++) {
    polynomial_at(y, p, 6, t->sigma + i);
    arb_swap(t->sigma + i, y);
  }
  arb_clear(y);
}

/* d: of X_k on entry, of X_{k+1} on return.  t likewise. */
static void take_step(distance *d, trajectory *t, const rounding *k, const step_polynomials *f, mc_kernel_rounding rule,
                      bool divided) {
  norms n = norms_of(k, t, f, d);
  gram_bounds a = gram_of(k, &n, d->s);
  double eb = rule == MC_ROUNDING_SUMS ? b_error_sums(k, f, &n, &a) : b_error_operations(k, f, &n, &a);
  eb = mc_up_add(eb, gram_polynomial_error(f, &n, &a));
  double local = update_error(k, f, &n, d->s, eb, rule);
  double lipschitz = divided ? fmin(n.slope, lipschitz_at(t, f->p, d->s)) : n.slope;
  d->e = is_in_range(f, &n, &a, eb, local) ? mc_up_add(mc_up_mul(lipschitz, d->e), local) : (double)INFINITY;
  advance(t, f->p);
  d->s = fmin(mc_up_add(n.p_max, local), mc_up_add(largest(t), d->e));
}

/* ---- Before the first step ---- */

/* Upper and lower bounds of ||g||_F. */
static void norm_of_input(double *lower, double *upper, const double *g, size_t count) {
  arb_t sum, x;
  arb_init(sum);
  arb_init(x);
  for (size_t i = 0; i < count; i++) {
    arb_set_d(x, g[i]);
    arb_addmul(sum, x, x, PRECISION);
  }
  arb_sqrtpos(sum, sum, PRECISION);
  *lower = mc_ball_lower_double(sum);
  *upper = mc_ball_upper_double(sum);
  arb_clear(sum);
  arb_clear(x);
}

/* Does the conversion to the storage format change an entry? */
static bool converts(const double *g, size_t count, mc_dtype storage) {
  for (size_t i = 0; i < count; i++)
    if (g[i] != mc_dtype_round(storage, g[i]))
      return true;
  return false;
}

static double compound(double theta, double x) {
  return mc_up_add3(theta, x, mc_up_mul(theta, x));
}

/* A norm below this overflows neither in the storage format nor, squared, in the accumulator. */
static double norm_limit(mc_dtype storage) {
  return storage == MC_DTYPE_FLOAT16 ? 0x1p15 : storage == MC_DTYPE_FLOAT64 ? 0x1p500 : 0x1p60;
}

/* |computed divisor / divisor - 1| is at most this; lower > 0 bounds ||g||_F, conversion its relative change by storing g. */
static double divisor_error(const rounding *k, const mc_normalisation *norm, double lower, double conversion) {
  arb_t safety;
  arb_init(safety);
  arb_set_fmpq(safety, norm->safety, PRECISION);
  /* Below the computed norm, and its product with the safety factor, as long as the result stays below 1/2. */
  double half = lower / 2 * fmin(1, mc_ball_lower_double(safety));
  arb_clear(safety);
  double squares = mc_up_mul(2 * k->r, mc_up_mul(k->c, k->etaa)), square = nextafter(half * half, 0);
  double theta = compound(conversion, mc_up_add(gamma_of(k, k->r * k->c), mc_up(squares / square)));
  double operation = mc_up_add(k->ua, mc_up(k->etaa / half)), stored = mc_up_add(k->u, mc_up(k->eta / half));
  /* The root and the sum with eps are operations and stored, eps is held; a maximum rounds nothing.  A safety factor other than 1 is
   * held, and its product is an operation and stored. */
  int stores = fmpq_is_one(norm->safety) ? 2 : 3, operations = fmpq_is_one(norm->safety) ? 3 : 5;
  for (int i = 0; i < operations; i++)
    theta = compound(theta, operation);
  for (int i = 0; i < stores; i++)
    theta = compound(theta, stored);
  return theta < 0.5 ? theta : (double)INFINITY;
}

/* ||computed X_0 - X_0||_F, where x0 >= ||X_0||_F. */
static double initial_error(const rounding *k, const mc_kernel_model *model, const double *g, double x0,
                            const mc_audit_surroundings *around) {
  size_t count = (size_t)(k->r * k->c);
  double lower, upper, conversion = 0, theta = 0;
  norm_of_input(&lower, &upper, g, count);
  if (!(lower > 0) || !(upper < norm_limit(model->storage)))
    return INFINITY;
  if (converts(g, count, model->storage)) {
    double eta = ldexp(1, mc_kernel_smallest_exponent(model->storage) - 1);
    conversion = mc_up_add(ldexp(1, -mc_kernel_precision(model->storage)), mc_up(mc_up_mul(eta, k->root_rc) / lower));
  }
  if (around)
    conversion = compound(conversion, mc_up(around->input_bound / lower));
  if (model->normalisation.kind != MC_NORM_NONE)
    theta = divisor_error(k, &model->normalisation, lower, conversion);
  double e = mc_up_mul(x0, mc_up_over_one_minus(mc_up_add(conversion, theta), theta));
  return mc_up_add(e, operation_error(k, mc_up_add(x0, e), k->root_rc));
}

void mc_audit_sound_bound(double *plain, double *spectrum, const mc_kernel_model *model, const double *g, size_t m,
                          size_t n, arb_srcptr sigma, const mc_audit_options *options) {
  size_t r = m < n ? m : n, c = m < n ? n : m;
  rounding k = rounding_of(model, r, c, options->depth);
  trajectory t = {.sigma = _arb_vec_init((slong)r), .count = (slong)r};
  step_polynomials f;
  step_polynomials_init(&f);
  for (int divided = 0; divided < 2; divided++) {
    _arb_vec_set(t.sigma, sigma, t.count);
    fmpq x[2] = {0};
    fmpq_init(&x[0]);
    fmpq_init(&x[1]);
    fmpq_one(&x[1]);
    distance d;
    d.e = initial_error(&k, model, g, norm_along(&t, x, 2), options->around);
    d.s = mc_up_add(largest(&t), d.e);
    for (size_t i = 0; i < model->schedule.count; i++) {
      step_polynomials_set(&f, &model->schedule.steps[i], model);
      take_step(&d, &t, &k, &f, model->rounding, divided != 0);
    }
    *(divided ? spectrum : plain) = options->around ? mc_up_add(d.e, options->around->output_bound) : d.e;
    fmpq_clear(&x[0]);
    fmpq_clear(&x[1]);
  }
  step_polynomials_clear(&f);
  _arb_vec_clear(t.sigma, t.count);
}

/* x / (safety ||x|| + eps) and x / max(safety ||x||, eps) move by at most 2 |dx| / divisor, whichever of the two divisors
 * is taken: the divisor moves by at most safety |dx|, and safety ||x|| is at most the divisor. */
double mc_audit_sound_spread(const mc_kernel_model *model, const double *g, size_t count, double apart) {
  double lower, upper, spread = apart, s;
  if (apart == 0)
    return 0;
  norm_of_input(&lower, &upper, g, count);
  s = mc_up_add(upper, apart);
  if (model->normalisation.kind != MC_NORM_NONE) {
    arb_t safety;
    arb_init(safety);
    arb_set_fmpq(safety, model->normalisation.safety, PRECISION);
    double least = mc_ball_lower_double(safety), divisor = nextafter(lower * least, 0);
    arb_clear(safety);
    spread = mc_up(mc_up_mul(2, apart) / divisor);
    s = mc_up(1 / least);
  }
  step_polynomials f;
  step_polynomials_init(&f);
  for (size_t i = 0; i < model->schedule.count; i++) {
    double slope;
    step_polynomials_set(&f, &model->schedule.steps[i], model);
    maxima(&s, &slope, f.p, 6, s);
    spread = mc_up_mul(spread, slope);
  }
  step_polynomials_clear(&f);
  return spread;
}
