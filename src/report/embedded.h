/* Files compiled in: those of docs/schema and report.css.  embedded_files.c is made from them by cmake/embed.cmake. */
#ifndef MUONCERT_REPORT_EMBEDDED_H
#define MUONCERT_REPORT_EMBEDDED_H

#include <stddef.h>

typedef struct {
  const char *name; /* "claims.json"; NULL behind the last */
  const unsigned char *bytes;
  size_t length;
} mc_report_embedded_file;

extern const mc_report_embedded_file mc_report_embedded[];

/* The file of this name, or NULL. */
const mc_report_embedded_file *mc_report_embedded_find(const char *name);

#endif
