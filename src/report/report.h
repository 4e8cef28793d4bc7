/* muoncert: reports as pure functions of JSON records.
 *
 * A record is the JSON document of a command that settles something (src/run/run.h; docs/schema).  Every function here
 * takes one such document, merged or not, and appends to a text; nothing is measured, read or decided anew.  What a
 * report says about an entry is what mc_run_item_exit says, so that all reports and the exit status agree. */
#ifndef MUONCERT_REPORT_H
#define MUONCERT_REPORT_H

#include <jansson.h>

#include "../base/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the reader's terminal can show. */
typedef struct {
  bool colour;    /* ANSI colours, always beside the word that they stress */
  bool utf8;      /* else everything outside ASCII is spelled in ASCII */
  unsigned width; /* columns */
} mc_report_style;

/* A page that a person reads in ten seconds: a line a part, then in full what is not as expected, then the entries,
 * refuted statements with their witness.  MC_BAD_INPUT: not a record. */
mc_status mc_report_terminal(mc_text *out, const json_t *document, const mc_report_style *style, mc_error *e);

/* One line that answers the question of `muoncert prove`: "refuted at x = 97/100: forall x …".  MC_BAD_INPUT: not a
 * record of claims. */
mc_status mc_report_answer(mc_text *out, const json_t *document, const mc_report_style *style, mc_error *e);

/* JUnit XML (the schema that Jenkins, GitLab and GitHub viewers read): a suite a part, a case an entry.  Violated is a
 * failure, undecided and broken are errors, and a part that checked nothing is an error too.  MC_BAD_INPUT: not a
 * record. */
mc_status mc_report_junit(mc_text *out, const json_t *document, mc_error *e);

/* One HTML file that opens offline, on a phone, in print and in the dark: a summary, what is not as expected unfolded,
 * every entry with its source, witness and replay line.  MC_BAD_INPUT: not a record. */
mc_status mc_report_html(mc_text *out, const json_t *document, mc_error *e);

/* SARIF 2.1.0: a result for every entry that is not as expected, with file and line.  MC_BAD_INPUT: not a record. */
mc_status mc_report_sarif(mc_text *out, const json_t *document, mc_error *e);

/* Simulations (docs/schema/simulate.json): as CSV, a column a series for a model and a row a point for a figure; as a
 * program that makes gnuplot write an SVG to its standard output; and the first and last value of each series for the
 * terminal.  All say approx.  MC_BAD_INPUT: no record of a simulation.  (series.c) */
mc_status mc_report_csv(mc_text *out, const json_t *document, mc_error *e);
mc_status mc_report_gnuplot(mc_text *out, const json_t *document, mc_error *e);
mc_status mc_report_series(mc_text *out, const json_t *document, mc_error *e);

/* Give a merged document the list changes[]: entries that are new, gone, or whose verdict or expectation is another
 * than in `earlier`, a merged document too.  The terminal and HTML pages show it. */
mc_status mc_report_compare(json_t *document, const json_t *earlier, mc_error *e);

/* MC_OK if the document is what docs/schema says about documents of its command, else MC_BAD_INPUT with the JSON
 * pointer of the first offence.  strict: members that the schema does not name are offences too (for tests; a reader
 * takes what is newer). */
mc_status mc_report_check(const json_t *document, bool strict, const char *file, mc_error *e);

/* The same for a document of no command, against the schema of this file name: "certificate.json". */
mc_status mc_report_check_against(const char *name, const json_t *document, bool strict, const char *file, mc_error *e);

/* Read a record from a file and check it against its schema.  NULL: it is none, and *e says where. */
json_t *mc_report_read(const char *path, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
