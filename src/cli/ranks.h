/* The processes of one command under mpirun.  Without MPI, or outside mpirun, there is one: rank 0. */
#ifndef MUONCERT_CLI_RANKS_H
#define MUONCERT_CLI_RANKS_H

#include <jansson.h>

#include "../base/base.h"

typedef struct {
  unsigned rank, count;
} mc_ranks;

/* Start.  MC_BAD_INPUT: under mpirun, but this program was built without MPI. */
mc_status mc_ranks_begin(mc_ranks *ranks, mc_error *e);

/* The documents of all ranks, in their order, on rank 0: room for ranks->count new references.  document NULL: this
 * rank has none, for the reason in *e; rank 0 then fails with its own reason, or with that of the first such rank. */
mc_status mc_ranks_gather(json_t **documents, const mc_ranks *ranks, const json_t *document, mc_error *e);

/* End, on every rank. */
void mc_ranks_end(const mc_ranks *ranks);

#endif
