/* Muon on two models of paper 2, mode by mode (papers.md S2.T1, S2.T3).
 *
 * symmetric_factorisation   X' = X - eta0 q^t polar((X X^T - M) X), M = U diag(lambda) U^T, X_0 = alpha O; e: ||x_i|
 *                           - sqrt(lambda_i)|
 * linear_attention          W' = W - eta0 q^t polar(Sigma (W A - Sigma)), W_0 = 0;                     e: |w_i - w_i*|,
 *                           A = (1 + 1/N) Sigma^2 + (tr Sigma/N) Sigma, w_i* = 1/((1 + 1/N) sigma_i + tr Sigma/N)
 *
 * q, eta0, C   as drawn; C is also between 0.8/q and 1.25/(1 - q)
 * e0           max_i e at the start
 * ratio        the largest e/(eta0 q^t) over modes and steps
 * coupled      the largest entry of the parameter off its diagonal in U's basis: 0 as long as the modes are independent
 * zeros        how often a mode was exactly 0 (or exactly at its target, where the polar factor has a null direction)
 * kappa        the condition number of M or Sigma
 * epsilon, steps   an accuracy, and the first t with max_i e <= epsilon from then on (t + 1 steps if none)
 * residual     the largest over t of ||X X^T - M||_2/((2 sqrt(lambda_max) + C eta0 q^t) C eta0 q^t)  (0 for attention)
 *
 * All runs are exact: matrices of dyadic numbers, each polar factor proved (src/dynamics/aligned.c). */
#include "aligned.h"
#include "props.h"

#include <math.h>

enum { Q, ETA0, C, E0, RATIO, COUPLED, ZEROS, KAPPA, EPSILON, STEPS, RESIDUAL, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"q",     "eta0",  "C",       "e0",    "ratio",   "coupled",
                                                   "zeros", "kappa", "epsilon", "steps", "residual"};

enum { VALUES, BASIS, START, SETTINGS };
enum { SET_Q, SET_ETA0, SET_C, SET_ALPHA, SET_EXAMPLES, SET_EPSILON, SETTING_COUNT };

/* ---- Drawing ---- */

static size_t order_of(const mc_prop_case *c) {
  return c->rows < c->columns ? c->rows : c->columns;
}

static void draw_settings(double *s, double largest_error, mc_random *r) {
  static const double factors[] = {0.5, 0.5, 0.625, 0.75, 0.375};
  s[SET_Q] = factors[mc_random_below(r, 5)];
  double low = 1 / s[SET_Q], high = 1 / (1 - s[SET_Q]);
  s[SET_C] = mc_props_draw_dyadic(r, low <= high ? low : 0.9 * low, low <= high ? high : 1.1 * low, 6);
  if (s[SET_Q] == 0.5)
    s[SET_C] = 2;
  s[SET_ETA0] = ldexp(ceil(ldexp(largest_error / s[SET_C] * (1 + mc_random_unit(r) / 2), 6)), -6);
  if (mc_random_below(r, 8) == 0)
    s[SET_ETA0] /= 2;
  s[SET_EPSILON] = s[SET_C] * s[SET_ETA0] / ldexp(1, (int)(1 + mc_random_below(r, 6)));
}

static mc_status draw(mc_prop_instance *x, const mc_prop_case *c, bool attention, mc_random *r, mc_error *e) {
  size_t n = order_of(c);
  double *values = mc_prop_instance_add(x, attention ? "sigma" : "lambda", n, 1),
         *u = mc_prop_instance_add(x, "U", n, n), *o = mc_prop_instance_add(x, "O", n, n),
         *s = mc_prop_instance_add(x, "settings", 1, SETTING_COUNT);
  if (!values || !u || !o || !s)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu instance", n, n);
  mc_status status = mc_props_draw_values(values, n, 1, attention ? 8 : 14, true, c, r, e);
  mc_props_draw_orthogonal(u, n, c, r);
  mc_props_draw_orthogonal(o, n, c, r);
  s[SET_ALPHA] = ldexp(1, -(int)(3 + mc_random_below(r, 6)));
  s[SET_EXAMPLES] = ldexp(1, (int)mc_random_below(r, 7));
  double error = 0, trace = 0;
  for (size_t i = 0; i < n; i++)
    trace += values[i];
  for (size_t i = 0; i < n; i++)
    error = fmax(error, attention ? 1 / ((1 + 1 / s[SET_EXAMPLES]) * values[i] + trace / s[SET_EXAMPLES])
                                  : fabs(s[SET_ALPHA] - sqrt(values[i])));
  draw_settings(s, error, r);
  return status;
}

static mc_status generate_symmetric(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  return draw(x, c, false, r, e);
}

static mc_status generate_attention(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  return draw(x, c, true, r, e);
}

/* ---- Measuring ---- */

typedef struct {
  size_t n, steps;
  const double *values, *settings;
  bool attention;
  slong precision;
  arb_ptr modes, target; /* (steps + 1) n, and n */
} course;

/* sqrt(lambda_i), or w_i*. */
static void set_targets(course *x) {
  arb_t trace, y;
  arb_init(trace);
  arb_init(y);
  for (size_t i = 0; i < x->n; i++) {
    arb_set_d(y, x->values[i]);
    arb_add(trace, trace, y, x->precision);
  }
  for (size_t i = 0; i < x->n; i++) {
    arb_set_d(x->target + i, x->values[i]);
    if (x->attention) {
      arb_set_d(y, 1 / x->settings[SET_EXAMPLES]);
      arb_add_ui(y, y, 1, x->precision);
      arb_mul(x->target + i, x->target + i, y, x->precision);
      arb_set_d(y, 1 / x->settings[SET_EXAMPLES]);
      arb_addmul(x->target + i, trace, y, x->precision);
      arb_inv(x->target + i, x->target + i, x->precision);
    } else
      arb_sqrt(x->target + i, x->target + i, x->precision);
  }
  arb_clear(trace);
  arb_clear(y);
}

/* residual := max(residual, max_i |x_i^2 - lambda_i| / ((2 sqrt(lambda_max) + bound) bound)), bound = C eta0 q^t.
 * For a decoupled X this is the 2-norm of X X^T - M. */
static void raise_residual(arb_t residual, const course *x, arb_srcptr modes, const arb_t bound) {
  arb_t y, largest, limit;
  arb_init(y);
  arb_init(largest);
  arb_init(limit);
  for (size_t i = 0; i < x->n; i++) {
    arb_set_d(y, x->values[i]);
    arb_submul(y, modes + i, modes + i, x->precision);
    arb_abs(y, y);
    arb_max(largest, largest, y, x->precision);
    arb_max(limit, limit, x->target + i, x->precision);
  }
  arb_mul_2exp_si(limit, limit, 1);
  arb_add(limit, limit, bound, x->precision);
  arb_mul(limit, limit, bound, x->precision);
  arb_div(y, largest, limit, x->precision);
  arb_max(residual, residual, y, x->precision);
  arb_clear(y);
  arb_clear(largest);
  arb_clear(limit);
}

/* What is said of the whole course.  MC_UNDECIDED: whether an error is within epsilon. */
static mc_status follow(arb_ptr q, const course *x, mc_error *e) {
  arb_t size, error, bound;
  arb_init(size);
  arb_init(error);
  arb_init(bound);
  size_t within = x->steps + 1;
  mc_status status = MC_OK;
  arb_set(size, q + ETA0);
  for (size_t t = 0; t <= x->steps; t++) {
    arb_srcptr modes = x->modes + t * x->n;
    mc_props_largest_error(error, modes, x->target, !x->attention, x->n, x->precision);
    if (t == 0)
      arb_set(q + E0, error);
    if (arb_gt(error, q + EPSILON))
      within = x->steps + 1;
    else if (!arb_le(error, q + EPSILON))
      status = mc_fail(e, MC_UNDECIDED, "an error is too close to epsilon");
    else if (within > t)
      within = t;
    arb_mul(bound, size, q + C, x->precision);
    if (!x->attention)
      raise_residual(q + RESIDUAL, x, modes, bound);
    arb_div(error, error, size, x->precision);
    arb_max(q + RATIO, q + RATIO, error, x->precision);
    arb_mul(size, size, q + Q, x->precision);
  }
  arb_set_ui(q + STEPS, within);
  arb_clear(size);
  arb_clear(error);
  arb_clear(bound);
  return status;
}

/* Zeros of the modes, or of their distance from a target that is met exactly. */
static size_t count_zeros(const course *x) {
  size_t zeros = x->attention ? 0 : mc_props_count_zeros(x->modes, (x->steps + 1) * x->n);
  for (size_t k = 0; k < (x->steps + 1) * x->n; k++) {
    arb_srcptr target = x->target + k % x->n;
    zeros += arb_is_exact(target) && arb_equal(x->modes + k, target);
  }
  return zeros;
}

/* As many steps as leave the iterates within 53 bits. */
static size_t steps_for(double q, size_t n) {
  double bits = 1;
  while (ldexp(q, (int)bits) != nearbyint(ldexp(q, (int)bits)))
    bits++;
  size_t steps = (size_t)(26 / bits);
  return n >= 64 && steps > 10 ? 10 : steps;
}

static mc_status run(arb_ptr q, course *x, const mc_prop_instance *instance, mc_error *e) {
  const double *o = instance->matrices[START].entries, *s = x->settings;
  double *start = mc_alloc(x->n, sizeof *start);
  if (!start)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < x->n && !x->attention; i++)
    start[i] = s[SET_ALPHA];
  const mc_aligned_run run = {.kind = x->attention ? MC_ALIGNED_ATTENTION : MC_ALIGNED_SYMMETRIC,
                              .n = x->n,
                              .steps = x->steps,
                              .values = x->values,
                              .a = instance->matrices[BASIS].entries,
                              .b = x->attention ? NULL : o,
                              .start = start,
                              .rate = s[SET_ETA0],
                              .decay = s[SET_Q],
                              .examples = s[SET_EXAMPLES]};
  mc_status status = mc_dynamics_aligned_exact(x->modes, NULL, q + COUPLED, &run, x->precision, e);
  mc_free(start);
  return status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *instance, bool attention, slong precision, mc_error *e) {
  const double *s = instance->matrices[SETTINGS].entries;
  course x = {.n = instance->matrices[VALUES].rows,
              .values = instance->matrices[VALUES].entries,
              .settings = s,
              .attention = attention,
              .precision = 2 * precision};
  x.steps = steps_for(s[SET_Q], x.n);
  x.modes = _arb_vec_init((slong)((x.steps + 1) * x.n));
  x.target = _arb_vec_init((slong)x.n);
  arb_set_d(q + Q, s[SET_Q]);
  arb_set_d(q + ETA0, s[SET_ETA0]);
  arb_set_d(q + C, s[SET_C]);
  arb_set_d(q + EPSILON, s[SET_EPSILON]);
  arb_set_d(q + KAPPA, x.values[0]);
  arb_set_d(q + STEPS, x.values[x.n - 1]);
  arb_div(q + KAPPA, q + KAPPA, q + STEPS, x.precision);
  arb_zero(q + RATIO);
  arb_zero(q + RESIDUAL);
  set_targets(&x);
  mc_status status = run(q, &x, instance, e);
  if (status == MC_OK)
    status = follow(q, &x, e);
  arb_set_ui(q + ZEROS, count_zeros(&x));
  _arb_vec_clear(x.modes, (slong)((x.steps + 1) * x.n));
  _arb_vec_clear(x.target, (slong)x.n);
  return status;
}

static mc_status measure_symmetric(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  return measure(q, x, false, precision, e);
}

static mc_status measure_attention(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  return measure(q, x, true, precision, e);
}

const mc_property mc_props_symmetric_factorisation = {"symmetric_factorisation", QUANTITIES, quantities,
                                                      generate_symmetric, measure_symmetric};
const mc_property mc_props_linear_attention = {"linear_attention", QUANTITIES, quantities, generate_attention,
                                               measure_attention};
