/* What a spec folder holds. */
#ifndef MUONCERT_RUN_SPEC_H
#define MUONCERT_RUN_SPEC_H

#include "run.h"

typedef struct {
  char **paths;
  size_t count;
} mc_run_paths;

typedef struct {
  mc_run_paths claims; /* claims/ *.claim, in the order of their bytes whatever the locale, and schedules.claim */
  mc_run_paths audits; /* audits.claim */
} mc_run_spec;

/* The files of *folder, or, where that is NULL, of ./spec if it holds any, else of the installed spec folder; *folder
 * then names the one found.  MC_BAD_INPUT: there is none.  Clear with mc_run_spec_clear. */
mc_status mc_run_spec_find(mc_run_spec *spec, const char **folder, mc_error *e);
void mc_run_spec_clear(mc_run_spec *spec);

#endif
