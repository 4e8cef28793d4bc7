/* Convex functions lie above their tangent planes. */
#include <math.h>

#include "certify.h"

/* Is sign * (second derivative) positive semidefinite on the whole box: all pivots of interval elimination are
 * positive, or a pivot is nonnegative and its row is zero. */
static bool is_convex(mc_workspace *s, const mc_range *box, const mc_evaluation *v, mc_goal g, slong precision) {
  size_t n = s->n, packed = n * (n + 1) / 2;
  mc_range *h = mc_range_vector_new(packed), *t = s->scratch;
  bool convex = h != NULL;
  for (size_t k = 0; convex && k < n; k++)
    for (size_t j = 0; j <= k; j++) {
      size_t at = mc_tape_packed(j, k);
      if (mc_range_is_fixed(box + j) || mc_range_is_fixed(box + k))
        mc_range_set_si(h + at, 0);
      else
        mc_goal_orient(h + at, v->hessian + g.node * packed + at, g.sign);
    }
  for (size_t k = 0; convex && k < n; k++) {
    const mc_range *pivot = h + mc_tape_packed(k, k);
    bool row_is_zero = true;
    for (size_t j = k + 1; j < n; j++) {
      const mc_range *x = h + mc_tape_packed(k, j);
      row_is_zero = row_is_zero && arf_is_zero(&x->lo) && arf_is_zero(&x->hi);
    }
    convex = mc_range_is_positive(pivot) || (row_is_zero && mc_range_is_nonnegative(pivot));
    for (size_t j = k + 1; convex && !row_is_zero && j < n; j++)
      for (size_t i = k + 1; i <= j; i++) {
        if (i == j)
          mc_range_sqr(t, h + mc_tape_packed(k, i), precision);
        else
          mc_range_mul(t, h + mc_tape_packed(k, i), h + mc_tape_packed(k, j), precision);
        mc_range_div(t, t, pivot, precision);
        mc_range_sub(h + mc_tape_packed(i, j), h + mc_tape_packed(i, j), t, precision);
      }
  }
  mc_range_vector_free(h, packed);
  return convex;
}

static double middle(const mc_range *x) {
  return 0.5 * (arf_get_d(&x->lo, ARF_RND_NEAR) + arf_get_d(&x->hi, ARF_RND_NEAR));
}

/* d = -H^{-1} g in double, by elimination without pivoting (H is positive definite or nearly so); false where that
 * fails. */
static bool newton_direction(double *d, const mc_range *box, const mc_range *gradient, const mc_range *hessian,
                             size_t n) {
  double h[4][5];
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++)
      h[i][j] = mc_range_is_fixed(box + i) || mc_range_is_fixed(box + j)
                    ? i == j
                    : middle(hessian + mc_tape_packed(i < j ? i : j, i < j ? j : i));
    h[i][n] = mc_range_is_fixed(box + i) ? 0 : -middle(gradient + i);
  }
  for (size_t k = 0; k < n; k++) {
    if (!(fabs(h[k][k]) > 0))
      return false;
    for (size_t i = k + 1; i < n; i++) {
      double factor = h[i][k] / h[k][k];
      for (size_t j = k; j <= n; j++)
        h[i][j] -= factor * h[k][j];
    }
  }
  for (size_t k = n; k-- > 0;) {
    d[k] = h[k][n];
    for (size_t j = k + 1; j < n; j++)
      d[k] -= h[k][j] * d[j];
    d[k] /= h[k][k];
    if (!isfinite(d[k]))
      return false;
  }
  return true;
}

/* t = the simplest rational within 2^-shift of the point x of the box, clipped to it. */
static void simplest_near(fmpq_t t, double x, const mc_range *box, slong shift) {
  arf_t center;
  fmpq_t lo, hi, end;
  arf_init(center);
  fmpq_init(lo);
  fmpq_init(hi);
  fmpq_init(end);
  arf_set_d(center, x);
  arf_get_fmpq(lo, center);
  fmpz_one(fmpq_numref(end));
  fmpz_one(fmpq_denref(end));
  fmpq_div_2exp(end, end, (flint_bitcnt_t)shift);
  fmpq_add(hi, lo, end);
  fmpq_sub(lo, lo, end);
  arf_get_fmpq(end, &box->lo);
  if (fmpq_cmp(lo, end) < 0)
    fmpq_set(lo, end);
  if (fmpq_cmp(hi, lo) < 0)
    fmpq_set(hi, lo);
  arf_get_fmpq(end, &box->hi);
  if (fmpq_cmp(hi, end) > 0)
    fmpq_set(hi, end);
  if (fmpq_cmp(lo, hi) > 0)
    fmpq_set(lo, hi);
  fmpq_simplest_between(t, lo, hi);
  arf_clear(center);
  fmpq_clear(lo);
  fmpq_clear(hi);
  fmpq_clear(end);
}

/* May an operand of abs vanish, so that the derivatives at this point are those of the other side's piece? */
static bool meets_kink(const mc_tape *tape, size_t last, const mc_range *values) {
  for (size_t i = 0; i <= last; i++)
    if (tape->nodes[i].op == MC_OP_ABS && mc_range_contains_zero(values + tape->nodes[i].a))
      return true;
  return false;
}

/* On a box where f is convex, f >= f(p) + f'(p)(box - p) for every p in it; exact where the point and all values are
 * rational. */
static bool tangent_plane(mc_workspace *s, const mc_range *box, const fmpq *p, mc_goal g, slong precision) {
  size_t n = s->n;
  mc_workspace_set_point(s, p);
  mc_tape_enclose_derivatives(s->at_center.values, s->at_center.gradient, NULL, s->tape, s->point, precision);
  if (meets_kink(s->tape, g.node, s->at_center.values))
    return false;
  mc_range *sum = s->scratch, *term = s->scratch + 1, *d = s->scratch + 2;
  mc_goal_orient(sum, s->at_center.values + g.node, g.sign);
  for (size_t j = 0; j < n; j++) {
    mc_range_sub(d, box + j, s->point + j, precision);
    mc_goal_orient(term, s->at_center.gradient + g.node * n + j, g.sign);
    mc_range_mul(term, term, d, precision);
    mc_range_add(sum, sum, term, precision);
  }
  return mc_goal_is_met(sum, g.strict);
}

/* f vanishes at p together with its gradient, exactly.  Balls reject most points at little cost. */
static bool touches_zero(mc_workspace *s, const mc_range *box, const fmpq *p, size_t node) {
  mc_workspace_set_point(s, p);
  mc_tape_enclose_derivatives(s->at_center.values, s->at_center.gradient, NULL, s->tape, s->point, MC_POINT_PRECISION);
  if (!mc_range_contains_zero(s->at_center.values + node))
    return false;
  for (size_t j = 0; j < s->n; j++)
    if (!mc_range_is_fixed(box + j) && !mc_range_contains_zero(s->at_center.gradient + node * s->n + j))
      return false;
  fmpq_t value;
  fmpq *gradient = mc_alloc(s->n + 1, sizeof *gradient);
  if (!gradient)
    return false;
  fmpq_init(value);
  for (size_t j = 0; j < s->n; j++)
    fmpq_init(gradient + j);
  bool touches = mc_tape_exact(value, gradient, s->tape, node, p) && fmpq_is_zero(value);
  for (size_t j = 0; j < s->n; j++) {
    touches = touches && (mc_range_is_fixed(box + j) || fmpq_is_zero(gradient + j));
    fmpq_clear(gradient + j);
  }
  fmpq_clear(value);
  mc_free(gradient);
  return touches;
}

/* Try the one at the least point, found by Newton's method, and the
 * simplest rational point near it, in case f touches zero there. */
bool mc_certify_convex(mc_workspace *s, const mc_range *box, const mc_evaluation *v, mc_goal g, slong precision) {
  size_t n = s->n, packed = n * (n + 1) / 2;
  if (n == 0 || n > 4 || !is_convex(s, box, v, g, precision))
    return false;
  double x[4], d[4];
  for (size_t j = 0; j < n; j++)
    x[j] = middle(box + j);
  for (int step = 0; step < 3; step++) {
    for (size_t j = 0; j < n; j++) {
      arf_set_d(&s->point[j].lo, x[j]);
      arf_set_d(&s->point[j].hi, x[j]);
    }
    mc_tape_enclose_derivatives(s->at_center.values, s->at_center.gradient, s->at_center.hessian, s->tape, s->point,
                                precision);
    if (!newton_direction(d, box, s->at_center.gradient + g.node * n, s->at_center.hessian + g.node * packed, n))
      return false;
    for (size_t j = 0; j < n; j++) {
      double lo = arf_get_d(&box[j].lo, ARF_RND_NEAR), hi = arf_get_d(&box[j].hi, ARF_RND_NEAR);
      x[j] = fmin(fmax(x[j] + d[j], lo), hi);
    }
  }
  fmpq *p = s->corner;
  for (size_t j = 0; j < n; j++)
    simplest_near(p + j, x[j], box + j, 50);
  if (tangent_plane(s, box, p, g, precision))
    return mc_workspace_note_point(s, "tangent", p);
  if (g.strict)
    return false;
  for (slong shift = 40; shift >= 20; shift -= 10) {
    for (size_t j = 0; j < n; j++)
      simplest_near(p + j, x[j], box + j, shift);
    if (touches_zero(s, box, p, g.node))
      return mc_workspace_note_point(s, "touch", p);
  }
  return false;
}
