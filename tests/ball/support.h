/* What tests of digit matrices share. */
#ifndef MUONCERT_TESTS_BALL_SUPPORT_H
#define MUONCERT_TESTS_BALL_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/ball/ball.h"

/* Numbers of magnitude below 1, some of them smaller by up to 2^-spread. */
static inline void fill(double *a, size_t count, int spread, mc_random *r) {
  for (size_t i = 0; i < count; i++)
    a[i] = ldexp(2 * mc_random_unit(r) - 1, -(int)mc_random_below(r, (uint64_t)spread + 1));
}

/* The digits of a matrix of doubles, of magnitude at most 1. */
static inline mc_digits digits_of(const double *a, size_t m, size_t n, size_t planes, int w, mag_t error) {
  mc_digits x;
  assert_int_equal(mc_digits_init(&x, m, n, planes, 0, w, NULL), MC_OK);
  assert_int_equal(mc_digits_set_double(&x, error, a, 0, NULL), MC_OK);
  return x;
}

#endif
