/* A claim about an iterate as a picture: the iterate drawn through, the band or bound that it is held against
 * dashed, a witness as a line.  Drawn from the points of the record; it shows, it proves nothing. */
#include "claim_plot.h"

#include <math.h>
#include <stdlib.h>

#include "chart.h"
#include "facts.h"

static const mc_chart_pen iterate_pen = {"#1d5fbf", ""}, bound_pen = {"#444", "5 4"};

static double number(const json_t *value) {
  return json_is_number(value) ? json_number_value(value) : NAN;
}

/* The numbers of a list, NAN for those that are none; NULL: no memory. */
static double *numbers(const json_t *list, size_t count) {
  double *values = mc_alloc(count, sizeof *values);
  for (size_t i = 0; values && i < count; i++)
    values[i] = number(json_array_get(list, i));
  return values;
}

/* The least frame around all points. */
static mc_chart find_chart(const json_t *plot) {
  const json_t *x = json_object_get(plot, "x"), *curve, *y;
  size_t i, k;
  mc_chart chart = {
      mc_chart_axis_empty(mc_fact_text(plot, "variable"), json_is_true(json_object_get(plot, "logarithmic")) ? 10 : 0),
      mc_chart_axis_empty("", 0)};
  mc_chart_include(&chart.x, number(json_array_get(x, 0)));
  mc_chart_include(&chart.x, number(json_array_get(x, json_array_size(x) - 1)));
  json_array_foreach(json_object_get(plot, "curves"), i, curve) json_array_foreach(json_object_get(curve, "y"), k, y)
      mc_chart_include(&chart.y, number(y));
  mc_chart_widen(&chart.y, 0.04);
  return chart;
}

static bool is_iterate(const json_t *curve) {
  return *mc_fact_text(curve, "kind") == 'i';
}

static void put_curve(mc_text *out, const mc_chart *chart, const json_t *xs, const json_t *curve) {
  size_t count = json_array_size(xs);
  double *x = numbers(xs, count), *y = numbers(json_object_get(curve, "y"), count);
  if (x && y)
    mc_chart_put_curve(out, chart, is_iterate(curve) ? iterate_pen : bound_pen, x, y, count);
  out->failed = out->failed || !x || !y;
  mc_free(x);
  mc_free(y);
}

/* "p/q" as a number, for drawing. */
static double fraction(const char *text) {
  char *slash;
  double p = strtod(text, &slash);
  return *slash == '/' ? p / strtod(slash + 1, NULL) : p;
}

static void put_witness(mc_text *out, const mc_chart *chart, const json_t *entry) {
  const char *witness = mc_fact_text(json_object_get(entry, "witness"), chart->x.label);
  double x = *witness ? fraction(witness) : NAN;
  if (!(x >= chart->x.least && x <= chart->x.most))
    return;
  double at = mc_chart_across(chart, x);
  bool left = at > MC_CHART_WIDTH / 2.0;
  mc_text_printf(out,
                 "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#b3261e\" stroke-width=\"1.5\"/>"
                 "<text x=\"%.1f\" y=\"%d\" fill=\"#b3261e\"%s>witness</text>\n",
                 at, at, MC_CHART_TOP, MC_CHART_BOTTOM, at + (left ? -5 : 5), MC_CHART_TOP + 12,
                 left ? " text-anchor=\"end\"" : "");
}

void mc_report_put_claim_plot(mc_text *out, const json_t *entry) {
  const json_t *plot = json_object_get(entry, "plot"), *curve;
  size_t i;
  mc_chart chart = find_chart(plot);
  if (!plot || !mc_chart_is_drawable(&chart))
    return;
  mc_chart_begin(out, "the iterate (drawn through) and what it is held against (dashed)", 2);
  mc_chart_put_axes(out, &chart);
  json_array_foreach(json_object_get(plot, "curves"), i, curve)
      put_curve(out, &chart, json_object_get(plot, "x"), curve);
  put_witness(out, &chart, entry);
  mc_chart_put_key(out, 0, iterate_pen, "the iterate");
  mc_chart_put_key(out, 1, bound_pen, "what it is held against");
  mc_chart_end(out);
}
