/* muoncert: the claim language (design: "The claim language"; grammar with examples in docs/claim-language.md).
 *
 * A spec file is a list of blocks: paper, let, def, schedule, claim, campaign, audit.  Parsing resolves every name,
 * so a syntax tree refers to its definitions directly.  Decimals and hex floats are exact rationals.  Trees are
 * immutable once parsed and may be read from any number of threads.
 *
 * Errors carry file, line and column; their text ends with the source line and a caret beneath the place. */
#ifndef MUONCERT_LANG_H
#define MUONCERT_LANG_H

#include "../ball/arb_headers.h"
#include "../base/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Expressions ---- */

typedef struct mc_expr mc_expr;
typedef struct mc_definition mc_definition;
typedef struct mc_schedule_block mc_schedule_block;

typedef enum {
  MC_EXPR_NUMBER, /* value */
  MC_EXPR_PI,
  MC_EXPR_E,        /* Euler's number */
  MC_EXPR_UNKNOWN,  /* ?; index: the number of the claim's variables */
  MC_EXPR_VARIABLE, /* index into the environment: a quantified variable, a measured quantity or a parameter; name */
  MC_EXPR_NEG,
  MC_EXPR_ADD,
  MC_EXPR_SUB,
  MC_EXPR_MUL,
  MC_EXPR_DIV,
  MC_EXPR_POW,
  MC_EXPR_SQRT,
  MC_EXPR_ABS,
  MC_EXPR_MIN, /* two or more arguments */
  MC_EXPR_MAX,
  MC_EXPR_EXP,
  MC_EXPR_LOG,
  MC_EXPR_SIN,
  MC_EXPR_COS,
  MC_EXPR_CALL, /* definition, one argument per parameter; a `let` is a definition without parameters */
  MC_EXPR_ITER, /* definition of one parameter; arguments: count, start */
  MC_EXPR_APPLY /* schedule; argument: start */
} mc_expr_kind;

struct mc_expr {
  mc_expr_kind kind;
  unsigned line, column;
  unsigned height; /* of the tree, definitions included: bounds the recursion of anything that walks it */
  double cost;     /* operations of one evaluation, definitions expanded */
  fmpq_t value;    /* MC_EXPR_NUMBER */
  const char *name;
  size_t index;
  bool real; /* MC_EXPR_VARIABLE: ranges over real numbers, not over integers; false for a parameter */
  const mc_definition *definition;
  const mc_schedule_block *schedule;
  size_t count;
  mc_expr **arguments;
};

struct mc_definition {
  const char *name;
  unsigned line, column;
  size_t parameter_count; /* parameter i is MC_EXPR_VARIABLE i of the body */
  const char **parameters;
  mc_expr *body;
};

/* One row of a coefficient table: the odd polynomial c[0] x + c[1] x^3 + c[2] x^5 + …, applied `repeat` times. */
typedef struct {
  size_t count;
  mc_expr **coefficients; /* constant */
  unsigned long repeat;
} mc_schedule_row;

/* What the authors of a table do when more steps are asked of it than it has. */
typedef enum { MC_BEYOND_UNSAID, MC_BEYOND_LAST, MC_BEYOND_CYCLE } mc_beyond;

struct mc_schedule_block {
  const char *name, *cite;
  unsigned line, column;
  size_t row_count;
  mc_schedule_row *rows; /* rows that name an earlier schedule arrive as its rows */
  mc_beyond beyond;
};

/* ---- Conditions ---- */

typedef enum { MC_RELATION_GE, MC_RELATION_GT, MC_RELATION_LE, MC_RELATION_LT, MC_RELATION_EQ } mc_relation;

typedef struct {
  mc_relation relation;
  mc_expr *left, *right;
  unsigned line, column;
} mc_comparison;

/* A conjunction; empty: true.  Chains (a <= b < c) and memberships (a in [b, c)) arrive as their comparisons. */
typedef struct {
  size_t count;
  mc_comparison *comparisons;
} mc_condition;

typedef enum { MC_FALSE, MC_TRUE, MC_UNKNOWN } mc_truth;

/* ---- Blocks ---- */

typedef struct {
  const char *title, *reference, *name;
} mc_paper;

/* What every checkable block has. */
typedef struct {
  const char *id;   /* "paper.name", or "name" outside a paper */
  const char *name; /* as written */
  const char *file;
  unsigned line, column;
  const mc_paper *paper; /* NULL: none */
  const char *cite;      /* NULL: none */
  const char *statement; /* its source text on one line */
  size_t begin, end;     /* a claim: where in the source what follows its name stands */
} mc_block;

typedef enum { MC_EXPECT_PROVED, MC_EXPECT_REFUTED, MC_EXPECT_UNDECIDED } mc_claim_expectation;

typedef struct {
  const char *name;
  unsigned line, column;
  bool integer;           /* {lo..hi}: both ends belong to it */
  mc_expr *lower, *upper; /* constant, or MC_EXPR_UNKNOWN */
  bool lower_open, upper_open;
} mc_quantified;

typedef struct {
  mc_block block;
  bool exists; /* else forall */
  size_t variable_count;
  mc_quantified *variables; /* variable i is MC_EXPR_VARIABLE i */
  mc_condition where, body;
  mc_expr *unknown; /* the one ? of the claim, or NULL */
  mc_claim_expectation expected;
  mc_expr *expected_lower, *expected_upper; /* expect ? in […]; NULL: none */
} mc_claim;

typedef struct {
  unsigned long rows, columns;
} mc_shape;

/* name, or name(arguments) with constant arguments. */
typedef struct {
  const char *name;
  unsigned line, column;
  size_t count;
  mc_expr **arguments;
} mc_spectrum;

/* "series NAME: steps in [lower, upper]": a number of steps that is reported against the dimension, with the bracket
 * that the statement gives for it.  The bracket belongs to the conclusion. */
typedef struct {
  const char *optimizer;
  unsigned line, column;
  mc_expr *steps, *lower, *upper; /* over the measures; lower and upper NULL: there is no bracket */
  bool lower_open, upper_open;
} mc_series;

typedef enum { MC_EXPECT_HOLDS, MC_EXPECT_VIOLATED, MC_EXPECT_CAMPAIGN_UNDECIDED } mc_campaign_expectation;

typedef struct {
  mc_block block;
  const char *property; /* measure … by property */
  size_t measure_count;
  const char **measures;     /* measure i is MC_EXPR_VARIABLE i of where and holds */
  mc_condition where, holds; /* holds: with the brackets of the series */
  const char *hypothesis;    /* the source of where on one line; NULL: there is none */
  size_t series_count;
  mc_series *series;
  size_t shape_count;
  mc_shape *shapes;
  size_t spectrum_count;
  mc_spectrum *spectra;
  unsigned long trials; /* 0: not said */
  unsigned long met;    /* how many of them must meet the hypotheses; 0: not said */
  bool full;            /* "profile full": runs in the full profile only */
  mc_campaign_expectation expected;
} mc_campaign;

/* Words, numbers and strings as written; NULL where a line is missing. */
typedef struct {
  mc_block block;
  const char *input, *output, *preset, *dtype, *expected;
  const char *scaling; /* of the output, or of a step's update */
  /* A whole step of the optimizer, whose output is weights_after: all four files or none, and what is said of it. */
  const char *weights, *buffer, *weights_after, *buffer_after;
  const char *lr, *momentum, *momentum_rule, *nesterov, *weight_decay, *decay;
} mc_audit_block;

typedef struct mc_document mc_document;

/* Largest spec file that is read. */
#define MC_LANG_FILE_LIMIT (1u << 20)

/* Parse a spec file, or a text under a name that errors will show.  On failure *document is NULL. */
mc_status mc_lang_document_read(mc_document **document, const char *path, mc_error *e);
mc_status mc_lang_document_parse(mc_document **document, const char *name, const char *bytes, size_t length,
                                 mc_error *e);

/* Parse let, def and schedule blocks and then one bare statement, as after `claim NAME`: what `muoncert prove` is
 * given. */
mc_status mc_lang_statement_parse(mc_document **document, const char *bytes, size_t length, mc_error *e);
void mc_lang_document_free(mc_document *document);

size_t mc_lang_claim_count(const mc_document *document);
const mc_claim *mc_lang_claim(const mc_document *document, size_t i);
size_t mc_lang_campaign_count(const mc_document *document);
const mc_campaign *mc_lang_campaign(const mc_document *document, size_t i);
size_t mc_lang_audit_count(const mc_document *document);
const mc_audit_block *mc_lang_audit(const mc_document *document, size_t i);
size_t mc_lang_schedule_count(const mc_document *document);
const mc_schedule_block *mc_lang_schedule(const mc_document *document, size_t i);

/* A text that states this claim alone, for whoever has nothing else: every definition and schedule whose name occurs in
 * it, or in one of these, and the claim, all as they stand in the source.  It parses to one claim. */
mc_status mc_lang_claim_text(mc_text *out, const mc_document *document, const mc_claim *claim);

/* ---- Values ----
 *
 * The environment holds the value of VARIABLE i at place i, and of ?, if the claim has one, behind its variables. */

/* A ball that contains the value.  Where the expression is not defined on the whole environment (division by a ball
 * that contains 0, logarithm or root of a ball not in the domain) the result is indeterminate, so that every
 * comparison with it is MC_UNKNOWN. */
void mc_lang_expr_enclose(arb_t value, const mc_expr *expr, arb_srcptr environment, slong precision);

/* The exact value.  MC_UNDECIDED: not provably rational, or larger than exact arithmetic should carry.
 * MC_BAD_INPUT: not defined (division by zero, …), with the place.  environment may be NULL for a constant; file
 * (may be NULL) is what errors name. */
mc_status mc_lang_expr_exact(fmpq_t value, const mc_expr *expr, const fmpq *environment, const char *file, mc_error *e);

/* Does the expression mention no variable and no ? */
bool mc_lang_expr_is_constant(const mc_expr *expr);

/* A ball around the amount by which the comparison holds: positive (nonnegative) means that it does; for = minus
 * |left - right|. */
void mc_lang_comparison_margin(arb_t margin, const mc_comparison *comparison, arb_srcptr environment, slong precision);

/* Is the conjunction certainly true, certainly false, or neither? */
mc_truth mc_lang_condition_decide(const mc_condition *condition, arb_srcptr environment, slong precision);

/* Fill *e with MC_BAD_INPUT at a place of a parsed document, with the source line and a caret. */
mc_status mc_lang_fail(mc_error *e, const mc_document *document, unsigned line, unsigned column, const char *format,
                       ...) MC_PRINTF(5, 6);

#ifdef __cplusplus
}
#endif
#endif
