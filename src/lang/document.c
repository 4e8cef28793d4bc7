/* Documents: memory, reading, errors with the source line. */
#include <stdarg.h>
#include <string.h>

#include "parser_state.h"

#include "parser.h"

#include "lexer.h"

struct mc_arena_chunk {
  mc_arena_chunk *next;
  size_t used, size;
  max_align_t bytes[];
};

void *mc_lang_allocate(mc_parser *p, size_t count, size_t size) {
  const size_t unit = sizeof(max_align_t);
  if (size != 0 && count > SIZE_MAX / 2 / size) {
    mc_fail(p->error, MC_NO_MEMORY, "out of memory while parsing");
    p->failed = true;
    return NULL;
  }
  size_t units = (count * size + unit - 1) / unit;
  mc_arena_chunk *chunk = p->document->chunks;
  if (!chunk || chunk->size - chunk->used < units) {
    size_t room = units > 1024 ? units : 1024;
    chunk = mc_alloc(1, sizeof *chunk + room * unit);
    if (!chunk) {
      mc_fail(p->error, MC_NO_MEMORY, "out of memory while parsing");
      p->failed = true;
      return NULL;
    }
    chunk->size = room;
    chunk->next = p->document->chunks;
    p->document->chunks = chunk;
  }
  void *result = chunk->bytes + chunk->used;
  chunk->used += units;
  return result;
}

const char *mc_lang_copy(mc_parser *p, const char *bytes, size_t length) {
  char *copy = mc_lang_allocate(p, length + 1, 1);
  if (copy)
    memcpy(copy, bytes, length);
  return copy;
}

mc_list *mc_lang_list_new(mc_parser *p) {
  return mc_lang_allocate(p, 1, sizeof(mc_list));
}

bool mc_lang_list_add(mc_parser *p, mc_list *list, void *item) {
  if (list->count == list->capacity) {
    size_t capacity = list->capacity ? 2 * list->capacity : 4;
    void **items = mc_lang_allocate(p, capacity, sizeof *items);
    if (!items)
      return false;
    if (list->count > 0)
      memcpy(items, list->items, list->count * sizeof *items);
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->count++] = item;
  return true;
}

/* Append the source line and a caret to the text of *e, windowed so that both fit. */
static void show_place(mc_error *e, const mc_document *document) {
  const char *line = document->source, *end = document->source + document->length;
  for (unsigned i = 1; i < e->line && line < end; i++) {
    const char *next = memchr(line, '\n', (size_t)(end - line));
    line = next ? next + 1 : end;
  }
  const char *stop = memchr(line, '\n', (size_t)(end - line));
  size_t length = stop ? (size_t)(stop - line) : (size_t)(end - line);
  size_t column = e->column > 0 ? e->column - 1 : 0;
  if (column > length)
    column = length;
  enum { WINDOW = 100 };
  size_t from = column > WINDOW / 2 && length > WINDOW ? column - WINDOW / 2 : 0;
  size_t shown = length - from > WINDOW ? WINDOW : length - from;
  size_t used = strlen(e->text);
  if (used + 2 * WINDOW + 8 > sizeof e->text)
    return;
  char *out = e->text + used;
  memcpy(out, "\n  ", 3);
  out += 3;
  for (size_t i = 0; i < shown; i++) {
    unsigned char c = (unsigned char)line[from + i];
    *out++ = c < 0x20 || c == 0x7f ? ' ' : (char)c;
  }
  memcpy(out, "\n  ", 3);
  out += 3;
  /* A multibyte character occupies one column on a terminal. */
  for (size_t i = 0; i < column - from; i++)
    if (((unsigned char)line[from + i] & 0xc0) != 0x80)
      *out++ = ' ';
  memcpy(out, "^", 2);
}

void mc_lang_error_at(mc_parser *p, mc_span where, const char *format, ...) {
  if (p->failed)
    return;
  p->failed = true;
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  mc_lang_fail(p->error, p->document, where.line, where.column, "%s", text);
}

mc_status mc_lang_fail(mc_error *e, const mc_document *document, unsigned line, unsigned column, const char *format,
                       ...) {
  if (!e)
    return MC_BAD_INPUT;
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  mc_fail_at(e, MC_BAD_INPUT, document->name, line, column, "%s", text);
  show_place(e, document);
  return MC_BAD_INPUT;
}

void mc_lang_document_free(mc_document *document) {
  if (!document)
    return;
  for (size_t i = 0; i < document->numbers.count; i++)
    fmpq_clear(((mc_expr *)document->numbers.items[i])->value);
  while (document->chunks) {
    mc_arena_chunk *next = document->chunks->next;
    mc_free(document->chunks);
    document->chunks = next;
  }
  mc_free(document->source);
  mc_free(document);
}

static unsigned line_of(const char *bytes, const char *place) {
  unsigned line = 1;
  for (; bytes < place; bytes++)
    line += *bytes == '\n';
  return line;
}

/* The scanner writes into its buffer, so it gets a copy; two zero bytes end it. */
static bool scan_and_parse(mc_parser *p, char *buffer, size_t length, void *scanner) {
  if (setjmp(p->no_memory) != 0)
    return false;
  mc_lang_yy_scan_buffer(buffer, length + 2, scanner);
  return mc_lang_yyparse(scanner, p) == 0;
}

/* false: refused, or out of memory. */
static bool run_parser(mc_parser *p, const char *bytes, size_t length) {
  void *scanner = NULL;
  char *buffer = mc_alloc(length + 2, 1);
  bool parsed = false;
  if (buffer && mc_lang_yylex_init_extra(p, &scanner) == 0) {
    memcpy(buffer, bytes, length);
    parsed = scan_and_parse(p, buffer, length, scanner);
    mc_lang_yylex_destroy(scanner);
  }
  mc_free(buffer);
  return parsed;
}

static mc_status parse(mc_document **result, const char *name, const char *bytes, size_t length, int start_token,
                       mc_error *e) {
  *result = NULL;
  if (length > MC_LANG_FILE_LIMIT)
    return mc_fail_at(e, MC_BAD_INPUT, name, 0, 0, "larger than %u bytes: too large for a spec", MC_LANG_FILE_LIMIT);
  const char *nul = memchr(bytes, '\0', length);
  if (nul)
    return mc_fail_at(e, MC_BAD_INPUT, name, line_of(bytes, nul), 0, "a zero byte: this is not a text file");
  mc_document *document = mc_alloc(1, sizeof *document);
  mc_parser p = {.document = document,
                 .error = e,
                 .line = 1,
                 .column = 1,
                 .start_token = start_token,
                 .bits_left = MC_LANG_TEXT_BITS};
  if (!document || !(document->source = mc_alloc(length + 2, 1))) {
    mc_free(document);
    return mc_fail(e, MC_NO_MEMORY, "out of memory while parsing");
  }
  memcpy(document->source, bytes, length);
  document->length = length;
  document->name = mc_lang_copy(&p, name, strlen(name));
  if (document->name && !run_parser(&p, bytes, length) && !p.failed) {
    p.failed = true;
    mc_fail(e, MC_NO_MEMORY, "out of memory while parsing");
  }
  if (p.failed) {
    mc_lang_document_free(document);
    return e ? e->status : MC_BAD_INPUT;
  }
  *result = document;
  return MC_OK;
}

mc_status mc_lang_document_parse(mc_document **document, const char *name, const char *bytes, size_t length,
                                 mc_error *e) {
  return parse(document, name, bytes, length, TOKEN_START_SPEC, e);
}

mc_status mc_lang_statement_parse(mc_document **document, const char *bytes, size_t length, mc_error *e) {
  return parse(document, "claim", bytes, length, TOKEN_START_STATEMENT, e);
}

mc_status mc_lang_document_read(mc_document **document, const char *path, mc_error *e) {
  *document = NULL;
  mc_text text;
  mc_text_init(&text);
  mc_status s = mc_text_read_file(&text, path, MC_LANG_FILE_LIMIT, e);
  if (s == MC_OK)
    s = mc_lang_document_parse(document, path, text.data ? text.data : "", text.length, e);
  mc_text_clear(&text);
  return s;
}

size_t mc_lang_claim_count(const mc_document *document) {
  return document->claims.count;
}

const mc_claim *mc_lang_claim(const mc_document *document, size_t i) {
  return document->claims.items[i];
}

size_t mc_lang_campaign_count(const mc_document *document) {
  return document->campaigns.count;
}

const mc_campaign *mc_lang_campaign(const mc_document *document, size_t i) {
  return document->campaigns.items[i];
}

size_t mc_lang_audit_count(const mc_document *document) {
  return document->audits.count;
}

const mc_audit_block *mc_lang_audit(const mc_document *document, size_t i) {
  return document->audits.items[i];
}

size_t mc_lang_schedule_count(const mc_document *document) {
  return document->schedules.count;
}

const mc_schedule_block *mc_lang_schedule(const mc_document *document, size_t i) {
  return document->schedules.items[i];
}
