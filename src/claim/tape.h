/* A claim as straight-line code over the unit box.  Private to src/claim.
 *
 * Variable i of the claim is lower + (upper - lower) t_i with t_i in [0, 1], so every domain, whatever its ends, is
 * a box whose faces are exact, and boxes split at dyadic points.  Whatever is a polynomial with rational
 * coefficients in one quantity becomes a single node, whose image is exact; an iterate is a chain of such nodes, so
 * that its range is exact too, without being a special case anywhere else. */
#ifndef MUONCERT_CLAIM_TAPE_H
#define MUONCERT_CLAIM_TAPE_H

#include "../lang/lang.h"
#include "image.h"

typedef enum {
  MC_OP_CONSTANT,
  MC_OP_PI,
  MC_OP_E,
  MC_OP_VARIABLE,   /* t_a */
  MC_OP_POLYNOMIAL, /* images[image](a) */
  MC_OP_ADD,
  MC_OP_SUB,
  MC_OP_MUL,
  MC_OP_DIV,
  MC_OP_POWER, /* a^exponent, exponent > 2 */
  MC_OP_SQRT,
  MC_OP_ABS,
  MC_OP_MIN,
  MC_OP_MAX,
  MC_OP_EXP,
  MC_OP_LOG,
  MC_OP_SIN,
  MC_OP_COS
} mc_op;

typedef struct {
  mc_op op;
  size_t a, b, image;
  ulong exponent;
  fmpq_t constant;
  const mc_expr *source; /* where errors point */
} mc_node;

/* p and its first two derivatives. */
typedef struct {
  mc_image p[3];
} mc_image_family;

/* f >= 0, or f > 0 if strict; f is a node. */
typedef struct {
  size_t node;
  bool strict;
  bool equation;   /* the first of the two atoms f >= 0, -f >= 0 of an equality */
  size_t up, down; /* of a tape that clears: f = up/down, wherever no divisor vanishes */
} mc_atom;

/* What must not vanish, cleared: a divisor, or (positive) what a logarithm is taken of. */
typedef struct {
  size_t node;
  bool positive;
} mc_pole;

typedef struct {
  size_t variable_count; /* of the unit box */
  size_t node_count, node_capacity;
  mc_node *nodes;
  size_t image_count, image_capacity;
  mc_image_family *images;
  size_t where_count, body_count;
  mc_atom *where, *body; /* equality is two atoms, one after the other */
  bool *lower_open, *upper_open;
  size_t *variables; /* variables[i]: the claim's variable that t_i stands for */
  bool clears;       /* below its divisions the claim is rational: atoms of the body have cleared forms */
  size_t pole_count;
  mc_pole *poles; /* of a tape that clears */
} mc_tape;

/* What a lowering is given besides the claim: values for the integer variables (others are ignored) and for ?, if
 * any. */
typedef struct {
  const fmpq *integers;
  const fmpq *unknown;
} mc_instance;

/* MC_BAD_INPUT: divides by the constant zero, and the like.  MC_UNDECIDED: too long. */
mc_status mc_tape_new(mc_tape **tape, const mc_document *document, const mc_claim *claim, const mc_instance *instance,
                      mc_error *e);
void mc_tape_free(mc_tape *tape);

/* values[i] encloses node i over the box t. */
void mc_tape_enclose(mc_range *values, const mc_tape *tape, const mc_range *t, slong precision);

/* Values in doubles, of no certainty.  (approx.c) */
void mc_tape_approx(double *values, const mc_tape *tape, const double *t);

/* With first derivatives, gradient[i * n + j] = d node_i / d t_j, and (if hessian is not NULL) second ones,
 * hessian[i * n (n + 1)/2 + packed(j, k)].  At a kink of abs, min or max the gradient is the hull of the one-sided
 * ones (Clarke), so the mean value theorem holds (Lebourg), and the second derivatives are undefined. */
void mc_tape_enclose_derivatives(mc_range *values, mc_range *gradient, mc_range *hessian, const mc_tape *tape,
                                 const mc_range *t, slong precision);

/* Place of (j, k), j <= k, in a packed symmetric matrix. */
size_t mc_tape_packed(size_t j, size_t k);

/* The exact value of a node at a rational point and its gradient (may be NULL); false where they are not provably
 * rational, or too large. */
bool mc_tape_exact(fmpq_t value, fmpq *gradient, const mc_tape *tape, size_t node, const fmpq *t);

/* The first node that is undefined although its operands are defined; false: none.  values as mc_tape_enclose left
 * them. */
bool mc_tape_first_undefined(size_t *node, const mc_tape *tape, const mc_range *values);

#endif
