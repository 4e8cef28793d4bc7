/* The Newton–Schulz image against exact rational arithmetic. */
#include "support.h"

#include "../../src/truth/path.h"

/* X := X q(X^T X) in rationals. */
static void exact_step(fmpq_mat_t X, const mc_schedule_step *step) {
  slong m = fmpq_mat_nrows(X), n = fmpq_mat_ncols(X);
  fmpq_mat_t transposed, gram, power, term, sum;
  fmpq_mat_init(transposed, n, m);
  fmpq_mat_init(gram, n, n);
  fmpq_mat_init(power, m, n);
  fmpq_mat_init(term, m, n);
  fmpq_mat_init(sum, m, n);
  fmpq_mat_transpose(transposed, X);
  fmpq_mat_mul(gram, transposed, X);
  fmpq_mat_set(power, X);
  for (slong j = 0; j < step->terms; j++) {
    fmpq_mat_scalar_mul_fmpz(term, power, fmpq_numref(&step->c[j]));
    fmpq_mat_scalar_div_fmpz(term, term, fmpq_denref(&step->c[j]));
    fmpq_mat_add(sum, sum, term);
    fmpq_mat_mul(power, power, gram);
  }
  fmpq_mat_set(X, sum);
  fmpq_mat_clear(transposed);
  fmpq_mat_clear(gram);
  fmpq_mat_clear(power);
  fmpq_mat_clear(term);
  fmpq_mat_clear(sum);
}

/* ||X - y->value||_F <= y->radius, decided in rationals. */
static void assert_encloses_exact(const mc_enclosure *y, const fmpq_mat_t X) {
  fmpq_t sum, t, radius;
  arf_t r;
  fmpq_init(sum);
  fmpq_init(t);
  fmpq_init(radius);
  arf_init(r);
  for (slong i = 0; i < fmpq_mat_nrows(X); i++)
    for (slong j = 0; j < fmpq_mat_ncols(X); j++) {
      arf_get_fmpq(t, arb_midref(arb_mat_entry(y->value, i, j)));
      fmpq_sub(t, t, fmpq_mat_entry(X, i, j));
      fmpq_addmul(sum, t, t);
    }
  arf_set_mag(r, y->radius);
  arf_get_fmpq(radius, r);
  fmpq_mul(radius, radius, radius);
  assert_true(fmpq_cmp(sum, radius) <= 0);
  fmpq_clear(sum);
  fmpq_clear(t);
  fmpq_clear(radius);
  arf_clear(r);
}

/* How often each path gave an enclosure. */
static int closed[3];

/* Compare the image of a, whose first iterate is a / divisor exactly. */
static void compare(const double *a, size_t m, size_t n, const char *schedule, size_t steps, mc_norm_kind kind,
                    const char *eps, const char *safety, const char *divisor, slong bits) {
  mc_schedule s;
  mc_normalisation norm;
  mc_enclosure y;
  mc_error e = {0};
  fmpq_mat_t X;
  fmpq_t d;
  mc_schedule_init(&s);
  mc_normalisation_init(&norm, kind);
  mc_enclosure_init(&y);
  fmpq_init(d);
  fmpq_mat_init(X, (slong)m, (slong)n);
  assert_int_equal(mc_ball_fmpq_set_text(norm.eps, eps, NULL), MC_OK);
  assert_int_equal(mc_ball_fmpq_set_text(norm.safety, safety, NULL), MC_OK);
  assert_int_equal(mc_ball_fmpq_set_text(d, divisor, NULL), MC_OK);
  assert_int_equal(mc_schedule_set_name(&s, schedule, NULL), MC_OK);
  assert_int_equal(mc_schedule_resize(&s, steps, NULL), MC_OK);
  for (size_t i = 0; i < m * n; i++) {
    fmpq *entry = fmpq_mat_entry(X, (slong)(i / n), (slong)(i % n));
    mc_ball_fmpq_set_double(entry, a[i]);
    fmpq_div(entry, entry, d);
  }
  for (size_t k = 0; k < s.count; k++)
    exact_step(X, &s.steps[k]);
  for (mc_path path = MC_PATH_ANY; path <= MC_PATH_BALLS; path++) {
    mc_status status = mc_ns_enclose_by(&y, a, m, n, &s, &norm, bits, path, &e);
    assert_true(status == MC_OK || (path == MC_PATH_DIGITS && status == MC_UNDECIDED));
    if (status != MC_OK)
      continue;
    assert_true(mag_cmp_2exp_si(y.radius, -bits) <= 0);
    assert_encloses_exact(&y, X);
    closed[path]++;
  }
  mc_schedule_clear(&s);
  mc_normalisation_clear(&norm);
  mc_enclosure_clear(&y);
  fmpq_clear(d);
  fmpq_mat_clear(X);
}

/* (1 2; 2 4; 0 0) has Frobenius norm 5, so every normalisation is rational. */
static void normalisations(void **state) {
  (void)state;
  const double a[6] = {1, 2, 2, 4, 0, 0};
  for (size_t m = 2; m <= 3; m++) {
    compare(a, m, 5 - m, "jordan", 2, MC_NORM_FROBENIUS_ADD, "0", "1", "5", 60);
    compare(a, m, 5 - m, "jordan", 2, MC_NORM_FROBENIUS_ADD, "1e-7", "1", "5.0000001", 60);
    compare(a, m, 5 - m, "dion", 2, MC_NORM_FROBENIUS_ADD, "1e-6", "1.02", "5.100001", 200);
    compare(a, m, 5 - m, "jordan", 2, MC_NORM_FROBENIUS_CLAMP, "1e-7", "1", "5", 60);
    compare(a, m, 5 - m, "jordan", 2, MC_NORM_FROBENIUS_CLAMP, "7", "1", "7", 60);
    compare(a, m, 5 - m, "jordan", 2, MC_NORM_FROBENIUS_CLAMP, "7", "2", "10", 60);
    compare(a, m, 5 - m, "jordan", 1, MC_NORM_NONE, "0", "1", "1", 60);
  }
}

/* Each published schedule, and polynomials of other degrees. */
static void schedules(void **state) {
  (void)state;
  static const char *const names[] = {"jordan",
                                      "cubic",
                                      "pade",
                                      "you",
                                      "polar_express",
                                      "dion",
                                      "cans",
                                      "aol",
                                      "cubic5",
                                      "2",
                                      "1,-1,1,-1",
                                      "0,0,1",
                                      "1.5,-0.5;15/8,-10/8,3/8;-1"};
  const double a[4] = {1, 1, 1, -1};
  for (size_t k = 0; k < sizeof names / sizeof *names; k++)
    compare(a, 2, 2, names[k], 2, MC_NORM_FROBENIUS_ADD, "0", "1", "2", 100);
}

/* Iterates that grow: the radius pays with precision, never with truth. */
static void growth(void **state) {
  (void)state;
  const double a[4] = {3, 1, -2, 5};
  compare(a, 2, 2, "jordan", 2, MC_NORM_NONE, "0", "1", "1", 100);
  compare(a, 2, 2, "3,0,1", 2, MC_NORM_NONE, "0", "1", "1", 500);
}

/* Random integer matrices, unnormalised, one step: any shape. */
static void shapes(void **state) {
  (void)state;
  for (uint32_t trial = 0; trial < 60; trial++) {
    double a[64];
    mc_random r;
    mc_random_init(&r, 1, mc_random_stream_of("shapes"), trial);
    size_t m = 1 + mc_random_below(&r, 8), n = 1 + mc_random_below(&r, 8);
    for (size_t i = 0; i < m * n; i++)
      a[i] = ldexp((double)mc_random_below(&r, 2001) - 1000, -13);
    compare(a, m, n, "jordan", 1 + mc_random_below(&r, 2), MC_NORM_NONE, "0", "1", "1",
            16 + (slong)mc_random_below(&r, 200));
  }
}

/* Extreme scales do not change the image when eps is 0. */
static void extreme_scales(void **state) {
  (void)state;
  const double scales[] = {5e-324, 0x1p-600, 0x1p1020};
  for (size_t k = 0; k < 3; k++) {
    double c = scales[k], a[4] = {c, 2 * c, 2 * c, 4 * c};
    mc_schedule s;
    mc_normalisation norm;
    mc_enclosure y, z;
    const double reference[4] = {1, 2, 2, 4};
    mc_schedule_init(&s);
    mc_normalisation_init(&norm, MC_NORM_FROBENIUS_ADD);
    mc_enclosure_init(&y);
    mc_enclosure_init(&z);
    assert_int_equal(mc_schedule_set_name(&s, "jordan", NULL), MC_OK);
    assert_int_equal(mc_truth_ns_enclose(&y, a, 2, 2, &s, &norm, 80, NULL), MC_OK);
    assert_int_equal(mc_truth_ns_enclose(&z, reference, 2, 2, &s, &norm, 80, NULL), MC_OK);
    assert_true(arb_mat_equal(y.value, z.value));
    mc_schedule_clear(&s);
    mc_normalisation_clear(&norm);
    mc_enclosure_clear(&y);
    mc_enclosure_clear(&z);
  }
}

static void refused(void **state) {
  (void)state;
  const double zero[1] = {0}, inf[1] = {INFINITY}, three[1] = {3};
  mc_schedule s;
  mc_normalisation norm;
  mc_enclosure y;
  mc_schedule_init(&s);
  mc_normalisation_init(&norm, MC_NORM_FROBENIUS_ADD);
  mc_enclosure_init(&y);
  assert_int_equal(mc_schedule_set_name(&s, "jordan", NULL), MC_OK);
  assert_int_equal(mc_truth_ns_enclose(&y, zero, 1, 1, &s, &norm, 53, NULL), MC_UNDECIDED);
  assert_true(mag_is_inf(y.radius));
  assert_int_equal(mc_truth_ns_enclose(&y, inf, 1, 1, &s, &norm, 53, NULL), MC_UNDECIDED);
  assert_int_equal(mc_truth_ns_enclose(&y, zero, 0, 1, &s, &norm, 53, NULL), MC_BAD_INPUT);
  fmpq_set_si(norm.eps, -1, 1);
  assert_int_equal(mc_truth_ns_enclose(&y, three, 1, 1, &s, &norm, 53, NULL), MC_BAD_INPUT);
  fmpq_set_si(norm.eps, 1, 1000);
  assert_int_equal(mc_truth_ns_enclose(&y, zero, 1, 1, &s, &norm, 53, NULL), MC_OK);
  assert_true(arb_is_zero(arb_mat_entry(y.value, 0, 0)) && mag_is_zero(y.radius));
  /* x <- 3.4445 x - … + 2.0315 x^5 from 3, forty times: beyond any precision. */
  norm.kind = MC_NORM_NONE;
  assert_int_equal(mc_schedule_resize(&s, 40, NULL), MC_OK);
  assert_int_equal(mc_truth_ns_enclose(&y, three, 1, 1, &s, &norm, 53, NULL), MC_UNDECIDED);
  mc_schedule_clear(&s);
  mc_normalisation_clear(&norm);
  mc_enclosure_clear(&y);
}

/* Digits did the most of it: a digit path that always gives up would pass all of the above. */
static void digits_do(void **state) {
  (void)state;
  assert_true(closed[MC_PATH_ANY] == closed[MC_PATH_BALLS]);
  assert_true(closed[MC_PATH_DIGITS] * 10 >= closed[MC_PATH_BALLS] * 9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(normalisations), cmocka_unit_test(schedules),      cmocka_unit_test(growth),
      cmocka_unit_test(shapes),         cmocka_unit_test(extreme_scales), cmocka_unit_test(refused),
      cmocka_unit_test(digits_do),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
