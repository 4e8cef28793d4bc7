/* The sharp corner lemma (papers.md S1.E1).
 *
 * Unit u, v; Z any matrix with ||Z||_2 <= 1 and <Z, G> = ||G||_*; theta = u^T G v,  n12 = u^T G (I - v v^T),  n21 =
 * (I - u u^T) G v,  kappa = |n12| + |n21|,  z = u^T Z v. If theta > 0 then (1 - z)(2 theta)^2 <= kappa^2 (1 + z).
 *
 * An instance is G and two vectors, of which u and v are the exact normalisations.  Z is the certified polar factor
 * of G; where the last columns of G are zero, G = [A 0], it is [polar(A) 0], which has norm 1 and <Z, G> = ||A||_* =
 * ||G||_*.
 *
 * Four kinds of u and v are drawn: independent Gaussians; coordinate vectors; a singular pair of G, up to sign,
 * disturbed by 2^0 to 2^-30; and a pair for which the lemma is nearly sharp, with the corner [[1, t], [t, t^2 - eps]]
 * of G, which is indefinite, so that its polar factor is a reflection and z = (1 - t^2)/(1 + t^2) up to eps. */
#include "props.h"

#include "../src/dynamics/dynamics.h"
#include "../src/truth/truth.h"

enum { THETA, KAPPA, Z, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"theta", "kappa", "z"};

/* ---- Drawing ---- */

/* The nonzero part A of G is m x width, A = q1 diag(sigma) q2^T with rank singular values. */
typedef struct {
  size_t m, n, width, rank;
  double *g, *u, *v;       /* the instance */
  double *sigma, *q1, *q2; /* rank, m x rank, width x rank; NULL for a family of matrices */
} drawing;

static double power_of_half(uint64_t exponent) {
  double x = 1;
  while (exponent-- > 0)
    x /= 2;
  return x;
}

static void draw_gaussian_vectors(drawing *d, mc_random *r) {
  for (size_t i = 0; i < d->m; i++)
    d->u[i] = mc_matgen_normal(r);
  for (size_t j = 0; j < d->n; j++)
    d->v[j] = mc_matgen_normal(r);
}

static void draw_coordinate_vectors(drawing *d, mc_random *r) {
  d->u[mc_random_below(r, d->m)] = 1;
  d->v[mc_random_below(r, d->n)] = 1;
}

static void draw_singular_pair(drawing *d, mc_random *r) {
  size_t l = (size_t)mc_random_below(r, d->rank);
  double size = power_of_half(mc_random_below(r, 31)), sign = mc_random_below(r, 4) == 0 ? -1 : 1;
  for (size_t i = 0; i < d->m; i++)
    d->u[i] = sign * (d->q1[i * d->rank + l] + size * mc_matgen_normal(r));
  for (size_t j = 0; j < d->width; j++)
    d->v[j] = d->q2[j * d->rank + l] + size * mc_matgen_normal(r);
}

/* The first two singular values give way to the corner; u and v are the first columns of q1 and q2. */
static void draw_sharp_pair(drawing *d, mc_random *r) {
  double t = 2 * mc_random_unit(r), eps = power_of_half(10 + mc_random_below(r, 31));
  d->sigma[0] = 1;
  d->sigma[1] = t * t - eps;
  mc_matgen_compose(d->g, d->m, d->width, d->rank, d->q1, d->sigma, d->q2);
  for (size_t i = 0; i < d->m; i++) {
    const double *x = d->q1 + i * d->rank;
    d->u[i] = x[0];
    for (size_t j = 0; j < d->width; j++) {
      const double *y = d->q2 + j * d->rank;
      d->v[j] = y[0];
      d->g[i * d->width + j] += t * (x[0] * y[1] + x[1] * y[0]);
    }
  }
}

/* From m x width in place to m x n, the new columns zero. */
static void widen(drawing *d) {
  for (size_t i = d->m; i-- > 0 && d->width < d->n;)
    for (size_t j = d->n; j-- > 0;)
      d->g[i * d->n + j] = j < d->width ? d->g[i * d->width + j] : 0;
}

static void draw_pair(drawing *d, mc_random *r) {
  uint64_t kind = mc_random_below(r, 4);
  if (kind == 3 && d->rank >= 2)
    draw_sharp_pair(d, r);
  else if (kind == 2)
    draw_singular_pair(d, r);
  else if (kind == 1)
    draw_coordinate_vectors(d, r);
  else
    draw_gaussian_vectors(d, r);
}

static mc_status draw_factored(drawing *d, const mc_prop_case *c, mc_random *r, mc_error *e) {
  size_t k = d->m < d->n ? d->m : d->n;
  d->sigma = mc_alloc(k + d->m * k + d->n * k, sizeof *d->sigma);
  if (!d->sigma)
    return mc_fail(e, MC_NO_MEMORY, "no memory for the factors of a %zu x %zu matrix", d->m, d->n);
  mc_status status = mc_prop_draw_spectrum(d->sigma, k, c, r, e);
  while (status == MC_OK && d->rank < k && d->sigma[d->rank] > 0)
    d->rank++;
  d->width = d->rank < k ? d->rank : d->n;
  d->q1 = d->sigma + k;
  d->q2 = d->q1 + d->m * d->rank;
  if (status == MC_OK)
    status = mc_prop_draw_factor(d->q1, d->m, d->rank, c, r, e);
  if (status == MC_OK)
    status = mc_prop_draw_factor(d->q2, d->width, d->rank, c, r, e);
  if (status == MC_OK) {
    mc_matgen_compose(d->g, d->m, d->width, d->rank, d->q1, d->sigma, d->q2);
    draw_pair(d, r);
    widen(d);
  }
  mc_free(d->sigma);
  return status;
}

static mc_status generate(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e) {
  drawing d = {.m = c->rows, .n = c->columns};
  d.g = mc_prop_instance_add(x, "G", d.m, d.n);
  d.u = mc_prop_instance_add(x, "u", d.m, 1);
  d.v = mc_prop_instance_add(x, "v", d.n, 1);
  if (!d.g || !d.u || !d.v)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu instance", d.m, d.n);
  if (mc_matgen_family_is_spectrum(&c->family))
    return draw_factored(&d, c, r, e);
  mc_status status = mc_matgen_matrix(d.g, d.m, d.n, &c->family, r, e);
  if (mc_random_below(r, 2) == 0)
    draw_coordinate_vectors(&d, r);
  else
    draw_gaussian_vectors(&d, r);
  return status;
}

/* ---- Measuring ---- */

/* The columns in front of the trailing zero columns. */
static size_t nonzero_width(const mc_prop_matrix *g) {
  for (size_t width = g->columns; width > 0; width--)
    for (size_t i = 0; i < g->rows; i++)
      if (g->entries[i * g->columns + width - 1] != 0)
        return width;
  return 0;
}

/* z = u^T Z v: of the midpoint of Z exactly, and u^T (Z - midpoint) v is at most its Frobenius distance. */
static void measure_z(arb_t z, const mc_enclosure *factor, const arb_mat_t u, const arb_mat_t v, slong precision) {
  arb_mat_t zv, head;
  slong width = arb_mat_ncols(factor->value);
  arb_mat_init(zv, arb_mat_nrows(u), 1);
  arb_mat_window_init(head, v, 0, 0, width, 1);
  arb_mat_mul(zv, factor->value, head, precision);
  mc_dynamics_inner_enclose(z, u, zv, precision);
  arb_add_error_mag(z, factor->radius);
  arb_mat_window_clear(head);
  arb_mat_clear(zv);
}

static mc_status certify_z(arb_t z, const mc_prop_matrix *g, const arb_mat_t u, const arb_mat_t v, slong precision,
                           mc_error *e) {
  size_t width = nonzero_width(g);
  double *a = mc_alloc(g->rows * width + 1, sizeof *a);
  if (!a)
    return mc_fail(e, MC_NO_MEMORY, "no memory for a %zu x %zu matrix", g->rows, width);
  for (size_t i = 0; i < g->rows; i++)
    for (size_t j = 0; j < width; j++)
      a[i * width + j] = g->entries[i * g->columns + j];
  mc_truth_polar polar;
  mc_truth_polar_init(&polar);
  mc_status status = width > 0 ? mc_truth_polar_certify(&polar, a, g->rows, width, precision, e)
                               : mc_fail(e, MC_UNDECIDED, "the zero matrix");
  if (status == MC_OK)
    measure_z(z, &polar.factor, u, v, 2 * precision);
  mc_truth_polar_clear(&polar);
  mc_free(a);
  return status;
}

static mc_status measure(arb_ptr q, const mc_prop_instance *x, slong precision, mc_error *e) {
  const mc_prop_matrix *a = &x->matrices[0];
  arb_mat_t g, u, v;
  arb_mat_init(g, (slong)a->rows, (slong)a->columns);
  arb_mat_init(u, (slong)a->rows, 1);
  arb_mat_init(v, (slong)a->columns, 1);
  mc_ball_mat_set_double(g, a->entries);
  mc_status status = MC_OK;
  if (!mc_dynamics_unit_enclose(u, x->matrices[1].entries, 2 * precision) ||
      !mc_dynamics_unit_enclose(v, x->matrices[2].entries, 2 * precision))
    status = mc_fail(e, MC_UNDECIDED, "u or v is zero");
  if (status == MC_OK) {
    mc_dynamics_corner_enclose(q + THETA, q + KAPPA, g, u, v, 2 * precision);
    status = certify_z(q + Z, a, u, v, precision, e);
  }
  arb_mat_clear(g);
  arb_mat_clear(u);
  arb_mat_clear(v);
  return status;
}

const mc_property mc_props_corner_lemma = {"corner", QUANTITIES, quantities, generate, measure};
