/* One function a command.  Each parses its own options with argp, calls src/run or a module, prints, and returns an
 * exit status. */
#ifndef MUONCERT_CLI_H
#define MUONCERT_CLI_H

#include <jansson.h>

#include "../base/base.h"

/* argv[0] is "muoncert COMMAND", so that argp's messages name the command. */
typedef int mc_command(int argc, char **argv);

mc_command mc_cli_verify, mc_cli_claims, mc_cli_prove, mc_cli_check, mc_cli_truth, mc_cli_audit, mc_cli_tol,
    mc_cli_campaign, mc_cli_simulate, mc_cli_gen, mc_cli_report, mc_cli_schedule;

/* How documents are written: certified numbers are strings, so that the few reals (seconds) need no more digits than
 * these. */
#define MC_CLI_JSON_FLAGS (JSON_INDENT(2) | JSON_REAL_PRECISION(9))

/* One clear line on stderr: "muoncert COMMAND: file:line:column: text"; returns the exit status that the error
 * deserves. */
int mc_cli_fail(const char *command, const mc_error *e);

/* One JSON document on stdout and nothing else; 3 if it could not be written. */
int mc_cli_print_json(const json_t *document);

/* Bytes of the answer on stdout; 3 if they could not be written. */
int mc_cli_print_text(const char *bytes, size_t length);

/* A decimal or 0x-hexadecimal number that fills the whole text.  False: it is not one, or does not fit. */
bool mc_cli_read_u64(uint64_t *out, const char *text);

struct argp_state;

/* The number that an option's argument is; anything else, or more than `most`, ends the program with argp's usage
 * message. */
uint64_t mc_cli_number_of(const char *option, const char *text, uint64_t most, struct argp_state *state);

/* The seconds that --time's argument says, more than 0; anything else ends the program with argp's usage message. */
double mc_cli_seconds_of(const char *text, struct argp_state *state);

/* The rows and columns that an option's argument "MxN" says; anything else ends the program with argp's usage
 * message. */
void mc_cli_shape_of(const char *option, const char *text, size_t *rows, size_t *columns, struct argp_state *state);

/* May `stream` be coloured: it is a terminal that is not "dumb", and NO_COLOR is unset or empty. */
bool mc_cli_may_colour(FILE *stream);

/* Columns of the terminal behind `stream`; UINT_MAX where there is none, so that nothing is cut. */
unsigned mc_cli_width(FILE *stream);

/* Can the locale show UTF-8? */
bool mc_cli_may_use_utf8(void);

/* The end of every command that settles something: prints the document as JSON, or as the page of src/report in what
 * the terminal can show, and returns its exit status.  quiet: no page if everything is as expected. */
int mc_cli_finish(const char *command, const json_t *document, bool as_json, bool quiet);

/* The same for a single question: one line in place of the page. */
int mc_cli_finish_answer(const char *command, const json_t *document, bool as_json, bool quiet);

/* MC_EXIT_EXPECTED if a result can be written to this path, or it is NULL; else says so on stderr, before hours of work
 * and not after them. */
mc_exit mc_cli_require_writable(const char *command, const char *path);

/* Write a document as JSON, JUnit XML, HTML or SARIF; say on stderr what went wrong, and return the exit status for
 * it. */
int mc_cli_write_json(const char *command, const char *path, const json_t *document);
int mc_cli_write_junit(const char *command, const char *path, const json_t *document);
int mc_cli_write_html(const char *command, const char *path, const json_t *document);
int mc_cli_write_sarif(const char *command, const char *path, const json_t *document);

/* What SIGINT and SIGTERM do from now on.  ask, called by main: the first asks for an orderly end, so that what was done
 * is reported, and the second has its default action.  end: the first ends the program with one line and
 * MC_EXIT_UNDECIDED, also out of a library's long call; for where nothing would be lost. */
void mc_cli_ask_when_interrupted(void);
void mc_cli_end_when_interrupted(const char *command);

/* Called once by main: from then on a stdout that cannot be written ends the program with one line and status 3. */
void mc_cli_guard_stdout(void);

#endif
