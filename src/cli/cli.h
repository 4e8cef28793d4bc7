/* One function a command.  Each parses its own options with argp, calls src/run or a module, prints, and returns an exit status. */
#ifndef MUONCERT_CLI_H
#define MUONCERT_CLI_H

#include <jansson.h>

#include "../base/base.h"

#define MC_SCHEMA_VERSION 1

/* argv[0] is "muoncert COMMAND", so that argp's messages name the command. */
typedef int mc_command(int argc, char **argv);

mc_command mc_cli_verify, mc_cli_claims, mc_cli_prove, mc_cli_truth, mc_cli_audit, mc_cli_campaign, mc_cli_report;

/* One clear line on stderr: "muoncert COMMAND: file:line:column: text"; returns the exit status that the error deserves. */
int mc_cli_fail(const char *command, const mc_error *e);

/* One JSON document on stdout and nothing else; 3 if it could not be written. */
int mc_cli_print_json(const json_t *document);

#endif
