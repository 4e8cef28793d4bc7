/* Range, basin, zones: known answers, and random schedules against their own values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/schedule/schedule.h"

enum { BITS = 128 };

static void set(mc_schedule *s, const char *name) {
  mc_schedule_init(s);
  assert_int_equal(mc_schedule_set_name(s, name, NULL), MC_OK);
}

/* Does the ball hold the decimal, and little else? */
static void assert_ball(const arb_t x, const char *decimal, double width) {
  arb_t known;
  fmpq_t q;
  arb_init(known);
  fmpq_init(q);
  assert_int_equal(mc_ball_fmpq_set_text(q, decimal, NULL), MC_OK);
  arb_set_fmpq(known, q, 200);
  mag_t w;
  mag_init(w);
  mag_set_d(w, width);
  arb_add_error_mag(known, w);
  mag_clear(w);
  if (!arb_overlaps(x, known) || mag_cmp_2exp_si(arb_radref(x), -40) > 0)
    fail_msg("%s is expected, %.17g found", decimal, arf_get_d(arb_midref(x), ARF_RND_NEAR));
  arb_clear(known);
  fmpq_clear(q);
}

static void assert_range(const char *name, const char *from, const char *to, const char *least, const char *greatest) {
  mc_schedule s;
  arb_t u, v;
  fmpq_t q;
  set(&s, name);
  arb_init(u);
  arb_init(v);
  fmpq_init(q);
  mc_schedule_shape *shape = mc_schedule_shape_new(&s, BITS);
  mc_ball_fmpq_set_text(q, from, NULL);
  arb_set_fmpq(u, q, BITS);
  mc_ball_fmpq_set_text(q, to, NULL);
  arb_set_fmpq(v, q, BITS);
  mc_schedule_range_enclose(u, v, shape, s.count);
  assert_ball(u, least, 1e-14);
  assert_ball(v, greatest, 1e-14);
  mc_schedule_shape_free(shape);
  arb_clear(u);
  arb_clear(v);
  fmpq_clear(q);
  mc_schedule_clear(&s);
}

/* Chebyshev polynomials keep [-1, 1], and compose; the rest is papers.md, S1.L2 and section 5. */
static void known_ranges(void **state) {
  (void)state;
  assert_range("-3,4", "-1", "1", "-1", "1");
  assert_range("5,-20,16", "-1", "1", "-1", "1");
  assert_range("-7,56,-112,64", "-1", "1", "-1", "1");
  assert_range("-3,4; 5,-20,16; -3,4", "-1", "1", "-1", "1");
  assert_range("-3,4", "0", "1/4", "-11/16", "0");
  assert_range("3.4445,-4.775,2.0315", "0.6", "1.205", "0.681831462177185", "1.19326944");
  assert_range("jordan", "0.03", "1", "0.681831462177185", "1.134357264562478");
  assert_range("jordan", "-1", "1", "-1.202368605163213", "1.202368605163213");
  assert_range("2", "-3", "5", "-6", "10");
  assert_range("0,0,1", "-2", "1", "-32", "1");
}

static void random_schedule(mc_schedule *s, mc_random *r) {
  mc_text t;
  mc_text_init(&t);
  size_t steps = 1 + mc_random_below(r, 4);
  for (size_t k = 0; k < steps; k++) {
    size_t terms = 1 + mc_random_below(r, 4);
    for (size_t j = 0; j < terms; j++)
      mc_text_printf(&t, "%s%.3f", j > 0 ? "," : k > 0 ? ";" : "", 6 * mc_random_unit(r) - 3);
  }
  mc_schedule_init(s);
  assert_int_equal(mc_schedule_set_text(s, t.data, NULL), MC_OK);
  mc_text_clear(&t);
}

/* P(x), in balls. */
static void evaluate(arb_t x, const mc_schedule *s) {
  arb_t square, sum;
  arb_init(square);
  arb_init(sum);
  for (size_t k = 0; k < s->count; k++) {
    arb_mul(square, x, x, BITS);
    arb_zero(sum);
    for (slong j = s->steps[k].terms; j-- > 0;) {
      arb_t c;
      arb_init(c);
      arb_set_fmpq(c, &s->steps[k].c[j], BITS);
      arb_mul(sum, sum, square, BITS);
      arb_add(sum, sum, c, BITS);
      arb_clear(c);
    }
    arb_mul(x, x, sum, BITS);
  }
  arb_clear(square);
  arb_clear(sum);
}

/* No value lies outside the range, and both ends are nearly attained. */
static void random_ranges(void **state) {
  (void)state;
  enum { TRIALS = 200, POINTS = 2000 };
  mc_random r;
  mc_random_init(&r, 1, mc_random_stream_of("t_shape"), 0);
  for (int trial = 0; trial < TRIALS; trial++) {
    mc_schedule s;
    random_schedule(&s, &r);
    double a = 2 * mc_random_unit(&r) - 1, b = a + mc_random_unit(&r);
    arb_t u, v, x;
    arb_init(u);
    arb_init(v);
    arb_init(x);
    arb_set_d(u, a);
    arb_set_d(v, b);
    mc_schedule_shape *shape = mc_schedule_shape_new(&s, BITS);
    mc_schedule_range_enclose(u, v, shape, s.count);
    double least = INFINITY, greatest = -INFINITY;
    for (int i = 0; i <= POINTS; i++) {
      arb_set_d(x, a + (b - a) * i / POINTS);
      if (arb_contains_negative(x) && a >= 0)
        continue;
      evaluate(x, &s);
      assert_false(arb_lt(x, u) && i > 0 && i < POINTS);
      assert_false(arb_gt(x, v) && i > 0 && i < POINTS);
      least = fmin(least, arf_get_d(arb_midref(x), ARF_RND_NEAR));
      greatest = fmax(greatest, arf_get_d(arb_midref(x), ARF_RND_NEAR));
    }
    double lo = arf_get_d(arb_midref(u), ARF_RND_NEAR), hi = arf_get_d(arb_midref(v), ARF_RND_NEAR);
    if (fabs(lo - least) > 0.05 * (1 + hi - lo) || fabs(hi - greatest) > 0.05 * (1 + hi - lo))
      fail_msg("trial %d: [%g, %g], but [%g, %g] on a grid", trial, lo, hi, least, greatest);
    mc_schedule_shape_free(shape);
    arb_clear(u);
    arb_clear(v);
    arb_clear(x);
    mc_schedule_clear(&s);
  }
}

/* The largest |iterate| of x when the last row, or the table, goes on for `rounds` rounds. */
static double orbit(const mc_schedule *s, double x, mc_beyond beyond, int rounds) {
  double largest = 0;
  for (int i = 0; i < rounds && fabs(x) < 1e6; i++)
    for (size_t k = beyond == MC_BEYOND_LAST && i > 0 ? s->count - 1 : 0; k < s->count; k++) {
      double sum = 0;
      for (slong j = s->steps[k].terms; j-- > 0;)
        sum = sum * x * x + fmpz_get_d(fmpq_numref(&s->steps[k].c[j])) / fmpz_get_d(fmpq_denref(&s->steps[k].c[j]));
      x *= sum;
      largest = fmax(largest, fabs(x));
    }
  return largest;
}

static void known_basins(void **state) {
  (void)state;
  static const struct {
    const char *name;
    mc_beyond beyond;
    double radius;
  } known[] = {
      {"jordan", MC_BEYOND_LAST, 1.263729067298377}, {"cubic", MC_BEYOND_LAST, 2.23606797749979},
      {"cubic", MC_BEYOND_CYCLE, 2.23606797749979},  {"pade", MC_BEYOND_LAST, 1.527525231651947},
      {"2,-1", MC_BEYOND_LAST, 1.7320508075688772},  {"cans", MC_BEYOND_LAST, 1.0000064186153352},
      {"aol", MC_BEYOND_CYCLE, 1.177142129151495},   {"aol", MC_BEYOND_LAST, 1.1769497153037288},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    mc_schedule s;
    arf_t lower, upper;
    set(&s, known[i].name);
    arf_init(lower);
    arf_init(upper);
    assert_int_equal(mc_schedule_basin_enclose(lower, upper, &s, known[i].beyond, BITS, NULL), MC_OK);
    assert_true(arf_cmp(lower, upper) <= 0);
    double lo = arf_get_d(lower, ARF_RND_DOWN), hi = arf_get_d(upper, ARF_RND_UP);
    if (lo > known[i].radius * (1 + 1e-14) || hi < known[i].radius * (1 - 1e-14) || hi - lo > 1e-14)
      fail_msg("%s: [%.17g, %.17g]", known[i].name, lo, hi);
    assert_true(orbit(&s, lo * (1 - 1e-12), known[i].beyond, 300) < 10);
    bool escapes = false; /* some point just outside, not each */
    for (int k = 1; k <= 2000 && !escapes; k++)
      escapes = orbit(&s, hi * (1 + 1e-9 + k * 1e-7), known[i].beyond, 300) > 1e6;
    assert_true(escapes);
    arf_clear(lower);
    arf_clear(upper);
    mc_schedule_clear(&s);
  }
}

/* CANS run through again and again throws everything out; a linear step is not decided. */
static void no_basin(void **state) {
  (void)state;
  mc_schedule s;
  arf_t lower, upper;
  set(&s, "cans");
  arf_init(lower);
  arf_init(upper);
  assert_int_equal(mc_schedule_basin_enclose(lower, upper, &s, MC_BEYOND_CYCLE, BITS, NULL), MC_OK);
  assert_true(arf_is_zero(lower));
  assert_true(arf_cmpabs_2exp_si(upper, -60) < 0);
  assert_true(orbit(&s, 1e-6, MC_BEYOND_CYCLE, 40) > 1e6);
  mc_schedule_clear(&s);
  set(&s, "0.5");
  assert_int_equal(mc_schedule_basin_enclose(lower, upper, &s, MC_BEYOND_LAST, BITS, NULL), MC_OK);
  assert_true(arf_is_zero(lower) && arf_is_pos_inf(upper));
  mc_schedule_clear(&s);
  arf_clear(lower);
  arf_clear(upper);
}

static void assert_zones(const char *name, mc_zones what, double end, size_t count, const double *ends) {
  mc_schedule s;
  mc_schedule_zone *zones;
  size_t found;
  bool complete;
  arf_t to;
  set(&s, name);
  arf_init(to);
  arf_set_d(to, end);
  mc_schedule_shape *shape = mc_schedule_shape_new(&s, BITS);
  assert_int_equal(mc_schedule_zones_enclose(&zones, &found, &complete, shape, what, to, NULL), MC_OK);
  assert_true(complete);
  assert_int_equal(found, 2 * count + 1);
  for (size_t i = 0; i < found; i++) {
    assert_int_equal(zones[i].sign, i % 2 ? 0 : i % 4 ? -1 : 1);
    double from = i / 2 > 0 || i % 2 ? ends[(i - 1) / 2] : 0;
    assert_true(fabs(arf_get_d(zones[i].from, ARF_RND_NEAR) - from) < 1e-13);
  }
  mc_schedule_zones_free(zones, found);
  mc_schedule_shape_free(shape);
  arf_clear(to);
  mc_schedule_clear(&s);
}

static void known_zones(void **state) {
  (void)state;
  assert_zones("aol", MC_ZONES_OF_SIGN, 1, 1, (double[]){0.88369806346477905});
  assert_zones("jordan", MC_ZONES_OF_SIGN, 1.2, 0, NULL);
  /* T5 vanishes at cos 3pi/10, cos pi/10 and turns at cos 2pi/5, cos pi/5 */
  double pi = acos(-1);
  assert_zones("5,-20,16", MC_ZONES_OF_SIGN, 1, 2, (double[]){cos(0.3 * pi), cos(0.1 * pi)});
  assert_zones("5,-20,16", MC_ZONES_OF_SLOPE, 1, 2, (double[]){cos(0.4 * pi), cos(0.2 * pi)});
}

static void first_zones(void **state) {
  (void)state;
  mc_schedule s;
  arf_t lower, upper;
  set(&s, "cubic5");
  arf_init(lower);
  arf_init(upper);
  mc_schedule_shape *shape = mc_schedule_shape_new(&s, BITS);
  mc_schedule_first_zone_enclose(lower, upper, shape, MC_ZONES_OF_SIGN);
  double lo = arf_get_d(lower, ARF_RND_DOWN), hi = arf_get_d(upper, ARF_RND_UP);
  assert_true(lo <= 1.0035183022081940 && 1.0035183022081938 <= hi && hi - lo < 1e-14);
  mc_schedule_shape_free(shape);
  mc_schedule_clear(&s);
  set(&s, "jordan");
  shape = mc_schedule_shape_new(&s, BITS);
  mc_schedule_first_zone_enclose(lower, upper, shape, MC_ZONES_OF_SIGN);
  assert_true(arf_is_pos_inf(lower) && arf_is_pos_inf(upper));
  mc_schedule_first_zone_enclose(lower, upper, shape, MC_ZONES_OF_SLOPE);
  lo = arf_get_d(lower, ARF_RND_DOWN);
  assert_true(fabs(lo - 4.11135155e-3) < 1e-10);
  mc_schedule_shape_free(shape);
  mc_schedule_clear(&s);
  arf_clear(lower);
  arf_clear(upper);
}

static void amplification(void **state) {
  (void)state;
  mc_schedule s;
  fmpq_t slope, known;
  set(&s, "jordan");
  fmpq_init(slope);
  fmpq_init(known);
  mc_schedule_amplification(slope, &s);
  mc_ball_fmpq_set_text(known, "484.87628710018292028125", NULL);
  assert_true(fmpq_equal(slope, known));
  fmpq_clear(slope);
  fmpq_clear(known);
  mc_schedule_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_ranges),  cmocka_unit_test(random_ranges), cmocka_unit_test(known_basins),
      cmocka_unit_test(no_basin),      cmocka_unit_test(known_zones),   cmocka_unit_test(first_zones),
      cmocka_unit_test(amplification),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
