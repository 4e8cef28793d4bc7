/* muoncert: optimizers on models, step by step.  Every step and every gradient is a call into src/ref; what is
 * measured on the way is enclosed, so that a computed trajectory is an exact trajectory of a system with known
 * perturbations. */
#ifndef MUONCERT_DYNAMICS_H
#define MUONCERT_DYNAMICS_H

#include "../ball/ball.h"
#include "../matgen/matgen.h"
#include "../ref/optimizers.h"
#include "../ref/saddle.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The corner of a matrix (corner.c; papers.md section 1B) ---- */

/* x (n x 1) := a/|a| for a vector of n doubles.  False: a may be zero. */
bool mc_dynamics_unit_enclose(arb_mat_t x, const double *a, slong precision);

/* p := x^T y for columns. */
void mc_dynamics_inner_enclose(arb_t p, const arb_mat_t x, const arb_mat_t y, slong precision);

/* For unit columns u, v: theta = u^T G v and kappa = |u^T G (I - v v^T)| + |(I - u u^T) G v|. */
void mc_dynamics_corner_enclose(arb_t theta, arb_t kappa, const arb_mat_t g, const arb_mat_t u, const arb_mat_t v,
                                slong precision);

/* ---- Escape from the quadratic saddle (saddle.c; papers.md S1.T1, S1.T1n) ---- */

/* Stands for an incoherence of which no bound is known: it is 1 at most where a theorem says something. */
#define MC_DYNAMICS_INCOHERENT 0x1p100

/* The direction D(G) that an optimizer makes of a gradient G. */
typedef enum {
  MC_METHOD_POLAR,    /* polar(G) */
  MC_METHOD_GRADIENT, /* G */
  MC_METHOD_SIGN,     /* the signs of G's entries */
  MC_METHOD_ADAM      /* of all gradients so far, entry by entry */
} mc_dynamics_method;

/* W_{k+1} = W_k - eta D(H(W_k) + N_k) from W_0 until |u^T W_k v| >= R, with the map H of src/ref/saddle.h. */
typedef struct {
  mc_dynamics_method method;
  size_t m, n;
  muon_saddle curvature;
  const double *u, *v; /* m and n: the directions; the unit vectors are their exact normalisations */
  const double *start; /* W_0, m x n */
  const double *noise; /* noise_count matrices m x n, one after the other, used in turn */
  size_t noise_count;  /* may be 0 */
  double step_size;    /* eta > 0 */
  double target;       /* R */
  double beta1, beta2; /* of Adam, and what is added to its root */
  double adam_eps;
  size_t limit; /* steps at most */
} mc_dynamics_saddle;

/* What is known of a computed run.  With G_k the gradient that was used and W_k the iterates, all exact as doubles,
 * it is W_{k+1} = W_k - eta (D(G_k) + E_k),  G_k = H(W_k) + N_k, where H has the exact unit vectors, so that N_k
 * holds the noise and the rounding of the gradient, and E_k the rounding of the direction and of the update. */
typedef struct {
  arb_t steps; /* K, the first k with |s_k| >= R, s_k = u^T W_k v; [limit + 1, limit + 2^41] if limit came first */
  arb_t start; /* |s_0| */
  /* an upper bound of kappa(G_k)/(2 |theta(G_k)|), k < K; MC_DYNAMICS_INCOHERENT if a theta may have s's sign */
  arb_t incoherence;
  arb_t noise; /* an upper bound of ||N_k||_2, k < K */
  arb_t error; /* an upper bound of ||E_k||_2, k < K */
} mc_dynamics_escape;

void mc_dynamics_escape_init(mc_dynamics_escape *x);
void mc_dynamics_escape_clear(mc_dynamics_escape *x);

/* MC_UNDECIDED: a polar factor could not be certified, the directions may be zero, or a comparison with R not
 * decided. */
mc_status mc_dynamics_saddle_escape(mc_dynamics_escape *x, const mc_dynamics_saddle *p, slong precision, mc_error *e);

/* ---- Several directions at once (directions.c; papers.md S1.T2) ---- */

/* W_{k+1} = W_k - eta polar(A W_k) from W_0, seen along `count` pairs of directions. */
typedef struct {
  size_t m, n, count, steps;
  const double *a;     /* A, m x m */
  const double *u, *v; /* count vectors of m and of n, one after the other; their exact normalisations are meant */
  const double *start; /* W_0, m x n */
  double step_size;
} mc_dynamics_directions;

/* With s_i = u_i^T W v_i and E_k the rounding of a step as above. */
typedef struct {
  arb_t slow, fast; /* the least and the largest (|s_{i,k+1}| - |s_{i,k}|)/eta over i, k */
  /* an upper bound of kappa_i(G_k)/(2 |theta_i(G_k)|); MC_DYNAMICS_INCOHERENT if a theta_i may have s_i's sign */
  arb_t incoherence;
  arb_t error; /* an upper bound of ||E_k||_2 */
} mc_dynamics_growth;

void mc_dynamics_growth_init(mc_dynamics_growth *x);
void mc_dynamics_growth_clear(mc_dynamics_growth *x);

/* MC_UNDECIDED: a polar factor could not be certified, or a direction may be zero. */
mc_status mc_dynamics_directions_follow(mc_dynamics_growth *x, const mc_dynamics_directions *p, slong precision,
                                        mc_error *e);

/* ---- Exact runs of Muon on aligned models (exact.c, aligned.c) ----
 *
 * All matrices are exact dyadic numbers, and the polar factors are too: a factor is guessed from LAPACK's, rounded to
 * the grid, and proved by the theorem that Z is the polar factor of G (null directions left out) if and only if Z Z^T
 * Z = Z, Z^T G is symmetric, G = Z Z^T G, and Z^T G + I - Z^T Z is positive definite (Higham, Functions of Matrices,
 * 8.1). */

/* Z (n x n doubles) := the polar factor of the exact matrix G, if its entries are multiples of 2^-grid.
 * MC_UNDECIDED: they are not, or positive definiteness was not seen at this precision. */
mc_status mc_dynamics_polar_exact(double *z, const arb_mat_t g, int grid, slong precision, mc_error *e);

/* q (n x n): an orthogonal matrix with exactly representable entries, blocks of Hadamard matrices of orders 4^k with
 * rows and columns permuted and their signs drawn at random. */
void mc_dynamics_draw_exact_orthogonal(double *q, size_t n, mc_random *r);

typedef enum {
  MC_ALIGNED_NORM,      /* L(W) = ||W||_F^2/2, W = A diag(w) B^T: papers.md S3.1 */
  MC_ALIGNED_SYMMETRIC, /* L(X) = ||X X^T - M||_F^2/4, M = A diag(values) A^T, X = A diag(x) B^T: S2.T1 */
  MC_ALIGNED_ATTENTION, /* grad L = Sigma (W K - Sigma), Sigma = A diag(values) A^T, W = A diag(w) A^T: S2.T3 */
  /* L = ||M - P Q^T||_F^2/2, M = A diag(values) B^T, P = A diag(p) C^T, Q = B diag(q) C^T: S4.1 */
  MC_ALIGNED_FACTORISATION
} mc_aligned_kind;

/* W_{t+1} = W_t - rate_t polar(grad L(W_t)) from the given modes, rate_t = rate decay^t. */
typedef struct {
  mc_aligned_kind kind;
  size_t n, steps;
  const double *values, *a, *b, *c; /* n; orthogonal n x n matrices, b and c only where the kind has them */
  const double *start, *start_q;    /* the modes at the start, n */
  double rate, decay;
  double examples; /* N of attention: K = (1 + 1/N) Sigma^2 + (tr Sigma/N) Sigma; a power of 2 */
} mc_aligned_run;

/* modes: of the parameter after t steps, mode i at modes[t * n + i], 0 <= t <= steps; for the factorisation those of
 * P, and of Q in modes_q.  Exact.  coupled: the largest modulus of the entries of A^T W B (A^T P C, B^T Q C) off the
 * diagonal, over all steps, exact; it is 0 as long as the matrices decouple into their modes.  MC_UNDECIDED:
 * something was not exact. */
mc_status mc_dynamics_aligned_exact(arb_ptr modes, arb_ptr modes_q, arb_t coupled, const mc_aligned_run *run,
                                    slong precision, mc_error *e);

/* ---- Optimizers (optimizer.c) ----
 *
 * From here on everything is computed in doubles and nothing is proved. */

typedef enum {
  MC_OPTIMIZER_GRADIENT,
  MC_OPTIMIZER_LINE_SEARCH, /* gradient descent with the exact minimiser along the gradient; quadratic models only */
  MC_OPTIMIZER_SIGN,
  MC_OPTIMIZER_ADAM,
  MC_OPTIMIZER_ADAMW,
  MC_OPTIMIZER_MUON,          /* the polar factor, by LAPACK; null directions stay as they are */
  MC_OPTIMIZER_MUON_SCHEDULE, /* Newton–Schulz under `schedule` */
  MC_OPTIMIZER_GREEDY, /* the gradient or its polar factor, what decreases the loss more, with exact line search */
  MC_OPTIMIZERS
} mc_optimizer_kind;

/* "gradient", "line-search", "sign", "adam", "adamw", "muon", "muon-schedule", "greedy". */
const char *mc_optimizer_name(mc_optimizer_kind kind);

#define MC_OPTIMIZER_RATES 4

typedef struct {
  mc_optimizer_kind kind;
  size_t rate_count; /* 1 to MC_OPTIMIZER_RATES */
  double rates
      [MC_OPTIMIZER_RATES]; /* the step sizes of the first steps; the last is multiplied by `decay` from step to step */
  double decay;
  double momentum; /* 0: none; of Muon and of gradient descent, as an average unless `sum` */
  bool nesterov, sum;
  double weight_decay;      /* of AdamW and Muon, decoupled */
  double beta1, beta2, eps; /* of Adam */
  const char *schedule;     /* a name or a text that mc_schedule_set_name takes */
  size_t schedule_steps;    /* 0: as the schedule is */
  bool reference;           /* Newton–Schulz by src/ref; else the same steps through the BLAS */
} mc_optimizer;

/* Muon with the polar factor, rate 0.02, no momentum, no decay; Adam's usual constants; the schedule "jordan". */
mc_optimizer mc_optimizer_default(void);

/* The step size of step t = 0, 1, … */
double mc_optimizer_rate(const mc_optimizer *o, size_t t);

/* ---- Models (model_….c) ---- */

typedef struct {
  const char *name, *help;
  double value, least, greatest; /* the default and the range, ends included */
  const char *const *choices;    /* NULL: a number; else the value is an index into these names, NULL-terminated */
} mc_dynamics_parameter;

typedef struct {
  const char *name, *summary;
  const mc_dynamics_parameter *parameters; /* name NULL ends them */
  const char *spectrum;                    /* default family of singular values; NULL: the model has none */
} mc_dynamics_model;

/* The i-th model, or NULL past the last; the model of a name, or NULL. */
const mc_dynamics_model *mc_dynamics_model_get(size_t i);
const mc_dynamics_model *mc_dynamics_model_find(const char *name);
size_t mc_dynamics_parameter_count(const mc_dynamics_model *model);

/* ---- Runs (simulate.c) ---- */

typedef struct {
  const mc_dynamics_model *model;
  const double *values;      /* one a parameter, within its range; NULL: the defaults */
  mc_matgen_family spectrum; /* name "" : the model's default */
  mc_optimizer optimizer;
  size_t steps;
  size_t every; /* a row of the table for every so many steps; 0 and 1: for each */
  uint64_t seed;
} mc_dynamics_experiment;

/* A table: row t is the state after t steps (after t every), and what compares with a step before compares with the
 * row before.  Column 0 is "step", column 1 "loss", the others are the model's. */
typedef struct {
  size_t rows, columns;
  char (*names)[32]; /* of the columns */
  double *cells;     /* rows x columns */
} mc_dynamics_table;

void mc_dynamics_table_clear(mc_dynamics_table *t);

/* Run the experiment: steps/every + 1 rows.  MC_BAD_INPUT: a value out of its range, an optimizer that the model does
 * not take, an unknown schedule or spectrum.  Diverging runs go on with infinities and NaN. */
mc_status mc_dynamics_simulate_approx(mc_dynamics_table *t, const mc_dynamics_experiment *x, mc_error *e);

/* The loss on a grid around the state after the experiment's steps: columns "x", "y", "loss", grid^2 rows, x and y
 * equally spaced on [-1, 1] as multiples of two directions of Frobenius norm `radius`: the model's own (for the
 * saddle u v^T) and a random one orthogonal to it. */
mc_status mc_dynamics_landscape_approx(mc_dynamics_table *t, const mc_dynamics_experiment *x, size_t grid,
                                       double radius, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
