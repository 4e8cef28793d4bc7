/* Where the sound limits of a rule begin: at X_0, or where kernels of the rule still agree in nearly all entries.
 * docs/errors.md, section 3.6. */
#include "origin.h"

#include <math.h>

#include "contain.h"
#include "polynomials.h"
#include "start.h"

void mc_audit_origin_init(mc_audit_origin *o, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                          arb_srcptr sigma, const mc_audit_options *options) {
  slong count = (slong)(m < n ? m : n);
  mc_audit_rounding k = rounding_of(model, m < n ? m : n, m < n ? n : m, options->depth);
  fmpq x[2];
  *o = (mc_audit_origin){.sigma = _arb_vec_init(count), .count = count};
  _arb_vec_set(o->sigma, sigma, count);
  fmpq_init(&x[0]);
  fmpq_init(&x[1]);
  fmpq_one(&x[1]);
  double norm = mc_audit_trajectory_norm(&(mc_audit_trajectory){.sigma = o->sigma, .count = count}, x, 2);
  o->distance = mc_audit_initial_error(&k, model, g, norm, options->around);
  fmpq_clear(&x[0]);
  fmpq_clear(&x[1]);
}

void mc_audit_origin_clear(mc_audit_origin *o) {
  if (o->sigma)
    _arb_vec_clear(o->sigma, o->count);
  mc_free(o->two);
  *o = (mc_audit_origin){0};
}

/* ||y - image||_F, where y is known within `radius`. */
static double distance_from_image(double *y, double radius, const mc_audit_reference *r) {
  for (size_t i = 0; i < r->m * r->n; i++)
    y[i] = y[i] - r->image.high[i] - r->image.low[i];
  /* a rounding or two an entry: low is zero, or far below the last place of high */
  double distance = mc_up_mul(1 + 0x1p-50, mc_audit_norm_upper(y, r->m * r->n));
  return mc_up_add3(distance, radius, r->image.radius);
}

static void set_sigma(mc_audit_origin *o, double *room, const mc_truth_plain *p) {
  double radius;
  mag_t error;
  mag_init(error);
  mc_truth_plain_sv_enclose(room, &radius, p);
  mag_set_d(error, radius);
  for (slong i = 0; i < o->count; i++) {
    arb_set_d(o->sigma + i, room[i]);
    mc_ball_add_error_nonnegative(o->sigma + i, error, 64);
  }
  mag_clear(error);
}

/* The iterates of the exact path from the matrix of p on, in room; of the last one the distance from the image. */
static mc_status follow_exactly(mc_audit_origin *o, double *room, const mc_truth_plain *p, const mc_audit_reference *r,
                                mc_error *e) {
  mc_schedule part = r->model.schedule; /* only read */
  mc_normalisation none = r->model.normalisation;
  size_t left = part.count - o->steps;
  double radius;
  mc_audit_polynomials f;
  none.kind = MC_NORM_NONE;
  part.steps += o->steps;
  o->two = mc_alloc(left + 1, sizeof *o->two);
  mc_status s = o->two ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  mc_audit_polynomials_init(&f);
  for (part.count = 0; part.count <= left && s == MC_OK; part.count++) {
    s = mc_truth_plain_ns_enclose(room, &radius, p, &part, &none, e);
    if (s == MC_OK && part.count < left) {
      mc_audit_polynomials_set(&f, &part.steps[part.count], &r->model);
      s = mc_audit_magnitudes_set(&o->two[part.count], &f, room, radius, r->m, r->n, e);
    }
  }
  mc_audit_polynomials_clear(&f);
  if (s == MC_OK)
    o->apart = distance_from_image(room, radius, r);
  return s;
}

/* The matrix x as the origin. */
static mc_status set_at(mc_audit_origin *o, double *x, const mc_audit_reference *r, mc_error *e) {
  mc_truth_plain *p = NULL;
  o->sigma = _arb_vec_init(o->count);
  mc_status s = mc_truth_plain_new(&p, x, r->m, r->n, e);
  if (s == MC_OK) {
    set_sigma(o, x, p);
    s = follow_exactly(o, x, p, r, e);
  }
  mc_truth_plain_free(p);
  return s;
}

mc_status mc_audit_origin_set(mc_audit_origin *o, const mc_audit_reference *r, const mc_kernel_model *variant,
                              mc_error *e) {
  mc_audit_origin later = {.count = (slong)r->count};
  mc_audit_origin_init(o, variant, r->input, r->m, r->n, r->sigma, &r->options);
  if (!r->plain || r->options.around || !isfinite(o->distance)) /* not finite: the norm may overflow */
    return MC_OK;
  double *x = mc_alloc(2 * r->m * r->n, sizeof *x), *radius = x + r->m * r->n;
  mc_status s = x ? mc_audit_contain(x, radius, &later.steps, variant, r->input, r->m, r->n, r->options.depth, e)
                  : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK)
    later.distance = mc_audit_norm_upper(radius, r->m * r->n);
  if (s == MC_OK)
    s = set_at(&later, x, r, e);
  if (s == MC_OK) {
    mc_audit_origin_clear(o);
    *o = later;
  } else {
    mc_audit_origin_clear(&later);
  }
  mc_free(x);
  return s == MC_UNDECIDED ? MC_OK : s;
}
