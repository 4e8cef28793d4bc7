#include "weight_decay.h"

#include "matrix.h"

void muon_weight_decay(double *W, size_t ldw, double lr, double wd, size_t m, size_t n) {
  muon_matrix_scale(W, ldw, 1.0 - lr * wd, m, n);
}
