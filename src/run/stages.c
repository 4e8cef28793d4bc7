/* The matrices on which kernels are run. */
#include "stages.h"

#include <math.h>

#include "../matgen/matgen.h"

const mc_run_stage mc_run_stages[MC_RUN_STAGES] = {
    {"256 by 256, uniform, 2^-10", "uniform", 256, 256, -10},
    {"160 by 64, uniform, 2^-10", "uniform", 160, 64, -10},
    {"48 by 96, log_uniform(1e-3), 2^-22", "log_uniform(1e-3)", 48, 96, -22},
};

double *mc_run_stage_matrix(size_t i, uint64_t seed, mc_error *e) {
  const mc_run_stage *s = &mc_run_stages[i];
  double *g = mc_alloc(s->m * s->n, sizeof *g);
  mc_matgen_family family;
  mc_random r;
  mc_random_init(&r, seed, mc_random_stream_of("mutants"), (uint32_t)i);
  mc_status status = g ? mc_matgen_family_parse(&family, s->family, e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (status == MC_OK)
    status = mc_matgen_matrix(g, s->m, s->n, &family, &r, e);
  for (size_t k = 0; k < s->m * s->n && status == MC_OK; k++)
    g[k] = ldexp((double)(float)g[k], s->exponent);
  if (status == MC_OK)
    return g;
  mc_free(g);
  return NULL;
}
