/* Whole certificates by each way of multiplying digits: whichever it is, each result lies within the radii of the
 * others; and AVX-512 IFMA gives, to the last bit of values and radii, what plain C gives in its place. */
#include "support.h"

#include "../../src/truth/path.h"

enum { MOST = 40, BACKENDS = MC_DIGITS_IFMA + 1 };

/* ||x - y||_F <= the sum of both radii, as two enclosures of one truth must be. */
static void assert_meet(const mc_enclosure *x, const mc_enclosure *y) {
  arb_mat_t difference;
  mag_t distance, allowed;
  arb_mat_init(difference, arb_mat_nrows(x->value), arb_mat_ncols(x->value));
  mag_init(distance);
  mag_init(allowed);
  arb_mat_sub(difference, x->value, y->value, REFERENCE_PREC);
  mag_add(allowed, x->radius, y->radius);
  mc_ball_mat_frobenius_upper(distance, difference);
  assert_true(mag_cmp(distance, allowed) <= 0);
  arb_mat_clear(difference);
  mag_clear(distance);
  mag_clear(allowed);
}

static void assert_same_bits(const mc_enclosure *x, const mc_enclosure *y) {
  assert_true(arb_mat_equal(x->value, y->value));
  assert_true(mag_equal(x->radius, y->radius));
}

typedef struct {
  double a[MOST * MOST];
  size_t m, n;
  slong bits;
  mc_schedule schedule;
  mc_normalisation norm;
} question;

typedef struct {
  mc_truth_polar polar;
  mc_enclosure image;
  arb_ptr sigma;
  mc_status status[3];
} answer;

static void answer_by(answer *x, const question *q, mc_digits_backend backend) {
  mc_truth_polar_init(&x->polar);
  mc_enclosure_init(&x->image);
  x->sigma = _arb_vec_init((slong)(q->m < q->n ? q->m : q->n));
  assert_true(mc_digits_backend_select(backend));
  x->status[0] = mc_polar_certify_by(&x->polar, q->a, q->m, q->n, q->bits, MC_PATH_DIGITS, NULL);
  x->status[1] = mc_ns_enclose_by(&x->image, q->a, q->m, q->n, &q->schedule, &q->norm, q->bits, MC_PATH_DIGITS, NULL);
  x->status[2] = mc_sv_enclose_by(x->sigma, q->a, q->m, q->n, q->bits, MC_PATH_DIGITS, NULL);
  assert_true(mc_digits_backend_select(MC_DIGITS_DGEMM));
}

static void answer_clear(answer *x, const question *q) {
  mc_truth_polar_clear(&x->polar);
  mc_enclosure_clear(&x->image);
  _arb_vec_clear(x->sigma, (slong)(q->m < q->n ? q->m : q->n));
}

static void compare(const answer *x, const answer *y, const question *q, bool same) {
  const slong k = (slong)(q->m < q->n ? q->m : q->n);
  if (same)
    assert_memory_equal(x->status, y->status, sizeof x->status);
  if (x->status[0] == MC_OK && y->status[0] == MC_OK)
    (same ? assert_same_bits : assert_meet)(&x->polar.factor, &y->polar.factor);
  if (x->status[1] == MC_OK && y->status[1] == MC_OK)
    (same ? assert_same_bits : assert_meet)(&x->image, &y->image);
  for (slong i = 0; i < k; i++)
    assert_true(same ? arb_equal(&x->sigma[i], &y->sigma[i]) : arb_overlaps(&x->sigma[i], &y->sigma[i]));
}

/* Random shapes and accuracies of known polar factors. */
static void draw(question *q, uint32_t trial) {
  mc_random r;
  double factor[MOST * MOST], d;
  mc_random_init(&r, 9, mc_random_stream_of("t_products"), trial);
  const size_t most = trial % 4 == 0 ? MOST : 14;
  q->m = 1 + mc_random_below(&r, most);
  q->n = trial % 2 == 0 ? q->m : 1 + mc_random_below(&r, most);
  q->bits = 53 + (slong)mc_random_below(&r, trial % 5 == 0 ? 400 : 100);
  assert_int_equal(mc_matgen_exact_polar(q->a, factor, &d, q->m, q->n, &r, NULL), MC_OK);
}

static void ways_of_multiplying(void **state) {
  const bool ifma = mc_digits_backend_runs(MC_DIGITS_IFMA);
  int certified[3] = {0};
  question q;
  (void)state;
  mc_schedule_init(&q.schedule);
  mc_normalisation_init(&q.norm, MC_NORM_FROBENIUS_ADD);
  assert_int_equal(mc_schedule_set_name(&q.schedule, "jordan", NULL), MC_OK);
  for (uint32_t trial = 0; trial < 20; trial++) {
    answer found[BACKENDS];
    draw(&q, trial);
    for (mc_digits_backend b = MC_DIGITS_DGEMM; b <= (ifma ? MC_DIGITS_IFMA : MC_DIGITS_LIMBS); b++)
      answer_by(&found[b], &q, b);
    compare(&found[MC_DIGITS_DGEMM], &found[MC_DIGITS_LIMBS], &q, false);
    if (ifma)
      compare(&found[MC_DIGITS_IFMA], &found[MC_DIGITS_LIMBS], &q, true);
    for (int i = 0; i < 3; i++)
      certified[i] += found[MC_DIGITS_LIMBS].status[i] == MC_OK;
    for (mc_digits_backend b = MC_DIGITS_DGEMM; b <= (ifma ? MC_DIGITS_IFMA : MC_DIGITS_LIMBS); b++)
      answer_clear(&found[b], &q);
  }
  mc_schedule_clear(&q.schedule);
  mc_normalisation_clear(&q.norm);
  print_message("%d polar factors, %d images, %d spectra by limbs; AVX-512 IFMA %s\n", certified[0], certified[1],
                certified[2], ifma ? "the same to the last bit" : "left out: this processor has none");
  assert_true(certified[0] >= 18 && certified[1] >= 18 && certified[2] >= 18);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(ways_of_multiplying)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
