/* `muoncert schedule`: what the published coefficient tables provably do. */
#include <stdlib.h>
#include <string.h>

#include "../schedule/schedule.h"
#include "run.h"

enum { PRECISION = 160, MOST_ZONES = 64 };

static const char *const beyond_names[] = {
    [MC_BEYOND_UNSAID] = "unsaid", [MC_BEYOND_LAST] = "last", [MC_BEYOND_CYCLE] = "cycle"};

/* ---- Numbers as JSON ---- */

static json_t *enclosure_json(const arb_t x, size_t digits) {
  char *lo = NULL, *hi = NULL;
  json_t *json =
      mc_ball_bounds_text(&lo, &hi, x, digits, NULL) == MC_OK ? json_pack("{s:s s:s}", "lo", lo, "hi", hi) : NULL;
  mc_free(lo);
  mc_free(hi);
  return json;
}

static json_t *bounds_json(const arf_t lower, const arf_t upper, size_t digits) {
  char *lo = mc_ball_arf_text(lower, -1, digits), *hi = mc_ball_arf_text(upper, 1, digits);
  json_t *json = lo && hi ? json_pack("{s:s s:s}", "lo", lo, "hi", hi) : NULL;
  mc_free(lo);
  mc_free(hi);
  return json;
}

static json_t *fraction_json(const fmpq_t q) {
  char *text = fmpq_get_str(NULL, 10, q);
  json_t *json = json_string(text);
  flint_free(text);
  return json;
}

static json_t *fmpq_enclosure_json(const fmpq_t q, size_t digits) {
  arb_t x;
  arb_init(x);
  arb_set_fmpq(x, q, PRECISION);
  json_t *json = enclosure_json(x, digits);
  arb_clear(x);
  return json;
}

static json_t *balls_json(arb_srcptr x, slong count, size_t digits) {
  json_t *list = json_array();
  for (slong i = 0; i < count; i++)
    json_array_append_new(list, enclosure_json(x + i, digits));
  return list;
}

/* ---- show: one schedule on [from, to] ---- */

typedef struct {
  const mc_run_schedule_request *request;
  mc_schedule schedule;
  mc_schedule_shape *shape;
  fmpq_t from, to;
  bool open; /* something could not be enclosed */
} view;

static void set_interval(arb_t u, arb_t v, const view *w) {
  arb_set_fmpq(u, w->from, PRECISION);
  arb_set_fmpq(v, w->to, PRECISION);
}

/* least, greatest and error of what a shape's first `steps` steps make of the interval. */
static void describe_range(json_t *json, const view *w, const mc_schedule_shape *shape, size_t steps) {
  arb_t u, v, error;
  arb_init(u);
  arb_init(v);
  arb_init(error);
  set_interval(u, v, w);
  mc_schedule_range_enclose(u, v, shape, steps);
  mc_schedule_error_enclose(error, u, v, PRECISION);
  json_object_set_new(json, "least", enclosure_json(u, w->request->digits));
  json_object_set_new(json, "greatest", enclosure_json(v, w->request->digits));
  json_object_set_new(json, "error", enclosure_json(error, w->request->digits));
  json_object_set_new(json, "sign",
                      json_string(arb_is_positive(u)   ? "kept"
                                  : arb_is_negative(v) ? "reversed"
                                  : arb_is_negative(u) ? "lost"
                                                       : "open"));
  arb_clear(u);
  arb_clear(v);
  arb_clear(error);
}

/* Each step: its coefficients, what it makes of what comes to it, and where it vanishes and turns. */
static json_t *steps_json(const view *w) {
  json_t *list = json_array();
  arb_t u, v;
  arb_init(u);
  arb_init(v);
  set_interval(u, v, w);
  for (size_t k = 0; k < w->schedule.count; k++) {
    json_t *coefficients = json_array(), *step = json_object();
    for (slong j = 0; j < w->schedule.steps[k].terms; j++)
      json_array_append_new(coefficients, fmpq_enclosure_json(&w->schedule.steps[k].c[j], w->request->digits));
    mc_schedule_range_of_step(u, v, w->shape, k);
    arb_srcptr points;
    json_object_set_new(step, "coefficients", coefficients);
    json_object_set_new(step, "least", enclosure_json(u, w->request->digits));
    json_object_set_new(step, "greatest", enclosure_json(v, w->request->digits));
    slong zeros = mc_schedule_shape_zeros(&points, w->shape, k);
    json_object_set_new(step, "zeros", balls_json(points, zeros, w->request->digits));
    slong turns = mc_schedule_shape_critical_points(&points, w->shape, k);
    json_object_set_new(step, "turns", balls_json(points, turns, w->request->digits));
    json_array_append_new(list, step);
  }
  arb_clear(u);
  arb_clear(v);
  return list;
}

/* {first, complete, count, zones[]}: where P is positive or rises. */
static json_t *zones_json(view *w, mc_zones what, mc_error *e) {
  arf_t lower, upper;
  arf_init(lower);
  arf_init(upper);
  mc_schedule_first_zone_enclose(lower, upper, w->shape, what);
  json_t *json = json_pack("{s:o}", "until", bounds_json(lower, upper, w->request->digits));
  mc_schedule_zone *zones;
  size_t count;
  bool complete;
  arf_set_fmpq(lower, w->to, PRECISION, ARF_RND_UP);
  if (mc_schedule_zones_enclose(&zones, &count, &complete, w->shape, what, lower, e) != MC_OK) {
    json_decref(json);
    json = NULL;
  } else {
    json_t *list = json_array();
    for (size_t i = 0; i < count && count <= MOST_ZONES; i++) {
      json_t *zone = bounds_json(zones[i].from, zones[i].to, w->request->digits);
      json_object_set_new(zone, "sign", json_integer(zones[i].sign));
      json_array_append_new(list, zone);
    }
    json_object_set_new(json, "complete", json_boolean(complete));
    json_object_set_new(json, "count", json_integer((json_int_t)count));
    json_object_set_new(json, "zones", list);
    mc_schedule_zones_free(zones, count);
  }
  arf_clear(lower);
  arf_clear(upper);
  return json;
}

/* (R - 1) in units of the spacing of a format's numbers just above 1. */
static json_t *headroom_json(const arf_t lower, const arf_t upper, slong bits, size_t digits) {
  arf_t a, b, one;
  arf_init(a);
  arf_init(b);
  arf_init(one);
  arf_one(one);
  arf_sub(a, lower, one, PRECISION, ARF_RND_FLOOR);
  arf_sub(b, upper, one, PRECISION, ARF_RND_CEIL);
  arf_mul_2exp_si(a, a, bits - 1);
  arf_mul_2exp_si(b, b, bits - 1);
  json_t *json = bounds_json(a, b, digits);
  arf_clear(a);
  arf_clear(b);
  arf_clear(one);
  return json;
}

static json_t *basin_json(view *w, mc_beyond beyond, mc_error *e) {
  static const struct {
    const char *name;
    slong bits; /* significant */
  } formats[] = {{"bf16", 8}, {"fp16", 11}, {"fp32", 24}};
  size_t digits = w->request->digits;
  arf_t lower, upper;
  arf_init(lower);
  arf_init(upper);
  json_t *json = NULL;
  if (mc_schedule_basin_enclose(lower, upper, &w->schedule, beyond, PRECISION, e) == MC_OK) {
    json = json_pack("{s:s s:o}", "beyond", beyond_names[beyond], "radius", bounds_json(lower, upper, digits));
    json_t *headroom = json_object();
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
      json_object_set_new(headroom, formats[i].name, headroom_json(lower, upper, formats[i].bits, digits));
    json_object_set_new(json, "ulps_above_one", headroom);
    w->open = w->open || arf_is_inf(upper);
  }
  arf_clear(lower);
  arf_clear(upper);
  return json;
}

/* Another number of steps: cut, or gone on with by either rule. */
static json_t *other_count_json(view *w, size_t count, mc_beyond beyond, mc_error *e) {
  mc_schedule other;
  json_t *json = NULL;
  mc_schedule_init(&other);
  mc_status s = mc_schedule_set(&other, &w->schedule, e);
  other.beyond = beyond;
  if (s == MC_OK)
    s = mc_schedule_resize(&other, count, e);
  mc_schedule_shape *shape = s == MC_OK ? mc_schedule_shape_new(&other, PRECISION) : NULL;
  if (shape) {
    const char *how = count < w->schedule.count ? "cut" : beyond_names[beyond];
    json = json_pack("{s:I s:s}", "steps", (json_int_t)count, "beyond", how);
    describe_range(json, w, shape, count);
  } else if (s == MC_OK) {
    mc_fail(e, MC_NO_MEMORY, "out of memory");
  }
  mc_schedule_shape_free(shape);
  mc_schedule_clear(&other);
  return json;
}

static json_t *other_counts_json(view *w, mc_error *e) {
  size_t n = w->schedule.count;
  const struct {
    size_t count;
    mc_beyond beyond;
  } others[] = {{n - 1, MC_BEYOND_LAST},
                {n + 1, MC_BEYOND_LAST},
                {n + 1, MC_BEYOND_CYCLE},
                {2 * n, MC_BEYOND_LAST},
                {2 * n, MC_BEYOND_CYCLE}};
  json_t *list = json_array();
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    json_t *json = others[i].count > 0 ? other_count_json(w, others[i].count, others[i].beyond, e) : NULL;
    if (json)
      json_array_append_new(list, json);
  }
  return list;
}

static json_t *show_json(view *w, mc_error *e) {
  size_t digits = w->request->digits;
  fmpq_t slope;
  json_t *json = json_object(), *composed = json_object(), *basins = json_array();
  json_object_set_new(json, "subject", json_string("show"));
  json_object_set_new(json, "name", json_string(w->request->name));
  for (size_t i = 0; mc_schedule_name(i); i++)
    if (strcmp(mc_schedule_name(i), w->request->name) == 0)
      json_object_set_new(json, "cite", json_string(mc_schedule_cite(i)));
  json_object_set_new(json, "beyond", json_string(beyond_names[w->schedule.beyond]));
  json_object_set_new(json, "interval",
                      json_pack("{s:o s:o}", "from", fraction_json(w->from), "to", fraction_json(w->to)));
  json_object_set_new(json, "steps", steps_json(w));
  describe_range(composed, w, w->shape, w->schedule.count);
  fmpq_init(slope);
  mc_schedule_amplification(slope, &w->schedule);
  json_object_set_new(composed, "amplification", fmpq_enclosure_json(slope, digits));
  fmpq_clear(slope);
  json_t *positive = zones_json(w, MC_ZONES_OF_SIGN, e), *rising = zones_json(w, MC_ZONES_OF_SLOPE, e);
  json_object_set_new(composed, "positive", positive);
  json_object_set_new(composed, "rising", rising);
  json_object_set_new(json, "composed", composed);
  json_array_append_new(basins, basin_json(w, MC_BEYOND_LAST, e));
  json_array_append_new(basins, basin_json(w, MC_BEYOND_CYCLE, e));
  json_object_set_new(json, "basins", basins);
  json_object_set_new(json, "other_counts", other_counts_json(w, e));
  return json;
}

static mc_status set_view(view *w, mc_error *e) {
  const mc_run_schedule_request *r = w->request;
  mc_status s = mc_schedule_set_name(&w->schedule, r->name, e);
  if (s == MC_OK)
    s = mc_schedule_resize(&w->schedule, r->steps, e);
  if (s == MC_OK)
    s = mc_ball_fmpq_set_text(w->from, r->from ? r->from : "1e-3", e);
  if (s == MC_OK)
    s = mc_ball_fmpq_set_text(w->to, r->to ? r->to : "1", e);
  if (s == MC_OK && (fmpq_sgn(w->from) < 0 || fmpq_cmp(w->from, w->to) >= 0 || fmpq_cmp_si(w->to, 1024) > 0))
    s = mc_fail(e, MC_BAD_INPUT, "an interval [L, U] with 0 <= L < U <= 1024 is wanted");
  if (s == MC_OK && !(w->shape = mc_schedule_shape_new(&w->schedule, PRECISION)))
    s = mc_fail(e, MC_NO_MEMORY, "out of memory");
  return s;
}

json_t *mc_run_schedule_show(const mc_run_schedule_request *request, mc_error *e) {
  double start = mc_clock_seconds();
  view w = {.request = request};
  json_t *document = NULL;
  mc_error why = {0};
  mc_schedule_init(&w.schedule);
  fmpq_init(w.from);
  fmpq_init(w.to);
  if (set_view(&w, &why) == MC_OK)
    document = show_json(&w, &why);
  if (why.status != MC_OK) {
    json_decref(document);
    document = NULL;
    *e = why;
  } else {
    mc_run_stamp(document, "schedule", w.open ? MC_EXIT_UNDECIDED : MC_EXIT_EXPECTED, mc_clock_seconds() - start);
  }
  mc_schedule_shape_free(w.shape);
  mc_schedule_clear(&w.schedule);
  fmpq_clear(w.from);
  fmpq_clear(w.to);
  return document;
}

/* ---- list ---- */

static json_t *row_json(const char *name, const char *cite, size_t digits, mc_error *e) {
  view w = {.request = &(mc_run_schedule_request){.name = name, .digits = digits}};
  json_t *json = NULL;
  mc_schedule_init(&w.schedule);
  fmpq_init(w.from);
  fmpq_init(w.to);
  if (set_view(&w, e) == MC_OK) {
    fmpq_t slope;
    fmpq_init(slope);
    mc_schedule_amplification(slope, &w.schedule);
    json = json_pack("{s:s s:s s:I s:s s:o}", "name", name, "cite", cite, "steps", (json_int_t)w.schedule.count,
                     "beyond", beyond_names[w.schedule.beyond], "amplification", fmpq_enclosure_json(slope, digits));
    describe_range(json, &w, w.shape, w.schedule.count);
    json_t *basin = basin_json(&w, w.schedule.beyond == MC_BEYOND_CYCLE ? MC_BEYOND_CYCLE : MC_BEYOND_LAST, e);
    json_object_set_new(json, "basin", basin);
    fmpq_clear(slope);
  }
  mc_schedule_shape_free(w.shape);
  mc_schedule_clear(&w.schedule);
  fmpq_clear(w.from);
  fmpq_clear(w.to);
  return json;
}

json_t *mc_run_schedule_list(size_t digits, mc_error *e) {
  double start = mc_clock_seconds();
  json_t *list = json_array();
  for (size_t i = 0; mc_schedule_name(i); i++) {
    json_t *row = row_json(mc_schedule_name(i), mc_schedule_cite(i), digits, e);
    if (!row) {
      json_decref(list);
      return NULL;
    }
    json_array_append_new(list, row);
  }
  json_t *document = json_pack("{s:s s:o}", "subject", "list", "schedules", list);
  mc_run_stamp(document, "schedule", MC_EXIT_EXPECTED, mc_clock_seconds() - start);
  return document;
}

/* ---- identify ---- */

static const char *const likeness_names[] = {[MC_LIKENESS_EQUAL] = "equal",
                                             [MC_LIKENESS_FLOAT32] = "rounded to fp32",
                                             [MC_LIKENESS_BFLOAT16] = "rounded to bf16",
                                             [MC_LIKENESS_FLOAT16] = "rounded to fp16",
                                             [MC_LIKENESS_DECIMALS] = "rounded decimal",
                                             [MC_LIKENESS_OTHER] = "different"};

static json_t *entry_json(const fmpq_t given, const fmpq_t published, size_t digits) {
  fmpq_t difference;
  fmpq_init(difference);
  fmpq_sub(difference, given, published);
  json_t *json = json_pack("{s:o s:o s:o s:s}", "given", fraction_json(given), "published", fraction_json(published),
                           "difference", fmpq_enclosure_json(difference, digits), "likeness",
                           likeness_names[mc_schedule_likeness(given, published)]);
  fmpq_clear(difference);
  return json;
}

/* A given step beside the published one; where it equals a row of another table, that row is named. */
static json_t *step_likeness_json(const mc_schedule_step *given, const mc_schedule_step *published, size_t digits) {
  json_t *entries = json_array();
  fmpq_t zero, distance;
  fmpq_init(zero);
  fmpq_init(distance);
  for (slong j = 0; j < given->terms || j < published->terms; j++)
    json_array_append_new(entries, entry_json(j < given->terms ? given->c + j : zero,
                                              j < published->terms ? published->c + j : zero, digits));
  json_t *json = json_pack("{s:o}", "coefficients", entries);
  mc_schedule_step_distance(distance, given, published);
  size_t index, row;
  if (!fmpq_is_zero(distance) && mc_schedule_find_row(&index, &row, given))
    json_object_set_new(json, "equals",
                        json_pack("{s:s s:I}", "name", mc_schedule_name(index), "step", (json_int_t)row + 1));
  fmpq_clear(zero);
  fmpq_clear(distance);
  return json;
}

json_t *mc_run_schedule_identify(const char *text, size_t digits, mc_error *e) {
  double start = mc_clock_seconds();
  mc_schedule given, published;
  fmpq_t distance;
  size_t index = 0;
  json_t *document = NULL;
  mc_schedule_init(&given);
  mc_schedule_init(&published);
  fmpq_init(distance);
  mc_status s = mc_schedule_set_text(&given, text, e);
  if (s == MC_OK)
    s = mc_schedule_nearest(&index, distance, &given, e);
  if (s == MC_OK)
    s = mc_schedule_set_name(&published, mc_schedule_name(index), e);
  size_t length = published.count;
  if (s == MC_OK && length < given.count)
    s = mc_schedule_resize(&published, given.count, e);
  if (s == MC_OK) {
    json_t *steps = json_array();
    for (size_t k = 0; k < given.count; k++)
      json_array_append_new(steps, step_likeness_json(&given.steps[k], &published.steps[k], digits));
    document =
        json_pack("{s:s s:s s:s s:b s:o s:I s:o}", "subject", "identify", "nearest", mc_schedule_name(index), "cite",
                  mc_schedule_cite(index), "equal", fmpq_is_zero(distance), "distance",
                  fmpq_enclosure_json(distance, digits), "published_steps", (json_int_t)length, "given_steps", steps);
    mc_run_stamp(document, "schedule", MC_EXIT_EXPECTED, mc_clock_seconds() - start);
  }
  mc_schedule_clear(&given);
  mc_schedule_clear(&published);
  fmpq_clear(distance);
  return document;
}
