/* Correct kernels keep every law, in every format; for each law there is a kernel that is seen to break it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/law/law.h"
#include "../../src/law/suite.h"

static void need(mc_status s, const mc_error *e) {
  if (s != MC_OK)
    fail_msg("%s: %s", e->file, e->text);
}

typedef struct {
  mc_kernel_model model;
  mc_law_suite *suite;
  mc_law_output *outputs;
} stage;

/* code: whose rule of rounding is asked for; NULL: any. */
static void open_stage(stage *s, mc_dtype d, const char *preset, uint64_t seed, const mc_kernel_code *code) {
  mc_error e = {0};
  mc_audit_options options = mc_audit_default_options();
  const mc_law_conventions conventions = {.sum = seed % 2, .scaling = (uint32_t)(seed % 5)};
  options.seed = seed;
  options.roundings = code ? code->roundings : 0;
  mc_kernel_model_init(&s->model);
  need(mc_kernel_model_set_preset(&s->model, preset, &e), &e);
  s->model.storage = d;
  s->model.flush = code && code->flush;
  need(mc_law_suite_new(&s->suite, &s->model, &conventions, &options, &e), &e);
  s->outputs = NULL;
}

static void run_on_stage(stage *s, mc_kernel *kernel) {
  mc_error e = {0};
  mc_law_outputs_free(s->outputs, s->suite);
  s->outputs = mc_law_outputs_new(s->suite);
  assert_non_null(s->outputs);
  need(mc_law_run(s->outputs, s->suite, kernel, &e), &e);
}

static void close_stage(stage *s) {
  mc_law_outputs_free(s->outputs, s->suite);
  mc_law_suite_free(s->suite);
  mc_kernel_model_clear(&s->model);
}

static mc_law_finding judge(stage *s, size_t law) {
  mc_law_finding f;
  mc_error e = {0};
  need(mc_law_judge(&f, law, s->suite, s->outputs, &e), &e);
  return f;
}

static size_t law_named(const char *name) {
  size_t i = 0;
  while (mc_law_get(i) && strcmp(mc_law_get(i)->name, name) != 0)
    i++;
  assert_non_null(mc_law_get(i));
  return i;
}

static void keeps_all(stage *s, const mc_kernel_code *code) {
  mc_kernel *kernel;
  mc_error e = {0};
  need(mc_kernel_open_code(&kernel, code, &e), &e);
  if (mc_kernel_takes(kernel, s->model.storage)) {
    run_on_stage(s, kernel);
    for (size_t i = 0; mc_law_get(i); i++) {
      mc_law_finding f = judge(s, i);
      mc_law_verdict right = mc_law_get(i)->of_step && !mc_kernel_has_step(kernel) ? MC_LAW_ABSENT : MC_LAW_HOLDS;
      bool unknown = f.verdict == MC_LAW_UNDECIDED && strstr(f.reason, "no limit is known") &&
                     code->roundings == 1u << MC_ROUNDING_GRAM; /* which has no sound limit */
      if (f.verdict != right && !unknown)
        fail_msg("%s, %s: %s is %s: %s", code->name, mc_dtype_name(s->model.storage), mc_law_get(i)->name,
                 mc_law_verdict_name(f.verdict), f.reason);
    }
  }
  mc_kernel_close(kernel);
}

/* Kernels that follow a rule of their own are judged by it. */
static void keeps_all_by_its_rule(mc_dtype d, const char *preset, uint64_t seed, const mc_kernel_code *code) {
  stage s;
  open_stage(&s, d, preset, seed, code);
  keeps_all(&s, code);
  close_stage(&s);
}

/* Does a kernel break a law? */
static bool breaks(stage *s, const mc_law_mutant *mutant, size_t law) {
  mc_kernel *kernel;
  mc_error e = {0};
  need(mc_kernel_open_code(&kernel, &mutant->code, &e), &e);
  run_on_stage(s, kernel);
  mc_law_finding f = judge(s, law);
  print_message("%-9s %-28s %-16s %-10s %s\n", mc_dtype_name(s->model.storage), mutant->code.name, mutant->law,
                mc_law_verdict_name(f.verdict), f.reason);
  mc_kernel_close(kernel);
  return f.verdict == MC_LAW_VIOLATED;
}

/* float16 loses nothing when it is cast to float16, and its squares do not vanish in float32. */
static bool is_harmless(const mc_law_mutant *mutant, mc_dtype d) {
  static const char *const names[] = {"cast-to-half-first", "subnormal-norm-without-eps"};
  for (size_t i = 0; i < 2; i++)
    if (d == MC_DTYPE_FLOAT16 && strcmp(mutant->code.name, names[i]) == 0)
      return true;
  return false;
}

static void break_all(stage *s, bool *broken) {
  for (size_t k = 0; mc_law_mutant_get(k); k++) {
    const mc_law_mutant *mutant = mc_law_mutant_get(k);
    size_t law = law_named(mutant->law);
    bool seen = breaks(s, mutant, law);
    broken[law] = broken[law] || seen;
    if (seen == is_harmless(mutant, s->model.storage))
      fail_msg("%s in %s: %s", mutant->code.name, mc_dtype_name(s->model.storage), seen ? "is seen" : "is not seen");
  }
}

static uint64_t rounds = 1; /* the program's argument */

static void test_laws(void **state) {
  static const char *const presets[] = {"keller-jordan", "dion"};
  bool broken[64] = {0};
  (void)state;
  for (int d = 0; d <= MC_DTYPE_FLOAT64; d++)
    for (size_t p = 0; p < 2 * rounds; p++) {
      stage s;
      uint64_t seed = 6 + (uint64_t)d + p;
      open_stage(&s, (mc_dtype)d, presets[p % 2], seed, NULL);
      for (size_t i = 0; mc_kernel_builtin(i); i++) {
        const mc_kernel_code *code = mc_kernel_builtin(i);
        if (code->roundings && (!code->is_available || code->is_available()))
          keeps_all_by_its_rule((mc_dtype)d, presets[p % 2], seed, code);
        else if (!code->roundings)
          keeps_all(&s, code);
      }
      if (p == 0)
        break_all(&s, broken);
      close_stage(&s);
    }
  for (size_t i = 0; mc_law_get(i); i++)
    if (!broken[i])
      fail_msg("no kernel breaks the law %s", mc_law_get(i)->name);
}

/* 0 in place of the one entry of rank one is seen where a limit is below the image; elsewhere the law says that nothing is
 * held to it, and still sees NaN. */
static void test_rank_one(void **state) {
  static const mc_dtype formats[] = {MC_DTYPE_BFLOAT16, MC_DTYPE_FLOAT16, MC_DTYPE_FLOAT32, MC_DTYPE_FLOAT64};
  (void)state;
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    bool narrow = mc_kernel_precision(formats[i]) < 24;
    mc_error e = {0};
    stage s;
    open_stage(&s, formats[i], "keller-jordan", 3, NULL);
    s.outputs = mc_law_outputs_new(s.suite);
    const mc_law_input *input = &s.suite->inputs[MC_INPUT_RANK_ONE];
    mc_law_output *output = &s.outputs[MC_INPUT_RANK_ONE];
    need(mc_law_output_make(output, input, &e), &e);
    for (size_t k = 0; k < input->m * input->n; k++)
      output->x[k] = 0;
    mc_law_finding f = judge(&s, law_named("rank_one"));
    assert_int_equal(f.verdict, narrow ? MC_LAW_HOLDS : MC_LAW_VIOLATED);
    assert_int_equal(strstr(f.reason, "not judged") != NULL, narrow);
    for (size_t k = 0; k < input->m * input->n; k++)
      output->x[k] = input->g[k] != 0 ? (double)NAN : 0;
    assert_int_equal(judge(&s, law_named("rank_one")).verdict, MC_LAW_VIOLATED);
    close_stage(&s);
  }
}

/* t_laws [ROUNDS] */
int main(int argc, char **argv) {
  rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : rounds;
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_laws), cmocka_unit_test(test_rank_one)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
