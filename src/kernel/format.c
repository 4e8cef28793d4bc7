/* Formats: names, parameters, rounding of arrays. */
#include "format.h"

#include <math.h>
#include <string.h>

static const struct {
  const char *name;
  int precision, smallest;
} formats[] = {
    [MC_DTYPE_FLOAT16] = {"fp16", 11, -24},
    [MC_DTYPE_BFLOAT16] = {"bf16", 8, -133},
    [MC_DTYPE_FLOAT32] = {"f32", 24, -149},
    [MC_DTYPE_FLOAT64] = {"f64", 53, -1074},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

mc_status mc_kernel_dtype_parse(mc_dtype *dtype, const char *name, mc_error *e) {
  for (int d = 0; d < FORMATS; d++) {
    if (strcmp(name, formats[d].name) == 0 || strcmp(name, mc_dtype_name((mc_dtype)d)) == 0) {
      *dtype = (mc_dtype)d;
      return MC_OK;
    }
  }
  return mc_fail(e, MC_BAD_INPUT, "no format is called '%.60s'; known are bf16, fp16, tf32, f32, f64", name);
}

int mc_kernel_precision(mc_dtype format) {
  return formats[format].precision;
}

int mc_kernel_smallest_exponent(mc_dtype format) {
  return formats[format].smallest;
}

const char *mc_kernel_rounding_name(mc_kernel_rounding rounding) {
  static const char *const names[MC_ROUNDINGS] = {"all", "operations", "sums", "gram"};
  return names[rounding];
}

mc_dtype mc_kernel_accumulator(mc_dtype storage) {
  return storage == MC_DTYPE_FLOAT64 ? MC_DTYPE_FLOAT64 : MC_DTYPE_FLOAT32;
}

/* The upper half of a float32 is a bfloat16: add just under half of the last place kept, or half if that place is
 * odd. */
static void round_to_bfloat16(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u;
    bits = (bits & 0x7f800000u) == 0x7f800000u ? bits : rounded;
    memcpy(&x[i], &bits, sizeof bits);
  }
}

/* Likewise with 13 bits cut; below the smallest normal number 2^-14 the last place is 2^-24, that of float32 in
 * [1/2, 1). */
static void round_to_float16(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    uint32_t rounded = (bits + 0xfffu + ((bits >> 13) & 1u)) & 0xffffe000u;
    float normal;
    memcpy(&normal, &rounded, sizeof normal);
    float magnitude = fabsf(x[i]), subnormal = copysignf((magnitude + 0.75f) - 0.75f, x[i]);
    float finite = fabsf(normal) >= 65536.0f ? copysignf(INFINITY, x[i]) : normal;
    x[i] = !isfinite(x[i]) ? x[i] : magnitude < 0x1p-14f ? subnormal : finite;
  }
}

void mc_kernel_round_float(float *x, size_t count, mc_dtype format) {
  if (format == MC_DTYPE_BFLOAT16)
    round_to_bfloat16(x, count);
  else if (format == MC_DTYPE_FLOAT16)
    round_to_float16(x, count);
}

void mc_kernel_round_double(double *x, size_t count, mc_dtype format) {
  for (size_t i = 0; i < count && format == MC_DTYPE_FLOAT32; i++)
    x[i] = (double)(float)x[i];
  for (size_t i = 0; i < count && mc_kernel_precision(format) < 24; i++)
    x[i] = mc_dtype_round(format, x[i]);
}
