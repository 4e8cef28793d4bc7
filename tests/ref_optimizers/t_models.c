/* The gradients of the two models, on inputs for which every operation is exact, against their definitions. */
#include "ref/ref.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { M = 4, N = 16 };

/* Unit vectors with entries +-1/2 and +-1/4, W with small integers: all sums and products below are exact. */
static void saddle_gradient_multiplies_each_block_by_its_curvature(void **state) {
  const double sign[2] = {1, -1};
  double u[M], v[N], w[M][N], c[M] = {0}, r[N] = {0}, s = 0;
  const muon_saddle k = {.lambda = 2, .row = 3, .column = 0.5, .bulk = 16};
  (void)state;
  for (size_t i = 0; i < M; i++)
    u[i] = 0.5 * sign[i == 1];
  for (size_t j = 0; j < N; j++)
    v[j] = 0.25 * sign[j % 3 == 0];
  for (size_t i = 0; i < M; i++)
    for (size_t j = 0; j < N; j++)
      w[i][j] = (double)((int)(7 * i * i + 5 * j * (i + 1)) % 23 - 11);
  for (size_t i = 0; i < M; i++)
    for (size_t j = 0; j < N; j++)
      c[i] += w[i][j] * v[j], r[j] += u[i] * w[i][j], s += u[i] * w[i][j] * v[j];
  double h[M][N + 1], b[M], a[N], t[N * M], c2[M], r2[N];
  for (size_t i = 0; i < M; i++)
    h[i][N] = 42;
  muon_saddle_gradient(&h[0][0], N + 1, b, a, t, c2, r2, k, &w[0][0], N, u, v, M, N);
  for (size_t i = 0; i < M; i++) {
    for (size_t j = 0; j < N; j++) {
      double corner = s * u[i] * v[j], row = u[i] * (r[j] - s * v[j]), column = (c[i] - s * u[i]) * v[j];
      double bulk = w[i][j] - corner - row - column;
      assert_true(h[i][j] == -k.lambda * corner + k.row * row + k.column * column + k.bulk * bulk);
    }
    assert_true(h[i][N] == 42);
  }
  assert_memory_equal(c, c2, sizeof c);
  assert_memory_equal(r, r2, sizeof r);
}

/* The corner direction u v^T is an eigenvector with eigenvalue -lambda. */
static void saddle_has_one_descending_direction(void **state) {
  const double u[2] = {0, 1}, v[3] = {0, 0, -1};
  const muon_saddle k = {.lambda = 0.25, .row = 7, .column = 5, .bulk = 3};
  double w[2][3] = {{0, 0, 0}, {0, 0, -8}}, h[2][3], b[2], a[3], t[6], c[2], r[3];
  (void)state;
  muon_saddle_gradient(&h[0][0], 3, b, a, t, c, r, k, &w[0][0], 3, u, v, 2, 3);
  for (size_t i = 0; i < 2; i++)
    for (size_t j = 0; j < 3; j++)
      assert_true(h[i][j] == -0.25 * w[i][j]);
}

/* The step of the saddle is Muon's step with the gradient H(W) + N; both parts are tested on their own. */
static void saddle_step_is_muon_on_the_noisy_gradient(void **state) {
  const double u[2] = {0.6, 0.8}, v[3] = {0, 1, 0};
  const muon_saddle k = {.lambda = 0.25, .row = 7, .column = 5, .bulk = 3};
  const muon_settings s = {.learning_rate = 0.125, .momentum = 0.5, .eps = 1e-7, .nesterov = 1};
  const muon_coefficients schedule[2] = {{3.4445, -4.7750, 2.0315}, {1.5, -0.5, 0}};
  const double noise[6] = {1, -2, 3, 0.5, 0.25, -4};
  double w[6] = {1, 2, 3, 4, 5, 6}, buffer[6] = {1, 1, 1, 1, 1, 1}, work[26];
  double w2[6], buffer2[6], h[6], h2[6], b[2], a[3], t[6], c[2], r[3];
  (void)state;
  assert_int_equal(muon_step_workspace(2, 3), sizeof work / sizeof *work);
  memcpy(w2, w, sizeof w), memcpy(buffer2, buffer, sizeof buffer);
  muon_saddle_step(w, 3, buffer, 3, h, b, a, t, c, r, work, k, u, v, noise, 3, s, schedule, 2, 2, 3);
  muon_saddle_gradient(h2, 3, b, a, t, c, r, k, w2, 3, u, v, 2, 3);
  for (size_t i = 0; i < 6; i++)
    h2[i] += noise[i];
  assert_memory_equal(h, h2, sizeof h);
  muon_step(w2, 3, buffer2, 3, s, h2, 3, schedule, 2, work, 2, 3);
  assert_memory_equal(w, w2, sizeof w);
  assert_memory_equal(buffer, buffer2, sizeof buffer);
}

enum { P_ROWS = 3, Q_ROWS = 2, D = 4 };

/* ||M - P Q^T||_F^2 / 2 in integers. */
static double loss(double p[P_ROWS][D], double q[Q_ROWS][D], double m[P_ROWS][Q_ROWS]) {
  double sum = 0;
  for (size_t i = 0; i < P_ROWS; i++)
    for (size_t j = 0; j < Q_ROWS; j++) {
      double e = m[i][j];
      for (size_t l = 0; l < D; l++)
        e -= p[i][l] * q[j][l];
      sum += e * e;
    }
  return sum / 2;
}

/* Small integers, on which the gradients and the loss are exact. */
static void fill(double p[P_ROWS][D], double q[Q_ROWS][D], double m[P_ROWS][Q_ROWS]) {
  for (size_t i = 0; i < P_ROWS; i++) {
    for (size_t l = 0; l < D; l++)
      p[i][l] = (double)((int)(i * 5 + l * 3) % 7 - 3);
    for (size_t j = 0; j < Q_ROWS; j++)
      m[i][j] = (double)((int)(i * 11 + j * 4) % 9 - 4);
  }
  for (size_t j = 0; j < Q_ROWS; j++)
    for (size_t l = 0; l < D; l++)
      q[j][l] = (double)((int)(j * 4 + l * 5) % 11 - 5);
}

/* The loss is quadratic in P and in Q, so that the central difference is the derivative exactly. */
static void factorisation_gradients_are_central_differences(void **state) {
  double p[P_ROWS][D], q[Q_ROWS][D], m[P_ROWS][Q_ROWS], in_p[P_ROWS][D], in_q[Q_ROWS][D];
  double r[P_ROWS * Q_ROWS], s[Q_ROWS * P_ROWS], x[D * Q_ROWS], y[D * P_ROWS];
  (void)state;
  fill(p, q, m);
  muon_factorisation_gradients(&in_p[0][0], D, &in_q[0][0], D, r, s, x, y, &p[0][0], D, &q[0][0], D, &m[0][0], Q_ROWS,
                               P_ROWS, Q_ROWS, D);
  for (size_t l = 0; l < D; l++) {
    for (size_t i = 0; i < P_ROWS; i++) {
      const double at = p[i][l];
      p[i][l] = at + 1;
      double up = loss(p, q, m);
      p[i][l] = at - 1;
      double down = loss(p, q, m);
      p[i][l] = at;
      assert_true(in_p[i][l] == (up - down) / 2);
    }
    for (size_t j = 0; j < Q_ROWS; j++) {
      const double at = q[j][l];
      q[j][l] = at + 1;
      double up = loss(p, q, m);
      q[j][l] = at - 1;
      double down = loss(p, q, m);
      q[j][l] = at;
      assert_true(in_q[j][l] == (up - down) / 2);
    }
  }
}

/* Both gradients are those at the old P and Q; the column behind P and the two behind Q stay as they are. */
static void factorisation_step_descends_in_both_factors_at_once(void **state) {
  double p[P_ROWS][D], q[Q_ROWS][D], m[P_ROWS][Q_ROWS], in_p[P_ROWS][D], in_q[Q_ROWS][D];
  double r[P_ROWS * Q_ROWS], s[Q_ROWS * P_ROWS], x[D * Q_ROWS], y[D * P_ROWS];
  double p2[P_ROWS][D + 1], q2[Q_ROWS][D + 2], u[P_ROWS][D], v[Q_ROWS][D];
  const double lr = 0.125;
  (void)state;
  fill(p, q, m);
  for (size_t i = 0; i < P_ROWS; i++)
    memcpy(p2[i], p[i], sizeof p[i]), p2[i][D] = 42;
  for (size_t j = 0; j < Q_ROWS; j++)
    memcpy(q2[j], q[j], sizeof q[j]), q2[j][D] = q2[j][D + 1] = 43;
  muon_factorisation_step(&p2[0][0], D + 1, &q2[0][0], D + 2, &u[0][0], &v[0][0], r, s, x, y, lr, &m[0][0], Q_ROWS,
                          P_ROWS, Q_ROWS, D);
  muon_factorisation_gradients(&in_p[0][0], D, &in_q[0][0], D, r, s, x, y, &p[0][0], D, &q[0][0], D, &m[0][0], Q_ROWS,
                               P_ROWS, Q_ROWS, D);
  assert_memory_equal(u, in_p, sizeof u);
  assert_memory_equal(v, in_q, sizeof v);
  for (size_t i = 0; i < P_ROWS; i++) {
    for (size_t l = 0; l < D; l++)
      assert_true(p2[i][l] == p[i][l] - lr * in_p[i][l]);
    assert_true(p2[i][D] == 42);
  }
  for (size_t j = 0; j < Q_ROWS; j++) {
    for (size_t l = 0; l < D; l++)
      assert_true(q2[j][l] == q[j][l] - lr * in_q[j][l]);
    assert_true(q2[j][D] == 43 && q2[j][D + 1] == 43);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(saddle_gradient_multiplies_each_block_by_its_curvature),
      cmocka_unit_test(saddle_has_one_descending_direction),
      cmocka_unit_test(saddle_step_is_muon_on_the_noisy_gradient),
      cmocka_unit_test(factorisation_gradients_are_central_differences),
      cmocka_unit_test(factorisation_step_descends_in_both_factors_at_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
