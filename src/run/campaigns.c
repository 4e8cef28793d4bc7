/* `muoncert campaign`: the campaign blocks of spec files, trial by trial. */
#include "run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../props/props.h"
#include "../ball/ball.h"
#include "../lang/lang.h"

/* Where a campaign says nothing. */
#define TRIALS 200
#define SECONDS 300

/* A campaign of which less than one trial in so many met the hypotheses has tested too little to say "holds". */
#define MET_SHARE 4

static const char *const expectations[] = {"holds", "violated", "undecided"};

/* ---- From a block to a plan ---- */

typedef struct {
  mc_prop_plan plan;
  size_t *measures;
  mc_matgen_family *families;
} preparation;

static void clear_preparation(preparation *p) {
  mc_free(p->measures);
  mc_free(p->families);
  *p = (preparation){0};
}

static mc_status unknown_property(const mc_document *document, const mc_campaign *c, mc_error *e) {
  mc_text known;
  mc_text_init(&known);
  for (size_t i = 0; mc_props_get(i); i++)
    mc_text_printf(&known, "%s%s", i ? ", " : "", mc_props_get(i)->name);
  mc_lang_fail(e, document, c->block.line, c->block.column, "there is no property '%s' to measure by; there are %s",
               c->property, known.failed ? "others" : known.data);
  mc_text_clear(&known);
  return MC_BAD_INPUT;
}

static mc_status unknown_quantity(const mc_document *document, const mc_campaign *c, const char *name, mc_error *e) {
  const mc_property *p = mc_props_find(c->property);
  mc_text known;
  mc_text_init(&known);
  for (size_t i = 0; i < p->count; i++)
    mc_text_printf(&known, "%s%s", i ? ", " : "", p->quantities[i]);
  mc_lang_fail(e, document, c->block.line, c->block.column, "'%s' does not measure '%s'; it measures %s", c->property,
               name, known.failed ? "others" : known.data);
  mc_text_clear(&known);
  return MC_BAD_INPUT;
}

static mc_status resolve_measures(preparation *p, const mc_document *document, const mc_campaign *c, mc_error *e) {
  const mc_property *property = p->plan.property = mc_props_find(c->property);
  if (!property)
    return unknown_property(document, c, e);
  p->measures = mc_alloc(c->measure_count + 1, sizeof *p->measures);
  if (!p->measures)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < c->measure_count; i++) {
    size_t k = 0;
    while (k < property->count && strcmp(property->quantities[k], c->measures[i]) != 0)
      k++;
    if (k == property->count)
      return unknown_quantity(document, c, c->measures[i], e);
    p->measures[i] = k;
  }
  return MC_OK;
}

/* The double nearest to a constant: arguments of families choose inputs, they prove nothing. */
static mc_status nearest_double(double *x, const mc_expr *expr, const char *file, mc_error *e) {
  fmpq_t q;
  arf_t a;
  fmpq_init(q);
  arf_init(a);
  mc_status status = mc_lang_expr_exact(q, expr, NULL, file, e);
  if (status == MC_OK) {
    arf_set_fmpz(a, fmpq_numref(q));
    arf_div_fmpz(a, a, fmpq_denref(q), 53, ARF_RND_NEAR);
    *x = arf_get_d(a, ARF_RND_NEAR);
  }
  fmpq_clear(q);
  arf_clear(a);
  return status;
}

static mc_status resolve_family(mc_matgen_family *f, const mc_spectrum *s, const mc_document *document,
                                const char *file, mc_error *e) {
  mc_error why;
  if (strlen(s->name) >= sizeof f->name || s->count > MC_MATGEN_ARGUMENTS)
    return mc_lang_fail(e, document, s->line, s->column, "there is no family of matrices '%s' with %zu arguments",
                        s->name, s->count);
  memcpy(f->name, s->name, strlen(s->name) + 1);
  for (; f->arguments < s->count; f->arguments++) {
    mc_status status = nearest_double(&f->argument[f->arguments], s->arguments[f->arguments], file, e);
    if (status != MC_OK)
      return status;
  }
  if (mc_matgen_family_check(f, &why) != MC_OK)
    return mc_lang_fail(e, document, s->line, s->column, "%s", why.text);
  return MC_OK;
}

static mc_status resolve_families(preparation *p, const mc_document *document, const mc_campaign *c, mc_error *e) {
  mc_status status = MC_OK;
  p->families = mc_alloc(c->spectrum_count + 1, sizeof *p->families);
  if (!p->families)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < c->spectrum_count && status == MC_OK; i++)
    status = resolve_family(&p->families[i], &c->spectra[i], document, c->block.file, e);
  p->plan.families = p->families;
  p->plan.family_count = c->spectrum_count;
  if (c->spectrum_count == 0) {
    p->families[0] = (mc_matgen_family){.name = "uniform"};
    p->plan.family_count = 1;
  }
  return status;
}

static mc_status check_shapes(const mc_document *document, const mc_campaign *c, mc_error *e) {
  for (size_t i = 0; i < c->shape_count; i++)
    if (c->shapes[i].rows == 0 || c->shapes[i].columns == 0 || c->shapes[i].rows > MC_PROP_LARGEST ||
        c->shapes[i].columns > MC_PROP_LARGEST)
      return mc_lang_fail(e, document, c->block.line, c->block.column,
                          "%lu by %lu is not a shape from 1 by 1 to %d by %d", c->shapes[i].rows, c->shapes[i].columns,
                          MC_PROP_LARGEST, MC_PROP_LARGEST);
  return MC_OK;
}

static mc_status prepare(preparation *p, const mc_document *document, const mc_campaign *c,
                         const mc_run_options *options, mc_error *e) {
  static const mc_shape one = {1, 1};
  *p = (preparation){.plan = {.where = &c->where,
                              .holds = &c->holds,
                              .measure_count = c->measure_count,
                              .shapes = c->shape_count ? c->shapes : &one,
                              .shape_count = c->shape_count ? c->shape_count : 1,
                              .seed = options->seed,
                              .trials = options->trials ? options->trials
                                        : c->trials     ? c->trials
                                                        : TRIALS,
                              .threads = options->threads,
                              .seconds = options->seconds > 0 ? options->seconds : SECONDS,
                              .progress = options->progress}};
  mc_status status = resolve_measures(p, document, c, e);
  p->plan.measures = p->measures;
  if (status == MC_OK)
    status = resolve_families(p, document, c, e);
  return status == MC_OK ? check_shapes(document, c, e) : status;
}

/* ---- From a result to an entry ---- */

#define DIGITS 12

static json_t *enclosure_json(const arb_t x) {
  char *lo, *hi;
  if (mc_ball_bounds_text(&lo, &hi, x, DIGITS, NULL) != MC_OK)
    return NULL;
  json_t *enclosure = json_pack("{s:s s:s}", "lo", lo, "hi", hi);
  mc_free(lo);
  mc_free(hi);
  return enclosure;
}

static json_t *margin_json(const mc_prop_outcome *outcome) {
  arb_t x;
  arf_t lower, upper;
  arb_init(x);
  arf_init(lower);
  arf_init(upper);
  arf_set_d(lower, outcome->margin_lower);
  arf_set_d(upper, outcome->margin_upper);
  arb_set_interval_arf(x, lower, upper, 2 * MC_PROP_PRECISION);
  json_t *margin = enclosure_json(x);
  arb_clear(x);
  arf_clear(lower);
  arf_clear(upper);
  return margin;
}

/* 'text' for a shell. */
static void append_quoted(mc_text *out, const char *text) {
  mc_text_printf(out, "'");
  for (; *text; text++)
    if (*text == '\'')
      mc_text_printf(out, "'\\''");
    else
      mc_text_append(out, text, 1);
  mc_text_printf(out, "'");
}

static json_t *replay_json(const mc_campaign *c, const mc_prop_case *worst) {
  mc_text line, text;
  mc_text_init(&line);
  mc_text_init(&text);
  mc_prop_case_format(&text, worst);
  mc_text_printf(&line, "muoncert campaign %s --file ", c->block.id);
  append_quoted(&line, c->block.file);
  mc_text_printf(&line, " --replay ");
  append_quoted(&line, text.failed ? "" : text.data);
  json_t *replay = line.failed || text.failed ? NULL : json_string(line.data);
  mc_text_clear(&line);
  mc_text_clear(&text);
  return replay;
}

/* Rows of hexadecimal floats. */
static json_t *matrix_json(const mc_prop_matrix *a) {
  json_t *rows = json_array();
  for (size_t i = 0; i < a->rows; i++) {
    json_t *row = json_array();
    for (size_t j = 0; j < a->columns; j++)
      json_array_append_new(row, json_sprintf("%a", a->entries[i * a->columns + j]));
    json_array_append_new(rows, row);
  }
  return rows;
}

/* Data and quantities of one trial. */
static json_t *witness_json(const mc_prop_plan *plan, const mc_prop_case *c) {
  mc_prop_instance x;
  mc_prop_outcome outcome;
  json_t *quantities = json_object(), *matrices = json_object();
  arb_ptr q = _arb_vec_init((slong)plan->property->count);
  if (mc_prop_judge(&outcome, q, &x, plan, c, NULL) == MC_OK)
    for (size_t i = 0; i < plan->property->count; i++)
      json_object_set_new(quantities, plan->property->quantities[i], enclosure_json(q + i));
  for (size_t i = 0; i < x.count; i++)
    json_object_set_new(matrices, x.matrices[i].name, matrix_json(&x.matrices[i]));
  mc_prop_instance_clear(&x);
  _arb_vec_clear(q, (slong)plan->property->count);
  return json_pack("{s:o s:o}", "quantities", quantities, "matrices", matrices);
}

static const char *verdict_of(const mc_prop_result *r) {
  if (r->violated > 0)
    return "violated";
  return r->undecided > 0 || !r->complete || r->met == 0 || r->met * MET_SHARE < r->trials ? "undecided" : "holds";
}

/* Why a campaign without a violation does not hold; NULL where the counts say it. */
static json_t *message_json(const mc_prop_result *r, const mc_prop_plan *plan) {
  if (!r->complete)
    return json_sprintf("stopped after %llu of %llu trials: %s", (unsigned long long)r->trials,
                        (unsigned long long)plan->trials, mc_interrupt_requested() ? "interrupted" : "time limit");
  if (r->violated == 0 && r->undecided == 0 && (r->met == 0 || r->met * MET_SHARE < r->trials))
    return json_sprintf("only %llu of %llu trials met the hypotheses", (unsigned long long)r->met,
                        (unsigned long long)r->trials);
  return NULL;
}

static void set_counts(json_t *entry, const mc_prop_result *r) {
  const struct {
    const char *name;
    uint64_t value;
  } counts[] = {{"trials", r->trials},       {"met", r->met},       {"holds", r->holds},    {"violated", r->violated},
                {"undecided", r->undecided}, {"missed", r->missed}, {"unclear", r->unclear}};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
    json_object_set_new(entry, counts[i].name, json_integer((json_int_t)counts[i].value));
}

static void describe(json_t *entry, const mc_campaign *c, const mc_prop_result *r, const preparation *p) {
  json_t *message = message_json(r, &p->plan);
  json_object_set_new(entry, "verdict", json_string(verdict_of(r)));
  set_counts(entry, r);
  if (message)
    json_object_set_new(entry, "message", message);
  if (r->met > 0) {
    json_object_set_new(entry, "margin", margin_json(&r->grade));
    json_object_set_new(entry, "replay", replay_json(c, &r->worst));
  }
}

static json_t *failed_entry(json_t *entry, const mc_error *why) {
  char text[1024];
  mc_error_format(text, sizeof text, why);
  text[strcspn(text, "\n")] = '\0'; /* the first line; the rest shows the source */
  json_object_set_new(entry, "verdict", json_string("error"));
  json_object_set_new(entry, "message", json_string(text));
  set_counts(entry, &(mc_prop_result){0});
  return entry;
}

static json_t *new_entry(const mc_campaign *c) {
  json_t *entry = json_pack("{s:s s:s s:i s:s s:s}", "id", c->block.id, "file", c->block.file, "line",
                            (int)c->block.line, "expected", expectations[c->expected], "statement", c->block.statement);
  if (c->block.cite)
    json_object_set_new(entry, "cite", json_string(c->block.cite));
  return entry;
}

/* ---- Running ---- */

/* The counts of a single replayed trial. */
static mc_status replay(mc_prop_result *r, const mc_prop_plan *plan, const char *text, mc_error *e) {
  mc_prop_case c;
  mc_prop_outcome outcome;
  mc_status status = mc_prop_case_parse(&c, text, e);
  if (status == MC_OK)
    status = mc_prop_judge(&outcome, NULL, NULL, plan, &c, e);
  if (status != MC_OK)
    return status;
  bool met = outcome.verdict <= MC_TRIAL_HOLDS;
  *r = (mc_prop_result){.trials = 1,
                        .met = met,
                        .holds = outcome.verdict == MC_TRIAL_HOLDS,
                        .violated = outcome.verdict == MC_TRIAL_VIOLATED,
                        .undecided = outcome.verdict == MC_TRIAL_UNDECIDED,
                        .missed = outcome.verdict == MC_TRIAL_MISSED,
                        .unclear = outcome.verdict == MC_TRIAL_UNCLEAR,
                        .complete = true,
                        .worst = c,
                        .grade = outcome};
  return MC_OK;
}

static json_t *run_campaign(const mc_document *document, const mc_campaign *c, const mc_run_options *options) {
  double start = mc_clock_seconds();
  json_t *entry = new_entry(c);
  mc_error why = {0};
  preparation p;
  mc_prop_result r;
  mc_status status = prepare(&p, document, c, options, &why);
  if (status == MC_OK) {
    mc_progress_begin(options->progress, c->block.id, options->replay ? 1 : p.plan.trials);
    status = options->replay ? replay(&r, &p.plan, options->replay, &why) : mc_prop_run(&r, &p.plan, &why);
    mc_progress_end(options->progress);
  }
  if (status != MC_OK)
    failed_entry(entry, &why);
  else {
    describe(entry, c, &r, &p);
    if (r.violated > 0 || options->replay)
      json_object_set_new(entry, "witness", witness_json(&p.plan, &r.worst));
  }
  json_object_set_new(entry, "seconds", json_real(mc_clock_seconds() - start));
  clear_preparation(&p);
  return entry;
}

static bool is_named(const mc_campaign *c, const mc_run_options *options) {
  for (size_t i = 0; i < options->name_count; i++)
    if (!strcmp(options->names[i], c->block.id) || !strcmp(options->names[i], c->block.name))
      return true;
  return options->name_count == 0;
}

static bool is_selected(const mc_campaign *c, const mc_run_options *options) {
  return is_named(c, options) && (!options->only || mc_glob_match(options->only, c->block.id));
}

static void run_document(json_t *campaigns, const mc_document *document, const mc_run_options *options) {
  for (size_t i = 0; i < mc_lang_campaign_count(document); i++)
    if (is_selected(mc_lang_campaign(document, i), options))
      json_array_append_new(campaigns, run_campaign(document, mc_lang_campaign(document, i), options));
}

static mc_status check_names(mc_document *const *documents, size_t count, const mc_run_options *options, mc_error *e) {
  for (size_t k = 0; k < options->name_count; k++) {
    mc_run_options one = {.names = &options->names[k], .name_count = 1};
    bool found = false;
    for (size_t d = 0; d < count; d++)
      for (size_t i = 0; i < mc_lang_campaign_count(documents[d]); i++)
        found = found || is_named(mc_lang_campaign(documents[d], i), &one);
    if (!found)
      return mc_fail(e, MC_BAD_INPUT, "there is no campaign '%s' in the spec files", options->names[k]);
  }
  return MC_OK;
}

static json_t *run_documents(mc_document *const *documents, size_t count, const mc_run_options *options) {
  double start = mc_clock_seconds();
  json_t *campaigns = json_array(), *result = json_object();
  for (size_t i = 0; i < count; i++)
    run_document(campaigns, documents[i], options);
  json_object_set_new(result, "campaigns", campaigns);
  json_object_set_new(result, "seed", json_sprintf("0x%llx", (unsigned long long)options->seed));
  mc_exit x = json_array_size(campaigns) > 0 ? mc_run_exit(result) : MC_EXIT_EXPECTED;
  mc_run_stamp(result, "campaigns", x, mc_clock_seconds() - start);
  return result;
}

json_t *mc_run_campaigns(const char *const *files, size_t count, const mc_run_options *options, mc_error *e) {
  mc_document **documents = mc_alloc(count + 1, sizeof *documents);
  mc_status status = documents ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  json_t *result = NULL;
  size_t read = 0;
  while (status == MC_OK && read < count) {
    status = mc_lang_document_read(&documents[read], files[read], e);
    if (status == MC_OK)
      read++;
  }
  if (status == MC_OK)
    status = check_names(documents, count, options, e);
  if (status == MC_OK)
    result = run_documents(documents, count, options);
  for (size_t i = 0; i < read; i++)
    mc_lang_document_free(documents[i]);
  mc_free(documents);
  return result;
}
