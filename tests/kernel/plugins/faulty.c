/* Plug-ins that misbehave: FAULT names how.  FAULT_NONE copies its input to its output, with a step that adds. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../src/kernel/muoncert_kernel.h"

#define FAULT_NONE 0
#define FAULT_CRASH 1     /* a null pointer */
#define FAULT_ABORT 2     /* abort() */
#define FAULT_STACK 3     /* endless recursion */
#define FAULT_HANG 4      /* a loop, deaf to SIGTERM */
#define FAULT_EXIT 5      /* exit(0): nothing but its absence shows it */
#define FAULT_FORK 6      /* a child that sleeps on */
#define FAULT_DAEMON 7    /* a child that is not waited for, a grandchild in a session of its own */
#define FAULT_FORK_TREE 8 /* many children, and a crash */
#define FAULT_FAR 9       /* writes a page behind its output */
#define FAULT_NEAR 10     /* writes one element behind its output */
#define FAULT_BEFORE 11   /* writes far before its output */
#define FAULT_REFUSE 12   /* returns 7 */
#define FAULT_MEMORY 13   /* 64 GiB or a null pointer */
#define FAULT_CLOSED 14   /* closes all descriptors */
#define FAULT_ABI 15      /* version 2 */
#define FAULT_EMPTY 16    /* no functions */
#define FAULT_SYMBOL 17   /* no symbol */
#define FAULT_LOAD 18     /* crashes when it is loaded */
#define FAULT_TALK 19     /* prints, and computes */

__attribute__((unused)) static volatile int zero;

#if FAULT == FAULT_STACK
static int descend(volatile char *above) {
  volatile char here[4096] = {0};
  here[0] = above ? above[0] : 1;
  return descend(here) + here[1];
}
#endif

__attribute__((unused)) static void leave_children(int count) {
  for (int i = 0; i < count; i++)
    if (fork() == 0) {
      sleep(600);
      _exit(0);
    }
}

static void misbehave(const muoncert_orthogonalise *o) {
  float *x = o->x.data;
  uint64_t behind = (o->problem.m - 1) * o->x.row_stride + o->problem.n;
  (void)x;
  (void)behind;
#if FAULT == FAULT_CRASH
  *(volatile int *)(uintptr_t)zero = 1;
#elif FAULT == FAULT_ABORT
  abort();
#elif FAULT == FAULT_STACK
  zero = descend(NULL);
#elif FAULT == FAULT_HANG
  signal(SIGTERM, SIG_IGN);
  while (!zero) {
  }
#elif FAULT == FAULT_EXIT
  exit(0);
#elif FAULT == FAULT_FORK
  leave_children(1);
#elif FAULT == FAULT_DAEMON
  if (fork() == 0) {
    setsid();
    leave_children(1);
    _exit(0);
  }
  usleep(50000);
#elif FAULT == FAULT_FORK_TREE
  leave_children(20);
  *(volatile int *)(uintptr_t)zero = 1;
#elif FAULT == FAULT_FAR
  x[behind + 1024] = 1;
#elif FAULT == FAULT_NEAR
  x[behind] = 1;
#elif FAULT == FAULT_BEFORE
  x[-100000] = 1;
#elif FAULT == FAULT_MEMORY
  volatile char *room = malloc((size_t)64 << 30);
  room[0] = 1;
#elif FAULT == FAULT_CLOSED
  for (int fd = 0; fd < 256; fd++)
    close(fd);
#elif FAULT == FAULT_TALK
  if (write(1, "hello\n", 6) == 6 && write(2, "hello\n", 6) == 6)
    zero = 0;
#endif
}

static int orthogonalise(const muoncert_orthogonalise *o) {
  misbehave(o);
  for (uint64_t k = 0; k < o->problem.count; k++)
    for (uint64_t i = 0; i < o->problem.m; i++)
      memcpy((float *)o->x.data + k * o->x.batch_stride + i * o->x.row_stride,
             (const float *)o->g.data + k * o->g.batch_stride + i * o->g.row_stride, o->problem.n * sizeof(float));
  return FAULT == FAULT_REFUSE ? 7 : 0;
}

/* weights_after := weights + gradient, buffer_after := buffer. */
static int step(const muoncert_step *s) {
  for (uint64_t i = 0; i < s->problem.m; i++)
    for (uint64_t j = 0; j < s->problem.n; j++) {
      ((float *)s->weights_after.data)[i * s->weights_after.row_stride + j] =
          ((const float *)s->weights.data)[i * s->weights.row_stride + j] +
          ((const float *)s->gradient.data)[i * s->gradient.row_stride + j];
      ((float *)s->buffer_after.data)[i * s->buffer_after.row_stride + j] =
          ((const float *)s->buffer.data)[i * s->buffer.row_stride + j];
    }
  return 0;
}

#if FAULT == FAULT_LOAD
__attribute__((constructor)) static void crash(void) {
  abort();
}
#endif

#if FAULT == FAULT_SYMBOL
#define muoncert_kernel_plugin another_symbol
#endif

MUONCERT_EXPORT const muoncert_kernel muoncert_kernel_plugin = {
    FAULT == FAULT_ABI ? MUONCERT_KERNEL_ABI + 1 : MUONCERT_KERNEL_ABI,
    1u << MUONCERT_FLOAT32,
    "faulty",
    FAULT == FAULT_EMPTY ? NULL : orthogonalise,
    FAULT == FAULT_EMPTY ? NULL : step,
};
