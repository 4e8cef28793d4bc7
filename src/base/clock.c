#include "base.h"

#include <signal.h>
#include <time.h>

double mc_clock_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

mc_deadline mc_deadline_in(double seconds) {
  const mc_deadline d = {seconds > 0 ? mc_clock_seconds() + seconds : 0};
  return d;
}

bool mc_deadline_passed(mc_deadline d) {
  return mc_interrupt_requested() || (d.end > 0 && !(mc_clock_seconds() < d.end));
}

static volatile sig_atomic_t interrupted;

void mc_interrupt_request(void) {
  interrupted = 1;
}

bool mc_interrupt_requested(void) {
  return interrupted != 0;
}
