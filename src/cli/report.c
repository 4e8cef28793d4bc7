/* muoncert report: records in, reports out. */
#include "cli.h"

#include <argp.h>

#include "../report/report.h"
#include "../run/run.h"

typedef struct {
  const char *baseline, *html, *junit, *sarif;
  bool json, quiet;
  char **files;
  size_t count;
} arguments;

enum { OPTION_BASELINE = 256, OPTION_HTML, OPTION_JUNIT, OPTION_SARIF, OPTION_JSON };

static const struct argp_option options[] = {
    {"baseline", OPTION_BASELINE, "OLD.json", 0, "say what changed since this record", 0},
    {"html", OPTION_HTML, "FILE", 0, "write one HTML file that opens offline", 0},
    {"junit", OPTION_JUNIT, "FILE", 0, "write JUnit XML", 0},
    {"sarif", OPTION_SARIF, "FILE", 0, "write SARIF: what is not as expected, with file and line", 0},
    {"json", OPTION_JSON, NULL, 0, "print the merged record", 0},
    {"quiet", 'q', NULL, 0, "print nothing if everything is as expected", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case OPTION_BASELINE:
    a->baseline = text;
    return 0;
  case OPTION_HTML:
    a->html = text;
    return 0;
  case OPTION_JUNIT:
    a->junit = text;
    return 0;
  case OPTION_SARIF:
    a->sarif = text;
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
static json_t *read_all(char **files, size_t count, mc_error *e) {
  json_t *merged = NULL, **documents = mc_alloc(count, sizeof(json_t *));
  size_t read = 0;
  if (!documents)
    mc_fail(e, MC_NO_MEMORY, "out of memory");
  while (documents && read < count && (documents[read] = mc_report_read(files[read], e)) != NULL)
    read++;
  if (documents && read == count)
    merged = mc_run_merge("report", (const json_t *const *)documents, read, e);
  while (read > 0)
    json_decref(documents[--read]);
  mc_free(documents);
  return merged;
}

static mc_status compare(json_t *document, const char *baseline, mc_error *e) {
  char *file = (char *)baseline;
  json_t *earlier = read_all(&file, 1, e);
  mc_status status = earlier ? mc_report_compare(document, earlier, e) : MC_BAD_INPUT;
  json_decref(earlier);
  return status;
}

static mc_exit write_files(const arguments *a, const json_t *document) {
  const struct {
    const char *path;
    int (*write)(const char *command, const char *path, const json_t *document);
  } reports[] = {{a->html, mc_cli_write_html}, {a->junit, mc_cli_write_junit}, {a->sarif, mc_cli_write_sarif}};
  mc_exit worst = MC_EXIT_EXPECTED;
  for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++)
    if (reports[i].path)
      worst = mc_exit_worse(worst, (mc_exit)reports[i].write("report", reports[i].path, document));
  return worst;
}

int mc_cli_report(int argc, char **argv) {
  arguments a = {0};
  mc_error e = {0};
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  json_t *document = read_all(a.files, a.count, &e);
  if (!document || (a.baseline && compare(document, a.baseline, &e) != MC_OK)) {
    json_decref(document);
    return mc_cli_fail("report", &e);
  }
  mc_exit written = write_files(&a, document);
  int finished = mc_cli_finish("report", document, a.json, a.quiet);
  json_decref(document);
  return (int)mc_exit_worse(written, (mc_exit)finished);
}
