/* muoncert: what the commands do, as JSON documents.
 *
 * Each function runs a batch of work and returns one JSON document (design: "--json"): an object with
 *   schema tool command verdict seconds
 * and the batch's own list.  The terminal, JUnit and HTML reports are pure functions of these documents (src/report).
 * NULL and *e filled: nothing could be run (bad input, no memory).  A single failing item never stops the others. */
#ifndef MUONCERT_RUN_H
#define MUONCERT_RUN_H

#include <jansson.h>

#include "../base/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const char *only;         /* glob on ids; NULL: all */
  double seconds;           /* time limit of one claim, campaign or audit; 0: the built-in default */
  uint64_t seed;            /* campaigns */
  uint64_t trials;          /* campaigns; 0: what the campaign says */
  unsigned threads;         /* 0: all processors */
  mc_progress *progress;    /* may be NULL */
  const char *const *names; /* campaigns: by id or name; name_count 0: all */
  size_t name_count;
  const char *replay;       /* campaigns: the text of one case (prop.h) to run in place of the trials; NULL: none */
  bool full;                /* campaigns: ten times the trials, and those that are kept for this profile */
  unsigned share, shares;   /* campaigns: every shares-th trial from the share-th on (prop.h); 0, 0: all */
  bool keep;                /* campaigns: add the worst cases to the corpus */
  const json_t *resume;     /* campaigns: set by mc_run_campaigns_resume */
  const char *certificates; /* claims: folder that their certificates are written to; NULL: none */
  bool certify;             /* claims: have their certificates checked; so does `certificates` */
} mc_run_options;

/* Version of the documents: the member "schema".  docs/schema/ describes them. */
#define MC_RUN_SCHEMA 1

/* The version of this program, "0.1.0". */
const char *mc_run_version(void);

/* What this program was made with and runs on: {"FLINT": "2.9.0", …}.  (versions.c) */
json_t *mc_run_versions(void);

/* Fill the members that every document has, in front of what is there.  command: "claims", …; the verdict is that of
 * the exit status: "expected", "violated", "undecided", "error" or "crashed". */
void mc_run_stamp(json_t *document, const char *command, mc_exit exit_status, double seconds);

/* Say in the document that it holds what was done before an interruption.  Returns its exit status, which was
 * exit_status: undecided at best. */
mc_exit mc_run_mark_interrupted(json_t *document, mc_exit exit_status);

/* What the verdicts of a command rest on, {"theorems", "argued", "numbers"} of docs/schema/common.json: stamped into
 * its documents.  what: "polar", "sv" or "ns" for "truth".  NULL: the command judges nothing.  In one sentence:
 * mc_run_basis_print; nothing for NULL.  (basis.c) */
json_t *mc_run_basis(const char *command, const char *what);
void mc_run_basis_print(mc_text *out, const json_t *basis);

/* The exit status that the verdict standing in a document, or in an entry of parts[], names; MC_EXIT_USAGE for any
 * other word. */
mc_exit mc_run_verdict_exit(const json_t *object);

/* The exit status that one entry of the list named `list` ("claims", "campaigns", "audits", "functions", "theorems",
 * "mutants") deserves: 0 if its
 * verdict is the expected one.  An entry that is broken, or contradicts itself, deserves MC_EXIT_USAGE. */
mc_exit mc_run_item_exit(const char *list, const json_t *item);

/* The exit status that a whole document deserves: the worst of its own verdict and of all its entries.  A document
 * without an entry shows nothing, and deserves MC_EXIT_UNDECIDED. */
mc_exit mc_run_exit(const json_t *document);

/* The name of the list that documents of this command hold ("claims" for "prove"), or NULL: not a record of
 * verdicts. */
const char *mc_run_list_of(const char *command);

/* One document of the command `command` that holds all entries of the given ones, with an entry of parts[] for each:
 *   command verdict seconds items unexpected undecided message.
 * Shares of one run of campaigns count as the one document that a single process would have made.
 * Documents that were merged before keep their parts.  Of proof records there may be one. */
json_t *mc_run_merge(const char *command, const json_t *const *documents, size_t count, mc_error *e);

/* {"lo": …, "hi": …} is how every certified number is written: decimal strings rounded outward. */

/* claims[]: id file line verdict expected witness{variable: "p/q"} derived{lo,hi} boxes seconds statement cite message
 * certificate{status, file, boxes, seconds, message}.  A claim whose certificate is refused is undecided.
 * (claims.c) */
json_t *mc_run_claims(const char *const *files, size_t count, const mc_run_options *options, mc_error *e);

/* certificates[]: file id verdict statement shows bracket["p/q", "p/q"] boxes seconds message.  verdict: "accepted" or "refused",
 * or "error" for a file that is no JSON; shows: the verdict that an accepted certificate shows.  (check.c) */
json_t *mc_run_check(const char *const *files, size_t count, const mc_run_options *options, mc_error *e);

/* Time limit of one certificate: options->seconds, or the default. */
double mc_run_check_seconds(const mc_run_options *options);

/* The same for one claim given as text: definitions and a statement. */
json_t *mc_run_prove(const char *text, const mc_run_options *options, mc_error *e);

/* campaigns[]: id file line verdict expected plan planned required corpus trials met holds violated undecided missed
 * unclear worst{trial,verdict,precision,least,most} margin{lo,hi} replay share{index,of} hypothesis statement cite
 * seconds message steps_by_dimension[{n,optimizer,trials,unsettled,steps_min,steps_max,bracket_lo,bracket_hi}], and
 * for a violation or a replay witness{quantities, matrices}; and summary.  A violation is shrunk; worst is the trial
 * as it was run.
 * MC_BAD_INPUT: a file cannot be read or parsed, or none of them holds a campaign of options->names.  (campaigns.c) */
json_t *mc_run_campaigns(const char *const *files, size_t count, const mc_run_options *options, mc_error *e);

/* Run the trials that the record of an interrupted run lacks: the document of the whole run.  The record says which
 * campaigns, with what seed, trials, profile and share; options->threads, seconds and progress count. */
json_t *mc_run_campaigns_resume(const json_t *record, const mc_run_options *options, mc_error *e);

/* The documents with shares of a run joined to the document that one process would have made; all others as they are,
 * in their order.  joined: room for count documents, new references.  MC_BAD_INPUT: the shares are not those of one
 * run.  (campaign_shares.c) */
mc_status mc_run_campaigns_join(json_t **joined, size_t *joined_count, const json_t *const *documents, size_t count,
                                mc_error *e);

/* Write the matrices of each witness to folder/ID.NAME.npy.  MC_BAD_INPUT: no campaign of the document has a witness.
 * (campaign_save.c) */
mc_status mc_run_campaigns_save(const json_t *document, const char *folder, mc_error *e);

/* audits[]: id file line input output preset dtype shape verdict expected error{lo,hi} polar_distance{lo,hi}
 * sigma{lo,hi} sigma_min{lo,hi} sigma_max{lo,hi} orthogonality{lo,hi} tolerance{sound,spectrum,statistical,false_alarm}
 * rounding measures[{name,error{lo,hi},limit}] diagnosis[{text,distance}] seconds statement cite message.  Files named
 * in an audit block are relative to the spec file. (audits.c) */
json_t *mc_run_audits(const char *const *files, size_t count, const mc_run_options *options, mc_error *e);

/* One audit of files.  NULL or 0: as the preset says. */
typedef struct {
  const char *input, *output; /* .npy: one matrix each, or batches of the same size */
  const char *id;             /* NULL: the output's name */
  const char *file;           /* what states the audit, its line, its source, its text; NULL and 0: nothing does */
  unsigned line;
  const char *cite, *statement;
  const char *expected; /* NULL: conforms */
  const char *preset;   /* NULL: keller-jordan */
  const char *schedule, *norm, *eps, *safety, *dtype, *rounding;
  size_t steps;
  size_t depth;            /* of accumulation trees; 0: any order; SIZE_MAX: exact sums */
  const char *limits;      /* "all" (NULL), or "sound": no rounding ensemble */
  const char *accumulator; /* how sums are rounded: "nearest" (NULL) or "truncate" */
  const char *kernel;      /* for mc_run_kernel: a built-in kernel, or the path of a plug-in */
  uint64_t memory;         /* that a plug-in may use, in bytes; 0: the built-in default */
  const char *scaling;     /* of output or update: "rms", "spectral*0.2", "0.2"; NULL: none, or the preset's */
  bool transposed;         /* the output is stored as the transpose of what the input's shape says */
  /* A whole step: all four files.  Then input is the gradient, and output is not used. */
  const char *weights, *buffer, *weights_after, *buffer_after;
  const char *rate, *momentum, *momentum_rule, *nesterov, *weight_decay, *decay;
} mc_run_audit_request;

/* The same document as mc_run_audits, with an entry for each matrix of the batch.  NULL: the files cannot be read or do
 * not fit, or the request names what does not exist. */
json_t *mc_run_audit(const mc_run_audit_request *request, const mc_run_options *options, mc_error *e);

/* A kernel, which is run on inputs of ours (kernels.c): audits[] as above, with `kernel` in place of output, and
 * laws[]: id kernel law statement cite verdict message.  options->seconds limits each call of a plug-in.  A kernel that
 * crashes or hangs is an entry of audits[] that says so.  NULL: there is no such kernel, or it is no plug-in, or it
 * refuses an input that it should take. */
json_t *mc_run_kernel(const mc_run_audit_request *request, const mc_run_options *options, mc_error *e);

/* The inputs of the laws in a folder, which is made if it is missing, with a manifest: suite folder seed model{…}
 * cases[{name,statement,shape,input,output,…}].  And the same document as mc_run_kernel's, from the outputs that are
 * there.  (pairs.c) */
json_t *mc_run_law_suite(const char *folder, const mc_run_audit_request *request, const mc_run_options *options,
                         mc_error *e);
json_t *mc_run_pairs(const char *folder, const mc_run_options *options, mc_error *e);

/* Kernels of the request's model (input and output are not used) with planted bugs, held against our verdict and
 * against the acceptance rules of others, on inputs of three shapes and scales: preset dtype inputs[]
 * rules[{name,source,inputs,survivors}] mutants[{name,source,verdict,killed,equivalent,killed_by[]}] false_alarm
 * false_alarms{runs,conforms,suspicious,wrong,undecided,sources,stale} survivors.  A rule of others is asked only about
 * the inputs (so many) on which it accepts a correct kernel.  killed: wrong, suspicious or not finite on one of the
 * inputs, or a law violated.  equivalent: the output is that of the correct kernel, bit for bit, on all.  Violated: a
 * correct kernel does not conform; undecided: a bug that is not equivalent survives.  (mutants.c) */
json_t *mc_run_mutants(const mc_run_audit_request *request, const mc_run_options *options, mc_error *e);

/* The member false_alarms of such a document in one sentence; nothing for NULL.  (false_alarms.c) */
void mc_run_false_alarms_print(mc_text *out, const json_t *record);

typedef struct {
  mc_run_audit_request model; /* input: a file, or NULL: */
  size_t rows, columns;       /* a matrix of this shape */
  const char *family;         /* and family (matgen.h); NULL: log_uniform(1e-3) */
  bool explain;               /* also say which planted bugs pass |x - image| <= atol + rtol |image| */
  double atol, rtol;
} mc_run_tolerance_request;

/* The limits of ||output - image||_F that a kernel of the model deserves on an input:
 *   preset dtype input shape false_alarm rules[{rounding,sound,spectrum,statistical{total,…}}]
 *   explain{atol,rtol,accepts_correct,rejected,accepted[]}.
 * MC_UNDECIDED: the input is zero or not finite.  (tolerance.c) */
json_t *mc_run_tolerance(const mc_run_tolerance_request *request, const mc_run_options *options, mc_error *e);

typedef struct {
  const char *family; /* "log_uniform(1e-6)" (matgen.h) */
  size_t rows, columns, count;
  const char *dtype;  /* NULL: f64 */
  const char *output; /* the .npy file to write */
} mc_run_gen_request;

/* Write matrices of a family, matrix i of a batch from stream i of options->seed: file family count shape dtype seed.
 * MC_BAD_INPUT: there is no such family or format, or the values do not fit into the format.  (gen.c) */
json_t *mc_run_gen(const mc_run_gen_request *request, const mc_run_options *options, mc_error *e);

/* families[]: the usage of each. */
json_t *mc_run_gen_families(void);

/* A parameter of a model or a setting of an optimizer as text: "rows", "64". */
typedef struct {
  const char *name, *value;
} mc_run_setting;

/* The trajectory of a model (dynamics.h) from options->seed, approx: model settings steps seed panels[{title,x,y,kind,
 * log_x,log_y,series[{label,x[],y[]}]}].  MC_BAD_INPUT: there is no such model or parameter, or a value is out of its
 * range.  (simulate.c) */
json_t *mc_run_simulate(const char *model, const mc_run_setting *settings, size_t count, const mc_run_options *options,
                        mc_error *e);

/* The same panels for a figure of a paper; options->full: larger. */
json_t *mc_run_figure(const char *id, const mc_run_options *options, mc_error *e);

/* The i-th figure, or NULL past the last. */
const char *mc_run_figure_id(size_t i, const char **title);

/* One matrix of a file.  NULL or 0: the default. */
typedef struct {
  const char *what; /* "polar", "sv" or "ns" */
  const char *file;
  uint64_t index;                             /* which matrix of a batch, */
  bool has_index;                             /* where that is said */
  bool bfloat16;                              /* elements of type V2 are bfloat16 */
  uint64_t bits;                              /* 53; of singular values 46 */
  size_t digits;                              /* that must be decided of each value; 0: none */
  bool values;                                /* write the matrix down even so */
  size_t steps;                               /* ns, and the rest: as many as the table has */
  const char *schedule, *norm, *eps, *safety; /* jordan, add, 1e-7, 1 */
  const char *coefficients;                   /* decimal */
} mc_run_truth_request;

/* What is proved about it: what file m n certified bits products reason sigma_min{lo,hi} sigma_max{lo,hi}
 * condition{lo,hi} radius values[] positive different shortfall output_radius.
 * nearest (may be NULL): *nearest := the polar factor or
 * image in double precision, row-major, output_radius away from the truth at most, to be freed by mc_free; NULL where
 * there is none.  (truth.c) */
json_t *mc_run_truth(double **nearest, const mc_run_truth_request *r, mc_error *e);

/* One schedule: a published name or "a,b,c; …".  NULL or 0: [1e-3, 1], all steps. */
typedef struct {
  const char *name;
  const char *from, *to; /* exact decimals or fractions, 0 <= from < to <= 1024 */
  size_t steps;
  size_t digits; /* of certified numbers */
} mc_run_schedule_request;

/* What schedules provably do (docs/schema/schedule.json; src/schedule/schedule.h has the mathematics): all published
 * ones in brief; one in full, undecided where its basin is not enclosed; the published table nearest to given numbers.
 * (schedules.c) */
json_t *mc_run_schedule_list(size_t digits, mc_error *e);
json_t *mc_run_schedule_show(const mc_run_schedule_request *request, mc_error *e);
json_t *mc_run_schedule_identify(const char *text, size_t digits, mc_error *e);

/* The .claim files below claims/ of a spec folder, in the order of their bytes, and schedules.claim; folder NULL: the
 * folder spec here where that holds claims, else the installed one.  MC_BAD_INPUT: there is none.  Give paths and count
 * to mc_run_spec_free.  (spec.c) */
mc_status mc_run_spec_claims(char ***paths, size_t *count, const char *folder, mc_error *e);
void mc_run_spec_free(char **paths, size_t count);

typedef struct {
  const char *spec;   /* folder with claims/ and audits.claim; NULL: ./spec, else the installed one */
  const char *proofs; /* file with the record that the replay of the proofs left; NULL: they are no part of this run */
  const char *theorems; /* the same for the theorems */
  mc_run_options run;
} mc_run_verify_options;

/* All claims, campaigns and audits of a spec folder, the planted kernel bugs that audits must notice, and the records
 * of proofs and theorems, merged.  A part that cannot be run, and one that is empty though nothing was deselected, is an entry of
 * parts[] that says so; the others run.  Interrupted: what was done, with "interrupted": true.  NULL: there is no spec
 * folder, or `only` selects nothing.  (verify.c) */
json_t *mc_run_verify(const mc_run_verify_options *options, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
