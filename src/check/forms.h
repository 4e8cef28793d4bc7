/* Taylor forms of a function on a box.  Private to src/check. */
#ifndef MUONCERT_CHECK_FORMS_H
#define MUONCERT_CHECK_FORMS_H

#include "jet.h"
#include "tests.h"

/* f over the box, to an order; coefficients of the goal's line, oriented. */
typedef struct {
  mc_jets jets;
  mc_iv *all; /* NULL: out of memory */
  size_t count;
  mc_iv *f; /* jets.size coefficients */
} mc_view;

/* false: out of memory; clear it all the same. */
bool mc_view_init(mc_view *v, mc_program *program, const mc_iv *box, mc_check_goal g, size_t order);
void mc_view_clear(mc_view *v);

/* Is the lower (or upper) end of coordinate j one of the domain's ends, and excluded from it? */
bool mc_box_end_is_excluded(const mc_program *program, const mc_iv *box, size_t j, bool upper);
mc_iv *mc_box_copy(const mc_iv *box, size_t n); /* NULL: out of memory */
void mc_box_centre(mc_iv *centre, const mc_iv *box, size_t n);

/* The corner of which bit j of `which` says whether it is at the upper end. */
void mc_box_corner(fmpq *t, const mc_iv *box, size_t n, size_t which);

/* The tests "mean" and "second"; "tangent" and "touch", whose point is test[at], …; "ends". */
bool mc_form_taylor(mc_program *program, const mc_iv *box, mc_check_goal g, bool second);
bool mc_form_convex(mc_program *program, const mc_iv *box, const json_t *test, size_t at, mc_check_goal g, bool touch);
bool mc_form_ends(mc_program *program, const mc_iv *box, mc_check_goal g);

#endif
