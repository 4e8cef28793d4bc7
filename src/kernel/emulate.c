/* Kernels that follow a model: the same steps with a float32 and with a float64 accumulator. */
#include "emulate.h"

#include <cblas.h>
#include <fenv.h>
#include <limits.h>
#include <math.h>
#include <string.h>

/* What a careless kernel sums in: the storage format, or half of it where that is the accumulator's own. */
static mc_dtype narrow_accumulator(mc_dtype storage) {
  return storage == MC_DTYPE_FLOAT64 ? MC_DTYPE_FLOAT32 : storage == MC_DTYPE_FLOAT32 ? MC_DTYPE_FLOAT16 : storage;
}

/* The leading 11 bits, as tensor cores read a float32.  TF32 values have no wider format. */
static void cut_float(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    bits &= 0xffffe000u;
    memcpy(&x[i], &bits, sizeof bits);
  }
}

static void cut_double(double *x, size_t count) {
  (void)x;
  (void)count;
}

/* From so many rows on, symmetric products are computed in one triangle. */
enum { WORTHWHILE = 256 };

/* What a probe costs for a product: about twice that many terms are summed again. */
enum { PROBED_TERMS = 1 << 17 };

/* One of so many draws of the Gram form sums in the order of the index: its factors are near multiples of I, so that a sum
 * has one large term, and those after it are rounded to its last place.  Orders drawn at random err alike there, and less. */
enum { AS_IT_STANDS = 3 };

/* 2^(u - 1/2), u uniform, to 24 bits: the product with a float32 is an exact double. */
static double random_scale(mc_random *draw) {
  return (double)(float)exp2(mc_random_unit(draw) - 0.5);
}

/* What a draw multiplies the input by. */
static double member_scale(const mc_kernel_model *model, mc_random *draw) {
  bool scaled = draw && model->storage != MC_DTYPE_FLOAT64 && model->normalisation.kind != MC_NORM_NONE;
  return scaled ? random_scale(draw) : 1; /* else the image would be another */
}

#define REAL float
#define NAMED(name) name##_float
#define ROUND mc_kernel_round_float
#define CUT cut_float
#define GEMM cblas_sgemm
#define SYRK cblas_ssyrk
#define WIDE double
#define DOT cblas_sdot
#define SQRT sqrtf
#include "emulate_steps.h"

#define REAL double
#define NAMED(name) name##_double
#define ROUND mc_kernel_round_double
#define CUT cut_double
#define GEMM cblas_dgemm
#define SYRK cblas_dsyrk
#define WIDE long double
#define DOT cblas_ddot
#define SQRT sqrt
#include "emulate_steps.h"

static bool is_representable(const double *g, size_t count, mc_dtype format) {
  for (size_t i = 0; i < count; i++)
    if (g[i] != mc_dtype_round(format, g[i]))
      return false;
  return true;
}

/* input := t g in the orientation r <= c, converted to the storage format unless g came in it. */
static void load(double *input, const double *g, size_t m, size_t n, double t, mc_dtype storage) {
  bool converts = !is_representable(g, m * n, storage);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double value = t * g[i * n + j];
      input[m > n ? j * m + i : i * n + j] = converts ? mc_dtype_round(storage, value) : value;
    }
}

static void store(double *x, const double *output, size_t m, size_t n) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      x[i * n + j] = output[m > n ? j * m + i : i * n + j];
}

static mc_status check(const mc_kernel_model *model, size_t m, size_t n, mc_error *e) {
  if (m > INT_MAX || n > INT_MAX)
    return mc_fail(e, MC_BAD_INPUT, "a matrix of %zu by %zu is too large to emulate", m, n);
  for (size_t k = 0; k < model->schedule.count; k++)
    if (model->schedule.steps[k].terms > 3)
      return mc_fail(e, MC_BAD_INPUT,
                     "step %zu of the schedule has %ld coefficients; kernels of at most 3 are emulated", k + 1,
                     (long)model->schedule.steps[k].terms);
  return MC_OK;
}

static mc_status emulate(double *x, const mc_kernel_model *model, const double *g, size_t m, size_t n, mc_random *draw,
                         mc_kernel_fault fault, mc_kernel_probe *probe, mc_error *e) {
  bool wide = model->storage == MC_DTYPE_FLOAT64;
  double scale = member_scale(model, draw);
  mc_status s = check(model, m, n, e);
  if (s != MC_OK)
    return s;
  double *input = mc_alloc(m * n, sizeof *input);
  if (!input)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  openblas_set_num_threads(1);
  load(input, g, m, n, scale, model->storage);
  for (size_t i = 0; i < m * n && fault == MC_FAULT_HALF_INPUT; i++)
    input[i] = mc_dtype_round(MC_DTYPE_FLOAT16, input[i]);
  size_t r = m < n ? m : n, c = m < n ? n : m;
  s = wide ? run_double(input, model, r, c, scale, draw, fault, probe, e)
           : run_float(input, model, r, c, scale, draw, fault, probe, e);
  if (s == MC_OK)
    store(x, input, m, n);
  mc_free(input);
  return s;
}

mc_status mc_kernel_emulate_faulty(double *x, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                                   mc_random *draw, mc_kernel_fault fault, mc_error *e) {
  return emulate(x, model, g, m, n, draw, fault, NULL, e);
}

mc_status mc_kernel_emulate(double *x, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                            mc_random *draw, mc_error *e) {
  return emulate(x, model, g, m, n, draw, MC_FAULT_NONE, NULL, e);
}

mc_status mc_kernel_emulate_probed(double *x, mc_kernel_probe *probe, const mc_kernel_model *model, const double *g,
                                   size_t m, size_t n, mc_random *draw, mc_error *e) {
  return emulate(x, model, g, m, n, draw, MC_FAULT_NONE, probe, e);
}

mc_status mc_kernel_emulate_divisors(double *divisors, double *scales, unsigned draws, const mc_kernel_model *model,
                                     const double *g, size_t count, uint64_t seed, mc_error *e) {
  bool converts = !is_representable(g, count, model->storage);
  openblas_set_num_threads(1);
  return model->storage == MC_DTYPE_FLOAT64
             ? divisors_double(divisors, scales, draws, model, g, count, converts, seed, e)
             : divisors_float(divisors, scales, draws, model, g, count, converts, seed, e);
}
