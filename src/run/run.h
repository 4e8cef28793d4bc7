/* muoncert: what the commands do, as JSON documents.
 *
 * Each function runs a batch of work and returns one JSON document (design: "--json"): an object with
 *   schema tool command verdict seconds
 * and the batch's own list.  The terminal, JUnit and HTML reports are pure functions of these documents (src/report).  NULL and *e
 * filled: nothing could be run (bad input, no memory).  A single failing item never stops the others. */
#ifndef MUONCERT_RUN_H
#define MUONCERT_RUN_H

#include <jansson.h>

#include "../base/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const char *only;      /* glob on ids; NULL: all */
  double seconds;        /* time limit of one claim, campaign or audit; 0: the built-in default */
  uint64_t seed;         /* campaigns */
  uint64_t trials;       /* campaigns; 0: what the campaign says */
  unsigned threads;      /* 0: all processors */
  mc_progress *progress; /* may be NULL */
} mc_run_options;

/* "as expected", "violated", "undecided", … of a whole document, and the exit status it deserves. */
mc_exit mc_run_exit(const json_t *document);

/* Fill the members that every document has. command: "claims", …; verdict: "expected", "violated", "undecided", "error". */
void mc_run_stamp(json_t *document, const char *command, mc_exit exit_status, double seconds);

/* {"lo": …, "hi": …} is how every certified number is written: decimal strings rounded outward. */

/* claims[]: id file line verdict expected witness{variable: "p/q"} derived{lo,hi} boxes seconds statement cite message.  (claims.c) */
json_t *mc_run_claims(const char *const *files, size_t count, const mc_run_options *options, mc_error *e);

/* campaigns[]: id file line verdict trials met holds violated undecided margin replay statement cite seconds.  (campaigns.c)
 * names: campaigns by name (NULL or count 0: all that the files hold). */
json_t *mc_run_campaigns(const char *const *files, size_t count, const mc_run_options *options, mc_error *e);

/* audits[]: id file line input output preset verdict expected error{lo,hi} polar_distance{lo,hi} sigma{lo,hi} … seconds.  (audits.c)
 * Files named in an audit block are relative to the spec file. */
json_t *mc_run_audits(const char *const *files, size_t count, const mc_run_options *options, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
