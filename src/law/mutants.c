/* Kernels that each break one law: what an emulated kernel makes of a call, spoilt before or after. */
#include <math.h>
#include <string.h>

#include "law.h"

/* ---- The kernel that is spoilt ---- */

static const mc_kernel_code *sound_kernel(void) {
  size_t i = 0;
  while (strcmp(mc_kernel_builtin(i)->name, "emulated-operations") != 0)
    i++;
  return mc_kernel_builtin(i);
}

static int run(const muoncert_orthogonalise *call) {
  return sound_kernel()->orthogonalise(sound_kernel()->context, call);
}

static int step(const muoncert_step *call) {
  return sound_kernel()->step(sound_kernel()->context, call);
}

/* ---- Elements ---- */

static mc_dtype dtype_of(const muoncert_problem *p) {
  static const mc_dtype dtypes[] = {[MUONCERT_FLOAT16] = MC_DTYPE_FLOAT16,
                                    [MUONCERT_BFLOAT16] = MC_DTYPE_BFLOAT16,
                                    [MUONCERT_FLOAT32] = MC_DTYPE_FLOAT32,
                                    [MUONCERT_FLOAT64] = MC_DTYPE_FLOAT64};
  return dtypes[p->dtype];
}

static double get(const void *data, size_t element, mc_dtype d) {
  const unsigned char *at = (const unsigned char *)data + element * mc_dtype_size(d);
  uint64_t bits = 0;
  for (size_t i = 0; i < mc_dtype_size(d); i++)
    bits |= (uint64_t)at[i] << 8 * i;
  return mc_dtype_decode(d, bits);
}

static void put(void *data, size_t element, mc_dtype d, double value) {
  unsigned char *at = (unsigned char *)data + element * mc_dtype_size(d);
  uint64_t bits = mc_dtype_encode(d, value);
  for (size_t i = 0; i < mc_dtype_size(d); i++)
    at[i] = (unsigned char)(bits >> 8 * i);
}

/* ---- Another call ---- */

/* The kernel run on inputs changed entry by entry. */
static int run_on_changed(const muoncert_orthogonalise *call, double (*change)(double value, mc_dtype d)) {
  const muoncert_problem *p = &call->problem;
  muoncert_orthogonalise other = *call;
  mc_dtype d = dtype_of(p);
  unsigned char *g = mc_alloc(p->count * p->m * p->n, mc_dtype_size(d));
  if (!g)
    return 1;
  for (size_t k = 0; k < p->count; k++)
    for (size_t i = 0; i < p->m; i++)
      for (size_t j = 0; j < p->n; j++)
        put(g, (k * p->m + i) * p->n + j, d,
            change(get(call->g.data, k * call->g.batch_stride + i * call->g.row_stride + j, d), d));
  other.g = (muoncert_input){.data = g, .row_stride = p->n, .batch_stride = p->m * p->n};
  int status = run(&other);
  mc_free(g);
  return status;
}

static double through_half(double value, mc_dtype d) {
  (void)d;
  return mc_dtype_round(MC_DTYPE_FLOAT16, value);
}

/* The leading bit that normal numbers have and do not store. */
static double with_hidden_bit(double value, mc_dtype d) {
  double least_normal = ldexp(1, mc_kernel_smallest_exponent(d) + mc_kernel_precision(d) - 1);
  return value != 0 && fabs(value) < least_normal ? value + copysign(least_normal, value) : value;
}

static double without_nan(double value, mc_dtype d) {
  (void)d;
  return isnan(value) ? 0 : value;
}

static double without_infinity(double value, mc_dtype d) {
  (void)d;
  return isinf(value) ? 0 : value;
}

static int cast_to_half(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return run_on_changed(call, through_half);
}

static int decode_as_normal(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return run_on_changed(call, with_hidden_bit);
}

static int hide_nan(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return run_on_changed(call, without_nan);
}

static int hide_infinity(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return run_on_changed(call, without_infinity);
}

static int add_to_norm(const void *eps, const muoncert_orthogonalise *call) {
  muoncert_orthogonalise other = *call;
  other.problem.normalisation = MUONCERT_NORM_ADD;
  other.problem.eps = *(const double *)eps;
  return run(&other);
}

/* Rows up to `first` and the rest as matrices of their own. */
static int run_in_parts(const muoncert_orthogonalise *call, size_t first) {
  muoncert_orthogonalise upper = *call, lower = *call;
  size_t size = mc_dtype_size(dtype_of(&call->problem));
  if (first == 0 || first >= call->problem.m)
    return run(call);
  upper.problem.m = first;
  lower.problem.m -= first;
  lower.g.data = (const unsigned char *)call->g.data + first * call->g.row_stride * size;
  lower.x.data = (unsigned char *)call->x.data + first * call->x.row_stride * size;
  int status = run(&upper);
  return status ? status : run(&lower);
}

static int split_shards(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return run_in_parts(call, call->problem.m / 2);
}

static int split_heads(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return run_in_parts(call, call->problem.m / 3);
}

/* Every matrix of a batch is taken from where the first one is. */
static int lose_batch_offset(const void *unused, const muoncert_orthogonalise *call) {
  muoncert_orthogonalise other = *call;
  (void)unused;
  other.g.batch_stride = 0;
  return run(&other);
}

/* ---- Another output ---- */

static int lose_sign(const void *unused, const muoncert_orthogonalise *call) {
  mc_dtype d = dtype_of(&call->problem);
  (void)unused;
  int status = run(call);
  for (size_t j = 0; j < call->problem.n && status == 0; j++)
    put(call->x.data, j, d, fabs(get(call->x.data, j, d)));
  return status;
}

static int leave_transposed(const void *unused, const muoncert_orthogonalise *call) {
  const muoncert_problem *p = &call->problem;
  mc_dtype d = dtype_of(p);
  double *x = mc_alloc(p->m * p->n, sizeof *x);
  (void)unused;
  int status = x ? run(call) : 1;
  for (size_t k = 0; k < p->m * p->n && status == 0; k++)
    x[k % p->n * p->m + k / p->n] = get(call->x.data, k / p->n * call->x.row_stride + k % p->n, d);
  for (size_t k = 0; k < p->m * p->n && status == 0 && p->m > p->n; k++)
    put(call->x.data, k / p->n * call->x.row_stride + k % p->n, d, x[k]);
  mc_free(x);
  return status;
}

/* Zeros are made small numbers, lest something be divided by them. */
static int dither_zeros(const void *unused, const muoncert_orthogonalise *call) {
  const muoncert_problem *p = &call->problem;
  mc_dtype d = dtype_of(p);
  (void)unused;
  int status = run(call);
  for (size_t i = 0; i < p->m && status == 0; i++)
    for (size_t j = 0; j < p->n; j++)
      if (get(call->x.data, i * call->x.row_stride + j, d) == 0)
        put(call->x.data, i * call->x.row_stride + j, d, 0x1p-12);
  return status;
}

static int write_padding(const void *unused, const muoncert_orthogonalise *call) {
  const muoncert_problem *p = &call->problem;
  (void)unused;
  int status = run(call);
  for (size_t i = 0; i + 1 < p->m && status == 0; i++)
    for (size_t j = p->n; j < call->x.row_stride; j++)
      put(call->x.data, i * call->x.row_stride + j, dtype_of(p), 0);
  return status;
}

/* The last tile of 4 by 4 keeps the bits that the output had. */
static int skip_tile(const void *unused, const muoncert_orthogonalise *call) {
  const muoncert_problem *p = &call->problem;
  mc_dtype d = dtype_of(p);
  (void)unused;
  int status = run(call);
  for (size_t i = p->m > 4 ? p->m - 4 : 0; i < p->m && status == 0; i++)
    for (size_t j = p->n > 4 ? p->n - 4 : 0; j < p->n; j++)
      memset((unsigned char *)call->x.data + (i * call->x.row_stride + j) * mc_dtype_size(d), 0xff, mc_dtype_size(d));
  return status;
}

static int normalise_input(const void *unused, const muoncert_orthogonalise *call) {
  mc_dtype d = dtype_of(&call->problem);
  (void)unused;
  int status = run(call);
  put((void *)(uintptr_t)call->g.data, 0, d, get(call->g.data, 0, d) / 2);
  return status;
}

/* What the last call left in the workspace is added to one entry. */
static int keep_workspace(const void *unused, const muoncert_orthogonalise *call) {
  static double left;
  mc_dtype d = dtype_of(&call->problem);
  (void)unused;
  int status = run(call);
  double first = get(call->x.data, 0, d);
  put(call->x.data, 0, d, first + left);
  left = isfinite(first) ? first : left;
  return status;
}

/* ---- Steps ---- */

static int run_sound(const void *unused, const muoncert_orthogonalise *call) {
  (void)unused;
  return run(call);
}

static int swap_momentum(const void *unused, const muoncert_step *call) {
  muoncert_step other = *call;
  (void)unused;
  other.momentum_weight =
      call->momentum_weight == MUONCERT_MOMENTUM_SUM ? MUONCERT_MOMENTUM_AVERAGE : MUONCERT_MOMENTUM_SUM;
  return step(&other);
}

static int forget_nesterov(const void *unused, const muoncert_step *call) {
  muoncert_step other = *call;
  (void)unused;
  other.nesterov = 0;
  return step(&other);
}

static int scale_otherwise(const void *unused, const muoncert_step *call) {
  muoncert_step other = *call;
  (void)unused;
  other.scaling = call->scaling == MUONCERT_SCALE_NONE ? MUONCERT_SCALE_RECTANGULAR : MUONCERT_SCALE_NONE;
  return step(&other);
}

static int forget_decay(const void *unused, const muoncert_step *call) {
  muoncert_step other = *call;
  (void)unused;
  other.weight_decay = 0;
  return step(&other);
}

/* The normalised direction overwrites the buffer that it is a view of. */
static int normalise_buffer(const void *unused, const muoncert_step *call) {
  const muoncert_problem *p = &call->problem;
  mc_dtype d = dtype_of(p);
  double sum = 0;
  (void)unused;
  int status = step(call);
  for (size_t pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < p->m; i++)
      for (size_t j = 0; j < p->n; j++) {
        size_t element = i * call->buffer_after.row_stride + j;
        double b = get(call->buffer_after.data, element, d);
        sum += pass == 0 ? b * b : 0;
        if (pass == 1 && sum > 0)
          put(call->buffer_after.data, element, d, b / sqrt(sum));
      }
  return status;
}

/* ---- The list ---- */

#define ALL_FORMATS (1u << MUONCERT_FLOAT16 | 1u << MUONCERT_BFLOAT16 | 1u << MUONCERT_FLOAT32 | 1u << MUONCERT_FLOAT64)
#define KERNEL(name, context, orthogonalise, step)                                                                     \
  { name, "a planted bug", ALL_FORMATS, MC_DTYPE_BFLOAT16, context, orthogonalise, step, 0, false, NULL }
#define MATRIX(name, source, law, context, function)                                                                   \
  { name, source, law, KERNEL(name, context, function, NULL) }
#define STEP(name, source, law, function)                                                                              \
  { name, source, law, KERNEL(name, NULL, run_sound, function) }

static const double one = 1, nothing = 0;

static const mc_law_mutant mutants[] = {
    MATRIX("sign-lost-in-first-row", "intel/torch-xpu-ops 4408", "odd", NULL, lose_sign),
    MATRIX("one-added-to-norm", "NVIDIA-NeMo/Emerging-Optimizers 229", "scale", &one, add_to_norm),
    MATRIX("tall-left-transposed", "pytorch_optimizer 371", "transpose", NULL, leave_transposed),
    MATRIX("heads-split-wrong", "deepspeedai/DeepSpeed 8384", "permutation", NULL, split_heads),
    MATRIX("shards-by-themselves", "deepspeedai/DeepSpeed 8437", "rotation", NULL, split_shards),
    MATRIX("norm-without-eps", "microsoft/dion 24", "zero", &nothing, add_to_norm),
    MATRIX("zeros-dithered", "Xilinx/mlir-air 1427", "rank_one", NULL, dither_zeros),
    MATRIX("subnormal-norm-without-eps", "deepspeedai/DeepSpeed 8533", "denormal", &nothing, add_to_norm),
    MATRIX("subnormals-read-as-normal", "mutation", "denormal", NULL, decode_as_normal),
    MATRIX("cast-to-half-first", "deepspeedai/DeepSpeed 8533", "huge", NULL, cast_to_half),
    MATRIX("nan-replaced-by-zero", "marin 6301", "nan", NULL, hide_nan),
    MATRIX("infinity-replaced-by-zero", "deepspeedai/DeepSpeed 8432", "infinity", NULL, hide_infinity),
    MATRIX("input-normalised-in-place", "pytorch 194664", "input_untouched", NULL, normalise_input),
    MATRIX("last-tile-skipped", "microsoft/onnxruntime 31155", "output_written", NULL, skip_tile),
    MATRIX("row-padding-written", "microsoft/dion 102", "output_written", NULL, write_padding),
    MATRIX("workspace-kept", "NVIDIA/TransformerEngine 2986", "deterministic", NULL, keep_workspace),
    MATRIX("batch-offset-lost", "microsoft/dion 102", "batch", NULL, lose_batch_offset),
    STEP("momentum-convention-swapped", "KellerJordan/Muon 52", "momentum", swap_momentum),
    STEP("nesterov-ignored", "KellerJordan/Muon 52", "momentum", forget_nesterov),
    STEP("buffer-normalised-in-place", "pytorch 194664", "momentum", normalise_buffer),
    STEP("update-scaled-otherwise", "huggingface/pytorch-image-models 2791", "update_scaling", scale_otherwise),
    STEP("decay-forgotten", "tinygrad 17709", "weight_decay", forget_decay),
};
enum { MUTANTS = sizeof mutants / sizeof mutants[0] };

const mc_law_mutant *mc_law_mutant_get(size_t i) {
  return i < MUTANTS ? &mutants[i] : NULL;
}
