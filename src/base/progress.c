#include "base.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct mc_progress {
  FILE *out;
  pthread_mutex_t lock;
  char label[64];
  uint64_t done, total;
  double begun, drawn;
};

/* A terminal that can erase a line, and a person in front of it: pipelines set CI, and may hand out a terminal all
 * the same. */
static bool is_watched(FILE *out) {
  const char *terminal = getenv("TERM"), *pipeline = getenv("CI");
  return isatty(fileno(out)) && terminal != NULL && strcmp(terminal, "dumb") != 0 &&
         (pipeline == NULL || *pipeline == '\0');
}

mc_progress *mc_progress_new(FILE *out, bool quiet) {
  mc_progress *p;
  if (quiet || out == NULL || !is_watched(out))
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

static void append_time(mc_text *line, double seconds) {
  const unsigned s = seconds < 359999 ? (unsigned)(seconds + 0.5) : 359999;
  if (s >= 3600)
    mc_text_printf(line, "%u:%02u:%02u left", s / 3600, s / 60 % 60, s % 60);
  else
    mc_text_printf(line, "%u:%02u left", s / 60, s % 60);
}

/* Columns of the terminal; a line that wraps would not be erased. */
static size_t columns_of(FILE *out) {
  struct winsize size;
  return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* The label gives way where the line is too long: what counts is how far it is. */
static void print_line(const mc_progress *p, const mc_text *line) {
  size_t room = columns_of(p->out) - 1, label = strlen(p->label), rest = line->length;
  if (label + rest > room)
    label = room > rest ? room - rest : 0;
  fprintf(p->out, "\r\033[K%.*s%.*s", (int)label, p->label, (int)(rest < room ? rest : room), line->data);
  fflush(p->out);
}

static void draw(mc_progress *p, double now) {
  const double spent = now - p->begun;
  mc_text line;
  mc_text_init(&line);
  mc_text_printf(&line, "  %" PRIu64 "/%" PRIu64, p->done, p->total);
  if (p->done > 0 && spent > 0.5) {
    const double rate = (double)p->done / spent;
    mc_text_printf(&line, "  %.3g/s  ", rate);
    if (p->total > p->done)
      append_time(&line, (double)(p->total - p->done) / rate);
  }
  if (!line.failed)
    print_line(p, &line);
  mc_text_clear(&line);
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
