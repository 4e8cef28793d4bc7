/* Exact runs of Muon on models whose matrices share singular vectors with their parameters (dynamics.h).  Nothing is
 * assumed of the modes: gradients and iterates are n x n matrices, each polar factor is proved, and the modes are
 * read off. */
#include "model.h"

#include <math.h>

#include "../ref/muon.h"

typedef struct {
  const mc_aligned_run *run;
  slong n, precision;
  int grid;
  double *w[2], *z;                                     /* parameters, a polar factor; w[0] owns the memory */
  arb_mat_t a, b, c, target, second, x, y, t, g[2], at; /* factors; M or Sigma; K; iterates and scratch; gradients */
} aligned;

static void init(aligned *d, const mc_aligned_run *run, slong precision) {
  arb_mat_struct *all[] = {d->a, d->b, d->c, d->target, d->second, d->x, d->y, d->t, d->g[0], d->g[1], d->at};
  d->run = run;
  d->n = (slong)run->n;
  d->precision = precision;
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    arb_mat_init(all[i], d->n, d->n);
  d->w[0] = mc_alloc(3 * run->n * run->n, sizeof(double));
  d->w[1] = d->w[0] ? d->w[0] + run->n * run->n : NULL;
  d->z = d->w[0] ? d->w[1] + run->n * run->n : NULL;
}

static void clear(aligned *d) {
  arb_mat_struct *all[] = {d->a, d->b, d->c, d->target, d->second, d->x, d->y, d->t, d->g[0], d->g[1], d->at};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    arb_mat_clear(all[i]);
  mc_free(d->w[0]);
}

static void multiply(arb_mat_t c, const arb_mat_t a, const arb_mat_t b) {
  arb_mat_mul(c, a, b, MC_DYNAMICS_EXACT);
}

/* c := a diag(v) b^T */
static void compose(arb_mat_t c, aligned *d, const arb_mat_t a, const double *v, const arb_mat_t b) {
  arb_t x;
  arb_init(x);
  for (slong j = 0; j < d->n; j++) {
    arb_set_d(x, v[j]);
    for (slong i = 0; i < d->n; i++)
      arb_mul(arb_mat_entry(d->t, i, j), arb_mat_entry(a, i, j), x, MC_DYNAMICS_EXACT);
  }
  arb_mat_transpose(d->at, b);
  multiply(c, d->t, d->at);
  arb_clear(x);
}

/* w := the doubles of an exact matrix.  MC_UNDECIDED: some entry is no double. */
static mc_status store(double *w, const arb_mat_t x, mc_error *e) {
  mag_t error;
  mag_init(error);
  mc_ball_mat_get_double(w, error, x);
  bool exact = mag_is_zero(error);
  mag_clear(error);
  return exact ? MC_OK : mc_fail(e, MC_UNDECIDED, "the start needs more than 53 bits");
}

/* The most bits behind the point that an entry of an orthogonal factor has; rows of a Hadamard block give 2^-k. */
static int fraction_bits(const double *q, size_t count) {
  int bits = 0;
  for (size_t i = 0; i < count; i++)
    while (q && bits < 64 && ldexp(q[i], bits) != nearbyint(ldexp(q[i], bits)))
      bits++;
  return bits;
}

/* K = (1 + 1/N) Sigma^2 + (tr Sigma/N) Sigma. */
static void set_second_moment(aligned *d) {
  arb_t x;
  arb_init(x);
  multiply(d->second, d->target, d->target);
  arb_set_d(x, 1 / d->run->examples);
  arb_add_ui(x, x, 1, MC_DYNAMICS_EXACT);
  arb_mat_scalar_mul_arb(d->second, d->second, x, MC_DYNAMICS_EXACT);
  arb_mat_trace(x, d->target, MC_DYNAMICS_EXACT);
  arb_mat_scalar_mul_arb(d->t, d->target, x, MC_DYNAMICS_EXACT);
  arb_set_d(x, 1 / d->run->examples);
  arb_mat_scalar_mul_arb(d->t, d->t, x, MC_DYNAMICS_EXACT);
  arb_mat_add(d->second, d->second, d->t, MC_DYNAMICS_EXACT);
  arb_clear(x);
}

/* The parameter's factors: W = left diag right^T. */
static const arb_mat_struct *left_of(const aligned *d, size_t k) {
  return k == 0 ? d->a : d->b;
}

static const arb_mat_struct *right_of(const aligned *d) {
  return d->run->kind == MC_ALIGNED_ATTENTION ? d->a : d->run->kind == MC_ALIGNED_FACTORISATION ? d->c : d->b;
}

static size_t parameters(const aligned *d) {
  return d->run->kind == MC_ALIGNED_FACTORISATION ? 2 : 1;
}

static bool factors_are_orthogonal(aligned *d) {
  const arb_mat_struct *factors[] = {d->a, left_of(d, parameters(d) - 1), right_of(d)};
  bool yes = true;
  arb_mat_one(d->y);
  for (size_t i = 0; i < 3; i++) {
    arb_mat_transpose(d->t, factors[i]);
    multiply(d->x, d->t, factors[i]);
    yes = yes && arb_mat_equal(d->x, d->y);
  }
  return yes;
}

static mc_status start(aligned *d, mc_error *e) {
  const mc_aligned_run *run = d->run;
  size_t count = run->n * run->n;
  if (!d->w[0])
    return mc_fail(e, MC_NO_MEMORY, "no memory for %zu x %zu matrices", run->n, run->n);
  mc_ball_mat_set_double(d->a, run->a);
  if (run->b)
    mc_ball_mat_set_double(d->b, run->b);
  if (run->c)
    mc_ball_mat_set_double(d->c, run->c);
  if (!factors_are_orthogonal(d))
    return mc_fail(e, MC_UNDECIDED, "a factor is not orthogonal");
  d->grid = 2 * fraction_bits(run->a, count);
  for (size_t i = 0; i < 2; i++) {
    int bits = 2 * fraction_bits(i == 0 ? run->b : run->c, count);
    d->grid = bits > d->grid ? bits : d->grid;
  }
  if (run->kind != MC_ALIGNED_NORM)
    compose(d->target, d, d->a, run->values, run->kind == MC_ALIGNED_FACTORISATION ? d->b : d->a);
  if (run->kind == MC_ALIGNED_ATTENTION)
    set_second_moment(d);
  mc_status status = MC_OK;
  for (size_t k = 0; k < parameters(d) && status == MC_OK; k++) {
    compose(d->x, d, left_of(d, k), k == 0 ? run->start : run->start_q, right_of(d));
    status = store(d->w[k], d->x, e);
  }
  return status;
}

/* The exact gradients at the current parameters. */
static mc_status differentiate(aligned *d, mc_error *e) {
  mc_ball_mat_set_double(d->x, d->w[0]);
  switch (d->run->kind) {
  case MC_ALIGNED_NORM:
    arb_mat_set(d->g[0], d->x);
    break;
  case MC_ALIGNED_SYMMETRIC:
    arb_mat_transpose(d->t, d->x);
    multiply(d->y, d->x, d->t);
    arb_mat_sub(d->y, d->y, d->target, MC_DYNAMICS_EXACT);
    multiply(d->g[0], d->y, d->x);
    break;
  case MC_ALIGNED_ATTENTION:
    multiply(d->y, d->x, d->second);
    arb_mat_sub(d->y, d->y, d->target, MC_DYNAMICS_EXACT);
    multiply(d->g[0], d->target, d->y);
    break;
  case MC_ALIGNED_FACTORISATION:
    mc_ball_mat_set_double(d->y, d->w[1]);
    arb_mat_transpose(d->t, d->y);
    multiply(d->at, d->x, d->t);
    arb_mat_sub(d->at, d->at, d->target, MC_DYNAMICS_EXACT);
    multiply(d->g[0], d->at, d->y);
    arb_mat_transpose(d->t, d->at);
    multiply(d->g[1], d->t, d->x);
    break;
  }
  bool exact = arb_mat_is_exact(d->g[0]) && (parameters(d) == 1 || arb_mat_is_exact(d->g[1]));
  return exact ? MC_OK : mc_fail(e, MC_UNDECIDED, "the gradient is not exact in %d bits", MC_DYNAMICS_EXACT);
}

/* W := W - rate Z by src/ref, which must not round. */
static mc_status update(aligned *d, size_t k, double rate, mc_error *e) {
  const muon_settings settings = {.learning_rate = rate, .scaling = MUON_SCALE_NONE};
  size_t n = d->run->n;
  arb_t x;
  arb_init(x);
  arb_set_d(x, rate);
  mc_ball_mat_set_double(d->x, d->w[k]);
  mc_ball_mat_set_double(d->y, d->z);
  arb_mat_scalar_mul_arb(d->y, d->y, x, MC_DYNAMICS_EXACT);
  arb_mat_sub(d->x, d->x, d->y, MC_DYNAMICS_EXACT);
  muon_update(d->w[k], n, settings, d->z, n, n, n);
  mc_ball_mat_set_double(d->y, d->w[k]);
  bool exact = arb_mat_equal(d->x, d->y);
  arb_clear(x);
  return exact ? MC_OK : mc_fail(e, MC_UNDECIDED, "an update needs more than 53 bits");
}

/* The diagonal of left^T W right, and the largest modulus off it. */
static void read_modes(arb_ptr modes, arb_t coupled, aligned *d, size_t k) {
  arb_t size;
  arb_init(size);
  mc_ball_mat_set_double(d->x, d->w[k]);
  arb_mat_transpose(d->t, left_of(d, k));
  multiply(d->y, d->t, d->x);
  multiply(d->x, d->y, right_of(d));
  for (slong i = 0; i < d->n; i++)
    for (slong j = 0; j < d->n; j++)
      if (i == j)
        arb_set(modes + i, arb_mat_entry(d->x, i, i));
      else if (!arb_is_zero(arb_mat_entry(d->x, i, j))) {
        arb_abs(size, arb_mat_entry(d->x, i, j));
        arb_max(coupled, coupled, size, MC_DYNAMICS_EXACT);
      }
  arb_clear(size);
}

static mc_status step(aligned *d, double rate, mc_error *e) {
  mc_status status = differentiate(d, e);
  for (size_t k = 0; k < parameters(d) && status == MC_OK; k++) {
    status = mc_dynamics_polar_exact(d->z, d->g[k], d->grid, d->precision, e);
    if (status == MC_OK)
      status = update(d, k, rate, e);
  }
  return status;
}

/* rate := rate decay.  MC_UNDECIDED: it rounds. */
static mc_status decay(double *rate, double factor, mc_error *e) {
  double product = *rate * factor;
  bool exact = fma(*rate, factor, -product) == 0;
  *rate = product;
  return exact ? MC_OK : mc_fail(e, MC_UNDECIDED, "the step size needs more than 53 bits");
}

mc_status mc_dynamics_aligned_exact(arb_ptr modes, arb_ptr modes_q, arb_t coupled, const mc_aligned_run *run,
                                    slong precision, mc_error *e) {
  aligned d;
  init(&d, run, precision);
  arb_zero(coupled);
  double rate = run->rate;
  mc_status status = start(&d, e);
  for (size_t t = 0; status == MC_OK; t++) {
    read_modes(modes + t * run->n, coupled, &d, 0);
    if (parameters(&d) == 2)
      read_modes(modes_q + t * run->n, coupled, &d, 1);
    if (t == run->steps)
      break;
    status = step(&d, rate, e);
    if (status == MC_OK)
      status = decay(&rate, run->decay, e);
  }
  clear(&d);
  return status;
}
