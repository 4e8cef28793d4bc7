/* Arithmetic modulo the prime 2^61 - 1 on vectors of integers held in doubles.  Private to this module. */
#ifndef MUONCERT_BALL_RESIDUE_H
#define MUONCERT_BALL_RESIDUE_H

#include "ball.h"

/* Hot loops of this module are compiled for AVX2 too, where the linker can choose at run time.  All of them are exact
 * or lane-wise, so that the choice changes no bit.  AFL++'s pass for clang 14 breaks off at such functions. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__AFL_COMPILER)
#define MC_BALL_CLONES __attribute__((target_clones("default", "avx2")))
#else
#define MC_BALL_CLONES
#endif

enum { MC_RESIDUE_PARTS = 4 };

uint64_t mc_residue_add(uint64_t a, uint64_t b);
uint64_t mc_residue_mul(uint64_t a, uint64_t b);
uint64_t mc_residue_of(int64_t x);

/* All zero; false: no memory. */
bool mc_residues_init(mc_residues *x, size_t n);
void mc_residues_clear(mc_residues *x);
void mc_residues_set(mc_residues *x, size_t i, uint64_t value);
uint64_t mc_residues_get(const mc_residues *x, size_t i);

/* Uniform ones. */
void mc_residues_draw(mc_residues *x, mc_random *r);

/* Sum of row[i] x_i, for integers |row[i]| <= 2^bits, bits <= 28; and from i = first on for |row[i]| <= 2^52, where
 * false says that some are larger or no integers. */
uint64_t mc_residues_dot(const double *row, const mc_residues *x, int bits);
bool mc_residues_dot_wide(uint64_t *value, const double *row, const mc_residues *x, size_t first);

/* y_j += sum over i < rows of a[i * stride + j] x_i, |a| <= 2^bits integers; room: MC_RESIDUE_PARTS y->n doubles. */
void mc_residues_apply_transposed(mc_residues *y, const double *a, size_t stride, size_t rows, const mc_residues *x,
                                  int bits, double *room);

#endif
