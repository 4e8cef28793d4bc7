/* What the laws share; private to this module. */
#ifndef MUONCERT_LAW_BENCH_H
#define MUONCERT_LAW_BENCH_H

#include "suite.h"

/* What a law is judged from. */
typedef struct {
  mc_law_finding *f;
  mc_law_suite *suite;
  const mc_law_output *outputs;
  mc_error *e;
} mc_law_bench;

MC_PRINTF(3, 4)
void mc_law_decide(mc_law_bench *b, mc_law_verdict verdict, const char *format, ...);

static inline bool mc_law_are_present(const mc_law_bench *b, mc_law_input_name i, mc_law_input_name j) {
  return b->outputs[i].present && b->outputs[j].present;
}

static inline const double *mc_law_output_of(const mc_law_bench *b, mc_law_input_name i) {
  return b->outputs[i].x;
}

static inline size_t mc_law_size_of(const mc_law_input *input) {
  return input->count * input->m * input->n;
}

bool mc_law_is_finite(const double *x, size_t size);

/* Entries in which x and y differ, NaN from everything; *distance: ||x - y||_F to within the factor 1 +-
 * mc_law_slack and MC_LAW_UNDERFLOW. */
size_t mc_law_compare(double *distance, const double *x, const double *y, size_t size);
#define MC_LAW_UNDERFLOW 0x1p-500
double mc_law_slack(size_t size);

/* The same, NaN being NaN again. */
size_t mc_law_count_changes(const double *x, const double *y, size_t size);

/* How far the output for input i may be from the exact image: the largest limit over the rules that a kernel may
 * follow, statistical where the ensemble gives one, else sound.  Infinite: nothing is known. */
mc_status mc_law_limit_of(double *limit, mc_law_bench *b, mc_law_input_name i);

/* Sets f->verdict and f->reason, or leaves `absent`; a status says that nothing could be computed. */
typedef mc_status mc_law_judge_function(mc_law_bench *b);

/* two_outputs.c */
mc_law_judge_function mc_law_judge_odd, mc_law_judge_scale, mc_law_judge_huge, mc_law_judge_deterministic,
    mc_law_judge_transpose, mc_law_judge_permutation, mc_law_judge_rotation, mc_law_judge_batch;

/* one_output.c */
mc_law_judge_function mc_law_judge_zero, mc_law_judge_rank_one, mc_law_judge_denormal, mc_law_judge_nan,
    mc_law_judge_infinity;

/* conduct.c */
mc_law_judge_function mc_law_judge_untouched, mc_law_judge_written;

/* step_laws.c */
mc_law_judge_function mc_law_judge_momentum, mc_law_judge_scaling, mc_law_judge_decay;

#endif
