/* muoncert: matrices in files, of the three formats in which tensors are dumped; told apart by their first bytes.
 *
 * .npy, format versions 1.0, 2.0 and 3.0 (numpy.lib.format; NEP 1): '<f2' '<f4' '<f8' and their big-endian forms, C or
 * Fortran order; bfloat16 under that name, or as the anonymous '<V2' that NumPy makes of ml_dtypes' bfloat16 when the
 * caller says so.
 * .npz: a ZIP archive of .npy files, stored or deflated, with or without 64-bit sizes.
 * safetensors: F64, F32, F16 and BF16 tensors.
 *
 * Two dimensions are one matrix, three a batch.  Values are widened to double, which is exact for all of these. */
#ifndef MUONCERT_MATFILE_H
#define MUONCERT_MATFILE_H

#include "../base/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { MC_DTYPE_FLOAT16, MC_DTYPE_BFLOAT16, MC_DTYPE_FLOAT32, MC_DTYPE_FLOAT64 } mc_dtype;

/* "float16", "bfloat16", "float32", "float64". */
const char *mc_dtype_name(mc_dtype d);

/* x rounded to nearest even into the format, widened again.  NaN stays NaN; overflow becomes infinite. */
double mc_dtype_round(mc_dtype d, double x);

/* Bytes of one element. */
size_t mc_dtype_size(mc_dtype d);

/* The value of an element's bits (in the low end of the word), and the bits of x rounded to nearest even. */
double mc_dtype_decode(mc_dtype d, uint64_t bits);
uint64_t mc_dtype_encode(mc_dtype d, double x);

/* count matrices of m by n, row-major, one after the other.  count, m and n are at least 1. */
typedef struct {
  double *values;
  size_t count, m, n;
  mc_dtype dtype; /* what the file held */
} mc_matfile;

typedef enum {
  MC_MATFILE_PLAIN = 0,
  MC_MATFILE_VOID2_IS_BFLOAT16 = 1 /* read '<V2' as bfloat16 */
} mc_matfile_flags;

/* Read a file, or FILE:NAME for one array of an archive; the name may be left out where there is only one.  On failure
 * *f is empty and *e says what is wrong with which file: MC_IO (cannot be read), MC_BAD_INPUT (none of the formats,
 * truncated, trailing or shared bytes, a wrong checksum, another type, one or more than three dimensions, no elements),
 * MC_NO_MEMORY.  NaN and infinite values are read like any others. */
mc_status mc_matfile_read(mc_matfile *f, const char *path, mc_matfile_flags flags, mc_error *e);
void mc_matfile_clear(mc_matfile *f);

/* Write f->values, each rounded to nearest even into f->dtype, as format version 1.0, two-dimensional when count is
 * 1.  The file is replaced whole or not at all. */
mc_status mc_matfile_write(const mc_matfile *f, const char *path, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
