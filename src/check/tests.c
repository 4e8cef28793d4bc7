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
 * f > 0 may be shown by f >= 0 on a face or at an end that does not belong to the domain, if f rises strictly from there. */
#include "tests.h"

#include <string.h>

#include "../base/base.h"
#include "exact.h"
#include "jet.h"

/* f over the box, to an order; coefficients of the goal's line, oriented. */
typedef struct {
  mc_jets jets;
  mc_iv *all; /* NULL: out of memory */
  size_t count;
  mc_iv *f; /* jets.size coefficients */
} view;

static bool view_init(view *v, mc_program *program, const mc_iv *box, mc_check_goal g, size_t order) {
  v->jets = mc_jets_of(program->n, order);
  v->count = program->line_count * v->jets.size;
  v->all = mc_iv_vector_new(v->count);
  v->f = v->all ? v->all + g.line * v->jets.size : NULL;
  if (!v->all || !mc_jets_evaluate(v->all, &v->jets, program, box))
    return false;
  for (size_t i = 0; g.sign < 0 && i < v->jets.size; i++)
    mpfi_neg(v->f + i, v->f + i);
  return true;
}

static void view_clear(view *v) {
  mc_iv_vector_free(v->all, v->count);
}

static bool end_is_excluded(const mc_program *program, const mc_iv *box, size_t j, bool upper) {
  if (upper)
    return program->upper_open[j] && mpfr_cmp_ui(&box[j].right, 1) == 0;
  return program->lower_open[j] && mpfr_zero_p(&box[j].left);
}

static mc_iv *copy_of(const mc_iv *box, size_t n) {
  mc_iv *copy = mc_iv_vector_new(n);
  for (size_t j = 0; copy && j < n; j++)
    mpfi_set(copy + j, box + j);
  return copy;
}

static bool range_test(mc_program *program, const mc_iv *box, mc_check_goal g) {
  view v;
  bool shown = view_init(&v, program, box, g, 0) && mc_iv_meets(v.f, 1, g.strict);
  view_clear(&v);
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
  if (view_init(&v, program, box, inner, 0) && mc_iv_usable(v.f)) {
    mc_iv_end(lo, v.f, false);
    mc_iv_end(hi, v.f, true);
    fmpq_poly_set(p, program->polynomials[x->b].exact);
    if (g.sign < 0)
      fmpq_poly_neg(p, p);
    shown = mc_polynomial_nonnegative(p, lo, hi);
  }
  view_clear(&v);
  fmpq_clear(lo);
  fmpq_clear(hi);
  fmpq_poly_clear(p);
  return shown;
}

static void corner_of(fmpq *t, const mc_iv *box, size_t n, size_t which) {
  for (size_t j = 0; j < n; j++)
    mc_iv_end(t + j, box + j, (which >> j) & 1);
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
    corner_of(t, box, program->n, 0);
    sign = mc_exact_sign(program, g.line, t);
  }
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(t + j);
  return sign != 2 && (g.strict ? sign * g.sign > 0 : sign * g.sign >= 0);
}

/* Replace the box by its face where f is least, along the coordinates that `ends` (NULL: all that can be) names by 0 or 1;
 * -1 leaves one alone. */
static bool face_of(mc_iv *face, bool *strict, mc_program *program, const mc_iv *box, const json_t *ends,
                    mc_check_goal g) {
  view v;
  bool ok = view_init(&v, program, box, g, 1);
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
    if ((mc_iv_positive(slope) || mc_iv_negative(slope)) && end_is_excluded(program, box, j, end != 0))
      *strict = false;
    mpfi_set_fr(face + j, end == 0 ? &box[j].left : &box[j].right);
  }
  view_clear(&v);
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
  mc_iv *face = copy_of(box, program->n);
  bool shown = face && face_of(face, &g.strict, program, box, ends, g) && plain_test(program, face, test, 2, g);
  mc_iv_vector_free(face, program->n);
  return shown;
}

/* ---- Taylor forms ---- */

static void centre_of(mc_iv *centre, const mc_iv *box, size_t n) {
  for (size_t j = 0; j < n; j++) {
    mpfr_t middle;
    mpfr_init2(middle, MC_CHECK_BITS);
    mpfr_add(middle, &box[j].left, &box[j].right, MPFR_RNDN);
    mpfr_div_2ui(middle, middle, 1, MPFR_RNDN);
    mpfi_set_fr(centre + j, middle);
    mpfr_clear(middle);
  }
}

/* sum += b d + a d^2, bounded below over d in a range; where a > 0 by -b^2/(4a), too. */
static void add_parabola(mc_iv *sum, const mc_iv *b, const mc_iv *a, const mc_iv *d) {
  mc_iv term, t;
  mc_iv_init(&term);
  mc_iv_init(&t);
  mpfi_sqr(&term, d);
  mc_iv_mul(&term, &term, a);
  mc_iv_mul(&t, b, d);
  mpfi_add(&term, &term, &t);
  if (mc_iv_positive(a) && mc_iv_usable(&term)) {
    mpfi_sqr(&t, b);
    mpfi_div(&t, &t, a);
    mpfi_div_si(&t, &t, -4);
    if (mc_iv_usable(&t) && mpfr_greater_p(&t.left, &term.left)) {
      mpfr_set(&term.left, &t.left, MPFR_RNDD);
      if (mpfr_greater_p(&term.left, &term.right))
        mpfr_set(&term.right, &term.left, MPFR_RNDU);
    }
  }
  mpfi_add(sum, sum, &term);
  mpfi_clear(&term);
  mpfi_clear(&t);
}

/* f(c) + slope (B - c), the slope being that of `of` (order 1 and more). */
static void linear_form(mc_iv *sum, const mc_iv *value, const view *of, const mc_iv *box, const mc_iv *centre) {
  mc_iv d, term;
  mc_iv_init(&d);
  mc_iv_init(&term);
  mpfi_set(sum, value);
  for (size_t j = 0; j < of->jets.n; j++) {
    mpfi_sub(&d, box + j, centre + j);
    mc_iv_mul(&term, of->f + 1 + j, &d);
    mpfi_add(sum, sum, &term);
  }
  mpfi_clear(&d);
  mpfi_clear(&term);
}

static void second_form(mc_iv *sum, const view *at_centre, const view *on_box, const mc_iv *box, const mc_iv *centre) {
  size_t n = on_box->jets.n;
  mc_iv d, e, term;
  mc_iv_init(&d);
  mc_iv_init(&e);
  mc_iv_init(&term);
  mpfi_set(sum, at_centre->f);
  for (size_t k = 0; k < n; k++) {
    mpfi_sub(&d, box + k, centre + k);
    add_parabola(sum, at_centre->f + 1 + k, on_box->f + mc_jets_second(&on_box->jets, k, k), &d);
    for (size_t j = 0; j < k; j++) {
      mpfi_sub(&e, box + j, centre + j);
      mc_iv_mul(&term, &d, &e);
      mc_iv_mul(&term, &term, on_box->f + mc_jets_second(&on_box->jets, j, k));
      mpfi_add(sum, sum, &term);
    }
  }
  mpfi_clear(&d);
  mpfi_clear(&e);
  mpfi_clear(&term);
}

static bool taylor_test(mc_program *program, const mc_iv *box, mc_check_goal g, bool second) {
  view on_box, at_centre = {0};
  mc_iv sum, *centre = copy_of(box, program->n);
  mc_iv_init(&sum);
  bool shown = view_init(&on_box, program, box, g, second ? 2 : 1) && centre;
  if (shown) {
    centre_of(centre, box, program->n);
    shown = view_init(&at_centre, program, centre, g, 1);
  }
  if (shown) {
    if (second)
      second_form(&sum, &at_centre, &on_box, box, centre);
    else
      linear_form(&sum, at_centre.f, &on_box, box, centre);
    shown = mc_iv_meets(&sum, 1, g.strict);
  }
  view_clear(&on_box);
  view_clear(&at_centre);
  mc_iv_vector_free(centre, program->n);
  mpfi_clear(&sum);
  return shown;
}

/* ---- Convex and concave ---- */

/* All pivots of interval elimination of f''(B) are positive, or nonnegative with a row of zeros. */
static bool is_convex(const view *v, const mc_iv *box) {
  size_t n = v->jets.n;
  mc_iv h[4][4], t;
  bool convex = true;
  mc_iv_init(&t);
  for (size_t j = 0; j < n; j++)
    for (size_t k = 0; k < n; k++) {
      mc_iv_init(&h[j][k]);
      if (mc_iv_is_point(box + j) || mc_iv_is_point(box + k))
        continue;
      mpfi_set(&h[j][k], v->f + mc_jets_second(&v->jets, j < k ? j : k, j < k ? k : j));
      if (j == k)
        mpfi_mul_ui(&h[j][k], &h[j][k], 2);
    }
  for (size_t k = 0; k < n && convex; k++) {
    bool zero_row = true;
    for (size_t j = k + 1; j < n; j++)
      zero_row = zero_row && mc_iv_is_zero(&h[k][j]);
    convex = mc_iv_positive(&h[k][k]) || (zero_row && mc_iv_nonnegative(&h[k][k]));
    for (size_t i = k + 1; convex && !zero_row && i < n; i++)
      for (size_t j = k + 1; j < n; j++) {
        if (i == j)
          mpfi_sqr(&t, &h[k][i]);
        else
          mc_iv_mul(&t, &h[k][i], &h[k][j]);
        mc_iv_div(&t, &t, &h[k][k]);
        mpfi_sub(&h[i][j], &h[i][j], &t);
      }
  }
  for (size_t j = 0; j < n; j++)
    for (size_t k = 0; k < n; k++)
      mpfi_clear(&h[j][k]);
  mpfi_clear(&t);
  return convex;
}

/* The rational numbers test[at], … in the box; false: they are not that. */
static bool read_point(fmpq *p, const json_t *test, size_t at, const mc_iv *box, size_t n) {
  for (size_t j = 0; j < n; j++) {
    const char *text = json_string_value(json_array_get(test, at + j));
    if (!text || strlen(text) > 4000 || fmpq_set_str(p + j, text, 10) != 0 || fmpz_is_zero(fmpq_denref(p + j)))
      return false;
    fmpq_canonicalise(p + j);
    fmpq_t lo, hi;
    fmpq_init(lo);
    fmpq_init(hi);
    mc_iv_end(lo, box + j, false);
    mc_iv_end(hi, box + j, true);
    bool inside = fmpq_cmp(lo, p + j) <= 0 && fmpq_cmp(p + j, hi) <= 0;
    fmpq_clear(lo);
    fmpq_clear(hi);
    if (!inside)
      return false;
  }
  return true;
}

/* f >= f(p) + f'(p)(B - p). */
static bool tangent_holds(mc_program *program, const mc_iv *box, const fmpq *p, mc_check_goal g) {
  view at_point = {0};
  mc_iv sum, *point = mc_iv_vector_new(program->n);
  mc_iv_init(&sum);
  for (size_t j = 0; point && j < program->n; j++)
    mc_iv_set_q(point + j, p + j);
  bool shown = point && view_init(&at_point, program, point, g, 1);
  if (shown) {
    linear_form(&sum, at_point.f, &at_point, box, point);
    shown = mc_iv_meets(&sum, 1, g.strict);
  }
  view_clear(&at_point);
  mc_iv_vector_free(point, program->n);
  mpfi_clear(&sum);
  return shown;
}

/* f(p) = 0, and f'(p) = 0 in the coordinates that vary, exactly. */
static bool touches(mc_program *program, const mc_iv *box, const fmpq *p, mc_check_goal g) {
  fmpq_poly_t z;
  fmpq_poly_init(z);
  bool zero = !g.strict;
  for (size_t j = 0; j < program->n && zero; j++)
    zero = mc_exact_series(z, program, g.line, p, j, mc_iv_is_point(box + j) ? 1 : 2) && fmpq_poly_is_zero(z);
  fmpq_poly_clear(z);
  return zero;
}

static bool convex_test(mc_program *program, const mc_iv *box, const json_t *test, size_t at, mc_check_goal g,
                        bool touch) {
  view v;
  fmpq p[4];
  for (size_t j = 0; j < 4; j++)
    fmpq_init(p + j);
  bool shown = view_init(&v, program, box, g, 2) && program->n > 0 && is_convex(&v, box) &&
               read_point(p, test, at, box, program->n) &&
               (touch ? touches(program, box, p, g) : tangent_holds(program, box, p, g));
  view_clear(&v);
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(p + j);
  return shown;
}

/* A concave function of one coordinate is least at an end. */
static bool ends_test(mc_program *program, const mc_iv *box, mc_check_goal g) {
  size_t varying = 0, k = 0;
  for (size_t j = 0; j < program->n; j++)
    if (!mc_iv_is_point(box + j)) {
      varying++;
      k = j;
    }
  view v;
  fmpq t[4];
  for (size_t j = 0; j < 4; j++)
    fmpq_init(t + j);
  bool shown =
      varying == 1 && view_init(&v, program, box, g, 2) && mc_iv_nonpositive(v.f + mc_jets_second(&v.jets, k, k));
  if (varying == 1)
    view_clear(&v);
  int least[2] = {0};
  for (int end = 0; end < 2 && shown; end++) {
    corner_of(t, box, program->n, end ? (size_t)1 << k : 0);
    int sign = mc_exact_sign(program, g.line, t);
    shown = sign != 2;
    least[end] = sign * g.sign;
  }
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(t + j);
  if (!shown || !g.strict)
    return shown && least[0] >= 0 && least[1] >= 0;
  return (least[0] > 0 || (least[0] == 0 && end_is_excluded(program, box, k, false))) &&
         (least[1] > 0 || (least[1] == 0 && end_is_excluded(program, box, k, true))) && least[0] + least[1] > 0;
}

/* ---- One variable ---- */

/* f(t) = (t - p)^k f^(k)(xi)/k!. */
static bool order_test(mc_program *program, const mc_iv *box, const json_t *test, size_t at, mc_check_goal g) {
  const json_t *end = json_array_get(test, at), *order = json_array_get(test, at + 1);
  json_int_t k = json_integer_value(order);
  bool upper = json_integer_value(end) == 1;
  if (program->n != 1 || !json_is_integer(end) || !json_is_integer(order) || k < 1 || k > 8 ||
      (g.strict && !end_is_excluded(program, box, 0, upper)))
    return false;
  fmpq_t p;
  fmpq_poly_t z;
  fmpq_init(p);
  fmpq_poly_init(z);
  mc_iv_end(p, box, upper);
  bool shown = mc_exact_series(z, program, g.line, p, 0, (slong)k) && fmpq_poly_is_zero(z);
  view v = {0};
  shown = shown && view_init(&v, program, box, g, (size_t)k);
  /* Left of p odd powers of t - p are negative. */
  shown = shown && mc_iv_meets(v.f + k, upper && k % 2 == 1 ? -1 : 1, g.strict);
  view_clear(&v);
  fmpq_clear(p);
  fmpq_poly_clear(z);
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
    return taylor_test(program, box, g, strcmp(name, "second") == 0);
  if (strcmp(name, "tangent") == 0 || strcmp(name, "touch") == 0)
    return convex_test(program, box, test, at + 1, g, strcmp(name, "touch") == 0);
  if (strcmp(name, "ends") == 0)
    return ends_test(program, box, g);
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

bool mc_test_is_defined(mc_program *program, const mc_iv *box) {
  mc_jets s = mc_jets_of(program->n, 0);
  mc_iv *all = mc_iv_vector_new(program->line_count);
  bool defined = all && mc_jets_evaluate(all, &s, program, box);
  for (size_t i = 0; i < program->line_count && defined; i++)
    defined = mc_iv_usable(all + i);
  mc_iv_vector_free(all, program->line_count);
  return defined;
}

/* By a test that needs no data. */
static bool shows_plainly(mc_program *program, const mc_iv *box, mc_check_goal g) {
  return range_test(program, box, g) || vertex_test(program, box, g) || ends_test(program, box, g) ||
         taylor_test(program, box, g, false) || taylor_test(program, box, g, true);
}

/* The same on the box, or on the face where the function is least. */
static bool shows_itself(mc_program *program, const mc_iv *box, mc_check_goal g) {
  if (shows_plainly(program, box, g))
    return true;
  mc_iv *face = copy_of(box, program->n);
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
  if (x->code == MC_CODE_MUL)
    return strict_sign(program, box, x->a) * strict_sign(program, box, x->b);
  for (int sign = 1; sign >= -1; sign -= 2) {
    mc_check_goal g = {line, sign, true};
    if (shows_itself(program, box, g) || shows_by_order(program, box, g))
      return sign;
  }
  return 0;
}

bool mc_test_divisors(mc_program *program, const mc_iv *box) {
  bool defined = mc_test_is_defined(program, box);
  for (size_t i = 0; i < program->divisor_count && defined; i++)
    defined = strict_sign(program, box, program->divisors[i]) != 0;
  return defined;
}

/* What atoms are divided by is a product of divisors, none of which vanishes on the box; so its sign is that at the
 * centre. */
bool mc_test_cleared(mc_program *program, const mc_iv *box, const mc_check_atom *atom, int sign) {
  mc_iv *centre = copy_of(box, program->n);
  fmpq t[4];
  int down = 2;
  for (size_t j = 0; j < 4; j++)
    fmpq_init(t + j);
  if (centre) {
    centre_of(centre, box, program->n);
    corner_of(t, centre, program->n, 0);
    down = mc_exact_sign(program, atom->down, t);
  }
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(t + j);
  mc_iv_vector_free(centre, program->n);
  mc_check_goal g = {atom->up, sign * down, sign > 0 ? atom->strict : !atom->strict};
  return (down == 1 || down == -1) && (shows_itself(program, box, g) || shows_by_order(program, box, g));
}
