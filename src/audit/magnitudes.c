/* || |M| ||_2 for the matrices of one exact step: how large an error in the 2-norm a relative error u of each entry can
 * make.  It is at most sqrt(||M||_1 ||M||_inf) (Golub and Van Loan, 4th ed., Cor. 2.3.2, for |M|).  docs/errors.md, section
 * 3.5. */
#include <math.h>

#include "local.h"
#include "sound.h"

/* M within `radius` of x in the Frobenius norm; m by n. */
typedef struct {
  size_t m, n;
  double *x, radius;
} near;

static double norm_upper(const near *a) {
  return mc_audit_norm_upper(a->x, a->m * a->n);
}

static double magnitude(const near *a) {
  double rows = 0, columns = 0, inflated = 1 + (double)(a->m + a->n + 8) * 0x1p-52;
  double *sums = mc_alloc(a->n, sizeof *sums);
  if (!sums)
    return INFINITY;
  for (size_t i = 0; i < a->m; i++) {
    double row = 0;
    for (size_t j = 0; j < a->n; j++) {
      row += fabs(a->x[i * a->n + j]);
      sums[j] += fabs(a->x[i * a->n + j]);
    }
    rows = fmax(rows, row);
  }
  for (size_t j = 0; j < a->n; j++)
    columns = fmax(columns, sums[j]);
  mc_free(sums);
  return mc_up_add(mc_up_mul(inflated, mc_up_sqrt(mc_up_mul(rows, columns))), a->radius);
}

/* c := a b */
static mc_status multiply(near *c, const near *a, const near *b, mc_error *e) {
  double *row = mc_alloc(a->m, sizeof *row);
  *c = (near){a->m, b->n, mc_alloc(a->m * b->n, sizeof *c->x), INFINITY};
  mc_status s = row && c->x ? mc_truth_product_enclose(c->x, row, a->x, b->x, a->m, b->n, a->n, e)
                            : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK) {
    double left = mc_up_mul(a->radius, mc_up_add(norm_upper(b), b->radius)),
           right = mc_up_mul(norm_upper(a), b->radius);
    c->radius = mc_up_add3(mc_audit_norm_upper(row, a->m), left, right);
  }
  mc_free(row);
  return s;
}

/* y := s x + t y for coefficients that are known to half a last place. */
static void combine(near *y, double s, const near *x, double t) {
  double terms = mc_up_add(mc_up_mul(fabs(s), norm_upper(x)), mc_up_mul(fabs(t), norm_upper(y)));
  for (size_t i = 0; i < y->m * y->n; i++)
    y->x[i] = s * x->x[i] + t * y->x[i];
  double inherited = mc_up_add(mc_up_mul(fabs(s), x->radius), mc_up_mul(fabs(t), y->radius));
  y->radius = mc_up_add3(mc_up_mul(1 + 0x1p-50, inherited), mc_up_mul(0x1p-50, terms), 0x1p-900);
}

static near transpose(const near *a) {
  near t = {a->n, a->m, mc_alloc(a->m * a->n, sizeof *t.x), a->radius};
  for (size_t i = 0; t.x && i < a->m; i++)
    for (size_t j = 0; j < a->n; j++)
      t.x[j * a->m + i] = a->x[i * a->n + j];
  return t;
}

mc_status mc_audit_magnitudes_set(mc_audit_magnitudes *two, const mc_audit_polynomials *f, double *x, double radius,
                                  size_t m, size_t n, mc_error *e) {
  near given = {m, n, x, radius}, turned = transpose(&given), gram = {0}, square = {0}, h = {0};
  const near *wide = m > n ? &turned : &given, *tall = m > n ? &given : &turned;
  mc_status s = turned.x ? multiply(&gram, wide, tall, e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  if (s == MC_OK)
    s = multiply(&square, &gram, &gram, e);
  if (s == MC_OK) {
    two->x = magnitude(wide);
    two->gram = magnitude(&gram);
    mc_audit_units_set(&two->gram_units, gram.x, gram.m * gram.n, gram.radius);
    two->square = magnitude(&square);
    combine(&square, mc_audit_nearest(&f->q[2]), &gram, mc_audit_nearest(&f->q[4]));
    two->q = magnitude(&square);
    mc_audit_units_set(&two->q_units, square.x, square.m * square.n, square.radius);
    s = multiply(&h, &square, wide, e);
  }
  if (s == MC_OK) {
    two->h = magnitude(&h);
    combine(&h, mc_audit_nearest(&f->p[1]), wide, 1);
    two->p = magnitude(&h);
    mc_audit_units_set(&two->p_units, h.x, h.m * h.n, h.radius);
  }
  mc_free(turned.x);
  mc_free(gram.x);
  mc_free(square.x);
  mc_free(h.x);
  return s;
}
