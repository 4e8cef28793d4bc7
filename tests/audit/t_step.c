/* Whole steps: correct ones conform in every convention and format, confused conventions are found and named. */
#include "support.h"

enum { MOST = 64 * 64 };

typedef struct {
  size_t m, n;
  double gradient[MOST], weights[MOST], buffer[MOST], weights_after[MOST], buffer_after[MOST];
} tensors;

/* What a kernel may do otherwise than its rule says. */
typedef struct {
  double rate_factor, decay_factor;
  bool no_buffer, normalised_buffer;
} flaws;

static void fill(double *a, size_t count, double scale, mc_dtype format, mc_random *r) {
  for (size_t i = 0; i < count; i++)
    a[i] = mc_dtype_round(format, scale * mc_matgen_normal(r));
}

static tensors *tensors_new(size_t m, size_t n, mc_dtype format, uint64_t seed) {
  tensors *t = mc_alloc(1, sizeof *t);
  mc_random r;
  assert_non_null(t);
  mc_random_init(&r, seed, 7, 0);
  t->m = m;
  t->n = n;
  fill(t->gradient, m * n, 0.02, MC_DTYPE_FLOAT32, &r);
  fill(t->weights, m * n, 0.05, format, &r);
  fill(t->buffer, m * n, 0.01, MC_DTYPE_FLOAT32, &r);
  return t;
}

static mc_audit_step view_of(const tensors *t) {
  return (mc_audit_step){t->m, t->n, t->gradient, t->weights, t->buffer, t->weights_after, t->buffer_after};
}

static double number(const fmpq_t q) {
  return fmpz_get_d(fmpq_numref(q)) / fmpz_get_d(fmpq_denref(q));
}

static double scale_of(const mc_audit_step_rule *rule, size_t m, size_t n) {
  double longest = fmax((double)m, (double)n), ratio = (double)m / (double)n;
  const double scales[] = {1, sqrt(fmax(1, ratio)), 0.2 * sqrt(longest), sqrt(longest), sqrt(ratio)};
  return scales[rule->scaling] * number(rule->factor);
}

/* A step in float32, the new weights stored in `format`. */
static void take(tensors *t, const mc_audit_step_rule *rule, const mc_kernel_model *model, const flaws *f,
                 mc_dtype format, uint64_t seed) {
  size_t count = t->m * t->n;
  float mu = (float)number(rule->momentum),
        nu = rule->rule == MC_STEP_AVERAGE ? (float)(1 - number(rule->momentum)) : 1;
  float wd = (float)(number(rule->weight_decay) * f->decay_factor), lr = (float)(number(rule->rate) * f->rate_factor);
  float keep = rule->decay == MC_STEP_DECOUPLED     ? (float)(1 - (double)lr * wd)
               : rule->decay == MC_STEP_INDEPENDENT ? 1 - wd
                                                    : 1;
  double *d = mc_alloc(2 * count, sizeof *d), *o = d + count, square = 0;
  mc_random draw;
  mc_error e = {0};
  for (size_t i = 0; i < count; i++) {
    float g = (float)t->gradient[i], b;
    if (rule->decay == MC_STEP_COUPLED)
      g += wd * (float)t->weights[i];
    b = mu * (float)t->buffer[i] + nu * g;
    t->buffer_after[i] = f->no_buffer ? t->buffer[i] : (double)b;
    d[i] = (double)(rule->nesterov ? mu * b + nu * g : b);
    square += d[i] * d[i];
  }
  for (size_t i = 0; i < count && f->normalised_buffer; i++)
    t->buffer_after[i] = (double)((float)t->buffer_after[i] / (float)sqrt(square));
  mc_random_init(&draw, seed, 8, 0);
  need(mc_kernel_emulate(o, model, d, t->m, t->n, &draw, &e), &e);
  float factor = lr * (float)scale_of(rule, t->m, t->n);
  for (size_t i = 0; i < count; i++)
    t->weights_after[i] = mc_dtype_round(format, (double)(keep * (float)t->weights[i] - factor * (float)o[i]));
  mc_free(d);
}

typedef struct {
  mc_audit_verdict verdict; /* wrong where the buffer is */
  char explanation[2048];
} outcome;

static outcome judge(const tensors *t, const mc_audit_step_rule *rule, const mc_kernel_model *model) {
  mc_audit_step step = view_of(t);
  mc_audit_step_view *view;
  mc_audit_reference *reference;
  mc_audit_options options = mc_audit_default_options();
  mc_audit_finding f;
  mc_audit_explanation list[MC_AUDIT_EXPLANATIONS];
  mc_error e = {0};
  arb_t error;
  double limit, ratio;
  size_t count;
  outcome found = {0};
  mc_audit_finding_init(&f);
  arb_init(error);
  need(mc_audit_step_view_new(&view, &step, rule, &e), &e);
  options.around = mc_audit_step_surroundings(view);
  mc_audit_step_buffer(error, &limit, &ratio, view);
  need(mc_audit_reference_new(&reference, mc_audit_step_direction(view), t->m, t->n, model, &options, &e), &e);
  need(mc_audit_judge(&f, reference, mc_audit_step_update(view), &e), &e);
  found.verdict = ratio > 1 ? MC_AUDIT_WRONG : f.verdict;
  assert_true((ratio > 1) >= (mc_ball_lower_double(error) > limit));
  need(mc_audit_step_explain_approx(list, &count, &step, rule, model, &e), &e);
  for (size_t i = 0, at = 0; i < count; i++)
    at += (size_t)snprintf(found.explanation + at, sizeof found.explanation - at, "%s; ", list[i].text);
  mc_audit_reference_free(reference);
  mc_audit_step_view_free(view);
  mc_audit_finding_clear(&f);
  arb_clear(error);
  return found;
}

static void set_rule(mc_audit_step_rule *rule, const char *preset) {
  mc_error e = {0};
  mc_audit_step_rule_init(rule);
  need(mc_audit_step_rule_set_preset(rule, preset, &e), &e);
  need(mc_ball_fmpq_set_text(rule->rate, "0.02", &e), &e);
  need(mc_ball_fmpq_set_text(rule->weight_decay, "0.1", &e), &e);
}

/* Every preset's optimizer, kernels in float32 and bfloat16, weights stored in float32 and bfloat16. */
static void test_correct_steps_conform(void **state) {
  static const char *const presets[] = {"keller-jordan", "torch", "moonlight", "dion", "emerging-optimizers"};
  static const mc_dtype formats[] = {MC_DTYPE_FLOAT32, MC_DTYPE_BFLOAT16};
  (void)state;
  for (size_t k = 0; k < 5; k++)
    for (size_t j = 0; j < 4; j++) {
      mc_dtype stored = formats[j & 1];
      mc_kernel_model model = model_of(formats[j / 2]);
      mc_audit_step_rule rule;
      set_rule(&rule, presets[k]);
      if (k == 1)
        rule.decay = MC_STEP_COUPLED;
      if (k == 2)
        rule.decay = MC_STEP_INDEPENDENT;
      tensors *t = tensors_new(k & 1 ? 24 : 40, 32, stored, 10 * k + j);
      take(t, &rule, &model, &(flaws){.rate_factor = 1, .decay_factor = 1}, stored, k);
      outcome found = judge(t, &rule, &model);
      if (found.verdict != MC_AUDIT_CONFORMS)
        fail_msg("%s, weights %s: %s (%s)", presets[k], mc_dtype_name(stored), mc_audit_verdict_name(found.verdict),
                 found.explanation);
      if (model.storage == MC_DTYPE_FLOAT32) /* the bias of bfloat16 looks like a scale */
        assert_string_equal(found.explanation, "");
      mc_free(t);
      mc_audit_step_rule_clear(&rule);
      mc_kernel_model_clear(&model);
    }
}

/* One kind of confusion: what the kernel follows, what it does wrong, and words of the explanation. */
typedef struct {
  mc_audit_step_rule rule;
  flaws f;
  const char *words;
} confusion;

static void test_confusions_are_named(void **state) {
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_audit_step_rule rule;
  const flaws none = {.rate_factor = 1, .decay_factor = 1};
  confusion list[12];
  size_t count = 0;
  (void)state;
  set_rule(&rule, "keller-jordan");
  for (size_t k = 0; k < 12; k++)
    list[k] = (confusion){rule, none, ""}; /* shares the numbers, which nothing changes */
  list[count].rule.rule = MC_STEP_SUM, list[count++].words = "a sum of gradients (heavy ball)";
  list[count].rule.nesterov = false, list[count++].words = "without Nesterov";
  list[count].rule.decay = MC_STEP_COUPLED, list[count++].words = "decay added to the gradient (coupled)";
  list[count].rule.decay = MC_STEP_INDEPENDENT, list[count++].words = "not multiplied by the learning rate";
  list[count].rule.scaling = MC_STEP_NONE, list[count++].words = "as with scaling none";
  list[count].rule.scaling = MC_STEP_RMS, list[count++].words = "as with scaling rms";
  list[count].rule.scaling = MC_STEP_SPECTRAL, list[count++].words = "as with scaling spectral";
  list[count].f.decay_factor = 0, list[count++].words = "weight decay was not applied";
  list[count].f.rate_factor = -1, list[count++].words = "the wrong sign";
  list[count].f.rate_factor = 0, list[count++].words = "the weights were not updated";
  list[count].f.no_buffer = true, list[count++].words = "the buffer was not updated";
  list[count].f.normalised_buffer = true, list[count++].words = "the right buffer times a factor";
  for (size_t k = 0; k < count; k++) {
    tensors *t = tensors_new(60, 32, MC_DTYPE_FLOAT32, k);
    take(t, &list[k].rule, &model, &list[k].f, MC_DTYPE_FLOAT32, k);
    outcome found = judge(t, &rule, &model);
    if (found.verdict != MC_AUDIT_WRONG || !strstr(found.explanation, list[k].words))
      fail_msg("%s: '%s' does not say '%s'", mc_audit_verdict_name(found.verdict), found.explanation, list[k].words);
    mc_free(t);
  }
  mc_audit_step_rule_clear(&rule);
  mc_kernel_model_clear(&model);
}

/* A decay so small that the weights hardly move is still missed where it is missing: with bfloat16 noise in the update,
 * the error along the weights shows it (tinygrad 17709). */
static void test_small_decay(void **state) {
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  mc_audit_step_rule rule;
  (void)state;
  set_rule(&rule, "torch");
  tensors *t = tensors_new(48, 48, MC_DTYPE_FLOAT32, 3);
  take(t, &rule, &model, &(flaws){.rate_factor = 1, .decay_factor = 0}, MC_DTYPE_FLOAT32, 1);
  outcome found = judge(t, &rule, &model);
  assert_int_equal(found.verdict, MC_AUDIT_SUSPICIOUS);
  assert_non_null(strstr(found.explanation, "weight decay was not applied"));
  mc_free(t);
  mc_audit_step_rule_clear(&rule);
  mc_kernel_model_clear(&model);
}

/* What the optimizers do by default (docs/papers.md, section 5: S5.JORDAN, S5.TORCH, S5.RMS; dion/muon.py;
 * orthogonalized_optimizers/muon.py), on 2 by 8, 8 by 2 and 3 by 3 matrices. */
static void test_presets(void **state) {
  static const struct {
    const char *name;
    mc_audit_step_momentum rule;
    bool nesterov;
    const char *rate, *weight_decay;
    double wide, tall, square; /* s(m, n)^2 */
  } published[] = {
      {"keller-jordan", MC_STEP_AVERAGE, true, "0.02", "0", 1, 4, 1},
      {"torch", MC_STEP_AVERAGE, true, "1e-3", "0.1", 1, 4, 1},
      {"moonlight", MC_STEP_SUM, true, "1e-3", "0.1", 0.04 * 8, 0.04 * 8, 0.04 * 3},
      {"dion", MC_STEP_SUM, false, "0.01", "0.01", 0.25, 4, 1},
      {"emerging-optimizers", MC_STEP_AVERAGE, false, "3e-4", "0.01", 8, 8, 3},
  };
  mc_audit_step_rule rule;
  fmpq_t q;
  (void)state;
  mc_audit_step_rule_init(&rule);
  fmpq_init(q);
  for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
    const double squares[] = {published[i].wide, published[i].tall, published[i].square};
    static const size_t shapes[][2] = {{2, 8}, {8, 2}, {3, 3}};
    mc_error e = {0};
    need(mc_audit_step_rule_set_preset(&rule, published[i].name, &e), &e);
    assert_int_equal(rule.rule, published[i].rule);
    assert_int_equal(rule.nesterov, published[i].nesterov);
    assert_int_equal(rule.decay, MC_STEP_DECOUPLED);
    need(mc_ball_fmpq_set_text(q, published[i].rate, &e), &e);
    assert_true(fmpq_equal(rule.rate, q));
    need(mc_ball_fmpq_set_text(q, published[i].weight_decay, &e), &e);
    assert_true(fmpq_equal(rule.weight_decay, q));
    need(mc_ball_fmpq_set_text(q, "0.95", &e), &e);
    assert_true(fmpq_equal(rule.momentum, q) && fmpq_is_one(rule.factor));
    for (size_t k = 0; k < 3; k++) {
      mc_audit_surroundings around;
      double ones[16], back[16], sizes[16];
      size_t m = shapes[k][0], n = shapes[k][1];
      for (size_t j = 0; j < m * n; j++)
        ones[j] = 1;
      mc_audit_unscale(back, sizes, &around, ones, m, n, &rule, MC_DTYPE_FLOAT64);
      assert_true(fabs(1 / (back[0] * back[0]) - squares[k]) < 1e-12 * squares[k]);
    }
  }
  fmpq_clear(q);
  mc_audit_step_rule_clear(&rule);
}

static void test_bad_steps(void **state) {
  mc_audit_step_rule rule;
  mc_audit_step_view *view;
  mc_error e = {0};
  (void)state;
  mc_audit_step_rule_init(&rule);
  assert_int_equal(mc_audit_step_rule_set_preset(&rule, "polar-express", &e), MC_BAD_INPUT);
  tensors *t = tensors_new(3, 4, MC_DTYPE_FLOAT32, 1);
  t->weights_after[5] = NAN;
  mc_audit_step step = view_of(t);
  assert_int_equal(mc_audit_step_view_new(&view, &step, &rule, &e), MC_UNDECIDED);
  assert_null(view);
  mc_free(t);
  mc_audit_step_rule_clear(&rule);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_correct_steps_conform),
      cmocka_unit_test(test_confusions_are_named),
      cmocka_unit_test(test_small_decay),
      cmocka_unit_test(test_presets),
      cmocka_unit_test(test_bad_steps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
