/* muoncert_kernel.h: what a kernel must look like to be audited.  C ABI, version 1.
 *
 * A plug-in is a shared object that exports one constant:
 *
 *   MUONCERT_EXPORT const muoncert_kernel muoncert_kernel_plugin = {
 *       MUONCERT_KERNEL_ABI, 1u << MUONCERT_FLOAT32, "my kernel", my_orthogonalise, my_step};
 *
 * `muoncert audit ./my_kernel.so --preset torch --dtype f32` loads it in a process of its own and holds it against the
 * truth.  This header needs nothing of muoncert, and nothing has to be linked.  docs/kernel-plugins.md is the guide. */
#ifndef MUONCERT_KERNEL_PLUGIN_H
#define MUONCERT_KERNEL_PLUGIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define MUONCERT_EXPORT extern "C" __attribute__((visibility("default")))
#else
#define MUONCERT_EXPORT __attribute__((visibility("default")))
#endif

/* Raised whenever a structure below changes. */
#define MUONCERT_KERNEL_ABI 1u

/* Element types: IEEE 754 binary16, the upper half of binary32, binary32, binary64. */
enum { MUONCERT_FLOAT16 = 0, MUONCERT_BFLOAT16 = 1, MUONCERT_FLOAT32 = 2, MUONCERT_FLOAT64 = 3 };

/* Matrices one after the other: entry (i, j) of the k-th is element k * batch_stride + i * row_stride + j.  Strides
 * count elements; row_stride >= n.  What lies between the rows and between the matrices belongs to somebody else. */
typedef struct {
  const void *data;
  uint64_t row_stride, batch_stride;
} muoncert_input;

typedef struct {
  void *data; /* 64-byte aligned; holds NaN, and is never an input */
  uint64_t row_stride, batch_stride;
} muoncert_output;

/* One step x -> a x + b x^3 + c x^5. */
typedef struct {
  double a, b, c;
} muoncert_coefficients;

/* X_0 = G; G / (safety ||G||_F + eps); G / max(safety ||G||_F, eps). */
enum { MUONCERT_NORM_NONE = 0, MUONCERT_NORM_ADD = 1, MUONCERT_NORM_CLAMP = 2 };

/* What is to be computed: count matrices of m by n, each with the schedule.  A kernel with a schedule of its own may
 * ignore schedule, steps, normalisation, eps and safety: the audit's --preset then says what it computes. */
typedef struct {
  uint32_t dtype, normalisation;
  uint64_t count, m, n;
  const muoncert_coefficients *schedule;
  uint64_t steps;
  double eps, safety;
} muoncert_problem;

/* x := the Newton-Schulz image of g. */
typedef struct {
  muoncert_problem problem;
  muoncert_input g;
  muoncert_output x;
} muoncert_orthogonalise;

/* The weight of a new gradient in the buffer: 1 - momentum (average), or 1 (sum, heavy ball). */
enum { MUONCERT_MOMENTUM_AVERAGE = 0, MUONCERT_MOMENTUM_SUM = 1 };

/* s(m, n): 1; sqrt(max(1, m/n)); 0.2 sqrt(max(m, n)); sqrt(max(m, n)); sqrt(m/n). */
enum {
  MUONCERT_SCALE_NONE = 0,
  MUONCERT_SCALE_RECTANGULAR = 1,
  MUONCERT_SCALE_RMS = 2,
  MUONCERT_SCALE_SPECTRAL = 3,
  MUONCERT_SCALE_UNIT_RMS = 4
};

/* One step of the optimizer, w the weight of a new gradient:
 *   buffer_after  := momentum buffer + w gradient
 *   direction      = momentum buffer_after + w gradient (nesterov), or buffer_after
 *   weights_after := (1 - learning_rate weight_decay) weights - learning_rate s(m, n) NS(direction) */
typedef struct {
  muoncert_problem problem;
  double learning_rate, momentum, weight_decay;
  uint32_t momentum_weight, nesterov, scaling;
  muoncert_input weights, buffer, gradient;
  muoncert_output weights_after, buffer_after;
} muoncert_step;

/* Either function may be NULL.  Each returns 0 when its output is written, and any other number when it refuses. */
typedef struct {
  uint32_t abi;    /* MUONCERT_KERNEL_ABI */
  uint32_t dtypes; /* 1u << MUONCERT_FLOAT32 | …: what it takes */
  const char *name;
  int (*orthogonalise)(const muoncert_orthogonalise *call);
  int (*step)(const muoncert_step *call);
} muoncert_kernel;

#ifdef __cplusplus
}
#endif
#endif
