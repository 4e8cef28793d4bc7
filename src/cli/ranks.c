#include "ranks.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The number of processes that Open MPI's launcher, or one that speaks PMI (MPICH, Slurm), tells; 0: not launched. */
static long launched_processes(void) {
  const char *open_mpi = getenv("OMPI_COMM_WORLD_SIZE"), *pmi = getenv("PMI_SIZE");
  return open_mpi ? strtol(open_mpi, NULL, 10) : pmi ? strtol(pmi, NULL, 10) : 0;
}

#ifdef MUONCERT_MPI

#include <mpi.h>

mc_status mc_ranks_begin(mc_ranks *ranks, mc_error *e) {
  int rank = 0, count = 1;
  *ranks = (mc_ranks){0, 1};
  if (launched_processes() == 0)
    return MC_OK;
  /* Threads of this program never call MPI. */
  if (MPI_Init(NULL, NULL) != MPI_SUCCESS || MPI_Comm_rank(MPI_COMM_WORLD, &rank) != MPI_SUCCESS ||
      MPI_Comm_size(MPI_COMM_WORLD, &count) != MPI_SUCCESS)
    return mc_fail(e, MC_BAD_INPUT, "MPI cannot be started");
  *ranks = (mc_ranks){(unsigned)rank, (unsigned)count};
  return MC_OK;
}

/* A text from a rank. */
static json_t *receive(int rank) {
  MPI_Status status;
  int length = 0;
  MPI_Probe(rank, 0, MPI_COMM_WORLD, &status);
  MPI_Get_count(&status, MPI_CHAR, &length);
  char *text = mc_alloc((size_t)length + 1, 1);
  if (text)
    MPI_Recv(text, length, MPI_CHAR, rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  json_t *document = text ? json_loadb(text, (size_t)length, 0, NULL) : NULL;
  mc_free(text);
  return document;
}

/* What a rank without a document sends. */
static const char failure[] = "failure";

static mc_status receive_all(json_t **documents, const mc_ranks *ranks, const json_t *own, mc_error *e) {
  mc_status status = own ? MC_OK : MC_BAD_INPUT;
  documents[0] = json_deep_copy(own);
  for (unsigned rank = 1; rank < ranks->count; rank++) {
    documents[rank] = receive((int)rank);
    const char *why = json_string_value(json_object_get(documents[rank], failure));
    if (status == MC_OK && (why || !documents[rank]))
      status = mc_fail(e, MC_BAD_INPUT, "rank %u: %s", rank, why ? why : "no memory for its record");
  }
  for (unsigned rank = 0; status != MC_OK && rank < ranks->count; rank++)
    json_decref(documents[rank]);
  return status;
}

static mc_status send_to_first(const json_t *document, const mc_error *why) {
  json_t *sent = document ? json_incref((json_t *)document) : json_pack("{s:s}", failure, why->text);
  char *text = json_dumps(sent, JSON_COMPACT | JSON_REAL_PRECISION(17));
  size_t length = text ? strlen(text) : 0;
  bool fits = length <= INT_MAX;
  MPI_Send(fits && text ? text : "", fits ? (int)length : 0, MPI_CHAR, 0, 0, MPI_COMM_WORLD);
  mc_free(text);
  json_decref(sent);
  return MC_OK;
}

mc_status mc_ranks_gather(json_t **documents, const mc_ranks *ranks, const json_t *document, mc_error *e) {
  if (ranks->count == 1) {
    documents[0] = json_incref((json_t *)document);
    return document ? MC_OK : e->status;
  }
  return ranks->rank == 0 ? receive_all(documents, ranks, document, e) : send_to_first(document, e);
}

void mc_ranks_end(const mc_ranks *ranks) {
  int begun = 0;
  (void)ranks;
  if (MPI_Initialized(&begun) == MPI_SUCCESS && begun)
    MPI_Finalize();
}

#else

mc_status mc_ranks_begin(mc_ranks *ranks, mc_error *e) {
  *ranks = (mc_ranks){0, 1};
  return launched_processes() > 1 ? mc_fail(e, MC_BAD_INPUT,
                                            "this program was built without MPI: every process of mpirun would "
                                            "run all trials; --shard I/N works without it")
                                  : MC_OK;
}

mc_status mc_ranks_gather(json_t **documents, const mc_ranks *ranks, const json_t *document, mc_error *e) {
  (void)ranks;
  documents[0] = json_incref((json_t *)document);
  return document ? MC_OK : e->status;
}

void mc_ranks_end(const mc_ranks *ranks) {
  (void)ranks;
}

#endif
