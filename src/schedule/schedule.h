/* muoncert: polynomial schedules.  A step maps X to sum_j c_j X (X^T X)^j, that is, singular value x to sum_j c_j
 * x^(2j+1). Coefficients are exact rationals: a published decimal such as 3.4445 means the decimal, not the nearest
 * float. */
#ifndef MUONCERT_SCHEDULE_H
#define MUONCERT_SCHEDULE_H

#include "../ball/ball.h"
#include "../lang/lang.h"

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
  size_t rows;             /* the first `rows` steps are the table; others were made from it by mc_schedule_resize */
  mc_beyond beyond;        /* how; where the authors do not say, the last row is repeated */
} mc_schedule;

void mc_schedule_init(mc_schedule *s);
void mc_schedule_clear(mc_schedule *s);

/* From text: steps separated by ';', coefficients of one step by ',', e.g. "3.4445,-4.7750,2.0315" or "1.5,-0.5;
 * 15/8,-10/8,3/8". MC_BAD_INPUT with the column otherwise. */
mc_status mc_schedule_set_text(mc_schedule *s, const char *text, mc_error *e);

/* A published schedule by name (papers.md section 5), or the text form when it does not begin with a letter.
 * MC_BAD_INPUT lists the names. */
mc_status mc_schedule_set_name(mc_schedule *s, const char *name, mc_error *e);

/* The i-th name that mc_schedule_set_name knows, and where the table was published; NULL past the last. */
const char *mc_schedule_name(size_t i);
const char *mc_schedule_cite(size_t i);

/* s := source.  s is another schedule. */
mc_status mc_schedule_set(mc_schedule *s, const mc_schedule *source, mc_error *e);

/* Make the schedule exactly `count` steps long: cut, or go on behind the table by s->beyond. count = 0: leave it. */
mc_status mc_schedule_resize(mc_schedule *s, size_t count, mc_error *e);

/* Make the first `count` steps p(x) into p(x / factor), factor > 0: coefficient j divided by factor^(2j+1), exactly.
 * What published code does so that singular values slightly above 1 stay in the basin. */
void mc_schedule_divide_input(mc_schedule *s, size_t count, const fmpq_t factor);

typedef enum {
  MC_COEFFICIENTS_DECIMAL, /* as printed */
  MC_COEFFICIENTS_FLOAT32, /* each rounded to nearest float32, as a kernel in float32 holds them */
  MC_COEFFICIENTS_FLOAT64,
  MC_COEFFICIENTS_BFLOAT16,
  MC_COEFFICIENTS_FLOAT16
} mc_coefficients;

/* q, and each coefficient, by its rounding. */
void mc_schedule_round_coefficient(fmpq_t q, mc_coefficients kind);
void mc_schedule_round(mc_schedule *s, mc_coefficients kind);

/* ---- What a schedule does to singular values (shape.c, range.c, basin.c, zones.c) ----
 *
 * P is the composition of all steps, P_k of the first k.  All steps are odd, so that x > 0 says all. */

/* Where the steps of a schedule vanish and where they turn, enclosed once and for all. */
typedef struct mc_schedule_shape mc_schedule_shape;

/* Precision in bits.  NULL: out of memory. */
mc_schedule_shape *mc_schedule_shape_new(const mc_schedule *s, slong precision);
void mc_schedule_shape_free(mc_schedule_shape *shape);

/* Positive zeros (critical points) of step k in rising order; returns their number. Valid as long as the shape. */
slong mc_schedule_shape_zeros(arb_srcptr *zeros, const mc_schedule_shape *shape, size_t k);
slong mc_schedule_shape_critical_points(arb_srcptr *points, const mc_schedule_shape *shape, size_t k);

/* Enclose the least and the greatest value of step k, or of steps 0 to k - 1 one after the other, on [least, greatest]
 * (in place; ends are balls, least <= greatest).  A composition of continuous maps takes an interval to an interval,
 * and each map's range is that of its ends and critical points: nothing is lost but rounding. */
void mc_schedule_range_of_step(arb_t least, arb_t greatest, const mc_schedule_shape *shape, size_t k);
void mc_schedule_range_enclose(arb_t least, arb_t greatest, const mc_schedule_shape *shape, size_t k);

/* Enclose max |1 - y| over least <= y <= greatest. */
void mc_schedule_error_enclose(arb_t error, const arb_t least, const arb_t greatest, slong precision);

/* P'(0), exactly: what small singular values are multiplied by. */
void mc_schedule_amplification(fmpq_t slope, const mc_schedule *s);

/* Enclose the largest R such that the iterates of every |x| < R stay bounded when the table is followed by its last
 * row for ever, or run through again and again.  An upper end that is infinite was not found (a linear step), and so
 * was a lower end that is 0.  MC_NO_MEMORY. */
mc_status mc_schedule_basin_enclose(arf_t lower, arf_t upper, const mc_schedule *s, mc_beyond beyond, slong precision,
                                    mc_error *e);

/* Enclose the largest z such that P has no zero (no critical point) on (0, z); infinite: everywhere. */
typedef enum { MC_ZONES_OF_SIGN, MC_ZONES_OF_SLOPE } mc_zones;
void mc_schedule_first_zone_enclose(arf_t lower, arf_t upper, const mc_schedule_shape *shape, mc_zones what);

/* P (or P') has this sign, 1 or -1, on the whole of [from, to]; 0: it vanishes somewhere between. */
typedef struct {
  int sign;
  arf_t from, to;
} mc_schedule_zone;

/* The zones of (0, end], end <= 2^10, from left to right.  *complete: zones of sign 0 are narrower than 1e-17; else
 * there are more changes of sign than were followed, or P touches 0 too closely for the precision.  Free with
 * mc_schedule_zones_free. */
mc_status mc_schedule_zones_enclose(mc_schedule_zone **zones, size_t *count, bool *complete,
                                    const mc_schedule_shape *shape, mc_zones what, const arf_t end, mc_error *e);
void mc_schedule_zones_free(mc_schedule_zone *zones, size_t count);

/* ---- Which published table is it? (identify.c) ---- */

/* How a coefficient relates to a published one. */
typedef enum {
  MC_LIKENESS_EQUAL,
  MC_LIKENESS_FLOAT32, /* the published one rounded to a format */
  MC_LIKENESS_BFLOAT16,
  MC_LIKENESS_FLOAT16,
  MC_LIKENESS_DECIMALS, /* to as many decimals as it is written with */
  MC_LIKENESS_OTHER
} mc_likeness;

mc_likeness mc_schedule_likeness(const fmpq_t given, const fmpq_t published);

/* The greatest relative difference of two steps' coefficients: max |a_j - b_j| / max(|a_j|, |b_j|), exactly. */
void mc_schedule_step_distance(fmpq_t distance, const mc_schedule_step *a, const mc_schedule_step *b);

/* The published table whose steps, as many as s has, differ least from those of s, and the sum over the steps of their
 * distances; of equals the table of the nearest length. */
mc_status mc_schedule_nearest(size_t *index, fmpq_t distance, const mc_schedule *s, mc_error *e);

/* The published row that equals the step: table and row, from 0.  False: none. */
bool mc_schedule_find_row(size_t *index, size_t *row, const mc_schedule_step *step);

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
