/* `muoncert check`: certificates from files. */
#include "run.h"

#include <string.h>

#include "../check/check.h"

/* No certificate of ours comes near this. */
#define LARGEST_FILE ((size_t)256 << 20)

static json_t *read_certificate(const char *path, mc_error *e) {
  mc_text text;
  json_error_t why;
  json_t *certificate = NULL;
  mc_text_init(&text);
  if (mc_text_read_file(&text, path, LARGEST_FILE, e) == MC_OK) {
    certificate = json_loadb(text.data ? text.data : "", text.length, JSON_REJECT_DUPLICATES, &why);
    if (!certificate)
      mc_fail_at(e, MC_BAD_INPUT, path, (unsigned)(why.line > 0 ? why.line : 0),
                 (unsigned)(why.column > 0 ? why.column : 0), "no JSON: %.200s", why.text);
  }
  mc_text_clear(&text);
  return certificate;
}

static json_t *decimal_json(const fmpq_t x) {
  char *text = fmpq_get_str(NULL, 10, x);
  json_t *json = json_string(text);
  flint_free(text);
  return json;
}

static void describe(json_t *entry, const mc_check_result *r) {
  json_object_set_new(entry, "verdict", json_string(r->accepted ? "accepted" : "refused"));
  if (*r->id)
    json_object_set_new(entry, "id", json_string(r->id));
  if (*r->statement)
    json_object_set_new(entry, "statement", json_string(r->statement));
  if (r->accepted)
    json_object_set_new(entry, "shows", json_string(r->verdict));
  if (r->accepted && r->has_derived)
    json_object_set_new(entry, "bracket", json_pack("[o o]", decimal_json(r->lower), decimal_json(r->upper)));
  if (!r->accepted)
    json_object_set_new(entry, "message", json_stringn(r->message, strcspn(r->message, "\n")));
  json_object_set_new(entry, "boxes", json_integer((json_int_t)r->boxes));
  json_object_set_new(entry, "seconds", json_real(r->seconds));
}

double mc_run_check_seconds(const mc_run_options *options) {
  return options->seconds > 0 ? options->seconds : 60;
}

typedef struct {
  const char *const *files;
  json_t **entries;
  const mc_run_options *options;
} work;

static void check_one(void *context, size_t i) {
  work *w = context;
  mc_error e = {0};
  json_t *certificate = read_certificate(w->files[i], &e);
  w->entries[i] = json_pack("{s:s s:s}", "id", w->files[i], "file", w->files[i]);
  if (certificate) {
    mc_check_result r;
    mc_check_result_init(&r);
    mc_check_certificate(&r, certificate, NULL, mc_run_check_seconds(w->options));
    describe(w->entries[i], &r);
    mc_check_result_clear(&r);
    json_decref(certificate);
  } else {
    json_object_set_new(w->entries[i], "verdict", json_string("error"));
    json_object_set_new(w->entries[i], "message", json_string(e.text));
  }
  mc_progress_add(w->options->progress, 1);
}

json_t *mc_run_check(const char *const *files, size_t count, const mc_run_options *options, mc_error *e) {
  double start = mc_clock_seconds();
  work w = {files, mc_alloc(count, sizeof *w.entries), options};
  json_t *list = json_array();
  if (!w.entries) {
    json_decref(list);
    mc_fail(e, MC_NO_MEMORY, "out of memory");
    return NULL;
  }
  mc_progress_begin(options->progress, "certificates", count);
  mc_parallel_for(count, options->threads, check_one, &w);
  mc_progress_end(options->progress);
  for (size_t i = 0; i < count; i++)
    if (w.entries[i])
      json_array_append_new(list, w.entries[i]);
    else
      json_array_append_new(list, json_pack("{s:s s:s s:s s:s}", "id", files[i], "file", files[i], "verdict", "refused",
                                            "message", "interrupted"));
  mc_free(w.entries);
  json_t *document = json_pack("{s:o}", "certificates", list);
  mc_run_stamp(document, "check", mc_run_exit(document), mc_clock_seconds() - start);
  return document;
}
