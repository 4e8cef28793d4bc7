/* The matrices on which kernels are run that are held against the image; private to this module. */
#ifndef MUONCERT_RUN_STAGES_H
#define MUONCERT_RUN_STAGES_H

#include "audits.h"

/* Square, tall and wide; small as gradients are, and so small that float16 would lose them. */
typedef struct {
  const char *name, *family;
  size_t m, n;
  int exponent; /* entries are multiplied by 2^exponent */
} mc_run_stage;

enum { MC_RUN_STAGES = 3 };
extern const mc_run_stage mc_run_stages[MC_RUN_STAGES];

/* The i-th matrix, in float32, row-major; free with mc_free.  NULL: *e says why. */
double *mc_run_stage_matrix(size_t i, uint64_t seed, mc_error *e);

#endif
