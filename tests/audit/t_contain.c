/* Kernels of one rule, followed entry by entry: whatever the order of their sums, they stay within the distance that is
 * claimed; kernels that round otherwise do not.  And the limits that begin where they were followed to. */
#include "support.h"

#include "../../src/audit/contain.h"
#include "../../src/audit/reference.h"

enum { R = 128, C = 160, STEPS = 2 };

typedef enum { FORWARD, BACKWARD, IN_PAIRS, IN_DISTANT_PAIRS, WIDE, CHOPPED, ORDERS } order;

static float sum_in_pairs(const float *x, const float *y, size_t n) {
  return n == 1 ? x[0] * y[0] : sum_in_pairs(x, y, n / 2) + sum_in_pairs(x + n / 2, y + n / 2, n - n / 2);
}

/* Each term with that half the length away. */
static float sum_in_distant_pairs(const float *x, const float *y, size_t n, size_t stride) {
  return stride >= n ? x[0] * y[0]
                     : sum_in_distant_pairs(x, y, n, 2 * stride) +
                           sum_in_distant_pairs(x + stride, y + stride, n - stride, 2 * stride);
}

static float sum_in_double(const float *x, const float *y, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double)x[i] * (double)y[i];
  return (float)sum;
}

/* Every sum cut, as tensor cores do. */
static float sum_chopped(const float *x, const float *y, size_t n) {
  float sum = 0;
  for (size_t i = 0; i < n; i++) {
    double exact = (double)sum + (double)x[i] * (double)y[i];
    sum = (float)exact;
    if (fabs((double)sum) > fabs(exact))
      sum = nextafterf(sum, 0);
  }
  return sum;
}

static float inner(const float *x, const float *y, size_t n, order o) {
  float sum = 0;
  if (o == IN_PAIRS || o == IN_DISTANT_PAIRS)
    return o == IN_PAIRS ? sum_in_pairs(x, y, n) : sum_in_distant_pairs(x, y, n, 1);
  if (o == WIDE)
    return sum_in_double(x, y, n);
  if (o == CHOPPED)
    return sum_chopped(x, y, n);
  for (size_t i = 0; i < n; i++) {
    size_t k = o == FORWARD ? i : n - 1 - i;
    sum += x[k] * y[k];
  }
  return sum;
}

/* A kernel of the model, written out. */
typedef struct {
  const mc_kernel_model *model;
  order order;
  bool truncates; /* where it should round to nearest */
} kernel;

static float stored(float x, const kernel *k) {
  float y = (float)mc_dtype_round(k->model->storage, (double)x);
  if (k->truncates && fabsf(y) > fabsf(x)) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits &= 0xffff0000u;
    memcpy(&y, &bits, sizeof bits);
  }
  return y;
}

/* out := x y^T, stored; x is m by k, y n by k. */
static void multiply(float *out, const float *x, const float *y, size_t m, size_t n, size_t k, const kernel *w,
                     bool store) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      float sum = inner(x + i * k, y + j * k, k, w->order);
      out[i * n + j] = store ? stored(sum, w) : sum;
    }
}

/* p := s p + t x. */
static void combine(float *p, float s, const float *x, float t, size_t count, const kernel *k) {
  for (size_t i = 0; i < count; i++) {
    float scaled = t * x[i], other = s * p[i];
    if (k->model->rounding != MC_ROUNDING_SUMS) {
      scaled = stored(scaled, k);
      other = stored(other, k);
    }
    p[i] = stored(other + scaled, k);
  }
}

static void transpose(float *out, const float *x, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      out[j * m + i] = x[i * n + j];
}

static float held(double q, const kernel *k) {
  return k->model->rounding == MC_ROUNDING_ALL ? (float)mc_dtype_round(k->model->storage, q) : (float)q;
}

/* x: R by C. */
static void take_step(float *x, const kernel *k) {
  bool sums = k->model->rounding == MC_ROUNDING_SUMS;
  float a = held(3.4445, k), b = held(-4.7750, k), c = held(2.0315, k);
  float *room = mc_alloc(4 * R * C + 2 * R * R, sizeof *room), *left = room + R * C, *next = left + R * C,
        *turned = next + R * C, *gram = turned + R * C, *poly = gram + R * R;
  multiply(gram, x, x, R, R, C, k, true);
  for (size_t i = 0; i < R * R; i++)
    left[i] = sums ? gram[i] : stored(c * gram[i], k);
  transpose(turned, gram, R, R);
  multiply(poly, left, turned, R, R, R, k, !sums);
  combine(poly, sums ? c : 1, gram, b, R * R, k);
  transpose(turned, x, R, C);
  multiply(next, poly, turned, R, C, R, k, !sums);
  combine(next, 1, x, a, R * C, k);
  memcpy(x, next, R * C * sizeof *x);
  mc_free(room);
}

static void run(float *x, const double *g, size_t steps, const kernel *k) {
  for (size_t i = 0; i < R * C; i++)
    x[i] = stored((float)g[i], k);
  float norm = stored(sqrtf(inner(x, x, R * C, k->order)), k), divisor = stored(norm + 1e-7f, k);
  for (size_t i = 0; i < R * C; i++)
    x[i] = stored(x[i] / divisor, k);
  for (size_t i = 0; i < steps; i++)
    take_step(x, k);
}

/* The Euclidean distance; *worst: the largest share that an entry has of its radius. */
static double share_of(double *worst, const double *x, const double *radius, const float *y) {
  double sum = 0;
  for (size_t i = 0; i < R * C; i++) {
    double off = fabs(x[i] - (double)y[i]);
    sum = hypot(sum, off);
    if (off > 0)
      *worst = fmax(*worst, off / radius[i]);
  }
  return sum;
}

static double norm_of(const double *x, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum = hypot(sum, x[i]);
  return sum;
}

static double distance_between(const double *x, const float *y) {
  double sum = 0;
  for (size_t i = 0; i < R * C; i++)
    sum = hypot(sum, x[i] - (double)y[i]);
  return sum;
}

static mc_kernel_model model_for(mc_dtype storage, mc_kernel_rounding rule, size_t steps, bool chops) {
  mc_kernel_model model = model_of(storage);
  model.rounding = rule;
  model.truncate = chops;
  assert_int_equal(mc_schedule_resize(&model.schedule, steps, NULL), MC_OK);
  return model;
}

/* How far kernels are found from where they are said to be: sums of any order, in trees of depth 16, or cut. */
static double check_rule(mc_dtype storage, mc_kernel_rounding rule, size_t depth, bool chops) {
  mc_kernel_model model = model_for(storage, rule, STEPS, chops);
  double *g = matrix_of("uniform", R, C, 5), *x = mc_alloc(2 * R * C, sizeof *x), *radius = x + R * C, largest = 0,
         worst = 0;
  float *y = mc_alloc(R * C, sizeof *y);
  size_t steps;
  mc_error e = {0};
  need(mc_audit_contain(x, radius, &steps, &model, g, R, C, depth, &e), &e);
  for (int o = chops ? CHOPPED : depth == 0 ? FORWARD : IN_PAIRS; o < (chops ? ORDERS : CHOPPED); o++) {
    run(y, g, steps, &(kernel){&model, (order)o, false});
    largest = fmax(largest, share_of(&worst, x, radius, y));
  }
  print_message("%s, %s, %s: %zu steps; distance at most %.3g, found %.3g\n", mc_dtype_name(storage),
                mc_kernel_rounding_name(rule),
                chops   ? "cut"
                : depth ? "depth 16"
                        : "any order",
                steps, norm_of(radius, R * C), largest);
  assert_true(steps > 0 && worst <= 1);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
  mc_free(y);
  return largest;
}

/* The distance is small enough to tell a kernel that truncates what it stores. */
static void check_power(mc_kernel_rounding rule) {
  mc_kernel_model model = model_for(MC_DTYPE_BFLOAT16, rule, 1, false);
  double *g = matrix_of("uniform", R, C, 5), *x = mc_alloc(2 * R * C, sizeof *x), *radius = x + R * C, worst = 0;
  float *y = mc_alloc(R * C, sizeof *y);
  size_t steps;
  mc_error e = {0};
  need(mc_audit_contain(x, radius, &steps, &model, g, R, C, 16, &e), &e);
  run(y, g, steps, &(kernel){&model, IN_PAIRS, true});
  assert_true(steps == 1 && share_of(&worst, x, radius, y) > norm_of(radius, R * C) && worst > 1);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
  mc_free(y);
}

static void test_kernels_stay_within(void **state) {
  double moved = 0;
  (void)state;
  for (int rule = 0; rule < MC_ROUNDING_GRAM; rule++) {
    (void)check_rule(MC_DTYPE_BFLOAT16, (mc_kernel_rounding)rule, 16, false);
    (void)check_rule(MC_DTYPE_BFLOAT16, (mc_kernel_rounding)rule, 0, false);
    (void)check_rule(MC_DTYPE_FLOAT16, (mc_kernel_rounding)rule, 16, false);
    moved += check_rule(MC_DTYPE_BFLOAT16, (mc_kernel_rounding)rule, 0, true);
    check_power((mc_kernel_rounding)rule);
  }
  assert_true(moved > 0);
}

static mc_audit_reference *sound_reference(const double *g, const mc_kernel_model *model) {
  mc_audit_options options = mc_audit_default_options();
  mc_audit_reference *reference;
  mc_error e = {0};
  options.depth = 16;
  options.sound_only = true;
  options.roundings = 1u << model->rounding;
  need(mc_audit_reference_new(&reference, g, R, C, model, &options, &e), &e);
  return reference;
}

/* Of one step nothing is free but some entries: the limit is hardly above what kernels err by. */
static void test_limit_of_one_step(void **state) {
  double *g = matrix_of("uniform", R, C, 5);
  float *y = mc_alloc(R * C, sizeof *y);
  (void)state;
  for (int rule = 0; rule < MC_ROUNDING_GRAM; rule++) {
    mc_kernel_model model = model_for(MC_DTYPE_BFLOAT16, (mc_kernel_rounding)rule, 1, false);
    mc_audit_reference *r = sound_reference(g, &model);
    double largest = 0, sound, spectrum;
    mc_audit_reference_sound(&sound, &spectrum, r);
    for (int o = IN_PAIRS; o < CHOPPED; o++) {
      run(y, g, 1, &(kernel){&model, (order)o, false});
      largest = fmax(largest, distance_between(r->image.high, y));
    }
    print_message("%s: %.4g of %.4g\n", mc_kernel_rounding_name((mc_kernel_rounding)rule), largest, sound);
    assert_true(largest <= sound && largest <= spectrum && sound < 1.5 * largest && spectrum < 1.5 * largest);
    mc_audit_reference_free(r);
    mc_kernel_model_clear(&model);
  }
  mc_free(g);
  mc_free(y);
}

/* Steps that differ: the exact path goes on where kernels are left. */
static void test_limit_of_many_steps(void **state) {
  double *g = matrix_of("uniform(0.5)", R, C, 5), *x = mc_alloc(R * C, sizeof *x), error = 0, sound, spectrum;
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  mc_error e = {0};
  (void)state;
  need(mc_kernel_model_set_preset(&model, "polar-express", &e), &e);
  model.storage = MC_DTYPE_BFLOAT16;
  model.rounding = MC_ROUNDING_SUMS;
  assert_int_equal(mc_schedule_resize(&model.schedule, 3, NULL), MC_OK);
  mc_audit_reference *r = sound_reference(g, &model);
  need(mc_kernel_emulate(x, &model, g, R, C, NULL, &e), &e);
  for (size_t i = 0; i < R * C; i++)
    error = hypot(error, x[i] - r->image.high[i]);
  mc_audit_reference_sound(&sound, &spectrum, r);
  size_t steps = r->rules->rule[0].origin.steps;
  print_message("polar-express: %zu of 3 steps, error %.3g, limits %.3g, %.3g\n", steps, error, sound, spectrum);
  assert_true(steps > 0 && steps < 3 && error <= spectrum && spectrum < 40 * error);
  mc_audit_reference_free(r);
  mc_kernel_model_clear(&model);
  mc_free(g);
  mc_free(x);
}

/* Formats that accumulators have, the Gram form, entries beyond the format, more steps than serve. */
static void test_what_is_not_followed(void **state) {
  double *g = matrix_of("uniform", R, C, 5), *x = mc_alloc(2 * R * C, sizeof *x), *radius = x + R * C;
  size_t steps;
  mc_error e = {0};
  (void)state;
  mc_kernel_model wide = model_of(MC_DTYPE_FLOAT32), narrow = model_of(MC_DTYPE_FLOAT16);
  need(mc_audit_contain(x, radius, &steps, &narrow, g, R, C, 16, &e), &e);
  assert_true(steps > 0 && steps < 5 && norm_of(radius, R * C) <= 4 * 0x1p-11 * norm_of(x, R * C));
  assert_int_equal(mc_audit_contain(x, radius, &steps, &wide, g, R, C, 16, &e), MC_UNDECIDED);
  for (size_t i = 0; i < R * C; i++)
    g[i] = ldexp(g[i], 20);
  assert_int_equal(mc_audit_contain(x, radius, &steps, &narrow, g, R, C, 16, &e), MC_UNDECIDED);
  narrow.rounding = MC_ROUNDING_GRAM;
  assert_int_equal(mc_audit_contain(x, radius, &steps, &narrow, g, R, C, 16, &e), MC_UNDECIDED);
  mc_kernel_model_clear(&wide);
  mc_kernel_model_clear(&narrow);
  mc_free(g);
  mc_free(x);
}

/* A norm whose square no accumulator has: nothing is known of what kernels do. */
static void test_norm_beyond_the_accumulator(void **state) {
  double *g = matrix_of("uniform", R, C, 5), sound, spectrum;
  mc_kernel_model model = model_for(MC_DTYPE_BFLOAT16, MC_ROUNDING_SUMS, 2, false);
  double norm = norm_of(g, R * C);
  (void)state;
  for (size_t i = 0; i < R * C; i++)
    g[i] = ldexp(g[i] / norm, 64) * 1.01;
  mc_audit_reference *r = sound_reference(g, &model);
  mc_audit_reference_sound(&sound, &spectrum, r);
  assert_true(isinf(sound) && isinf(spectrum));
  mc_audit_reference_free(r);
  mc_kernel_model_clear(&model);
  mc_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_kernels_stay_within),         cmocka_unit_test(test_what_is_not_followed),
      cmocka_unit_test(test_limit_of_one_step),           cmocka_unit_test(test_limit_of_many_steps),
      cmocka_unit_test(test_norm_beyond_the_accumulator),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
