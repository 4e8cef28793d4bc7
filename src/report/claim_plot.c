/* A claim about an iterate as a picture: the iterate drawn through, the band or bound that it is held against dashed, a witness as
 * a line.  Drawn from the points of the record; it shows, it proves nothing. */
#include "claim_plot.h"

#include <math.h>
#include <stdlib.h>

#include "facts.h"
#include "markup.h"

enum { WIDTH = 640, HEIGHT = 240, LEFT = 70, RIGHT = 628, TOP = 12, BOTTOM = 208 };

typedef struct {
  double x0, x1, y0, y1;
  bool logarithmic;
} frame;

static double across(const frame *f, double x) {
  double share = f->logarithmic ? log(x / f->x0) / log(f->x1 / f->x0) : (x - f->x0) / (f->x1 - f->x0);
  return LEFT + share * (RIGHT - LEFT);
}

static double down(const frame *f, double y) {
  return BOTTOM - (y - f->y0) / (f->y1 - f->y0) * (BOTTOM - TOP);
}

/* The least frame around all points; false: there is nothing to draw. */
static bool find_frame(frame *f, const json_t *plot) {
  const json_t *x = json_object_get(plot, "x"), *curve, *y;
  size_t i, k;
  *f = (frame){json_number_value(json_array_get(x, 0)), json_number_value(json_array_get(x, json_array_size(x) - 1)),
               INFINITY, -INFINITY, json_is_true(json_object_get(plot, "logarithmic"))};
  json_array_foreach(json_object_get(plot, "curves"), i, curve)
      json_array_foreach(json_object_get(curve, "y"), k, y) if (json_is_number(y)) {
    f->y0 = fmin(f->y0, json_number_value(y));
    f->y1 = fmax(f->y1, json_number_value(y));
  }
  double margin = 0.04 * (f->y1 - f->y0);
  f->y0 -= margin;
  f->y1 += margin;
  return f->x0 < f->x1 && f->y0 < f->y1 && isfinite(f->y1 - f->y0) && (!f->logarithmic || f->x0 > 0);
}

static void put_curve(mc_text *out, const frame *f, const json_t *x, const json_t *curve) {
  bool iterate = *mc_fact_text(curve, "kind") == 'i', open = false;
  size_t k;
  const json_t *y;
  mc_text_printf(out, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s d=\"", iterate ? "#1d5fbf" : "#444",
                 iterate ? "2" : "1.5", iterate ? "" : " stroke-dasharray=\"5 4\"");
  json_array_foreach(json_object_get(curve, "y"), k, y) {
    const json_t *at = json_array_get(x, k);
    if (json_is_number(y) && json_is_number(at))
      mc_text_printf(out, "%s%.1f %.1f", open ? "L" : "M", across(f, json_number_value(at)),
                     down(f, json_number_value(y)));
    open = json_is_number(y);
  }
  mc_text_printf(out, "\"/>\n");
}

/* "p/q" as a number, for drawing. */
static double fraction(const char *text) {
  char *slash;
  double p = strtod(text, &slash);
  return *slash == '/' ? p / strtod(slash + 1, NULL) : p;
}

static void put_witness(mc_text *out, const frame *f, const json_t *entry, const char *variable) {
  const char *witness = mc_fact_text(json_object_get(entry, "witness"), variable);
  double x = *witness ? fraction(witness) : NAN;
  if (x >= f->x0 && x <= f->x1)
    mc_text_printf(out,
                   "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#b3261e\" stroke-width=\"1.5\"/>"
                   "<text x=\"%.1f\" y=\"%d\" fill=\"#b3261e\"%s>witness</text>\n",
                   across(f, x), across(f, x), TOP, BOTTOM, across(f, x) + (across(f, x) > WIDTH / 2.0 ? -5 : 5),
                   TOP + 12, across(f, x) > WIDTH / 2.0 ? " text-anchor=\"end\"" : "");
}

void mc_report_put_claim_plot(mc_text *out, const json_t *entry) {
  const json_t *plot = json_object_get(entry, "plot"), *curve;
  frame f;
  size_t i;
  if (!plot || !find_frame(&f, plot))
    return;
  mc_text_printf(out,
                 "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-size=\"12\" "
                 "font-family=\"sans-serif\" fill=\"#1c1e21\"><title>the iterate (drawn through) and what it is held "
                 "against (dashed)</title>\n",
                 WIDTH, HEIGHT, WIDTH, HEIGHT);
  mc_text_printf(out, "<path fill=\"none\" stroke=\"#888\" d=\"M%d %dV%dH%d\"/>\n", LEFT, TOP, BOTTOM, RIGHT);
  mc_text_printf(out,
                 "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.3g</text><text x=\"%d\" y=\"%d\" "
                 "text-anchor=\"end\">%.3g</text>\n",
                 LEFT - 6, TOP + 8, f.y1, LEFT - 6, BOTTOM, f.y0);
  mc_text_printf(out, "<text x=\"%d\" y=\"%d\">%.4g</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.4g</text>\n",
                 LEFT, BOTTOM + 16, f.x0, RIGHT, BOTTOM + 16, f.x1);
  mc_text_printf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", (LEFT + RIGHT) / 2, BOTTOM + 16);
  mc_markup_escape(out, mc_fact_text(plot, "variable"), false);
  mc_text_printf(out, "%s</text>\n", f.logarithmic ? " (logarithmic)" : "");
  json_array_foreach(json_object_get(plot, "curves"), i, curve) put_curve(out, &f, json_object_get(plot, "x"), curve);
  put_witness(out, &f, entry, mc_fact_text(plot, "variable"));
  mc_text_printf(out, "</svg>\n");
}
