#include "base.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

void *mc_alloc(size_t count, size_t size) {
  if (size > 0 && count > PTRDIFF_MAX / size)
    return NULL;
  return calloc(count > 0 ? count : 1, size > 0 ? size : 1);
}

void *mc_realloc(void *p, size_t count, size_t size) {
  if (size > 0 && count > PTRDIFF_MAX / size)
    return NULL;
  return reallocarray(p, count > 0 ? count : 1, size > 0 ? size : 1);
}

void mc_free(void *p) {
  free(p);
}

char *mc_strdup(const char *s) {
  return strdup(s);
}

static uint64_t lesser(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

/* The decimal number behind `label` on a line of a file of the kernel's, or UINT64_MAX ("max", absent, unreadable: no
 * limit is known). */
static uint64_t read_number(const char *path, const char *label) {
  char line[128];
  uint64_t value = UINT64_MAX;
  FILE *f = fopen(path, "r");
  if (f == NULL)
    return value;
  while (value == UINT64_MAX && fgets(line, sizeof line, f) != NULL) {
    char *number = line + strlen(label), *end = line;
    if (strncmp(line, label, strlen(label)) == 0)
      value = strtoull(number, &end, 10);
    if (end <= number)
      value = UINT64_MAX;
  }
  fclose(f);
  return value;
}

/* MemAvailable of /proc/meminfo: what can be had without swapping. */
static uint64_t machine_available(void) {
  const uint64_t kilobytes = read_number("/proc/meminfo", "MemAvailable:");
  return kilobytes > UINT64_MAX / 1024 ? UINT64_MAX : kilobytes * 1024;
}

static uint64_t address_space_used(void) {
  const uint64_t pages = read_number("/proc/self/statm", "");
  return pages == UINT64_MAX ? 0 : pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t address_space_available(void) {
  struct rlimit limit;
  uint64_t used;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return UINT64_MAX;
  used = address_space_used();
  return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

static uint64_t cgroup_available(void) {
  const uint64_t limit = read_number("/sys/fs/cgroup/memory.max", "");
  const uint64_t used = read_number("/sys/fs/cgroup/memory.current", "");
  if (limit == UINT64_MAX || used == UINT64_MAX)
    return UINT64_MAX;
  return limit > used ? limit - used : 0;
}

uint64_t mc_memory_available(void) {
  return lesser(machine_available(), lesser(address_space_available(), cgroup_available()));
}

mc_status mc_memory_require(uint64_t bytes, const char *what, mc_error *e) {
  const uint64_t available = mc_memory_available();
  if (bytes <= available / 4 * 3)
    return MC_OK;
  return mc_fail(e, MC_NO_MEMORY, "%s needs about %" PRIu64 " MiB of memory; %" PRIu64 " MiB are available", what,
                 bytes >> 20, available >> 20);
}
