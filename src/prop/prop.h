/* muoncert: the property engine.
 *
 * A property (props/) generates an instance of a theorem's data from a case and measures quantities on it, as balls.  A
 * campaign states over these quantities what is assumed (where) and what must follow (holds).  The engine runs the
 * trials, each judged with certified balls whose precision is doubled on demand, keeps the worst one, and shrinks a
 * violation.  A trial is a function of its case alone, so any number of threads gives the same result, and the text of
 * a case reproduces its trial by itself. */
#ifndef MUONCERT_PROP_H
#define MUONCERT_PROP_H

#include "../ball/arb_headers.h"
#include "../base/base.h"
#include "../lang/lang.h"
#include "../matgen/matgen.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Cases (case.c) ---- */

/* Everything that an instance depends on, besides its property.  What comes behind the family is there for
 * shrinking. */
typedef struct {
  uint64_t seed;
  uint32_t trial;
  size_t rows, columns;
  mc_matgen_family family;
  size_t rank;        /* singular values beyond this many are 0; 0: no limit */
  size_t batch;       /* at most so many samples where the property draws several; 0: as many as it likes */
  unsigned bits;      /* every number of the instance is rounded to so many significant bits, 1 to 53 */
  unsigned exponents; /* entries of a matrix below 2^-exponents times its largest become 0; 0: none do */
  bool aligned;       /* identity factors in place of Haar's */
} mc_prop_case;

/* Largest number of rows or columns of a case, and largest range of exponents: that of all doubles. */
#define MC_PROP_LARGEST 4096
#define MC_PROP_EXPONENTS 2098

/* "seed=0x1 trial=17 shape=4x4 spectrum=log_uniform(0x1p-3)" and, where they differ from the default, rank=, batch=,
 * bits=, exponents=, factors=identity.  Numbers are written so that mc_prop_case_parse gives the case back. */
void mc_prop_case_format(mc_text *out, const mc_prop_case *c);

/* The reverse.  seed, trial, shape and spectrum must be there; MC_BAD_INPUT says what is wrong. */
mc_status mc_prop_case_parse(mc_prop_case *c, const char *text, mc_error *e);

/* ---- Instances (instance.c) ---- */

typedef struct {
  const char *name; /* static */
  size_t rows, columns;
  double *entries; /* row-major */
} mc_prop_matrix;

#define MC_PROP_MATRICES 8

/* The data of one trial: named matrices of doubles, in the property's order. */
typedef struct {
  size_t count;
  mc_prop_matrix matrices[MC_PROP_MATRICES];
} mc_prop_instance;

/* The entries, all zero, of one more matrix; NULL: out of memory, or more than MC_PROP_MATRICES. */
double *mc_prop_instance_add(mc_prop_instance *x, const char *name, size_t rows, size_t columns);
void mc_prop_instance_clear(mc_prop_instance *x);

/* How many samples to draw where the property would draw `own`: min(own, batch). */
size_t mc_prop_draw_count(const mc_prop_case *c, size_t own);

/* k singular values of the case's family, decreasing, cut to its rank.  MC_BAD_INPUT for a family of matrices. */
mc_status mc_prop_draw_spectrum(double *sigma, size_t k, const mc_prop_case *c, mc_random *r, mc_error *e);

/* q (m x n, m >= n): n orthonormal columns, Haar or the identity's, as the case wants. */
mc_status mc_prop_draw_factor(double *q, size_t m, size_t n, const mc_prop_case *c, mc_random *r, mc_error *e);

/* Add a matrix `name` of the case's shape, family, rank and factors to the instance. */
mc_status mc_prop_draw_matrix(mc_prop_instance *x, const char *name, const mc_prop_case *c, mc_random *r, mc_error *e);

/* ---- Properties ---- */

typedef struct {
  const char *name;
  size_t count;
  const char *const *quantities; /* the names that a campaign may measure */
  /* Draw an instance of the case from r alone.  MC_BAD_INPUT: the property has no instances of this shape or family. */
  mc_status (*generate)(mc_prop_instance *x, const mc_prop_case *c, mc_random *r, mc_error *e);
  /* Enclose all quantities, working with about `precision` bits.  MC_UNDECIDED: something that the theorem presupposes
   * (say, that a factor exists) could not be certified at this precision. */
  mc_status (*measure)(arb_ptr quantities, const mc_prop_instance *x, slong precision, mc_error *e);
} mc_property;

/* ---- Campaigns (judge.c, engine.c) ---- */

/* Trial i of a plan is case i of the corpus, and behind the corpus the random trial i - corpus_count.  A share k of n
 * is every n-th trial from the k-th on, so that the shares of a plan together are the plan, in any order, on any
 * machines. */
typedef struct {
  const mc_property *property;
  size_t measure_count;
  const size_t *measures; /* variable i of the conditions is quantity measures[i] */
  const mc_condition *where, *holds;
  size_t shape_count;
  const mc_shape *shapes;
  size_t series_count; /* at most MC_PROP_SERIES */
  const mc_series *series;
  size_t family_count;
  const mc_matgen_family *families;
  size_t corpus_count;
  const mc_prop_case *corpus; /* cases that are tried first */
  uint64_t seed, trials;
  unsigned share, shares; /* 1 <= share <= shares; 0, 0: all trials */
  unsigned threads;       /* 0: all processors */
  double seconds;         /* time limit; 0: none */
  mc_progress *progress;  /* may be NULL; one tick a trial */
} mc_prop_plan;

/* In order of gravity. */
typedef enum {
  MC_TRIAL_VIOLATED,  /* where certainly true, holds certainly false */
  MC_TRIAL_UNDECIDED, /* where not certainly false, holds not certainly true, but no violation */
  MC_TRIAL_HOLDS,     /* both certainly true */
  MC_TRIAL_UNCLEAR,   /* whether where is true could not be decided, but holds certainly is: never counted as met */
  MC_TRIAL_MISSED,    /* a hypothesis is certainly false */
  MC_TRIAL_SKIPPED    /* not run: time limit or interrupt */
} mc_trial_verdict;

/* What a series says of one trial: the number of steps if the ball holds one integer alone, and the least and the
 * greatest integer of the bracket if there is a finite one. */
typedef struct {
  bool known, bracket;
  uint64_t steps, lo, hi;
} mc_prop_steps;

/* Most series of a campaign. */
#define MC_PROP_SERIES 4

/* The margin of a trial is the least over the comparisons l <= r of holds of (r - l)/(|l| + |r|), with the sign such
 * that it is negative if and only if the comparison fails, and 0 where both sides are 0; for l = r it is
 * -|l - r|/(|l| + |r|).  Both ends are rounded outward. */
typedef struct {
  mc_trial_verdict verdict;
  slong precision; /* at which the verdict fell */
  double margin_lower, margin_upper;
  mc_prop_steps steps[MC_PROP_SERIES]; /* of the plan's series, where the hypotheses are met */
} mc_prop_outcome;

/* Precisions in bits: the first tried, and the limit of doubling. */
#define MC_PROP_PRECISION 64
#define MC_PROP_PRECISION_LIMIT 1024

/* Run one trial.  quantities (may be NULL): property->count balls at the last precision tried.  instance (may be
 * NULL): the data, to be cleared by the caller. */
mc_status mc_prop_judge(mc_prop_outcome *outcome, arb_ptr quantities, mc_prop_instance *instance,
                        const mc_prop_plan *plan, const mc_prop_case *c, mc_error *e);

/* What the trials of one dimension n, the smaller side of the shape, that met the hypotheses say of one series. */
typedef struct {
  size_t n;
  char optimizer[32];
  uint64_t trials, unsettled;      /* unsettled: of these, such whose number of steps is not known */
  uint64_t steps_min, steps_max;   /* over the others */
  bool bracket;                    /* every trial has one */
  uint64_t bracket_lo, bracket_hi; /* their hull */
} mc_prop_point;

#define MC_PROP_POINTS 64

/* What the first trials of a share say together.  Zeroed: no trial ran. */
typedef struct {
  uint64_t trials; /* met + missed + unclear */
  uint64_t met;    /* holds + violated + undecided: the hypotheses are met, or may be */
  uint64_t holds, violated, undecided, missed, unclear;
  uint64_t worst; /* met > 0: the trial, of these, of gravest verdict, of these of least margin, of these the first */
  mc_prop_outcome grade; /* of the worst trial */
  size_t point_count;
  mc_prop_point points[MC_PROP_POINTS]; /* in order of n and name */
} mc_prop_tally;

/* Trials in all shares of the plan, and in its own. */
uint64_t mc_prop_plan_total(const mc_prop_plan *plan);
uint64_t mc_prop_plan_share(const mc_prop_plan *plan);

/* The case of trial i of the plan, whichever share it is in; of the random ones, shapes and families take turns. */
void mc_prop_plan_case(mc_prop_case *c, const mc_prop_plan *plan, uint64_t i);

/* Run the trials of the plan's share that the tally does not hold yet, and add them.  An interrupt or the time limit
 * leaves the tally of the first trials of the share, from which a later call goes on: the end result is that of one
 * call, whatever the limits and threads.  MC_OK also when violated or interrupted; MC_BAD_INPUT: the property has no
 * instances of a shape or family, or more than MC_PROP_POINTS points of series may arise; MC_NO_MEMORY. */
mc_status mc_prop_run(mc_prop_tally *tally, const mc_prop_plan *plan, mc_error *e);

/* sum += tally: of trials in other shares of the same plan. */
void mc_prop_tally_add(mc_prop_tally *sum, const mc_prop_tally *tally);

/* ---- Steps against the dimension (series.c) ---- */

/* *out := what the series says, given balls of the measures. */
void mc_prop_steps_take(mc_prop_steps *out, const mc_series *s, arb_srcptr environment, slong precision);

/* Add the steps of a trial, if it met the hypotheses. */
void mc_prop_tally_add_steps(mc_prop_tally *tally, const mc_prop_plan *plan, const mc_prop_case *c,
                             const mc_prop_outcome *outcome);

/* Has a tally room for the points of all dimensions of the plan? */
bool mc_prop_series_fit(const mc_prop_plan *plan);

/* Join a point with the tally's point of the same dimension and name; false: there is no room for another one. */
bool mc_prop_point_add(mc_prop_tally *tally, const mc_prop_point *point);

/* ---- Shrinking (shrink.c) ---- */

/* The smallest case found by a greedy search in which the trial is still violated: shape, batch, family, factors,
 * rank, exponents and bits, again and again until nothing gets smaller.  c is violated; on return too, and *outcome is
 * its outcome.  Deterministic, unless an interrupt cuts the search short. */
mc_status mc_prop_shrink(mc_prop_case *c, mc_prop_outcome *outcome, const mc_prop_plan *plan, mc_error *e);

#ifdef __cplusplus
}
#endif
#endif
