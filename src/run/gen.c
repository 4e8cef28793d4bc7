/* `muoncert gen`: matrices of a family, in a file. */
#include <math.h>

#include "../kernel/kernel.h"
#include "../matgen/matgen.h"
#include "run.h"

/* Matrix i of the batch is drawn from the i-th stream of the seed: more matrices leave the first ones as they are. */
static mc_status draw(mc_matfile *f, const mc_matgen_family *family, uint64_t seed, mc_error *e) {
  size_t entries = f->m * f->n;
  for (size_t i = 0; i < f->count; i++) {
    mc_random r;
    mc_random_init(&r, seed, mc_random_stream_of("gen"), (uint32_t)i);
    mc_status status = mc_matgen_matrix(f->values + i * entries, f->m, f->n, family, &r, e);
    if (status != MC_OK)
      return status;
  }
  for (size_t i = 0; i < f->count * entries; i++)
    if (!isfinite(mc_dtype_round(f->dtype, f->values[i])))
      return mc_fail(e, MC_BAD_INPUT, "%g is too large for %s", f->values[i], mc_dtype_name(f->dtype));
  return MC_OK;
}

static mc_status write_matrices(const mc_run_gen_request *r, const mc_matgen_family *family, mc_dtype dtype,
                                uint64_t seed, mc_error *e) {
  mc_matfile f = {.count = r->count, .m = r->rows, .n = r->columns, .dtype = dtype};
  mc_status status = mc_memory_require(4 * sizeof(double) * r->count * r->rows * r->columns, "the matrices", e);
  if (status == MC_OK && !(f.values = mc_alloc(r->count * r->rows * r->columns, sizeof *f.values)))
    status = mc_fail(e, MC_NO_MEMORY, "no memory for %zu matrices of %zu x %zu", r->count, r->rows, r->columns);
  if (status == MC_OK)
    status = draw(&f, family, seed, e);
  if (status == MC_OK)
    status = mc_matfile_write(&f, r->output, e);
  mc_free(f.values);
  return status;
}

static json_t *document_of(const mc_run_gen_request *r, const mc_matgen_family *family, mc_dtype dtype, uint64_t seed,
                           double seconds) {
  mc_text text;
  mc_text_init(&text);
  mc_matgen_family_format(&text, family);
  json_t *document = json_pack("{s:s s:s s:I s:[I I] s:s s:o}", "file", r->output, "family", text.data, "count",
                               (json_int_t)r->count, "shape", (json_int_t)r->rows, (json_int_t)r->columns, "dtype",
                               mc_dtype_name(dtype), "seed", json_sprintf("0x%llx", (unsigned long long)seed));
  mc_text_clear(&text);
  mc_run_stamp(document, "gen", MC_EXIT_EXPECTED, seconds);
  return document;
}

json_t *mc_run_gen(const mc_run_gen_request *r, const mc_run_options *options, mc_error *e) {
  double start = mc_clock_seconds();
  mc_matgen_family family;
  mc_dtype dtype = MC_DTYPE_FLOAT64;
  mc_status status = mc_matgen_family_parse(&family, r->family, e);
  if (status == MC_OK && r->dtype)
    status = mc_kernel_dtype_parse(&dtype, r->dtype, e);
  if (status == MC_OK)
    status = write_matrices(r, &family, dtype, options->seed, e);
  return status == MC_OK ? document_of(r, &family, dtype, options->seed, mc_clock_seconds() - start) : NULL;
}

json_t *mc_run_gen_families(void) {
  json_t *families = json_array(), *document = json_pack("{s:o}", "families", families);
  for (size_t i = 0; mc_matgen_family_usage(i); i++)
    json_array_append_new(families, json_string(mc_matgen_family_usage(i)));
  mc_run_stamp(document, "gen", MC_EXIT_EXPECTED, 0);
  return document;
}
