/* Escape of Muon with five quintic steps from the diagonal saddle (papers.md S1.T1').
 *
 * The gradient is diagonal with the entries g_0 = -lambda w_0 and g_i = mu_i w_i, so that the normalised
 * Newton–Schulz image is diagonal with the entries rho^5(g_i/||g||_F), and w_{i,k+1} = w_{i,k} - eta
 * rho^5(g_i/||g||_F),  s_k = w_{0,k}. With exact arithmetic this is the matrix iteration; it is computed with balls,
 * entry by entry.
 *
 * steps    the first k with |s_k| >= R;  s0, R, eta, lambda   as drawn
 * F        an upper bound of ||g||_F over the steps
 *
 * The mu_i are the case's singular values but the first, times 1e-2 to 10; an m x n case has min(m, n) modes.
 * newton_schulz_by_dimension has s0 = 1/8, R = 1, eta = 3/16, lambda = 1 and bulk gradients of size g = 10.4 times the
 * case's singular values in every trial, from w_i = 100, which the steps hardly change: with equal ones, lambda s0/F
 * falls below tau = 1.505e-3 at about n = 64. */
#include "props.h"

#include "../src/ball/ball.h"

enum { STEPS, S0, R, ETA, LAMBDA, F, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"steps", "s0", "R", "eta", "lambda", "F"};

enum { MODES, CURVATURES, SETTINGS };
enum { SET_LAMBDA, SET_ETA, SET_R, SETTING_COUNT };

#define LIMIT 2000

static double draw_in(mc_random *r, double low, double high) {
  return low + (high - low) * mc_random_unit(r);
}

/* 1e-2 to 10, each decade alike. */
static double draw_curvature(mc_random *r) {
  static const double decades[] = {0.01, 0.1, 1};
  return decades[mc_random_below(r, 3)] * draw_in(r, 1, 10);
}

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  size_t k = c->rows < c->columns ? c->rows : c->columns;
  double *w = mc_prop_instance_add(x, "w", k, 1), *mu = mc_prop_instance_add(x, "mu", k, 1),
         *settings = mc_prop_instance_add(x, "settings", 1, SETTING_COUNT);
  if (!w || !mu || !settings)
    return mc_fail(e, MC_NO_MEMORY, "no memory for %zu modes", k);
  mc_status status = mc_prop_draw_spectrum(mu, k, c, r, e);
  double scale = draw_curvature(r), tiny = 1;
  settings[SET_LAMBDA] = draw_curvature(r);
  settings[SET_ETA] = draw_in(r, 0.02, 0.1);
  settings[SET_R] = 1;
  for (uint64_t halvings = mc_random_below(r, 16); halvings > 0; halvings--)
    tiny /= 2;
  w[0] = tiny * draw_in(r, 0.1, 0.4) * (mc_random_below(r, 2) == 0 ? 1 : -1);
  for (size_t i = 1; i < k; i++) {
    mu[i] *= scale;
    w[i] = mc_matgen_normal(r);
  }
  return status;
}

static mc_status generate_fixed(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  mc_status status = generate(x, c, r, e);
  if (status != MC_OK)
    return status;
  double *w = x->matrices[MODES].entries, *mu = x->matrices[CURVATURES].entries,
         *settings = x->matrices[SETTINGS].entries;
  settings[SET_LAMBDA] = 1;
  settings[SET_ETA] = 0.1875;
  w[0] = w[0] < 0 ? -0.125 : 0.125;
  status = mc_prop_draw_spectrum(mu, x->matrices[MODES].rows, c, r, e);
  for (size_t i = 1; i < x->matrices[MODES].rows; i++) {
    mu[i] *= 0.104;
    w[i] = w[i] < 0 ? -100 : 100;
  }
  return status;
}

/* x := rho(x) with the exact decimal coefficients (34445 - 47750 x^2 + 20315 x^4) x / 10000. */
static void apply_quintic(arb_t x, arb_t square, arb_t sum, slong precision) {
  arb_mul(square, x, x, precision);
  arb_mul_si(sum, square, 20315, precision);
  arb_sub_ui(sum, sum, 47750, precision);
  arb_mul(sum, sum, square, precision);
  arb_add_ui(sum, sum, 34445, precision);
  arb_mul(x, x, sum, precision);
  arb_div_ui(x, x, 10000, precision);
}

typedef struct {
  slong modes, precision;
  arb_ptr w, g; /* modes */
  arb_srcptr mu;
  arb_t eta, norm, square, sum;
} run;

static void run_init(run *x, slong modes, slong precision) {
  x->modes = modes;
  x->precision = precision;
  x->w = _arb_vec_init(modes);
  x->g = _arb_vec_init(modes);
  arb_init(x->eta);
  arb_init(x->norm);
  arb_init(x->square);
  arb_init(x->sum);
}

static void run_clear(run *x) {
  _arb_vec_clear(x->w, x->modes);
  _arb_vec_clear(x->g, x->modes);
  arb_clear(x->eta);
  arb_clear(x->norm);
  arb_clear(x->square);
  arb_clear(x->sum);
}

/* One step; F is raised to this gradient's norm. */
static void take_step(run *x, arb_t largest) {
  slong p = x->precision;
  arb_zero(x->norm);
  for (slong i = 0; i < x->modes; i++) {
    arb_mul(x->g + i, x->mu + i, x->w + i, p);
    arb_addmul(x->norm, x->g + i, x->g + i, p);
  }
  arb_sqrtpos(x->norm, x->norm, p);
  arb_max(largest, largest, x->norm, p);
  for (slong i = 0; i < x->modes; i++) {
    arb_div(x->g + i, x->g + i, x->norm, p);
    for (int step = 0; step < 5; step++)
      apply_quintic(x->g + i, x->square, x->sum, p);
    arb_submul(x->w + i, x->eta, x->g + i, p);
  }
}

static mc_status run_until(arb_ptr q, run *x, mc_error *e) {
  arb_t distance;
  arb_init(distance);
  mc_status status = MC_OK;
  for (size_t k = 0;; k++) {
    arb_abs(distance, x->w);
    if (k == 0)
      arb_set(q + S0, distance);
    arb_set_ui(q + STEPS, k);
    if (arb_ge(distance, q + R))
      break;
    if (k == LIMIT || !arb_lt(distance, q + R)) {
      status = mc_fail(e, MC_UNDECIDED, k == LIMIT ? "R was not reached" : "|s| is too close to R");
      break;
    }
    take_step(x, q + F);
  }
  arb_clear(distance);
  return status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *instance, slong precision, mc_error *e) {
  const mc_prop_matrix *w = &instance->matrices[MODES];
  const double *mu = instance->matrices[CURVATURES].entries, *settings = instance->matrices[SETTINGS].entries;
  slong modes = (slong)w->rows;
  arb_ptr curvatures = _arb_vec_init(modes);
  run x;
  run_init(&x, modes, 2 * precision);
  for (slong i = 0; i < modes; i++) {
    arb_set_d(x.w + i, w->entries[i]);
    arb_set_d(curvatures + i, i == 0 ? -settings[SET_LAMBDA] : mu[i]);
  }
  x.mu = curvatures;
  arb_set_d(x.eta, settings[SET_ETA]);
  arb_set_d(q + ETA, settings[SET_ETA]);
  arb_set_d(q + R, settings[SET_R]);
  arb_set_d(q + LAMBDA, settings[SET_LAMBDA]);
  arb_zero(q + F);
  mc_status status = run_until(q, &x, e);
  run_clear(&x);
  _arb_vec_clear(curvatures, modes);
  return status;
}

const mc_property mc_props_newton_schulz_escape = {"newton_schulz_escape", QUANTITIES, quantities, generate, measure};
const mc_property mc_props_newton_schulz_by_dimension = {"newton_schulz_by_dimension", QUANTITIES, quantities,
                                                         generate_fixed, measure};
