#include "workspace.h"

#include "algebra.h"
#include "field.h"

/* ---- Memory ---- */

static bool evaluation_init(mc_evaluation *v, const mc_tape *tape) {
  size_t n = tape->variable_count;
  v->values = mc_range_vector_new(tape->node_count);
  v->gradient = mc_range_vector_new(tape->node_count * n);
  v->hessian = mc_range_vector_new(tape->node_count * n * (n + 1) / 2);
  return v->values && v->gradient && v->hessian;
}

static void evaluation_clear(mc_evaluation *v, const mc_tape *tape) {
  size_t n = tape->variable_count;
  mc_range_vector_free(v->values, tape->node_count);
  mc_range_vector_free(v->gradient, tape->node_count * n);
  mc_range_vector_free(v->hessian, tape->node_count * n * (n + 1) / 2);
}

enum { SCRATCH = 8 };

bool mc_workspace_init(mc_workspace *s, const mc_tape *tape, const mc_search_task *task) {
  size_t n = tape->variable_count;
  *s = (mc_workspace){.tape = tape, .task = task, .n = n, .recording = task->recording};
  bool ok =
      evaluation_init(&s->on_box, tape) && evaluation_init(&s->on_face, tape) && evaluation_init(&s->at_center, tape);
  s->box = mc_range_vector_new(n);
  s->face = mc_range_vector_new(n);
  s->center = mc_range_vector_new(n);
  s->point = mc_range_vector_new(n);
  s->scratch = mc_range_vector_new(SCRATCH);
  s->corner = mc_alloc(n + 1, sizeof *s->corner);
  return ok && s->box && s->face && s->center && s->point && s->scratch && s->corner;
}

void mc_workspace_clear(mc_workspace *s) {
  evaluation_clear(&s->on_box, s->tape);
  evaluation_clear(&s->on_face, s->tape);
  evaluation_clear(&s->at_center, s->tape);
  mc_range_vector_free(s->box, s->n);
  mc_range_vector_free(s->face, s->n);
  mc_range_vector_free(s->center, s->n);
  mc_range_vector_free(s->point, s->n);
  mc_range_vector_free(s->scratch, SCRATCH);
  for (size_t i = 0; s->corner && i <= s->n; i++)
    fmpq_clear(s->corner + i);
  mc_free(s->corner);
  json_decref(s->test);
  mc_algebra_free(s->algebra);
}

/* ---- Points ---- */

void mc_workspace_set_point(mc_workspace *s, const fmpq *t) {
  for (size_t j = 0; j < s->n; j++)
    mc_range_set_fmpq(s->point + j, t + j, MC_IMAGE_PRECISION);
}

void mc_workspace_evaluate_center(mc_workspace *s, const mc_range *box, slong precision) {
  for (size_t j = 0; j < s->n; j++) {
    arf_add(&s->center[j].lo, &box[j].lo, &box[j].hi, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_mul_2exp_si(&s->center[j].lo, &s->center[j].lo, -1);
    arf_set(&s->center[j].hi, &s->center[j].lo);
  }
  mc_tape_enclose_derivatives(s->at_center.values, s->at_center.gradient, NULL, s->tape, s->center, precision);
}

static int sign_of(const mc_range *x) {
  return mc_range_is_positive(x) ? 1 : mc_range_is_negative(x) ? -1 : 2;
}

int mc_workspace_sign(mc_workspace *s, size_t node, const fmpq *t) {
  mc_workspace_set_point(s, t);
  mc_tape_enclose(s->at_center.values, s->tape, s->point, MC_POINT_PRECISION);
  int sign = sign_of(s->at_center.values + node);
  if (sign != 2)
    return sign;
  fmpq_t value;
  fmpq_init(value);
  if (mc_tape_exact(value, NULL, s->tape, node, t))
    sign = fmpq_sgn(value) > 0 ? 1 : fmpq_sgn(value) < 0 ? -1 : 0;
  fmpq_clear(value);
  const mc_field_point at = {.t = t, .values = s->at_center.values};
  return sign == 2 && mc_field_vanishes(s->tape, node, &at) ? 0 : sign;
}

bool mc_workspace_end_is_excluded(const mc_workspace *s, const mc_range *box, size_t j, bool upper) {
  if (upper)
    return s->tape->upper_open[j] && arf_is_one(&box[j].hi);
  return s->tape->lower_open[j] && arf_is_zero(&box[j].lo);
}

/* ---- Notes ---- */

bool mc_workspace_note(mc_workspace *s, const char *test, const int *data, size_t count) {
  if (!s->recording)
    return true;
  json_decref(s->test);
  s->test = json_pack("[s]", test);
  for (size_t i = 0; i < count; i++)
    json_array_append_new(s->test, json_integer(data[i]));
  return true;
}

bool mc_workspace_note_point(mc_workspace *s, const char *test, const fmpq *point) {
  if (!s->recording)
    return true;
  json_decref(s->test);
  s->test = json_pack("[s]", test);
  for (size_t j = 0; j < s->n; j++) {
    char *text = fmpq_get_str(NULL, 10, point + j);
    json_array_append_new(s->test, json_string(text));
    flint_free(text);
  }
  return true;
}

bool mc_workspace_note_face(mc_workspace *s, const mc_range *box, const mc_range *face) {
  if (!s->recording)
    return true;
  json_t *ends = json_array(), *wrapped = json_pack("[s]", "face");
  for (size_t j = 0; j < s->n; j++) {
    bool fixed = mc_range_is_fixed(face + j) && !mc_range_is_fixed(box + j);
    json_array_append_new(ends, json_integer(!fixed ? -1 : arf_equal(&face[j].hi, &box[j].hi)));
  }
  json_array_append_new(wrapped, ends);
  json_array_extend(wrapped, s->test);
  json_decref(s->test);
  s->test = wrapped;
  return true;
}

json_t *mc_workspace_take_step(mc_workspace *s, const char *about, size_t index) {
  json_t *step = about ? json_pack("[s I]", about, (json_int_t)index) : json_pack("[I]", (json_int_t)index);
  json_array_extend(step, s->test);
  json_decref(s->test);
  s->test = NULL;
  return step;
}
