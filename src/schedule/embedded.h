/* spec/schedules.claim, compiled in.  embedded_files.c is made from it by cmake/embed.cmake. */
#ifndef MUONCERT_SCHEDULE_EMBEDDED_H
#define MUONCERT_SCHEDULE_EMBEDDED_H

#include <stddef.h>

typedef struct {
  const char *name; /* NULL behind the last */
  const unsigned char *bytes;
  size_t length;
} mc_schedule_embedded_file;

extern const mc_schedule_embedded_file mc_schedule_embedded[];

#endif
