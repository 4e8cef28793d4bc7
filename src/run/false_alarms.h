/* The record of runs of correct kernels; private to this module. */
#ifndef MUONCERT_RUN_FALSE_ALARMS_H
#define MUONCERT_RUN_FALSE_ALARMS_H

#include <jansson.h>

/* {"runs", "conforms", "suspicious", "wrong", "undecided", "sources", "stale"}: what tests/audit/t_false_alarm found,
 * when this program was built.  sources: SHA-256 of the sources that it ran; stale: this program's are others. */
json_t *mc_run_false_alarms_json(void);

#endif
