/* muoncert check: repeat proofs from their certificates. */
#include "cli.h"

#include <argp.h>

#include "../run/run.h"

typedef struct {
  mc_run_options run;
  const char **files;
  size_t count;
  bool json, quiet;
} arguments;

enum { OPTION_TIME = 256, OPTION_THREADS, OPTION_JSON };

static const struct argp_option options[] = {
    {"time", OPTION_TIME, "S", 0, "time limit of each certificate in seconds (default 60)", 0},
    {"threads", OPTION_THREADS, "N", 0, "at most N threads (default: all processors)", 0},
    {"json", OPTION_JSON, NULL, 0, "print the results as JSON", 0},
    {"quiet", 'q', NULL, 0, "no progress; print nothing if every certificate is accepted", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case OPTION_TIME:
    a->run.seconds = mc_cli_seconds_of(text, state);
    return 0;
  case OPTION_THREADS:
    a->run.threads = (unsigned)mc_cli_number_of("threads", text, 1024, state);
    return 0;
  case OPTION_JSON:
    a->json = true;
    return 0;
  case 'q':
    a->quiet = true;
    return 0;
  case ARGP_KEY_ARG:
    a->files[a->count++] = text;
    return 0;
  case ARGP_KEY_NO_ARGS:
    argp_error(state, "no certificate given");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp parser = {
    options,
    parse,
    "CERTIFICATE.json…",
    "Repeat the proofs of certificates that claims --cert wrote.\vThe checker shares no code with the search and no "
    "arithmetic either: what a certificate does not prove, or not within the time limit, is refused. The exit status "
    "is "
    "0 only if every certificate is accepted.",
    NULL,
    NULL,
    NULL};

int mc_cli_check(int argc, char **argv) {
  mc_error e = {0};
  arguments a = {.files = mc_alloc((size_t)argc, sizeof *a.files)};
  if (!a.files) {
    mc_fail(&e, MC_NO_MEMORY, "out of memory");
    return mc_cli_fail("check", &e);
  }
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  a.run.progress = mc_progress_new(stderr, a.quiet);
  json_t *document = mc_run_check(a.files, a.count, &a.run, &e);
  mc_progress_free(a.run.progress);
  mc_free(a.files);
  if (!document)
    return mc_cli_fail("check", &e);
  int finished = mc_cli_finish("check", document, a.json, a.quiet);
  json_decref(document);
  return finished;
}
