#include "embedded.h"

#include <string.h>

const mc_report_embedded_file *mc_report_embedded_find(const char *name) {
  for (const mc_report_embedded_file *file = mc_report_embedded; file->name; file++)
    if (strcmp(file->name, name) == 0)
      return file;
  return NULL;
}
