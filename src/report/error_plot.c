/* The certified error of an audit against its limits, on a logarithmic axis.  Drawn from the record; it shows, it
 * proves nothing. */
#include "error_plot.h"

#include <math.h>
#include <stdlib.h>

enum { PLOT_WIDTH = 480, PLOT_LEFT = 20, PLOT_RIGHT = 460 };

typedef struct {
  double least, most; /* decimal logarithms at the ends of the axis */
} axis;

static double place_on(const axis *a, double x) {
  return PLOT_LEFT + (log10(x) - a->least) / (a->most - a->least) * (PLOT_RIGHT - PLOT_LEFT);
}

/* A decimal string as a positive finite number, for drawing only; 0: it is none. */
static double drawn(const json_t *text) {
  const char *digits = json_string_value(text);
  double x = digits ? strtod(digits, NULL) : 0;
  return x > 0 && x < 1e300 ? x : 0;
}

static void widen(axis *a, double x) {
  if (x > 0) {
    a->least = fmin(a->least, floor(log10(x)));
    a->most = fmax(a->most, ceil(log10(x)));
  }
}

static void put_limit(mc_text *out, const axis *a, double x, const char *name, double y) {
  if (x <= 0)
    return;
  double at = place_on(a, x);
  bool left = at > PLOT_WIDTH / 2.0;
  mc_text_printf(out,
                 "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"10\" y2=\"74\" stroke=\"#444\" stroke-dasharray=\"4 3\"/>"
                 "<text x=\"%.1f\" y=\"%.1f\" stroke=\"#fff\" stroke-width=\"3\"%s>%s limit %.3g</text>\n",
                 at, at, left ? at - 5 : at + 5, y, left ? " text-anchor=\"end\"" : "", name, x);
}

static void put_axis(mc_text *out, const axis *a) {
  mc_text_printf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"74\" y2=\"74\" stroke=\"#888\"/>\n", PLOT_LEFT, PLOT_RIGHT);
  int least = (int)a->least, most = (int)a->most, step = (most - least + 6) / 7;
  for (int d = least; d <= most; d += step)
    mc_text_printf(out, "<text x=\"%.1f\" y=\"90\" text-anchor=\"middle\" fill=\"#666\">1e%d</text>\n",
                   place_on(a, pow(10, d)), d);
}

void mc_report_put_error_plot(mc_text *out, const json_t *entry) {
  const json_t *error = json_object_get(entry, "error"), *tolerance = json_object_get(entry, "tolerance");
  double lo = drawn(json_object_get(error, "lo")), hi = drawn(json_object_get(error, "hi"));
  double statistical = drawn(json_object_get(tolerance, "statistical")),
         spectrum = drawn(json_object_get(tolerance, "spectrum")), sound = drawn(json_object_get(tolerance, "sound"));
  axis a = {INFINITY, -INFINITY};
  widen(&a, lo > 0 ? lo : hi);
  widen(&a, hi);
  widen(&a, statistical);
  widen(&a, sound);
  if (hi <= 0 || a.most <= a.least)
    return;
  double from = place_on(&a, lo > 0 ? lo : hi), to = place_on(&a, hi);
  bool left = from > PLOT_LEFT + 50;
  mc_text_printf(out,
                 "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 %d 96\" width=\"%d\" height=\"96\" font-size=\"12\" "
                 "font-family=\"sans-serif\" fill=\"#1c1e21\" paint-order=\"stroke\"><title>certified error against "
                 "its limits</title>\n",
                 PLOT_WIDTH, PLOT_WIDTH);
  put_axis(out, &a);
  put_limit(out, &a, statistical, "statistical", 20);
  put_limit(out, &a, spectrum, "spectrum", 33);
  put_limit(out, &a, sound, "sound", 46);
  mc_text_printf(out,
                 "<rect x=\"%.1f\" y=\"50\" width=\"%.1f\" height=\"16\" fill=\"#1d5fbf\"/><text x=\"%.1f\" y=\"62\" "
                 "stroke=\"#fff\" stroke-width=\"3\"%s>"
                 "error</text></svg>\n",
                 from - 2, to - from + 4, left ? from - 7 : to + 7, left ? " text-anchor=\"end\"" : "");
}
