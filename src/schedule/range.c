/* Ranges: a map takes [u, v] to the hull of its values at u, at v and at the critical points between. */
#include "private.h"

/* Widen [least, greatest] to hold a value that is taken, or that may be. */
static void include(arb_t least, arb_t greatest, const arb_t value, bool certain, slong precision) {
  arb_t wider;
  arb_init(wider);
  arb_min(wider, least, value, precision);
  if (certain)
    arb_swap(least, wider);
  else
    arb_union(least, least, wider, precision);
  arb_max(wider, greatest, value, precision);
  if (certain)
    arb_swap(greatest, wider);
  else
    arb_union(greatest, greatest, wider, precision);
  arb_clear(wider);
}

/* Include p's value at the critical point c (sign 1) or -c (sign -1) if that lies in [u, v]. */
static void include_critical(arb_t least, arb_t greatest, const mc_step_shape *p, slong i, int sign, const arb_t u,
                             const arb_t v, slong precision) {
  arb_t point, value;
  arb_init(point);
  arb_init(value);
  arb_mul_si(point, p->critical + i, sign, ARF_PREC_EXACT);
  arb_mul_si(value, p->values + i, sign, ARF_PREC_EXACT);
  if (!arb_lt(point, u) && !arb_gt(point, v))
    include(least, greatest, value, arb_ge(point, u) && arb_le(point, v), precision);
  arb_clear(point);
  arb_clear(value);
}

static void step_range(arb_t u, arb_t v, const mc_step_shape *p, slong precision) {
  arb_t least, greatest;
  arb_init(least);
  arb_init(greatest);
  mc_step_evaluate(least, p, u, precision);
  arb_set(greatest, least);
  mc_step_evaluate(greatest, p, v, precision);
  arb_t first;
  arb_init(first);
  arb_set(first, least);
  arb_min(least, first, greatest, precision);
  arb_max(greatest, first, greatest, precision);
  arb_clear(first);
  bool negative = !arb_is_nonnegative(u);
  for (slong i = 0; i < p->critical_count; i++) {
    include_critical(least, greatest, p, i, 1, u, v, precision);
    if (negative)
      include_critical(least, greatest, p, i, -1, u, v, precision);
  }
  arb_swap(u, least);
  arb_swap(v, greatest);
  arb_clear(least);
  arb_clear(greatest);
}

void mc_schedule_range_of_step(arb_t least, arb_t greatest, const mc_schedule_shape *shape, size_t k) {
  step_range(least, greatest, mc_shape_of_step(shape, k), shape->precision);
}

void mc_schedule_range_enclose(arb_t least, arb_t greatest, const mc_schedule_shape *shape, size_t k) {
  for (size_t i = 0; i < k; i++)
    mc_schedule_range_of_step(least, greatest, shape, i);
}

void mc_schedule_error_enclose(arb_t error, const arb_t least, const arb_t greatest, slong precision) {
  arb_t below, above;
  arb_init(below);
  arb_init(above);
  arb_sub_si(below, least, 1, precision);
  arb_neg(below, below);
  arb_sub_si(above, greatest, 1, precision);
  arb_max(error, below, above, precision);
  arb_clear(below);
  arb_clear(above);
}

void mc_schedule_amplification(fmpq_t slope, const mc_schedule *s) {
  fmpq_one(slope);
  for (size_t k = 0; k < s->count; k++)
    fmpq_mul(slope, slope, s->steps[k].c);
}

void mc_schedule_reach(arb_t reach, const mc_schedule_shape *shape, size_t from, size_t to, const arf_t s) {
  arb_t value;
  arb_init(value);
  arb_set_arf(reach, s);
  for (size_t k = from; k < to; k++) {
    const mc_step_shape *p = mc_shape_of_step(shape, k);
    arb_t end;
    arb_init(end);
    mc_step_evaluate(end, p, reach, shape->precision);
    arb_abs(end, end);
    for (slong i = 0; i < p->critical_count; i++) {
      if (arb_gt(p->critical + i, reach))
        continue;
      arb_abs(value, p->values + i);
      arb_max(value, end, value, shape->precision);
      if (arb_le(p->critical + i, reach))
        arb_swap(end, value);
      else
        arb_union(end, end, value, shape->precision);
    }
    arb_swap(reach, end);
    arb_clear(end);
  }
  arb_clear(value);
}
