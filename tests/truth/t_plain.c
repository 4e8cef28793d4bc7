/* The fast tier in plain doubles: bounds of products against exact products, and polar factors, singular values and
 * images that are known. */
#include "support.h"

#include "../../src/truth/path.h"
#include "../../src/truth/plain_product.h"

enum { MOST = 160 };

static double x[MOST * MOST], y[MOST * MOST], q[MOST * MOST], u[MOST * MOST];

/* value within radius as an enclosure, so that support.h can measure it. */
static void set_enclosure(mc_enclosure *e, const double *value, double radius, size_t m, size_t n) {
  mc_enclosure_init(e);
  arb_mat_clear(e->value);
  arb_mat_init(e->value, (slong)m, (slong)n);
  mc_ball_mat_set_double(e->value, value);
  mag_set_d(e->radius, radius);
}

/* Each row of C - X Y, in exact arithmetic, against its bound; the largest and the smallest ratio are told. */
static void assert_rows_bounded(double *least, const mc_plain_product *p, const double *a, const double *b, size_t k) {
  arb_mat_t A, B, C, P;
  arb_t sum, limit;
  arb_mat_init(A, (slong)p->m, (slong)k);
  arb_mat_init(B, (slong)k, (slong)p->n);
  arb_mat_init(C, (slong)p->m, (slong)p->n);
  arb_mat_init(P, (slong)p->m, (slong)p->n);
  arb_init(sum);
  arb_init(limit);
  mc_ball_mat_set_double(A, a);
  mc_ball_mat_set_double(B, b);
  mc_ball_mat_set_double(C, p->c);
  arb_mat_mul(P, A, B, 4400);
  arb_mat_sub(P, P, C, 4400);
  for (size_t i = 0; i < p->m; i++) {
    arb_zero(sum);
    for (size_t j = 0; j < p->n; j++)
      arb_addmul(sum, arb_mat_entry(P, (slong)i, (slong)j), arb_mat_entry(P, (slong)i, (slong)j), 4400);
    arb_sqrt(sum, sum, 4400);
    arb_set_d(limit, p->row[i]);
    assert_true(arb_le(sum, limit));
    arb_div(limit, limit, sum, 64);
    double ratio = arf_get_d(arb_midref(limit), ARF_RND_NEAR);
    *least = ratio < *least ? ratio : *least; /* NaN and infinity for an error of 0 are no ratio */
  }
  arb_mat_clear(A);
  arb_mat_clear(B);
  arb_mat_clear(C);
  arb_mat_clear(P);
  arb_clear(sum);
  arb_clear(limit);
}

/* Random products of all shapes, some with rows of very different size or entries near underflow. */
static void products(void **state) {
  (void)state;
  double least = INFINITY;
  int decided = 0;
  for (uint32_t trial = 0; trial < 60; trial++) {
    mc_random r;
    mc_plain_product p;
    mc_random_init(&r, 1, mc_random_stream_of("products"), trial);
    size_t m = 1 + mc_random_below(&r, MOST), n = 1 + mc_random_below(&r, MOST), k = 1 + mc_random_below(&r, MOST);
    int spread = trial % 4 == 3 ? 60 : 0, depth = trial % 8 == 7 ? -1000 : 0;
    for (size_t i = 0; i < m * k; i++)
      x[i] = ldexp(mc_random_unit(&r) - 0.5, (int)(i / k) * -spread / (int)m + depth);
    for (size_t i = 0; i < k * n; i++)
      y[i] = mc_random_unit(&r) - 0.5;
    mc_status status = mc_plain_multiply(&p, x, y, m, n, k, NULL);
    assert_true(status == MC_OK || status == MC_UNDECIDED);
    if (status == MC_OK) {
      assert_rows_bounded(&least, &p, x, y, k);
      mc_plain_product_clear(&p);
      decided++;
    }
  }
  print_message("bound / error of a row at least %.3g; %d of 60 products decided\n", least, decided);
  assert_true(least >= 1 && decided >= 20);
}

static void grams(void **state) {
  (void)state;
  double least = INFINITY;
  for (uint32_t trial = 0; trial < 8; trial++) {
    mc_random r;
    mc_plain_product p;
    mc_random_init(&r, 1, mc_random_stream_of("grams"), trial);
    size_t n = 60 + mc_random_below(&r, 40), k = 60 + mc_random_below(&r, 100);
    for (size_t i = 0; i < k; i++)
      for (size_t j = 0; j < n; j++)
        x[j * k + i] = y[i * n + j] = mc_random_unit(&r) - 0.5;
    assert_int_equal(mc_plain_gram(&p, x, y, n, k, NULL), MC_OK);
    for (size_t i = 0; i < n * n; i++)
      assert_true(p.c[i] == p.c[i % n * n + i / n]);
    assert_rows_bounded(&least, &p, x, y, k);
    mc_plain_product_clear(&p);
  }
}

/* Contraction lengths of more than one block. */
static void long_contractions(void **state) {
  (void)state;
  enum { LENGTH = 700, SIDE = 36 };
  static double a[SIDE * LENGTH], b[LENGTH * SIDE];
  double least = INFINITY;
  mc_random r;
  mc_plain_product p;
  mc_random_init(&r, 1, mc_random_stream_of("long_contractions"), 0);
  for (size_t i = 0; i < SIDE * LENGTH; i++) {
    a[i] = mc_random_unit(&r) - 0.25;
    b[i] = mc_random_unit(&r) - 0.25;
  }
  assert_int_equal(mc_plain_multiply(&p, a, b, SIDE, SIDE, LENGTH, NULL), MC_OK);
  assert_rows_bounded(&least, &p, a, b, LENGTH);
  mc_plain_product_clear(&p);
}

/* Exactly known polar factors of all shapes and scales. */
static void exactly_known(void **state) {
  (void)state;
  double d, worst = 0, least = INFINITY;
  for (uint32_t trial = 0; trial < 30; trial++) {
    mc_random r;
    mc_truth_plain *p;
    mc_enclosure e;
    double radius;
    mc_random_init(&r, 7, mc_random_stream_of("plain.exactly_known"), trial);
    size_t m = 48 + mc_random_below(&r, 80), n = 48 + mc_random_below(&r, 80);
    int shift = (int)mc_random_below(&r, 1800) - 900;
    assert_int_equal(mc_matgen_exact_polar(x, q, &d, m, n, &r, NULL), MC_OK);
    for (size_t i = 0; i < m * n; i++)
      x[i] = ldexp(x[i], shift);
    assert_int_equal(mc_truth_plain_new(&p, x, m, n, NULL), MC_OK);
    mc_status status = mc_truth_plain_polar_certify(u, &radius, p, NULL);
    assert_true(status == MC_OK || (status == MC_UNDECIDED && radius == INFINITY));
    if (status == MC_OK) {
      set_enclosure(&e, u, radius, m, n);
      double ratio = assert_encloses_quotient(&e, q, d);
      worst = ratio > worst ? ratio : worst;
      least = ratio < least ? ratio : least;
      mc_enclosure_clear(&e);
    }
    mc_truth_plain_free(p);
  }
  print_message("radius / true error: %.3g to %.3g\n", least, worst);
  assert_true(worst > 1);
}

/* (d I - 2 v v^T) diag(s): singular values d s_i, with repeated ones and zeros. */
static void reflections(void **state) {
  (void)state;
  double d, s[MOST], radius;
  for (uint32_t trial = 0; trial < 16; trial++) {
    mc_random r;
    mc_truth_plain *p;
    mc_random_init(&r, 5, mc_random_stream_of("plain.reflections"), trial);
    size_t n = 40 + mc_random_below(&r, 40), m = n + mc_random_below(&r, 60);
    int value = 1000;
    assert_int_equal(mc_matgen_exact_polar(x, q, &d, m, n, &r, NULL), MC_OK);
    for (size_t j = 0; j < n; j++) {
      value -= (int)mc_random_below(&r, trial % 2 ? 2 : 40);
      s[j] = value > 0 ? value : 0;
      for (size_t i = 0; i < m; i++)
        x[i * n + j] = q[i * n + j] * s[j];
    }
    assert_int_equal(mc_truth_plain_new(&p, x, m, n, NULL), MC_OK);
    mc_truth_plain_sv_enclose(u, &radius, p);
    for (size_t j = 0; j < n; j++)
      assert_true(fabs(u[j] - d * s[j]) <= radius);
    assert_true(radius <= 1e-11 * d * s[0]);
    assert_int_equal(mc_truth_plain_polar_certify(u, &radius, p, NULL), s[n - 1] > 0 ? MC_OK : MC_UNDECIDED);
    mc_truth_plain_free(p);
  }
}

/* Two enclosures of one thing meet. */
static void assert_meet(const mc_enclosure *a, const mc_enclosure *b) {
  arb_mat_t difference;
  mag_t distance, radii;
  arb_mat_init(difference, arb_mat_nrows(a->value), arb_mat_ncols(a->value));
  mag_init(distance);
  mag_init(radii);
  arb_mat_sub(difference, a->value, b->value, 400);
  mc_ball_mat_frobenius_upper(distance, difference);
  mag_add(radii, a->radius, b->radius);
  assert_true(mag_cmp(distance, radii) <= 0);
  arb_mat_clear(difference);
  mag_clear(distance);
  mag_clear(radii);
}

/* Images under several schedules and normalisations against the digit path. */
static void images(void **state) {
  (void)state;
  static const char *const schedules[] = {"3.4445,-4.7750,2.0315;3.4445,-4.7750,2.0315;3.4445,-4.7750,2.0315",
                                          "1.5,-0.5", "2", "35/16,-35/16,21/16,-5/16;1.5,-0.5"};
  static const mc_norm_kind norms[] = {MC_NORM_FROBENIUS_ADD, MC_NORM_FROBENIUS_CLAMP, MC_NORM_NONE};
  double worst = 0;
  for (uint32_t trial = 0; trial < 24; trial++) {
    mc_random r;
    mc_matgen_family family = {"log_uniform", {1e-4, trial % 3 == 2 ? 1 : 8}, 2};
    mc_schedule schedule;
    mc_normalisation norm;
    mc_truth_plain *p;
    mc_enclosure fast, exact;
    double radius;
    mc_random_init(&r, 9, mc_random_stream_of("plain.images"), trial);
    size_t m = 40 + mc_random_below(&r, 40), n = 40 + mc_random_below(&r, 40);
    assert_int_equal(mc_matgen_matrix(x, m, n, &family, &r, NULL), MC_OK);
    mc_schedule_init(&schedule);
    mc_normalisation_init(&norm, norms[trial % 3]);
    assert_int_equal(mc_schedule_set_text(&schedule, schedules[trial / 3 % 4], NULL), MC_OK);
    mc_enclosure_init(&exact);
    assert_int_equal(mc_ns_enclose_by(&exact, x, m, n, &schedule, &norm, 80, MC_PATH_DIGITS, NULL), MC_OK);
    assert_int_equal(mc_truth_plain_new(&p, x, m, n, NULL), MC_OK);
    assert_int_equal(mc_truth_plain_ns_enclose(u, &radius, p, &schedule, &norm, NULL), MC_OK);
    set_enclosure(&fast, u, radius, m, n);
    assert_meet(&fast, &exact);
    assert_true(radius <= 1e-8);
    worst = radius > worst ? radius : worst;
    mc_enclosure_clear(&fast);
    mc_enclosure_clear(&exact);
    mc_truth_plain_free(p);
    mc_schedule_clear(&schedule);
    mc_normalisation_clear(&norm);
  }
  print_message("largest radius of an image %.3g\n", worst);
}

/* Up to 32 bits of large matrices come from here, and are what was asked for. */
static void tier_is_taken(void **state) {
  (void)state;
  mc_random r;
  mc_truth_polar p;
  mc_matgen_family family = {"log_uniform", {0.1, 1}, 2};
  mc_random_init(&r, 2, mc_random_stream_of("tier_is_taken"), 0);
  assert_int_equal(mc_matgen_matrix(x, 64, 48, &family, &r, NULL), MC_OK);
  for (slong bits = 24; bits <= 33; bits += 3) {
    mc_truth_polar_init(&p);
    assert_int_equal(mc_truth_polar_certify(&p, x, 64, 48, bits, NULL), MC_OK);
    assert_true(mag_cmp_2exp_si(p.factor.radius, -bits) <= 0);
    assert_int_equal(p.precision == 53, bits <= 32);
    assert_true(arb_is_positive(p.sigma_min) && arb_is_positive(p.condition));
    mc_truth_polar_clear(&p);
  }
}

static void refused(void **state) {
  (void)state;
  mc_truth_plain *p;
  mc_error e = {0};
  double radius;
  mc_random r;
  mc_matgen_family deficient = {"rank_deficient", {0.5}, 1};
  mc_random_init(&r, 2, mc_random_stream_of("plain.refused"), 0);
  assert_int_equal(mc_matgen_matrix(x, 64, 64, &deficient, &r, NULL), MC_OK);
  assert_int_equal(mc_truth_plain_new(&p, x, 64, 64, NULL), MC_OK);
  assert_int_equal(mc_truth_plain_polar_certify(u, &radius, p, &e), MC_UNDECIDED);
  assert_true(radius == INFINITY && strlen(e.text) > 0);
  mc_truth_plain_free(p);
  x[70] = NAN;
  assert_int_equal(mc_truth_plain_new(&p, x, 64, 64, &e), MC_UNDECIDED);
  assert_null(p);
  assert_int_equal(mc_truth_plain_new(&p, x, 0, 64, NULL), MC_BAD_INPUT);
  for (size_t i = 0; i < 64 * 64; i++)
    x[i] = 0;
  assert_int_equal(mc_truth_plain_new(&p, x, 64, 64, NULL), MC_OK);
  assert_int_equal(mc_truth_plain_polar_certify(u, &radius, p, NULL), MC_UNDECIDED);
  mc_truth_plain_free(p);
  mc_truth_plain_free(NULL);
}

/* ||T v|| / ||v|| for a v that T shrinks: products cancel, and the bound is sharp all the same. */
static void stretch(void **state) {
  (void)state;
  enum { N = 35 };
  for (uint32_t trial = 0; trial < 30; trial++) {
    static double a[N * N];
    double v[N];
    mc_random r;
    mc_input in;
    mc_svd svd = {0};
    arb_mat_t vector, image;
    arb_t exact, norm;
    mc_random_init(&r, 1, mc_random_stream_of("stretch"), trial);
    for (size_t i = 0; i < (size_t)N * N; i++)
      a[i] = 2 * mc_random_unit(&r) - 1;
    assert_int_equal(mc_input_set_double(&in, a, N, N, 8, 200, NULL), MC_OK);
    assert_int_equal(mc_svd_approx(&svd, in.t, N, N, NULL), MC_OK);
    for (size_t i = 0; i < N; i++)
      v[i] = svd.v[i * N + N - 1];
    arb_mat_init(vector, N, 1);
    arb_mat_init(image, N, 1);
    arb_init(exact);
    arb_init(norm);
    mc_ball_mat_set_double(vector, v);
    arb_mat_mul(image, in.T, vector, 400);
    arb_mat_frobenius_norm(exact, image, 400);
    arb_mat_frobenius_norm(norm, vector, 400);
    arb_div(exact, exact, norm, 400);
    double high = mc_plain_stretch_upper(&in, v), truth = arf_get_d(arb_midref(exact), ARF_RND_NEAR);
    assert_true(high >= truth && high <= truth * (1 + 0x1p-40));
    for (size_t i = 0; i < N; i++)
      v[i] = 0;
    assert_true(isinf(mc_plain_stretch_upper(&in, v)));
    arb_mat_clear(vector);
    arb_mat_clear(image);
    arb_clear(exact);
    arb_clear(norm);
    mc_svd_clear(&svd);
    mc_input_clear(&in);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stretch),       cmocka_unit_test(products),
      cmocka_unit_test(grams),         cmocka_unit_test(long_contractions),
      cmocka_unit_test(exactly_known), cmocka_unit_test(reflections),
      cmocka_unit_test(images),        cmocka_unit_test(tier_is_taken),
      cmocka_unit_test(refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
