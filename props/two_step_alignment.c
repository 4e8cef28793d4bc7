/* The schedule of two alignment steps and halvings for M ~ P Q^T (papers.md S4.T3): P_0 = alpha O_1, Q_0 = alpha O_2
 * orthogonal up to alpha, Muon with the steps alpha, sqrt(s_1), sqrt(s_1)/2, sqrt(s_1)/4, …; R = O_1^T U V^T O_2 for
 * M = U S V^T.
 *
 * alpha, smin   the size of the start, and a lower bound of the least singular value of M
 * det           det R, which is 1 or -1
 * turn          det(O_1^T Z O_2)/det R for the first step's polar factor Z = polar(M - alpha^2 O_1 O_2^T), which is 1
 *               or -1
 * singular      sigma_min(P_1)/alpha, P_1 = alpha (O_1 + Z O_2)
 * eta2          sqrt(s_1);  near   the largest |sigma_i(P_2) - eta2|
 * gap           over the steps t >= 3, the least second smallest |p_i - sqrt(s_i)|/eta_t among modes of different
 *               s_i, where p_i is what the theorem makes of mode i in the limit alpha -> 0
 * error         the largest | sigma_i(P_t) - sqrt(s_i) |/eta_t over t >= 2, eta_t the step that led to P_t, both sorted
 *
 * O_1 and O_2 are exact, and so is B = M - alpha^2 O_1 O_2^T, which defines M.  Up to P_1 all is enclosed; from there
 * on the run is one in doubles with certified polar factors.
 *
 * two_step_start ends with P_1 (eta2, near, gap and error are not known).  two_step_alignment starts from alpha =
 * 2^-24, and where det R seems to be -1 it turns a column of O_2 around, as one should.  two_step_long has more
 * halvings: a collision of modes shows in the singular values only some steps later. */
#include "props.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../src/dynamics/dynamics.h"
#include "../src/ref/ref.h"
#include "../src/truth/truth.h"

enum { ALPHA, SMIN, DET, TURN, SINGULAR, ETA2, NEAR, GAP, ERROR, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"alpha", "smin", "det", "turn", "singular",
                                                   "eta2",  "near", "gap", "error"};

enum { TARGET, LEFT, RIGHT, SETTINGS };
/* Steps after the two. */
#define HALVINGS 5
#define MANY_HALVINGS 12

/* ---- Drawing ---- */

static mc_status draw(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  size_t n = c->rows < c->columns ? c->rows : c->columns;
  mc_prop_case square = *c;
  square.rows = square.columns = n;
  mc_status status = mc_prop_draw_matrix(x, "B", &square, r, e);
  double *o1 = mc_prop_instance_add(x, "O1", n, n), *o2 = mc_prop_instance_add(x, "O2", n, n),
         *alpha = mc_prop_instance_add(x, "alpha", 1, 1);
  if (status != MC_OK || !o1 || !o2 || !alpha)
    return status != MC_OK ? status : mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu instance", n, n);
  mc_dynamics_draw_exact_orthogonal(o1, n, r);
  mc_dynamics_draw_exact_orthogonal(o2, n, r);
  return MC_OK;
}

static mc_status generate_start(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  mc_status status = draw(x, c, r, e);
  if (status == MC_OK)
    *x->matrices[SETTINGS].entries = mc_random_below(r, 4) == 0 ? 0x1p-1 : 0x1p-24;
  return status;
}

/* The sign of det A by elimination with partial pivoting, in doubles; a is overwritten. */
static double sign_approx(double *a, size_t n) {
  double sign = 1;
  for (size_t k = 0; k < n; k++) {
    size_t pivot = k;
    for (size_t i = k + 1; i < n; i++)
      pivot = fabs(a[i * n + k]) > fabs(a[pivot * n + k]) ? i : pivot;
    sign = pivot == k ? sign : -sign;
    for (size_t j = 0; j < n; j++) {
      double t = a[k * n + j];
      a[k * n + j] = a[pivot * n + j];
      a[pivot * n + j] = t;
    }
    sign = a[k * n + k] < 0 ? -sign : sign;
    for (size_t i = k + 1; i < n && a[k * n + k] != 0; i++) {
      double t = a[i * n + k] / a[k * n + k];
      for (size_t j = k; j < n; j++)
        a[i * n + j] -= t * a[k * n + j];
    }
  }
  return sign;
}

static mc_status generate_alignment(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  mc_status status = draw(x, c, r, e);
  if (status != MC_OK)
    return status;
  size_t n = x->matrices[TARGET].rows;
  double sign = 1, *o2 = x->matrices[RIGHT].entries, *a = mc_alloc(n * n, sizeof *a);
  if (!a)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  for (size_t k = TARGET; k <= RIGHT; k++) {
    memcpy(a, x->matrices[k].entries, n * n * sizeof *a);
    sign *= sign_approx(a, n);
  }
  for (size_t i = 0; i < n; i++)
    o2[i * n] *= sign;
  *x->matrices[SETTINGS].entries = 0x1p-24;
  mc_free(a);
  return MC_OK;
}

/* ---- The first step, enclosed ---- */

typedef struct {
  size_t n;
  slong precision;
  double alpha;
  const double *b, *o1, *o2;
  double *m, *p, *q, *u, *v, *z, *work; /* M rounded; P, Q; gradients; a polar factor; m owns the memory */
  double *root;                         /* about sqrt(s_i), largest first */
} course;

static int sign_of_determinant(const arb_mat_t a, slong precision) {
  arb_t det;
  arb_init(det);
  arb_mat_det(det, a, precision);
  int sign = arb_is_positive(det) - arb_is_negative(det);
  arb_clear(det);
  return sign;
}

/* M = B + alpha^2 O_1 O_2^T, exact; det and turn. */
static mc_status measure_determinants(arb_ptr q, const course *x, arb_mat_t m, mc_error *e) {
  slong n = (slong)x->n;
  arb_mat_t b, o1, o2;
  arb_t square;
  arb_init(square);
  arb_mat_init(b, n, n);
  arb_mat_init(o1, n, n);
  arb_mat_init(o2, n, n);
  mc_ball_mat_set_double(b, x->b);
  mc_ball_mat_set_double(o1, x->o1);
  mc_ball_mat_set_double(o2, x->o2);
  int turn = sign_of_determinant(b, x->precision),
      signs = sign_of_determinant(o1, x->precision) * sign_of_determinant(o2, x->precision);
  arb_mat_transpose(o2, o2);
  arb_mat_mul(m, o1, o2, 4096);
  arb_set_d(square, x->alpha);
  arb_mul(square, square, square, 4096);
  arb_mat_scalar_mul_arb(m, m, square, 4096);
  arb_mat_add(m, m, b, 4096);
  int target = sign_of_determinant(m, x->precision);
  arb_set_si(q + DET, target * signs);
  arb_set_si(q + TURN, turn * target);
  arb_clear(square);
  arb_mat_clear(b);
  arb_mat_clear(o1);
  arb_mat_clear(o2);
  return turn * target * signs != 0 ? MC_OK : mc_fail(e, MC_UNDECIDED, "the sign of a determinant is not certain");
}

/* P_1/alpha = O_1 + Z O_2 and its least singular value; P_1 and Q_1 = Z^T P_1 rounded into x. */
static mc_status take_first_step(arb_ptr q, course *x, mc_error *e) {
  slong n = (slong)x->n;
  arb_mat_t o1, o2, t;
  mc_enclosure p;
  mc_truth_polar polar;
  arb_ptr s = _arb_vec_init(n);
  mc_enclosure_init(&p);
  mc_truth_polar_init(&polar);
  arb_mat_init(o1, n, n);
  arb_mat_init(o2, n, n);
  arb_mat_init(t, n, n);
  mc_ball_mat_set_double(o1, x->o1);
  mc_ball_mat_set_double(o2, x->o2);
  mc_status status = mc_truth_polar_certify(&polar, x->b, x->n, x->n, 60, e);
  if (status == MC_OK) {
    arb_mat_clear(p.value);
    arb_mat_init(p.value, n, n);
    arb_mat_mul(t, polar.factor.value, o2, 4096);
    arb_mat_add(p.value, o1, t, 4096);
    mag_set(p.radius, polar.factor.radius);
    status = mc_truth_sv_enclose_near(s, &p, e);
    arb_set(q + SINGULAR, s + n - 1);
    mc_ball_mat_get_double(x->p, NULL, p.value);
    arb_mat_transpose(t, polar.factor.value);
    arb_mat_mul(o1, t, p.value, 128);
    mc_ball_mat_get_double(x->q, NULL, o1);
    muon_matrix_scale(x->p, x->n, x->alpha, x->n, x->n);
    muon_matrix_scale(x->q, x->n, x->alpha, x->n, x->n);
  }
  arb_mat_clear(o1);
  arb_mat_clear(o2);
  arb_mat_clear(t);
  mc_enclosure_clear(&p);
  mc_truth_polar_clear(&polar);
  _arb_vec_clear(s, n);
  return status;
}

/* ---- The others ---- */

static mc_status take_step(course *x, double rate, mc_error *e) {
  size_t n = x->n;
  const muon_settings settings = {.learning_rate = rate, .scaling = MUON_SCALE_NONE};
  double *gradients[] = {x->u, x->v}, *factors[] = {x->p, x->q}, *residual = x->work, *transposed = residual + n * n,
         *qt = transposed + n * n, *pt = qt + n * n;
  mc_status status = MC_OK;
  muon_factorisation_gradients(x->u, n, x->v, n, residual, transposed, qt, pt, x->p, n, x->q, n, x->m, n, n, n, n);
  for (size_t k = 0; k < 2 && status == MC_OK; k++) {
    mc_truth_polar polar;
    mc_truth_polar_init(&polar);
    status = mc_truth_polar_certify(&polar, gradients[k], n, n, 44, e);
    if (status == MC_OK) {
      mc_enclosure_get_double(x->z, NULL, &polar.factor);
      muon_update(factors[k], n, settings, x->z, n, n, n);
    }
    mc_truth_polar_clear(&polar);
  }
  return status;
}

/* error, and after the second step near, for the present P; exact: the roots of M's singular values. */
static mc_status look(arb_ptr q, course *x, arb_srcptr exact, double rate, bool second, mc_error *e) {
  arb_ptr s = _arb_vec_init((slong)x->n);
  arb_t d, size;
  arb_init(d);
  arb_init(size);
  arb_set_d(size, rate);
  mc_status status = mc_truth_sv_enclose(s, x->p, x->n, x->n, 46, e);
  for (size_t i = 0; i < x->n && status == MC_OK; i++) {
    arb_sub(d, s + i, exact + i, x->precision);
    arb_abs(d, d);
    arb_div(d, d, size, x->precision);
    arb_max(q + ERROR, q + ERROR, d, x->precision);
    arb_sub(d, s + i, size, x->precision);
    arb_abs(d, d);
    if (second)
      arb_max(q + NEAR, q + NEAR, d, x->precision);
  }
  arb_clear(d);
  arb_clear(size);
  _arb_vec_clear(s, (slong)x->n);
  return status;
}

/* The limit's modes after the step, and the gap before it: the second smallest |p - root|/rate over different roots. */
static double follow_limit(double *p, const course *x, double rate) {
  double first = INFINITY, second = INFINITY;
  for (size_t i = 0; i < x->n; i++) {
    double d = fabs(p[i] - x->root[i]) / rate;
    if (i > 0 && fabs(x->root[i] - x->root[i - 1]) < 1e-9)
      d = INFINITY;
    if (d < first) {
      second = first;
      first = d;
    } else if (d < second)
      second = d;
    p[i] -= p[i] > x->root[i] ? rate : -rate;
  }
  return second;
}

static mc_status take_other_steps(arb_ptr q, course *x, arb_srcptr exact, size_t halvings, mc_error *e) {
  double rate = x->root[0], gap = INFINITY, *limit = mc_alloc(x->n, sizeof *limit);
  mc_status status = limit ? take_step(x, rate, e) : mc_fail(e, MC_NO_MEMORY, "out of memory");
  arb_set_d(q + ETA2, rate);
  if (status == MC_OK)
    status = look(q, x, exact, rate, true, e);
  for (size_t i = 0; i < x->n && limit; i++)
    limit[i] = rate;
  for (size_t t = 0; t < halvings && status == MC_OK; t++) {
    rate /= 2;
    gap = fmin(gap, follow_limit(limit, x, rate));
    status = take_step(x, rate, e);
    if (status == MC_OK)
      status = look(q, x, exact, rate, false, e);
  }
  arb_set_d(q + GAP, fmin(gap, 1e9));
  mc_free(limit);
  return status;
}

/* The roots of M's singular values: of its rounding, whose distance from M enters the balls. */
static mc_status measure_roots(arb_ptr exact, arb_ptr q, course *x, const arb_mat_t m, mc_error *e) {
  mc_enclosure enclosure;
  mc_enclosure_init(&enclosure);
  arb_mat_clear(enclosure.value);
  arb_mat_init(enclosure.value, (slong)x->n, (slong)x->n);
  mc_ball_mat_get_double(x->m, enclosure.radius, m);
  mc_ball_mat_set_double(enclosure.value, x->m);
  mc_status status = mc_truth_sv_enclose_near(exact, &enclosure, e);
  if (status == MC_OK)
    arb_set(q + SMIN, exact + x->n - 1);
  for (size_t i = 0; i < x->n && status == MC_OK; i++) {
    arb_sqrtpos(exact + i, exact + i, x->precision);
    x->root[i] = arf_get_d(arb_midref(exact + i), ARF_RND_NEAR);
  }
  mc_enclosure_clear(&enclosure);
  return status;
}

/* halvings 0: only up to P_1. */
static mc_status measure(arb_ptr q, const mc_prop_instance *instance, size_t halvings, slong precision, mc_error *e) {
  course x = {.n = instance->matrices[TARGET].rows,
              .precision = 2 * precision,
              .alpha = *instance->matrices[SETTINGS].entries,
              .b = instance->matrices[TARGET].entries,
              .o1 = instance->matrices[LEFT].entries,
              .o2 = instance->matrices[RIGHT].entries};
  size_t count = x.n * x.n;
  x.m = mc_alloc(10 * count + x.n, sizeof *x.m);
  if (!x.m)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a run of %zu x %zu matrices", x.n, x.n);
  x.p = x.m + count;
  x.q = x.p + count;
  x.u = x.q + count;
  x.v = x.u + count;
  x.z = x.v + count;
  x.work = x.z + count;
  x.root = x.work + 4 * count;
  arb_mat_t m;
  arb_ptr exact = _arb_vec_init((slong)x.n);
  arb_mat_init(m, (slong)x.n, (slong)x.n);
  arb_set_d(q + ALPHA, x.alpha);
  arb_zero(q + NEAR);
  arb_zero(q + ERROR);
  mc_status status =
      x.alpha > 0 ? measure_determinants(q, &x, m, e) : mc_fail(e, MC_UNDECIDED, "alpha is not positive");
  if (status == MC_OK)
    status = measure_roots(exact, q, &x, m, e);
  if (status == MC_OK)
    status = take_first_step(q, &x, e);
  if (status == MC_OK && halvings > 0 && arb_equal_si(q + DET, 1) && arb_equal_si(q + TURN, 1))
    status = take_other_steps(q, &x, exact, halvings, e);
  else
    for (size_t k = ETA2; k < QUANTITIES; k++)
      arb_indeterminate(q + k);
  arb_mat_clear(m);
  _arb_vec_clear(exact, (slong)x.n);
  mc_free(x.m);
  return status;
}

static mc_status measure_start(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  return measure(q, x, 0, precision, e);
}

static mc_status measure_alignment(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  return measure(q, x, HALVINGS, precision, e);
}

static mc_status measure_long(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  return measure(q, x, MANY_HALVINGS, precision, e);
}

const mc_property mc_props_two_step_start = {"two_step_start", QUANTITIES, quantities, generate_start, measure_start};
const mc_property mc_props_two_step_alignment = {"two_step_alignment", QUANTITIES, quantities, generate_alignment,
                                                 measure_alignment};
const mc_property mc_props_two_step_long = {"two_step_long", QUANTITIES, quantities, generate_alignment, measure_long};
