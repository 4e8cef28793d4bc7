/* Certificates that sign * f >= 0, or > 0 if strict, on a box. */
#include "certify.h"

#include "series.h"

const mc_range *mc_goal_orient(mc_range *z, const mc_range *x, int sign) {
  if (sign > 0)
    mc_range_set(z, x);
  else
    mc_range_neg(z, x);
  return z;
}

bool mc_goal_is_met(const mc_range *x, bool strict) {
  return strict ? mc_range_is_positive(x) : mc_range_is_nonnegative(x);
}

/* Where f is monotone in a coordinate its least value lies on the face at the lower or upper end.  Writes that face,
 * and returns the number of coordinates that remain.  *softened: along one of them f increases strictly away from a
 * face that does not belong to the domain, so that f >= 0 on the face gives f > 0 on the box. */
static size_t reduce_to_face(mc_workspace *s, mc_range *face, bool *softened, const mc_range *box,
                             const mc_evaluation *v, mc_goal g) {
  size_t remaining = 0;
  *softened = false;
  for (size_t j = 0; j < s->n; j++) {
    mc_range_set(face + j, box + j);
    if (arf_equal(&box[j].lo, &box[j].hi))
      continue;
    const mc_range *slope = mc_goal_orient(s->scratch, v->gradient + g.node * s->n + j, g.sign);
    bool rising = mc_range_is_nonnegative(slope), falling = mc_range_is_nonpositive(slope);
    if (!rising && !falling) {
      remaining++;
      continue;
    }
    if ((mc_range_is_positive(slope) || mc_range_is_negative(slope)) &&
        mc_workspace_end_is_excluded(s, box, j, !rising))
      *softened = true;
    if (rising)
      arf_set(&face[j].hi, &face[j].lo);
    else
      arf_set(&face[j].lo, &face[j].hi);
  }
  return remaining;
}

/* f(c) + f'(box)(box - c) >= 0.  v: on the box; s->at_center: values at the center. */
static bool mean_value_form(mc_workspace *s, const mc_range *box, const mc_evaluation *v, mc_goal g, slong precision) {
  mc_range *sum = s->scratch, *term = s->scratch + 1, *d = s->scratch + 2;
  mc_goal_orient(sum, s->at_center.values + g.node, g.sign);
  for (size_t j = 0; j < s->n; j++) {
    mc_range_sub(d, box + j, s->center + j, precision);
    mc_goal_orient(term, v->gradient + g.node * s->n + j, g.sign);
    mc_range_mul(term, term, d, precision);
    mc_range_add(sum, sum, term, precision);
  }
  return mc_goal_is_met(sum, g.strict);
}

/* A lower bound of b d + a d^2/2 over d in [-r, r] for every b and a in their ranges: least over the ends, or at the
 * vertex where the parabola opens upward.  Written to term->lo; the upper end is of no interest. */
static void parabola_bound(mc_range *term, const mc_range *b, const mc_range *a, const mc_range *d, slong precision) {
  mc_range t;
  mc_range_init(&t);
  mc_range_sqr(&t, d, precision);
  mc_range_mul(&t, &t, a, precision);
  arf_mul_2exp_si(&t.lo, &t.lo, -1);
  arf_mul_2exp_si(&t.hi, &t.hi, -1);
  mc_range_mul(term, b, d, precision);
  mc_range_add(term, term, &t, precision);
  if (mc_range_is_positive(a) && !mc_range_is_undefined(term)) {
    /* -b^2/(2a) bounds the whole parabola from below. */
    mc_range_sqr(&t, b, precision);
    mc_range_div(&t, &t, a, precision);
    mc_range_neg(&t, &t);
    arf_mul_2exp_si(&t.lo, &t.lo, -1);
    if (arf_cmp(&t.lo, &term->lo) > 0)
      arf_set(&term->lo, &t.lo);
    if (arf_cmp(&term->lo, &term->hi) > 0)
      arf_set(&term->hi, &term->lo);
  }
  mc_range_clear(&t);
}

/* Taylor's theorem to second order about the center. */
static bool second_order_form(mc_workspace *s, const mc_range *box, const mc_evaluation *v, mc_goal g,
                              slong precision) {
  size_t n = s->n, packed = n * (n + 1) / 2;
  mc_range *sum = s->scratch, *term = s->scratch + 1, *d = s->scratch + 2, *h = s->scratch + 3, *e = s->scratch + 4;
  mc_goal_orient(sum, s->at_center.values + g.node, g.sign);
  for (size_t k = 0; k < n; k++) {
    mc_range_sub(d, box + k, s->center + k, precision);
    mc_goal_orient(h, v->hessian + g.node * packed + mc_tape_packed(k, k), g.sign);
    mc_goal_orient(e, s->at_center.gradient + g.node * n + k, g.sign);
    parabola_bound(term, e, h, d, precision);
    mc_range_add(sum, sum, term, precision);
    for (size_t j = 0; j < k; j++) {
      mc_range_sub(e, box + j, s->center + j, precision);
      mc_goal_orient(h, v->hessian + g.node * packed + mc_tape_packed(j, k), g.sign);
      mc_range_mul(term, d, e, precision);
      mc_range_mul(term, term, h, precision);
      mc_range_add(sum, sum, term, precision);
    }
  }
  return mc_goal_is_met(sum, g.strict);
}

/* A function that is concave in the one coordinate that varies on the box is least at an end of it. */
static bool concave_form(mc_workspace *s, const mc_range *box, const mc_evaluation *v, mc_goal g) {
  size_t varying = 0, k = 0;
  for (size_t j = 0; j < s->n; j++)
    if (!mc_range_is_fixed(box + j)) {
      varying++;
      k = j;
    }
  const mc_range *curvature = v->hessian + g.node * (s->n * (s->n + 1) / 2) + mc_tape_packed(k, k);
  if (varying != 1 || !mc_range_is_nonpositive(mc_goal_orient(s->scratch, curvature, g.sign)))
    return false;
  int ends[2];
  for (int end = 0; end < 2; end++) {
    for (size_t j = 0; j < s->n; j++)
      arf_get_fmpq(s->corner + j, end ? &box[j].hi : &box[j].lo);
    ends[end] = mc_workspace_sign(s, g.node, s->corner);
    if (ends[end] == 2)
      return false;
    ends[end] *= g.sign;
  }
  if (!g.strict)
    return ends[0] >= 0 && ends[1] >= 0 && mc_workspace_note(s, "ends", NULL, 0);
  /* Between a zero at an excluded end and a positive value at the other the function is positive. */
  return (ends[0] > 0 || (ends[0] == 0 && mc_workspace_end_is_excluded(s, box, k, false))) &&
         (ends[1] > 0 || (ends[1] == 0 && mc_workspace_end_is_excluded(s, box, k, true))) && ends[0] + ends[1] > 0 &&
         mc_workspace_note(s, "ends", NULL, 0);
}

/* In one variable, where f vanishes at an end p of the box: f(t) = (t - p)^k f^(k)(xi)/k!, k the exact order of
 * vanishing.  f may be positive although it vanishes at p only if p is excluded. */
static bool vanishing_form(mc_workspace *s, const mc_range *box, mc_goal g, slong precision) {
  fmpq *p = s->corner;
  if (s->n != 1)
    return false;
  for (int end = 0; end < 2; end++) {
    if (g.strict && !mc_workspace_end_is_excluded(s, box, 0, end == 1))
      continue;
    arf_get_fmpq(p, end == 1 ? &box->hi : &box->lo);
    mc_workspace_set_point(s, p);
    mc_tape_enclose(s->at_center.values, s->tape, s->point, MC_POINT_PRECISION);
    const mc_range *value = s->at_center.values + g.node;
    if (mc_range_is_undefined(value) || !mc_range_contains_zero(value))
      continue;
    int order = mc_series_vanishing_order(s->tape, g.node, p);
    if (order < 1)
      continue;
    mc_range *coefficient = s->scratch + 5;
    mc_series_enclose_coefficient(coefficient, s->tape, g.node, order, box, precision);
    int sign = end == 1 && order % 2 == 1 ? -g.sign : g.sign;
    mc_goal_orient(s->scratch, coefficient, sign);
    if (mc_goal_is_met(s->scratch, g.strict))
      return mc_workspace_note(s, "order", (const int[]){end, order}, 2);
  }
  return false;
}

/* Where f is monotone in some coordinates: certify it on the face where it is least. */
static bool face_form(mc_workspace *s, const mc_range *box, const mc_evaluation *v, mc_goal g, slong precision,
                      bool *hopeless) {
  bool softened;
  size_t remaining = reduce_to_face(s, s->face, &softened, box, v, g);
  mc_goal h = {g.node, g.sign, g.strict && !softened};
  if (remaining == 0) {
    for (size_t j = 0; j < s->n; j++)
      arf_get_fmpq(s->corner + j, &s->face[j].lo);
    int sign = mc_workspace_sign(s, g.node, s->corner);
    *hopeless = sign == 2 || sign * g.sign < 0;
    return !*hopeless && (sign != 0 || !h.strict) && mc_workspace_note(s, "vertex", NULL, 0) &&
           mc_workspace_note_face(s, box, s->face);
  }
  if (remaining == s->n)
    return false;
  mc_tape_enclose_derivatives(s->on_face.values, s->on_face.gradient, s->on_face.hessian, s->tape, s->face, precision);
  return mc_certify(s, s->face, &s->on_face, h, precision, false) && mc_workspace_note_face(s, box, s->face);
}

bool mc_certify(mc_workspace *s, const mc_range *box, const mc_evaluation *v, mc_goal g, slong precision,
                bool may_reduce) {
  bool hopeless = false;
  if (mc_goal_is_met(mc_goal_orient(s->scratch, v->values + g.node, g.sign), g.strict))
    return mc_workspace_note(s, "range", NULL, 0);
  if (mc_range_is_undefined(v->values + g.node))
    return false;
  if (may_reduce && face_form(s, box, v, g, precision, &hopeless))
    return true;
  if (hopeless)
    return false;
  mc_workspace_evaluate_center(s, box, precision);
  if (mean_value_form(s, box, v, g, precision))
    return mc_workspace_note(s, "mean", NULL, 0);
  if (second_order_form(s, box, v, g, precision))
    return mc_workspace_note(s, "second", NULL, 0);
  return mc_certify_convex(s, box, v, g, precision) || concave_form(s, box, v, g) ||
         vanishing_form(s, box, g, precision);
}
