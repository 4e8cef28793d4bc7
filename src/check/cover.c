/* A tree of boxes over the unit box, in preorder, lower halves first: each entry is
 *
 *   [axis, step, …]   the box is halved along the axis, or closed if that is -1.
 *
 * Halving alone makes boxes, so that no tree leaves a gap.  A step [atom, test…] shows an atom of the body on the box
 * and all below it; ["where", i, test…] that a side condition fails, ["fails", i, test…] that an atom fails. */
#include <string.h>

#include "algebra.h"
#include "evidence.h"
#include "exact.h"
#include "tests.h"

enum { DEEPEST = 1500, MOST_HALVINGS = 300, MOST_ATOMS = 4096 };

typedef struct {
  const mc_evidence_task *task;
  mc_program *program, *cleared; /* cleared: compiled when it is first asked for */
  const fmpq *integers;
  const json_t *boxes;
  size_t next; /* entry to be read */
} walk;

/* A box with what has been shown on it. */
typedef struct {
  mc_iv *ends;  /* n */
  bool *shown;  /* body atoms */
  bool closed;  /* by a side condition, or (exists) by an atom that fails */
  bool cleared; /* some atom was shown in cleared form */
  int halvings[4];
} region;

static bool region_init(region *r, const walk *w, const region *from) {
  const mc_program *p = w->program;
  *r = (region){.ends = mc_iv_vector_new(p->n), .shown = mc_alloc(p->body_count + 1, sizeof *r->shown)};
  if (!r->ends || !r->shown)
    return false;
  for (size_t j = 0; j < p->n; j++) {
    if (from)
      mpfi_set(r->ends + j, from->ends + j);
    else
      mpfi_interv_si(r->ends + j, 0, 1);
    r->halvings[j] = from ? from->halvings[j] : 0;
  }
  for (size_t i = 0; i < p->body_count; i++)
    r->shown[i] = from && from->shown[i];
  r->cleared = from && from->cleared;
  return true;
}

static void region_clear(region *r, const walk *w) {
  mc_iv_vector_free(r->ends, w->program->n);
  mc_free(r->shown);
}

static bool refuse(const walk *w, const char *why) {
  return mc_evidence_refuse(w->task, "box %zu: %s", w->next, why);
}

/* The test of a step: what follows its first entries. */
static json_t *test_of(const json_t *step, size_t from) {
  json_t *test = json_array();
  for (size_t i = from; i < json_array_size(step); i++)
    json_array_append(test, json_array_get(step, i));
  return test;
}

static mc_program *cleared_program(walk *w) {
  if (!w->cleared)
    w->cleared = mc_evidence_program(w->task, w->integers, true, true);
  return w->cleared;
}

static bool shows_cleared(walk *w, region *r, size_t atom, int sign) {
  mc_program *p = cleared_program(w);
  if (!p || p->body_count != w->program->body_count || !mc_test_divisors(p, r->ends))
    return false;
  r->cleared = true;
  return mc_test_cleared(p, r->ends, &p->body[atom], sign);
}

/* The body's atom is, identically, 0, or a side condition. */
static bool shows_by_algebra(const walk *w, const char *name, const json_t *test, size_t atom) {
  const mc_program *p = w->program;
  const mc_check_atom *a = &p->body[atom];
  if (strcmp(name, "identity") == 0)
    return !a->strict && mc_exact_identity(p, a->up, SIZE_MAX);
  const json_t *index = json_array_get(test, 1);
  if (!json_is_integer(index) || json_integer_value(index) < 0 || (size_t)json_integer_value(index) >= p->where_count)
    return false;
  const mc_check_atom *given = &p->where[json_integer_value(index)];
  return (given->strict || !a->strict) && mc_exact_identity(p, a->up, given->up);
}

/* [atom, test…]: the atom holds. */
static bool check_atom_step(walk *w, region *r, const json_t *step) {
  json_int_t atom = json_integer_value(json_array_get(step, 0));
  if (atom < 0 || (size_t)atom >= w->program->body_count || w->task->claim->exists)
    return refuse(w, "a step about an atom that there is not");
  const mc_check_atom *a = &w->program->body[atom];
  json_t *test = test_of(step, 1);
  const char *name = json_string_value(json_array_get(test, 0));
  bool shown = false;
  if (name && strcmp(name, "cleared") == 0)
    shown = shows_cleared(w, r, (size_t)atom, 1);
  else if (name && (strcmp(name, "identity") == 0 || strcmp(name, "given") == 0))
    shown = shows_by_algebra(w, name, test, (size_t)atom);
  else if (name && strcmp(name, "algebra") == 0)
    shown = mc_algebra_shows(w->program, r->ends, test, a->up, 1, a->strict);
  else
    shown = mc_test_shows(w->program, r->ends, test, (mc_check_goal){a->up, 1, a->strict});
  json_decref(test);
  r->shown[atom] = r->shown[atom] || shown;
  return shown || refuse(w, "a test does not show what it is there for");
}

/* ["where" or "fails", i, test…]: the condition fails, and with it the box is settled.  Some tests see only the sign
 * of a rational function, poles or not; where a condition is not defined it does not fail. */
static bool check_failure_step(walk *w, region *r, const json_t *step) {
  const char *about = json_string_value(json_array_get(step, 0));
  const json_t *index = json_array_get(step, 1);
  bool side = strcmp(about, "where") == 0;
  size_t count = side ? w->program->where_count : w->program->body_count;
  if ((!side && (strcmp(about, "fails") != 0 || !w->task->claim->exists)) || !json_is_integer(index) ||
      json_integer_value(index) < 0 || (size_t)json_integer_value(index) >= count)
    return refuse(w, "a step about a condition that there is not");
  size_t i = (size_t)json_integer_value(index);
  const mc_check_atom *a = side ? &w->program->where[i] : &w->program->body[i];
  json_t *test = test_of(step, 2);
  const char *name = json_string_value(json_array_get(test, 0));
  bool shown = false;
  if (name && !side && strcmp(name, "cleared") == 0)
    shown = shows_cleared(w, r, i, -1);
  else if (name && strcmp(name, "algebra") == 0)
    shown =
        mc_algebra_shows(w->program, r->ends, test, a->up, -1, !a->strict) && mc_test_is_defined(w->program, r->ends);
  else
    shown = mc_test_shows(w->program, r->ends, test, (mc_check_goal){a->up, -1, !a->strict}) &&
            mc_test_line_is_defined(w->program, r->ends, a->up);
  json_decref(test);
  r->closed = r->closed || shown;
  return shown || refuse(w, "a test does not show what it is there for");
}

/* A box closes if everything is shown on it, and all of the claim is defined there. */
static bool may_close(walk *w, region *r) {
  bool all = !w->task->claim->exists;
  if (r->closed)
    return true;
  for (size_t i = 0; i < w->program->body_count && all; i++)
    all = r->shown[i];
  if (!all)
    return refuse(w, "closed, but not everything is shown on it");
  if (mc_test_is_defined(w->program, r->ends))
    return true;
  mc_program *p = cleared_program(w);
  return (p && mc_test_divisors(p, r->ends)) || refuse(w, "the claim is not defined on all of it");
}

static bool check_steps(walk *w, region *r, const json_t *entry) {
  for (size_t i = 1; i < json_array_size(entry); i++) {
    const json_t *step = json_array_get(entry, i), *first = json_array_get(step, 0);
    if (json_is_integer(first) ? !check_atom_step(w, r, step)
                               : !json_is_string(first) || !check_failure_step(w, r, step))
      return json_is_integer(first) || json_is_string(first) ? false : refuse(w, "a step that says nothing");
  }
  return true;
}

static bool check_region(walk *w, region *r, int depth);

static bool check_half(walk *w, const region *r, size_t axis, bool upper, int depth) {
  region half;
  mc_iv lower_half, upper_half;
  mc_iv_init(&lower_half);
  mc_iv_init(&upper_half);
  bool ok = region_init(&half, w, r) || refuse(w, "out of memory");
  if (ok) {
    mpfi_bisect(&lower_half, &upper_half, r->ends + axis);
    mpfi_set(half.ends + axis, upper ? &upper_half : &lower_half);
    half.halvings[axis]++;
    ok = check_region(w, &half, depth + 1);
  }
  region_clear(&half, w);
  mpfi_clear(&lower_half);
  mpfi_clear(&upper_half);
  return ok;
}

static bool check_region(walk *w, region *r, int depth) {
  const json_t *entry = json_array_get(w->boxes, w->next), *axis = json_array_get(entry, 0);
  if (!entry)
    return refuse(w, "missing");
  if (!mc_program_in_time(w->program))
    return refuse(w, "there is no time for it");
  if (!json_is_integer(axis) || depth > DEEPEST)
    return refuse(w, "it is no box");
  ++*w->task->boxes;
  json_int_t j = json_integer_value(axis);
  if (!check_steps(w, r, entry))
    return false;
  if (j == -1) {
    bool closes = may_close(w, r);
    w->next++;
    return closes;
  }
  /* Halves are exact as long as their ends have bits. */
  if (j < 0 || (size_t)j >= w->program->n || r->halvings[j] >= MOST_HALVINGS)
    return refuse(w, "it cannot be halved so");
  w->next++;
  return check_half(w, r, (size_t)j, false, depth) && check_half(w, r, (size_t)j, true, depth);
}

static bool check_boxes(const mc_evidence_task *task, const fmpq *integers, const json_t *boxes) {
  walk w = {.task = task, .integers = integers, .boxes = boxes};
  region all = {0};
  if (!json_is_array(boxes))
    return mc_evidence_refuse(task, "a combination of integers without boxes");
  w.program = mc_evidence_program(task, integers, true, false);
  if (!w.program)
    return false;
  bool ok = w.program->body_count <= MOST_ATOMS && (region_init(&all, &w, NULL) || refuse(&w, "out of memory"));
  ok = ok && check_region(&w, &all, 0);
  if (ok && w.next != json_array_size(boxes))
    ok = mc_evidence_refuse(task, "boxes that belong to no tree");
  region_clear(&all, &w);
  mc_program_free(w.program);
  mc_program_free(w.cleared);
  return ok;
}

/* ---- Combinations of integers ---- */

static bool integer_end(fmpq_t x, const mc_expr *end) {
  return mc_lang_expr_exact(x, end, NULL, NULL, NULL) == MC_OK;
}

/* The next combination; the last variable moves fastest. */
static bool next_combination(fmpq *integers, const mc_claim *claim) {
  fmpq_t end;
  fmpq_init(end);
  bool more = false;
  for (size_t i = claim->variable_count; i-- > 0 && !more;) {
    const mc_quantified *q = &claim->variables[i];
    if (!q->integer)
      continue;
    fmpq_add_si(integers + i, integers + i, 1);
    more = integer_end(end, q->upper) && fmpq_cmp(integers + i, end) <= 0;
    if (!more)
      integer_end(integers + i, q->lower);
  }
  fmpq_clear(end);
  return more;
}

bool mc_evidence_covers(const mc_evidence_task *task, const json_t *instances) {
  const mc_claim *claim = task->claim;
  size_t n = claim->variable_count, i = 0;
  fmpq *wanted = mc_alloc(n + 1, sizeof *wanted), *said = mc_alloc(n + 1, sizeof *said);
  bool ok = wanted && said && json_is_array(instances);
  for (size_t k = 0; wanted && said && k <= n; k++) {
    fmpq_init(wanted + k);
    fmpq_init(said + k);
    if (k < n && claim->variables[k].integer)
      ok = ok && integer_end(wanted + k, claim->variables[k].lower);
  }
  bool more = ok;
  while (ok && more) {
    const json_t *instance = json_array_get(instances, i++);
    ok = json_is_object(instance) && mc_evidence_integers(said, task, json_object_get(instance, "integers"));
    for (size_t k = 0; k < n && ok; k++)
      ok = !claim->variables[k].integer || fmpq_equal(wanted + k, said + k);
    if (!ok)
      mc_evidence_refuse(task, "combination %zu of the integers is missing or in the wrong place", i);
    ok = ok && check_boxes(task, wanted, json_object_get(instance, "boxes"));
    more = next_combination(wanted, claim);
  }
  if (ok && i != json_array_size(instances))
    ok = mc_evidence_refuse(task, "more combinations of integers than there are");
  for (size_t k = 0; wanted && said && k <= n; k++) {
    fmpq_clear(wanted + k);
    fmpq_clear(said + k);
  }
  mc_free(wanted);
  mc_free(said);
  return ok;
}
