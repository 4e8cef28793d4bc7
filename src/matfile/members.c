/* The tensors of an archive: which one is meant, and whether any two share bytes. */
#include "container.h"

#include <stdlib.h>
#include <string.h>

bool mc_members_add(mc_members *m, const char *name, size_t length, uint64_t begin, uint64_t end) {
  if ((m->count & (m->count + 1)) == 0) { /* 0, 1, 3, 7, …: twice the room */
    mc_member *grown = mc_realloc(m->list, 2 * m->count + 1, sizeof *grown);
    if (grown == NULL)
      return false;
    m->list = grown;
  }
  char *copy = mc_alloc(length + 1, 1);
  if (copy == NULL)
    return false;
  memcpy(copy, name, length);
  m->list[m->count] = (mc_member){.name = copy, .begin = begin, .end = end, .index = m->count};
  m->count++;
  return true;
}

void mc_members_clear(mc_members *m) {
  for (size_t i = 0; i < m->count; i++)
    mc_free(m->list[i].name);
  mc_free(m->list);
  *m = (mc_members){0};
}

static mc_status fail_to_choose(const mc_members *m, const char *path, const char *name, mc_error *e) {
  enum { SHOWN = 8 };
  mc_text known;
  mc_text_init(&known);
  for (size_t i = 0; i < m->count && i < SHOWN; i++)
    mc_text_printf(&known, "%s%.40s", i > 0 ? ", " : "", m->list[i].name);
  if (m->count > SHOWN)
    mc_text_printf(&known, ", and %zu more", m->count - SHOWN);
  const char *list = known.failed || m->count == 0 ? "none" : known.data;
  mc_status s = name != NULL
                    ? mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "no array is called '%.60s'; there are: %s", name, list)
                    : mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "say which array, as FILE:NAME; there are: %s", list);
  mc_text_clear(&known);
  return s;
}

mc_status mc_members_choose(size_t *index, const mc_members *m, const char *path, const char *name, mc_error *e) {
  size_t found = m->count;
  for (size_t i = 0; i < m->count && name != NULL; i++)
    if (strcmp(m->list[i].name, name) == 0) {
      if (found != m->count)
        return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "two arrays are called '%.60s'", name);
      found = i;
    }
  if (name == NULL && m->count == 1)
    found = 0;
  *index = found;
  return found < m->count ? MC_OK : fail_to_choose(m, path, name, e);
}

static int by_place(const void *a, const void *b) {
  const mc_member *x = a, *y = b;
  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

void mc_members_find_overlap(const mc_member **first, const mc_member **second, mc_members *m) {
  *first = *second = NULL;
  if (m->count > 1)
    qsort(m->list, m->count, sizeof *m->list, by_place);
  for (size_t i = 1; i < m->count && *second == NULL; i++)
    if (m->list[i].begin < m->list[i - 1].end) {
      *first = &m->list[i - 1];
      *second = &m->list[i];
    }
}
