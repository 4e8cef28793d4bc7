/* How fast a narrow factorisation aligns (papers.md S4.4), in the case that can be followed in balls: M = diag(s_1,
 * s_2), P and Q with one column, p and q in R^2, where polar(G) = G/|G|.  From p = q = alpha (cos a, sin a) by steps
 * of eta, while |p| is between many alpha and sqrt(s_2), 1 - overlap = p_2^2/|p|^2 falls like t^(-2 (1 - s_2/s_1)).
 *
 * rate     2 (1 - s_2/s_1)
 * slope    -log(misalignment after the window/before)/log(t after/before), t = |p|, over a window
 * early    the |p| at the window's beginning over alpha;  late   that at its end over sqrt(s_2)
 * misaligned   1 - overlap at the window's beginning
 *
 * alignment_rate_wide: factors wider than M, n modes in R^(2n), M = U diag(s) V^T, P = U (x_i e_i + y_i f_i)_i and Q =
 * V (x_i e_i - y_i f_i)_i with orthonormal e_i, f_i.  The gradient in P is minus U (r_i (x_i e_i - y_i f_i))_i, r_i =
 * s_i - x_i^2 + y_i^2, whose rows are orthogonal: as long as all r_i are positive, a step turns x_i into x_i + eta x_i/t_i
 * and y_i into y_i - eta y_i/t_i, t_i = |(x_i, y_i)|, for both factors.  So x_i y_i is multiplied by 1 - eta^2/t_i^2 and
 * the angle between the two row spaces falls like t^-2.
 *
 * rate     4;  slope   as above, of 1 - mean cos^2, the angles being those between the rows of P and Q, t the mean of t_i
 * early    the least t_i at the window's beginning over eta;  late   the largest t_i/sqrt(s_i) at its end
 * misaligned   1 - mean cos^2 at the window's beginning
 *
 * gradient_balance and gradient_instability: gradient descent on one mode, L = (s - p q)^2/2.
 * drift    the largest |p^2 - q^2 - (p_0^2 - q_0^2)| over the steps;  budget   eta^2 times the sum of |grad|^2, its
 *          bound
 * s, eta   as drawn;  growth   | |p_1| - sqrt(s) | / | |p_0| - sqrt(s) | from p_0 = q_0;  error   | |p_0| - sqrt(s) |
 *          / sqrt(s) */
#include "props.h"

#include <math.h>

#include "../src/ball/ball.h"

enum { RATE, SLOPE, EARLY, LATE, MISALIGNED, RATES };
static const char *const rates[RATES] = {"rate", "slope", "early", "late", "misaligned"};
enum { DRIFT, BUDGET, BALANCES };
static const char *const balances[BALANCES] = {"drift", "budget"};
enum { S, ETA, GROWTH, OFFSET, STABILITIES };
static const char *const stabilities[STABILITIES] = {"s", "eta", "growth", "error"};

enum { SET_S1, SET_S2, SET_ETA, SET_P, SET_Q, SETTING_COUNT };
#define WINDOW ((size_t)60)

static double draw_in(mc_random *r, double low, double high) {
  return low + (high - low) * mc_random_unit(r);
}

static mc_status generate_rate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  double *s = mc_prop_instance_add(x, "settings", 1, SETTING_COUNT);
  (void)c;
  if (!s)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  s[SET_S1] = draw_in(r, 2, 4);
  s[SET_S2] = s[SET_S1] * draw_in(r, 0.1, 0.7);
  s[SET_ETA] = draw_in(r, 0.0005, 0.002);
  s[SET_P] = s[SET_ETA] * draw_in(r, 0.02, 0.1); /* alpha (cos a, sin a) */
  s[SET_Q] = s[SET_P] * draw_in(r, 0.1, 0.8);
  return MC_OK;
}

static mc_status generate_mode(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  double *s = mc_prop_instance_add(x, "settings", 1, SETTING_COUNT);
  (void)c;
  if (!s)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  s[SET_S1] = draw_in(r, 0.5, 4);
  s[SET_ETA] = draw_in(r, 0.01, 3) / s[SET_S1];
  s[SET_P] = sqrt(s[SET_S1]) * (1 + draw_in(r, -0.2, 0.05) * (mc_random_below(r, 2) == 0 ? 1 : 0.05));
  s[SET_Q] = mc_random_below(r, 2) == 0 ? s[SET_P] : draw_in(r, -1, 1);
  return MC_OK;
}

/* ---- Alignment ---- */

/* p := p - eta polar(-(M - p p^T) p): one step of both factors where p = q. */
static void step_vector(arb_ptr p, arb_srcptr s, const arb_t eta, slong precision) {
  arb_t square, norm;
  arb_ptr g = _arb_vec_init(2);
  arb_init(square);
  arb_init(norm);
  for (slong i = 0; i < 2; i++)
    arb_addmul(square, p + i, p + i, precision);
  for (slong i = 0; i < 2; i++) {
    arb_sub(g + i, s + i, square, precision);
    arb_mul(g + i, g + i, p + i, precision);
    arb_addmul(norm, g + i, g + i, precision);
  }
  arb_rsqrt(norm, norm, precision);
  arb_mul(norm, norm, eta, precision);
  for (slong i = 0; i < 2; i++)
    arb_addmul(p + i, g + i, norm, precision);
  _arb_vec_clear(g, 2);
  arb_clear(square);
  arb_clear(norm);
}

/* t := |p|, m := p_2^2/|p|^2 */
static void look(arb_t t, arb_t m, arb_srcptr p, slong precision) {
  arb_mul(t, p, p, precision);
  arb_mul(m, p + 1, p + 1, precision);
  arb_add(t, t, m, precision);
  arb_div(m, m, t, precision);
  arb_sqrt(t, t, precision);
}

static mc_status measure_rate(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const double *d = x->matrices[0].entries;
  slong bits = 2 * precision;
  if (!(d[SET_S1] > 0 && d[SET_S2] > 0 && d[SET_ETA] > 0 && d[SET_P] > 0 && d[SET_Q] > 0))
    return mc_fail(e, MC_UNDECIDED, "a setting is not positive");
  arb_ptr p = _arb_vec_init(2), s = _arb_vec_init(2), t = _arb_vec_init(2), m = _arb_vec_init(2);
  arb_t eta, alpha;
  arb_init(eta);
  arb_init(alpha);
  arb_set_d(eta, d[SET_ETA]);
  arb_set_d(s, d[SET_S1]);
  arb_set_d(s + 1, d[SET_S2]);
  arb_set_d(p, d[SET_P]);
  arb_set_d(p + 1, d[SET_Q]);
  look(alpha, m, p, bits);
  for (size_t k = 0; k < 4 * WINDOW; k++) {
    if (k == WINDOW)
      look(t, m, p, bits);
    step_vector(p, s, eta, bits);
  }
  arb_set(q + MISALIGNED, m);
  look(t + 1, m + 1, p, bits);
  arb_div(q + RATE, s + 1, s, bits);
  arb_sub_ui(q + RATE, q + RATE, 1, bits);
  arb_mul_si(q + RATE, q + RATE, -2, bits);
  arb_div(q + EARLY, t, alpha, bits);
  arb_sqrt(q + LATE, s + 1, bits);
  arb_div(q + LATE, t + 1, q + LATE, bits);
  arb_div(m, m, m + 1, bits);
  arb_log(m, m, bits);
  arb_div(t, t + 1, t, bits);
  arb_log(t, t, bits);
  arb_div(q + SLOPE, m, t, bits);
  _arb_vec_clear(p, 2);
  _arb_vec_clear(s, 2);
  _arb_vec_clear(t, 2);
  _arb_vec_clear(m, 2);
  arb_clear(eta);
  arb_clear(alpha);
  return MC_OK;
}

/* ---- Wide factors ---- */

static mc_status generate_wide(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  size_t n = c->rows < c->columns ? c->rows : c->columns;
  double *s = mc_prop_instance_add(x, "s", n, 1), *p = mc_prop_instance_add(x, "xy", n, 2),
         *eta = mc_prop_instance_add(x, "eta", 1, 1);
  if (!s || !p || !eta)
    return mc_fail(e, MC_NO_MEMORY, "no memory for %zu modes", n);
  mc_status status = mc_prop_draw_spectrum(s, n, c, r, e);
  *eta = draw_in(r, 0.0002, 0.0008);
  for (size_t i = 0; i < n; i++) {
    p[2 * i] = *eta * draw_in(r, 1, 5);
    p[2 * i + 1] = p[2 * i] * draw_in(r, 0.2, 0.9);
  }
  return status;
}

/* misaligned := 1 - mean cos^2, mean := that of the t_i, least and late := min t_i, max t_i/root_i. */
static void look_wide(arb_ptr misaligned, arb_ptr mean, arb_ptr least, arb_ptr late, arb_srcptr p, arb_srcptr root,
                      slong n, slong precision) {
  arb_t t, m;
  arb_init(t);
  arb_init(m);
  arb_zero(misaligned);
  arb_zero(mean);
  arb_zero(late);
  for (slong i = 0; i < n; i++) {
    look(t, m, p + 2 * i, precision); /* m = y^2/t^2, and sin^2 of the angle is 4 m (1 - m) */
    arb_add(mean, mean, t, precision);
    if (i == 0)
      arb_set(least, t);
    arb_min(least, least, t, precision);
    arb_div(t, t, root + i, precision);
    arb_max(late, late, t, precision);
    arb_sub_ui(t, m, 1, precision);
    arb_mul(m, m, t, precision);
    arb_mul_si(m, m, -4, precision);
    arb_add(misaligned, misaligned, m, precision);
  }
  arb_div_si(misaligned, misaligned, n, precision);
  arb_div_si(mean, mean, n, precision);
  arb_clear(t);
  arb_clear(m);
}

/* (x, y) := (x + eta x/t, y - eta y/t) */
static void step_wide(arb_ptr p, const arb_t eta, slong precision) {
  arb_t t, m;
  arb_init(t);
  arb_init(m);
  look(t, m, p, precision);
  arb_div(t, eta, t, precision);
  arb_mul(m, p, t, precision);
  arb_add(p, p, m, precision);
  arb_mul(m, p + 1, t, precision);
  arb_sub(p + 1, p + 1, m, precision);
  arb_clear(t);
  arb_clear(m);
}

static mc_status measure_wide(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const mc_prop_matrix *s = &x->matrices[0];
  const double *start = x->matrices[1].entries, eta = *x->matrices[2].entries;
  slong n = (slong)s->rows, bits = 2 * precision;
  for (slong i = 0; i < n; i++)
    if (!(s->entries[i] > 0 && start[2 * i] > 0 && start[2 * i + 1] > 0 && eta > 0))
      return mc_fail(e, MC_UNDECIDED, "a setting is not positive");
  arb_ptr p = _arb_vec_init(2 * n), root = _arb_vec_init(n), y = _arb_vec_init(6);
  arb_set_d(y, eta);
  for (slong i = 0; i < n; i++) {
    arb_set_d(root + i, s->entries[i]);
    arb_sqrt(root + i, root + i, bits);
    arb_set_d(p + 2 * i, start[2 * i]);
    arb_set_d(p + 2 * i + 1, start[2 * i + 1]);
  }
  for (size_t k = 0; k < 4 * WINDOW; k++) {
    if (k == WINDOW)
      look_wide(q + MISALIGNED, y + 1, y + 2, y + 3, p, root, n, bits);
    for (slong i = 0; i < n; i++)
      step_wide(p + 2 * i, y, bits);
  }
  look_wide(y + 4, y + 5, y + 3, q + LATE, p, root, n, bits);
  arb_set_si(q + RATE, 4);
  arb_div(q + EARLY, y + 2, y, bits);
  arb_div(y + 4, q + MISALIGNED, y + 4, bits);
  arb_log(y + 4, y + 4, bits);
  arb_div(y + 5, y + 5, y + 1, bits);
  arb_log(y + 5, y + 5, bits);
  arb_div(q + SLOPE, y + 4, y + 5, bits);
  _arb_vec_clear(p, 2 * n);
  _arb_vec_clear(root, n);
  _arb_vec_clear(y, 6);
  return MC_OK;
}

/* ---- Gradient descent on one mode ---- */

/* One step; square (may be NULL) := eta^2 |grad|^2. */
static void step_mode(arb_t p, arb_t q, arb_ptr square, const arb_t s, const arb_t eta, slong precision) {
  arb_t r, u, v;
  arb_init(r);
  arb_init(u);
  arb_init(v);
  arb_mul(r, p, q, precision);
  arb_sub(r, s, r, precision);
  arb_mul(r, r, eta, precision);
  arb_mul(u, r, q, precision);
  arb_mul(v, r, p, precision);
  arb_add(p, p, u, precision);
  arb_add(q, q, v, precision);
  if (square) {
    arb_mul(square, u, u, precision);
    arb_addmul(square, v, v, precision);
  }
  arb_clear(r);
  arb_clear(u);
  arb_clear(v);
}

/* p^2 - q^2 */
static void balance(arb_t b, const arb_t p, const arb_t q, slong precision) {
  arb_mul(b, p, p, precision);
  arb_submul(b, q, q, precision);
}

static mc_status measure_balance(arb_ptr out, const mc_prop_instance *x, slong precision, mc_error *e) {
  const double *d = x->matrices[0].entries;
  slong bits = 2 * precision;
  arb_ptr y = _arb_vec_init(7);
  (void)e;
  arb_set_d(y, d[SET_P]);
  arb_set_d(y + 1, d[SET_Q]);
  arb_set_d(y + 2, d[SET_S1]);
  arb_set_d(y + 3, d[SET_ETA] / 8);
  balance(y + 4, y, y + 1, bits);
  arb_zero(out + DRIFT);
  arb_zero(out + BUDGET);
  for (size_t t = 0; t < 12; t++) {
    step_mode(y, y + 1, y + 5, y + 2, y + 3, bits);
    arb_add(out + BUDGET, out + BUDGET, y + 5, bits);
    balance(y + 6, y, y + 1, bits);
    arb_sub(y + 6, y + 6, y + 4, bits);
    arb_abs(y + 6, y + 6);
    arb_max(out + DRIFT, out + DRIFT, y + 6, bits);
  }
  _arb_vec_clear(y, 7);
  return MC_OK;
}

/* | |p| - sqrt(s) | */
static void set_error(arb_t e, const arb_t p, const arb_t root, slong precision) {
  arb_abs(e, p);
  arb_sub(e, e, root, precision);
  arb_abs(e, e);
}

static mc_status measure_instability(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const double *d = x->matrices[0].entries;
  slong bits = 2 * precision;
  if (!(d[SET_S1] > 0))
    return mc_fail(e, MC_UNDECIDED, "s is not positive");
  arb_ptr y = _arb_vec_init(3);
  arb_set_d(q + S, d[SET_S1]);
  arb_set_d(q + ETA, d[SET_ETA]);
  arb_set_d(y, d[SET_P]);
  arb_set_d(y + 1, d[SET_P]);
  arb_sqrt(y + 2, q + S, bits);
  set_error(q + OFFSET, y, y + 2, bits);
  step_mode(y, y + 1, NULL, q + S, q + ETA, bits);
  set_error(q + GROWTH, y, y + 2, bits);
  arb_div(q + GROWTH, q + GROWTH, q + OFFSET, bits);
  arb_div(q + OFFSET, q + OFFSET, y + 2, bits);
  _arb_vec_clear(y, 3);
  return MC_OK;
}

const mc_property mc_props_alignment_rate = {"alignment_rate", RATES, rates, generate_rate, measure_rate};
const mc_property mc_props_alignment_rate_wide = {"alignment_rate_wide", RATES, rates, generate_wide, measure_wide};
const mc_property mc_props_gradient_balance = {"gradient_balance", BALANCES, balances, generate_mode, measure_balance};
const mc_property mc_props_gradient_instability = {"gradient_instability", STABILITIES, stabilities, generate_mode,
                                                   measure_instability};
