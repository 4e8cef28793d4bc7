/* The built-in kernels: the reference, OpenBLAS in three forms, and kernels that round as a model says. */
#include <cblas.h>
#include <string.h>

#include "../ref/f32/ref.h"
#include "../ref/ref.h"
#include "runner.h"

#define REAL float
#define NAMED(name) name##_float
#define REF(name) muonf_##name
#define REF_ENUM(name) MUONF_##name
#define BLAS(name) cblas_s##name
#include "builtin_steps.h"

#define REAL double
#define NAMED(name) name##_double
#define REF(name) muon_##name
#define REF_ENUM(name) MUON_##name
#define BLAS(name) cblas_d##name
#include "builtin_steps.h"

#define FLOATS (1u << MUONCERT_FLOAT32 | 1u << MUONCERT_FLOAT64)
#define ALL_FORMATS (FLOATS | 1u << MUONCERT_FLOAT16 | 1u << MUONCERT_BFLOAT16)

static int run_reference(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return call->problem.dtype == MUONCERT_FLOAT64 ? reference_double(call) : reference_float(call);
}

static int run_reference_step(const void *unused, const muoncert_step *call) {
  (void)unused;
  return call->problem.dtype == MUONCERT_FLOAT64 ? reference_step_double(call) : reference_step_float(call);
}

static int run_plain(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return call->problem.dtype == MUONCERT_FLOAT64 ? run_double(call, iterate_plain_double)
                                                 : run_float(call, iterate_plain_float);
}

static int run_symmetric(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return call->problem.dtype == MUONCERT_FLOAT64 ? run_double(call, iterate_symmetric_double)
                                                 : run_float(call, iterate_symmetric_float);
}

static int run_gram(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return call->problem.dtype == MUONCERT_FLOAT64 ? run_double(call, iterate_gram_double)
                                                 : run_float(call, iterate_gram_float);
}

static int run_emulated(const void *rounding, const muoncert_orthogonalise *call) {
  return mc_kernel_emulate_call(call, *(const mc_kernel_rounding *)rounding, mc_kernel_emulate_plainly, NULL);
}

static int run_emulated_step(const void *rounding, const muoncert_step *call) {
  return mc_kernel_emulate_step_call(call, *(const mc_kernel_rounding *)rounding);
}

static const mc_kernel_rounding roundings[] = {MC_ROUNDING_ALL, MC_ROUNDING_OPERATIONS, MC_ROUNDING_SUMS};

const mc_kernel_code mc_kernel_builtins[] = {
    {"reference", "src/ref, whose contracts are proved", FLOATS, MC_DTYPE_FLOAT32, NULL, run_reference,
     run_reference_step},
    {"openblas", "three matrix products a step", FLOATS, MC_DTYPE_FLOAT32, NULL, run_plain, NULL},
    {"openblas-symmetric", "symmetric products in one triangle", FLOATS, MC_DTYPE_FLOAT32, NULL, run_symmetric, NULL},
    {"gram", "iterates the Gram matrix, multiplies once", FLOATS, MC_DTYPE_FLOAT32, NULL, run_gram, NULL},
    {"emulated-all", "every operation and coefficient rounded", ALL_FORMATS, MC_DTYPE_BFLOAT16, &roundings[0],
     run_emulated, run_emulated_step},
    {"emulated-operations", "every operation rounded", ALL_FORMATS, MC_DTYPE_BFLOAT16, &roundings[1], run_emulated,
     run_emulated_step},
    {"emulated-sums", "sums of products rounded once", ALL_FORMATS, MC_DTYPE_BFLOAT16, &roundings[2], run_emulated,
     run_emulated_step},
};

const size_t mc_kernel_builtin_total = sizeof mc_kernel_builtins / sizeof mc_kernel_builtins[0];
