/* Noisy sign dynamics w' = w - alpha (sign(w) + sigma xi), xi ~ N(0, 1), the noise outside the sign; T is the first n
 * with |w_n| <= eps (papers.md S3.E1, S3.E2, S3.F4).
 *
 * hitting_time, hitting_time_moderate: independent paths from one w_0; sigma in [2^-10, 2^6], or moderate, in [0.7,
 * 1.6].
 *   alpha, sigma, eps, w0, gamma   as drawn; gamma = dist(w_0, alpha Z) - eps
 *   N             a number of steps;  levy   4 (1 - Phi(gamma/(alpha sigma sqrt N))), Phi the normal distribution
 *                 function
 *   p_low, p_high a confidence interval of P(T <= N) (Clopper
 *                 and Pearson, Biometrika 26, 1934) from the paths: either end fails with
 *                 probability at most ERROR
 * sweet_spot: three noises, sigma small, middle and large, alpha = 5 eps and w_0 as in Fig. 4.
 *   small_low, middle_low, middle_high, large_low   confidence bounds of the medians of T: each fails with
 *                                                   probability at most ERROR
 * noiseless_hitting: sigma = 0, so that w_n is determined.
 *   distance      dist(w_0, alpha Z), exact;  hit   1 if |w_n| <= eps for some n <= |w_0|/alpha + 2, else 0
 *
 * A path is run in doubles by src/ref; it is an exact path up to a rounding error of at most slack (below).  Where
 * |w| is within slack of eps, or of 0 without being a hit, the path counts against the certainty: it is no certain
 * hit and no certain miss.  What is taken for granted is that the counter-based numbers are as good as independent
 * normal deviates. */
#include "props.h"

#include <math.h>
#include <stdlib.h>

#include "../src/ball/ball.h"
#include "../src/dynamics/dynamics.h"
#include "../src/ref/ref.h"

enum { ALPHA, SIGMA, EPS, W0, GAMMA, N, LEVY, P_LOW, P_HIGH, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"alpha", "sigma", "eps",   "w0",    "gamma",
                                                   "N",     "levy",  "p_low", "p_high"};
enum { SMALL_LOW, MIDDLE_LOW, MIDDLE_HIGH, LARGE_LOW, MEDIANS };
static const char *const medians[MEDIANS] = {"small_low", "middle_low", "middle_high", "large_low"};
enum { DISTANCE, NOISELESS_EPS, HIT, NOISELESS };
static const char *const noiseless[NOISELESS] = {"distance", "eps", "hit"};

enum { SET_ALPHA, SET_SIGMA, SET_EPS, SET_W0, SET_N, SET_SEED, SETTING_COUNT };

#define PATHS 200
#define ERROR 1e-12
#define LONGEST 1000

/* ---- Drawing ---- */

static double draw_in(mc_random *r, double low, double high) {
  return low + (high - low) * mc_random_unit(r);
}

static double *add_settings(mc_prop_instance *x, mc_random *r) {
  double *s = mc_prop_instance_add(x, "settings", 1, SETTING_COUNT);
  if (!s)
    return NULL;
  s[SET_ALPHA] = draw_in(r, 0.05, 0.2);
  s[SET_EPS] = s[SET_ALPHA] * draw_in(r, 0.05, 0.3);
  s[SET_W0] = s[SET_ALPHA] * draw_in(r, 1, 12);
  s[SET_SEED] = (double)mc_random_below(r, (uint64_t)1 << 40);
  return s;
}

/* sigma log-uniform over 2^-10 to 2^6, N over 1 to 200. */
static mc_status generate_hitting(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  double *s = add_settings(x, r);
  (void)c;
  if (!s)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  s[SET_SIGMA] = draw_in(r, 1, 2) * ldexp(1, (int)mc_random_below(r, 16) - 10);
  s[SET_N] = (double)(1 + mc_random_below(r, mc_random_below(r, 2) == 0 ? 20 : 200));
  return MC_OK;
}

/* Where the bound on the mean of T is moderate. */
static mc_status generate_moderate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  double *s = add_settings(x, r);
  (void)c;
  if (!s)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  s[SET_EPS] = s[SET_ALPHA] * draw_in(r, 0.2, 0.6);
  s[SET_SIGMA] = draw_in(r, 0.7, 1.6);
  s[SET_N] = (double)(30 + mc_random_below(r, 300));
  return MC_OK;
}

static mc_status generate_sweet(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  double *s = add_settings(x, r);
  (void)c;
  if (!s)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  s[SET_EPS] = s[SET_ALPHA] / 5;
  s[SET_W0] = 10 * s[SET_ALPHA] + 1.3 * s[SET_EPS];
  s[SET_SIGMA] = draw_in(r, 0.2, 0.35);
  return MC_OK;
}

/* In one trial of two w_0 lies near its grid. */
static mc_status generate_noiseless(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  double *s = add_settings(x, r);
  (void)c;
  if (!s)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (mc_random_below(r, 2) == 0)
    s[SET_W0] = s[SET_ALPHA] * (double)(1 + mc_random_below(r, 12)) + s[SET_EPS] * draw_in(r, -1.2, 1.2);
  if (mc_random_below(r, 2) == 0)
    s[SET_W0] = -s[SET_W0];
  return MC_OK;
}

/* ---- Paths ---- */

/* The first step at which the exact path has certainly hit, and the first at which it may have; LONGEST + 1 for
 * later. */
typedef struct {
  size_t certain, possible;
} hit;

/* Each step adds at most three roundings of numbers below `size`: alpha sigma xi, alpha (sign + .), and their
 * difference. */
static hit follow(const double *s, double sigma, size_t limit, mc_random *r) {
  double w = s[SET_W0], slack = 0;
  hit h = {LONGEST + 1, LONGEST + 1};
  for (size_t n = 0; n <= limit; n++) {
    double size = fabs(w);
    if (size - slack <= s[SET_EPS] && h.possible > n)
      h.possible = n;
    if (size + slack <= s[SET_EPS]) {
      h.certain = n;
      break;
    }
    if (size <= slack) /* its sign is not certain: nothing is certain from here on */
      break;
    double noise = s[SET_ALPHA] * sigma * mc_matgen_normal(r), gradient = w;
    slack += 0x1p-50 * (size + fabs(noise) + s[SET_ALPHA]);
    muon_vector_sign_step(&w, s[SET_ALPHA], &gradient, 1);
    w -= noise;
  }
  return h;
}

/* ---- Exact binomial confidence ---- */

/* tail := P(at least k of n) at success probability p, 0 < p < 1: the sum of its terms. */
static void upper_tail(arb_t tail, size_t k, size_t n, const arb_t p, slong precision) {
  arb_t term, odds;
  arb_init(term);
  arb_init(odds);
  arb_sub_ui(odds, p, 1, precision);
  arb_neg(odds, odds);
  arb_bin_uiui(term, n, k, precision);
  arb_pow_ui(tail, odds, n - k, precision);
  arb_mul(term, term, tail, precision);
  arb_pow_ui(tail, p, k, precision);
  arb_mul(term, term, tail, precision);
  arb_div(odds, p, odds, precision);
  arb_set(tail, term);
  for (size_t i = k; i < n; i++) {
    arb_mul(term, term, odds, precision);
    arb_mul_ui(term, term, n - i, precision);
    arb_div_ui(term, term, i + 1, precision);
    arb_add(tail, tail, term, precision);
  }
  arb_clear(term);
  arb_clear(odds);
}

/* p := the largest multiple of 2^-20 at which P(at least k of n) is certainly at most ERROR: below the
 * Clopper–Pearson end. */
static void lower_end(arb_t p, size_t k, size_t n, slong precision) {
  uint64_t low = 0, high = (uint64_t)1 << 20;
  arb_t tail, error;
  arb_init(tail);
  arb_init(error);
  arb_set_d(error, ERROR);
  while (high - low > 1) {
    uint64_t middle = low + (high - low) / 2;
    arb_set_ui(p, middle);
    arb_mul_2exp_si(p, p, -20);
    upper_tail(tail, k, n, p, precision);
    if (arb_le(tail, error))
      low = middle;
    else
      high = middle;
  }
  arb_set_ui(p, k == 0 ? 0 : low);
  arb_mul_2exp_si(p, p, -20);
  arb_clear(tail);
  arb_clear(error);
}

/* y := 1 - Phi(x) = erfc(x/sqrt 2)/2, which falls with x: MPFR, rounded outward at either end. */
static void normal_tail(arb_t y, const arb_t x, slong precision) {
  mpfr_t low, high;
  arb_t z;
  arb_init(z);
  mpfr_init2(low, precision);
  mpfr_init2(high, precision);
  arb_set_ui(z, 2);
  arb_sqrt(z, z, precision);
  arb_div(z, x, z, precision);
  arb_get_interval_mpfr(low, high, z);
  mpfr_erfc(low, low, MPFR_RNDU);
  mpfr_erfc(high, high, MPFR_RNDD);
  arb_set_interval_mpfr(y, high, low, precision);
  arb_mul_2exp_si(y, y, -1);
  arb_clear(z);
  mpfr_clear(low);
  mpfr_clear(high);
}

/* The least rank j such that P(at least j of n below the median) <= ERROR: the (n - j + 1)-th smallest of n is then a
 * lower confidence bound of the median, by symmetry the j-th an upper one. */
static size_t median_rank(size_t n, slong precision) {
  arb_t half, tail, error;
  arb_init(half);
  arb_init(tail);
  arb_init(error);
  arb_set_d(half, 0.5);
  arb_set_d(error, ERROR);
  size_t j = n / 2;
  do
    upper_tail(tail, ++j, n, half, precision);
  while (j < n && !arb_le(tail, error));
  arb_clear(half);
  arb_clear(tail);
  arb_clear(error);
  return j;
}

/* ---- Measuring ---- */

static mc_random stream_of(const double *s, uint32_t which) {
  mc_random r;
  mc_random_init(&r, (uint64_t)s[SET_SEED], mc_random_stream_of("noisy_sign paths"), which);
  return r;
}

/* The settings of shrunk instances may be anything. */
static mc_status check(const double *s, mc_error *e) {
  bool sound = s[SET_ALPHA] > 0 && s[SET_EPS] > 0 && s[SET_SIGMA] >= 0 && fabs(s[SET_W0]) < 1000 * s[SET_ALPHA] &&
               s[SET_N] >= 0 && s[SET_N] <= LONGEST && s[SET_SEED] >= 0;
  return sound ? MC_OK : mc_fail(e, MC_UNDECIDED, "settings out of range");
}

/* d := dist(w_0, alpha Z), exact. */
static void distance_from_grid(arb_t d, const double *s) {
  fmpq_t w, alpha, rest;
  fmpz_t turns;
  fmpq_init(w);
  fmpq_init(alpha);
  fmpq_init(rest);
  fmpz_init(turns);
  mc_ball_fmpq_set_double(w, fabs(s[SET_W0]));
  mc_ball_fmpq_set_double(alpha, s[SET_ALPHA]);
  fmpq_div(rest, w, alpha);
  fmpz_fdiv_q(turns, fmpq_numref(rest), fmpq_denref(rest));
  fmpq_mul_fmpz(rest, alpha, turns);
  fmpq_sub(w, w, rest);
  fmpq_sub(rest, alpha, w);
  arb_set_fmpq(d, fmpq_cmp(w, rest) < 0 ? w : rest, 4096);
  fmpq_clear(w);
  fmpq_clear(alpha);
  fmpq_clear(rest);
  fmpz_clear(turns);
}

static mc_status measure_hitting(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const double *s = x->matrices[0].entries;
  size_t certain = 0, possible = 0;
  mc_status status = check(s, e);
  if (status != MC_OK)
    return status;
  for (uint32_t i = 0; i < PATHS; i++) {
    mc_random r = stream_of(s, i);
    hit h = follow(s, s[SET_SIGMA], (size_t)s[SET_N], &r);
    certain += h.certain <= (size_t)s[SET_N];
    possible += h.possible <= (size_t)s[SET_N];
  }
  arb_set_d(q + ALPHA, s[SET_ALPHA]);
  arb_set_d(q + SIGMA, s[SET_SIGMA]);
  arb_set_d(q + EPS, s[SET_EPS]);
  arb_set_d(q + W0, fabs(s[SET_W0]));
  arb_set_d(q + N, floor(s[SET_N]));
  distance_from_grid(q + GAMMA, s);
  arb_sub(q + GAMMA, q + GAMMA, q + EPS, 4096);
  arb_sqrt(q + LEVY, q + N, 2 * precision);
  arb_mul(q + LEVY, q + LEVY, q + ALPHA, 2 * precision);
  arb_mul(q + LEVY, q + LEVY, q + SIGMA, 2 * precision);
  arb_div(q + LEVY, q + GAMMA, q + LEVY, 2 * precision);
  normal_tail(q + LEVY, q + LEVY, 2 * precision);
  arb_mul_2exp_si(q + LEVY, q + LEVY, 2);
  lower_end(q + P_LOW, certain, PATHS, 2 * precision);
  lower_end(q + P_HIGH, PATHS - possible, PATHS, 2 * precision);
  arb_sub_ui(q + P_HIGH, q + P_HIGH, 1, 2 * precision);
  arb_neg(q + P_HIGH, q + P_HIGH);
  return MC_OK;
}

static int compare(const void *x, const void *y) {
  size_t a = *(const size_t *)x, b = *(const size_t *)y;
  return (a > b) - (a < b);
}

/* low, high (may be NULL) := confidence bounds of the median of T. */
static void bound_median(arb_t low, arb_t high, const double *s, double sigma, uint32_t first, size_t rank) {
  size_t certain[PATHS], possible[PATHS];
  for (uint32_t i = 0; i < PATHS; i++) {
    mc_random r = stream_of(s, first + i);
    hit h = follow(s, sigma, LONGEST, &r);
    certain[i] = h.certain;
    possible[i] = h.possible;
  }
  qsort(certain, PATHS, sizeof *certain, compare);
  qsort(possible, PATHS, sizeof *possible, compare);
  arb_set_ui(low, possible[PATHS - rank]);
  if (high)
    arb_set_ui(high, certain[rank - 1]);
}

static mc_status measure_sweet(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const double *s = x->matrices[0].entries;
  mc_status status = check(s, e);
  if (status != MC_OK)
    return status;
  size_t rank = median_rank(PATHS, precision);
  bound_median(q + SMALL_LOW, NULL, s, s[SET_SIGMA] / 32, 0, rank);
  bound_median(q + MIDDLE_LOW, q + MIDDLE_HIGH, s, s[SET_SIGMA], PATHS, rank);
  bound_median(q + LARGE_LOW, NULL, s, s[SET_SIGMA] * 32, 2 * PATHS, rank);
  return MC_OK;
}

/* |w_n| <= eps is decided exactly: w_n = w_0 - k alpha up to its sign. */
static mc_status measure_noiseless(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const double *s = x->matrices[0].entries;
  mc_status status = check(s, e);
  if (status != MC_OK)
    return status;
  arb_t w, alpha, size;
  arb_init(w);
  arb_init(alpha);
  arb_init(size);
  (void)precision;
  distance_from_grid(q + DISTANCE, s);
  arb_set_d(q + NOISELESS_EPS, s[SET_EPS]);
  arb_zero(q + HIT);
  arb_set_d(w, s[SET_W0]);
  arb_set_d(alpha, s[SET_ALPHA]);
  for (size_t n = 0; n <= (size_t)(fabs(s[SET_W0]) / s[SET_ALPHA]) + 2; n++) {
    arb_abs(size, w);
    if (arb_le(size, q + NOISELESS_EPS))
      arb_one(q + HIT);
    if (arb_is_positive(w))
      arb_sub(w, w, alpha, 4096);
    else if (arb_is_negative(w))
      arb_add(w, w, alpha, 4096);
  }
  arb_clear(w);
  arb_clear(alpha);
  arb_clear(size);
  return MC_OK;
}

const mc_property mc_props_hitting_time = {"hitting_time", QUANTITIES, quantities, generate_hitting, measure_hitting};
const mc_property mc_props_hitting_time_moderate = {"hitting_time_moderate", QUANTITIES, quantities, generate_moderate,
                                                    measure_hitting};
const mc_property mc_props_sweet_spot = {"sweet_spot", MEDIANS, medians, generate_sweet, measure_sweet};
const mc_property mc_props_noiseless_hitting = {"noiseless_hitting", NOISELESS, noiseless, generate_noiseless,
                                                measure_noiseless};
