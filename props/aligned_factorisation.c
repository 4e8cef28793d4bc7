/* Muon with a fixed step eta on L = ||M - P Q^T||_F^2/2 from an aligned start P = U diag(p) O^T, Q = V diag(q) O^T with
 * M = U diag(s) V^T (papers.md S4.1, S4.2, S4.3).  T_i is the first step at which p_i q_i - s_i has not the sign of
 * the start.
 *
 * eta         as drawn
 * coupled     the largest entry of P and Q off their diagonals in these bases, over all steps
 * product     the least p_i q_i at the start
 * unbalanced  the largest |p_i - q_i| at the start
 * below       the least sqrt(s_i) - p_i at the start
 * zeros       how often a p_i or q_i was exactly 0, or p_i q_i exactly s_i
 * drift       the largest change of |p_i| - |q_i| up to step T_i
 * slow, fast  the least and the largest p_{i,t+1} - p_{i,t}, t < T_i
 * early, late the least and the largest of eta T_i - (sqrt(s_i) - p_{i,0})
 * disorder    how many pairs of modes s_i < s_j have T_i > T_j from equal p_{i,0} = p_{j,0}
 * error       the largest | |p_i| - sqrt(s_i) | / max(eta, that at the start) from the first step on
 * after       the largest | |p_i| - sqrt(s_i) | / eta from step T_i on
 *
 * Most starts are balanced, p_i = q_i > 0, and most of these equal for all i; some have p_i != q_i, at times of
 * opposite signs.  All of it is
 * exact but the roots of s_i (src/dynamics/aligned.c). */
#include "aligned.h"
#include "props.h"

#include <math.h>

enum {
  ETA,
  COUPLED,
  PRODUCT,
  UNBALANCED,
  BELOW,
  ZEROS,
  DRIFT,
  SLOW,
  FAST,
  EARLY,
  LATE,
  DISORDER,
  ERROR,
  AFTER,
  QUANTITIES
};
static const char *const quantities[QUANTITIES] = {"eta",   "coupled",  "product", "unbalanced", "below",
                                                   "zeros", "drift",    "slow",    "fast",       "early",
                                                   "late",  "disorder", "error",   "after"};

enum { VALUES, LEFT, RIGHT, COMMON, P, K, SETTINGS };
#define EXACT 4096

/* ---- Drawing ---- */

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  size_t n = c->rows < c->columns ? c->rows : c->columns;
  double *s = mc_prop_instance_add(x, "s", n, 1), *u = mc_prop_instance_add(x, "U", n, n),
         *v = mc_prop_instance_add(x, "V", n, n), *o = mc_prop_instance_add(x, "O", n, n),
         *p = mc_prop_instance_add(x, "p", n, 1), *q = mc_prop_instance_add(x, "q", n, 1),
         *eta = mc_prop_instance_add(x, "eta", 1, 1);
  if (!s || !u || !v || !o || !p || !q || !eta)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu instance", n, n);
  mc_status status = mc_props_draw_values(s, n, 1, 12, true, c, r, e);
  mc_props_draw_orthogonal(u, n, c, r);
  mc_props_draw_orthogonal(v, n, c, r);
  mc_props_draw_orthogonal(o, n, c, r);
  *eta = n < 64 ? mc_props_draw_dyadic(r, 0.08, 0.3, 10) : mc_props_draw_dyadic(r, 0.2, 0.4, 10);
  uint64_t kind = mc_random_below(r, 12);
  double common = mc_props_draw_dyadic(r, 0.002, 0.03, 12);
  for (size_t i = 0; i < n; i++) {
    p[i] = kind == 1 ? mc_props_draw_dyadic(r, 0.002, 0.8, 12) : common;
    q[i] = kind == 0 ? mc_props_draw_dyadic(r, 0.002, 0.3, 12) : p[i];
    if (kind == 0 && mc_random_below(r, 2) == 0)
      q[i] = -q[i];
  }
  return status;
}

/* ---- Measuring ---- */

typedef struct {
  size_t n, steps;
  arb_ptr p, q, s;  /* (steps + 1) n, the same, n */
  size_t *crossing; /* T_i, or steps + 1 */
  slong precision;
} course;

/* T_i for all i; all comparisons are exact. */
static void find_crossings(course *x) {
  arb_t gap;
  arb_init(gap);
  for (size_t i = 0; i < x->n; i++) {
    int sign = 0;
    x->crossing[i] = x->steps + 1;
    for (size_t t = 0; t <= x->steps && x->crossing[i] > x->steps; t++) {
      arb_mul(gap, x->p + t * x->n + i, x->q + t * x->n + i, EXACT);
      arb_sub(gap, gap, x->s + i, EXACT);
      int now = arb_is_positive(gap) - arb_is_negative(gap);
      if (t == 0)
        sign = now;
      if (now != sign || now == 0)
        x->crossing[i] = t;
    }
  }
  arb_clear(gap);
}

static void widen(arb_ptr low, arb_ptr high, const arb_t y, bool first, slong precision) {
  if (first) {
    arb_set(low, y);
    arb_set(high, y);
  }
  arb_min(low, low, y, precision);
  arb_max(high, high, y, precision);
}

/* d := ||p| - |q|| of mode i at step t less that at the start. */
static void set_drift(arb_t d, const course *x, size_t i, size_t t) {
  arb_t y;
  arb_init(y);
  arb_abs(d, x->p + t * x->n + i);
  arb_abs(y, x->q + t * x->n + i);
  arb_sub(d, d, y, EXACT);
  arb_abs(y, x->p + i);
  arb_sub(d, d, y, EXACT);
  arb_abs(y, x->q + i);
  arb_add(d, d, y, EXACT);
  arb_abs(d, d);
  arb_clear(y);
}

static void measure_approach(arb_ptr q, const course *x) {
  arb_t y, root;
  arb_init(y);
  arb_init(root);
  bool first = true, first_time = true;
  for (size_t i = 0; i < x->n; i++) {
    for (size_t t = 0; t <= x->steps && t <= x->crossing[i]; t++) {
      set_drift(y, x, i, t);
      arb_max(q + DRIFT, q + DRIFT, y, EXACT);
      if (t == x->crossing[i] || t == x->steps)
        continue;
      arb_sub(y, x->p + (t + 1) * x->n + i, x->p + t * x->n + i, EXACT);
      widen(q + SLOW, q + FAST, y, first, EXACT);
      first = false;
    }
    arb_sqrt(root, x->s + i, x->precision);
    arb_mul_ui(y, q + ETA, x->crossing[i], x->precision);
    arb_sub(y, y, root, x->precision);
    arb_add(y, y, x->p + i, x->precision);
    widen(q + EARLY, q + LATE, y, first_time, x->precision);
    first_time = false;
  }
  arb_clear(y);
  arb_clear(root);
}

static void measure_errors(arb_ptr q, const course *x) {
  arb_t y, root, scale;
  arb_init(y);
  arb_init(root);
  arb_init(scale);
  for (size_t i = 0; i < x->n; i++) {
    arb_sqrt(root, x->s + i, x->precision);
    for (size_t t = 0; t <= x->steps; t++) {
      arb_abs(y, x->p + t * x->n + i);
      arb_sub(y, y, root, x->precision);
      arb_abs(y, y);
      if (t == 0)
        arb_max(scale, q + ETA, y, x->precision);
      arb_div(root, y, scale, x->precision);
      if (t > 0)
        arb_max(q + ERROR, q + ERROR, root, x->precision);
      if (t >= x->crossing[i]) {
        arb_div(root, y, q + ETA, x->precision);
        arb_max(q + AFTER, q + AFTER, root, x->precision);
      }
      arb_sqrt(root, x->s + i, x->precision);
    }
  }
  arb_clear(y);
  arb_clear(root);
  arb_clear(scale);
}

static void measure_start(arb_ptr q, const course *x) {
  arb_t y;
  arb_init(y);
  size_t disorder = 0, zeros = 0;
  for (size_t i = 0; i < x->n; i++) {
    arb_mul(y, x->p + i, x->q + i, EXACT);
    if (i == 0)
      arb_set(q + PRODUCT, y);
    arb_min(q + PRODUCT, q + PRODUCT, y, EXACT);
    arb_sub(y, x->p + i, x->q + i, EXACT);
    arb_abs(y, y);
    arb_max(q + UNBALANCED, q + UNBALANCED, y, EXACT);
    arb_sqrt(y, x->s + i, x->precision);
    arb_sub(y, y, x->p + i, x->precision);
    if (i == 0)
      arb_set(q + BELOW, y);
    arb_min(q + BELOW, q + BELOW, y, x->precision);
    for (size_t j = 0; j < x->n; j++)
      disorder += arb_lt(x->s + i, x->s + j) && arb_equal(x->p + i, x->p + j) && x->crossing[i] > x->crossing[j];
  }
  for (size_t k = 0; k < (x->steps + 1) * x->n; k++) {
    arb_mul(y, x->p + k, x->q + k, EXACT);
    zeros += arb_is_zero(y) || arb_equal(y, x->s + k % x->n);
  }
  arb_set_ui(q + DISORDER, disorder);
  arb_set_ui(q + ZEROS, zeros);
  arb_clear(y);
}

static mc_status run(arb_ptr q, course *x, const mc_prop_instance *instance, mc_error *e) {
  const mc_aligned_run run = {.kind = MC_ALIGNED_FACTORISATION,
                              .n = x->n,
                              .steps = x->steps,
                              .values = instance->matrices[VALUES].entries,
                              .a = instance->matrices[LEFT].entries,
                              .b = instance->matrices[RIGHT].entries,
                              .c = instance->matrices[COMMON].entries,
                              .start = instance->matrices[P].entries,
                              .start_q = instance->matrices[K].entries,
                              .rate = *instance->matrices[SETTINGS].entries,
                              .decay = 1};
  mc_status status = mc_dynamics_aligned_exact(x->p, x->q, q + COUPLED, &run, x->precision, e);
  for (size_t i = 0; i < x->n; i++)
    arb_set_d(x->s + i, run.values[i]);
  return status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *instance, slong precision, mc_error *e) {
  const double *s = instance->matrices[VALUES].entries, eta = *instance->matrices[SETTINGS].entries;
  course x = {.n = instance->matrices[VALUES].rows, .precision = 2 * precision};
  double largest = 0;
  for (size_t i = 0; i < x.n; i++)
    largest = fmax(largest, s[i]);
  if (!(eta > 0) || !(sqrt(largest) / eta < 32))
    return mc_fail(e, MC_UNDECIDED, "more steps than this property takes");
  x.steps = (size_t)ceil(sqrt(largest) / eta) + 3;
  slong count = (slong)((x.steps + 1) * x.n);
  x.crossing = mc_alloc(x.n, sizeof *x.crossing);
  if (!x.crossing)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  x.p = _arb_vec_init(count);
  x.q = _arb_vec_init(count);
  x.s = _arb_vec_init((slong)x.n);
  for (size_t k = COUPLED; k < QUANTITIES; k++)
    arb_zero(q + k);
  arb_set_d(q + ETA, eta);
  mc_status status = run(q, &x, instance, e);
  if (status == MC_OK) {
    find_crossings(&x);
    measure_start(q, &x);
    measure_approach(q, &x);
    measure_errors(q, &x);
  }
  _arb_vec_clear(x.p, count);
  _arb_vec_clear(x.q, count);
  _arb_vec_clear(x.s, (slong)x.n);
  mc_free(x.crossing);
  return status;
}

const mc_property mc_props_aligned_factorisation = {"aligned_factorisation", QUANTITIES, quantities, generate, measure};
