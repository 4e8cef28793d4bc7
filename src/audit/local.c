/* What one step of a kernel may be off by, in two norms at once.
 *
 * A rounding error is at most u |M|, entry by entry, so that its Frobenius norm is at most u ||M||_F, and its 2-norm at
 * most u || |M| ||_2, which is far less where the entries of M do not all count alike.  || |M + E| ||_2 is at most
 * || |M| ||_2 + ||E||_F. */
#include "local.h"

#include <math.h>

#include "sound.h"

/* ---- Bounds in pairs ---- */

static mc_audit_bounds plus(mc_audit_bounds x, mc_audit_bounds y) {
  return (mc_audit_bounds){mc_up_add(x.f, y.f), mc_up_add(x.two, y.two)};
}

static mc_audit_bounds plus3(mc_audit_bounds x, mc_audit_bounds y, mc_audit_bounds z) {
  return plus(plus(x, y), z);
}

static mc_audit_bounds times(double t, mc_audit_bounds x) {
  return (mc_audit_bounds){mc_up_mul(t, x.f), mc_up_mul(t, x.two)};
}

/* A value that is off by so much. */
static mc_audit_bounds moved(mc_audit_bounds value, mc_audit_bounds error) {
  return (mc_audit_bounds){mc_up_add(value.f, error.f), mc_up_add(value.two, error.f)};
}

static mc_audit_bounds product(const mc_audit_rounding *k, double terms, mc_audit_bounds f, mc_audit_bounds g,
                               double root) {
  return (mc_audit_bounds){product_error(k, terms, f.f, g.f, root), product_error(k, terms, f.two, g.two, root)};
}

static mc_audit_bounds store(const mc_audit_rounding *k, mc_audit_bounds value, double root) {
  return (mc_audit_bounds){store_error(k, value.f, root), store_error(k, value.two, root)};
}

/* The same for a value within `apart` of a matrix whose entries are known. */
static mc_audit_bounds store_near(const mc_audit_rounding *k, mc_audit_bounds value, double root,
                                  const mc_audit_units *units, double apart) {
  mc_audit_bounds error = store(k, value, root);
  double known = mc_up_mul(k->u, mc_audit_units_norm(units, apart));
  error.f = fmin(error.f, mc_up_add(known, mc_up_mul(k->eta, root)));
  return error;
}

static mc_audit_bounds operation(const mc_audit_rounding *k, mc_audit_bounds value, double root) {
  return (mc_audit_bounds){operation_error(k, value.f, root), operation_error(k, value.two, root)};
}

/* Three roundings in the accumulator of terms of this size. */
static mc_audit_bounds three(const mc_audit_rounding *k, mc_audit_bounds terms, double root) {
  double lost = mc_up_mul(mc_up_mul(6, k->etaa), root);
  return plus(times(mc_up_mul(3, k->ua), terms), (mc_audit_bounds){lost, lost});
}

static mc_audit_bounds carried(const mc_audit_rounding *k, double terms, mc_audit_bounds term) {
  return times(carried_gamma(k, terms), term);
}

/* ---- Functions of the computed X ---- */

typedef struct {
  mc_audit_bounds x, gram, square;     /* X, X X^T, (X X^T)^2 */
  mc_audit_bounds q, h, p;             /* q, h, p applied to X */
  double gram_apart, q_apart, p_apart; /* ||. at X - . at X_k||_F */
  double centre;                       /* max |b/2 + c t^2| on [0, s] */
  double pair, spectral_pair;          /* weights with which an error of A reaches X, in either norm */
} values;

/* f applied to X, whose norms at X_k are `exact` and `two`. */
static mc_audit_bounds of_function(const mc_audit_rounding *k, double exact, double two, const fmpq *f, slong length,
                                   const mc_audit_distance *d, double factor, double *apart) {
  double value, slope;
  mc_audit_maxima(&value, &slope, f, length, d->s);
  *apart = mc_up_mul(factor, mc_up_mul(slope, d->e));
  double norm = fmin(mc_up_add(exact, *apart), mc_up_mul(mc_up_sqrt(k->r), value));
  return (mc_audit_bounds){norm, fmin(norm, mc_up_add(two, *apart))};
}

/* odd := (b + t s^2) x + c x^3 */
static void shifted(fmpq *odd, const mc_audit_polynomials *f, double t, double s) {
  fmpq_t square;
  fmpq_init(square);
  mc_ball_fmpq_set_double(square, s);
  fmpq_mul(square, square, square);
  mc_ball_fmpq_set_double(&odd[1], t);
  fmpq_mul(square, square, &odd[1]);
  fmpq_mul(square, square, &f->q[4]);
  fmpq_add(&odd[1], &f->q[2], square);
  fmpq_set(&odd[3], &f->q[4]);
  fmpq_clear(square);
}

/* What the rounding E of A makes of X = U S V^T is U (W o E') V^T with E' = U^T E U, W_ij = (b + c (s_i^2 + s_j^2)) s_j.
 * Frobenius: max |W|, which is linear in s_i^2, so that s_i is 0 or s.  2-norm: W = c (s_i^2 - s^2/2) s_j + ((b + c s^2/2) s_j
 * + c s_j^3) is a sum of two products of diagonal matrices with E'. */
static void pair_weights(values *n, const mc_audit_polynomials *f, double s) {
  double at[3];
  fmpq odd[4];
  n->pair = n->spectral_pair = INFINITY;
  if (!isfinite(s))
    return;
  for (int i = 0; i < 4; i++)
    fmpq_init(&odd[i]);
  for (int i = 0; i < 3; i++) {
    shifted(odd, f, 0.5 * i, s);
    mc_audit_maxima(&at[i], NULL, odd, 4, s);
  }
  for (int i = 0; i < 4; i++)
    fmpq_clear(&odd[i]);
  n->pair = fmax(at[0], at[2]);
  n->spectral_pair = mc_up_add(mc_up_mul(mc_up_mul(f->c, s), mc_up_mul(s, s / 2)), at[1]);
}

static values values_of(const mc_audit_rounding *k, const mc_audit_stage *g, const mc_audit_distance *d) {
  values n;
  double spread = mc_up_mul(mc_up_add(d->s, g->top), d->e), h_apart, s2 = mc_up_mul(d->s, d->s);
  double squared = mc_up_mul(mc_up_add(s2, mc_up_mul(g->top, g->top)), spread);
  n.x.f = fmin(mc_up_add(g->x, d->e), mc_up_mul(mc_up_sqrt(k->r), d->s));
  n.x.two = fmin(n.x.f, mc_up_add(g->two.x, d->e));
  n.gram.f = fmin(mc_up_add(g->gram, spread), mc_up_mul(d->s, n.x.f));
  n.gram.two = fmin(n.gram.f, mc_up_add(g->two.gram, spread));
  n.gram_apart = spread;
  n.square.f = mc_up_mul(n.gram.f, s2);
  n.square.two = fmin(n.square.f, mc_up_add(g->two.square, squared));
  n.q = of_function(k, g->q, g->two.q, g->f.q, 5, d, mc_up_sqrt(2), &n.q_apart);
  n.h = of_function(k, g->h, g->two.h, g->f.h, 6, d, 1, &h_apart);
  n.p = of_function(k, g->p, g->two.p, g->f.p, 6, d, 1, &n.p_apart);
  mc_audit_maxima(&n.centre, NULL, g->f.centre, 3, d->s);
  pair_weights(&n, &g->f, d->s);
  return n;
}

/* ---- A, B and X ---- */

/* The computed A, and how far it is from X X^T. */
typedef struct {
  mc_audit_bounds error, value;
  double spectral; /* >= ||A||_2 */
} gram_bounds;

static gram_bounds gram_of(const mc_audit_rounding *k, const values *n, const mc_audit_units *units, double s) {
  gram_bounds a;
  mc_audit_bounds sum = product(k, k->c, n->x, n->x, k->root_rr);
  /* all of it bounded entry by entry */
  a.error = plus(sum, store_near(k, plus(n->gram, sum), k->root_rr, units, mc_up_add(n->gram_apart, sum.f)));
  a.value = plus(n->gram, a.error);
  a.spectral = mc_up_add(mc_up_mul(s, s), fmin(a.error.f, a.error.two));
  return a;
}

/* (bA + cAA) - (b X X^T + c (X X^T)^2) for the computed A. */
static mc_audit_bounds gram_polynomial_error(const mc_audit_polynomials *f, const values *n, const gram_bounds *a) {
  mc_audit_bounds square = {mc_up_mul(a->error.f, a->error.f), mc_up_mul(a->error.two, a->error.two)};
  return plus(times(mc_up_mul(2, n->centre), a->error), times(f->c, square));
}

/* AA for the computed A. */
static mc_audit_bounds square_of(const values *n, const gram_bounds *a, double s) {
  double apart = mc_up_mul(a->error.f, mc_up_add(mc_up_mul(s, s), a->spectral));
  return (mc_audit_bounds){mc_up_mul(a->value.f, a->spectral), mc_up_add(n->square.two, apart)};
}

/* Computed B - (bA + cAA), each operation rounded. */
static mc_audit_bounds b_error_operations(const mc_audit_rounding *k, const mc_audit_polynomials *f, const values *n,
                                          const gram_bounds *a, double s) {
  mc_audit_bounds e1 = plus(times(f->db, a->value), operation(k, times(mc_up_add(f->b, f->db), a->value), k->root_rr));
  mc_audit_bounds e2 = plus(times(f->dc, a->value), operation(k, times(mc_up_add(f->c, f->dc), a->value), k->root_rr));
  mc_audit_bounds sum = product(k, k->r, plus(times(f->c, a->value), e2), a->value, k->root_rr);
  mc_audit_bounds reaches = times(a->spectral, e2), square = moved(times(f->c, square_of(n, a, s)), reaches);
  mc_audit_bounds e3 = plus3(reaches, sum, store(k, plus(square, sum), k->root_rr));
  mc_audit_bounds errors = plus(e1, e3);
  return plus(errors, operation(k, moved(n->q, plus(gram_polynomial_error(f, n, a), errors)), k->root_rr));
}

/* The same, rounded once from the accumulator. */
static mc_audit_bounds b_error_sums(const mc_audit_rounding *k, const mc_audit_polynomials *f, const values *n,
                                    const gram_bounds *a, const mc_audit_units *units, double s) {
  mc_audit_bounds sum = product(k, k->r, a->value, a->value, k->root_rr), square = square_of(n, a, s);
  mc_audit_bounds terms =
      plus(times(mc_up_add(f->c, f->dc), plus(square, sum)), times(mc_up_add(f->b, f->db), a->value));
  mc_audit_bounds errors = plus3(times(mc_up_add(f->c, f->dc), sum), times(f->dc, square), times(f->db, a->value));
  errors = plus3(errors, three(k, terms, k->root_rr), times(mc_up_add(f->b, f->db), carried(k, k->r, a->value)));
  mc_audit_bounds whole = plus(gram_polynomial_error(f, n, a), errors);
  return plus(errors, store_near(k, moved(n->q, whole), k->root_rr, units, mc_up_add(n->q_apart, whole.f)));
}

/* Computed BX - h(X): eb bounds the rounding of B; that of A reaches X with the weights of pairs. */
static mc_audit_bounds product_error_of_x(const mc_audit_rounding *k, const mc_audit_polynomials *f, const values *n,
                                          const gram_bounds *g, double s, mc_audit_bounds eb) {
  mc_audit_bounds whole = gram_polynomial_error(f, n, g);
  mc_audit_bounds sum = product(k, k->r, moved(n->q, plus(eb, whole)), n->x, k->root_rc);
  mc_audit_bounds square = {mc_up_mul(g->error.f, g->error.f), mc_up_mul(g->error.two, g->error.two)};
  mc_audit_bounds weighted = {mc_up_mul(n->pair, g->error.f), mc_up_mul(n->spectral_pair, g->error.two)};
  mc_audit_bounds from_gram = plus(weighted, times(mc_up_mul(f->c, s), square));
  return plus3(times(s, eb), from_gram, sum);
}

/* Computed new X - p(X). */
static mc_audit_bounds update_error(const mc_audit_rounding *k, const mc_audit_polynomials *f, const values *n,
                                    const mc_audit_units *units, mc_audit_bounds ex, mc_kernel_rounding rule) {
  double a = mc_up_add(f->a, f->da);
  mc_audit_bounds ea = times(f->da, n->x);
  if (rule == MC_ROUNDING_SUMS) {
    mc_audit_bounds terms = plus(times(a, n->x), moved(n->h, ex));
    mc_audit_bounds errors = plus(plus3(ex, ea, three(k, terms, k->root_rc)), times(a, carried(k, k->r, n->x)));
    return plus(errors, store_near(k, moved(n->p, errors), k->root_rc, units, mc_up_add(n->p_apart, errors.f)));
  }
  ex = plus(ex, store(k, moved(n->h, ex), k->root_rc));
  ea = plus(ea, operation(k, times(a, n->x), k->root_rc));
  mc_audit_bounds errors = plus(ex, ea);
  return plus(errors, operation(k, moved(n->p, errors), k->root_rc));
}

/* Where the largest finite number of a format begins to be near. */
static double range_limit(mc_dtype storage) {
  return storage == MC_DTYPE_FLOAT16 ? 0x1p13 : 0x1p100;
}

mc_audit_bounds mc_audit_local_error(const mc_audit_rounding *k, const mc_audit_stage *g, const mc_audit_distance *d,
                                     const mc_kernel_model *model) {
  const mc_audit_polynomials *f = &g->f;
  values n = values_of(k, g, d);
  gram_bounds a = gram_of(k, &n, &g->two.gram_units, d->s);
  mc_audit_bounds eb = model->rounding == MC_ROUNDING_SUMS ? b_error_sums(k, f, &n, &a, &g->two.q_units, d->s)
                                                           : b_error_operations(k, f, &n, &a, d->s);
  mc_audit_bounds local =
      update_error(k, f, &n, &g->two.p_units, product_error_of_x(k, f, &n, &a, d->s, eb), model->rounding);
  double whole = mc_up_add(eb.f, gram_polynomial_error(f, &n, &a).f), limit = range_limit(model->storage);
  double scaled = mc_up_mul(mc_up_add(f->b, f->c), a.value.f), square = mc_up_mul(scaled, a.spectral);
  double update = mc_up_add3(mc_up_mul(f->a, n.x.f), mc_up_mul(mc_up_add(n.q.f, whole), n.x.f), n.p.f);
  bool in_range = mc_up_mul(a.value.f, a.spectral) < 0x1p100 && a.value.f < limit && scaled < limit && square < limit &&
                  update < limit && whole < limit && local.f < limit;
  if (!in_range)
    return (mc_audit_bounds){INFINITY, INFINITY};
  local.two = fmin(local.two, local.f);
  return local;
}
