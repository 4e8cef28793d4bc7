#include "run/run.h"
#include "schedule/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "campaigns.h"

/* The published schedules are read by whoever asks first, and kept.  Of a worker, whose other numbers are gone with it,
 * LeakSanitizer would take FLINT's block of numbers for lost: pointers to them are encoded. */
static json_t *run(const char *path, const mc_run_options *options) {
  mc_error e = {0};
  assert_non_null(mc_schedule_name(0));
  json_t *document = mc_run_campaigns(&path, 1, options, &e);
  if (!document)
    fail_msg("%s: %s", path, e.text);
  return document;
}

static const char *text_of(const json_t *entry, const char *name) {
  const char *text = json_string_value(json_object_get(entry, name));
  return text ? text : "";
}

void campaign_holds(const char *spec, const char *name, uint64_t trials) {
  char path[1024];
  snprintf(path, sizeof path, "%s/spec/claims/%s", MUONCERT_SOURCE_DIR, spec);
  mc_run_options options = {.trials = trials, .names = &name, .name_count = 1, .seed = 1};
  json_t *document = run(path, &options), *entry = json_array_get(json_object_get(document, "campaigns"), 0);
  if (strcmp(text_of(entry, "verdict"), "holds") != 0)
    fail_msg("%s", json_dumps(entry, JSON_INDENT(1)));
  json_decref(document);
}

static size_t numbers_in(const json_t *witness) {
  const char *name;
  json_t *matrix;
  size_t count = 0;
  json_object_foreach(json_object_get(witness, "matrices"), name, matrix) count +=
      json_array_size(matrix) * json_array_size(json_array_get(matrix, 0));
  return count;
}

static void replay_reproduces(const char *path, const json_t *entry) {
  const char *name = text_of(entry, "id"), *line = strstr(text_of(entry, "replay"), "--replay '");
  char text[1024];
  assert_non_null(line);
  snprintf(text, sizeof text, "%s", line + strlen("--replay '"));
  text[strcspn(text, "'")] = '\0';
  mc_run_options options = {.names = &name, .name_count = 1, .replay = text};
  json_t *document = run(path, &options), *again = json_array_get(json_object_get(document, "campaigns"), 0);
  assert_string_equal(text_of(again, "verdict"), "violated");
  assert_true(json_equal(json_object_get(again, "witness"), json_object_get(entry, "witness")));
  assert_true(json_equal(json_object_get(again, "margin"), json_object_get(entry, "margin")));
  json_decref(document);
}

void neighbours_are_violated(const char *file, uint64_t trials, size_t entries) {
  char path[1024];
  snprintf(path, sizeof path, "%s/tests/props/%s", MUONCERT_SOURCE_DIR, file);
  mc_run_options options = {.trials = trials, .seed = 1};
  json_t *document = run(path, &options), *entry;
  size_t i;
  assert_true(json_array_size(json_object_get(document, "campaigns")) >= 3);
  json_array_foreach(json_object_get(document, "campaigns"), i, entry) {
    if (strcmp(text_of(entry, "verdict"), "violated") != 0 || numbers_in(json_object_get(entry, "witness")) > entries)
      fail_msg("%s", json_dumps(entry, JSON_INDENT(1)));
    replay_reproduces(path, entry);
  }
  assert_int_equal(mc_run_exit(document), MC_EXIT_EXPECTED);
  json_decref(document);
}
