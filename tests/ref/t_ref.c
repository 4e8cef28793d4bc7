/* The reference kernels against plain loops that evaluate the same formula in the same order: every bit must agree, and
 * nothing but the entries of the output may change. */
#include "ref/ref.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LARGEST = 7, PAD = 2, ROOM = 128 };

/* An m x n matrix in a block of ROOM elements, of which all but the entries are guards. */
typedef struct {
  size_t m, n, ld;
  double x[ROOM];
} matrix;

static double random_entry(void) {
  static uint64_t state = 20260101;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(int64_t)(state >> 11) / 0x1p52 - 1;
}

static matrix random_matrix(size_t m, size_t n, size_t pad) {
  matrix a = {m, n, n + pad, {0}};
  for (size_t i = 0; i < ROOM; i++)
    a.x[i] = random_entry();
  return a;
}

static double *at(matrix *a, size_t i, size_t j) {
  return &a->x[i * a->ld + j];
}

/* `want` has the entries that `got` should have; both started as the same matrix, so that the guards must agree as well. */
static void assert_same(const matrix *got, const matrix *want) {
  assert_memory_equal(got->x, want->x, sizeof got->x);
}

static void each_shape(void (*check)(size_t m, size_t n, size_t pad)) {
  for (size_t m = 0; m <= LARGEST; m++)
    for (size_t n = 0; n <= LARGEST; n++)
      for (size_t pad = 0; pad <= PAD; pad += PAD)
        check(m, n, pad);
}

static void check_vectors(size_t m, size_t n, size_t pad) {
  matrix x = random_matrix(m, n, pad), y = random_matrix(m, n, pad), got = y, want = y;
  size_t k = m * x.ld;
  double a = random_entry(), dot = 0;
  for (size_t i = 0; i < k; i++) {
    want.x[i] = y.x[i] + a * x.x[i];
    dot = dot + x.x[i] * y.x[i];
  }
  muon_vector_axpy(got.x, a, x.x, k);
  assert_same(&got, &want);
  assert_true(muon_vector_dot(x.x, y.x, k) == dot);
  memcpy(want.x, x.x, k * sizeof *x.x);
  muon_vector_copy(got.x, x.x, k);
  assert_same(&got, &want);
  for (size_t i = 0; i < k; i++)
    want.x[i] = a * x.x[i] / 3;
  muon_vector_scale(got.x, a, k);
  muon_vector_divide(got.x, 3, k);
  assert_same(&got, &want);
}

static void vectors(void **state) {
  (void)state;
  each_shape(check_vectors);
}

static void check_entrywise(size_t m, size_t n, size_t pad) {
  matrix a = random_matrix(m, n, pad), b = random_matrix(m, n, PAD - pad), t = random_matrix(n, m, pad);
  matrix got = b, want = b, transposed = t;
  double s = random_entry();
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      *at(&want, i, j) = (*at(&b, i, j) + s * *at(&a, i, j)) * 5 / 7;
      *at(&transposed, j, i) = *at(&a, i, j);
    }
  muon_matrix_axpy(got.x, got.ld, s, a.x, a.ld, m, n);
  muon_matrix_scale(got.x, got.ld, 5, m, n);
  muon_matrix_divide(got.x, got.ld, 7, m, n);
  assert_same(&got, &want);
  muon_matrix_transpose(t.x, t.ld, a.x, a.ld, m, n);
  assert_same(&t, &transposed);
  for (size_t i = 0; i < m; i++)
    memcpy(at(&want, i, 0), at(&a, i, 0), n * sizeof *a.x);
  muon_matrix_copy(got.x, got.ld, a.x, a.ld, m, n);
  assert_same(&got, &want);
}

static void entrywise(void **state) {
  (void)state;
  each_shape(check_entrywise);
}

/* C <- alpha A B^T + beta C in the order of the contract. */
static void plain_gemm_nt(matrix *c, double alpha, matrix *a, matrix *b, double beta) {
  for (size_t i = 0; i < c->m; i++)
    for (size_t j = 0; j < c->n; j++) {
      double dot = 0;
      for (size_t l = 0; l < a->n; l++)
        dot = dot + *at(a, i, l) * *at(b, j, l);
      *at(c, i, j) = alpha * dot + beta * *at(c, i, j);
    }
}

static matrix plain_transpose(matrix *a) {
  matrix t = {a->n, a->m, a->m, {0}};
  for (size_t i = 0; i < a->m; i++)
    for (size_t j = 0; j < a->n; j++)
      *at(&t, j, i) = *at(a, i, j);
  return t;
}

static void check_products(size_t m, size_t n, size_t pad) {
  for (size_t k = 0; k <= LARGEST; k += 3) {
    matrix a = random_matrix(m, k, pad), b = random_matrix(n, k, PAD - pad), c = random_matrix(m, n, pad), got = c;
    matrix at_ = plain_transpose(&a), bt = plain_transpose(&b), g = random_matrix(m, m, pad), gram = g;
    double work[2 * LARGEST * LARGEST], alpha = random_entry(), beta = random_entry();
    matrix want = c;
    plain_gemm_nt(&want, alpha, &a, &b, beta);
    muon_matrix_gemm_nt(got.x, got.ld, alpha, a.x, a.ld, b.x, b.ld, beta, m, n, k);
    assert_same(&got, &want);
    got = c;
    muon_matrix_gemm_nn(got.x, got.ld, alpha, a.x, a.ld, bt.x, bt.ld, beta, work, m, n, k);
    assert_same(&got, &want);
    got = c;
    muon_matrix_gemm_tn(got.x, got.ld, alpha, at_.x, at_.ld, bt.x, bt.ld, beta, work, m, n, k);
    assert_same(&got, &want);
    for (size_t i = 0; i < m; i++)
      for (size_t j = 0; j < m; j++)
        *at(&gram, i, j) = 0;
    plain_gemm_nt(&gram, 1, &a, &a, 0);
    muon_matrix_gram(g.x, g.ld, a.x, a.ld, m, k);
    assert_same(&g, &gram);
  }
}

static void products(void **state) {
  (void)state;
  each_shape(check_products);
}

static double plain_norm(matrix *a) {
  double sum = 0;
  for (size_t i = 0; i < a->m; i++) {
    double row = 0;
    for (size_t j = 0; j < a->n; j++)
      row = row + *at(a, i, j) * *at(a, i, j);
    sum = sum + row;
  }
  return sqrt(sum);
}

static void plain_normalise(matrix *a, double eps, muon_normalisation how) {
  double norm = plain_norm(a), divisor = how == MUON_NORMALISE_ADD ? norm + eps : fmax(norm, eps);
  for (size_t i = 0; i < a->m; i++)
    for (size_t j = 0; j < a->n && how != MUON_NORMALISE_NONE; j++)
      *at(a, i, j) = *at(a, i, j) / divisor;
}

static void check_norm(size_t m, size_t n, size_t pad) {
  matrix g = random_matrix(m, n, pad);
  assert_true(muon_matrix_norm(g.x, g.ld, m, n) == plain_norm(&g));
  for (int how = MUON_NORMALISE_ADD; how <= MUON_NORMALISE_NONE; how++)
    for (double eps = 0x1p-20; eps < 100; eps *= 0x1p10) {
      matrix got = random_matrix(m, n, pad), want = got;
      for (size_t i = 0; i < m; i++)
        memcpy(at(&want, i, 0), at(&g, i, 0), n * sizeof *g.x);
      plain_normalise(&want, eps, (muon_normalisation)how);
      muon_matrix_normalise(got.x, got.ld, g.x, g.ld, eps, (muon_normalisation)how, m, n);
      assert_same(&got, &want);
    }
}

static void norm_and_normalisation(void **state) {
  double x[2], zero[2] = {0, 0}, huge[2] = {1e200, 1e200}, nan[2] = {1, NAN};
  (void)state;
  each_shape(check_norm);
  muon_matrix_normalise(x, 2, zero, 2, 1e-7, MUON_NORMALISE_CLAMP, 1, 2);
  assert_true(x[0] == 0 && x[1] == 0);
  muon_matrix_normalise(x, 2, zero, 2, 0, MUON_NORMALISE_ADD, 1, 2);
  assert_true(isnan(x[0]) && isnan(x[1]));
  muon_matrix_normalise(x, 2, huge, 2, 1e-7, MUON_NORMALISE_ADD, 1, 2);
  assert_true(x[0] == 0 && x[1] == 0);
  muon_matrix_normalise(x, 2, nan, 2, 1e-7, MUON_NORMALISE_CLAMP, 1, 2);
  assert_true(isnan(x[0]) && isnan(x[1]));
}

/* X <- a X + (b A + c A A^T) X, A = X X^T, in the order of the contract. */
static void plain_step(matrix *x, muon_coefficients q) {
  matrix a = {x->m, x->m, x->m, {0}}, p, t = plain_transpose(x);
  plain_gemm_nt(&a, 1, x, x, 0);
  p = a;
  plain_gemm_nt(&p, q.c, &a, &a, q.b);
  plain_gemm_nt(x, 1, &p, &t, q.a);
}

static const muon_coefficients schedule[] = {
    {3.4445, -4.7750, 2.0315}, {4.0848, -6.8946, 2.9270}, {1.875, -1.25, 0.375}, {3.4445, -4.7750, 2.0315}};

static void check_iteration(size_t m, size_t n, size_t pad) {
  for (size_t steps = 0; steps <= 4; steps++) {
    matrix g = random_matrix(m, n, pad), before = g, got = random_matrix(m, n, PAD - pad), want = got, x = g;
    double work[3 * LARGEST * LARGEST + 1];
    size_t used = muon_newton_schulz_workspace(m, n);
    work[used] = 42;
    plain_normalise(&x, 1e-7, MUON_NORMALISE_ADD);
    if (m > n)
      x = plain_transpose(&x);
    for (size_t t = 0; t < steps; t++)
      plain_step(&x, schedule[t]);
    if (m > n)
      x = plain_transpose(&x);
    for (size_t i = 0; i < m; i++)
      for (size_t j = 0; j < n; j++)
        *at(&want, i, j) = *at(&x, i, j);
    muon_newton_schulz(got.x, got.ld, g.x, g.ld, schedule, steps, 1e-7, MUON_NORMALISE_ADD, work, m, n);
    assert_same(&got, &want);
    assert_same(&g, &before);
    assert_true(work[used] == 42);
  }
}

static void iteration(void **state) {
  (void)state;
  each_shape(check_iteration);
}

/* On a diagonal matrix the iteration is the scalar polynomial on the diagonal, and 0 stays 0. */
static void diagonal_matrices_follow_the_scalar_polynomial(void **state) {
  double g[3 * 4] = {0.5, 0, 0, 0, 0, -0.25, 0, 0, 0, 0, 0x1p-30, 0}, x[3 * 4], work[2 * 9 + 12];
  (void)state;
  muon_newton_schulz(x, 4, g, 4, schedule, 2, 0, MUON_NORMALISE_NONE, work, 3, 4);
  for (size_t i = 0; i < 3; i++) {
    double s = g[5 * i];
    for (size_t t = 0; t < 2; t++) {
      double a = s * s;
      s = (schedule[t].c * (a * a) + schedule[t].b * a) * s + schedule[t].a * s;
    }
    for (size_t j = 0; j < 4; j++)
      assert_true(x[4 * i + j] == (i == j ? s : 0));
  }
}

/* The scalar step, as Horner's scheme evaluates it: from subnormal numbers to overflow. */
static void quintic(void **state) {
  (void)state;
  for (int k = -1074; k < 1024; k++) {
    double x = ldexp(1 + fabs(random_entry()), k), square = x * x;
    assert_true(muon_quintic(schedule[0].a, schedule[0].b, schedule[0].c, x) ==
                x * (schedule[0].a + square * (schedule[0].b + schedule[0].c * square)));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quintic),
      cmocka_unit_test(vectors),
      cmocka_unit_test(entrywise),
      cmocka_unit_test(products),
      cmocka_unit_test(norm_and_normalisation),
      cmocka_unit_test(iteration),
      cmocka_unit_test(diagonal_matrices_follow_the_scalar_polynomial),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
