/* What one thread of a search works with: a box, room for values on it, and the test that succeeded last.  Private to
 * src/claim. */
#ifndef MUONCERT_CLAIM_WORKSPACE_H
#define MUONCERT_CLAIM_WORKSPACE_H

#include <jansson.h>

#include "search.h"
#include "tape.h"

#define MC_POINT_PRECISION 256 /* at points, before exact arithmetic is asked */

/* Everything that one evaluation of the tape with derivatives leaves. */
typedef struct {
  mc_range *values, *gradient, *hessian;
} mc_evaluation;

struct mc_algebra;

typedef struct {
  const mc_tape *tape;
  const mc_search_task *task;
  size_t n;
  mc_evaluation on_box, on_face, at_center;
  mc_range *box, *face, *center, *point; /* n each */
  mc_range *scratch;                     /* a few */
  fmpq *corner;                          /* n */
  struct mc_algebra *algebra;            /* NULL: not asked for yet, or out of memory */
  bool recording;
  json_t *test; /* where recording: the test that succeeded last, as it stands in a certificate */
} mc_workspace;

/* false: out of memory; clear it all the same. */
bool mc_workspace_init(mc_workspace *s, const mc_tape *tape, const mc_search_task *task);
void mc_workspace_clear(mc_workspace *s);

/* s->point = the rational point t. */
void mc_workspace_set_point(mc_workspace *s, const fmpq *t);

/* s->center = the midpoint of the box, with the values and gradients there. */
void mc_workspace_evaluate_center(mc_workspace *s, const mc_range *box, slong precision);

/* The sign of a node at a rational point of the unit box: -1, 0, 1, or 2 when neither balls nor exact arithmetic
 * tell. */
int mc_workspace_sign(mc_workspace *s, size_t node, const fmpq *t);

/* Is the lower (or upper) end of coordinate j of the box one of the domain's ends, and excluded from it? */
bool mc_workspace_end_is_excluded(const mc_workspace *s, const mc_range *box, size_t j, bool upper);

/* Note which test succeeded: its name, with an integer for each of count, or a rational number for each.  Returns
 * true. */
bool mc_workspace_note(mc_workspace *s, const char *test, const int *data, size_t count);
bool mc_workspace_note_point(mc_workspace *s, const char *test, const fmpq *point);

/* Wrap the test that was noted last: ["face", ends, test…]. */
bool mc_workspace_note_face(mc_workspace *s, const mc_range *box, const mc_range *face);

/* [about, index, test…], and the note is gone; NULL: nothing was noted.  about NULL: [index, test…]. */
json_t *mc_workspace_take_step(mc_workspace *s, const char *about, size_t index);

#endif
