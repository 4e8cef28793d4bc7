/* The schedule of two alignment steps and halvings for M ~ P Q^T (papers.md S4.T3): P_0 = alpha O_1, Q_0 = alpha O_2
 * orthogonal up to alpha, Muon with the steps alpha, sqrt(s_1), sqrt(s_1)/2, sqrt(s_1)/4, …; R = O_1^T U V^T O_2 for
 * M = U S V^T.
 *
 * alpha, smin   the size of the start, and the least singular value of M
 * orthogonal    1 where O_1^T O_1 = O_2^T O_2 = I exactly, else 0
 * det           det R, which is 1 or -1
 * turn          det(O_1^T Z O_2)/det R for the first step's polar factor Z = polar(M - alpha^2 O_1 O_2^T), which is 1
 *               or -1
 * singular      sigma_min(P_1)/alpha, P_1 = alpha (O_1 + Z O_2)
 * eta2          sqrt(s_1);  near   the largest |sigma_i(P_2) - eta2|
 * gap           over the steps t >= 3, the least second smallest |p_i - sqrt(s_i)|/eta_t among the modes, where p_i is
 *               what the theorem makes of mode i in the limit alpha -> 0.  It may be small where the theorem needs no
 *               gap, between modes of equal s_i, of which no enclosure can tell that they are equal
 * error         the largest | sigma_i(P_t) - sqrt(s_i) |/eta_t over t >= 2, eta_t the step that led to P_t, both sorted
 * rounding      an upper bound of all perturbations from the second step on: P_t = P_{t-1} - eta_t (polar(G) + E), G the
 *               gradient up to N, ||E||_F and ||N||_F <= rounding, and the same for Q; so too for P_1, as a multiple of
 *               alpha
 *
 * O_1 and O_2 are exact, and so is B = M - alpha^2 O_1 O_2^T, which defines M.  Up to P_1 all is enclosed; from there
 * on the run is one in doubles, of which `rounding` is known.
 *
 * two_step_start ends with P_1 (eta2, near, gap, error and rounding are not known).  two_step_alignment starts from
 * alpha = 2^-24, and where det R seems to be -1 it turns a column of O_2 around, as one should.  two_step_long has more
 * halvings: a collision of modes shows in the singular values only some steps later. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../src/dynamics/dynamics.h"
#include "../src/ref/ref.h"
#include "../src/truth/truth.h"
#include "props.h"
#include "two_step_course.h"

enum { ALPHA, SMIN, ORTHOGONAL, DET, TURN, SINGULAR, ETA2, NEAR, GAP, ERROR, ROUNDING, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"alpha", "smin", "orthogonal", "det",   "turn",    "singular",
                                                   "eta2",  "near", "gap",        "error", "rounding"};

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

static int sign_of_determinant(const arb_mat_t a, slong precision) {
  arb_t det;
  arb_init(det);
  arb_mat_det(det, a, precision);
  int sign = arb_is_positive(det) - arb_is_negative(det);
  arb_clear(det);
  return sign;
}

/* Is O^T O = I?  Entries are doubles, so that the products are exact as long as 4096 bits hold them. */
static bool is_orthogonal(const arb_mat_t o) {
  arb_mat_t t, one;
  arb_mat_init(t, arb_mat_ncols(o), arb_mat_nrows(o));
  arb_mat_init(one, arb_mat_ncols(o), arb_mat_ncols(o));
  arb_mat_transpose(t, o);
  arb_mat_mul(t, t, o, 4096);
  arb_mat_one(one);
  bool orthogonal = arb_mat_is_exact(t) && arb_mat_equal(t, one);
  arb_mat_clear(t);
  arb_mat_clear(one);
  return orthogonal;
}

/* M = B + alpha^2 O_1 O_2^T, exact; orthogonal, det and turn. */
static mc_status measure_determinants(arb_ptr q, const two_step_course *x, arb_mat_t m, mc_error *e) {
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
  arb_set_si(q + ORTHOGONAL, is_orthogonal(o1) && is_orthogonal(o2));
  int turn = sign_of_determinant(b, x->precision),
      signs = sign_of_determinant(o1, x->precision) * sign_of_determinant(o2, x->precision);
  arb_mat_transpose(o2, o2);
  arb_mat_mul(m, o1, o2, 4096);
  arb_set_d(square, x->alpha);
  arb_mul(square, square, square, 4096);
  arb_mat_scalar_mul_arb(m, m, square, 4096);
  arb_mat_add(m, m, b, 4096);
  int target = sign_of_determinant(m, x->precision);
  arb_set_si(q + DET, (slong)target * signs);
  arb_set_si(q + TURN, (slong)turn * target);
  arb_clear(square);
  arb_mat_clear(b);
  arb_mat_clear(o1);
  arb_mat_clear(o2);
  return turn * target * signs != 0 ? MC_OK : mc_fail(e, MC_UNDECIDED, "the sign of a determinant is not certain");
}

/* rounding := max(rounding, distance + radius) */
static void raise_rounding(arb_ptr q, const mag_t distance, const mag_t radius) {
  arb_t bound;
  mag_t sum;
  arb_init(bound);
  mag_init(sum);
  mag_add(sum, distance, radius);
  arf_set_mag(arb_midref(bound), sum);
  arb_max(q + ROUNDING, q + ROUNDING, bound, MAG_BITS + 10);
  mag_clear(sum);
  arb_clear(bound);
}

/* P_1/alpha = O_1 + Z O_2 and its least singular value; P_1 and Q_1 = Z^T P_1 rounded into x.  Of the latter, Z^T O_1 +
 * O_2, the radius of Z enters once. */
static mc_status take_first_step(arb_ptr q, two_step_course *x, mc_error *e) {
  slong n = (slong)x->n;
  arb_mat_t o1, o2, t;
  mc_enclosure p;
  mc_truth_polar polar;
  arb_ptr s = _arb_vec_init(n);
  mag_t distance;
  mag_init(distance);
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
    mc_ball_mat_get_double(x->p, distance, p.value);
    raise_rounding(q, distance, polar.factor.radius);
    arb_mat_transpose(t, polar.factor.value);
    arb_mat_mul(t, t, o1, 4096);
    arb_mat_add(t, t, o2, 4096);
    mc_ball_mat_get_double(x->q, distance, t);
    raise_rounding(q, distance, polar.factor.radius);
    muon_matrix_scale(x->p, x->n, x->alpha, x->n, x->n);
    muon_matrix_scale(x->q, x->n, x->alpha, x->n, x->n);
  }
  arb_mat_clear(o1);
  arb_mat_clear(o2);
  arb_mat_clear(t);
  mc_enclosure_clear(&p);
  mc_truth_polar_clear(&polar);
  _arb_vec_clear(s, n);
  mag_clear(distance);
  return status;
}

/* The steps behind the first. */
static mc_status take_other_steps(arb_ptr q, two_step_course *x, arb_srcptr roots, size_t halvings, mc_error *e) {
  two_step_result r = {q + NEAR, q + GAP, q + ERROR, q + ROUNDING};
  arb_set_d(q + ETA2, x->rate);
  return two_step_course_run(&r, x, roots, halvings, e);
}

/* The roots of M's singular values: of its rounding, whose distance from M enters the balls. */
static mc_status measure_roots(arb_ptr exact, arb_ptr q, two_step_course *x, const arb_mat_t m, mc_error *e) {
  mc_enclosure enclosure;
  mc_enclosure_init(&enclosure);
  arb_mat_clear(enclosure.value);
  arb_mat_init(enclosure.value, (slong)x->n, (slong)x->n);
  mc_ball_mat_get_double(x->m, enclosure.radius, m);
  mc_ball_mat_set_double(enclosure.value, x->m);
  mc_status status = mc_truth_sv_enclose_near(exact, &enclosure, e);
  if (status == MC_OK)
    arb_set(q + SMIN, exact + x->n - 1);
  for (size_t i = 0; i < x->n && status == MC_OK; i++)
    arb_sqrtpos(exact + i, exact + i, x->precision);
  if (status == MC_OK)
    x->rate = arf_get_d(arb_midref(exact), ARF_RND_NEAR);
  mc_enclosure_clear(&enclosure);
  return status;
}

/* halvings 0: only up to P_1. */
static mc_status measure(arb_ptr q, const mc_prop_instance *instance, size_t halvings, slong precision, mc_error *e) {
  two_step_course x = {.n = instance->matrices[TARGET].rows,
                       .precision = 2 * precision,
                       .alpha = *instance->matrices[SETTINGS].entries,
                       .b = instance->matrices[TARGET].entries,
                       .o1 = instance->matrices[LEFT].entries,
                       .o2 = instance->matrices[RIGHT].entries};
  size_t count = x.n * x.n;
  x.m = mc_alloc(11 * count, sizeof *x.m);
  if (!x.m)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a run of %zu x %zu matrices", x.n, x.n);
  x.p = x.m + count;
  x.q = x.p + count;
  x.u = x.q + count;
  x.v = x.u + count;
  x.z = x.v + count;
  x.before = x.z + count;
  x.work = x.before + count;
  arb_mat_t m;
  arb_ptr exact = _arb_vec_init((slong)x.n);
  arb_mat_init(m, (slong)x.n, (slong)x.n);
  x.target = m;
  arb_set_d(q + ALPHA, x.alpha);
  arb_zero(q + NEAR);
  arb_zero(q + ERROR);
  arb_zero(q + ROUNDING);
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
