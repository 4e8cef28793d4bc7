/* Checks of the input, exact scaling by a power of two, transposition to tall. */
#include "input.h"

#include <limits.h>
#include <math.h>

mc_status mc_input_check(const double *a, size_t m, size_t n, mc_error *e) {
  if (m == 0 || n == 0)
    return mc_fail(e, MC_BAD_INPUT, "the matrix is empty (%zu by %zu)", m, n);
  if (m > INT_MAX / n)
    return mc_fail(e, MC_BAD_INPUT, "the matrix is too large (%zu by %zu)", m, n);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      if (!isfinite(a[i * n + j]))
        return mc_fail(e, MC_UNDECIDED, "the matrix is not finite: entry (%zu, %zu) is %s", i, j,
                       isnan(a[i * n + j]) ? "NaN" : "infinite");
  return MC_OK;
}

/* The least e with |entries| < 2^e; false: all entries are zero. */
static bool largest_exponent(slong *e, const arb_mat_t A) {
  fmpz_t exponent, largest;
  bool any = false;
  fmpz_init(exponent);
  fmpz_init(largest);
  for (slong i = 0; i < arb_mat_nrows(A); i++)
    for (slong j = 0; j < arb_mat_ncols(A); j++) {
      const arf_struct *x = arb_midref(arb_mat_entry(A, i, j));
      if (arf_is_zero(x))
        continue;
      arf_abs_bound_lt_2exp_fmpz(exponent, x);
      if (!any || fmpz_cmp(exponent, largest) > 0)
        fmpz_set(largest, exponent);
      any = true;
    }
  *e = fmpz_get_si(largest);
  fmpz_clear(exponent);
  fmpz_clear(largest);
  return any;
}

mc_status mc_input_set_mat(mc_input *in, const arb_mat_t A, mc_error *e) {
  slong rows = arb_mat_nrows(A), columns = arb_mat_ncols(A);
  bool transposed = rows < columns;
  slong m = transposed ? columns : rows, n = transposed ? rows : columns;
  *in = (mc_input){.m = (size_t)m, .n = (size_t)n, .transposed = transposed};
  in->t = mc_alloc(in->m * in->n, sizeof *in->t);
  if (in->t == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a matrix of %zu by %zu", in->m, in->n);
  in->zero = !largest_exponent(&in->scale, A);
  arb_mat_init(in->T, m, n);
  mag_init(in->rounding);
  for (slong i = 0; i < m; i++)
    for (slong j = 0; j < n; j++)
      arb_mul_2exp_si(arb_mat_entry(in->T, i, j), transposed ? arb_mat_entry(A, j, i) : arb_mat_entry(A, i, j),
                      -in->scale);
  mc_ball_mat_get_double(in->t, in->rounding, in->T);
  return MC_OK;
}

/* The least e with |entries| < 2^e; 0 for the zero matrix. */
static int largest_exponent_double(const double *a, size_t count) {
  double largest = 0;
  int e = 0;
  for (size_t i = 0; i < count; i++)
    largest = fabs(a[i]) > largest ? fabs(a[i]) : largest;
  frexp(largest, &e);
  return e;
}

/* t := a 2^-e, transposed where wanted (a is m by n); rounding bounds what underflows: half of 2^-1074 an entry. */
static void scale_into(double *t, mag_t rounding, const double *a, size_t m, size_t n, int e, bool transposed) {
  const double factor = ldexp(1, -e);
  const bool exact = isnormal(factor); /* the product then rounds as ldexp does */
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      t[transposed ? j * m + i : i * n + j] = exact ? a[i * n + j] * factor : ldexp(a[i * n + j], -e);
  if (e > 0) {
    mag_set_ui(rounding, m * n);
    mag_sqrt(rounding, rounding);
    mag_mul_2exp_si(rounding, rounding, -1075);
  }
}

mc_status mc_input_set_plain(mc_input *in, const double *a, size_t m, size_t n, mc_error *e) {
  *in = (mc_input){0};
  mc_status status = mc_input_check(a, m, n, e);
  if (status != MC_OK)
    return status;
  int exponent = largest_exponent_double(a, m * n);
  bool transposed = m < n;
  *in = (mc_input){.t = mc_alloc(m * n, sizeof *in->t),
                   .m = transposed ? n : m,
                   .n = transposed ? m : n,
                   .scale = exponent,
                   .transposed = transposed,
                   .zero = true};
  if (in->t == NULL)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a matrix of %zu by %zu", m, n);
  arb_mat_init(in->T, 0, 0);
  mag_init(in->rounding);
  scale_into(in->t, in->rounding, a, m, n, exponent, transposed);
  for (size_t i = 0; i < m * n && in->zero; i++)
    in->zero = a[i] == 0;
  return MC_OK;
}

mc_status mc_input_require(size_t m, size_t n, size_t matrices, slong bits, mc_error *e) {
  uint64_t bytes = mc_ball_mat_bytes(m, n, bits);
  if (__builtin_mul_overflow(bytes, (uint64_t)matrices, &bytes))
    bytes = UINT64_MAX;
  return mc_memory_require(bytes, "the certified matrices", e);
}

void mc_input_complete(mc_input *in, const double *a) {
  const size_t m = in->transposed ? in->n : in->m, n = in->transposed ? in->m : in->n;
  if (arb_mat_nrows(in->T) > 0)
    return;
  arb_mat_clear(in->T);
  arb_mat_init(in->T, (slong)in->m, (slong)in->n);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      arb_struct *x =
          in->transposed ? arb_mat_entry(in->T, (slong)j, (slong)i) : arb_mat_entry(in->T, (slong)i, (slong)j);
      arb_set_d(x, a[i * n + j]);
      arb_mul_2exp_si(x, x, -in->scale);
    }
}

mc_status mc_input_set_double(mc_input *in, const double *a, size_t m, size_t n, size_t matrices, slong bits,
                              mc_error *e) {
  *in = (mc_input){0};
  mc_status status = mc_input_check(a, m, n, e);
  if (status == MC_OK)
    status = mc_input_require(m, n, matrices, bits, e);
  if (status == MC_OK)
    status = mc_input_set_plain(in, a, m, n, e);
  if (status == MC_OK)
    mc_input_complete(in, a);
  return status;
}

void mc_input_clear(mc_input *in) {
  if (in->t == NULL)
    return;
  mc_free(in->t);
  arb_mat_clear(in->T);
  mag_clear(in->rounding);
  in->t = NULL;
}
