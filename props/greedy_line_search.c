/* Exact line search along the gradient or along its polar factor, on L(W) = <W, A W>/2 with A symmetric (papers.md
 * S3.F5): the decrease along D is <D, G>^2/(2 <D, A D>).
 *
 * polar, gradient   the two decreases at W, from their definition: D the certified polar factor of G, and D = G
 * nuclear, frobenius, curvature, trace   ||G||_*, ||G||_F, <G, A G>, tr A
 * spd, wide         1 if A is certainly positive definite; 1 if G has no more rows than columns; else 0
 *
 * For G of full row rank Z Z^T = I, so that <Z, A Z> = tr A and the polar decrease is ||G||_*^2/(2 tr A). */
#include "props.h"

#include "../src/ball/ball.h"
#include "../src/truth/truth.h"

enum { POLAR, GRADIENT, NUCLEAR, FROBENIUS, CURVATURE, TRACE, SPD, WIDE, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"polar",     "gradient", "nuclear", "frobenius",
                                                   "curvature", "trace",    "spd",     "wide"};

enum { MODEL, SLOPE };

/* ---- Drawing ---- */

/* A = Q diag(values) Q^T of the case's family, on the rows; one of eight has a negative value.  G is Gaussian or of
 * the family. */
static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  size_t m = c->rows, n = c->columns;
  double *a = mc_prop_instance_add(x, "A", m, m), *g = mc_prop_instance_add(x, "G", m, n),
         *values = mc_alloc(m + m * m, sizeof *values), *q = values + m;
  if (!a || !g || !values) {
    mc_free(values);
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu instance", m, n);
  }
  mc_status status = mc_prop_draw_spectrum(values, m, c, r, e);
  if (status == MC_OK)
    status = mc_prop_draw_factor(q, m, m, c, r, e);
  for (size_t i = 0; i < m; i++)
    values[i] += 0x1p-10;
  if (mc_random_below(r, 8) == 0)
    values[mc_random_below(r, m)] = -0.25;
  if (status == MC_OK)
    mc_matgen_compose(a, m, m, m, q, values, q);
  for (size_t i = 0; i < m * m; i++)
    if (i / m > i % m)
      a[i] = a[i % m * m + i / m];
  for (size_t i = 0; i < m * n; i++)
    g[i] = mc_matgen_normal(r);
  mc_free(values);
  return status;
}

/* ---- Measuring ---- */

/* y := <X, Y> of balls. */
static void inner(arb_t y, const arb_mat_t a, const arb_mat_t b, slong precision) {
  arb_t sum;
  arb_init(sum);
  for (slong i = 0; i < arb_mat_nrows(a); i++)
    for (slong j = 0; j < arb_mat_ncols(a); j++)
      arb_addmul(sum, arb_mat_entry(a, i, j), arb_mat_entry(b, i, j), precision);
  arb_swap(y, sum);
  arb_clear(sum);
}

/* decrease := <D, G>^2/(2 <D, A D>), curvature (may be NULL) := <D, A D>. */
static void line_search(arb_t decrease, arb_ptr curvature, const arb_mat_t d, const arb_mat_t g, const arb_mat_t a,
                        slong precision) {
  arb_mat_t image;
  arb_t bend;
  arb_init(bend);
  arb_mat_init(image, arb_mat_nrows(g), arb_mat_ncols(g));
  arb_mat_mul(image, a, d, precision);
  inner(bend, d, image, precision);
  inner(decrease, d, g, precision);
  arb_mul(decrease, decrease, decrease, precision);
  arb_div(decrease, decrease, bend, precision);
  arb_mul_2exp_si(decrease, decrease, -1);
  if (curvature)
    arb_set(curvature, bend);
  arb_mat_clear(image);
  arb_clear(bend);
}

/* ||G||_* from enclosed singular values: another way than the polar factor. */
static mc_status measure_nuclear(arb_t nuclear, const mc_prop_matrix *g, slong precision, mc_error *e) {
  size_t k = g->rows < g->columns ? g->rows : g->columns;
  arb_ptr s = _arb_vec_init((slong)k);
  mc_status status = mc_truth_sv_enclose(s, g->entries, g->rows, g->columns, 46, e);
  arb_zero(nuclear);
  for (size_t i = 0; i < k; i++)
    arb_add(nuclear, nuclear, s + i, precision);
  _arb_vec_clear(s, (slong)k);
  return status;
}

static bool is_positive_definite(const arb_mat_t a, slong precision) {
  arb_mat_t l;
  arb_mat_init(l, arb_mat_nrows(a), arb_mat_nrows(a));
  bool positive = arb_mat_cho(l, a, precision) != 0;
  arb_mat_clear(l);
  return positive;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const mc_prop_matrix *model = &x->matrices[MODEL], *slope = &x->matrices[SLOPE];
  slong p = 2 * precision;
  arb_mat_t a, g, z;
  mc_truth_polar polar;
  mc_truth_polar_init(&polar);
  arb_mat_init(a, (slong)model->rows, (slong)model->columns);
  arb_mat_init(g, (slong)slope->rows, (slong)slope->columns);
  arb_mat_init(z, (slong)slope->rows, (slong)slope->columns);
  mc_ball_mat_set_double(a, model->entries);
  mc_ball_mat_set_double(g, slope->entries);
  mc_status status = mc_truth_polar_certify(&polar, slope->entries, slope->rows, slope->columns, precision - 16, e);
  if (status == MC_OK) {
    mc_enclosure_get_balls(z, &polar.factor, p);
    line_search(q + POLAR, NULL, z, g, a, p);
    line_search(q + GRADIENT, q + CURVATURE, g, g, a, p);
    arb_mat_trace(q + TRACE, a, p);
    arb_mat_frobenius_norm(q + FROBENIUS, g, p);
    arb_set_ui(q + SPD, is_positive_definite(a, p));
    arb_set_ui(q + WIDE, slope->rows <= slope->columns);
    status = measure_nuclear(q + NUCLEAR, slope, p, e);
  }
  mc_truth_polar_clear(&polar);
  arb_mat_clear(a);
  arb_mat_clear(g);
  arb_mat_clear(z);
  return status;
}

const mc_property mc_props_greedy_line_search = {"greedy_line_search", QUANTITIES, quantities, generate, measure};
