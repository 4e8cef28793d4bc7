/* Charts as SVG: a frame with round ticks, on linear or logarithmic axes.  Private to src/report.
 *
 * Numbers are formatted in the C locale and nothing is read but the arguments, so that a report stays a pure
 * function of its records; gnuplot, which needs a process and a file, draws only what `simulate --plot` asks for. */
#ifndef MUONCERT_REPORT_CHART_H
#define MUONCERT_REPORT_CHART_H

#include "../base/base.h"

typedef struct {
  double least, most;
  bool logarithmic;
  unsigned base; /* of the ticks of a logarithmic axis: 10, or 2 */
  const char *label;
} mc_chart_axis;

typedef struct {
  mc_chart_axis x, y;
} mc_chart;

/* Width of the picture, and the frame in it, in pixels. */
enum { MC_CHART_WIDTH = 480, MC_CHART_LEFT = 58, MC_CHART_RIGHT = 468, MC_CHART_TOP = 12, MC_CHART_BOTTOM = 188 };

/* How a curve is drawn: colours that differ in print as well, and another dash for each. */
typedef struct {
  const char *colour, *dash; /* dash: "" draws through */
} mc_chart_pen;

/* An axis around nothing, and around one number more.  What is not finite, or not positive on a logarithmic axis, is
 * left out.  base: 0 for a linear axis, else that of its ticks. */
mc_chart_axis mc_chart_axis_empty(const char *label, unsigned base);
void mc_chart_include(mc_chart_axis *axis, double value);

/* Room above and below what is drawn: this share of the axis. */
void mc_chart_widen(mc_chart_axis *axis, double share);

/* Both axes have a length. */
bool mc_chart_is_drawable(const mc_chart *chart);

/* Pixels. */
double mc_chart_across(const mc_chart *chart, double x);
double mc_chart_down(const mc_chart *chart, double y);

/* The beginning of an SVG with its title, for those who cannot see it, and `keys` lines for a key below; the axes with
 * their ticks; a stroke through points, those that cannot be drawn leaving a gap; a line of the key; the end. */
void mc_chart_begin(mc_text *out, const char *title, size_t keys);
void mc_chart_put_axes(mc_text *out, const mc_chart *chart);
void mc_chart_put_curve(mc_text *out, const mc_chart *chart, mc_chart_pen pen, const double *x, const double *y,
                        size_t count);
void mc_chart_put_key(mc_text *out, size_t line, mc_chart_pen pen, const char *text);
void mc_chart_end(mc_text *out);

#endif
