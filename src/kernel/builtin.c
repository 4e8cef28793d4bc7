/* The built-in kernels: the reference, OpenBLAS in three forms, and kernels that round as a model says. */
#include <cblas.h>
#include <string.h>

#include "../ref/f32/ref.h"
#include "../ref/ref.h"
#include "bfloat16.h"
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

#define MATRICES(code, what, formats, first, run)                                                                      \
  .name = code, .summary = what, .dtypes = formats, .usual = first, .orthogonalise = run
#define EMULATED(code, what, rule)                                                                                     \
  MATRICES(code, what, ALL_FORMATS, MC_DTYPE_BFLOAT16, run_emulated), .step = run_emulated_step, .context = rule
#define BFLOAT16(code, what, run)                                                                                      \
  MATRICES(code, what, 1u << MUONCERT_BFLOAT16, MC_DTYPE_BFLOAT16, run), .roundings = 1u << MC_ROUNDING_SUMS,          \
                                                                         .flush = true

const mc_kernel_code mc_kernel_builtins[] = {
    {MATRICES("reference", "src/ref, whose contracts are proved", FLOATS, MC_DTYPE_FLOAT32, run_reference),
     .step = run_reference_step},
    {MATRICES("openblas", "three matrix products a step", FLOATS, MC_DTYPE_FLOAT32, run_plain)},
    {MATRICES("openblas-symmetric", "symmetric products in one triangle", FLOATS, MC_DTYPE_FLOAT32, run_symmetric)},
    {MATRICES("gram", "iterates the Gram matrix, multiplies once", FLOATS, MC_DTYPE_FLOAT32, run_gram),
     .roundings = 1u << MC_ROUNDING_GRAM},
    {EMULATED("emulated-all", "every operation and coefficient rounded", &roundings[0])},
    {EMULATED("emulated-operations", "every operation rounded", &roundings[1])},
    {EMULATED("emulated-sums", "sums of products rounded once", &roundings[2])},
    {BFLOAT16("bf16-dot", "AVX-512 BF16's instruction, imitated bit by bit", mc_bfloat16_run_portable)},
    {BFLOAT16("avx512bf16", "the instruction itself, where the processor has it", mc_bfloat16_run_native),
     .is_available = mc_bfloat16_is_native},
};

const size_t mc_kernel_builtin_total = sizeof mc_kernel_builtins / sizeof mc_kernel_builtins[0];
