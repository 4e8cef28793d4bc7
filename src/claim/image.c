#include "image.h"

/* The real roots of a nonzero polynomial: those of its squarefree part, isolated by Arb. */
static void real_roots(arb_ptr *roots, slong *count, const fmpq_poly_t polynomial) {
  *count = 0;
  *roots = NULL;
  fmpz_poly_t squarefree, derivative, common;
  fmpz_poly_init(squarefree);
  fmpz_poly_init(derivative);
  fmpz_poly_init(common);
  fmpq_poly_get_numerator(squarefree, polynomial);
  fmpz_poly_derivative(derivative, squarefree);
  fmpz_poly_gcd(common, squarefree, derivative);
  fmpz_poly_div(squarefree, squarefree, common);
  slong degree = fmpz_poly_degree(squarefree);
  if (degree > 0) {
    acb_ptr all = _acb_vec_init(degree);
    arb_fmpz_poly_complex_roots(all, squarefree, 0, MC_IMAGE_PRECISION);
    *roots = _arb_vec_init(degree);
    /* Real roots come with an imaginary part that is exactly zero. */
    for (slong i = 0; i < degree; i++)
      if (arb_is_zero(acb_imagref(all + i)))
        arb_set(*roots + (*count)++, acb_realref(all + i));
    for (slong i = *count; i < degree; i++)
      arb_clear(*roots + i);
    _acb_vec_clear(all, degree);
  }
  fmpz_poly_clear(squarefree);
  fmpz_poly_clear(derivative);
  fmpz_poly_clear(common);
}

/* p(x) by Horner's rule. */
static void evaluate(arb_t value, const mc_image *p, const arb_t x, slong precision) {
  _arb_poly_evaluate_horner(value, p->coefficients, p->length, x, precision);
}

/* At the common roots of p and p' the value is exactly 0: balls cannot tell, the greatest common divisor can. */
static void settle_double_roots(mc_image *p, const fmpq_poly_t derivative) {
  bool doubtful = false;
  for (slong i = 0; i < p->critical_count; i++)
    doubtful = doubtful || arb_contains_zero(p->critical_values + i);
  if (!doubtful)
    return;
  fmpq_poly_t common;
  arb_ptr roots;
  slong count;
  fmpq_poly_init(common);
  fmpq_poly_gcd(common, p->exact, derivative);
  real_roots(&roots, &count, common);
  /* The balls around the critical points are disjoint, so that one which alone meets a common root holds it. */
  for (slong k = 0; k < count; k++) {
    slong met = 0, last = 0;
    for (slong i = 0; i < p->critical_count; i++)
      if (arb_overlaps(p->critical_points + i, roots + k)) {
        met++;
        last = i;
      }
    if (met == 1)
      arb_zero(p->critical_values + last);
  }
  _arb_vec_clear(roots, count);
  fmpq_poly_clear(common);
}

/* A polynomial of even degree has its least or greatest value at a critical point. */
static void find_bounds(mc_image *p) {
  arf_neg_inf(p->floor);
  arf_pos_inf(p->ceiling);
  if (p->length < 3 || p->length % 2 == 0 || p->critical_count == 0)
    return;
  bool upward = arb_is_positive(p->coefficients + p->length - 1);
  arf_t end, best;
  arf_init(end);
  arf_init(best);
  for (slong i = 0; i < p->critical_count; i++) {
    if (upward)
      arb_get_lbound_arf(end, p->critical_values + i, MC_IMAGE_PRECISION);
    else
      arb_get_ubound_arf(end, p->critical_values + i, MC_IMAGE_PRECISION);
    if (i == 0 || (arf_cmp(end, best) < 0) == upward)
      arf_set(best, end);
  }
  if (upward)
    arf_swap(p->floor, best);
  else
    arf_swap(p->ceiling, best);
  arf_clear(end);
  arf_clear(best);
}

void mc_image_init(mc_image *p, const fmpq_poly_t polynomial) {
  fmpq_poly_init(p->exact);
  fmpq_poly_set(p->exact, polynomial);
  p->length = fmpq_poly_length(polynomial);
  p->coefficients = _arb_vec_init(p->length);
  p->approx = flint_calloc((size_t)p->length + 1, sizeof *p->approx);
  fmpq_t c;
  fmpq_init(c);
  for (slong i = 0; i < p->length; i++) {
    fmpq_poly_get_coeff_fmpq(c, polynomial, i);
    arb_set_fmpq(p->coefficients + i, c, MC_IMAGE_PRECISION);
    p->approx[i] = arf_get_d(arb_midref(p->coefficients + i), ARF_RND_NEAR);
  }
  fmpq_clear(c);
  p->critical_points = p->critical_values = NULL;
  p->critical_count = 0;
  if (p->length > 2) {
    fmpq_poly_t derivative;
    fmpq_poly_init(derivative);
    fmpq_poly_derivative(derivative, polynomial);
    real_roots(&p->critical_points, &p->critical_count, derivative);
    p->critical_values = _arb_vec_init(p->critical_count);
    for (slong i = 0; i < p->critical_count; i++)
      evaluate(p->critical_values + i, p, p->critical_points + i, MC_IMAGE_PRECISION);
    settle_double_roots(p, derivative);
    fmpq_poly_clear(derivative);
  }
  arf_init(p->floor);
  arf_init(p->ceiling);
  find_bounds(p);
}

void mc_image_clear(mc_image *p) {
  _arb_vec_clear(p->coefficients, p->length);
  _arb_vec_clear(p->critical_points, p->critical_count);
  _arb_vec_clear(p->critical_values, p->critical_count);
  flint_free(p->approx);
  fmpq_poly_clear(p->exact);
  arf_clear(p->floor);
  arf_clear(p->ceiling);
}

static void include(mc_range *z, const arb_t value, slong precision) {
  arf_t end;
  arf_init(end);
  arb_get_lbound_arf(end, value, precision);
  if (arf_cmp(end, &z->lo) < 0)
    arf_set(&z->lo, end);
  arb_get_ubound_arf(end, value, precision);
  if (arf_cmp(end, &z->hi) > 0)
    arf_set(&z->hi, end);
  arf_clear(end);
}

void mc_image_enclose(mc_range *z, const mc_image *p, const mc_range *x, slong precision) {
  if (mc_range_is_undefined(x)) {
    mc_range_set_undefined(z);
    return;
  }
  arb_t end, value;
  mc_range result;
  arb_init(end);
  arb_init(value);
  mc_range_init(&result);
  arf_pos_inf(&result.lo);
  arf_neg_inf(&result.hi);
  arb_set_arf(end, &x->lo);
  evaluate(value, p, end, precision + 10);
  include(&result, value, precision);
  if (!arf_equal(&x->lo, &x->hi)) {
    arb_set_arf(end, &x->hi);
    evaluate(value, p, end, precision + 10);
    include(&result, value, precision);
    for (slong i = 0; i < p->critical_count; i++) {
      /* A critical point that may lie in x counts. */
      arb_srcptr point = p->critical_points + i;
      arb_set_arf(end, &x->lo);
      bool left = arb_lt(point, end);
      arb_set_arf(end, &x->hi);
      bool right = arb_gt(point, end);
      if (!left && !right)
        include(&result, p->critical_values + i, precision);
    }
  }
  if (arf_cmp(&result.lo, p->floor) < 0)
    arf_set(&result.lo, p->floor);
  if (arf_cmp(&result.hi, p->ceiling) > 0)
    arf_set(&result.hi, p->ceiling);
  mc_range_set(z, &result);
  mc_range_clear(&result);
  arb_clear(end);
  arb_clear(value);
}
