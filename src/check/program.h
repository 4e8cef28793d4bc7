/* A claim as straight-line code, compiled by the checker for itself.  Private to src/check.
 *
 * In the unit frame variable i of the claim is lower + (upper - lower) t_i with t_i in [0, 1]; in the plain frame it is
 * itself.  In cleared form nothing divides: an atom f is up/down, and each divisor is kept. */
#ifndef MUONCERT_CHECK_PROGRAM_H
#define MUONCERT_CHECK_PROGRAM_H

#include "../lang/lang.h"
#include "polynomial.h"

typedef enum {
  MC_CODE_CONSTANT,
  MC_CODE_PI,
  MC_CODE_E,
  MC_CODE_VARIABLE,   /* a */
  MC_CODE_POLYNOMIAL, /* polynomials[b](a) */
  MC_CODE_ADD,
  MC_CODE_SUB,
  MC_CODE_MUL,
  MC_CODE_DIV,
  MC_CODE_SQRT,
  MC_CODE_ABS,
  MC_CODE_MIN,
  MC_CODE_MAX,
  MC_CODE_EXP,
  MC_CODE_LOG,
  MC_CODE_SIN,
  MC_CODE_COS
} mc_code;

typedef struct {
  mc_code code;
  size_t a, b;
  fmpq_t constant;
} mc_line;

/* p^(k)/k!, as far as it has been asked for. */
typedef struct {
  fmpq_poly_t exact;
  size_t count;
  bool failed; /* the next one could not be made: its critical points were not isolated */
  mc_ranged taylor[9];
} mc_expansion;

/* f >= 0, or > 0 if strict, for f the line `up`; in cleared form f = up/down. */
typedef struct {
  size_t up, down;
  bool strict, equation; /* equation: the first of two atoms f >= 0, -f >= 0 */
} mc_check_atom;

/* What must not vanish: a divisor, or (positive) what a logarithm is taken of. */
typedef struct {
  size_t line;
  bool positive;
} mc_pole_line;

typedef struct {
  const mc_claim *claim;
  bool unit, cleared;
  size_t n; /* real variables */
  size_t variables[4];
  bool lower_open[4], upper_open[4];
  size_t line_count, line_capacity;
  mc_line *lines;
  size_t polynomial_count, polynomial_capacity;
  mc_expansion *polynomials;
  size_t where_count, body_count, domain_count;
  mc_check_atom *where, *body;
  mc_check_atom *domain; /* plain frame: what the intervals say */
  size_t pole_count, pole_capacity;
  mc_pole_line *poles; /* cleared form */
  mc_deadline deadline;
  uint64_t kept; /* bits of constants and polynomials */
} mc_program;

typedef struct {
  bool unit, cleared;
  bool slope; /* in place of the body: that the margin of comparison `comparison` rises (or falls) with ? */
  size_t comparison;
  bool rising;
  const fmpq *integers; /* by variable of the claim */
  const fmpq *unknown;  /* NULL: the claim has no ?, or slope */
  mc_deadline deadline;
} mc_program_options;

/* NULL: the claim cannot be compiled so, and *e says why. */
mc_program *mc_program_new(const mc_claim *claim, const mc_program_options *options, mc_error *e);
void mc_program_free(mc_program *program);

/* Is there time left?  Every loop over lines, terms or steps of a proof asks; where there is none, nothing is shown. */
bool mc_program_in_time(const mc_program *program);

/* p^(k)/k! of polynomial i; NULL, however often it is asked for: it could not be made. */
const mc_ranged *mc_program_taylor(mc_program *program, size_t i, size_t k);

#endif
