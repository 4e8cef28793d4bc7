/* The program: finds the command, prepares the process, calls it. */
#include "cli.h"

#include <argp.h>
#include <cblas.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../run/run.h"

typedef struct {
  const char *name, *summary;
  mc_command *run;
} command;

/* In the order in which a newcomer meets them. */
static const command commands[] = {
    {"verify", "all claims, campaigns, audits and proof records; the report", mc_cli_verify},
    {"claims", "prove, refute or derive the claims of spec files", mc_cli_claims},
    {"prove", "one claim from the command line", mc_cli_prove},
    {"check", "repeat proofs from their certificates", mc_cli_check},
    {"schedule", "what a published coefficient schedule provably does", mc_cli_schedule},
    {"truth", "certified polar factor, singular values, Newton-Schulz image of a matrix", mc_cli_truth},
    {"audit", "the output of a kernel against the exact image of its input", mc_cli_audit},
    {"tol", "the tolerance that a kernel, format and input deserve", mc_cli_tol},
    {"campaign", "theorems and laws on random spectra", mc_cli_campaign},
    {"simulate", "trajectories of Muon and its rivals, and the figures of the papers; approx", mc_cli_simulate},
    {"gen", "matrices with prescribed spectra, inputs for the laws", mc_cli_gen},
    {"report", "the records of other commands as terminal page, HTML, JUnit, SARIF", mc_cli_report},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *out) {
  fputs("Usage: muoncert COMMAND [OPTION...] [ARGUMENT...]\n"
        "Certified numerics for the Muon optimizer: each answer is a proof, a counterexample, or \"undecided\".\n\n",
        out);
  for (size_t i = 0; i < COMMANDS; i++)
    fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
  fputs("\n`muoncert COMMAND --help' tells the options of a command.\n"
        "Exit status: 0 as expected; 1 violated, refuted, wrong or suspicious; 2 undecided, not certified or\n"
        "interrupted; 3 usage or bad input; 4 a kernel crashed or hung.\n",
        out);
}

/* Levenshtein distance, for names of at most 31 bytes; larger names are far from all. */
static size_t edit_distance(const char *a, const char *b) {
  size_t row[32], m = strlen(a), n = strlen(b);
  if (m > 31 || n > 31)
    return SIZE_MAX;
  for (size_t j = 0; j <= n; j++)
    row[j] = j;
  for (size_t i = 1; i <= m; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= n; j++) {
      size_t substitute = diagonal + (a[i - 1] != b[j - 1]);
      size_t gap = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
      diagonal = row[j];
      row[j] = substitute < gap ? substitute : gap;
    }
  }
  return row[n];
}

static int fail_unknown(const char *name) {
  const command *nearest = NULL;
  size_t least = 3; /* further away is no slip of the finger */
  for (size_t i = 0; i < COMMANDS; i++) {
    size_t d = edit_distance(name, commands[i].name);
    if (d < least) {
      least = d;
      nearest = &commands[i];
    }
  }
  if (nearest)
    fprintf(stderr, "muoncert: no command '%s'; did you mean '%s'?\n", name, nearest->name);
  else
    fprintf(stderr, "muoncert: no command '%s'; `muoncert --help' lists them\n", name);
  return MC_EXIT_USAGE;
}

static int run_command(const command *c, int argc, char **argv) {
  char name[64];
  snprintf(name, sizeof name, "muoncert %s", c->name);
  argv[0] = name;
  return c->run(argc, argv);
}

int main(int argc, char **argv) {
  mc_cli_guard_stdout();
  setlocale(LC_CTYPE, ""); /* numbers stay in the C locale: a report reads the same everywhere */
  mc_cli_ask_when_interrupted();
  signal(SIGPIPE, SIG_IGN);           /* a closed pipe is a failed write like any other */
  mallopt(M_MMAP_THRESHOLD, 1 << 25); /* matrices come and go: their pages stay with the process */
  mallopt(M_TRIM_THRESHOLD, 1 << 28);
  openblas_set_num_threads(1); /* work is spread over trials and audits, not within a product */
  argp_err_exit_status = MC_EXIT_USAGE;
  static char version[64];
  snprintf(version, sizeof version, "muoncert %s", mc_run_version());
  argp_program_version = version;

  if (argc < 2) {
    print_help(stderr);
    return MC_EXIT_USAGE;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0) {
    print_help(stdout);
    return MC_EXIT_EXPECTED;
  }
  if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
    puts(version);
    return MC_EXIT_EXPECTED;
  }
  for (size_t i = 0; i < COMMANDS; i++)
    if (strcmp(argv[1], commands[i].name) == 0)
      return run_command(&commands[i], argc - 1, argv + 1);
  return fail_unknown(argv[1]);
}
