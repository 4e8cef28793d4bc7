/* Safetensors: the length of a header (8 bytes, little-endian), the header in JSON, the bytes of all tensors.
 *
 * {"NAME": {"dtype": "BF16", "shape": [128, 64], "data_offsets": [begin, end]}, …, "__metadata__": {…}}; offsets count
 * from the end of the header.  As the format demands, the tensors fill the rest of the file without gap or overlap. */
#include "container.h"

#include <jansson.h>
#include <string.h>

/* The limit of the format's own reader. */
#define MOST_HEADER 100000000

static const struct {
  const char *name;
  size_t size;
  bool floating;
  mc_dtype dtype;
} types[] = {{"F64", 8, true, MC_DTYPE_FLOAT64},
             {"F32", 4, true, MC_DTYPE_FLOAT32},
             {"F16", 2, true, MC_DTYPE_FLOAT16},
             {"BF16", 2, true, MC_DTYPE_BFLOAT16},
             {"F8_E4M3", 1, false, 0},
             {"F8_E5M2", 1, false, 0},
             {"I64", 8, false, 0},
             {"U64", 8, false, 0},
             {"I32", 4, false, 0},
             {"U32", 4, false, 0},
             {"I16", 2, false, 0},
             {"U16", 2, false, 0},
             {"I8", 1, false, 0},
             {"U8", 1, false, 0},
             {"BOOL", 1, false, 0}};
enum { TYPES = sizeof types / sizeof *types };

typedef struct {
  const char *path, *data; /* data: the bytes behind the header */
  uint64_t length;
  mc_error *e;
} file;

static mc_status refuse(const file *x, const char *name, const char *what) {
  return mc_fail_at(x->e, MC_BAD_INPUT, x->path, 0, 0, "malformed safetensors header, tensor '%.60s': %s", name, what);
}

/* A JSON integer that is not negative. */
static bool read_natural(uint64_t *out, const json_t *value) {
  if (!json_is_integer(value) || json_integer_value(value) < 0)
    return false;
  *out = (uint64_t)json_integer_value(value);
  return true;
}

static const json_t *member(const json_t *object, const char *name) {
  return json_object_get(object, name);
}

static size_t type_of(const json_t *tensor) {
  const char *text = json_string_value(member(tensor, "dtype"));
  size_t k = 0;
  while (k < TYPES && (text == NULL || strcmp(text, types[k].name) != 0))
    k++;
  return k;
}

/* *size := bytes that a tensor's type and shape ask for. */
static mc_status size_of(uint64_t *size, const file *x, const char *name, const json_t *tensor) {
  const json_t *shape = member(tensor, "shape");
  size_t type = type_of(tensor);
  if (type == TYPES)
    return refuse(x, name, "its dtype is missing or unknown");
  if (!json_is_array(shape))
    return refuse(x, name, "its shape is missing");
  *size = types[type].size;
  for (size_t i = 0; i < json_array_size(shape); i++) {
    uint64_t dimension;
    if (!read_natural(&dimension, json_array_get(shape, i)))
      return refuse(x, name, "a dimension is no natural number");
    if (__builtin_mul_overflow(*size, dimension, size))
      return refuse(x, name, "its shape is too large");
  }
  return MC_OK;
}

static mc_status add_tensor(mc_members *m, const file *x, const char *name, const json_t *tensor) {
  const json_t *offsets = member(tensor, "data_offsets");
  uint64_t size = 0, begin, end;
  if (!json_is_object(tensor))
    return refuse(x, name, "not an object");
  mc_status s = size_of(&size, x, name, tensor);
  if (s != MC_OK)
    return s;
  if (json_array_size(offsets) != 2 || !read_natural(&begin, json_array_get(offsets, 0)) ||
      !read_natural(&end, json_array_get(offsets, 1)))
    return refuse(x, name, "data_offsets are not two natural numbers");
  if (begin > end || end > x->length)
    return refuse(x, name, "data_offsets reach beyond the file; was it truncated?");
  if (end - begin != size)
    return refuse(x, name, "data_offsets do not fit its dtype and shape");
  return mc_members_add(m, name, strlen(name), begin, end)
             ? MC_OK
             : mc_fail_at(x->e, MC_NO_MEMORY, x->path, 0, 0, "no memory for its header");
}

/* All tensors; sorted, they fill the file. */
static mc_status list_members(mc_members *m, const file *x, json_t *header) {
  const char *name;
  json_t *tensor;
  json_object_foreach(header, name, tensor) {
    mc_status s = strcmp(name, "__metadata__") == 0 ? MC_OK : add_tensor(m, x, name, tensor);
    if (s != MC_OK)
      return s;
  }
  const mc_member *first, *second;
  mc_members_find_overlap(&first, &second, m);
  if (second)
    return refuse(x, second->name, "it shares bytes with another tensor");
  uint64_t covered = 0;
  for (size_t i = 0; i < m->count; i++) {
    if (m->list[i].begin != covered)
      return refuse(x, m->list[i].name, "bytes before it belong to no tensor");
    covered = m->list[i].end;
  }
  return covered == x->length
             ? MC_OK
             : mc_fail_at(x->e, MC_BAD_INPUT, x->path, 0, 0, "malformed safetensors file: %llu trailing bytes",
                          (unsigned long long)(x->length - covered));
}

static mc_status decode_tensor(mc_matfile *f, const file *x, const mc_member *m, const json_t *header) {
  const json_t *tensor = member(header, m->name), *shape = member(tensor, "shape");
  size_t type = type_of(tensor);
  mc_layout layout = {.dimensions = json_array_size(shape)};
  if (!types[type].floating)
    return mc_fail_at(x->e, MC_BAD_INPUT, x->path, 0, 0,
                      "elements of type %s are not supported; expected F16, BF16, F32 or F64", types[type].name);
  layout.dtype = types[type].dtype;
  for (size_t i = 0; i < layout.dimensions && i < 3; i++)
    layout.shape[i] = (size_t)json_integer_value(json_array_get(shape, i));
  return mc_layout_decode(f, x->path, &layout, x->data + m->begin, (size_t)(m->end - m->begin), x->e);
}

mc_status mc_safetensors_decode(mc_matfile *f, const char *path, const char *name, const char *bytes, size_t length,
                                mc_error *e) {
  uint64_t size = length < 8 ? UINT64_MAX : mc_bytes_load(bytes, 8, false);
  json_error_t why;
  mc_members members = {0};
  size_t chosen = 0;
  if (size > MOST_HEADER || size > length - 8)
    return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0,
                      "malformed safetensors file: a header of %llu bytes in a file of %zu; was it truncated?",
                      (unsigned long long)size, length);
  file x = {.path = path, .data = bytes + 8 + size, .length = length - 8 - size, .e = e};
  json_t *header = json_loadb(bytes + 8, (size_t)size, JSON_REJECT_DUPLICATES, &why);
  if (header == NULL)
    return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "malformed safetensors header at byte %d: %.120s", 8 + why.position,
                      why.text);
  if (!json_is_object(header)) {
    json_decref(header);
    return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "malformed safetensors header: not an object");
  }
  mc_status s = list_members(&members, &x, header);
  if (s == MC_OK)
    s = mc_members_choose(&chosen, &members, path, name, e);
  if (s == MC_OK)
    s = decode_tensor(f, &x, &members.list[chosen], header);
  mc_members_clear(&members);
  json_decref(header);
  return s;
}
