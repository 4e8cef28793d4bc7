/* Polynomials in the variables and in generators (docs/certification.md).  Private to src/check. */
#ifndef MUONCERT_CHECK_ALGEBRA_H
#define MUONCERT_CHECK_ALGEBRA_H

#include <jansson.h>

#include "program.h"

enum { MC_MOST_LETTERS = 24 };

typedef enum {
  MC_LETTER_VARIABLE,
  MC_LETTER_SQRT,
  MC_LETTER_ABS,
  MC_LETTER_LET,
  MC_LETTER_EXP,
  MC_LETTER_LOG,
  MC_LETTER_SIN,
  MC_LETTER_COS,
  MC_LETTER_PI,
  MC_LETTER_E
} mc_letter_kind;

/* A generator: a function of a polynomial in earlier ones. */
typedef struct {
  mc_letter_kind kind;
  fmpq_mpoly_struct of;
  bool met;    /* by a line of the program; */
  size_t line; /* that has the same value; SIZE_MAX: none has */
  mc_iv value; /* on the box */
} mc_letter;

typedef struct {
  mc_program *program;
  const mc_iv *box;
  fmpq_mpoly_ctx_t ring;
  size_t count;
  mc_letter letters[MC_MOST_LETTERS];
  fmpq_mpoly_struct *ups, *downs; /* of each line, which is up/down; */
  bool *known;                    /* if it is known */
  mc_iv *values;                  /* of each line on the box */
} mc_letters;

/* false: the generators are none, or out of memory; clear it all the same. */
bool mc_letters_init(mc_letters *x, mc_program *program, const mc_iv *box, const json_t *generators);
void mc_letters_clear(mc_letters *x);

/* A polynomial as it stands in a certificate, in the first `count` generators. */
bool mc_letters_read(fmpq_mpoly_t p, const mc_letters *x, const json_t *json, size_t count);

/* false: too large, or out of time. */
bool mc_letters_multiply(fmpq_mpoly_t z, const fmpq_mpoly_t a, const fmpq_mpoly_t b, const mc_letters *x);

/* Squares of roots, absolute values and cosines give way to what they are.  false: too large. */
bool mc_letters_reduce(fmpq_mpoly_t p, const mc_letters *x);

/* The coefficient of letter^power. */
void mc_letters_coefficient(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t letter, ulong power, const mc_letters *x);

/* z = p with `by` in place of a letter. */
bool mc_letters_replace(fmpq_mpoly_t z, const fmpq_mpoly_t p, size_t letter, const fmpq_mpoly_t by,
                        const mc_letters *x);

/* The polynomial that has the sign of a line wherever everything is defined; false: unknown. */
bool mc_letters_sign_polynomial(fmpq_mpoly_t p, const mc_letters *x, size_t line);

/* ["algebra", generators, proof]: do the rules show sign * (line) >= 0, or > 0 if strict, on the box where the side
 * conditions hold and everything is defined?  (rules.c) */
bool mc_algebra_shows(mc_program *program, const mc_iv *box, const json_t *test, size_t line, int sign, bool strict);

/* g >= 0 is what a tangent says: [letter, which, s], s = 0 where it is left out.  (tangents.c) */
bool mc_tangent_is_read(fmpq_mpoly_t g, const mc_letters *x, const json_t *name);

/* p >= 0, or > 0 if strict, by nonnegative coefficients; p in the variables.  (bernstein.c) */
bool mc_bernstein_is_nonnegative(const fmpq_mpoly_t p, const mc_letters *x, bool strict);

/* The same by differences of the variables in every order; scales [[c, d], …]: t = c + d x, x >= 0.  (orders.c) */
bool mc_orders_are_nonnegative(const fmpq_mpoly_t p, const mc_letters *x, bool strict, const json_t *scales);

#endif
