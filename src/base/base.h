/* muoncert: status, memory, text, clock, progress, parallel loops and counter-based random numbers.
 *
 * Floor 0: everything above includes this header and nothing below it exists.  Nothing here prints (but for
 * mc_progress_*, which draws on the stream it was given), exits or aborts. */
#ifndef MUONCERT_BASE_H
#define MUONCERT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MC_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define MC_PRINTF(f, a)
#endif

/* ---- Status and error text (status.c) ---- */

typedef enum {
  MC_OK = 0,
  MC_BAD_INPUT,   /* malformed, unreadable, of the wrong shape or type: exit status 3 */
  MC_NO_MEMORY,   /* an estimate or an allocation failed */
  MC_IO,          /* a file could not be opened, read or written */
  MC_UNDECIDED,   /* the question is well posed and was not settled */
  MC_INTERRUPTED, /* the caller asked to stop */
  MC_CRASHED,     /* a kernel under audit crashed or hung: exit status 4 */
  MC_INTERNAL     /* an invariant of this library failed: a bug, never the user's fault */
} mc_status;

/* Why a call failed.  file is "" and line and column are 0 where they do not apply.  Columns count from 1, in bytes. */
typedef struct {
  mc_status status;
  char file[256];
  unsigned line, column;
  char text[512];
} mc_error;

/* Fill *e (if not NULL) and return s, so that a failing function ends with `return mc_fail(e, …);`. */
mc_status mc_fail(mc_error *e, mc_status s, const char *format, ...) MC_PRINTF(3, 4);

/* The same with a place.  file may be NULL. */
mc_status mc_fail_at(mc_error *e, mc_status s, const char *file, unsigned line, unsigned column, const char *format,
                     ...) MC_PRINTF(6, 7);

/* Reset to MC_OK and empty text. */
void mc_error_clear(mc_error *e);

/* Write "file:line:column: text" (the parts that apply) into out, always terminated. */
void mc_error_format(char *out, size_t size, const mc_error *e);

/* The exit status of the program.  Of several, the first in the order 3, 4, 1, 2, 0 stands (design: "The command"). */
typedef enum {
  MC_EXIT_EXPECTED = 0,  /* everything as expected */
  MC_EXIT_VIOLATED = 1,  /* violated, refuted, wrong or suspicious against expectation */
  MC_EXIT_UNDECIDED = 2, /* undecided, not certified, interrupted */
  MC_EXIT_USAGE = 3,     /* usage or bad input */
  MC_EXIT_CRASHED = 4    /* a kernel crashed or hung */
} mc_exit;

/* The graver of two exit statuses. */
mc_exit mc_exit_worse(mc_exit a, mc_exit b);

/* The exit status that a failed call deserves. */
mc_exit mc_exit_of(mc_status s);

/* ---- Memory (memory.c) ---- */

/* count * size zeroed bytes, or NULL (count * size overflows, or memory is out).  Free with mc_free. */
void *mc_alloc(size_t count, size_t size);
void *mc_realloc(void *p, size_t count, size_t size);
void mc_free(void *p);
char *mc_strdup(const char *s);

/* Bytes this process may still allocate: the least of available memory, address-space limit and cgroup limit. */
uint64_t mc_memory_available(void);

/* MC_OK if `bytes` fit comfortably (three quarters of what is available), else MC_NO_MEMORY naming `what`.
 * FLINT aborts when memory runs out, so sizes are refused here first. */
mc_status mc_memory_require(uint64_t bytes, const char *what, mc_error *e);

/* ---- Strings (text.c) ---- */

/* A growing byte string; data is always terminated once anything was appended.  failed stays set after a lost
 * allocation. */
typedef struct {
  char *data;
  size_t length, capacity;
  bool failed;
} mc_text;

void mc_text_init(mc_text *t);
void mc_text_clear(mc_text *t);
void mc_text_append(mc_text *t, const char *bytes, size_t length);
void mc_text_printf(mc_text *t, const char *format, ...) MC_PRINTF(2, 3);

/* Whole file into t.  Refuses more than `limit` bytes. */
mc_status mc_text_read_file(mc_text *t, const char *path, uint64_t limit, mc_error *e);

/* Write a file so that an interrupted run or a full disk leaves either the old content or the new: temporary name,
 * flush, rename.  Permissions and links stay as they are; into a pipe or a device the bytes are written as they are. */
mc_status mc_file_write(const char *path, const void *bytes, size_t length, mc_error *e);

/* Say before long work, and not after it, that its result could not be written to this path: it is a folder, or lies in
 * one that is missing or may not be written to. */
mc_status mc_file_require_writable(const char *path, mc_error *e);

/* Shell-style match of * and ? (for --only). */
bool mc_glob_match(const char *pattern, const char *name);

/* ---- Clock and interruption (clock.c) ---- */

/* Monotonic seconds. */
double mc_clock_seconds(void);

/* A point in time after which work should stop.  seconds <= 0: never. */
typedef struct {
  double end;
} mc_deadline;

mc_deadline mc_deadline_in(double seconds);
bool mc_deadline_passed(mc_deadline d);

/* Ask all running work to stop soon (async-signal-safe), and see whether that was asked. */
void mc_interrupt_request(void);
bool mc_interrupt_requested(void);

/* ---- Progress (progress.c) ---- */

/* Draws one line "label  done/total  rate  time left" on `out`, at most ten times a second and only if `out` is a
 * terminal that can erase a line (TERM is set and not "dumb") and the environment variable CI is unset or empty;
 * else NULL is returned, which all calls accept.  mc_progress_add may be called from any thread. */
typedef struct mc_progress mc_progress;

mc_progress *mc_progress_new(FILE *out, bool quiet);
void mc_progress_begin(mc_progress *p, const char *label, uint64_t total);
void mc_progress_add(mc_progress *p, uint64_t done);
void mc_progress_end(mc_progress *p);
void mc_progress_free(mc_progress *p);

/* ---- Parallel loops (parallel.c) ---- */

/* Number of processors this process may use. */
unsigned mc_parallel_processors(void);

/* Call body(context, i) for 0 <= i < count on `threads` threads (0: mc_parallel_processors()).  Which thread runs
 * which i is not defined; results must therefore depend on i alone.  Stops handing out work once an interrupt was
 * requested, and then returns MC_INTERRUPTED; otherwise MC_OK.  Runs on the calling thread where threads cannot be
 * made. */
mc_status mc_parallel_for(size_t count, unsigned threads, void (*body)(void *context, size_t i), void *context);

/* ---- Counter-based random numbers (random.c) ----
 *
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011; Random123).  The k-th word of a stream depends on
 * (seed, stream, trial, k) alone: a trial is replayed by itself, on any machine, in any order, on any number of threads. */
typedef struct {
  uint64_t seed;
  uint32_t stream; /* mc_random_stream_of(name) */
  uint32_t trial;
  uint64_t next; /* index of the next 32-bit word */
  uint32_t block[4];
  uint64_t block_index; /* which block is in `block`; UINT64_MAX: none */
} mc_random;

/* FNV-1a of a property's name: its stream. */
uint32_t mc_random_stream_of(const char *name);
void mc_random_init(mc_random *r, uint64_t seed, uint32_t stream, uint32_t trial);
uint32_t mc_random_u32(mc_random *r);
uint64_t mc_random_u64(mc_random *r);

/* Uniform on {0, …, n-1} without bias (rejection); n > 0. */
uint64_t mc_random_below(mc_random *r, uint64_t n);

/* Uniform on the dyadic grid (k + 1/2) 2^-52, 0 <= k < 2^52: every value is a double, strictly inside (0, 1). */
double mc_random_unit(mc_random *r);

#ifdef __cplusplus
}
#endif
#endif
