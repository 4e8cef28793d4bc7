/* Three independent ways against each other on random matrices of every shape and kind: (a) digits, (b) balls, (c)
 * rotations in MPFR, which proves nothing; and plain doubles.
 *   t_random [TRIALS [limbs]]      without: a sample; limbs: digits multiplied by integer limbs */
#include "support.h"

#include <stdlib.h>

#include "../../src/truth/path.h"

enum { MOST = 40, SAMPLE = 120 };

static int trials = SAMPLE;

/* Kinds of matrices; %g is a condition number's inverse. */
static const char *const kinds[] = {"uniform",        "log_uniform(%g)", "log_spaced(%g)", "geometric(0.5, %g)",
                                    "clustered(3)",   "repeated(2)",     "flat",           "rank_deficient",
                                    "spiked",         "heavy_tailed",    "one_tiny(%g)",   "max_spiked(%g)",
                                    "min_spiked(%g)", "gaussian(%g)",    "power_law(%g)",  "ginibre",
                                    "rademacher",     "hilbert",         "graded",         "denormal",
                                    "near_overflow",  "u_shaped(%g)",    "exact_polar"};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* What is counted. */
typedef struct {
  int certified[3], images, values, thirds, plain, refused;
  double *ratios; /* radius over true error of digits */
  size_t ratio_count;
} tally;

/* ||x - y||_F, rounded upward. */
static void distance_upper(mag_t distance, const arb_mat_t x, const arb_mat_t y) {
  arb_mat_t difference;
  arb_mat_init(difference, arb_mat_nrows(x), arb_mat_ncols(x));
  arb_mat_sub(difference, x, y, ARF_PREC_EXACT);
  mc_ball_mat_frobenius_upper(distance, difference);
  arb_mat_clear(difference);
}

static void assert_meet(const mc_enclosure *x, const mc_enclosure *y) {
  mag_t distance, radii;
  mag_init(distance);
  mag_init(radii);
  distance_upper(distance, x->value, y->value);
  mag_add(radii, x->radius, y->radius);
  assert_true(mag_cmp(distance, radii) <= 0);
  mag_clear(distance);
  mag_clear(radii);
}

static void assert_overlap(arb_srcptr x, arb_srcptr y, size_t count) {
  for (size_t i = 0; i < count; i++)
    assert_true(arb_overlaps(&x[i], &y[i]));
}

/* (c) inside the enclosure of (b): its own error, for so many more bits, is beyond the last place of the radius. */
static void check_third_way(tally *t, const mc_truth_polar *balls, const mc_truth_polar *digits, const double *a,
                            size_t m, size_t n, slong bits) {
  const size_t k = m < n ? m : n;
  mc_enclosure c;
  mag_t error, slack;
  arb_ptr sigma = _arb_vec_init((slong)k);
  mc_enclosure_init(&c);
  arb_mat_clear(c.value);
  arb_mat_init(c.value, (slong)m, (slong)n);
  mag_init(error);
  mag_init(slack);
  if (mc_truth_polar_approx(c.value, sigma, a, m, n, 2 * bits + 400, NULL) == MC_OK) {
    mag_set_ui_2exp_si(c.radius, 1, -bits - 40);
    assert_meet(&c, &balls->factor);
    if (mag_is_finite(digits->factor.radius)) {
      assert_meet(&c, &digits->factor);
      distance_upper(error, c.value, digits->factor.value);
      if (mag_cmp_2exp_si(error, -2 * bits - 300) > 0) { /* else it may be the error of c */
        mag_div(slack, digits->factor.radius, error);
        t->ratios[t->ratio_count++] = mag_get_d(slack);
      }
    }
    t->thirds++;
  }
  _arb_vec_clear(sigma, (slong)k);
  mc_enclosure_clear(&c);
  mag_clear(error);
  mag_clear(slack);
}

static void check_polar(tally *t, const double *a, const double *q, double d, size_t m, size_t n, slong bits) {
  mc_truth_polar p[3];
  bool certified[3] = {false};
  for (int path = MC_PATH_ANY; path <= MC_PATH_BALLS; path++) {
    mc_truth_polar_init(&p[path]);
    mc_status status = mc_polar_certify_by(&p[path], a, m, n, bits, (mc_path)path, NULL);
    assert_true(status == MC_OK || status == MC_UNDECIDED);
    certified[path] = status == MC_OK;
    t->certified[path] += certified[path];
    if (certified[path])
      assert_true(mag_cmp_2exp_si(p[path].factor.radius, -bits) <= 0 && arb_is_positive(p[path].sigma_min));
    if (certified[path] && q != NULL)
      assert_encloses_quotient(&p[path].factor, q, d);
  }
  t->refused += !certified[MC_PATH_ANY];
  for (int path = MC_PATH_ANY; path < MC_PATH_BALLS; path++) {
    if (certified[path] && certified[MC_PATH_BALLS])
      assert_meet(&p[path].factor, &p[MC_PATH_BALLS].factor);
    assert_true(arb_overlaps(p[path].sigma_min, p[MC_PATH_BALLS].sigma_min));
    assert_true(arb_overlaps(p[path].sigma_max, p[MC_PATH_BALLS].sigma_max));
  }
  if (certified[MC_PATH_BALLS] && (m < n ? m : n) <= 8)
    check_third_way(t, &p[MC_PATH_BALLS], &p[MC_PATH_DIGITS], a, m, n, bits);
  for (int path = MC_PATH_ANY; path <= MC_PATH_BALLS; path++)
    mc_truth_polar_clear(&p[path]);
}

static void check_values(tally *t, const double *a, size_t m, size_t n, slong bits) {
  const size_t k = m < n ? m : n;
  arb_ptr x = _arb_vec_init((slong)k), y = _arb_vec_init((slong)k);
  assert_int_equal(mc_sv_enclose_by(x, a, m, n, 46, MC_PATH_ANY, NULL), MC_OK);
  assert_int_equal(mc_sv_enclose_by(y, a, m, n, bits, MC_PATH_BALLS, NULL), MC_OK);
  assert_overlap(x, y, k);
  assert_int_equal(mc_sv_enclose_by(x, a, m, n, 30, MC_PATH_ANY, NULL), MC_OK);
  assert_overlap(x, y, k);
  t->values++;
  _arb_vec_clear(x, (slong)k);
  _arb_vec_clear(y, (slong)k);
}

static void check_image(tally *t, const double *a, size_t m, size_t n, slong bits, mc_norm_kind kind) {
  mc_schedule schedule;
  mc_normalisation norm;
  mc_enclosure x, y;
  mc_schedule_init(&schedule);
  mc_normalisation_init(&norm, kind);
  mc_enclosure_init(&x);
  mc_enclosure_init(&y);
  assert_int_equal(mc_schedule_set_text(&schedule, "3.4445,-4.7750,2.0315;15/8,-10/8,3/8;1.5,-0.5", NULL), MC_OK);
  if (mc_ns_enclose_by(&x, a, m, n, &schedule, &norm, bits, MC_PATH_DIGITS, NULL) == MC_OK) {
    assert_int_equal(mc_ns_enclose_by(&y, a, m, n, &schedule, &norm, bits + 20, MC_PATH_BALLS, NULL), MC_OK);
    assert_meet(&x, &y);
    assert_int_equal(mc_ns_enclose_by(&x, a, m, n, &schedule, &norm, 24, MC_PATH_ANY, NULL), MC_OK);
    assert_meet(&x, &y);
    t->images++;
  }
  mc_enclosure_clear(&x);
  mc_enclosure_clear(&y);
  mc_schedule_clear(&schedule);
  mc_normalisation_clear(&norm);
}

/* Plain doubles, where they close, against balls. */
static void check_plain(tally *t, const double *a, size_t m, size_t n) {
  static double u[MOST * MOST];
  mc_truth_plain *p;
  mc_truth_polar balls;
  mc_enclosure x;
  double radius;
  if (mc_truth_plain_new(&p, a, m, n, NULL) != MC_OK)
    return;
  mc_truth_polar_init(&balls);
  mc_enclosure_init(&x);
  if (mc_truth_plain_polar_certify(u, &radius, p, NULL) == MC_OK &&
      mc_polar_certify_by(&balls, a, m, n, 60, MC_PATH_BALLS, NULL) == MC_OK) {
    arb_mat_clear(x.value);
    arb_mat_init(x.value, (slong)m, (slong)n);
    mc_ball_mat_set_double(x.value, u);
    mag_set_d(x.radius, radius);
    assert_meet(&x, &balls.factor);
    t->plain++;
  }
  mc_truth_polar_clear(&balls);
  mc_enclosure_clear(&x);
  mc_truth_plain_free(p);
}

static void check_trial(tally *t, uint32_t trial) {
  static double a[MOST * MOST + 1], q[MOST * MOST + 1];
  char text[64];
  double d = 0;
  mc_random r;
  mc_matgen_family family;
  mc_random_init(&r, 13, mc_random_stream_of("three ways"), trial);
  const size_t most = trial % 4 == 0 ? MOST : 12;
  const size_t m = mc_random_below(&r, most + 1), n = mc_random_below(&r, most + 1), kind = trial % KINDS;
  const slong bits = 16 + (slong)mc_random_below(&r, trial % 7 == 0 ? 500 : 120);
  const double smallest = pow(10, -17 * mc_random_unit(&r));
  if (m == 0 || n == 0) {
    mc_truth_polar p;
    mc_truth_polar_init(&p);
    assert_int_equal(mc_truth_polar_certify(&p, a, m, n, bits, NULL), MC_BAD_INPUT);
    mc_truth_polar_clear(&p);
    return;
  }
  bool exact = kind == KINDS - 1;
  snprintf(text, sizeof text, kinds[kind], smallest);
  if (exact)
    assert_int_equal(mc_matgen_exact_polar(a, q, &d, m, n, &r, NULL), MC_OK);
  else {
    assert_int_equal(mc_matgen_family_parse(&family, text, NULL), MC_OK);
    assert_int_equal(mc_matgen_matrix(a, m, n, &family, &r, NULL), MC_OK);
  }
  check_polar(t, a, exact ? q : NULL, d, m, n, bits);
  check_values(t, a, m, n, bits);
  check_image(t, a, m, n, bits, trial % 2 ? MC_NORM_FROBENIUS_ADD : MC_NORM_FROBENIUS_CLAMP);
  if (m >= 12 && n >= 12)
    check_plain(t, a, m, n);
}

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void three_ways(void **state) {
  (void)state;
  tally t = {.ratios = mc_alloc((size_t)trials, sizeof(double))};
  assert_non_null(t.ratios);
  for (int trial = 0; trial < trials; trial++)
    check_trial(&t, (uint32_t)trial);
  qsort(t.ratios, t.ratio_count, sizeof *t.ratios, compare_doubles);
  print_message(
      "%d trials, none violated: %d polar factors certified (%d by digits, %d by balls), %d not; %d images, %d "
      "spectra, %d by rotations, %d by plain doubles\n",
      trials, t.certified[MC_PATH_ANY], t.certified[MC_PATH_DIGITS], t.certified[MC_PATH_BALLS], t.refused, t.images,
      t.values, t.thirds, t.plain);
  assert_true(t.ratio_count > 0);
  print_message("radius of digits over true error: median %.3g, largest %.3g, of %zu\n", t.ratios[t.ratio_count / 2],
                t.ratios[t.ratio_count - 1], t.ratio_count);
  assert_true(t.ratios[0] >= 1);
  assert_true(t.certified[MC_PATH_DIGITS] >= trials / 2 && t.images >= trials / 2 && t.thirds >= trials / 8);
  mc_free(t.ratios);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(three_ways)};
  if (argc > 1)
    trials = atoi(argv[1]);
  if (argc > 2 && strcmp(argv[2], "limbs") == 0)
    mc_digits_backend_select(MC_DIGITS_LIMBS);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
