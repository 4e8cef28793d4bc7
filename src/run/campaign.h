/* Shared inside src/run: a campaign from its block to its entry in a record. */
#ifndef MUONCERT_RUN_CAMPAIGN_H
#define MUONCERT_RUN_CAMPAIGN_H

#include "../lang/lang.h"
#include "../prop/prop.h"
#include "run.h"

/* ---- From a block to a plan (campaign_plan.c) ---- */

typedef struct {
  mc_prop_plan plan;
  size_t *measures;
  mc_matgen_family *families;
  mc_prop_case *corpus;
  uint64_t required;    /* trials that must meet the hypotheses, for the whole to say something */
  uint64_t fingerprint; /* of everything that the outcome depends on */
} mc_run_campaign_plan;

/* MC_BAD_INPUT: the block names what does not exist, or the corpus is broken, with the place.  cleared by the caller in
 * any case. */
mc_status mc_run_campaign_plan_make(mc_run_campaign_plan *p, const mc_document *document, const mc_campaign *c,
                                    const mc_run_options *options, mc_error *e);
void mc_run_campaign_plan_clear(mc_run_campaign_plan *p);

/* ---- The corpus: worst cases of earlier runs, NAME.cases beside NAME.claim (campaign_corpus.c) ---- */

/* The cases that the file beside the campaign's has for it; none if there is no such file. */
mc_status mc_run_corpus_read(mc_prop_case **cases, size_t *count, const mc_campaign *c, mc_error *e);

/* Add a case, unless the corpus has it. */
mc_status mc_run_corpus_keep(const mc_campaign *c, const mc_prop_case *worst, mc_error *e);

/* A case for a campaign that the document does not have is a mistake. */
mc_status mc_run_corpus_check(const mc_document *document, const char *file, mc_error *e);

/* ---- From a tally to an entry and back (campaign_entry.c) ---- */

/* {index, of} */
json_t *mc_run_share_json(unsigned share, unsigned shares);

/* id file line expected statement cite, and with a plan what identifies it. */
json_t *mc_run_campaign_entry_new(const mc_campaign *c, const mc_run_campaign_plan *p);

/* Set counts, worst trial, margin and replay line, then verdict and message. */
void mc_run_campaign_entry_set(json_t *entry, const mc_campaign *c, const mc_prop_tally *tally,
                               const mc_prop_case *worst, const mc_prop_outcome *outcome);

void mc_run_campaign_entry_set_counts(json_t *entry, const mc_prop_tally *tally);

/* Verdict and message from the counts. */
void mc_run_campaign_entry_conclude(json_t *entry);

void mc_run_campaign_entry_fail(json_t *entry, const mc_error *why);

/* Data and quantities of one trial. */
json_t *mc_run_campaign_witness(const mc_prop_plan *plan, const mc_prop_case *c);

/* False: the entry holds no tally. */
bool mc_run_campaign_entry_get(mc_prop_tally *tally, const json_t *entry);

/* steps_by_dimension, of the tally, and back; false: there is none that a run could have left (campaign_series.c). */
void mc_run_campaign_series_set(json_t *entry, const mc_prop_tally *tally);
bool mc_run_campaign_series_get(mc_prop_tally *tally, const json_t *entry);

/* What the counts of an entry deserve: "holds", "violated" or "undecided". */
const char *mc_run_campaign_entry_verdict(const json_t *entry);

/* summary{campaigns, and the sum of each count}. */
void mc_run_campaigns_summarise(json_t *document);

#endif
