/* Generators of matrices: distributions, orthogonality, exactness, names. */
#include "matgen/matgen.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static mc_random stream(uint32_t trial) {
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("t_matgen"), trial);
  return r;
}

static int increasing(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

/* Dvoretzky, Kiefer, Wolfowitz, Massart: a correct sampler exceeds the distance with probability 1e-6; the seed is
 * fixed. */
static void normal_deviates_are_normal(void **state) {
  (void)state;
  enum { COUNT = 200000 };
  static double x[COUNT];
  mc_random r = stream(0);
  for (size_t i = 0; i < COUNT; i++)
    x[i] = mc_matgen_normal(&r);
  qsort(x, COUNT, sizeof *x, increasing);
  double distance = 0;
  for (size_t i = 0; i < COUNT; i++) {
    double phi = 0.5 * erfc(-x[i] / sqrt(2));
    distance = fmax(distance, fmax(fabs(phi - (double)i / COUNT), fabs(phi - (double)(i + 1) / COUNT)));
  }
  assert_true(distance < sqrt(log(2e6) / (2.0 * COUNT)));
}

/* Columns of the identity minus q^T q; 2^-53 times a modest power of the size is what backward stability gives. */
static double defect(const double *q, size_t m, size_t n) {
  double worst = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t k = 0; k < m; k++)
        sum += q[k * n + i] * q[k * n + j];
      worst = fmax(worst, fabs(sum - (i == j)));
    }
  return worst;
}

static void haar_factors_are_orthogonal(void **state) {
  (void)state;
  static const size_t shapes[][2] = {{1, 1}, {2, 1}, {2, 2}, {7, 7}, {40, 13}, {64, 64}};
  for (size_t s = 0; s < 6; s++) {
    size_t m = shapes[s][0], n = shapes[s][1];
    double *q = mc_alloc(m * n, sizeof *q);
    mc_random r = stream((uint32_t)s);
    assert_int_equal(mc_matgen_haar(q, m, n, &r, NULL), MC_OK);
    assert_true(defect(q, m, n) < (double)(8 * m) * 0x1p-53);
    mc_free(q);
  }
  mc_error e;
  double q[2];
  mc_random r = stream(0);
  assert_int_equal(mc_matgen_haar(q, 1, 2, &r, &e), MC_BAD_INPUT);
}

/* Haar measure on 2 x 2: the first column's angle is uniform (DKW as above), and reflections are as likely as
 * rotations. */
static void haar_measure_in_the_plane(void **state) {
  (void)state;
  enum { COUNT = 20000 };
  static double angle[COUNT];
  unsigned rotations = 0;
  for (uint32_t i = 0; i < COUNT; i++) {
    double q[4];
    mc_random r = stream(i);
    assert_int_equal(mc_matgen_haar(q, 2, 2, &r, NULL), MC_OK);
    angle[i] = atan2(q[2], q[0]) / (2 * acos(-1)) + 0.5;
    rotations += q[0] * q[3] - q[1] * q[2] > 0;
  }
  qsort(angle, COUNT, sizeof *angle, increasing);
  double distance = 0;
  for (size_t i = 0; i < COUNT; i++)
    distance = fmax(distance, fmax(fabs(angle[i] - (double)i / COUNT), fabs(angle[i] - (double)(i + 1) / COUNT)));
  assert_true(distance < sqrt(log(2e6) / (2.0 * COUNT)));
  assert_true(fabs(rotations - COUNT / 2.0) < 5 * sqrt(COUNT) / 2);
}

/* FNV-1a of the bits of the family's matrix in a stream. */
static uint64_t hash_matrix(uint64_t hash, const mc_matgen_family *f, uint32_t trial) {
  double a[15];
  mc_random r = stream(trial);
  assert_int_equal(mc_matgen_matrix(a, 5, 3, f, &r, NULL), MC_OK);
  for (size_t k = 0; k < 15; k++) {
    uint64_t bits;
    assert_true(isfinite(a[k]));
    memcpy(&bits, &a[k], sizeof bits);
    hash = (hash ^ bits) * 1099511628211u;
  }
  return hash;
}

static bool is_later(const char *name) {
  return !strcmp(name, "mirrored_power_law") || !strcmp(name, "spikes");
}

/* The bits of a long chain of generators, and of those that came later.  They must not change: replay lines of old
 * violations depend on them. */
static void bits_are_pinned(void **state) {
  (void)state;
  uint64_t hash[2] = {14695981039346656037u, 14695981039346656037u};
  uint32_t trial[2] = {0};
  for (size_t i = 0; mc_matgen_family_usage(i); i++) {
    mc_matgen_family f = {0};
    sscanf(mc_matgen_family_usage(i), "%31[a-z_]", f.name);
    f.argument[0] = 0.25;
    f.arguments = mc_matgen_family_check(&f, NULL) == MC_OK ? 0 : 1;
    bool later = is_later(f.name);
    hash[later] = hash_matrix(hash[later], &f, trial[later]++);
  }
  assert_int_equal(hash[0], 0xa5322eee2cbd7f5fu);
  assert_int_equal(hash[1], 0xcbf5f22b0d144ae3u);
}

static void spectra_are_sorted_and_pinned(void **state) {
  (void)state;
  mc_error e;
  for (size_t i = 0; mc_matgen_family_usage(i); i++) {
    mc_matgen_family f = {0};
    sscanf(mc_matgen_family_usage(i), "%31[a-z_]", f.name);
    f.argument[0] = 0.25;
    f.arguments = mc_matgen_family_check(&f, NULL) == MC_OK ? 0 : 1;
    double s[17];
    mc_random r = stream((uint32_t)i);
    if (!mc_matgen_family_is_spectrum(&f)) {
      assert_int_equal(mc_matgen_spectrum(s, 17, &f, &r, &e), MC_BAD_INPUT);
      continue;
    }
    assert_int_equal(mc_matgen_spectrum(s, 17, &f, &r, &e), MC_OK);
    for (size_t k = 0; k < 17; k++)
      assert_true(s[k] >= 0 && (k == 0 || s[k] <= s[k - 1]));
  }
  mc_matgen_family f;
  double s[8];
  mc_random r = stream(0);
  assert_int_equal(mc_matgen_family_parse(&f, "log_uniform(1e-12)", &e), MC_OK);
  assert_int_equal(mc_matgen_spectrum(s, 8, &f, &r, &e), MC_OK);
  assert_true(s[0] == 1 && s[7] == 1e-12 && s[1] < 1 && s[6] > 1e-12);
  assert_int_equal(mc_matgen_family_parse(&f, "rank_deficient(0.25)", &e), MC_OK);
  assert_int_equal(mc_matgen_spectrum(s, 8, &f, &r, &e), MC_OK);
  assert_true(s[1] > 0 && s[2] == 0);
  assert_int_equal(mc_matgen_family_parse(&f, "power_law(1, 4, 1)", &e), MC_OK);
  assert_int_equal(mc_matgen_spectrum(s, 4, &f, &r, &e), MC_OK);
  assert_true(s[0] == 4 && fabs(s[1] - 2) < 1e-14 && s[3] == 1);
  assert_int_equal(mc_matgen_family_parse(&f, "mirrored_power_law(1, 4, 1)", &e), MC_OK);
  assert_int_equal(mc_matgen_spectrum(s, 4, &f, &r, &e), MC_OK);
  assert_true(s[0] == 4 && fabs(s[2] - 3) < 1e-14 && s[3] == 1);
}

/* How many values are x. */
static size_t occurrences(const double *s, size_t k, double x) {
  size_t count = 0;
  for (size_t i = 0; i < k; i++)
    count += s[i] == x;
  return count;
}

/* A fifth of the values at lo, a twentieth at hi, the others on at most four levels between; and with two levels all at
 * the ends, no fewer than their shares, in every proportion. */
static void spikes_have_their_shares(void **state) {
  (void)state;
  enum { K = 40 };
  bool split[K + 1] = {false};
  mc_matgen_family six, two;
  double s[K];
  assert_int_equal(mc_matgen_family_parse(&six, "spikes(0.5, 3, 6, 0.2, 0.05)", NULL), MC_OK);
  assert_int_equal(mc_matgen_family_parse(&two, "spikes(0.5, 3, 2, 0.2, 0.75)", NULL), MC_OK);
  for (uint32_t trial = 0; trial < 100; trial++) {
    mc_random r = stream(trial);
    assert_int_equal(mc_matgen_spectrum(s, K, &six, &r, NULL), MC_OK);
    assert_int_equal(occurrences(s, K, 0.5), 8);
    assert_int_equal(occurrences(s, K, 3), 2);
    size_t levels = 0;
    for (size_t i = 1; i < K; i++)
      levels += s[i] != s[i - 1];
    assert_in_range(levels, 2, 5);
    assert_int_equal(mc_matgen_spectrum(s, K, &two, &r, NULL), MC_OK);
    assert_int_equal(occurrences(s, K, 0.5) + occurrences(s, K, 3), K);
    split[occurrences(s, K, 0.5)] = true;
  }
  for (size_t low = 0; low <= K; low++)
    assert_int_equal(split[low], low >= 8 && low <= 10);
  mc_random r = stream(0);
  assert_int_equal(mc_matgen_spectrum(s, 1, &six, &r, NULL), MC_OK);
  assert_true(s[0] == 3);
}

/* q^T q = d^2 I, p = q^T a / d^2 symmetric and diagonally what I + L L^T must be: checked in integers. */
static void exact_polar_factors_are_exact(void **state) {
  (void)state;
  static const size_t shapes[][2] = {{1, 1}, {5, 5}, {9, 4}, {4, 9}, {33, 20}};
  for (size_t s = 0; s < 5; s++) {
    size_t m = shapes[s][0], n = shapes[s][1], k = m < n ? m : n, l = m < n ? n : m;
    double d, *a = mc_alloc(m * n, sizeof *a), *q = mc_alloc(m * n, sizeof *q);
    mc_random r = stream((uint32_t)s);
    assert_int_equal(mc_matgen_exact_polar(a, q, &d, m, n, &r, NULL), MC_OK);
    for (size_t i = 0; i < k; i++)
      for (size_t j = 0; j < k; j++) {
        int64_t qq = 0, qa = 0, aq = 0, dd = (int64_t)d;
        for (size_t t = 0; t < l; t++) {
          size_t it = m < n ? i * n + t : t * n + i, jt = m < n ? j * n + t : t * n + j;
          qq += (int64_t)q[it] * (int64_t)q[jt];
          qa += (int64_t)q[it] * (int64_t)a[jt];
          aq += (int64_t)a[it] * (int64_t)q[jt];
        }
        assert_true(qq == (i == j ? dd * dd : 0));
        assert_true(qa == aq && qa % (dd * dd) == 0);
        assert_true(i != j || qa >= 2 * dd * dd);
      }
    mc_free(a);
    mc_free(q);
  }
  double x;
  mc_random r = stream(0);
  assert_int_equal(mc_matgen_exact_polar(&x, &x, &x, 1, 5000, &r, NULL), MC_BAD_INPUT);
}

static void families_are_named_and_checked(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "unifrom",
                                    "log_uniform",
                                    "log_uniform(-1)",
                                    "hilbert(2)",
                                    "log_uniform(1e-3",
                                    "uniform(1,2,3)",
                                    "geometric(nan)",
                                    "uniform)",
                                    "log_uniform(2, 1)",
                                    "uniform(0,1,2,3)",
                                    "flat(1) x",
                                    "spikes(1, 2, 1)",
                                    "spikes(1, 2, 65)",
                                    "spikes(1, 2, 3, 2)",
                                    "spikes(1,2,3,0,0,0)"};
  mc_matgen_family f, g;
  mc_error e;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(mc_matgen_family_parse(&f, bad[i], &e), MC_BAD_INPUT);
  assert_int_equal(mc_matgen_family_parse(&f, "unifrom", &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "uniform"));
  mc_text t;
  mc_text_init(&t);
  assert_int_equal(mc_matgen_family_parse(&f, " u_shaped( 0.1, 3 ,0x1.8p-1 ) ", &e), MC_OK);
  mc_matgen_family_format(&t, &f);
  assert_int_equal(mc_matgen_family_parse(&g, t.data, &e), MC_OK);
  assert_string_equal(f.name, g.name);
  assert_memory_equal(f.argument, g.argument, sizeof f.argument);
  mc_text_clear(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(normal_deviates_are_normal),    cmocka_unit_test(haar_factors_are_orthogonal),
      cmocka_unit_test(haar_measure_in_the_plane),     cmocka_unit_test(bits_are_pinned),
      cmocka_unit_test(spectra_are_sorted_and_pinned), cmocka_unit_test(spikes_have_their_shares),
      cmocka_unit_test(exact_polar_factors_are_exact), cmocka_unit_test(families_are_named_and_checked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
