/* Does a line vanish at a point?  Decided where its value is a rational function, identically 0, of pi, e and the
 * point. Private to src/check. */
#ifndef MUONCERT_CHECK_FIELD_H
#define MUONCERT_CHECK_FIELD_H

#include "program.h"

typedef struct {
  const fmpq *t;                /* a rational point; NULL: */
  const fmpq_poly_struct *root; /* the one variable is a root of this polynomial; NULL: */
  const fmpq *angle;            /* the one variable is angle[0] + angle[1] pi */
  const mc_iv *values;          /* of all lines there */
} mc_place;

/* Is the value of the line certainly defined, and 0? */
bool mc_place_is_zero(const mc_program *program, size_t line, const mc_place *at);

#endif
