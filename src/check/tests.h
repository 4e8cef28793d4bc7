/* The tests of a certificate on one box.  Private to src/check. */
#ifndef MUONCERT_CHECK_TESTS_H
#define MUONCERT_CHECK_TESTS_H

#include <jansson.h>

#include "program.h"

/* sign * f >= 0, or > 0 if strict, for the line f. */
typedef struct {
  size_t line;
  int sign;
  bool strict;
} mc_check_goal;

/* Does the test show the goal on the box?  Tests are arrays: their name and data (docs/certification.md). */
bool mc_test_shows(mc_program *program, const mc_iv *box, const json_t *test, mc_check_goal goal);

/* Is every line, or one of them, defined on the whole box? */
bool mc_test_is_defined(mc_program *program, const mc_iv *box);
bool mc_test_line_is_defined(mc_program *program, const mc_iv *box, size_t line);

/* For programs in cleared form: does no divisor vanish on the box, but at ends that do not belong to the domain, and is
 * every line defined? */
bool mc_test_divisors(mc_program *program, const mc_iv *box);

/* The same for one atom, where mc_test_divisors is true: it holds (sign 1), or fails (sign -1). */
bool mc_test_cleared(mc_program *program, const mc_iv *box, const mc_check_atom *atom, int sign);

#endif
