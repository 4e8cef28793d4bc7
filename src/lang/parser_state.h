/* What the lexer, the parser and the tree builders share.  Private to src/lang. */
#ifndef MUONCERT_LANG_PARSER_STATE_H
#define MUONCERT_LANG_PARSER_STATE_H

#include <setjmp.h>
#include <stdarg.h>

#include "lang.h"

/* A stretch of source: where it begins, and the byte offsets [begin, end). */
typedef struct {
  unsigned line, column;
  size_t begin, end;
} mc_span;

/* A growing array of pointers in the document's arena. */
typedef struct {
  size_t count, capacity;
  void **items;
} mc_list;

/* The ends of a domain or of a membership, as parsed. */
typedef struct {
  mc_expr *lower, *upper;
  bool integer, lower_open, upper_open;
  mc_span span;
} mc_interval;

/* Where a definition or schedule stands in the source. */
typedef struct {
  const char *name;
  size_t begin, end;
} mc_source;

typedef struct mc_arena_chunk mc_arena_chunk;

struct mc_document {
  const char *name;
  char *source;
  size_t length;
  mc_arena_chunk *chunks;
  mc_list numbers; /* mc_expr of kind MC_EXPR_NUMBER: they own memory of FLINT */
  size_t expression_count;
  mc_list definitions, schedules, claims, campaigns, audits;
  mc_list sources; /* mc_source: definitions and schedules, in order */
};

typedef struct {
  mc_document *document;
  mc_error *error;
  bool failed;

  /* Lexer: the place of the next byte, and the token that says what is being parsed (0 once it was handed out). */
  unsigned line, column;
  size_t offset;
  int start_token;
  jmp_buf no_memory; /* where a scanner without memory leaves the parse */

  /* Names that are bound where the parser stands. */
  size_t scope_count;
  const char *scope[16];
  bool scope_real[16]; /* ranges over real numbers */

  /* The blocks under construction. */
  mc_paper *paper;
  mc_claim *claim;
  mc_campaign *campaign;
  mc_audit_block *audit;
  mc_list *shapes, *spectra, *series;
  double bits_left;     /* that exact values of the text's constants may touch in all */
  mc_expr *unknown;     /* the ? seen in this block */
  bool unknown_allowed; /* may ? stand here */
} mc_parser;

/* ---- Memory (document.c).  NULL, and the parser fails, when memory is out. ---- */

void *mc_lang_allocate(mc_parser *p, size_t count, size_t size);
const char *mc_lang_copy(mc_parser *p, const char *bytes, size_t length);
mc_list *mc_lang_list_new(mc_parser *p);
bool mc_lang_list_add(mc_parser *p, mc_list *list, void *item);

/* ---- Errors.  Only the first one is kept. ---- */

void mc_lang_error_at(mc_parser *p, mc_span where, const char *format, ...) MC_PRINTF(3, 4);

/* The nearest of the names that can stand here, or NULL when none is near (names.c). */
const char *mc_lang_nearest(const char *name, const char *const *candidates, size_t count);

/* ---- Constants (eval_exact.c) ---- */

#define MC_LANG_TEXT_BITS 2e8
#define MC_LANG_TOO_LARGE "the constants of this text are too large to be computed with"

/* mc_lang_expr_exact of a constant of the text; the parser fails when all of them together ask for too much. */
mc_status mc_lang_constant(mc_parser *p, fmpq_t value, const mc_expr *expr, mc_error *e);

/* ---- Builders (build.c, blocks.c, tables.c).  Each returns NULL, and the parser fails, on a mistake of the author. ---- */

mc_expr *mc_lang_number(mc_parser *p, mc_span where, const char *text, size_t length);
mc_expr *mc_lang_name(mc_parser *p, mc_span where, const char *name);
mc_expr *mc_lang_unknown(mc_parser *p, mc_span where);
mc_expr *mc_lang_operator(mc_parser *p, mc_span where, mc_expr_kind kind, mc_expr *left, mc_expr *right);
mc_expr *mc_lang_call(mc_parser *p, mc_span where, const char *name, mc_list *arguments);
mc_expr *mc_lang_iterate(mc_parser *p, mc_span where, const char *function, mc_expr *times, mc_expr *start);
mc_expr *mc_lang_apply(mc_parser *p, mc_span where, const char *schedule, mc_expr *start);
unsigned long mc_lang_count(mc_parser *p, mc_span where, const mc_expr *number);

void mc_lang_bind(mc_parser *p, mc_span where, const char *name, bool real);
void mc_lang_define(mc_parser *p, mc_span where, const char *name, mc_list *parameters, mc_expr *body);
bool mc_lang_refuse_taken_name(mc_parser *p, mc_span where, const char *name);
void mc_lang_unknown_name(mc_parser *p, mc_span where, const char *what, const char *name);

mc_list *mc_lang_compare(mc_parser *p, mc_span where, mc_list *conjunction, mc_relation relation, mc_expr *left,
                         mc_expr *right);
mc_list *mc_lang_member(mc_parser *p, mc_list *conjunction, mc_expr *value, const mc_interval *interval);
mc_condition mc_lang_condition(mc_parser *p, mc_list *conjunction);

/* Fill in what every block has.  keyword is the span of the word that opens the block. */
void mc_lang_begin_claim(mc_parser *p, mc_span keyword, const char *name);
void mc_lang_begin_block(mc_parser *p, mc_block *block, mc_span keyword, const char *name);
void mc_lang_set_text(mc_parser *p, mc_span where, const char **field, const char *what, const char *value);
void mc_lang_quantify(mc_parser *p, mc_list *names, const mc_interval *domain);
void mc_lang_add_shape(mc_parser *p, mc_span where, unsigned long rows, unsigned long columns);
void mc_lang_add_spectrum(mc_parser *p, mc_span where, const char *name, mc_list *arguments);
void mc_lang_finish_claim(mc_parser *p, mc_span body);
/* bracket NULL: none; text: the source of steps and bracket. */
void mc_lang_add_series(mc_parser *p, mc_span where, const char *optimizer, mc_expr *steps, const mc_interval *bracket,
                        mc_span text);
void mc_lang_finish_campaign(mc_parser *p);
/* A line of an audit whose word is not reserved: "weights", "lr", … */
void mc_lang_set_audit(mc_parser *p, mc_span where, const char *word, const char *value);
void mc_lang_finish_audit(mc_parser *p);
const char *mc_lang_statement_text(mc_parser *p, mc_span where);
void mc_lang_check_interval(mc_parser *p, const mc_interval *interval);

/* ---- Builders of schedules (tables.c) ---- */

/* Steps first to last, counted from 1; 0, 0: all. */
typedef struct {
  unsigned long first, last;
} mc_slice;

const mc_schedule_block *mc_lang_find_schedule(const mc_parser *p, const char *name);
/* A row as written; rows of an earlier schedule, their input divided (divisor NULL: it is not). */
mc_list *mc_lang_row(mc_parser *p, mc_span where, mc_list *coefficients, unsigned long repeat);
mc_list *mc_lang_rows_of(mc_parser *p, mc_span where, const char *name, const mc_slice *slice, mc_expr *divisor,
                         unsigned long repeat);
mc_beyond mc_lang_beyond(mc_parser *p, mc_span where, const char *word);
void mc_lang_add_schedule(mc_parser *p, mc_span where, const char *name, mc_list *rows, mc_beyond beyond,
                          const char *cite);

/* Keep where the definition or schedule that was added last stands in the source (source.c). */
void mc_lang_note_source(mc_parser *p, mc_span where);

/* A name as the parser sees it: text and place. */
typedef struct {
  const char *text;
  mc_span span;
} mc_named;

#endif
