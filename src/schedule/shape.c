/* Where a step vanishes and where it turns.  With p(x) = x g(y), y = x^2, zeros are the positive roots of g(y) and
 * critical points those of p'(x) = sum (2j+1) c_j y^j; both are found exactly but for rounding, as balls. */
#include <stdlib.h>
#include <string.h>

#include "private.h"

static int compare_midpoints(const void *a, const void *b) {
  return arf_cmp(arb_midref((arb_srcptr)a), arb_midref((arb_srcptr)b));
}

/* The roots of q[0] + q[1] y, or of q[0] + q[1] y + q[2] y^2, with q[degree] != 0, in any order. */
static slong quadratic_roots(arb_ptr roots, const fmpq *q, slong degree, slong precision) {
  fmpq_t d, t;
  fmpq_init(d);
  fmpq_init(t);
  slong count = 0;
  if (degree == 1) {
    fmpq_div(d, q, q + 1);
    fmpq_neg(d, d);
    arb_set_fmpq(roots, d, precision);
    count = 1;
  } else {
    /* -h ± sqrt(h^2 - q0/q2), h = q1/(2 q2); the discriminant is exact, so that a double root is one. */
    fmpq_div(t, q + 1, q + 2);
    fmpq_div_2exp(t, t, 1);
    fmpq_mul(d, t, t);
    fmpq_t product;
    fmpq_init(product);
    fmpq_div(product, q, q + 2);
    fmpq_sub(d, d, product);
    fmpq_clear(product);
    fmpq_neg(t, t);
    if (fmpq_sgn(d) >= 0) {
      arb_t root, middle;
      arb_init(root);
      arb_init(middle);
      arb_set_fmpq(root, d, precision);
      arb_sqrt(root, root, precision);
      arb_set_fmpq(middle, t, precision);
      arb_sub(roots, middle, root, precision);
      arb_add(roots + 1, middle, root, precision);
      count = fmpq_is_zero(d) ? 1 : 2;
      arb_clear(root);
      arb_clear(middle);
    }
  }
  fmpq_clear(d);
  fmpq_clear(t);
  return count;
}

/* The real roots of the polynomial of higher degree, each once. */
static slong isolated_roots(arb_ptr roots, const fmpq *q, slong degree, slong precision) {
  fmpq_poly_t p;
  fmpz_poly_t f, g;
  fmpq_poly_init(p);
  fmpz_poly_init(f);
  fmpz_poly_init(g);
  for (slong j = 0; j <= degree; j++)
    fmpq_poly_set_coeff_fmpq(p, j, q + j);
  fmpq_poly_get_numerator(f, p);
  fmpz_poly_derivative(g, f);
  fmpz_poly_gcd(g, f, g);
  fmpz_poly_div(f, f, g); /* squarefree */
  slong all = fmpz_poly_degree(f), count = 0;
  acb_ptr complex = _acb_vec_init(all);
  arb_fmpz_poly_complex_roots(complex, f, 0, precision);
  /* Real roots come with an imaginary part that is exactly zero. */
  for (slong i = 0; i < all; i++)
    if (arb_is_zero(acb_imagref(complex + i)))
      arb_set(roots + count++, acb_realref(complex + i));
  _acb_vec_clear(complex, all);
  fmpq_poly_clear(p);
  fmpz_poly_clear(f);
  fmpz_poly_clear(g);
  return count;
}

/* The square roots of the positive roots of q[0] + … + q[terms - 1] y^(terms - 1), rising. */
static slong positive_square_roots(arb_ptr *x, const fmpq *q, slong terms, slong precision) {
  slong degree = terms - 1, count = 0;
  while (degree > 0 && fmpq_is_zero(q + degree))
    degree--;
  /* Roots at 0 are not positive. */
  while (degree > 0 && fmpq_is_zero(q)) {
    q++;
    degree--;
  }
  *x = _arb_vec_init(terms);
  if (degree == 0)
    return 0;
  slong found = degree <= 2 ? quadratic_roots(*x, q, degree, precision) : isolated_roots(*x, q, degree, precision);
  for (slong i = 0; i < found; i++)
    if (!arb_is_nonpositive(*x + i)) {
      arb_swap(*x + count, *x + i);
      arb_sqrtpos(*x + count, *x + count, precision);
      count++;
    }
  qsort(*x, (size_t)count, sizeof **x, compare_midpoints);
  return count;
}

void mc_step_evaluate(arb_t y, const mc_step_shape *p, const arb_t x, slong precision) {
  arb_t square, sum;
  arb_init(square);
  arb_init(sum);
  arb_mul(square, x, x, precision);
  arb_set(sum, p->c + p->terms - 1);
  for (slong j = p->terms - 1; j-- > 0;) {
    arb_mul(sum, sum, square, precision);
    arb_add(sum, sum, p->c + j, precision);
  }
  arb_mul(y, sum, x, precision);
  arb_clear(square);
  arb_clear(sum);
}

static bool set_step(mc_step_shape *p, const mc_schedule_step *step, slong precision) {
  fmpq *slopes = mc_alloc((size_t)step->terms, sizeof *slopes);
  if (!slopes)
    return false;
  p->terms = step->terms;
  p->c = _arb_vec_init(p->terms);
  for (slong j = 0; j < p->terms; j++) {
    arb_set_fmpq(p->c + j, step->c + j, precision);
    fmpq_init(slopes + j);
    fmpq_mul_si(slopes + j, step->c + j, 2 * j + 1);
  }
  p->zero_count = positive_square_roots(&p->zeros, step->c, p->terms, precision);
  p->critical_count = positive_square_roots(&p->critical, slopes, p->terms, precision);
  p->values = _arb_vec_init(p->terms);
  for (slong i = 0; i < p->critical_count; i++)
    mc_step_evaluate(p->values + i, p, p->critical + i, precision);
  for (slong j = 0; j < p->terms; j++)
    fmpq_clear(slopes + j);
  mc_free(slopes);
  return true;
}

static void clear_step(mc_step_shape *p) {
  if (p->c) {
    _arb_vec_clear(p->c, p->terms);
    _arb_vec_clear(p->zeros, p->terms);
    _arb_vec_clear(p->critical, p->terms);
    _arb_vec_clear(p->values, p->terms);
  }
}

static bool equal_steps(const mc_schedule_step *a, const mc_schedule_step *b) {
  if (a->terms != b->terms)
    return false;
  for (slong j = 0; j < a->terms; j++)
    if (!fmpq_equal(a->c + j, b->c + j))
      return false;
  return true;
}

mc_schedule_shape *mc_schedule_shape_new(const mc_schedule *s, slong precision) {
  mc_schedule_shape *shape = mc_alloc(1, sizeof *shape);
  size_t *same = mc_alloc(s->count + 1, sizeof *same);
  mc_step_shape *steps = mc_alloc(s->count + 1, sizeof *steps);
  if (!shape || !same || !steps) {
    mc_free(shape);
    mc_free(same);
    mc_free(steps);
    return NULL;
  }
  *shape = (mc_schedule_shape){s->count, precision, steps, same};
  bool failed = false;
  for (size_t k = 0; k < s->count && !failed; k++) {
    while (same[k] < k && !equal_steps(&s->steps[same[k]], &s->steps[k]))
      same[k]++;
    failed = same[k] == k && !set_step(&steps[k], &s->steps[k], precision);
  }
  if (!failed)
    return shape;
  mc_schedule_shape_free(shape);
  return NULL;
}

void mc_schedule_shape_free(mc_schedule_shape *shape) {
  if (!shape)
    return;
  for (size_t k = 0; k < shape->count; k++)
    clear_step(&shape->steps[k]);
  mc_free(shape->steps);
  mc_free((size_t *)shape->same);
  mc_free(shape);
}

slong mc_schedule_shape_zeros(arb_srcptr *zeros, const mc_schedule_shape *shape, size_t k) {
  *zeros = mc_shape_of_step(shape, k)->zeros;
  return mc_shape_of_step(shape, k)->zero_count;
}

slong mc_schedule_shape_critical_points(arb_srcptr *points, const mc_schedule_shape *shape, size_t k) {
  *points = mc_shape_of_step(shape, k)->critical;
  return mc_shape_of_step(shape, k)->critical_count;
}
