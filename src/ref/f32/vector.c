// Generated from src/ref/vector.c by tools/float_reference; edit that file.
#include "vector.h"

void muonf_vector_copy(float *y, const float *x, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done:  \forall integer k; 0 <= k < i ==> identical(elem(y,k), elem{Pre}(x,k));
      loop assigns   i, y[0 .. n-1];
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    y[i] = x[i];
}

void muonf_vector_scale(float *x, float a, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done:  \forall integer k; 0 <= k < i ==> identical(elem(x,k), rn_mul(a, elem{Pre}(x,k)));
      loop invariant rest:  \forall integer k; i <= k < n ==> identical(elem(x,k), elem{Pre}(x,k));
      loop assigns   i, x[0 .. n-1];
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    x[i] = a * x[i];
}

void muonf_vector_divide(float *x, float d, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done:  \forall integer k; 0 <= k < i ==> identical(elem(x,k), rn_div(elem{Pre}(x,k), d));
      loop invariant rest:  \forall integer k; i <= k < n ==> identical(elem(x,k), elem{Pre}(x,k));
      loop assigns   i, x[0 .. n-1];
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    x[i] = x[i] / d;
}

void muonf_vector_axpy(float *y, float a, const float *x, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done:  \forall integer k; 0 <= k < i ==>
                              identical(elem(y,k), rn_add(elem{Pre}(y,k), rn_mul(a, elem{Pre}(x,k))));
      loop invariant rest:  \forall integer k; i <= k < n ==> identical(elem(y,k), elem{Pre}(y,k));
      loop assigns   i, y[0 .. n-1];
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    y[i] = y[i] + a * x[i];
}

float muonf_vector_dot(const float *x, const float *y, size_t n) {
  float s = 0.0f;
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant sum:   identical(s, rn_dot{Pre}(x, y, i));
      loop assigns   i, s;
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    s = s + x[i] * y[i];
  return s;
}
