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

#ifdef __cplusplus
extern "C" {
#endif

/* Which values are rounded to the storage format. */
typedef enum {
  MC_ROUNDING_ALL,        /* A, bA, cA, (cA)A, their sum, aX, BX and their sum; and a, b, c.  PyTorch 1.13 on a CPU */
  MC_ROUNDING_OPERATIONS, /* the same, but a, b, c have the accumulator's format.  Frameworks that keep scalars wide */
  MC_ROUNDING_SUMS,       /* A, bA + cAA and aX + BX; a, b, c have the accumulator's format.  addmm */
  MC_ROUNDINGS
} mc_kernel_rounding;

/* "all", "operations", "sums". */
const char *mc_kernel_rounding_name(mc_kernel_rounding rounding);

typedef struct {
  mc_schedule schedule;
  mc_normalisation normalisation;
  mc_dtype storage;
  mc_kernel_rounding rounding;
} mc_kernel_model;

void mc_kernel_model_init(mc_kernel_model *model);
void mc_kernel_model_clear(mc_kernel_model *model);

/* What a published implementation computes, by name (presets.c names the sources).  MC_BAD_INPUT lists the names. */
mc_status mc_kernel_model_set_preset(mc_kernel_model *model, const char *name, mc_error *e);

/* The i-th preset's name, or NULL past the last. */
const char *mc_kernel_preset_name(size_t i);

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
 * rounding is another (for float64, whose products with t would be rounded themselves, t = 1).  Deterministic for a
 * given draw on one kind of CPU.  g is finite.
 *
 * MC_BAD_INPUT: a step has more than three coefficients, or a dimension exceeds INT_MAX.  x may hold NaN or
 * infinity, as a kernel's output may. */
mc_status mc_kernel_emulate(double *x, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                            mc_random *draw, mc_error *e);

/* ---- Kernels with a planted bug (mutants.c) ----
 *
 * Each bug is of a kind that really happened; they show what an audit, or somebody's tolerance, lets through. */
typedef struct {
  const char *name;   /* "one-step-fewer" */
  const char *source; /* repository and issue of such a bug, or "mutation": one that no report is known of */
} mc_kernel_mutant;

size_t mc_kernel_mutant_count(void);
const mc_kernel_mutant *mc_kernel_mutant_get(size_t i);

/* x := what the emulated kernel of the model makes of g with the i-th bug in it.  Arguments and failures as
 * mc_kernel_emulate. */
mc_status mc_kernel_mutant_run(double *x, size_t i, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                               mc_random *draw, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
