/* What a model gives to the loop of a simulation; private to this module. */
#ifndef MUONCERT_DYNAMICS_MODEL_H
#define MUONCERT_DYNAMICS_MODEL_H

#include "dynamics.h"

#define MC_MODEL_COLUMNS 64

/* A run's parameters W (one or two matrices) and the gradients at W, without padding.  The model owns all memory. */
typedef struct {
  size_t count, rows[2], columns[2];
  double *value[2], *gradient[2];
  size_t step; /* taken so far */
  double rate; /* step size of the last one */
  mc_random random;
  const double *settings; /* one a parameter of the model */
  const mc_matgen_family *spectrum;
  void *data;
} mc_model_state;

typedef struct {
  mc_dynamics_model model;
  mc_status (*setup)(mc_model_state *s, mc_error *e); /* W_0 and what else is fixed during the run */
  void (*clear)(mc_model_state *s);                   /* also after a failed setup; s->data may be NULL */
  void (*differentiate)(mc_model_state *s);           /* the gradient of the current step, noise included */
  double (*loss)(mc_model_state *s);
  double (*curvature)(mc_model_state *s, const double *d);    /* <D, A D> of a quadratic model; else NULL */
  void (*disturb)(mc_model_state *s, double rate);            /* after each step; may be NULL */
  size_t (*name)(const mc_model_state *s, char (*names)[32]); /* at most MC_MODEL_COLUMNS observables */
  void (*observe)(mc_model_state *s, double *cells); /* s->gradient is that of the current state, or NaN at the end */
  void (*direct)(const mc_model_state *s,
                 double *d); /* the model's own direction for landscapes; NULL: the gradient's */
} mc_model;

extern const mc_model mc_model_attention, mc_model_factorisation, mc_model_noisy_sign, mc_model_quadratic,
    mc_model_saddle, mc_model_symmetric_factorisation;

/* ---- Optimizers ---- */

typedef struct mc_optimizer_state mc_optimizer_state;

/* For parameters of the state's shapes. */
mc_status mc_optimizer_new(mc_optimizer_state **o, const mc_optimizer *settings, const mc_model_state *s, mc_error *e);
void mc_optimizer_free(mc_optimizer_state *o);

/* One step from the state with its gradient. */
mc_status mc_optimizer_step(mc_optimizer_state *o, const mc_model *model, mc_model_state *s, mc_error *e);

/* z (m x n) := about the polar factor of g, null directions (singular values below rounding) left out; by LAPACK.
 * MC_UNDECIDED: LAPACK fails, or g is not finite. */
mc_status mc_dynamics_polar_approx(double *z, const double *g, size_t m, size_t n, mc_error *e);

/* Bits that hold every exact product of an exact run; where they do not, radii tell. */
#define MC_DYNAMICS_EXACT 4096

/* ---- Helpers (linear.c) ---- */

/* One m x n parameter with its gradient, `size` bytes of the model's own, and room for so many doubles more, all zero;
 * s->value[0] owns the doubles. */
mc_status mc_linear_begin(mc_model_state *s, double **more, size_t count, size_t m, size_t n, size_t size, mc_error *e);

double mc_linear_inner(const double *x, const double *y, size_t count);

/* A (n x n) := Q diag(values) Q^T with a Haar Q. */
mc_status mc_linear_draw_symmetric(double *a, const double *values, size_t n, mc_random *r, mc_error *e);

#endif
