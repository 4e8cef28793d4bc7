/* muoncert: polynomial schedules.  A step maps X to sum_j c_j X (X^T X)^j, that is, singular value x to sum_j c_j
 * x^(2j+1). Coefficients are exact rationals: a published decimal such as 3.4445 means the decimal, not the nearest
 * float. */
#ifndef MUONCERT_SCHEDULE_H
#define MUONCERT_SCHEDULE_H

#include "../ball/ball.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One odd polynomial: terms >= 1 coefficients of x, x^3, x^5, … */
typedef struct {
  slong terms;
  fmpq *c;
} mc_schedule_step;

typedef struct {
  size_t count;
  mc_schedule_step *steps; /* applied in order, steps[0] first */
} mc_schedule;

void mc_schedule_init(mc_schedule *s);
void mc_schedule_clear(mc_schedule *s);

/* From text: steps separated by ';', coefficients of one step by ',', e.g. "3.4445,-4.7750,2.0315" or "1.5,-0.5;
 * 15/8,-10/8,3/8". MC_BAD_INPUT with the column otherwise. */
mc_status mc_schedule_set_text(mc_schedule *s, const char *text, mc_error *e);

/* A published schedule by name (papers.md section 5), or the text form when it does not begin with a letter.
 * MC_BAD_INPUT lists the names. */
mc_status mc_schedule_set_name(mc_schedule *s, const char *name, mc_error *e);

/* The i-th name that mc_schedule_set_name knows, or NULL past the last. */
const char *mc_schedule_name(size_t i);

/* s := source.  s is another schedule. */
mc_status mc_schedule_set(mc_schedule *s, const mc_schedule *source, mc_error *e);

/* Make the schedule exactly `count` steps long: cut, or repeat its last step. count = 0: leave it. */
mc_status mc_schedule_resize(mc_schedule *s, size_t count, mc_error *e);

/* Make the first `count` steps p(x) into p(x / factor), factor > 0: coefficient j divided by factor^(2j+1), exactly.  What published
 * code does so that singular values slightly above 1 stay in the basin. */
void mc_schedule_divide_input(mc_schedule *s, size_t count, const fmpq_t factor);

typedef enum {
  MC_COEFFICIENTS_DECIMAL, /* as printed */
  MC_COEFFICIENTS_FLOAT32, /* each rounded to nearest float32, as a kernel in float32 holds them */
  MC_COEFFICIENTS_FLOAT64
} mc_coefficients;

/* Replace each coefficient by its rounding. */
void mc_schedule_round(mc_schedule *s, mc_coefficients kind);

/* ---- How the first iterate is made from the input ---- */

typedef enum {
  MC_NORM_NONE,           /* X_0 = A */
  MC_NORM_FROBENIUS_ADD,  /* X_0 = A / (safety ||A||_F + eps): Jordan, Polar Express, Dion */
  MC_NORM_FROBENIUS_CLAMP /* X_0 = A / max(safety ||A||_F, eps): torch.optim.Muon */
} mc_norm_kind;

typedef struct {
  mc_norm_kind kind;
  fmpq_t eps;    /* >= 0 */
  fmpq_t safety; /* > 0 */
} mc_normalisation;

/* kind, eps 0, safety 1. */
void mc_normalisation_init(mc_normalisation *norm, mc_norm_kind kind);
void mc_normalisation_clear(mc_normalisation *norm);

#ifdef __cplusplus
}
#endif
#endif
