/* The reference for large matrices in narrow formats, from one decomposition in plain doubles: its radii are far below
 * the errors of such kernels (theorem T4, docs/certification.md). */
#include <math.h>
#include <string.h>

#include "reference.h"
#include "sound.h"
#include "upward.h"

/* Below this the digit path is fast enough. */
enum { LEAST = 128 };

/* A radius is small if it is this much below unit roundoff times the norm of an orthogonal matrix of the shape. */
#define SMALL 0x1p-6

/* The singular values of an output within this of its image need no decomposition of their own. */
#define NEAR 0x1p-10

static bool is_wanted(const mc_audit_reference *r) {
  return r->count >= LEAST && mc_kernel_precision(r->model.storage) <= 24;
}

static bool is_small(double radius, const mc_audit_reference *r) {
  return radius <= SMALL * ldexp(1, -mc_kernel_precision(r->model.storage)) * sqrt((double)r->count);
}

void mc_audit_plain_truth(mc_enclosure *truth, const mc_audit_reference *r) {
  mc_enclosure_clear(truth);
  mc_enclosure_init(truth);
  arb_mat_clear(truth->value);
  arb_mat_init(truth->value, (slong)r->m, (slong)r->n);
  mc_ball_mat_set_double(truth->value, r->image.high);
  mag_set_d(truth->radius, r->image.radius);
}

static double *copy_of(const double *a, size_t count) {
  double *copy = mc_alloc(count, sizeof *copy);
  if (copy)
    memcpy(copy, a, count * sizeof *copy);
  return copy;
}

static mc_status find_basis(mc_audit_reference *r, const mc_truth_plain *p, mc_error *e) {
  size_t m = r->m, n = r->n, k = r->count;
  r->basis = (mc_audit_basis){.m = m, .n = n, .k = k};
  r->basis.u = copy_of(mc_truth_plain_left_approx(p), m * k);
  r->basis.v = copy_of(mc_truth_plain_right_approx(p), n * k);
  if (!r->basis.u || !r->basis.v)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  r->basis.weight = fmax(1, mc_up_mul(mc_audit_norm_upper(r->basis.u, m * k), mc_audit_norm_upper(r->basis.v, n * k)));
  return MC_OK;
}

/* Of X_0: those of the input over the divisor. */
static void find_sigma(mc_audit_reference *r, const mc_truth_plain *p, const double *g, double *s) {
  double radius;
  arb_t divisor;
  mag_t error;
  arb_init(divisor);
  mag_init(error);
  mc_truth_plain_sv_enclose(s, &radius, p);
  mc_audit_sound_divisor(divisor, &r->model, g, r->m * r->n);
  mag_set_d(error, radius);
  for (size_t i = 0; i < r->count; i++) {
    arb_set_d(r->sigma + i, s[i]);
    mc_ball_add_error_nonnegative(r->sigma + i, error, 64);
    arb_div(r->sigma + i, r->sigma + i, divisor, 64);
  }
  arb_clear(divisor);
  mag_clear(error);
}

static mc_status find_polar(mc_audit_reference *r, const mc_truth_plain *p, mc_error *e) {
  double radius;
  r->polar_approximate = mc_alloc(r->m * r->n, sizeof *r->polar_approximate);
  if (!r->polar_approximate)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_status s = mc_truth_plain_polar_certify(r->polar_approximate, &radius, p, e);
  r->polar_certified = s == MC_OK;
  if (r->polar_certified) {
    r->polar_radius = radius;
    return MC_OK;
  }
  mc_free(r->polar_approximate);
  r->polar_approximate = NULL;
  return s;
}

/* The image, and what stands in place of singular values: false if it is not small enough. */
static mc_status find_image(bool *found, mc_audit_reference *r, const mc_truth_plain *p, mc_error *e) {
  size_t count = r->m * r->n;
  double radius;
  *found = false;
  r->image.high = mc_alloc(count, sizeof *r->image.high);
  r->image.low = mc_alloc(count, sizeof *r->image.low);
  if (!r->image.high || !r->image.low)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_status s = mc_truth_plain_ns_enclose(r->image.high, &radius, p, &r->model.schedule, &r->model.normalisation, e);
  *found = s == MC_OK && is_small(radius, r);
  if (*found) {
    r->image.radius = radius;
  } else {
    mc_audit_image_clear(&r->image);
  }
  return s == MC_UNDECIDED ? MC_OK : s;
}

mc_status mc_audit_reference_fill_plain(mc_audit_reference *r, const double *g, mc_error *e) {
  mc_truth_plain *p = NULL;
  double *s = is_wanted(r) ? mc_alloc(r->count, sizeof *s) : NULL;
  r->plain = false;
  if (!s)
    return MC_OK;
  mc_status status = mc_truth_plain_new(&p, g, r->m, r->n, e);
  if (status == MC_OK)
    status = find_image(&r->plain, r, p, e);
  if (status == MC_OK && r->plain)
    status = find_basis(r, p, e);
  if (status == MC_OK && r->plain) {
    find_sigma(r, p, g, s);
    mc_status polar = find_polar(r, p, e);
    status = polar == MC_UNDECIDED ? MC_OK : polar;
  }
  mc_truth_plain_free(p);
  mc_free(s);
  return status == MC_UNDECIDED ? MC_OK : status;
}

/* ---- What is certified of an output, without decomposing it ---- */

/* Weyl: the singular values of the output are within ||output - image||_F of the image's, those of X_K. */
static void describe_spectrum(mc_audit_finding *f, const mc_audit_reference *r) {
  slong count = (slong)r->count;
  double off = mc_up_add(mc_ball_upper_double(f->error), r->options.around ? r->image.radius : 0);
  arb_ptr sigma = _arb_vec_init(count);
  arb_t defect, t;
  mag_t error;
  arb_init(defect);
  arb_init(t);
  mag_init(error);
  mc_audit_sound_image_sigma(sigma, &r->model, r->sigma, count);
  arb_zero(f->sigma_max);
  arb_pos_inf(f->sigma_min);
  for (slong i = 0; i < count; i++) {
    arb_abs(t, sigma + i);
    arb_max(f->sigma_max, f->sigma_max, t, 64);
    arb_min(f->sigma_min, f->sigma_min, t, 64);
    arb_sqr(t, sigma + i, 64);
    arb_sub_ui(t, t, 1, 64);
    arb_addmul(defect, t, t, 64);
  }
  mag_set_d(error, off);
  mc_ball_add_error_nonnegative(f->sigma_max, error, 64);
  mc_ball_add_error_nonnegative(f->sigma_min, error, 64);
  /* ||I - X X^T||_F, X = Y + E: within (||X||_2 + ||Y||_2) ||E||_F of that of Y */
  arb_sqrtpos(f->orthogonality, defect, 64);
  mag_set_d(error, mc_up_mul(mc_up_mul(2, mc_up_add(mc_ball_upper_double(f->sigma_max), off)), off));
  mc_ball_add_error_nonnegative(f->orthogonality, error, 64);
  _arb_vec_clear(sigma, count);
  arb_clear(defect);
  arb_clear(t);
  mag_clear(error);
}

/* The difference is rounded once an entry, the sum as in mc_audit_measure_error. */
static void describe_polar_distance(mc_audit_finding *f, const mc_audit_reference *r, const double *x) {
  double sum = 0, gamma = ((double)(r->m * r->n) + 8) * 0x1p-52;
  mag_t error;
  mag_init(error);
  for (size_t i = 0; i < r->m * r->n; i++)
    sum += (x[i] - r->polar_approximate[i]) * (x[i] - r->polar_approximate[i]);
  mag_set_d(error, mc_up_add(mc_up_add(r->polar_radius, 0x1p-500), mc_up_mul(gamma, sqrt(sum))));
  if (isfinite(sum)) {
    arb_set_d(f->polar_distance, sqrt(sum));
    mc_ball_add_error_nonnegative(f->polar_distance, error, 64);
  }
  mag_clear(error);
}

bool mc_audit_describe_plain(mc_audit_finding *f, const mc_audit_reference *r, const double *x) {
  bool near = mc_ball_upper_double(f->error) <= NEAR;
  if (near)
    describe_spectrum(f, r);
  if (r->polar_certified)
    describe_polar_distance(f, r, x);
  return near;
}
