// Generated from src/ref/momentum.h by tools/float_reference; edit that file.
// Momentum: the buffer B of past gradients, and the Nesterov direction that looks one step ahead of it.
// mu is the momentum and nu the weight of a new gradient: nu = 1 - mu is the exponential moving average (EMA), nu = 1
// the heavy-ball sum, for which IEEE arithmetic makes nu G = G.
#ifndef MUONF_REF_MOMENTUM_H
#define MUONF_REF_MOMENTUM_H

#include <stddef.h>

#ifdef __FRAMAC__
#include "../../../spec/acsl/f32/layout.h"
#endif

// B <- mu B + nu G, both m x n.
// S5.TORCH (EMA), S5.RMS (sum); Polyak 1964.
/*@ requires shape:     shape(m, n, ldb) && shape(m, n, ldg);
    requires valid:     \valid(B + (0 .. idx(m,ldb,0)-1)) && \valid_read(G + (0 .. idx(m,ldg,0)-1));
    requires separated: \separated(B + (0 .. idx(m,ldb,0)-1), G + (0 .. idx(m,ldg,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  B[0 .. idx(m,ldb,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(B,ldb,i,j),
                                    rn_add(rn_mul(mu, mat{Pre}(B,ldb,i,j)), rn_mul(nu, mat{Pre}(G,ldg,i,j))));
    ensures  padding:   padding{Pre,Post}(B, ldb, m, n);
*/
void muonf_momentum(float *B, size_t ldb, float mu, float nu, const float *G, size_t ldg, size_t m, size_t n);

// U <- mu B + nu G, all m x n: the direction of Nesterov's method when B already holds the gradient G.
// S5.TORCH, S5.RMS; Nesterov 1983 in the form of Sutskever et al. 2013.
/*@ requires shape:     shape(m, n, ldu) && shape(m, n, ldb) && shape(m, n, ldg);
    requires valid:     \valid(U + (0 .. idx(m,ldu,0)-1)) && \valid_read(B + (0 .. idx(m,ldb,0)-1)) &&
                        \valid_read(G + (0 .. idx(m,ldg,0)-1));
    requires separated: \separated(U + (0 .. idx(m,ldu,0)-1), B + (0 .. idx(m,ldb,0)-1)) &&
                        \separated(U + (0 .. idx(m,ldu,0)-1), G + (0 .. idx(m,ldg,0)-1));
    terminates \true;
    exits    never:     \false;
    assigns  U[0 .. idx(m,ldu,0)-1];
    ensures  result:    \forall integer i, j; 0 <= i < m ==> 0 <= j < n ==>
                          identical(mat(U,ldu,i,j),
                                    rn_add(rn_mul(mu, mat{Pre}(B,ldb,i,j)), rn_mul(nu, mat{Pre}(G,ldg,i,j))));
    ensures  padding:   padding{Pre,Post}(U, ldu, m, n);
*/
void muonf_nesterov(float *U, size_t ldu, float mu, const float *B, size_t ldb, float nu, const float *G,
                   size_t ldg, size_t m, size_t n);

#endif
