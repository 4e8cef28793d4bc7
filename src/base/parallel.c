#include "base.h"

#include <flint/flint.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

typedef struct {
  atomic_size_t next;
  size_t count;
  void (*body)(void *context, size_t i);
  void *context;
} loop;

unsigned mc_parallel_processors(void) {
  cpu_set_t set;
  const int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return n > 0 ? (unsigned)n : 1;
}

static void work(loop *l) {
  size_t i;
  while (!mc_interrupt_requested() && (i = atomic_fetch_add(&l->next, 1)) < l->count)
    l->body(l->context, i);
}

/* FLINT's caches, and those of MPFR, belong to a thread and are lost with it. */
static void *help(void *argument) {
  work(argument);
  flint_cleanup();
  return NULL;
}

/* Arb's recursive algorithms and the claim prover's stacks are shallow, but 8 MiB is what the main thread has: give workers the same. */
static bool start(pthread_t *thread, loop *l) {
  pthread_attr_t attributes;
  bool started;
  if (pthread_attr_init(&attributes) != 0)
    return false;
  pthread_attr_setstacksize(&attributes, (size_t)8 << 20);
  started = pthread_create(thread, &attributes, help, l) == 0;
  pthread_attr_destroy(&attributes);
  return started;
}

mc_status mc_parallel_for(size_t count, unsigned threads, void (*body)(void *context, size_t i), void *context) {
  loop l = {.count = count, .body = body, .context = context};
  pthread_t *helpers;
  size_t wanted = threads > 0 ? threads : mc_parallel_processors(), running = 0;
  atomic_init(&l.next, 0);
  if (wanted > count)
    wanted = count;
  helpers = wanted > 1 ? mc_alloc(wanted - 1, sizeof *helpers) : NULL;
  if (helpers != NULL)
    while (running < wanted - 1 && start(&helpers[running], &l))
      running++;
  work(&l);
  for (size_t t = 0; t < running; t++)
    pthread_join(helpers[t], NULL);
  mc_free(helpers);
  return mc_interrupt_requested() ? MC_INTERRUPTED : MC_OK;
}
