/* What `muoncert truth` finds out about one matrix; private to this module. */
#ifndef MUONCERT_RUN_TRUTH_ANSWER_H
#define MUONCERT_RUN_TRUTH_ANSWER_H

#include "../truth/truth.h"

typedef enum { MC_RUN_POLAR, MC_RUN_SINGULAR_VALUES, MC_RUN_NEWTON_SCHULZ } mc_run_truth_kind;

typedef struct {
  mc_run_truth_kind kind;
  slong bits;           /* accuracy: of the matrix, or relative to the largest singular value */
  size_t digits;        /* that every value of the matrix must have decided; 0: none */
  mc_schedule schedule; /* ns */
  mc_normalisation norm;
} mc_run_truth_question;

/* Of an m by n matrix A with `small` = min(m, n) singular values. */
typedef struct {
  size_t m, n, small;
  bool certified;
  char reason[512];           /* why not */
  mc_enclosure matrix;        /* polar, ns; where certified */
  arb_ptr sigma;              /* sv: all, largest first */
  arb_t sigma_min, sigma_max; /* of A, whatever was asked */
  bool falls_short;           /* sv: some value is enclosed less sharply than asked */
  size_t positive, different; /* sv: so many at least are */
} mc_run_truth_answer;

void mc_run_truth_answer_init(mc_run_truth_answer *r, size_t m, size_t n);
void mc_run_truth_answer_clear(mc_run_truth_answer *r);

/* Answer about A = a, row-major.  What has no certified answer is MC_OK, r->certified false. */
mc_status mc_run_truth_answer_set(mc_run_truth_answer *r, const double *a, const mc_run_truth_question *q, mc_error *e);

#endif
