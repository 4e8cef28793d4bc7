/* Bits of the element types, private to this module. */
#ifndef MUONCERT_MATFILE_DTYPE_H
#define MUONCERT_MATFILE_DTYPE_H

#include "matfile.h"

/* Bytes of one element. */
size_t mc_dtype_size(mc_dtype d);

/* The value of an element's bits (in the low end of the word), and the bits of x rounded to nearest even. */
double mc_dtype_decode(mc_dtype d, uint64_t bits);
uint64_t mc_dtype_encode(mc_dtype d, double x);

#endif
