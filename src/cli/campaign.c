/* muoncert campaign: theorems and laws on random spectra. */
#include "cli.h"

#include <argp.h>
#include <string.h>

#include "../run/run.h"

typedef struct {
  mc_run_options run;
  const char **files, **names; /* both with room for every argument */
  size_t file_count;
  const char *junit;
  bool json, quiet;
} arguments;

enum { OPTION_TRIALS = 256, OPTION_SEED, OPTION_REPLAY, OPTION_SECONDS, OPTION_THREADS, OPTION_JUNIT, OPTION_JSON };

static const struct argp_option options[] = {
    {"file", 'f', "FILE.claim", 0, "take campaigns from this file; may be repeated (default: the spec folder)", 0},
    {"trials", OPTION_TRIALS, "N", 0, "trials of each campaign (default: what the campaign says)", 0},
    {"seed", OPTION_SEED, "N", 0, "seed, decimal or 0x… (default 0)", 0},
    {"replay", OPTION_REPLAY, "CASE", 0, "run the one trial that a replay line names, and show its data", 0},
    {"seconds", OPTION_SECONDS, "N", 0, "time limit of each campaign", 0},
    {"threads", OPTION_THREADS, "N", 0, "at most N threads (default: all processors); results do not depend on it", 0},
    {"junit", OPTION_JUNIT, "FILE", 0, "write JUnit XML", 0},
    {"json", OPTION_JSON, NULL, 0, "print the results as JSON", 0},
    {"quiet", 'q', NULL, 0, "no progress; print nothing if everything is as expected", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case 'f':
    a->files[a->file_count++] = text;
    return 0;
  case OPTION_TRIALS:
    a->run.trials = mc_cli_number_of("trials", text, UINT32_MAX, state);
    return 0;
  case OPTION_SEED:
    a->run.seed = mc_cli_number_of("seed", text, UINT64_MAX, state);
    return 0;
  case OPTION_REPLAY:
    a->run.replay = text;
    return 0;
  case OPTION_SECONDS:
    a->run.seconds = (double)mc_cli_number_of("seconds", text, UINT32_MAX, state);
    return 0;
  case OPTION_THREADS:
    a->run.threads = (unsigned)mc_cli_number_of("threads", text, 1024, state);
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
    a->names[a->run.name_count++] = text;
    return 0;
  case ARGP_KEY_END:
    if (a->run.replay && a->run.name_count != 1)
      argp_error(state, "--replay needs the name of one campaign");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp parser = {
    options,
    parse,
    "[NAME…]",
    "Run campaigns: statements checked over many random trials, each judged with certified balls.\v"
    "A trial holds, is violated or is undecided; one that misses the hypotheses is counted apart. A violation is "
    "shrunk, "
    "and its replay line reproduces it by itself.\n"
    "Exit status: 0 every campaign as expected; 1 violated; 2 undecided or interrupted; 3 usage or bad input.",
    NULL,
    NULL,
    NULL};

static json_t *run_default_files(const mc_run_options *run, mc_error *e) {
  char **paths;
  size_t count;
  if (mc_run_spec_claims(&paths, &count, NULL, e) != MC_OK)
    return NULL;
  json_t *document = mc_run_campaigns((const char *const *)paths, count, run, e);
  mc_run_spec_free(paths, count);
  return document;
}

static int run(arguments *a) {
  mc_error e = {0};
  a->run.progress = mc_progress_new(stderr, a->quiet);
  json_t *document =
      a->file_count > 0 ? mc_run_campaigns(a->files, a->file_count, &a->run, &e) : run_default_files(&a->run, &e);
  mc_progress_free(a->run.progress);
  if (!document)
    return mc_cli_fail("campaign", &e);
  int written = a->junit ? mc_cli_write_junit("campaign", a->junit, document) : MC_EXIT_EXPECTED;
  int finished = mc_cli_finish("campaign", document, a->json, a->quiet);
  json_decref(document);
  return (int)mc_exit_worse((mc_exit)written, (mc_exit)finished);
}

int mc_cli_campaign(int argc, char **argv) {
  const char **room = mc_alloc(2 * (size_t)argc, sizeof *room);
  mc_error e = {0};
  if (!room) {
    mc_fail(&e, MC_NO_MEMORY, "out of memory");
    return mc_cli_fail("campaign", &e);
  }
  arguments a = {.files = room, .names = room + argc};
  a.run.names = a.names;
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  int status = run(&a);
  mc_free(room);
  return status;
}
