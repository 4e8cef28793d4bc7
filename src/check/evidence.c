/* Evidence at points: witnesses, changes of sign. */
#include "evidence.h"

#include <stdarg.h>
#include <string.h>

#include "exact.h"
#include "tests.h"

enum { LONGEST_NUMBER = 20000 };

bool mc_evidence_refuse(const mc_evidence_task *task, const char *format, ...) {
  char text[300];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (!*task->error->text)
    mc_fail(task->error, MC_BAD_INPUT, "%s", text);
  return false;
}

bool mc_evidence_rational(fmpq_t x, const json_t *text) {
  const char *digits = json_string_value(text);
  if (!digits || json_string_length(text) > LONGEST_NUMBER || !*digits || fmpq_set_str(x, digits, 10) != 0 ||
      fmpz_is_zero(fmpq_denref(x)))
    return false;
  fmpq_canonicalise(x);
  return true;
}

bool mc_evidence_integers(fmpq *integers, const mc_evidence_task *task, const json_t *object) {
  size_t count = 0;
  for (size_t i = 0; i < task->claim->variable_count; i++) {
    const mc_quantified *q = &task->claim->variables[i];
    if (!q->integer)
      continue;
    count++;
    if (!mc_evidence_rational(integers + i, json_object_get(object, q->name)) ||
        !fmpz_is_one(fmpq_denref(integers + i)))
      return false;
  }
  return json_is_object(object) && json_object_size(object) == count;
}

mc_program *mc_evidence_program(const mc_evidence_task *task, const fmpq *integers, bool unit, bool cleared) {
  mc_program_options options = {.unit = unit,
                                .cleared = cleared,
                                .slope = task->slope,
                                .comparison = task->comparison,
                                .rising = task->rising,
                                .integers = integers,
                                .unknown = task->unknown,
                                .deadline = task->deadline};
  return mc_program_new(task->claim, &options, cleared ? NULL : task->error);
}

/* ---- Witnesses ---- */

/* *known: it is certain whether. */
static bool holds(mc_program *program, const mc_check_atom *atom, const fmpq *t, bool *known) {
  int sign = mc_exact_sign(program, atom->up, t);
  *known = sign != 2;
  return atom->strict ? sign > 0 : sign >= 0;
}

static bool all_hold(mc_program *program, const mc_check_atom *atoms, size_t count, const fmpq *t) {
  bool all = true, known = true;
  for (size_t i = 0; i < count && all; i++) {
    all = holds(program, &atoms[i], t, &known);
    all = all && known;
  }
  return all;
}

static bool one_fails(mc_program *program, const mc_check_atom *atoms, size_t count, const fmpq *t) {
  bool fails = false, known = true;
  for (size_t i = 0; i < count && !fails; i++) {
    fails = !holds(program, &atoms[i], t, &known);
    fails = fails && known;
  }
  return fails;
}

bool mc_evidence_integers_in_range(const mc_claim *claim, const fmpq *values) {
  bool inside = true;
  fmpq_t lo, hi;
  fmpq_init(lo);
  fmpq_init(hi);
  for (size_t i = 0; i < claim->variable_count && inside; i++) {
    const mc_quantified *q = &claim->variables[i];
    inside = !q->integer ||
             (mc_lang_expr_exact(lo, q->lower, NULL, NULL, NULL) == MC_OK &&
              mc_lang_expr_exact(hi, q->upper, NULL, NULL, NULL) == MC_OK && fmpz_is_one(fmpq_denref(values + i)) &&
              fmpq_cmp(lo, values + i) <= 0 && fmpq_cmp(values + i, hi) <= 0);
  }
  fmpq_clear(lo);
  fmpq_clear(hi);
  return inside;
}

static bool point_decides(const mc_evidence_task *task, const fmpq *values) {
  mc_program *p = mc_evidence_program(task, values, false, false);
  if (!p)
    return false;
  fmpq t[4];
  for (size_t j = 0; j < 4; j++)
    fmpq_init(t + j);
  for (size_t j = 0; j < p->n; j++)
    fmpq_set(t + j, values + p->variables[j]);
  bool decides =
      mc_evidence_integers_in_range(task->claim, values) && mc_exact_is_defined(p, t) &&
      all_hold(p, p->domain, p->domain_count, t) && all_hold(p, p->where, p->where_count, t) &&
      (task->claim->exists ? all_hold(p, p->body, p->body_count, t) : one_fails(p, p->body, p->body_count, t));
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(t + j);
  mc_program_free(p);
  return decides || mc_evidence_refuse(task, "the witness is none");
}

static bool witness_decides(const mc_evidence_task *task, const json_t *witness) {
  size_t n = task->claim->variable_count;
  fmpq *values = mc_alloc(n + 1, sizeof *values);
  bool read = values && json_is_object(witness) && json_object_size(witness) == n;
  for (size_t i = 0; values && i < n; i++) {
    fmpq_init(values + i);
    read = read && mc_evidence_rational(values + i, json_object_get(witness, task->claim->variables[i].name));
  }
  bool decides = read ? point_decides(task, values) : mc_evidence_refuse(task, "the witness is no point");
  for (size_t i = 0; values && i < n; i++)
    fmpq_clear(values + i);
  mc_free(values);
  return decides;
}

/* ---- Changes of sign ---- */

/* The box between two opposite corners in the unit box; strictly between them lies no excluded end. */
static bool read_corners(fmpq *from, fmpq *to, mc_iv *box, const mc_program *p, const json_t *corners) {
  const json_t *first = json_array_get(corners, 0), *second = json_array_get(corners, 1);
  if (json_array_size(corners) != 2 || json_array_size(first) != p->n || json_array_size(second) != p->n)
    return false;
  for (size_t j = 0; j < p->n; j++) {
    mc_iv other;
    if (!mc_evidence_rational(from + j, json_array_get(first, j)) ||
        !mc_evidence_rational(to + j, json_array_get(second, j)) || fmpq_sgn(from + j) < 0 || fmpq_sgn(to + j) < 0 ||
        fmpq_cmp_si(from + j, 1) > 0 || fmpq_cmp_si(to + j, 1) > 0 || fmpq_equal(from + j, to + j))
      return false;
    mc_iv_init(&other);
    mc_iv_set_q(box + j, from + j);
    mc_iv_set_q(&other, to + j);
    mc_iv_hull(box + j, &other);
    mpfi_clear(&other);
  }
  return true;
}

/* All conditions but one equation hold on the box; *equation is its line. */
static bool others_hold(mc_program *p, const mc_iv *box, size_t *equation) {
  json_t *range = json_pack("[s]", "range");
  size_t equations = 0;
  bool ok = true;
  for (int side = 0; side < 2; side++) {
    const mc_check_atom *atoms = side ? p->where : p->body;
    size_t count = side ? p->where_count : p->body_count;
    for (size_t i = 0; i < count && ok; i++) {
      if (atoms[i].equation) {
        *equation = atoms[i].up;
        equations++;
        i++; /* its mirror image */
      } else {
        ok = mc_test_shows(p, box, range, (mc_check_goal){atoms[i].up, 1, atoms[i].strict});
      }
    }
  }
  json_decref(range);
  return ok && equations == 1;
}

/* A continuous function that takes both signs at opposite corners vanishes between them (Bolzano). */
static bool sign_changes(const mc_evidence_task *task, const json_t *evidence) {
  size_t n = task->claim->variable_count, equation = 0;
  fmpq *integers = mc_alloc(n + 1, sizeof *integers), from[4], to[4];
  for (size_t i = 0; integers && i < n; i++)
    fmpq_init(integers + i);
  for (size_t j = 0; j < 4; j++) {
    fmpq_init(from + j);
    fmpq_init(to + j);
  }
  mc_iv *box = mc_iv_vector_new(4);
  bool ok = integers && box && task->claim->exists && !task->slope &&
            mc_evidence_integers(integers, task, json_object_get(evidence, "integers")) &&
            mc_evidence_integers_in_range(task->claim, integers);
  mc_program *p = ok ? mc_evidence_program(task, integers, true, false) : NULL;
  ok = p && p->n > 0 && read_corners(from, to, box, p, json_object_get(evidence, "sign_change")) &&
       others_hold(p, box, &equation) && mc_test_is_defined(p, box);
  if (ok) {
    int a = mc_exact_sign(p, equation, from), b = mc_exact_sign(p, equation, to);
    ok = a != 2 && b != 2 && a * b < 0;
  }
  mc_program_free(p);
  mc_iv_vector_free(box, 4);
  for (size_t j = 0; j < 4; j++) {
    fmpq_clear(from + j);
    fmpq_clear(to + j);
  }
  for (size_t i = 0; integers && i < n; i++)
    fmpq_clear(integers + i);
  mc_free(integers);
  return ok || mc_evidence_refuse(task, "no change of sign");
}

/* ---- By kind ---- */

bool mc_evidence_shows(const mc_evidence_task *task, const json_t *evidence, bool fails) {
  bool everywhere = fails == task->claim->exists; /* forall holds, or exists fails */
  const json_t *instances = json_object_get(evidence, "instances"), *witness = json_object_get(evidence, "witness");
  if (everywhere && instances)
    return mc_evidence_covers(task, instances);
  if (!everywhere && witness)
    return witness_decides(task, witness);
  if (!everywhere && json_object_get(evidence, "sign_change"))
    return sign_changes(task, evidence);
  if (!everywhere &&
      (json_object_get(evidence, "root") || json_object_get(evidence, "angle") || json_object_get(evidence, "point")))
    return mc_evidence_at_unit_point(task, evidence);
  return mc_evidence_refuse(task, "no evidence of the kind that the verdict needs");
}
