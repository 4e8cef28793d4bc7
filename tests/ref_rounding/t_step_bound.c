/* Theorem R of docs/errors.md: the error bounds of the reference's inner product and quintic step, in binary32 and
 * binary64, against the exact values.  They are never exceeded, a wrong coefficient exceeds them, and how much of a bound
 * is used is printed. */
#include "ref/f32/ref.h"
#include "ref/ref.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ball/ball.h"

enum { LARGEST = 20, ROOM = LARGEST * LARGEST, PRECISION = 1024 };

/* A format: significant bits, exponent of the smallest subnormal number, and the reference in it on doubles that it
 * holds exactly. */
typedef struct {
  const char *name;
  slong p, q;
  double (*round)(double x);
  void (*step)(double *X, const double *abc, size_t m, size_t n);
  double (*dot)(const double *x, const double *y, size_t n);
} format;

static double as_is(double x) {
  return x;
}

static double to_float(double x) {
  return (double)(float)x;
}

static void step64(double *X, const double *abc, size_t m, size_t n) {
  double T[ROOM], A[ROOM], P[ROOM];
  muon_newton_schulz_step(X, n, T, m, A, P, abc[0], abc[1], abc[2], m, n);
}

static void step32(double *X, const double *abc, size_t m, size_t n) {
  float x[ROOM], T[ROOM], A[ROOM], P[ROOM];
  for (size_t i = 0; i < m * n; i++)
    x[i] = (float)X[i];
  muonf_newton_schulz_step(x, n, T, m, A, P, (float)abc[0], (float)abc[1], (float)abc[2], m, n);
  for (size_t i = 0; i < m * n; i++)
    X[i] = (double)x[i];
}

static double dot32(const double *x, const double *y, size_t n) {
  float a[ROOM], b[ROOM];
  for (size_t i = 0; i < n; i++) {
    a[i] = (float)x[i];
    b[i] = (float)y[i];
  }
  return (double)muonf_vector_dot(a, b, n);
}

static const format formats[] = {{"binary32", 24, -149, to_float, step32, dot32},
                                 {"binary64", 53, -1074, as_is, step64, muon_vector_dot}};

/* ---- The bounds, in the names of theorem R ---- */

/* gamma_k = k u / (1 - k u). */
static void gamma_of(arb_t r, slong k, const format *f) {
  arb_t t;
  arb_init(t);
  arb_set_si(r, k);
  arb_mul_2exp_si(r, r, -f->p);
  arb_sub_ui(t, r, 1, PRECISION);
  arb_neg(t, t);
  arb_div(r, r, t, PRECISION);
  arb_clear(t);
}

/* r := gamma_k x y + 2 k eta sqrt(entries): the bound of a matrix of inner products of k terms. */
static void products_bound(arb_t r, slong k, const arb_t x, const arb_t y, double entries, const format *f) {
  arb_t t;
  arb_init(t);
  gamma_of(r, k, f);
  arb_mul(r, r, x, PRECISION);
  arb_mul(r, r, y, PRECISION);
  arb_set_d(t, entries);
  arb_sqrt(t, t, PRECISION);
  arb_mul_si(t, t, 2 * k, PRECISION);
  arb_mul_2exp_si(t, t, f->q - 1);
  arb_add(r, r, t, PRECISION);
  arb_clear(t);
}

/* r := gamma_2 x + 4 eta sqrt(entries): two products with coefficients and their sum, of norm x in exact arithmetic. */
static void combination_bound(arb_t r, const arb_t x, double entries, const format *f) {
  arb_t t;
  arb_init(t);
  gamma_of(r, 2, f);
  arb_mul(r, r, x, PRECISION);
  arb_set_d(t, entries);
  arb_sqrt(t, t, PRECISION);
  arb_mul_2exp_si(t, t, f->q + 1);
  arb_add(r, r, t, PRECISION);
  arb_clear(t);
}

/* The bound of theorem R for an m x n matrix with ||X||_2 <= s, ||X||_F <= phi. */
static void step_bound(arb_t bound, const double *abc, const arb_t s, const arb_t phi, size_t m, size_t n,
                       const format *f) {
  const double square = (double)(m * m), all = (double)(m * n);
  arb_t a, b, c, s2, e1, e2, e3, e4, e5, alpha, pi, t;
  arb_struct *const each[] = {a, b, c, s2, e1, e2, e3, e4, e5, alpha, pi, t};
  for (size_t i = 0; i < sizeof each / sizeof *each; i++)
    arb_init(each[i]);
  arb_set_d(a, fabs(abc[0]));
  arb_set_d(b, fabs(abc[1]));
  arb_set_d(c, fabs(abc[2]));
  arb_mul(s2, s, s, PRECISION);
  products_bound(e1, (slong)n, phi, phi, square, f); /* A */
  arb_mul(alpha, s, phi, PRECISION);
  arb_add(alpha, alpha, e1, PRECISION);
  products_bound(e2, (slong)m, alpha, alpha, square, f); /* A A^T */
  arb_mul(t, alpha, alpha, PRECISION);
  arb_add(t, t, e2, PRECISION);
  arb_mul(t, t, c, PRECISION);
  arb_addmul(t, b, alpha, PRECISION);
  combination_bound(e3, t, square, f); /* b A + c A A^T from its parts */
  arb_addmul(e3, c, e2, PRECISION);
  arb_mul_2exp_si(e4, s2, 1); /* what e1 does to b A + c A A^T */
  arb_add(e4, e4, e1, PRECISION);
  arb_mul(e4, e4, c, PRECISION);
  arb_add(e4, e4, b, PRECISION);
  arb_mul(e4, e4, e1, PRECISION);
  arb_add(e3, e3, e4, PRECISION); /* from here on: of P */
  arb_mul(pi, c, s2, PRECISION);
  arb_add(pi, pi, b, PRECISION);
  arb_mul(pi, pi, s, PRECISION);
  arb_mul(pi, pi, phi, PRECISION);
  arb_add(pi, pi, e3, PRECISION);
  products_bound(e5, (slong)m, pi, phi, all, f); /* P X */
  arb_mul(t, pi, s, PRECISION);
  arb_add(t, t, e5, PRECISION);
  arb_addmul(t, a, phi, PRECISION);
  combination_bound(bound, t, all, f);
  arb_add(bound, bound, e5, PRECISION);
  arb_addmul(bound, e3, s, PRECISION);
  for (size_t i = 0; i < sizeof each / sizeof *each; i++)
    arb_clear(each[i]);
}

/* ---- The truth ---- */

/* ||Y - (a X + (b A + c A A) X)||_F with A = X X^T. */
static void step_error(arb_t error, const double *Y, const double *X, const double *abc, size_t m, size_t n) {
  arb_mat_t x, y, t, A, P;
  arb_t q;
  arb_mat_init(x, (slong)m, (slong)n);
  arb_mat_init(y, (slong)m, (slong)n);
  arb_mat_init(t, (slong)n, (slong)m);
  arb_mat_init(A, (slong)m, (slong)m);
  arb_mat_init(P, (slong)m, (slong)m);
  arb_init(q);
  mc_ball_mat_set_double(x, X);
  mc_ball_mat_set_double(y, Y);
  arb_mat_transpose(t, x);
  arb_mat_mul(A, x, t, PRECISION);
  arb_set_d(q, abc[2]);
  arb_mat_scalar_mul_arb(P, A, q, PRECISION);
  arb_set_d(q, abc[1]);
  for (slong i = 0; i < (slong)m; i++)
    arb_add(arb_mat_entry(P, i, i), arb_mat_entry(P, i, i), q, PRECISION); /* b I + c A */
  arb_mat_mul(P, P, A, PRECISION);
  arb_set_d(q, abc[0]);
  for (slong i = 0; i < (slong)m; i++)
    arb_add(arb_mat_entry(P, i, i), arb_mat_entry(P, i, i), q, PRECISION);
  arb_mat_mul(x, P, x, PRECISION);
  arb_mat_sub(y, y, x, PRECISION);
  arb_mat_frobenius_norm(error, y, PRECISION);
  arb_mat_clear(x);
  arb_mat_clear(y);
  arb_mat_clear(t);
  arb_mat_clear(A);
  arb_mat_clear(P);
  arb_clear(q);
}

/* Upper bounds of ||X||_2 and ||X||_F. */
static void norms(arb_t s, arb_t phi, const double *X, size_t m, size_t n) {
  arb_mat_t x;
  mag_t bound;
  arb_mat_init(x, (slong)m, (slong)n);
  mag_init(bound);
  mc_ball_mat_set_double(x, X);
  mc_ball_mat_spectral_upper(bound, x);
  arb_zero(s);
  arf_set_mag(arb_midref(s), bound);
  arb_mat_frobenius_norm(phi, x, PRECISION);
  arb_mat_clear(x);
  mag_clear(bound);
}

/* ---- Inputs ---- */

enum { UNIFORM, EQUAL, SIGNS, RANK_ONE, GRADED, TINY, KINDS };
static const char *const kind_names[KINDS] = {"uniform", "equal", "signs", "rank one", "graded", "tiny"};

/* An m x n matrix of Frobenius norm about 1 (`tiny`: of entries whose squares underflow), with entries of the format. */
static void fill(double *X, int kind, size_t m, size_t n, const format *f, mc_random *r) {
  double norm = 0, u[ROOM], v[ROOM];
  for (size_t i = 0; i < ROOM; i++) {
    u[i] = 2 * mc_random_unit(r) - 1;
    v[i] = 2 * mc_random_unit(r) - 1;
  }
  for (size_t k = 0; k < m * n; k++) {
    double x = 2 * mc_random_unit(r) - 1;
    X[k] = kind == EQUAL      ? 1
           : kind == SIGNS    ? copysign(1, x)
           : kind == RANK_ONE ? u[k / n] * v[k % n]
           : kind == GRADED   ? ldexp(x, -3 * (int)(k / n))
                              : x;
    norm += X[k] * X[k];
  }
  for (size_t k = 0; k < m * n; k++)
    X[k] = f->round(kind == TINY ? ldexp(X[k], (int)f->q / 2) : X[k] / sqrt(norm));
}

/* ---- Checks ---- */

static double ratio_of(const arb_t error, const arb_t bound) {
  arb_t r;
  arb_init(r);
  arb_div(r, error, bound, 64);
  double ratio = mc_ball_upper_double(r);
  arb_clear(r);
  return ratio;
}

/* How much of its bound the step uses on X; it is never more. */
static double check_step(const double *X, const double *abc, size_t m, size_t n, const format *f) {
  double Y[ROOM];
  arb_t s, phi, error, bound;
  arb_init(s);
  arb_init(phi);
  arb_init(error);
  arb_init(bound);
  memcpy(Y, X, m * n * sizeof *Y);
  f->step(Y, abc, m, n);
  norms(s, phi, X, m, n);
  step_bound(bound, abc, s, phi, m, n, f);
  step_error(error, Y, X, abc, m, n);
  assert_true(arb_le(error, bound));
  double ratio = ratio_of(error, bound);

  /* The bound is no licence: the same step with a wrong by a thousandth is beyond it. */
  double wrong[3] = {f->round(abc[0] * 1.001), abc[1], abc[2]};
  memcpy(Y, X, m * n * sizeof *Y);
  f->step(Y, wrong, m, n);
  step_error(error, Y, X, abc, m, n);
  assert_true(arb_gt(error, bound));
  arb_clear(s);
  arb_clear(phi);
  arb_clear(error);
  arb_clear(bound);
  return ratio;
}

static void the_bound_of_a_step_is_never_exceeded(void **state) {
  const double jordan[3] = {3.4445, -4.7750, 2.0315};
  mc_random r;
  (void)state;
  mc_random_init(&r, 1, mc_random_stream_of("step_bound"), 0);
  for (size_t k = 0; k < sizeof formats / sizeof *formats; k++)
    for (int kind = 0; kind < KINDS; kind++) {
      const format *f = &formats[k];
      double abc[3] = {f->round(jordan[0]), f->round(jordan[1]), f->round(jordan[2])}, most = 0, least = 1;
      for (size_t m = 1; m <= LARGEST; m += 1 + m / 3)
        for (size_t n = m; n <= LARGEST; n += 1 + n / 2) {
          double X[ROOM];
          fill(X, kind, m, n, f, &r);
          double ratio = check_step(X, abc, m, n, f);
          most = fmax(most, ratio);
          least = fmin(least, ratio);
        }
      print_message("step  %s %-8s  error / bound within [%.2g, %.2g]\n", f->name, kind_names[kind], least, most);
    }
}

/* |fl(x^T y) - x^T y| <= gamma_n sum |x_i y_i| + 2 n eta. */
static void the_bound_of_an_inner_product_is_never_exceeded(void **state) {
  mc_random r;
  (void)state;
  mc_random_init(&r, 1, mc_random_stream_of("dot_bound"), 0);
  for (size_t k = 0; k < sizeof formats / sizeof *formats; k++)
    for (int kind = 0; kind < KINDS; kind++) {
      const format *f = &formats[k];
      double most = 0;
      for (size_t n = 1; n <= ROOM; n += 1 + n / 4) {
        double x[ROOM], y[ROOM];
        arb_t exact, magnitude, one, bound, t;
        arb_init(exact);
        arb_init(magnitude);
        arb_init(one);
        arb_init(bound);
        arb_init(t);
        fill(x, kind, 1, n, f, &r);
        fill(y, kind, 1, n, f, &r);
        for (size_t i = 0; i < n; i++) {
          arb_set_d(t, x[i]);
          arb_set_d(bound, y[i]);
          arb_mul(t, t, bound, PRECISION);
          arb_add(exact, exact, t, PRECISION);
          arb_abs(t, t);
          arb_add(magnitude, magnitude, t, PRECISION);
        }
        arb_one(one);
        products_bound(bound, (slong)n, magnitude, one, 1, f);
        arb_set_d(t, f->dot(x, y, n));
        arb_sub(t, t, exact, PRECISION);
        arb_abs(t, t);
        assert_true(arb_le(t, bound));
        most = fmax(most, ratio_of(t, bound));
        arb_clear(exact);
        arb_clear(magnitude);
        arb_clear(one);
        arb_clear(bound);
        arb_clear(t);
      }
      print_message("dot   %s %-8s  error / bound at most %.2g\n", f->name, kind_names[kind], most);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_bound_of_an_inner_product_is_never_exceeded),
      cmocka_unit_test(the_bound_of_a_step_is_never_exceeded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
