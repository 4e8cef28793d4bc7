/* Taylor forms, convexity and concavity: what the tests of a certificate rest on. */
#include "forms.h"

#include <string.h>

#include "../base/base.h"
#include "exact.h"

bool mc_box_end_is_excluded(const mc_program *program, const mc_iv *box, size_t j, bool upper) {
  if (upper)
    return program->upper_open[j] && mpfr_cmp_ui(&box[j].right, 1) == 0;
  return program->lower_open[j] && mpfr_zero_p(&box[j].left);
}

mc_iv *mc_box_copy(const mc_iv *box, size_t n) {
  mc_iv *copy = mc_iv_vector_new(n);
  for (size_t j = 0; copy && j < n; j++)
    mpfi_set(copy + j, box + j);
  return copy;
}

void mc_box_corner(fmpq *t, const mc_iv *box, size_t n, size_t which) {
  for (size_t j = 0; j < n; j++)
    mc_iv_end(t + j, box + j, (which >> j) & 1);
}

bool mc_view_init(mc_view *v, mc_program *program, const mc_iv *box, mc_check_goal g, size_t order) {
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

void mc_view_clear(mc_view *v) {
  mc_iv_vector_free(v->all, v->count);
}

/* ---- Taylor forms ---- */

void mc_box_centre(mc_iv *centre, const mc_iv *box, size_t n) {
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
static void linear_form(mc_iv *sum, const mc_iv *value, const mc_view *of, const mc_iv *box, const mc_iv *centre) {
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

static void second_form(mc_iv *sum, const mc_view *at_centre, const mc_view *on_box, const mc_iv *box,
                        const mc_iv *centre) {
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

bool mc_form_taylor(mc_program *program, const mc_iv *box, mc_check_goal g, bool second) {
  mc_view on_box, at_centre = {0};
  mc_iv sum, *centre = mc_box_copy(box, program->n);
  mc_iv_init(&sum);
  bool shown = mc_view_init(&on_box, program, box, g, second ? 2 : 1) && centre;
  if (shown) {
    mc_box_centre(centre, box, program->n);
    shown = mc_view_init(&at_centre, program, centre, g, 1);
  }
  if (shown) {
    if (second)
      second_form(&sum, &at_centre, &on_box, box, centre);
    else
      linear_form(&sum, at_centre.f, &on_box, box, centre);
    shown = mc_iv_meets(&sum, 1, g.strict);
  }
  mc_view_clear(&on_box);
  mc_view_clear(&at_centre);
  mc_iv_vector_free(centre, program->n);
  mpfi_clear(&sum);
  return shown;
}

/* ---- Convex and concave ---- */

/* All pivots of interval elimination of f''(B) are positive, or nonnegative with a row of zeros. */
static bool is_convex(const mc_view *v, const mc_iv *box) {
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
  mc_view at_point = {0};
  mc_iv sum, *point = mc_iv_vector_new(program->n);
  mc_iv_init(&sum);
  for (size_t j = 0; point && j < program->n; j++)
    mc_iv_set_q(point + j, p + j);
  bool shown = point && mc_view_init(&at_point, program, point, g, 1);
  if (shown) {
    linear_form(&sum, at_point.f, &at_point, box, point);
    shown = mc_iv_meets(&sum, 1, g.strict);
  }
  mc_view_clear(&at_point);
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

bool mc_form_convex(mc_program *program, const mc_iv *box, const json_t *test, size_t at, mc_check_goal g, bool touch) {
  mc_view v;
  fmpq p[4];
  for (size_t j = 0; j < 4; j++)
    fmpq_init(p + j);
  bool shown = mc_view_init(&v, program, box, g, 2) && program->n > 0 && is_convex(&v, box) &&
               read_point(p, test, at, box, program->n) &&
               (touch ? touches(program, box, p, g) : tangent_holds(program, box, p, g));
  mc_view_clear(&v);
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(p + j);
  return shown;
}

/* A concave function of one coordinate is least at an end. */
bool mc_form_ends(mc_program *program, const mc_iv *box, mc_check_goal g) {
  size_t varying = 0, k = 0;
  for (size_t j = 0; j < program->n; j++)
    if (!mc_iv_is_point(box + j)) {
      varying++;
      k = j;
    }
  mc_view v;
  fmpq t[4];
  for (size_t j = 0; j < 4; j++)
    fmpq_init(t + j);
  bool shown =
      varying == 1 && mc_view_init(&v, program, box, g, 2) && mc_iv_nonpositive(v.f + mc_jets_second(&v.jets, k, k));
  if (varying == 1)
    mc_view_clear(&v);
  int least[2] = {0};
  for (int end = 0; end < 2 && shown; end++) {
    mc_box_corner(t, box, program->n, end ? (size_t)1 << k : 0);
    int sign = mc_exact_sign(program, g.line, t);
    shown = sign != 2;
    least[end] = sign * g.sign;
  }
  for (size_t j = 0; j < 4; j++)
    fmpq_clear(t + j);
  if (!shown || !g.strict)
    return shown && least[0] >= 0 && least[1] >= 0;
  return (least[0] > 0 || (least[0] == 0 && mc_box_end_is_excluded(program, box, k, false))) &&
         (least[1] > 0 || (least[1] == 0 && mc_box_end_is_excluded(program, box, k, true))) && least[0] + least[1] > 0;
}
