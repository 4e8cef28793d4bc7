/* How the first iterate is made from the input. */
#include "schedule.h"

void mc_normalisation_init(mc_normalisation *norm, mc_norm_kind kind) {
  norm->kind = kind;
  fmpq_init(norm->eps);
  fmpq_init(norm->safety);
  fmpq_one(norm->safety);
}

void mc_normalisation_clear(mc_normalisation *norm) {
  fmpq_clear(norm->eps);
  fmpq_clear(norm->safety);
}
