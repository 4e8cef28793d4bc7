/* The four element types: names, sizes, rounding to nearest even, bits. */
#include "matfile.h"

#include <math.h>
#include <string.h>

/* IEEE 754 parameters: precision in bits, exponent of the smallest subnormal, exponent one beyond the largest finite
 * number. */
static const struct {
  const char *name;
  size_t size;
  int precision, smallest, beyond;
} formats[] = {
    [MC_DTYPE_FLOAT16] = {"float16", 2, 11, -24, 16},
    [MC_DTYPE_BFLOAT16] = {"bfloat16", 2, 8, -133, 128},
    [MC_DTYPE_FLOAT32] = {"float32", 4, 24, -149, 128},
    [MC_DTYPE_FLOAT64] = {"float64", 8, 53, -1074, 1024},
};

const char *mc_dtype_name(mc_dtype d) {
  return formats[d].name;
}

size_t mc_dtype_size(mc_dtype d) {
  return formats[d].size;
}

double mc_dtype_round(mc_dtype d, double x) {
  if (d == MC_DTYPE_FLOAT64 || !isfinite(x) || x == 0)
    return x;
  if (d == MC_DTYPE_FLOAT32)
    return (double)(float)x;
  int exponent;
  (void)frexp(x, &exponent);
  int unit = exponent - formats[d].precision; /* exponent of the last place */
  if (unit < formats[d].smallest)
    unit = formats[d].smallest;
  double y = ldexp(rint(ldexp(x, -unit)), unit);
  return fabs(y) >= ldexp(1, formats[d].beyond) ? copysign(INFINITY, x) : y;
}

/* A 16-bit IEEE 754 half. */
static double half_decode(uint16_t bits) {
  int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  double magnitude = exponent == 31  ? (fraction ? NAN : INFINITY)
                     : exponent == 0 ? ldexp(fraction, -24)
                                     : ldexp(1024 + fraction, exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/* x is representable. */
static uint16_t half_encode(double x) {
  unsigned sign = signbit(x) ? 0x8000 : 0;
  double magnitude = fabs(x);
  if (isnan(x))
    return (uint16_t)(sign | 0x7e00);
  if (isinf(x))
    return (uint16_t)(sign | 0x7c00);
  if (magnitude < ldexp(1, -14))
    return (uint16_t)(sign | (unsigned)ldexp(magnitude, 24));
  int exponent;
  double fraction = frexp(magnitude, &exponent); /* in [1/2, 1) */
  return (uint16_t)(sign | ((unsigned)(exponent + 14) << 10) | ((unsigned)ldexp(fraction, 11) & 1023));
}

static double single_decode(uint32_t bits) {
  float f;
  memcpy(&f, &bits, sizeof f);
  return f;
}

static uint32_t single_encode(double x) {
  float f = (float)x;
  uint32_t bits;
  memcpy(&bits, &f, sizeof bits);
  return bits;
}

double mc_dtype_decode(mc_dtype d, uint64_t bits) {
  double x;
  switch (d) {
  case MC_DTYPE_FLOAT16:
    return half_decode((uint16_t)bits);
  case MC_DTYPE_BFLOAT16:
    return single_decode((uint32_t)bits << 16);
  case MC_DTYPE_FLOAT32:
    return single_decode((uint32_t)bits);
  default:
    memcpy(&x, &bits, sizeof x);
    return x;
  }
}

uint64_t mc_dtype_encode(mc_dtype d, double x) {
  uint64_t bits;
  double y = mc_dtype_round(d, x);
  switch (d) {
  case MC_DTYPE_FLOAT16:
    return half_encode(y);
  case MC_DTYPE_BFLOAT16:
    return isnan(y) ? 0x7fc0 : single_encode(y) >> 16;
  case MC_DTYPE_FLOAT32:
    return single_encode(y);
  default:
    memcpy(&bits, &y, sizeof bits);
    return bits;
  }
}
