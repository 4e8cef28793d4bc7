/* muoncert report: records in, reports out. */
#include "cli.h"

#include <argp.h>

#include "../report/report.h"
#include "../run/run.h"

typedef struct {
  const char *junit, *html;
  bool json, quiet;
  char **files;
  size_t count;
} arguments;

enum { OPTION_JUNIT = 256, OPTION_HTML, OPTION_JSON };

static const struct argp_option options[] = {
    {"html", OPTION_HTML, "FILE", 0, "write one HTML file that opens offline", 0},
    {"junit", OPTION_JUNIT, "FILE", 0, "write JUnit XML", 0},
    {"json", OPTION_JSON, NULL, 0, "print the merged record", 0},
    {"quiet", 'q', NULL, 0, "print nothing if everything is as expected", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case OPTION_HTML:
    a->html = text;
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
  case ARGP_KEY_ARGS:
    a->files = state->argv + state->next;
    a->count = (size_t)(state->argc - state->next);
    return 0;
  case ARGP_KEY_NO_ARGS:
    argp_error(state, "name a record to report on");
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp parser = {options,
                                   parse,
                                   "FILE.json...",
                                   "The records of other commands (their --json) as one report.\v"
                                   "Exit status: that of the worst record; 3 if one cannot be read or is none.",
                                   NULL,
                                   NULL,
                                   NULL};

/* One merged document, or NULL: a file is no record. */
static json_t *read_all(const arguments *a, mc_error *e) {
  json_t *merged = NULL, **documents = mc_alloc(a->count, sizeof(json_t *));
  size_t read = 0;
  if (!documents)
    mc_fail(e, MC_NO_MEMORY, "out of memory");
  while (documents && read < a->count && (documents[read] = mc_report_read(a->files[read], e)) != NULL)
    read++;
  if (documents && read == a->count)
    merged = mc_run_merge("report", (const json_t *const *)documents, read, e);
  while (read > 0)
    json_decref(documents[--read]);
  mc_free(documents);
  return merged;
}

int mc_cli_report(int argc, char **argv) {
  arguments a = {0};
  mc_error e = {0};
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  json_t *document = read_all(&a, &e);
  if (!document)
    return mc_cli_fail("report", &e);
  int junit = a.junit ? mc_cli_write_junit("report", a.junit, document) : MC_EXIT_EXPECTED;
  int html = a.html ? mc_cli_write_html("report", a.html, document) : MC_EXIT_EXPECTED;
  int finished = mc_cli_finish("report", document, a.json, a.quiet);
  json_decref(document);
  return (int)mc_exit_worse(mc_exit_worse((mc_exit)junit, (mc_exit)html), (mc_exit)finished);
}
