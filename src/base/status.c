#include "base.h"

#include <stdarg.h>
#include <string.h>

static void set_place(mc_error *e, const char *file, unsigned line, unsigned column) {
  snprintf(e->file, sizeof e->file, "%s", file != NULL ? file : "");
  e->line = line;
  e->column = column;
}

mc_status mc_fail(mc_error *e, mc_status s, const char *format, ...) {
  if (e != NULL) {
    va_list arguments;
    e->status = s;
    set_place(e, NULL, 0, 0);
    va_start(arguments, format);
    vsnprintf(e->text, sizeof e->text, format, arguments);
    va_end(arguments);
  }
  return s;
}

mc_status mc_fail_at(mc_error *e, mc_status s, const char *file, unsigned line, unsigned column, const char *format,
                     ...) {
  if (e != NULL) {
    va_list arguments;
    e->status = s;
    set_place(e, file, line, column);
    va_start(arguments, format);
    vsnprintf(e->text, sizeof e->text, format, arguments);
    va_end(arguments);
  }
  return s;
}

void mc_error_clear(mc_error *e) {
  if (e != NULL)
    memset(e, 0, sizeof *e);
}

void mc_error_format(char *out, size_t size, const mc_error *e) {
  char place[300] = "";
  if (e->file[0] != '\0' && e->line > 0 && e->column > 0)
    snprintf(place, sizeof place, "%s:%u:%u: ", e->file, e->line, e->column);
  else if (e->file[0] != '\0' && e->line > 0)
    snprintf(place, sizeof place, "%s:%u: ", e->file, e->line);
  else if (e->file[0] != '\0')
    snprintf(place, sizeof place, "%s: ", e->file);
  snprintf(out, size, "%s%s", place, e->text);
}

static int gravity(mc_exit x) {
  switch (x) {
  case MC_EXIT_USAGE:
    return 4;
  case MC_EXIT_CRASHED:
    return 3;
  case MC_EXIT_VIOLATED:
    return 2;
  case MC_EXIT_UNDECIDED:
    return 1;
  case MC_EXIT_EXPECTED:
    break;
  }
  return 0;
}

mc_exit mc_exit_worse(mc_exit a, mc_exit b) {
  return gravity(a) >= gravity(b) ? a : b;
}

mc_exit mc_exit_of(mc_status s) {
  switch (s) {
  case MC_OK:
    return MC_EXIT_EXPECTED;
  case MC_UNDECIDED:
  case MC_INTERRUPTED:
    return MC_EXIT_UNDECIDED;
  case MC_CRASHED:
    return MC_EXIT_CRASHED;
  case MC_BAD_INPUT:
  case MC_NO_MEMORY:
  case MC_IO:
  case MC_INTERNAL:
    break;
  }
  return MC_EXIT_USAGE;
}
