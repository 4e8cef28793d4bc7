/* Which published table are these numbers? */
#include <string.h>

#include "private.h"

/* |a - b| / max(|a|, |b|), 0 where both are 0. */
static void relative_difference(fmpq_t d, const fmpq_t a, const fmpq_t b) {
  fmpq_t x, y;
  fmpq_init(x);
  fmpq_init(y);
  fmpq_abs(x, a);
  fmpq_abs(y, b);
  if (fmpq_cmp(x, y) < 0)
    fmpq_swap(x, y);
  fmpq_sub(d, a, b);
  fmpq_abs(d, d);
  if (!fmpq_is_zero(d))
    fmpq_div(d, d, x);
  fmpq_clear(x);
  fmpq_clear(y);
}

void mc_schedule_step_distance(fmpq_t distance, const mc_schedule_step *a, const mc_schedule_step *b) {
  fmpq_t zero, d;
  fmpq_init(zero);
  fmpq_init(d);
  fmpq_zero(distance);
  for (slong j = 0; j < a->terms || j < b->terms; j++) {
    relative_difference(d, j < a->terms ? a->c + j : zero, j < b->terms ? b->c + j : zero);
    if (fmpq_cmp(d, distance) > 0)
      fmpq_set(distance, d);
  }
  fmpq_clear(zero);
  fmpq_clear(d);
}

static size_t length_difference(size_t a, size_t b) {
  return a > b ? a - b : b - a;
}

mc_status mc_schedule_nearest(size_t *index, fmpq_t distance, const mc_schedule *s, mc_error *e) {
  mc_status status = MC_OK;
  mc_schedule table;
  fmpq_t sum, d;
  size_t gap = 0;
  bool found = false;
  mc_schedule_init(&table);
  fmpq_init(sum);
  fmpq_init(d);
  for (size_t i = 0; mc_schedule_name(i) && status == MC_OK; i++) {
    status = mc_schedule_set_name(&table, mc_schedule_name(i), e);
    size_t here = length_difference(table.count, s->count);
    if (status == MC_OK && table.count < s->count)
      status = mc_schedule_resize(&table, s->count, e);
    fmpq_zero(sum);
    for (size_t k = 0; k < s->count && status == MC_OK; k++) {
      mc_schedule_step_distance(d, &s->steps[k], &table.steps[k]);
      fmpq_add(sum, sum, d);
    }
    int order = found ? fmpq_cmp(sum, distance) : -1;
    if (status == MC_OK && (order < 0 || (order == 0 && here < gap))) {
      fmpq_set(distance, sum);
      *index = i;
      gap = here;
      found = true;
    }
  }
  mc_schedule_clear(&table);
  fmpq_clear(sum);
  fmpq_clear(d);
  return status != MC_OK || found ? status : mc_fail(e, MC_INTERNAL, "no table to compare with");
}

bool mc_schedule_find_row(size_t *index, size_t *row, const mc_schedule_step *step) {
  mc_schedule table;
  fmpq_t d;
  bool found = false;
  mc_schedule_init(&table);
  fmpq_init(d);
  for (size_t i = 0; mc_schedule_name(i) && !found; i++) {
    if (mc_schedule_set_name(&table, mc_schedule_name(i), NULL) != MC_OK)
      break;
    for (size_t k = 0; k < table.count && !found; k++) {
      mc_schedule_step_distance(d, step, &table.steps[k]);
      found = fmpq_is_zero(d);
      *index = i;
      *row = k;
    }
  }
  mc_schedule_clear(&table);
  fmpq_clear(d);
  return found;
}

/* Is `given` a multiple of 10^-d, and `published` nearest to it among them, for the least such d <= 12? */
static bool is_rounded_decimal(const fmpq_t given, const fmpq_t published) {
  fmpq_t unit, d;
  fmpq_init(unit);
  fmpq_init(d);
  fmpq_one(unit);
  bool found = false, multiple = false;
  for (int places = 0; places <= 12 && !multiple; places++) {
    fmpq_div(d, given, unit);
    multiple = fmpz_is_one(fmpq_denref(d));
    if (multiple) {
      fmpq_sub(d, given, published);
      fmpq_abs(d, d);
      fmpq_mul_2exp(d, d, 1);
      found = fmpq_cmp(d, unit) <= 0;
    }
    fmpz_mul_ui(fmpq_denref(unit), fmpq_denref(unit), 10);
  }
  fmpq_clear(unit);
  fmpq_clear(d);
  return found;
}

mc_likeness mc_schedule_likeness(const fmpq_t given, const fmpq_t published) {
  static const struct {
    mc_coefficients format;
    mc_likeness likeness;
  } formats[] = {{MC_COEFFICIENTS_FLOAT32, MC_LIKENESS_FLOAT32},
                 {MC_COEFFICIENTS_BFLOAT16, MC_LIKENESS_BFLOAT16},
                 {MC_COEFFICIENTS_FLOAT16, MC_LIKENESS_FLOAT16}};
  if (fmpq_equal(given, published))
    return MC_LIKENESS_EQUAL;
  if (is_rounded_decimal(given, published))
    return MC_LIKENESS_DECIMALS;
  fmpq_t rounded;
  fmpq_init(rounded);
  mc_likeness likeness = MC_LIKENESS_OTHER;
  for (size_t i = 0; i < sizeof formats / sizeof *formats && likeness == MC_LIKENESS_OTHER; i++) {
    fmpq_set(rounded, published);
    mc_schedule_round_coefficient(rounded, formats[i].format);
    if (fmpq_equal(given, rounded))
      likeness = formats[i].likeness;
  }
  fmpq_clear(rounded);
  return likeness;
}
