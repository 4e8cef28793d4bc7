/* Campaign blocks as mc_run_campaigns takes them: mistakes at their place, verdicts, names, replays. */
#include "lang/lang.h"
#include "run/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILE_NAME "t_campaign_blocks.claim"

static const char blocks[] = "campaign holds_well\n"
                             "  measure theta, kappa by corner\n"
                             "  holds   kappa >= 0\n"
                             "  shapes  2 by 2\n"
                             "  trials  8\n"
                             "campaign rarely_met\n"
                             "  measure theta, kappa by corner\n"
                             "  where   kappa < theta/1000000\n"
                             "  holds   kappa >= 0\n"
                             "  shapes  4 by 4\n"
                             "  trials  8 met 4\n"
                             "campaign wrong_quantity\n"
                             "  measure theta, zeta by corner\n"
                             "  holds   theta > 0\n"
                             "campaign wrong_property\n"
                             "  measure theta by korner\n"
                             "  holds   theta > 0\n"
                             "campaign wrong_family\n"
                             "  measure theta by corner\n"
                             "  holds   theta > 0\n"
                             "  spectra uniform, unifrom\n"
                             "campaign wrong_shape\n"
                             "  measure theta by corner\n"
                             "  holds   theta > 0\n"
                             "  shapes  5000 by 2\n"
                             "campaign half_met\n"
                             "  measure theta, kappa by corner\n"
                             "  where   theta > 0\n"
                             "  holds   kappa >= 0\n"
                             "  shapes  2 by 2\n"
                             "  trials  400 met 390\n";

static json_t *run(const mc_run_options *options) {
  const char *file = FILE_NAME;
  mc_error e = {0};
  assert_int_equal(mc_file_write(FILE_NAME, blocks, strlen(blocks), &e), MC_OK);
  json_t *document = mc_run_campaigns(&file, 1, options, &e);
  if (!document)
    fail_msg("%s", e.text);
  return document;
}

static void entry_says(const json_t *document, size_t i, const char *verdict, const char *message) {
  const json_t *entry = json_array_get(json_object_get(document, "campaigns"), i);
  const char *found = json_string_value(json_object_get(entry, "message"));
  assert_string_equal(json_string_value(json_object_get(entry, "verdict")), verdict);
  if (message && (!found || !strstr(found, message)))
    fail_msg("'%s' does not say '%s'", found ? found : "", message);
}

static void mistakes_are_told_and_the_others_run(void **state) {
  (void)state;
  json_t *document = run(&(mc_run_options){0});
  entry_says(document, 0, "holds", NULL);
  entry_says(document, 1, "undecided", "only 1 of 8 trials met the hypotheses, and 4 were to");
  entry_says(document, 2, "error", FILE_NAME ":12:1: 'corner' does not measure 'zeta'");
  entry_says(document, 3, "error", FILE_NAME ":15:1: there is no property 'korner'");
  entry_says(document, 4, "error", FILE_NAME ":21:20: there is no family of matrices called 'unifrom'");
  entry_says(document, 5, "error", FILE_NAME ":22:1: 5000 by 2 is not a shape");
  assert_int_equal(mc_run_exit(document), MC_EXIT_USAGE);
  json_decref(document);
}

/* Of 400 random trials about half have theta > 0; how many must is the author's word. */
static void as_many_must_meet_the_hypotheses_as_is_said(void **state) {
  (void)state;
  const char *name = "half_met";
  mc_run_options options = {.names = &name, .name_count = 1};
  json_t *document = run(&options);
  entry_says(document, 0, "undecided", "trials met the hypotheses, and 390 were to");
  json_decref(document);
  options.trials = 40; /* 39 of these */
  document = run(&options);
  entry_says(document, 0, "undecided", "trials met the hypotheses, and 39 were to");
  json_decref(document);
  options.trials = 4000; /* 390 still */
  document = run(&options);
  entry_says(document, 0, "holds", NULL);
  json_decref(document);
}

/* What the papers' campaigns ask for: 200 trials that meet the hypotheses, or all of the few at a large size, or, of a
 * ranking, 100 for either half; and a quarter of the shapes with a side of 64 or more. */
static void check_demands(const mc_campaign *c) {
  size_t large = 0;
  for (size_t i = 0; i < c->shape_count; i++)
    large += c->shapes[i].rows >= 64 || c->shapes[i].columns >= 64;
  if (c->met < 200 && c->met != c->trials)
    fail_msg("%s: %lu of %lu trials are to meet the hypotheses", c->block.id, c->met, c->trials);
  if (4 * large < c->shape_count && strcmp(c->block.name, "float_kernels_vs_mpfr") != 0)
    fail_msg("%s: %zu of %zu shapes are large", c->block.id, large, c->shape_count);
}

static void campaigns_of_the_papers_ask_for_enough(void **state) {
  (void)state;
  char **paths;
  size_t count, campaigns = 0;
  assert_int_equal(mc_run_spec_claims(&paths, &count, MUONCERT_SOURCE_DIR "/spec", NULL), MC_OK);
  for (size_t i = 0; i < count; i++) {
    mc_document *document;
    assert_int_equal(mc_lang_document_read(&document, paths[i], NULL), MC_OK);
    for (size_t k = 0; k < mc_lang_campaign_count(document); k++, campaigns++)
      if (mc_lang_campaign(document, k)->expected == MC_EXPECT_HOLDS)
        check_demands(mc_lang_campaign(document, k));
    mc_lang_document_free(document);
  }
  assert_true(campaigns > 50);
  mc_run_spec_free(paths, count);
}

static void campaigns_are_chosen_by_name(void **state) {
  (void)state;
  const char *file = FILE_NAME, *name = "holds_well", *nothing = "holds_ill";
  json_t *document = run(&(mc_run_options){.names = &name, .name_count = 1});
  assert_int_equal(json_array_size(json_object_get(document, "campaigns")), 1);
  assert_int_equal(mc_run_exit(document), MC_EXIT_EXPECTED);
  json_decref(document);
  mc_error e = {0};
  assert_null(mc_run_campaigns(&file, 1, &(mc_run_options){.names = &nothing, .name_count = 1}, &e));
  assert_non_null(strstr(e.text, "holds_ill"));
}

static void a_replay_is_one_trial_with_its_data(void **state) {
  (void)state;
  const char *name = "holds_well";
  mc_run_options options = {.names = &name, .name_count = 1, .replay = "seed=1 trial=3 shape=3x2 spectrum=flat"};
  json_t *document = run(&options), *entry = json_array_get(json_object_get(document, "campaigns"), 0);
  entry_says(document, 0, "holds", NULL);
  assert_int_equal(json_integer_value(json_object_get(entry, "trials")), 1);
  const json_t *matrices = json_object_get(json_object_get(entry, "witness"), "matrices");
  assert_int_equal(json_array_size(json_object_get(matrices, "G")), 3);
  json_decref(document);
  options.replay = "seed=1 trial=3 shape=3x2";
  document = run(&options);
  entry_says(document, 0, "error", "'spectrum=' is missing");
  json_decref(document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mistakes_are_told_and_the_others_run),
      cmocka_unit_test(as_many_must_meet_the_hypotheses_as_is_said),
      cmocka_unit_test(campaigns_of_the_papers_ask_for_enough),
      cmocka_unit_test(campaigns_are_chosen_by_name),
      cmocka_unit_test(a_replay_is_one_trial_with_its_data),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
