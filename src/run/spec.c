/* Where the spec files are. */
#include "spec.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static void free_paths(mc_run_paths *p) {
  for (size_t i = 0; i < p->count; i++)
    mc_free(p->paths[i]);
  mc_free(p->paths);
  *p = (mc_run_paths){0};
}

/* The .claim files of a folder, in the order of their bytes whatever the locale; none if it cannot be read. */
static mc_status list_claim_files(mc_run_paths *list, const char *folder, mc_error *e) {
  struct dirent **names;
  int n = scandir(folder, &names, is_claim_file, by_bytes);
  *list = (mc_run_paths){0};
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

/* Takes the path over. */
static mc_status append_path(mc_run_paths *list, char **path, mc_error *e) {
  char **paths = mc_realloc(list->paths, list->count + 1, sizeof *paths);
  if (!paths)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  list->paths = paths;
  paths[list->count++] = *path;
  *path = NULL;
  return MC_OK;
}

void mc_run_spec_clear(mc_run_spec *s) {
  free_paths(&s->claims);
  free_paths(&s->audits);
}

static mc_status read_spec(mc_run_spec *s, const char *folder, mc_error *e) {
  *s = (mc_run_spec){0};
  struct stat st;
  char *claims = join(folder, "claims"), *audits = join(folder, "audits.claim"),
       *schedules = join(folder, "schedules.claim");
  mc_status status = claims && audits && schedules ? list_claim_files(&s->claims, claims, e) : MC_NO_MEMORY;
  mc_free(claims);
  if (status == MC_OK && stat(schedules, &st) == 0)
    status = append_path(&s->claims, &schedules, e);
  mc_free(schedules);
  if (status == MC_OK && stat(audits, &st) == 0 && (s->audits.paths = mc_alloc(1, sizeof *s->audits.paths)) != NULL) {
    s->audits.paths[s->audits.count++] = audits;
    return MC_OK;
  }
  mc_free(audits);
  return status;
}

mc_status mc_run_spec_find(mc_run_spec *s, const char **folder, mc_error *e) {
  const char *const places[] = {*folder ? *folder : "spec", *folder ? NULL : MUONCERT_SPEC_FOLDER};
  for (size_t i = 0; i < 2 && places[i]; i++) {
    if (read_spec(s, places[i], e) != MC_OK)
      return MC_NO_MEMORY;
    if (s->claims.count + s->audits.count > 0) {
      *folder = places[i];
      return MC_OK;
    }
    mc_run_spec_clear(s);
  }
  if (*folder)
    return mc_fail_at(e, MC_BAD_INPUT, *folder, 0, 0,
                      "no claims/*.claim, schedules.claim or audits.claim in this folder");
  return mc_fail(e, MC_BAD_INPUT, "no spec folder: neither ./spec nor %s holds claims; name one with --spec",
                 MUONCERT_SPEC_FOLDER);
}

mc_status mc_run_spec_claims(char ***paths, size_t *count, const char *folder, mc_error *e) {
  mc_run_spec spec;
  *paths = NULL;
  *count = 0;
  if (mc_run_spec_find(&spec, &folder, e) != MC_OK)
    return MC_BAD_INPUT;
  *paths = spec.claims.paths;
  *count = spec.claims.count;
  free_paths(&spec.audits);
  return MC_OK;
}

void mc_run_spec_free(char **paths, size_t count) {
  free_paths(&(mc_run_paths){paths, count});
}
