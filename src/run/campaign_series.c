/* steps_by_dimension of an entry: numbers of steps against the dimension, all of them integers. */
#include "campaign.h"

#include <string.h>

typedef struct {
  const char *name;
  size_t offset;
} member;

static const member members[] = {{"n", offsetof(mc_prop_point, n)},
                                 {"trials", offsetof(mc_prop_point, trials)},
                                 {"unsettled", offsetof(mc_prop_point, unsettled)},
                                 {"steps_min", offsetof(mc_prop_point, steps_min)},
                                 {"steps_max", offsetof(mc_prop_point, steps_max)},
                                 {"bracket_lo", offsetof(mc_prop_point, bracket_lo)},
                                 {"bracket_hi", offsetof(mc_prop_point, bracket_hi)}};
enum { MEMBERS = sizeof members / sizeof members[0] };

/* Steps are left out where those of no trial are known, brackets where there are none. */
static bool is_said(const mc_prop_point *p, const char *name) {
  if (strcmp(name, "unsettled") == 0)
    return p->unsettled > 0;
  if (strncmp(name, "steps", 5) == 0)
    return p->trials > p->unsettled;
  return p->bracket || strncmp(name, "bracket", 7) != 0;
}

static json_t *point_json(const mc_prop_point *p) {
  json_t *point = json_pack("{s:s}", "optimizer", p->optimizer);
  for (size_t k = 0; k < MEMBERS; k++)
    if (is_said(p, members[k].name)) {
      uint64_t value = *(const uint64_t *)(const void *)((const char *)p + members[k].offset);
      json_object_set_new(point, members[k].name, json_integer((json_int_t)value));
    }
  return point;
}

void mc_run_campaign_series_set(json_t *entry, const mc_prop_tally *tally) {
  json_t *points = json_array();
  for (size_t i = 0; i < tally->point_count; i++)
    json_array_append_new(points, point_json(&tally->points[i]));
  json_object_del(entry, "steps_by_dimension");
  if (tally->point_count > 0)
    json_object_set(entry, "steps_by_dimension", points);
  json_decref(points);
}

static bool point_get(mc_prop_point *p, const json_t *point) {
  const char *optimizer = json_string_value(json_object_get(point, "optimizer"));
  *p = (mc_prop_point){.bracket = json_object_get(point, "bracket_lo") != NULL};
  if (!optimizer || strlen(optimizer) >= sizeof p->optimizer)
    return false;
  memcpy(p->optimizer, optimizer, strlen(optimizer) + 1);
  for (size_t k = 0; k < MEMBERS; k++) {
    const json_t *value = json_object_get(point, members[k].name);
    if ((value && (!json_is_integer(value) || json_integer_value(value) < 0)))
      return false;
    *(uint64_t *)(void *)((char *)p + members[k].offset) = (uint64_t)json_integer_value(value);
  }
  return p->n > 0 && p->trials > 0 && p->unsettled <= p->trials && p->steps_min <= p->steps_max &&
         json_is_integer(json_object_get(point, "bracket_hi")) == p->bracket;
}

bool mc_run_campaign_series_get(mc_prop_tally *tally, const json_t *entry) {
  const json_t *points = json_object_get(entry, "steps_by_dimension"), *point;
  size_t i;
  json_array_foreach(points, i, point) {
    mc_prop_point p;
    if (!point_get(&p, point) || p.trials > tally->met || !mc_prop_point_add(tally, &p))
      return false;
  }
  return true;
}
