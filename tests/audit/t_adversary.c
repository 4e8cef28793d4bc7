/* The worst roundings that could be found.  Two steps are taken as every kernel takes them (contain.c); after these every stored
 * value is moved by half of its last place in bfloat16, with the sign that enlarges one singular value.  Nothing that is
 * known of a rounding but its size excludes such a path, so that no limit derived from that is below its error; and none
 * of ours may be.  docs/errors.md, section 3.7. */
#include "support.h"

#include <cblas.h>

#include "../../src/audit/reference.h"

enum { N = 512, STEPS = 5, FOLLOWED = 2, SQUARE = N * N };

static const double a = 3.4445, b = -4.7750, c = 2.0315;

/* One pair of directions, followed along the path. */
typedef struct {
  double *x, *gram, *scaled, *poly, *update, *left, *right, u;
} path;

static double p(double s) {
  return s * (a + s * s * (b + c * s * s));
}

static double slope(double s) {
  return a + s * s * (3 * b + 5 * c * s * s);
}

/* Each entry of y moves by half of its last place, so that l^T y r grows (sign > 0) or shrinks. */
static void store(double *y, const double *l, const double *r, double u, double sign) {
  for (size_t i = 0; i < N; i++)
    for (size_t j = 0; j < N; j++) {
      int exponent;
      (void)frexp(y[i * N + j], &exponent);
      y[i * N + j] += sign * (l[i] * r[j] > 0 ? u : -u) * ldexp(1, exponent - 1);
    }
}

static void multiply(double *out, const double *left, const double *right, bool transposed) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, N, N, N, 1, left, N, right, N, 0,
              out, N);
}

static void normalise(double *x) {
  cblas_dscal(N, 1 / cblas_dnrm2(N, x, 1), x, 1);
}

/* The pair of x that is nearest to what it was. */
static double follow(path *w) {
  for (int i = 0; i < 4; i++) {
    cblas_dgemv(CblasRowMajor, CblasNoTrans, N, N, 1, w->x, N, w->right, 1, 0, w->left, 1);
    normalise(w->left);
    cblas_dgemv(CblasRowMajor, CblasTrans, N, N, 1, w->x, N, w->left, 1, 0, w->right, 1);
    if (i < 3)
      normalise(w->right);
  }
  double s = cblas_dnrm2(N, w->right, 1);
  normalise(w->right);
  return s;
}

/* Which way a singular value should be pushed after k steps: away from the basin, or where later steps make most of it. */
static double aim(double s, size_t k) {
  double sign = 1;
  for (; k < STEPS && s < 1.15; k++) {
    sign = slope(s) < 0 ? -sign : sign;
    s = p(s);
  }
  return sign;
}

static void step(path *w, mc_kernel_rounding rule, double s, size_t k) {
  double sign = aim(p(s), k + 1), u = w->u;
  const double *l = w->left, *r = w->right;
  multiply(w->gram, w->x, w->x, true);
  store(w->gram, l, l, u, b + 2 * c * s * s > 0 ? sign : -sign);
  for (size_t i = 0; i < SQUARE; i++)
    w->scaled[i] = c * w->gram[i];
  if (rule != MC_ROUNDING_SUMS)
    store(w->scaled, l, l, u, sign);
  multiply(w->poly, w->scaled, w->gram, false);
  if (rule != MC_ROUNDING_SUMS)
    store(w->poly, l, l, u, sign);
  for (size_t i = 0; i < SQUARE; i++)
    w->gram[i] *= b;
  if (rule != MC_ROUNDING_SUMS)
    store(w->gram, l, l, u, sign);
  for (size_t i = 0; i < SQUARE; i++)
    w->poly[i] += w->gram[i];
  store(w->poly, l, l, u, sign);
  multiply(w->update, w->poly, w->x, false);
  for (size_t i = 0; i < SQUARE; i++)
    w->x[i] *= a;
  if (rule != MC_ROUNDING_SUMS) {
    store(w->update, l, r, u, sign);
    store(w->x, l, r, u, sign);
  }
  for (size_t i = 0; i < SQUARE; i++)
    w->x[i] += w->update[i];
  store(w->x, l, r, u, sign);
}

/* ||X_5 - image||_F, and an upper bound of ||X_5||_2, if the k-th singular pair of the input is pushed. */
static double attack(double *output, const mc_audit_reference *reference, const double *g, mc_kernel_rounding rule,
                     size_t pair) {
  double *room = mc_alloc(5 * SQUARE + 2 * N, sizeof *room), error = 0;
  mc_kernel_model start = model_of(MC_DTYPE_BFLOAT16);
  mc_error e = {0};
  path w = {room,
            room + SQUARE,
            room + 2 * SQUARE,
            room + 3 * SQUARE,
            room + 4 * SQUARE,
            room + 5 * SQUARE,
            room + 5 * SQUARE + N,
            0x1p-8 * (1 - 0x1p-30)};
  start.rounding = rule;
  assert_int_equal(mc_schedule_resize(&start.schedule, FOLLOWED, NULL), MC_OK);
  need(mc_kernel_emulate(w.x, &start, g, N, N, NULL, &e), &e);
  mc_kernel_model_clear(&start);
  for (size_t i = 0; i < N; i++) {
    w.left[i] = reference->basis.u[i * N + pair];
    w.right[i] = reference->basis.v[i * N + pair];
  }
  for (size_t k = FOLLOWED; k < STEPS; k++)
    step(&w, rule, follow(&w), k);
  for (size_t i = 0; i < SQUARE; i++)
    error = hypot(error, w.x[i] - reference->image.high[i]);
  mc_truth_plain *decomposition;
  need(mc_truth_plain_new(&decomposition, w.x, N, N, &e), &e);
  mc_truth_plain_sv_enclose(room, output, decomposition);
  *output = *output + room[0] * (1 + 0x1p-50);
  mc_truth_plain_free(decomposition);
  mc_free(room);
  return error;
}

/* The pair that comes nearest to the end of the basin after k exact steps. */
static size_t largest_after(const mc_audit_reference *reference, size_t steps) {
  size_t best = 0;
  double most = 0;
  for (size_t i = 0; i < N; i++) {
    double s = arf_get_d(arb_midref(reference->sigma + i), ARF_RND_NEAR);
    for (size_t k = 0; k < steps; k++)
      s = p(s);
    if (s > most) {
      most = s;
      best = i;
    }
  }
  return best;
}

static double observed(const mc_audit_reference *reference, const mc_kernel_model *model, const double *g) {
  double *x = mc_alloc(SQUARE, sizeof *x), error = 0;
  mc_error e = {0};
  need(mc_kernel_emulate(x, model, g, N, N, NULL, &e), &e);
  for (size_t i = 0; i < SQUARE; i++)
    error = hypot(error, x[i] - reference->image.high[i]);
  mc_free(x);
  return error;
}

/* Entries normal, or singular values spread evenly over [1/3, 1]. */
static double *input_of(bool normal) {
  double *g = normal ? mc_alloc(SQUARE, sizeof *g) : matrix_of("uniform(0.3333333333)", N, N, 1);
  mc_random r;
  mc_random_init(&r, 1, 11, 0);
  for (size_t i = 0; i < SQUARE; i++)
    g[i] = mc_dtype_round(MC_DTYPE_BFLOAT16, normal ? mc_matgen_normal(&r) : g[i]);
  return g;
}

/* *ratio := the largest error found over that of an ordinary kernel. */
static void check(double *ratio, bool normal, mc_kernel_rounding rule) {
  double *g = input_of(normal), worst = 0;
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *reference;
  mc_error e = {0};
  model.rounding = rule;
  options.roundings = 1u << rule;
  options.depth = 16;
  options.sound_only = true;
  need(mc_audit_reference_new(&reference, g, N, N, &model, &options, &e), &e);
  assert_int_equal(reference->rules->rule[0].origin.steps, FOLLOWED);
  for (size_t k = 3; k < STEPS; k++) {
    double output, sound, spectrum, error = attack(&output, reference, g, rule, largest_after(reference, k));
    mc_audit_reference_sound_given(&sound, &spectrum, reference, output);
    print_message("%s, %s: error %.3g, norm %.3g; limits for outputs of this norm %.3g, %.3g\n",
                  normal ? "normal" : "condition 3", mc_kernel_rounding_name(rule), error, output, sound, spectrum);
    assert_true(error <= sound && error <= spectrum);
    worst = fmax(worst, error);
  }
  const mc_audit_limits *limits = &reference->rules->rule[0].limits;
  *ratio = worst / observed(reference, &model, g);
  print_message("%s, %s: error %.3g, %.3g times that of an ordinary kernel; sound %.3g, spectrum %.3g\n",
                normal ? "normal" : "condition 3", mc_kernel_rounding_name(rule), worst, *ratio, limits->sound,
                limits->spectrum);
  assert_true(worst <= limits->spectrum && worst <= limits->sound);
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_free(g);
}

static void test_sound_limits_hold(void **state) {
  double ratio;
  (void)state;
  for (int normal = 0; normal < 2; normal++) {
    check(&ratio, normal != 0, MC_ROUNDING_SUMS);
    assert_true(ratio > 1);
    check(&ratio, normal != 0, MC_ROUNDING_OPERATIONS);
    assert_true(ratio > 75); /* no sound limit of this model is below that */
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_sound_limits_hold)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
