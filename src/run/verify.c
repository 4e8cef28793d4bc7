/* `muoncert verify`: all parts, whatever becomes of one, in one document. */
#include "run.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- The spec folder ---- */

typedef struct {
  char **paths;
  size_t count;
} path_list;

static int is_claim_file(const struct dirent *d) {
  size_t n = strlen(d->d_name);
  return n > 6 && strcmp(d->d_name + n - 6, ".claim") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static char *join(const char *folder, const char *name) {
  mc_text t;
  mc_text_init(&t);
  mc_text_printf(&t, "%s/%s", folder, name);
  char *path = t.failed ? NULL : mc_strdup(t.data);
  mc_text_clear(&t);
  return path;
}

static void free_paths(path_list *p) {
  for (size_t i = 0; i < p->count; i++)
    mc_free(p->paths[i]);
  mc_free(p->paths);
  *p = (path_list){0};
}

/* The .claim files of a folder, in the order of their bytes whatever the locale; none if it cannot be read. */
static mc_status list_claim_files(path_list *list, const char *folder, mc_error *e) {
  struct dirent **names;
  int n = scandir(folder, &names, is_claim_file, by_bytes);
  *list = (path_list){0};
  if (n < 0)
    return MC_OK;
  list->paths = mc_alloc((size_t)n + 1, sizeof *list->paths);
  bool failed = list->paths == NULL;
  for (int i = 0; i < n; i++) {
    if (!failed && (list->paths[list->count] = join(folder, names[i]->d_name)) != NULL)
      list->count++;
    else
      failed = true;
    free(names[i]);
  }
  free(names);
  return failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : MC_OK;
}

/* What a spec folder holds. */
typedef struct {
  path_list claims, audits;
} spec_files;

static void free_spec(spec_files *s) {
  free_paths(&s->claims);
  free_paths(&s->audits);
}

static mc_status read_spec(spec_files *s, const char *folder, mc_error *e) {
  *s = (spec_files){0};
  char *claims = join(folder, "claims"), *audits = join(folder, "audits.claim");
  mc_status status = claims && audits ? list_claim_files(&s->claims, claims, e) : MC_NO_MEMORY;
  mc_free(claims);
  struct stat st;
  if (status == MC_OK && stat(audits, &st) == 0 && (s->audits.paths = mc_alloc(1, sizeof *s->audits.paths)) != NULL) {
    s->audits.paths[s->audits.count++] = audits;
    return MC_OK;
  }
  mc_free(audits);
  return status;
}

/* The folder named, else ./spec where that holds claims, else the installed one. */
static mc_status find_spec(spec_files *s, const char **folder, mc_error *e) {
  const char *const places[] = {*folder ? *folder : "spec", *folder ? NULL : MUONCERT_SPEC_FOLDER};
  for (size_t i = 0; i < 2 && places[i]; i++) {
    if (read_spec(s, places[i], e) != MC_OK)
      return MC_NO_MEMORY;
    if (s->claims.count + s->audits.count > 0) {
      *folder = places[i];
      return MC_OK;
    }
    free_spec(s);
  }
  if (*folder)
    return mc_fail_at(e, MC_BAD_INPUT, *folder, 0, 0, "no claims/*.claim and no audits.claim in this folder");
  return mc_fail(e, MC_BAD_INPUT, "no spec folder: neither ./spec nor %s holds claims; name one with --spec",
                 MUONCERT_SPEC_FOLDER);
}

mc_status mc_run_spec_claims(char ***paths, size_t *count, const char *folder, mc_error *e) {
  spec_files spec;
  *paths = NULL;
  *count = 0;
  if (find_spec(&spec, &folder, e) != MC_OK)
    return MC_BAD_INPUT;
  *paths = spec.claims.paths;
  *count = spec.claims.count;
  free_paths(&spec.audits);
  return MC_OK;
}

void mc_run_spec_free(char **paths, size_t count) {
  free_paths(&(path_list){paths, count});
}

/* ---- Parts ---- */

/* The document of a part that could not be run. */
static json_t *failed_part(const char *command, const mc_error *why) {
  char text[1024];
  mc_error_format(text, sizeof text, why);
  json_t *document = json_pack("{s:[] s:s}", mc_run_list_of(command), "message", text);
  mc_run_stamp(document, command, mc_exit_of(why->status), 0);
  return document;
}

static json_t *read_proof_record(const char *path, mc_error *e) {
  json_error_t why;
  json_t *record = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
  const char *command = json_string_value(json_object_get(record, "command"));
  if (!record) {
    mc_fail_at(e, MC_BAD_INPUT, path, why.line > 0 ? (unsigned)why.line : 0, why.column > 0 ? (unsigned)why.column : 0,
               "no proof record: %s", why.text);
    return NULL;
  }
  if (!command || strcmp(command, "proofs") != 0 || !json_is_array(json_object_get(record, "functions"))) {
    mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "not a proof record: no \"command\": \"proofs\" with functions[]");
    json_decref(record);
    return NULL;
  }
  return record;
}

typedef json_t *run_part(const char *const *files, size_t count, const mc_run_options *options, mc_error *e);

static const struct {
  const char *command;
  run_part *run;
  size_t files; /* offset of its files in spec_files */
} parts[] = {
    {"claims", mc_run_claims, offsetof(spec_files, claims)},
    {"campaigns", mc_run_campaigns, offsetof(spec_files, claims)},
    {"audits", mc_run_audits, offsetof(spec_files, audits)},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

/* One part; an interrupt before its start leaves a part that says so. */
static json_t *run_one_part(size_t k, const spec_files *spec, const mc_run_options *options) {
  const path_list *files = (const path_list *)(const void *)((const char *)spec + parts[k].files);
  mc_error why = {0};
  json_t *document = NULL;
  if (mc_interrupt_requested())
    mc_fail(&why, MC_INTERRUPTED, "not started: interrupted");
  else if (files->count == 0)
    mc_fail(&why, MC_BAD_INPUT, "no file of the spec folder holds any");
  else
    document = parts[k].run((const char *const *)files->paths, files->count, options, &why);
  return document ? document : failed_part(parts[k].command, &why);
}

/* --only may leave a part without an entry; then it is no part of this run. */
static bool is_deselected(const json_t *document, const mc_run_options *options) {
  const char *command = json_string_value(json_object_get(document, "command"));
  const char *list = command ? mc_run_list_of(command) : NULL;
  return options->only && list && json_array_size(json_object_get(document, list)) == 0 &&
         !json_object_get(document, "message");
}

static void complete(json_t *report, const char *folder, const mc_run_verify_options *options, double seconds) {
  bool interrupted = mc_interrupt_requested();
  mc_exit x = mc_run_exit(report);
  json_object_set_new(report, "spec", json_string(folder));
  json_object_set_new(report, "seed", json_sprintf("0x%llx", (unsigned long long)options->run.seed));
  json_object_set_new(report, "interrupted", json_boolean(interrupted));
  mc_run_stamp(report, "verify", interrupted ? mc_exit_worse(x, MC_EXIT_UNDECIDED) : x, seconds);
}

json_t *mc_run_verify(const mc_run_verify_options *options, mc_error *e) {
  const char *folder = options->spec;
  double start = mc_clock_seconds();
  json_t *documents[PARTS + 1], *report = NULL;
  size_t count = 0;
  mc_error why = {0};
  spec_files spec;
  if (find_spec(&spec, &folder, e) != MC_OK)
    return NULL;

  if (options->proofs) {
    json_t *record = read_proof_record(options->proofs, &why);
    documents[count++] = record ? record : failed_part("proofs", &why);
  }
  for (size_t k = 0; k < PARTS; k++) {
    documents[count] = run_one_part(k, &spec, &options->run);
    if (is_deselected(documents[count], &options->run))
      json_decref(documents[count]);
    else
      count++;
  }
  if (options->run.only && count == (options->proofs != NULL))
    mc_fail(e, MC_BAD_INPUT, "nothing in '%s' is named like '%s'", folder, options->run.only);
  else
    report = mc_run_merge("verify", (const json_t *const *)documents, count, e);
  if (report) {
    double replay = options->proofs ? json_number_value(json_object_get(documents[0], "seconds")) : 0;
    complete(report, folder, options, mc_clock_seconds() - start + replay);
  }
  for (size_t i = 0; i < count; i++)
    json_decref(documents[i]);
  free_spec(&spec);
  return report;
}
