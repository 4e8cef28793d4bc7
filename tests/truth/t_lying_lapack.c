/* LAPACK returns what it likes: NaN, an error, wrong singular values, wrong vectors.  Nothing false may be
 * concluded. */
#include "support.h"

#include <lapacke.h>

#include "../../src/truth/certificate.h"
#include "../../src/truth/digit_polar.h"
#include "../../src/truth/path.h"

typedef enum {
  HONEST,
  FAILS,
  RETURNS_NAN,
  WRONG_SIGMA,
  LARGE_SIGMA,
  UNSORTED,
  WRONG_VECTORS,
  LIES,
  PRETENDS,
  CHANGES, /* off by little the first time, then by very much */
  LONG_LEFT,
  LONG_RIGHT,
  STRETCHED_LEFT,
  STRETCHED_RIGHT
} lie;

static lie dgesdd_lie, dpotrf_lie;
static int changes;
static const double stretch = 1 + 0x1p-20;

/* Orthogonal columns of length 2. */
static const double hadamard[16] = {1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1};

lapack_int __real_LAPACKE_dgesdd(int layout, char job, lapack_int m, lapack_int n, double *a, lapack_int lda, double *s,
                                 double *u, lapack_int ldu, double *vt, lapack_int ldvt);
lapack_int __wrap_LAPACKE_dgesdd(int layout, char job, lapack_int m, lapack_int n, double *a, lapack_int lda, double *s,
                                 double *u, lapack_int ldu, double *vt, lapack_int ldvt);
lapack_int __real_LAPACKE_dpotrf(int layout, char uplo, lapack_int n, double *a, lapack_int lda);
lapack_int __wrap_LAPACKE_dpotrf(int layout, char uplo, lapack_int n, double *a, lapack_int lda);

lapack_int __wrap_LAPACKE_dgesdd(int layout, char job, lapack_int m, lapack_int n, double *a, lapack_int lda, double *s,
                                 double *u, lapack_int ldu, double *vt, lapack_int ldvt) {
  lapack_int info = __real_LAPACKE_dgesdd(layout, job, m, n, a, lda, s, u, ldu, vt, ldvt), k = m < n ? m : n;
  switch (dgesdd_lie) {
  case FAILS:
    return 7;
  case RETURNS_NAN:
    vt[0] = NAN;
    return info;
  case WRONG_SIGMA:
    for (lapack_int i = 0; i < k; i++)
      s[i] *= 0.125;
    return info;
  case LARGE_SIGMA:
    s[k - 1] = s[0];
    return info;
  case UNSORTED:
    s[0] = s[k - 1] / 2;
    return info;
  case WRONG_VECTORS:
    for (lapack_int i = 0; i < k * k; i++)
      u[i] = i % (k + 1) == 0;
    return info;
  case LONG_LEFT:  /* hadamard / 2 = hadamard diag(1/2) I */
  case LONG_RIGHT: /* (I / 2) hadamard = (hadamard / 2) diag(1) */
    for (lapack_int i = 0; i < 16; i++) {
      u[i] = dgesdd_lie == LONG_LEFT ? i % 5 == 0 : hadamard[i];
      vt[i] = dgesdd_lie == LONG_LEFT ? hadamard[i] : hadamard[i] / 2;
      s[i / 4] = dgesdd_lie == LONG_LEFT ? 0.5 : 1;
    }
    return 0;
  case STRETCHED_LEFT: /* A V = (W stretch) (S / stretch); LAPACK is given A^T, so that its vt is W^T */
    for (lapack_int i = 0; i < k * n; i++)
      vt[i] *= stretch;
    for (lapack_int i = 0; i < k; i++)
      s[i] /= stretch;
    return info;
  case STRETCHED_RIGHT: /* A (V stretch) = W (S stretch) */
    for (lapack_int i = 0; i < m * k; i++)
      u[i] *= stretch;
    for (lapack_int i = 0; i < k; i++)
      s[i] *= stretch;
    return info;
  default:
    return info;
  }
}

lapack_int __wrap_LAPACKE_dpotrf(int layout, char uplo, lapack_int n, double *a, lapack_int lda) {
  lapack_int info = __real_LAPACKE_dpotrf(layout, uplo, n, a, lda);
  switch (dpotrf_lie) {
  case FAILS:
    return 1;
  case RETURNS_NAN:
    a[0] = NAN;
    return 0;
  case LIES:
    a[0] += 0.25;
    return 0;
  case PRETENDS:
    return 0;
  case CHANGES:
    if (changes++ == 0)
      a[(n - 1) * lda + n - 1] = sqrt(a[(n - 1) * lda + n - 1] * a[(n - 1) * lda + n - 1] + 1.5e-12);
    else
      for (lapack_int i = 0; i < n * lda; i++)
        a[i] = 1e30;
    return 0;
  default:
    return info;
  }
}

static const double identity[4] = {1, 0, 0, 1};

/* (2 1; 1 3) is positive definite with trace 5 and determinant 5. */
static void check_definite(void) {
  const double a[4] = {2, 1, 1, 3};
  mc_truth_polar p;
  arb_t product, sum;
  mc_truth_polar_init(&p);
  arb_init(product);
  arb_init(sum);
  mc_status status = mc_truth_polar_certify(&p, a, 2, 2, 80, NULL);
  assert_true(status == MC_OK || status == MC_UNDECIDED);
  if (status == MC_OK)
    assert_encloses_quotient(&p.factor, identity, 1);
  arb_mul(product, p.sigma_min, p.sigma_max, 128);
  arb_add(sum, p.sigma_min, p.sigma_max, 128);
  assert_true(arb_contains_si(product, 5) && arb_contains_si(sum, 5));
  mc_truth_polar_clear(&p);
  arb_clear(product);
  arb_clear(sum);
}

static void check_singular(void) {
  const double a[4] = {1, 2, 2, 4};
  mc_truth_polar p;
  mc_truth_polar_init(&p);
  assert_int_equal(mc_truth_polar_certify(&p, a, 2, 2, 53, NULL), MC_UNDECIDED);
  assert_contains_double(p.sigma_min, 0);
  assert_contains_double(p.sigma_max, 5);
  mc_truth_polar_clear(&p);
}

static void check_values(void) {
  const double a[6] = {3, 0, 0, 4, 0, 0};
  arb_ptr sigma = _arb_vec_init(2);
  mc_status status = mc_truth_sv_enclose(sigma, a, 3, 2, 46, NULL);
  assert_true(status == MC_OK || status == MC_UNDECIDED);
  assert_contains_double(&sigma[0], 4);
  assert_contains_double(&sigma[1], 3);
  assert_int_equal(mc_truth_sv_enclose(sigma, a, 3, 2, 200, NULL), status);
  assert_contains_double(&sigma[0], 4);
  assert_contains_double(&sigma[1], 3);
  _arb_vec_clear(sigma, 2);
}

/* An exactly known polar factor of 40 by 36 by the tier in plain doubles. */
static int check_plain(void) {
  enum { M = 40, N = 36 };
  static double a[M * N], q[M * N], u[M * N];
  double d, radius, s[N];
  mc_random r;
  mc_truth_plain *p;
  mc_random_init(&r, 1, mc_random_stream_of("check_plain"), 0);
  assert_int_equal(mc_matgen_exact_polar(a, q, &d, M, N, &r, NULL), MC_OK);
  arb_ptr sigma = _arb_vec_init(N);
  mc_status status = mc_truth_plain_new(&p, a, M, N, NULL);
  assert_true(status == MC_OK || status == MC_UNDECIDED);
  bool decomposed = status == MC_OK;
  if (decomposed && mc_truth_plain_polar_certify(u, &radius, p, NULL) == MC_OK) {
    mc_enclosure x;
    mc_enclosure_init(&x);
    arb_mat_clear(x.value);
    arb_mat_init(x.value, M, N);
    mc_ball_mat_set_double(x.value, u);
    mag_set_d(x.radius, radius);
    assert_encloses_quotient(&x, q, d);
    mc_enclosure_clear(&x);
  }
  if (decomposed) {
    lie told = dgesdd_lie;
    mc_truth_plain_sv_enclose(s, &radius, p);
    dgesdd_lie = HONEST;
    assert_int_equal(mc_sv_enclose_by(sigma, a, M, N, 100, MC_PATH_BALLS, NULL), MC_OK);
    dgesdd_lie = told;
    for (int i = 0; i < N; i++)
      assert_true(fabs(mc_ball_lower_double(&sigma[i]) - s[i]) <= radius * (1 + 0x1p-20));
  }
  mc_truth_plain_free(p);
  _arb_vec_clear(sigma, N);
  return decomposed;
}

static void plain_lies(void **state) {
  (void)state;
  for (dgesdd_lie = FAILS; dgesdd_lie <= WRONG_VECTORS; dgesdd_lie++)
    (void)check_plain();
  dgesdd_lie = HONEST;
  assert_true(check_plain());
}

static void lies(void **state) {
  (void)state;
  for (dgesdd_lie = HONEST; dgesdd_lie <= WRONG_VECTORS; dgesdd_lie++)
    for (dpotrf_lie = HONEST; dpotrf_lie <= PRETENDS; dpotrf_lie++) {
      check_definite();
      check_singular();
      check_values();
    }
}

/* Residuals of zero, vectors of length 2: their errors of more than 1 count in full. */
static void long_vectors(void **state) {
  (void)state;
  double a[16];
  arb_ptr sigma = _arb_vec_init(4);
  for (dgesdd_lie = LONG_LEFT; dgesdd_lie <= LONG_RIGHT; dgesdd_lie++)
    for (mc_path path = MC_PATH_ANY; path <= MC_PATH_BALLS; path++) {
      bool left = dgesdd_lie == LONG_LEFT;
      for (int i = 0; i < 16; i++)
        a[i] = left ? hadamard[i] / 2 : i % 5 == 0 ? 0.5 : 0;
      assert_int_equal(mc_sv_enclose_by(sigma, a, 4, 4, 46, path, NULL), MC_OK);
      for (int i = 0; i < 4; i++)
        assert_contains_double(&sigma[i], left ? 1 : 0.5);
    }
  dgesdd_lie = HONEST;
  _arb_vec_clear(sigma, 4);
}

enum { TALL = 80, WIDE = 64 };

/* y is within radius of q / d. */
static void assert_near_quotient(const double *y, double radius, const double *q, double d) {
  mc_enclosure x;
  mc_enclosure_init(&x);
  arb_mat_clear(x.value);
  arb_mat_init(x.value, TALL, WIDE);
  mc_ball_mat_set_double(x.value, y);
  mag_set_d(x.radius, radius);
  assert_encloses_quotient(&x, q, d);
  mc_enclosure_clear(&x);
}

/* The image of q under this one step is q / den. */
static void check_image(const mc_truth_plain *p, const char *step, const double *q, double den) {
  static double y[TALL * WIDE];
  double radius;
  mc_schedule schedule;
  mc_normalisation norm;
  mc_schedule_init(&schedule);
  mc_normalisation_init(&norm, MC_NORM_NONE);
  assert_int_equal(mc_schedule_set_text(&schedule, step, NULL), MC_OK);
  assert_int_equal(mc_truth_plain_ns_enclose(y, &radius, p, &schedule, &norm, NULL), MC_OK);
  assert_near_quotient(y, radius, q, den);
  mc_schedule_clear(&schedule);
  mc_normalisation_clear(&norm);
}

/* All of T4 for a multiple q of an orthonormal matrix, with singular values d: its polar factor is q / d.  For x / 2
 * the bound is nearly sharp in V's error.  In W's it is so for f(x) = x - 2 x^3 / (3 d^2), which falls at d as fast as it
 * rises at 0: S makes up for W where f is linear. */
static void check_plain_on_orthonormal(const double *q, double d) {
  static double y[TALL * WIDE], s[WIDE];
  double radius;
  mc_truth_plain *p;
  char falling[64];
  assert_int_equal(mc_truth_plain_new(&p, q, TALL, WIDE, NULL), MC_OK);
  assert_int_equal(mc_truth_plain_polar_certify(y, &radius, p, NULL), MC_OK);
  assert_near_quotient(y, radius, q, d);
  check_image(p, "1/2", q, 2);
  snprintf(falling, sizeof falling, "1,-2/%.0f", 3 * d * d);
  check_image(p, falling, q, 3);
  mc_truth_plain_sv_enclose(s, &radius, p);
  for (int i = 0; i < WIDE; i++)
    assert_true(fabs(s[i] - d) <= radius);
  mc_truth_plain_free(p);
}

/* Residuals of about zero, vectors a little too long: nothing but their own errors bounds what is wrong. */
static void stretched_vectors(void **state) {
  (void)state;
  static double a[TALL * WIDE], q[TALL * WIDE];
  double d;
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("stretched_vectors"), 0);
  assert_int_equal(mc_matgen_exact_polar(a, q, &d, TALL, WIDE, &r, NULL), MC_OK);
  arb_ptr sigma = _arb_vec_init(WIDE);
  for (dgesdd_lie = STRETCHED_LEFT; dgesdd_lie <= STRETCHED_RIGHT; dgesdd_lie++) {
    check_plain_on_orthonormal(q, d);
    for (mc_path path = MC_PATH_ANY; path <= MC_PATH_BALLS; path++) {
      assert_int_equal(mc_sv_enclose_by(sigma, q, TALL, WIDE, 46, path, NULL), MC_OK);
      for (int i = 0; i < WIDE; i++)
        assert_contains_double(&sigma[i], d);
    }
  }
  dgesdd_lie = HONEST;
  _arb_vec_clear(sigma, WIDE);
}

/* Digits of 40 rows: what the decomposition says of eigenvalues is proved, not believed. */
static void digits_are_not_deceived(void **state) {
  (void)state;
  enum { N = 40 };
  static double a[N * N], q[N * N];
  double d;
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("digits_are_not_deceived"), 0);
  assert_int_equal(mc_matgen_exact_polar(a, q, &d, N, N, &r, NULL), MC_OK);
  for (dgesdd_lie = HONEST; dgesdd_lie <= STRETCHED_RIGHT; dgesdd_lie++) {
    mc_truth_polar p;
    if (dgesdd_lie == LONG_LEFT || dgesdd_lie == LONG_RIGHT)
      continue; /* of another size */
    mc_truth_polar_init(&p);
    mc_status status = mc_polar_certify_by(&p, q, N, N, 60, MC_PATH_DIGITS, NULL);
    assert_true(status == MC_OK || (status == MC_UNDECIDED && dgesdd_lie != HONEST));
    if (status == MC_OK)
      assert_encloses_quotient(&p.factor, q, d);
    assert_contains_double(p.sigma_min, d);
    assert_contains_double(p.sigma_max, d);
    mc_truth_polar_clear(&p);
  }
  dgesdd_lie = HONEST;
}

/* Condition 1e12, so that Cholesky proves the eigenvalues: one attempt ends with a radius that is too large, the next
 * one without any.  What the first one said does not pass for the second's. */
static void attempts_are_apart(void **state) {
  (void)state;
  enum { N = 32, BITS = 90, TRIALS = 20 };
  static double a[N * N];
  int apart = 0;
  mc_matgen_family family;
  mc_random r;
  mc_input in;
  mc_svd svd = {0};
  arb_mat_t U;
  mag_t radius;
  arf_t low;
  double distance = 0;
  mc_random_init(&r, 1, mc_random_stream_of("attempts_are_apart"), 0);
  assert_int_equal(mc_matgen_family_parse(&family, "log_spaced(1e-12)", NULL), MC_OK);
  assert_int_equal(mc_matgen_matrix(a, N, N, &family, &r, NULL), MC_OK);
  assert_int_equal(mc_input_set_double(&in, a, N, N, 16, 2 * BITS + 128, NULL), MC_OK);
  assert_int_equal(mc_svd_approx(&svd, in.t, N, N, NULL), MC_OK);
  arb_mat_init(U, N, N);
  mag_init(radius);
  arf_init(low);
  dpotrf_lie = CHANGES;
  for (slong bits = BITS; bits < BITS + TRIALS; bits++) { /* some of which the first radius just misses */
    changes = 0;
    mc_status status = mc_polar_certify_by_digits(U, radius, low, &distance, &in, &svd, bits, NULL);
    assert_true(status == MC_UNDECIDED || (status == MC_OK && changes == 1));
    if (status == MC_UNDECIDED)
      assert_true(mag_is_inf(radius) && arf_is_zero(low) && isinf(distance));
    apart += changes > 1;
  }
  dpotrf_lie = HONEST;
  assert_true(apart > 0);
  arb_mat_clear(U);
  mag_clear(radius);
  arf_clear(low);
  mc_svd_clear(&svd);
  mc_input_clear(&in);
}

/* A Cholesky factor of an indefinite matrix: S = (1 2; 2 1) has the eigenvalues -1 and 3. */
static void pretended_factor(void **state) {
  (void)state;
  const double s[4] = {1, 2, 2, 1}, shifts[] = {0.0625, 0.5, 2, 100};
  arb_mat_t S;
  arf_t h, shift;
  arb_mat_init(S, 2, 2);
  arf_init(h);
  arf_init(shift);
  mc_ball_mat_set_double(S, s);
  for (dpotrf_lie = HONEST; dpotrf_lie <= PRETENDS; dpotrf_lie++)
    for (int k = 0; k < 4; k++) {
      arf_set_d(shift, shifts[k]);
      mc_certificate_eigenvalue_lower(h, S, shift, 128);
      assert_true(arf_cmp_si(h, -1) <= 0);
    }
  dpotrf_lie = HONEST;
  arb_mat_clear(S);
  arf_clear(h);
  arf_clear(shift);
}

/* An error is reported as one, with what failed. */
static void failure_is_told(void **state) {
  (void)state;
  const double a[1] = {1};
  arb_t sigma;
  mc_error e = {0};
  arb_init(sigma);
  dgesdd_lie = FAILS;
  assert_int_equal(mc_truth_sv_enclose(sigma, a, 1, 1, 46, &e), MC_UNDECIDED);
  assert_non_null(strstr(e.text, "info = 7"));
  dgesdd_lie = RETURNS_NAN;
  assert_int_equal(mc_truth_sv_enclose(sigma, a, 1, 1, 46, &e), MC_UNDECIDED);
  dgesdd_lie = HONEST;
  assert_int_equal(mc_truth_sv_enclose(sigma, a, 1, 1, 46, &e), MC_OK);
  arb_clear(sigma);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(lies),
                                     cmocka_unit_test(plain_lies),
                                     cmocka_unit_test(long_vectors),
                                     cmocka_unit_test(stretched_vectors),
                                     cmocka_unit_test(digits_are_not_deceived),
                                     cmocka_unit_test(attempts_are_apart),
                                     cmocka_unit_test(pretended_factor),
                                     cmocka_unit_test(failure_is_told)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
