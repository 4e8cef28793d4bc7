/* Products by integer limbs: the two instructions and the kernel against exact integers, then whole products against
 * DGEMM, bit for bit.  With AVX-512 IFMA too where the processor has it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/ball/ball.h"
#include "../../src/ball/lanes.h"
#include "../../src/ball/limbs.h"

static const uint64_t ONES = (UINT64_C(1) << 52) - 1;

/* ---- A kernel that may lie ---- */

static uint64_t lie_low, lie_high;

mc_limb_kernel __real_mc_limb_multiply_plain;
mc_limb_kernel __wrap_mc_limb_multiply_plain;

void __wrap_mc_limb_multiply_plain(uint64_t *lo, uint64_t *hi, const uint64_t *a, const uint64_t *b, size_t count) {
  __real_mc_limb_multiply_plain(lo, hi, a, b, count);
  lo[0] ^= lie_low;
  hi[0] ^= lie_high;
}

/* ---- The lanes ---- */

/* Random, or all ones, one, zero, or with bits that the instructions do not read. */
static uint64_t operand(mc_random *r) {
  uint64_t x = mc_random_u64(r), kind = mc_random_below(r, 6);
  return kind == 0 ? ONES : kind == 1 ? kind : kind == 2 ? 0 : kind == 3 ? UINT64_MAX : kind == 4 ? x : x & ONES;
}

static void lanes(void **state) {
  (void)state;
  fmpz_t product, part, expected, modulus;
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("lanes"), 0);
  fmpz_init(product);
  fmpz_init(part);
  fmpz_init(expected);
  fmpz_init(modulus);
  fmpz_one(modulus);
  fmpz_mul_2exp(modulus, modulus, 64);
  for (int trial = 0; trial < 2000; trial++) {
    uint64_t x[MC_LANES_COUNT], y[MC_LANES_COUNT], sum[MC_LANES_COUNT], lo[MC_LANES_COUNT], hi[MC_LANES_COUNT];
    for (int i = 0; i < MC_LANES_COUNT; i++) {
      x[i] = operand(&r);
      y[i] = operand(&r);
      sum[i] = mc_random_u64(&r);
    }
    mc_lanes_store(lo, mc_lanes_madd52lo(mc_lanes_load(sum), mc_lanes_load(x), mc_lanes_load(y)));
    mc_lanes_store(hi, mc_lanes_madd52hi(mc_lanes_load(sum), mc_lanes_load(x), mc_lanes_load(y)));
    for (int i = 0; i < MC_LANES_COUNT; i++) {
      fmpz_set_ui(product, x[i] & ONES);
      fmpz_mul_ui(product, product, y[i] & ONES);
      fmpz_fdiv_r_2exp(part, product, 52);
      fmpz_add_ui(part, part, sum[i]);
      fmpz_mod(expected, part, modulus);
      assert_true(fmpz_equal_ui(expected, lo[i]));
      fmpz_fdiv_q_2exp(part, product, 52);
      fmpz_add_ui(part, part, sum[i]);
      fmpz_mod(expected, part, modulus);
      assert_true(fmpz_equal_ui(expected, hi[i]));
    }
  }
  fmpz_clear(product);
  fmpz_clear(part);
  fmpz_clear(expected);
  fmpz_clear(modulus);
}

/* A tile of sums of so many products, all ones or random: lo + 2^52 hi is the sum, and neither has passed 2^64. */
static void check_kernel(mc_limb_kernel *kernel, size_t count, bool ones, mc_random *r) {
  enum { TILE = MC_LIMB_ROWS * MC_LIMB_COLUMNS };
  uint64_t lo[TILE] = {0}, hi[TILE] = {0};
  uint64_t *a = mc_alloc(count * MC_LIMB_ROWS, sizeof *a), *b = mc_alloc(count * MC_LIMB_COLUMNS, sizeof *b);
  fmpz_t sum, product, found;
  assert_true(a != NULL && b != NULL);
  for (size_t i = 0; i < count * MC_LIMB_ROWS; i++)
    a[i] = ones ? ONES : mc_random_u64(r) & ONES;
  for (size_t i = 0; i < count * MC_LIMB_COLUMNS; i++)
    b[i] = ones ? ONES : mc_random_u64(r) & ONES;
  kernel(lo, hi, a, b, count);
  fmpz_init(sum);
  fmpz_init(product);
  fmpz_init(found);
  for (size_t i = 0; i < MC_LIMB_ROWS; i++)
    for (size_t j = 0; j < MC_LIMB_COLUMNS; j += ones ? MC_LIMB_COLUMNS - 1 : 1) {
      fmpz_zero(sum);
      for (size_t k = 0; k < count; k++) {
        fmpz_set_ui(product, a[k * MC_LIMB_ROWS + i]);
        fmpz_mul_ui(product, product, b[k * MC_LIMB_COLUMNS + j]);
        fmpz_add(sum, sum, product);
      }
      fmpz_set_ui(found, hi[i * MC_LIMB_COLUMNS + j]);
      fmpz_mul_2exp(found, found, 52);
      fmpz_add_ui(found, found, lo[i * MC_LIMB_COLUMNS + j]);
      assert_true(fmpz_equal(sum, found));
    }
  fmpz_clear(sum);
  fmpz_clear(product);
  fmpz_clear(found);
  mc_free(a);
  mc_free(b);
}

/* Head-room: 2^12 products, each as large as can be. */
static void check_kernel_at_all_lengths(mc_limb_kernel *kernel) {
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("kernel"), 0);
  for (size_t count = 0; count < 70; count++)
    check_kernel(kernel, count, false, &r);
  check_kernel(kernel, 4096, false, &r);
  check_kernel(kernel, 4096, true, &r);
}

static void kernels(void **state) {
  (void)state;
  check_kernel_at_all_lengths(mc_limb_multiply_plain);
  if (mc_limb_has_ifma())
    check_kernel_at_all_lengths(mc_limb_multiply_ifma);
  else
    print_message("left out: this processor has no AVX-512 IFMA\n");
}

/* ---- Products ---- */

/* Digits in range: random, or as large as they may be. */
static mc_digits random_digits(size_t m, size_t n, int w, mc_random *r) {
  mc_digits x;
  size_t planes = 1 + mc_random_below(r, 7);
  bool extreme = mc_random_below(r, 3) == 0;
  assert_int_equal(mc_digits_init(&x, m, n, planes, (slong)mc_random_below(r, 3) - 1, w, NULL), MC_OK);
  for (size_t i = 0; i < m; i++)
    for (size_t s = 0; s < planes; s++)
      for (size_t j = 0; j < n; j++) {
        double limit = ldexp(1, s == 0 ? w - 2 + (int)mc_random_below(r, 5) : w - 1);
        double value = extreme ? limit : floor(limit * mc_random_unit(r));
        x.d[(i * planes + s) * n + j] = mc_random_u32(r) & 1 ? value : -value;
      }
  return x;
}

typedef struct {
  mc_digits x;
  mag_t error;
  mc_status status;
} result;

/* alpha op(A) B + 3 C by this backend, kept from position first on. */
static result multiply(mc_digits_backend backend, int alpha, const mc_digits *a, bool transpose, const mc_digits *b,
                       const mc_digits *c, size_t planes, slong first) {
  result y = {.status = MC_OK};
  mc_digits_sum sum;
  const size_t m = transpose ? a->n : a->m;
  mag_init(y.error);
  assert_true(mc_digits_backend_select(backend));
  y.status = mc_digits_sum_init(&sum, m, b->n, planes, first, a->w, NULL);
  if (y.status == MC_OK)
    y.status = mc_digits_sum_add(&sum, 3, c, NULL);
  if (y.status == MC_OK)
    y.status =
        a == b ? mc_digits_sum_addgram(&sum, alpha, a, NULL) : mc_digits_sum_addmul(&sum, alpha, a, transpose, b, NULL);
  if (y.status == MC_OK)
    y.status = mc_digits_sum_finish(&y.x, y.error, &sum, NULL);
  else
    mc_digits_sum_clear(&sum);
  mc_digits_backend_select(MC_DIGITS_DGEMM);
  return y;
}

static void result_clear(result *y) {
  mc_digits_clear(&y->x);
  mag_clear(y->error);
}

/* ||X - Y||_F <= bound, as far as 4000 bits can tell from equality. */
static void assert_near(const mc_digits *x, const mc_digits *y, const mag_t bound) {
  arb_mat_t X, Y;
  arb_t distance, limit;
  arf_t t;
  arf_init(t);
  arb_init(distance);
  arb_init(limit);
  arb_mat_init(X, (slong)x->m, (slong)x->n);
  arb_mat_init(Y, (slong)x->m, (slong)x->n);
  mc_digits_get_mat(X, x);
  mc_digits_get_mat(Y, y);
  arb_mat_sub(X, X, Y, 4000);
  arb_mat_frobenius_norm(distance, X, 4000);
  arf_set_mag(t, bound);
  arb_set_arf(limit, t);
  assert_true(arb_is_finite(distance) && !arb_gt(distance, limit));
  arf_clear(t);
  arb_clear(distance);
  arb_clear(limit);
  arb_mat_clear(X);
  arb_mat_clear(Y);
}

enum { MANY = 40 };

static void against_dgemm(mc_digits_backend backend) {
  int compared = 0, cut = 0;
  for (uint32_t trial = 0; trial < 600; trial++) {
    mc_random r;
    mc_random_init(&r, 1, mc_random_stream_of("against_dgemm"), trial);
    const bool gram = trial % 3 == 0, transpose = gram || mc_random_u32(&r) & 1;
    const int alpha = (int)mc_random_below(&r, 5) - 2, w = 17 + (int)mc_random_below(&r, 3);
    const size_t k = 1 + mc_random_below(&r, trial % 50 == 0 ? 3000 : MANY), n = 1 + mc_random_below(&r, MANY);
    const size_t m = gram ? n : 1 + mc_random_below(&r, MANY);
    mc_digits a = transpose ? random_digits(k, m, w, &r) : random_digits(m, k, w, &r);
    mc_digits own = random_digits(k, n, w, &r), c = random_digits(m, n, w, &r);
    const mc_digits *b = gram ? &a : &own;
    /* Room for all; for what is cut off, as much less as chance wants. */
    slong first = -4, end = a.first + (slong)a.planes + b->first + (slong)b->planes;
    if (end < c.first + (slong)c.planes)
      end = c.first + (slong)c.planes;
    const bool whole = trial % 4 != 0;
    const size_t all = (size_t)(end - first), planes = whole ? all : 3 + mc_random_below(&r, all - 3);
    result x = multiply(MC_DIGITS_DGEMM, alpha, &a, transpose, b, &c, planes, first);
    result y = multiply(backend, alpha, &a, transpose, b, &c, planes, first);
    if (x.status == MC_OK) {
      assert_int_equal(y.status, MC_OK);
      assert_int_equal(y.x.planes, planes);
      if (mag_is_zero(x.error)) {
        assert_true(mag_is_zero(y.error));
        assert_memory_equal(x.x.d, y.x.d, m * n * planes * sizeof(double));
        compared++;
      } else {
        result z = multiply(backend, alpha, &a, transpose, b, &c, all, first);
        assert_true(z.status == MC_OK && mag_is_zero(z.error));
        assert_near(&x.x, &z.x, x.error);
        assert_near(&y.x, &z.x, y.error);
        result_clear(&z);
        cut++;
      }
    }
    result_clear(&x);
    result_clear(&y);
    mc_digits_clear(&a);
    mc_digits_clear(&own);
    mc_digits_clear(&c);
  }
  print_message("%s: %d products as by DGEMM to the last bit, %d cut off\n", mc_digits_backend_name(backend), compared,
                cut);
  assert_true(compared >= 300 && cut >= 60);
}

static void products(void **state) {
  (void)state;
  against_dgemm(MC_DIGITS_LIMBS);
  if (mc_digits_backend_runs(MC_DIGITS_IFMA))
    against_dgemm(MC_DIGITS_IFMA);
  else
    print_message("left out: this processor has no AVX-512 IFMA\n");
}

/* The digits that limbs take, where DGEMM's sums would pass 2^52: against Arb, at the ends of their range. */
static void widest(void **state) {
  (void)state;
  enum { N = 20, K = 1100 };
  const int w = 24;
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("widest"), 0);
  for (int trial = 0; trial < 6; trial++) {
    mc_digits a = random_digits(N, K, w, &r), b = random_digits(K, N, w, &r), c = random_digits(N, N, w, &r);
    if (trial < 2)
      for (size_t i = 0; i < N * K; i++) { /* all limbs as far from 0 as they can be */
        for (size_t s = 0; s < a.planes; s++)
          a.d[(i / K * a.planes + s) * K + i % K] = trial ? ldexp(1, s ? w - 1 : w + 2) : -ldexp(1, s ? w - 1 : w + 2);
        for (size_t s = 0; s < b.planes; s++)
          b.d[(i / N * b.planes + s) * N + i % N] = ldexp(1, s ? w - 1 : w + 2);
      }
    result y = multiply(MC_DIGITS_LIMBS, -1, &a, false, &b, &c, 20, -4);
    arb_mat_t A, B, C, AB, Y;
    arb_mat_init(A, N, K);
    arb_mat_init(B, K, N);
    arb_mat_init(C, N, N);
    arb_mat_init(AB, N, N);
    arb_mat_init(Y, N, N);
    mc_digits_get_mat(A, &a);
    mc_digits_get_mat(B, &b);
    mc_digits_get_mat(C, &c);
    assert_int_equal(y.status, MC_OK);
    assert_true(mag_is_zero(y.error));
    mc_digits_get_mat(Y, &y.x);
    arb_mat_mul(AB, A, B, 4000);
    arb_mat_scalar_mul_si(C, C, 3, 4000);
    arb_mat_sub(C, C, AB, 4000);
    assert_true(arb_mat_equal(C, Y));
    arb_mat_clear(A);
    arb_mat_clear(B);
    arb_mat_clear(C);
    arb_mat_clear(AB);
    arb_mat_clear(Y);
    result_clear(&y);
    mc_digits_clear(&a);
    mc_digits_clear(&b);
    mc_digits_clear(&c);
  }
}

/* 1 (-1), so often that the low halves, each of 52 ones, pass 2^64 unless the sum is cut. */
static void head_room(void **state) {
  (void)state;
  enum { K = 9000 };
  static double ones[K], minus[K];
  mc_digits a = {1, K, 1, 0, 24, ones}, b = {K, 1, 1, 0, 24, minus}, c = {1, 1, 1, 0, 24, (double[]){0}};
  for (int k = 0; k < K; k++) {
    ones[k] = 1;
    minus[k] = -1;
  }
  result y = multiply(MC_DIGITS_LIMBS, 1, &a, false, &b, &c, 2, 0);
  assert_int_equal(y.status, MC_OK);
  assert_true(y.x.d[0] == 0 && y.x.d[1] == -K && mag_is_zero(y.error));
  result_clear(&y);
}

/* A leading plane would have to hold 2^53. */
static void leading_sum(void **state) {
  (void)state;
  double large[2] = {0x1p26, 0x1p26};
  mc_digits a = {1, 2, 1, 0, 24, large}, b = {2, 1, 1, 0, 24, large};
  mc_digits c = {1, 1, 1, 1, 24, (double[]){0}};
  result y = multiply(MC_DIGITS_LIMBS, 1, &a, false, &b, &c, 2, 1);
  assert_int_equal(y.status, MC_UNDECIDED);
  result_clear(&y);
}

/* ---- Faults ---- */

static mc_status product_of(size_t n, int w) {
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("product_of"), 0);
  mc_digits a = random_digits(n, n, w, &r), b = random_digits(n, n, w, &r), c = random_digits(n, n, w, &r);
  result y = multiply(MC_DIGITS_LIMBS, 1, &a, false, &b, &c, 20, -4);
  mc_status status = y.status;
  result_clear(&y);
  mc_digits_clear(&a);
  mc_digits_clear(&b);
  mc_digits_clear(&c);
  return status;
}

/* A flipped bit of any weight in either half of a sum. */
static void lying_kernel(void **state) {
  (void)state;
  assert_int_equal(product_of(5, 22), MC_OK);
  for (int bit = 0; bit < 64; bit++) {
    lie_low = UINT64_C(1) << bit;
    assert_int_equal(product_of(5, 22), MC_INTERNAL);
    lie_low = 0;
    lie_high = UINT64_C(1) << bit;
    if (bit < 63) /* twice the high half counts, modulo 2^64 */
      assert_int_equal(product_of(5, 22), MC_INTERNAL);
    lie_high = 0;
  }
}

/* Two digits of 25 bits make no limb, and of 16 bits too short a one. */
static void does_not_fit(void **state) {
  (void)state;
  assert_int_equal(product_of(5, 24), MC_OK);
  assert_int_equal(product_of(5, 25), MC_UNDECIDED);
  assert_int_equal(product_of(5, 17), MC_OK);
  assert_int_equal(product_of(5, 16), MC_UNDECIDED);
}

static void choice(void **state) {
  (void)state;
  assert_true(mc_digits_backend_select(MC_DIGITS_LIMBS));
  assert_int_equal(mc_digits_backend_selected(), MC_DIGITS_LIMBS);
  bool ifma = mc_digits_backend_select(MC_DIGITS_IFMA);
  assert_int_equal(ifma, mc_digits_backend_runs(MC_DIGITS_IFMA));
  assert_int_equal(mc_digits_backend_selected(), ifma ? MC_DIGITS_IFMA : MC_DIGITS_LIMBS);
  assert_true(mc_digits_backend_select(MC_DIGITS_DGEMM));
  /* A processor that multiplies wrongly is not used. */
  lie_low = 1;
  assert_false(mc_digits_backend_runs(MC_DIGITS_IFMA));
  lie_low = 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lanes),        cmocka_unit_test(kernels),      cmocka_unit_test(products),
      cmocka_unit_test(widest),       cmocka_unit_test(head_room),    cmocka_unit_test(leading_sum),
      cmocka_unit_test(lying_kernel), cmocka_unit_test(does_not_fit), cmocka_unit_test(choice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
