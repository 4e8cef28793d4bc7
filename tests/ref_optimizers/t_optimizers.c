/* Momentum, weight decay, gradient, sign, Adam(W) and Muon steps of the reference.  Inputs are dyadic where the answer is known in
   closed form, so that every comparison is exact. */
#include "ref/ref.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 3 x 2 with a leading dimension of 4; the padding is NaN with a payload, so that reading or writing it shows. */
enum { ROWS = 3, COLUMNS = 2, LD = 4 };

static double padding_value(void) {
  const uint64_t bits = 0x7ff8000000abcdefU;
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static void fill(double *a, double first, double step) {
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < LD; j++)
      a[i * LD + j] = j < COLUMNS ? first + step * (double)(i * COLUMNS + j) : padding_value();
}

static void assert_same_bits(double x, double y) {
  assert_memory_equal(&x, &y, sizeof x);
}

static void assert_padding(const double *a) {
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = COLUMNS; j < LD; j++)
      assert_same_bits(a[i * LD + j], padding_value());
}

/* With mu = 1/2 and gradient 1 the average after k steps is 1 - 2^-k and the sum 2 - 2^(1-k). */
static void momentum_of_a_constant_gradient_is_geometric(void **state) {
  double g[ROWS * LD], average[ROWS * LD], sum[ROWS * LD], direction[ROWS * LD];
  (void)state;
  fill(g, 1, 0), fill(average, 0, 0), fill(sum, 0, 0), fill(direction, 7, 0);
  for (int k = 1; k <= 40; k++) {
    muon_momentum(average, LD, 0.5, 0.5, g, LD, ROWS, COLUMNS);
    muon_momentum(sum, LD, 0.5, 1.0, g, LD, ROWS, COLUMNS);
    muon_nesterov(direction, LD, 0.5, average, LD, 0.5, g, LD, ROWS, COLUMNS);
    for (size_t i = 0; i < ROWS; i++)
      for (size_t j = 0; j < COLUMNS; j++) {
        assert_same_bits(average[i * LD + j], 1 - ldexp(1, -k));
        assert_same_bits(sum[i * LD + j], 2 - ldexp(1, 1 - k));
        assert_same_bits(direction[i * LD + j], 1 - ldexp(1, -k - 1));
      }
  }
  assert_padding(average), assert_padding(sum), assert_padding(direction), assert_padding(g);
}

static void weight_decay_multiplies_by_one_minus_lr_wd(void **state) {
  double w[ROWS * LD], before[ROWS * LD];
  (void)state;
  fill(w, 8, 8);
  memcpy(before, w, sizeof w);
  muon_weight_decay(w, LD, 0.5, 0.25, ROWS, COLUMNS);
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS; j++)
      assert_same_bits(w[i * LD + j], 0.875 * before[i * LD + j]);
  assert_padding(w);
}

static void gradient_step_subtracts_lr_g(void **state) {
  double w[ROWS * LD], g[ROWS * LD];
  (void)state;
  fill(w, 8, 1), fill(g, -2, 1);
  muon_gradient_step(w, LD, 0.25, g, LD, ROWS, COLUMNS);
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS; j++) {
      double k = (double)(i * COLUMNS + j);
      assert_same_bits(w[i * LD + j], 8 + k - 0.25 * (k - 2));
    }
  assert_padding(w);
}

static void sign_of_zero_and_nan_is_the_argument(void **state) {
  const double nan = padding_value();
  (void)state;
  assert_same_bits(muon_sign(3e-320), 1);
  assert_same_bits(muon_sign(INFINITY), 1);
  assert_same_bits(muon_sign(-5), -1);
  assert_same_bits(muon_sign(-INFINITY), -1);
  assert_same_bits(muon_sign(0.0), 0.0);
  assert_same_bits(muon_sign(-0.0), -0.0);
  assert_same_bits(muon_sign(nan), nan);
}

static void sign_step_moves_by_lr_and_shows_a_nan(void **state) {
  double w[ROWS * LD], g[ROWS * LD];
  (void)state;
  fill(w, 1, 0), fill(g, -2, 1);
  g[2 * LD + 1] = (double)NAN;
  muon_sign_step(w, LD, 0.5, g, LD, ROWS, COLUMNS);
  const double expected[ROWS][COLUMNS] = {{1.5, 1.5}, {1, 0.5}, {0.5, 0}};
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS; j++)
      if (i == 2 && j == 1)
        assert_true(isnan(w[i * LD + j]));
      else
        assert_same_bits(w[i * LD + j], expected[i][j]);
  assert_padding(w);
}

/* From zero moments the first step of Adam with eps = 0 is exactly lr sign(g), whatever the betas. */
static void first_step_of_adam_is_a_sign_step(void **state) {
  double w[ROWS * LD], a[ROWS * LD], v[ROWS * LD], g[ROWS * LD];
  const muon_adam_settings s = {0.25, 0.5, 0.75, 0.5, 0.75, 0};
  (void)state;
  fill(w, 0, 0), fill(a, 0, 0), fill(v, 0, 0), fill(g, -11, 4);
  muon_adam_step(w, LD, a, LD, v, LD, s, g, LD, ROWS, COLUMNS);
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS; j++) {
      double gij = g[i * LD + j];
      assert_same_bits(a[i * LD + j], 0.5 * gij);
      assert_same_bits(v[i * LD + j], 0.25 * gij * gij);
      assert_same_bits(w[i * LD + j], gij > 0 ? -0.25 : 0.25);
    }
  assert_padding(w), assert_padding(a), assert_padding(v);
}

/* Two steps with gradients 3 and then 1, beta1 = 1/2, beta2 = 3/4: mean 1.25 / (3/4), square (27/16 + 1/4) / (7/16) = 31/7. */
static void second_step_of_adam_removes_both_biases(void **state) {
  double w = 0, a = 0, v = 0, g = 3;
  (void)state;
  muon_adam_step(&w, 1, &a, 1, &v, 1, (muon_adam_settings){1, 0.5, 0.75, 0.5, 0.75, 0}, &g, 1, 1, 1);
  assert_same_bits(w, -1);
  g = 1;
  muon_adam_step(&w, 1, &a, 1, &v, 1, (muon_adam_settings){1, 0.5, 0.75, 0.25, 0.5625, 0.5}, &g, 1, 1, 1);
  assert_same_bits(a, 1.25);
  assert_same_bits(v, 27.0 / 16 + 0.25);
  assert_same_bits(w, -1 - (1.25 / 0.75) / (sqrt((27.0 / 16 + 0.25) / 0.4375) + 0.5));
}

static void adam_without_gradient_or_eps_is_nan_and_with_eps_stays(void **state) {
  double w = 1, a = 0, v = 0;
  const double g = 0;
  (void)state;
  muon_adam_step(&w, 1, &a, 1, &v, 1, (muon_adam_settings){1, 0.5, 0.5, 0.5, 0.5, 1e-8}, &g, 1, 1, 1);
  assert_same_bits(w, 1);
  muon_adam_step(&w, 1, &a, 1, &v, 1, (muon_adam_settings){1, 0.5, 0.5, 0.5, 0.5, 0}, &g, 1, 1, 1);
  assert_true(isnan(w));
}

static void adamw_is_weight_decay_then_adam(void **state) {
  double w[ROWS * LD], a[ROWS * LD], v[ROWS * LD], g[ROWS * LD];
  double w2[ROWS * LD], a2[ROWS * LD], v2[ROWS * LD];
  const muon_adam_settings s = {1e-3, 0.9, 0.999, 0.9, 0.999, 1e-8};
  (void)state;
  fill(w, 0.1, 0.3), fill(a, 0.2, -0.1), fill(v, 0.3, 0.7), fill(g, -1, 0.41);
  memcpy(w2, w, sizeof w), memcpy(a2, a, sizeof a), memcpy(v2, v, sizeof v);
  muon_adamw_step(w, LD, a, LD, v, LD, s, 0.1, g, LD, ROWS, COLUMNS);
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS; j++)
      w2[i * LD + j] = (1 - 1e-3 * 0.1) * w2[i * LD + j];
  muon_adam_step(w2, LD, a2, LD, v2, LD, s, g, LD, ROWS, COLUMNS);
  assert_memory_equal(w, w2, sizeof w);
  assert_memory_equal(a, a2, sizeof a);
  assert_memory_equal(v, v2, sizeof v);
}

static void update_scales_are_the_published_ones(void **state) {
  (void)state;
  assert_same_bits(muon_update_scale(MUON_SCALE_NONE, 64, 4), 1);
  assert_same_bits(muon_update_scale(MUON_SCALE_RECTANGULAR, 64, 4), 4);
  assert_same_bits(muon_update_scale(MUON_SCALE_RECTANGULAR, 4, 64), 1);
  assert_same_bits(muon_update_scale(MUON_SCALE_RECTANGULAR, 5, 5), 1);
  assert_same_bits(muon_update_scale(MUON_SCALE_RECTANGULAR, 0, 0), 1);
  assert_same_bits(muon_update_scale(MUON_SCALE_RMS, 100, 3), 2);
  assert_same_bits(muon_update_scale(MUON_SCALE_RMS, 3, 100), 2);
  assert_same_bits(muon_update_scale(MUON_SCALE_RMS, 1, 1), 0.2);
}

static const muon_coefficients QUINTIC[5] = {{3.4445, -4.7750, 2.0315},
                                             {3.4445, -4.7750, 2.0315},
                                             {3.4445, -4.7750, 2.0315},
                                             {3.4445, -4.7750, 2.0315},
                                             {3.4445, -4.7750, 2.0315}};

static double *workspace(size_t n) {
  double *work = malloc((n + 1) * sizeof *work);
  assert_non_null(work);
  for (size_t i = 0; i <= n; i++)
    work[i] = padding_value();
  return work;
}

/* Without polynomials and normalisation the step is heavy-ball SGD with decay and scale: all dyadic, checked by hand. */
static void muon_without_polynomials_is_momentum_descent(void **state) {
  double w[ROWS * LD], b[ROWS * LD], g[ROWS * LD];
  const size_t size = muon_step_workspace(4, 1);
  double *work = workspace(size);
  muon_settings s = {.learning_rate = 0.5,
                     .weight_decay = 0.5,
                     .momentum = 0.5,
                     .weight = MUON_MOMENTUM_AVERAGE,
                     .nesterov = 1,
                     .normalisation = MUON_NORMALISE_NONE,
                     .scaling = MUON_SCALE_RECTANGULAR};
  double x[4] = {1, 2, 3, 4}, y[4] = {0, 0, 0, 0};
  const double z[4] = {4, 8, -4, 16};
  (void)state;
  muon_step(x, 1, y, 1, s, z, 1, QUINTIC, 0, work, 4, 1); /* scale sqrt(4/1) = 2 */
  for (size_t i = 0; i < 4; i++) {
    assert_same_bits(y[i], 0.5 * z[i]);
    assert_same_bits(x[i], 0.75 * (double)(i + 1) - 1.0 * (0.75 * z[i]));
  }
  assert_same_bits(work[size], padding_value());
  free(work);
  s.weight = MUON_MOMENTUM_SUM, s.nesterov = 0, s.scaling = MUON_SCALE_NONE;
  fill(w, 1, 1), fill(b, 2, 2), fill(g, 4, 0);
  work = workspace(muon_step_workspace(ROWS, COLUMNS));
  muon_step(w, LD, b, LD, s, g, LD, QUINTIC, 0, work, ROWS, COLUMNS);
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS; j++) {
      double k = (double)(i * COLUMNS + j), buffer = 0.5 * (2 + 2 * k) + 4;
      assert_same_bits(b[i * LD + j], buffer);
      assert_same_bits(w[i * LD + j], 0.75 * (1 + k) - 0.5 * buffer);
    }
  assert_padding(w), assert_padding(b);
  free(work);
}

/* The step is its parts: Newton–Schulz of the Nesterov direction, then the scaled update. */
static void muon_step_is_newton_schulz_between_its_halves(void **state) {
  const size_t shapes[][2] = {{3, 5}, {5, 3}, {4, 4}, {1, 6}, {6, 1}};
  (void)state;
  for (size_t c = 0; c < sizeof shapes / sizeof *shapes; c++) {
    const size_t m = shapes[c][0], n = shapes[c][1], ld = n + 2;
    double w[64], b[64], g[64], w2[64], b2[64], d[64], o[64];
    for (size_t i = 0; i < 64; i++)
      w[i] = sin(1.0 + (double)i), b[i] = cos(2.0 * (double)i), g[i] = sin(0.7 * (double)(i * i));
    memcpy(w2, w, sizeof w), memcpy(b2, b, sizeof b);
    const muon_settings s = {.learning_rate = 0.02,
                             .weight_decay = 0.1,
                             .momentum = 0.95,
                             .eps = 1e-7,
                             .weight = MUON_MOMENTUM_AVERAGE,
                             .nesterov = 1,
                             .normalisation = MUON_NORMALISE_CLAMP,
                             .scaling = MUON_SCALE_RMS};
    const size_t size = muon_step_workspace(m, n);
    double *work = workspace(size);
    muon_step(w, ld, b, ld, s, g, ld, QUINTIC, 5, work, m, n);
    assert_same_bits(work[size], padding_value());
    free(work);
    muon_direction(d, n, b2, ld, s, g, ld, m, n);
    work = workspace(muon_newton_schulz_workspace(m, n));
    muon_newton_schulz(o, n, d, n, QUINTIC, 5, s.eps, s.normalisation, work, m, n);
    free(work);
    double largest = 0;
    for (size_t i = 0; i < m * n; i++)
      largest = fmax(largest, fabs(o[i]));
    assert_true(largest > 0.1 && largest < 1.3);
    muon_update(w2, ld, s, o, n, m, n);
    assert_memory_equal(w, w2, sizeof w);
    assert_memory_equal(b, b2, sizeof b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(momentum_of_a_constant_gradient_is_geometric),
      cmocka_unit_test(weight_decay_multiplies_by_one_minus_lr_wd),
      cmocka_unit_test(gradient_step_subtracts_lr_g),
      cmocka_unit_test(sign_of_zero_and_nan_is_the_argument),
      cmocka_unit_test(sign_step_moves_by_lr_and_shows_a_nan),
      cmocka_unit_test(first_step_of_adam_is_a_sign_step),
      cmocka_unit_test(second_step_of_adam_removes_both_biases),
      cmocka_unit_test(adam_without_gradient_or_eps_is_nan_and_with_eps_stays),
      cmocka_unit_test(adamw_is_weight_decay_then_adam),
      cmocka_unit_test(update_scales_are_the_published_ones),
      cmocka_unit_test(muon_without_polynomials_is_momentum_descent),
      cmocka_unit_test(muon_step_is_newton_schulz_between_its_halves),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
