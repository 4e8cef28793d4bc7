/* How far a polynomial moves two matrices apart, one of which is known by its singular values.  docs/errors.md, lemma
 * T2s: for every mu >= 0 and any X' within e of X,
 *   ||p(X') - p(X)||_F^2 <= mu e^2 + sum_j max(0, max over |l| <= s of (p(l) - p(m_j))^2 - mu (l - m_j)^2). */
#include <math.h>

#include "sound.h"
#include "upward.h"

enum { ROWS = 256, COLUMNS = 768, SEARCH = 40 };

/* All sums and products here are of at most 2^20 nonnegative terms: rounding moves them by less than this factor. */
#define INFLATED (1 + 0x1p-30)

/* Cells of m and l, each with an upper bound of |D|^2, D = (p(l) - p(m)) / (l - m), and of (l - m)^2. */
typedef struct {
  double count[ROWS]; /* singular values in the cell of m */
  double difference[ROWS][COLUMNS], distance[ROWS][COLUMNS];
} table;

/* Upper bound of |D| on a cell with centre (l, m) and half widths (u, v): its value there, its slope times the half
 * widths, and the rounding of fewer than 64 operations on terms whose sizes add up to `size`. */
static double difference_on(const double k[3], double l, double m, double u, double v) {
  double L = fabs(l) + u, M = fabs(m) + v, b = fabs(k[1]), c = fabs(k[2]);
  double value =
      k[0] + k[1] * (l * l + l * m + m * m) + k[2] * ((l * l + m * m) * (l * l + l * m + m * m) - l * l * m * m);
  double along_l = b * (2 * L + M) + c * (4 * L * L * L + 3 * L * L * M + 2 * L * M * M + M * M * M);
  double along_m = b * (2 * M + L) + c * (4 * M * M * M + 3 * M * M * L + 2 * M * L * L + L * L * L);
  double R = fmax(L, M), size = fabs(k[0]) + 3 * b * R * R + 7 * c * R * R * R * R;
  return (fabs(value) + along_l * u + along_m * v + 0x1p-46 * size) * INFLATED;
}

/* Upper bound of |D| on a cell, within 2^-8 of the largest |D| that was met so far, *met, or on cells too small to matter. */
static double steepest_on(double *met, const double k[3], double l, double m, double u, double v, int depth) {
  enum { DEEPEST = 14 };
  double bound = difference_on(k, l, m, u, v), most = 0;
  *met = fmax(*met, difference_on(k, l, m, 0, 0));
  if (depth == DEEPEST || !(bound > *met * (1 + 0x1p-8)))
    return isfinite(bound) ? bound : (double)INFINITY;
  for (int i = 0; i < 4; i++)
    most = fmax(most, steepest_on(met, k, l + (i & 1 ? u : -u) / 2, m + (i & 2 ? v : -v) / 2, u / 2 * INFLATED,
                                  v / 2 * INFLATED, depth + 1));
  return most;
}

double mc_audit_steepest(const fmpq *p, double s, double top) {
  double k[3], met = 0;
  if (!(s >= 0x1p-400 && s < 0x1p60 && top < 0x1p60))
    return INFINITY;
  for (int j = 0; j < 3; j++)
    k[j] = mc_audit_nearest(&p[2 * j + 1]);
  return steepest_on(&met, k, 0, top / 2, s, top / 2 * INFLATED, 0);
}

static void fill(table *t, const double k[3], double top, double s) {
  double v = top / ROWS / 2 * INFLATED, u = s / COLUMNS * INFLATED;
  for (size_t i = 0; i < ROWS; i++) {
    double m = top * ((double)i + 0.5) / ROWS;
    for (size_t j = 0; j < COLUMNS && t->count[i] > 0; j++) {
      double l = s * (2 * ((double)j + 0.5) / COLUMNS - 1), d = difference_on(k, l, m, u, v);
      double apart = (fabs(l - m) + u + v) * INFLATED;
      t->difference[i][j] = isfinite(d) ? d * d * INFLATED : (double)INFINITY;
      t->distance[i][j] = apart * apart * INFLATED;
    }
  }
}

/* All that can underflow below costs less than this, for s >= 2^-400. */
#define UNDERFLOW 0x1p-900

/* The bound for one mu, squared. */
static double bound_at(const table *t, double mu, double e) {
  double sum = mu * e * e;
  for (size_t i = 0; i < ROWS; i++) {
    double most = 0;
    for (size_t j = 0; j < COLUMNS && t->count[i] > 0; j++) {
      double gain = (t->difference[i][j] - mu) * t->distance[i][j];
      most = gain > most ? gain : most;
    }
    sum += t->count[i] * most;
  }
  return (sum + UNDERFLOW) * INFLATED;
}

/* The bound is convex in mu, as a sum of maxima of linear functions, so that of mu_i = greatest 2^(-i/4) the best is
 * between the neighbours of any that is below both.  Every mu gives a bound: the search need not find the best one. */
static double best_bound(const table *t, double e) {
  double greatest = 0;
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS && t->count[i] > 0; j++)
      greatest = t->difference[i][j] > greatest ? t->difference[i][j] : greatest;
  double best = bound_at(t, greatest, e);
  int lo = 0, hi = SEARCH;
  while (isfinite(greatest) && hi - lo > 1) {
    int middle = (lo + hi) / 2;
    double here = bound_at(t, greatest * exp2(-middle / 4.0), e),
           next = bound_at(t, greatest * exp2(-(middle + 1) / 4.0), e);
    best = fmin(best, fmin(here, next));
    *(here < next ? &hi : &lo) = middle;
  }
  return mc_up_sqrt(best);
}

double mc_audit_growth(arb_srcptr sigma, slong count, size_t zeros, const fmpq *p, double s, double e) {
  double top = 0, k[3];
  arb_t m;
  if (!(s >= 0x1p-400 && s < 0x1p60 && e < 0x1p60))
    return INFINITY;
  table *t = mc_alloc(1, sizeof *t);
  if (!t)
    return INFINITY;
  arb_init(m);
  for (slong i = 0; i < count; i++) {
    arb_abs(m, sigma + i);
    top = fmax(top, mc_ball_upper_double(m));
  }
  /* A singular value belongs to each cell that its enclosure meets. */
  for (slong i = 0; i < count; i++) {
    arb_abs(m, sigma + i);
    double lo = floor(mc_ball_lower_double(m) / top * ROWS - 1e-9),
           hi = floor(mc_ball_upper_double(m) / top * ROWS + 1e-9);
    int first = lo > 0 ? (int)lo : 0, last = hi < ROWS - 1 ? (int)hi : ROWS - 1; /* NaN: all */
    for (int j = first; j <= last; j++)
      t->count[j]++;
  }
  t->count[0] += (double)zeros / 2; /* J(X) has each singular value twice, and these once */
  arb_clear(m);
  for (int j = 0; j < 3; j++)
    k[j] = mc_audit_nearest(&p[2 * j + 1]);
  fill(t, k, top, s);
  double bound = best_bound(t, e);
  mc_free(t);
  return bound;
}
