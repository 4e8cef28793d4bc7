// Generated from src/ref/weight_decay.c by tools/float_reference; edit that file.
#include "weight_decay.h"

#include "matrix.h"

void muonf_weight_decay(float *W, size_t ldw, float lr, float wd, size_t m, size_t n) {
  muonf_matrix_scale(W, ldw, 1.0f - lr * wd, m, n);
}
