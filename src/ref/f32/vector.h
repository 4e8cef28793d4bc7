// Generated from src/ref/vector.h by tools/float_reference; edit that file.
// Kernels on contiguous vectors of n elements.
#ifndef MUONF_REF_VECTOR_H
#define MUONF_REF_VECTOR_H

#include <stddef.h>

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/dot.h"
#endif

// y <- x.
// BLAS level 1, xCOPY.
/*@ requires valid:     \valid(y + (0 .. n-1)) && \valid_read(x + (0 .. n-1));
    requires separated: \separated(y + (0 .. n-1), x + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  y[0 .. n-1];
    ensures  result:    \forall integer k; 0 <= k < n ==> identical(elem(y,k), elem{Pre}(x,k));
*/
void muonf_vector_copy(float *y, const float *x, size_t n);

// x <- a x.
// BLAS level 1, xSCAL.
/*@ requires valid:     \valid(x + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  x[0 .. n-1];
    ensures  result:    \forall integer k; 0 <= k < n ==> identical(elem(x,k), rn_mul(a, elem{Pre}(x,k)));
*/
void muonf_vector_scale(float *x, float a, size_t n);

// x <- x / d, one rounding an element (not x times the rounded reciprocal).
// The division of S5.TORCH and S5.JORDAN.
/*@ requires valid:     \valid(x + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  x[0 .. n-1];
    ensures  result:    \forall integer k; 0 <= k < n ==> identical(elem(x,k), rn_div(elem{Pre}(x,k), d));
*/
void muonf_vector_divide(float *x, float d, size_t n);

// y <- y + a x.
// BLAS level 1, xAXPY.
/*@ requires valid:     \valid(y + (0 .. n-1)) && \valid_read(x + (0 .. n-1));
    requires separated: \separated(y + (0 .. n-1), x + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  y[0 .. n-1];
    ensures  result:    \forall integer k; 0 <= k < n ==>
                          identical(elem(y,k), rn_add(elem{Pre}(y,k), rn_mul(a, elem{Pre}(x,k))));
*/
void muonf_vector_axpy(float *y, float a, const float *x, size_t n);

// The inner product of x and y, summed from left to right; x and y may be the same vector.
// BLAS level 1, xDOT, in the one order that the contract names.
/*@ requires valid:     \valid_read(x + (0 .. n-1)) && \valid_read(y + (0 .. n-1));
    terminates \true;
    exits    never:     \false;
    assigns  \result \from n, x[0 .. n-1], y[0 .. n-1];
    ensures  result:    identical(\result, rn_dot{Pre}(x, y, n));
*/
float muonf_vector_dot(const float *x, const float *y, size_t n);

#endif
