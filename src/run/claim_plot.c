/* What a plot of a claim shows: both sides of its comparisons over the one variable.  For drawing only: midpoints of balls,
 * rounded; nothing is decided by them. */
#include "claim_plot.h"

#include <math.h>
#include <stdlib.h>

#include "../ball/ball.h"

enum { POINTS = 97, MOST_CURVES = 6, BITS = 128 };

static bool mentions_iterate(const mc_expr *expr) {
  if (expr->kind == MC_EXPR_ITER || expr->kind == MC_EXPR_APPLY || (expr->kind == MC_EXPR_CALL && expr->count > 0))
    return true;
  for (size_t i = 0; i < expr->count; i++)
    if (mentions_iterate(expr->arguments[i]))
      return true;
  return false;
}

/* Six digits are more than a picture shows. */
static json_t *drawn(double x) {
  char text[32];
  snprintf(text, sizeof text, "%.6g", x);
  return isfinite(x) ? json_real(strtod(text, NULL)) : json_null();
}

static double middle(const arb_t x) {
  return arb_is_finite(x) ? arf_get_d(arb_midref(x), ARF_RND_NEAR) : NAN;
}

/* An end of the variable's interval; ? is the best value found. */
static double end_of(const mc_expr *end, arb_srcptr unknown) {
  arb_t x;
  arb_init(x);
  if (end->kind == MC_EXPR_UNKNOWN)
    arb_set(x, unknown);
  else
    mc_lang_expr_enclose(x, end, NULL, BITS);
  double value = middle(x);
  arb_clear(x);
  return value;
}

/* The i-th of the points between: evenly spaced, or their logarithms where the interval spans more than two decades. */
static double place(double from, double to, int i) {
  double share = (double)i / (POINTS - 1);
  return from > 0 && to / from > 100 ? from * pow(to / from, share) : from + (to - from) * share;
}

/* The different sides of the comparisons, in their order; what is iterated first. */
static size_t find_curves(const mc_expr **curves, const mc_condition *body) {
  size_t count = 0;
  for (int iterated = 1; iterated >= 0; iterated--)
    for (size_t i = 0; i < body->count; i++) {
      const mc_expr *sides[] = {body->comparisons[i].left, body->comparisons[i].right};
      for (int k = 0; k < 2 && count < MOST_CURVES; k++) {
        bool known = mentions_iterate(sides[k]) != (iterated == 1);
        for (size_t c = 0; c < count; c++)
          known = known || curves[c] == sides[k];
        if (!known)
          curves[count++] = sides[k];
      }
    }
  return count;
}

static json_t *points_json(const mc_claim *claim, double from, double to, arb_srcptr unknown) {
  const mc_expr *curves[MOST_CURVES];
  size_t count = find_curves(curves, &claim->body);
  json_t *x = json_array(), *list = json_array();
  arb_ptr environment = _arb_vec_init(2);
  arb_t y;
  arb_init(y);
  arb_set(environment + 1, unknown);
  for (int i = 0; i < POINTS; i++)
    json_array_append_new(x, drawn(place(from, to, i)));
  for (size_t c = 0; c < count; c++) {
    json_t *values = json_array();
    for (int i = 0; i < POINTS; i++) {
      arb_set_d(environment, place(from, to, i));
      mc_lang_expr_enclose(y, curves[c], environment, BITS);
      json_array_append_new(values, drawn(middle(y)));
    }
    json_array_append_new(
        list, json_pack("{s:s s:o}", "kind", mentions_iterate(curves[c]) ? "iterate" : "bound", "y", values));
  }
  arb_clear(y);
  _arb_vec_clear(environment, 2);
  return json_pack("{s:s s:b s:o s:o}", "variable", claim->variables[0].name, "logarithmic",
                   from > 0 && to / from > 100, "x", x, "curves", list);
}

json_t *mc_run_claim_plot(const mc_claim *claim, const mc_claim_result *result) {
  bool iterates = false;
  for (size_t i = 0; i < claim->body.count; i++)
    iterates = iterates || mentions_iterate(claim->body.comparisons[i].left) ||
               mentions_iterate(claim->body.comparisons[i].right);
  if (!iterates || claim->exists || claim->variable_count != 1 || claim->variables[0].integer ||
      (claim->unknown && !result->has_derived))
    return NULL;
  arb_t unknown;
  arb_init(unknown);
  if (claim->unknown)
    arb_set_interval_arf(unknown, result->derived_lower, result->derived_upper, BITS);
  double from = end_of(claim->variables[0].lower, unknown), to = end_of(claim->variables[0].upper, unknown);
  json_t *plot = from < to && isfinite(to - from) ? points_json(claim, from, to, unknown) : NULL;
  arb_clear(unknown);
  return plot;
}
