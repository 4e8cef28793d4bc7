/* From a campaign block to the plan of its trials. */
#include "campaign.h"

#include <inttypes.h>
#include <string.h>

#include "../../props/props.h"

/* Where a campaign says nothing. */
#define TRIALS 200

/* How many times the trials of the quick profile the full one makes. */
#define FULL 10

void mc_run_campaign_plan_clear(mc_run_campaign_plan *p) {
  mc_free(p->measures);
  mc_free(p->families);
  mc_free(p->corpus);
  *p = (mc_run_campaign_plan){0};
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

static mc_status resolve_measures(mc_run_campaign_plan *p, const mc_document *document, const mc_campaign *c,
                                  mc_error *e) {
  const mc_property *property = p->plan.property = mc_props_find(c->property);
  if (!property)
    return unknown_property(document, c, e);
  p->plan.measures = p->measures = mc_alloc(c->measure_count + 1, sizeof *p->measures);
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

static mc_status resolve_families(mc_run_campaign_plan *p, const mc_document *document, const mc_campaign *c,
                                  mc_error *e) {
  mc_status status = MC_OK;
  p->plan.families = p->families = mc_alloc(c->spectrum_count + 1, sizeof *p->families);
  if (!p->families)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < c->spectrum_count && status == MC_OK; i++)
    status = resolve_family(&p->families[i], &c->spectra[i], document, c->block.file, e);
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

/* The optimizers that reports know. */
static mc_status check_series(const mc_document *document, const mc_campaign *c, mc_error *e) {
  static const char *const optimizers[] = {"muon", "newton_schulz", "gd", "sign", "adam"};
  enum { OPTIMIZERS = sizeof optimizers / sizeof optimizers[0] };
  for (size_t i = 0; i < c->series_count; i++) {
    size_t k = 0;
    while (k < OPTIMIZERS && strcmp(optimizers[k], c->series[i].optimizer) != 0)
      k++;
    if (k == OPTIMIZERS)
      return mc_lang_fail(e, document, c->series[i].line, c->series[i].column,
                          "a series is of muon, newton_schulz, gd, sign or adam, not of '%.60s'",
                          c->series[i].optimizer);
  }
  return MC_OK;
}

static uint64_t trials_of(const mc_campaign *c, const mc_run_options *options) {
  if (options->trials)
    return options->trials;
  return (c->trials ? c->trials : TRIALS) * (options->full ? FULL : 1);
}

/* What the block says, of fewer trials a part in proportion; something must have been tested in any case. */
static uint64_t required_of(const mc_campaign *c, const mc_run_options *options) {
  uint64_t stated = c->trials ? c->trials : TRIALS, trials = trials_of(c, options);
  uint64_t required = trials < stated ? c->met * trials / stated : c->met;
  return required > 0 ? required : 1;
}

/* FNV-1a over 64 bits (parameters of the reference description). */
static uint64_t hash(uint64_t h, const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++)
    h = (h ^ (unsigned char)bytes[i]) * 0x100000001b3u;
  return h;
}

/* The text of the file, since definitions anywhere may matter, and all that a run adds to it. */
static mc_status take_fingerprint(mc_run_campaign_plan *p, const mc_campaign *c, mc_error *e) {
  mc_text text;
  mc_text_init(&text);
  mc_status status = mc_text_read_file(&text, c->block.file, MC_LANG_FILE_LIMIT, e);
  mc_text_printf(&text, "\n%s %s %" PRIu64 " %" PRIu64 "\n", mc_run_version(), c->block.id, p->plan.seed,
                 p->plan.trials);
  for (size_t i = 0; i < p->plan.corpus_count; i++) {
    mc_prop_case_format(&text, &p->corpus[i]);
    mc_text_printf(&text, "\n");
  }
  if (status == MC_OK && text.failed)
    status = mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (status == MC_OK)
    p->fingerprint = hash(0xcbf29ce484222325u, text.data, text.length);
  mc_text_clear(&text);
  return status;
}

mc_status mc_run_campaign_plan_make(mc_run_campaign_plan *p, const mc_document *document, const mc_campaign *c,
                                    const mc_run_options *options, mc_error *e) {
  static const mc_shape one = {1, 1};
  *p = (mc_run_campaign_plan){.plan = {.where = &c->where,
                                       .holds = &c->holds,
                                       .measure_count = c->measure_count,
                                       .shapes = c->shape_count ? c->shapes : &one,
                                       .shape_count = c->shape_count ? c->shape_count : 1,
                                       .series_count = c->series_count,
                                       .series = c->series,
                                       .seed = options->seed,
                                       .trials = trials_of(c, options),
                                       .share = options->share,
                                       .shares = options->shares,
                                       .threads = options->threads,
                                       .seconds = options->seconds,
                                       .progress = options->progress}};
  p->required = required_of(c, options);
  mc_status status = resolve_measures(p, document, c, e);
  if (status == MC_OK)
    status = resolve_families(p, document, c, e);
  if (status == MC_OK)
    status = check_shapes(document, c, e);
  if (status == MC_OK)
    status = check_series(document, c, e);
  if (status == MC_OK)
    status = mc_run_corpus_read(&p->corpus, &p->plan.corpus_count, c, e);
  p->plan.corpus = p->corpus;
  return status == MC_OK ? take_fingerprint(p, c, e) : status;
}
