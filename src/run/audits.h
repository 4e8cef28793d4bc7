/* What audits of files and of mutants share; private to this module. */
#ifndef MUONCERT_RUN_AUDITS_H
#define MUONCERT_RUN_AUDITS_H

#include "../audit/audit.h"
#include "run.h"

/* What a request without a preset is held against. */
#define MC_RUN_AUDIT_PRESET "keller-jordan"

/* The model that a request describes, and the rules of rounding as mc_audit_options wants them.  model is
 * initialised. */
mc_status mc_run_read_model(mc_kernel_model *model, unsigned *roundings, const mc_run_audit_request *r, mc_error *e);

/* All of them as one document.  strict: one that cannot be opened fails the whole. */
json_t *mc_run_audit_requests(const mc_run_audit_request *requests, size_t count, bool strict,
                              const mc_run_options *options, mc_error *e);

/* The command line that repeats a request, for a shell. */
json_t *mc_run_audit_replay_json(const mc_run_audit_request *r, uint64_t seed);

/* "tf32", or the name of the storage format. */
const char *mc_run_dtype_name(const mc_kernel_model *model);

/* *index := the place of `word` among words, which end with NULL.  MC_BAD_INPUT says that it is no `what`, and lists
 * them. */
mc_status mc_run_choose(int *index, const char *const *words, const char *word, const char *what, mc_error *e);

/* A nonnegative quantity as {"lo", "hi"}; an upper bound as text, "inf" where there is none. */
json_t *mc_run_enclosure_json(const arb_t x);
json_t *mc_run_bound_json(double bound);

/* diagnosis[] of an entry. */
json_t *mc_run_diagnosis_json(const mc_audit_explanation *explanations, size_t count);

/* Members of an entry of audits[]: what was found; what it looks like instead (its message then says the best); why
 * nothing was found. */
void mc_run_describe_finding(json_t *entry, const mc_audit_finding *f, double false_alarm);
mc_status mc_run_describe_cause(json_t *entry, const mc_audit_finding *f, const mc_audit_reference *reference,
                                const mc_kernel_model *model, const double *g, const double *x, mc_error *e);
void mc_run_describe_failure(json_t *entry, const mc_error *why);

#endif
