/* How far from 0 iterates stay bounded.
 *
 * Let M(s) = max |C(x)| over |x| <= s for one round C of what is repeated for ever; M never falls.  Orbits from [-s, s]
 * stay bounded exactly if some r >= s has M(r) <= r (then [-r, r] goes into itself; else the hull of the orbit grows
 * for ever).  So R is the greatest fixed point of M.  From a t with M(s) > s for all s > t, the points s in (t', t]
 * with t' = sup {s : M(s) <= t} have M(s) > t >= s as well: t' is a better bound, and these fall to R. */
#include "private.h"

/* Beyond the result each |p(x)| >= 2 x; false: a step is linear. */
static bool growth_from(arb_t from, const mc_schedule *s, size_t first, slong precision) {
  fmpq_t sum, t;
  fmpq_init(sum);
  fmpq_init(t);
  bool found = true;
  arb_one(from);
  arb_t bound;
  arb_init(bound);
  for (size_t k = first; k < s->count && found; k++) {
    const mc_schedule_step *p = &s->steps[k];
    slong top = p->terms - 1;
    while (top > 0 && fmpq_is_zero(p->c + top))
      top--;
    found = top > 0;
    /* For x >= 1: |c_d| x^2d >= 2 + sum |c_j| x^2j follows from |c_d| x^2 >= 2 + sum |c_j|. */
    fmpq_set_si(sum, 2, 1);
    for (slong j = 0; j < top; j++) {
      fmpq_abs(t, p->c + j);
      fmpq_add(sum, sum, t);
    }
    if (found) {
      fmpq_abs(t, p->c + top);
      fmpq_div(sum, sum, t);
      arb_set_fmpq(bound, sum, precision);
      arb_sqrt(bound, bound, precision);
      arb_max(from, from, bound, precision);
    }
  }
  arb_clear(bound);
  fmpq_clear(sum);
  fmpq_clear(t);
  return found;
}

/* Is max |P| over [0, s], steps [from, to), certainly greater than t (sign 1), certainly at most t (-1)? */
static int compare_reach(const mc_schedule_shape *shape, size_t from, size_t to, const arf_t s, const arf_t t) {
  arb_t reach, limit;
  arb_init(reach);
  arb_init(limit);
  mc_schedule_reach(reach, shape, from, to, s);
  arb_set_arf(limit, t);
  int order = arb_gt(reach, limit) ? 1 : arb_le(reach, limit) ? -1 : 0;
  arb_clear(reach);
  arb_clear(limit);
  return order;
}

static void halve(arf_t middle, const arf_t lower, const arf_t upper, slong precision) {
  arf_add(middle, lower, upper, precision, ARF_RND_DOWN);
  arf_mul_2exp_si(middle, middle, -1);
}

/* Enclose sup {s <= end : max |P| over [0, s] <= t} for t in [t_lower, t_upper]. */
static void bisect(arf_t lower, arf_t upper, const mc_schedule_shape *shape, size_t from, size_t to,
                   const arf_t t_lower, const arf_t t_upper, const arf_t end) {
  slong precision = shape->precision;
  arf_t middle, a, b;
  arf_init(middle);
  arf_init(a);
  arf_init(b);
  arf_set(b, end); /* b: the reach exceeds t_upper there, or b is the end */
  for (slong i = 0; i < precision; i++) {
    halve(middle, a, b, precision);
    if (compare_reach(shape, from, to, middle, t_upper) > 0)
      arf_set(b, middle);
    else
      arf_set(a, middle);
  }
  arf_set(upper, b);
  arf_zero(a); /* a: the reach is at most t_lower there */
  for (slong i = 0; i < precision; i++) {
    halve(middle, a, b, precision);
    if (compare_reach(shape, from, to, middle, t_lower) < 0)
      arf_set(a, middle);
    else
      arf_set(b, middle);
  }
  arf_set(lower, a);
  arf_clear(middle);
  arf_clear(a);
  arf_clear(b);
}

/* The greatest fixed point of M for the steps from `first` on. */
static void greatest_fixed_point(arf_t lower, arf_t upper, const mc_schedule_shape *shape, size_t first,
                                 const arf_t start) {
  enum { MOST_ROUNDS = 400 };
  slong precision = shape->precision;
  arf_t next, below, gap;
  arf_init(next);
  arf_init(below);
  arf_init(gap);
  arf_set(upper, start);
  for (int i = 0; i < MOST_ROUNDS; i++) {
    bisect(below, next, shape, first, shape->count, upper, upper, upper);
    arf_sub(gap, upper, next, precision, ARF_RND_UP);
    arf_mul_2exp_si(gap, gap, precision / 2);
    arf_set(upper, next);
    if (arf_cmpabs(gap, upper) <= 0 || arf_cmpabs_2exp_si(upper, -precision / 2) < 0)
      break;
  }
  /* A point with M(s) <= s, as near below as can be told. */
  arf_zero(lower);
  for (slong bits = precision - 8; bits >= 2 && arf_is_zero(lower); bits -= 4) {
    arf_mul_2exp_si(gap, upper, -bits);
    arf_sub(below, upper, gap, precision, ARF_RND_DOWN);
    if (compare_reach(shape, first, shape->count, below, below) < 0)
      arf_set(lower, below);
  }
  arf_clear(next);
  arf_clear(below);
  arf_clear(gap);
}

mc_status mc_schedule_basin_enclose(arf_t lower, arf_t upper, const mc_schedule *s, mc_beyond beyond, slong precision,
                                    mc_error *e) {
  size_t first = beyond == MC_BEYOND_CYCLE || s->count == 0 ? 0 : s->count - 1;
  arb_t from;
  arb_init(from);
  arf_zero(lower);
  arf_pos_inf(upper);
  mc_schedule_shape *shape = mc_schedule_shape_new(s, precision);
  if (shape && s->count > 0 && growth_from(from, s, 0, precision)) {
    arf_t start, tail_lower, tail_upper;
    arf_init(start);
    arf_init(tail_lower);
    arf_init(tail_upper);
    arb_get_ubound_arf(start, from, precision);
    greatest_fixed_point(tail_lower, tail_upper, shape, first, start);
    /* Before what is repeated: as far as the first steps stay within its basin. */
    bisect(lower, upper, shape, 0, first, tail_lower, tail_upper, start);
    arf_clear(start);
    arf_clear(tail_lower);
    arf_clear(tail_upper);
  }
  arb_clear(from);
  bool failed = shape == NULL;
  mc_schedule_shape_free(shape);
  return failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : MC_OK;
}
