/* NumPy's .npy: magic string, version, length of the header, a Python dictionary literal, the elements. */
#include "container.h"

#include <stdlib.h>
#include <string.h>

static const char magic[6] = {'\x93', 'N', 'U', 'M', 'P', 'Y'};

enum { MAX_DIMENSIONS = 3 };

typedef struct {
  const char *path;
  const char *at, *end; /* what is left of the header */
  const char *start;    /* the first byte of the file, for offsets in messages */
  mc_error *e;
} reader;

/* What the dictionary says. */
typedef struct {
  char descr[12];
  bool fortran;
  size_t dimensions, shape[MAX_DIMENSIONS];
  bool has_descr, has_fortran, has_shape;
} header;

static mc_status header_fail(const reader *r, const char *what) {
  return mc_fail_at(r->e, MC_BAD_INPUT, r->path, 0, 0, "malformed .npy header at byte %zu: %s",
                    (size_t)(r->at - r->start), what);
}

static void skip_space(reader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t'))
    r->at++;
}

/* Take the character c if it is next. */
static bool take(reader *r, char c) {
  skip_space(r);
  if (r->at == r->end || *r->at != c)
    return false;
  r->at++;
  return true;
}

/* Is the character c next? */
static bool next_is(reader *r, char c) {
  skip_space(r);
  return r->at < r->end && *r->at == c;
}

static bool take_word(reader *r, const char *word) {
  size_t length = strlen(word);
  skip_space(r);
  if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
    return false;
  r->at += length;
  return true;
}

/* A quoted string without escapes, shorter than size. */
static mc_status parse_string(reader *r, char *out, size_t size) {
  skip_space(r);
  if (r->at == r->end || (*r->at != '\'' && *r->at != '"'))
    return header_fail(r, "expected a quoted string (structured types are not supported)");
  const char *close = memchr(r->at + 1, *r->at, (size_t)(r->end - r->at - 1));
  if (close == NULL)
    return header_fail(r, "unterminated string");
  size_t length = (size_t)(close - r->at - 1);
  for (const char *p = r->at + 1; p < close; p++)
    if (*p < ' ' || *p > '~')
      return header_fail(r, "a string holds bytes that are not printable ASCII");
  if (length >= size)
    return header_fail(r, "unexpected key or element type");
  memcpy(out, r->at + 1, length);
  out[length] = '\0';
  r->at = close + 1;
  return MC_OK;
}

static mc_status parse_size(reader *r, size_t *out) {
  skip_space(r);
  if (r->at == r->end || *r->at < '0' || *r->at > '9')
    return header_fail(r, "expected a dimension");
  size_t value = 0;
  for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
    if (__builtin_mul_overflow(value, (size_t)10, &value) ||
        __builtin_add_overflow(value, (size_t)(*r->at - '0'), &value))
      return header_fail(r, "a dimension is too large");
  *out = value;
  return MC_OK;
}

static mc_status parse_shape(reader *r, header *h) {
  if (!take(r, '('))
    return header_fail(r, "expected a tuple of dimensions");
  while (!take(r, ')')) {
    if (h->dimensions == MAX_DIMENSIONS)
      return header_fail(r, "more than three dimensions; a matrix has two, a batch of matrices three");
    mc_status s = parse_size(r, &h->shape[h->dimensions]);
    if (s != MC_OK)
      return s;
    h->dimensions++;
    if (!take(r, ',') && !next_is(r, ')'))
      return header_fail(r, "expected ',' or ')'");
  }
  return MC_OK;
}

static mc_status parse_entry(reader *r, header *h) {
  char key[16];
  mc_status s = parse_string(r, key, sizeof key);
  if (s != MC_OK)
    return s;
  if (!take(r, ':'))
    return header_fail(r, "expected ':'");
  bool *seen = strcmp(key, "descr") == 0           ? &h->has_descr
               : strcmp(key, "fortran_order") == 0 ? &h->has_fortran
               : strcmp(key, "shape") == 0         ? &h->has_shape
                                                   : NULL;
  if (seen == NULL || *seen)
    return header_fail(r, "unexpected key");
  *seen = true;
  if (seen == &h->has_descr)
    return parse_string(r, h->descr, sizeof h->descr);
  if (seen == &h->has_shape)
    return parse_shape(r, h);
  h->fortran = take_word(r, "True");
  return h->fortran || take_word(r, "False") ? MC_OK : header_fail(r, "fortran_order is neither True nor False");
}

static mc_status parse_header(reader *r, header *h) {
  *h = (header){0};
  if (!take(r, '{'))
    return header_fail(r, "expected '{'");
  while (!take(r, '}')) {
    mc_status s = parse_entry(r, h);
    if (s != MC_OK)
      return s;
    if (!take(r, ',') && !next_is(r, '}'))
      return header_fail(r, "expected ',' or '}'");
  }
  skip_space(r);
  if (r->at != r->end)
    return header_fail(r, "text after the dictionary");
  if (!h->has_descr || !h->has_fortran || !h->has_shape)
    return header_fail(r, "descr, fortran_order or shape is missing");
  return MC_OK;
}

/* Element type and byte order of a NumPy type string. */
static mc_status parse_descr(const reader *r, const char *descr, mc_matfile_flags flags, mc_dtype *d, bool *big) {
  const char *kind = descr + 1;
  *big = descr[0] == '>';
  bool order = descr[0] == '<' || descr[0] == '>';
  if (order && strcmp(kind, "f2") == 0)
    *d = MC_DTYPE_FLOAT16;
  else if (order && strcmp(kind, "f4") == 0)
    *d = MC_DTYPE_FLOAT32;
  else if (order && strcmp(kind, "f8") == 0)
    *d = MC_DTYPE_FLOAT64;
  else if (strcmp(descr, "bfloat16") == 0)
    *d = MC_DTYPE_BFLOAT16;
  else if ((order || descr[0] == '|') && strcmp(kind, "V2") == 0) {
    if (!(flags & MC_MATFILE_VOID2_IS_BFLOAT16))
      return mc_fail_at(r->e, MC_BAD_INPUT, r->path, 0, 0,
                        "elements of type '%s' are raw 16-bit values; say that they are bfloat16", descr);
    *d = MC_DTYPE_BFLOAT16;
  } else {
    return mc_fail_at(r->e, MC_BAD_INPUT, r->path, 0, 0,
                      "elements of type '%s' are not supported; expected f2, f4, f8 or bfloat16", descr);
  }
  return MC_OK;
}

/* Where the dictionary stands: sets at and end; the elements begin at end. */
static mc_status find_header(reader *r, const char *bytes, size_t length) {
  const unsigned char *u = (const unsigned char *)bytes;
  r->start = bytes;
  if (length < 10 || memcmp(bytes, magic, sizeof magic) != 0)
    return mc_fail_at(r->e, MC_BAD_INPUT, r->path, 0, 0, "not a .npy file");
  if (u[6] < 1 || u[6] > 3)
    return mc_fail_at(r->e, MC_BAD_INPUT, r->path, 0, 0, ".npy format version %u.%u is not supported; expected 1 to 3",
                      u[6], u[7]);
  size_t width = u[6] == 1 ? 2 : 4;
  if (length < 8 + width || length - 8 - width < mc_bytes_load(bytes + 8, width, false))
    return mc_fail_at(r->e, MC_BAD_INPUT, r->path, 0, 0, "truncated inside the .npy header");
  r->at = bytes + 8 + width;
  r->end = r->at + mc_bytes_load(bytes + 8, width, false);
  return MC_OK;
}

mc_status mc_npy_decode(mc_matfile *f, const char *path, const char *bytes, size_t length, mc_matfile_flags flags,
                        mc_error *e) {
  reader r = {.path = path, .e = e};
  header h;
  mc_layout layout = {0};
  mc_status s = find_header(&r, bytes, length);
  if (s == MC_OK)
    s = parse_header(&r, &h);
  if (s == MC_OK)
    s = parse_descr(&r, h.descr, flags, &layout.dtype, &layout.big);
  if (s != MC_OK)
    return s;
  layout.fortran = h.fortran;
  layout.dimensions = h.dimensions;
  memcpy(layout.shape, h.shape, sizeof layout.shape);
  return mc_layout_decode(f, path, &layout, r.end, (size_t)(bytes + length - r.end), e);
}

/* Magic string, version 1.0 and dictionary, padded so that the elements begin at a multiple of 64 bytes. */
static void append_header(mc_text *t, const mc_matfile *f) {
  static const char *const descr[] = {
      [MC_DTYPE_FLOAT16] = "<f2", [MC_DTYPE_BFLOAT16] = "<V2", [MC_DTYPE_FLOAT32] = "<f4", [MC_DTYPE_FLOAT64] = "<f8"};
  mc_text_append(t, magic, sizeof magic);
  mc_text_append(t, "\1\0\0\0", 4);
  mc_text_printf(t, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr[f->dtype]);
  if (f->count > 1)
    mc_text_printf(t, "%zu, ", f->count);
  mc_text_printf(t, "%zu, %zu), }", f->m, f->n);
  while (!t->failed && t->length % 64 != 63)
    mc_text_append(t, " ", 1);
  mc_text_append(t, "\n", 1);
  if (t->failed)
    return;
  size_t length = t->length - 10;
  t->data[8] = (char)(length & 255);
  t->data[9] = (char)(length >> 8);
}

mc_status mc_matfile_write(const mc_matfile *f, const char *path, mc_error *e) {
  mc_text t;
  mc_text_init(&t);
  append_header(&t, f);
  size_t size = mc_dtype_size(f->dtype), elements = f->count * f->m * f->n;
  for (size_t i = 0; i < elements && !t.failed; i++) {
    uint64_t bits = mc_dtype_encode(f->dtype, f->values[i]);
    char bytes[8];
    for (size_t k = 0; k < size; k++)
      bytes[k] = (char)(bits >> 8 * k);
    mc_text_append(&t, bytes, size);
  }
  mc_status s = t.failed ? mc_fail_at(e, MC_NO_MEMORY, path, 0, 0, "no memory to write %zu elements", elements)
                         : mc_file_write(path, t.data, t.length, e);
  mc_text_clear(&t);
  return s;
}
