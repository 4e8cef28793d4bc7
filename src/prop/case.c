#include "prop.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void mc_prop_case_format(mc_text *out, const mc_prop_case *c) {
  mc_text_printf(out, "seed=0x%" PRIx64 " trial=%" PRIu32 " shape=%zux%zu spectrum=", c->seed, c->trial, c->rows,
                 c->columns);
  mc_matgen_family_format(out, &c->family);
  if (c->rank)
    mc_text_printf(out, " rank=%zu", c->rank);
  if (c->batch)
    mc_text_printf(out, " batch=%zu", c->batch);
  if (c->bits != 53)
    mc_text_printf(out, " bits=%u", c->bits);
  if (c->exponents)
    mc_text_printf(out, " exponents=%u", c->exponents);
  if (c->aligned)
    mc_text_printf(out, " factors=identity");
}

/* A whole unsigned number within bounds; advances *s behind it. */
static bool read_number(uint64_t *value, const char **s, uint64_t low, uint64_t high) {
  char *end;
  if (**s < '0' || **s > '9')
    return false;
  errno = 0;
  *value = strtoull(*s, &end, 0);
  *s = end;
  return errno == 0 && *value >= low && *value <= high;
}

static bool read_shape(mc_prop_case *c, const char *s) {
  uint64_t rows, columns;
  if (!read_number(&rows, &s, 1, MC_PROP_LARGEST) || *s++ != 'x' || !read_number(&columns, &s, 1, MC_PROP_LARGEST))
    return false;
  c->rows = (size_t)rows;
  c->columns = (size_t)columns;
  return *s == '\0';
}

static bool read_field(mc_prop_case *c, const char *key, const char *value) {
  uint64_t number = 0;
  const char *s = value;
  bool numeric = true;
  if (!strcmp(key, "seed") && read_number(&number, &s, 0, UINT64_MAX))
    c->seed = number;
  else if (!strcmp(key, "trial") && read_number(&number, &s, 0, UINT32_MAX))
    c->trial = (uint32_t)number;
  else if (!strcmp(key, "rank") && read_number(&number, &s, 1, MC_PROP_LARGEST))
    c->rank = (size_t)number;
  else if (!strcmp(key, "batch") && read_number(&number, &s, 1, MC_PROP_LARGEST))
    c->batch = (size_t)number;
  else if (!strcmp(key, "bits") && read_number(&number, &s, 1, 53))
    c->bits = (unsigned)number;
  else if (!strcmp(key, "exponents") && read_number(&number, &s, 1, MC_PROP_EXPONENTS))
    c->exponents = (unsigned)number;
  else
    numeric = false;
  if (numeric)
    return *s == '\0';
  if (!strcmp(key, "factors") && !strcmp(value, "identity"))
    return c->aligned = true;
  return !strcmp(key, "shape") && read_shape(c, value);
}

static const char *const fields[] = {"seed",  "trial", "shape",     "spectrum", "rank",
                                     "batch", "bits",  "exponents", "factors"};
enum { FIELDS = sizeof fields / sizeof fields[0], REQUIRED = 4 };

static mc_status read_word(mc_prop_case *c, bool *seen, char *word, mc_error *e) {
  char *value = strchr(word, '=');
  size_t k = 0;
  if (!value)
    return mc_fail(e, MC_BAD_INPUT, "replay: '%s' is not of the form name=value", word);
  *value++ = '\0';
  while (k < FIELDS && strcmp(fields[k], word) != 0)
    k++;
  if (k == FIELDS)
    return mc_fail(e, MC_BAD_INPUT, "replay: there is no field '%s'", word);
  if (seen[k])
    return mc_fail(e, MC_BAD_INPUT, "replay: '%s' is given twice", word);
  seen[k] = true;
  if (!strcmp(word, "spectrum"))
    return mc_matgen_family_parse(&c->family, value, e);
  return read_field(c, word, value) ? MC_OK : mc_fail(e, MC_BAD_INPUT, "replay: '%s' cannot be %s", value, word);
}

mc_status mc_prop_case_parse(mc_prop_case *c, const char *text, mc_error *e) {
  char *copy = mc_strdup(text), *rest = copy;
  bool seen[FIELDS] = {false};
  mc_status status = copy ? MC_OK : mc_fail(e, MC_NO_MEMORY, "out of memory");
  *c = (mc_prop_case){.bits = 53};
  for (char *word; status == MC_OK && (word = strtok_r(rest, " \t\n", &rest)) != NULL;)
    status = read_word(c, seen, word, e);
  for (size_t k = 0; k < REQUIRED && status == MC_OK; k++)
    if (!seen[k])
      status = mc_fail(e, MC_BAD_INPUT, "replay: '%s=' is missing", fields[k]);
  mc_free(copy);
  return status;
}
