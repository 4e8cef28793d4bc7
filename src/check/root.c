/* Evidence at points of the unit frame: rational ones, of which the claim's variables need not be rational; and, of the
 * one real variable, the root t of a polynomial between two numbers at which that takes opposite signs (Bolzano), or
 * t = a + b pi.  What holds on all of an interval around t holds at t; what vanishes at t is known exactly. */
#include "evidence.h"
#include "exact.h"
#include "field.h"
#include "jet.h"
#include "size.h"
#include "tests.h"

enum { GREATEST_DEGREE = 100 };

typedef struct {
  fmpq_poly_t polynomial;
  fmpq angle[2];
  mc_iv box; /* around the point */
} irrational;

/* Does p take opposite signs at two points? */
static bool changes_sign(const fmpq_poly_t p, const fmpq_t from, const fmpq_t to) {
  int a = mc_polynomial_sign_at(p, from), b = mc_polynomial_sign_at(p, to);
  return (a == 1 && b == -1) || (a == -1 && b == 1);
}

static bool read_polynomial(fmpq_poly_t p, const json_t *list) {
  fmpq_t c;
  fmpq_init(c);
  bool ok = json_array_size(list) >= 2 && json_array_size(list) <= GREATEST_DEGREE + 1;
  for (size_t i = 0; i < json_array_size(list) && ok; i++) {
    ok = mc_evidence_rational(c, json_array_get(list, i));
    if (ok)
      fmpq_poly_set_coeff_fmpq(p, (slong)i, c);
    ok = ok && mc_poly_fits(p);
  }
  fmpq_clear(c);
  return ok;
}

/* 0 <= from < to <= 1, so that a root strictly between lies in the domain. */
static bool read_root(irrational *r, const json_t *json) {
  fmpq_t from, to;
  mc_iv upper;
  fmpq_init(from);
  fmpq_init(to);
  mc_iv_init(&upper);
  bool ok = read_polynomial(r->polynomial, json_object_get(json, "polynomial")) &&
            mc_evidence_rational(from, json_object_get(json, "from")) &&
            mc_evidence_rational(to, json_object_get(json, "to")) && fmpq_sgn(from) >= 0 && fmpq_cmp(from, to) < 0 &&
            fmpq_cmp_si(to, 1) <= 0 && changes_sign(r->polynomial, from, to);
  if (ok) {
    mc_iv_set_q(&r->box, from);
    mc_iv_set_q(&upper, to);
    mc_iv_hull(&r->box, &upper);
  }
  fmpq_clear(from);
  fmpq_clear(to);
  mpfi_clear(&upper);
  return ok;
}

/* Does the atom certainly hold (or, fails, certainly not) at the root? */
static bool is_certain(mc_program *p, const mc_check_atom *atom, const mc_place *at, bool fails) {
  const mc_iv *value = at->values + atom->up;
  if (mc_iv_meets(value, fails ? -1 : 1, fails ? !atom->strict : atom->strict))
    return true;
  return atom->strict == fails && mc_place_is_zero(p, atom->up, at);
}

static bool all_hold(mc_program *p, const mc_check_atom *atoms, size_t count, const mc_place *at) {
  bool all = true;
  for (size_t i = 0; i < count && all; i++)
    all = is_certain(p, &atoms[i], at, false);
  return all;
}

static bool one_fails(mc_program *p, const mc_place *at) {
  bool fails = false;
  for (size_t i = 0; i < p->body_count && !fails; i++)
    fails = is_certain(p, &p->body[i], at, true);
  return fails;
}

/* ["a", "b"], strictly between 0 and 1 */
static bool read_angle(irrational *r, const json_t *json) {
  mc_iv offset;
  bool ok = json_array_size(json) == 2 && mc_evidence_rational(r->angle, json_array_get(json, 0)) &&
            mc_evidence_rational(r->angle + 1, json_array_get(json, 1));
  if (!ok)
    return false;
  mc_iv_init(&offset);
  mc_iv_set_q(&offset, r->angle + 1);
  mpfi_const_pi(&r->box);
  mpfi_mul(&r->box, &r->box, &offset);
  mc_iv_set_q(&offset, r->angle);
  mpfi_add(&r->box, &r->box, &offset);
  mpfi_clear(&offset);
  return mc_iv_positive(&r->box) && mpfr_cmp_ui(&r->box.right, 1) < 0;
}

static bool irrational_decides(const mc_evidence_task *task, mc_program *p, const json_t *evidence) {
  const json_t *root = json_object_get(evidence, "root");
  irrational r;
  fmpq_poly_init(r.polynomial);
  fmpq_init(r.angle);
  fmpq_init(r.angle + 1);
  mc_iv_init(&r.box);
  mc_iv *values = mc_iv_vector_new(p->line_count);
  mc_jets plain = mc_jets_of(p->n, 0);
  bool ok = values && p->n == 1 && (root ? read_root(&r, root) : read_angle(&r, json_object_get(evidence, "angle"))) &&
            mc_jets_evaluate(values, &plain, p, &r.box) && mc_test_is_defined(p, &r.box);
  const mc_place at = {.root = root ? r.polynomial : NULL, .angle = r.angle, .values = values};
  ok = ok && all_hold(p, p->where, p->where_count, &at) &&
       (task->claim->exists ? all_hold(p, p->body, p->body_count, &at) : one_fails(p, &at));
  mc_iv_vector_free(values, p->line_count);
  mpfi_clear(&r.box);
  fmpq_clear(r.angle);
  fmpq_clear(r.angle + 1);
  fmpq_poly_clear(r.polynomial);
  return ok;
}

/* ---- Rational points ---- */

static bool point_decides(const mc_evidence_task *task, mc_program *p, const json_t *json) {
  fmpq t[4];
  bool ok = json_is_array(json) && json_array_size(json) == p->n, all = true, fails = false;
  for (size_t j = 0; j < 4; j++)
    fmpq_init(t + j);
  for (size_t j = 0; j < p->n && ok; j++)
    ok = mc_evidence_rational(t + j, json_array_get(json, j)) &&
         (p->lower_open[j] ? fmpq_sgn(t + j) > 0 : fmpq_sgn(t + j) >= 0) &&
         (p->upper_open[j] ? fmpq_cmp_si(t + j, 1) < 0 : fmpq_cmp_si(t + j, 1) <= 0);
  ok = ok && mc_exact_is_defined(p, t);
  for (size_t i = 0; i < p->where_count && ok; i++) {
    int sign = mc_exact_sign(p, p->where[i].up, t);
    ok = sign == 1 || (sign == 0 && !p->where[i].strict);
  }
  for (size_t i = 0; i < p->body_count && ok; i++) {
    int sign = mc_exact_sign(p, p->body[i].up, t);
    bool holds = sign == 1 || (sign == 0 && !p->body[i].strict);
    fails = fails || (sign != 2 && !holds);
    all = all && holds;
  }
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(t + j);
  return ok && (task->claim->exists ? all : fails);
}

bool mc_evidence_at_unit_point(const mc_evidence_task *task, const json_t *evidence) {
  size_t n = task->claim->variable_count;
  fmpq *integers = mc_alloc(n + 1, sizeof *integers);
  for (size_t i = 0; integers && i < n; i++)
    fmpq_init(integers + i);
  bool ok = integers && !task->slope && mc_evidence_integers(integers, task, json_object_get(evidence, "integers")) &&
            mc_evidence_integers_in_range(task->claim, integers);
  mc_program *p = ok ? mc_evidence_program(task, integers, true, false) : NULL;
  const json_t *point = json_object_get(evidence, "point");
  ok = p && (point ? point_decides(task, p, point) : irrational_decides(task, p, evidence));
  mc_program_free(p);
  for (size_t i = 0; integers && i < n; i++)
    fmpq_clear(integers + i);
  mc_free(integers);
  return ok || mc_evidence_refuse(task, "the point is none that decides");
}
