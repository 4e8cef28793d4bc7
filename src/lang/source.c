/* The text of one claim by itself. */
#include <ctype.h>
#include <string.h>

#include "parser_state.h"

void mc_lang_note_source(mc_parser *p, mc_span where) {
  const mc_list *definitions = &p->document->definitions, *schedules = &p->document->schedules;
  mc_source *source = mc_lang_allocate(p, 1, sizeof *source);
  if (!source)
    return;
  bool schedule = strncmp(p->document->source + where.begin, "schedule", 8) == 0;
  *source = (mc_source){.begin = where.begin, .end = where.end};
  source->name = schedule ? ((mc_schedule_block *)schedules->items[schedules->count - 1])->name
                          : ((mc_definition *)definitions->items[definitions->count - 1])->name;
  mc_lang_list_add(p, &p->document->sources, source);
}

static bool is_word(char c) {
  return isalnum((unsigned char)c) || c == '_';
}

/* Mark the sources whose names occur in a stretch of the text. */
static void mark_names(const mc_document *document, bool *marked, size_t begin, size_t end) {
  const char *text = document->source;
  for (size_t i = begin; i < end;) {
    size_t length = 0;
    while (i + length < end && is_word(text[i + length]))
      length++;
    for (size_t k = 0; length > 0 && k < document->sources.count; k++) {
      const mc_source *source = document->sources.items[k];
      marked[k] = marked[k] || (strlen(source->name) == length && memcmp(source->name, text + i, length) == 0);
    }
    i += length > 0 ? length : 1;
  }
}

static void put(mc_text *out, const mc_document *document, size_t begin, size_t end) {
  mc_text_append(out, document->source + begin, end - begin);
  mc_text_append(out, "\n", 1);
}

mc_status mc_lang_claim_text(mc_text *out, const mc_document *document, const mc_claim *claim) {
  size_t count = document->sources.count;
  bool *marked = mc_alloc(count + 1, sizeof *marked);
  if (!marked)
    return MC_NO_MEMORY;
  mark_names(document, marked, claim->block.begin, claim->block.end);
  /* A definition mentions only what stands before it. */
  for (size_t k = count; k-- > 0;) {
    const mc_source *source = document->sources.items[k];
    if (marked[k])
      mark_names(document, marked, source->begin, source->end);
  }
  for (size_t k = 0; k < count; k++) {
    const mc_source *source = document->sources.items[k];
    if (marked[k] && source->begin < claim->block.begin)
      put(out, document, source->begin, source->end);
  }
  mc_text_printf(out, "claim %s ", claim->block.name);
  put(out, document, claim->block.begin, claim->block.end);
  mc_free(marked);
  return out->failed ? MC_NO_MEMORY : MC_OK;
}
