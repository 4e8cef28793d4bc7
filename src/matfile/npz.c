/* NumPy's .npz: a ZIP archive of .npy files, stored or deflated, with or without 64-bit sizes (PKWARE's APPNOTE 6.3;
 * RFC 1951).
 *
 * Trusted is the central directory alone, and each member's local header must agree with it.  Members must not share
 * bytes, so that a short file cannot pose as many long ones; what a member expands to is bounded by what deflate can
 * do, and by the memory there is. */
#include "container.h"

#include <string.h>
#include <zlib.h>

enum { END_SIZE = 22, ENTRY_SIZE = 46, LOCAL_SIZE = 30, LOCATOR_SIZE = 20, END64_SIZE = 56 };
enum { STORED = 0, DEFLATED = 8, ENCRYPTED = 1, ZIP64 = 1 };

/* Deflate's longest match is 258 bytes for two bits (RFC 1951, 3.2.5 and 3.2.6). */
#define MOST_EXPANSION 1032

typedef struct {
  const char *path, *bytes;
  uint64_t length;
  uint64_t directory, directory_size, end; /* where they stand */
  size_t entries;
  mc_error *e;
} archive;

/* One entry of the central directory. */
typedef struct {
  unsigned flags, method;
  uint32_t crc;
  uint64_t packed, size, local;
  const char *name;
  size_t name_length;
} entry;

static uint64_t load16(const archive *a, uint64_t at) {
  return mc_bytes_load(a->bytes + at, 2, false);
}

static uint64_t load32(const archive *a, uint64_t at) {
  return mc_bytes_load(a->bytes + at, 4, false);
}

static uint64_t load64(const archive *a, uint64_t at) {
  return mc_bytes_load(a->bytes + at, 8, false);
}

static mc_status refuse(const archive *a, const char *what) {
  return mc_fail_at(a->e, MC_BAD_INPUT, a->path, 0, 0, "malformed .npz archive: %s", what);
}

/* The record at the end, whose comment reaches exactly to the end of the file. */
static mc_status find_end(archive *a) {
  if (a->length < END_SIZE)
    return refuse(a, "too short");
  uint64_t last = a->length - END_SIZE, least = last > UINT16_MAX ? last - UINT16_MAX : 0;
  for (a->end = last;; a->end--) {
    if (memcmp(a->bytes + a->end, "PK\5\6", 4) == 0 && load16(a, a->end + 20) == last - a->end)
      return MC_OK;
    if (a->end == least)
      return refuse(a, "its end is missing; was it truncated?");
  }
}

/* Where a number of the record does not fit, another record with 64-bit numbers stands before it (APPNOTE 4.3.14 and
 * 4.3.15); the directory then ends there. */
static mc_status find_wide_end(archive *a) {
  uint64_t locator = a->end - LOCATOR_SIZE, least = LOCATOR_SIZE + END64_SIZE;
  if (a->end < least || memcmp(a->bytes + locator, "PK\6\7", 4) != 0)
    return refuse(a, "its 64-bit end is missing");
  uint64_t at = load64(a, locator + 8);
  if (at > locator - END64_SIZE || memcmp(a->bytes + at, "PK\6\6", 4) != 0)
    return refuse(a, "its 64-bit end is missing");
  if (load32(a, locator + 4) != 0 || load32(a, at + 16) != 0 || load64(a, at + 24) != load64(a, at + 32))
    return refuse(a, "it spans several disks");
  a->end = at;
  a->directory_size = load64(a, at + 40);
  a->directory = load64(a, at + 48);
  uint64_t entries = load64(a, at + 32);
  if (entries > a->length / ENTRY_SIZE)
    return refuse(a, "its directory does not stand where its end says");
  a->entries = (size_t)entries;
  return MC_OK;
}

static mc_status find_directory(archive *a) {
  mc_status s = find_end(a);
  if (s != MC_OK)
    return s;
  if (load16(a, a->end + 4) != 0 || load16(a, a->end + 6) != 0 || load16(a, a->end + 8) != load16(a, a->end + 10))
    return refuse(a, "it spans several disks");
  a->entries = load16(a, a->end + 10);
  a->directory_size = load32(a, a->end + 12);
  a->directory = load32(a, a->end + 16);
  if (a->entries == UINT16_MAX || a->directory_size == UINT32_MAX || a->directory == UINT32_MAX)
    s = find_wide_end(a);
  if (s == MC_OK && (a->directory > a->end || a->end - a->directory != a->directory_size))
    return refuse(a, "its directory does not stand where its end says");
  return s;
}

/* The numbers of an extra field of 64 bits stand for those that are 2^32 - 1, in this order (APPNOTE 4.5.3). */
static bool read_wide(entry *x, const archive *a, uint64_t at, uint64_t length) {
  uint64_t *const numbers[] = {&x->size, &x->packed, &x->local};
  while (length >= 4) {
    uint64_t kind = load16(a, at), size = load16(a, at + 2);
    at += 4, length -= 4;
    if (size > length)
      return false;
    for (size_t k = 0; k < 3 && kind == ZIP64; k++) {
      if (*numbers[k] != UINT32_MAX)
        continue;
      if (size < 8)
        return false;
      *numbers[k] = load64(a, at);
      at += 8, size -= 8, length -= 8;
    }
    if (kind == ZIP64)
      return true;
    at += size, length -= size;
  }
  return x->size != UINT32_MAX && x->packed != UINT32_MAX && x->local != UINT32_MAX;
}

/* Reads the entry at *at and moves *at behind it. */
static mc_status read_entry(entry *x, uint64_t *at, const archive *a) {
  uint64_t p = *at, left = a->end - p;
  if (left < ENTRY_SIZE || memcmp(a->bytes + p, "PK\1\2", 4) != 0)
    return refuse(a, "its directory is damaged");
  uint64_t name = load16(a, p + 28), rest = load16(a, p + 30) + load16(a, p + 32);
  if (left - ENTRY_SIZE < name + rest)
    return refuse(a, "its directory is damaged");
  *x = (entry){.flags = (unsigned)load16(a, p + 8),
               .method = (unsigned)load16(a, p + 10),
               .crc = (uint32_t)load32(a, p + 16),
               .packed = load32(a, p + 20),
               .size = load32(a, p + 24),
               .local = load32(a, p + 42),
               .name = a->bytes + p + ENTRY_SIZE,
               .name_length = (size_t)name};
  *at = p + ENTRY_SIZE + name + rest;
  for (size_t i = 0; i < x->name_length; i++)
    if (x->name[i] < ' ' || x->name[i] > '~')
      return refuse(a, "the name of an array is not printable ASCII");
  bool needs = x->packed == UINT32_MAX || x->size == UINT32_MAX || x->local == UINT32_MAX;
  return needs && !read_wide(x, a, p + ENTRY_SIZE + name, load16(a, p + 30))
             ? refuse(a, "the 64-bit sizes of an array are missing")
             : MC_OK;
}

/* *data := where the bytes of a member begin, behind a local header that agrees with the directory. */
static mc_status find_data(uint64_t *data, const entry *x, const archive *a) {
  if (x->local > a->directory || a->directory - x->local < LOCAL_SIZE || memcmp(a->bytes + x->local, "PK\3\4", 4) != 0)
    return refuse(a, "an array does not stand where the directory says");
  uint64_t name = load16(a, x->local + 26), extra = load16(a, x->local + 28);
  *data = x->local + LOCAL_SIZE + name + extra;
  if (*data > a->directory || a->directory - *data < x->packed)
    return refuse(a, "an array reaches beyond its place");
  if (name != x->name_length || memcmp(a->bytes + x->local + LOCAL_SIZE, x->name, x->name_length) != 0 ||
      load16(a, x->local + 8) != x->method)
    return refuse(a, "the directory and the header of an array contradict each other");
  return MC_OK;
}

/* All entries, none of which shares bytes with another. */
static mc_status list_members(mc_members *m, entry *entries, const archive *a) {
  uint64_t at = a->directory, data = 0;
  for (size_t i = 0; i < a->entries; i++) {
    mc_status s = read_entry(&entries[i], &at, a);
    if (s == MC_OK)
      s = find_data(&data, &entries[i], a);
    if (s != MC_OK)
      return s;
    size_t length = entries[i].name_length;
    if (length > 4 && memcmp(entries[i].name + length - 4, ".npy", 4) == 0)
      length -= 4;
    if (!mc_members_add(m, entries[i].name, length, entries[i].local, data + entries[i].packed))
      return mc_fail_at(a->e, MC_NO_MEMORY, a->path, 0, 0, "no memory for its directory");
  }
  if (at != a->end)
    return refuse(a, "its directory is damaged");
  const mc_member *first, *second;
  mc_members_find_overlap(&first, &second, m);
  if (second)
    return mc_fail_at(a->e, MC_BAD_INPUT, a->path, 0, 0,
                      "malformed .npz archive: the arrays '%.40s' and '%.40s' share bytes", first->name, second->name);
  return MC_OK;
}

/* zlib counts in unsigned integers. */
static uInt portion(uint64_t *left) {
  uInt taken = *left < (1u << 30) ? (uInt)*left : 1u << 30;
  *left -= taken;
  return taken;
}

/* out := the member's size bytes. */
static mc_status inflate_all(char *out, const entry *x, const char *data, const archive *a) {
  z_stream z = {.next_in = (z_const Bytef *)data, .next_out = (Bytef *)out};
  uint64_t in = x->packed, room = x->size;
  char past;
  int result = Z_OK;
  if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
    return mc_fail_at(a->e, MC_NO_MEMORY, a->path, 0, 0, "no memory to inflate an array");
  while (result == Z_OK) {
    z.avail_in = z.avail_in > 0 ? z.avail_in : portion(&in);
    z.avail_out = z.avail_out > 0 ? z.avail_out : portion(&room);
    if (z.avail_out == 0) { /* the end of the stream may still stand out, but no byte */
      z.next_out = (Bytef *)&past;
      z.avail_out = 1;
    }
    result = inflate(&z, Z_NO_FLUSH);
    if (z.total_out > x->size)
      result = Z_DATA_ERROR;
  }
  bool whole = result == Z_STREAM_END && z.total_out == x->size && z.avail_in == 0 && in == 0;
  inflateEnd(&z);
  return whole ? MC_OK : refuse(a, "the deflated bytes of an array are damaged");
}

static mc_status check_entry(const entry *x, const archive *a) {
  if (x->flags & ENCRYPTED)
    return refuse(a, "the array is encrypted");
  if (x->method != STORED && x->method != DEFLATED)
    return mc_fail_at(a->e, MC_BAD_INPUT, a->path, 0, 0,
                      "the array is compressed by method %u; stored and deflated are supported", x->method);
  if (x->method == STORED ? x->size != x->packed : x->size / MOST_EXPANSION > x->packed + 1)
    return refuse(a, "an array cannot have the size that the directory says");
  return mc_memory_require(x->size, "an array of the archive", a->e);
}

static mc_status decode_entry(mc_matfile *f, const entry *x, const archive *a, mc_matfile_flags flags) {
  uint64_t data = 0;
  mc_status s = check_entry(x, a);
  if (s == MC_OK)
    s = find_data(&data, x, a);
  if (s != MC_OK)
    return s;
  char *out = mc_alloc(x->size + 1, 1);
  if (out == NULL)
    return mc_fail_at(a->e, MC_NO_MEMORY, a->path, 0, 0, "no memory for an array of %llu bytes",
                      (unsigned long long)x->size);
  if (x->method == DEFLATED)
    s = inflate_all(out, x, a->bytes + data, a);
  else
    memcpy(out, a->bytes + data, x->size);
  if (s == MC_OK && crc32_z(0, (const Bytef *)out, (size_t)x->size) != x->crc)
    s = refuse(a, "the checksum of an array is wrong");
  if (s == MC_OK)
    s = mc_npy_decode(f, a->path, out, (size_t)x->size, flags, a->e);
  mc_free(out);
  return s;
}

mc_status mc_npz_decode(mc_matfile *f, const char *path, const char *name, const char *bytes, size_t length,
                        mc_matfile_flags flags, mc_error *e) {
  archive a = {.path = path, .bytes = bytes, .length = length, .e = e};
  mc_members members = {0};
  size_t chosen = 0;
  mc_status s = find_directory(&a);
  if (s != MC_OK)
    return s;
  entry *entries = mc_alloc(a.entries + 1, sizeof *entries);
  if (!entries)
    return mc_fail_at(e, MC_NO_MEMORY, path, 0, 0, "no memory for its directory");
  s = list_members(&members, entries, &a);
  if (s == MC_OK)
    s = mc_members_choose(&chosen, &members, path, name, e);
  if (s == MC_OK)
    s = decode_entry(f, &entries[members.list[chosen].index], &a, flags);
  mc_members_clear(&members);
  mc_free(entries);
  return s;
}
