/* The certified polar factor against matrices whose polar factor is known exactly, and what must not be certified. */
#include "support.h"

#include "../../src/truth/certificate.h"
#include "../../src/truth/path.h"

static mc_status certify(mc_truth_polar *p, const double *a, size_t m, size_t n, slong bits) {
  mc_error e = {0};
  mc_truth_polar_init(p);
  mc_status status = mc_truth_polar_certify(p, a, m, n, bits, &e);
  assert_int_equal(status, status == MC_OK ? MC_OK : e.status);
  assert_true(status == MC_OK || strlen(e.text) > 0);
  if (status == MC_OK) {
    assert_true(mag_cmp_2exp_si(p->factor.radius, -bits) <= 0);
    assert_true(arb_is_positive(p->sigma_min));
  }
  return status;
}

static void refuse(const double *a, size_t m, size_t n, const char *words) {
  mc_truth_polar p;
  mc_error e = {0};
  mc_truth_polar_init(&p);
  assert_int_equal(mc_truth_polar_certify(&p, a, m, n, 53, &e), MC_UNDECIDED);
  assert_non_null(strstr(e.text, words));
  assert_false(arb_is_positive(p.sigma_min));
  mc_truth_polar_clear(&p);
}

/* Random shapes, accuracies and scalings of exactly known polar factors, by digits and by balls: containment always. */
static void exactly_known(void **state) {
  (void)state;
  double a[40 * 40], q[40 * 40], d, worst[3] = {0};
  int closed[3] = {0};
  for (uint32_t trial = 0; trial < 150; trial++) {
    mc_random r;
    mc_truth_polar p;
    mc_random_init(&r, 7, mc_random_stream_of("exactly_known"), trial);
    size_t most = trial % 10 == 0 ? 40 : 12;
    size_t m = 1 + mc_random_below(&r, most), n = 1 + mc_random_below(&r, most);
    slong bits = 16 + (slong)mc_random_below(&r, trial % 5 == 0 ? 1000 : 120);
    int shift = (int)mc_random_below(&r, 1800) - 900;
    assert_int_equal(mc_matgen_exact_polar(a, q, &d, m, n, &r, NULL), MC_OK);
    for (size_t i = 0; i < m * n; i++)
      a[i] = ldexp(a[i], shift);
    for (mc_path path = MC_PATH_DIGITS; path <= MC_PATH_BALLS; path++) {
      mc_truth_polar_init(&p);
      mc_status status = mc_polar_certify_by(&p, a, m, n, bits, path, NULL);
      assert_true(status == MC_OK || (path == MC_PATH_DIGITS && status == MC_UNDECIDED));
      if (status == MC_OK) {
        double ratio = assert_encloses_quotient(&p.factor, q, d);
        worst[path] = isfinite(ratio) && ratio > worst[path] ? ratio : worst[path];
        assert_true(mag_cmp_2exp_si(p.factor.radius, -bits) <= 0);
        closed[path]++;
      }
      mc_truth_polar_clear(&p);
    }
  }
  print_message("radius / true error at worst: digits %.3g (%d certified), balls %.3g (%d certified)\n",
                worst[MC_PATH_DIGITS], closed[MC_PATH_DIGITS], worst[MC_PATH_BALLS], closed[MC_PATH_BALLS]);
  assert_true(closed[MC_PATH_DIGITS] >= 140 && closed[MC_PATH_BALLS] == 150);
}

/* Two enclosures of one thing meet: ||u - v||_F <= sum of the radii. */
static void assert_meet(const mc_enclosure *u, const mc_enclosure *v) {
  arb_mat_t difference;
  mag_t radii;
  arf_t sum;
  arb_t distance, limit;
  arb_mat_init(difference, arb_mat_nrows(u->value), arb_mat_ncols(u->value));
  mag_init(radii);
  arf_init(sum);
  arb_init(distance);
  arb_init(limit);
  arb_mat_sub(difference, u->value, v->value, REFERENCE_PREC);
  arb_mat_frobenius_norm(distance, difference, REFERENCE_PREC);
  mag_add(radii, u->radius, v->radius);
  arf_set_mag(sum, radii);
  arb_set_arf(limit, sum);
  assert_true(arb_le(distance, limit));
  arb_mat_clear(difference);
  mag_clear(radii);
  arf_clear(sum);
  arb_clear(distance);
  arb_clear(limit);
}

/* Random spectra with condition numbers up to 1e17: digits and balls agree wherever both certify. */
static void paths_agree(void **state) {
  (void)state;
  static const double smallest[] = {1, 1e-2, 1e-6, 1e-9, 1e-12, 1e-14, 1e-16, 1e-17};
  double a[24 * 24];
  int closed = 0;
  for (uint32_t trial = 0; trial < 64; trial++) {
    mc_random r;
    mc_truth_polar digits, balls;
    mc_matgen_family family = {"log_uniform", {smallest[trial % 8], 1}, 2};
    mc_random_init(&r, 11, mc_random_stream_of("paths_agree"), trial);
    size_t m = 1 + mc_random_below(&r, 24), n = 1 + mc_random_below(&r, 24);
    assert_int_equal(mc_matgen_matrix(a, m, n, &family, &r, NULL), MC_OK);
    mc_truth_polar_init(&digits);
    mc_truth_polar_init(&balls);
    mc_status by_digits = mc_polar_certify_by(&digits, a, m, n, 100, MC_PATH_DIGITS, NULL);
    mc_status by_balls = mc_polar_certify_by(&balls, a, m, n, 100, MC_PATH_BALLS, NULL);
    if (by_digits == MC_OK && by_balls == MC_OK) {
      assert_meet(&digits.factor, &balls.factor);
      assert_true(arb_overlaps(digits.sigma_min, balls.sigma_min) && arb_overlaps(digits.sigma_max, balls.sigma_max));
      closed++;
    }
    mc_truth_polar_clear(&digits);
    mc_truth_polar_clear(&balls);
  }
  assert_true(closed >= 40);
}

/* diag(s): polar factor I, smallest singular value min s. */
static void diagonals(void **state) {
  (void)state;
  static const double spectra[][3] = {{1, 1, 1},
                                      {3, 2, 1},
                                      {1, 0x1p-40, 0x1p-80},
                                      {1, 1e-16, 1e-17},
                                      {1, 1, 5e-324},
                                      {0x1p1000, 1, 0x1p-1000},
                                      {5e-324, 5e-324, 1.5e-323}};
  for (size_t k = 0; k < sizeof spectra / sizeof *spectra; k++) {
    const double *s = spectra[k];
    const double a[12] = {s[0], 0, 0, 0, s[1], 0, 0, 0, s[2]}, identity[12] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    for (size_t m = 3; m <= 4; m++) {
      mc_truth_polar p;
      assert_int_equal(certify(&p, a, m, 3, 100), MC_OK);
      assert_encloses_quotient(&p.factor, identity, 1);
      assert_contains_double(p.sigma_min, fmin(s[0], fmin(s[1], s[2])));
      assert_contains_double(p.sigma_max, fmax(s[0], fmax(s[1], s[2])));
      mc_truth_polar_clear(&p);
    }
  }
}

static void scalars(void **state) {
  (void)state;
  const double values[] = {1, -1, 3.5, -5e-324, 0x1.fffffffffffffp1023, 1e-300};
  for (size_t i = 0; i < 6; i++) {
    mc_truth_polar p;
    const double sign = copysign(1, values[i]);
    assert_int_equal(certify(&p, &values[i], 1, 1, 4096), MC_OK);
    assert_encloses_quotient(&p.factor, &sign, 1);
    assert_contains_double(p.sigma_min, fabs(values[i]));
    assert_contains_double(p.condition, 1);
    mc_truth_polar_clear(&p);
  }
}

/* A row: polar factor a / |a|, here (3, 4) / 5. */
static void rows_and_columns(void **state) {
  (void)state;
  const double a[2] = {3, -4};
  for (size_t m = 1; m <= 2; m++) {
    mc_truth_polar p;
    assert_int_equal(certify(&p, a, m, 3 - m, 200), MC_OK);
    assert_encloses_quotient(&p.factor, a, 5);
    assert_contains_double(p.sigma_min, 5);
    mc_truth_polar_clear(&p);
  }
}

static void hilbert(double *a, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      a[i * n + j] = 1.0 / (double)(i + j + 1);
}

/* Hilbert matrices in doubles are positive definite as long as they are regular here, so the polar factor is I. */
static void ill_conditioned(void **state) {
  (void)state;
  double a[144], identity[144];
  for (size_t n = 2; n <= 12; n += 5) {
    mc_truth_polar p;
    hilbert(a, n);
    for (size_t i = 0; i < n * n; i++)
      identity[i] = i % (n + 1) == 0;
    assert_int_equal(certify(&p, a, n, n, 120), MC_OK);
    assert_encloses_quotient(&p.factor, identity, 1);
    mc_truth_polar_clear(&p);
  }
}

/* Rows of very different size, condition numbers about 2^47 … 2^150: the radius asked for is reached, and more bits
 * agree. */
static void graded(void **state) {
  (void)state;
  for (int k = 47; k <= 150; k++) {
    const double a[4] = {1.0 / 3, 0.7, ldexp(1, -k) / 7, -ldexp(1, -k) / 11};
    mc_truth_polar p, q;
    assert_int_equal(certify(&p, a, 2, 2, 40), MC_OK);
    assert_int_equal(certify(&q, a, 2, 2, 200), MC_OK);
    assert_meet(&p.factor, &q.factor);
    mc_truth_polar_clear(&p);
    mc_truth_polar_clear(&q);
  }
}

/* Extreme scales of one matrix: the factor is that of (2 1; 1 3). */
static void extreme_scales(void **state) {
  (void)state;
  const double scales[] = {5e-324, 0x1p-1040, 0x1p1020};
  const double identity[4] = {1, 0, 0, 1};
  for (size_t k = 0; k < 3; k++) {
    mc_truth_polar p;
    const double c = scales[k], a[4] = {2 * c, c, c, 3 * c};
    assert_int_equal(certify(&p, a, 2, 2, 128), MC_OK);
    assert_encloses_quotient(&p.factor, identity, 1);
    mc_truth_polar_clear(&p);
  }
}

static void not_certified(void **state) {
  (void)state;
  const double zero[6] = {0}, ones[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, rank_two[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const double zero_column[6] = {1, 0, 2, 0, 3, 0}, nan[4] = {1, 0, NAN, 1}, inf[4] = {1, 0, 0, -INFINITY};
  refuse(zero, 2, 3, "rank-deficient");
  refuse(zero, 1, 1, "rank-deficient");
  refuse(ones, 3, 3, "rank-deficient");
  refuse(rank_two, 3, 3, "rank-deficient");
  refuse(zero_column, 3, 2, "rank-deficient");
  refuse(zero_column, 2, 3 - 1, "rank-deficient");
  refuse(nan, 2, 2, "entry (1, 0) is NaN");
  refuse(inf, 2, 2, "entry (1, 1) is infinite");
}

static void bad_calls(void **state) {
  (void)state;
  const double a[1] = {1};
  mc_truth_polar p;
  assert_int_equal(certify(&p, a, 0, 1, 53), MC_BAD_INPUT);
  mc_truth_polar_clear(&p);
  assert_int_equal(certify(&p, a, 1, 0, 53), MC_BAD_INPUT);
  mc_truth_polar_clear(&p);
  assert_int_equal(certify(&p, a, 1, 1, 8), MC_BAD_INPUT);
  mc_truth_polar_clear(&p);
  assert_int_equal(certify(&p, a, 1, 1, 5000), MC_BAD_INPUT);
  mc_truth_polar_clear(&p);
}

/* The certificate of a scalar a > 0 against an approximation u: exact B = a u, R = a - u a u. */
static bool conclude_scalar(double *radius, double a, double u) {
  mc_certificate c;
  arb_mat_t A, U;
  arf_t shift, sigma;
  mag_t r;
  arb_mat_init(A, 1, 1);
  arb_mat_init(U, 1, 1);
  arf_init(shift);
  arf_init(sigma);
  mag_init(r);
  mc_certificate_init(&c);
  mc_ball_mat_set_double(A, &a);
  mc_ball_mat_set_double(U, &u);
  arf_set_d(shift, 0.9 * a * u);
  mc_certificate_set(&c, A, U, shift, 128);
  bool good = mc_certificate_conclude(r, sigma, &c);
  *radius = mc_ball_mag_upper_double(r);
  assert_true(!good || arf_cmp_d(sigma, a) <= 0);
  mc_certificate_clear(&c);
  arb_mat_clear(A);
  arb_mat_clear(U);
  arf_clear(shift);
  arf_clear(sigma);
  mag_clear(r);
  return good;
}

/* The trap of T1': without the clamp s = max(0, 1 - delta0), pass 2 for A = 1, U = 1.3 'certifies' 0.0186; the error
 * is 0.3. */
static void clamped_bootstrap(void **state) {
  (void)state;
  double radius;
  assert_true(conclude_scalar(&radius, 1, 1.3));
  assert_true(radius >= 0.3);
  for (int k = -3000; k <= 3000; k++) {
    double u = k * 0x1p-10;
    if (conclude_scalar(&radius, 0.75, u))
      assert_true(radius >= fabs(u - 1));
    else
      assert_true(radius == INFINITY);
  }
}

/* Approximations of every quality of exactly known factors: whatever is concluded is true. */
static void conclusions_are_true(void **state) {
  (void)state;
  double a[36], q[36], d;
  int concluded = 0;
  for (uint32_t trial = 0; trial < 400; trial++) {
    mc_random r;
    mc_certificate c;
    mc_enclosure x;
    arb_mat_t A;
    arf_t shift, sigma;
    mc_random_init(&r, 3, mc_random_stream_of("conclusions_are_true"), trial);
    size_t n = 1 + mc_random_below(&r, 6), m = n + mc_random_below(&r, 6 - n + 1);
    assert_int_equal(mc_matgen_exact_polar(a, q, &d, m, n, &r, NULL), MC_OK);
    arb_mat_init(A, (slong)m, (slong)n);
    mc_ball_mat_set_double(A, a);
    mc_enclosure_init(&x);
    arb_mat_clear(x.value);
    arb_mat_init(x.value, (slong)m, (slong)n);
    double noise = ldexp(1, -(int)mc_random_below(&r, 30));
    for (size_t i = 0; i < m * n; i++)
      arb_set_d(arb_mat_entry(x.value, (slong)(i / n), (slong)(i % n)), q[i] / d + noise * (mc_random_unit(&r) - 0.5));
    arf_init(shift);
    arf_init(sigma);
    mc_certificate_init(&c);
    arf_set_d(shift, ldexp(mc_random_unit(&r), (int)mc_random_below(&r, 12)));
    mc_certificate_set(&c, A, x.value, shift, 128);
    if (mc_certificate_conclude(x.radius, sigma, &c)) {
      assert_encloses_quotient(&x, q, d);
      concluded++;
    }
    mc_certificate_clear(&c);
    mc_enclosure_clear(&x);
    arb_mat_clear(A);
    arf_clear(shift);
    arf_clear(sigma);
  }
  assert_true(concluded >= 50);
}

/* Condition numbers up to 1e14 are for digits: none is left to the balls, and each lies where these say. */
static void ill_conditioned_digits(void **state) {
  (void)state;
  static const size_t shapes[][2] = {{4, 4}, {17, 17}, {32, 32}, {48, 32}, {20, 40}};
  static const double least[] = {1e-10, 1e-11, 1e-12, 1e-13, 1.02e-14};
  for (uint32_t trial = 0; trial < 50; trial++) {
    const size_t m = shapes[trial % 5][0], n = shapes[trial % 5][1];
    const mc_matgen_family family = {"log_spaced", {least[trial / 5 % 5], 1}, 2};
    double *a = mc_alloc(m * n, sizeof *a);
    mc_random r;
    mc_truth_polar by_digits, by_balls;
    mc_random_init(&r, 8, mc_random_stream_of("ill_conditioned_digits"), trial);
    mc_truth_polar_init(&by_digits);
    mc_truth_polar_init(&by_balls);
    assert_int_equal(mc_matgen_matrix(a, m, n, &family, &r, NULL), MC_OK);
    assert_int_equal(mc_polar_certify_by(&by_digits, a, m, n, 128, MC_PATH_DIGITS, NULL), MC_OK);
    assert_int_equal(mc_polar_certify_by(&by_balls, a, m, n, 100, MC_PATH_BALLS, NULL), MC_OK);
    arb_mat_t truth;
    arb_mat_init(truth, (slong)m, (slong)n);
    mc_enclosure_get_balls(truth, &by_balls.factor, 400);
    for (slong i = 0; i < (slong)m; i++)
      for (slong j = 0; j < (slong)n; j++)
        assert_true(arb_contains(arb_mat_entry(truth, i, j), arb_mat_entry(by_digits.factor.value, i, j)));
    arb_mat_clear(truth);
    mc_truth_polar_clear(&by_digits);
    mc_truth_polar_clear(&by_balls);
    mc_free(a);
  }
}

/* A shift above the smallest eigenvalue proves nothing: S = diag(1, 3), shift 2. */
static void wrong_shift(void **state) {
  (void)state;
  const double s[4] = {3, 0, 0, 1};
  arb_mat_t S;
  arf_t shift, h;
  arb_mat_init(S, 2, 2);
  arf_init(shift);
  arf_init(h);
  mc_ball_mat_set_double(S, s);
  const double shifts[] = {0.5, 0.99, 1, 1.01, 2, 3, 1e10};
  for (size_t i = 0; i < 7; i++) {
    arf_set_d(shift, shifts[i]);
    mc_certificate_eigenvalue_lower(h, S, shift, 128);
    assert_true(arf_cmp_si(h, 1) <= 0);
    assert_true(shifts[i] >= 1 || arf_cmp_d(h, 0.999 * shifts[i]) > 0);
  }
  arb_mat_clear(S);
  arf_clear(shift);
  arf_clear(h);
}

/* Hundreds of bits in digits alone, by DGEMM and by limbs: many corrections, each beginning elsewhere in its plane. */
static void many_bits(void **state) {
  (void)state;
  enum { N = 39 };
  static double a[N * N], q[N * N];
  double d;
  for (int n = 15; n <= N; n += 12)
    for (slong bits = 212; bits <= 848; bits *= 2)
      for (mc_digits_backend backend = MC_DIGITS_DGEMM; backend <= MC_DIGITS_LIMBS; backend++) {
        mc_random r;
        mc_truth_polar p;
        mc_random_init(&r, 1, 7, (uint32_t)n);
        mc_truth_polar_init(&p);
        assert_int_equal(mc_matgen_exact_polar(a, q, &d, (size_t)n, (size_t)n, &r, NULL), MC_OK);
        assert_true(mc_digits_backend_select(backend));
        assert_int_equal(mc_polar_certify_by(&p, a, (size_t)n, (size_t)n, bits, MC_PATH_DIGITS, NULL), MC_OK);
        assert_encloses_quotient(&p.factor, q, d);
        mc_truth_polar_clear(&p);
      }
  assert_true(mc_digits_backend_select(MC_DIGITS_DGEMM));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exactly_known),
      cmocka_unit_test(paths_agree),
      cmocka_unit_test(diagonals),
      cmocka_unit_test(scalars),
      cmocka_unit_test(rows_and_columns),
      cmocka_unit_test(ill_conditioned),
      cmocka_unit_test(ill_conditioned_digits),
      cmocka_unit_test(extreme_scales),
      cmocka_unit_test(graded),
      cmocka_unit_test(not_certified),
      cmocka_unit_test(bad_calls),
      cmocka_unit_test(clamped_bootstrap),
      cmocka_unit_test(conclusions_are_true),
      cmocka_unit_test(wrong_shift),
      cmocka_unit_test(many_bits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
