/* Approximate singular decompositions in any precision, and the theorem that bounds singular values by them.
 * Private to this module. */
#ifndef MUONCERT_TRUTH_SINGULAR_H
#define MUONCERT_TRUTH_SINGULAR_H

#include "truth.h"

#include "input.h"
#include "path.h"
#include "svd.h"

/* T ~ W diag(s) V^T: exact numbers of which nothing is proved. */
typedef struct {
  arb_mat_t W, V;
  arb_ptr s;
  slong n;
} mc_decomposition;

void mc_decomposition_init(mc_decomposition *d, const mc_svd *svd);
void mc_decomposition_clear(mc_decomposition *d);

/* One step of the quadratically convergent refinement, at prec bits (T. Ogita, K. Aishima, Iterative refinement for
 * singular value decomposition based on matrix multiplication, JCAM 369 (2020)).  Within
 * clusters of singular values, vectors are first turned by an eigenvalue decomposition of what distinguishes them. */
void mc_decomposition_refine(mc_decomposition *d, const arb_mat_t T, slong prec);

/* What T3 needs to know of a decomposition W diag(s) V^T of T. */
typedef struct {
  mag_t residual; /* >= ||T V - W diag(s)||_F */
  mag_t w_error;  /* >= ||I - W^T W||_F */
  mag_t v_error;  /* >= ||I - V^T V||_F, V square */
} mc_residuals;

void mc_residuals_init(mc_residuals *r);
void mc_residuals_clear(mc_residuals *r);

/* T3 for T 2^scale.  s not exact, out of order, negative or not finite: all are [0, ||T||]. */
void mc_residuals_enclose(arb_ptr sigma, arb_srcptr s, const mc_residuals *r, const mc_input *in, slong prec);

/* T3 with residuals in digit arithmetic, for LAPACK's decomposition.  MC_UNDECIDED: the numbers do not fit digits.
 * MC_INTERNAL: the BLAS lies, or the processor does not round to nearest. */
mc_status mc_singular_enclose_by_digits(arb_ptr sigma, const mc_svd *svd, const mc_input *in, mc_error *e);

/* T3: enclosures of all singular values of T 2^scale.  Singular values out of order, negative or not finite: all are
 * [0, ||T||]. */
void mc_decomposition_enclose(arb_ptr sigma, const mc_decomposition *d, const mc_input *in, slong prec);

/* Enclosures of all singular values by LAPACK and T3; MC_UNDECIDED and sigma = [0, ||T||] when LAPACK fails.  svd
 * (initialised to zero, may be NULL) receives the decomposition. */
mc_status mc_singular_enclose_input(arb_ptr sigma, mc_svd *svd, const mc_input *in, slong bits, mc_path path,
                                    mc_error *e);

#endif
