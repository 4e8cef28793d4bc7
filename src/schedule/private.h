/* Private to src/schedule. */
#ifndef MUONCERT_SCHEDULE_PRIVATE_H
#define MUONCERT_SCHEDULE_PRIVATE_H

#include "schedule.h"

/* Append a step of zero coefficients. */
mc_status mc_schedule_append(mc_schedule *s, slong terms, mc_error *e);

/* One step p(x) = x g(x^2): coefficients of g, its positive zeros and p's positive critical points in rising order,
 * and p's values there. */
typedef struct {
  slong terms, zero_count, critical_count;
  arb_ptr c, zeros, critical, values;
} mc_step_shape;

struct mc_schedule_shape {
  size_t count;
  slong precision;
  mc_step_shape *steps;
  const size_t *same; /* step k has the shape steps[same[k]] */
};

static inline const mc_step_shape *mc_shape_of_step(const mc_schedule_shape *shape, size_t k) {
  return &shape->steps[shape->same[k]];
}

/* y := p(x). */
void mc_step_evaluate(arb_t y, const mc_step_shape *p, const arb_t x, slong precision);

/* reach := max |P(x)| over 0 <= x <= s for the steps [from, to); may be what reach was. */
void mc_schedule_reach(arb_t reach, const mc_schedule_shape *shape, size_t from, size_t to, const arf_t s);

#endif
