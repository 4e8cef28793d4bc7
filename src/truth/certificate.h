/* The polar certificate T1' of docs/certification.md.  Private to this module: trusted, small, and fed by untrusted
 * search. */
#ifndef MUONCERT_TRUTH_CERTIFICATE_H
#define MUONCERT_TRUTH_CERTIFICATE_H

#include "../ball/ball.h"

/* What T1' needs of A and U (m by n, m >= n): B = A^T U and R = A - U B. */
typedef struct {
  arf_t h;        /* sym(B) >= h I; not positive: nothing is known */
  mag_t u_norm;   /* >= ||U||_2 */
  mag_t residual; /* >= ||R||_F */
  bool square;    /* m == n */
} mc_certificate;

void mc_certificate_init(mc_certificate *c);
void mc_certificate_clear(mc_certificate *c);

/* Compute it for exact A and U.  shift > 0: a guess below the smallest eigenvalue of sym(B), about 0.9 of it. */
void mc_certificate_set(mc_certificate *c, const arb_mat_t A, const arb_mat_t U, const arf_t shift, slong prec);

/* Conclude: A has full column rank, sigma_min(A) >= sigma_min, and ||U - polar(A)||_F <= radius.  false: nothing can
 * be concluded, and radius is infinite, sigma_min 0. */
bool mc_certificate_conclude(mag_t radius, arf_t sigma_min, const mc_certificate *c);

/* h := a proved lower bound of the smallest eigenvalue of the symmetric matrix S, from a guess `shift`: shift - ||S
 * - shift I - L L^T||_F for some approximate Cholesky factor L (L L^T is positive semidefinite whatever L is). */
void mc_certificate_eigenvalue_lower(arf_t h, const arb_mat_t S, const arf_t shift, slong prec);

#endif
