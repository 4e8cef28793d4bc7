/* Builders of conditions and blocks: the parser's actions.  Here an author's mistakes about domains are found. */
#include <string.h>

#include "parser_state.h"

enum {
  MOST_REAL_VARIABLES = 4,
  MOST_INTEGERS = 10000 /* in one range */
};

/* ---- Conditions ---- */

mc_list *mc_lang_compare(mc_parser *p, mc_span where, mc_list *conjunction, mc_relation relation, mc_expr *left,
                         mc_expr *right) {
  mc_comparison *c = mc_lang_allocate(p, 1, sizeof *c);
  if (c) {
    *c = (mc_comparison){relation, left, right, where.line, where.column};
    mc_lang_list_add(p, conjunction, c);
  }
  return conjunction;
}

mc_list *mc_lang_member(mc_parser *p, mc_list *conjunction, mc_expr *value, const mc_interval *interval) {
  mc_span where = interval->span;
  mc_lang_compare(p, where, conjunction, interval->lower_open ? MC_RELATION_GT : MC_RELATION_GE, value,
                  interval->lower);
  return mc_lang_compare(p, where, conjunction, interval->upper_open ? MC_RELATION_LT : MC_RELATION_LE, value,
                         interval->upper);
}

mc_condition mc_lang_condition(mc_parser *p, mc_list *conjunction) {
  mc_condition condition = {0};
  mc_comparison *comparisons = mc_lang_allocate(p, conjunction->count, sizeof *comparisons);
  if (comparisons) {
    for (size_t i = 0; i < conjunction->count; i++)
      comparisons[i] = *(mc_comparison *)conjunction->items[i];
    condition = (mc_condition){conjunction->count, comparisons};
  }
  return condition;
}

/* Balls, like exact values, are a matter of size. */
static bool may_enclose(mc_parser *p, const mc_expr *left, const mc_expr *right, slong precision) {
  p->bits_left -= (left->cost + right->cost) * (double)precision;
  if (p->bits_left < 0)
    mc_lang_error_at(p, (mc_span){left->line, left->column, 0, 0}, MC_LANG_TOO_LARGE);
  return p->bits_left >= 0;
}

/* Compare two constants: -1, 0, 1, or 2 when 4096 bits do not tell. */
static int compare_constants(mc_parser *p, const mc_expr *left, const mc_expr *right) {
  int result = 2;
  fmpq_t a, b;
  fmpq_init(a);
  fmpq_init(b);
  if (mc_lang_constant(p, a, left, NULL) == MC_OK && mc_lang_constant(p, b, right, NULL) == MC_OK) {
    result = fmpq_cmp(a, b);
    result = result < 0 ? -1 : result > 0;
  } else {
    arb_t x, y;
    arb_init(x);
    arb_init(y);
    for (slong precision = 128; precision <= 4096 && result == 2 && may_enclose(p, left, right, precision);
         precision *= 2) {
      mc_lang_expr_enclose(x, left, NULL, precision);
      mc_lang_expr_enclose(y, right, NULL, precision);
      if (arb_lt(x, y))
        result = -1;
      else if (arb_gt(x, y))
        result = 1;
    }
    arb_clear(x);
    arb_clear(y);
  }
  fmpq_clear(a);
  fmpq_clear(b);
  return result;
}

/* Division by zero and the like in a constant, said at its place. */
static void check_constant(mc_parser *p, const mc_expr *expr) {
  fmpq_t value;
  mc_error e = {0};
  fmpq_init(value);
  if (mc_lang_constant(p, value, expr, &e) == MC_BAD_INPUT)
    mc_lang_error_at(p, (mc_span){e.line, e.column, 0, 0}, "%s", e.text);
  fmpq_clear(value);
}

void mc_lang_check_interval(mc_parser *p, const mc_interval *interval) {
  mc_expr *ends[] = {interval->lower, interval->upper};
  for (int i = 0; i < 2; i++) {
    if (!mc_lang_expr_is_constant(ends[i]))
      return;
    check_constant(p, ends[i]);
  }
  if (p->failed)
    return;
  int order = compare_constants(p, interval->lower, interval->upper);
  if (order == 1)
    mc_lang_error_at(p, interval->span, "this interval is reversed: its lower end exceeds its upper end");
  else if (order == 0 && (interval->lower_open || interval->upper_open))
    mc_lang_error_at(p, interval->span, "this interval is empty: its ends are equal and it is not closed");
  else if (order == 2)
    mc_lang_error_at(p, interval->span, "4096 bits do not tell whether this interval is empty");
}

/* ---- Blocks ---- */

void mc_lang_begin_block(mc_parser *p, mc_block *block, mc_span keyword, const char *name) {
  p->scope_count = 0;
  p->unknown = NULL;
  p->unknown_allowed = false;
  mc_text id;
  mc_text_init(&id);
  mc_text_printf(&id, "%s%s%s", p->paper ? p->paper->name : "", p->paper ? "." : "", name);
  *block = (mc_block){.id = mc_lang_copy(p, id.data ? id.data : name, id.data ? id.length : strlen(name)),
                      .name = name,
                      .file = p->document->name,
                      .line = keyword.line,
                      .column = keyword.column,
                      .paper = p->paper};
  mc_text_clear(&id);
  const mc_list *families[] = {&p->document->claims, &p->document->campaigns, &p->document->audits};
  for (int f = 0; f < 3 && block->id; f++)
    for (size_t i = 0; i < families[f]->count; i++) {
      /* The block is the first member of each. */
      const mc_block *other = families[f]->items[i];
      if (strcmp(other->id, block->id) == 0) {
        mc_lang_error_at(p, keyword, "'%.80s' is already the name of the block in line %u", block->id, other->line);
        return;
      }
    }
}

void mc_lang_begin_claim(mc_parser *p, mc_span keyword, const char *name) {
  p->claim = mc_lang_allocate(p, 1, sizeof *p->claim);
  if (p->claim)
    mc_lang_begin_block(p, &p->claim->block, keyword, name);
}

void mc_lang_set_text(mc_parser *p, mc_span where, const char **field, const char *what, const char *value) {
  if (*field)
    mc_lang_error_at(p, where, "a second '%s' in one block", what);
  *field = value;
}

const char *mc_lang_statement_text(mc_parser *p, mc_span where) {
  char *out = mc_lang_allocate(p, where.end - where.begin + 1, 1);
  if (!out)
    return NULL;
  size_t n = 0;
  bool comment = false;
  for (size_t i = where.begin; i < where.end; i++) {
    char c = p->document->source[i];
    comment = c == '#' || (comment && c != '\n');
    if (comment || c == '\n' || c == '\t' || c == '\r')
      c = ' ';
    if (c != ' ' || (n > 0 && out[n - 1] != ' '))
      out[n++] = c;
  }
  return out;
}

static bool is_integer_constant(mc_parser *p, const mc_expr *expr) {
  fmpq_t value;
  fmpq_init(value);
  bool whole = mc_lang_expr_is_constant(expr) && mc_lang_constant(p, value, expr, NULL) == MC_OK &&
               fmpz_is_one(fmpq_denref(value)) && fmpz_bits(fmpq_numref(value)) <= 30;
  fmpq_clear(value);
  return whole;
}

static bool too_many_integers(mc_parser *p, const mc_interval *range) {
  fmpq_t lower, upper;
  fmpq_init(lower);
  fmpq_init(upper);
  mc_lang_constant(p, lower, range->lower, NULL);
  mc_lang_constant(p, upper, range->upper, NULL);
  fmpq_sub(upper, upper, lower);
  bool result = fmpz_cmp_si(fmpq_numref(upper), MOST_INTEGERS) >= 0;
  fmpq_clear(lower);
  fmpq_clear(upper);
  return result;
}

static void check_domain(mc_parser *p, const mc_interval *domain) {
  mc_expr *ends[] = {domain->lower, domain->upper};
  for (int i = 0; i < 2; i++) {
    mc_span place = {ends[i]->line, ends[i]->column, 0, 0};
    if (domain->integer && !is_integer_constant(p, ends[i]))
      mc_lang_error_at(p, place, "the ends of a range must be whole numbers");
    else if (ends[i]->kind != MC_EXPR_UNKNOWN && !mc_lang_expr_is_constant(ends[i]))
      mc_lang_error_at(p, place,
                       "the end of a domain must be constant, or ? alone; say what depends on variables by where");
  }
  if (!p->failed)
    mc_lang_check_interval(p, domain);
  if (!p->failed && domain->integer && too_many_integers(p, domain))
    mc_lang_error_at(p, domain->span, "more than %d integers", MOST_INTEGERS);
}

void mc_lang_quantify(mc_parser *p, mc_list *names, const mc_interval *domain) {
  mc_claim *claim = p->claim;
  check_domain(p, domain);
  if (p->failed)
    return;
  mc_quantified *variables = mc_lang_allocate(p, claim->variable_count + names->count, sizeof *variables);
  if (!variables)
    return;
  if (claim->variable_count > 0)
    memcpy(variables, claim->variables, claim->variable_count * sizeof *variables);
  claim->variables = variables;
  for (size_t i = 0; i < names->count; i++) {
    const mc_named *name = names->items[i];
    variables[claim->variable_count++] = (mc_quantified){.name = name->text,
                                                         .line = name->span.line,
                                                         .column = name->span.column,
                                                         .integer = domain->integer,
                                                         .lower = domain->lower,
                                                         .upper = domain->upper,
                                                         .lower_open = domain->lower_open,
                                                         .upper_open = domain->upper_open};
    mc_lang_bind(p, name->span, name->text, !domain->integer);
  }
  size_t reals = 0;
  for (size_t i = 0; i < claim->variable_count; i++)
    reals += !variables[i].integer;
  if (reals > MOST_REAL_VARIABLES)
    mc_lang_error_at(p, domain->span, "more than %d real variables", MOST_REAL_VARIABLES);
}

void mc_lang_finish_claim(mc_parser *p, mc_span body) {
  p->claim->block.begin = body.begin;
  p->claim->block.end = body.end;
  p->claim->unknown = p->unknown;
  if (p->unknown)
    p->unknown->index = p->claim->variable_count;
  if (p->claim->expected_lower && !p->unknown)
    mc_lang_error_at(p, (mc_span){p->claim->expected_lower->line, p->claim->expected_lower->column, 0, 0},
                     "this claim has no ? to expect");
  mc_lang_list_add(p, &p->document->claims, p->claim);
  p->scope_count = 0;
}

void mc_lang_add_shape(mc_parser *p, mc_span where, unsigned long rows, unsigned long columns) {
  (void)where;
  mc_shape *shape = mc_lang_allocate(p, 1, sizeof *shape);
  if (!p->shapes)
    p->shapes = mc_lang_list_new(p);
  if (!shape || !p->shapes)
    return;
  *shape = (mc_shape){rows, columns};
  mc_lang_list_add(p, p->shapes, shape);
}

void mc_lang_add_spectrum(mc_parser *p, mc_span where, const char *name, mc_list *arguments) {
  mc_spectrum *spectrum = mc_lang_allocate(p, 1, sizeof *spectrum);
  if (!p->spectra)
    p->spectra = mc_lang_list_new(p);
  if (!spectrum || !p->spectra)
    return;
  *spectrum = (mc_spectrum){.name = name, .line = where.line, .column = where.column};
  if (arguments) {
    for (size_t i = 0; i < arguments->count; i++) {
      const mc_expr *a = arguments->items[i];
      if (!mc_lang_expr_is_constant(a))
        mc_lang_error_at(p, (mc_span){a->line, a->column, 0, 0}, "the argument of a spectrum must be constant");
    }
    spectrum->count = arguments->count;
    spectrum->arguments = (mc_expr **)arguments->items;
  }
  mc_lang_list_add(p, p->spectra, spectrum);
}

/* The conclusion `a`, if there is one, and `b`. */
static const char *join_statements(mc_parser *p, const char *a, const char *b) {
  static const char and[] = " and ";
  if (!a || !b)
    return b;
  size_t length = strlen(a);
  while (length > 0 && a[length - 1] == ' ')
    length--;
  char *out = mc_lang_allocate(p, length + strlen(b) + sizeof and, 1);
  if (out) {
    memcpy(out, a, length);
    memcpy(out + length, and, sizeof and);
    memcpy(out + length + sizeof and-1, b, strlen(b));
  }
  return out;
}

/* The bracket joins the conclusion. */
static void conclude_bracket(mc_parser *p, const mc_series *series, const mc_interval *bracket, mc_span text) {
  mc_campaign *c = p->campaign;
  mc_list *conclusion = mc_lang_list_new(p);
  for (size_t i = 0; conclusion && i < c->holds.count; i++)
    mc_lang_list_add(p, conclusion, &c->holds.comparisons[i]);
  if (!conclusion)
    return;
  mc_lang_member(p, conclusion, series->steps, bracket);
  c->holds = mc_lang_condition(p, conclusion);
  c->block.statement = join_statements(p, c->block.statement, mc_lang_statement_text(p, text));
}

void mc_lang_add_series(mc_parser *p, mc_span where, const char *optimizer, mc_expr *steps, const mc_interval *bracket,
                        mc_span text) {
  mc_series *series = mc_lang_allocate(p, 1, sizeof *series);
  if (!p->series)
    p->series = mc_lang_list_new(p);
  if (!series || !p->series)
    return;
  *series = (mc_series){.optimizer = optimizer, .line = where.line, .column = where.column, .steps = steps};
  if (bracket) {
    mc_lang_check_interval(p, bracket);
    series->lower = bracket->lower;
    series->upper = bracket->upper;
    series->lower_open = bracket->lower_open;
    series->upper_open = bracket->upper_open;
    conclude_bracket(p, series, bracket, text);
  }
  for (size_t i = 0; i < p->series->count; i++)
    if (strcmp(((mc_series *)p->series->items[i])->optimizer, optimizer) == 0)
      mc_lang_error_at(p, where, "a second series '%.60s'", optimizer);
  mc_lang_list_add(p, p->series, series);
}

void mc_lang_finish_campaign(mc_parser *p) {
  mc_campaign *c = p->campaign;
  mc_span place = {c->block.line, c->block.column, 0, 0};
  if (!c->property)
    mc_lang_error_at(p, place, "campaign '%.60s' has no 'measure … by …'", c->block.name);
  else if (c->holds.count == 0)
    mc_lang_error_at(p, place, "campaign '%.60s' has no 'holds'", c->block.name);
  if (p->failed)
    return;
  if (p->shapes) {
    c->shape_count = p->shapes->count;
    c->shapes = mc_lang_allocate(p, c->shape_count, sizeof *c->shapes);
    for (size_t i = 0; c->shapes && i < c->shape_count; i++)
      c->shapes[i] = *(mc_shape *)p->shapes->items[i];
  }
  if (p->spectra) {
    c->spectrum_count = p->spectra->count;
    c->spectra = mc_lang_allocate(p, c->spectrum_count, sizeof *c->spectra);
    for (size_t i = 0; c->spectra && i < c->spectrum_count; i++)
      c->spectra[i] = *(mc_spectrum *)p->spectra->items[i];
  }
  if (p->series) {
    c->series_count = p->series->count;
    c->series = mc_lang_allocate(p, c->series_count, sizeof *c->series);
    for (size_t i = 0; c->series && i < c->series_count; i++)
      c->series[i] = *(mc_series *)p->series->items[i];
  }
  p->shapes = p->spectra = p->series = NULL;
  p->scope_count = 0;
  if (!p->failed)
    mc_lang_list_add(p, &p->document->campaigns, c);
}
