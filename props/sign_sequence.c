/* The scalar sequence of sign steps on a shrinking step size (papers.md S2.L1): x_{t+1} = x_t - eta0 q^t sign(x_t
 * (x_t^2 - lambda)),  e_t = | |x_t| - sqrt(lambda) |.
 *
 * q, C, eta0, e0   as drawn ratio            the largest e_t/(eta0 q^t) over t <= 60
 *
 * q is between 0.4 and 0.95, C between 0.8/q and 1.25/(1 - q), so that each hypothesis is missed at times, and e_0 is
 * up to 1.1 C eta0.  The sequence is computed with balls: a sign that cannot be decided asks for more precision. */
#include "props.h"

#include "../src/ball/ball.h"

enum { Q, C, ETA0, E0, RATIO, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"q", "C", "eta0", "e0", "ratio"};

enum { SET_Q, SET_C, SET_ETA0, SET_LAMBDA, SET_X0, SETTING_COUNT };

#define STEPS 60

static double draw_in(mc_random *r, double low, double high) {
  return low + (high - low) * mc_random_unit(r);
}

/* lambda is the largest value of the case's family, squared so that its root is near a double. */
static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  double root, *s = mc_prop_instance_add(x, "settings", 1, SETTING_COUNT);
  if (!s)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_status status = mc_prop_draw_spectrum(&root, 1, c, r, e);
  if (status != MC_OK)
    return status;
  s[SET_Q] = draw_in(r, 0.4, 0.95);
  s[SET_C] = draw_in(r, 0.8 / s[SET_Q], 1.25 / (1 - s[SET_Q]));
  s[SET_ETA0] = root * draw_in(r, 0.1, 2);
  s[SET_LAMBDA] = root * root;
  double error = draw_in(r, 0, 1.1) * s[SET_C] * s[SET_ETA0], sign = mc_random_below(r, 2) == 0 ? 1 : -1;
  s[SET_X0] = sign * (mc_random_below(r, 2) == 0 && error < root ? root - error : root + error);
  return MC_OK;
}

/* The sign of x (x^2 - lambda), or 0 where it is not certain. */
static int certain_sign(const arb_t x, const arb_t lambda, slong precision) {
  arb_t y;
  arb_init(y);
  arb_mul(y, x, x, precision);
  arb_sub(y, y, lambda, precision);
  arb_mul(y, y, x, precision);
  int sign = arb_is_positive(y) - arb_is_negative(y);
  arb_clear(y);
  return sign;
}

/* e := | |x| - root | */
static void deviation(arb_t e, const arb_t x, const arb_t root, slong precision) {
  arb_abs(e, x);
  arb_sub(e, e, root, precision);
  arb_abs(e, e);
}

static mc_status run(arb_ptr q, arb_t x, arb_t step, const arb_t lambda, const arb_t root, slong precision,
                     mc_error *e) {
  arb_t error;
  mc_status status = MC_OK;
  arb_init(error);
  arb_zero(q + RATIO);
  for (size_t t = 0; t <= STEPS && status == MC_OK; t++) {
    deviation(error, x, root, precision);
    if (t == 0)
      arb_set(q + E0, error);
    arb_div(error, error, step, precision);
    arb_max(q + RATIO, q + RATIO, error, precision);
    int sign = certain_sign(x, lambda, precision);
    if (sign == 0)
      status = mc_fail(e, MC_UNDECIDED, "the sign at step %zu is not certain", t);
    else if (sign > 0)
      arb_sub(x, x, step, precision);
    else
      arb_add(x, x, step, precision);
    arb_mul(step, step, q + Q, precision);
  }
  arb_clear(error);
  return status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *instance, slong precision, mc_error *e) {
  const double *s = instance->matrices[0].entries;
  arb_t x, step, lambda, root;
  arb_init(x);
  arb_init(step);
  arb_init(lambda);
  arb_init(root);
  arb_set_d(q + Q, s[SET_Q]);
  arb_set_d(q + C, s[SET_C]);
  arb_set_d(q + ETA0, s[SET_ETA0]);
  arb_set_d(x, s[SET_X0]);
  arb_set_d(step, s[SET_ETA0]);
  arb_set_d(lambda, s[SET_LAMBDA]);
  arb_sqrt(root, lambda, 2 * precision);
  mc_status status = run(q, x, step, lambda, root, 2 * precision, e);
  arb_clear(x);
  arb_clear(step);
  arb_clear(lambda);
  arb_clear(root);
  return status;
}

const mc_property mc_props_sign_sequence = {"sign_sequence", QUANTITIES, quantities, generate, measure};
