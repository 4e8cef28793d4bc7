/* The files of docs/schema, compiled in: schemas.c is made from them by embed.cmake. */
#ifndef MUONCERT_REPORT_SCHEMAS_H
#define MUONCERT_REPORT_SCHEMAS_H

#include <stddef.h>

typedef struct {
  const char *name; /* "claims.json"; NULL behind the last */
  const unsigned char *bytes;
  size_t length;
} mc_report_schema;

extern const mc_report_schema mc_report_schemas[];

#endif
