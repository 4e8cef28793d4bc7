/* .npz and safetensors: what is read, and what is refused with which words. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "../../src/matfile/matfile.h"

static const char path[] = "t_archives.bin";

static void put(mc_text *t, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; i++)
    mc_text_append(t, (char[]){(char)(value >> 8 * i)}, 1);
}

static void save(mc_text *t) {
  assert_false(t->failed);
  assert_int_equal(mc_file_write(path, t->data, t->length, NULL), MC_OK);
  mc_text_clear(t);
}

static mc_matfile read_good(const char *name) {
  mc_matfile f;
  mc_error e = {0};
  if (mc_matfile_read(&f, name, MC_MATFILE_PLAIN, &e) != MC_OK)
    fail_msg("%s", e.text);
  return f;
}

static void expect_refused(const char *name, const char *words) {
  mc_matfile f;
  mc_error e = {0};
  mc_status s = mc_matfile_read(&f, name, MC_MATFILE_PLAIN, &e);
  if (s != MC_BAD_INPUT)
    fail_msg("%s: status %d (%s) where '%s' was expected", name, s, e.text, words);
  assert_string_equal(e.file, path);
  if (strstr(e.text, words) == NULL)
    fail_msg("'%s' does not say '%s'", e.text, words);
  if (strchr(e.text, '\n'))
    fail_msg("more than one line: %s", e.text);
  assert_null(f.values);
}

/* ---- ZIP ---- */

/* What may go wrong with one archive of two members. */
typedef struct {
  bool deflated;
  const char *second;      /* name of the second member */
  unsigned method, flags;  /* other than the truth: when not 0 */
  uint32_t crc_change;     /* added to the checksum of the second */
  int64_t size_change;     /* of the second, as the directory says it */
  int64_t packed_change;   /* likewise */
  bool share;              /* both entries of the directory point at the first member */
  bool other_local;        /* the local header names another file */
  int64_t entries_change;  /* in the record at the end */
  int64_t directory_moved; /* likewise */
  const char *comment;
  bool wide;          /* 64-bit numbers, as in archives of 4 GB and more */
  bool without_sizes; /* and they are missing */
  uint64_t wide_end_moved;
} flaws;

static void npy_of(mc_text *t, float first) {
  static const char dictionary[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";
  float values[6];
  mc_text_append(t, "\x93NUMPY\1\0", 8);
  put(t, sizeof dictionary - 1, 2);
  mc_text_append(t, dictionary, sizeof dictionary - 1);
  for (int i = 0; i < 6; i++)
    values[i] = first + (float)i;
  mc_text_append(t, (char *)values, sizeof values);
}

static void deflate_raw(mc_text *out, const mc_text *in) {
  z_stream z = {.next_in = (Bytef *)in->data, .avail_in = (uInt)in->length};
  char room[4096];
  assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  z.next_out = (Bytef *)room;
  z.avail_out = sizeof room;
  assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
  mc_text_append(out, room, sizeof room - z.avail_out);
  deflateEnd(&z);
}

typedef struct {
  const char *name;
  uint64_t local, packed, size;
  uint32_t crc;
} written;

static void write_member(mc_text *t, written *w, const char *name, float first, const flaws *f) {
  mc_text raw, packed;
  mc_text_init(&raw);
  mc_text_init(&packed);
  npy_of(&raw, first);
  if (f->deflated)
    deflate_raw(&packed, &raw);
  else
    mc_text_append(&packed, raw.data, raw.length);
  *w = (written){name, t->length, packed.length, raw.length, (uint32_t)crc32(0, (Bytef *)raw.data, (uInt)raw.length)};
  mc_text_append(t, "PK\3\4", 4);
  put(t, 20, 2), put(t, 0, 2), put(t, f->deflated ? 8 : 0, 2), put(t, 0, 4), put(t, w->crc, 4);
  put(t, w->packed, 4), put(t, w->size, 4), put(t, strlen(name), 2), put(t, 0, 2);
  mc_text_append(t, f->other_local ? "oops.npyoops" : name, strlen(name));
  mc_text_append(t, packed.data, packed.length);
  mc_text_clear(&raw);
  mc_text_clear(&packed);
}

/* All three numbers of an entry in a field of 64 bits, behind a field of another kind. */
static void write_wide_entry(mc_text *t, const written *w, unsigned method, bool without_sizes) {
  mc_text_append(t, "PK\1\2", 4);
  put(t, 45, 2), put(t, 45, 2), put(t, 0, 2), put(t, method, 2), put(t, 0, 4), put(t, w->crc, 4);
  put(t, UINT32_MAX, 4), put(t, UINT32_MAX, 4), put(t, strlen(w->name), 2), put(t, without_sizes ? 26 : 34, 2);
  put(t, 0, 2), put(t, 0, 2), put(t, 0, 2), put(t, 0, 4), put(t, UINT32_MAX, 4);
  mc_text_append(t, w->name, strlen(w->name));
  put(t, 0x7777, 2), put(t, 2, 2), put(t, 1, 2);
  put(t, 1, 2), put(t, without_sizes ? 16 : 24, 2), put(t, w->size, 8), put(t, w->packed, 8);
  if (!without_sizes)
    put(t, w->local, 8);
}

static void write_wide_end(mc_text *t, uint64_t directory, uint64_t moved) {
  uint64_t end = t->length;
  mc_text_append(t, "PK\6\6", 4);
  put(t, 44, 8), put(t, 45, 2), put(t, 45, 2), put(t, 0, 4), put(t, 0, 4), put(t, 2, 8), put(t, 2, 8);
  put(t, end - directory, 8), put(t, directory, 8);
  mc_text_append(t, "PK\6\7", 4);
  put(t, 0, 4), put(t, end + moved, 8), put(t, 1, 4);
}

static void write_directory_entry(mc_text *t, const written *w, unsigned method, unsigned flags) {
  mc_text_append(t, "PK\1\2", 4);
  put(t, 20, 2), put(t, 20, 2), put(t, flags, 2), put(t, method, 2), put(t, 0, 4), put(t, w->crc, 4);
  put(t, w->packed, 4), put(t, w->size, 4), put(t, strlen(w->name), 2), put(t, 0, 2), put(t, 0, 2);
  put(t, 0, 2), put(t, 0, 2), put(t, 0, 4), put(t, w->local, 4);
  mc_text_append(t, w->name, strlen(w->name));
}

/* Members G.npy and X.npy. */
static void npz_with(mc_text *t, const flaws *f) {
  written g, x;
  mc_text_init(t);
  write_member(t, &g, "G.npy", 1, f);
  write_member(t, &x, f->second ? f->second : "X.npy", 10, f);
  uint64_t directory = t->length;
  unsigned method = f->deflated ? 8 : 0;
  x.crc += f->crc_change;
  x.size += (uint64_t)f->size_change;
  x.packed += (uint64_t)f->packed_change;
  if (f->share)
    x = g;
  if (f->wide) {
    write_wide_entry(t, &g, method, false);
    write_wide_entry(t, &x, method, f->without_sizes);
  } else {
    write_directory_entry(t, &g, method, 0);
    write_directory_entry(t, &x, f->method ? f->method : method, f->flags);
  }
  uint64_t end = t->length, entries = f->wide ? UINT16_MAX : (uint64_t)(2 + f->entries_change);
  if (f->wide)
    write_wide_end(t, directory, f->wide_end_moved);
  mc_text_append(t, "PK\5\6", 4);
  put(t, 0, 2), put(t, 0, 2), put(t, entries, 2), put(t, entries, 2), put(t, end - directory, 4);
  put(t, directory + (uint64_t)f->directory_moved, 4), put(t, f->comment ? strlen(f->comment) : 0, 2);
  mc_text_append(t, f->comment ? f->comment : "", f->comment ? strlen(f->comment) : 0);
}

static void write_npz(const flaws *f) {
  mc_text t;
  npz_with(&t, f);
  save(&t);
}

static void named(char out[64], const char *name) {
  snprintf(out, 64, "%s:%s", path, name);
}

static void npz_is_read(void **state) {
  char name[64];
  (void)state;
  for (int kind = 0; kind < 4; kind++) {
    bool deflated = kind % 2;
    write_npz(&(flaws){.deflated = deflated,
                       .wide = kind > 1,
                       .comment = deflated ? "PK\5\6 a comment that looks like an end" : NULL});
    named(name, "X");
    mc_matfile f = read_good(name);
    assert_true(f.count == 1 && f.m == 2 && f.n == 3 && f.dtype == MC_DTYPE_FLOAT32);
    for (int i = 0; i < 6; i++)
      assert_true(f.values[i] == 10 + i);
    mc_matfile_clear(&f);
    expect_refused(path, "say which array, as FILE:NAME; there are: G, X");
    named(name, "Y");
    expect_refused(name, "no array is called 'Y'; there are: G, X");
  }
}

static void npz_that_lie(void **state) {
  static const struct {
    flaws f;
    const char *words;
  } cases[] = {{{.second = "G.npy"}, "two arrays are called 'G'"},
               {{.crc_change = 1}, "checksum"},
               {{.deflated = true, .crc_change = 1}, "checksum"},
               {{.size_change = 1}, "cannot have the size"},
               {{.deflated = true, .size_change = 1}, "deflated bytes of an array are damaged"},
               {{.deflated = true, .size_change = -1}, "deflated bytes of an array are damaged"},
               {{.deflated = true, .packed_change = -1}, "deflated bytes of an array are damaged"},
               {{.deflated = true, .size_change = 0x7fff0000}, "cannot have the size"},
               {{.packed_change = 1000}, "reaches beyond its place"},
               {{.share = true}, "share bytes"},
               {{.other_local = true}, "contradict each other"},
               {{.method = 12}, "contradict each other"},
               {{.flags = 1}, "encrypted"},
               {{.entries_change = 1}, "directory is damaged"},
               {{.entries_change = -1}, "directory is damaged"},
               {{.entries_change = 0xffff - 2}, "64-bit end is missing"},
               {{.wide = true, .wide_end_moved = 1}, "64-bit end is missing"},
               {{.wide = true, .wide_end_moved = UINT64_MAX / 2}, "64-bit end is missing"},
               {{.wide = true, .without_sizes = true}, "64-bit sizes of an array are missing"},
               {{.directory_moved = 1}, "does not stand where its end says"},
               {{.directory_moved = -1}, "does not stand where its end says"},
               {{.directory_moved = 0x7fffffff}, "does not stand where its end says"}};
  char name[64];
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_npz(&cases[i].f);
    named(name, cases[i].f.second || cases[i].f.share ? "G" : "X");
    expect_refused(name, cases[i].words);
  }
}

/* Every prefix of a file is refused, and so is every file with one byte changed that it still reads as another one:
 * what is read is checked by its checksum. */
static void damaged_archives(void **state) {
  mc_text t;
  char name[64];
  (void)state;
  npz_with(&t, &(flaws){.deflated = true});
  named(name, "X");
  for (size_t length = 4; length < t.length; length++) {
    assert_int_equal(mc_file_write(path, t.data, length, NULL), MC_OK);
    expect_refused(name, "");
  }
  for (size_t i = 0; i < t.length; i++) {
    mc_matfile f;
    t.data[i] = (char)(t.data[i] ^ 0x41);
    assert_int_equal(mc_file_write(path, t.data, t.length, NULL), MC_OK);
    if (mc_matfile_read(&f, name, MC_MATFILE_PLAIN, NULL) == MC_OK)
      for (int k = 0; k < 6; k++)
        assert_true(f.values[k] == 10 + k);
    mc_matfile_clear(&f);
    t.data[i] = (char)(t.data[i] ^ 0x41);
  }
  mc_text_clear(&t);
}

/* ---- Safetensors ---- */

static void write_safetensors(const char *header, const void *data, size_t length) {
  mc_text t;
  mc_text_init(&t);
  put(&t, strlen(header), 8);
  mc_text_append(&t, header, strlen(header));
  mc_text_append(&t, data, length);
  save(&t);
}

/* A bfloat16 batch, a float32 matrix and a vector of integers in one file. */
static void safetensors_are_read(void **state) {
  unsigned char data[4 * 2 + 2 * 4 + 8] = {0x80, 0x3f, 0x00, 0xc0, 0x40, 0x3f, 0x00, 0x00, 0, 0, 0x20, 0x40};
  char name[64];
  (void)state;
  write_safetensors("{\"__metadata__\":{\"format\":\"pt\"},"
                    "\"b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,16]},"
                    "\"a.g\":{\"dtype\":\"BF16\",\"shape\":[2,1,2],\"data_offsets\":[0,8]},"
                    "\"i\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[16,24]}}   ",
                    data, sizeof data);
  named(name, "a.g");
  mc_matfile f = read_good(name);
  assert_true(f.count == 2 && f.m == 1 && f.n == 2 && f.dtype == MC_DTYPE_BFLOAT16);
  assert_true(f.values[0] == 1 && f.values[1] == -2 && f.values[2] == 0.75 && f.values[3] == 0);
  mc_matfile_clear(&f);
  named(name, "b");
  f = read_good(name);
  assert_true(f.dtype == MC_DTYPE_FLOAT32 && f.values[0] == 2.5 && f.values[1] == 0);
  mc_matfile_clear(&f);
  named(name, "i");
  expect_refused(name, "elements of type I64");
  expect_refused(path, "say which array");
}

static void one_tensor_needs_no_name(void **state) {
  (void)state;
  write_safetensors("{\"x\":{\"dtype\":\"F16\",\"shape\":[1,1],\"data_offsets\":[0,2]}}", "\0\x3c", 2);
  mc_matfile f = read_good(path);
  assert_true(f.values[0] == 1 && f.dtype == MC_DTYPE_FLOAT16);
  mc_matfile_clear(&f);
}

static void safetensors_that_lie(void **state) {
  static const struct {
    const char *header, *words;
  } cases[] = {
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,12]}}", "reach beyond the file"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,4]}}", "do not fit"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,0]}}", "reach beyond"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[-8,0]}}", "not two natural numbers"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0]}}", "not two natural numbers"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1,2]}}", "not two natural numbers"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}", "4 trailing bytes"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]}}", "belong to no tensor"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
       "\"y\":{\"dtype\":\"F16\",\"shape\":[3,1],\"data_offsets\":[2,8]}}",
       "shares bytes"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,2],\"data_offsets\":[0,8]}}", "too large"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[2.0,1],\"data_offsets\":[0,8]}}", "no natural number"},
      {"{\"x\":{\"dtype\":\"F32\",\"shape\":[-1,-2],\"data_offsets\":[0,8]}}", "no natural number"},
      {"{\"x\":{\"dtype\":\"C64\",\"shape\":[1,1],\"data_offsets\":[0,8]}}", "dtype is missing or unknown"},
      {"{\"x\":{\"shape\":[1,1],\"data_offsets\":[0,8]}}", "dtype is missing or unknown"},
      {"{\"x\":{\"dtype\":\"F64\",\"data_offsets\":[0,8]}}", "shape is missing"},
      {"{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", "has 1 dimension;"},
      {"{\"x\":{\"dtype\":\"F64\",\"shape\":[1,1,1,1],\"data_offsets\":[0,8]}}", "has 4 dimensions"},
      {"{\"x\":7}", "not an object"},
      {"{\"x\":{},\"x\":{}}", "malformed safetensors header at byte"},
      {"{\"x\":", "malformed safetensors header at byte"},
      {"{}", "8 trailing bytes"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_safetensors(cases[i].header, "\0\0\0\0\0\0\0\0", 8);
    expect_refused(path, cases[i].words);
  }
  write_safetensors("{\"x\":{\"dtype\":\"F32\",\"shape\":[0,2],\"data_offsets\":[0,0]}}", "", 0);
  expect_refused(path, "no elements");
}

static void absurd_header_length(void **state) {
  mc_text t;
  (void)state;
  for (int k = 0; k < 2; k++) {
    mc_text_init(&t);
    put(&t, k ? UINT64_MAX : 100, 8);
    mc_text_append(&t, "{}", 2);
    save(&t);
    expect_refused(path, "was it truncated?");
  }
}

/* Deep nesting must not exhaust the stack. */
static void deep_nesting(void **state) {
  mc_text t, header;
  (void)state;
  mc_text_init(&t);
  mc_text_init(&header);
  mc_text_append(&header, "{\"x\":", 5);
  for (int i = 0; i < 100000; i++)
    mc_text_append(&header, "[", 1);
  put(&t, header.length, 8);
  mc_text_append(&t, header.data, header.length);
  save(&t);
  mc_text_clear(&header);
  expect_refused(path, "malformed safetensors header");
}

/* A file whose own name holds a colon is found as it is. */
static void colons_in_names(void **state) {
  mc_matfile f;
  (void)state;
  write_safetensors("{\"x\":{\"dtype\":\"F16\",\"shape\":[1,1],\"data_offsets\":[0,2]}}", "\0\x3c", 2);
  assert_int_equal(rename(path, "t_archives:x"), 0);
  f = read_good("t_archives:x");
  mc_matfile_clear(&f);
  f = read_good("t_archives:x:x");
  mc_matfile_clear(&f);
  unlink("t_archives:x");
}

static int clean(void **state) {
  (void)state;
  unlink(path);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(npz_is_read),
      cmocka_unit_test(npz_that_lie),
      cmocka_unit_test(damaged_archives),
      cmocka_unit_test(safetensors_are_read),
      cmocka_unit_test(one_tensor_needs_no_name),
      cmocka_unit_test(safetensors_that_lie),
      cmocka_unit_test(absurd_header_length),
      cmocka_unit_test(deep_nesting),
      cmocka_unit_test(colons_in_names),
  };
  return cmocka_run_group_tests(tests, NULL, clean);
}
