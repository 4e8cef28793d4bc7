/* A bound that no kernel of the model can exceed: local rounding errors of each step, in the Frobenius norm, carried
 * along the exact trajectory by Lipschitz constants (T2).  docs/errors.md section 3 has the statement and the proof;
 * names are the same there. */
#include "sound.h"

#include <math.h>

#include "local.h"

#define PRECISION 128

/* d: of X_k on entry, of X_{k+1} on return.  next: ||X_{k+1}||_2. */
static void take_step(mc_audit_distance *d, const mc_audit_rounding *k, const mc_audit_stage *g,
                      const mc_kernel_model *model, double next, bool spectrum) {
  double p_max, slope;
  mc_audit_bounds local = mc_audit_local_error(k, g, d, model);
  mc_audit_maxima(&p_max, &slope, g->f.p, 6, d->s);
  double moved = mc_up_mul(fmin(slope, mc_audit_steepest(g->f.p, d->s, g->top)), d->e);
  if (spectrum && isfinite(local.f))
    moved = fmin(moved, mc_audit_growth(g->t.sigma, g->t.count, (size_t)(k->c - k->r), g->f.p, d->s, d->e));
  d->e = mc_up_add(moved, local.f);
  d->s = fmin(mc_up_add(p_max, local.two), mc_up_add(next, d->e));
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
static double confine(const mc_audit_rounding *k, const mc_audit_stage *g, const mc_kernel_model *model,
                      mc_audit_distance d, double next) {
  enum { ROUNDS = 12, HALVINGS = 24 };
  for (int round = 0; round < ROUNDS; round++) {
    double bound = mc_up_add(next, mc_audit_local_error(k, g, &d, model).two), lo = 0, hi = d.s;
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
  mc_audit_stage *stages;     /* steps + 1; of the last one only t and top */
  mc_audit_distance *reached; /* steps + 1: of X_k */
  double *cap;                /* steps + 1: ||computed X_k||_2 is at most this, whatever the recursion says */
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

static bool path_init(path *w, const mc_kernel_model *model, const mc_audit_origin *o) {
  size_t steps = model->schedule.count - o->steps;
  slong count = o->count;
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
    mc_audit_stage *g = &w->stages[i];
    mc_audit_polynomials_init(&g->f);
    g->t = (mc_audit_trajectory){.sigma = _arb_vec_init(count), .count = count};
    _arb_vec_set(g->t.sigma, i > 0 ? w->stages[i - 1].t.sigma : o->sigma, count);
    if (i > 0)
      mc_audit_trajectory_advance(&g->t, w->stages[i - 1].f.p);
    if (i < steps)
      mc_audit_polynomials_set(&g->f, &model->schedule.steps[o->steps + i], model);
    fmpq_init(&x[0]), fmpq_init(&x[1]), fmpq_init(&x[2]);
    fmpq_one(&x[1]);
    g->x = mc_audit_trajectory_norm(&g->t, x, 2);
    fmpq_zero(&x[1]);
    fmpq_one(&x[2]);
    g->gram = mc_audit_trajectory_norm(&g->t, x, 3);
    g->q = mc_audit_trajectory_norm(&g->t, g->f.q, 5);
    g->h = mc_audit_trajectory_norm(&g->t, g->f.h, 6);
    g->p = mc_audit_trajectory_norm(&g->t, g->f.p, 6);
    mc_audit_magnitudes_init(&g->two);
    if (o->two && i < steps)
      g->two = o->two[i];
    g->top = mc_audit_trajectory_largest(&g->t);
    w->cap[i] = INFINITY;
    fmpq_clear(&x[0]), fmpq_clear(&x[1]), fmpq_clear(&x[2]);
  }
  return true;
}

static void walk(path *w, const mc_audit_rounding *k, const mc_kernel_model *model, double initial, bool spectrum) {
  w->reached[0] = (mc_audit_distance){initial, mc_up_add(w->stages[0].top, initial)};
  for (size_t i = 0; i < w->steps; i++) {
    mc_audit_distance d = w->reached[i];
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

void mc_audit_sound_bound(double *plain, double *spectrum, const mc_kernel_model *model, const mc_audit_origin *o,
                          size_t m, size_t n, const mc_audit_options *options, double output) {
  /* the second bound starts under the caps of the first: they hold for every kernel */
  static const int sweeps[] = {3, 1};
  mc_audit_rounding k = rounding_of(model, m < n ? m : n, m < n ? n : m, options->depth);
  path w;
  *plain = *spectrum = INFINITY;
  if (model->rounding == MC_ROUNDING_GRAM || !path_init(&w, model, o))
    return; /* the Gram form has no sound bound */
  for (int divided = 0; divided < 2; divided++) {
    walk(&w, &k, model, o->distance, divided != 0);
    w.cap[w.steps] = output;
    for (int sweep = 0; sweep < sweeps[divided] && isfinite(output); sweep++) {
      confine_all(&w, &k, model);
      walk(&w, &k, model, o->distance, divided != 0);
    }
    double bound = mc_up_add(w.reached[w.steps].e, o->apart);
    *(divided ? spectrum : plain) = options->around ? mc_up_add(bound, options->around->output_bound) : bound;
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
