#include "chart.h"

#include <math.h>

#include "markup.h"

enum { HEIGHT = 226, KEY_LEFT = 20, KEY_LINE = 18, MOST_TICKS = 6, MOST_POWERS_OF_TWO = 12 };

/* ---- Axes ---- */

mc_chart_axis mc_chart_axis_empty(const char *label, unsigned base) {
  return (mc_chart_axis){INFINITY, -INFINITY, base > 0, base, label};
}

static bool is_shown(const mc_chart_axis *axis, double value) {
  return isfinite(value) && (!axis->logarithmic || value > 0);
}

void mc_chart_include(mc_chart_axis *axis, double value) {
  if (!is_shown(axis, value))
    return;
  axis->least = fmin(axis->least, value);
  axis->most = fmax(axis->most, value);
}

/* From 0 to 1 along the axis. */
static double share_of(const mc_chart_axis *axis, double value) {
  return axis->logarithmic ? log(value / axis->least) / log(axis->most / axis->least)
                           : (value - axis->least) / (axis->most - axis->least);
}

void mc_chart_widen(mc_chart_axis *axis, double share) {
  if (axis->logarithmic) {
    double factor = pow(axis->most / axis->least, share);
    axis->least /= factor;
    axis->most *= factor;
  } else {
    double margin = share * (axis->most - axis->least);
    axis->least -= margin;
    axis->most += margin;
  }
}

static bool has_length(const mc_chart_axis *axis) {
  return axis->least < axis->most && isfinite(axis->most - axis->least) && (!axis->logarithmic || axis->least > 0);
}

bool mc_chart_is_drawable(const mc_chart *chart) {
  return has_length(&chart->x) && has_length(&chart->y);
}

double mc_chart_across(const mc_chart *chart, double x) {
  return MC_CHART_LEFT + share_of(&chart->x, x) * (MC_CHART_RIGHT - MC_CHART_LEFT);
}

double mc_chart_down(const mc_chart *chart, double y) {
  return MC_CHART_BOTTOM - share_of(&chart->y, y) * (MC_CHART_BOTTOM - MC_CHART_TOP);
}

/* ---- Ticks ---- */

typedef void put_tick(mc_text *out, const mc_chart *chart, double at);

static void put_tick_across(mc_text *out, const mc_chart *chart, double at) {
  double x = mc_chart_across(chart, at);
  mc_text_printf(
      out, "<path stroke=\"#888\" d=\"M%.1f %dv4\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.4g</text>\n", x,
      MC_CHART_BOTTOM, x, MC_CHART_BOTTOM + 17, at);
}

static void put_tick_up(mc_text *out, const mc_chart *chart, double at) {
  double y = mc_chart_down(chart, at);
  mc_text_printf(out,
                 "<path stroke=\"#ddd\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.4g</text>\n",
                 MC_CHART_LEFT, y, MC_CHART_RIGHT, MC_CHART_LEFT - 6, y + 4, at);
}

/* The least of 1, 2, 5 times a power of ten that makes at most MOST_TICKS steps. */
static double round_step(double length) {
  double power = pow(10, floor(log10(length / MOST_TICKS)));
  double steps[] = {1, 2, 5, 10};
  for (size_t i = 0; i < 4; i++)
    if (length / (steps[i] * power) <= MOST_TICKS)
      return steps[i] * power;
  return 10 * power;
}

static void put_linear_ticks(mc_text *out, const mc_chart *chart, const mc_chart_axis *axis, put_tick *put) {
  double step = round_step(axis->most - axis->least), first = ceil(axis->least / step - 1e-9);
  for (int k = 0; k <= MOST_TICKS; k++) {
    double at = (first + k) * step + 0.0; /* + 0.0: no -0 */
    if (at <= axis->most + 1e-9 * step)
      put(out, chart, at);
  }
}

/* Powers of the base, not all of them on a long axis, and 2 and 5 times those of ten on a short one. */
static void put_logarithmic_ticks(mc_text *out, const mc_chart *chart, const mc_chart_axis *axis, put_tick *put) {
  const double parts[] = {1, 2, 5}, unit = log(axis->base), powers = log(axis->most / axis->least) / unit;
  const int room = axis->base == 10 ? MOST_TICKS : MOST_POWERS_OF_TWO;
  const double step = fmax(1, ceil(powers / room)), first = step * floor(log(axis->least) / unit / step);
  const size_t count = axis->base == 10 && powers < 2 ? 3 : 1;
  for (int k = 0; k <= room + 1; k++)
    for (size_t i = 0; i < count; i++) {
      double at = parts[i] * pow(axis->base, first + k * step);
      if (at >= axis->least * (1 - 1e-9) && at <= axis->most * (1 + 1e-9))
        put(out, chart, at);
    }
}

static void put_ticks(mc_text *out, const mc_chart *chart, const mc_chart_axis *axis, put_tick *put) {
  if (axis->logarithmic)
    put_logarithmic_ticks(out, chart, axis, put);
  else
    put_linear_ticks(out, chart, axis, put);
}

/* ---- The picture ---- */

void mc_chart_begin(mc_text *out, const char *title, size_t keys) {
  int height = HEIGHT + (int)keys * KEY_LINE;
  mc_text_printf(out,
                 "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-size=\"12\" "
                 "font-family=\"sans-serif\" fill=\"#1c1e21\"><title>",
                 MC_CHART_WIDTH, height, MC_CHART_WIDTH, height);
  mc_markup_escape(out, title, false);
  mc_text_printf(out, "</title>\n");
}

void mc_chart_put_axes(mc_text *out, const mc_chart *chart) {
  put_ticks(out, chart, &chart->y, put_tick_up);
  put_ticks(out, chart, &chart->x, put_tick_across);
  mc_text_printf(out, "<path fill=\"none\" stroke=\"#888\" d=\"M%d %dV%dH%d\"/>\n", MC_CHART_LEFT, MC_CHART_TOP,
                 MC_CHART_BOTTOM, MC_CHART_RIGHT);
  mc_text_printf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", (MC_CHART_LEFT + MC_CHART_RIGHT) / 2,
                 MC_CHART_BOTTOM + 33);
  mc_markup_escape(out, chart->x.label, false);
  mc_text_printf(out, "</text>\n");
  if (*chart->y.label) {
    mc_text_printf(out, "<text transform=\"translate(13 %d) rotate(-90)\" text-anchor=\"middle\">",
                   (MC_CHART_TOP + MC_CHART_BOTTOM) / 2);
    mc_markup_escape(out, chart->y.label, false);
    mc_text_printf(out, "</text>\n");
  }
}

void mc_chart_put_curve(mc_text *out, const mc_chart *chart, mc_chart_pen pen, const double *x, const double *y,
                        size_t count) {
  bool open = false;
  mc_text_printf(out, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" d=\"", pen.colour,
                 *pen.dash ? pen.dash : "none");
  for (size_t i = 0; i < count; i++) {
    bool shown = is_shown(&chart->x, x[i]) && is_shown(&chart->y, y[i]);
    if (shown)
      mc_text_printf(out, "%s%.1f %.1f", open ? "L" : "M", mc_chart_across(chart, x[i]), mc_chart_down(chart, y[i]));
    open = shown;
  }
  mc_text_printf(out, "\"/>\n");
}

void mc_chart_put_key(mc_text *out, size_t line, mc_chart_pen pen, const char *text) {
  int y = HEIGHT + (int)line * KEY_LINE;
  mc_text_printf(out,
                 "<path stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" d=\"M%d %dh30\"/>"
                 "<text x=\"%d\" y=\"%d\">",
                 pen.colour, *pen.dash ? pen.dash : "none", KEY_LEFT, y + 6, KEY_LEFT + 38, y + 10);
  mc_markup_escape(out, text, false);
  mc_text_printf(out, "</text>\n");
}

void mc_chart_end(mc_text *out) {
  mc_text_printf(out, "</svg>\n");
}
