/* The four element types: names, sizes, rounding to nearest even, bits. */
#include "matfile.h"

#include <math.h>
#include <string.h>

/* IEEE 754 parameters: precision in bits, exponent of the smallest subnormal, the smallest normal number, the power of
 * two beyond the largest finite number. */
static const struct {
  const char *name;
  size_t size;
  int precision, smallest;
  double normal, beyond;
} formats[] = {
    [MC_DTYPE_FLOAT16] = {"float16", 2, 11, -24, 0x1p-14, 0x1p16},
    [MC_DTYPE_BFLOAT16] = {"bfloat16", 2, 8, -133, 0x1p-126, 0x1p128},
    [MC_DTYPE_FLOAT32] = {"float32", 4, 24, -149, 0x1p-126, 0x1p128},
    [MC_DTYPE_FLOAT64] = {"float64", 8, 53, -1074, 0x1p-1022, INFINITY},
};

const char *mc_dtype_name(mc_dtype d) {
  return formats[d].name;
}

size_t mc_dtype_size(mc_dtype d) {
  return formats[d].size;
}

/* |x| + magic has the format's smallest last place, and so is rounded to it. */
static double round_subnormal(double x, int smallest) {
  double magic = ldexp(1, smallest + 52);
  return copysign((fabs(x) + magic) - magic, x);
}

/* Nearest even: just under half of the last place that stays is added, or half if that place is odd. */
static double round_normal(double x, int precision) {
  uint64_t bits, last = (uint64_t)1 << (53 - precision);
  memcpy(&bits, &x, sizeof bits);
  bits = (bits + (last / 2 - 1) + ((bits & last) != 0)) & ~(last - 1);
  memcpy(&x, &bits, sizeof bits);
  return x;
}

double mc_dtype_round(mc_dtype d, double x) {
  if (d == MC_DTYPE_FLOAT64 || !isfinite(x) || x == 0)
    return x;
  if (d == MC_DTYPE_FLOAT32)
    return (double)(float)x;
  bool subnormal = fabs(x) < formats[d].normal;
  double y = subnormal ? round_subnormal(x, formats[d].smallest) : round_normal(x, formats[d].precision);
  return fabs(y) >= formats[d].beyond ? copysign(INFINITY, x) : y;
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
