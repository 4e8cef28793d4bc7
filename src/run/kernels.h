/* A suite of laws, and what a kernel made of it, as records; private to this module. */
#ifndef MUONCERT_RUN_KERNELS_H
#define MUONCERT_RUN_KERNELS_H

#include "../law/law.h"
#include "audits.h"

typedef struct {
  const mc_run_audit_request *request;
  mc_kernel_model model;
  mc_audit_options options;
  mc_law_suite *suite;
  mc_law_output *outputs;
} mc_run_bench;

/* The model, the conventions and the suite that a request describes.  What it leaves open is as the kernel has
 * it (NULL: bf16, any rule).  Clear it whatever comes. */
mc_status mc_run_bench_open(mc_run_bench *b, const mc_run_audit_request *request, const mc_kernel *kernel,
                            const mc_run_options *options, mc_error *e);
void mc_run_bench_close(mc_run_bench *b);

/* Entries of audits[] for the outputs that are there and are held against the image, and of laws[] for the laws whose
 * outputs are there; `name` is the kernel's. */
mc_status mc_run_bench_judge(json_t *audits, json_t *laws, mc_run_bench *b, const char *name, mc_error *e);

/* One more entry of audits[]: the output x for the m by n input g. */
void mc_run_bench_audit(json_t *audits, const mc_run_bench *b, const char *name, const char *input, const double *g,
                        const double *x, size_t m, size_t n);

/* What `muoncert audit` prints of them; status: MC_INTERRUPTED where not all was done. */
json_t *mc_run_bench_document(json_t *audits, json_t *laws, mc_status status, double seconds);

/* An entry without judgement: id kernel input preset dtype shape. */
json_t *mc_run_bench_entry(const mc_run_bench *b, const char *name, const char *input, size_t m, size_t n);

#endif
