/* Where a schedule keeps a singular value positive, and where it keeps their order. */
#include "private.h"

/* ---- The first zone: up to where some iterate first meets a zero (critical point) of the step that is next ---- */

static slong points_of_step(arb_srcptr *points, const mc_schedule_shape *shape, size_t k, mc_zones what) {
  return what == MC_ZONES_OF_SIGN ? mc_schedule_shape_zeros(points, shape, k)
                                  : mc_schedule_shape_critical_points(points, shape, k);
}

/* Have the iterates of (0, s) certainly met such a point (1), certainly not (-1)? */
static int has_met(const mc_schedule_shape *shape, mc_zones what, const arf_t s) {
  int result = -1;
  arb_t reach;
  arb_init(reach);
  for (size_t k = 0; k < shape->count && result != 1; k++) {
    arb_srcptr points;
    if (points_of_step(&points, shape, k, what) == 0)
      continue;
    mc_schedule_reach(reach, shape, 0, k, s);
    if (arb_gt(reach, points))
      result = 1;
    else if (!arb_lt(reach, points))
      result = 0;
  }
  arb_clear(reach);
  return result;
}

/* With met: the least place found, up to `end`, where such a point has certainly been met; else the greatest where
 * certainly none has. */
static void last_place(arf_t place, const mc_schedule_shape *shape, mc_zones what, const arf_t end, bool met) {
  arf_t a, b, middle;
  arf_init(a);
  arf_init(b);
  arf_init(middle);
  arf_set(b, end);
  for (slong i = 0; i < shape->precision; i++) {
    arf_add(middle, a, b, shape->precision, ARF_RND_DOWN);
    arf_mul_2exp_si(middle, middle, -1);
    int at = has_met(shape, what, middle);
    arf_set(at == 1 || (at == 0 && !met) ? b : a, middle);
  }
  arf_set(place, met ? b : a);
  arf_clear(a);
  arf_clear(b);
  arf_clear(middle);
}

void mc_schedule_first_zone_enclose(arf_t lower, arf_t upper, const mc_schedule_shape *shape, mc_zones what) {
  enum { LARGEST_SCALE = 64 };
  arb_srcptr points;
  bool any = false;
  for (size_t k = 0; k < shape->count; k++)
    any = any || points_of_step(&points, shape, k, what) > 0;
  arf_pos_inf(lower);
  arf_pos_inf(upper);
  if (!any)
    return;
  arf_t end;
  arf_init(end);
  arf_one(end);
  for (int i = 0; i < LARGEST_SCALE && has_met(shape, what, end) != 1; i++)
    arf_mul_2exp_si(end, end, 1);
  arf_zero(lower);
  if (has_met(shape, what, end) == 1) {
    last_place(lower, shape, what, end, false);
    last_place(upper, shape, what, end, true);
  }
  arf_clear(end);
}

/* ---- All zones of an interval: boxes are halved until the sign is certain ---- */

/* The sign of p' on [u, v], or 0. */
static int slope_sign(const mc_step_shape *p, const arb_t u, const arb_t v, slong precision) {
  arb_t point, slope, square;
  arb_init(point);
  bool inside = false;
  for (slong i = 0; i < 2 * p->critical_count; i++) {
    arb_mul_si(point, p->critical + i / 2, i % 2 ? -1 : 1, ARF_PREC_EXACT);
    inside = inside || (!arb_lt(point, u) && !arb_gt(point, v));
  }
  int sign = 0;
  if (!inside) {
    arb_init(slope);
    arb_init(square);
    arb_mul(square, u, u, precision);
    for (slong j = p->terms; j-- > 0;) {
      arb_mul(slope, slope, square, precision);
      arb_addmul_si(slope, p->c + j, 2 * j + 1, precision);
    }
    sign = arb_is_positive(slope) ? 1 : arb_is_negative(slope) ? -1 : 0;
    arb_clear(slope);
    arb_clear(square);
  }
  arb_clear(point);
  return sign;
}

/* The sign of P (P') on all of [from, to], or 0. */
static int box_sign(const mc_schedule_shape *shape, mc_zones what, const arf_t from, const arf_t to) {
  arb_t u, v;
  arb_init(u);
  arb_init(v);
  arb_set_arf(u, from);
  arb_set_arf(v, to);
  int sign = 1;
  for (size_t k = 0; k < shape->count && sign != 0; k++) {
    if (what == MC_ZONES_OF_SLOPE)
      sign *= slope_sign(mc_shape_of_step(shape, k), u, v, shape->precision);
    mc_schedule_range_of_step(u, v, shape, k);
  }
  if (what == MC_ZONES_OF_SIGN)
    sign = arb_is_positive(u) ? 1 : arb_is_negative(v) ? -1 : 0;
  arb_clear(u);
  arb_clear(v);
  return sign;
}

enum {
  NARROW_BITS = 60, /* boxes of this width are not halved */
  MOST_OPEN = 128   /* nor are more boxes than this: the sign cannot be told there */
};

/* Boxes side by side; those of sign 0 are open. */
typedef struct {
  mc_schedule_zone *boxes;
  size_t count, capacity, open;
  bool failed;
} box_list;

/* Append a box, or widen the last one if the sign is the same (and not 0). */
static void append_box(box_list *list, int sign, const arf_t from, const arf_t to) {
  if (sign != 0 && list->count > 0 && list->boxes[list->count - 1].sign == sign) {
    arf_set(list->boxes[list->count - 1].to, to);
    return;
  }
  if (list->count == list->capacity) {
    size_t capacity = 2 * list->capacity + 16;
    mc_schedule_zone *boxes = mc_realloc(list->boxes, capacity, sizeof *boxes);
    list->failed = list->failed || !boxes;
    if (!boxes)
      return;
    list->boxes = boxes;
    list->capacity = capacity;
  }
  mc_schedule_zone *z = &list->boxes[list->count++];
  z->sign = sign;
  list->open += sign == 0;
  arf_init(z->from);
  arf_init(z->to);
  arf_set(z->from, from);
  arf_set(z->to, to);
}

static void free_boxes(box_list *list) {
  mc_schedule_zones_free(list->boxes, list->count);
  *list = (box_list){0};
}

/* Halve every open box once. */
static void halve_open(box_list *list, const mc_schedule_shape *shape, mc_zones what) {
  box_list next = {0};
  arf_t middle;
  arf_init(middle);
  for (size_t i = 0; i < list->count; i++) {
    const mc_schedule_zone *z = &list->boxes[i];
    if (z->sign != 0) {
      append_box(&next, z->sign, z->from, z->to);
      continue;
    }
    arf_add(middle, z->from, z->to, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_mul_2exp_si(middle, middle, -1);
    append_box(&next, box_sign(shape, what, z->from, middle), z->from, middle);
    append_box(&next, box_sign(shape, what, middle, z->to), middle, z->to);
  }
  arf_clear(middle);
  next.failed = next.failed || list->failed;
  free_boxes(list);
  *list = next;
}

/* Open boxes side by side become one zone of sign 0. */
static void join_open(box_list *list) {
  size_t kept = 0;
  for (size_t i = 0; i < list->count; i++) {
    if (kept > 0 && list->boxes[i].sign == 0 && list->boxes[kept - 1].sign == 0) {
      arf_swap(list->boxes[kept - 1].to, list->boxes[i].to);
      arf_clear(list->boxes[i].from);
      arf_clear(list->boxes[i].to);
    } else {
      list->boxes[kept++] = list->boxes[i];
    }
  }
  list->count = kept;
}

static bool all_narrow(const box_list *list) {
  bool narrow = true;
  arf_t width;
  arf_init(width);
  for (size_t i = 0; i < list->count; i++) {
    arf_sub(width, list->boxes[i].to, list->boxes[i].from, 64, ARF_RND_UP);
    narrow = narrow && (list->boxes[i].sign != 0 || arf_cmpabs_2exp_si(width, 2 - NARROW_BITS) <= 0);
  }
  arf_clear(width);
  return narrow;
}

/* The sign near 0 is that of the product of the steps' slopes there; 0 where one of them vanishes. */
static int sign_at_zero(const mc_schedule_shape *shape) {
  int sign = 1;
  for (size_t k = 0; k < shape->count; k++) {
    arb_srcptr c = mc_shape_of_step(shape, k)->c;
    sign *= arb_is_positive(c) ? 1 : arb_is_negative(c) ? -1 : 0;
  }
  return sign;
}

mc_status mc_schedule_zones_enclose(mc_schedule_zone **zones, size_t *count, bool *complete,
                                    const mc_schedule_shape *shape, mc_zones what, const arf_t end, mc_error *e) {
  box_list list = {0};
  arf_t first, upper, zero;
  arf_init(first);
  arf_init(upper);
  arf_init(zero);
  mc_schedule_first_zone_enclose(first, upper, shape, what);
  /* A short number below, so that the ends of boxes stay short. */
  arf_set_round(first, first, NARROW_BITS, ARF_RND_DOWN);
  if (arf_cmp(first, end) > 0)
    arf_set(first, end);
  if (sign_at_zero(shape) != 0 && arf_sgn(first) > 0)
    append_box(&list, sign_at_zero(shape), zero, first);
  else
    arf_zero(first);
  if (arf_cmp(first, end) < 0)
    append_box(&list, 0, first, end);
  for (int i = 0; i < NARROW_BITS && list.open > 0 && list.open <= MOST_OPEN && !list.failed; i++)
    halve_open(&list, shape, what);
  arf_clear(first);
  arf_clear(upper);
  arf_clear(zero);
  *zones = NULL;
  *count = 0;
  *complete = false;
  if (list.failed) {
    free_boxes(&list);
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  }
  join_open(&list);
  *zones = list.boxes;
  *count = list.count;
  *complete = all_narrow(&list);
  return MC_OK;
}

void mc_schedule_zones_free(mc_schedule_zone *zones, size_t count) {
  for (size_t i = 0; i < count; i++) {
    arf_clear(zones[i].from);
    arf_clear(zones[i].to);
  }
  mc_free(zones);
}
