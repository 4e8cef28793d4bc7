/* Rounding to an integer inside digit arithmetic, and vectors of doubles.  Private to this module. */
#ifndef MUONCERT_BALL_DIGITS_H
#define MUONCERT_BALL_DIGITS_H

#include <float.h>
#include <stdint.h>

#if !defined(FLT_EVAL_METHOD) || FLT_EVAL_METHOD != 0
#error "digit arithmetic needs a processor that rounds every operation on doubles to double"
#endif
#ifdef __FAST_MATH__
#error "digit arithmetic needs floating-point arithmetic as written"
#endif

#define MC_ROUNDING_MAGIC 0x1.8p52

/* |x| <= 2^51 to the nearest integer, ties to even, in rounding to nearest. */
static inline double mc_digits_rint(double x) {
  return (x + MC_ROUNDING_MAGIC) - MC_ROUNDING_MAGIC;
}

enum { LANE = 4 };
typedef double vector __attribute__((vector_size(LANE * sizeof(double)), aligned(8), may_alias));
typedef int64_t mask __attribute__((vector_size(LANE * sizeof(double)), aligned(8), may_alias));

/* Magnitudes, and the larger of two numbers, lane by lane. */
#define MC_MAGNITUDE(x) ((vector)((mask)(x)&INT64_MAX))
#define MC_LARGER(x, y) ((vector)((((x) > (y)) & (mask)(x)) | (~((x) > (y)) & (mask)(y))))

#endif
