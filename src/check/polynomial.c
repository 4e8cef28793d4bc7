#include "polynomial.h"
#include "size.h"

/* All real roots lie between -bound and bound (Cauchy). */
static void cauchy_bound(fmpq_t bound, const fmpq_poly_t p) {
  fmpq_t leading, c;
  fmpq_init(leading);
  fmpq_init(c);
  fmpq_zero(bound);
  fmpq_poly_get_coeff_fmpq(leading, p, fmpq_poly_degree(p));
  for (slong i = 0; i < fmpq_poly_degree(p); i++) {
    fmpq_poly_get_coeff_fmpq(c, p, i);
    fmpq_div(c, c, leading);
    fmpq_abs(c, c);
    if (fmpq_cmp(c, bound) > 0)
      fmpq_set(bound, c);
  }
  fmpq_add_si(bound, bound, 2);
  fmpq_clear(leading);
  fmpq_clear(c);
}

/* Horner's rule. */
static void evaluate(mc_iv *z, const mc_iv *coefficients, slong length, const mc_iv *x) {
  mc_iv sum;
  mc_iv_init(&sum);
  for (slong i = length; i-- > 0;) {
    mpfi_mul(&sum, &sum, x);
    mpfi_add(&sum, &sum, coefficients + i);
  }
  mpfi_set(z, &sum);
  mpfi_clear(&sum);
}

static mc_iv *interval_coefficients(const fmpq_poly_t p) {
  mc_iv *c = mc_iv_vector_new((size_t)fmpq_poly_length(p));
  fmpq_t q;
  fmpq_init(q);
  for (slong i = 0; c && i < fmpq_poly_length(p); i++) {
    fmpq_poly_get_coeff_fmpq(q, p, i);
    mc_iv_set_q(c + i, q);
  }
  fmpq_clear(q);
  return c;
}

typedef struct {
  mc_ranged *p;
  mc_iv *first, *second; /* the squarefree part of p', and its derivative */
  slong length;          /* of the first */
  long budget;           /* of halvings */
  bool ok;
} isolation;

static bool keep_critical(isolation *s, const mc_iv *x) {
  mc_ranged *p = s->p;
  if (p->critical_count == p->critical_capacity) {
    size_t capacity = p->critical_capacity ? 2 * p->critical_capacity : 8;
    mc_critical *critical = capacity > 4096 ? NULL : mc_realloc(p->critical, capacity, sizeof *critical);
    if (!critical)
      return s->ok = false;
    p->critical = critical;
    p->critical_capacity = capacity;
  }
  mc_critical *kept = &p->critical[p->critical_count++];
  mc_iv_init(&kept->where);
  mpfi_set(&kept->where, x);
  mc_iv_init(&kept->value);
  kept->known = false;
  return true;
}

enum { NARROW = 110 }; /* halvings after which an interval is kept */

/* By the mean value theorem about the middle; slope: on x. */
static bool has_no_root(const isolation *s, const mc_iv *x, const mc_iv *slope) {
  mc_iv middle, rest, value;
  mc_iv_init(&middle);
  mc_iv_init(&rest);
  mc_iv_init(&value);
  mpfi_bisect(&middle, &rest, x);
  mpfi_set_fr(&middle, &middle.right);
  evaluate(&value, s->first, s->length, &middle);
  mpfi_sub(&rest, x, &middle);
  mpfi_mul(&rest, &rest, slope);
  mpfi_add(&value, &value, &rest);
  bool none = mc_iv_positive(&value) || mc_iv_negative(&value);
  mpfi_clear(&middle);
  mpfi_clear(&rest);
  mpfi_clear(&value);
  return none;
}

/* Where p' is monotone: Newton's method, x = x and (m - p'(m)/slope), while that halves x.  false: there is no root. */
static bool narrow(const isolation *s, mc_iv *x, mc_iv *slope) {
  mc_iv middle, value;
  mpfr_t before, after;
  mc_iv_init(&middle);
  mc_iv_init(&value);
  mpfr_init2(before, MC_CHECK_BITS);
  mpfr_init2(after, MC_CHECK_BITS);
  bool halved = true;
  while (halved && mc_iv_usable(x) && (mc_iv_positive(slope) || mc_iv_negative(slope))) {
    mpfi_mid(before, x);
    mpfi_set_fr(&middle, before);
    evaluate(&value, s->first, s->length, &middle);
    mpfi_div(&value, &value, slope);
    mpfi_sub(&value, &middle, &value);
    mpfi_diam_abs(before, x);
    mpfi_intersect(x, x, &value);
    mpfi_diam_abs(after, x);
    mpfr_mul_2ui(after, after, 1, MPFR_RNDU);
    halved = mpfr_lessequal_p(after, before) && !mpfr_zero_p(after) && mpfr_get_exp(after) > -2L * MC_CHECK_BITS;
    evaluate(slope, s->second, s->length - 1, x);
  }
  mpfi_clear(&middle);
  mpfi_clear(&value);
  mpfr_clear(before);
  mpfr_clear(after);
  return mc_iv_usable(x);
}

/* Keep what parts of x may hold a root of p'. */
static void isolate(isolation *s, const mc_iv *x, int depth) {
  if (!(s->ok = s->ok && s->budget-- > 0 && !mc_deadline_passed(s->p->deadline)))
    return;
  mc_iv value, part, rest;
  mc_iv_init(&value);
  mc_iv_init(&part);
  mc_iv_init(&rest);
  evaluate(&value, s->first, s->length, x);
  bool none = mc_iv_positive(&value) || mc_iv_negative(&value);
  if (!none) {
    evaluate(&value, s->second, s->length - 1, x);
    none = has_no_root(s, x, &value);
  }
  if (!none && (depth == NARROW || mc_iv_positive(&value) || mc_iv_negative(&value))) {
    mpfi_set(&part, x);
    if (narrow(s, &part, &value))
      keep_critical(s, &part);
  } else if (!none) {
    mpfi_bisect(&part, &rest, x);
    isolate(s, &part, depth + 1);
    isolate(s, &rest, depth + 1);
  }
  mpfi_clear(&value);
  mpfi_clear(&part);
  mpfi_clear(&rest);
}

/* p' over the greatest common divisor of p' and p'': the same roots, all simple, so that intervals tell them apart. */
static void squarefree_derivative(fmpq_poly_t z, const fmpq_poly_t p) {
  fmpq_poly_t second, common;
  fmpq_poly_init(second);
  fmpq_poly_init(common);
  fmpq_poly_derivative(z, p);
  fmpq_poly_derivative(second, z);
  fmpq_poly_gcd(common, z, second);
  fmpq_poly_div(z, z, common);
  fmpq_poly_clear(second);
  fmpq_poly_clear(common);
}

/* Does a polynomial certainly vanish in the interval: at an end, or in between by its signs there? */
static bool changes_sign(const fmpq_poly_t p, const mc_iv *x) {
  fmpq_t end;
  int signs[2];
  fmpq_init(end);
  for (int upper = 0; upper < 2; upper++) {
    mc_iv_end(end, x, upper);
    signs[upper] = mc_polynomial_sign_at(p, end);
  }
  fmpq_clear(end);
  return signs[0] == 0 || signs[1] == 0 || signs[0] + signs[1] == 0;
}

/* Is the simplest rational number of the interval a root of p'?  Then p has this value there. */
static bool has_rational_root(mc_critical *c, const fmpq_poly_t p, const fmpq_poly_t derivative) {
  fmpq_t lo, hi, value;
  fmpq_init(lo);
  fmpq_init(hi);
  fmpq_init(value);
  mc_iv_end(lo, &c->where, false);
  mc_iv_end(hi, &c->where, true);
  fmpq_simplest_between(lo, lo, hi);
  bool root = mc_polynomial_sign_at(derivative, lo) == 0;
  if (root) {
    fmpq_poly_evaluate_fmpq(value, p, lo);
    mc_iv_set_q(&c->value, value);
  }
  fmpq_clear(lo);
  fmpq_clear(hi);
  fmpq_clear(value);
  return root;
}

/* Where the squarefree part of p' is monotone it has one root at most: a rational one gives the value of p exactly, and
 * if the common divisor of p and p' vanishes there, p vanishes with it.  Intervals could not tell. */
static void find_values(isolation *s, const fmpq_poly_t critical) {
  fmpq_poly_t common;
  mc_iv slope;
  fmpq_poly_init(common);
  mc_iv_init(&slope);
  fmpq_poly_gcd(common, s->p->exact, critical);
  for (size_t i = 0; i < s->p->critical_count; i++) {
    mc_critical *c = &s->p->critical[i];
    if (!(s->ok = s->ok && !mc_deadline_passed(s->p->deadline)))
      break;
    evaluate(&slope, s->second, s->length - 1, &c->where);
    if ((!mc_iv_positive(&slope) && !mc_iv_negative(&slope)) || !mc_iv_is_moderate(&c->where))
      continue;
    c->known = has_rational_root(c, s->p->exact, critical);
    if (!c->known && fmpq_poly_length(common) > 1 && changes_sign(common, &c->where)) {
      c->known = true;
      mpfi_set_ui(&c->value, 0);
    }
  }
  mpfi_clear(&slope);
  fmpq_poly_clear(common);
}

static bool find_critical(mc_ranged *p) {
  fmpq_poly_t critical, derivative;
  fmpq_t bound;
  fmpq_poly_init(critical);
  fmpq_poly_init(derivative);
  fmpq_init(bound);
  squarefree_derivative(critical, p->exact);
  fmpq_poly_derivative(derivative, critical);
  cauchy_bound(bound, critical);
  isolation s = {.p = p, .budget = 200000, .length = fmpq_poly_length(critical)};
  s.first = interval_coefficients(critical);
  s.second = interval_coefficients(derivative);
  s.ok = s.first && s.second;
  if (s.ok) {
    mc_iv line, negative;
    mc_iv_init(&line);
    mc_iv_init(&negative);
    mc_iv_set_q(&line, bound);
    mpfi_neg(&negative, &line);
    mc_iv_hull(&line, &negative);
    isolate(&s, &line, 0);
    mpfi_clear(&line);
    mpfi_clear(&negative);
  }
  if (s.ok)
    find_values(&s, critical);
  mc_iv_vector_free(s.first, (size_t)fmpq_poly_length(critical));
  mc_iv_vector_free(s.second, (size_t)fmpq_poly_length(derivative));
  fmpq_poly_clear(critical);
  fmpq_poly_clear(derivative);
  fmpq_clear(bound);
  return s.ok;
}

static void find_sign(mc_ranged *p) {
  fmpq_poly_t negative;
  fmpq_t lo, hi;
  fmpq_poly_init(negative);
  fmpq_init(lo);
  fmpq_init(hi);
  cauchy_bound(hi, p->exact);
  fmpq_neg(lo, hi);
  fmpq_poly_neg(negative, p->exact);
  p->at_least_zero = mc_polynomial_nonnegative(p->exact, lo, hi, p->deadline);
  p->at_most_zero = mc_polynomial_nonnegative(negative, lo, hi, p->deadline);
  fmpq_poly_clear(negative);
  fmpq_clear(lo);
  fmpq_clear(hi);
}

bool mc_ranged_init(mc_ranged *p, const fmpq_poly_t exact, mc_deadline deadline) {
  *p = (mc_ranged){.length = fmpq_poly_length(exact), .deadline = deadline};
  fmpq_poly_init(p->exact);
  fmpq_poly_set(p->exact, exact);
  p->coefficients = interval_coefficients(exact);
  if (!p->coefficients || !mc_poly_gcd_fits(exact))
    return false;
  if (p->length > 2 && p->length % 2 == 1)
    find_sign(p);
  return p->length <= 2 || find_critical(p);
}

void mc_ranged_clear(mc_ranged *p) {
  mc_iv_vector_free(p->coefficients, (size_t)p->length);
  for (size_t i = 0; i < p->critical_count; i++) {
    mpfi_clear(&p->critical[i].where);
    mpfi_clear(&p->critical[i].value);
  }
  mc_free(p->critical);
  fmpq_poly_clear(p->exact);
}

/* p' on an interval, by Horner's rule. */
static void enclose_slope(mc_iv *slope, const mc_ranged *p, const mc_iv *x) {
  mc_iv term;
  mc_iv_init(&term);
  mpfi_set_ui(slope, 0);
  for (slong i = p->length; i-- > 1;) {
    mpfi_mul(slope, slope, x);
    mpfi_mul_ui(&term, p->coefficients + i, (unsigned long)i);
    mpfi_add(slope, slope, &term);
  }
  mpfi_clear(&term);
}

/* The range on a narrow interval by the mean value theorem about both of its ends; p' nearly vanishes there. */
static void enclose_critical(mc_iv *z, const mc_ranged *p, const mc_iv *x) {
  mc_iv point, slope, width, value;
  mc_iv_init(&point);
  mc_iv_init(&slope);
  mc_iv_init(&width);
  mc_iv_init(&value);
  enclose_slope(&slope, p, x);
  for (int end = 0; end < 2; end++) {
    mpfi_set_fr(&point, end ? &x->right : &x->left);
    mpfi_sub(&width, x, &point);
    mpfi_mul(&width, &width, &slope);
    evaluate(&value, p->coefficients, p->length, &point);
    mpfi_add(&value, &value, &width);
    if (end == 0)
      mpfi_set(z, &value);
    else
      mpfi_intersect(z, z, &value);
  }
  mpfi_clear(&point);
  mpfi_clear(&slope);
  mpfi_clear(&width);
  mpfi_clear(&value);
}

void mc_ranged_enclose(mc_iv *z, const mc_ranged *p, const mc_iv *x) {
  if (!mc_iv_usable(x)) {
    mc_iv_spoil(z);
    return;
  }
  mc_iv end, value, result;
  mc_iv_init(&end);
  mc_iv_init(&value);
  mc_iv_init(&result);
  mpfi_set_fr(&end, &x->left);
  evaluate(&result, p->coefficients, p->length, &end);
  if (!mc_iv_is_point(x)) {
    mpfi_set_fr(&end, &x->right);
    evaluate(&value, p->coefficients, p->length, &end);
    mc_iv_hull(&result, &value);
    for (size_t i = 0; i < p->critical_count; i++) {
      const mc_critical *c = &p->critical[i];
      if (!mpfr_lessequal_p(&c->where.left, &x->right) || !mpfr_lessequal_p(&x->left, &c->where.right))
        continue;
      if (c->known) {
        mpfi_set(&value, &c->value);
      } else {
        mpfi_intersect(&end, &c->where, x);
        enclose_critical(&value, p, &end);
        if (mc_deadline_passed(p->deadline))
          mc_iv_spoil(&value);
      }
      mc_iv_hull(&result, &value);
    }
  }
  if (mc_iv_usable(&result) && p->at_least_zero && mpfr_sgn(&result.left) < 0)
    mpfr_set_zero(&result.left, 1);
  if (mc_iv_usable(&result) && p->at_most_zero && mpfr_sgn(&result.right) > 0)
    mpfr_set_zero(&result.right, 1);
  mpfi_set(z, &result);
  mpfi_clear(&end);
  mpfi_clear(&value);
  mpfi_clear(&result);
}
