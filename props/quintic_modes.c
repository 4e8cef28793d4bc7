/* Each singular value of a matrix under five quintic steps (papers.md S1.L2.a to d), for the exact image and for
 * kernels in floats.
 *
 * The singular values sigma_i of X_0 = G/||G||_F are enclosed and mapped with balls; those of the image are enclosed
 * from the image as a matrix.
 *
 * amplification   the least rho^5(sigma_i)/sigma_i over sigma_i <= delta0 = 0.02/3.4445^4; 484 where there is none
 * floor           the least rho^5(sigma_i) over 1e-4 <= sigma_i <= 0.6; 1 where there is none
 * low, high       the least and the largest rho^5(sigma_i) over sigma_i >= 0.03; 1 where there is none
 * kept_low, kept_high   the least and the largest rho(sigma) over the iterates rho^k(sigma_i), k < 5, in [0.6,
 *                       1.205]; 1
 * mismatch        the largest distance of the image's singular values from the sorted rho^5(sigma_i): 0, by theory
 * kernel          the 2-norm distance of what a kernel in float32 (quintic_modes_f32) or float64 (quintic_modes_f64)
 *                 makes of G from the exact image: no singular value is further from the image's (Weyl)
 * kernel_high     the largest singular value of the kernel's output
 * tolerance       the sound limit of the audit: no kernel of the model is further from the exact image in the
 *                 Frobenius norm
 *
 * The kernel follows the preset keller-jordan without its eps; its products run in the order of the BLAS, and the
 * limit holds for any order. */
#include "props.h"

#include <math.h>
#include <stdlib.h>

#include "../src/audit/audit.h"

enum { AMPLIFICATION, FLOOR, LOW, HIGH, KEPT_LOW, KEPT_HIGH, MISMATCH, KERNEL, KERNEL_HIGH, TOLERANCE, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"amplification", "floor",    "low",    "high",        "kept_low",
                                                   "kept_high",     "mismatch", "kernel", "kernel_high", "tolerance"};

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  return mc_prop_draw_matrix(x, "G", c, r, e);
}

/* y := rho(x) = (34445 - 47750 x^2 + 20315 x^4) x/10000. */
static void rho(arb_t y, const arb_t x, slong precision) {
  arb_t square, sum;
  arb_init(square);
  arb_init(sum);
  arb_mul(square, x, x, precision);
  arb_mul_si(sum, square, 20315, precision);
  arb_sub_ui(sum, sum, 47750, precision);
  arb_mul(sum, sum, square, precision);
  arb_add_ui(sum, sum, 34445, precision);
  arb_mul(sum, sum, x, precision);
  arb_div_ui(y, sum, 10000, precision);
  arb_clear(square);
  arb_clear(sum);
}

/* Certainly in [low, high]?  Values at the very ends of an interval are left to other trials. */
static bool is_within(const arb_t x, const char *low, const char *high, slong precision) {
  arb_t end;
  arb_init(end);
  arb_set_str(end, low, precision);
  bool inside = arb_gt(x, end);
  arb_set_str(end, high, precision);
  inside = inside && arb_lt(x, end);
  arb_clear(end);
  return inside;
}

static void lower(arb_t least, const arb_t x, slong precision) {
  arb_min(least, least, x, precision);
}

/* tau := rho^5(sigma), and what is said of it. */
static void map_mode(arb_ptr q, arb_t tau, const arb_t sigma, slong precision) {
  arb_t ratio;
  arb_init(ratio);
  arb_set(tau, sigma);
  for (int k = 0; k < 5; k++) {
    bool inside = is_within(tau, "0.6", "1.205", precision);
    rho(tau, tau, precision);
    if (inside) {
      lower(q + KEPT_LOW, tau, precision);
      arb_max(q + KEPT_HIGH, q + KEPT_HIGH, tau, precision);
    }
  }
  arb_div(ratio, tau, sigma, precision);
  if (is_within(sigma, "1e-300", "1.4207747797e-4", precision))
    lower(q + AMPLIFICATION, ratio, precision);
  if (is_within(sigma, "1e-4", "0.6", precision))
    lower(q + FLOOR, tau, precision);
  if (is_within(sigma, "0.03", "1.0001", precision)) {
    lower(q + LOW, tau, precision);
    arb_max(q + HIGH, q + HIGH, tau, precision);
  }
  arb_clear(ratio);
}

static int compare_midpoints(const void *x, const void *y) {
  return -arf_cmp(arb_midref((arb_srcptr)x), arb_midref((arb_srcptr)y));
}

/* d := max_i |a_i - b_i|, both sorted by midpoints, which pairs them as well as the balls allow: the l8 distance of
 * two sorted lists is at most that of any pairing, and the balls only widen it. */
static void largest_distance(arb_t d, arb_ptr a, arb_ptr b, size_t k, slong precision) {
  arb_t x;
  arb_init(x);
  qsort(a, k, sizeof *a, compare_midpoints);
  qsort(b, k, sizeof *b, compare_midpoints);
  arb_zero(d);
  for (size_t i = 0; i < k; i++) {
    arb_sub(x, a + i, b + i, precision);
    arb_abs(x, x);
    arb_max(d, d, x, precision);
  }
  arb_clear(x);
}

/* The singular values of X_0. */
static mc_status enclose_input(arb_ptr sigma, const mc_prop_matrix *g, slong precision, mc_error *e) {
  size_t k = g->rows < g->columns ? g->rows : g->columns;
  arb_mat_t a;
  arb_t norm;
  arb_mat_init(a, (slong)g->rows, (slong)g->columns);
  arb_init(norm);
  mc_ball_mat_set_double(a, g->entries);
  arb_mat_frobenius_norm(norm, a, precision);
  mc_status status = arb_is_positive(norm)
                         ? mc_truth_sv_enclose(sigma, g->entries, g->rows, g->columns, precision - 20, e)
                         : mc_fail(e, MC_UNDECIDED, "the zero matrix");
  for (size_t i = 0; i < k; i++)
    arb_div(sigma + i, sigma + i, norm, 2 * precision);
  arb_mat_clear(a);
  arb_clear(norm);
  return status;
}

static mc_status enclose_image(mc_enclosure *y, const mc_prop_matrix *g, slong precision, mc_error *e) {
  mc_schedule schedule;
  mc_normalisation norm;
  mc_schedule_init(&schedule);
  mc_normalisation_init(&norm, MC_NORM_FROBENIUS_ADD);
  mc_status status = mc_schedule_set_name(&schedule, "jordan", e);
  if (status == MC_OK)
    status = mc_truth_ns_enclose(y, g->entries, g->rows, g->columns, &schedule, &norm, precision - 14, e);
  mc_normalisation_clear(&norm);
  mc_schedule_clear(&schedule);
  return status;
}

/* The kernel's output x against the image, and the sound limit. */
static mc_status measure_output(arb_ptr q, const double *x, const mc_kernel_model *model, const mc_enclosure *image,
                                const mc_prop_matrix *g, mc_error *e) {
  size_t k = g->rows < g->columns ? g->rows : g->columns;
  double limit = INFINITY;
  arb_ptr s = _arb_vec_init((slong)k);
  mc_truth_distance distance;
  const mc_audit_options options = mc_audit_default_options();
  mc_truth_distance_init(&distance);
  mc_status status = mc_truth_distance_enclose(&distance, x, image, e);
  if (status == MC_OK)
    status = mc_truth_sv_enclose(s, x, g->rows, g->columns, 46, e);
  if (status == MC_OK)
    status = mc_audit_sound_limit(&limit, model, g->entries, g->rows, g->columns, &options, e);
  arb_set(q + KERNEL, distance.spectral);
  arb_set(q + KERNEL_HIGH, s);
  arb_set_d(q + TOLERANCE, limit < 0x1p100 ? limit : 0x1p100);
  mc_truth_distance_clear(&distance);
  _arb_vec_clear(s, (slong)k);
  return status;
}

static mc_status run_kernel(arb_ptr q, const mc_enclosure *image, const mc_prop_matrix *g, mc_dtype format,
                            mc_error *e) {
  double *x = mc_alloc(g->rows * g->columns, sizeof *x);
  mc_kernel_model model;
  mc_kernel_model_init(&model);
  mc_status status =
      x ? mc_kernel_model_set_preset(&model, "keller-jordan", e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  fmpq_zero(model.normalisation.eps);
  model.storage = format;
  model.rounding = MC_ROUNDING_OPERATIONS;
  if (status == MC_OK)
    status = mc_kernel_emulate(x, &model, g->entries, g->rows, g->columns, NULL, e);
  if (status == MC_OK)
    status = measure_output(q, x, &model, image, g, e);
  mc_kernel_model_clear(&model);
  mc_free(x);
  return status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *x, mc_dtype format, slong precision, mc_error *e) {
  const mc_prop_matrix *g = &x->matrices[0];
  size_t k = g->rows < g->columns ? g->rows : g->columns;
  arb_ptr sigma = _arb_vec_init((slong)k), tau = _arb_vec_init((slong)k), s = _arb_vec_init((slong)k);
  mc_enclosure image;
  mc_enclosure_init(&image);
  for (size_t i = 0; i < MISMATCH; i++)
    arb_one(q + i);
  arb_set_ui(q + AMPLIFICATION, 484);
  mc_status status = enclose_input(sigma, g, precision, e);
  for (size_t i = 0; i < k && status == MC_OK; i++)
    map_mode(q, tau + i, sigma + i, 2 * precision);
  if (status == MC_OK)
    status = enclose_image(&image, g, precision, e);
  if (status == MC_OK)
    status = mc_truth_sv_enclose_near(s, &image, e);
  if (status == MC_OK) {
    largest_distance(q + MISMATCH, tau, s, k, 2 * precision);
    status = run_kernel(q, &image, g, format, e);
  }
  mc_enclosure_clear(&image);
  _arb_vec_clear(sigma, (slong)k);
  _arb_vec_clear(tau, (slong)k);
  _arb_vec_clear(s, (slong)k);
  return status;
}

static mc_status measure_f32(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  return measure(q, x, MC_DTYPE_FLOAT32, precision, e);
}

static mc_status measure_f64(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  return measure(q, x, MC_DTYPE_FLOAT64, precision, e);
}

const mc_property mc_props_quintic_modes_f32 = {"quintic_modes_f32", QUANTITIES, quantities, generate, measure_f32};
const mc_property mc_props_quintic_modes_f64 = {"quintic_modes_f64", QUANTITIES, quantities, generate, measure_f64};
