/* muoncert claims and muoncert prove: settle claims of spec files, or one from the command line. */
#include "cli.h"

#include <argp.h>
#include <stdlib.h>
#include <unistd.h>

#include "../run/run.h"

typedef struct {
  mc_run_options run;
  const char **arguments; /* room for every argument: files, or the one text */
  size_t count;
  const char *junit;
  bool json, quiet;
} arguments;

enum { OPTION_ONLY = 256, OPTION_TIME, OPTION_THREADS, OPTION_JUNIT, OPTION_JSON, OPTION_CERT };

/* prove has no list to select from. */
static const struct argp_option claims_options[] = {
    {"only", OPTION_ONLY, "GLOB", 0, "only the claims whose ids match, as in 'escape.lemma2.*'", 0},
    {"time", OPTION_TIME, "S", 0, "time limit of each claim in seconds (default 20)", 0},
    {"threads", OPTION_THREADS, "N", 0, "at most N threads (default: all processors)", 0},
    {"cert", OPTION_CERT, "DIR", 0, "write a certificate for each verdict into DIR, and check it", 0},
    {"junit", OPTION_JUNIT, "FILE", 0, "write JUnit XML", 0},
    {"json", OPTION_JSON, NULL, 0, "print the results as JSON", 0},
    {"quiet", 'q', NULL, 0, "no progress; print nothing if everything is as expected", 0},
    {0},
};

static const struct argp_option prove_options[] = {
    {"time", OPTION_TIME, "S", 0, "time limit in seconds (default 20)", 0},
    {"threads", OPTION_THREADS, "N", 0, "at most N threads (default: all processors)", 0},
    {"cert", OPTION_CERT, "DIR", 0, "write a certificate into DIR, and check it", 0},
    {"json", OPTION_JSON, NULL, 0, "print the result as JSON", 0},
    {"quiet", 'q', NULL, 0, "print nothing if the claim is proved", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case OPTION_ONLY:
    a->run.only = text;
    return 0;
  case OPTION_TIME:
    a->run.seconds = mc_cli_seconds_of(text, state);
    return 0;
  case OPTION_THREADS:
    a->run.threads = (unsigned)mc_cli_number_of("threads", text, 1024, state);
    return 0;
  case OPTION_CERT:
    a->run.certificates = text;
    return 0;
  case OPTION_JUNIT:
    a->junit = text;
    return 0;
  case OPTION_JSON:
    a->json = true;
    return 0;
  case 'q':
    a->quiet = true;
    return 0;
  case ARGP_KEY_ARG:
    a->arguments[a->count++] = text;
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static error_t parse_claims(int key, char *text, struct argp_state *state) {
  if (key == ARGP_KEY_NO_ARGS)
    argp_error(state, "no spec file given");
  return parse(key, text, state);
}

static error_t parse_prove(int key, char *text, struct argp_state *state) {
  const arguments *a = state->input;
  if (key == ARGP_KEY_NO_ARGS || (key == ARGP_KEY_END && a->count != 1))
    argp_error(state, "one claim is wanted, in quotation marks");
  return parse(key, text, state);
}

static const struct argp claims_parser = {
    claims_options,
    parse_claims,
    "FILE.claim…",
    "Prove, refute or derive the claims of spec files.\vA refuted claim comes with a rational witness; a claim with ? "
    "gets its best constant between two bounds. The exit status is 0 only if every claim came out as it expects.",
    NULL,
    NULL,
    NULL};

static const struct argp prove_parser = {
    prove_options,
    parse_prove,
    "'CLAIM'",
    "Settle one claim, as in\n  muoncert prove 'forall x in [0, 1] : 3*x^2 - 2*x^3 <= 1'\n"
    "  muoncert prove 'def f(x) = (3*x - x^3)/2 forall x in [0, 1] : f(x) >= ? * x'",
    NULL,
    NULL,
    NULL};

static json_t *settle(const arguments *a, const struct argp *parser, mc_error *e) {
  if (parser == &prove_parser && access(a->arguments[0], F_OK) == 0) {
    mc_fail_at(e, MC_BAD_INPUT, a->arguments[0], 0, 0, "a file, and no claim; `muoncert claims FILE' reads files");
    return NULL;
  }
  if (parser == &prove_parser)
    return mc_run_prove(a->arguments[0], &a->run, e);
  json_t *document = mc_run_claims(a->arguments, a->count, &a->run, e);
  if (document && json_array_size(json_object_get(document, "claims")) == 0) {
    mc_fail(e, MC_BAD_INPUT, a->run.only ? "no claim is named like '%s'" : "there is no claim in %s",
            a->run.only ? a->run.only : a->arguments[0]);
    json_decref(document);
    return NULL;
  }
  return document;
}

static int run(const char *command, const struct argp *parser, int argc, char **argv) {
  mc_error e = {0};
  arguments a = {.arguments = mc_alloc((size_t)argc, sizeof *a.arguments)};
  if (!a.arguments) {
    mc_fail(&e, MC_NO_MEMORY, "out of memory");
    return mc_cli_fail(command, &e);
  }
  argp_parse(parser, argc, argv, 0, NULL, &a);
  a.run.progress = mc_progress_new(stderr, a.quiet);
  json_t *document = settle(&a, parser, &e);
  mc_progress_free(a.run.progress);
  mc_free(a.arguments);
  if (!document)
    return mc_cli_fail(command, &e);
  int written = a.junit ? mc_cli_write_junit(command, a.junit, document) : MC_EXIT_EXPECTED;
  int finished = parser == &prove_parser ? mc_cli_finish_answer(command, document, a.json, a.quiet)
                                         : mc_cli_finish(command, document, a.json, a.quiet);
  json_decref(document);
  return (int)mc_exit_worse((mc_exit)written, (mc_exit)finished);
}

int mc_cli_claims(int argc, char **argv) {
  return run("claims", &claims_parser, argc, argv);
}

int mc_cli_prove(int argc, char **argv) {
  return run("prove", &prove_parser, argc, argv);
}
