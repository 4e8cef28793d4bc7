/* Branch and bound.
 *
 * A forall claim is proved box by box: every atom of its body is certified on the box, or a side condition certainly
 * fails there. An exists claim is refuted box by box: some atom certainly fails.  Both need one thing, a certificate
 * that s f >= 0 or s f > 0 on a box; certify() gives it. */
#include "search.h"

#include <math.h>
#include <string.h>

#include "identity.h"
#include "roots.h"
#include "series.h"

enum {
  MOST_PENDING = 64,   /* atoms whose progress a box remembers */
  GREATEST_DEPTH = 90, /* halvings of one box, for each variable */
  MOST_STUCK = 24,     /* boxes given up before the search is */
  MOST_BOXES = 20000000,
  POINT_PRECISION = 256, /* at points, before exact arithmetic is asked */
  SAMPLES = 160
};

/* Everything that one evaluation of the tape with derivatives leaves. */
typedef struct {
  mc_range *values, *gradient, *hessian;
} evaluation;

typedef struct {
  size_t depth;
  uint64_t pending; /* atoms of the body (the first 64) that are not yet certified */
} box_head;

typedef struct {
  const mc_tape *tape;
  const mc_search_task *task;
  size_t n;
  evaluation on_box, on_face, at_center;
  mc_range *box, *face, *center, *point; /* n each */
  mc_range *scratch;                     /* a few */
  fmpq *corner;                          /* n */

  /* The stack of open boxes. */
  size_t count, capacity;
  box_head *heads;
  mc_range *boxes; /* capacity * n, all initialised */

  uint64_t *box_count;
  mc_witness *witness;
  size_t stuck;
  char where_stuck[400];
  mc_status status; /* MC_OK, or the claim is undefined inside its domain */
  mc_error *error;
} search;

enum { SCRATCH = 8 };

/* ---- Memory ---- */

static bool evaluation_init(evaluation *v, const mc_tape *tape) {
  size_t n = tape->variable_count;
  v->values = mc_range_vector_new(tape->node_count);
  v->gradient = mc_range_vector_new(tape->node_count * n);
  v->hessian = mc_range_vector_new(tape->node_count * n * (n + 1) / 2);
  return v->values && v->gradient && v->hessian;
}

static void evaluation_clear(evaluation *v, const mc_tape *tape) {
  size_t n = tape->variable_count;
  mc_range_vector_free(v->values, tape->node_count);
  mc_range_vector_free(v->gradient, tape->node_count * n);
  mc_range_vector_free(v->hessian, tape->node_count * n * (n + 1) / 2);
}

static bool search_init(search *s) {
  size_t n = s->n;
  bool ok = evaluation_init(&s->on_box, s->tape) && evaluation_init(&s->on_face, s->tape) &&
            evaluation_init(&s->at_center, s->tape);
  s->box = mc_range_vector_new(n);
  s->face = mc_range_vector_new(n);
  s->center = mc_range_vector_new(n);
  s->point = mc_range_vector_new(n);
  s->scratch = mc_range_vector_new(SCRATCH);
  s->corner = mc_alloc(n + 1, sizeof *s->corner);
  return ok && s->box && s->face && s->center && s->point && s->scratch && s->corner;
}

static void search_clear(search *s) {
  evaluation_clear(&s->on_box, s->tape);
  evaluation_clear(&s->on_face, s->tape);
  evaluation_clear(&s->at_center, s->tape);
  mc_range_vector_free(s->box, s->n);
  mc_range_vector_free(s->face, s->n);
  mc_range_vector_free(s->center, s->n);
  mc_range_vector_free(s->point, s->n);
  mc_range_vector_free(s->scratch, SCRATCH);
  for (size_t i = 0; s->corner && i <= s->n; i++)
    fmpq_clear(s->corner + i);
  mc_free(s->corner);
  mc_range_vector_free(s->boxes, s->capacity * s->n);
  mc_free(s->heads);
}

/* Push s->box. */
static bool push(search *s, box_head head) {
  if (s->count == s->capacity) {
    size_t capacity = s->capacity ? 2 * s->capacity : 64;
    box_head *heads = mc_realloc(s->heads, capacity, sizeof *heads);
    if (heads)
      s->heads = heads;
    mc_range *boxes = heads ? mc_realloc(s->boxes, capacity * s->n + 1, sizeof *boxes) : NULL;
    if (!boxes)
      return false;
    s->boxes = boxes;
    for (size_t i = s->capacity * s->n; i < capacity * s->n; i++)
      mc_range_init(s->boxes + i);
    s->capacity = capacity;
  }
  for (size_t j = 0; j < s->n; j++)
    mc_range_set(s->boxes + s->count * s->n + j, s->box + j);
  s->heads[s->count++] = head;
  return true;
}

static box_head pop(search *s) {
  s->count--;
  for (size_t j = 0; j < s->n; j++)
    mc_range_set(s->box + j, s->boxes + s->count * s->n + j);
  return s->heads[s->count];
}

/* ---- Points ---- */

static void range_of_point(mc_range *point, const fmpq *t, size_t n) {
  for (size_t j = 0; j < n; j++)
    mc_range_set_fmpq(point + j, t + j, MC_IMAGE_PRECISION);
}

static int sign_of(const mc_range *x) {
  return mc_range_is_positive(x) ? 1 : mc_range_is_negative(x) ? -1 : 2;
}

/* The sign of a node at a rational point of the unit box: -1, 0, 1, or 2 when neither balls nor exact arithmetic
 * tell. */
static int point_sign(search *s, size_t node, const fmpq *t) {
  range_of_point(s->point, t, s->n);
  mc_tape_enclose(s->at_center.values, s->tape, s->point, POINT_PRECISION);
  int sign = sign_of(s->at_center.values + node);
  if (sign != 2)
    return sign;
  fmpq_t value;
  fmpq_init(value);
  if (mc_tape_exact(value, NULL, s->tape, node, t))
    sign = fmpq_sgn(value) > 0 ? 1 : fmpq_sgn(value) < 0 ? -1 : 0;
  fmpq_clear(value);
  return sign;
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

/* ---- Certificates that sign * f >= 0, or > 0 if strict, on a box ---- */

typedef struct {
  size_t node;
  int sign;
  bool strict;
} goal;

/* z = sign * x. */
static const mc_range *oriented(mc_range *z, const mc_range *x, int sign) {
  if (sign > 0)
    mc_range_set(z, x);
  else
    mc_range_neg(z, x);
  return z;
}

static bool meets(const mc_range *x, bool strict) {
  return strict ? mc_range_is_positive(x) : mc_range_is_nonnegative(x);
}

/* Is the lower (or upper) end of coordinate j of the box one of the domain's ends, and excluded from it? */
static bool end_is_excluded(const search *s, const mc_range *box, size_t j, bool upper) {
  if (upper)
    return s->tape->upper_open[j] && arf_is_one(&box[j].hi);
  return s->tape->lower_open[j] && arf_is_zero(&box[j].lo);
}

/* Where f is monotone in a coordinate its least value lies on the face at the lower or upper end.  Writes that face,
 * and returns the number of coordinates that remain.  *softened: along one of them f increases strictly away from a
 * face that does not belong to the domain, so that f >= 0 on the face gives f > 0 on the box. */
static size_t reduce_to_face(search *s, mc_range *face, bool *softened, const mc_range *box, const evaluation *v,
                             goal g) {
  size_t remaining = 0;
  *softened = false;
  for (size_t j = 0; j < s->n; j++) {
    mc_range_set(face + j, box + j);
    if (arf_equal(&box[j].lo, &box[j].hi))
      continue;
    const mc_range *slope = oriented(s->scratch, v->gradient + g.node * s->n + j, g.sign);
    bool rising = mc_range_is_nonnegative(slope), falling = mc_range_is_nonpositive(slope);
    if (!rising && !falling) {
      remaining++;
      continue;
    }
    if ((mc_range_is_positive(slope) || mc_range_is_negative(slope)) && end_is_excluded(s, box, j, !rising))
      *softened = true;
    if (rising)
      arf_set(&face[j].hi, &face[j].lo);
    else
      arf_set(&face[j].lo, &face[j].hi);
  }
  return remaining;
}

/* f(c) + f'(box)(box - c) >= 0.  v: on the box; s->at_center: values at the center. */
static bool mean_value_form(search *s, const mc_range *box, const evaluation *v, goal g, slong precision) {
  mc_range *sum = s->scratch, *term = s->scratch + 1, *d = s->scratch + 2;
  oriented(sum, s->at_center.values + g.node, g.sign);
  for (size_t j = 0; j < s->n; j++) {
    mc_range_sub(d, box + j, s->center + j, precision);
    oriented(term, v->gradient + g.node * s->n + j, g.sign);
    mc_range_mul(term, term, d, precision);
    mc_range_add(sum, sum, term, precision);
  }
  return meets(sum, g.strict);
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
static bool second_order_form(search *s, const mc_range *box, const evaluation *v, goal g, slong precision) {
  size_t n = s->n, packed = n * (n + 1) / 2;
  mc_range *sum = s->scratch, *term = s->scratch + 1, *d = s->scratch + 2, *h = s->scratch + 3, *e = s->scratch + 4;
  oriented(sum, s->at_center.values + g.node, g.sign);
  for (size_t k = 0; k < n; k++) {
    mc_range_sub(d, box + k, s->center + k, precision);
    oriented(h, v->hessian + g.node * packed + mc_tape_packed(k, k), g.sign);
    oriented(e, s->at_center.gradient + g.node * n + k, g.sign);
    parabola_bound(term, e, h, d, precision);
    mc_range_add(sum, sum, term, precision);
    for (size_t j = 0; j < k; j++) {
      mc_range_sub(e, box + j, s->center + j, precision);
      oriented(h, v->hessian + g.node * packed + mc_tape_packed(j, k), g.sign);
      mc_range_mul(term, d, e, precision);
      mc_range_mul(term, term, h, precision);
      mc_range_add(sum, sum, term, precision);
    }
  }
  return meets(sum, g.strict);
}

/* A coordinate that does not vary on the box: a face's. */
static bool is_fixed(const mc_range *x) {
  return arf_equal(&x->lo, &x->hi);
}

/* Is sign * (second derivative) positive semidefinite on the whole box: all pivots of interval elimination are
 * positive, or a pivot is nonnegative and its row is zero. */
static bool is_convex(search *s, const mc_range *box, const evaluation *v, goal g, slong precision) {
  size_t n = s->n, packed = n * (n + 1) / 2;
  mc_range *h = mc_range_vector_new(packed), *t = s->scratch;
  bool convex = h != NULL;
  for (size_t k = 0; convex && k < n; k++)
    for (size_t j = 0; j <= k; j++) {
      size_t at = mc_tape_packed(j, k);
      if (is_fixed(box + j) || is_fixed(box + k))
        mc_range_set_si(h + at, 0);
      else
        oriented(h + at, v->hessian + g.node * packed + at, g.sign);
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
      h[i][j] = is_fixed(box + i) || is_fixed(box + j) ? i == j
                                                       : middle(hessian + mc_tape_packed(i < j ? i : j, i < j ? j : i));
    h[i][n] = is_fixed(box + i) ? 0 : -middle(gradient + i);
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
static bool tangent_plane(search *s, const mc_range *box, const fmpq *p, goal g, slong precision) {
  size_t n = s->n;
  range_of_point(s->point, p, n);
  mc_tape_enclose_derivatives(s->at_center.values, s->at_center.gradient, NULL, s->tape, s->point, precision);
  if (meets_kink(s->tape, g.node, s->at_center.values))
    return false;
  mc_range *sum = s->scratch, *term = s->scratch + 1, *d = s->scratch + 2;
  oriented(sum, s->at_center.values + g.node, g.sign);
  for (size_t j = 0; j < n; j++) {
    mc_range_sub(d, box + j, s->point + j, precision);
    oriented(term, s->at_center.gradient + g.node * n + j, g.sign);
    mc_range_mul(term, term, d, precision);
    mc_range_add(sum, sum, term, precision);
  }
  return meets(sum, g.strict);
}

/* f vanishes at p together with its gradient, exactly.  Balls reject most points at little cost. */
static bool touches_zero(search *s, const mc_range *box, const fmpq *p, size_t node) {
  range_of_point(s->point, p, s->n);
  mc_tape_enclose_derivatives(s->at_center.values, s->at_center.gradient, NULL, s->tape, s->point, POINT_PRECISION);
  if (!mc_range_contains_zero(s->at_center.values + node))
    return false;
  for (size_t j = 0; j < s->n; j++)
    if (!is_fixed(box + j) && !mc_range_contains_zero(s->at_center.gradient + node * s->n + j))
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
    touches = touches && (is_fixed(box + j) || fmpq_is_zero(gradient + j));
    fmpq_clear(gradient + j);
  }
  fmpq_clear(value);
  mc_free(gradient);
  return touches;
}

/* A convex f lies above its tangent planes: try the one at the least point, found by Newton's method, and the
 * simplest rational point near it, in case f touches zero there. */
static bool convex_form(search *s, const mc_range *box, const evaluation *v, goal g, slong precision) {
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
    return true;
  if (g.strict)
    return false;
  for (slong shift = 40; shift >= 20; shift -= 10) {
    for (size_t j = 0; j < n; j++)
      simplest_near(p + j, x[j], box + j, shift);
    if (touches_zero(s, box, p, g.node))
      return true;
  }
  return false;
}

/* A function that is concave in the one coordinate that varies on the box is least at an end of it. */
static bool concave_form(search *s, const mc_range *box, const evaluation *v, goal g) {
  size_t varying = 0, k = 0;
  for (size_t j = 0; j < s->n; j++)
    if (!is_fixed(box + j)) {
      varying++;
      k = j;
    }
  const mc_range *curvature = v->hessian + g.node * (s->n * (s->n + 1) / 2) + mc_tape_packed(k, k);
  if (varying != 1 || !mc_range_is_nonpositive(oriented(s->scratch, curvature, g.sign)))
    return false;
  int ends[2];
  for (int end = 0; end < 2; end++) {
    for (size_t j = 0; j < s->n; j++)
      arf_get_fmpq(s->corner + j, end ? &box[j].hi : &box[j].lo);
    ends[end] = point_sign(s, g.node, s->corner);
    if (ends[end] == 2)
      return false;
    ends[end] *= g.sign;
  }
  if (!g.strict)
    return ends[0] >= 0 && ends[1] >= 0;
  /* Between a zero at an excluded end and a positive value at the other the function is positive. */
  return (ends[0] > 0 || (ends[0] == 0 && end_is_excluded(s, box, k, false))) &&
         (ends[1] > 0 || (ends[1] == 0 && end_is_excluded(s, box, k, true))) && ends[0] + ends[1] > 0;
}

/* In one variable, where f vanishes at an end p of the box: f(t) = (t - p)^k f^(k)(xi)/k!, k the exact order of
 * vanishing.  f may be positive although it vanishes at p only if p is excluded. */
static bool vanishing_form(search *s, const mc_range *box, goal g, slong precision) {
  fmpq *p = s->corner;
  if (s->n != 1)
    return false;
  for (int end = 0; end < 2; end++) {
    if (g.strict && !end_is_excluded(s, box, 0, end == 1))
      continue;
    arf_get_fmpq(p, end == 1 ? &box->hi : &box->lo);
    range_of_point(s->point, p, 1);
    mc_tape_enclose(s->at_center.values, s->tape, s->point, POINT_PRECISION);
    const mc_range *value = s->at_center.values + g.node;
    if (mc_range_is_undefined(value) || !mc_range_contains_zero(value))
      continue;
    int order = mc_series_vanishing_order(s->tape, g.node, p);
    if (order < 1)
      continue;
    mc_range *coefficient = s->scratch + 5;
    mc_series_enclose_coefficient(coefficient, s->tape, g.node, order, box, precision);
    int sign = end == 1 && order % 2 == 1 ? -g.sign : g.sign;
    oriented(s->scratch, coefficient, sign);
    if (meets(s->scratch, g.strict))
      return true;
  }
  return false;
}

static void evaluate_center(search *s, const mc_range *box, slong precision) {
  for (size_t j = 0; j < s->n; j++) {
    arf_add(&s->center[j].lo, &box[j].lo, &box[j].hi, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_mul_2exp_si(&s->center[j].lo, &s->center[j].lo, -1);
    arf_set(&s->center[j].hi, &s->center[j].lo);
  }
  mc_tape_enclose_derivatives(s->at_center.values, s->at_center.gradient, NULL, s->tape, s->center, precision);
}

/* v holds the derivatives on the box.  may_reduce: the box is not already a face. */
static bool certify(search *s, const mc_range *box, const evaluation *v, goal g, slong precision, bool may_reduce) {
  if (meets(oriented(s->scratch, v->values + g.node, g.sign), g.strict))
    return true;
  if (mc_range_is_undefined(v->values + g.node))
    return false;
  if (may_reduce) {
    bool softened;
    size_t remaining = reduce_to_face(s, s->face, &softened, box, v, g);
    goal h = {g.node, g.sign, g.strict && !softened};
    if (remaining == 0) {
      for (size_t j = 0; j < s->n; j++)
        arf_get_fmpq(s->corner + j, &s->face[j].lo);
      int sign = point_sign(s, g.node, s->corner);
      if (sign == 2 || sign * g.sign < 0)
        return false;
      if (sign * g.sign > 0 || !h.strict)
        return true;
    }
    if (remaining > 0 && remaining < s->n) {
      mc_tape_enclose_derivatives(s->on_face.values, s->on_face.gradient, s->on_face.hessian, s->tape, s->face,
                                  precision);
      if (certify(s, s->face, &s->on_face, h, precision, false))
        return true;
    }
  }
  evaluate_center(s, box, precision);
  return mean_value_form(s, box, v, g, precision) || second_order_form(s, box, v, g, precision) ||
         convex_form(s, box, v, g, precision) || concave_form(s, box, v, g) || vanishing_form(s, box, g, precision);
}

/* ---- One box ---- */

typedef enum { OPEN, CLOSED, SETTLED } outcome;

static bool certainly_fails(const mc_range *x, bool strict) {
  return strict ? mc_range_is_nonpositive(x) : mc_range_is_negative(x);
}

/* A point of the box settles the claim: find a simple one and let the text of the claim judge it. */
static bool settle_by_point(search *s, const fmpq *t) {
  return mc_witness_find(s->witness, s->task->claim, s->tape, s->task->instance, s->box, t);
}

/* Does the point t, whose values stand in `values`, seem to settle the claim? */
static bool point_looks_decisive(const search *s, const mc_range *values) {
  const mc_tape *tape = s->tape;
  for (size_t i = 0; i < tape->where_count; i++)
    if (certainly_fails(values + tape->where[i].node, tape->where[i].strict))
      return false;
  bool fails = false;
  for (size_t i = 0; i < tape->body_count; i++)
    fails = fails || certainly_fails(values + tape->body[i].node, tape->body[i].strict);
  if (!s->task->claim->exists)
    return fails;
  return !fails;
}

static bool try_center(search *s) {
  if (!point_looks_decisive(s, s->at_center.values))
    return false;
  bool settled;
  for (size_t j = 0; j < s->n; j++)
    set_midpoint(s->corner + j, s->box + j);
  settled = settle_by_point(s, s->corner);
  return settled;
}

/* On the box some side condition certainly fails, or (exists) some atom of the body. */
static bool is_void(search *s, const evaluation *v) {
  const mc_tape *tape = s->tape;
  for (size_t i = 0; i < tape->where_count; i++)
    if (certainly_fails(v->values + tape->where[i].node, tape->where[i].strict))
      return true;
  for (size_t i = 0; s->task->claim->exists && i < tape->body_count; i++)
    if (certainly_fails(v->values + tape->body[i].node, tape->body[i].strict))
      return true;
  return false;
}

static uint64_t bit_of(size_t i) {
  return i < MOST_PENDING ? (uint64_t)1 << i : 0;
}

/* A claim says nothing where it is not defined, even in a term that cancels: all nodes must be defined on a box that
 * closes. */
static bool is_defined(const search *s, const evaluation *v) {
  size_t node;
  return !mc_tape_first_undefined(&node, s->tape, v->values);
}

/* The body's atoms that the values alone certify are no longer pending. */
static bool body_is_certain(const search *s, const evaluation *v, uint64_t *pending) {
  bool all = is_defined(s, v);
  for (size_t i = 0; i < s->tape->body_count; i++) {
    if (i < MOST_PENDING && !(*pending & bit_of(i)))
      continue;
    if (meets(v->values + s->tape->body[i].node, s->tape->body[i].strict))
      *pending &= ~bit_of(i);
    else
      all = false;
  }
  return all;
}

static bool certify_body(search *s, uint64_t *pending, slong precision) {
  bool all = is_defined(s, &s->on_box);
  for (size_t i = 0; i < s->tape->body_count; i++) {
    if (i < MOST_PENDING && !(*pending & bit_of(i)))
      continue;
    goal g = {s->tape->body[i].node, 1, s->tape->body[i].strict};
    if (certify(s, s->box, &s->on_box, g, precision, true))
      *pending &= ~bit_of(i);
    else
      all = false;
  }
  return all;
}

static bool certify_failure(search *s, const mc_atom *atoms, size_t count, slong precision) {
  for (size_t i = 0; i < count; i++) {
    goal g = {atoms[i].node, -1, !atoms[i].strict};
    if (certify(s, s->box, &s->on_box, g, precision, true))
      return true;
  }
  return false;
}

/* exists, with one equation among conditions that all hold on the box: a change of sign between two opposite corners
 * is a zero between them (Bolzano), and what lies strictly between opposite corners lies in the domain, open ends or
 * not. */
static bool settle_by_sign_change(search *s) {
  const mc_tape *tape = s->tape;
  size_t equation = SIZE_MAX;
  for (size_t f = 0; f < 2; f++) {
    const mc_atom *atoms = f == 0 ? tape->where : tape->body;
    size_t count = f == 0 ? tape->where_count : tape->body_count;
    for (size_t i = 0; i < count; i++) {
      if (atoms[i].equation) {
        if (equation != SIZE_MAX)
          return false;
        equation = atoms[i].node;
        i++; /* its mirror image */
      } else if (!meets(s->on_box.values + atoms[i].node, atoms[i].strict)) {
        return false;
      }
    }
  }
  if (equation == SIZE_MAX || mc_range_is_undefined(s->on_box.values + equation))
    return false;
  for (size_t diagonal = 0; diagonal < (size_t)1 << (s->n > 0 ? s->n - 1 : 0); diagonal++) {
    int signs[2];
    for (int end = 0; end < 2; end++) {
      for (size_t j = 0; j < s->n; j++) {
        bool upper = ((diagonal >> j) & 1) != (size_t)end;
        arf_get_fmpq(s->corner + j, upper ? &s->box[j].hi : &s->box[j].lo);
      }
      signs[end] = point_sign(s, equation, s->corner);
    }
    if (signs[0] != 2 && signs[1] != 2 && signs[0] * signs[1] < 0)
      return true;
  }
  return false;
}

static outcome process(search *s, uint64_t *pending, slong precision) {
  bool exists = s->task->claim->exists;
  mc_tape_enclose(s->on_box.values, s->tape, s->box, precision);
  if (is_void(s, &s->on_box))
    return CLOSED;
  if (!exists && body_is_certain(s, &s->on_box, pending))
    return CLOSED;
  evaluate_center(s, s->box, precision);
  if (try_center(s))
    return SETTLED;
  mc_tape_enclose_derivatives(s->on_box.values, s->on_box.gradient, s->on_box.hessian, s->tape, s->box, precision);
  if (exists) {
    if (certify_failure(s, s->tape->body, s->tape->body_count, precision) ||
        certify_failure(s, s->tape->where, s->tape->where_count, precision))
      return CLOSED;
    return settle_by_sign_change(s) ? SETTLED : OPEN;
  }
  if (certify_body(s, pending, precision) || certify_failure(s, s->tape->where, s->tape->where_count, precision))
    return CLOSED;
  return OPEN;
}

/* ---- Splitting ---- */

/* The coordinate along which the first open atom varies most. */
static size_t widest(const search *s, uint64_t pending) {
  size_t node = 0, best = 0;
  double most = -1;
  bool known = false;
  for (size_t i = 0; i < s->tape->body_count && !known; i++)
    if (i >= MOST_PENDING || (pending & bit_of(i))) {
      node = s->tape->body[i].node;
      known = true;
    }
  for (size_t j = 0; j < s->n; j++) {
    double width = arf_get_d(&s->box[j].hi, ARF_RND_NEAR) - arf_get_d(&s->box[j].lo, ARF_RND_NEAR);
    const mc_range *slope = s->on_box.gradient + node * s->n + j;
    double steepness = 1;
    if (known && !mc_range_is_undefined(slope))
      steepness = fmax(fabs(arf_get_d(&slope->lo, ARF_RND_NEAR)), fabs(arf_get_d(&slope->hi, ARF_RND_NEAR)));
    /* Width counts for itself too, so that no coordinate is left wide for ever. */
    double score = width * (isfinite(steepness) ? steepness : 1) + 1e-3 * width;
    if (score > most) {
      most = score;
      best = j;
    }
  }
  return best;
}

static bool split(search *s, box_head head) {
  size_t j = widest(s, head.pending);
  arf_t middle_point, end;
  arf_init(middle_point);
  arf_init(end);
  arf_add(middle_point, &s->box[j].lo, &s->box[j].hi, ARF_PREC_EXACT, ARF_RND_DOWN);
  arf_mul_2exp_si(middle_point, middle_point, -1);
  head.depth++;
  arf_set(end, &s->box[j].lo);
  arf_set(&s->box[j].lo, middle_point);
  bool ok = push(s, head);
  arf_set(&s->box[j].lo, end);
  arf_set(&s->box[j].hi, middle_point);
  ok = ok && push(s, head);
  arf_clear(middle_point);
  arf_clear(end);
  return ok;
}

/* ---- Getting stuck ---- */

static void describe_box(const search *s, char *out, size_t size) {
  const mc_claim *claim = s->task->claim;
  mc_text text;
  mc_text_init(&text);
  fmpq_t t;
  fmpq_init(t);
  for (size_t j = 0; j < s->n; j++) {
    const mc_quantified *q = &claim->variables[s->tape->variables[j]];
    arb_t a, b;
    arb_init(a);
    arb_init(b);
    double ends[2];
    for (int end = 0; end < 2; end++) {
      /* For people: rounding to nearest will do. */
      arf_get_fmpq(t, end ? &s->box[j].hi : &s->box[j].lo);
      mc_lang_expr_enclose(a, q->lower, NULL, 128);
      mc_lang_expr_enclose(b, q->upper, NULL, 128);
      if (q->lower == claim->unknown && s->task->instance->unknown)
        arb_set_fmpq(a, s->task->instance->unknown, 128);
      if (q->upper == claim->unknown && s->task->instance->unknown)
        arb_set_fmpq(b, s->task->instance->unknown, 128);
      arb_sub(b, b, a, 128);
      arb_mul_fmpz(b, b, fmpq_numref(t), 128);
      arb_div_fmpz(b, b, fmpq_denref(t), 128);
      arb_add(a, a, b, 128);
      ends[end] = arf_get_d(arb_midref(a), ARF_RND_NEAR);
    }
    mc_text_printf(&text, "%s%s in [%.10g, %.10g]", j > 0 ? ", " : "", q->name, ends[0], ends[1]);
    arb_clear(a);
    arb_clear(b);
  }
  fmpq_clear(t);
  snprintf(out, size, "%s", text.data ? text.data : "");
  mc_text_clear(&text);
}

static const char *defect_of(mc_op op) {
  switch (op) {
  case MC_OP_DIV:
    return "division by an interval that contains zero";
  case MC_OP_SQRT:
    return "square root of an interval that reaches below zero";
  case MC_OP_LOG:
    return "logarithm of an interval that is not positive";
  default:
    return "a value outside the range of numbers";
  }
}

/* The simplest rational in x. */
static void simplest_of(fmpq_t t, const mc_range *x) {
  fmpq_t hi;
  fmpq_init(hi);
  arf_get_fmpq(t, &x->lo);
  arf_get_fmpq(hi, &x->hi);
  fmpq_simplest_between(t, t, hi);
  fmpq_clear(hi);
}

/* Is node `a` certainly 0 (division) or negative (root) or not positive (logarithm) at a point of the domain that
 * meets the side conditions?  Tried at two corners and the simplest
 * point of a box that is next to nothing wide. */
static bool undefined_at_corner(search *s, const mc_node *node) {
  for (int end = 0; end < 3; end++) {
    bool excluded = false;
    for (size_t j = 0; j < s->n; j++) {
      if (end < 2)
        arf_get_fmpq(s->corner + j, end ? &s->box[j].hi : &s->box[j].lo);
      else
        simplest_of(s->corner + j, s->box + j);
      excluded = excluded || (s->tape->lower_open[j] && fmpq_is_zero(s->corner + j)) ||
                 (s->tape->upper_open[j] && fmpq_is_one(s->corner + j));
    }
    size_t operand = node->op == MC_OP_DIV ? node->b : node->a;
    int sign = point_sign(s, operand, s->corner);
    bool bad = node->op == MC_OP_DIV ? sign == 0 : node->op == MC_OP_SQRT ? sign == -1 : sign == 0 || sign == -1;
    for (size_t i = 0; i < s->tape->where_count && bad && !excluded; i++) {
      int condition = point_sign(s, s->tape->where[i].node, s->corner);
      bad = condition != 2 && (s->tape->where[i].strict ? condition > 0 : condition >= 0);
    }
    if (bad && !excluded)
      return true;
  }
  return false;
}

/* The divisor takes both signs, so it vanishes in between: between the corners of a box without side conditions. */
static bool divisor_changes_sign(search *s, const mc_node *node) {
  if (node->op != MC_OP_DIV || s->tape->where_count > 0 || mc_range_is_undefined(s->on_box.values + node->b))
    return false;
  int signs[2];
  for (int end = 0; end < 2; end++) {
    for (size_t j = 0; j < s->n; j++)
      arf_get_fmpq(s->corner + j, end ? &s->box[j].hi : &s->box[j].lo);
    signs[end] = point_sign(s, node->b, s->corner);
  }
  return signs[0] != 2 && signs[1] != 2 && signs[0] * signs[1] < 0;
}

/* A box next to nothing wide in which one rational function vanishes at an irrational point: decided in exact
 * arithmetic. */
static bool close_exactly(search *s, uint64_t pending) {
  if (s->n != 1 || s->task->claim->exists)
    return false;
  for (size_t i = 0; i < s->tape->body_count; i++) {
    const mc_atom *atom = &s->tape->body[i];
    if ((i >= MOST_PENDING || (pending & bit_of(i))) &&
        (atom->strict || !mc_roots_nonnegative(s->tape, atom->node, s->box)))
      return false;
  }
  mc_tape_enclose(s->on_box.values, s->tape, s->box, POINT_PRECISION);
  return is_defined(s, &s->on_box);
}

/* Where balls cannot tell, exact arithmetic may: at the corners of a box next to nothing wide. */
static bool settle_at_corner(search *s) {
  for (size_t corner = 0; corner < (size_t)1 << s->n; corner++) {
    for (size_t j = 0; j < s->n; j++)
      arf_get_fmpq(s->corner + j, (corner >> j) & 1 ? &s->box[j].hi : &s->box[j].lo);
    if (settle_by_point(s, s->corner))
      return true;
  }
  return false;
}

static void remember_stuck(search *s) {
  char place[300];
  s->stuck++;
  describe_box(s, place, sizeof place);
  mc_tape_enclose(s->on_box.values, s->tape, s->box, POINT_PRECISION);
  size_t node;
  if (!mc_tape_first_undefined(&node, s->tape, s->on_box.values)) {
    if (s->stuck == 1)
      snprintf(s->where_stuck, sizeof s->where_stuck, "stuck at %.300s", place);
    return;
  }
  const mc_node *culprit = &s->tape->nodes[node];
  const mc_expr *source = culprit->source;
  bool certain = culprit->op == MC_OP_DIV || culprit->op == MC_OP_SQRT || culprit->op == MC_OP_LOG;
  if (certain && (undefined_at_corner(s, culprit) || divisor_changes_sign(s, culprit)))
    s->status = mc_lang_fail(s->error, s->task->document, source->line, source->column, "%s, for %.120s",
                             defect_of(culprit->op), place);
  else
    snprintf(s->where_stuck, sizeof s->where_stuck, "line %u, column %u: %s, for %.250s", source->line, source->column,
             defect_of(culprit->op), place);
}

/* ---- Samples ---- */

/* Points that catch most false claims at once: the corners; on a line both ends in geometric progression; then a
 * lattice (Korobov). */
static double sample_coordinate(size_t k, size_t j, size_t n) {
  size_t corners = (size_t)1 << n;
  if (k < corners)
    return (double)((k >> j) & 1);
  k -= corners;
  if (n == 1 && k < SAMPLES / 2) {
    double near = exp2(-0.5 * (double)(k / 2 + 1));
    return k % 2 ? 1 - near : near;
  }
  static const double generators[] = {0.6180339887498949, 0.7548776662466927, 0.8191725133961645, 0.8566748838545029};
  double x = 0.5 + (double)(k + 1) * pow(generators[n > 0 ? n - 1 : 0], (double)(j + 1));
  return x - floor(x);
}

static bool settled_by_sample(search *s) {
  for (size_t k = 0; k < SAMPLES; k++) {
    for (size_t j = 0; j < s->n; j++) {
      double x = sample_coordinate(k, j, s->n);
      arf_set_d(&s->point[j].lo, x);
      arf_set(&s->point[j].hi, &s->point[j].lo);
      arf_get_fmpq(s->corner + j, &s->point[j].lo);
    }
    mc_tape_enclose(s->at_center.values, s->tape, s->point, 128);
    bool defined = true;
    for (size_t i = 0; i < s->tape->where_count; i++)
      defined = defined && !mc_range_is_undefined(s->at_center.values + s->tape->where[i].node);
    for (size_t i = 0; i < s->tape->body_count; i++)
      defined = defined && !mc_range_is_undefined(s->at_center.values + s->tape->body[i].node);
    if (defined && point_looks_decisive(s, s->at_center.values) && settle_by_point(s, s->corner))
      return true;
    if (s->n == 0)
      break;
  }
  return false;
}

/* ---- The search ---- */

static slong precision_at(size_t depth) {
  slong precision = 64 + 2 * (slong)depth;
  return precision > MC_IMAGE_PRECISION - 32 ? MC_IMAGE_PRECISION - 32 : precision;
}

/* true: the claim was settled by a point or a sign change. */
static bool run(search *s) {
  while (s->count > 0 && s->stuck < MOST_STUCK && s->status == MC_OK) {
    if (mc_deadline_passed(s->task->deadline) || mc_interrupt_requested() || *s->box_count >= MOST_BOXES) {
      char place[300];
      pop(s);
      describe_box(s, place, sizeof place);
      snprintf(s->where_stuck, sizeof s->where_stuck, "%s at %.300s",
               mc_interrupt_requested() ? "interrupted" : "time limit reached", place);
      s->stuck = MOST_STUCK;
      return false;
    }
    box_head head = pop(s);
    ++*s->box_count;
    outcome o = process(s, &head.pending, precision_at(head.depth));
    if (o == SETTLED)
      return true;
    if (o == CLOSED)
      continue;
    if (s->n == 0 || head.depth >= GREATEST_DEPTH * s->n) {
      if (settle_at_corner(s))
        return true;
      if (!close_exactly(s, head.pending))
        remember_stuck(s);
    } else if (!split(s, head)) {
      snprintf(s->where_stuck, sizeof s->where_stuck, "out of memory");
      s->stuck = MOST_STUCK;
    }
  }
  return false;
}

/* The atoms of the body that need no search: equations that hold identically, and restatements of a side condition. */
static uint64_t settled_by_algebra(const mc_tape *tape) {
  uint64_t atoms = 0;
  for (size_t i = 0; i < tape->body_count && i < MOST_PENDING; i++) {
    const mc_atom *atom = &tape->body[i];
    if (atom->equation && i + 1 < MOST_PENDING && mc_identity_is_zero(tape, atom->node))
      atoms |= bit_of(i) | bit_of(i + 1);
    for (size_t k = 0; k < tape->where_count && !(atoms & bit_of(i)); k++)
      if ((tape->where[k].strict || !atom->strict) && mc_identity_is_equal(tape, atom->node, tape->where[k].node))
        atoms |= bit_of(i);
  }
  return atoms;
}

mc_status mc_search_settle(mc_verdict *verdict, mc_witness *witness, uint64_t *boxes, const mc_tape *tape,
                           const mc_search_task *task, mc_error *e) {
  search s = {.tape = tape,
              .task = task,
              .n = tape->variable_count,
              .box_count = boxes,
              .witness = witness,
              .error = e,
              .status = MC_OK};
  *verdict = MC_VERDICT_UNDECIDED;
  bool exists = task->claim->exists;
  if (!search_init(&s)) {
    s.status = mc_fail(e, MC_NO_MEMORY, "out of memory");
  } else {
    for (size_t j = 0; j < s.n; j++) {
      arf_zero(&s.box[j].lo);
      arf_one(&s.box[j].hi);
    }
    if (!push(&s, (box_head){.pending = ~settled_by_algebra(tape)}))
      s.status = mc_fail(e, MC_NO_MEMORY, "out of memory");
    else if (settled_by_sample(&s) || run(&s))
      *verdict = exists ? MC_VERDICT_PROVED : MC_VERDICT_REFUTED;
    else if (s.status == MC_OK && s.stuck == 0)
      *verdict = exists ? MC_VERDICT_REFUTED : MC_VERDICT_PROVED;
    else if (s.status == MC_OK)
      mc_fail(e, MC_UNDECIDED, "%s", s.where_stuck);
  }
  search_clear(&s);
  return s.status;
}
