/* bfloat16 kernels on AVX-512 BF16 and on a portable twin of its instruction; private to this module. */
#ifndef MUONCERT_KERNEL_BFLOAT16_H
#define MUONCERT_KERNEL_BFLOAT16_H

#include "kernel.h"

/* Has this processor the instruction? */
bool mc_bfloat16_is_native(void);

/* acc += x y as VDPBF16PS does it: 16 lanes, each with a pair of elements. */
void mc_bfloat16_dot_portable(float acc[16], const uint16_t x[32], const uint16_t y[32]);

/* As mc_kernel_code wants them.  Both give the same bits; native refuses where there is no such instruction. */
int mc_bfloat16_run_portable(const void *unused, const muoncert_orthogonalise *call);
int mc_bfloat16_run_native(const void *unused, const muoncert_orthogonalise *call);

#endif
