/* The arrays of one call, laid out in memory; private to this module.
 *
 * Every array has whole pages for itself: canaries, the array, canaries up to the end of the page.  Inputs are encoded
 * in the call's format; outputs hold NaN (all bits one), and the padding of their rows canaries. */
#ifndef MUONCERT_KERNEL_FRAME_H
#define MUONCERT_KERNEL_FRAME_H

#include "kernel.h"
#include "protocol.h"

typedef struct {
  const mc_kernel_call *call;
  muoncert_coefficients *schedule;
  size_t padding, row_stride, batch_stride; /* elements */
  size_t length;                            /* bytes of memory that the regions need */
  mc_region regions[MC_SLOTS];
  unsigned char *memory; /* of the caller */
  unsigned char *before; /* a copy of the regions of inputs */
} mc_kernel_frame;

/* Lay out the call: regions and length.  memory stays NULL. */
mc_status mc_kernel_frame_init(mc_kernel_frame *f, const mc_kernel_call *call, mc_error *e);
void mc_kernel_frame_clear(mc_kernel_frame *f);

/* Fill `memory`, f->length bytes. */
mc_status mc_kernel_frame_fill(mc_kernel_frame *f, unsigned char *memory, mc_error *e);

/* The structures of the ABI, without their pointers. */
void mc_kernel_frame_describe(muoncert_orthogonalise *o, muoncert_step *s, const mc_kernel_frame *f);

/* After the call: outputs to the caller's arrays, and what became of the rest.  MC_CRASHED: something was written
 * outside the arrays. */
mc_status mc_kernel_frame_take(mc_kernel_conduct *conduct, const mc_kernel_frame *f, mc_error *e);

/* One element at its place. */
void mc_kernel_element_put(unsigned char *at, mc_dtype d, double value);
double mc_kernel_element_get(const unsigned char *at, mc_dtype d);

/* "its output X", … */
const char *mc_kernel_slot_name(mc_slot slot);

#endif
