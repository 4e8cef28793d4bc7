/* The published schedules: the cited schedule blocks of spec/schedules.claim, which is compiled in. */
#include <ctype.h>
#include <pthread.h>
#include <string.h>

#include "embedded.h"
#include "private.h"

static struct {
  pthread_once_t once;
  mc_document *document;
  mc_error error; /* why there is none */
} registry = {.once = PTHREAD_ONCE_INIT};

static void read_registry(void) {
  const mc_schedule_embedded_file *file = mc_schedule_embedded;
  mc_lang_document_parse(&registry.document, file->name, (const char *)file->bytes, file->length, &registry.error);
}

/* The i-th schedule with a source, or NULL past the last. */
static const mc_schedule_block *published(size_t i) {
  pthread_once(&registry.once, read_registry);
  size_t count = registry.document ? mc_lang_schedule_count(registry.document) : 0;
  for (size_t k = 0; k < count; k++) {
    const mc_schedule_block *block = mc_lang_schedule(registry.document, k);
    if (block->cite && i-- == 0)
      return block;
  }
  return NULL;
}

const char *mc_schedule_name(size_t i) {
  const mc_schedule_block *block = published(i);
  return block ? block->name : NULL;
}

const char *mc_schedule_cite(size_t i) {
  const mc_schedule_block *block = published(i);
  return block ? block->cite : NULL;
}

static mc_status set_block(mc_schedule *s, const mc_schedule_block *block, mc_error *e) {
  mc_status status = MC_OK;
  fmpq_t c;
  fmpq_init(c);
  mc_schedule_clear(s);
  for (size_t r = 0; r < block->row_count && status == MC_OK; r++)
    for (unsigned long i = 0; i < block->rows[r].repeat && status == MC_OK; i++) {
      status = mc_schedule_append(s, (slong)block->rows[r].count, e);
      for (size_t j = 0; j < block->rows[r].count && status == MC_OK; j++) {
        status = mc_lang_expr_exact(c, block->rows[r].coefficients[j], NULL, NULL, e);
        fmpq_set(&s->steps[s->count - 1].c[j], c);
      }
    }
  fmpq_clear(c);
  s->rows = s->count;
  s->beyond = block->beyond;
  if (status != MC_OK)
    mc_schedule_clear(s);
  return status;
}

static mc_status unknown_name(const char *name, mc_error *e) {
  mc_text t;
  mc_text_init(&t);
  if (!registry.document)
    return mc_fail(e, MC_INTERNAL, "the table of schedules cannot be read: %.300s", registry.error.text);
  for (size_t i = 0; mc_schedule_name(i); i++)
    mc_text_printf(&t, "%s %s", i > 0 ? "," : "", mc_schedule_name(i));
  mc_status s = mc_fail(e, MC_BAD_INPUT, "no schedule is called '%.60s'; known are%s, or give a,b,c; …", name,
                        t.failed ? " others" : t.data);
  mc_text_clear(&t);
  return s;
}

mc_status mc_schedule_set_name(mc_schedule *s, const char *name, mc_error *e) {
  const mc_schedule_block *block;
  for (size_t i = 0; (block = published(i)) != NULL; i++)
    if (strcmp(name, block->name) == 0)
      return set_block(s, block, e);
  return isalpha((unsigned char)*name) ? unknown_name(name, e) : mc_schedule_set_text(s, name, e);
}
