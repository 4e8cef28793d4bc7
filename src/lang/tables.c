/* Builders of schedule blocks: rows as written, and rows taken from an earlier schedule. */
#include <string.h>

#include "parser_state.h"

enum { MOST_STEPS = 1000, MOST_COEFFICIENTS = 16 };

const mc_schedule_block *mc_lang_find_schedule(const mc_parser *p, const char *name) {
  for (size_t i = 0; i < p->document->schedules.count; i++) {
    const mc_schedule_block *s = p->document->schedules.items[i];
    if (strcmp(s->name, name) == 0)
      return s;
  }
  return NULL;
}

static mc_schedule_row *new_row(mc_parser *p, size_t count, mc_expr **coefficients, unsigned long repeat) {
  mc_schedule_row *row = mc_lang_allocate(p, 1, sizeof *row);
  if (row)
    *row = (mc_schedule_row){count, coefficients, repeat};
  return row;
}

static mc_span place_of(const mc_expr *expr) {
  return (mc_span){expr->line, expr->column, 0, 0};
}

mc_list *mc_lang_row(mc_parser *p, mc_span where, mc_list *coefficients, unsigned long repeat) {
  if (repeat > MOST_STEPS)
    mc_lang_error_at(p, where, "repeated more than %d times", MOST_STEPS);
  if (coefficients->count > MOST_COEFFICIENTS)
    mc_lang_error_at(p, where, "more than %d coefficients in one row", MOST_COEFFICIENTS);
  fmpq_t value;
  fmpq_init(value);
  for (size_t i = 0; i < coefficients->count; i++)
    if (mc_lang_constant(p, value, coefficients->items[i], NULL) != MC_OK)
      mc_lang_error_at(p, place_of(coefficients->items[i]), "a coefficient must be an exact rational number");
  fmpq_clear(value);
  mc_list *rows = mc_lang_list_new(p);
  mc_schedule_row *row = new_row(p, coefficients->count, (mc_expr **)coefficients->items, repeat);
  if (rows && row)
    mc_lang_list_add(p, rows, row);
  return p->failed ? NULL : rows;
}

static const mc_schedule_row *row_of_step(const mc_schedule_block *s, unsigned long step) {
  size_t r = 0;
  while (step > s->rows[r].repeat)
    step -= s->rows[r++].repeat;
  return &s->rows[r];
}

static unsigned long step_count(const mc_schedule_row *rows, size_t count) {
  unsigned long steps = 0;
  for (size_t r = 0; r < count; r++)
    steps += rows[r].repeat;
  return steps;
}

/* The row of p(x / divisor): coefficient j of x^(2j+1) divided by divisor^(2j+1). */
static mc_schedule_row *divided_row(mc_parser *p, const mc_schedule_row *row, mc_expr *divisor) {
  mc_span where = place_of(divisor);
  mc_expr **coefficients = mc_lang_allocate(p, row->count, sizeof *coefficients);
  for (size_t j = 0; coefficients && j < row->count; j++) {
    char power[24];
    int length = snprintf(power, sizeof power, "%zu", 2 * j + 1);
    mc_expr *exponent = mc_lang_number(p, where, power, (size_t)length);
    mc_expr *factor = exponent ? mc_lang_operator(p, where, MC_EXPR_POW, divisor, exponent) : NULL;
    coefficients[j] = factor ? mc_lang_operator(p, where, MC_EXPR_DIV, row->coefficients[j], factor) : NULL;
  }
  return p->failed ? NULL : new_row(p, row->count, coefficients, 1);
}

static void check_divisor(mc_parser *p, const mc_expr *divisor) {
  fmpq_t value;
  fmpq_init(value);
  if (mc_lang_constant(p, value, divisor, NULL) != MC_OK || fmpq_sgn(value) <= 0)
    mc_lang_error_at(p, place_of(divisor), "what the input is divided by must be a positive rational number");
  fmpq_clear(value);
}

mc_list *mc_lang_rows_of(mc_parser *p, mc_span where, const char *name, const mc_slice *slice, mc_expr *divisor,
                         unsigned long repeat) {
  const mc_schedule_block *s = mc_lang_find_schedule(p, name);
  if (!s) {
    mc_lang_unknown_name(p, where, "schedule", name);
    return NULL;
  }
  unsigned long count = step_count(s->rows, s->row_count), first = slice->first ? slice->first : 1,
                last = slice->first ? slice->last : count;
  if (first > last || last > count)
    mc_lang_error_at(p, where, "'%.60s' has the steps 1 to %lu", name, count);
  else if (repeat > MOST_STEPS / (last - first + 1))
    mc_lang_error_at(p, where, "a schedule of more than %d steps", MOST_STEPS);
  if (divisor)
    check_divisor(p, divisor);
  mc_list *rows = p->failed ? NULL : mc_lang_list_new(p);
  for (unsigned long i = 0; i < repeat && !p->failed; i++)
    for (unsigned long step = first; step <= last && !p->failed; step++) {
      const mc_schedule_row *row = row_of_step(s, step);
      mc_schedule_row *own = divisor ? divided_row(p, row, divisor) : new_row(p, row->count, row->coefficients, 1);
      if (own)
        mc_lang_list_add(p, rows, own);
    }
  return p->failed ? NULL : rows;
}

mc_beyond mc_lang_beyond(mc_parser *p, mc_span where, const char *word) {
  if (strcmp(word, "cycle") == 0)
    return MC_BEYOND_CYCLE;
  if (strcmp(word, "last") != 0)
    mc_lang_error_at(p, where, "expected 'cycle' or 'last' (what comes behind the last row), found '%.60s'", word);
  return MC_BEYOND_LAST;
}

void mc_lang_add_schedule(mc_parser *p, mc_span where, const char *name, mc_list *rows, mc_beyond beyond,
                          const char *cite) {
  p->scope_count = 0;
  if (mc_lang_refuse_taken_name(p, where, name))
    return;
  mc_schedule_block *s = mc_lang_allocate(p, 1, sizeof *s);
  mc_schedule_row *table = mc_lang_allocate(p, rows->count, sizeof *table);
  if (!s || !table)
    return;
  for (size_t i = 0; i < rows->count; i++)
    table[i] = *(mc_schedule_row *)rows->items[i];
  if (step_count(table, rows->count) > MOST_STEPS) {
    mc_lang_error_at(p, where, "a schedule of more than %d steps", MOST_STEPS);
    return;
  }
  *s = (mc_schedule_block){.name = name,
                           .cite = cite,
                           .line = where.line,
                           .column = where.column,
                           .row_count = rows->count,
                           .rows = table,
                           .beyond = beyond};
  mc_lang_list_add(p, &p->document->schedules, s);
}
