/* muoncert: kernels with a planted bug, each of a kind that really happened.  They show what an audit, or somebody's tolerance, lets
 * through. */
#ifndef MUONCERT_KERNEL_MUTANTS_H
#define MUONCERT_KERNEL_MUTANTS_H

#include "kernel.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const char *name;   /* "one-step-fewer" */
  const char *source; /* where such a bug was seen or proposed: an issue of field.md C, or a mutant of field.md B3 */
} mc_kernel_mutant;

size_t mc_kernel_mutant_count(void);
const mc_kernel_mutant *mc_kernel_mutant_get(size_t i);

/* x := what the emulated kernel of the model makes of g with the i-th bug in it.  Arguments and failures as mc_kernel_emulate. */
mc_status mc_kernel_mutant_run(double *x, size_t i, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                               mc_random *draw, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
