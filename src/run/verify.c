/* `muoncert verify`: all parts, whatever becomes of one, in one document. */
#include "spec.h"

#include <stdlib.h>
#include <string.h>

/* ---- Parts ---- */

/* The document of a part that could not be run. */
static json_t *failed_part(const char *command, const mc_error *why) {
  char text[1024];
  mc_error_format(text, sizeof text, why);
  json_t *document = json_pack("{s:[] s:s}", mc_run_list_of(command), "message", text);
  mc_run_stamp(document, command, mc_exit_of(why->status), 0);
  return document;
}

/* The record in a file of what `command` ("proofs", "theorems") did, or a part that says why there is none. */
static json_t *read_record(const char *command, const char *path) {
  json_error_t why;
  mc_error e = {0};
  json_t *record = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
  const char *of = json_string_value(json_object_get(record, "command"));
  if (!record)
    mc_fail_at(&e, MC_BAD_INPUT, path, why.line > 0 ? (unsigned)why.line : 0, why.column > 0 ? (unsigned)why.column : 0,
               "no record of %s: %s", command, why.text);
  else if (!of || strcmp(of, command) != 0 || !json_is_array(json_object_get(record, mc_run_list_of(command))))
    mc_fail_at(&e, MC_BAD_INPUT, path, 0, 0, "not a record of %s: no %s[]", command, mc_run_list_of(command));
  if (e.status == MC_OK)
    return record;
  json_decref(record);
  return failed_part(command, &e);
}

typedef json_t *run_part(const char *const *files, size_t count, const mc_run_options *options, mc_error *e);

static const struct {
  const char *command;
  run_part *run;
  size_t files; /* offset of its files in mc_run_spec */
} parts[] = {
    {"claims", mc_run_claims, offsetof(mc_run_spec, claims)},
    {"campaigns", mc_run_campaigns, offsetof(mc_run_spec, claims)},
    {"audits", mc_run_audits, offsetof(mc_run_spec, audits)},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

/* One part; an interrupt before its start leaves a part that says so. */
static json_t *run_one_part(size_t k, const mc_run_spec *spec, const mc_run_options *options) {
  const mc_run_paths *files = (const mc_run_paths *)(const void *)((const char *)spec + parts[k].files);
  mc_run_options certified = *options;
  certified.certify = true;
  mc_error why = {0};
  json_t *document = NULL;
  if (mc_interrupt_requested())
    mc_fail(&why, MC_INTERRUPTED, "not started: interrupted");
  else if (files->count == 0)
    mc_fail(&why, MC_UNDECIDED, "nothing was checked: the spec folder has no file for it");
  else
    document = parts[k].run((const char *const *)files->paths, files->count, &certified, &why);
  return document ? document : failed_part(parts[k].command, &why);
}

/* Audits are worth what they notice: bugs planted in a kernel of the default preset. */
static json_t *run_mutants(const mc_run_options *options) {
  mc_error why = {0};
  mc_run_audit_request request = {0};
  json_t *document = NULL;
  if (mc_interrupt_requested())
    mc_fail(&why, MC_INTERRUPTED, "not started: interrupted");
  else
    document = mc_run_mutants(&request, options, &why);
  return document ? document : failed_part("mutants", &why);
}

/* --only may leave a part without an entry; then it is no part of this run. */
static bool is_deselected(const json_t *document, const mc_run_options *options) {
  const char *list = mc_run_list_of(json_string_value(json_object_get(document, "command")));
  const char *verdict = json_string_value(json_object_get(document, "verdict"));
  return options->only && json_array_size(json_object_get(document, list)) == 0 && strcmp(verdict, "error") != 0 &&
         !mc_interrupt_requested();
}

static void complete(json_t *report, const char *folder, const mc_run_verify_options *options, double seconds) {
  bool interrupted = mc_interrupt_requested();
  mc_exit x = mc_run_exit(report);
  json_object_set_new(report, "spec", json_string(folder));
  json_object_set_new(report, "seed", json_sprintf("0x%llx", (unsigned long long)options->run.seed));
  json_object_set_new(report, "versions", mc_run_versions());
  json_object_set_new(report, "interrupted", json_boolean(interrupted));
  mc_run_stamp(report, "verify", interrupted ? mc_exit_worse(x, MC_EXIT_UNDECIDED) : x, seconds);
}

/* The records of what ran before.  Returns their number. */
static size_t read_records(json_t **documents, const mc_run_verify_options *options) {
  size_t count = 0;
  if (options->proofs)
    documents[count++] = read_record("proofs", options->proofs);
  if (options->theorems)
    documents[count++] = read_record("theorems", options->theorems);
  return count;
}

/* The documents of all other parts; those that --only leaves empty are left out.  Returns their number. */
static size_t run_parts(json_t **documents, const mc_run_verify_options *options, const mc_run_spec *spec) {
  size_t count = 0;
  for (size_t k = 0; k < PARTS; k++) {
    documents[count] = run_one_part(k, spec, &options->run);
    if (is_deselected(documents[count], &options->run))
      json_decref(documents[count]);
    else
      count++;
  }
  if (!options->run.only && spec->audits.count > 0)
    documents[count++] = run_mutants(&options->run);
  return count;
}

enum { RECORDS = 2, DOCUMENTS = RECORDS + PARTS + 1 };

static json_t *report_on(const char *folder, const mc_run_spec *spec, const mc_run_verify_options *options,
                         mc_error *e) {
  json_t *report = NULL, *documents[DOCUMENTS];
  double start = mc_clock_seconds(), before = 0;
  size_t records = read_records(documents, options);
  size_t count = records + run_parts(documents + records, options, spec);
  if (options->run.only && count == records)
    mc_fail(e, MC_BAD_INPUT, "nothing in '%s' is named like '%s'", folder, options->run.only);
  else
    report = mc_run_merge("verify", (const json_t *const *)documents, count, e);
  for (size_t i = 0; i < records; i++)
    before += json_number_value(json_object_get(documents[i], "seconds"));
  if (report)
    complete(report, folder, options, mc_clock_seconds() - start + before);
  while (count > 0)
    json_decref(documents[--count]);
  return report;
}

json_t *mc_run_verify(const mc_run_verify_options *options, mc_error *e) {
  const char *folder = options->spec;
  mc_run_spec spec;
  if (mc_run_spec_find(&spec, &folder, e) != MC_OK)
    return NULL;
  json_t *report = report_on(folder, &spec, options, e);
  mc_run_spec_clear(&spec);
  return report;
}
