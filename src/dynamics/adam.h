/* Adam's course: its state in doubles, by src/ref, and the direction that exact arithmetic makes of the same gradients
 * (adam.c). */
#ifndef MUONCERT_DYNAMICS_ADAM_H
#define MUONCERT_DYNAMICS_ADAM_H

#include "dynamics.h"

typedef struct {
  size_t m, n;
  slong precision;
  muon_adam_settings settings; /* powers: of the steps so far */
  double *mean, *square;       /* m x n; mean owns the memory */
  arb_mat_t exact_mean, exact_square;
  arb_t weight1, weight2, left1, left2; /* beta, exactly; left: 1 - beta^t */
} mc_adam_course;

mc_status mc_adam_course_init(mc_adam_course *x, muon_adam_settings settings, size_t m, size_t n, slong precision,
                              mc_error *e);
void mc_adam_course_clear(mc_adam_course *x);

/* W := W - eta D by src/ref for the gradient G, and an enclosure of the exact D = A/(1 - beta1^t)/(sqrt(V/(1 -
 * beta2^t)) + eps) of all gradients so far. */
void mc_adam_course_step(double *w, arb_mat_t direction, mc_adam_course *x, const double *g);

#endif
