/* Rounding to an integer inside digit arithmetic.  Private to this module. */
#ifndef MUONCERT_BALL_DIGITS_H
#define MUONCERT_BALL_DIGITS_H

#include <float.h>

#if !defined(FLT_EVAL_METHOD) || FLT_EVAL_METHOD != 0
#error "digit arithmetic needs a processor that rounds every operation on doubles to double"
#endif
#ifdef __FAST_MATH__
#error "digit arithmetic needs floating-point arithmetic as written"
#endif

/* |x| <= 2^51 to the nearest integer, ties to even, in rounding to nearest. */
static inline double mc_digits_rint(double x) {
  const double magic = 0x1.8p52;
  return (x + magic) - magic;
}

#endif
