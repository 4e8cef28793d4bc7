/* Families of singular values.  Random ones draw independently; sorting and pinning the ends is family.c's. */
#include "private.h"

static void draw_uniform(double *s, size_t k, const double *a, mc_random *r) {
  for (size_t i = 0; i < k; i++)
    s[i] = a[0] + (a[1] - a[0]) * mc_random_unit(r);
}

static void draw_log_uniform(double *s, size_t k, const double *a, mc_random *r) {
  for (size_t i = 0; i < k; i++)
    s[i] = a[0] * mc_matgen_power(a[1] / a[0], mc_random_unit(r));
}

static void draw_log_spaced(double *s, size_t k, const double *a, mc_random *r) {
  (void)r;
  for (size_t i = 0; i < k; i++)
    s[i] = a[0] * mc_matgen_power(a[1] / a[0], k > 1 ? (double)i / (double)(k - 1) : 1);
}

/* q^i, clipped below (paper 3 takes q = 0.9). */
static void draw_geometric(double *s, size_t k, const double *a, mc_random *r) {
  (void)r;
  double value = a[2];
  for (size_t i = 0; i < k; i++, value *= a[0])
    s[i] = value > a[1] ? value : a[1];
}

/* Few centres, values within one part in 2^30 of them. */
static void draw_clustered(double *s, size_t k, const double *a, mc_random *r) {
  for (size_t i = 0; i < k; i++)
    s[i] = 0;
  size_t centres = (size_t)a[0];
  for (size_t c = 0; c < centres; c++) {
    double centre = mc_random_unit(r);
    for (size_t i = c; i < k; i += centres)
      s[i] = centre * (1 + 0x1p-30 * mc_random_unit(r));
  }
}

static void draw_repeated(double *s, size_t k, const double *a, mc_random *r) {
  size_t distinct = (size_t)a[0];
  for (size_t i = 0; i < k; i++)
    s[i] = i < distinct ? mc_random_unit(r) : s[i % distinct];
}

static void draw_flat(double *s, size_t k, const double *a, mc_random *r) {
  (void)r;
  for (size_t i = 0; i < k; i++)
    s[i] = a[0];
}

/* The given share of the values, rounded up, is uniform on (0, 1); the others are 0. */
static void draw_rank_deficient(double *s, size_t k, const double *a, mc_random *r) {
  size_t rank = (size_t)(a[0] * (double)k);
  if ((double)rank < a[0] * (double)k)
    rank++;
  for (size_t i = 0; i < k; i++)
    s[i] = i < rank ? mc_random_unit(r) : 0;
}

static void draw_spiked(double *s, size_t k, const double *a, mc_random *r) {
  for (size_t i = 0; i < k; i++)
    s[i] = i == 0 ? a[0] : 0.5 + 0.5 * mc_random_unit(r);
}

/* Pareto: P(s > x) = x^-alpha for x >= 1. */
static void draw_heavy_tailed(double *s, size_t k, const double *a, mc_random *r) {
  for (size_t i = 0; i < k; i++)
    s[i] = mc_matgen_power(mc_random_unit(r), -1 / a[0]);
}

static void draw_one_tiny(double *s, size_t k, const double *a, mc_random *r) {
  for (size_t i = 0; i < k; i++)
    s[i] = i + 1 == k && k > 1 ? a[0] : 0.5 + 0.5 * mc_random_unit(r);
}

static void draw_max_spiked(double *s, size_t k, const double *a, mc_random *r) {
  (void)r;
  for (size_t i = 0; i < k; i++)
    s[i] = i == 0 ? a[0] : a[1];
}

static void draw_min_spiked(double *s, size_t k, const double *a, mc_random *r) {
  (void)r;
  for (size_t i = 0; i < k; i++)
    s[i] = i == 0 ? a[1] : a[0];
}

/* Normal about the middle, `width` standard deviations to either end, redrawn outside. */
static void draw_gaussian(double *s, size_t k, const double *a, mc_random *r) {
  for (size_t i = 0; i < k; i++)
    do
      s[i] = (a[0] + a[1]) / 2 + (a[1] - a[0]) / (2 * a[2]) * mc_matgen_normal(r);
    while (s[i] < a[0] || s[i] > a[1]);
}

static void draw_linear_decay(double *s, size_t k, const double *a, mc_random *r) {
  for (size_t i = 0; i < k; i++)
    s[i] = a[1] - (a[1] - a[0]) * mc_matgen_power(mc_random_unit(r), 0.5);
}

/* Beta(c, c) by Jöhnk's method (Devroye 1986, IX.3.5): X = U^(1/c), Y = V^(1/c), X/(X + Y) given X + Y <= 1. */
static void draw_u_shaped(double *s, size_t k, const double *a, mc_random *r) {
  for (size_t i = 0; i < k; i++) {
    double x, y;
    do {
      x = mc_matgen_power(mc_random_unit(r), 1 / a[2]);
      y = mc_matgen_power(mc_random_unit(r), 1 / a[2]);
    } while (x + y > 1 || x + y <= 0);
    s[i] = a[0] + (a[1] - a[0]) * (x / (x + y));
  }
}

/* i^-alpha, mapped linearly onto [lo, hi]. */
static void draw_power_law(double *s, size_t k, const double *a, mc_random *r) {
  (void)r;
  double last = mc_matgen_power((double)k, -a[2]);
  for (size_t i = 0; i < k; i++) {
    double w = mc_matgen_power((double)(i + 1), -a[2]);
    s[i] = k > 1 ? a[0] + (a[1] - a[0]) * ((w - last) / (1 - last)) : a[1];
  }
}

/* lo + hi - s for s of power_law. */
static void draw_mirrored_power_law(double *s, size_t k, const double *a, mc_random *r) {
  draw_power_law(s, k, a, r);
  for (size_t i = 0; i < k; i++)
    s[i] = a[0] + (a[1] - s[i]);
}

#define LEVELS 64

/* The given share of k values, rounded; one at least, and `most` at most. */
static size_t count_share(double share, size_t k, size_t most) {
  size_t count = (size_t)(share * (double)k + 0.5);
  count = count > 0 ? count : 1;
  return count < most ? count : most;
}

/* Levels lo, hi and some on (lo, hi).  Two shares of the values are at lo and at hi; each of the others goes to a level
 * between, or where there is none they split into two parts at random, one for either end. */
static void draw_spikes(double *s, size_t k, const double *a, mc_random *r) {
  double between[LEVELS];
  size_t levels = (size_t)a[2] - 2, high = count_share(a[4], k, k > 1 ? k - 1 : 1),
         low = count_share(a[3], k, k - high);
  if (levels == 0)
    low += mc_random_below(r, k - high - low + 1);
  for (size_t j = 0; j < levels; j++)
    between[j] = a[0] + (a[1] - a[0]) * mc_random_unit(r);
  for (size_t i = 0; i < k; i++)
    s[i] = i < low ? a[0] : i >= k - high || levels == 0 ? a[1] : between[mc_random_below(r, levels)];
}

#define LO                                                                                                             \
  { 0, 1e300, 0, true }
#define LO_FROM(x)                                                                                                     \
  { x, 1e300, x, false }
#define LO_POSITIVE                                                                                                    \
  { 1e-300, 1e300, 0, true }
#define HI                                                                                                             \
  { 1e-300, 1e300, 1, false }

const mc_matgen_entry mc_matgen_spectra[] = {
    {"uniform", "uniform(lo = 0, hi = 1): uniform on [lo, hi]", {LO_FROM(0), HI}, draw_uniform, NULL, true},
    {"log_uniform", "log_uniform(lo, hi = 1): logarithm uniform", {LO_POSITIVE, HI}, draw_log_uniform, NULL, true},
    {"log_spaced", "log_spaced(lo, hi = 1): logarithms equally spaced", {LO_POSITIVE, HI}, draw_log_spaced, NULL, true},
    {"geometric",
     "geometric(q, lo = 0, hi = 1): hi q^i, at least lo",
     {{1e-300, 1, 0, true}, LO_FROM(0), HI},
     draw_geometric,
     NULL,
     false},
    {"clustered",
     "clustered(k = 3): within 2^-30 of k random centres",
     {{1, 1e6, 3, false}},
     draw_clustered,
     NULL,
     false},
    {"repeated", "repeated(k = 2): k distinct values", {{1, 1e6, 2, false}}, draw_repeated, NULL, false},
    {"flat", "flat(s = 1): all equal", {{1e-300, 1e300, 1, false}}, draw_flat, NULL, false},
    {"rank_deficient",
     "rank_deficient(share = 0.5): that share of them uniform, the others 0",
     {{1e-300, 1, 0.5, false}},
     draw_rank_deficient,
     NULL,
     false},
    {"spiked",
     "spiked(s = 100): one value s over a bulk on [1/2, 1]",
     {{1e-300, 1e300, 100, false}},
     draw_spiked,
     NULL,
     false},
    {"heavy_tailed",
     "heavy_tailed(alpha = 1): Pareto with exponent alpha",
     {{0.125, 1e3, 1, false}},
     draw_heavy_tailed,
     NULL,
     false},
    {"one_tiny",
     "one_tiny(s = 1e-12): one value s under a bulk on [1/2, 1]",
     {{0, 1e300, 1e-12, false}},
     draw_one_tiny,
     NULL,
     false},
    {"max_spiked", "max_spiked(lo, hi = 1): all hi but one lo (paper 3)", {LO, HI}, draw_max_spiked, NULL, true},
    {"min_spiked", "min_spiked(lo, hi = 1): all lo but one hi (paper 3)", {LO, HI}, draw_min_spiked, NULL, true},
    {"gaussian",
     "gaussian(lo, hi = 1, width = 3): normal about the middle, ends `width` deviations away (paper 3)",
     {LO, HI, {0.125, 1e3, 3, false}},
     draw_gaussian,
     NULL,
     true},
    {"linear_decay",
     "linear_decay(lo, hi = 1): density falling to 0 at hi (paper 3)",
     {LO, HI},
     draw_linear_decay,
     NULL,
     true},
    {"u_shaped",
     "u_shaped(lo, hi = 1, c = 0.5): Beta(c, c) (paper 3)",
     {LO, HI, {0.0625, 1, 0.5, false}},
     draw_u_shaped,
     NULL,
     true},
    {"power_law",
     "power_law(lo, hi = 1, alpha = 1): i^-alpha mapped onto [lo, hi]",
     {LO, HI, {0.0625, 16, 1, false}},
     draw_power_law,
     NULL,
     true},
    {"mirrored_power_law",
     "mirrored_power_law(lo, hi = 1, alpha = 1): lo + hi - power_law (paper 3's powerlaw)",
     {LO, HI, {0.0625, 16, 1, false}},
     draw_mirrored_power_law,
     NULL,
     true},
    {"spikes",
     "spikes(lo, hi = 1, levels = 3, p = 0.25, q = 0.25): a share p at lo, q at hi, the others at random levels "
     "between "
     "(paper 3)",
     {LO, HI, {2, LEVELS, 3, false}, {0, 1, 0.25, false}, {0, 1, 0.25, false}},
     draw_spikes,
     NULL,
     true},
    {NULL, NULL, {{0, 0, 0, false}}, NULL, NULL, false}};
