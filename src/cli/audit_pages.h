/* Pages of `muoncert audit`; private to this module. */
#ifndef MUONCERT_CLI_AUDIT_PAGES_H
#define MUONCERT_CLI_AUDIT_PAGES_H

#include <jansson.h>

#include "../base/base.h"

/* The built-in kernels, and the presets. */
void mc_cli_audit_print_list(mc_text *out);

/* The document of mc_run_mutants: our verdicts, then a column for each rule of others. */
void mc_cli_audit_print_kill_table(mc_text *out, const json_t *document);

#endif
