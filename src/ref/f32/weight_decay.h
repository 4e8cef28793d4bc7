// Generated from src/ref/weight_decay.h by tools/float_reference; edit that file.
// Decoupled weight decay.
#ifndef MUONF_REF_WEIGHT_DECAY_H
#define MUONF_REF_WEIGHT_DECAY_H

#include <stddef.h>

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/optimizers.h"
#endif

// W <- (1 - lr wd) W, W is m x n; lr is the learning rate before any update scaling.
// S5.TORCH, S5.RMS; Loshchilov and Hutter 2019.
/*@ requires shape:     shape(m, n, ldw);
    requires valid:     \valid(W + (0 .. idx(m,ldw,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  W[0 .. idx(m,ldw,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(W,ldw,i,j), rn_mul(rn_decay(lr, wd), mat{Pre}(W,ldw,i,j)));
    ensures  padding:   padding{Pre,Post}(W, ldw, m, n);
*/
void muonf_weight_decay(float *W, size_t ldw, float lr, float wd, size_t m, size_t n);

#endif
