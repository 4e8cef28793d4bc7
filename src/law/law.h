/* muoncert: laws, named things that every correct kernel does, whatever it computes.
 *
 * A suite of small inputs is made for a model; a kernel is run on them, or somebody runs theirs and stores what came
 * out; each law then relates some of the outputs.  Where a law follows from rounding to nearest alone it is held to
 * the last bit; else two outputs may differ by what correct kernels err on their inputs, the statistical limits of
 * src/audit (docs/laws.md). */
#ifndef MUONCERT_LAW_H
#define MUONCERT_LAW_H

#include "../audit/audit.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Inputs (inputs.c) ---- */

typedef struct {
  const char *name;   /* "base" */
  const char *states; /* "-G", for people */
  bool finite;
  bool audited;       /* its output is also held against the image: well away from every special case */
  size_t count, m, n; /* count > 1: a batch */
  size_t padding;     /* between rows, when a kernel is run */
  const double *g;    /* count by m by n, representable in the model's format */
  bool is_step;       /* then g is the gradient, and: */
  const double *weights, *buffer;
  double learning_rate, momentum, weight_decay;
  bool nesterov;
} mc_law_input;

/* How steps are meant: see muoncert_step. */
typedef struct {
  bool sum;         /* a new gradient weighs 1 in the buffer, not 1 - momentum */
  uint32_t scaling; /* MUONCERT_SCALE_… */
} mc_law_conventions;

typedef struct mc_law_suite mc_law_suite;

/* Inputs for kernels of the model.  The model, which is shared, outlives the suite.  Inputs do not depend on anything
 * but the model and the seed of the options. */
mc_status mc_law_suite_new(mc_law_suite **suite, const mc_kernel_model *model, const mc_law_conventions *conventions,
                           const mc_audit_options *options, mc_error *e);
void mc_law_suite_free(mc_law_suite *suite);
size_t mc_law_suite_count(const mc_law_suite *suite);
const mc_law_input *mc_law_suite_input(const mc_law_suite *suite, size_t i);

/* The truth about an input, or about the direction of a step, that is finite, not zero and no batch: made when it is
 * first asked for, and kept.  NULL: *e says why. */
const mc_audit_reference *mc_law_suite_reference(mc_law_suite *suite, size_t i, mc_error *e);

/* ---- Outputs (outputs.c) ---- */

/* What a kernel made of one input. */
typedef struct {
  bool present; /* there is an output */
  bool refused; /* the kernel said no */
  double *x;    /* the input's size; NULL for steps: */
  double *weights_after, *buffer_after;
  double *g_after; /* the input after the call, where outputs come from files that say so; NULL: nobody looked */
  bool watched;    /* the kernel was run here, and: */
  mc_kernel_conduct conduct;
} mc_law_output;

/* As many as the suite has inputs, all absent.  NULL: out of memory. */
mc_law_output *mc_law_outputs_new(const mc_law_suite *suite);
void mc_law_outputs_free(mc_law_output *outputs, const mc_law_suite *suite);

/* Room for the output of input i (present is set). */
mc_status mc_law_output_make(mc_law_output *o, const mc_law_input *input, mc_error *e);

/* Run a kernel on all inputs that it takes.  A refusal is an output like any other; MC_CRASHED and the rest are
 * failures. */
mc_status mc_law_run(mc_law_output *outputs, const mc_law_suite *suite, mc_kernel *kernel, mc_error *e);

/* ---- Laws (laws.c) ---- */

typedef struct {
  const char *name;   /* "odd" */
  const char *states; /* "X(-G) = -X(G)" */
  const char *cite;   /* the report of a kernel that broke it */
  bool of_step;
} mc_law;

/* The i-th law, or NULL past the last. */
const mc_law *mc_law_get(size_t i);

typedef enum { MC_LAW_HOLDS, MC_LAW_VIOLATED, MC_LAW_UNDECIDED, MC_LAW_ABSENT } mc_law_verdict;

/* "holds", "violated", "undecided". */
const char *mc_law_verdict_name(mc_law_verdict verdict);

typedef struct {
  mc_law_verdict verdict; /* absent: its outputs are not there */
  char reason[256];       /* why it is not "holds", or what "holds" means here */
} mc_law_finding;

/* Judge the i-th law.  A status says that nothing could be computed. */
mc_status mc_law_judge(mc_law_finding *f, size_t i, mc_law_suite *suite, const mc_law_output *outputs, mc_error *e);

/* ---- Kernels that break a law (mutants.c) ---- */

typedef struct {
  const char *name, *source;
  const char *law; /* that it must be seen to break */
  mc_kernel_code code;
} mc_law_mutant;

/* The i-th, or NULL past the last.  All of them round as `emulated-operations` does, in any format. */
const mc_law_mutant *mc_law_mutant_get(size_t i);

#ifdef __cplusplus
}
#endif
#endif
