/* `muoncert campaign`: the campaign blocks of spec files, trial by trial. */
#include "campaign.h"

#include <stdlib.h>
#include <string.h>

/* ---- One campaign ---- */

/* The tally of a single replayed trial. */
static mc_status replay(json_t *entry, const mc_campaign *c, const mc_prop_plan *plan, const char *text, mc_error *e) {
  mc_prop_case one;
  mc_prop_tally tally = {0};
  mc_status status = mc_prop_case_parse(&one, text, e);
  mc_prop_plan single = *plan;
  single.corpus = &one;
  single.corpus_count = 1;
  single.trials = single.share = single.shares = 0;
  if (status == MC_OK)
    status = mc_prop_run(&tally, &single, e);
  if (status == MC_OK) {
    mc_run_campaign_entry_set(entry, c, &tally, &one, &tally.grade);
    json_object_set_new(entry, "witness", mc_run_campaign_witness(plan, &one));
  }
  return status;
}

/* Go on from the tally; a violation is shrunk, and the worst case kept where that is wanted. */
static mc_status run_trials(json_t *entry, const mc_campaign *c, const mc_run_campaign_plan *p, mc_prop_tally *tally,
                            bool keep, mc_error *e) {
  mc_prop_case worst = {0};
  mc_status status = mc_prop_run(tally, &p->plan, e);
  bool complete = tally->trials == mc_prop_plan_share(&p->plan);
  mc_prop_outcome outcome = tally->grade;
  if (status == MC_OK && tally->met > 0)
    mc_prop_plan_case(&worst, &p->plan, tally->worst);
  if (status == MC_OK && tally->violated > 0)
    status = mc_prop_shrink(&worst, &outcome, &p->plan, e);
  if (status == MC_OK && keep && complete && tally->met > 0)
    status = mc_run_corpus_keep(c, &worst, e);
  if (status != MC_OK)
    return status;
  if (!complete)
    json_object_set_new(entry, "stopped", json_string(mc_interrupt_requested() ? "interrupted" : "time limit"));
  mc_run_campaign_entry_set(entry, c, tally, &worst, &outcome);
  if (tally->violated > 0)
    json_object_set_new(entry, "witness", mc_run_campaign_witness(&p->plan, &worst));
  return MC_OK;
}

/* The entry that the record to go on from has for this campaign, or NULL. */
static const json_t *earlier_entry(const mc_campaign *c, const json_t *record) {
  size_t i;
  const json_t *entry;
  json_array_foreach(json_object_get(record, "campaigns"), i, entry) {
    const char *id = json_string_value(json_object_get(entry, "id"));
    const char *file = json_string_value(json_object_get(entry, "file"));
    if (id && file && strcmp(id, c->block.id) == 0 && strcmp(file, c->block.file) == 0)
      return entry;
  }
  return NULL;
}

static mc_status take_earlier(mc_prop_tally *tally, double *seconds, const json_t *entry, const json_t *earlier,
                              mc_error *e) {
  const json_t *plan = json_object_get(earlier, "plan");
  *tally = (mc_prop_tally){0};
  if (!plan) /* it could not be run then */
    return MC_OK;
  if (!json_equal(plan, json_object_get(entry, "plan")))
    return mc_fail(e, MC_BAD_INPUT, "the campaign or its corpus has changed since the record that is resumed");
  if (!mc_run_campaign_entry_get(tally, earlier))
    return mc_fail(e, MC_BAD_INPUT, "the counts of the record that is resumed do not add up");
  *seconds = json_number_value(json_object_get(earlier, "seconds"));
  return MC_OK;
}

static json_t *run_campaign(const mc_document *document, const mc_campaign *c, const mc_run_options *options) {
  double start = mc_clock_seconds(), earlier = 0;
  mc_error why = {0};
  mc_run_campaign_plan p;
  mc_prop_tally tally = {0};
  mc_status status = mc_run_campaign_plan_make(&p, document, c, options, &why);
  json_t *entry = mc_run_campaign_entry_new(c, status == MC_OK && !options->replay ? &p : NULL);
  if (status == MC_OK && options->resume)
    status = take_earlier(&tally, &earlier, entry, earlier_entry(c, options->resume), &why);
  if (status == MC_OK) {
    mc_progress_begin(options->progress, c->block.id, mc_prop_plan_share(&p.plan) - tally.trials);
    status = options->replay ? replay(entry, c, &p.plan, options->replay, &why)
                             : run_trials(entry, c, &p, &tally, options->keep, &why);
    mc_progress_end(options->progress);
  }
  if (status != MC_OK)
    mc_run_campaign_entry_fail(entry, &why);
  json_object_set_new(entry, "seconds", json_real(earlier + mc_clock_seconds() - start));
  mc_run_campaign_plan_clear(&p);
  return entry;
}

/* ---- All of them ---- */

static bool is_named(const mc_campaign *c, const mc_run_options *options) {
  for (size_t i = 0; i < options->name_count; i++)
    if (!strcmp(options->names[i], c->block.id) || !strcmp(options->names[i], c->block.name))
      return true;
  return options->name_count == 0;
}

static bool is_in_profile(const mc_campaign *c, const mc_run_options *options) {
  return !c->full || options->full || options->replay;
}

static bool is_selected(const mc_campaign *c, const mc_run_options *options) {
  return is_named(c, options) && (!options->only || mc_glob_match(options->only, c->block.id)) &&
         is_in_profile(c, options);
}

static void run_document(json_t *campaigns, const mc_document *document, const mc_run_options *options) {
  for (size_t i = 0; i < mc_lang_campaign_count(document); i++)
    if (is_selected(mc_lang_campaign(document, i), options))
      json_array_append_new(campaigns, run_campaign(document, mc_lang_campaign(document, i), options));
}

static mc_status check_name(mc_document *const *documents, size_t count, size_t k, const mc_run_options *options,
                            mc_error *e) {
  mc_run_options one = {.names = &options->names[k], .name_count = 1};
  bool found = false, runs = false;
  for (size_t d = 0; d < count; d++)
    for (size_t i = 0; i < mc_lang_campaign_count(documents[d]); i++) {
      const mc_campaign *c = mc_lang_campaign(documents[d], i);
      found = found || is_named(c, &one);
      runs = runs || (is_named(c, &one) && is_in_profile(c, options));
    }
  if (!found)
    return mc_fail(e, MC_BAD_INPUT, "there is no campaign '%s' in the spec files", options->names[k]);
  return runs ? MC_OK : mc_fail(e, MC_BAD_INPUT, "campaign '%s' is kept for --profile full", options->names[k]);
}

static mc_status check_names(mc_document *const *documents, size_t count, const mc_run_options *options, mc_error *e) {
  mc_status status = MC_OK;
  for (size_t k = 0; k < options->name_count && status == MC_OK; k++)
    status = check_name(documents, count, k, options, e);
  return status;
}

static json_t *run_documents(mc_document *const *documents, size_t count, const mc_run_options *options) {
  double start = mc_clock_seconds(), earlier = json_number_value(json_object_get(options->resume, "seconds"));
  json_t *campaigns = json_array(), *result = json_object();
  for (size_t i = 0; i < count; i++)
    run_document(campaigns, documents[i], options);
  json_object_set_new(result, "campaigns", campaigns);
  mc_run_campaigns_summarise(result);
  json_object_set_new(result, "seed", json_sprintf("0x%llx", (unsigned long long)options->seed));
  json_object_set_new(result, "profile", json_string(options->full ? "full" : "quick"));
  if (options->trials)
    json_object_set_new(result, "trials", json_integer((json_int_t)options->trials));
  if (options->shares)
    json_object_set_new(result, "share", mc_run_share_json(options->share, options->shares));
  if (mc_interrupt_requested())
    json_object_set_new(result, "interrupted", json_true());
  mc_exit x = json_array_size(campaigns) > 0 ? mc_run_exit(result) : MC_EXIT_EXPECTED;
  mc_run_stamp(result, "campaigns", x, earlier + mc_clock_seconds() - start);
  return result;
}

json_t *mc_run_campaigns(const char *const *files, size_t count, const mc_run_options *options, mc_error *e) {
  mc_document **documents = mc_alloc(count + 1, sizeof *documents);
  mc_status status = documents ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  json_t *result = NULL;
  size_t read = 0;
  while (status == MC_OK && read < count) {
    status = mc_lang_document_read(&documents[read], files[read], e);
    if (status != MC_OK)
      break;
    status = mc_run_corpus_check(documents[read], files[read], e);
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

/* ---- Going on ---- */

/* The files and names of a record's campaigns, each file once.  files and names have room for all. */
static mc_status list_campaigns(const char **files, size_t *file_count, const char **names, const json_t *campaigns,
                                mc_error *e) {
  size_t i, k;
  const json_t *entry;
  *file_count = 0;
  json_array_foreach(campaigns, i, entry) {
    const char *file = json_string_value(json_object_get(entry, "file"));
    names[i] = json_string_value(json_object_get(entry, "id"));
    if (!file || !names[i] || !json_object_get(entry, "line"))
      return mc_fail(e, MC_BAD_INPUT, "entry %zu of the record does not say where its campaign stands", i + 1);
    for (k = 0; k < *file_count && strcmp(files[k], file) != 0; k++)
      ;
    if (k == *file_count)
      files[(*file_count)++] = file;
  }
  return MC_OK;
}

/* The options of the run that left the record. */
static mc_status read_options(mc_run_options *options, const json_t *record, mc_error *e) {
  const char *seed = json_string_value(json_object_get(record, "seed"));
  const char *profile = json_string_value(json_object_get(record, "profile"));
  const json_t *share = json_object_get(record, "share");
  if (!seed || !profile || json_array_size(json_object_get(record, "campaigns")) == 0)
    return mc_fail(e, MC_BAD_INPUT, "this is no record of campaigns that can be resumed");
  options->seed = strtoull(seed, NULL, 16);
  options->full = strcmp(profile, "full") == 0;
  options->trials = (uint64_t)json_integer_value(json_object_get(record, "trials"));
  options->share = (unsigned)json_integer_value(json_object_get(share, "index"));
  options->shares = (unsigned)json_integer_value(json_object_get(share, "of"));
  options->resume = record;
  return MC_OK;
}

json_t *mc_run_campaigns_resume(const json_t *record, const mc_run_options *options, mc_error *e) {
  const json_t *campaigns = json_object_get(record, "campaigns");
  size_t count = json_array_size(campaigns), file_count = 0;
  const char **room = mc_alloc(2 * count + 1, sizeof *room);
  mc_run_options own = *options;
  json_t *document = NULL;
  mc_status status = room ? read_options(&own, record, e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (status == MC_OK)
    status = list_campaigns(room, &file_count, room + count, campaigns, e);
  own.names = room + count;
  own.name_count = count;
  if (status == MC_OK)
    document = mc_run_campaigns(room, file_count, &own, e);
  mc_free(room);
  return document;
}
