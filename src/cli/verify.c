/* muoncert verify: everything that is claimed, settled and reported. */
#include "cli.h"

#include <argp.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "../run/run.h"

typedef struct {
  mc_run_verify_options verify;
  const char *output;
  bool json, quiet;
} arguments;

enum {
  OPTION_SPEC = 256,
  OPTION_PROOFS,
  OPTION_THEOREMS,
  OPTION_OUTPUT,
  OPTION_ONLY,
  OPTION_SEED,
  OPTION_THREADS,
  OPTION_JSON
};

static const struct argp_option options[] = {
    {"spec", OPTION_SPEC, "DIR", 0,
     "folder with claims/*.claim and audits.claim (default: ./spec if it holds any, else the installed one)", 0},
    {"proofs", OPTION_PROOFS, "FILE", 0,
     "merge the record that a replay of the proofs of the reference left; it must then be there and be as expected", 0},
    {"theorems", OPTION_THEOREMS, "FILE", 0, "the same for the record of the machine-checked theorems", 0},
    {"output", OPTION_OUTPUT, "DIR", 0, "write report.json, junit.xml, report.html and report.sarif into this folder",
     0},
    {"only", OPTION_ONLY, "GLOB", 0, "claims, campaigns and audits whose names match", 0},
    {"seed", OPTION_SEED, "N", 0, "seed of the campaigns, decimal or 0x… (default 0)", 0},
    {"threads", OPTION_THREADS, "N", 0, "at most N threads (default: all processors)", 0},
    {"json", OPTION_JSON, NULL, 0, "print the report as JSON", 0},
    {"quiet", 'q', NULL, 0, "no progress; print nothing if everything is as expected", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state) {
  arguments *a = state->input;
  switch (key) {
  case OPTION_SPEC:
    a->verify.spec = text;
    return 0;
  case OPTION_PROOFS:
    a->verify.proofs = text;
    return 0;
  case OPTION_THEOREMS:
    a->verify.theorems = text;
    return 0;
  case OPTION_OUTPUT:
    a->output = text;
    return 0;
  case OPTION_ONLY:
    a->verify.run.only = text;
    return 0;
  case OPTION_SEED:
    a->verify.run.seed = mc_cli_number_of("seed", text, UINT64_MAX, state);
    return 0;
  case OPTION_THREADS:
    a->verify.run.threads = (unsigned)mc_cli_number_of("threads", text, 1024, state);
    return 0;
  case OPTION_JSON:
    a->json = true;
    return 0;
  case 'q':
    a->quiet = true;
    return 0;
  case ARGP_KEY_ARG:
    argp_error(state, "takes no argument, but got '%s'", text);
    return 0;
  default:
    return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp parser = {
    options,
    parse,
    "",
    "Settle all claims, campaigns and audits of a spec folder, merge the proof records, report.\v"
    "All parts run, even when one fails; an interrupted run reports what was done.\n"
    "Exit status: 0 everything as expected; 1 something violated, refuted, wrong or suspicious; 2 something undecided, "
    "not proved or not checked, or interrupted; 3 bad input; 4 a kernel crashed or hung; the first of 3, 4, 1, 2 that "
    "applies.",
    NULL,
    NULL,
    NULL};

static int write_reports(const char *folder, const json_t *document) {
  static const struct {
    const char *name;
    int (*write)(const char *command, const char *path, const json_t *document);
  } reports[] = {{"report.json", mc_cli_write_json},
                 {"junit.xml", mc_cli_write_junit},
                 {"report.html", mc_cli_write_html},
                 {"report.sarif", mc_cli_write_sarif}};
  mc_exit worst = MC_EXIT_EXPECTED;
  for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
    mc_text path;
    mc_text_init(&path);
    mc_text_printf(&path, "%s/%s", folder, reports[i].name);
    worst = mc_exit_worse(worst, (mc_exit)reports[i].write("verify", path.data, document));
    mc_text_clear(&path);
  }
  return (int)worst;
}

/* Before hours of work, not after them. */
static mc_exit make_folder(const char *path) {
  mc_error e = {0};
  if (mkdir(path, 0777) != 0 && errno != EEXIST) {
    mc_fail_at(&e, MC_IO, path, 0, 0, "cannot make this folder: %s", strerror(errno));
    return (mc_exit)mc_cli_fail("verify", &e);
  }
  mc_text report;
  mc_text_init(&report);
  mc_text_printf(&report, "%s/report.json", path);
  mc_exit x = mc_cli_require_writable("verify", report.data);
  mc_text_clear(&report);
  return x;
}

static int run(arguments *a) {
  mc_error e = {0};
  if (a->output && make_folder(a->output) != MC_EXIT_EXPECTED)
    return MC_EXIT_USAGE;
  a->verify.run.progress = mc_progress_new(stderr, a->quiet);
  json_t *document = mc_run_verify(&a->verify, &e);
  mc_progress_free(a->verify.run.progress);
  if (!document)
    return mc_cli_fail("verify", &e);
  int written = a->output ? write_reports(a->output, document) : MC_EXIT_EXPECTED;
  int finished = mc_cli_finish("verify", document, a->json, a->quiet);
  json_decref(document);
  return (int)mc_exit_worse((mc_exit)written, (mc_exit)finished);
}

int mc_cli_verify(int argc, char **argv) {
  arguments a = {0};
  argp_parse(&parser, argc, argv, 0, NULL, &a);
  return run(&a);
}
