/* Audits that a claim file asks for. */
#include "audits.h"

#include <string.h>

#include "../lang/lang.h"

/* A name in an audit block, relative to the file that says it. */
static char *beside(const char *file, const char *name) {
  const char *slash = strrchr(file, '/');
  mc_text path;
  mc_text_init(&path);
  if (*name != '/' && slash)
    mc_text_append(&path, file, (size_t)(slash + 1 - file));
  mc_text_printf(&path, "%s", name);
  char *copy = path.failed ? NULL : mc_strdup(path.data);
  mc_text_clear(&path);
  return copy;
}

typedef struct {
  mc_document **documents;
  size_t document_count;
  mc_run_audit_request *requests;
  char **paths; /* FILES for each request; NULL: it has no such file */
  size_t count;
} plan;

enum { FILES = 6 };

static void plan_clear(plan *p) {
  for (size_t i = 0; i < FILES * p->count; i++)
    mc_free(p->paths[i]);
  for (size_t i = 0; i < p->document_count; i++)
    mc_lang_document_free(p->documents[i]);
  mc_free(p->documents);
  mc_free(p->requests);
  mc_free(p->paths);
}

static mc_status add_block(plan *p, const mc_audit_block *a, mc_error *e) {
  const char *const names[FILES] = {a->input, a->output, a->weights, a->buffer, a->weights_after, a->buffer_after};
  mc_run_audit_request *requests = mc_realloc(p->requests, p->count + 1, sizeof *requests);
  if (requests)
    p->requests = requests;
  char **paths = mc_realloc(p->paths, FILES * (p->count + 1), sizeof *paths);
  if (paths)
    p->paths = paths;
  if (!requests || !paths)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  paths += FILES * p->count;
  mc_status s = MC_OK;
  for (size_t i = 0; i < FILES; i++) {
    paths[i] = names[i] ? beside(a->block.file, names[i]) : NULL;
    if (names[i] && !paths[i])
      s = mc_fail(e, MC_NO_MEMORY, "out of memory");
  }
  requests[p->count++] = (mc_run_audit_request){.id = a->block.id,
                                                .file = a->block.file,
                                                .line = a->block.line,
                                                .cite = a->block.cite,
                                                .statement = a->block.statement,
                                                .expected = a->expected,
                                                .input = paths[0],
                                                .output = paths[1],
                                                .weights = paths[2],
                                                .buffer = paths[3],
                                                .weights_after = paths[4],
                                                .buffer_after = paths[5],
                                                .preset = a->preset,
                                                .dtype = a->dtype,
                                                .scaling = a->scaling,
                                                .rate = a->lr,
                                                .momentum = a->momentum,
                                                .momentum_rule = a->momentum_rule,
                                                .nesterov = a->nesterov,
                                                .weight_decay = a->weight_decay,
                                                .decay = a->decay};
  return s;
}

static mc_status read_file(plan *p, const char *file, const char *only, mc_error *e) {
  mc_document *d;
  mc_status s = mc_lang_document_read(&d, file, e);
  if (s != MC_OK)
    return s;
  p->documents[p->document_count++] = d;
  for (size_t i = 0; i < mc_lang_audit_count(d) && s == MC_OK; i++)
    if (!only || mc_glob_match(only, mc_lang_audit(d, i)->block.id))
      s = add_block(p, mc_lang_audit(d, i), e);
  return s;
}

json_t *mc_run_audits(const char *const *files, size_t count, const mc_run_options *options, mc_error *e) {
  plan p = {.documents = mc_alloc(count, sizeof *p.documents)};
  mc_status s = p.documents || count == 0 ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < count && s == MC_OK; i++)
    s = read_file(&p, files[i], options->only, e);
  json_t *document = s == MC_OK ? mc_run_audit_requests(p.requests, p.count, false, options, e) : NULL;
  plan_clear(&p);
  return document;
}
