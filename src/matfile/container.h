/* The three file formats, decoded from bytes in memory; private to this module. */
#ifndef MUONCERT_MATFILE_CONTAINER_H
#define MUONCERT_MATFILE_CONTAINER_H

#include "matfile.h"

/* One tensor of an archive. */
typedef struct {
  char *name;
  uint64_t begin, end; /* bytes that it occupies, in the units of the format; for checks of overlap */
  size_t index;        /* which entry it is */
} mc_member;

typedef struct {
  mc_member *list;
  size_t count;
} mc_members;

/* Append one.  False: out of memory. */
bool mc_members_add(mc_members *m, const char *name, size_t length, uint64_t begin, uint64_t end);
void mc_members_clear(mc_members *m);

/* The member to read: the one called `name`, or the only one where name is NULL.  MC_BAD_INPUT lists what there is. */
mc_status mc_members_choose(size_t *index, const mc_members *m, const char *path, const char *name, mc_error *e);

/* Sorts by place and looks for a pair that shares bytes.  *second: the later of two; NULL: none overlap. */
void mc_members_find_overlap(const mc_member **first, const mc_member **second, mc_members *m);

/* The element order, shape and bytes of a matrix, once a header said them.  dimensions is 2 or 3. */
typedef struct {
  mc_dtype dtype;
  bool big, fortran;
  size_t dimensions, shape[3];
} mc_layout;

/* Fill *f from `length` bytes of elements.  Failures name `path`: no elements, too large, length not what the layout
 * promises. */
mc_status mc_layout_decode(mc_matfile *f, const char *path, const mc_layout *layout, const char *data, size_t length,
                           mc_error *e);

/* Whole files in memory; path is for messages.  name: of a tensor, NULL for the only one.  On failure *f holds nothing
 * or what mc_matfile_clear frees. */
mc_status mc_npy_decode(mc_matfile *f, const char *path, const char *bytes, size_t length, mc_matfile_flags flags,
                        mc_error *e);
mc_status mc_npz_decode(mc_matfile *f, const char *path, const char *name, const char *bytes, size_t length,
                        mc_matfile_flags flags, mc_error *e);
mc_status mc_safetensors_decode(mc_matfile *f, const char *path, const char *name, const char *bytes, size_t length,
                                mc_error *e);

/* `size` <= 8 bytes as a number. */
static inline uint64_t mc_bytes_load(const char *p, size_t size, bool big) {
  uint64_t bits = 0;
  for (size_t i = 0; i < size; i++)
    bits |= (uint64_t)(unsigned char)p[i] << 8 * (big ? size - 1 - i : i);
  return bits;
}

#endif
