/* Plug-ins that misbehave: FAULT names how.  FAULT_NONE copies its input to its output, with a step that adds. */
#include <fcntl.h>
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
#define FAULT_BELOW 20    /* writes one element before its output */
#define FAULT_INPUT 21    /* writes into its input */
#define FAULT_STOP 22     /* stops itself */
#define FAULT_SIGNAL 23   /* sends itself a signal */
#define FAULT_PARENT 24   /* kills the process that supervises it */
#define FAULT_DISK 25     /* writes a file of 64 GiB */
#define FAULT_THREAD 26   /* a thread goes on writing when it has returned */
#define FAULT_MODES 27    /* changes rounding, signals, folder and mask, and computes */
#define FAULT_TRAP 28     /* divides by zero with the exception enabled */
#define FAULT_HALF 29     /* only a step */
#define FAULT_FORMATS 30  /* takes no format */
#define FAULT_JUNK 31     /* writes a byte into every descriptor, and loops */
#define FAULT_LOAD_HANG 32
#define FAULT_LOAD_EXIT 33
#define FAULT_LOAD_FORK 34

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

#if FAULT == FAULT_THREAD
static void *write_on(void *x) {
  for (volatile float *first = x;; (*first)++)
    ;
  return NULL;
}
#endif

#if FAULT == FAULT_MODES
static void change_modes(void) {
  fesetround(FE_UPWARD);
#ifdef __SSE__
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040); /* subnormal numbers are zero */
#endif
#if defined(__x86_64__) || defined(__i386__)
  unsigned short single = 0x007f; /* 24 bits */
  __asm__ volatile("fldcw %0" : : "m"(single));
#endif
  for (int s = 1; s < 32; s++)
    signal(s, SIG_IGN);
  umask(0777);
  if (chdir("/") != 0)
    abort();
}
#endif

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
#elif FAULT == FAULT_BELOW
  x[-1] = 1;
#elif FAULT == FAULT_INPUT
  ((float *)(uintptr_t)o->g.data)[0] += 1;
#elif FAULT == FAULT_STOP
  raise(SIGSTOP);
#elif FAULT == FAULT_SIGNAL
  raise(SIGTERM);
#elif FAULT == FAULT_PARENT
  kill(getppid(), SIGKILL);
  pause();
#elif FAULT == FAULT_DISK
  char name[] = "/tmp/plugin_disk.XXXXXX";
  int file = mkstemp(name);
  unlink(name);
  if (file < 0 || ftruncate(file, (off_t)64 << 30) != 0)
    abort();
#elif FAULT == FAULT_THREAD
  pthread_t thread;
  if (pthread_create(&thread, NULL, write_on, x) != 0)
    abort();
#elif FAULT == FAULT_MODES
  change_modes();
#elif FAULT == FAULT_TRAP
  feenableexcept(FE_DIVBYZERO);
  x[0] = 1.0f / (float)zero;
#elif FAULT == FAULT_JUNK
  for (int fd = 3; fd < 64; fd++)
    if (write(fd, "x", 1) == 1)
      continue;
  while (!zero) {
  }
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

#if FAULT == FAULT_LOAD || FAULT == FAULT_LOAD_HANG || FAULT == FAULT_LOAD_EXIT || FAULT == FAULT_LOAD_FORK
__attribute__((constructor)) static void when_loaded(void) {
#if FAULT == FAULT_LOAD
  abort();
#elif FAULT == FAULT_LOAD_HANG
  while (!zero) {
  }
#elif FAULT == FAULT_LOAD_EXIT
  exit(0);
#else
  leave_children(1);
#endif
}
#endif

#if FAULT == FAULT_SYMBOL
#define muoncert_kernel_plugin another_symbol
#endif

MUONCERT_EXPORT const muoncert_kernel muoncert_kernel_plugin = {
    FAULT == FAULT_ABI ? MUONCERT_KERNEL_ABI + 1 : MUONCERT_KERNEL_ABI,
    FAULT == FAULT_FORMATS ? 0 : 1u << MUONCERT_FLOAT32,
    "faulty",
    FAULT == FAULT_EMPTY || FAULT == FAULT_HALF ? NULL : orthogonalise,
    FAULT == FAULT_EMPTY ? NULL : step,
};
