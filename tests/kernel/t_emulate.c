/* Emulated kernels: they compute the image, they round where their rule says, and each planted bug shows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/kernel/kernel.h"
#include "../../src/matgen/matgen.h"
#include "../../src/truth/truth.h"

#define M 24
#define N 40

static mc_kernel_model jordan(mc_dtype storage, mc_kernel_rounding rounding) {
  mc_kernel_model model;
  mc_error e = {0};
  mc_kernel_model_init(&model);
  assert_int_equal(mc_kernel_model_set_preset(&model, "keller-jordan", &e), MC_OK);
  model.storage = storage;
  model.rounding = rounding;
  return model;
}

static void gaussian(double *g, size_t count, uint64_t seed) {
  mc_random r;
  mc_random_init(&r, seed, 1, 0);
  for (size_t i = 0; i < count; i++)
    g[i] = (double)(float)mc_matgen_normal(&r);
}

static double distance(const double *x, const double *y, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += (x[i] - y[i]) * (x[i] - y[i]);
  return sqrt(sum);
}

static void emulate(double *x, const mc_kernel_model *model, const double *g, size_t m, size_t n, mc_random *draw) {
  mc_error e = {0};
  if (mc_kernel_emulate(x, model, g, m, n, draw, &e) != MC_OK)
    fail_msg("%s", e.text);
}

/* Every format and rule comes as near to the exact image as its precision lets expect: within 300 units in the last
 * place of ||X||. */
static void test_computes_the_image(void **state) {
  static double g[M * N], x[M * N], image[M * N];
  mc_error e = {0};
  (void)state;
  gaussian(g, M * N, 1);
  mc_kernel_model model = jordan(MC_DTYPE_FLOAT64, MC_ROUNDING_ALL);
  mc_enclosure y;
  mc_enclosure_init(&y);
  assert_int_equal(mc_truth_ns_enclose(&y, g, M, N, &model.schedule, &model.normalisation, 100, &e), MC_OK);
  mc_enclosure_get_double(image, NULL, &y);
  for (int dtype = 0; dtype <= MC_DTYPE_FLOAT64; dtype++)
    for (int rule = 0; rule < MC_ROUNDING_GRAM; rule++) {
      mc_random draw;
      mc_random_init(&draw, 7, 1, 0);
      model.storage = (mc_dtype)dtype;
      model.rounding = (mc_kernel_rounding)rule;
      emulate(x, &model, g, M, N, &draw);
      assert_true(distance(x, image, M * N) <= 300 * ldexp(sqrt(M), -mc_kernel_precision(model.storage)));
      assert_true(distance(x, image, M * N) > 0);
    }
  mc_enclosure_clear(&y);
  mc_kernel_model_clear(&model);
}

/* One step on a 1 by 2 matrix, followed by hand in double; every operation is rounded.  The sums have two terms,
 * whose float32 value is exact for bfloat16 factors of like size. */
static double stored(double x) {
  return mc_dtype_round(MC_DTYPE_BFLOAT16, x);
}

static void follow_one_step(double x[2], const double g[2], mc_kernel_rounding rule) {
  double a = 3.4445, b = -4.7750, c = 2.0315, g0 = stored(g[0]), g1 = stored(g[1]);
  if (rule == MC_ROUNDING_ALL) {
    a = stored(a);
    b = stored(b);
    c = stored(c);
  } else {
    a = (double)(float)a;
    b = (double)(float)b;
    c = (double)(float)c;
  }
  double norm = stored(stored((double)sqrtf((float)(g0 * g0 + g1 * g1))) + 1e-7);
  double x0 = stored(g0 / norm), x1 = stored(g1 / norm), gram = stored((double)(float)(x0 * x0 + x1 * x1)), poly;
  if (rule == MC_ROUNDING_SUMS)
    poly = stored((double)((float)(c * (double)(float)(gram * gram)) + (float)(b * gram)));
  else
    poly = stored(stored((double)(float)(b * gram)) + stored(stored((double)(float)(c * gram)) * gram));
  for (int i = 0; i < 2; i++) {
    double xi = i == 0 ? x0 : x1;
    x[i] = rule == MC_ROUNDING_SUMS ? stored((double)((float)(a * xi) + (float)(poly * xi)))
                                    : stored(stored((double)(float)(a * xi)) + stored(poly * xi));
  }
}

static void test_rounds_where_the_rule_says(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 50; seed++)
    for (int rule = 0; rule < MC_ROUNDING_GRAM; rule++) {
      double g[2], x[2], expected[2];
      mc_kernel_model model = jordan(MC_DTYPE_BFLOAT16, (mc_kernel_rounding)rule);
      assert_int_equal(mc_schedule_resize(&model.schedule, 1, NULL), MC_OK);
      gaussian(g, 2, seed);
      emulate(x, &model, g, 1, 2, NULL);
      follow_one_step(expected, g, model.rounding);
      if (x[0] != expected[0] || x[1] != expected[1])
        fail_msg("rule %s, seed %d: (%a, %a) instead of (%a, %a)", mc_kernel_rounding_name(model.rounding), (int)seed,
                 x[0], x[1], expected[0], expected[1]);
      mc_kernel_model_clear(&model);
    }
}

static void test_tall_is_wide_transposed(void **state) {
  static double g[M * N], t[M * N], x[M * N], y[M * N];
  mc_kernel_model model = jordan(MC_DTYPE_BFLOAT16, MC_ROUNDING_ALL);
  (void)state;
  gaussian(g, M * N, 2);
  for (size_t i = 0; i < M; i++)
    for (size_t j = 0; j < N; j++)
      t[j * M + i] = g[i * N + j];
  emulate(x, &model, g, M, N, NULL);
  emulate(y, &model, t, N, M, NULL);
  for (size_t i = 0; i < M; i++)
    for (size_t j = 0; j < N; j++)
      assert_true(x[i * N + j] == y[j * M + i]);
  mc_kernel_model_clear(&model);
}

static void test_draws(void **state) {
  static double g[M * N], x[M * N], y[M * N], z[M * N];
  mc_kernel_model model = jordan(MC_DTYPE_BFLOAT16, MC_ROUNDING_ALL);
  mc_random draw;
  (void)state;
  gaussian(g, M * N, 3);
  mc_random_init(&draw, 1, 2, 0);
  emulate(x, &model, g, M, N, &draw);
  mc_random_init(&draw, 1, 2, 0);
  emulate(y, &model, g, M, N, &draw);
  mc_random_init(&draw, 1, 2, 1);
  emulate(z, &model, g, M, N, &draw);
  assert_memory_equal(x, y, sizeof x);
  assert_true(distance(x, z, M * N) > 0);
  mc_kernel_model_clear(&model);
}

/* On a square Gaussian matrix only bugs that cannot show do not: this one scales by sqrt(max(1, m/n)) = 1. */
static void test_every_planted_bug_changes_the_output(void **state) {
  static double g[M * M], x[M * M], clean[M * M];
  mc_kernel_model model = jordan(MC_DTYPE_BFLOAT16, MC_ROUNDING_ALL);
  (void)state;
  gaussian(g, M * M, 4);
  for (size_t i = 0; i < M * M; i++)
    g[i] /= 1024; /* so small that eps = 1e-2 matters, as gradients are */
  emulate(clean, &model, g, M, M, NULL);
  for (size_t i = 0; i < mc_kernel_mutant_count(); i++) {
    const char *name = mc_kernel_mutant_get(i)->name;
    assert_int_equal(mc_kernel_mutant_run(x, i, &model, g, M, M, NULL, NULL), MC_OK);
    bool same = memcmp(x, clean, sizeof x) == 0;
    if (same != (strcmp(name, "scaled-by-aspect") == 0))
      fail_msg("%s", name);
  }
  mc_kernel_model_clear(&model);
}

/* What the sources of docs/papers.md, section 5, print: steps, norm, and coefficients of the first and the last step, of
 * an input that is divided by a factor. */
static const struct {
  const char *name;
  size_t steps;
  mc_norm_kind kind;
  const char *eps, *safety, *first[3], *first_divided, *last[3], *last_divided;
} published[] = {
    {"keller-jordan",
     5,
     MC_NORM_FROBENIUS_ADD,
     "1e-7",
     "1",
     {"3.4445", "-4.7750", "2.0315"},
     "1",
     {"3.4445", "-4.7750", "2.0315"},
     "1"},
    {"torch",
     5,
     MC_NORM_FROBENIUS_CLAMP,
     "1e-7",
     "1",
     {"3.4445", "-4.7750", "2.0315"},
     "1",
     {"3.4445", "-4.7750", "2.0315"},
     "1"},
    {"moonlight",
     5,
     MC_NORM_FROBENIUS_ADD,
     "1e-7",
     "1",
     {"3.4445", "-4.7750", "2.0315"},
     "1",
     {"3.4445", "-4.7750", "2.0315"},
     "1"},
    {"dion",
     5,
     MC_NORM_FROBENIUS_ADD,
     "1e-6",
     "1.02",
     {"8.156554524902461", "-22.48329292557795", "15.878769915207462"},
     "1",
     {"2.3465413258596377", "-1.7097828382687081", "0.42323551169305323"},
     "1"},
    {"emerging-optimizers",
     5,
     MC_NORM_FROBENIUS_CLAMP,
     "1e-15",
     "1",
     {"4.0848", "-6.8946", "2.9270"},
     "1",
     {"2.8366", "-3.0525", "1.2012"},
     "1"},
    {"polar-express",
     8,
     MC_NORM_FROBENIUS_ADD,
     "1e-7",
     "1.01",
     {"8.28721201814563", "-23.595886519098837", "17.300387312530933"},
     "1.01",
     {"1.875", "-1.25", "0.375"},
     "1"},
    {"gram-ns",
     5,
     MC_NORM_FROBENIUS_ADD,
     "1e-7",
     "1",
     {"8.28721201814563", "-23.595886519098837", "17.300387312530933"},
     "1.05",
     {"2.300652019954817", "-1.6689039845747493", "0.4188073119525673"},
     "1.05"},
};

static bool is_text(const fmpq_t q, const char *text) {
  fmpq_t other;
  fmpq_init(other);
  bool same = mc_ball_fmpq_set_text(other, text, NULL) == MC_OK && fmpq_equal(q, other);
  fmpq_clear(other);
  return same;
}

/* Coefficient j times divided^(2j+1) is the j-th text. */
static void expect_step(const mc_schedule_step *step, const char *const texts[3], const char *divided) {
  fmpq_t q, factor;
  fmpq_init(q);
  fmpq_init(factor);
  assert_int_equal(step->terms, 3);
  for (slong j = 0; j < 3; j++) {
    assert_int_equal(mc_ball_fmpq_set_text(factor, divided, NULL), MC_OK);
    fmpq_pow_si(factor, factor, 2 * j + 1);
    fmpq_mul(q, &step->c[j], factor);
    assert_true(is_text(q, texts[j]));
  }
  fmpq_clear(q);
  fmpq_clear(factor);
}

static void test_presets(void **state) {
  enum { COUNT = sizeof published / sizeof published[0] };
  mc_kernel_model model;
  mc_error e = {0};
  (void)state;
  mc_kernel_model_init(&model);
  for (size_t i = 0; i < COUNT; i++) {
    assert_string_equal(mc_kernel_preset_name(i), published[i].name);
    assert_int_equal(mc_kernel_model_set_preset(&model, published[i].name, &e), MC_OK);
    assert_int_equal(model.schedule.count, published[i].steps);
    assert_int_equal(model.normalisation.kind, published[i].kind);
    assert_true(is_text(model.normalisation.eps, published[i].eps));
    assert_true(is_text(model.normalisation.safety, published[i].safety));
    expect_step(&model.schedule.steps[0], published[i].first, published[i].first_divided);
    expect_step(&model.schedule.steps[published[i].steps - 1], published[i].last, published[i].last_divided);
  }
  assert_null(mc_kernel_preset_name(COUNT));
  assert_int_equal(mc_kernel_model_set_preset(&model, "muon9000", &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "keller-jordan"));
  mc_kernel_model_clear(&model);
}

/* Polar Express: the first row divided by 1.01, 1.01^3, 1.01^5, the last as it is (NeMo prints 8.2052, -22.9019, 16.4607 for the first). */
static void test_divided_schedule(void **state) {
  mc_kernel_model model;
  mc_error e = {0};
  arb_t x;
  (void)state;
  mc_kernel_model_init(&model);
  assert_int_equal(mc_kernel_model_set_preset(&model, "polar-express", &e), MC_OK);
  arb_init(x);
  static const double first[] = {8.2052, -22.9019, 16.4607}, last[] = {1.875, -1.25, 0.375};
  for (slong j = 0; j < 3; j++) {
    arb_set_fmpq(x, &model.schedule.steps[0].c[j], 64);
    assert_true(fabs(arf_get_d(arb_midref(x), ARF_RND_NEAR) - first[j]) < 1e-3);
    arb_set_fmpq(x, &model.schedule.steps[7].c[j], 64);
    assert_true(arf_get_d(arb_midref(x), ARF_RND_NEAR) == last[j]);
  }
  arb_clear(x);
  mc_kernel_model_clear(&model);
}

static void test_refuses_septic_steps(void **state) {
  double g = 1, x;
  mc_error e = {0};
  mc_kernel_model model = jordan(MC_DTYPE_FLOAT32, MC_ROUNDING_ALL);
  (void)state;
  assert_int_equal(mc_schedule_set_text(&model.schedule, "2,-1,1,1", &e), MC_OK);
  assert_int_equal(mc_kernel_emulate(&x, &model, &g, 1, 1, NULL, &e), MC_BAD_INPUT);
  mc_kernel_model_clear(&model);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_computes_the_image),
      cmocka_unit_test(test_rounds_where_the_rule_says),
      cmocka_unit_test(test_tall_is_wide_transposed),
      cmocka_unit_test(test_draws),
      cmocka_unit_test(test_every_planted_bug_changes_the_output),
      cmocka_unit_test(test_presets),
      cmocka_unit_test(test_divided_schedule),
      cmocka_unit_test(test_refuses_septic_steps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
