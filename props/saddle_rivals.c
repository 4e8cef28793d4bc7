/* Gradient descent, sign descent and Adam on the saddle of Muon's escape theorem (papers.md S1.GD, S1.SIGN).
 *
 * n            columns; R, s0, eta, lambda, bulk   target, |s_0|, Muon's step size, the curvatures
 * polar_steps, polar_t, polar_eps        Muon's run as in saddle_escape
 * gd_eta, gd_steps, gd_nu                gradient descent with step gd_eta < 2/bulk; gd_nu bounds all its
 *                                        perturbations: s_{k+1} = (1 + gd_eta lambda) s_k up to gd_eta gd_nu
 * sign_eta, sign_steps, sign_nu, sign_eps  sign descent with the Frobenius budget of Muon, sign_eta = eta sqrt(min(m,
 *                                          n)/(m n))
 * l1           |u|_1 |v|_1 of the unit vectors: what s gains in a step of sign descent, over sign_eta, where sign(G)
 *              = -+sign(u v^T)
 * least        the least |u_i v_j|
 * adam_eta, adam_steps, adam_nu, adam_eps   Adam with the same budget, beta1 = 0.9, beta2 = 0.999
 * epsilon      what is added to its root, 1e-8
 * most         the largest c_t, t <= adam_steps, with which an entry of its t-th direction is at most c_t in modulus: by
 *              Cauchy and Schwarz, with gamma = beta1^2/beta2, c_t^2 = ((1 - beta1)/(1 - beta1^t))^2 (1 - beta2^t)/(1 -
 *              beta2) (1 - gamma^t)/(1 - gamma)
 * axis, pure   1 where u and v are coordinate vectors; where W_0 = s_0 u v^T and H vanishes elsewhere; else 0
 *
 * saddle_rivals draws spikes of three kinds over a bulk: coordinate vectors; dense vectors; dense vectors over a bulk
 * so small that the spike dominates.  sign_escape_… and adam_escape_… measure sign descent and Adam alone, on coordinate
 * vectors (axis) or on pure dense spikes (pure).  escape_race sends gradient descent, sign descent and Adam from the
 * same start, the bare coordinate spike with s0 = 1/4, R = 1, eta = 1/2, lambda = 1/4, gd_eta = 3/2, for every n. */
#include "props.h"

#include <math.h>

#include "../src/dynamics/dynamics.h"

enum {
  N,
  R,
  S0,
  ETA,
  LAMBDA,
  BULK,
  POLAR_STEPS,
  POLAR_T,
  POLAR_EPS,
  GD_ETA,
  GD_STEPS,
  GD_NU,
  SIGN_ETA,
  SIGN_STEPS,
  SIGN_NU,
  SIGN_EPS,
  ADAM_ETA,
  ADAM_STEPS,
  ADAM_NU,
  ADAM_EPS,
  EPSILON,
  MOST,
  L1,
  LEAST,
  AXIS,
  PURE,
  QUANTITIES
};
static const char *const quantities[QUANTITIES] = {
    "n",       "R",        "s0",      "eta",      "lambda",     "bulk",    "polar_steps", "polar_t",  "polar_eps",
    "gd_eta",  "gd_steps", "gd_nu",   "sign_eta", "sign_steps", "sign_nu", "sign_eps",    "adam_eta", "adam_steps",
    "adam_nu", "adam_eps", "epsilon", "most",     "l1",         "least",   "axis",        "pure"};

enum { START, LEFT, RIGHT, SETTINGS };
enum { SET_LAMBDA, SET_BULK, SET_ETA, SET_GD, SET_SIGN, SET_R, SETTING_COUNT };

#define LIMIT 150

#define BETA1 0.9
#define BETA2 0.999
#define ADAM_EPSILON 1e-8

/* ---- Drawing ---- */

static double draw_in(mc_random *r, double low, double high) {
  return low + (high - low) * mc_random_unit(r);
}

/* Gaussian entries, none of them tiny, or a coordinate vector; of length 1 up to rounding. */
static void draw_unit(double *x, size_t n, bool axis, mc_random *r) {
  double square = 0;
  size_t place = (size_t)mc_random_below(r, n);
  for (size_t i = 0; i < n; i++) {
    double y = mc_matgen_normal(r);
    x[i] = axis ? i == place : y + (y < 0 ? -0.01 : 0.01);
    square += x[i] * x[i];
  }
  for (size_t i = 0; i < n; i++)
    x[i] /= sqrt(square);
}

static double corner_of(const double *w, const double *u, const double *v, size_t m, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      sum += u[i] * w[i * n + j] * v[j];
  return sum;
}

typedef enum { AXIS_SPIKE, DENSE_SPIKE, DOMINANT_SPIKE, PURE_SPIKE, BARE_SPIKE } spike;

static void draw_settings(double *s, double s0, size_t m, size_t n, spike kind, mc_random *r) {
  s[SET_LAMBDA] = draw_in(r, 0.2, 2);
  s[SET_BULK] = kind == PURE_SPIKE ? 0 : s[SET_LAMBDA] * draw_in(r, 0.2, 12);
  s[SET_R] = 1;
  s[SET_ETA] = (1 - fabs(s0)) / (kind == AXIS_SPIKE ? draw_in(r, 1.5, 3) : draw_in(r, 3, 6));
  s[SET_GD] = draw_in(r, 0.5, 1.9) / (kind == PURE_SPIKE ? s[SET_LAMBDA] : s[SET_BULK]);
  if (kind == BARE_SPIKE) {
    s[SET_LAMBDA] = 0.25;
    s[SET_BULK] = 0;
    s[SET_ETA] = 0.5;
    s[SET_GD] = 1.5;
  }
  s[SET_SIGN] = s[SET_ETA] * sqrt((double)(m < n ? m : n) / (double)(m * n));
}

static mc_status draw(mc_prop_instance *x, const mc_prop_case *c, spike kind, mc_random *r, mc_error *e) {
  static const double sizes[] = {1, 1, 0x1p-9, 0, 0};
  const bool axis = kind == AXIS_SPIKE || kind == BARE_SPIKE;
  size_t m = c->rows, n = c->columns;
  mc_status status = mc_prop_draw_matrix(x, "W0", c, r, e);
  double *u = mc_prop_instance_add(x, "u", m, 1), *v = mc_prop_instance_add(x, "v", n, 1),
         *s = mc_prop_instance_add(x, "settings", 1, SETTING_COUNT);
  if (status != MC_OK || !u || !v || !s)
    return status != MC_OK ? status : mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu instance", m, n);
  double s0 = draw_in(r, 0.05, 0.3) * (mc_random_below(r, 2) == 0 ? 1 : -1), *w = x->matrices[START].entries;
  s0 = kind == BARE_SPIKE ? 0.25 : s0;
  draw_unit(u, m, axis, r);
  draw_unit(v, n, axis, r);
  draw_settings(s, s0, m, n, kind, r);
  for (size_t i = 0; i < m * n; i++)
    w[i] *= sizes[kind];
  double shift = s0 - corner_of(w, u, v, m, n);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      w[i * n + j] += shift * u[i] * v[j];
  return MC_OK;
}

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  return draw(x, c, (spike)mc_random_below(r, 3), r, e);
}

static mc_status generate_axis(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  return draw(x, c, AXIS_SPIKE, r, e);
}

static mc_status generate_pure(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  return draw(x, c, PURE_SPIKE, r, e);
}

static mc_status generate_bare(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  return draw(x, c, BARE_SPIKE, r, e);
}

/* ---- Measuring ---- */

static mc_status run(mc_dynamics_escape *escape, const mc_prop_instance *x, mc_dynamics_method method, double step_size,
                     slong precision, mc_error *e) {
  const double *s = x->matrices[SETTINGS].entries;
  const mc_dynamics_saddle p = {.method = method,
                                .m = x->matrices[START].rows,
                                .n = x->matrices[START].columns,
                                .curvature = {.lambda = s[SET_LAMBDA], .bulk = s[SET_BULK]},
                                .u = x->matrices[LEFT].entries,
                                .v = x->matrices[RIGHT].entries,
                                .start = x->matrices[START].entries,
                                .step_size = step_size,
                                .target = s[SET_R],
                                .beta1 = BETA1,
                                .beta2 = BETA2,
                                .adam_eps = ADAM_EPSILON,
                                .limit = LIMIT};
  return mc_dynamics_saddle_escape(escape, &p, precision, e);
}

/* norm1 := |x|_1 |y|_1 and least := the least |x_i y_j| of the exact unit vectors. */
static mc_status measure_directions(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  mc_status status = MC_OK;
  arb_one(q + L1);
  arb_one(q + LEAST);
  arb_t sum, entry, least;
  arb_init(sum);
  arb_init(entry);
  arb_init(least);
  for (size_t k = LEFT; k <= RIGHT && status == MC_OK; k++) {
    const mc_prop_matrix *a = &x->matrices[k];
    arb_mat_t unit;
    arb_mat_init(unit, (slong)a->rows, 1);
    if (!mc_dynamics_unit_enclose(unit, a->entries, precision))
      status = mc_fail(e, MC_UNDECIDED, "a direction may be zero");
    arb_zero(sum);
    for (slong i = 0; i < (slong)a->rows; i++) {
      arb_abs(entry, arb_mat_entry(unit, i, 0));
      arb_add(sum, sum, entry, precision);
      if (i == 0)
        arb_set(least, entry);
      arb_min(least, least, entry, precision);
    }
    arb_mul(q + L1, q + L1, sum, precision);
    arb_mul(q + LEAST, q + LEAST, least, precision);
    arb_mat_clear(unit);
  }
  arb_clear(sum);
  arb_clear(entry);
  arb_clear(least);
  return status;
}

static size_t count_nonzero(const mc_prop_matrix *a) {
  size_t count = 0;
  for (size_t i = 0; i < a->rows * a->columns; i++)
    count += a->entries[i] != 0;
  return count;
}

static mc_status measure_polar(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  mc_dynamics_escape escape;
  mc_dynamics_escape_init(&escape);
  mc_status status = run(&escape, x, MC_METHOD_POLAR, x->matrices[SETTINGS].entries[SET_ETA], precision, e);
  arb_swap(q + POLAR_STEPS, escape.steps);
  arb_swap(q + POLAR_T, escape.incoherence);
  arb_swap(q + POLAR_EPS, escape.error);
  mc_dynamics_escape_clear(&escape);
  return status;
}

static mc_status measure_gradient(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  mc_dynamics_escape escape;
  mc_dynamics_escape_init(&escape);
  mc_status status = run(&escape, x, MC_METHOD_GRADIENT, x->matrices[SETTINGS].entries[SET_GD], precision, e);
  arb_swap(q + GD_STEPS, escape.steps);
  arb_add(q + GD_NU, escape.noise, escape.error, precision);
  mc_dynamics_escape_clear(&escape);
  return status;
}

static mc_status measure_sign(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  mc_dynamics_escape escape;
  mc_dynamics_escape_init(&escape);
  mc_status status = run(&escape, x, MC_METHOD_SIGN, x->matrices[SETTINGS].entries[SET_SIGN], precision, e);
  arb_swap(q + S0, escape.start);
  arb_swap(q + SIGN_STEPS, escape.steps);
  arb_swap(q + SIGN_NU, escape.noise);
  arb_swap(q + SIGN_EPS, escape.error);
  mc_dynamics_escape_clear(&escape);
  return status;
}

/* x := (1 - beta^t)/(1 - beta), the sum of the first t powers. */
static void sum_of_powers(arb_t x, const arb_t beta, slong t, slong precision) {
  arb_one(x);
  for (slong k = 1; k < t; k++) {
    arb_mul(x, x, beta, precision);
    arb_add_ui(x, x, 1, precision);
  }
}

/* most, for t steps at most. */
static void bound_entries(arb_t most, slong t, slong precision) {
  arb_t beta1, beta2, ratio, square, sum;
  arb_init(beta1);
  arb_init(beta2);
  arb_init(ratio);
  arb_init(square);
  arb_init(sum);
  arb_set_d(beta1, BETA1);
  arb_set_d(beta2, BETA2);
  arb_mul(ratio, beta1, beta1, precision);
  arb_div(ratio, ratio, beta2, precision);
  arb_one(most);
  for (slong k = 1; k <= t; k++) {
    sum_of_powers(square, beta2, k, precision);
    sum_of_powers(sum, ratio, k, precision);
    arb_mul(square, square, sum, precision);
    sum_of_powers(sum, beta1, k, precision);
    arb_div(square, square, sum, precision);
    arb_div(square, square, sum, precision);
    arb_max(most, most, square, precision);
  }
  arb_sqrt(most, most, precision);
  arb_clear(beta1);
  arb_clear(beta2);
  arb_clear(ratio);
  arb_clear(square);
  arb_clear(sum);
}

static mc_status measure_adam(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  mc_dynamics_escape escape;
  mc_dynamics_escape_init(&escape);
  mc_status status = run(&escape, x, MC_METHOD_ADAM, x->matrices[SETTINGS].entries[SET_SIGN], precision, e);
  arb_swap(q + S0, escape.start);
  arb_swap(q + ADAM_STEPS, escape.steps);
  arb_swap(q + ADAM_NU, escape.noise);
  arb_swap(q + ADAM_EPS, escape.error);
  if (arb_is_int(q + ADAM_STEPS))
    bound_entries(q + MOST, (slong)arf_get_d(arb_midref(q + ADAM_STEPS), ARF_RND_UP), precision);
  mc_dynamics_escape_clear(&escape);
  return status;
}

/* What is given; nothing is known of the others yet. */
static mc_status measure_given(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const double *s = x->matrices[SETTINGS].entries;
  const struct {
    size_t quantity;
    double value;
  } given[] = {{R, s[SET_R]},
               {ETA, s[SET_ETA]},
               {LAMBDA, s[SET_LAMBDA]},
               {BULK, s[SET_BULK]},
               {GD_ETA, s[SET_GD]},
               {SIGN_ETA, s[SET_SIGN]},
               {ADAM_ETA, s[SET_SIGN]},
               {EPSILON, ADAM_EPSILON},
               {N, (double)x->matrices[START].columns},
               {PURE, s[SET_BULK] == 0},
               {AXIS, count_nonzero(&x->matrices[LEFT]) == 1 && count_nonzero(&x->matrices[RIGHT]) == 1}};
  for (size_t k = 0; k < QUANTITIES; k++)
    arb_indeterminate(q + k);
  for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
    arb_set_d(q + given[i].quantity, given[i].value);
  if (!(s[SET_ETA] > 0 && s[SET_GD] > 0 && s[SET_SIGN] > 0))
    return mc_fail(e, MC_UNDECIDED, "a step size is not positive");
  return measure_directions(q, x, precision, e);
}

static mc_status measure_sign_alone(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  mc_status status = measure_given(q, x, 2 * precision, e);
  return status == MC_OK ? measure_sign(q, x, 2 * precision, e) : status;
}

static mc_status measure_adam_alone(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  mc_status status = measure_given(q, x, 2 * precision, e);
  return status == MC_OK ? measure_adam(q, x, precision, e) : status;
}

static mc_status measure_race(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  mc_status status = measure_sign_alone(q, x, precision, e);
  if (status == MC_OK)
    status = measure_adam(q, x, precision, e);
  return status == MC_OK ? measure_gradient(q, x, 2 * precision, e) : status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  mc_status status = measure_sign_alone(q, x, precision, e);
  if (status == MC_OK)
    status = measure_gradient(q, x, 2 * precision, e);
  return status == MC_OK ? measure_polar(q, x, 2 * precision, e) : status;
}

const mc_property mc_props_saddle_rivals = {"saddle_rivals", QUANTITIES, quantities, generate, measure};
const mc_property mc_props_sign_escape_axis = {"sign_escape_axis", QUANTITIES, quantities, generate_axis,
                                               measure_sign_alone};
const mc_property mc_props_sign_escape_pure = {"sign_escape_pure", QUANTITIES, quantities, generate_pure,
                                               measure_sign_alone};
const mc_property mc_props_adam_escape_axis = {"adam_escape_axis", QUANTITIES, quantities, generate_axis,
                                               measure_adam_alone};
const mc_property mc_props_adam_escape_pure = {"adam_escape_pure", QUANTITIES, quantities, generate_pure,
                                               measure_adam_alone};
const mc_property mc_props_escape_race = {"escape_race", QUANTITIES, quantities, generate_bare, measure_race};
