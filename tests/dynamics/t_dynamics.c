/* Exact runs and simulations: cases done by hand. */
#include "dynamics/dynamics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* G = [[0, -2], [3, 0]] = Z P with Z = [[0, -1], [1, 0]], P = diag(3, 2). */
static void polar_factor_by_hand(void **state) {
  (void)state;
  static const double entries[4] = {0, -2, 3, 0}, expected[4] = {0, -1, 1, 0};
  double z[4];
  arb_mat_t g;
  arb_mat_init(g, 2, 2);
  mc_ball_mat_set_double(g, entries);
  assert_int_equal(mc_dynamics_polar_exact(z, g, 2, 64, NULL), MC_OK);
  assert_memory_equal(z, expected, sizeof z);
  arb_set_si(arb_mat_entry(g, 0, 1), 0); /* rank one: the null direction is left out */
  assert_int_equal(mc_dynamics_polar_exact(z, g, 2, 64, NULL), MC_OK);
  assert_true(z[2] == 1 && z[1] == 0 && z[0] == 0 && z[3] == 0);
  arb_set_si(arb_mat_entry(g, 0, 0), 1); /* [[1, 0], [3, 0]]: its factor is on no dyadic grid */
  assert_int_equal(mc_dynamics_polar_exact(z, g, 20, 64, NULL), MC_UNDECIDED);
  arb_mat_clear(g);
}

static void orthogonal_matrices_are_exact(void **state) {
  (void)state;
  for (size_t n = 1; n <= 70; n += 23) {
    double *q = calloc(n * n, sizeof *q);
    mc_random r;
    mc_random_init(&r, 1, 2, (uint32_t)n);
    mc_dynamics_draw_exact_orthogonal(q, n, &r);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++) {
        double sum = 0; /* exact: multiples of 2^-6 below 1 */
        for (size_t k = 0; k < n; k++)
          sum += q[i * n + k] * q[j * n + k];
        assert_true(sum == (i == j));
      }
    free(q);
  }
}

/* W = diag(5/4, 1/2) in turned bases, alpha = 1/2: 5/4, 3/4, 1/4, -1/4 and 1/2, 0, 0, 0. */
static void norm_by_hand(void **state) {
  (void)state;
  static const double turn[4] = {0, 1, -1, 0}, one[4] = {1, 0, 0, 1}, start[2] = {1.25, 0.5};
  static const double expected[8] = {1.25, 0.5, 0.75, 0, 0.25, 0, -0.25, 0};
  const mc_aligned_run run = {
      .kind = MC_ALIGNED_NORM, .n = 2, .steps = 3, .a = turn, .b = one, .start = start, .rate = 0.5, .decay = 1};
  arb_ptr modes = _arb_vec_init(8);
  arb_t coupled;
  arb_init(coupled);
  assert_int_equal(mc_dynamics_aligned_exact(modes, NULL, coupled, &run, 64, NULL), MC_OK);
  for (size_t i = 0; i < 8; i++)
    assert_true(arb_is_exact(modes + i) && arf_cmp_d(arb_midref(modes + i), expected[i]) == 0);
  assert_true(arb_is_zero(coupled));
  mc_aligned_run skew = run;
  static const double not_orthogonal[4] = {1, 1, 0, 1};
  skew.a = not_orthogonal;
  assert_int_equal(mc_dynamics_aligned_exact(modes, NULL, coupled, &skew, 64, NULL), MC_UNDECIDED);
  arb_clear(coupled);
  _arb_vec_clear(modes, 8);
}

/* One mode: p = q = 1/4, s = 1, eta = 1/4: 1/4, 1/2, 3/4, 1, and there it stays. */
static void factorisation_by_hand(void **state) {
  (void)state;
  static const double one[1] = {1}, start[1] = {0.25};
  const mc_aligned_run run = {.kind = MC_ALIGNED_FACTORISATION,
                              .n = 1,
                              .steps = 4,
                              .values = one,
                              .a = one,
                              .b = one,
                              .c = one,
                              .start = start,
                              .start_q = start,
                              .rate = 0.25,
                              .decay = 1};
  arb_ptr p = _arb_vec_init(5), q = _arb_vec_init(5);
  arb_t coupled;
  arb_init(coupled);
  assert_int_equal(mc_dynamics_aligned_exact(p, q, coupled, &run, 64, NULL), MC_OK);
  for (size_t t = 0; t <= 4; t++)
    assert_true(arf_cmp_d(arb_midref(p + t), t < 3 ? 0.25 * (double)(t + 1) : 1) == 0 && arb_equal(p + t, q + t));
  arb_clear(coupled);
  _arb_vec_clear(p, 5);
  _arb_vec_clear(q, 5);
}

static double cell(const mc_dynamics_table *t, size_t row, const char *name) {
  for (size_t j = 0; j < t->columns; j++)
    if (!strcmp(t->names[j], name))
      return t->cells[row * t->columns + j];
  fail_msg("no column %s", name);
  return NAN;
}

/* Muon leaves the saddle by eta a step; gradient descent grows by 1 + eta lambda. */
static void saddle(void **state) {
  (void)state;
  mc_dynamics_experiment x = {
      .model = mc_dynamics_model_find("saddle"), .optimizer = mc_optimizer_default(), .steps = 20, .seed = 3};
  mc_dynamics_table t;
  assert_int_equal(mc_dynamics_simulate_approx(&t, &x, NULL), MC_OK);
  assert_int_equal(t.rows, 21);
  assert_true(fabs(cell(&t, 20, "s") - (0.001 + 20 * 0.02)) < 1e-9 && fabs(cell(&t, 7, "z") + 1) < 1e-9);
  mc_dynamics_table_clear(&t);
  x.optimizer.kind = MC_OPTIMIZER_GRADIENT;
  assert_int_equal(mc_dynamics_simulate_approx(&t, &x, NULL), MC_OK);
  assert_true(fabs(cell(&t, 20, "s") / (0.001 * pow(1.02, 20)) - 1) < 1e-6);
  mc_dynamics_table_clear(&t);
}

/* Newton–Schulz through src/ref and through the BLAS: the same up to rounding, and each the same at every run. */
static void schedules(void **state) {
  (void)state;
  mc_dynamics_experiment x = {
      .model = mc_dynamics_model_find("saddle"), .optimizer = mc_optimizer_default(), .steps = 15, .seed = 5};
  mc_dynamics_table t, again, reference;
  x.optimizer.kind = MC_OPTIMIZER_MUON_SCHEDULE;
  assert_int_equal(mc_dynamics_simulate_approx(&t, &x, NULL), MC_OK);
  assert_int_equal(mc_dynamics_simulate_approx(&again, &x, NULL), MC_OK);
  assert_memory_equal(t.cells + t.columns, again.cells + t.columns, (t.rows - 1) * t.columns * sizeof *t.cells);
  x.optimizer.reference = true;
  assert_int_equal(mc_dynamics_simulate_approx(&reference, &x, NULL), MC_OK);
  double a = cell(&t, 15, "s"), b = cell(&reference, 15, "s");
  assert_true(fabs(a - b) < 1e-9 && a > 0.1);
  mc_dynamics_table_clear(&t);
  mc_dynamics_table_clear(&again);
  mc_dynamics_table_clear(&reference);
}

/* Every model takes every optimizer that it should, and refuses the others with words. */
static void models_and_optimizers(void **state) {
  (void)state;
  for (size_t i = 0; mc_dynamics_model_get(i); i++)
    for (int k = 0; k < MC_OPTIMIZERS; k++) {
      mc_dynamics_experiment x = {
          .model = mc_dynamics_model_get(i), .optimizer = mc_optimizer_default(), .steps = 3, .seed = 1};
      mc_dynamics_table t;
      mc_error e = {0};
      x.optimizer.kind = (mc_optimizer_kind)k;
      x.optimizer.rates[0] = 1e-3;
      mc_status status = mc_dynamics_simulate_approx(&t, &x, &e);
      if (status == MC_OK) {
        double first = cell(&t, 0, "loss"), last = cell(&t, 3, "loss");
        assert_true(isfinite(last) && last <= first * (1 + 1e-9) + 1e-3);
      } else
        assert_true(status == MC_BAD_INPUT && strstr(e.text, "quadratic"));
      mc_dynamics_table_clear(&t);
    }
}

/* Exact line search decreases a quadratic's loss, and the greedy choice decreases the first one at least as much. */
static void line_searches(void **state) {
  (void)state;
  double loss[2];
  for (int k = 0; k < 2; k++) {
    mc_dynamics_experiment x = {
        .model = mc_dynamics_model_find("quadratic"), .optimizer = mc_optimizer_default(), .steps = 1, .seed = 9};
    mc_dynamics_table t;
    x.optimizer.kind = k == 0 ? MC_OPTIMIZER_LINE_SEARCH : MC_OPTIMIZER_GREEDY;
    assert_int_equal(mc_dynamics_simulate_approx(&t, &x, NULL), MC_OK);
    assert_true(cell(&t, 1, "loss") < cell(&t, 0, "loss"));
    loss[k] = cell(&t, 1, "loss");
    mc_dynamics_table_clear(&t);
  }
  assert_true(loss[1] <= loss[0] * (1 + 1e-12));
}

static void landscape(void **state) {
  (void)state;
  mc_dynamics_experiment x = {
      .model = mc_dynamics_model_find("saddle"), .optimizer = mc_optimizer_default(), .steps = 0, .seed = 1};
  mc_dynamics_table t;
  assert_int_equal(mc_dynamics_landscape_approx(&t, &x, 5, 0.5, NULL), MC_OK);
  assert_int_equal(t.rows, 25);
  double middle = cell(&t, 12, "loss"), right = cell(&t, 14, "loss"), above = cell(&t, 22, "loss");
  assert_true(cell(&t, 12, "x") == 0 && right < middle && above != middle); /* curvature -1 along the spike */
  assert_true(fabs(right - (middle - 0.5 * (0.501 * 0.501 - 0.001 * 0.001))) < 1e-9);
  mc_dynamics_table_clear(&t);
}

static void bad_values(void **state) {
  (void)state;
  double values[16] = {0};
  mc_dynamics_experiment x = {
      .model = mc_dynamics_model_find("saddle"), .values = values, .optimizer = mc_optimizer_default(), .steps = 1};
  mc_dynamics_table t;
  mc_error e = {0};
  assert_int_equal(mc_dynamics_simulate_approx(&t, &x, &e), MC_BAD_INPUT);
  assert_non_null(strstr(e.text, "rows"));
  x.values = NULL;
  x.optimizer.kind = MC_OPTIMIZER_MUON_SCHEDULE;
  x.optimizer.schedule = "jordann";
  assert_int_equal(mc_dynamics_simulate_approx(&t, &x, &e), MC_BAD_INPUT);
  assert_null(mc_dynamics_model_find("saddles"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(polar_factor_by_hand),
      cmocka_unit_test(orthogonal_matrices_are_exact),
      cmocka_unit_test(norm_by_hand),
      cmocka_unit_test(factorisation_by_hand),
      cmocka_unit_test(saddle),
      cmocka_unit_test(schedules),
      cmocka_unit_test(models_and_optimizers),
      cmocka_unit_test(line_searches),
      cmocka_unit_test(landscape),
      cmocka_unit_test(bad_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
