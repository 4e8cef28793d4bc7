/* Simulations: their panels of series as CSV, as a program for gnuplot, as a table on the terminal.  Nothing in them is
 * certified, and each form says so. */
#include <math.h>
#include <string.h>

#include "facts.h"
#include "report.h"

static const char *text_of(const json_t *object, const char *name) {
  return mc_fact_text(object, name);
}

/* "simulate saddle" or "2605.09331/fig1: escape time". */
static void print_title(mc_text *out, const json_t *document) {
  if (*text_of(document, "figure"))
    mc_text_printf(out, "%s: %s", text_of(document, "figure"), text_of(document, "title"));
  else
    mc_text_printf(out, "%s", text_of(document, "model"));
  mc_text_printf(out, " (approx)");
}

static mc_status check(const json_t *document, mc_error *e) {
  return json_is_array(json_object_get(document, "panels"))
             ? MC_OK
             : mc_fail(e, MC_BAD_INPUT, "this is no record of a simulation");
}

static void print_number(mc_text *out, const json_t *x, const char *missing) {
  if (json_is_number(x))
    mc_text_printf(out, "%.17g", json_number_value(x));
  else
    mc_text_printf(out, "%s", missing);
}

/* ---- CSV ---- */

/* A field, quoted where RFC 4180 wants it. */
static void print_field(mc_text *out, const char *text) {
  if (!strpbrk(text, ",\"\r\n")) {
    mc_text_printf(out, "%s", text);
    return;
  }
  mc_text_printf(out, "\"");
  for (; *text; text++)
    mc_text_printf(out, *text == '"' ? "\"\"" : "%c", *text);
  mc_text_printf(out, "\"");
}

/* A model: one row a step, one column a series. */
static void print_columns(mc_text *out, const json_t *panels) {
  const json_t *panel, *series, *first = NULL;
  size_t i, k;
  mc_text_printf(out, "step");
  json_array_foreach(panels, i, panel) json_array_foreach(json_object_get(panel, "series"), k, series) {
    first = first ? first : series;
    mc_text_printf(out, ",");
    print_field(out, text_of(series, "label"));
  }
  for (size_t row = 0; row < json_array_size(json_object_get(first, "x")); row++) {
    mc_text_printf(out, "\n");
    print_number(out, json_array_get(json_object_get(first, "x"), row), "nan");
    json_array_foreach(panels, i, panel) json_array_foreach(json_object_get(panel, "series"), k, series) {
      mc_text_printf(out, ",");
      print_number(out, json_array_get(json_object_get(series, "y"), row), "nan");
    }
  }
  mc_text_printf(out, "\n");
}

/* A figure: one row a point. */
static void print_points(mc_text *out, const json_t *panels) {
  static const char *const axes[] = {"x", "y", "z"};
  const json_t *panel, *series;
  size_t i, k;
  mc_text_printf(out, "panel,series,x,y,z\n");
  json_array_foreach(panels, i, panel) json_array_foreach(json_object_get(panel, "series"), k, series) {
    for (size_t row = 0; row < json_array_size(json_object_get(series, "x")); row++) {
      print_field(out, text_of(panel, "title"));
      mc_text_printf(out, ",");
      print_field(out, text_of(series, "label"));
      for (size_t a = 0; a < 3; a++) {
        const json_t *axis = json_object_get(series, axes[a]);
        mc_text_printf(out, ",");
        if (axis)
          print_number(out, json_array_get(axis, row), "nan");
      }
      mc_text_printf(out, "\n");
    }
  }
}

mc_status mc_report_csv(mc_text *out, const json_t *document, mc_error *e) {
  if (check(document, e) != MC_OK)
    return MC_BAD_INPUT;
  mc_text_printf(out, "# %s simulate ", text_of(document, "tool"));
  print_title(out, document);
  mc_text_printf(out, ", seed %s\n", text_of(document, "seed"));
  if (*text_of(document, "figure"))
    print_points(out, json_object_get(document, "panels"));
  else
    print_columns(out, json_object_get(document, "panels"));
  return out->failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : MC_OK;
}

/* ---- gnuplot ---- */

/* "text" with gnuplot's escapes; its enhanced mode is off. */
static void print_string(mc_text *out, const char *text) {
  mc_text_printf(out, "\"");
  for (; *text; text++)
    mc_text_printf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
  mc_text_printf(out, "\"");
}

/* Points that a logarithmic axis cannot show are left out. */
static bool is_shown(const json_t *panel, const json_t *x, const json_t *y) {
  return json_is_number(x) && json_is_number(y) &&
         (!json_is_true(json_object_get(panel, "log_x")) || json_number_value(x) > 0) &&
         (!json_is_true(json_object_get(panel, "log_y")) || json_number_value(y) > 0);
}

static void print_data(mc_text *out, const json_t *panel, const json_t *series) {
  const json_t *x = json_object_get(series, "x"), *y = json_object_get(series, "y"), *z = json_object_get(series, "z");
  double last = NAN;
  for (size_t i = 0; i < json_array_size(x); i++) {
    double height = json_number_value(json_array_get(y, i));
    if (z && i > 0 && height != last) /* a blank line ends a row of a grid */
      mc_text_printf(out, "\n");
    last = height;
    if (!is_shown(panel, json_array_get(x, i), json_array_get(y, i)))
      continue;
    print_number(out, json_array_get(x, i), "");
    mc_text_printf(out, " ");
    print_number(out, json_array_get(y, i), "");
    mc_text_printf(out, " ");
    print_number(out, json_array_get(z, i), "NaN");
    mc_text_printf(out, "\n");
  }
}

static size_t shown_points(const json_t *panel, const json_t *series) {
  const json_t *x = json_object_get(series, "x"), *y = json_object_get(series, "y");
  size_t count = 0;
  for (size_t i = 0; i < json_array_size(x); i++)
    count += is_shown(panel, json_array_get(x, i), json_array_get(y, i));
  return count;
}

static void print_axes(mc_text *out, const json_t *panel, bool map) {
  const char *const names[] = {"title", "x", "y"}, *const commands[] = {"title", "xlabel", "ylabel"};
  for (size_t i = 0; i < 3; i++) {
    mc_text_printf(out, "set %s ", commands[i]);
    print_string(out, text_of(panel, names[i]));
    mc_text_printf(out, "\n");
  }
  mc_text_printf(out, "%s logscale x\n", json_is_true(json_object_get(panel, "log_x")) ? "set" : "unset");
  mc_text_printf(out, "%s logscale y\n", json_is_true(json_object_get(panel, "log_y")) ? "set" : "unset");
  mc_text_printf(out, "set format '%%g'\n");
  mc_text_printf(out, map ? "set view map\nunset key\n" : "set key font ',9' outside bottom center horizontal\n");
}

/* A block of data for each series that has something to show, then the one command that draws them all. */
static void print_panel(mc_text *out, const json_t *panel) {
  const char *kind = text_of(panel, "kind");
  bool map = strcmp(kind, "map") == 0;
  const json_t *series;
  size_t i, drawn = 0;
  mc_text command;
  mc_text_init(&command);
  mc_text_printf(&command, map ? "splot" : "plot");
  print_axes(out, panel, map);
  json_array_foreach(json_object_get(panel, "series"), i, series) {
    if (shown_points(panel, series) == 0)
      continue;
    mc_text_printf(out, "$d%zu << EOD\n", drawn);
    print_data(out, panel, series);
    mc_text_printf(out, "EOD\n");
    mc_text_printf(&command, "%s $d%zu using 1:2%s with %s title ", drawn ? "," : "", drawn, map ? ":3" : "",
                   map ? "pm3d" : kind);
    print_string(&command, text_of(series, "label"));
    drawn++;
  }
  mc_text_printf(out, "%s\n", drawn ? mc_fact_data(&command) : "plot [0:1] [0:1] NaN title 'nothing to show'");
  out->failed = out->failed || command.failed;
  mc_text_clear(&command);
}

mc_status mc_report_gnuplot(mc_text *out, const json_t *document, mc_error *e) {
  const json_t *panels = json_object_get(document, "panels"), *panel;
  size_t i, count = json_array_size(panels), columns = count < 2 ? 1 : count <= 4 ? 2 : 3;
  if (check(document, e) != MC_OK)
    return MC_BAD_INPUT;
  size_t rows = count > 0 ? (count + columns - 1) / columns : 1;
  mc_text_printf(out, "set encoding utf8\nset terminal svg size %zu,%zu noenhanced background 'white'\n", 480 * columns,
                 60 + 400 * rows);
  mc_text_printf(out, "set multiplot layout %zu,%zu title ", rows, columns);
  mc_text title;
  mc_text_init(&title);
  print_title(&title, document);
  print_string(out, mc_fact_data(&title));
  mc_text_clear(&title);
  mc_text_printf(out, "\n");
  json_array_foreach(panels, i, panel) print_panel(out, panel);
  mc_text_printf(out, "unset multiplot\n");
  return out->failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : MC_OK;
}

/* ---- Terminal ---- */

/* First and last value of each series. */
mc_status mc_report_series(mc_text *out, const json_t *document, mc_error *e) {
  const json_t *panel, *series;
  size_t i, k;
  if (check(document, e) != MC_OK)
    return MC_BAD_INPUT;
  print_title(out, document);
  mc_text_printf(out, ", seed %s\n", text_of(document, "seed"));
  json_array_foreach(json_object_get(document, "panels"), i, panel) {
    mc_text_printf(out, "%s\n", text_of(panel, "title"));
    json_array_foreach(json_object_get(panel, "series"), k, series) {
      const json_t *x = json_object_get(series, "x"),
                   *y = json_object_get(series, json_object_get(series, "z") ? "z" : "y");
      size_t n = json_array_size(y), last = n > 0 ? n - 1 : 0;
      while (last > 0 && !json_is_number(json_array_get(y, last)))
        last--;
      mc_text_printf(out, "  %-32s %12.6g at %-8g %12.6g at %g\n", text_of(series, "label"),
                     json_number_value(json_array_get(y, 0)), json_number_value(json_array_get(x, 0)),
                     json_number_value(json_array_get(y, last)), json_number_value(json_array_get(x, last)));
    }
  }
  return out->failed ? mc_fail(e, MC_NO_MEMORY, "out of memory") : MC_OK;
}
