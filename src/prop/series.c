/* Numbers of steps against the dimension, all as integers, so that sums over trials do not depend on their order. */
#include "prop.h"

#include <string.h>

/* ---- One trial ---- */

/* The integer nearest to x from above, or from below; false: it is not from 0 to 2^62. */
static bool round_to_integer(uint64_t *value, const arf_t x, bool up) {
  fmpz_t z;
  if (!arf_is_finite(x) || arf_cmpabs_2exp_si(x, 62) > 0)
    return false;
  fmpz_init(z);
  arf_get_fmpz(z, x, up ? ARF_RND_CEIL : ARF_RND_FLOOR);
  bool fits = fmpz_sgn(z) >= 0;
  if (fits)
    *value = fmpz_get_ui(z);
  fmpz_clear(z);
  return fits;
}

/* The integers K that the bracket leaves, given balls around its ends: K >= lower (>), K <= upper (<). */
static void set_bracket(mc_prop_steps *out, const mc_series *s, arb_srcptr environment, slong precision) {
  arb_t end;
  arf_t bound;
  uint64_t lo = 0, hi = 0;
  arb_init(end);
  arf_init(bound);
  mc_lang_expr_enclose(end, s->lower, environment, precision);
  arb_get_lbound_arf(bound, end, precision);
  if (arf_sgn(bound) < 0)
    arf_zero(bound);
  out->bracket = round_to_integer(&lo, bound, !s->lower_open);
  mc_lang_expr_enclose(end, s->upper, environment, precision);
  arb_get_ubound_arf(bound, end, precision);
  out->bracket = round_to_integer(&hi, bound, s->upper_open) && out->bracket;
  out->lo = lo + s->lower_open;
  out->hi = s->upper_open && hi > 0 ? hi - 1 : hi;
  arb_clear(end);
  arf_clear(bound);
}

void mc_prop_steps_take(mc_prop_steps *out, const mc_series *s, arb_srcptr environment, slong precision) {
  arb_t steps;
  fmpz_t z;
  arb_init(steps);
  fmpz_init(z);
  *out = (mc_prop_steps){0};
  mc_lang_expr_enclose(steps, s->steps, environment, precision);
  out->known = arb_get_unique_fmpz(z, steps) && fmpz_sgn(z) >= 0 && fmpz_bits(z) <= 62;
  if (out->known)
    out->steps = fmpz_get_ui(z);
  if (s->lower)
    set_bracket(out, s, environment, precision);
  fmpz_clear(z);
  arb_clear(steps);
}

/* ---- Many ---- */

static uint64_t smaller(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

static uint64_t larger(uint64_t a, uint64_t b) {
  return a > b ? a : b;
}

static int compare(const mc_prop_point *a, const mc_prop_point *b) {
  return a->n != b->n ? (a->n < b->n ? -1 : 1) : strcmp(a->optimizer, b->optimizer);
}

/* The hull of both; a bracket only where both have one. */
static void merge(mc_prop_point *a, const mc_prop_point *b) {
  if (a->trials > a->unsettled && b->trials > b->unsettled) {
    a->steps_min = smaller(a->steps_min, b->steps_min);
    a->steps_max = larger(a->steps_max, b->steps_max);
  } else if (b->trials > b->unsettled) {
    a->steps_min = b->steps_min;
    a->steps_max = b->steps_max;
  }
  a->trials += b->trials;
  a->unsettled += b->unsettled;
  a->bracket = a->bracket && b->bracket;
  a->bracket_lo = a->bracket ? smaller(a->bracket_lo, b->bracket_lo) : 0;
  a->bracket_hi = a->bracket ? larger(a->bracket_hi, b->bracket_hi) : 0;
}

bool mc_prop_point_add(mc_prop_tally *tally, const mc_prop_point *point) {
  size_t i = 0;
  while (i < tally->point_count && compare(&tally->points[i], point) < 0)
    i++;
  if (i < tally->point_count && compare(&tally->points[i], point) == 0) {
    merge(&tally->points[i], point);
    return true;
  }
  if (tally->point_count == MC_PROP_POINTS)
    return false;
  memmove(&tally->points[i + 1], &tally->points[i], (tally->point_count - i) * sizeof *point);
  tally->points[i] = *point;
  tally->point_count++;
  return true;
}

static size_t dimension(size_t rows, size_t columns) {
  return rows < columns ? rows : columns;
}

/* Of the i-th shape, and behind the shapes of the cases of the corpus. */
static size_t dimension_of(const mc_prop_plan *plan, size_t i) {
  if (i < plan->shape_count)
    return dimension(plan->shapes[i].rows, plan->shapes[i].columns);
  return dimension(plan->corpus[i - plan->shape_count].rows, plan->corpus[i - plan->shape_count].columns);
}

bool mc_prop_series_fit(const mc_prop_plan *plan) {
  size_t different = 0;
  for (size_t i = 0; i < plan->shape_count + plan->corpus_count; i++) {
    size_t k = 0;
    while (dimension_of(plan, k) != dimension_of(plan, i))
      k++;
    different += k == i;
  }
  return plan->series_count <= MC_PROP_SERIES && different * plan->series_count <= MC_PROP_POINTS;
}

void mc_prop_tally_add_steps(mc_prop_tally *tally, const mc_prop_plan *plan, const mc_prop_case *c,
                             const mc_prop_outcome *outcome) {
  if (outcome->verdict != MC_TRIAL_HOLDS && outcome->verdict != MC_TRIAL_VIOLATED)
    return;
  for (size_t i = 0; i < plan->series_count; i++) {
    const mc_prop_steps *s = &outcome->steps[i];
    mc_prop_point point = {.n = dimension(c->rows, c->columns),
                           .trials = 1,
                           .unsettled = !s->known,
                           .steps_min = s->steps,
                           .steps_max = s->steps,
                           .bracket = s->bracket,
                           .bracket_lo = s->lo,
                           .bracket_hi = s->hi};
    strncpy(point.optimizer, plan->series[i].optimizer, sizeof point.optimizer - 1);
    mc_prop_point_add(tally, &point); /* mc_prop_run has seen to it that there is room */
  }
}
