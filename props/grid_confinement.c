/* Muon with a fixed step alpha on L(W) = ||W||_F^2/2 (papers.md S3.1, S3.2): the singular values walk on their grids.
 *
 * n, alpha, smax, eps   as drawn: n singular values s_i of W_0, the largest smax; an accuracy eps
 * coupled    the largest entry of W_k off its diagonal in the bases of W_0's singular vectors, over all steps
 * off_grid   the largest distance of s_{i,k} from s_{i,0} + alpha Z
 * cycle      from step floor(smax/alpha) on, the largest distance of |s_{i,k}| from r_i or alpha - r_i, in turn, r_i
 *            = s_{i,0} mod alpha, where floor(s_{i,0}/alpha) says whose turn it is; from 0 where r_i = 0
 * period     from there on, the largest |L(W_{k+2}) - L(W_k)|
 * best       the least L(W_k);  bound   half the sum of the squares of dist(s_{i,0}, alpha Z)
 * half       the largest |r_i - alpha/2|
 * steps      the first k with L(W_k) <= eps; the number of steps taken plus 1 if there is none
 *
 * In every other trial all r_i are alpha/2.  All of it is exact (src/dynamics/aligned.c). */
#include "aligned.h"
#include "props.h"

#include <math.h>

enum { N, ALPHA, SMAX, EPS, COUPLED, OFF_GRID, CYCLE, PERIOD, BEST, BOUND, HALF, STEPS, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"n",     "alpha",  "smax", "eps",   "coupled", "off_grid",
                                                   "cycle", "period", "best", "bound", "half",    "steps"};

enum { VALUES, LEFT, RIGHT, SETTINGS };
enum { SET_ALPHA, SET_EPS, SETTING_COUNT };

/* Exact numbers are multiples of 2^-SCALE. */
#define SCALE 30
#define EXACT 4096

/* ---- Drawing ---- */

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  size_t n = c->rows < c->columns ? c->rows : c->columns;
  double *s = mc_prop_instance_add(x, "s", n, 1), *u = mc_prop_instance_add(x, "U", n, n),
         *v = mc_prop_instance_add(x, "V", n, n), *settings = mc_prop_instance_add(x, "settings", 1, SETTING_COUNT);
  if (!s || !u || !v || !settings)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu instance", n, n);
  mc_status status = mc_props_draw_values(s, n, 1, 10, false, c, r, e);
  mc_props_draw_orthogonal(u, n, c, r);
  mc_props_draw_orthogonal(v, n, c, r);
  double alpha = settings[SET_ALPHA] =
      n < 64 ? mc_props_draw_dyadic(r, 0.11, 0.5, 8) : mc_props_draw_dyadic(r, 0.3, 0.6, 8);
  bool worst = mc_random_below(r, 2) == 0;
  for (size_t i = 0; i < n && worst; i++)
    s[i] = alpha * (floor(s[i] / alpha) + 0.5);
  settings[SET_EPS] = (double)n * alpha * alpha / 2 * (0.1 + 2.4 * mc_random_unit(r));
  return status;
}

/* ---- Measuring ---- */

typedef struct {
  size_t n, steps;
  fmpz *start, *mode; /* n; (steps + 1) n, in units of 2^-SCALE */
  fmpz_t alpha;
} walk;

/* MC_UNDECIDED: a number needs more bits. */
static mc_status set_fixed(fmpz_t z, const arb_t x, mc_error *e) {
  return arb_is_exact(x) && arf_get_fmpz_fixed_si(z, arb_midref(x), -SCALE) == 0
             ? MC_OK
             : mc_fail(e, MC_UNDECIDED, "a mode is not a multiple of 2^-%d", SCALE);
}

/* x := max(x, |z| 2^-SCALE) */
static void raise_fixed(arb_t x, const fmpz_t z) {
  arb_t y;
  arb_init(y);
  arb_set_fmpz(y, z);
  arb_abs(y, y);
  arb_mul_2exp_si(y, y, -SCALE);
  arb_max(x, x, y, EXACT);
  arb_clear(y);
}

/* d := the distance of z from alpha Z */
static void distance_from_grid(fmpz_t d, const fmpz_t z, const fmpz_t alpha) {
  fmpz_t other;
  fmpz_init(other);
  fmpz_fdiv_r(d, z, alpha);
  fmpz_sub(other, alpha, d);
  if (fmpz_cmp(other, d) < 0)
    fmpz_swap(other, d);
  fmpz_clear(other);
}

/* The modulus of mode i at step t, t >= s_i/alpha, as the theorem has it. */
static void predict(fmpz_t z, const walk *w, size_t i, size_t t) {
  fmpz_t turns;
  fmpz_init(turns);
  fmpz_fdiv_qr(turns, z, w->start + i, w->alpha);
  fmpz_sub_ui(turns, turns, t);
  if (fmpz_is_odd(turns) && !fmpz_is_zero(z))
    fmpz_sub(z, w->alpha, z);
  fmpz_clear(turns);
}

static void measure_modes(arb_ptr q, const walk *w, size_t settled) {
  fmpz_t d, modulus;
  fmpz_init(d);
  fmpz_init(modulus);
  for (size_t t = 0; t <= w->steps; t++)
    for (size_t i = 0; i < w->n; i++) {
      const fmpz *s = w->mode + t * w->n + i;
      fmpz_sub(d, s, w->start + i);
      distance_from_grid(d, d, w->alpha);
      raise_fixed(q + OFF_GRID, d);
      fmpz_abs(modulus, s);
      predict(d, w, i, t);
      fmpz_sub(d, d, modulus);
      if (t >= settled)
        raise_fixed(q + CYCLE, d);
    }
  fmpz_clear(d);
  fmpz_clear(modulus);
}

/* half: the largest |r - alpha/2|; bound: half the sum of the squared distances. */
static void measure_start(arb_ptr q, const walk *w) {
  fmpz_t d, sum;
  fmpz_init(d);
  fmpz_init(sum);
  for (size_t i = 0; i < w->n; i++) {
    distance_from_grid(d, w->start + i, w->alpha);
    fmpz_addmul(sum, d, d);
    fmpz_mul_ui(d, d, 2);
    fmpz_sub(d, w->alpha, d);
    raise_fixed(q + HALF, d); /* twice it */
    raise_fixed(q + SMAX, w->start + i);
  }
  arb_mul_2exp_si(q + HALF, q + HALF, -1);
  arb_set_fmpz(q + BOUND, sum);
  arb_mul_2exp_si(q + BOUND, q + BOUND, -2 * SCALE - 1);
  fmpz_clear(d);
  fmpz_clear(sum);
}

/* L(W_t), exact: W_t has the singular values |s_{i,t}| where it is not coupled. */
static void set_loss(arb_t loss, const walk *w, size_t t) {
  fmpz_t sum;
  fmpz_init(sum);
  for (size_t i = 0; i < w->n; i++)
    fmpz_addmul(sum, w->mode + t * w->n + i, w->mode + t * w->n + i);
  arb_set_fmpz(loss, sum);
  arb_mul_2exp_si(loss, loss, -2 * SCALE - 1);
  fmpz_clear(sum);
}

static void measure_losses(arb_ptr q, const walk *w, size_t settled) {
  arb_ptr loss = _arb_vec_init((slong)w->steps + 1);
  arb_t change;
  arb_init(change);
  arb_set_ui(q + STEPS, w->steps + 1);
  for (size_t t = w->steps + 1; t-- > 0;) {
    set_loss(loss + t, w, t);
    if (arb_le(loss + t, q + EPS))
      arb_set_ui(q + STEPS, t);
    if (t == w->steps)
      arb_set(q + BEST, loss + t);
    arb_min(q + BEST, q + BEST, loss + t, EXACT);
  }
  for (size_t t = settled; t + 2 <= w->steps; t++) {
    arb_sub(change, loss + t + 2, loss + t, EXACT);
    arb_abs(change, change);
    arb_max(q + PERIOD, q + PERIOD, change, EXACT);
  }
  arb_clear(change);
  _arb_vec_clear(loss, (slong)w->steps + 1);
}

static mc_status walk_on(arb_ptr q, walk *w, const mc_prop_instance *x, slong precision, mc_error *e) {
  const double *settings = x->matrices[SETTINGS].entries;
  const mc_aligned_run run = {.kind = MC_ALIGNED_NORM,
                              .n = w->n,
                              .steps = w->steps,
                              .a = x->matrices[LEFT].entries,
                              .b = x->matrices[RIGHT].entries,
                              .start = x->matrices[VALUES].entries,
                              .rate = settings[SET_ALPHA],
                              .decay = 1};
  size_t count = (w->steps + 1) * w->n;
  arb_ptr modes = _arb_vec_init((slong)count);
  arb_t alpha;
  arb_init(alpha);
  mc_status status = mc_dynamics_aligned_exact(modes, NULL, q + COUPLED, &run, precision, e);
  for (size_t k = 0; k < count && status == MC_OK; k++)
    status = set_fixed(w->mode + k, modes + k, e);
  arb_set_d(alpha, settings[SET_ALPHA]);
  if (status == MC_OK)
    status = set_fixed(w->alpha, alpha, e);
  for (size_t i = 0; i < w->n; i++)
    fmpz_set(w->start + i, w->mode + i);
  arb_clear(alpha);
  _arb_vec_clear(modes, (slong)count);
  return status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const double *settings = x->matrices[SETTINGS].entries, *s = x->matrices[VALUES].entries;
  walk w = {.n = x->matrices[VALUES].rows};
  double largest = 0;
  for (size_t i = 0; i < w.n; i++)
    largest = fmax(largest, s[i]);
  if (!(settings[SET_ALPHA] > 0) || !(largest / settings[SET_ALPHA] < 64))
    return mc_fail(e, MC_UNDECIDED, "more steps than this property takes");
  size_t settled = (size_t)floor(largest / settings[SET_ALPHA]) + 1;
  w.steps = settled + 5;
  w.start = _fmpz_vec_init((slong)w.n);
  w.mode = _fmpz_vec_init((slong)((w.steps + 1) * w.n));
  fmpz_init(w.alpha);
  for (size_t k = COUPLED; k < QUANTITIES; k++)
    arb_zero(q + k);
  arb_zero(q + SMAX);
  arb_set_ui(q + N, w.n);
  arb_set_d(q + ALPHA, settings[SET_ALPHA]);
  arb_set_d(q + EPS, settings[SET_EPS]);
  mc_status status = walk_on(q, &w, x, 2 * precision, e);
  if (status == MC_OK) {
    measure_modes(q, &w, settled);
    measure_start(q, &w);
    measure_losses(q, &w, settled);
  }
  _fmpz_vec_clear(w.start, (slong)w.n);
  _fmpz_vec_clear(w.mode, (slong)((w.steps + 1) * w.n));
  fmpz_clear(w.alpha);
  return status;
}

const mc_property mc_props_grid_confinement = {"grid_confinement", QUANTITIES, quantities, generate, measure};
