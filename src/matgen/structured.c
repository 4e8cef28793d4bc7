/* Families of matrices that are not given by their singular values. */
#include "private.h"

static mc_status draw_ginibre(double *a, size_t m, size_t n, const double *argument, mc_random *r, mc_error *e) {
  (void)e;
  for (size_t i = 0; i < m * n; i++)
    a[i] = argument[0] * mc_matgen_normal(r);
  return MC_OK;
}

static mc_status draw_rademacher(double *a, size_t m, size_t n, const double *argument, mc_random *r, mc_error *e) {
  (void)e;
  for (size_t i = 0; i < m * n; i++)
    a[i] = mc_random_u32(r) & 1 ? argument[0] : -argument[0];
  return MC_OK;
}

static mc_status draw_hilbert(double *a, size_t m, size_t n, const double *argument, mc_random *r, mc_error *e) {
  (void)argument, (void)r, (void)e;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      a[i * n + j] = 1 / (double)(i + j + 1);
  return MC_OK;
}

/* Row i and column j of a Gaussian matrix scaled by q^i and q^j. */
static mc_status draw_graded(double *a, size_t m, size_t n, const double *argument, mc_random *r, mc_error *e) {
  (void)e;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++)
      a[i * n + j] = mc_matgen_normal(r) * mc_matgen_power(argument[0], (double)(i + j));
  return MC_OK;
}

/* Every entry a small odd multiple of the least positive double. */
static mc_status draw_denormal(double *a, size_t m, size_t n, const double *argument, mc_random *r, mc_error *e) {
  (void)argument, (void)e;
  for (size_t i = 0; i < m * n; i++)
    a[i] = (2 * (double)mc_random_below(r, 512) - 511) * 0x1p-1074;
  return MC_OK;
}

/* Normal deviates, below 64 in modulus, times 2^1016: finite, but no norm of them is. */
static mc_status draw_near_overflow(double *a, size_t m, size_t n, const double *argument, mc_random *r, mc_error *e) {
  (void)argument, (void)e;
  for (size_t i = 0; i < m * n; i++) {
    double x = mc_matgen_normal(r);
    while (x > 64 || x < -64)
      x = mc_matgen_normal(r);
    a[i] = x * 0x1p1016;
  }
  return MC_OK;
}

static mc_status draw_exact_polar(double *a, size_t m, size_t n, const double *argument, mc_random *r, mc_error *e) {
  (void)argument;
  double d, *q = mc_alloc(m * n + 1, sizeof *q);
  if (!q)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu matrix", m, n);
  mc_status status = mc_matgen_exact_polar(a, q, &d, m, n, r, e);
  mc_free(q);
  return status;
}

#define SCALE                                                                                                          \
  { 1e-300, 1e300, 1, false }

const mc_matgen_entry mc_matgen_structured[] = {
    {"ginibre", "ginibre(sd = 1): independent normal entries", {SCALE}, NULL, draw_ginibre, false},
    {"rademacher", "rademacher(s = 1): independent entries s or -s", {SCALE}, NULL, draw_rademacher, false},
    {"hilbert", "hilbert: 1/(i + j - 1)", {{0, 0, 0, false}}, NULL, draw_hilbert, false},
    {"graded",
     "graded(q = 0.5): normal entries, row i and column j scaled by q^i and q^j",
     {{1e-3, 1, 0.5, false}},
     NULL,
     draw_graded,
     false},
    {"denormal", "denormal: small multiples of 2^-1074", {{0, 0, 0, false}}, NULL, draw_denormal, false},
    {"near_overflow",
     "near_overflow: normal entries times 2^1016",
     {{0, 0, 0, false}},
     NULL,
     draw_near_overflow,
     false},
    {"exact_polar",
     "exact_polar: integers with an exactly known rational polar factor",
     {{0, 0, 0, false}},
     NULL,
     draw_exact_polar,
     false},
    {NULL, NULL, {{0, 0, 0, false}}, NULL, NULL, false}};
