/* What outputs with planted bugs are said to be instead. */
#include "support.h"

#define M 48

static const struct {
  const char *mutant, *words;
} cases[] = {
    {"one-step-fewer", "the image after 4 steps"},
    {"one-step-more", "the image after 6 steps"},
    {"no-steps", "the normalised input, no step taken"},
    {"output-times-0.6", "the image times 0.5"},
    {"output-negated", "the image times -"},
    {"scaled-by-size", "the image times 1.3"},
    {"left-transposed", "the transposed image"},
    {"zeros", "zero"},
    {"input-returned", "the input"},
    {"last-row-lost", "1 of 48 rows"},
    {"last-column-lost", "1 of 48 columns"},
    {"tile-not-written", "1 of 9 tiles"},
    {"b-of-wrong-sign", "2304 of 2304 values are NaN or infinite"},
};

static size_t mutant_of(const char *name) {
  for (size_t i = 0; i < mc_kernel_mutant_count(); i++)
    if (strcmp(mc_kernel_mutant_get(i)->name, name) == 0)
      return i;
  fail_msg("no mutant %s", name);
  return 0;
}

/* Is one of the explanations of x this? */
static void expect_words(const mc_audit_reference *reference, const mc_kernel_model *model, const double *g,
                         const double *x, const char *name, const char *words) {
  mc_audit_explanation explanations[MC_AUDIT_EXPLANATIONS];
  mc_audit_finding f;
  size_t count;
  bool found = false;
  mc_error e = {0};
  mc_audit_finding_init(&f);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  need(mc_audit_explain_approx(explanations, &count, &f, reference, model, g, x, &e), &e);
  for (size_t i = 0; i < count; i++) {
    print_message("%-18s %s\n", i ? "" : name, explanations[i].text);
    found = found || strncmp(explanations[i].text, words, strlen(words)) == 0;
  }
  mc_audit_finding_clear(&f);
  if (!found)
    fail_msg("%s: '%s' is missing", name, words);
}

static void test_mutants_are_explained(void **state) {
  double *g = matrix_of("uniform", M, M, 8), x[M * M];
  mc_kernel_model model = model_of(MC_DTYPE_BFLOAT16);
  mc_error e = {0};
  (void)state;
  for (size_t i = 0; i < M * M; i++)
    g[i] /= 1024;
  mc_audit_reference *reference = reference_of(g, M, M, &model);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    need(mc_kernel_mutant_run(x, mutant_of(cases[i].mutant), &model, g, M, M, NULL, &e), &e);
    expect_words(reference, &model, g, x, cases[i].mutant, cases[i].words);
  }
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_free(g);
}

static const char *first_words(char text[256], const mc_audit_reference *reference, const mc_kernel_model *model,
                               const double *g, const double *x) {
  mc_audit_explanation explanations[MC_AUDIT_EXPLANATIONS];
  mc_audit_finding f;
  size_t count;
  mc_error e = {0};
  mc_audit_finding_init(&f);
  need(mc_audit_judge(&f, reference, x, &e), &e);
  need(mc_audit_explain_approx(explanations, &count, &f, reference, model, g, x, &e), &e);
  mc_audit_finding_clear(&f);
  assert_true(count > 0);
  snprintf(text, 256, "%s", explanations[0].text);
  return text;
}

/* Of several the one that says most comes first, and a factor that belongs to a convention is named. */
static void test_best_comes_first(void **state) {
  static const struct {
    const char *mutant, *words;
  } first[] = {{"last-row-lost", "1 of 64 rows"},
               {"last-column-lost", "1 of 48 columns"},
               {"two-rows-swapped", "2 of 64 rows"},
               {"tile-not-written", "1 of 12 tiles"},
               {"scaled-by-size", ", as with scaling rms (1.6)"},
               {"scaled-by-aspect", ", as with scaling rectangular (1.155)"},
               {"output-times-0.6", "the image times 0.6"}};
  double *g = matrix_of("uniform", 64, M, 8), x[64 * M];
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32);
  mc_error e = {0};
  char text[256];
  (void)state;
  mc_audit_reference *reference = reference_of(g, 64, M, &model);
  for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
    need(mc_kernel_mutant_run(x, mutant_of(first[i].mutant), &model, g, 64, M, NULL, &e), &e);
    if (!strstr(first_words(text, reference, &model, g, x), first[i].words))
      fail_msg("%s: '%s' and not '%s' comes first", first[i].mutant, text, first[i].words);
  }
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_free(g);
}

/* A kernel said to run in float32 that runs in bfloat16, and one under another schedule. */
static void test_models_are_recognised(void **state) {
  double *g = matrix_of("uniform", M, M, 9), x[M * M];
  mc_kernel_model model = model_of(MC_DTYPE_FLOAT32), other = model_of(MC_DTYPE_BFLOAT16);
  mc_error e = {0};
  (void)state;
  mc_audit_reference *reference = reference_of(g, M, M, &model);
  need(mc_kernel_emulate(x, &other, g, M, M, NULL, &e), &e);
  expect_words(reference, &model, g, x, "bfloat16", "as far off as a kernel in bfloat16");
  other.storage = MC_DTYPE_FLOAT32;
  need(mc_schedule_set_name(&other.schedule, "you", &e), &e);
  need(mc_kernel_emulate(x, &other, g, M, M, NULL, &e), &e);
  expect_words(reference, &model, g, x, "you", "the image under the schedule you");
  mc_audit_reference_free(reference);
  mc_kernel_model_clear(&model);
  mc_kernel_model_clear(&other);
  mc_free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_mutants_are_explained),
      cmocka_unit_test(test_best_comes_first),
      cmocka_unit_test(test_models_are_recognised),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
