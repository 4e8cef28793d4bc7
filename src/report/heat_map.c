/* Where an output errs, as a map: a square for each block of entries, the darker the larger the root mean square of
 * the error. Drawn from the values of the record; it shows, it proves nothing. */
#include "heat_map.h"

#include <math.h>

enum { SIDE = 320, LARGEST_SQUARE = 24 }; /* of the map and of a square, in pixels */

typedef struct {
  const json_t *values; /* row by row */
  size_t rows, columns;
  double greatest; /* of the values that are finite */
  bool broken;     /* some are not */
} map;

/* false: there is nothing to draw. */
static bool find_map(map *m, const json_t *heat) {
  const json_t *row, *value;
  size_t i, j;
  *m = (map){.values = json_object_get(heat, "values")};
  m->rows = json_array_size(m->values);
  m->columns = json_array_size(json_array_get(m->values, 0));
  json_array_foreach(m->values, i, row) {
    if (json_array_size(row) != m->columns)
      return false;
    json_array_foreach(row, j, value) {
      if (!json_is_null(value) && !(json_is_number(value) && json_number_value(value) >= 0))
        return false;
      m->broken = m->broken || json_is_null(value);
      m->greatest = fmax(m->greatest, json_number_value(value));
    }
  }
  return m->columns > 0 && (m->greatest > 0 || m->broken);
}

static void put_square(mc_text *out, const map *m, size_t i, size_t j, double side) {
  const json_t *value = json_array_get(json_array_get(m->values, i), j);
  double shade = m->greatest > 0 ? json_number_value(value) / m->greatest : 0;
  mc_text_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" ", 1 + (double)j * side,
                 1 + (double)i * side, side, side);
  if (json_is_null(value))
    mc_text_printf(out, "fill=\"#b3261e\"/>\n");
  else
    mc_text_printf(out, "fill=\"#123f83\" fill-opacity=\"%.2f\"/>\n", shade);
}

static void put_caption(mc_text *out, const map *m, const json_t *block) {
  mc_text_printf(out, "<p class=\"faint\">Root mean square of output - image");
  if (json_array_size(block) == 2)
    mc_text_printf(out, " in blocks of %lld by %lld entries", (long long)json_integer_value(json_array_get(block, 0)),
                   (long long)json_integer_value(json_array_get(block, 1)));
  if (m->greatest > 0)
    mc_text_printf(out, "; white: 0, darkest: %.3g", m->greatest);
  mc_text_printf(out, "%s (approx)</p>\n", m->broken ? "; red: not finite" : "");
}

void mc_report_put_heat_map(mc_text *out, const json_t *entry) {
  const json_t *heat = json_object_get(entry, "heat");
  map m;
  if (!heat || !find_map(&m, heat))
    return;
  double side = fmin(LARGEST_SQUARE, SIDE / fmax((double)m.rows, (double)m.columns));
  double width = 2 + side * (double)m.columns, height = 2 + side * (double)m.rows;
  put_caption(out, &m, json_object_get(heat, "block"));
  mc_text_printf(out,
                 "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 %.1f %.1f\" width=\"%.0f\" height=\"%.0f\" "
                 "shape-rendering=\"crispEdges\"><title>where the output errs</title>\n",
                 width, height, width, height);
  for (size_t i = 0; i < m.rows; i++)
    for (size_t j = 0; j < m.columns; j++)
      put_square(out, &m, i, j, side);
  mc_text_printf(out, "</svg>\n");
}
