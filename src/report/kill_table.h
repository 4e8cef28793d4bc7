/* Which test notices which planted bug.  Private to src/report. */
#ifndef MUONCERT_REPORT_KILL_TABLE_H
#define MUONCERT_REPORT_KILL_TABLE_H

#include <jansson.h>

#include "../base/base.h"

/* The tests of others, and a table of all bugs against them and our verdict; nothing where the document has none. */
void mc_report_put_kill_table(mc_text *out, const json_t *document);

#endif
