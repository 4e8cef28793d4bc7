/* The map of an audit's error.  Private to src/report. */
#ifndef MUONCERT_REPORT_HEAT_MAP_H
#define MUONCERT_REPORT_HEAT_MAP_H

#include <jansson.h>

#include "../base/base.h"

/* An SVG of the entry's heat, and a line that says how to read it, if there is one to draw. */
void mc_report_put_heat_map(mc_text *out, const json_t *entry);

#endif
