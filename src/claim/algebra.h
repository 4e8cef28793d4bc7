/* Claims as polynomials, so that equality along a curve is no obstacle.  Private to src/claim.
 *
 * A node of the tape becomes a quotient of polynomials in t and in generators: a generator stands for a square root or
 * an absolute value (and min and max for one), whose square is known, for a transcendental function, or for a
 * polynomial that is too long to be expanded.  Where everything is defined, the sign of up/down is that of the one
 * polynomial up down, which is then shown to be nonnegative by rules (algebra_prove.c). */
#ifndef MUONCERT_CLAIM_ALGEBRA_H
#define MUONCERT_CLAIM_ALGEBRA_H

#include <jansson.h>

#include "quotient.h"
#include "workspace.h"

#define MC_ALGEBRA_GENERATORS 14 /* with the variables */

typedef enum {
  MC_GENERATOR_VARIABLE,
  MC_GENERATOR_ROOT, /* sqrt(of) */
  MC_GENERATOR_ABS,  /* |of| */
  MC_GENERATOR_LET,  /* of */
  MC_GENERATOR_EXP,
  MC_GENERATOR_LOG,
  MC_GENERATOR_SIN,
  MC_GENERATOR_COS,
  MC_GENERATOR_PI,
  MC_GENERATOR_E
} mc_generator_kind;

typedef struct {
  mc_generator_kind kind;
  fmpq_mpoly_struct of; /* in earlier generators */
  size_t node;          /* with the same value; SIZE_MAX: none */
} mc_generator;

typedef struct {
  bool known, strict, equation; /* equation: so is its negative */
  fmpq_mpoly_struct p;          /* >= 0, or > 0 if strict */
} mc_algebra_atom;

typedef struct mc_algebra {
  const mc_tape *tape;
  mc_ring ring;
  size_t count; /* generators; the first are the variables */
  mc_generator generators[MC_ALGEBRA_GENERATORS];
  size_t where_count, body_count;
  mc_algebra_atom *where, *body;
} mc_algebra;

mc_algebra *mc_algebra_new(const mc_tape *tape); /* NULL: out of memory */
void mc_algebra_free(mc_algebra *a);

/* Even powers of roots, absolute values and cosines give way to what they are. */
bool mc_algebra_reduce(fmpq_mpoly_t p, const mc_algebra *a);

/* p with a polynomial in place of generator k; z may be p. */
bool mc_algebra_substitute(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t k, const fmpq_mpoly_t by, const mc_algebra *a);

/* z = the coefficient of generator^power in p. */
void mc_algebra_coefficient(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t generator, ulong power, const mc_algebra *a);

/* [["c", e_0, e_1, …], …], trailing zeros left out. */
json_t *mc_algebra_json(const fmpq_mpoly_t p, const mc_algebra *a);

/* Is atom i of the side conditions or of the body (fails: its contrary) certain on the workspace's box, where all that
 * it stands on is defined?  Notes it in s. */
bool mc_algebra_certify(mc_workspace *s, bool side, size_t i, bool fails, slong precision);

#endif
