/* Courses of gradient descent and Muon on L(W) = <W, A W>/2, A = Q diag(s) Q^T (papers.md S3.SPEC, S3.F5).
 *
 * spectrum_ranking: fixed steps, 4/eta of them.
 *   start, gradient, muon   the loss at W_0, and the least at every fifth step under gradient descent with step
 *                           1/s_max and under Muon with the polar factor and a step of 0.05, or 0.1 from 64 rows on
 *   eps                     an upper bound of the rounding of Muon's steps: W' = W - eta (polar(A W) + E), ||E||_2 <=
 *                           eps
 * greedy_course: exact line search, each step along the gradient or its polar factor, whichever decreases the loss
 * more.
 *   steps, chosen           how many steps, and how many of them certainly prefer the polar factor
 *   ratio                   the least quotient of the two decreases, polar over gradient, by the identity of S3.F5.a
 *
 * Iterates are doubles, every step is one of src/ref, and what is said of them is enclosed.  A is a double matrix;
 * that it has the drawn spectrum up to rounding is no hypothesis of what is measured. */
#include "props.h"

#include <math.h>

#include "../src/dynamics/dynamics.h"
#include "../src/ref/ref.h"
#include "../src/truth/truth.h"

enum { BEGIN, GRADIENT, MUON, EPS, RANKING };
static const char *const ranking[RANKING] = {"start", "gradient", "muon", "eps"};
enum { STEPS, CHOSEN, RATIO, GREEDY };
static const char *const greedy[GREEDY] = {"steps", "chosen", "ratio"};

enum { MODEL, START, SETTINGS };
#define GREEDY_STEPS 4
#define STRIDE 5

/* ---- Drawing ---- */

/* A of the case's family, times 10; W_0 - W* with entries of variance 2/n, as the difference of two with variance
 * 1/n. */
static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  size_t n = c->rows < c->columns ? c->rows : c->columns;
  double *a = mc_prop_instance_add(x, "A", n, n), *w = mc_prop_instance_add(x, "W0", n, n),
         *largest = mc_prop_instance_add(x, "s_max", 1, 1), *values = mc_alloc(n + n * n, sizeof *values);
  if (!a || !w || !largest || !values) {
    mc_free(values);
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu instance", n, n);
  }
  mc_status status = mc_prop_draw_spectrum(values, n, c, r, e);
  if (status == MC_OK)
    status = mc_prop_draw_factor(values + n, n, n, c, r, e);
  for (size_t i = 0; i < n; i++)
    values[i] *= 10;
  *largest = values[0];
  if (status == MC_OK)
    mc_matgen_compose(a, n, n, n, values + n, values, values + n);
  for (size_t i = 0; i < n * n; i++)
    w[i] = mc_matgen_normal(r) * sqrt(2 / (double)n);
  mc_free(values);
  return status;
}

/* ---- A course ---- */

typedef struct {
  size_t n;
  slong precision;
  const double *a;
  double *w, *g, *z, *work; /* w owns the memory */
  arb_mat_t model, x, y;
} course;

static mc_status begin(course *c, const mc_prop_instance *x, slong precision, mc_error *e) {
  size_t n = x->matrices[START].rows;
  *c = (course){.n = n, .precision = precision, .a = x->matrices[MODEL].entries};
  c->w = mc_alloc(4 * n * n, sizeof *c->w);
  if (!c->w)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a course of %zu x %zu matrices", n, n);
  c->g = c->w + n * n;
  c->z = c->g + n * n;
  c->work = c->z + n * n;
  muon_matrix_copy(c->w, n, x->matrices[START].entries, n, n, n);
  arb_mat_init(c->model, (slong)n, (slong)n);
  arb_mat_init(c->x, (slong)n, (slong)n);
  arb_mat_init(c->y, (slong)n, (slong)n);
  mc_ball_mat_set_double(c->model, c->a);
  return MC_OK;
}

static void end(course *c) {
  if (!c->w)
    return;
  arb_mat_clear(c->model);
  arb_mat_clear(c->x);
  arb_mat_clear(c->y);
  mc_free(c->w);
}

static void differentiate(course *c) {
  muon_matrix_gemm_nn(c->g, c->n, 1, c->a, c->n, c->w, c->n, 0, c->work, c->n, c->n, c->n);
}

static void inner(arb_t p, const arb_mat_t a, const arb_mat_t b, slong precision) {
  arb_t sum;
  arb_init(sum);
  for (slong i = 0; i < arb_mat_nrows(a); i++)
    for (slong j = 0; j < arb_mat_ncols(a); j++)
      arb_addmul(sum, arb_mat_entry(a, i, j), arb_mat_entry(b, i, j), precision);
  arb_swap(p, sum);
  arb_clear(sum);
}

/* least := min(least, L(W)), W exact. */
static void look(arb_t least, course *c, bool first) {
  arb_t loss;
  arb_init(loss);
  mc_ball_mat_set_double(c->x, c->w);
  arb_mat_mul(c->y, c->model, c->x, c->precision);
  inner(loss, c->x, c->y, c->precision);
  arb_mul_2exp_si(loss, loss, -1);
  if (first)
    arb_set(least, loss);
  arb_min(least, least, loss, c->precision);
  arb_clear(loss);
}

/* eps := max(eps, ||(W_k - W_{k+1})/eta - polar||_F). */
static void raise_error(arb_t eps, course *c, double eta, const mc_truth_polar *polar) {
  mag_t norm;
  arb_t bound;
  mag_init(norm);
  arb_init(bound);
  mc_ball_mat_set_double(c->y, c->w);
  arb_mat_sub(c->x, c->x, c->y, c->precision);
  arb_set_d(bound, eta);
  arb_mat_scalar_div_arb(c->x, c->x, bound, c->precision);
  arb_mat_sub(c->x, c->x, polar->factor.value, c->precision);
  mc_ball_mat_frobenius_upper(norm, c->x);
  mag_add(norm, norm, polar->factor.radius);
  arb_zero(bound);
  arf_set_mag(arb_midref(bound), norm);
  arb_max(eps, eps, bound, c->precision);
  mag_clear(norm);
  arb_clear(bound);
}

/* ---- Ranking ---- */

static mc_status muon(arb_ptr q, course *c, double eta, mc_error *e) {
  const muon_settings settings = {.learning_rate = eta, .scaling = MUON_SCALE_NONE};
  mc_truth_polar polar;
  mc_truth_polar_init(&polar);
  differentiate(c);
  mc_status status = mc_truth_polar_certify(&polar, c->g, c->n, c->n, 30, e);
  if (status == MC_OK) {
    mc_enclosure_get_double(c->z, NULL, &polar.factor);
    mc_ball_mat_set_double(c->x, c->w);
    muon_update(c->w, c->n, settings, c->z, c->n, c->n, c->n);
    raise_error(q + EPS, c, eta, &polar);
  }
  mc_truth_polar_clear(&polar);
  return status;
}

/* Steps that cover the largest singular value of W_0, about 2 sqrt 2, and some. */
static mc_status measure_ranking(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  double largest = *x->matrices[SETTINGS].entries, eta = x->matrices[START].rows < 64 ? 0.05 : 0.1;
  size_t steps = (size_t)(4 / eta);
  course c;
  mc_status status = largest > 0 ? begin(&c, x, 2 * precision, e) : mc_fail(e, MC_UNDECIDED, "s_max is not positive");
  if (status != MC_OK)
    return status;
  arb_zero(q + EPS);
  look(q + GRADIENT, &c, true);
  arb_set(q + BEGIN, q + GRADIENT);
  for (size_t t = 0; t < steps; t++) {
    differentiate(&c);
    muon_gradient_step(c.w, c.n, 1 / largest, c.g, c.n, c.n, c.n);
    if (t % STRIDE == 0)
      look(q + GRADIENT, &c, false);
  }
  muon_matrix_copy(c.w, c.n, x->matrices[START].entries, c.n, c.n, c.n);
  look(q + MUON, &c, true);
  for (size_t t = 0; t < steps && status == MC_OK; t++) {
    status = muon(q, &c, eta, e);
    if (t % STRIDE == 0)
      look(q + MUON, &c, false);
  }
  end(&c);
  return status;
}

/* ---- Greedy ---- */

/* ratio := ||G||_*^2 <G, A G>/(||G||_F^4 tr A) of the present gradient, a double matrix. */
static mc_status enclose_ratio(arb_t ratio, course *c, mc_error *e) {
  arb_ptr s = _arb_vec_init((slong)c->n);
  arb_t nuclear, y;
  arb_init(nuclear);
  arb_init(y);
  mc_status status = mc_truth_sv_enclose(s, c->g, c->n, c->n, 40, e);
  for (size_t i = 0; i < c->n; i++)
    arb_add(nuclear, nuclear, s + i, c->precision);
  arb_mul(ratio, nuclear, nuclear, c->precision);
  mc_ball_mat_set_double(c->x, c->g);
  arb_mat_mul(c->y, c->model, c->x, c->precision);
  inner(y, c->x, c->y, c->precision);
  arb_mul(ratio, ratio, y, c->precision);
  inner(y, c->x, c->x, c->precision);
  arb_mul(y, y, y, c->precision);
  arb_div(ratio, ratio, y, c->precision);
  arb_mat_trace(y, c->model, c->precision);
  arb_div(ratio, ratio, y, c->precision);
  arb_clear(nuclear);
  arb_clear(y);
  _arb_vec_clear(s, (slong)c->n);
  return status;
}

/* W := W - (<D, G>/<D, A D>) D for D the rounded polar factor or G. */
static mc_status search(course *c, bool polar_is_better, mc_error *e) {
  double *d = c->g, slope = 0, bend = 0;
  size_t count = c->n * c->n;
  mc_truth_polar polar;
  mc_truth_polar_init(&polar);
  mc_status status = polar_is_better ? mc_truth_polar_certify(&polar, c->g, c->n, c->n, 30, e) : MC_OK;
  if (status == MC_OK && polar_is_better) {
    d = c->z;
    mc_enclosure_get_double(d, NULL, &polar.factor);
  }
  mc_truth_polar_clear(&polar);
  if (status != MC_OK)
    return status;
  double *image = mc_alloc(count, sizeof *image);
  if (!image)
    return mc_fail(e, MC_NO_MEMORY, "out of memory");
  muon_matrix_gemm_nn(image, c->n, 1, c->a, c->n, d, c->n, 0, c->work, c->n, c->n, c->n);
  for (size_t i = 0; i < count; i++) {
    slope += d[i] * c->g[i];
    bend += d[i] * image[i];
  }
  muon_gradient_step(c->w, c->n, slope / bend, d, c->n, c->n, c->n);
  mc_free(image);
  return MC_OK;
}

static mc_status measure_greedy(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  course c;
  arb_t ratio, one;
  mc_status status = begin(&c, x, 2 * precision, e);
  arb_init(ratio);
  arb_init(one);
  arb_one(one);
  size_t chosen = 0;
  for (size_t t = 0; t < GREEDY_STEPS && status == MC_OK; t++) {
    differentiate(&c);
    status = enclose_ratio(ratio, &c, e);
    bool polar_is_better = arb_gt(ratio, one);
    chosen += polar_is_better;
    if (t == 0)
      arb_set(q + RATIO, ratio);
    arb_min(q + RATIO, q + RATIO, ratio, c.precision);
    if (status == MC_OK)
      status = search(&c, polar_is_better, e);
  }
  arb_set_ui(q + STEPS, GREEDY_STEPS);
  arb_set_ui(q + CHOSEN, chosen);
  arb_clear(ratio);
  arb_clear(one);
  end(&c);
  return status;
}

const mc_property mc_props_spectrum_ranking = {"spectrum_ranking", RANKING, ranking, generate, measure_ranking};
const mc_property mc_props_greedy_course = {"greedy_course", GREEDY, greedy, generate, measure_greedy};
