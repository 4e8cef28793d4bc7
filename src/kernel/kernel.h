/* muoncert: kernels under audit.  What a kernel claims to compute and how it rounds (its model), and kernels that
 * follow a model.
 *
 * A model is X_0 = G / divisor, then for each step (a, b, c) of the schedule, in the orientation with rows <=
 * columns, A = X X^T,   B = b A + c A A,   X := a X + B X, with stored values in one format and sums of products in
 * an accumulator: float32, or float64 where float64 is stored.  Which intermediate values are rounded to the storage
 * format is part of the model.  Definitions and bounds: docs/errors.md. */
#ifndef MUONCERT_KERNEL_H
#define MUONCERT_KERNEL_H

#include "../matfile/matfile.h"
#include "../schedule/schedule.h"
#include "muoncert_kernel.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which values are rounded to the storage format. */
typedef enum {
  MC_ROUNDING_ALL,        /* A, bA, cA, (cA)A, their sum, aX, BX and their sum; and a, b, c.  PyTorch 1.13 on a CPU */
  MC_ROUNDING_OPERATIONS, /* the same, but a, b, c have the accumulator's format.  Frameworks that keep scalars wide */
  MC_ROUNDING_SUMS,       /* A, bA + cAA and aX + BX; a, b, c have the accumulator's format.  addmm */
  MC_ROUNDING_GRAM,       /* the Gram form, see below */
  MC_ROUNDINGS
} mc_kernel_rounding;

/* The Gram form is another iteration: R = X_0 X_0^T, Q = I; then P = aI + bR + cRR^T (one triangle, mirrored), Q := PQ,
 * R := R(PP); at last X = Q X_0, each stored once.  It squares the condition number, errs far more than kernels that
 * iterate X, and is therefore no part of `any`. */

/* `any`: the rules of kernels that iterate X, as a sum of 1 << rule. */
#define MC_ROUNDINGS_OF_X ((1u << MC_ROUNDING_GRAM) - 1)

/* "all", "operations", "sums", "gram". */
const char *mc_kernel_rounding_name(mc_kernel_rounding rounding);

typedef struct {
  mc_schedule schedule;
  mc_normalisation normalisation;
  mc_dtype storage;
  mc_kernel_rounding rounding;
  bool tf32;     /* factors of products are rounded to TF32 first: 11 significant bits, float32's exponents */
  bool truncate; /* sums of products are truncated after each operation, not rounded, as in tensor cores */
  bool flush;    /* subnormal factors of products, and subnormal sums, are zero, as in AVX-512 BF16 */
} mc_kernel_model;

void mc_kernel_model_init(mc_kernel_model *model);
void mc_kernel_model_clear(mc_kernel_model *model);

/* What a published implementation computes, by name (presets.c names the sources).  MC_BAD_INPUT lists the names. */
mc_status mc_kernel_model_set_preset(mc_kernel_model *model, const char *name, mc_error *e);

/* The i-th preset: its name, the published table that it starts from, and where it comes from; NULL past the last. */
const char *mc_kernel_preset_name(size_t i);
const char *mc_kernel_preset_schedule(size_t i);
const char *mc_kernel_preset_source(size_t i);

/* "bf16", "fp16", "f32", "f64" and NumPy's names.  MC_BAD_INPUT otherwise. */
mc_status mc_kernel_dtype_parse(mc_dtype *dtype, const char *name, mc_error *e);

/* Significant bits p of a format (unit roundoff 2^-p) and the exponent of its smallest subnormal. */
int mc_kernel_precision(mc_dtype format);
int mc_kernel_smallest_exponent(mc_dtype format);

/* The format in which products are summed. */
mc_dtype mc_kernel_accumulator(mc_dtype storage);

/* x := what a kernel of this model makes of the m by n matrix g (both row-major).
 *
 * draw NULL: sums run in the order of the BLAS.  Otherwise sums run in a random order, and the kernel is fed t g
 * with a random t in [2^(-1/2), 2^(1/2)) and the eps of its divisor times t: the exact image is that of g, every
 * rounding is another (t = 1 for float64, whose products with t would be rounded themselves, and without normalisation,
 * where the image of t g is another).  Deterministic for a given draw on one kind of CPU.  g is finite.
 *
 * MC_BAD_INPUT: a step has more than three coefficients, or a dimension exceeds INT_MAX.  x may hold NaN or
 * infinity, as a kernel's output may. */
mc_status mc_kernel_emulate(double *x, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                            mc_random *draw, mc_error *e);

/* ---- What an emulated kernel did, and what another order of summation would do to it ----
 *
 * Of all orders, one term after another has the largest rounding errors in the mean: an operation's mean square error is
 * proportional to that of its result, and the results of a tree of sums are longest together if it is a chain. */
#define MC_KERNEL_CHAIN 256    /* the BLAS sums so many terms in one chain, or nearly; shorter sums are not looked at */
#define MC_KERNEL_PRODUCTS 192 /* further ones are not looked at */

typedef struct {
  size_t length;  /* of chains; what they come to is summed one after another too.  0: no sum is looked at */
  mc_random draw; /* which entries are looked at */
  size_t products;
  double blas[MC_KERNEL_PRODUCTS], chains[MC_KERNEL_PRODUCTS]; /* about the squared Frobenius norms of their errors */
  double scale, divisor; /* the input was multiplied by the one, and that divided by the other */
} mc_kernel_probe;

/* As mc_kernel_emulate.  Each product adds to the probe (NULL: none): three a step, but for the Gram form. */
mc_status mc_kernel_emulate_probed(double *x, mc_kernel_probe *probe, const mc_kernel_model *model, const double *g,
                                   size_t m, size_t n, mc_random *draw, mc_error *e);

/* What `draws` emulated kernels divide scales[k] g by; g has count entries. */
mc_status mc_kernel_emulate_divisors(double *divisors, double *scales, unsigned draws, const mc_kernel_model *model,
                                     const double *g, size_t count, uint64_t seed, mc_error *e);

/* ---- Kernels that are run: built-in ones and plug-ins (run.c, builtin.c, plugin.c) ----
 *
 * Both speak the ABI of muoncert_kernel.h.  Arrays are handed over in the model's storage format, between canaries;
 * outputs hold NaN before the call, and inputs are compared with what they were. */
typedef struct mc_kernel mc_kernel;

/* Code that is called in this process. */
typedef struct {
  const char *name, *summary;
  unsigned dtypes;     /* as in muoncert_kernel */
  mc_dtype usual;      /* what it is run in when nothing is said */
  const void *context; /* handed to the functions */
  int (*orthogonalise)(const void *context, const muoncert_orthogonalise *call);
  int (*step)(const void *context, const muoncert_step *call); /* may be NULL */
  unsigned roundings;         /* rules that it follows, as a sum of 1 << rule; 0: one of those that iterate X */
  bool flush;                 /* as in mc_kernel_model */
  bool (*is_available)(void); /* on this processor; NULL: on any */
} mc_kernel_code;

/* The i-th built-in kernel, or NULL past the last. */
const mc_kernel_code *mc_kernel_builtin(size_t i);

/* What a plug-in may use. */
typedef struct {
  double seconds;     /* for one call, or for loading */
  uint64_t bytes;     /* of memory for data */
  const char *helper; /* the program that loads it; NULL: found beside this one, or where it was installed */
} mc_kernel_limits;

/* 10 seconds, 4 GiB. */
mc_kernel_limits mc_kernel_default_limits(void);

/* The built-in kernel of a name, or the plug-in at a path (with a '/', or ending in ".so").  MC_BAD_INPUT: there is
 * none, this processor cannot run it, or it is no plug-in of this ABI.  MC_CRASHED: loading it crashed or hung. */
mc_status mc_kernel_open(mc_kernel **kernel, const char *name, const mc_kernel_limits *limits, mc_error *e);

/* code lives longer than the kernel. */
mc_status mc_kernel_open_code(mc_kernel **kernel, const mc_kernel_code *code, mc_error *e);
void mc_kernel_close(mc_kernel *kernel);

const char *mc_kernel_name(const mc_kernel *kernel);
bool mc_kernel_takes(const mc_kernel *kernel, mc_dtype dtype);
mc_dtype mc_kernel_usual_dtype(const mc_kernel *kernel);
unsigned mc_kernel_roundings(const mc_kernel *kernel); /* as in mc_kernel_code; 0 for plug-ins */
bool mc_kernel_flushes(const mc_kernel *kernel);
bool mc_kernel_has_orthogonalise(const mc_kernel *kernel);
bool mc_kernel_has_step(const mc_kernel *kernel);

/* The rest of one step of the optimizer: see muoncert_step.  All matrices m by n, count of them. */
typedef struct {
  const double *weights, *buffer;
  double *weights_after, *buffer_after;
  double learning_rate, momentum, weight_decay;
  bool sum, nesterov; /* a new gradient weighs 1 (else 1 - momentum) */
  uint32_t scaling;   /* MUONCERT_SCALE_… */
} mc_kernel_step;

typedef struct {
  const mc_kernel_model *model; /* format, schedule, normalisation */
  size_t count, m, n;           /* each at least 1 */
  size_t padding;               /* elements between rows, and between matrices */
  const double *g;              /* count by m by n; rounded to the format */
  double *x;                    /* the same size; not used for a step */
  const mc_kernel_step *step;   /* NULL: orthogonalise g */
} mc_kernel_call;

/* What a call did beside its result. */
typedef struct {
  bool input_changed;
  size_t unwritten; /* entries of outputs */
  size_t strayed;   /* elements written between rows and matrices */
} mc_kernel_conduct;

/* The factor s(m, n) of muoncert_step, rounded to double. */
double mc_kernel_update_scale(uint32_t scaling, size_t m, size_t n);

/* Run it.  MC_BAD_INPUT: the kernel has no such function, does not take the format, or returned something but 0.
 * MC_CRASHED: it crashed, hung, ended its process, wrote outside its arrays or left processes behind; a plug-in is then
 * loaded anew by the next call.  MC_NO_MEMORY, MC_IO: the call could not be made. */
mc_status mc_kernel_run(mc_kernel_conduct *conduct, mc_kernel *kernel, const mc_kernel_call *call, mc_error *e);

/* ---- Kernels with a planted bug (mutants.c) ----
 *
 * Each bug is of a kind that really happened; they show what an audit, or somebody's tolerance, lets through. */
typedef struct {
  const char *name;   /* "one-step-fewer" */
  const char *source; /* repository and issue of such a bug, or "mutation": one that no report is known of */
} mc_kernel_mutant;

size_t mc_kernel_mutant_count(void);
const mc_kernel_mutant *mc_kernel_mutant_get(size_t i);

/* The emulated kernel with the i-th bug, to be run like any other. */
mc_status mc_kernel_open_mutant(mc_kernel **kernel, size_t i, mc_kernel_rounding rounding, mc_error *e);

/* x := what the emulated kernel of the model makes of g with the i-th bug in it.  Arguments and failures as
 * mc_kernel_emulate. */
mc_status mc_kernel_mutant_run(double *x, size_t i, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                               mc_random *draw, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
