/* Each test is a theorem about f on the box B; f is oriented so that f >= 0 (or > 0) is to be shown.
 *
 *   range    inf f(B) >= 0
 *   face     f is monotone in some coordinates: the test that follows holds on the face where f is least
 *   vertex   B is a point by now, and f there is as wanted, exactly
 *   mean     f(c) + f'(B)(B - c) >= 0, c the centre
 *   second   f(c) + f'(c)(B - c) + (B - c) f''(B)(B - c)/2 >= 0
 *   tangent  f is convex on B, and f(p) + f'(p)(B - p) >= 0
 *   touch    f is convex on B, and f(p) = 0 and f'(p) = 0, exactly
 *   ends     f is concave on B, of one varying coordinate, and as wanted at both ends
 *   order    f vanishes at an end of B to the order k, exactly, and f^(k)(B)/k! has a sign
 *   roots    f is a rational function of one variable without a change of sign inside B, by Sturm's theorem
 *
 * f > 0 may be shown by f >= 0 on a face or at an end that does not belong to the domain, if f rises strictly from
 * there. */
#include "tests.h"

#include <string.h>

#include "../base/base.h"
#include "exact.h"
#include "forms.h"

static bool range_test(mc_program *program, const mc_iv *box, mc_check_goal g) {
  mc_view v;
  bool shown = mc_view_init(&v, program, box, g, 0) && mc_iv_meets(v.f, 1, g.strict);
  mc_view_clear(&v);
  if (shown || g.strict || program->lines[g.line].code != MC_CODE_POLYNOMIAL)
    return shown;
  /* A polynomial that touches zero: Sturm's theorem on the range of what it is a polynomial in. */
  const mc_line *x = &program->lines[g.line];
  mc_check_goal inner = {x->a, 1, false};
  fmpq_t lo, hi;
  fmpq_poly_t p;
  fmpq_init(lo);
  fmpq_init(hi);
  fmpq_poly_init(p);
  if (mc_view_init(&v, program, box, inner, 0) && mc_iv_is_moderate(v.f)) {
    mc_iv_end(lo, v.f, false);
    mc_iv_end(hi, v.f, true);
    fmpq_poly_set(p, program->polynomials[x->b].exact);
    if (g.sign < 0)
      fmpq_poly_neg(p, p);
    shown = mc_polynomial_nonnegative(p, lo, hi, program->deadline);
  }
  mc_view_clear(&v);
  fmpq_clear(lo);
  fmpq_clear(hi);
  fmpq_poly_clear(p);
  return shown;
}

static bool vertex_test(mc_program *program, const mc_iv *box, mc_check_goal g) {
  fmpq t[4];
  bool point = true;
  for (size_t j = 0; j < 4; j++)
    fmpq_init(t + j);
  for (size_t j = 0; j < program->n; j++)
    point = point && mc_iv_is_point(box + j);
  int sign = 2;
  if (point) {
    mc_box_corner(t, box, program->n, 0);
    sign = mc_exact_sign(program, g.line, t);
  }
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(t + j);
  return sign != 2 && (g.strict ? sign * g.sign > 0 : sign * g.sign >= 0);
}

/* Replace the box by its face where f is least, along the coordinates that `ends` (NULL: all that can be) names by 0
 * or 1; -1 leaves one alone. */
static bool face_of(mc_iv *face, bool *strict, mc_program *program, const mc_iv *box, const json_t *ends,
                    mc_check_goal g) {
  mc_view v;
  bool ok = mc_view_init(&v, program, box, g, 1);
  for (size_t j = 0; ok && j < program->n; j++) {
    const mc_iv *slope = v.f + 1 + j;
    bool rising = mc_iv_nonnegative(slope), falling = mc_iv_nonpositive(slope);
    json_int_t end = ends ? json_integer_value(json_array_get(ends, j)) : rising ? 0 : falling ? 1 : -1;
    if (end < 0 || mc_iv_is_point(box + j))
      continue;
    if (!(end == 0 ? rising : falling)) {
      ok = false;
      break;
    }
    if ((mc_iv_positive(slope) || mc_iv_negative(slope)) && mc_box_end_is_excluded(program, box, j, end != 0))
      *strict = false;
    mpfi_set_fr(face + j, end == 0 ? &box[j].left : &box[j].right);
  }
  mc_view_clear(&v);
  return ok;
}

static bool plain_test(mc_program *program, const mc_iv *box, const json_t *test, size_t at, mc_check_goal g);

static bool face_test(mc_program *program, const mc_iv *box, const json_t *test, mc_check_goal g) {
  const json_t *ends = json_array_get(test, 1);
  size_t i;
  const json_t *end;
  if (!json_is_array(ends) || json_array_size(ends) != program->n)
    return false;
  json_array_foreach(ends, i, end) if (!json_is_integer(end)) return false;
  mc_iv *face = mc_box_copy(box, program->n);
  bool shown = face && face_of(face, &g.strict, program, box, ends, g) && plain_test(program, face, test, 2, g);
  mc_iv_vector_free(face, program->n);
  return shown;
}

/* ---- One variable ---- */

/* f(t) = (t - p)^k f^(k)(xi)/k!. */
static bool order_test(mc_program *program, const mc_iv *box, const json_t *test, size_t at, mc_check_goal g) {
  const json_t *end = json_array_get(test, at), *order = json_array_get(test, at + 1);
  json_int_t k = json_integer_value(order);
  bool upper = json_integer_value(end) == 1;
  if (program->n != 1 || !json_is_integer(end) || !json_is_integer(order) || k < 1 || k > 8 ||
      (g.strict && !mc_box_end_is_excluded(program, box, 0, upper)))
    return false;
  fmpq_t p;
  fmpq_init(p);
  mc_iv_end(p, box, upper);
  bool shown = mc_exact_vanishes(program, g.line, p, (slong)k);
  mc_view v = {0};
  shown = shown && mc_view_init(&v, program, box, g, (size_t)k);
  /* Left of p odd powers of t - p are negative. */
  shown = shown && mc_iv_meets(v.f + k, upper && k % 2 == 1 ? -1 : 1, g.strict);
  mc_view_clear(&v);
  fmpq_clear(p);
  return shown;
}

static bool roots_test(mc_program *program, const mc_iv *box, mc_check_goal g) {
  fmpq_t lo, hi;
  if (program->n != 1 || g.strict)
    return false;
  fmpq_init(lo);
  fmpq_init(hi);
  mc_iv_end(lo, box, false);
  mc_iv_end(hi, box, true);
  bool shown = mc_exact_nonnegative(program, g.line, g.sign, lo, hi);
  fmpq_clear(lo);
  fmpq_clear(hi);
  return shown;
}

/* ---- All of them ---- */

static bool plain_test(mc_program *program, const mc_iv *box, const json_t *test, size_t at, mc_check_goal g) {
  const char *name = json_string_value(json_array_get(test, at));
  if (!name)
    return false;
  if (strcmp(name, "range") == 0)
    return range_test(program, box, g);
  if (strcmp(name, "vertex") == 0)
    return vertex_test(program, box, g);
  if (strcmp(name, "mean") == 0 || strcmp(name, "second") == 0)
    return mc_form_taylor(program, box, g, strcmp(name, "second") == 0);
  if (strcmp(name, "tangent") == 0 || strcmp(name, "touch") == 0)
    return mc_form_convex(program, box, test, at + 1, g, strcmp(name, "touch") == 0);
  if (strcmp(name, "ends") == 0)
    return mc_form_ends(program, box, g);
  if (strcmp(name, "order") == 0)
    return order_test(program, box, test, at + 1, g);
  return strcmp(name, "roots") == 0 && roots_test(program, box, g);
}

bool mc_test_shows(mc_program *program, const mc_iv *box, const json_t *test, mc_check_goal g) {
  const char *name = json_string_value(json_array_get(test, 0));
  if (name && strcmp(name, "face") == 0)
    return face_test(program, box, test, g);
  return plain_test(program, box, test, 0, g);
}

/* ---- Definedness ---- */

/* Are the lines from first to last? */
static bool lines_are_defined(mc_program *program, const mc_iv *box, size_t first, size_t last) {
  mc_jets s = mc_jets_of(program->n, 0);
  mc_iv *all = mc_iv_vector_new(program->line_count);
  bool defined = all && mc_jets_evaluate(all, &s, program, box);
  for (size_t i = first; i <= last && defined; i++)
    defined = mc_iv_usable(all + i);
  mc_iv_vector_free(all, program->line_count);
  return defined;
}

bool mc_test_is_defined(mc_program *program, const mc_iv *box) {
  return program->line_count == 0 || lines_are_defined(program, box, 0, program->line_count - 1);
}

bool mc_test_line_is_defined(mc_program *program, const mc_iv *box, size_t line) {
  return lines_are_defined(program, box, line, line);
}

/* By a test that needs no data. */
static bool shows_plainly(mc_program *program, const mc_iv *box, mc_check_goal g) {
  return range_test(program, box, g) || vertex_test(program, box, g) || mc_form_ends(program, box, g) ||
         mc_form_taylor(program, box, g, false) || mc_form_taylor(program, box, g, true);
}

/* The same on the box, or on the face where the function is least. */
static bool shows_itself(mc_program *program, const mc_iv *box, mc_check_goal g) {
  if (shows_plainly(program, box, g))
    return true;
  mc_iv *face = mc_box_copy(box, program->n);
  bool shown = face && face_of(face, &g.strict, program, box, NULL, g) && shows_plainly(program, face, g);
  mc_iv_vector_free(face, program->n);
  return shown;
}

/* By its order of vanishing at an excluded end, in one variable. */
static bool shows_by_order(mc_program *program, const mc_iv *box, mc_check_goal g) {
  bool shown = false;
  for (int end = 0; end < 2 && !shown && program->n == 1; end++)
    for (int k = 1; k <= 8 && !shown; k++) {
      json_t *test = json_pack("[s i i]", "order", end, k);
      shown = order_test(program, box, test, 1, g);
      json_decref(test);
    }
  return shown;
}

/* The strict sign of a line, but for excluded ends; 0: none.  A product has the product of the signs. */
static int strict_sign(mc_program *program, const mc_iv *box, size_t line) {
  const mc_line *x = &program->lines[line];
  if (!mc_program_in_time(program))
    return 0;
  if (x->code == MC_CODE_MUL) {
    int sign = strict_sign(program, box, x->a);
    return sign == 0 ? 0 : sign * strict_sign(program, box, x->b);
  }
  for (int sign = 1; sign >= -1; sign -= 2) {
    mc_check_goal g = {line, sign, true};
    if (shows_itself(program, box, g) || shows_by_order(program, box, g))
      return sign;
  }
  return 0;
}

/* Is every line defined that is no logarithm and stands on none that is not defined? */
static bool only_logarithms_are_undefined(mc_program *program, const mc_iv *box) {
  mc_jets s = mc_jets_of(program->n, 0);
  mc_iv *all = mc_iv_vector_new(program->line_count);
  bool ok = all && mc_jets_evaluate(all, &s, program, box);
  for (size_t i = 0; i < program->line_count && ok; i++) {
    const mc_line *x = &program->lines[i];
    if (mc_iv_usable(all + i) || x->code == MC_CODE_LOG)
      continue;
    bool binary = x->code == MC_CODE_ADD || x->code == MC_CODE_SUB || x->code == MC_CODE_MUL ||
                  x->code == MC_CODE_MIN || x->code == MC_CODE_MAX;
    ok = x->code > MC_CODE_VARIABLE && x->code != MC_CODE_SQRT && x->code != MC_CODE_DIV &&
         (!mc_iv_usable(all + x->a) || (binary && !mc_iv_usable(all + x->b)));
  }
  mc_iv_vector_free(all, program->line_count);
  return ok;
}

bool mc_test_divisors(mc_program *program, const mc_iv *box) {
  bool defined = only_logarithms_are_undefined(program, box);
  for (size_t i = 0; i < program->pole_count && defined; i++) {
    int sign = strict_sign(program, box, program->poles[i].line);
    defined = program->poles[i].positive ? sign > 0 : sign != 0;
  }
  return defined;
}

/* What atoms are divided by is a product of divisors, none of which vanishes on the box; so its sign is that at the
 * centre. */
bool mc_test_cleared(mc_program *program, const mc_iv *box, const mc_check_atom *atom, int sign) {
  mc_iv *centre = mc_box_copy(box, program->n);
  fmpq t[4];
  int down = 2;
  for (size_t j = 0; j < 4; j++)
    fmpq_init(t + j);
  if (centre) {
    mc_box_centre(centre, box, program->n);
    mc_box_corner(t, centre, program->n, 0);
    down = mc_exact_sign(program, atom->down, t);
  }
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(t + j);
  mc_iv_vector_free(centre, program->n);
  mc_check_goal g = {atom->up, sign * down, sign > 0 ? atom->strict : !atom->strict};
  return (down == 1 || down == -1) && (shows_itself(program, box, g) || shows_by_order(program, box, g));
}
