/* A bound that no kernel of the model can exceed: local rounding errors of each step, in the Frobenius norm, carried
 * along the exact trajectory by Lipschitz constants (T2).  docs/errors.md section 3 has the statement and the proof;
 * names are the same there. */
#include "sound.h"

#include <math.h>

#include "polynomials.h"
#include "start.h"

#define PRECISION 128

/* ---- One step ---- */

/* A step at the exact X_k: its polynomials, and Frobenius norms of X_k, X_k X_k^T and q, h, p applied to X_k. */
typedef struct {
  mc_audit_polynomials f;
  mc_audit_trajectory t;
  double x, gram, q, h, p, top; /* top: ||X_k||_2 */
} stage;

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
  double pair;    /* max |b + c (v^2 + w^2)| w on [0, s]^2 */
  double slope;   /* max |p'| on [0, s] */
} norms;

/* exact: the norm of f applied to X_k. */
static double of_function(const mc_audit_rounding *k, double exact, const fmpq *f, slong length, const distance *d,
                          double factor, double *value, double *slope) {
  double v, l;
  mc_audit_maxima(&v, &l, f, length, d->s);
  if (value)
    *value = v;
  if (slope)
    *slope = l;
  double near = mc_up_add(exact, mc_up_mul(factor, mc_up_mul(l, d->e)));
  return fmin(near, mc_up_mul(mc_up_sqrt(k->r), v));
}

/* b x + c x^3 to (b + c s^2) x + c x^3. */
static void add_times_square(fmpq *odd, double s) {
  fmpq_t square;
  fmpq_init(square);
  mc_ball_fmpq_set_double(square, s);
  fmpq_mul(square, square, square);
  fmpq_addmul(&odd[1], &odd[3], square);
  fmpq_clear(square);
}

/* max over 0 <= v, w <= s of |b + c (v^2 + w^2)| w: linear in v^2, so v is 0 or s. */
static double pair_weight(const mc_audit_polynomials *f, double s) {
  double at_zero, at_s;
  fmpq odd[4];
  if (!isfinite(s))
    return INFINITY;
  for (int i = 0; i < 4; i++)
    fmpq_init(&odd[i]);
  fmpq_set(&odd[1], &f->q[2]);
  fmpq_set(&odd[3], &f->q[4]);
  mc_audit_maxima(&at_zero, NULL, odd, 4, s);
  add_times_square(odd, s);
  mc_audit_maxima(&at_s, NULL, odd, 4, s);
  for (int i = 0; i < 4; i++)
    fmpq_clear(&odd[i]);
  return fmax(at_zero, at_s);
}

static norms norms_of(const mc_audit_rounding *k, const stage *g, const distance *d) {
  norms n;
  n.x = fmin(mc_up_add(g->x, d->e), mc_up_mul(mc_up_sqrt(k->r), d->s));
  n.gram = fmin(mc_up_add(g->gram, mc_up_mul(mc_up_add(d->s, g->top), d->e)), mc_up_mul(d->s, n.x));
  n.q = of_function(k, g->q, g->f.q, 5, d, mc_up_sqrt(2), NULL, NULL);
  n.h = of_function(k, g->h, g->f.h, 6, d, 1, NULL, NULL);
  n.p = of_function(k, g->p, g->f.p, 6, d, 1, &n.p_max, &n.slope);
  mc_audit_maxima(&n.centre, NULL, g->f.centre, 3, d->s);
  n.pair = pair_weight(&g->f, d->s);
  return n;
}

/* The computed A: ||A - X X^T||_F <= e, and bounds of its norms. */
typedef struct {
  double e, frobenius, spectral;
} gram_bounds;

static gram_bounds gram_of(const mc_audit_rounding *k, const norms *n, double s) {
  gram_bounds a;
  double sum = product_error(k, k->c, n->x, n->x, k->root_rr);
  a.e = mc_up_add(sum, store_error(k, mc_up_add(n->gram, sum), k->root_rr));
  a.frobenius = mc_up_add(n->gram, a.e);
  a.spectral = mc_up_add(mc_up_mul(s, s), a.e);
  return a;
}

/* ||(bA + cAA) - (b X X^T + c (X X^T)^2)||_F for the computed A. */
static double gram_polynomial_error(const mc_audit_polynomials *f, const norms *n, const gram_bounds *a) {
  return mc_up_add(mc_up_mul(mc_up_mul(2, n->centre), a->e), mc_up_mul(f->c, mc_up_mul(a->e, a->e)));
}

/* ||computed B - (bA + cAA)||_F, each operation rounded. */
static double b_error_operations(const mc_audit_rounding *k, const mc_audit_polynomials *f, const norms *n,
                                 const gram_bounds *a) {
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
static double b_error_sums(const mc_audit_rounding *k, const mc_audit_polynomials *f, const norms *n,
                           const gram_bounds *a) {
  double sum = product_error(k, k->r, a->frobenius, a->frobenius, k->root_rr);
  double square = mc_up_mul(a->frobenius, a->spectral), c = mc_up_add(f->c, f->dc), b = mc_up_add(f->b, f->db);
  double terms = mc_up_add(mc_up_mul(c, mc_up_add(square, sum)), mc_up_mul(b, a->frobenius));
  double errors = mc_up_add3(mc_up_mul(c, sum), mc_up_mul(f->dc, square), mc_up_mul(f->db, a->frobenius));
  errors = mc_up_add3(errors, mc_up_mul(mc_up_mul(3, k->ua), terms), mc_up_mul(mc_up_mul(6, k->etaa), k->root_rr));
  double value = mc_up_add3(n->q, gram_polynomial_error(f, n, a), errors);
  return mc_up_add(errors, store_error(k, value, k->root_rr));
}

/* ||computed new X - p(X)||_F, where eb bounds the rounding of B; that of A reaches X with the weight of pairs. */
static double update_error(const mc_audit_rounding *k, const mc_audit_polynomials *f, const norms *n,
                           const gram_bounds *g, double s, double eb, mc_kernel_rounding rule) {
  double whole = mc_up_add(eb, gram_polynomial_error(f, n, g));
  double sum = product_error(k, k->r, mc_up_add(n->q, whole), n->x, k->root_rc);
  double from_gram = mc_up_add(mc_up_mul(n->pair, g->e), mc_up_mul(mc_up_mul(f->c, s), mc_up_mul(g->e, g->e)));
  double ex = mc_up_add3(mc_up_mul(eb, s), from_gram, sum);
  double a = mc_up_add(f->a, f->da), ea = mc_up_mul(f->da, n->x);
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

/* Where the largest finite number of a format begins to be near. */
static double range_limit(mc_dtype storage) {
  return storage == MC_DTYPE_FLOAT16 ? 0x1p13 : 0x1p100;
}

/* Rounding errors of a step from any X that is so near to X_k, infinite where an intermediate value could overflow. */
static double local_error(norms *n, const mc_audit_rounding *k, const stage *g, const distance *d,
                          const mc_kernel_model *model) {
  const mc_audit_polynomials *f = &g->f;
  *n = norms_of(k, g, d);
  gram_bounds a = gram_of(k, n, d->s);
  double eb = model->rounding == MC_ROUNDING_SUMS ? b_error_sums(k, f, n, &a) : b_error_operations(k, f, n, &a);
  double local = update_error(k, f, n, &a, d->s, eb, model->rounding);
  double whole = mc_up_add(eb, gram_polynomial_error(f, n, &a)), limit = range_limit(model->storage);
  double scaled = mc_up_mul(mc_up_add(f->b, f->c), a.frobenius), product = mc_up_mul(scaled, a.spectral);
  double update = mc_up_add3(mc_up_mul(f->a, n->x), mc_up_mul(mc_up_add(n->q, whole), n->x), n->p);
  bool in_range =
      a.frobenius < limit && scaled < limit && product < limit && update < limit && whole < limit && local < limit;
  return in_range ? local : (double)INFINITY;
}

/* d: of X_k on entry, of X_{k+1} on return.  next: ||X_{k+1}||_2. */
static void take_step(distance *d, const mc_audit_rounding *k, const stage *g, const mc_kernel_model *model,
                      double next, bool spectrum) {
  norms n;
  double local = local_error(&n, k, g, d, model), moved = mc_up_mul(n.slope, d->e);
  if (spectrum && isfinite(local))
    moved = fmin(moved, mc_audit_growth(g->t.sigma, g->t.count, (size_t)(k->c - k->r), g->f.p, d->s, d->e));
  d->e = mc_up_add(moved, local);
  d->s = fmin(mc_up_add(n.p_max, local), mc_up_add(next, d->e));
}

/* ---- What the norm of the output says of the path ---- */

/* Does p increase from x > 0 on?  For c > 0 it is enough that its first three derivatives are positive at x. */
static bool increases_from(const mc_audit_polynomials *f, double x) {
  arb_t y, at, t;
  bool positive = fmpq_sgn(&f->p[5]) > 0;
  arb_init(y);
  arb_init(at);
  arb_init(t);
  arb_set_d(at, x);
  for (slong order = 1; order <= 3 && positive; order++) {
    arb_zero(y);
    for (slong i = 5; i >= order; i--) {
      arb_set_fmpq(t, &f->p[i], PRECISION);
      for (slong j = 0; j < order; j++)
        arb_mul_si(t, t, i - j, PRECISION);
      arb_mul(y, y, at, PRECISION);
      arb_add(y, y, t, PRECISION);
    }
    positive = arb_is_positive(y);
  }
  arb_clear(y);
  arb_clear(at);
  arb_clear(t);
  return positive;
}

static bool exceeds(const mc_audit_polynomials *f, double x, double bound) {
  arb_t y, at;
  arb_init(y);
  arb_init(at);
  arb_set_d(at, x);
  mc_audit_polynomial_at(y, f->p, 6, at);
  bool above = mc_ball_lower_double(y) > bound;
  arb_clear(y);
  arb_clear(at);
  return above;
}

/* A bound of ||X_k||_2 for the computed X_k, given d->s, another one, and next >= ||computed X_{k+1}||_2.  The largest
 * singular value s of X_k has |p(s)| <= next + local error, so that it is below every x with p(x) above that from which
 * p increases. */
static double confine(const mc_audit_rounding *k, const stage *g, const mc_kernel_model *model, distance d,
                      double next) {
  enum { ROUNDS = 12, HALVINGS = 24 };
  for (int round = 0; round < ROUNDS; round++) {
    norms n;
    double bound = mc_up_add(next, local_error(&n, k, g, &d, model)), lo = 0, hi = d.s;
    if (!isfinite(bound) || !exceeds(&g->f, hi, bound) || !increases_from(&g->f, hi))
      break;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = lo + (hi - lo) / 2;
      *(exceeds(&g->f, middle, bound) && increases_from(&g->f, middle) ? &hi : &lo) = middle;
    }
    hi = fmax(hi, g->top); /* T2 needs a bound of the exact iterate too */
    bool slow = hi > 0.999 * d.s;
    d.s = hi;
    if (slow)
      break;
  }
  return d.s;
}

/* ---- The whole path ---- */

typedef struct {
  size_t steps;
  stage *stages;     /* steps + 1; of the last one only t and top */
  distance *reached; /* steps + 1: of X_k */
  double *cap;       /* steps + 1: ||computed X_k||_2 is at most this, whatever the recursion says */
} path;

static void path_clear(path *w) {
  for (size_t i = 0; w->stages && i <= w->steps; i++) {
    mc_audit_polynomials_clear(&w->stages[i].f);
    _arb_vec_clear(w->stages[i].t.sigma, w->stages[i].t.count);
  }
  mc_free(w->stages);
  mc_free(w->reached);
  mc_free(w->cap);
}

static bool path_init(path *w, const mc_kernel_model *model, arb_srcptr sigma, slong count) {
  size_t steps = model->schedule.count;
  fmpq x[3] = {0};
  *w = (path){.steps = steps,
              .stages = mc_alloc(steps + 1, sizeof *w->stages),
              .reached = mc_alloc(steps + 1, sizeof *w->reached),
              .cap = mc_alloc(steps + 1, sizeof *w->cap)};
  if (!w->stages || !w->reached || !w->cap) {
    mc_free(w->stages);
    mc_free(w->reached);
    mc_free(w->cap);
    return false;
  }
  for (size_t i = 0; i <= steps; i++) {
    stage *g = &w->stages[i];
    mc_audit_polynomials_init(&g->f);
    g->t = (mc_audit_trajectory){.sigma = _arb_vec_init(count), .count = count};
    _arb_vec_set(g->t.sigma, i > 0 ? w->stages[i - 1].t.sigma : sigma, count);
    if (i > 0)
      mc_audit_trajectory_advance(&g->t, w->stages[i - 1].f.p);
    if (i < steps)
      mc_audit_polynomials_set(&g->f, &model->schedule.steps[i], model);
    fmpq_init(&x[0]), fmpq_init(&x[1]), fmpq_init(&x[2]);
    fmpq_one(&x[1]);
    g->x = mc_audit_trajectory_norm(&g->t, x, 2);
    fmpq_zero(&x[1]);
    fmpq_one(&x[2]);
    g->gram = mc_audit_trajectory_norm(&g->t, x, 3);
    g->q = mc_audit_trajectory_norm(&g->t, g->f.q, 5);
    g->h = mc_audit_trajectory_norm(&g->t, g->f.h, 6);
    g->p = mc_audit_trajectory_norm(&g->t, g->f.p, 6);
    g->top = mc_audit_trajectory_largest(&g->t);
    w->cap[i] = INFINITY;
    fmpq_clear(&x[0]), fmpq_clear(&x[1]), fmpq_clear(&x[2]);
  }
  return true;
}

static void walk(path *w, const mc_audit_rounding *k, const mc_kernel_model *model, double initial, bool spectrum) {
  w->reached[0] = (distance){initial, mc_up_add(w->stages[0].top, initial)};
  for (size_t i = 0; i < w->steps; i++) {
    distance d = w->reached[i];
    take_step(&d, k, &w->stages[i], model, w->stages[i + 1].top, spectrum);
    d.s = fmax(fmin(d.s, w->cap[i + 1]), w->stages[i + 1].top);
    w->reached[i + 1] = d;
  }
}

/* The last cap is the output's; each gives the one before. */
static void confine_all(path *w, const mc_audit_rounding *k, const mc_kernel_model *model) {
  for (size_t i = w->steps; i-- > 1;) {
    double next = fmin(w->cap[i + 1], w->reached[i + 1].s);
    w->cap[i] = fmin(w->cap[i], confine(k, &w->stages[i], model, w->reached[i], next));
  }
}

void mc_audit_sound_bound(double *plain, double *spectrum, const mc_kernel_model *model, const double *g, size_t m,
                          size_t n, arb_srcptr sigma, const mc_audit_options *options, double output) {
  static const int sweeps[] = {3,
                               1}; /* the second bound starts under the caps of the first: they hold for every kernel */
  size_t r = m < n ? m : n, c = m < n ? n : m;
  mc_audit_rounding k = rounding_of(model, r, c, options->depth);
  path w;
  *plain = *spectrum = INFINITY;
  if (model->rounding == MC_ROUNDING_GRAM || !path_init(&w, model, sigma, (slong)r))
    return; /* the Gram form has no sound bound */
  double initial = mc_audit_initial_error(&k, model, g, w.stages[0].x, options->around);
  for (int divided = 0; divided < 2; divided++) {
    double *bound = divided ? spectrum : plain;
    walk(&w, &k, model, initial, divided != 0);
    w.cap[w.steps] = output;
    for (int sweep = 0; sweep < sweeps[divided] && isfinite(output); sweep++) {
      confine_all(&w, &k, model);
      walk(&w, &k, model, initial, divided != 0);
    }
    *bound = w.reached[w.steps].e;
    if (options->around)
      *bound = mc_up_add(*bound, options->around->output_bound);
  }
  path_clear(&w);
}

/* x / (safety ||x|| + eps) and x / max(safety ||x||, eps) move by at most 2 |dx| / divisor, whichever of the two
 * divisors is taken: the divisor moves by at most safety |dx|, and safety ||x|| is at most the divisor. */
double mc_audit_sound_spread(const mc_kernel_model *model, const double *g, size_t count, double apart) {
  double lower, upper, spread = apart, s;
  if (apart == 0)
    return 0;
  mc_audit_sound_norm(&lower, &upper, g, count);
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
  mc_audit_polynomials f;
  mc_audit_polynomials_init(&f);
  for (size_t i = 0; i < model->schedule.count; i++) {
    double slope;
    mc_audit_polynomials_set(&f, &model->schedule.steps[i], model);
    mc_audit_maxima(&s, &slope, f.p, 6, s);
    spread = mc_up_mul(spread, slope);
  }
  mc_audit_polynomials_clear(&f);
  return spread;
}
