#include "base.h"

#include <inttypes.h>
#include <pthread.h>
#include <unistd.h>

struct mc_progress {
  FILE *out;
  pthread_mutex_t lock;
  char label[64];
  uint64_t done, total;
  double begun, drawn;
};

mc_progress *mc_progress_new(FILE *out, bool quiet) {
  mc_progress *p;
  if (quiet || out == NULL || !isatty(fileno(out)))
    return NULL;
  p = mc_alloc(1, sizeof *p);
  if (p == NULL)
    return NULL;
  p->out = out;
  if (pthread_mutex_init(&p->lock, NULL) != 0) {
    mc_free(p);
    return NULL;
  }
  return p;
}

static void draw_time(FILE *out, double seconds) {
  const unsigned s = seconds < 359999 ? (unsigned)(seconds + 0.5) : 359999;
  if (s >= 3600)
    fprintf(out, "%u:%02u:%02u left", s / 3600, s / 60 % 60, s % 60);
  else
    fprintf(out, "%u:%02u left", s / 60, s % 60);
}

static void draw(mc_progress *p, double now) {
  const double spent = now - p->begun;
  fprintf(p->out, "\r\033[K%s  %" PRIu64 "/%" PRIu64, p->label, p->done, p->total);
  if (p->done > 0 && spent > 0.5) {
    const double rate = (double)p->done / spent;
    fprintf(p->out, "  %.3g/s  ", rate);
    if (p->total > p->done)
      draw_time(p->out, (double)(p->total - p->done) / rate);
  }
  fflush(p->out);
  p->drawn = now;
}

void mc_progress_begin(mc_progress *p, const char *label, uint64_t total) {
  if (p == NULL)
    return;
  pthread_mutex_lock(&p->lock);
  snprintf(p->label, sizeof p->label, "%s", label);
  p->done = 0;
  p->total = total;
  p->begun = mc_clock_seconds();
  draw(p, p->begun);
  pthread_mutex_unlock(&p->lock);
}

void mc_progress_add(mc_progress *p, uint64_t done) {
  double now;
  if (p == NULL)
    return;
  pthread_mutex_lock(&p->lock);
  p->done += done;
  now = mc_clock_seconds();
  if (now - p->drawn > 0.1)
    draw(p, now);
  pthread_mutex_unlock(&p->lock);
}

void mc_progress_end(mc_progress *p) {
  if (p == NULL)
    return;
  pthread_mutex_lock(&p->lock);
  fputs("\r\033[K", p->out);
  fflush(p->out);
  pthread_mutex_unlock(&p->lock);
}

void mc_progress_free(mc_progress *p) {
  if (p == NULL)
    return;
  pthread_mutex_destroy(&p->lock);
  mc_free(p);
}
