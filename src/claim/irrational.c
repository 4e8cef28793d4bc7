/* Points that decide a claim although they are not rational, or its values there are not: where a continuous function
 * changes its sign (Bolzano), and rational points of the unit box. */
#include "box.h"

#include "../ball/ball.h"
#include "certify.h"
#include "field.h"
#include "roots.h"

enum { PLACE_PRECISION = 128, PLACE_DIGITS = 12, HALVINGS = 40 };

static bool is_defined(const mc_workspace *s) {
  size_t node;
  return !mc_tape_first_undefined(&node, s->tape, s->on_box.values);
}

/* ---- Where ---- */

/* x encloses lower + (upper - lower) t for t in the range. */
static void place_range(arb_t x, const mc_workspace *s, size_t j, const mc_range *t) {
  const mc_quantified *q = &s->task->claim->variables[s->tape->variables[j]];
  arb_ptr unknown = _arb_vec_init((slong)s->task->claim->variable_count + 1);
  arb_t width, ends;
  arb_init(width);
  arb_init(ends);
  if (s->task->instance->unknown)
    arb_set_fmpq(unknown + s->task->claim->variable_count, s->task->instance->unknown, PLACE_PRECISION);
  mc_lang_expr_enclose(x, q->lower, unknown, PLACE_PRECISION);
  mc_lang_expr_enclose(width, q->upper, unknown, PLACE_PRECISION);
  arb_sub(width, width, x, PLACE_PRECISION);
  arb_set_interval_arf(ends, &t->lo, &t->hi, PLACE_PRECISION);
  arb_addmul(x, width, ends, PLACE_PRECISION);
  arb_clear(width);
  arb_clear(ends);
  _arb_vec_clear(unknown, (slong)s->task->claim->variable_count + 1);
}

/* {variable: {"lo", "hi"}}, the integers as they are. */
static json_t *place_json(const mc_workspace *s, const mc_range *box) {
  json_t *place = json_object();
  const mc_claim *claim = s->task->claim;
  for (size_t i = 0; i < claim->variable_count; i++)
    if (claim->variables[i].integer) {
      char *text = fmpq_get_str(NULL, 10, s->task->instance->integers + i);
      json_object_set_new(place, claim->variables[i].name, json_pack("{s:s s:s}", "lo", text, "hi", text));
      flint_free(text);
    }
  for (size_t j = 0; j < s->n; j++) {
    arb_t x;
    arf_t lo, hi;
    arb_init(x);
    arf_init(lo);
    arf_init(hi);
    place_range(x, s, j, box + j);
    arb_get_interval_arf(lo, hi, x, PLACE_PRECISION);
    char *from = mc_ball_arf_text(lo, -1, PLACE_DIGITS), *to = mc_ball_arf_text(hi, 1, PLACE_DIGITS);
    if (from && to)
      json_object_set_new(place, claim->variables[s->tape->variables[j]].name,
                          json_pack("{s:s s:s}", "lo", from, "hi", to));
    mc_free(from);
    mc_free(to);
    arb_clear(x);
    arf_clear(lo);
    arf_clear(hi);
  }
  return place;
}

/* ---- The equation of an exists ---- */

/* The one equation among conditions that all hold on the box; SIZE_MAX: there is no such thing. */
static size_t find_equation(const mc_workspace *s) {
  const mc_tape *tape = s->tape;
  size_t equation = SIZE_MAX;
  for (size_t f = 0; f < 2; f++) {
    const mc_atom *atoms = f == 0 ? tape->where : tape->body;
    size_t count = f == 0 ? tape->where_count : tape->body_count;
    for (size_t i = 0; i < count; i++) {
      if (atoms[i].equation) {
        if (equation != SIZE_MAX)
          return SIZE_MAX;
        equation = atoms[i].node;
        i++; /* its mirror image */
      } else if (!mc_goal_is_met(s->on_box.values + atoms[i].node, atoms[i].strict)) {
        return SIZE_MAX;
      }
    }
  }
  return equation;
}

static json_t *corners_json(const mc_workspace *s, size_t diagonal) {
  json_t *corners[2] = {json_array(), json_array()};
  fmpq_t x;
  fmpq_init(x);
  for (int end = 0; end < 2; end++)
    for (size_t j = 0; j < s->n; j++) {
      arf_get_fmpq(x, ((diagonal >> j) & 1) != (size_t)end ? &s->box[j].hi : &s->box[j].lo);
      char *text = fmpq_get_str(NULL, 10, x);
      json_array_append_new(corners[end], json_string(text));
      flint_free(text);
    }
  fmpq_clear(x);
  return json_pack("[o o]", corners[0], corners[1]);
}

/* The signs at the ends of a diagonal are opposite; on a line, halve it. */
static json_t *narrowed_place(mc_workspace *s, size_t equation, int sign_at_lower) {
  mc_range *t = s->scratch;
  fmpq_t middle;
  if (s->n != 1)
    return place_json(s, s->box);
  fmpq_init(middle);
  mc_range_set(t, s->box);
  for (int i = 0; i < HALVINGS; i++) {
    arf_t m;
    arf_init(m);
    arf_add(m, &t->lo, &t->hi, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_mul_2exp_si(m, m, -1);
    arf_get_fmpq(middle, m);
    int sign = mc_workspace_sign(s, equation, middle);
    if (sign == 1 || sign == -1)
      arf_set(sign == sign_at_lower ? &t->lo : &t->hi, m);
    arf_clear(m);
    if (sign != 1 && sign != -1)
      break;
  }
  fmpq_clear(middle);
  return place_json(s, t);
}

/* What lies strictly between opposite corners lies in the domain, open ends or not. */
bool mc_box_settled_by_sign_change(mc_boxer *b) {
  mc_workspace *s = &b->w;
  size_t equation = find_equation(s);
  if (equation == SIZE_MAX || !is_defined(s))
    return false;
  for (size_t diagonal = 0; diagonal < (size_t)1 << (s->n > 0 ? s->n - 1 : 0); diagonal++) {
    int signs[2];
    for (int end = 0; end < 2; end++) {
      for (size_t j = 0; j < s->n; j++) {
        bool upper = ((diagonal >> j) & 1) != (size_t)end;
        arf_get_fmpq(s->corner + j, upper ? &s->box[j].hi : &s->box[j].lo);
      }
      signs[end] = mc_workspace_sign(s, equation, s->corner);
    }
    if (signs[0] != 2 && signs[1] != 2 && signs[0] * signs[1] < 0) {
      b->witness.place = narrowed_place(s, equation, signs[0]);
      if (s->recording)
        b->evidence = json_pack("{s:o}", "sign_change", corners_json(s, diagonal));
      return true;
    }
  }
  return false;
}

/* ---- Roots of polynomials ---- */

/* Does the atom certainly hold (or, fails, certainly not) at the point? */
static bool is_certain(const mc_workspace *s, const mc_atom *atom, const mc_field_point *at, bool fails) {
  const mc_range *value = at->values + atom->node;
  bool strict = fails ? !atom->strict : atom->strict;
  bool evident = fails ? (strict ? mc_range_is_negative(value) : mc_range_is_nonpositive(value))
                       : (strict ? mc_range_is_positive(value) : mc_range_is_nonnegative(value));
  return evident || (!strict && mc_field_vanishes(s->tape, atom->node, at));
}

static bool all_hold(const mc_workspace *s, const mc_atom *atoms, size_t count, const mc_field_point *at) {
  bool all = true;
  for (size_t i = 0; i < count && all; i++)
    all = is_certain(s, &atoms[i], at, false);
  return all;
}

static bool decides(const mc_workspace *s, const mc_field_point *at) {
  const mc_tape *tape = s->tape;
  if (!all_hold(s, tape->where, tape->where_count, at))
    return false;
  if (s->task->claim->exists)
    return all_hold(s, tape->body, tape->body_count, at);
  bool fails = false;
  for (size_t i = 0; i < tape->body_count && !fails; i++)
    fails = is_certain(s, &tape->body[i], at, true);
  return fails;
}

static json_t *root_json(const fmpq_poly_t p, const mc_range *t) {
  json_t *coefficients = json_array();
  char *text[2];
  fmpq_t c;
  fmpq_init(c);
  for (slong i = 0; i < fmpq_poly_length(p); i++) {
    fmpq_poly_get_coeff_fmpq(c, p, i);
    text[0] = fmpq_get_str(NULL, 10, c);
    json_array_append_new(coefficients, json_string(text[0]));
    flint_free(text[0]);
  }
  for (int end = 0; end < 2; end++) {
    arf_get_fmpq(c, end ? &t->hi : &t->lo);
    text[end] = fmpq_get_str(NULL, 10, c);
  }
  json_t *root = json_pack("{s:o s:s s:s}", "polynomial", coefficients, "from", text[0], "to", text[1]);
  flint_free(text[0]);
  flint_free(text[1]);
  fmpq_clear(c);
  return root;
}

bool mc_box_settled_by_root(mc_boxer *b) {
  mc_workspace *s = &b->w;
  bool settled = false;
  if (s->n != 1 || arf_equal(&s->box->lo, &s->box->hi))
    return false;
  mc_tape_enclose(s->on_box.values, s->tape, s->box, MC_POINT_PRECISION);
  fmpq_poly_t p;
  fmpq_poly_init(p);
  size_t node = is_defined(s) ? mc_roots_next(p, s->tape, 0, s->box) : SIZE_MAX;
  while (node != SIZE_MAX && !settled) {
    const mc_field_point at = {.root = p, .values = s->on_box.values};
    settled = decides(s, &at);
    if (settled) {
      b->witness.place = place_json(s, s->box);
      if (s->recording)
        b->evidence = json_pack("{s:o}", "root", root_json(p, s->box));
    } else {
      node = mc_roots_next(p, s->tape, node + 1, s->box);
    }
  }
  fmpq_poly_clear(p);
  return settled;
}

/* ---- Multiples of pi ---- */

/* node = c + d t; false: it is not that. */
static bool is_affine(fmpq_t c, fmpq_t d, const mc_tape *tape, size_t node) {
  const mc_node *x = &tape->nodes[node];
  if (x->op == MC_OP_VARIABLE) {
    fmpq_zero(c);
    fmpq_one(d);
    return true;
  }
  if (x->op != MC_OP_POLYNOMIAL || tape->nodes[x->a].op != MC_OP_VARIABLE)
    return false;
  const fmpq_poly_struct *p = tape->images[x->image].p[0].exact;
  fmpq_poly_get_coeff_fmpq(c, p, 0);
  fmpq_poly_get_coeff_fmpq(d, p, 1);
  return fmpq_poly_degree(p) == 1;
}

/* x = c + d x */
static void apply_affine(arb_t x, const fmpq_t c, const fmpq_t d, slong precision) {
  arb_t y;
  arb_init(y);
  arb_set_fmpq(y, d, precision);
  arb_mul(x, x, y, precision);
  arb_set_fmpq(y, c, precision);
  arb_add(x, x, y, precision);
  arb_clear(y);
}

/* t = (k pi/6 - c)/d = angle[0] + angle[1] pi for the k nearest to the box, and a range around it. */
static bool find_angle(fmpq *angle, mc_range *t, const mc_range *box, const fmpq_t c, const fmpq_t d) {
  arb_t x, y;
  fmpz_t k;
  arb_init(x);
  arb_init(y);
  fmpz_init(k);
  arb_set_arf(x, &box->lo);
  apply_affine(x, c, d, PLACE_PRECISION);
  arb_const_pi(y, PLACE_PRECISION);
  arb_div(x, x, y, PLACE_PRECISION);
  arb_mul_ui(x, x, 6, PLACE_PRECISION);
  bool moderate = arf_cmpabs_2exp_si(arb_midref(x), 30) < 0;
  if (moderate)
    arf_get_fmpz(k, arb_midref(x), ARF_RND_NEAR);
  fmpq_div(angle, c, d);
  fmpq_neg(angle, angle);
  fmpq_set_si(angle + 1, fmpz_get_si(k), 6);
  fmpq_div(angle + 1, angle + 1, d);
  arb_const_pi(x, MC_POINT_PRECISION);
  apply_affine(x, angle, angle + 1, MC_POINT_PRECISION);
  arb_get_interval_arf(&t->lo, &t->hi, x, MC_POINT_PRECISION);
  arb_clear(x);
  arb_clear(y);
  fmpz_clear(k);
  return moderate && arf_sgn(&t->lo) > 0 && arf_cmpabs_2exp_si(&t->hi, 0) < 0;
}

static json_t *angle_json(const fmpq *angle) {
  char *a = fmpq_get_str(NULL, 10, angle), *b = fmpq_get_str(NULL, 10, angle + 1);
  json_t *json = json_pack("{s:[s s]}", "angle", a, b);
  flint_free(a);
  flint_free(b);
  return json;
}

bool mc_box_settled_at_angle(mc_boxer *b) {
  mc_workspace *s = &b->w;
  const mc_tape *tape = s->tape;
  fmpq angle[2];
  fmpq_t c, d;
  bool settled = false;
  fmpq_init(angle);
  fmpq_init(angle + 1);
  fmpq_init(c);
  fmpq_init(d);
  for (size_t i = 0; i < tape->node_count && s->n == 1 && !settled; i++) {
    const mc_node *x = &tape->nodes[i];
    if ((x->op != MC_OP_SIN && x->op != MC_OP_COS) || !is_affine(c, d, tape, x->a) ||
        !find_angle(angle, s->point, s->box, c, d))
      continue;
    mc_tape_enclose(s->on_box.values, tape, s->point, MC_POINT_PRECISION);
    const mc_field_point at = {.angle = angle, .values = s->on_box.values};
    settled = is_defined(s) && decides(s, &at);
  }
  if (settled) {
    b->witness.place = place_json(s, s->point);
    if (s->recording)
      b->evidence = angle_json(angle);
  }
  fmpq_clear(angle);
  fmpq_clear(angle + 1);
  fmpq_clear(c);
  fmpq_clear(d);
  return settled;
}

/* ---- Rational points of the unit box ---- */

static bool is_excluded(const mc_workspace *s, const fmpq *t) {
  bool excluded = false;
  for (size_t j = 0; j < s->n; j++)
    excluded =
        excluded || (s->tape->lower_open[j] && fmpq_is_zero(t + j)) || (s->tape->upper_open[j] && fmpq_is_one(t + j));
  return excluded;
}

/* Do all atoms hold at the point, and (fails) not some one of them? */
static bool signs_decide(mc_workspace *s, const fmpq *t) {
  const mc_tape *tape = s->tape;
  bool fails = false, all = true;
  size_t undefined;
  mc_workspace_set_point(s, t);
  mc_tape_enclose(s->at_center.values, tape, s->point, MC_POINT_PRECISION);
  if (mc_tape_first_undefined(&undefined, tape, s->at_center.values))
    return false;
  for (size_t i = 0; i < tape->where_count; i++) {
    int sign = mc_workspace_sign(s, tape->where[i].node, t);
    if (sign == 2 || sign < (tape->where[i].strict ? 1 : 0))
      return false;
  }
  for (size_t i = 0; i < tape->body_count; i++) {
    int sign = mc_workspace_sign(s, tape->body[i].node, t);
    bool holds = sign != 2 && sign >= (tape->body[i].strict ? 1 : 0);
    fails = fails || (sign != 2 && !holds);
    all = all && holds;
  }
  return s->task->claim->exists ? all : fails;
}

static json_t *point_json(const fmpq *t, size_t n) {
  json_t *point = json_array();
  for (size_t j = 0; j < n; j++) {
    char *text = fmpq_get_str(NULL, 10, t + j);
    json_array_append_new(point, json_string(text));
    flint_free(text);
  }
  return point;
}

bool mc_box_settled_at_corner(mc_boxer *b) {
  mc_workspace *s = &b->w;
  for (size_t corner = 0; corner < (size_t)1 << s->n; corner++) {
    for (size_t j = 0; j < s->n; j++) {
      const arf_struct *end = (corner >> j) & 1 ? &s->box[j].hi : &s->box[j].lo;
      arf_get_fmpq(s->corner + j, end);
      arf_set(&s->face[j].lo, end);
      arf_set(&s->face[j].hi, end);
    }
    if (is_excluded(s, s->corner) || !signs_decide(s, s->corner))
      continue;
    b->witness.place = place_json(s, s->face);
    if (s->recording)
      b->evidence = json_pack("{s:o}", "point", point_json(s->corner, s->n));
    return true;
  }
  return false;
}
