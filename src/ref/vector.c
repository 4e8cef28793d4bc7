#include "vector.h"

void muon_vector_copy(double *y, const double *x, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done:  \forall integer k; 0 <= k < i ==> identical(elem(y,k), elem{Pre}(x,k));
      loop assigns   i, y[0 .. n-1];
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    y[i] = x[i];
}

void muon_vector_scale(double *x, double a, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done:  \forall integer k; 0 <= k < i ==> identical(elem(x,k), rn_mul(a, elem{Pre}(x,k)));
      loop invariant rest:  \forall integer k; i <= k < n ==> identical(elem(x,k), elem{Pre}(x,k));
      loop assigns   i, x[0 .. n-1];
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    x[i] = a * x[i];
}

void muon_vector_divide(double *x, double d, size_t n) {
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant done:  \forall integer k; 0 <= k < i ==> identical(elem(x,k), rn_div(elem{Pre}(x,k), d));
      loop invariant rest:  \forall integer k; i <= k < n ==> identical(elem(x,k), elem{Pre}(x,k));
      loop assigns   i, x[0 .. n-1];
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    x[i] = x[i] / d;
}

void muon_vector_axpy(double *y, double a, const double *x, size_t n) {
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

double muon_vector_dot(const double *x, const double *y, size_t n) {
  double s = 0.0;
  /*@ loop invariant range: 0 <= i <= n;
      loop invariant sum:   identical(s, rn_dot{Pre}(x, y, i));
      loop assigns   i, s;
      loop variant   n - i;
  */
  for (size_t i = 0; i < n; i++)
    s = s + x[i] * y[i];
  return s;
}
