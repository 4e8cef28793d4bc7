/* muoncert: is this kernel right?  The output of a kernel is held against the exact image of its input, with limits
 * that are derived from the kernel's model.  All derivations: docs/errors.md. */
#ifndef MUONCERT_AUDIT_H
#define MUONCERT_AUDIT_H

#include "../kernel/kernel.h"
#include "../truth/truth.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Between a kernel and what can be seen of it may stand other roundings: in a whole step of the optimizer, those of the
 * momentum before and of the update behind.  Matrices have the shape of the input; NULL: nothing. */
typedef struct {
  const double *matrix;
  double size; /* the matrix times up to +- this; 0: nothing */
} mc_audit_mode;

typedef struct {
  const double *input, *output; /* roundings before and behind: uniform within +- these, entry by entry (statistical) */
  double input_bound, output_bound;              /* and certain bounds of their Frobenius norms (sound) */
  mc_audit_mode input_modes[2], output_modes[2]; /* roundings of scalars, which move whole matrices (statistical) */
  double input_radius;  /* what the kernel would be given in exact arithmetic is within this Frobenius distance of g */
  double output_radius; /* and what is judged within this of what was computed */
  const double *along;  /* an error along this matrix is a measure of its own; not zero */
} mc_audit_surroundings;

typedef struct {
  uint64_t seed;      /* of the rounding ensembles */
  size_t depth;       /* accumulation trees have at most this depth; 0: any order of summation */
  double false_alarm; /* of the statistical limits, per audit; in (0, 1) */
  unsigned roundings; /* rules that the kernel may follow: the sum of 1 << rule; 0: any.  The model says none */
  bool sound_only;    /* run no rounding ensemble: an output that is not wrong stays undecided */
  const mc_audit_surroundings *around; /* NULL: the kernel stands alone.  Lives as long as the reference */
} mc_audit_options;

/* As depth: sums are exact, and rounded once. */
#define MC_AUDIT_EXACT_SUMS SIZE_MAX

/* Seed 1, any order, 1e-6, any rule. */
mc_audit_options mc_audit_default_options(void);

/* ---- Measures of an error matrix E = output - image (measure.c) ----
 *
 * Each sees another kind of bug; none exceeds a known multiple of ||E||_F by more than a constant. */
typedef enum {
  MC_MEASURE_TOTAL,    /* ||E||_F */
  MC_MEASURE_SPECTRUM, /* l2 norm of d_i = u_i^T E v_i, for computed singular vectors of the input: scale, steps */
  MC_MEASURE_PROFILE,  /* l2 distance of d from its mean over correct kernels: coefficients */
  MC_MEASURE_ROWS,     /* l8 norm of the row norms: lost, swapped, negated rows */
  MC_MEASURE_COLUMNS,  /* the same for columns */
  MC_MEASURE_TILES,    /* the same for 16 by 16 tiles: tiles not written */
  MC_MEASURE_ALONG,    /* |<E, W> - its mean over correct kernels| / ||W||_F, W = around->along: weight decay */
  MC_MEASURES
} mc_audit_measure;

const char *mc_audit_measure_name(mc_audit_measure measure);

/* Upper bound of ||output - exact image||_F for every kernel of the model on g (m by n, row-major, finite), infinite
 * where the model bounds nothing.  No ensemble is run.  MC_UNDECIDED: g is zero or not finite.  MC_BAD_INPUT: a step
 * has more than three coefficients. */
mc_status mc_audit_sound_limit(double *sound, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                               const mc_audit_options *options, mc_error *e);

/* ---- Limits for kernels that follow one rule of rounding (sound.c, ensemble.c) ---- */

typedef struct {
  mc_kernel_rounding rounding;
  double sound;    /* upper bound of ||E||_F for every kernel of the model; infinite: the model bounds nothing */
  double spectrum; /* the same from divided differences at the actual singular values: another sound bound */
  double
      statistical[MC_MEASURES]; /* one of them is exceeded with probability at most false_alarm; NaN: no limit is known;
                        infinite for MC_MEASURE_ALONG where there is nothing to go along */
} mc_audit_limits;

/* ---- What a kernel of a model should make of an input (reference.c) ---- */

typedef struct mc_audit_reference mc_audit_reference;

/* Enclose the exact image and the polar factor of the m by n matrix g (row-major), and derive the sound limits.  Costs
 * seconds; many outputs may be judged against one reference, from many threads.  MC_UNDECIDED: g is zero or not
 * finite.  MC_BAD_INPUT: a step has more than three coefficients.  *reference is NULL on failure. */
mc_status mc_audit_reference_new(mc_audit_reference **reference, const double *g, size_t m, size_t n,
                                 const mc_kernel_model *model, const mc_audit_options *options, mc_error *e);
void mc_audit_reference_free(mc_audit_reference *reference);

/* One for each rule that the kernel may follow and that differs from the others in this storage format. */
size_t mc_audit_reference_rules(const mc_audit_reference *reference);

/* Limits for kernels of one rule; they live with the reference.  The first call for a rule runs its rounding ensemble.
 * MC_INTERRUPTED: it was stopped.  *limits is NULL on failure. */
mc_status mc_audit_reference_limits(const mc_audit_limits **limits, const mc_audit_reference *reference, size_t rule,
                                    mc_error *e);

/* Sound limits for all rules together: ||E||_F above either proves that the kernel follows none of them. */
void mc_audit_reference_sound(double *sound, double *spectrum, const mc_audit_reference *reference);

/* Exact image and polar factor (NULL: not certified), row-major, each entry rounded to double. */
const double *mc_audit_reference_image_approx(const mc_audit_reference *reference);
const double *mc_audit_reference_polar_approx(const mc_audit_reference *reference);

/* ---- Judgement (judge.c) ---- */

typedef enum { MC_AUDIT_CONFORMS, MC_AUDIT_SUSPICIOUS, MC_AUDIT_WRONG, MC_AUDIT_UNDECIDED } mc_audit_verdict;

/* "conforms", "suspicious", "wrong", "undecided". */
const char *mc_audit_verdict_name(mc_audit_verdict verdict);

/* Of nonnegative quantities; what is unknown is [-inf, inf]. */
typedef struct {
  mc_audit_verdict verdict;
  char reason[256];           /* why, for verdicts other than conforms */
  arb_t error;                /* ||output - image||_F */
  double sound, spectrum;     /* sound limits of it for all rules together */
  arb_t polar_distance;       /* ||output - polar factor||_F */
  arb_t sigma_min, sigma_max; /* singular values of the output */
  arb_t orthogonality;        /* ||I - x x^T||_F or ||I - x^T x||_F, the smaller Gram matrix */
  /* Of the rule that fits best of those that were tried; NULL: nothing was measured.  Live with the reference. */
  const mc_audit_limits *limits;
  unsigned untried;            /* rules that were not, since the output conforms to this one: the sum of 1 << rule */
  arb_t measures[MC_MEASURES]; /* under the rule of the limits */
} mc_audit_finding;

void mc_audit_finding_init(mc_audit_finding *f);
void mc_audit_finding_clear(mc_audit_finding *f);

/* Judge the output x, of the input's shape: fills verdict, reason, error, limits and measures.  It conforms if it is
 * certified to lie within all statistical limits of one rule, and is suspicious if it is certified to exceed one
 * limit of each.  From 2^18 entries on, where an ensemble costs as much as all else, rules are tried from the one that
 * rounds least on, until the output conforms to one: that changes no verdict.  An undecided verdict is MC_OK with a
 * reason: x not finite, the input rank-deficient (its polar factor is not certified), a limit between the ends of an
 * enclosure.  A bad status means that nothing could be computed. */
mc_status mc_audit_judge(mc_audit_finding *f, const mc_audit_reference *reference, const double *x, mc_error *e);

/* After mc_audit_judge, fill polar_distance, sigma_min, sigma_max and orthogonality too (describe.c).  Where the sound
 * limits are larger than the output itself, they are derived anew from what its norm says of the kernel's path; a
 * suspicious output may then turn out to be wrong. */
mc_status mc_audit_describe(mc_audit_finding *f, const mc_audit_reference *reference, const double *x, mc_error *e);

/* ---- Inputs so small that the schedule is linear on them (linear.c) ----
 *
 * error, size := enclosures of ||x - image||_F and ||image||_F, all m by n, relative to the image where ||X_0||_F is far
 * below 1 (those above are relative to 1); wide where it is not.  g and x are finite. */
void mc_audit_small_enclose(arb_t error, arb_t size, const mc_kernel_model *model, const double *g, size_t m, size_t n,
                            const double *x);

/* ---- Explanation (explain.c) ----
 *
 * Not certified: hints for whoever has to find the bug. */
#define MC_AUDIT_EXPLANATIONS 6

typedef struct {
  char text[160];  /* "the image after 4 steps" */
  double distance; /* of the output from that, in the Frobenius norm; NaN: the text is not about another matrix */
} mc_audit_explanation;

/* What an output that does not conform is instead: the image under another schedule, step count or scale, the
 * transposed image, the input, the polar factor, the work of a narrower format; and where its error lies, or its
 * values that are not finite. Best first; *count <= MC_AUDIT_EXPLANATIONS.  f: the finding on x. */
mc_status mc_audit_explain_approx(mc_audit_explanation explanations[MC_AUDIT_EXPLANATIONS], size_t *count,
                                  const mc_audit_finding *f, const mc_audit_reference *reference,
                                  const mc_kernel_model *model, const double *g, const double *x, mc_error *e);

/* Where the error lies: root mean squares of output - image over blocks, for a map.  Not certified. */
#define MC_AUDIT_HEAT 32

typedef struct {
  size_t rows, columns;                        /* of blocks: at most MC_AUDIT_HEAT each */
  size_t height, width;                        /* of a block; the last of a row or column may be smaller */
  double value[MC_AUDIT_HEAT * MC_AUDIT_HEAT]; /* row by row; not finite where the output is not */
} mc_audit_heat;

void mc_audit_heat_approx(mc_audit_heat *heat, const mc_audit_reference *reference, const double *x);

/* ---- A whole step of the optimizer (step.c) ----
 *
 * All matrices m by n; G' is the gradient G, or G + wd W where the decay is coupled:
 *   B' = mu B + nu G'          nu = 1 - mu (average) or 1 (sum)
 *   D  = mu B' + nu G', or B'  with and without Nesterov
 *   W' = f W - lr s O          O = the exact image of D, f = 1 - lr wd (decoupled), 1 - wd (independent), 1 (coupled)
 * so that (f W - W') / (lr s) is the output of a kernel that was given D: it is judged like any other. */
typedef enum { MC_STEP_AVERAGE, MC_STEP_SUM, MC_STEP_MOMENTA } mc_audit_step_momentum;
typedef enum { MC_STEP_DECOUPLED, MC_STEP_COUPLED, MC_STEP_INDEPENDENT, MC_STEP_DECAYS } mc_audit_step_decay;
typedef enum {
  MC_STEP_NONE,        /* 1 */
  MC_STEP_RECTANGULAR, /* sqrt(max(1, m / n)) */
  MC_STEP_RMS,         /* 0.2 sqrt(max(m, n)) */
  MC_STEP_SPECTRAL,    /* sqrt(max(m, n)) */
  MC_STEP_UNIT_RMS,    /* sqrt(m / n) */
  MC_STEP_SCALINGS
} mc_audit_step_scaling;

/* "average", "sum"; "decoupled", "coupled", "independent"; "none", "rectangular", "rms", "spectral", "unit-rms". */
const char *mc_audit_step_momentum_name(mc_audit_step_momentum momentum);
const char *mc_audit_step_decay_name(mc_audit_step_decay decay);
const char *mc_audit_step_scaling_name(mc_audit_step_scaling scaling);

typedef struct {
  mc_audit_step_momentum rule;
  mc_audit_step_decay decay;
  mc_audit_step_scaling scaling;
  bool nesterov;
  fmpq_t rate, momentum, weight_decay; /* lr > 0, mu and wd >= 0 */
  fmpq_t factor;                       /* s is the scaling times this; positive */
} mc_audit_step_rule;

/* Keller Jordan's: average, Nesterov, decoupled, rectangular, lr 0.02, mu 0.95, wd 0, factor 1. */
void mc_audit_step_rule_init(mc_audit_step_rule *rule);
void mc_audit_step_rule_clear(mc_audit_step_rule *rule);

/* The defaults of the optimizer around a preset's kernel (step_rule.c names the sources).  MC_BAD_INPUT: the source
 * has no optimizer. */
mc_status mc_audit_step_rule_set_preset(mc_audit_step_rule *rule, const char *name, mc_error *e);

/* y := x / s, the m by n output of a kernel of this storage format before it was multiplied by the rule's s; around
 * says how far that can be off, and points at amplitude (m n entries). */
void mc_audit_unscale(double *y, double *amplitude, mc_audit_surroundings *around, const double *x, size_t m, size_t n,
                      const mc_audit_step_rule *rule, mc_dtype storage);

typedef struct {
  size_t m, n;
  const double *gradient, *weights, *buffer, *weights_after, *buffer_after; /* row-major */
} mc_audit_step;

typedef struct mc_audit_step_view mc_audit_step_view;

/* What a step shows.  MC_UNDECIDED: a matrix is not finite.  *view is NULL on failure. */
mc_status mc_audit_step_view_new(mc_audit_step_view **view, const mc_audit_step *step, const mc_audit_step_rule *rule,
                                 mc_error *e);
void mc_audit_step_view_free(mc_audit_step_view *view);

/* D and (f W - W') / (lr s), each to the distance that the surroundings say. */
const double *mc_audit_step_direction(const mc_audit_step_view *view);
const double *mc_audit_step_update(const mc_audit_step_view *view);
const mc_audit_surroundings *mc_audit_step_surroundings(const mc_audit_step_view *view);

/* error := ||B' - the buffer after||_F; *limit: upper bound of it for every kernel that rounds in the format of the
 * buffers; *ratio: the largest certified ratio of an entry's error to what rounding allows it, above 1 for no correct
 * kernel. */
void mc_audit_step_buffer(arb_t error, double *limit, double *ratio, const mc_audit_step_view *view);

/* What a step that does not conform did instead: conventions of momentum, decay and scaling, fitted by least squares.
 * Best first; not certified. */
mc_status mc_audit_step_explain_approx(mc_audit_explanation explanations[MC_AUDIT_EXPLANATIONS], size_t *count,
                                       const mc_audit_step *step, const mc_audit_step_rule *rule,
                                       const mc_kernel_model *model, mc_error *e);

/* ---- How others decide (rules.c) ----
 *
 * Acceptance rules from the tests of published implementations, restated for one output; each names its file. */
typedef struct {
  const char *name, *source;
} mc_audit_peer_rule;

/* What such a test looks at, all m by n: the output, the exact image and the polar factor in double, and what a
 * correct kernel of the same format makes of the input. */
typedef struct {
  const double *output, *image, *polar, *correct; /* polar: NULL where there is none */
  size_t m, n;
  bool is_narrow; /* stored in 16 bits */
  double epsilon; /* of the precision that LAPACK would compute in: 2^-52 for float64, else 2^-23 */
} mc_audit_exhibit;

#define MC_AUDIT_PEER_RULES 23

/* i < MC_AUDIT_PEER_RULES */
const mc_audit_peer_rule *mc_audit_peer_rule_get(size_t i);

/* Does the i-th rule accept the output?  NaN is never accepted. */
bool mc_audit_peer_rule_accepts_approx(size_t i, const mc_audit_exhibit *exhibit);

#ifdef __cplusplus
}
#endif
#endif
