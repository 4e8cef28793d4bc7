/* What is tried on one box.
 *
 * A forall claim is proved box by box: every atom of its body is certified on the box, or a side condition certainly
 * fails there. An exists claim is refuted box by box: some atom certainly fails. */
#include "box.h"

#include <math.h>

#include "algebra.h"
#include "certify.h"
#include "roots.h"

uint64_t mc_box_bit(size_t atom) {
  return atom < MC_MOST_PENDING ? (uint64_t)1 << atom : 0;
}

static bool is_pending(uint64_t pending, size_t atom) {
  return atom >= MC_MOST_PENDING || (pending & mc_box_bit(atom));
}

static bool certainly_fails(const mc_range *x, bool strict) {
  return strict ? mc_range_is_nonpositive(x) : mc_range_is_negative(x);
}

/* Keep the test that was noted last as a step of the proof. */
static void keep(mc_boxer *b, size_t place, const char *about, size_t index) {
  if (b->w.recording)
    mc_proof_add_step(&b->proof, place, mc_workspace_take_step(&b->w, about, index));
}

/* ---- Points ---- */

/* A point of the box settles the claim: find a simple one and let the text of the claim judge it. */
static bool settle_by_point(mc_boxer *b, const fmpq *t) {
  const mc_search_task *task = b->w.task;
  return mc_witness_find(&b->witness, task->claim, b->w.tape, task->instance, b->w.box, t);
}

/* Does the point t, whose values stand in `values`, seem to settle the claim? */
static bool point_looks_decisive(const mc_workspace *s, const mc_range *values) {
  const mc_tape *tape = s->tape;
  for (size_t i = 0; i < tape->where_count; i++)
    if (certainly_fails(values + tape->where[i].node, tape->where[i].strict))
      return false;
  bool fails = false;
  for (size_t i = 0; i < tape->body_count; i++)
    fails = fails || certainly_fails(values + tape->body[i].node, tape->body[i].strict);
  return s->task->claim->exists ? !fails : fails;
}

static void set_midpoint(fmpq_t t, const mc_range *x) {
  fmpq_t hi;
  fmpq_init(hi);
  arf_get_fmpq(t, &x->lo);
  arf_get_fmpq(hi, &x->hi);
  fmpq_add(t, t, hi);
  fmpq_div_2exp(t, t, 1);
  fmpq_clear(hi);
}

/* The simplest points of the box, and then its centre, judged exactly where balls cannot tell. */
static bool try_simplest(mc_boxer *b) {
  for (size_t j = 0; j < b->w.n; j++)
    set_midpoint(b->w.corner + j, b->w.box + j);
  return settle_by_point(b, b->w.corner);
}

static bool try_center(mc_boxer *b) {
  if (!point_looks_decisive(&b->w, b->w.at_center.values))
    return false;
  return try_simplest(b);
}

/* Where balls cannot tell, exact arithmetic may: at the corners of a box next to nothing wide. */
static bool settle_at_corner(mc_boxer *b) {
  mc_workspace *s = &b->w;
  for (size_t corner = 0; corner < (size_t)1 << s->n; corner++) {
    for (size_t j = 0; j < s->n; j++)
      arf_get_fmpq(s->corner + j, (corner >> j) & 1 ? &s->box[j].hi : &s->box[j].lo);
    if (settle_by_point(b, s->corner))
      return true;
  }
  return false;
}

/* ---- Closing ---- */

/* On the box some side condition certainly fails, or (exists) some atom of the body. */
static bool is_void(mc_boxer *b, size_t place) {
  mc_workspace *s = &b->w;
  const mc_tape *tape = s->tape;
  for (size_t i = 0; i < tape->where_count; i++)
    if (certainly_fails(s->on_box.values + tape->where[i].node, tape->where[i].strict)) {
      mc_workspace_note(s, "range", NULL, 0);
      keep(b, place, "where", i);
      return true;
    }
  for (size_t i = 0; s->task->claim->exists && i < tape->body_count; i++)
    if (certainly_fails(s->on_box.values + tape->body[i].node, tape->body[i].strict)) {
      mc_workspace_note(s, "range", NULL, 0);
      keep(b, place, "fails", i);
      return true;
    }
  return false;
}

/* A claim says nothing where it is not defined, even in a term that cancels: all nodes must be defined on a box that
 * closes. */
static bool is_defined(const mc_workspace *s) {
  size_t node;
  return !mc_tape_first_undefined(&node, s->tape, s->on_box.values);
}

/* The body's atoms that the values alone certify are no longer pending. */
static bool body_is_certain(mc_boxer *b, uint64_t *pending, size_t place) {
  mc_workspace *s = &b->w;
  bool all = is_defined(s);
  for (size_t i = 0; i < s->tape->body_count; i++) {
    if (!is_pending(*pending, i))
      continue;
    if (mc_goal_is_met(s->on_box.values + s->tape->body[i].node, s->tape->body[i].strict)) {
      *pending &= ~mc_box_bit(i);
      mc_workspace_note(s, "range", NULL, 0);
      keep(b, place, NULL, i);
    } else {
      all = false;
    }
  }
  return all;
}

/* Where everything that a condition stands on is defined: by algebra. */
static bool certify_by_algebra(mc_boxer *b, bool side, size_t i, bool fails, slong precision) {
  mc_workspace *s = &b->w;
  if (!b->by_algebra)
    return false;
  if (!s->algebra)
    s->algebra = mc_algebra_new(s->tape);
  return mc_algebra_certify(s, side, i, fails, precision);
}

static bool certify_body(mc_boxer *b, uint64_t *pending, size_t place, slong precision) {
  mc_workspace *s = &b->w;
  bool all = is_defined(s) || (s->tape->clears && mc_certify_divisors(s, precision)), defined = all,
       clear = all && !is_defined(s);
  for (size_t i = 0; i < s->tape->body_count; i++) {
    if (!is_pending(*pending, i))
      continue;
    const mc_atom *atom = &s->tape->body[i];
    mc_goal g = {atom->node, 1, atom->strict};
    if (mc_certify(s, s->box, &s->on_box, g, precision, true) ||
        (clear && mc_certify_cleared(s, atom, false, precision)) ||
        (defined && certify_by_algebra(b, false, i, false, precision))) {
      *pending &= ~mc_box_bit(i);
      keep(b, place, NULL, i);
    } else {
      all = false;
    }
  }
  return all;
}

static bool certify_failure(mc_boxer *b, const char *about, const mc_atom *atoms, size_t count, size_t place,
                            slong precision) {
  mc_workspace *s = &b->w;
  for (size_t i = 0; i < count; i++) {
    mc_goal g = {atoms[i].node, -1, !atoms[i].strict};
    if (mc_certify(s, s->box, &s->on_box, g, precision, true) ||
        (is_defined(s) && certify_by_algebra(b, atoms == s->tape->where, i, true, precision))) {
      keep(b, place, about, i);
      return true;
    }
  }
  return false;
}

/* A pole at an end that does not belong to the domain: exists is refuted by a cleared atom, too. */
static bool certify_cleared_failure(mc_boxer *b, size_t place, slong precision) {
  mc_workspace *s = &b->w;
  if (!s->tape->clears || is_defined(s) || !mc_certify_divisors(s, precision))
    return false;
  for (size_t i = 0; i < s->tape->body_count; i++)
    if (mc_certify_cleared(s, &s->tape->body[i], true, precision)) {
      keep(b, place, "fails", i);
      return true;
    }
  return false;
}

/* ---- All of it ---- */

mc_box_outcome mc_box_process(mc_boxer *b, uint64_t *pending, size_t place, slong precision) {
  mc_workspace *s = &b->w;
  const mc_tape *tape = s->tape;
  bool exists = s->task->claim->exists;
  mc_tape_enclose(s->on_box.values, tape, s->box, precision);
  if (is_void(b, place) || (!exists && body_is_certain(b, pending, place)))
    return MC_BOX_CLOSED;
  mc_workspace_evaluate_center(s, s->box, precision);
  if (try_center(b))
    return MC_BOX_SETTLED;
  mc_tape_enclose_derivatives(s->on_box.values, s->on_box.gradient, s->on_box.hessian, tape, s->box, precision);
  if (exists) {
    if (certify_failure(b, "fails", tape->body, tape->body_count, place, precision) ||
        certify_failure(b, "where", tape->where, tape->where_count, place, precision) ||
        certify_cleared_failure(b, place, precision))
      return MC_BOX_CLOSED;
    return mc_box_settled_by_sign_change(b) ? MC_BOX_SETTLED : MC_BOX_OPEN;
  }
  if (certify_body(b, pending, place, precision) ||
      certify_failure(b, "where", tape->where, tape->where_count, place, precision))
    return MC_BOX_CLOSED;
  return b->by_algebra && try_simplest(b) ? MC_BOX_SETTLED : MC_BOX_OPEN;
}

/* One rational function vanishes at an irrational point: decided in exact arithmetic. */
static bool close_exactly(mc_boxer *b, uint64_t pending, size_t place) {
  mc_workspace *s = &b->w;
  if (s->n != 1 || s->task->claim->exists)
    return false;
  for (size_t i = 0; i < s->tape->body_count; i++) {
    const mc_atom *atom = &s->tape->body[i];
    if (is_pending(pending, i) && (atom->strict || !mc_roots_nonnegative(s->tape, atom->node, s->box)))
      return false;
  }
  mc_tape_enclose(s->on_box.values, s->tape, s->box, MC_POINT_PRECISION);
  for (size_t i = 0; i < s->tape->body_count; i++)
    if (is_pending(pending, i)) {
      mc_workspace_note(s, "roots", NULL, 0);
      keep(b, place, NULL, i);
    }
  return is_defined(s);
}

mc_box_outcome mc_box_process_exactly(mc_boxer *b, uint64_t pending, size_t place) {
  if (settle_at_corner(b) || mc_box_settled_by_root(b) || mc_box_settled_at_angle(b) || mc_box_settled_at_corner(b))
    return MC_BOX_SETTLED;
  return close_exactly(b, pending, place) ? MC_BOX_CLOSED : MC_BOX_OPEN;
}

/* ---- Samples ---- */

enum { SAMPLES = 160 };

/* The corners; on a line both ends in geometric progression; then a lattice (Korobov). */
static double sample_coordinate(size_t k, size_t j, size_t n) {
  static const double generators[] = {0.6180339887498949, 0.7548776662466927, 0.8191725133961645, 0.8566748838545029};
  size_t corners = (size_t)1 << n;
  if (k < corners)
    return (double)((k >> j) & 1);
  k -= corners;
  if (n == 1 && k < SAMPLES / 2) {
    size_t pair = k / 2 + 1;
    double near = exp2(-0.5 * (double)pair);
    return k % 2 ? 1 - near : near;
  }
  double x = 0.5 + (double)(k + 1) * pow(generators[n > 0 ? n - 1 : 0], (double)(j + 1));
  return x - floor(x);
}

/* The values in doubles: is the point worth an evaluation in balls?  Where doubles say nothing, it is. */
static bool worth_a_look(const mc_workspace *s, const double *values) {
  const mc_tape *tape = s->tape;
  bool exists = s->task->claim->exists;
  for (size_t i = 0; i < tape->body_count; i++) {
    double f = values[tape->body[i].node];
    if (exists && f < -1e-9)
      return false;
    if (!exists && !(f > 0))
      return true;
  }
  return exists;
}

static bool sample_settles(mc_boxer *b, const double *t) {
  mc_workspace *s = &b->w;
  for (size_t j = 0; j < s->n; j++) {
    arf_set_d(&s->point[j].lo, t[j]);
    arf_set(&s->point[j].hi, &s->point[j].lo);
    arf_get_fmpq(s->corner + j, &s->point[j].lo);
  }
  mc_tape_enclose(s->at_center.values, s->tape, s->point, 128);
  bool defined = true;
  for (size_t i = 0; i < s->tape->where_count; i++)
    defined = defined && !mc_range_is_undefined(s->at_center.values + s->tape->where[i].node);
  for (size_t i = 0; i < s->tape->body_count; i++)
    defined = defined && !mc_range_is_undefined(s->at_center.values + s->tape->body[i].node);
  return defined && point_looks_decisive(s, s->at_center.values) && settle_by_point(b, s->corner);
}

bool mc_box_settled_by_sample(mc_boxer *b) {
  mc_workspace *s = &b->w;
  double t[4], *values = mc_alloc(s->tape->node_count + 1, sizeof *values);
  bool settled = false;
  for (size_t k = 0; values && k < (s->n == 0 ? 1 : SAMPLES) && !settled; k++) {
    for (size_t j = 0; j < s->n; j++)
      t[j] = sample_coordinate(k, j, s->n);
    mc_tape_approx(values, s->tape, t);
    settled = worth_a_look(s, values) && sample_settles(b, t);
  }
  mc_free(values);
  return settled;
}
