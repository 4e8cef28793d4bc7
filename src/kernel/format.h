/* Rounding of whole arrays to a storage format; private to this module. */
#ifndef MUONCERT_KERNEL_FORMAT_H
#define MUONCERT_KERNEL_FORMAT_H

#include "kernel.h"

/* x[i] := x[i] rounded to nearest even in the format, bit for bit as mc_dtype_round does (NaN stays NaN), fast. */
void mc_kernel_round_float(float *x, size_t count, mc_dtype format);
void mc_kernel_round_double(double *x, size_t count, mc_dtype format);

#endif
