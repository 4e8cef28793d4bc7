/* From the bytes of an array to row-major matrices of doubles. */
#include "container.h"

/* Shape of f, and the number of its elements. */
static mc_status set_shape(mc_matfile *f, size_t *elements, const char *path, const mc_layout *layout, mc_error *e) {
  const size_t *shape = layout->shape, dimensions = layout->dimensions;
  f->count = dimensions == 3 ? shape[0] : 1;
  f->m = shape[dimensions - 2];
  f->n = shape[dimensions - 1];
  if (f->count == 0 || f->m == 0 || f->n == 0)
    return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "the array has no elements (%zu by %zu by %zu)", f->count, f->m,
                      f->n);
  size_t bytes;
  if (__builtin_mul_overflow(f->count, f->m, elements) || __builtin_mul_overflow(*elements, f->n, elements) ||
      __builtin_mul_overflow(*elements, sizeof(double), &bytes))
    return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "the shape %zu by %zu by %zu is too large", f->count, f->m, f->n);
  return MC_OK;
}

/* Elements in the order of the file to row-major matrices. */
static void decode_elements(mc_matfile *f, const char *p, bool big, bool fortran) {
  size_t size = mc_dtype_size(f->dtype);
  for (size_t b = 0; b < f->count; b++)
    for (size_t i = 0; i < f->m; i++)
      for (size_t j = 0; j < f->n; j++) {
        size_t target = (b * f->m + i) * f->n + j;
        size_t source = fortran ? b + f->count * (i + f->m * j) : target;
        f->values[target] = mc_dtype_decode(f->dtype, mc_bytes_load(p + source * size, size, big));
      }
}

mc_status mc_layout_decode(mc_matfile *f, const char *path, const mc_layout *layout, const char *data, size_t length,
                           mc_error *e) {
  size_t elements = 0;
  if (layout->dimensions < 2 || layout->dimensions > 3)
    return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0,
                      "the array has %zu dimension%s; a matrix has two, a batch of matrices three", layout->dimensions,
                      layout->dimensions == 1 ? "" : "s");
  mc_status s = set_shape(f, &elements, path, layout, e);
  if (s != MC_OK)
    return s;
  f->dtype = layout->dtype;
  size_t needed = elements * mc_dtype_size(f->dtype);
  if (length != needed)
    return mc_fail_at(e, MC_BAD_INPUT, path, 0, 0, "%s: %zu bytes of elements where the header promises %zu",
                      length < needed ? "truncated" : "trailing bytes", length, needed);
  if ((s = mc_memory_require(elements * sizeof(double), "the matrix", e)) != MC_OK)
    return s;
  f->values = mc_alloc(elements, sizeof(double));
  if (f->values == NULL)
    return mc_fail_at(e, MC_NO_MEMORY, path, 0, 0, "no memory for %zu elements", elements);
  decode_elements(f, data, layout->big, layout->fortran);
  return MC_OK;
}
