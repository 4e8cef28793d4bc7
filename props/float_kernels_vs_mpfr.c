/* The built-in float kernels against the polar factor, which is found in two ways that share no arithmetic: certified by
 * exact digit products, and by one-sided Jacobi rotations in MPFR.
 *
 * X is what a kernel makes of G.  distance_digits and distance_mpfr are ||X - U||_F for either U, and paths that of the
 * two from each other.  The exact image lies at a distance `spread` from U, and X at most `limit` from the image, the
 * sound limit of a kernel of its format (src/audit); so the distances are within limit of spread.  The Gram form, which
 * squares the condition number, is run
 * in float64 and held to the limit of float32. */
#include "props.h"

#include "../src/audit/audit.h"

enum { CERTIFIED, DISTANCE_DIGITS, DISTANCE_MPFR, PATHS, SPREAD, LIMIT, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"certified", "distance_digits", "distance_mpfr",
                                                   "paths",     "spread",          "limit"};

/* In turn by the trial's random numbers. */
static const struct {
  const char *kernel;
  mc_dtype dtype, limit; /* run in, and held to the limit of */
} runs[] = {
    {"reference", MC_DTYPE_FLOAT32, MC_DTYPE_FLOAT32},
    {"reference", MC_DTYPE_FLOAT64, MC_DTYPE_FLOAT64},
    {"openblas", MC_DTYPE_FLOAT32, MC_DTYPE_FLOAT32},
    {"openblas", MC_DTYPE_FLOAT64, MC_DTYPE_FLOAT64},
    {"openblas-symmetric", MC_DTYPE_FLOAT32, MC_DTYPE_FLOAT32},
    {"openblas-symmetric", MC_DTYPE_FLOAT64, MC_DTYPE_FLOAT64},
    {"emulated-all", MC_DTYPE_FLOAT32, MC_DTYPE_FLOAT32},
    {"emulated-operations", MC_DTYPE_FLOAT64, MC_DTYPE_FLOAT64},
    {"emulated-sums", MC_DTYPE_FLOAT32, MC_DTYPE_FLOAT32},
    {"gram", MC_DTYPE_FLOAT64, MC_DTYPE_FLOAT32},
};
enum { RUNS = sizeof runs / sizeof runs[0] };

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  double *which = mc_prop_instance_add(x, "kernel", 1, 1);
  if (!which)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  *which = (double)mc_random_below(r, RUNS);
  mc_status status = mc_prop_draw_matrix(x, "G", c, r, e);
  for (size_t i = 0; i < c->rows * c->columns && status == MC_OK; i++)
    x->matrices[1].entries[i] = mc_dtype_round(runs[(size_t)*which].dtype, x->matrices[1].entries[i]);
  return status;
}

typedef struct {
  const mc_prop_matrix *g;
  size_t run;
  mc_kernel_model model;
  double *output;
  mc_truth_polar polar;
  arb_mat_t rotated; /* the polar factor by Jacobi rotations */
} trial;

static mc_status run_kernel(trial *t, mc_error *e) {
  mc_kernel *kernel;
  mc_kernel_conduct conduct;
  mc_kernel_call call = {
      .model = &t->model, .count = 1, .m = t->g->rows, .n = t->g->columns, .g = t->g->entries, .x = t->output};
  mc_status status = mc_kernel_open(&kernel, runs[t->run].kernel, NULL, e);
  if (status == MC_OK)
    status = mc_kernel_run(&conduct, kernel, &call, e);
  mc_kernel_close(kernel);
  return status;
}

/* The distance from an exact matrix. */
static mc_status find_distance(arb_t distance, const double *x, const mc_enclosure *truth, mc_error *e) {
  mc_truth_distance d;
  mc_truth_distance_init(&d);
  mc_status status = mc_truth_distance_enclose(&d, x, truth, e);
  arb_set(distance, d.frobenius);
  mc_truth_distance_clear(&d);
  return status;
}

static mc_status find_distances(arb_ptr q, trial *t, slong precision, mc_error *e) {
  mc_enclosure rotated;
  arb_mat_t difference;
  mc_enclosure_init(&rotated);
  arb_mat_clear(rotated.value);
  arb_mat_init(rotated.value, (slong)t->g->rows, (slong)t->g->columns);
  arb_mat_set(rotated.value, t->rotated);
  mag_zero(rotated.radius);
  arb_mat_init(difference, (slong)t->g->rows, (slong)t->g->columns);
  mc_status status = find_distance(q + DISTANCE_DIGITS, t->output, &t->polar.factor, e);
  if (status == MC_OK)
    status = find_distance(q + DISTANCE_MPFR, t->output, &rotated, e);
  arb_mat_sub(difference, t->rotated, t->polar.factor.value, 4 * precision);
  arb_mat_frobenius_norm(q + PATHS, difference, precision);
  mc_ball_add_error_nonnegative(q + PATHS, t->polar.factor.radius, precision);
  arb_mat_clear(difference);
  mc_enclosure_clear(&rotated);
  return status;
}

static mc_status find_spread(arb_t spread, const trial *t, slong precision, mc_error *e) {
  mc_enclosure image;
  mc_enclosure_init(&image);
  mc_status status = mc_truth_ns_enclose(&image, t->g->entries, t->g->rows, t->g->columns, &t->model.schedule,
                                         &t->model.normalisation, precision, e);
  if (status == MC_OK) {
    arb_mat_sub(image.value, image.value, t->polar.factor.value, 4 * precision);
    arb_mat_frobenius_norm(spread, image.value, precision);
    mc_ball_add_error_nonnegative(spread, image.radius, precision);
    mc_ball_add_error_nonnegative(spread, t->polar.factor.radius, precision);
  }
  mc_enclosure_clear(&image);
  return status;
}

static mc_status find_limit(arb_t limit, trial *t, mc_error *e) {
  double sound;
  mc_audit_options options = mc_audit_default_options();
  t->model.storage = runs[t->run].limit;
  mc_status status = mc_audit_sound_limit(&sound, &t->model, t->g->entries, t->g->rows, t->g->columns, &options, e);
  t->model.storage = runs[t->run].dtype;
  if (status == MC_OK)
    arb_set_d(limit, sound);
  return status;
}

/* Rank-deficient matrices have no polar factor, and some others none that is certified: these miss the hypothesis. */
static mc_status find_factors(arb_ptr q, trial *t, slong precision, bool *known, mc_error *e) {
  size_t m = t->g->rows, n = t->g->columns, k = m < n ? m : n;
  arb_ptr sigma = _arb_vec_init((slong)k);
  mc_status status = mc_truth_polar_certify(&t->polar, t->g->entries, m, n, precision + 40, e);
  if (status == MC_OK)
    status = mc_truth_polar_approx(t->rotated, sigma, t->g->entries, m, n, 4 * precision, e);
  *known = status == MC_OK;
  arb_set_ui(q + CERTIFIED, *known);
  _arb_vec_clear(sigma, (slong)k);
  return status == MC_UNDECIDED ? MC_OK : status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  trial t = {.g = &x->matrices[1], .run = (size_t)x->matrices[0].entries[0]};
  bool known = false;
  mc_kernel_model_init(&t.model);
  mc_truth_polar_init(&t.polar);
  arb_mat_init(t.rotated, (slong)t.g->rows, (slong)t.g->columns);
  t.output = mc_alloc(t.g->rows * t.g->columns, sizeof *t.output);
  _arb_vec_zero(q, QUANTITIES);
  mc_status status =
      t.output ? mc_kernel_model_set_preset(&t.model, "keller-jordan", e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  t.model.storage = runs[t.run].dtype;
  if (status == MC_OK)
    status = find_factors(q, &t, precision, &known, e);
  if (status == MC_OK && known)
    status = run_kernel(&t, e);
  if (status == MC_OK && known)
    status = find_distances(q, &t, precision, e);
  if (status == MC_OK && known)
    status = find_spread(q + SPREAD, &t, precision, e);
  if (status == MC_OK && known)
    status = find_limit(q + LIMIT, &t, e);
  mc_free(t.output);
  arb_mat_clear(t.rotated);
  mc_truth_polar_clear(&t.polar);
  mc_kernel_model_clear(&t.model);
  return status;
}

const mc_property mc_props_float_kernels_vs_mpfr = {"float_kernels_vs_mpfr", QUANTITIES, quantities, generate, measure};
