/* Emulation with a bug inside; private to this module. */
#ifndef MUONCERT_KERNEL_EMULATE_H
#define MUONCERT_KERNEL_EMULATE_H

#include "format.h"

typedef enum {
  MC_FAULT_NONE,
  MC_FAULT_LOST_SLICE,    /* X X^T without an eighth of the columns of X */
  MC_FAULT_OTHER_GRAM,    /* X^T X where X is square */
  MC_FAULT_LOST_TILE,     /* a tile of X X^T, off the diagonal, is zero */
  MC_FAULT_NARROW_GRAM,   /* X X^T has four bits fewer than the storage format */
  MC_FAULT_NARROW_SUMS,   /* after every term a sum is rounded to a format narrower than the accumulator */
  MC_FAULT_LARGEST_ENTRY, /* the input is divided by its largest entry */
  MC_FAULT_HALF_INPUT     /* the input passes through float16 before it is normalised */
} mc_kernel_fault;

/* As mc_kernel_emulate, with the fault. */
mc_status mc_kernel_emulate_faulty(double *x, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                                   mc_random *draw, mc_kernel_fault fault, mc_error *e);

#endif
