/* What the quintic map does to the singular values of a matrix (papers.md S1.L2.a to d).
 *
 * quintic_image   sigma_min, sigma_max of X = G/||G||_F and tau_min, tau_max of its image under five quintic steps
 * quintic_step    sigma_min, sigma_max of G itself, and tau_min, tau_max of its image under one step
 *
 * The image is enclosed as a matrix and its singular values are certified from that enclosure; nothing is mapped
 * value by value, so the campaigns also test that the image of a matrix is what the scalar map says. */
#include "props.h"

#include "../src/truth/truth.h"

enum { SIGMA_MIN, SIGMA_MAX, TAU_MIN, TAU_MAX, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"sigma_min", "sigma_max", "tau_min", "tau_max"};

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  return mc_prop_draw_matrix(x, "G", c, r, e);
}

/* q[0], q[1] := the least and the largest singular value in s. */
static void set_extremes(arb_ptr q, arb_srcptr s, size_t k) {
  arb_set(q, s + k - 1);
  arb_set(q + 1, s);
}

/* sigma_min and sigma_max of G, over ||G||_F for the image. */
static mc_status measure_input(arb_ptr q, const mc_prop_matrix *g, bool normalised, slong precision, mc_error *e) {
  size_t k = g->rows < g->columns ? g->rows : g->columns;
  arb_ptr s = _arb_vec_init((slong)k);
  mc_status status = mc_truth_sv_enclose(s, g->entries, g->rows, g->columns, precision, e);
  set_extremes(q + SIGMA_MIN, s, k);
  _arb_vec_clear(s, (slong)k);
  if (status != MC_OK || !normalised)
    return status;
  arb_mat_t a;
  arb_t norm;
  arb_mat_init(a, (slong)g->rows, (slong)g->columns);
  arb_init(norm);
  mc_ball_mat_set_double(a, g->entries);
  arb_mat_frobenius_norm(norm, a, 2 * precision);
  arb_div(q + SIGMA_MIN, q + SIGMA_MIN, norm, 2 * precision);
  arb_div(q + SIGMA_MAX, q + SIGMA_MAX, norm, 2 * precision);
  arb_mat_clear(a);
  arb_clear(norm);
  return MC_OK;
}

static mc_status enclose_image(mc_enclosure *y, const mc_prop_matrix *g, size_t steps, mc_norm_kind kind,
                               slong precision, mc_error *e) {
  mc_schedule schedule;
  mc_normalisation norm;
  mc_schedule_init(&schedule);
  mc_normalisation_init(&norm, kind);
  mc_status status = mc_schedule_set_name(&schedule, "jordan", e);
  if (status == MC_OK)
    status = mc_schedule_resize(&schedule, steps, e);
  if (status == MC_OK)
    status = mc_truth_ns_enclose(y, g->entries, g->rows, g->columns, &schedule, &norm, precision, e);
  mc_normalisation_clear(&norm);
  mc_schedule_clear(&schedule);
  return status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *x, size_t steps, mc_norm_kind kind, slong precision,
                         mc_error *e) {
  const mc_prop_matrix *g = &x->matrices[0];
  size_t k = g->rows < g->columns ? g->rows : g->columns;
  arb_ptr tau = _arb_vec_init((slong)k);
  mc_enclosure y;
  mc_enclosure_init(&y);
  mc_status status = measure_input(q, g, kind != MC_NORM_NONE, precision, e);
  if (status == MC_OK)
    status = enclose_image(&y, g, steps, kind, precision, e);
  if (status == MC_OK)
    status = mc_truth_sv_enclose_near(tau, &y, e);
  set_extremes(q + TAU_MIN, tau, k);
  mc_enclosure_clear(&y);
  _arb_vec_clear(tau, (slong)k);
  return status;
}

/* Twenty bits less than asked for are enough to begin with, and half the work. */
static mc_status measure_image(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  return measure(q, x, 5, MC_NORM_FROBENIUS_ADD, precision - 20, e);
}

static mc_status measure_step(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  return measure(q, x, 1, MC_NORM_NONE, precision - 20, e);
}

const mc_property mc_props_quintic_image = {"quintic_image", QUANTITIES, quantities, generate, measure_image};
const mc_property mc_props_quintic_step = {"quintic_step", QUANTITIES, quantities, generate, measure_step};
