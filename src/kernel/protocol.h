/* What the program and the process that runs a plug-in tell each other, over a socket; arrays lie in shared memory.
 * Private to this module and its helper. */
#ifndef MUONCERT_KERNEL_PROTOCOL_H
#define MUONCERT_KERNEL_PROTOCOL_H

#include <stddef.h>

#include "muoncert_kernel.h"

/* The descriptors that the helper starts with. */
enum { MC_HELPER_SOCKET = 3, MC_HELPER_MEMORY = 4 };

/* The arrays of a call. */
typedef enum {
  MC_SLOT_GRADIENT, /* G */
  MC_SLOT_WEIGHTS,
  MC_SLOT_BUFFER,
  MC_SLOT_RESULT, /* X */
  MC_SLOT_WEIGHTS_AFTER,
  MC_SLOT_BUFFER_AFTER,
  MC_SLOT_SCHEDULE,
  MC_SLOTS
} mc_slot;

/* Where an array lies in the shared memory: `length` bytes from `from` on are mapped by themselves (whole pages), the
 * array is the `bytes` bytes from `start` on.  length 0: no such array in this call. */
typedef struct {
  uint64_t from, length, start, bytes;
} mc_region;

typedef struct {
  uint32_t is_step;
  muoncert_orthogonalise orthogonalise; /* pointers are filled in by the helper */
  muoncert_step step;
  mc_region regions[MC_SLOTS];
} mc_helper_request;

typedef enum {
  MC_REPLY_READY,   /* the plug-in is loaded */
  MC_REPLY_REFUSED, /* it is none: text says why */
  MC_REPLY_DONE,    /* the call returned `code` */
  MC_REPLY_FAULT,   /* it touched what lies before (distance < 0) or behind the array of a slot */
  MC_REPLY_SIGNAL,  /* it died of the signal `code` */
  MC_REPLY_EXIT,    /* it ended the process with the status `code` */
  MC_REPLY_HUNG     /* no answer in time */
} mc_reply_kind;

typedef struct {
  uint32_t kind;
  int32_t code;
  uint32_t slot;
  uint32_t dtypes, has_orthogonalise, has_step;
  uint32_t left; /* processes that the call left behind */
  int64_t distance;
  char text[256];
} mc_helper_reply;

#endif
