/* Steps against dimension as a picture: for each optimizer the fewest and the most steps that its trials took, and
 * the bracket that the theorem promises as a band.  Drawn from the counts of the record; it shows, it proves
 * nothing. */
#include "steps_plot.h"

#include <math.h>
#include <string.h>

#include "chart.h"
#include "facts.h"

/* An optimizer has the same pen in every picture; those without one of their own share the last. */
static const struct {
  const char *optimizer;
  mc_chart_pen pen;
} pens[] = {{"muon", {"#1d5fbf", ""}},        {"newton_schulz", {"#2b7a3e", "2 3"}}, {"gd", {"#b85c00", "7 4"}},
            {"sign", {"#8b3fb0", "9 3 2 3"}}, {"adam", {"#a3174a", "4 2 1 2"}},      {"", {"#444", "1 2"}}};
enum { PENS = sizeof pens / sizeof pens[0], MOST_POINTS = 64, MOST_LINES = 32 };

static mc_chart_pen pen_of(const char *optimizer) {
  size_t i = 0;
  while (i < PENS - 1 && strcmp(pens[i].optimizer, optimizer) != 0)
    i++;
  return pens[i].pen;
}

/* The points of one optimizer in one campaign, by rising dimension. */
typedef struct {
  const char *campaign, *name;
  size_t count;
  double n[MOST_POINTS], least[MOST_POINTS], most[MOST_POINTS], low[MOST_POINTS], high[MOST_POINTS];
} line;

static double number_of(const json_t *object, const char *name) {
  const json_t *value = json_object_get(object, name);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

typedef struct {
  line *lines;
  size_t count, campaigns;
} series;

static line *find_line(series *s, const char *campaign, const char *name) {
  for (size_t i = 0; i < s->count; i++)
    if (s->lines[i].campaign == campaign && strcmp(s->lines[i].name, name) == 0)
      return &s->lines[i];
  if (s->count == MOST_LINES)
    return NULL;
  s->lines[s->count] = (line){.campaign = campaign, .name = name};
  return &s->lines[s->count++];
}

/* Room is made where the dimension belongs. */
static void insert_point(line *l, const json_t *point) {
  double n = number_of(point, "n");
  if (l->count == MOST_POINTS || !(n > 0))
    return;
  size_t at = l->count++;
  double *const columns[] = {l->n, l->least, l->most, l->low, l->high};
  const char *const names[] = {"n", "steps_min", "steps_max", "bracket_lo", "bracket_hi"};
  for (; at > 0 && l->n[at - 1] > n; at--)
    for (size_t c = 0; c < 5; c++)
      columns[c][at] = columns[c][at - 1];
  for (size_t c = 0; c < 5; c++)
    columns[c][at] = number_of(point, names[c]);
}

static void read_campaign(series *s, const json_t *entry) {
  const json_t *points = json_object_get(entry, "steps_by_dimension"), *point;
  size_t i;
  s->campaigns += json_array_size(points) > 0;
  json_array_foreach(points, i, point) {
    line *l = find_line(s, mc_fact_name(entry), mc_fact_text(point, "optimizer"));
    if (l)
      insert_point(l, point);
  }
}

static bool has_bracket(const line *l) {
  for (size_t i = 0; i < l->count; i++)
    if (isfinite(l->low[i]) || isfinite(l->high[i]))
      return true;
  return false;
}

static void include_line(mc_chart *chart, const line *l) {
  for (size_t i = 0; i < l->count; i++) {
    mc_chart_include(&chart->x, l->n[i]);
    mc_chart_include(&chart->y, l->least[i]);
    mc_chart_include(&chart->y, l->most[i]);
    mc_chart_include(&chart->y, l->low[i]);
    mc_chart_include(&chart->y, l->high[i]);
  }
}

static mc_chart find_chart(const series *s) {
  mc_chart chart = {mc_chart_axis_empty("dimension", 2), mc_chart_axis_empty("steps", 10)};
  for (size_t i = 0; i < s->count; i++)
    include_line(&chart, &s->lines[i]);
  if (chart.y.least == chart.y.most) { /* one count everywhere is a line in the middle */
    mc_chart_include(&chart.y, chart.y.least / 2);
    mc_chart_include(&chart.y, chart.y.most * 2);
  }
  mc_chart_widen(&chart.x, 0.04);
  mc_chart_widen(&chart.y, 0.06);
  return chart;
}

/* Between the ends of the bracket, with an edge, so that one without a width is seen; an end that is missing lies on the
 * frame. */
static void put_bracket(mc_text *out, const mc_chart *chart, const line *l, mc_chart_pen pen) {
  mc_text_printf(out,
                 "<path fill=\"%s\" fill-opacity=\"0.13\" stroke=\"%s\" stroke-opacity=\"0.25\" stroke-width=\"5\" "
                 "stroke-linejoin=\"round\" d=\"",
                 pen.colour, pen.colour);
  for (size_t i = 0; i < l->count; i++)
    mc_text_printf(out, "%s%.1f %.1f", i ? "L" : "M", mc_chart_across(chart, l->n[i]),
                   isfinite(l->high[i]) ? mc_chart_down(chart, l->high[i]) : MC_CHART_TOP);
  for (size_t i = l->count; i-- > 0;)
    mc_text_printf(out, "L%.1f %.1f", mc_chart_across(chart, l->n[i]),
                   l->low[i] > 0 ? mc_chart_down(chart, l->low[i]) : MC_CHART_BOTTOM);
  mc_text_printf(out, "Z\"/>\n");
}

/* A bar from the fewest to the most steps at each dimension. */
static void put_ranges(mc_text *out, const mc_chart *chart, const line *l, mc_chart_pen pen) {
  for (size_t i = 0; i < l->count; i++)
    if (l->least[i] > 0 && l->most[i] >= l->least[i])
      mc_text_printf(out, "<path stroke=\"%s\" stroke-width=\"6\" stroke-linecap=\"round\" d=\"M%.1f %.1fV%.1f\"/>\n",
                     pen.colour, mc_chart_across(chart, l->n[i]), mc_chart_down(chart, l->most[i]) - 0.1,
                     mc_chart_down(chart, l->least[i]));
}

static void put_line(mc_text *out, const mc_chart *chart, const line *l, mc_chart_pen pen) {
  if (has_bracket(l))
    put_bracket(out, chart, l, pen);
  mc_chart_put_curve(out, chart, pen, l->n, l->most, l->count);
  put_ranges(out, chart, l, pen);
}

static void put_key(mc_text *out, size_t i, const series *s, mc_chart_pen pen) {
  const line *l = &s->lines[i];
  mc_text text;
  mc_text_init(&text);
  mc_text_printf(&text, "%s", l->name);
  if (s->campaigns > 1)
    mc_text_printf(&text, " (%s)", l->campaign);
  mc_chart_put_key(out, i, pen, mc_fact_data(&text));
  mc_text_clear(&text);
}

static void put_chart(mc_text *out, const series *s) {
  mc_chart chart = find_chart(s);
  if (s->count == 0 || !mc_chart_is_drawable(&chart))
    return;
  mc_text_printf(out, "<p class=\"faint\">Steps against dimension, at each from the fewest to the most that the trials "
                      "took; shaded: the theorem's bracket</p>\n");
  mc_chart_begin(out, "steps against dimension", s->count);
  mc_chart_put_axes(out, &chart);
  for (size_t i = 0; i < s->count; i++)
    put_line(out, &chart, &s->lines[i], pen_of(s->lines[i].name));
  for (size_t i = 0; i < s->count; i++)
    put_key(out, i, s, pen_of(s->lines[i].name));
  mc_chart_end(out);
}

/* Of several entries. */
static void put_plot(mc_text *out, const json_t *const *entries, size_t count) {
  series s = {mc_alloc(MOST_LINES, sizeof *s.lines), 0, 0};
  for (size_t i = 0; s.lines && i < count; i++)
    read_campaign(&s, entries[i]);
  if (s.lines)
    put_chart(out, &s);
  out->failed = out->failed || !s.lines;
  mc_free(s.lines);
}

void mc_report_put_steps_plot(mc_text *out, const json_t *entry) {
  if (json_array_size(json_object_get(entry, "steps_by_dimension")) > 0)
    put_plot(out, &entry, 1);
}

void mc_report_put_steps_plots(mc_text *out, const json_t *entries) {
  const json_t *counting[MOST_LINES], *entry;
  size_t count = 0, i;
  json_array_foreach(entries, i,
                     entry) if (count < MOST_LINES && json_array_size(json_object_get(entry, "steps_by_dimension")) > 0)
      counting[count++] = entry;
  if (count > 1)
    put_plot(out, counting, count);
}
