/* What is carried along while U is corrected in digits, held against exact arithmetic: B = A^T U, and R = A - U A^T U,
 * or 2 E = 2 I - 2 U^T U and K = B^T - B, each within its own bound.  Few planes, so that much is dropped; down to one
 * entry, where nothing averages out and the bounds are nearly sharp. */
#include "support.h"

#include "../../src/truth/digit_residual.h"

/* ||X||_F <= bound, as far as 4000 bits can tell from equality. */
static void assert_at_most(const arb_mat_t X, const mag_t bound) {
  arb_t norm, limit;
  arf_t t;
  arf_init(t);
  arb_init(norm);
  arb_init(limit);
  arb_mat_frobenius_norm(norm, X, 4000);
  arf_set_mag(t, bound);
  arb_set_arf(limit, t);
  assert_true(arb_is_finite(norm) && !arb_gt(norm, limit));
  arf_clear(t);
  arb_clear(norm);
  arb_clear(limit);
}

/* ||X - Y||_F <= bound. */
static void assert_within(const arb_mat_t X, const mc_digits *y, const mag_t bound) {
  arb_mat_t Y;
  arb_mat_init(Y, (slong)y->m, (slong)y->n);
  mc_digits_get_mat(Y, y);
  arb_mat_sub(Y, X, Y, 4000);
  assert_at_most(Y, bound);
  arb_mat_clear(Y);
}

static void check(const mc_digit_residual *s) {
  const slong m = (slong)s->U.m, n = (slong)s->U.n;
  arb_mat_t A, U, B, R, transposed;
  mag_t bound, product;
  mag_init(bound);
  mag_init(product);
  arb_mat_init(A, m, n);
  arb_mat_init(U, m, n);
  arb_mat_init(B, n, n);
  arb_mat_init(R, m, n);
  arb_mat_init(transposed, n, m);
  mc_digits_get_mat(A, &s->a.A);
  mc_digits_get_mat(U, &s->U);
  assert_at_most(U, s->u_norm);
  arb_mat_transpose(transposed, A);
  arb_mat_mul(B, transposed, U, 4000);
  assert_within(B, &s->B, s->b_error);
  arb_mat_mul(R, U, B, 4000);
  arb_mat_sub(R, A, R, 4000);
  mc_ball_mat_frobenius_upper(product, B);
  mc_digit_residual_upper(bound, s, product);
  assert_at_most(R, bound);
  if (s->square) {
    arb_mat_transpose(transposed, B);
    arb_mat_sub(transposed, transposed, B, 4000);
    assert_within(transposed, &s->skew, s->skew_error);
    arb_mat_transpose(transposed, U);
    arb_mat_mul(B, transposed, U, 4000);
    for (slong i = 0; i < n; i++)
      arb_sub_ui(arb_mat_entry(B, i, i), arb_mat_entry(B, i, i), 1, 4000);
    arb_mat_scalar_mul_si(R, B, -2, 4000);
  }
  assert_within(R, &s->residual, s->error);
  arb_mat_clear(A);
  arb_mat_clear(U);
  arb_mat_clear(B);
  arb_mat_clear(R);
  arb_mat_clear(transposed);
  mag_clear(bound);
  mag_clear(product);
}

/* Returns the number of corrections. */
static int follow(size_t m, size_t n, size_t planes, mc_random *r) {
  double a[16] = {0}, room[16];
  int corrections = 0;
  mc_input in;
  mc_svd svd = {0};
  mc_polar_buffers b;
  const bool constant = n == 1 && mc_random_u32(r) & 1; /* equal rows: no sum averages out */
  const double size = ldexp(1, -(int)mc_random_below(r, 31)), change = 1 + size * (2 * mc_random_unit(r) - 1);
  for (size_t i = 0; i < m * n; i++)
    a[i] = constant && i > 0 ? a[0] : 2 * mc_random_unit(r) - 1;
  assert_int_equal(mc_input_set_double(&in, a, m, n, 8, 200, NULL), MC_OK);
  assert_int_equal(mc_svd_approx(&svd, in.t, in.m, in.n, NULL), MC_OK);
  for (size_t i = 0; i < m * n; i++) /* so that there is something to correct */
    svd.w[i] = constant ? svd.w[0] * (i > 0 ? 1 : change) : svd.w[i] * (1 - size * mc_random_unit(r));
  assert_int_equal(mc_polar_buffers_init(&b, m, n, NULL), MC_OK);
  mc_digit_residual s = {
      .svd = &svd, .planes = planes, .factor_planes = planes - mc_random_below(r, 3), .start_planes = 2, .w = 20};
  mc_status status = mc_digit_residual_start(&s, &in, room, NULL);
  assert_int_equal(status, MC_OK);
  while (status == MC_OK && corrections < 4) {
    check(&s);
    status = mc_digit_residual_correct(&s, &b, NULL);
    corrections += status == MC_OK;
  }
  mc_digit_residual_clear(&s);
  mc_polar_buffers_clear(&b);
  mc_svd_clear(&svd);
  mc_input_clear(&in);
  return corrections;
}

static void bounds_hold(void **state) {
  (void)state;
  int corrections = 0;
  for (uint32_t trial = 0; trial < 5000; trial++) {
    mc_random r;
    mc_random_init(&r, 1, mc_random_stream_of("bounds_hold"), trial);
    size_t n = trial % 2 ? 1 : 1 + mc_random_below(&r, 4), m = trial % 4 < 2 ? n : n + mc_random_below(&r, 5 - n);
    corrections += follow(m, n, 3 + mc_random_below(&r, 5), &r);
  }
  print_message("%d corrections\n", corrections);
  assert_true(corrections >= 600);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(bounds_hold)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
