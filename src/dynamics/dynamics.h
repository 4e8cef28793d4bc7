/* muoncert: optimizers on models, step by step.  Every step and every gradient is a call into src/ref; what is
 * measured on the way is enclosed, so that a computed trajectory is an exact trajectory of a system with known
 * perturbations. */
#ifndef MUONCERT_DYNAMICS_H
#define MUONCERT_DYNAMICS_H

#include "../ball/ball.h"
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

/* W_{k+1} = W_k - eta polar(H(W_k) + N_k) from W_0 until |u^T W_k v| >= R, with the map H of src/ref/saddle.h. */
typedef struct {
  size_t m, n;
  muon_saddle curvature;
  const double *u, *v; /* m and n: the directions; the unit vectors are their exact normalisations */
  const double *start; /* W_0, m x n */
  const double *noise; /* noise_count matrices m x n, one after the other, used in turn */
  size_t noise_count;  /* may be 0 */
  double step_size;    /* eta > 0 */
  double target;       /* R */
  size_t limit;        /* steps at most */
} mc_dynamics_saddle;

/* What is known of a computed run.  With G_k the gradient that was used and W_k the iterates, all exact as doubles,
 * it is W_{k+1} = W_k - eta (polar(G_k) + E_k),  G_k = H(W_k) + N_k, where H has the exact unit vectors, so that N_k
 * holds the noise and the rounding of the gradient, and E_k the rounding of the polar factor and of the update. */
typedef struct {
  arb_t steps; /* K, the first k with |s_k| >= R, s_k = u^T W_k v; [limit + 1, limit + 2^41] if limit came first */
  arb_t start; /* |s_0| */
  arb_t incoherence; /* an upper bound of kappa(G_k)/(2 |theta(G_k)|), k < K; infinite if a theta may have s's sign */
  arb_t noise;       /* an upper bound of ||N_k||_2, k < K */
  arb_t error;       /* an upper bound of ||E_k||_2, k < K */
} mc_dynamics_escape;

void mc_dynamics_escape_init(mc_dynamics_escape *x);
void mc_dynamics_escape_clear(mc_dynamics_escape *x);

/* MC_UNDECIDED: a polar factor could not be certified, the directions may be zero, or a comparison with R not
 * decided. */
mc_status mc_dynamics_saddle_escape(mc_dynamics_escape *x, const mc_dynamics_saddle *p, slong precision, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
