/* What every report says about an entry, in words: plain UTF-8 without control characters. */
#ifndef MUONCERT_REPORT_FACTS_H
#define MUONCERT_REPORT_FACTS_H

#include <jansson.h>

#include "../base/base.h"

/* Where a list of entries stands in a merged document. */
typedef struct {
  const char *list;          /* "claims" */
  const char *part;          /* "claims" */
  const char *one, *several; /* "claim", "claims" */
  const char *usual;         /* the verdict that needs no remark */
} mc_fact_kind;

enum { MC_FACT_KINDS = 8 };
extern const mc_fact_kind mc_fact_kinds[MC_FACT_KINDS];

/* The kind whose documents are made by `command`, or NULL. */
const mc_fact_kind *mc_fact_kind_of(const char *command);

/* The entries of a kind, or NULL. */
const json_t *mc_fact_entries(const json_t *document, const mc_fact_kind *kind);

/* Member `name` as a string, or "". */
const char *mc_fact_text(const json_t *object, const char *name);

/* The bytes of a text, "" if there are none. */
const char *mc_fact_data(const mc_text *t);

/* Of an entry of parts[]: "3 claims", and "all as expected", "1 not as expected, 2 undecided" or "not run". */
void mc_fact_part_items(mc_text *out, const json_t *part);
void mc_fact_part(mc_text *out, const json_t *part);

/* One line on a whole list: of proofs the goals and assumptions, of planted bugs what the tests of others let through
 * and how often correct kernels were accused,
 * of claims, campaigns and audits what their verdicts rest on; else nothing. */
void mc_fact_overview(mc_text *out, const json_t *document, const mc_fact_kind *kind);

/* An entry's name and its verdict in one word ("not proved" for a function with an open goal). */
const char *mc_fact_name(const json_t *entry);
const char *mc_fact_verdict(const mc_fact_kind *kind, const json_t *entry);

/* To be shown even where a list is long: every entry that is not as expected, or whose verdict is not the usual one,
 * and what it restates (`lemma.bound` beside `lemma.bound_as_printed`). */
bool mc_fact_is_remarkable(const mc_fact_kind *kind, const json_t *entries, const json_t *entry);

/* "refuted, expected proved": the verdict, and the expectation where it differs. */
void mc_fact_headline(mc_text *out, const mc_fact_kind *kind, const json_t *entry);

/* The same with what was found, or why nothing was: "refuted, expected proved: false at x = 1/2". */
void mc_fact_sentence(mc_text *out, const mc_fact_kind *kind, const json_t *entry);

/* "before x in [1.41, 1.42], k = 3": where a claim is decided at a point that is not rational; nothing elsewhere. */
void mc_fact_place(mc_text *out, const json_t *entry, const char *before);

/* One phrase on what was found: the witness, the derived constant, the counts, the certified error. */
void mc_fact_result(mc_text *out, const mc_fact_kind *kind, const json_t *entry);

/* Everything one needs to look into an entry, in this order where there is any: at (file and line), where (the
 * hypothesis), states, audited (which output against which image), source, found, broken (the mutants of a
 * function), worst (what the worst trial measured), certified (beside the error of an audit), why (there is no
 * better verdict), instead (what a bad output is), replay. */
typedef void mc_fact_visitor(void *context, const char *label, const char *text);
void mc_fact_visit(const mc_fact_kind *kind, const json_t *entry, mc_fact_visitor *visit, void *context);

/* The same as text, a line each. */
void mc_fact_details(mc_text *out, const mc_fact_kind *kind, const json_t *entry);

/* Is an entry of changes[] new and as expected?  A report may count these; and how many of them there are. */
bool mc_fact_is_merely_new(const json_t *change);
size_t mc_fact_merely_new(const json_t *changes);

/* The change of an entry of this document, or NULL. */
const json_t *mc_fact_change_of(const json_t *document, const mc_fact_kind *kind, const json_t *entry);

/* One entry of changes[] in words. */
void mc_fact_change(mc_text *out, const json_t *change);

/* "[lo, hi]" of an enclosure in at most `digits` significant digits, rounded outward. */
void mc_fact_enclosure(mc_text *out, const json_t *enclosure, unsigned digits);

/* "0.30 s", "12.0 s", "3 min 12 s". */
void mc_fact_duration(mc_text *out, double seconds);

#endif
